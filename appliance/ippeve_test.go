package appliance_test

import (
	"slices"
	"strings"
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/hw/printertest"
	"zhunkao/hw/printertest/ippeve"
)

// The queue before a printer that somebody else wrote: fault 26. What the printer
// was given, in order, is read from the files that it kept.

// foreign is a box whose printer is ippeveprinter, and what was read of its paper.
type foreign struct {
	*box
	eve *ippeve.Printer
}

func newForeign(t *testing.T) (foreign, *peer) {
	p := newPeer(t, at(open))
	f := foreign{newBox(t, p), ippeve.Start(t, "application/pdf")}
	f.desk, f.printer = "127.0.0.1:0", f.eve.URI()
	f.start()
	f.sees("idle")
	return f, p
}

// papers are what the printer was given, each as one word of ours and its pages.
func (f foreign) papers() (out []string) {
	f.Helper()
	for _, doc := range f.eve.Spooled(".pdf") {
		text := wordsOf(f.T, printertest.Job{Document: doc})
		kind := "another"
		switch {
		case strings.Contains(text, "草表"):
			kind = "form"
		case strings.Contains(text, "补打") && strings.Contains(text, "第 2 份"):
			kind = "second"
		case strings.Contains(text, "第 1 份"):
			kind = "first"
		}
		out = append(out, kind+strings.Repeat("+", strings.Count(text, "\f"))) // one a page
	}
	return out
}

// stands is a paper's state in the queue, and why; "" when it is not there.
func (f foreign) stands(id uint64) string {
	f.Helper()
	for _, x := range f.line().Papers {
		if x.ID == id {
			return strings.TrimSpace(string(x.State) + " " + x.Why)
		}
	}
	return ""
}

// ended is how a paper left the queue.
func (f foreign) ended(id uint64) desk.PrintOutcome {
	f.Helper()
	for _, x := range f.line().Ended {
		if x.ID == id {
			return x.How
		}
	}
	return ""
}

func (f foreign) form() store.Print { f.Helper(); return f.asks(store.Print{Kind: store.PrintForm}) }

func (f foreign) until(id uint64, want string) {
	f.Helper()
	until(f.T, "the paper that is "+want, func() bool { return f.stands(id) == want })
}

// A jam, an empty tray and a printer that is switched off hold the queue up and
// lose nothing: what waits comes out when it is mended, in the order in which it was
// asked for, each once, whole. What was in the printer at the power cut is not
// printed again by itself.
func TestTheQueueBeforeIppeveprinter(t *testing.T) {
	t.Parallel()
	f, p := newForeign(t)
	p.with(func() { p.mute = true }) // no receipt: her sheet can be printed again
	f.place(p.plain()[3].Chip)
	f.sees("found")
	f.walkTo("take-sheet")
	f.press("have")
	f.sees("accepted")
	f.finish()
	id := f.app.Sealed(t, 1)
	until(t, "the readable copy", func() bool { return f.app.Readable(id) })

	for reason, need := range map[string]string{"media-jam": "jam", "media-empty": "paper"} {
		had := f.papers()
		mend := f.eve.Hold(reason)
		first := f.form()
		f.until(first.ID, "begun "+need) // the desk says what a person must do
		last := f.form()
		if f.stands(last.ID) != "waiting" {
			t.Errorf("%s: behind it %q", reason, f.stands(last.ID))
		}
		mend()
		until(t, "an empty queue", func() bool { return len(f.line().Papers) == 0 })
		if got := f.papers(); !slices.Equal(got, append(had, "form++", "form++")) {
			t.Errorf("%s: the printer was given %q, and had %q", reason, got, had)
		}
		if f.ended(first.ID) != desk.PrintDone || f.ended(last.ID) != desk.PrintDone {
			t.Errorf("%s: they ended as %q, %q", reason, f.ended(first.ID), f.ended(last.ID))
		}
	}

	// Switched off with one in it and two behind it.
	had := f.papers()
	mend := f.eve.Hold("")
	cut := f.form()
	f.until(cut.ID, "begun")
	until(t, "the form in the printer", func() bool { return len(f.papers()) == len(had)+1 })
	hers := f.asks(store.Print{Kind: store.PrintReprint, Sequence: 1, Record: id, Reason: "lost"})
	form := f.form()
	f.eve.Off()
	mend()
	until(t, "word that the printer is gone", func() bool {
		down, err := f.app.PrinterGone(t.Context())
		return err == nil && down
	})
	if got := []string{f.stands(hers.ID), f.stands(form.ID)}; !slices.Equal(got, []string{"waiting", "waiting"}) {
		t.Errorf("while it is off the others are %q", got)
	}
	f.eve.On()
	until(t, "the papers behind it", func() bool { return f.stands(form.ID) == "" })
	if got := f.stands(cut.ID); !strings.HasPrefix(got, "unsure") {
		t.Errorf("what was in the printer is %q", got)
	}
	want := append(had, "form++", "second+", "form++")
	if got := f.papers(); !slices.Equal(got, want) {
		t.Errorf("the printer was given %q, want %q", got, want)
	}
	if err := f.app.Printing().Again(cut.ID); err != nil { // a clerk looked, and there is none
		t.Fatal(err)
	}
	until(t, "it, once more", func() bool { return f.stands(cut.ID) == "" })
	if got := f.papers(); !slices.Equal(got, append(want, "form++")) || f.ended(cut.ID) != desk.PrintDone {
		t.Errorf("the printer was given %q, and it ended as %q", got, f.ended(cut.ID))
	}
}

// A job that the printer gives up may be out all the same, and so may one whose box
// loses its power: neither is printed again by itself. One that nobody wants any
// more is taken back, and what waits behind it comes.
func TestAJobGivenUpByIppeveprinter(t *testing.T) {
	t.Parallel()
	f, _ := newForeign(t)
	f.eve.Abort(true)
	given := f.form()
	f.until(given.ID, "unsure")
	f.eve.Abort(false)
	behind := f.form()
	until(t, "the one behind it", func() bool { return f.stands(behind.ID) == "" })
	if n := len(f.papers()); n != 2 || f.stands(given.ID) != "unsure" {
		t.Errorf("%d papers, the one that was given up is %q", n, f.stands(given.ID))
	}
	if err := f.app.Printing().Cancel(given.ID); err != nil { // it lay in the tray
		t.Fatal(err)
	}
	if f.ended(given.ID) != desk.PrintLetGo {
		t.Errorf("it ended as %q", f.ended(given.ID))
	}

	mend := f.eve.Hold("")
	unwanted, next := f.form(), f.form()
	until(t, "a form in the printer", func() bool { return len(f.papers()) == 3 && f.stands(unwanted.ID) == "begun" })
	if err := f.app.Printing().Cancel(unwanted.ID); err != nil {
		t.Fatal(err)
	}
	until(t, "that the printer is told", func() bool { return strings.Contains(f.eve.Log(), "Cancel-Job") })
	mend() // ippeveprinter lets its command run to the end first
	until(t, "the next", func() bool { return f.stands(next.ID) == "" })
	if n := len(f.papers()); n != 4 || f.ended(unwanted.ID) != desk.PrintLetGo || f.ended(next.ID) != desk.PrintDone {
		t.Errorf("%d papers; it ended as %q, the next as %q", n, f.ended(unwanted.ID), f.ended(next.ID))
	}

	mend = f.eve.Hold("")
	cut, waits := f.form(), f.form()
	until(t, "a form in the printer", func() bool { return len(f.papers()) == 5 && f.stands(cut.ID) == "begun" })
	f.halt()
	mend()
	f.start()
	f.sees("idle")
	until(t, "what waited", func() bool { return f.stands(waits.ID) == "" })
	if got := f.stands(cut.ID); got != "unsure restart" || len(f.papers()) != 6 {
		t.Errorf("what was in the printer is %q after a restart, and the printer was given %d", got, len(f.papers()))
	}
	f.halt()
	if log := f.log.String(); strings.Contains(log, "another document is under way") {
		t.Error("two documents met at the printer")
	}
}
