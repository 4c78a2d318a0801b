package appliance_test

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
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
	p.camp.Portal.Address = "https://bm.example.cn"
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
		if strings.HasPrefix(c, "HTTPS://BM.EXAMPLE.CN/KS/P/") {
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

// codeOf reads the code that a page draws with a reader that is not ours; "" for none.
func codeOf(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`(?s)<svg class="qr" viewBox="-4 -4 (\d+) \d+".*?<path fill="#000" d="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	const dots = 4
	side, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, side*dots, side*dots))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for _, run := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)`).FindAllStringSubmatch(m[2], -1) {
		var n [3]int
		for i := range n {
			if n[i], err = strconv.Atoi(run[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		draw.Draw(img, image.Rect((n[0]+4)*dots, (n[1]+4)*dots, (n[0]+4+n[2])*dots, (n[1]+5)*dots), image.Black, image.Point{}, draw.Src)
	}
	file := filepath.Join(t.TempDir(), "code.png")
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", file).Output()
	if err != nil {
		t.Fatalf("the code of the page is not read: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// TestPayingAtTheKiosk: where a confirmation opens the order, the last screen shows
// the amount and a code that the box signed about the record just sealed, an address
// of the portal where the campaign names one; with a network and without. Afterwards
// nothing of it is left, and where the fee is not paid by telephone there is none.
func TestPayingAtTheKiosk(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*campaign.Campaign)
		offline bool
		want    string // how the code begins; "" for none
	}{
		"with a network":          {func(c *campaign.Campaign) { c.Portal.Address = "https://bm.example.cn" }, false, "HTTPS://BM.EXAMPLE.CN/KS/P/"},
		"without, and no address": {func(*campaign.Campaign) {}, true, "ZK1:S:"},
		"paid at the point":       {func(c *campaign.Campaign) { c.Payment.Channels = []string{campaign.ChannelCash} }, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("zbarimg"); err != nil && os.Getenv("CI") != "true" {
				t.Skip("zbarimg is not installed")
			}
			t.Parallel()
			p := newPeer(t, at(open))
			c.change(&p.camp)
			b := newBox(t, p)
			b.plug()
			b.start()
			b.sees("idle")
			if c.offline {
				p.stop()
			}
			b.place(p.plain()[0].Chip)
			b.sees("found")
			b.walkTo("take-sheet")
			b.lift()
			b.press("have")
			page := b.sees("accepted")
			text := codeOf(t, page)
			who := p.plain()[0].Application
			fee, _ := p.camp.Fee(who.First().Level)
			if c.want == "" {
				if text != "" {
					t.Errorf("code %.40s", text)
				}
				return
			}
			amount := fmt.Sprintf("%d.%02d", fee/100, fee%100)
			if !strings.HasPrefix(text, c.want) || !strings.Contains(page, amount) || !strings.Contains(page, "还差缴费") {
				t.Errorf("code %.40q, amount %s: %v", text, amount, strings.Contains(page, amount))
			}
			raw, err := protocol.SlipOf(text)
			if err != nil {
				t.Fatal(err)
			}
			slip, err := protocol.OpenSlip(raw, p.device)
			if err != nil {
				t.Fatal(err)
			}
			if slip.Sequence != 1 || slip.Application != who.ID || slip.Fee != uint64(fee) || slip.Record != b.app.Sealed(t, 1) {
				t.Errorf("slip %+v", slip)
			}
			b.press("done")
			if after := b.sees("idle"); strings.Contains(after, `class="qr"`) || strings.Contains(after, amount) {
				t.Error("the code is there for who comes next")
			}
		})
	}
}
