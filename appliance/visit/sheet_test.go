package visit_test

import (
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// Sent is not printed, printed is not in hand; only her word ends it.
func TestThePaper(t *testing.T) {
	d := at(t, "printing")
	job := find[visit.PrintSheet](t, d.fx)
	if job.Copy != 1 || job.Reprint || job.Record != record || job.Sequence != 5 || job.Paper.Application.ID != plain.Application.ID ||
		job.Paper.Chip.Number != plain.Chip.Number || len(job.Paper.Signature.Strokes) == 0 || job.Campaign.ID != adult.ID {
		t.Fatalf("the job does not carry what is to be printed: %v", job)
	}
	if d.s.Card.Text != nil || d.s.Differences != nil || d.s.Pages != nil {
		t.Error("more is held than the sheet needs")
	}
	d.step(visit.SheetSent{Visit: d.s.Visit, Copy: 1}).wants(visit.ScreenPrinting)
	if !d.s.Sheet.Sent || d.s.Sheet.Printed {
		t.Errorf("sent: %+v", d.s.Sheet)
	}
	d.press(visit.ButtonHave).wants(visit.ScreenPrinting) // not before the printer says so
	d.step(visit.PrinterState{Needs: []visit.Need{visit.NeedPaper, visit.NeedCover}}).wants(visit.ScreenPrinting)
	if d.s.Machine.Printer.Need != visit.NeedPaper {
		t.Errorf("need %q", d.s.Machine.Printer.Need)
	}
	d.step(visit.PrinterState{}, visit.SheetPrinted{Visit: d.s.Visit, Copy: 1}).wants(visit.ScreenTakeSheet)
	if d.s.Sheet.InHand {
		t.Error("in hand without her word")
	}
	d.press(visit.ButtonHaveNot).wants(visit.ScreenPrinting)
	if w := find[visit.SheetWord](t, d.fx); w.Copy != 1 || w.InHand || w.Record != record {
		t.Errorf("her word %+v", w)
	}
	if again := find[visit.PrintSheet](t, d.fx); again.Copy != 2 || !again.Reprint || again.Paper.Application.Version != job.Paper.Application.Version {
		t.Errorf("second copy %v", again)
	}
	d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: 1}).wants(visit.ScreenPrinting) // of the copy before
	d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: 2}).press(visit.ButtonHave).wants(visit.ScreenAccepted)
	if w := find[visit.SheetWord](t, d.fx); w.Copy != 2 || !w.InHand {
		t.Errorf("her word %+v", w)
	}
	if d.s.Paper.Application.ID != "" {
		t.Error("the sheet is held though she has it")
	}
	d.step(visit.Receipted{Record: record})
	if !d.s.Delivered {
		t.Error("the receipt did not show")
	}
}

// Of which nothing reached the paper, that was no copy: the next one has its
// number and no mark, however often that happens and however late it is known.
func TestACopyThatWasNotPrinted(t *testing.T) {
	d := at(t, "printing")
	failed := func(copy int, n visit.Need) visit.Event {
		return visit.SheetFailed{Visit: d.s.Visit, Copy: copy, Need: n}
	}
	wants := func(what string, copy int, reprint bool) {
		t.Helper()
		if job := find[visit.PrintSheet](t, d.fx); job.Copy != copy || job.Reprint != reprint {
			t.Fatalf("%s: copy %d, marked %t; want %d, %t", what, job.Copy, job.Reprint, copy, reprint)
		}
	}
	for range visit.MaxCopies + 1 {
		d.step(failed(1, visit.NeedPaper)).wants(visit.ScreenSheetFailed).press(visit.ButtonRetry).wants(visit.ScreenPrinting)
		wants("again", 1, false)
	}
	d.step(failed(2, visit.NeedPaper)).wants(visit.ScreenPrinting) // of another copy
	// She did not wait; the printer's answer comes before she asks again.
	d.press(visit.ButtonNoWait).step(failed(1, visit.NeedJam)).wants(visit.ScreenSheetFailed)
	if d.s.Sheet.Need != visit.NeedJam {
		t.Errorf("why: %q", d.s.Sheet.Need)
	}
	d.press(visit.ButtonRetry)
	wants("the answer came in time", 1, false)
	// ... and after it: nobody could know.
	d.press(visit.ButtonNoWait).press(visit.ButtonRetry)
	wants("no answer yet", 2, true)
	d.step(failed(1, visit.NeedJam)).wants(visit.ScreenPrinting)
	// It took too long, and then it is certain.
	d.pass(visit.PrintLimit).wants(visit.ScreenTakeSheet).step(failed(2, visit.NeedToner)).wants(visit.ScreenSheetFailed)
	if d.s.Sheet.Unknown || d.s.Sheet.Need != visit.NeedToner {
		t.Errorf("certain, yet %+v", d.s.Sheet)
	}
	d.press(visit.ButtonRetry)
	wants("known after all", 2, true)
	// Printed stays printed, whatever comes after.
	d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: 2}, failed(2, visit.NeedJam)).wants(visit.ScreenTakeSheet)
	d.press(visit.ButtonHaveNot)
	wants("not clear", 3, true)
}

func TestThePaperIsBounded(t *testing.T) {
	d := at(t, "printing")
	for n := 1; n <= visit.MaxCopies; n++ {
		if d.s.Sheet.Copy != n {
			t.Fatalf("copy %d, want %d", d.s.Sheet.Copy, n)
		}
		d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: n}).press(visit.ButtonHaveNot)
	}
	d.wants(visit.ScreenSheetFailed).press(visit.ButtonRetry).wants(visit.ScreenSheetFailed).press(visit.ButtonGoOn).wants(visit.ScreenAccepted)
}

func TestNoPaperComesOutForTheNextPerson(t *testing.T) {
	for name, end := range map[string]func(*driver){
		"staff":                 func(d *driver) { d.step(visit.StaffEscape{}) },
		"she does not wait":     func(d *driver) { d.press(visit.ButtonNoWait) },
		"the printer is silent": func(d *driver) { d.pass(visit.PrintLimit) },
		"unknown, next card": func(d *driver) {
			d.step(visit.SheetUnknown{Visit: d.s.Visit, Copy: 1}, visit.CardRemoved{}, visit.CardPlaced{})
		},
		"unknown, not there": func(d *driver) {
			d.step(visit.SheetUnknown{Visit: d.s.Visit, Copy: 1}).press(visit.ButtonHaveNot)
		},
	} {
		d := at(t, "printing")
		n := d.s.Visit
		end(d)
		if c := find[visit.CancelPrint](t, d.fx); c.Visit != n || c.Copy != 1 || c.Record != record {
			t.Errorf("%s: cancelled %+v", name, c)
		}
	}
	d := at(t, "take-sheet").step(visit.StaffEscape{})
	if has[visit.CancelPrint](d.fx) {
		t.Error("a completed copy is cancelled")
	}
}

func TestAPrinterThatIsGoneLosesNothing(t *testing.T) {
	d := at(t, "sealing").step(visit.PrinterState{Down: true}, visit.Sealed{Visit: 0, Record: record}).wants(visit.ScreenSheetFailed)
	if has[visit.PrintSheet](d.fx) || d.s.Sheet.Need != visit.NeedGone {
		t.Errorf("sent to a printer that is gone, or no reason: %+v", d.s.Sheet)
	}
	d.step(visit.PrinterState{}).press(visit.ButtonRetry).wants(visit.ScreenPrinting)
	if job := find[visit.PrintSheet](t, d.fx); job.Copy != 1 || job.Reprint {
		t.Errorf("the first copy that is printed is copy %d, marked %t", job.Copy, job.Reprint)
	}
	d.pass(visit.PrintLimit).wants(visit.ScreenTakeSheet)
	if !d.s.Sheet.Unknown || d.s.Sheet.Printed {
		t.Errorf("%+v", d.s.Sheet)
	}
	d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: 1}).wants(visit.ScreenTakeSheet)
	if d.s.Sheet.Unknown || !d.s.Sheet.Printed {
		t.Errorf("it came after all: %+v", d.s.Sheet)
	}
	at(t, "sealing").step(visit.Sealed{Visit: 0, Record: record}).wants(visit.ScreenAccepted) // no printer: no sheet
}

func TestSheetStepsWarnAndExtend(t *testing.T) {
	for _, name := range []string{"take-sheet", "sheet-failed"} {
		d := at(t, name).pass(visit.SheetLimit).wants(visit.ScreenStill)
		if left := d.s.Left(); left < 20*time.Second {
			t.Errorf("%s: %v left at the warning", name, left)
		}
		d.press(visit.ButtonStay).pass(4 * time.Minute).wants(visit.Screen(name))
	}
	d := at(t, "printing").press(visit.ButtonHelp).wants(visit.ScreenHelp)
	d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: 1}).wants(visit.ScreenHelp).press(visit.ButtonHelpDone).wants(visit.ScreenTakeSheet)
}

func TestASheetOfAnEarlierVisit(t *testing.T) {
	old := protocol.ID{7}
	earlier := func(reprint bool) *driver {
		d := at(t, "looking").step(visit.PrinterState{})
		return d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundConfirmed, Here: true, Reprint: reprint, Record: old, Sequence: 9, Copies: 2, Campaign: adult})
	}
	d := earlier(true).wants(visit.ScreenRefused).press(visit.ButtonReprint).wants(visit.ScreenPrinting)
	if job := find[visit.PrintSheet](t, d.fx); job.Record != old || job.Copy != 3 || !job.Reprint || job.Sequence != 9 {
		t.Errorf("job %v", job)
	}
	d.step(visit.SheetPrinted{Visit: d.s.Visit, Copy: 3}).press(visit.ButtonHave).wants(visit.ScreenRefused)
	if d.s.MayReprint() {
		t.Error("it may be printed without end")
	}
	earlier(false).press(visit.ButtonReprint).wants(visit.ScreenRefused)
	// Nothing of it was ever printed: the first copy is an original.
	d = at(t, "looking").step(visit.PrinterState{})
	d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundConfirmed, Here: true, Reprint: true, Record: old, Sequence: 9, Campaign: adult})
	if job := find[visit.PrintSheet](t, d.press(visit.ButtonReprint).fx); job.Copy != 1 || job.Reprint {
		t.Errorf("job %v", job)
	}
	// The receipt ends it, also while she looks at the screen or at the printer.
	d = earlier(true).step(visit.Receipted{Record: record})
	if !d.s.MayReprint() {
		t.Error("ended by another's receipt")
	}
	d.step(visit.Receipted{Record: old})
	if !d.s.Found.Delivered {
		t.Error("not shown as delivered")
	}
	d.press(visit.ButtonReprint).wants(visit.ScreenRefused)
	d = earlier(true).press(visit.ButtonReprint).step(visit.Receipted{Record: old})
	d.step(visit.SheetFailed{Visit: d.s.Visit, Copy: 3}).wants(visit.ScreenSheetFailed).press(visit.ButtonRetry).wants(visit.ScreenSheetFailed)
	d = earlier(true)
	d.s.Found.Campaign.Policy.Reprint = false
	d.press(visit.ButtonReprint).wants(visit.ScreenRefused)
}

// From every screen, stuck or not, the staff can get back to the beginning,
// and nothing of her is left.
func TestStaffEscape(t *testing.T) {
	for _, st := range states() {
		d := at(t, st.name)
		n := d.s.Visit
		d.step(visit.StaffEscape{})
		if d.s.Phase != visit.PhaseIdle || d.s.Over != visit.OverNone || d.s.Visit != n+1 {
			t.Errorf("%s: the staff is left at %v", st.name, d.s)
		}
		if w := find[visit.Wipe](t, d.fx); w.Visit != n {
			t.Errorf("%s: wiped %d, want %d", st.name, w.Visit, n)
		}
		if st.name == "help" && find[visit.Help](t, d.fx).Called {
			t.Error("the call for help stands")
		}
	}
	// What is being sealed is sealed; its answer belongs to nobody any more.
	d := at(t, "sealing")
	n := d.s.Visit
	d.step(visit.StaffEscape{}, visit.Sealed{Visit: n, Record: record}).wants(visit.ScreenTakeCard)
}

func TestVoice(t *testing.T) {
	d := at(t, "idle").press(visit.ButtonVoice)
	if d.s.Prefs.Voice {
		t.Error("a box that cannot speak offers to")
	}
	d.step(visit.VoiceOffered{On: true}).step(visit.CardPlaced{})
	if has[visit.Speak](d.fx) {
		t.Error("spoken though nobody asked")
	}
	d = at(t, "idle").step(visit.VoiceOffered{On: true}).press(visit.ButtonVoice)
	if s := find[visit.Speak](t, d.fx); s.Key != "idle" || s.English {
		t.Errorf("spoken %+v", s)
	}
	d.pass(time.Second)
	if has[visit.Speak](d.fx) {
		t.Error("the same is said twice")
	}
	d.press(visit.ButtonLanguage)
	if s := find[visit.Speak](t, d.fx); !s.English {
		t.Errorf("spoken %+v", s)
	}
	d.press(visit.ButtonVoice)
	find[visit.Hush](t, d.fx)

	// Before the camera the advice changes as she moves: it is not chattered.
	d = at(t, "photo").step(visit.VoiceOffered{On: true}).press(visit.ButtonVoice)
	said := 0
	advices := []visit.PhotoAdvice{visit.PhotoCloser, visit.PhotoMoveLeft, visit.PhotoGood}
	for i := range 40 { // ten seconds
		d.pass(250 * time.Millisecond).live(advices[i%3])
		if has[visit.Speak](d.fx) {
			said++
		}
	}
	if said < 2 || said > 3 {
		t.Errorf("%d prompts in ten seconds of changing advice, want 2 or 3", said)
	}
	d.step(visit.StaffEscape{})
	find[visit.Hush](t, d.fx)
	if d.s.Prefs.Voice {
		t.Error("the voice was not forgotten with the visit")
	}
}
