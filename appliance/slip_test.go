package appliance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol"
)

// scanned reads every code of a sheet's only page with a reader that is not ours.
func scanned(t *testing.T, pdf []byte) []string {
	t.Helper()
	for _, name := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(name + " is not installed")
		}
	}
	dir := t.TempDir()
	file, page := filepath.Join(dir, "sheet.pdf"), filepath.Join(dir, "page")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-singlefile", "-gray", "-r", "200", "-png", file, page).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command("zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", page+".png").Output()
	if err != nil {
		t.Fatalf("no code on the sheet: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// TestSlipOfABoxThatIsAlone: while the hub does not answer, her sheet bears a slip
// that the box signed about exactly the record that waits; while it does, there is
// none, and the sheet is what the hub prints of the record.
func TestSlipOfABoxThatIsAlone(t *testing.T) {
	t.Parallel()
	p := newPeer(t, at(open))
	b := newBox(t, p)
	d := b.plug()
	serve := func(n int) []string {
		t.Helper()
		b.start()
		b.sees("idle")
		b.place(p.plain()[n].Chip)
		b.sees("found")
		b.walkTo("take-sheet")
		b.lift()
		b.press("have")
		b.sees("accepted")
		b.halt()
		return scanned(t, d.printer.Jobs()[0].Document)
	}
	if codes := serve(0); len(codes) > 1 {
		t.Errorf("the hub answers, and the sheet bears %d codes", len(codes))
	}
	p.stop()
	codes := serve(1)
	var text string
	for _, c := range codes {
		if strings.HasPrefix(c, "ZK1:S:") {
			text = c
		}
	}
	raw, err := protocol.SlipOf(text)
	if err != nil {
		t.Fatalf("codes %q: %v", codes, err)
	}
	slip, err := protocol.OpenSlip(raw, p.device)
	if err != nil {
		t.Fatal(err)
	}
	who := p.plain()[1].Application
	fee, _ := p.camp.Fee(who.First().Level)
	if slip.Address != p.box || slip.Sequence != 2 || slip.Application != who.ID || slip.Campaign != p.camp.ID || slip.Rules != p.camp.Version ||
		fee <= 0 || slip.Fee != uint64(fee) || slip.At.Time().Before(open) {
		t.Errorf("slip %+v", slip)
	}
	// The record that it speaks of is the one that comes when the hub is back.
	p.start()
	b.start()
	b.sees("idle")
	until(t, "the record", func() (here bool) {
		p.with(func() { here = p.envs[2] != nil })
		return here
	})
	sealed := b.app.Sealed(t, 2)
	b.halt()
	if sealed != slip.Record {
		t.Error("the slip names another record")
	}
	p.with(func() {
		if protocol.HashOf(p.envs[2]) != slip.Envelope {
			t.Error("the slip names another envelope")
		}
	})
}
