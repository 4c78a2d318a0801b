package kiosk

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"zhunkao/appliance/visit"
	"zhunkao/provisioning/chromium"
)

// combination is one key with what is held.
type combination struct {
	name      string
	modifiers int64
	key, code string
	vk        int64
}

const (
	alt   = 1
	ctrl  = 2
	meta  = 4
	shift = 8
)

// combinations leave, print, look into, search or change the page in a browser
// that is no kiosk's (S25).
func combinations() []combination {
	var out []combination
	letter := func(mods int64, name string, keys string) {
		for _, r := range keys {
			k := string(r)
			out = append(out, combination{name + k, mods, k, "Key" + strings.ToUpper(k), int64(strings.ToUpper(k)[0])})
		}
	}
	letter(ctrl, "ctrl+", "abcdefghijklmnopqrstuvwxyz")
	letter(ctrl|shift, "ctrl+shift+", "bcdijknopstw")
	letter(alt, "alt+", "def")
	letter(meta, "meta+", "acdeflprstw")
	for n := range 12 {
		f := fmt.Sprintf("F%d", n+1)
		for mods, name := range map[int64]string{0: "", ctrl: "ctrl+", shift: "shift+", alt: "alt+"} {
			out = append(out, combination{name + f, mods, f, f, int64(112 + n)})
		}
	}
	return append(out, []combination{
		{"alt+left", alt, "ArrowLeft", "ArrowLeft", 37}, {"alt+right", alt, "ArrowRight", "ArrowRight", 39}, {"alt+home", alt, "Home", "Home", 36},
		{"backspace", 0, "Backspace", "Backspace", 8}, {"ctrl+plus", ctrl, "+", "Equal", 187}, {"ctrl+minus", ctrl, "-", "Minus", 189},
		{"ctrl+0", ctrl, "0", "Digit0", 48}, {"ctrl+1", ctrl, "1", "Digit1", 49}, {"ctrl+tab", ctrl, "Tab", "Tab", 9}, {"ctrl+pagedown", ctrl, "PageDown", "PageDown", 34},
		{"browser back", 0, "BrowserBack", "BrowserBack", 166}, {"browser forward", 0, "BrowserForward", "BrowserForward", 167},
		{"context menu key", 0, "ContextMenu", "ContextMenu", 93}, {"shift+F10", shift, "F10", "F10", 121}, {"slash", 0, "/", "Slash", 191}, {"quote", 0, "'", "Quote", 222},
		{"ctrl+enter", ctrl, "Enter", "Enter", 13}, {"ctrl+shift+delete", ctrl | shift, "Delete", "Delete", 46}, {"ctrl+space", ctrl, " ", "Space", 32},
	}...)
}

// reserved are the combinations that Chromium takes before any page sees them:
// only its flags, its policies and the keyboard itself (there is none) can stop
// them. doc.go lists them for whoever starts the browser.
func reserved() []string {
	return []string{"ctrl+t", "ctrl+n", "ctrl+w", "ctrl+shift+t", "ctrl+shift+n", "ctrl+shift+w", "ctrl+F4", "alt+F4"}
}

// watch notes what the page let through.
const watch = `(() => {
  window.through = []; window.left = [];
  addEventListener("keydown", (e) => { if (!e.defaultPrevented) through.push(e.key); });
  for (const n of ["contextmenu", "dragstart", "drop", "auxclick", "selectstart"]) addEventListener(n, (e) => { if (!e.defaultPrevented) through.push(n); });
  for (const n of ["beforeprint", "pagehide", "fullscreenchange", "hashchange", "popstate"]) addEventListener(n, () => left.push(n));
  document.addEventListener("visibilitychange", () => left.push("visibility"));
})(); void 0`

// Nothing that a hand can do on keys, buttons and glass leaves the page.
func TestNoKeyLeavesThePage(t *testing.T) {
	ctx, _ := chromium.Start(t)
	r := newRig(t, "read-1", preview)
	home := r.server.URL + "/"
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(home), chromedp.Evaluate[chromedp.Void](watch)); err != nil {
		t.Fatal(err)
	}
	before := r.state()
	check := func(what string) {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[location.href, String(through), String(left), String(devicePixelRatio * (visualViewport ? visualViewport.scale : 1)),
			String(getSelection()), document.body.dataset.screen || "gone", String(document.designMode)]`))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if want := []string{home, "", "", "1", "", "read-through", "off"}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the page is %q, want %q", what, got, want)
		}
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`through = []; left = []; void 0`)); err != nil {
			t.Fatal(err)
		}
	}
	check("nothing pressed")
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range reserved() {
		if !strings.Contains(string(doc), name) {
			t.Errorf("doc.go does not tell the browser's keeper of %s", name)
		}
	}
	for _, c := range combinations() {
		if slices.Contains(reserved(), c.name) {
			continue
		}
		press := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			for _, typ := range []input.DispatchKeyEventType{"rawKeyDown", "keyUp"} {
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: typ, Modifiers: c.modifiers,
					Key: c.key, Code: c.code, WindowsVirtualKeyCode: c.vk, NativeVirtualKeyCode: c.vk}); err != nil {
					return err
				}
			}
			return nil
		})
		if err := chromedp.Do(ctx, press); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		check(c.name)
	}
	for what, act := range map[string]chromedp.Action[chromedp.Void]{
		"right click":  chromedp.MouseClickXY(640, 300, chromedp.ButtonRight),
		"middle click": chromedp.MouseClickXY(640, 300, chromedp.ButtonMiddle),
		"double click": chromedp.MouseClickXY(400, 300, chromedp.ButtonLeft, chromedp.ClickCount(2)),
		"drag of the photo": chromedp.Steps(chromedp.MouseEvent("mousePressed", 1180, 160, chromedp.ButtonLeft, chromedp.ClickCount(1)),
			chromedp.MouseEvent("mouseMoved", 900, 300, chromedp.ButtonLeft), chromedp.MouseEvent("mouseReleased", 700, 400, chromedp.ButtonLeft, chromedp.ClickCount(1))),
		"drag over text": chromedp.Steps(chromedp.MouseEvent("mousePressed", 300, 250, chromedp.ButtonLeft, chromedp.ClickCount(1)),
			chromedp.MouseEvent("mouseMoved", 900, 500, chromedp.ButtonLeft), chromedp.MouseEvent("mouseReleased", 900, 500, chromedp.ButtonLeft, chromedp.ClickCount(1))),
		"an address dropped": dropped("text/uri-list", "https://example.org/"),
		"a text dropped":     dropped("text/plain", "https://example.org/"),
		"ctrl and wheel":     wheel(ctrl),
		"wheel":              wheel(0),
	} {
		if err := chromedp.Do(ctx, act); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		check(what)
	}
	if s := r.state(); s.Phase != before.Phase || s.Page != before.Page || s.Visit != before.Visit {
		t.Errorf("the sweep pressed something: %v page %d", s, s.Page)
	}
	pages, err := chromedp.CallBrowser(ctx, target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range pages.TargetInfos {
		if p.Type == "page" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d pages are open, want 1", n)
	}
	// The watcher watches: a plain letter passes, else its silence proves nothing.
	if err := chromedp.Do(ctx, chromedp.KeyEvent("q")); err != nil {
		t.Fatal(err)
	}
	if got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`String(through)`)); err != nil || got != "q" {
		t.Errorf("a plain key: %q, %v", got, err)
	}
}

func dropped(media, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		data := &input.DragData{Items: []*input.DragDataItem{{MimeType: media, Data: text}}, DragOperationsMask: 1}
		for _, typ := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
			if _, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: typ, X: 640, Y: 300, Data: data}); err != nil {
				return err
			}
		}
		return nil
	})
}

func wheel(modifiers int64) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: "mouseWheel", X: 640, Y: 300, DeltaX: 1, DeltaY: -240, Modifiers: modifiers})
		return err
	})
}

// The staff's two ways out: the name held, or Escape five times; less does
// nothing.
func TestTheStaffsWayOutByHand(t *testing.T) {
	ctx, _ := chromium.Start(t)
	for _, name := range []string{"read-1", "photo-none", "blocked-frozen", "still-there", "printing", "seal-unsure"} {
		r := newRig(t, name)
		n := r.state().Visit
		// The page's clock stands still: five presses count within four seconds, which a slow
		// machine might not keep.
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(r.server.URL+"/"),
			chromedp.Evaluate[chromedp.Void](`performance.now = ((at) => () => at)(performance.now()); void 0`)); err != nil {
			t.Fatal(err)
		}
		escape := chromedp.KeyEvent("\u001b")
		if err := chromedp.Do(ctx, escape, escape, escape, escape); err != nil {
			t.Fatal(err)
		}
		if r.state().Visit != n {
			t.Errorf("%s: four times Escape ended the visit", name)
		}
		if err := chromedp.Do(ctx, escape); err != nil {
			t.Fatal(err)
		}
		until(ctx, t, "the escape from "+name, func() bool { s := r.state(); return s.Visit == n+1 && s.Phase == visit.PhaseIdle })
	}
	r := newRig(t, "take-sheet")
	n := r.state().Visit
	if err := chromedp.Do(ctx, chromedp.Navigate(r.server.URL+"/"), chromedp.WaitReady(".mark"), chromedp.MouseClickXY(40, 35, chromedp.ButtonLeft)); err != nil {
		t.Fatal(err)
	}
	if r.state().Visit != n {
		t.Error("a touch of the name ended the visit")
	}
	if err := chromedp.Do(ctx, chromedp.MouseEvent("mousePressed", 40, 35, chromedp.ButtonLeft, chromedp.ClickCount(1))); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, "the name held for five seconds", func() bool { return r.state().Visit == n+1 })
	for _, e := range r.taken() {
		if _, ok := e.(visit.StaffEscape); !ok {
			t.Errorf("holding the name also did %T", e)
		}
	}
}

// Without script the gesture does not exist, but the address does not open to
// strangers either.
func TestTheStaffsWayOutNeedsAToken(t *testing.T) {
	r := newRig(t, "read-1")
	f := r.fields(t)
	token := f.Get("token")
	f.Set("token", strings.Repeat("0", 32))
	if got := r.send(t, "/staff", f.Encode(), formMedia).StatusCode; got != 403 {
		t.Errorf("without a token: %d, want 403", got)
	}
	f.Set("token", token)
	r.press(t, visit.ButtonGoOn) // the page is stale, as a stuck one is
	if got := r.send(t, "/staff", f.Encode(), formMedia).StatusCode; got != 303 {
		t.Errorf("from a page that is stuck: %d, want 303", got)
	}
	if s := r.state(); s.Phase != visit.PhaseIdle {
		t.Errorf("%v", s)
	}
}
