package kiosk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"zhunkao/appliance/visit"
	"zhunkao/provisioning/chromium"
)

// until waits for a condition of the loop, without sleeping blindly: the
// browser's own calls come between.
func until(ctx context.Context, t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waiting for %s: %v", what, ctx.Err())
		}
	}
}

// click presses a button of the page as a finger would, twice if asked: the
// second must do nothing.
func click(t *testing.T, ctx context.Context, selector string, twice bool) {
	t.Helper()
	script := fmt.Sprintf(`(() => { const b = document.querySelector(%q); b.click(); if (%t) b.click(); })()`, selector, twice)
	if err := chromedp.Do(ctx, chromedp.WaitReady(selector, chromedp.AtLeast(1)), chromedp.Evaluate[chromedp.Void](script)); err != nil {
		t.Fatalf("click %s: %v", selector, err)
	}
}

// A person walks from the found screen to the sealing with a mouse: each press
// twice, the signature by hand, the page fetched by itself when the loop moves on.
func TestWalkInABrowser(t *testing.T) {
	ctx, said := chromium.Start(t)
	r := newRig(t, "found")
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	wait := func(screen visit.Screen) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.WaitReady(fmt.Sprintf(`body[data-screen=%q]`, screen))); err != nil {
			t.Fatalf("waiting for %s: %v", screen, err)
		}
	}
	const onward = `.foot .primary[name="button"]`
	wait(visit.ScreenFound)
	click(t, ctx, onward, true)
	wait(visit.ScreenPhotoNotice)
	click(t, ctx, onward, true)
	wait(visit.ScreenPhoto)
	click(t, ctx, onward, true)
	wait(visit.ScreenPhotoCheck)
	click(t, ctx, onward, true)
	wait(visit.ScreenRead)
	for n := 1; n <= len(r.state().Pages); n++ {
		until(ctx, t, "the page", func() bool { s := r.state(); return s.Page == n || s.Phase != visit.PhaseRead })
		if s := r.state(); s.Page != n {
			t.Fatalf("page %d after two clicks on page %d", s.Page, n-1)
		}
		if err := chromedp.Do(ctx, chromedp.WaitReady(fmt.Sprintf(`body[data-key="%d.%d.read-through"]`, r.state().Visit, r.state().Turn))); err != nil {
			t.Fatal(err)
		}
		click(t, ctx, onward, true)
	}
	wait(visit.ScreenPledge)
	signByHand(t, ctx)

	// While she writes, the header changes and the box asks whether she is
	// there: neither may take the strokes away.
	v := View{State: r.state(), Status: r.view.Status}
	v.Status.Linked = false
	r.mu.Lock()
	r.view = v
	r.mu.Unlock()
	r.Show(v)
	if err := chromedp.Do(ctx, chromedp.WaitReady(`.top .net.off`)); err != nil {
		t.Fatalf("the header did not follow: %v", err)
	}
	if err := chromedp.Do(ctx, chromedp.WaitReady(`[data-do="submit"]:not([disabled])`)); err != nil {
		t.Fatalf("the signature is gone, or too short: %v", err)
	}
	click(t, ctx, `[data-do="submit"]`, true)
	wait(visit.ScreenSealing)
	signed := 0
	for _, e := range r.taken() {
		if s, ok := e.(visit.Signed); ok {
			signed++
			if !s.Signature.Valid() || len(s.Signature.Strokes) != 2 {
				t.Errorf("signature of %d strokes, valid %t; want the two drawn", len(s.Signature.Strokes), s.Signature.Valid())
			}
		}
	}
	if signed == 0 || r.state().Attempt != 1 {
		t.Errorf("%d signatures, %d sealings; want one sealing", signed, r.state().Attempt)
	}
	for _, s := range said() {
		t.Errorf("the browser complains: %s", s)
	}
}

// signByHand draws two strokes with the mouse.
func signByHand(t *testing.T, ctx context.Context) {
	t.Helper()
	type box struct{ X, Y, W, H float64 }
	b, err := chromedp.Run(ctx, chromedp.Evaluate[box](`(() => { const r = document.querySelector("[data-pad]").getBoundingClientRect(); return {X: r.x, Y: r.y, W: r.width, H: r.height}; })()`))
	if err != nil {
		t.Fatal(err)
	}
	for stroke := range 2 {
		x, y := b.X+b.W*(.2+.3*float64(stroke)), b.Y+b.H*.3
		steps := []chromedp.Action[chromedp.Void]{chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonType("left"), chromedp.ClickCount(1))}
		for i := range 12 {
			steps = append(steps, chromedp.MouseEvent("mouseMoved", x+float64(i)*b.W*.02, y+float64(i%3)*b.H*.1, chromedp.ButtonType("left")))
		}
		steps = append(steps, chromedp.MouseEvent("mouseReleased", x+b.W*.24, y, chromedp.ButtonType("left"), chromedp.ClickCount(1)))
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatalf("draw: %v", err)
		}
	}
}

// Without script every page but the signature still works: it refreshes by
// itself, presses are plain posts, and signing says whom to ask.
func TestPagesWithoutScript(t *testing.T) {
	r := newRig(t, "found")
	f := r.fields(t)
	f.Set("button", "go-on")
	if got := r.pressed(t, f); got != 303 {
		t.Fatalf("a plain post: %d, want 303 back to the page", got)
	}
	for _, name := range []string{"found", "pledge"} {
		_, body := newRig(t, name).get(t, "/")
		if !strings.Contains(body, `<noscript><meta http-equiv="refresh"`) {
			t.Errorf("%s does not refresh by itself", name)
		}
		if name == "pledge" && !strings.Contains(body, "这台机器现在不能签名。请工作人员。") {
			t.Error("the pledge does not say what to do without script")
		}
	}
}

// A box that is gone knows nothing of the visit; the glass must not either.
func TestBrowserForgetsWhenTheBoxIsGone(t *testing.T) {
	ctx, _ := chromium.Start(t)
	r := newRig(t, "read-1")
	name := r.state().Card.Chip.Name.Reveal()
	if err := chromedp.Do(ctx, chromedp.Navigate(r.server.URL+"/"), chromedp.WaitReady(`body[data-screen="read-through"]`)); err != nil {
		t.Fatal(err)
	}
	text := func() string {
		t.Helper()
		s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if !strings.Contains(text(), name) {
		t.Fatal("her name is not on the page: this test proves nothing")
	}
	r.server.CloseClientConnections()
	if err := r.server.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.WaitReady(`[data-lost]:not([hidden])`)); err != nil {
		t.Fatalf("the page does not say that the box is gone: %v", err)
	}
	if s := text(); strings.Contains(s, name) || !strings.Contains(s, "机器正在重新启动") {
		t.Errorf("the glass shows %q", s)
	}
}
