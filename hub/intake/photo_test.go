package intake_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol"
)

// drawn is a picture of nobody.
func drawn(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x ^ y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPhotoAndSettlements: what the box sealed of the photo and of the
// differences is kept and judged; whatever the picture is, the record is taken.
func TestPhotoAndSettlements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 8)
		b := r.enrol(pointHere)
		whole := drawn(t, 358, 441)
		camera := protocol.Portrait{Source: protocol.PortraitCamera, Profile: "exam", Width: 358, Height: 441, Tries: 2,
			Notice: protocol.HashOf([]byte("notice")), Findings: []string{"show-eyes"}}
		for i, tc := range []struct {
			name     string
			photo    []byte
			portrait *protocol.Portrait
			settled  []protocol.Settlement
			checks   map[string]string // result and note
		}{
			{"taken", whole, &camera, []protocol.Settlement{{Field: "ethnic", Decision: protocol.SettledChip}},
				map[string]string{confirmation.CheckPhoto: "pass photo-findings", confirmation.CheckSettled: "pass "}},
			{"of another size", drawn(t, 300, 441), &camera, []protocol.Settlement{{Field: "ethnic", Decision: protocol.SettledChip}, {Field: "full_name", Decision: protocol.SettledClerk}},
				map[string]string{confirmation.CheckPhoto: "fail photo-size", confirmation.CheckSettled: "warn for-clerk"}},
			{"no JPEG", []byte("\x89PNG\r\n\x1a\n, it says"), &camera, []protocol.Settlement{{Field: "sex", Decision: protocol.SettledKept}},
				map[string]string{confirmation.CheckPhoto: "fail photo-broken", confirmation.CheckSettled: "warn for-clerk"}},
			{"a head without a body", whole[:20], &camera, nil, map[string]string{confirmation.CheckPhoto: "fail photo-broken", confirmation.CheckSettled: " "}},
			{"not there", nil, &camera, nil, map[string]string{confirmation.CheckPhoto: "fail missing"}},
			{"not agreed to", nil, &protocol.Portrait{Source: protocol.PortraitNone, Lack: protocol.LackDeclined}, nil,
				map[string]string{confirmation.CheckPhoto: "warn photo-declined"}},
			{"an older box", nil, nil, nil, map[string]string{confirmation.CheckPhoto: " ", confirmation.CheckSettled: " "}},
		} {
			s := b.seal(r.people[i], making{
				blob: func(role string, data []byte) []byte {
					if role == protocol.RolePhoto {
						return tc.photo
					}
					return data
				},
				body: func(c *protocol.Confirmation) { c.Portrait, c.Settled = tc.portrait, tc.settled },
			})
			if got := b.receipt(s); got.Outcome != protocol.Accepted {
				t.Fatalf("%s: %+v", tc.name, got)
			}
			rec := r.record(s.Manifest.ID)
			if rec.State != confirmation.InForce {
				t.Errorf("%s: state %q", tc.name, rec.State)
			}
			for name, want := range tc.checks {
				if c := check(rec, name); c.Result+" "+c.Note != want {
					t.Errorf("%s: %s is %q with note %q, want %q", tc.name, name, c.Result, c.Note, want)
				}
			}
			r.read(func(ctx context.Context, tx *db.Tx) error {
				c, err := confirmation.Open(ctx, tx, r.ring, rec.ID)
				if err != nil {
					return err
				}
				same(t, tc.name, c, tc.portrait, tc.settled)
				return nil
			})
		}
		if n := r.count("quarantine"); n != 0 {
			t.Errorf("%d in quarantine, want none", n)
		}
	})
}

// same holds the content against what the box sealed, word for word: the two
// packages have words of their own, and they must not drift apart.
func same(t *testing.T, name string, c confirmation.Content, p *protocol.Portrait, settled []protocol.Settlement) {
	t.Helper()
	if len(c.Settled) != len(settled) {
		t.Errorf("%s: %d settled, want %d", name, len(c.Settled), len(settled))
	}
	for i, s := range c.Settled {
		if s.Field != settled[i].Field || s.Decision != settled[i].Decision || s.ForClerk() != (s.Decision != protocol.SettledChip) {
			t.Errorf("%s: settled %+v, want %+v", name, s, settled[i])
		}
	}
	if (c.Portrait == nil) != (p == nil) {
		t.Fatalf("%s: portrait %v, want %v", name, c.Portrait != nil, p != nil)
	}
	if p == nil {
		return
	}
	notice := ""
	if !p.Notice.IsZero() {
		notice = p.Notice.String()
	}
	got := *c.Portrait
	if got.Source != p.Source || got.Lack != p.Lack || got.Profile != p.Profile || got.Width != p.Width || got.Height != p.Height ||
		got.Tries != p.Tries || got.Notice != notice || !slices.Equal(got.Findings, p.Findings) {
		t.Errorf("%s: portrait %+v, want %+v", name, got, *p)
	}
}

// TestWordsOfTheWire: the record's words are those of the wire.
func TestWordsOfTheWire(t *testing.T) {
	for _, w := range [][2]string{
		{confirmation.SettledChip, protocol.SettledChip}, {confirmation.SettledKept, protocol.SettledKept}, {confirmation.SettledClerk, protocol.SettledClerk},
		{confirmation.PortraitCamera, protocol.PortraitCamera}, {confirmation.PortraitChip, protocol.PortraitChip}, {confirmation.PortraitNone, protocol.PortraitNone},
		{confirmation.LackNoCamera, protocol.LackNoCamera}, {confirmation.LackCamera, protocol.LackCamera}, {confirmation.LackTries, protocol.LackTries}, {confirmation.LackDeclined, protocol.LackDeclined},
	} {
		if w[0] != w[1] {
			t.Errorf("%q is %q on the wire", w[0], w[1])
		}
	}
}
