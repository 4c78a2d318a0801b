package flow

import (
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/protocol/campaign"
)

// TestPhoto: what is said of a photo, by what the campaign asks for. No photo,
// and nothing wrong with one, ever keeps a record out.
func TestPhoto(t *testing.T) {
	const pass, warn, fail, none = confirmation.Pass, confirmation.Warn, confirmation.Fail, ""
	taken := Photo{Said: true, Source: "camera", Agreed: true, Picture: PictureGood, Original: true}
	with := func(change func(*Photo)) Photo { p := taken; change(&p); return p }
	lack := func(why string) Photo { return Photo{Said: true, Source: "none", Lack: why} }
	chip := Photo{Said: true, Source: "chip"}
	for _, tc := range []struct {
		name     string
		photo    Photo
		noChip   bool              // there is no portrait of the chip
		expected map[string]string // by policy: result, and a note after a space
	}{
		{"taken", taken, false, map[string]string{"camera": pass, "chip-else-camera": pass, "chip": warn + " photo-unasked"}},
		{"taken, and something is to be seen to", with(func(p *Photo) { p.Remarked = true }), false,
			map[string]string{"camera": pass + " photo-findings", "chip-else-camera": pass + " photo-findings", "chip": warn + " photo-unasked"}},
		{"taken, not there", with(func(p *Photo) { p.Picture = PictureNone }), false, all(fail + " missing")},
		{"taken, no JPEG", with(func(p *Photo) { p.Picture = PictureBroken }), false, all(fail + " photo-broken")},
		{"taken, of a kind nobody knows", with(func(p *Photo) { p.Picture = "?" }), false, all(fail + " photo-broken")},
		{"taken, of another size", with(func(p *Photo) { p.Picture = PictureSize }), false, all(fail + " photo-size")},
		{"taken, and she agreed to nothing", with(func(p *Photo) { p.Agreed = false }), false, all(warn + " photo-unagreed")},
		{"the chip's", chip, false, map[string]string{"camera": warn + " photo-not-camera", "chip-else-camera": pass + " photo-chip", "chip": pass + " photo-chip"}},
		{"the chip's, which has none", chip, true, all(warn + " missing")},
		{"the chip's, and one was taken", Photo{Said: true, Source: "chip", Picture: PictureGood}, false, all(fail + " photo-unsaid")},
		{"none, and one was taken", Photo{Said: true, Source: "none", Lack: "declined", Picture: PictureGood}, false, all(fail + " photo-unsaid")},
		{"none, and the picture it is cut from", Photo{Said: true, Source: "none", Lack: "declined", Original: true}, false, all(fail + " photo-unsaid")},
		{"no camera", lack("no-camera"), false, map[string]string{"camera": warn + " photo-no-camera", "chip-else-camera": warn + " photo-no-camera", "chip": pass + " photo-chip"}},
		{"no camera, no portrait on the chip", lack("no-camera"), true,
			map[string]string{"camera": warn + " photo-no-camera", "chip-else-camera": warn + " photo-no-camera", "chip": warn + " missing"}},
		{"camera down", lack("camera"), true, map[string]string{"camera": warn + " photo-camera", "chip-else-camera": warn + " photo-camera"}},
		{"no picture was good enough", lack("tries"), true, map[string]string{"camera": warn + " photo-tries", "chip-else-camera": warn + " photo-tries"}},
		{"she did not agree", lack("declined"), true, map[string]string{"camera": warn + " photo-declined", "chip-else-camera": warn + " photo-declined"}},
		{"a reason nobody knows", lack("moonlight"), true, all(warn + " missing")},
		{"a source nobody knows", Photo{Said: true, Source: "painting"}, true, all(warn + " missing")},
		{"an older box", Photo{}, false, map[string]string{"camera": warn + " missing", "chip-else-camera": none, "chip": none}},
		{"an older box that sent a picture", Photo{Picture: PictureBroken}, false, all(none)},
	} {
		for policy, want := range tc.expected {
			f := good()
			f.Photo, f.PortraitWhole = tc.photo, !tc.noChip
			f.Photo.Asked = policy
			s := Next(f)
			if s.Refusal != "" || s.State != confirmation.InForce {
				t.Errorf("%s, %s: refused %q, state %q", tc.name, policy, s.Refusal, s.State)
			}
			if got := said(s, confirmation.CheckPhoto); got != want {
				t.Errorf("%s, %s: got %q, want %q", tc.name, policy, got, want)
			}
		}
	}
}

// all is one answer under every policy.
func all(want string) map[string]string {
	return map[string]string{campaign.PhotoCamera: want, campaign.PhotoChip: want, campaign.PhotoChipElseCamera: want}
}

// said gives result and note of one of the hub's checks, "" when it was not made.
func said(s Step, name string) string {
	out := ""
	for _, c := range s.Checks {
		if c.Name == name && c.By == confirmation.ByHub {
			out += c.Result
			if c.Note != "" {
				out += " " + c.Note
			}
		}
	}
	return out
}

// TestSettled: what a clerk must look at is a warning, and no more than that.
func TestSettled(t *testing.T) {
	for _, tc := range []struct {
		settled, clerk int
		want           string
	}{{0, 0, ""}, {2, 0, "pass"}, {2, 1, "warn for-clerk"}, {1, 1, "warn for-clerk"}} {
		f := good()
		f.Settled, f.ForClerk, f.Differences = tc.settled, tc.clerk, tc.settled
		s := Next(f)
		if got := said(s, confirmation.CheckSettled); got != tc.want || s.Refusal != "" || s.State != confirmation.InForce {
			t.Errorf("%d settled, %d for the clerk: got %q, want %q; state %q", tc.settled, tc.clerk, got, tc.want, s.State)
		}
	}
}
