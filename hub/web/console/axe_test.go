package console

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"zhunkao/hub/web/page/pagetest"
	"zhunkao/provisioning/chromium"
)

// gallery serves every scene as the hub does, without a hub.
func gallery(t *testing.T) (*httptest.Server, []pagetest.Scene) {
	t.Helper()
	c := newConsole(t)
	var scenes []pagetest.Scene
	for _, l := range []Lang{Zh, En} {
		for _, s := range Scenes(l) {
			html, err := c.Render(s.Template, s.Frame, s.Body)
			if err != nil {
				t.Fatal(err)
			}
			scenes = append(scenes, pagetest.Scene{Lang: l, Path: s.Page + "/" + s.State, Template: s.Template, HTML: html})
		}
	}
	return pagetest.Gallery(t, c.Set, "/gl", scenes), scenes
}

// TestAxeFindsNothing: on any page in any state.
func TestAxeFindsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	server, scenes := gallery(t)
	ctx, _ := chromium.Start(t)
	pagetest.AxeFindsNothing(t, ctx, chromium.Axe(t), server, scenes, pagetest.Views())
}

// TestStylesHeedThePerson: who asks for less motion gets none, focus is seen
// everywhere, the first stop of the tab key leads past the menu, and where the
// machine chooses the colours nothing is said by ground alone.
func TestStylesHeedThePerson(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	server, _ := gallery(t)
	ctx, _ := chromium.Start(t)
	still := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
	const moving = `[...document.querySelectorAll("*")].filter((e) => { const s = getComputedStyle(e); const long = (t) => t.split(",").some((x) => parseFloat(x) > 0.01); return long(s.transitionDuration) || s.animationName != "none" && long(s.animationDuration); }).length`
	for _, page := range []string{"/zh/dashboard/busy", "/zh/record/in-force", "/zh/boxes/mixed", "/zh/sign-in/first"} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900), pagetest.Media(still...), chromedp.Navigate(server.URL+page)); err != nil {
			t.Fatal(err)
		}
		if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](moving)); err != nil || n > 0 {
			t.Errorf("%s: %d elements move (%v)", page, n, err)
		}
		// Colours of her own wash every ground away; a line must be left. (axe knows
		// nothing of forced colours: it reads those that we wrote.)
		forced := []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}
		const bare = `[...document.querySelectorAll(".badge, .notice, main .button, .menu a[aria-current]")].filter((e) => { const s = getComputedStyle(e);
			const line = (w, k) => parseFloat(w) > 0 && k != "none"; return e.offsetWidth && !line(s.borderTopWidth, s.borderTopStyle) && !line(s.outlineWidth, s.outlineStyle); }).map((e) => e.outerHTML.slice(0, 80))`
		if err := chromedp.Do(ctx, pagetest.Media(forced...)); err != nil {
			t.Fatal(err)
		}
		if list, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](bare)); err != nil || len(list) > 0 {
			t.Errorf("%s: without a line under forced colours: %q (%v)", page, list, err)
		}
		if err := chromedp.Do(ctx, pagetest.Media(still...)); err != nil {
			t.Fatal(err)
		}
		// From the top of the page, as whoever has just come.
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`document.activeElement.blur(); getSelection().removeAllRanges(); void 0`), chromedp.KeyEvent("\t")); err != nil {
			t.Fatal(err)
		}
		const seen = `(() => { const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);
			return [e.className || e.id, b.top >= 0 && b.height > 20, s.outlineStyle != "none" && parseFloat(s.outlineWidth) >= 2].join(" ") })()`
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](seen))
		if want := "skip true true"; err != nil || got != want && !strings.Contains(page, "sign-in") {
			t.Errorf("%s: the first stop is %q (%v)", page, got, err)
		}
	}
}
