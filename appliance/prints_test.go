package appliance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/hw/printertest"
	"zhunkao/protocol"
)

// asks promises a paper as the desk does.
func (b *box) asks(p store.Print) store.Print {
	b.Helper()
	p.At, p.By = protocol.TimeOf(b.now()), store.DayAct{Account: "s-chen", At: 1}
	p, err := b.app.Printing().Ask(p)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func (b *box) line() desk.PrintLine {
	b.Helper()
	l, err := b.app.Printing().Now()
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// titles are the documents that the printer was given, in order.
func (d *devices) titles() (out []string) {
	jobs := d.printer.Jobs()
	slices.SortFunc(jobs, func(a, b printertest.Job) int { return a.Serial - b.Serial })
	for _, j := range jobs {
		out = append(out, j.Name)
	}
	return out
}

// One queue: what waits for paper survives a restart and comes out when there is
// some; a visit's sheet goes before the papers of the desk that wait, after the one
// that is in the printer, and none is refused or lost.
func TestOneQueueBeforeThePrinter(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.desk = "127.0.0.1:0"
	d := b.plug()
	d.set(t, printertest.Knobs{NoPaper: true})
	b.start()
	b.sees("idle")
	b.asks(store.Print{Kind: store.PrintForm})
	b.stop()
	b.stop = nil
	if n := len(d.printer.Jobs()); n != 0 {
		t.Fatalf("%d jobs without paper", n)
	}
	b.start()
	b.sees("idle")
	if l := b.line(); len(l.Papers) != 1 || l.Papers[0].State != store.PrintWaiting {
		t.Fatalf("after a restart: %+v", l.Papers)
	}
	d.set(t, printertest.Quick())
	until(t, "the form that was promised", func() bool { return len(d.printer.Jobs()) == 1 && len(b.line().Papers) == 0 })
	if l := b.line(); len(l.Ended) != 1 || l.Ended[0].How != desk.PrintDone {
		t.Errorf("who asked is told %+v", l.Ended)
	}

	b.place(p.plain()[0].Chip)
	b.sees("found")
	b.walkTo("pledge")
	d.set(t, printertest.Knobs{PageMS: 3000})
	b.asks(store.Print{Kind: store.PrintForm})
	until(t, "a form in the printer", func() bool { return len(d.printer.Jobs()) == 2 })
	d.set(t, printertest.Knobs{Paused: true, PageMS: 50}) // it holds what it has
	last := b.asks(store.Print{Kind: store.PrintForm})
	gone := b.asks(store.Print{Kind: store.PrintForm})
	b.walkTo("printing")
	until(t, "the sheet in line", func() bool { return len(b.line().Visits) == 1 })
	if err := b.app.Printing().Cancel(gone.ID); err != nil {
		t.Fatal(err)
	}
	if l := b.line(); l.Visits[0].Prints || len(l.Papers) != 2 || l.Papers[0].State != store.PrintBegun || l.Papers[1].ID != last.ID {
		t.Errorf("in line: %+v", l)
	}
	d.set(t, printertest.Quick())
	b.sees("take-sheet")
	b.press("have")
	b.sees("accepted")
	until(t, "all of them", func() bool { return len(b.line().Papers) == 0 })
	got := d.titles()
	if len(got) != 4 || !strings.Contains(got[1], "草表") || strings.Contains(got[2], "草表") || !strings.Contains(got[3], "草表") {
		t.Errorf("printed in this order: %q", got)
	}
	if log := b.log.String(); strings.Contains(log, "another document is under way") {
		t.Error("two documents met at the printer")
	}
}

// A sheet once more for a clerk: the same content with mark and number while the
// hub has not receipted it; with the printer away it stops at once and does not
// come out later by itself; after the receipt it is said why not.
func TestASheetOnceMoreAtTheDesk(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.desk = "127.0.0.1:0"
	d := b.plug()
	b.start()
	b.sees("idle")
	p.stop()
	who := p.plain()[7]
	b.place(who.Chip)
	b.sees("found")
	b.walkTo("take-sheet")
	b.press("have")
	b.sees("accepted")
	b.finish()
	id := b.app.Sealed(t, 1)
	until(t, "the readable copy", func() bool { return b.app.Readable(id) })
	again := store.Print{Kind: store.PrintReprint, Sequence: 1, Record: id, Reason: "lost"}
	state := func(id uint64) (out string) {
		for _, x := range b.line().Papers {
			if x.ID == id {
				out = fmt.Sprintf("%s %s", x.State, x.Why)
			}
		}
		return out
	}
	d.cable.Unplug()
	first := b.asks(again)
	until(t, "that it stopped", func() bool { return strings.HasPrefix(state(first.ID), "stopped") })
	if err := d.cable.Plug(); err != nil {
		t.Fatal(err)
	}
	form := b.asks(store.Print{Kind: store.PrintForm})
	until(t, "the form behind it", func() bool { return state(form.ID) == "" })
	if !strings.HasPrefix(state(first.ID), "stopped") || len(d.printer.Jobs()) != 2 {
		t.Errorf("her sheet came out by itself: %q, %d jobs", state(first.ID), len(d.printer.Jobs()))
	}
	if err := b.app.Printing().Again(first.ID); err != nil {
		t.Fatal(err)
	}
	until(t, "her sheet", func() bool { return state(first.ID) == "" })
	jobs := d.printer.Jobs()
	slices.SortFunc(jobs, func(a, b printertest.Job) int { return a.Serial - b.Serial })
	one, two := wordsOf(t, jobs[0]), wordsOf(t, jobs[2])
	if strings.Contains(one, "补打") || !strings.Contains(one, "第 1 份") || !strings.Contains(two, "补打") || !strings.Contains(two, "第 2 份") {
		t.Errorf("marks: %t, %t", strings.Contains(one, "补打"), strings.Contains(two, "补打"))
	}
	if rest := differ(one, two); len(rest) > 0 {
		t.Errorf("beside mark, number and time they differ in %q", rest)
	}
	for range 1 {
		third := b.asks(again)
		until(t, "the third", func() bool { return state(third.ID) == "" })
	}
	fourth := b.asks(again) // asked for while there were fewer
	until(t, "that it stopped", func() bool { return state(fourth.ID) == "stopped head" })
	p.start()
	until(t, "the receipt", func() bool { o, err := b.app.Outbox(); return err == nil && o.Waiting == 0 })
	fifth := b.asks(again)
	until(t, "why not", func() bool { return state(fifth.ID) == "stopped gone-sheet" })
	b.halt()
	lines := b.copies(id)
	last := lines[len(lines)-1]
	if last.Number != 3 || !last.Reprint || last.Outcome != store.CopyPrinted || last.Reason != "lost" || last.By == nil || last.By.Account != "s-chen" || last.Version != lines[0].Version {
		t.Errorf("log of copies: %+v", last)
	}
	for _, secret := range []string{string(who.Chip.Name), who.Chip.Number.Reveal()} {
		if found := b.app.Residue(secret); len(found) > 0 {
			t.Errorf("she is still in %v", found)
		}
	}
}

// differ lists the lines that stand on one paper only, but for those that a copy
// has of its own: mark, number, time of printing.
func differ(a, b string) (out []string) {
	lines := func(text string) map[string]bool {
		all := map[string]bool{}
		for l := range strings.Lines(text) {
			all[strings.Join(strings.Fields(l), " ")] = true
		}
		return all
	}
	x, y := lines(a), lines(b)
	for l := range x {
		if !y[l] && !strings.Contains(l, "份") {
			out = append(out, l)
		}
	}
	for l := range y {
		if !x[l] && !strings.Contains(l, "份") && !strings.Contains(l, "补打") {
			out = append(out, l)
		}
	}
	return out
}
