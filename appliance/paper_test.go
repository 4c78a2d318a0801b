package appliance_test

import (
	"strings"
	"testing"

	"zhunkao/appliance/store"
	"zhunkao/hw/printertest"
)

// A printer that gives up may have the sheet in its tray all the same: she is
// asked, so that it does not lie there for the next person, and the log does not
// say that it is certain.
func TestASheetThatThePrinterGivesUp(t *testing.T) {
	t.Parallel()
	p := newPeer(t, at(open))
	b := newBox(t, p)
	d := b.plug()
	d.set(t, printertest.Knobs{PageMS: -1, Abort: true})
	b.start()
	b.sees("idle")
	b.place(p.plain()[4].Chip)
	b.sees("found")
	b.walkTo("printing")
	b.sees("take-sheet")
	b.press("have")
	b.sees("accepted")
	record := b.app.Sealed(t, 1) // the hub may not have it yet
	b.halt()
	if c := b.copies(record); len(c) != 1 || c[0].Outcome != store.CopyUnknown || c[0].Word != store.WordInHand {
		t.Errorf("log of copies: %+v", c)
	}
}

// What a job said of the printer ends with the job: the printer itself tells of
// nothing, so nothing else would take it back.
func TestANeedEndsWithItsJob(t *testing.T) {
	t.Parallel()
	p := newPeer(t, at(open))
	b := newBox(t, p)
	d := b.plug()
	b.start()
	b.sees("idle")
	b.place(p.plain()[5].Chip)
	b.sees("found")
	b.walkTo("pledge")
	// Slow as one that warms up, and its second tray is empty: while the job does
	// not get on, that may be why.
	d.set(t, printertest.Knobs{PageMS: 9500, Reason: "media-empty-warning"})
	b.walkTo("printing")
	until(t, "word that there is no paper", func() bool {
		_, _, text := b.look()
		return strings.Contains(text, "打印机没纸了")
	})
	b.sees("take-sheet")
	b.halt()
	if m := b.app.Printer(); m.Need != "" || m.Down {
		t.Errorf("after the job the printer still needs %q, down %t", m.Need, m.Down)
	}
}

// Nothing that the loop can reach holds what the visit knew, also when its sheet
// was printed.
func TestNothingOfHerIsReachable(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.plug()
	b.start()
	b.sees("idle")
	who := p.plain()[6]
	b.place(who.Chip)
	b.sees("found")
	b.walkTo("take-sheet")
	b.lift()
	b.press("have")
	b.sees("accepted")
	b.press("done")
	b.sees("idle")
	b.halt()
	for _, text := range []string{string(who.Chip.Name), who.Chip.Number.Reveal(), who.Chip.Address} {
		if found := b.app.Residue(text); len(found) > 0 {
			t.Errorf("she is still in %v", found)
		}
	}
}
