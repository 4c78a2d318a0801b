package pages

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/hub/web/page/pagetest"
	"zhunkao/provisioning/chromium"
)

// leastDots is what a module of a code has on a screen at least: an old telephone,
// held in a hand before another's screen, reads four.
const leastDots = 4

// A code to pay by is read off the screen by a reader that is not ours, on a desk and
// on a telephone of 360 px, in large letters with strong contrast, and its modules
// are large enough.
func TestCodesAreReadFromTheScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("zbarimg is not installed")
	}
	p := newPages(t)
	var scenes []pagetest.Scene
	want := map[string]string{}
	for _, l := range []Lang{Zh, En} {
		for _, s := range Scenes(l) {
			o, ok := s.Body.(PayOffer)
			if !ok || o.Code == "" {
				continue
			}
			s.Frame.Look = Look{Large: l == En, Contrast: l == En}
			html, err := p.Render(s.Template, s.Frame, s.Body)
			if err != nil {
				t.Fatal(err)
			}
			path := s.Page + "/" + s.State
			scenes = append(scenes, pagetest.Scene{Lang: l, Path: path, Template: s.Template, HTML: html})
			want["/"+string(l)+"/"+path] = o.Code
		}
	}
	if len(want) < 4 {
		t.Fatalf("%d scenes with a code", len(want))
	}
	ctx, _ := chromium.Start(t)
	server := pagetest.Gallery(t, p.Set, "/ks", scenes)
	for _, width := range []int64{1280, 360} {
		for path, code := range want {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(server.URL+path)); err != nil {
				t.Fatal(err)
			}
			dots, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`(() => { const q = document.querySelector("svg.qr"); return q.getBoundingClientRect().width / q.viewBox.baseVal.width })()`))
			if err != nil {
				t.Fatal(err)
			}
			if dots < leastDots {
				t.Errorf("%s at %d px: %.1f dots a module", path, width, dots)
			}
			b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "page.png")
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", file).Output()
			if err != nil || strings.TrimSpace(string(out)) != code {
				t.Errorf("%s at %d px: read %.60q, %v", path, width, out, err)
			}
		}
	}
}
