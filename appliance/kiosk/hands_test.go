package kiosk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"zhunkao/appliance/visit"
	"zhunkao/provisioning/chromium"
)

// arrive answers what a person's walk needs of the machine: the roster, the
// window, the store, the printer.
func (r *rig) arrive(t *testing.T, name string) {
	t.Helper()
	s := newStudio()
	s.twice()
	who := len(s.people) - 1
	r.happen(t, visit.CardPlaced{}, visit.CardRead{Card: s.card(who)})
	v := r.state()
	r.happen(t, visit.Looked{Visit: v.Visit, Finding: visit.FoundHere, Application: s.people[who].Application, Campaign: s.campaign},
		visit.Judged{Visit: v.Visit, Verdict: open()})
	if got := r.state().Screen(); got != visit.ScreenFound {
		t.Fatalf("%s: screen %s", name, got)
	}
}

// finish answers the seal and the printing.
func (r *rig) finish(t *testing.T) {
	t.Helper()
	switch v := r.state(); v.Phase {
	case visit.PhaseSealing:
		r.happen(t, visit.Sealed{Visit: v.Visit, Record: shotRecord(), Sequence: 1})
	case visit.PhasePrinting:
		r.happen(t, visit.SheetSent{Visit: v.Visit, Copy: v.Sheet.Copy}, visit.SheetPrinted{Visit: v.Visit, Copy: v.Sheet.Copy})
	}
}

// shows waits until the browser has drawn the present turn.
func shows(ctx context.Context, t *testing.T, r *rig) {
	t.Helper()
	s := r.state()
	want := fmt.Sprintf("%d.%d.", s.Visit, s.Turn)
	until(ctx, t, "the page "+want+string(s.Screen()), func() bool {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.dataset.key`))
		if err != nil {
			t.Fatal(err)
		}
		return strings.HasPrefix(got, want)
	})
}

// held is what has the focus, and whether that can be seen.
type held struct {
	Value, Do, Tag string
	Seen           bool
	Width          float64
}

const whatHolds = `(() => { const e = document.activeElement, s = getComputedStyle(e);
  return {Value: e.value || "", Do: e.dataset.do || "", Tag: e.tagName, Width: parseFloat(s.outlineWidth) || 0,
          Seen: e.matches(":focus-visible") && s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2}; })()`

// reach presses Tab until the wanted button has the focus, which is visible on
// every stop.
func reach(ctx context.Context, t *testing.T, screen visit.Screen, want func(held) bool) {
	t.Helper()
	var stops []string
	for range 16 {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
		h, err := chromedp.Run(ctx, chromedp.Evaluate[held](whatHolds))
		if err != nil {
			t.Fatal(err)
		}
		if h.Tag != "BODY" && !h.Seen {
			t.Errorf("%s: the focus on %s %s%s cannot be seen", screen, h.Tag, h.Value, h.Do)
		}
		if want(h) {
			return
		}
		stops = append(stops, h.Tag+" "+h.Value+h.Do)
	}
	t.Fatalf("%s: by Tab the button is not reached, only %v", screen, stops)
}

// next is the button that leads on from a screen, as its value or data-do.
func onwardButton(s visit.State) string {
	switch s.Screen() {
	case visit.ScreenSettle:
		if s.MaySettle(s.Asked()[s.Asking-1].Field) {
			return string(visit.ButtonUseCard)
		}
	case visit.ScreenPledge:
		return "submit"
	case visit.ScreenTakeSheet:
		return string(visit.ButtonHave)
	case visit.ScreenAccepted:
		return string(visit.ButtonDone)
	}
	return string(visit.ButtonGoOn)
}

// walks goes from the found screen to the beginning again by a hand's acts.
func walks(ctx context.Context, t *testing.T, r *rig, act func(button string), sign func()) []visit.Screen {
	t.Helper()
	var seen []visit.Screen
	for range 40 {
		s := r.state()
		if s.Phase == visit.PhaseIdle && len(seen) > 0 {
			return seen
		}
		seen = append(seen, s.Screen())
		switch s.Phase {
		case visit.PhaseSealing, visit.PhasePrinting:
			r.finish(t)
			continue
		}
		shows(ctx, t, r)
		if s.Phase == visit.PhasePledge {
			sign()
		}
		act(onwardButton(s))
		until(ctx, t, "the loop to move on from "+string(s.Screen()), func() bool { n := r.state(); return n.Turn != s.Turn || n.Visit != s.Visit })
	}
	t.Fatalf("no end: %v", seen)
	return nil
}

func wholeWalk(t *testing.T, seen []visit.Screen) {
	t.Helper()
	all := fmt.Sprint(seen)
	for _, want := range []visit.Screen{visit.ScreenFound, visit.ScreenSettle, visit.ScreenPhotoNotice, visit.ScreenPhoto, visit.ScreenPhotoCheck,
		visit.ScreenRead, visit.ScreenPledge, visit.ScreenSealing, visit.ScreenPrinting, visit.ScreenTakeSheet, visit.ScreenAccepted} {
		if !strings.Contains(all, string(want)) {
			t.Errorf("the walk did not see %s: %v", want, seen)
		}
	}
}

// A whole visit with nothing but a keyboard: Tab, Enter, arrows, space bar.
func TestAVisitByKeysOnly(t *testing.T) {
	ctx, said := chromium.Start(t)
	r := newRig(t, "idle", preview)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	r.arrive(t, "keys")
	seen := walks(ctx, t, r, func(button string) {
		reach(ctx, t, r.state().Screen(), func(h held) bool { return h.Value == button || h.Do == button })
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
			t.Fatal(err)
		}
	}, func() {
		reach(ctx, t, visit.ScreenPledge, func(h held) bool { return h.Tag == "CANVAS" })
		keys := " " + strings.Repeat(kb.ArrowRight, 12) + strings.Repeat(kb.ArrowDown, 6) + strings.Repeat(kb.ArrowLeft, 6) + " "
		if err := chromedp.Do(ctx, chromedp.KeyEvent(keys), chromedp.WaitReady(`[data-do="submit"]:not([disabled])`)); err != nil {
			t.Fatalf("a signature by keys: %v", err)
		}
	})
	wholeWalk(t, seen)
	for _, s := range said() {
		t.Errorf("the browser complains: %s", s)
	}
}

// A whole visit with nothing but a finger on a portrait panel: every target is
// found where it is drawn, and is large enough.
func TestAVisitByTouchOnly(t *testing.T) {
	ctx, said := chromium.Start(t)
	r := newRig(t, "idle", preview)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(800, 1280, chromedp.EmulateTouch), chromedp.Navigate(r.server.URL+"/")); err != nil {
		t.Fatal(err)
	}
	type box struct{ X, Y, W, H float64 }
	tap := func(selector string) {
		t.Helper()
		b, err := chromedp.Run(ctx, chromedp.Evaluate[box](fmt.Sprintf(`(() => { const e = document.querySelector(%q), r = e.getBoundingClientRect();
			const x = r.x + r.width / 2, y = r.y + r.height / 2, hit = document.elementFromPoint(x, y);
			return {X: x, Y: y, W: e.contains(hit) ? r.width : 0, H: r.height}; })()`, selector)))
		if err != nil {
			t.Fatal(err)
		}
		if b.W < 60 || b.H < 59.5 {
			t.Errorf("%s is %g × %g px, or something lies over it", selector, b.W, b.H)
		}
		if err := chromedp.Do(ctx, chromedp.TapXY(b.X, b.Y)); err != nil {
			t.Fatal(err)
		}
	}
	r.arrive(t, "touch")
	seen := walks(ctx, t, r, func(button string) {
		if r.state().Phase == visit.PhasePhoto {
			until(ctx, t, "the live picture", func() bool {
				n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelector(".feed").naturalWidth`))
				return err == nil && n == 358
			})
		}
		tap(fmt.Sprintf(`.foot button:not([disabled]):is([value=%q],[data-do=%q])`, button, button))
	}, func() { signByHand(t, ctx) })
	wholeWalk(t, seen)
	for _, s := range said() {
		t.Errorf("the browser complains: %s", s)
	}
}

// Every button of every screen can be reached by Tab, in the order it is read,
// and nothing else takes the focus; two that stand beside each other do not
// touch.
func TestEveryButtonIsReachedByTab(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	ctx, _ := chromium.Start(t)
	for _, name := range []string{"idle-voice", "found-two", "settle", "photo-notice", "photo-check", "photo-advice", "no-photo-waive", "read-2", "pledge",
		"printing", "take-sheet", "sheet-failed", "accepted", "refused-confirmed-reprint", "still-there", "help", "blocked-frozen", "reader-fault"} {
		r := newRig(t, name)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/")); err != nil {
			t.Fatal(err)
		}
		want, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
			`[...document.querySelectorAll("button:not([disabled]), canvas")].filter((b) => !b.closest("[inert]")).map((b) => b.tagName + (b.value || b.dataset.do || ""))`))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range want {
			if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
				t.Fatal(err)
			}
			h, err := chromedp.Run(ctx, chromedp.Evaluate[held](whatHolds))
			if err != nil {
				t.Fatal(err)
			}
			if !h.Seen {
				t.Errorf("%s: the focus on %s cannot be seen", name, h.Tag+h.Value+h.Do)
			}
			got = append(got, h.Tag+h.Value+h.Do)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: by Tab %v, want %v", name, got, want)
		}
	}
}

// While a screen counts down, what the box says meanwhile neither turns the count back
// nor takes the button away under a finger or the focus.
func TestTheCountGoesOn(t *testing.T) {
	ctx, _ := chromium.Start(t)
	for _, name := range []string{"still-there", "accepted"} {
		r := newRig(t, name)
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/"),
			chromedp.Evaluate[chromedp.Void](`window.held = (document.querySelector(".veil") || document.querySelector(".foot .acts")).querySelector("button"); held.focus(); void 0`)); err != nil {
			t.Fatal(err)
		}
		v := View{State: r.state(), Status: r.view.Status}
		most := int(v.State.Left()/time.Second) - 10
		v.State.Now += 10 * time.Second
		v.Status.Linked = !v.Status.Linked
		r.Show(v)
		mark := map[bool]string{true: ".top .net:not(.off)", false: ".top .net.off"}[v.Status.Linked]
		if err := chromedp.Do(ctx, chromedp.WaitReady(mark)); err != nil {
			t.Fatalf("%s: the header did not follow: %v", name, err)
		}
		if got, err := chromedp.Run(ctx, chromedp.Evaluate[int](`Number(document.querySelector("[data-count]").textContent)`)); err != nil || got > most {
			t.Errorf("%s: ten seconds later %d are left, want at most %d (%v)", name, got, most, err)
		}
		if same, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.activeElement === held && held.isConnected`)); err != nil || !same {
			t.Errorf("%s: the button that had the focus is gone (%v)", name, err)
		}
	}
}

// preview gives the rig a camera whose pictures never change.
func preview(o *Options) {
	o.Preview = func(ctx context.Context) (<-chan []byte, error) {
		out := make(chan []byte)
		go func() {
			defer close(out)
			for {
				select {
				case out <- shotPortrait().JPEG:
				case <-ctx.Done():
					return
				}
				select {
				case <-ctx.Done():
					return
				case <-tick():
				}
			}
		}()
		return out, nil
	}
}
