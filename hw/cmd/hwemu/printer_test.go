package main

import (
	"context"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
	"zhunkao/provisioning/chromium"
)

// withPrinter runs the program with a printer, and gives the printer's state.
func withPrinter(t *testing.T) (program, func() printerState) {
	t.Helper()
	p := start(t, cards(), func(c *CLI) { c.PrinterListen = "127.0.0.1:0" })
	return p, func() printerState {
		t.Helper()
		var s printerState
		if err := json.Unmarshal([]byte(p.get(t, "/api/printer")), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// knob sets the printer's knobs by the JSON door.
func (p program) printerKnob(t *testing.T, body string) int {
	t.Helper()
	resp, err := http.Post(p.url+"/api/printer/knob", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// printPage prints hwcheck's test page through the driver.
func printPage(t *testing.T, uri, format string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "run", "zhunkao/hw/cmd/hwcheck", "printer", "--uri", uri, "--print", "--format="+format).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestPrinterPages(t *testing.T) {
	p, state := withPrinter(t)
	if page := p.get(t, "/printer"); !strings.Contains(page, "还没有打印过") {
		t.Error("an empty tray is not called one")
	}
	p.printerKnob(t, `{"page_ms":-1}`)
	printPage(t, state().URI, "raster")
	s := state()
	if len(s.Jobs) != 1 || s.Jobs[0].Format != printer.FormatRaster || len(s.Jobs[0].Pages) != 1 || !s.Jobs[0].Pages[0].Seen || !s.Jobs[0].Pages[0].Out {
		t.Fatalf("got %+v", s.Jobs)
	}
	img, err := png.Decode(strings.NewReader(p.get(t, "/printer/page/1/1")))
	if err != nil || img.Bounds().Dx() != 2480 || img.Bounds().Dy() != 3508 {
		t.Fatalf("picture: %v", err)
	}
	if doc := p.get(t, "/printer/document/1"); !strings.HasPrefix(doc, "RaS2") {
		t.Error("not the document that came")
	}
	printPage(t, state().URI, "pdf")
	if s = state(); len(s.Jobs) != 2 || s.Jobs[0].Serial != 2 || s.Jobs[0].Format != printer.FormatPDF {
		t.Fatalf("got %+v, want the newest first", s.Jobs)
	}
	if doc := p.get(t, "/printer/document/2"); !strings.HasPrefix(doc, "%PDF-") {
		t.Error("not the document that came")
	}
	if _, err := exec.LookPath("pdftoppm"); err == nil {
		img, err := png.Decode(strings.NewReader(p.get(t, "/printer/page/2/1")))
		if err != nil || img.Bounds().Dx() < 1200 {
			t.Errorf("picture of a PDF: %v", err)
		}
	}
	for _, path := range []string{"/printer", "/printer/part", "/printer/log", "/printer/sheet/1/1", "/printer/sheet/1/1?size=full"} {
		for lang, page := range map[string]string{"zh": p.get(t, path), "en": p.get(t, path+pick(strings.Contains(path, "?"), "&", "?")+"lang=en")} {
			if i := strings.Index(page, "⟨"); i >= 0 {
				t.Errorf("%s %s: a word is missing: %.40s", path, lang, page[i:])
			}
			if strings.Contains(page, "style=") || strings.Contains(page, " onclick") {
				t.Errorf("%s %s: inline script or style", path, lang)
			}
		}
	}
	for _, path := range []string{"/printer/page/9/1", "/printer/page/1/2", "/printer/page/1/0", "/printer/page/x/y", "/printer/sheet/9/1", "/printer/document/9", "/printer/document/x"} {
		resp, err := http.Get(p.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
	}
	p.post(t, "/printer/clear", nil)
	if s = state(); len(s.Jobs) != 0 {
		t.Errorf("%d jobs are left on the tray", len(s.Jobs))
	}
	for key, w := range printerWords {
		if w[0] == "" || w[1] == "" && key != "page.end" {
			t.Errorf("%s lacks a language", key)
		}
		if _, ok := words[key]; ok {
			t.Errorf("%s is in two catalogues", key)
		}
	}
}

func TestPrinterSwitches(t *testing.T) {
	p, state := withPrinter(t)
	for _, pre := range printerPresets() {
		p.post(t, "/printer/fault", url.Values{"fault": {pre.key}, "on": {"1"}})
		if !pre.on(state().Knobs) {
			t.Errorf("%s: not on after it was thrown", pre.key)
		}
		if page := p.get(t, "/printer"); !strings.Contains(page, "有故障") || strings.Contains(page, "⟨") {
			t.Errorf("%s: not shown", pre.key)
		}
		p.post(t, "/printer/fault", url.Values{"fault": {pre.key}, "on": {"0"}})
		if pre.on(state().Knobs) {
			t.Errorf("%s: still on", pre.key)
		}
	}
	p.post(t, "/printer/format", url.Values{"format": {printertest.Raster}})
	p.post(t, "/printer/fault", url.Values{"fault": {"unplug"}, "on": {"1"}})
	if s := state(); s.Plugged || s.Knobs.Format != printertest.Raster {
		t.Errorf("got %+v", s)
	}
	if _, err := net.DialTimeout("tcp", strings.TrimSuffix(strings.TrimPrefix(state().URI, "ipp://"), "/ipp/print"), time.Second); err == nil {
		t.Error("unplugged, and it answers")
	}
	p.post(t, "/printer/fault", url.Values{"fault": {"paper"}, "on": {"1"}})
	p.post(t, "/printer/healthy", nil)
	if s := state(); !s.Plugged || s.Knobs != (printertest.Knobs{Format: printertest.Raster}) {
		t.Errorf("after mending: %+v", s)
	}
	if code, page := p.post(t, "/printer/fault", url.Values{"fault": {"nonsense"}, "on": {"1"}}); code != 422 || !strings.Contains(page, `role="alert"`) {
		t.Errorf("a fault that is none: %d", code)
	}
	for body, want := range map[string]int{`{"garbage":"nonsense"}`: 422, `{"no_such_knob":1}`: 400, `{`: 400, `{"healthy":true,"no_paper":true}`: 200, `{"jam":true}`: 200} {
		if code := p.printerKnob(t, body); code != want {
			t.Errorf("%s: status %d, want %d", body, code, want)
		}
	}
}

func TestPrinterIsForThisMachine(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "8631", "example.org:631"} {
		err := run(t.Context(), CLI{Listen: "127.0.0.1:0", ReaderLink: filepath.Join(t.TempDir(), "r"), State: t.TempDir(), PrinterListen: addr}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "--printer-listen") {
			t.Errorf("%s: got %v", addr, err)
		}
	}
	p := start(t, cards())
	resp, err := http.Get(p.url + "/printer")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound || strings.Contains(p.get(t, "/"), `href="/printer"`) {
		t.Errorf("a printer without --printer-listen: %d", resp.StatusCode)
	}
}

// The page in a real browser follows a job: it appears, stops for paper, comes
// out. With HWEMU_SHOTS=DIR it leaves pictures there to look at.
func TestPrinterInABrowser(t *testing.T) {
	p, state := withPrinter(t)
	p.printerKnob(t, `{"page_ms":-1}`)
	printPage(t, state().URI, "pdf")
	p.printerKnob(t, `{"page_ms":60000}`)
	ctx, _ := chromium.Start(t, chromedp.WindowSize(1280, 800))
	type step = chromedp.Action[chromedp.Void]
	act := func(f func() error) step {
		return chromedp.Func(func(context.Context, *chromedp.Target) error { return f() })
	}
	shot := func(name string) step {
		return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			dir := os.Getenv("HWEMU_SHOTS")
			if dir == "" {
				return nil
			}
			b, err := chromedp.FullScreenshot(100)(ctx, target)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, name+".png"), b, 0o600)
		})
	}
	driver, err := printer.New(printer.Options{URI: state().URI, Format: printer.FormatRaster, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var job *printer.Job
	err = chromedp.Do(ctx,
		chromedp.Navigate(p.url+"/printer"),
		chromedp.WaitVisible(".sheets img"),
		act(func() (err error) {
			job, err = driver.Print(ctx, twoPages())
			return err
		}),
		chromedp.WaitVisible(`.badge.act`), // printing, without a new page
		chromium.Press(`button[aria-label="弄坏: 没有纸"]`),
		chromedp.WaitVisible(`.throw.on`),
		chromedp.WaitVisible(`article .badge.wait`),
		shot("printer-nopaper"),
		act(func() error { p.printerKnob(t, `{"page_ms":-1}`); return nil }),
		chromium.Press(`button[aria-label="恢复: 没有纸"]`),
		chromedp.WaitNotPresent(`article .badge.wait, article .badge.act`),
		chromedp.WaitNotPresent(`.paper.waits`),
		shot("printer"),
		act(func() error {
			end, err := job.Wait(ctx)
			if err == nil && end.Outcome != printer.Printed {
				t.Errorf("got %+v", end)
			}
			return err
		}),
		chromium.Press(`.sheets .paper`),
		chromedp.WaitVisible(`.desk img`),
		shot("printer-sheet"),
		chromium.Press(`.desk a`),
		chromedp.WaitVisible(`.desk.full img`),
		shot("printer-sheet-full"),
		act(func() error { p.post(t, "/printer/fault", url.Values{"fault": {"unplug"}, "on": {"1"}}); return nil }),
		chromedp.Navigate(p.url+"/printer?lang=en"),
		chromedp.WaitVisible(`.side .notice`),
		shot("printer-unplugged"),
		chromedp.EmulateViewport(390, 844),
		chromedp.Navigate(p.url+"/printer?lang=zh-CN"),
		chromedp.WaitVisible(".sheets"),
		shot("printer-narrow"),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// twoPages is a document with as many black bars as the page's number.
func twoPages() printer.Document {
	return printer.Document{Name: "样张", Pages: 2, Raster: func(page, dpi int, band func(*image.Gray) error) error {
		w, h := printer.PageSize(dpi)
		img := image.NewGray(image.Rect(0, 0, w, h))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		for bar := range page {
			for y := dpi; y < 4*dpi; y++ {
				for x := (2*bar + 1) * dpi; x < (2*bar+2)*dpi; x++ {
					img.Pix[y*img.Stride+x] = 0
				}
			}
		}
		return band(img)
	}}
}
