package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"zhunkao/hub/staff/stafftest"
	"zhunkao/hub/web"
	"zhunkao/provisioning/chromium"
)

// carry gives the browser the session of a person who has signed in already.
func (w *world) carry(ctx context.Context, who string) {
	w.t.Helper()
	at, err := url.Parse(w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range w.as(who).c.Jar.Cookies(at) {
		set := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: w.server.URL})
			return err
		})
		if err := chromedp.Do(ctx, set); err != nil {
			w.t.Fatal(err)
		}
	}
}

// TestAxeOnPages looks at every page that a person can open without a thing of
// her own, as the hub really makes it: the gallery shows states, this shows that
// none was forgotten, and leaves out the one costly rule, since the colours are
// those of the gallery. The checker comes in as a tool of the browser's, past the
// policy that keeps scripts out of our pages.
func TestAxeOnPages(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	source := chromium.Axe(t)
	ctx, _ := chromium.Start(t, chromedp.WindowSize(1440, 900))
	w := newWorld(t, demo)
	home := w.confirm(0)
	w.checkpointed()
	things := w.things(home, home)
	const judge = `axe.run(document, { resultTypes: ["violations"], preload: false, runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }, rules: { "color-contrast": { enabled: false } } })
		.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + " " + n.html.slice(0, 140))))`
	seen := 0
	for _, who := range []string{"pa", "cl"} {
		w.carry(ctx, who)
		for _, r := range web.Table() {
			if r.Method != http.MethodGet || r.Demo || r.Idle || r.Scope != "" || !r.Open && !slices.Contains(r.Who, roleOf(who)) || strings.Contains(r.Path, "/static/") {
				continue
			}
			if r.Open && who != "pa" {
				continue // the same for everybody
			}
			path := r.Path
			if strings.Contains(path, ":id") {
				if things[r.Remit] == nil || who != "pa" {
					continue // its test of the rights says so
				}
				path = strings.Replace(path, ":id", things[r.Remit]["home"], 1)
			}
			if res, _ := w.as(who).get(path); res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
				continue // goes elsewhere, or is no page
			}
			if err := chromedp.Do(ctx, chromedp.Navigate(w.server.URL+path), chromedp.Evaluate[chromedp.Void](source+";void 0")); err != nil {
				t.Fatalf("%s: %v", r.Path, err)
			}
			seen++
			for _, wrong := range value(t, ctx, chromedp.Evaluate[[]string](judge, chromedp.EvalAwaitPromise)) {
				t.Errorf("%s as %s: %s", r.Path, who, wrong)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d pages were looked at", seen)
	}
}

// keyed is where the focus stands: what it is, and whether it can be seen.
const keyed = `(() => { const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);
	return { tag: e.tagName.toLowerCase(), id: e.id, name: e.name || "", text: (e.textContent || "").trim().slice(0, 60), href: e.getAttribute("href") || "",
		value: e.value || "", action: e.form ? e.form.getAttribute("action") || "" : "", seen: b.height > 0 && s.outlineStyle != "none" && parseFloat(s.outlineWidth) >= 2 }; })()`

type focus struct {
	Tag, ID, Name, Text, Href, Value, Action string
	Seen                                     bool
}

// keyboard presses keys only: no pointer, no script.
type keyboard struct {
	t   *testing.T
	ctx context.Context
}

func (k keyboard) press(keys string) {
	k.t.Helper()
	if err := chromedp.Do(k.ctx, chromedp.KeyEvent(keys)); err != nil {
		k.t.Fatal(err)
	}
}

func (k keyboard) at() focus {
	k.t.Helper()
	return value(k.t, k.ctx, chromedp.Evaluate[focus](keyed))
}

// to goes on with Tab until the focus is on what is meant; every stop on the way
// must be seen.
func (k keyboard) to(what string, is func(focus) bool) focus {
	k.t.Helper()
	var way []string
	for range 120 {
		f := k.at()
		if is(f) {
			return f
		}
		if f.Tag != "body" && !f.Seen {
			b, _ := json.Marshal(f)
			k.t.Errorf("on the way to %s the focus cannot be seen on %s", what, b)
		}
		way = append(way, fmt.Sprintf("%s#%s %s", f.Tag, f.ID, f.Text))
		k.press("\t")
	}
	k.t.Fatalf("Tab does not lead to %s: %q", what, way)
	return focus{}
}

func (k keyboard) wait(selector string) {
	k.t.Helper()
	if err := chromedp.Do(k.ctx, chromium.Arrive(selector)); err != nil {
		page, _ := chromedp.Run(k.ctx, chromedp.Text("main"))
		k.t.Fatalf("%s does not come: %v: %.400s", selector, err, page)
	}
}

// TestKeyboardOnly is a city's officer without a pointer: she signs in, goes past
// the menu and through it, opens the queue, agrees to what waits, and signs out.
// Every stop of the tab key can be seen (S43).
func TestKeyboardOnly(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	ctx, _ := chromium.Start(t, chromedp.WindowSize(1440, 900))
	w := newWorld(t)
	w.hire("ci")
	id := w.declare(pointForm())
	before := w.caseOf(id)
	k := keyboard{t, ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate(w.server.URL+"/gl"), chromedp.WaitReady("#login")); err != nil {
		t.Fatal(err)
	}
	for _, field := range []struct{ id, text string }{{"login", "ci"}, {"password", password}, {"code", stafftest.Code(t, w.db, "ci")}} {
		k.to(field.id, func(f focus) bool { return f.ID == field.id })
		k.press(field.text)
	}
	k.press("\r") // Enter sends a form
	k.wait("nav.menu")
	if f := k.to("the skip link", func(f focus) bool { return f.Href == "#main" }); !f.Seen {
		t.Error("the skip link cannot be seen when it has the focus")
	}
	k.press("\r")
	if err := chromedp.Do(ctx, chromium.Until(`location.hash === "#main"`)); err != nil {
		t.Fatalf("the skip link leads nowhere: %v", err)
	}
	// The first stop behind it lies in the page itself.
	k.press("\t")
	if !value(t, ctx, chromedp.Evaluate[bool](`document.activeElement === document.body || document.querySelector("main").contains(document.activeElement)`)) {
		t.Errorf("behind the skip link stands %+v", k.at())
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(w.server.URL+"/gl"), chromedp.WaitReady("nav.menu")); err != nil {
		t.Fatal(err)
	}
	k.to("the queue", func(f focus) bool { return f.Href == "/gl/approvals" })
	k.press("\r")
	k.wait("#opinion")
	k.to("the opinion", func(f focus) bool { return f.ID == "opinion" })
	k.press("符合条件，同意")
	k.to("the button", func(f focus) bool {
		return f.Tag == "button" && strings.Contains(f.Action, id) && strings.HasPrefix(f.Text, "同意")
	})
	k.press(" ")
	k.wait(`.notice[role="status"]`)
	if after := w.caseOf(id); after.Version <= before.Version || after.Tier == before.Tier {
		t.Errorf("nothing became of it: version %d, then %d", before.Version, after.Version)
	}
	k.to("the way out", func(f focus) bool { return f.Action == "/gl/sign-out" })
	k.press("\r")
	k.wait("#login")
}
