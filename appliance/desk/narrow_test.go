package desk

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/provisioning/chromium"
)

// menuPaths are the pages that the menu leads to.
const menuPaths = `[...document.querySelectorAll("#menu a[href^='/']")].map((a) => a.getAttribute("href"))`

// In training every page that the menu leads to says so, and stands in every width
// as the real one does.
func TestPagesOfATraining(t *testing.T) {
	source, ctx := chromium.Axe(t), browser(t)
	r := newRig(t, func(o *Options) {
		o.EndTraining = func(context.Context) error { return nil }
		o.Rehearse = func(context.Context, Practice) error { return nil }
		o.Papers = func(context.Context, visit.Presented) error { return nil }
		o.Picture = func(context.Context) ([]byte, error) { return asJPEG(t, paper(640, 400)), nil }
		o.Drills = func() Drills {
			return Drills{Camera: true, Printer: true, Log: drill.Log{}.Begin("s-chen", "open-day").See(drill.DayOpened, time.Now()).Begin("s-chen", "first-visit").See(drill.PlainCard, time.Now())}
		}
	})
	r.queueing(&r.o)
	r.prints(&r.o)
	r.with(func() { r.status.Linked, r.status.Certain, r.status.Box = false, false, r.box() })
	r.hire(5*24*time.Hour, member("chen", protocol.StaffClerk, good))
	r.signsInByHand(ctx)
	paths, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](menuPaths))
	if err != nil || len(paths) < 13 {
		t.Fatalf("the menu leads to %q (%v)", paths, err)
	}
	for _, path := range paths {
		r.look(ctx, source, "training"+path[1:], path)
		said, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector(".top").textContent.includes("演练")`))
		if err != nil || !said {
			t.Errorf("%s does not say that this is a training (%v)", path, err)
		}
	}
	r.look(ctx, source, "training-menu", "/#menu")
	if alarmed, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector("main").textContent.includes("网络断开")`)); err != nil || alarmed {
		t.Errorf("a training speaks of a network that it must not have (%v)", err)
	}
}

// On a telephone the menu is away until it is asked for, by a finger or by keys,
// and without script; what has the focus is always seen.
func TestTheMenuOnATelephone(t *testing.T) {
	ctx := browser(t)
	r := newRig(t)
	r.hire(5*24*time.Hour, member("chen", protocol.StaffClerk, good))
	r.signsInByHand(ctx)
	const height, inside = `document.querySelector("#menu").offsetHeight`, `document.activeElement.closest("#menu") !== null`
	open := func(how string, want bool) {
		t.Helper()
		if err := chromedp.Do(ctx, chromium.Until(fmt.Sprintf("(%s > 100) === %t", height, want))); err != nil {
			t.Errorf("%s: %v", how, err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(320, 640), chromedp.Navigate(r.server.URL+"/day")); err != nil {
		t.Fatal(err)
	}
	open("at first", false)
	for range 4 { // skip link, the menu's button, its first entry
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
		if in, err := chromedp.Run(ctx, chromedp.Evaluate[bool](inside)); err != nil {
			t.Fatal(err)
		} else if in {
			break
		}
	}
	open("by keys", true)
	if err := chromedp.Do(ctx, chromedp.Navigate(r.server.URL+"/day"), chromedp.Click(`a[href="#menu"]`)); err != nil {
		t.Fatal(err)
	}
	open("by a finger", true)
	if err := chromedp.Do(ctx, chromedp.Click(`#menu a[href="/incidents"]`), chromium.Arrive(`form[action="/incidents"]`)); err != nil {
		t.Fatal(err)
	}
	open("after it was used", false)
}

// What the box says while a button is held down does not take the button away: the
// press counts when it is let go.
func TestAPressIsNotLost(t *testing.T) {
	ctx := browser(t)
	came := make(chan struct{}, 1)
	r := newRig(t, func(o *Options) { o.Coming = func(context.Context) error { came <- struct{}{}; return nil } })
	r.hire(5*24*time.Hour, member("chen", protocol.StaffClerk, good))
	r.with(func() { r.status.Screen, r.status.Help, r.status.HelpAt, r.status.Visiting = "help", true, r.now, true })
	r.signsInByHand(ctx)
	at, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`new Promise((done) => {
		const stream = new EventSource("/events");
		stream.addEventListener("open", () => {
			const b = document.querySelector('form[action="/coming"] button').getBoundingClientRect();
			window.told = new Promise((next) => stream.addEventListener("changed", () => fetch("/part").then((a) => a.text()).then(() => setTimeout(next))));
			done([b.x + b.width / 2, b.y + b.height / 2]);
		});
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	mouse := func(kind input.DispatchMouseEventType) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: input.MouseButtonLeft, ClickCount: 1})
			return err
		})
	}
	if err := chromedp.Do(ctx, mouse(input.DispatchMouseEventTypeMousePressed)); err != nil {
		t.Fatal(err)
	}
	r.with(func() { r.status.Linked = false })
	r.Changed()
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`window.told.then(() => void 0)`, chromedp.EvalAwaitPromise), mouse(input.DispatchMouseEventTypeMouseReleased)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-came:
	case <-ctx.Done():
		t.Error("the press was lost")
	}
}
