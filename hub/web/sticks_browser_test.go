package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/provisioning/chromium"
)

// TestStickInBrowser sends files as a browser does: chosen together, with the
// token of the form before them.
func TestStickInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	ctx, complaints := chromium.Start(t, chromedp.WindowSize(1440, 900))
	w := newWorld(t)
	box := w.boxes[pointHere].ID
	w.carry(ctx, "te")
	var files []string
	for i, raw := range [][]byte{w.stickOf(box, w.sealed(box, 0), w.sealed(box, 2)), w.stickOf(box, w.sealed(box, 4))} {
		files = append(files, filepath.Join(t.TempDir(), box+"-0000000"+string(rune('1'+i))+".zkj"))
		if err := os.WriteFile(files[i], raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(w.server.URL+"/gl/boxes"), chromedp.Click(`nav.menu a[href="/gl/sticks"]`), chromium.Arrive("#stick"),
		chromedp.SetUploadFiles("#stick", files), chromedp.Click(`form[action="/gl/sticks"] button`), chromium.Arrive("#result")); err != nil {
		t.Fatalf("%v; the console says %q", err, complaints())
	}
	if got := value(t, ctx, chromedp.Text("main")); !strings.Contains(got, "新收 3") || !strings.Contains(got, "读了 2 个文件") {
		t.Errorf("the page says %s", got)
	}
	if n := w.confirmations(); n != 3 {
		t.Errorf("%d confirmations", n)
	}
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser's console says %q", c)
	}
}
