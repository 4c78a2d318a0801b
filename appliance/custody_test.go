package appliance_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
	"zhunkao/hw/printertest"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// wordsOf is the text of the document of a job.
func wordsOf(t *testing.T, j printertest.Job) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("pdftotext is not installed (poppler-utils)")
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(j.Document)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// finish presses on to the idle screen.
func (b *box) finish() {
	b.Helper()
	b.lift()
	b.press("done")
	b.sees("idle")
}

// The sheet of an earlier visit: until the hub's receipt this box prints it
// once more, also after a power cut; from the receipt on it cannot.
func TestTheSheetOfAnEarlierVisit(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
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
	kept := func() []string {
		found, err := filepath.Glob(filepath.Join(b.data, "readable", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	until(t, "the readable copy", func() bool { return len(kept()) == 1 })
	b.halt()
	raw, err := os.ReadFile(kept()[0])
	if err != nil || bytes.Contains(raw, []byte(who.Chip.Number)) || bytes.Contains(raw, []byte(who.Chip.Name)) || len(raw) < 10_000 {
		t.Fatalf("the readable copy: %d bytes, plain or without her photo: %v", len(raw), err)
	}

	b.start()
	b.sees("idle")
	b.place(who.Chip)
	if text := b.sees("refused"); !strings.Contains(text, "再打一份流程表") {
		t.Fatal("no reprint is offered before the receipt")
	}
	// The first try reaches nothing: no copy, no number.
	d.cable.Unplug()
	b.press("reprint")
	b.sees("sheet-failed")
	if err := d.cable.Plug(); err != nil {
		t.Fatal(err)
	}
	until(t, "the sheet", func() bool {
		screen, _, _ := b.look()
		if screen == "sheet-failed" {
			b.press("retry")
		}
		return screen == "take-sheet"
	})
	b.press("have")
	if text := b.sees("refused"); strings.Contains(text, "再打一份流程表") {
		t.Error("it may be printed without end")
	}
	jobs := d.printer.Jobs()
	if len(jobs) != 2 {
		t.Fatalf("%d jobs", len(jobs))
	}
	slices.SortFunc(jobs, func(a, b printertest.Job) int { return a.Serial - b.Serial })
	first, again := wordsOf(t, jobs[0]), wordsOf(t, jobs[1])
	for _, want := range []string{string(who.Chip.Name), who.Chip.Number.Reveal()} {
		if !strings.Contains(again, want) {
			t.Errorf("%q is not on the second copy", want)
		}
	}
	if strings.Contains(first, "补打") || !strings.Contains(first, "第 1 份") || !strings.Contains(again, "补打") || !strings.Contains(again, "第 2 份") {
		t.Errorf("marks: first %t, again %t", strings.Contains(first, "补打"), strings.Contains(again, "补打"))
	}
	if !bytes.Contains(jobs[1].Document, []byte("/Image")) || len(jobs[1].Document) < len(jobs[0].Document)*9/10 {
		t.Error("the second copy has no photo")
	}
	b.finish()

	p.start()
	until(t, "the receipt", func() bool { o, err := b.app.Outbox(); return err == nil && o.Waiting == 0 })
	until(t, "the end of the readable copy", func() bool { return len(kept()) == 0 })
	b.place(who.Chip)
	text := b.sees("refused")
	if strings.Contains(text, "再打一份流程表") || !strings.Contains(text, "报名网站") {
		t.Error("after the receipt it is offered, or she is not told where else")
	}
	record := b.app.Sealed(t, 1)
	b.halt()
	for _, secret := range []string{string(who.Chip.Name), who.Chip.Number.Reveal(), who.Chip.Address} {
		if found := b.app.Residue(secret); len(found) > 0 {
			t.Errorf("she is still in %v", found)
		}
	}
	lines := b.copies(record)
	if len(lines) < 2 || lines[0].Number != 1 || lines[0].Reprint {
		t.Fatalf("log of copies: %+v", lines)
	}
	for _, failed := range lines[1 : len(lines)-1] { // tries at the printer that was gone
		if failed.Number != 2 || failed.Outcome != store.CopyNotPrinted {
			t.Errorf("log of copies: %+v", failed)
		}
	}
	if last := lines[len(lines)-1]; last.Number != 2 || !last.Reprint || last.Version != lines[0].Version || last.Outcome != store.CopyPrinted || last.Word != store.WordInHand {
		t.Errorf("log of copies: %+v", last)
	}
	if _, err := store.Check(b.data); err != nil {
		t.Error(err)
	}
}

// Served on a clock that nobody vouches for: the sheet says so, the first copy
// and the one printed again, whose acceptance is the first one's.
func TestTheSheetSaysThatTheTimeIsUndecided(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	d := b.plug()
	b.start()
	b.sees("idle")
	b.halt()
	p.stop()
	b.now = at(time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)) // its battery is empty
	b.start()
	who := p.plain()[8]
	b.place(who.Chip)
	b.sees("found")
	b.walkTo("take-sheet")
	b.press("have")
	b.sees("accepted")
	b.finish()
	until(t, "the readable copy", func() bool {
		kept, err := filepath.Glob(filepath.Join(b.data, "readable", "*"))
		return err == nil && len(kept) == 1
	})
	b.place(who.Chip)
	b.sees("refused")
	b.press("reprint")
	b.sees("take-sheet")
	jobs := d.printer.Jobs()
	if len(jobs) != 2 {
		t.Fatalf("%d jobs", len(jobs))
	}
	for _, j := range jobs {
		if !strings.Contains(wordsOf(t, j), "时间待核") {
			t.Errorf("job %d does not say so", j.Serial)
		}
	}
}

// A box without fonts says so on its idle screen and to the hub, and tells her
// before she confirms what her sheet will not show.
func TestABoxWithoutFontsSaysSo(t *testing.T) {
	p := newPeer(t, at(open))
	who := p.plain()[9]
	who.Application.Fields[form.School] = "龘山大学" // beyond GB 2312
	b := newBox(t, p)
	b.plug()
	b.fonts = t.TempDir()
	b.start()
	if text := b.sees("idle"); !strings.Contains(text, "打印用小字库") {
		t.Error("the idle screen does not say that there are no fonts")
	}
	b.place(who.Chip)
	if text := b.sees("found"); !strings.Contains(text, "“龘”") || !strings.Contains(text, "记录是对的") {
		t.Error("she is not told what her sheet will not show")
	}
	until(t, "word at the hub of the fonts", func() (told bool) {
		p.with(func() {
			for _, h := range p.beats {
				for _, d := range h.Devices {
					told = told || d == protocol.DeviceState{Name: health.DeviceFonts, State: health.Ready, Fault: health.FaultSmallFont}
				}
			}
		})
		return told
	})
}
