package visit_test

import (
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

func has[E visit.Effect](fx []visit.Effect) bool {
	for _, e := range fx {
		if _, ok := e.(E); ok {
			return true
		}
	}
	return false
}

func TestTheCameraRunsOnlyAfterConsent(t *testing.T) {
	d := at(t, "photo-notice")
	if has[visit.CameraOn](d.fx) {
		t.Fatal("the camera runs before she agreed")
	}
	notice := d.s.PhotoNotice()
	if notice == "" {
		t.Fatal("the campaign has no notice")
	}
	d.press(visit.ButtonGoOn).wants(visit.ScreenPhoto)
	if on := find[visit.CameraOn](t, d.fx); on.Visit != d.s.Visit || on.Profile != adult.Policy.PhotoProfile {
		t.Errorf("camera on %+v", on)
	}
	if d.s.Notice != protocol.HashOf([]byte(notice)) {
		t.Error("the notice she agreed to is not noted")
	}
	d.press(visit.ButtonGoOn).wants(visit.ScreenPhoto) // no picture yet: nothing to take
	if has[visit.TakePhoto](d.fx) {
		t.Error("a picture taken blind")
	}
	d.live(visit.PhotoCloser).press(visit.ButtonGoOn).wants(visit.ScreenTaking)
	find[visit.TakePhoto](t, d.fx)
	d.shot().wants(visit.ScreenPhotoCheck).press(visit.ButtonAgain).wants(visit.ScreenPhoto)
	if has[visit.CameraOn](d.fx) || has[visit.CameraOff](d.fx) || len(d.s.Photo.JPEG) != 0 {
		t.Error("once more: the camera should simply run on, and the picture be gone")
	}
	d.live(visit.PhotoGood).press(visit.ButtonGoOn).shot().press(visit.ButtonGoOn).wants(visit.ScreenRead)
	find[visit.CameraOff](t, d.fx)
	if !d.s.Pages[0].Photo {
		t.Error("her photo is not on the page")
	}
	d.onwards(visit.ScreenPledge).sign()
	seal := find[visit.Seal](t, d.fx)
	want := protocol.Portrait{Source: protocol.PortraitCamera, Profile: "ga461", Width: 358, Height: 441, Tries: 2, Notice: protocol.HashOf([]byte(notice))}
	if string(seal.Photo.JPEG) != "jpeg" || string(seal.Photo.Original) != "frame" || seal.Portrait.Source != want.Source ||
		seal.Portrait.Width != want.Width || seal.Portrait.Tries != want.Tries || seal.Portrait.Notice != want.Notice || seal.Portrait.Profile != want.Profile {
		t.Errorf("sealed %+v", seal.Portrait)
	}
	steps := ""
	for _, m := range seal.Timeline {
		steps += m.Step + " "
	}
	if steps != "card-read found consent photo read-through signed " {
		t.Errorf("timeline %s", steps)
	}
}

func TestTheCameraEndsWithTheStep(t *testing.T) {
	for name, leave := range map[string]func(*driver){
		"back":         func(d *driver) { d.press(visit.ButtonBack) },
		"lost":         func(d *driver) { d.step(visit.CameraDown{}) },
		"silent":       func(d *driver) { d.pass(visit.CameraLimit) },
		"frozen box":   func(d *driver) { d.step(visit.BoxBlocked{Reason: visit.BlockFrozen}) },
		"staff":        func(d *driver) { d.step(visit.StaffEscape{}) },
		"hard limit":   func(d *driver) { d.pass(time.Hour) },
		"asked, leave": func(d *driver) { d.step(visit.CardRemoved{}).press(visit.ButtonLeave) },
	} {
		d := at(t, "photo")
		n := d.s.Visit
		leave(d)
		if off := find[visit.CameraOff](t, d.fx); off.Visit != n {
			t.Errorf("%s: camera off for visit %d, want %d", name, off.Visit, n)
		}
	}
}

func TestFiveTriesThenTheClerk(t *testing.T) {
	d := at(t, "photo")
	for range visit.MaxTries {
		d.wants(visit.ScreenPhoto).live(visit.PhotoGood).press(visit.ButtonGoOn).badShot()
		if d.s.Screen() == visit.ScreenPhotoAdvice {
			d.press(visit.ButtonAgain)
		}
	}
	d.wants(visit.ScreenNoPhoto)
	if d.s.Lack != visit.LackTries {
		t.Errorf("lack %q", d.s.Lack)
	}
	find[visit.CameraOff](t, d.fx)
	d.press(visit.ButtonGoOn, visit.ButtonRetry).wants(visit.ScreenNoPhoto) // no way past the clerk
	d.press(visit.ButtonHelp).wants(visit.ScreenHelp).press(visit.ButtonHelpDone).wants(visit.ScreenPhoto)
	if d.s.TriesLeft() != visit.MaxTries {
		t.Errorf("%d tries after help, want %d", d.s.TriesLeft(), visit.MaxTries)
	}
	// The last good picture may still be kept, and only not taken again.
	d = at(t, "photo")
	for range visit.MaxTries - 1 {
		d.live(visit.PhotoGood).press(visit.ButtonGoOn).badShot().press(visit.ButtonAgain)
	}
	d.live(visit.PhotoGood).press(visit.ButtonGoOn).shot().wants(visit.ScreenPhotoCheck).press(visit.ButtonAgain).wants(visit.ScreenNoPhoto)
}

func TestWithoutAPhoto(t *testing.T) {
	t.Run("the camera comes back by itself", func(t *testing.T) {
		d := at(t, "photo").step(visit.CameraDown{}).wants(visit.ScreenNoPhoto).step(visit.CameraUp{}).wants(visit.ScreenPhoto)
		find[visit.CameraOn](t, d.fx)
	})
	t.Run("the policy asks for the clerk", func(t *testing.T) {
		d := at(t, "photo").step(visit.CameraDown{})
		if d.s.MayWaive() {
			t.Error("she may go on")
		}
		d.press(visit.ButtonGoOn).wants(visit.ScreenNoPhoto)
	})
	t.Run("the policy lets her go on", func(t *testing.T) {
		d := at(t, "photo")
		d.s.Found.Campaign.Policy.PhotoMissing = campaign.PhotoMissingGoOn
		d.step(visit.CameraDown{}).press(visit.ButtonGoOn).wants(visit.ScreenRead).onwards(visit.ScreenPledge).sign()
		if p := find[visit.Seal](t, d.fx).Portrait; p.Source != protocol.PortraitNone || p.Lack != protocol.LackCamera {
			t.Errorf("portrait %+v", p)
		}
	})
	t.Run("silence while the picture is taken", func(t *testing.T) {
		d := at(t, "taking").pass(visit.TakeLimit).wants(visit.ScreenNoPhoto)
		d.shot().wants(visit.ScreenNoPhoto) // too late
		if len(d.s.Photo.JPEG) != 0 {
			t.Error("a picture that came too late is held")
		}
	})
	t.Run("a box without a camera takes none", func(t *testing.T) {
		d := at(t, "pledge").sign()
		if p := find[visit.Seal](t, d.fx).Portrait; p.Source != protocol.PortraitNone || p.Lack != protocol.LackNoCamera {
			t.Errorf("portrait %+v", p)
		}
	})
	t.Run("the chip's picture does by policy", func(t *testing.T) {
		d := &driver{t: t}
		fit(d)
		c := card(plain)
		c.Photo, c.PhotoType = []byte("png"), "image/png"
		d.step(visit.CardPlaced{}, visit.CardRead{Card: c}).looked(visit.FoundHere).judged(openVerdict())
		d.onwards(visit.ScreenPledge).sign()
		if p := find[visit.Seal](t, d.fx).Portrait; p.Source != protocol.PortraitChip || p.Tries != 0 {
			t.Errorf("portrait %+v", p)
		}
	})
	t.Run("the camera by policy, whatever the chip has", func(t *testing.T) {
		d := at(t, "found")
		fit(d)
		d.s.Found.Campaign.Policy.Photo = campaign.PhotoCamera
		d.s.Card.Photo = []byte("png")
		d.press(visit.ButtonGoOn).wants(visit.ScreenPhotoNotice)
	})
	t.Run("a picture of nothing cannot be kept", func(t *testing.T) {
		d := at(t, "taking").step(visit.PhotoTaken{Visit: 0, Try: 1}).wants(visit.ScreenPhotoAdvice)
		if d.s.Photo.Findings[0] != visit.PhotoAskClerk {
			t.Errorf("advice %q", d.s.Photo.Findings)
		}
	})
	t.Run("an advice without words is the clerk's", func(t *testing.T) {
		if d := at(t, "photo").live("stand on one leg"); d.s.Live != visit.PhotoAskClerk {
			t.Errorf("advice %q", d.s.Live)
		}
	})
}

// Limits warn at least 20 s before and can be extended, in the photo step too.
func TestPhotoStepsWarnAndExtend(t *testing.T) {
	for _, name := range []string{"settle", "photo-notice", "photo", "photo-check", "photo-advice", "no-photo"} {
		d := at(t, name)
		for range 60 { // the camera goes on telling
			d.pass(time.Second)
			if d.s.Phase == visit.PhasePhoto {
				d.live(visit.PhotoGood)
			}
		}
		d.wants(visit.ScreenStill)
		if left := d.s.Left(); left < 20*time.Second {
			t.Errorf("%s: %v left at the warning", name, left)
		}
		phase := d.s.Phase
		d.press(visit.ButtonStay)
		for range 100 {
			d.pass(time.Second)
			if d.s.Phase == visit.PhasePhoto {
				d.live(visit.PhotoGood)
			}
		}
		if d.s.Phase != phase || d.s.Over != visit.OverNone {
			t.Errorf("%s: after “stay” and 100 s the screen is %s", name, d.s.Screen())
		}
	}
}

func TestDifferencesAreSettledOneByOne(t *testing.T) {
	d := at(t, "settle")
	asked := d.s.Asked()
	if len(asked) != 2 || asked[0].Field != form.FullName || asked[1].Field != form.Ethnic {
		t.Fatalf("asked %v", asked)
	}
	d.press(visit.ButtonUseCard, visit.ButtonKeep) // a name is not hers to decide
	if d.s.Asking != 1 || len(d.s.Settled) != 0 {
		t.Fatalf("at %d, decided %v", d.s.Asking, d.s.Settled)
	}
	d.press(visit.ButtonGoOn)
	if d.s.Asking != 2 || d.s.Decided(form.FullName) != protocol.SettledClerk {
		t.Fatalf("at %d, decided %v", d.s.Asking, d.s.Settled)
	}
	d.press(visit.ButtonGoOn).wants(visit.ScreenSettle) // hers to decide, so it is not passed over
	d.press(visit.ButtonUseCard).wants(visit.ScreenPhotoNotice)
	before := d.s.Found.Application
	signing := d.s.Signing()
	if signing.Version != before.Version+1 || signing.Get(form.Ethnic) != d.s.Card.Chip.Ethnic || signing.Get(form.FullName) != before.Get(form.FullName) {
		t.Errorf("signing version %d, ethnic %q", signing.Version, signing.Get(form.Ethnic))
	}
	if before.Get(form.Ethnic) == signing.Get(form.Ethnic) {
		t.Error("the application that was found was changed")
	}
	d.onwards(visit.ScreenPledge).sign()
	seal := find[visit.Seal](t, d.fx)
	if seal.Application.Version != seal.StartedFrom+1 || len(seal.Settled) != 2 || len(seal.Differences) < 2 {
		t.Errorf("sealed version %d from %d, settled %v", seal.Application.Version, seal.StartedFrom, seal.Settled)
	}
	d.step(visit.Sealed{Visit: d.s.Visit, Record: record})
	if d.s.ForDesk != 1 {
		t.Errorf("%d for the desk, want 1", d.s.ForDesk)
	}

	// She changes her mind: going back and keeping hers leaves the version.
	d = at(t, "settle").press(visit.ButtonGoOn, visit.ButtonUseCard, visit.ButtonBack, visit.ButtonKeep)
	if got := d.s.Signing(); got.Version != d.s.Found.Application.Version || d.s.ForClerk() != 2 {
		t.Errorf("version %d, %d for the clerk", got.Version, d.s.ForClerk())
	}
	// Where the campaign names no field, all is the clerk's.
	d = at(t, "settle")
	d.s.Found.Campaign.Policy.Settle = []string{form.FullName}
	d.press(visit.ButtonUseCard)
	if len(d.s.Settled) != 0 {
		t.Error("a campaign made the name hers to decide")
	}
}
