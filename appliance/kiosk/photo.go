package kiosk

import (
	"encoding/base64"
	"html/template"

	"zhunkao/appliance/visit"
)

// picture is the photo as a data address: it has no address of its own, so it
// is in no cache, in no history and in no URL.
func picture(media string, b []byte) template.URL {
	if len(b) == 0 || media != "image/png" && media != "image/jpeg" {
		return ""
	}
	return template.URL("data:" + media + ";base64," + base64.StdEncoding.EncodeToString(b))
}

// Picture is the photo that was taken, empty if there is none.
func (p page) Picture() template.URL { return picture("image/jpeg", p.State.Photo.JPEG) }

// NoticeLines are what she is told before the camera runs.
func (p page) NoticeLines() []string { return lines(p.State.PhotoNotice()) }

// advised gives the two texts of an advice: what to do, and why.
func (t *teller) advised(a visit.PhotoAdvice) (head, text string) {
	key := "photo-" + string(a)
	switch a {
	case visit.PhotoWait:
		key = "photo-starting"
	case visit.PhotoGood:
		key = "photo-good"
	}
	return t.t(key), t.t(key + "-x")
}

// live is the step before the picture is taken.
type live struct {
	Head, Text string
	Ready      bool // it may be taken as it is
	Wait       bool // there is nothing to be seen yet
	Feed       string
	Still      template.URL // the gallery's picture
}

// Live says what the live picture lacks.
func (p page) Live() (live, error) {
	t := &teller{page: p}
	s := p.State
	out := live{Ready: s.Live == visit.PhotoGood, Wait: s.Live == visit.PhotoWait, Feed: p.Feed, Still: p.StillFeed}
	out.Head, out.Text = t.advised(s.Live)
	return out, t.err
}

// Tries says how many pictures may be taken, where one is.
func (p page) Tries() (string, error) {
	switch p.Base() {
	case visit.ScreenPhoto:
		return p.T("photo-count", p.State.Tries+1, visit.MaxTries)
	case visit.ScreenPhotoCheck, visit.ScreenPhotoAdvice:
		return p.T("photo-count", p.State.Tries, visit.MaxTries)
	}
	return "", nil
}

// checked is one line of what was examined in a picture.
type checked struct {
	Fail bool
	Text string
}

// verdictPage is a picture that was taken, and what is said of it.
type verdictPage struct {
	Head, Text string
	Checks     []checked
	Remarks    []string
}

// aspects of a picture and the advices that fail them. The first stands alone:
// without one face nothing else was judged.
func aspects() []struct {
	key    string
	fails  []visit.PhotoAdvice
	blocks bool
} {
	type a = []visit.PhotoAdvice
	return []struct {
		key    string
		fails  []visit.PhotoAdvice
		blocks bool
	}{
		{"check-camera", a{visit.PhotoAskClerk}, true},
		{"check-one", a{visit.PhotoStepIn, visit.PhotoAlone}, true},
		{"check-size", a{visit.PhotoCloser, visit.PhotoFurther, visit.PhotoMoveLeft, visit.PhotoMoveRight, visit.PhotoMoveUp, visit.PhotoMoveDown}, false},
		{"check-straight", a{visit.PhotoLevelHead, visit.PhotoStraight, visit.PhotoEyes}, false},
		{"check-light", a{visit.PhotoMoreLight, visit.PhotoLessLight, visit.PhotoEvenLight}, false},
		{"check-sharp", a{visit.PhotoHoldStill}, false},
		{"check-ground", a{visit.PhotoBackground, visit.PhotoColour}, false},
	}
}

// Advised says why a picture would be sent back.
func (p page) Advised() (verdictPage, error) {
	t := &teller{page: p}
	found := p.State.Photo.Findings
	first := visit.PhotoAskClerk
	if len(found) > 0 {
		first = found[0]
	}
	var out verdictPage
	out.Head, out.Text = t.advised(first)
	for _, a := range aspects() {
		failed := ""
		for _, f := range found {
			for _, x := range a.fails {
				if f == x && failed == "" {
					failed, _ = t.advised(f)
				}
			}
		}
		switch {
		case failed != "":
			out.Checks = append(out.Checks, checked{true, failed})
			if a.blocks {
				out.Checks = out.Checks[len(out.Checks)-1:]
				return out, t.err
			}
		case a.key != "check-camera":
			out.Checks = append(out.Checks, checked{false, t.t(a.key)})
		}
	}
	return out, t.err
}

// Taken is the picture that she may keep, with what she should look at herself.
func (p page) Taken() (verdictPage, error) {
	t := &teller{page: p}
	out := verdictPage{Head: t.t("taken-title"), Text: t.t("taken-lead")}
	for i, f := range p.State.Photo.Findings {
		if i == 3 {
			break
		}
		head, _ := t.advised(f)
		out.Remarks = append(out.Remarks, head)
	}
	return out, t.err
}

func (p page) photoActs() ([]act, error) {
	s := p.State
	switch s.Phase {
	case visit.PhasePhotoNotice:
		return p.acts(want{button: visit.ButtonBack, key: "pledge-step", icon: "back"}, want{button: visit.ButtonDecline, key: "notice-no"},
			want{button: visit.ButtonGoOn, key: "notice-yes", icon: "camera", main: true})
	case visit.PhasePhoto:
		out, err := p.acts(want{button: visit.ButtonBack, key: "pledge-step", icon: "back"}, want{button: visit.ButtonGoOn, key: "photo-take", icon: "camera", main: true})
		if err == nil {
			out[1].Disabled = s.Live == visit.PhotoWait
		}
		return out, err
	case visit.PhasePhotoCheck:
		use := want{button: visit.ButtonGoOn, key: "photo-use", icon: "check", main: true}
		if s.TriesLeft() == 0 {
			return p.acts(use)
		}
		return p.acts(want{button: visit.ButtonAgain, key: "photo-again", icon: "camera"}, use)
	case visit.PhasePhotoAdvice:
		return p.acts(want{button: visit.ButtonGoOn, key: "photo-again", icon: "camera", main: true})
	}
	return p.noPhotoActs()
}

func (p page) noPhotoActs() ([]act, error) {
	wants := []want{{button: visit.ButtonDone, key: "leave"}}
	if p.State.MayWaive() {
		wants = append(wants, want{button: visit.ButtonGoOn, key: "photo-waive"})
	}
	switch p.State.Lack {
	case visit.LackCamera:
		wants = append(wants, want{button: visit.ButtonRetry, key: "retry", main: true})
	case visit.LackDeclined:
		wants = append(wants, want{button: visit.ButtonRetry, key: "notice-read", icon: "back", main: true})
	default:
		wants = append(wants, want{button: visit.ButtonHelp, key: "help", icon: "hand", main: true})
	}
	return p.acts(wants...)
}

// noPhoto: there is no picture, and what now.
func (t *teller) noPhoto() {
	switch t.State.Lack {
	case visit.LackDeclined:
		t.head("declined-title", "declined-lead")
		t.way("declined-1", "declined-1x")
		t.way("declined-2", "declined-2x")
	case visit.LackTries:
		t.head("tries-title", "tries-lead")
		t.way("tries-1", "tries-1x")
		t.way("tries-2", "tries-2x")
	default:
		t.badge("wait", "alert", "camera-badge")
		t.head("camera-title", "camera-lead")
		t.way("camera-1", "camera-1x")
		t.way("camera-2", "camera-2x")
	}
	if t.State.MayWaive() {
		t.way("waive-1", "waive-1x")
	}
}
