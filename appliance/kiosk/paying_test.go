package kiosk

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/provisioning/chromium"
)

// The code of the last screen is read off the panel itself, in every size and in
// large letters, by a reader that is not ours; and each of its modules has at least
// three dots of the panel, which a cheap telephone still tells apart at arm's length.
func TestPaymentCodeIsReadFromTheScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	if _, err := exec.LookPath("zbarimg"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("zbarimg is not installed")
	}
	ctx, _ := chromium.Start(t)
	srv := httptest.NewServer(Gallery())
	defer srv.Close()
	for _, c := range []struct {
		name string
		w, h int64
		how  string
	}{{"landscape", 1280, 800, ""}, {"large letters", 1280, 800, "?large=1&lang=en"}, {"portrait", 1080, 1920, ""}, {"small portrait, large letters", 800, 1280, "?large=1"}} {
		for _, shot := range []string{"accepted-pay", "accepted-pay-desk"} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(c.w, c.h), chromedp.Navigate(srv.URL+"/screen/"+shot+c.how)); err != nil {
				t.Fatal(err)
			}
			dots, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`(() => { const q = document.querySelector("svg.qr"); return q.getBoundingClientRect().width / q.viewBox.baseVal.width })()`))
			if err != nil {
				t.Fatal(err)
			}
			if dots < 3 {
				t.Errorf("%s, %s: %.1f dots a module", c.name, shot, dots)
			}
			b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), fmt.Sprintf("%dx%d.png", c.w, c.h))
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", file).Output()
			if err != nil || strings.TrimSpace(string(out)) != shotSlip() {
				t.Errorf("%s, %s: read %.60q, %v", c.name, shot, out, err)
			}
		}
	}
}

// Where the fee is paid at the point before she confirms, the box cannot know whether it
// was: the last screen says to everybody what becomes of who has not paid, and offers no
// code; where it is paid afterwards it says nothing of that (B11, A42).
func TestFeeBeforeTheSignatureIsSaid(t *testing.T) {
	srv := httptest.NewServer(Gallery())
	defer srv.Close()
	for shot, want := range map[string]bool{"accepted-fee-first": true, "accepted-fee-first-desk": true, "accepted-pay": false, "accepted-pay-offline": false} {
		res, err := srv.Client().Get(srv.URL + "/screen/" + shot)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if res.Body.Close(); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d: %v", shot, res.StatusCode, err)
		}
		if got := strings.Contains(string(body), "签了名也无效"); got != want {
			t.Errorf("%s says it: %v", shot, got)
		}
		if want && strings.Contains(string(body), "svg class=\"qr") {
			t.Errorf("%s offers to pay", shot)
		}
	}
}
