package visit_test

import (
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// presented is what a clerk types and takes of somebody's papers.
func presented(p synthetic.Person) visit.Presented {
	chip := p.Chip
	chip.Type = form.ChipPapers
	return visit.Presented{Chip: chip, Papers: protocol.Papers{Why: protocol.WhyMissing, Document: "01", Copies: 2},
		Copies: [][]byte{[]byte("one"), []byte("two")}, Clerk: protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}}
}

// markedPapers can be found again, like everything of planted.
func markedPapers(c visit.Card, copies int) visit.Presented {
	e := presented(plain)
	e.Chip = c.Chip
	e.Chip.Type = form.ChipPapers
	e.Papers.Copies, e.Copies = uint8(copies), nil
	for range copies {
		e.Copies = append(e.Copies, []byte(marker))
	}
	return e
}

// papersAt drives a visit on papers to a screen of the walk.
func papersAt(t testing.TB, screen visit.Screen) *driver {
	t.Helper()
	d := &driver{t: t}
	d.step(visit.Ticked{Now: time.Hour}, visit.CameraUp{}, presented(plain)).wants(visit.ScreenLooking)
	if screen == visit.ScreenLooking {
		return d
	}
	return d.looked(visit.FoundHere).judged(openVerdict()).wants(visit.ScreenFound).onwards(screen)
}

func TestTheWalkOnPapers(t *testing.T) {
	d := papersAt(t, visit.ScreenLooking)
	if l := find[visit.Lookup](t, d.fx); l.Number != plain.Chip.Number {
		t.Fatalf("%v: not the number that was typed", d.fx)
	}
	d.looked(visit.FoundHere).judged(openVerdict()).onwards(visit.ScreenPledge).sign().wants(visit.ScreenSealing)
	s := find[visit.Seal](t, d.fx)
	if s.Papers.Why != protocol.WhyMissing || len(s.Copies) != 2 || s.Clerk.Account != "s-chen" || len(s.Card.Text) != 0 || s.Card.Chip.Type != form.ChipPapers {
		t.Errorf("the effect does not carry what is to be sealed: %+v %d copies, clerk %s", s.Papers, len(s.Copies), s.Clerk.Account)
	}
	if s.Portrait.Source != protocol.PortraitCamera || len(s.Photo.JPEG) == 0 {
		t.Errorf("portrait %+v, want the camera's (demand A40)", s.Portrait)
	}
	var steps []string
	for _, m := range s.Timeline {
		steps = append(steps, m.Step)
	}
	if got, want := strings.Join(steps, " "), "papers found consent photo read-through signed"; got != want {
		t.Errorf("timeline %s, want %s", got, want)
	}
	d.step(visit.Sealed{Visit: d.s.Visit, Record: record, Sequence: 1}).wants(visit.ScreenAccepted)
	if !d.s.OnPapers() || d.s.Copies != nil || d.s.Card.Chip != (form.Chip{}) {
		t.Error("the last screen does not know that she was on papers, or holds something of hers")
	}
}

// What the reader does means nothing to a visit on papers, in any of its states.
func TestPapersNeedNoCard(t *testing.T) {
	for _, screen := range []visit.Screen{visit.ScreenLooking, visit.ScreenFound, visit.ScreenPhotoNotice, visit.ScreenPhoto, visit.ScreenPhotoCheck,
		visit.ScreenRead, visit.ScreenPledge} {
		for _, ev := range events() {
			switch ev.name {
			case "placed", "read", "unreadable", "removed", "down", "up", "presented", "wanted":
			default:
				continue
			}
			d := papersAt(t, screen)
			d.step(ev.make(d.s))
			if d.s.Screen() != screen || len(d.fx) != 0 {
				t.Errorf("%s meets %s: screen %s, effects %v", screen, ev.name, d.s.Screen(), d.fx)
			}
		}
	}
}

// The limits hold without a card as with one.
func TestPapersEndByTime(t *testing.T) {
	d := papersAt(t, visit.ScreenFound)
	d.pass(60 * time.Second).wants(visit.ScreenStill).pass(20 * time.Second).wants(visit.ScreenIdle)
	d = papersAt(t, visit.ScreenFound)
	for range 90 {
		d.pass(10 * time.Second).press(visit.ButtonTouch)
	}
	d.wants(visit.ScreenRefused)
	if d.s.Refusal != visit.RefuseTimeUp {
		t.Error(d.s.Refusal)
	}
	d = papersAt(t, visit.ScreenPhoto).step(visit.StaffEscape{}).wants(visit.ScreenIdle)
	find[visit.CameraOff](t, d.fx)
}

func TestWhenPapersBegin(t *testing.T) {
	for name, may := range map[string]bool{"idle": true, "take-card": true, "reader-fault": true, "unreadable": true, "refused": true, "explained": true, "accepted": true,
		"blocked": false, "looking": false, "found": false, "pledge": false, "sealing": false, "seal-failed": false, "printing": false, "take-sheet": false} {
		d := at(t, name)
		before := d.s.Visit
		if d.step(presented(plain)); d.s.OnPapers() {
			t.Errorf("%s: begins on a box without a camera", name)
		}
		d.step(visit.CameraUp{})
		if d.s.MayPresent() != may {
			t.Errorf("%s: may begin %t, want %t", name, d.s.MayPresent(), may)
		}
		d.step(presented(plain))
		if d.s.OnPapers() != may {
			t.Errorf("%s: begins %t, want %t", name, d.s.OnPapers(), may)
		}
		if idle := name == "idle" || name == "take-card" || name == "reader-fault"; may && !idle && d.s.Visit == before {
			t.Errorf("%s: the visit before did not end", name)
		}
	}
	for name, change := range map[string]func(*visit.Presented){
		"no number": func(e *visit.Presented) { e.Chip.Number = "" }, "no name": func(e *visit.Presented) { e.Chip.Name = "" },
		"a chip": func(e *visit.Presented) { e.Chip.Type = form.ChipResident }, "no picture": func(e *visit.Presented) { e.Copies, e.Papers.Copies = nil, 0 },
		"a picture less": func(e *visit.Presented) { e.Copies = e.Copies[:1] }, "nobody": func(e *visit.Presented) { e.Clerk = protocol.Assent{} },
	} {
		d := at(t, "idle").step(visit.CameraUp{})
		e := presented(plain)
		change(&e)
		if d.step(e); d.s.OnPapers() {
			t.Errorf("%s: begins", name)
		}
	}
}

// Whoever has no chip does not go on without a photo, even where others may.
func TestPapersAlwaysHaveAPhoto(t *testing.T) {
	lax := adult
	lax.Policy.Photo, lax.Policy.PhotoMissing = campaign.PhotoChip, campaign.PhotoMissingGoOn
	d := papersAt(t, visit.ScreenLooking)
	d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundHere, Application: plain.Application, Campaign: lax}).judged(openVerdict())
	d.press(visit.ButtonGoOn).wants(visit.ScreenPhotoNotice).press(visit.ButtonDecline).wants(visit.ScreenNoPhoto)
	if d.press(visit.ButtonGoOn).wants(visit.ScreenNoPhoto); d.s.MayWaive() {
		t.Error("she may go on without")
	}
}

// The campaign's table of documents asks the camera's photo of some whose
// papers have a chip.
func TestPhotoByTypeOfDocument(t *testing.T) {
	chip := adult
	chip.Policy.Photo = campaign.PhotoChip
	chip.Documents = append([]campaign.DocumentType(nil), adult.Documents...)
	for i := range chip.Documents {
		chip.Documents[i].Review = "" // else copies are taken first: see TestReviewedCards
	}
	for code, want := range map[string]visit.Screen{"01": visit.ScreenRead, "02": visit.ScreenPhotoNotice, "06": visit.ScreenPhotoNotice} {
		app := plain.Application.Clone()
		app.Fields[form.DocumentType] = code
		d := at(t, "looking").step(visit.CameraUp{})
		d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundHere, Application: app, Campaign: chip}).judged(openVerdict())
		d.press(visit.ButtonGoOn).wants(want)
	}
}
