package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe gives the accessibility checker that .ci/peers unpacks into the user's
// cache. It skips the test where there is none, and fails it under CI.
func axe(t *testing.T) string {
	t.Helper()
	peers := os.Getenv("ZHUNKAO_PEERS")
	if peers == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		peers = filepath.Join(cache, "zhunkao", "peers")
	}
	b, err := os.ReadFile(filepath.Join(peers, "axe", "axe.min.js"))
	if err == nil {
		return string(b)
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no axe, and CI must have it: %v (make peers)", err)
	}
	t.Skip("SKIPPED: no axe on this machine (make peers); the pages were not checked for accessibility")
	return ""
}

// chromium starts a headless browser, or skips.
func chromium(t *testing.T) context.Context {
	t.Helper()
	at, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed: apt-get install chromium")
		}
		t.Skip("SKIPPED: chromium is not installed; the pages were not looked at")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(at), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("hide-scrollbars", true))
	ctx, late := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(late)
	ctx, stop := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	return ctx
}

// gallery serves every scene as the hub does, without a hub: /zh/boxes/mixed.
func gallery(t *testing.T) *httptest.Server {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, l := range []Lang{Zh, En} {
		for _, s := range Scenes(l) {
			mux.HandleFunc("GET /"+string(l)+"/"+s.Page+"/"+s.State, func(w http.ResponseWriter, _ *http.Request) {
				html, err := c.Render(s.Template, s.Frame, s.Body)
				if err != nil {
					http.Error(w, err.Error(), http.StatusInternalServerError)
					return
				}
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = w.Write(html) // the test sees what is missing
			})
		}
	}
	mux.HandleFunc("GET /gl/static/", func(w http.ResponseWriter, r *http.Request) {
		a, ok := c.Asset(path.Base(r.URL.Path))
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", a.Type)
		_, _ = w.Write(a.Body)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// media has the page think that the person has asked her machine for something.
func media(features ...*emulation.MediaFeature) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

// judge shows each scene in this very document, so that styles and checker are
// loaded once, runs axe over it, and measures what axe does not: whether it
// reflows, and how large its targets are.
const judge = `
async (urls, tags, rules, skip) => {
  const out = [];
  for (const url of urls) {
    const res = await fetch(url);
    if (!res.ok) { out.push(url + ": " + res.status); continue; }
    const next = new DOMParser().parseFromString(await res.text(), "text/html");
    const root = document.documentElement;
    for (const a of [...root.attributes]) root.removeAttribute(a.name);
    for (const a of next.documentElement.attributes) root.setAttribute(a.name, a.value);
    document.title = next.title;
    document.body.replaceWith(document.adoptNode(next.body));
    window.scrollTo(0, 0);
    await Promise.all([...document.images].map((i) => i.decode().catch(() => {})));
    const only = rules ? { type: "rule", values: rules } : { type: "tag", values: tags };
    const found = await axe.run(document, { resultTypes: ["violations"], preload: false, runOnly: only, rules: Object.fromEntries(skip.map((r) => [r, { enabled: false }])) });
    for (const v of found.violations) for (const n of v.nodes)
      out.push(url + ": " + v.id + " (" + v.impact + "): " + n.target.join(" ") + " " + n.html.slice(0, 140) + " " + (n.any[0] || n.all[0] || n.none[0] || {}).message);
    const wide = root.scrollWidth - root.clientWidth;
    if (wide > 0) {
      const culprit = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".wide"))
        .sort((a, b) => a.getBoundingClientRect().width - b.getBoundingClientRect().width)[0];
      out.push(url + ": reflow: " + wide + " px too wide, by " + (culprit ? culprit.outerHTML.slice(0, 120) : "?"));
    }
    for (const e of document.querySelectorAll("button, select, summary, input:not([type=hidden]), nav a, a.button, main table a")) {
      const b = (e.type == "checkbox" || e.type == "radio") && e.closest("label") ? e.closest("label").getBoundingClientRect() : e.getBoundingClientRect();
      if (b.width > 0 && (b.height < 23.9 || b.width < 23.9)) out.push(url + ": target of " + Math.round(b.width) + "×" + Math.round(b.height) + " px: " + e.outerHTML.slice(0, 120));
    }
  }
  return out;
}`

// view is one way of looking at the pages.
type view struct {
	name          string
	lang          Lang
	width, height int64
	scale         float64
	features      []*emulation.MediaFeature
	rules         []string // nil is all of WCAG 2.2 AA that a program can find
	skip          []string // rules that another view has looked at already
	firsts        bool     // one scene of each page is enough: only its colours are others
}

func views() []view {
	strong := []*emulation.MediaFeature{{Name: "prefers-contrast", Value: "more"}}
	out := []view{
		{name: "zh, 1440 px", lang: Zh, width: 1440, height: 900, scale: 1},
		// 1280 × 1024 at 400 % is 320 × 256 CSS pixels; so both demands are one.
		{name: "en, 320 px and 400 %", lang: En, width: 320, height: 256, scale: 4, skip: []string{"color-contrast"}},
		{name: "zh, strong contrast", lang: Zh, width: 1440, height: 900, scale: 1, features: strong, rules: []string{"color-contrast", "link-in-text-block"}, firsts: true},
	}
	if os.Getenv("ZHUNKAO_LONG") != "" {
		out = append(out, view{name: "en, 1440 px", lang: En, width: 1440, height: 900, scale: 1},
			view{name: "zh, 320 px and 400 %", lang: Zh, width: 320, height: 256, scale: 4},
			view{name: "en, 320 px and strong contrast", lang: En, width: 320, height: 256, scale: 4, features: strong})
	}
	return out
}

// TestAxeFindsNothing: no violation of WCAG 2.2 AA that a program can find, on
// any page in any state, in both languages, at 320 px and 400 %, and with strong
// contrast; no page scrolls sideways but in a table; no target is smaller than
// 24 px (S43).
func TestAxeFindsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	source, server := axe(t), gallery(t)
	ctx := chromium(t)
	for _, v := range views() {
		t.Run(v.name, func(t *testing.T) {
			var urls []string
			seen := map[string]bool{}
			for _, s := range Scenes(v.lang) {
				if !v.firsts || !seen[s.Template] {
					urls = append(urls, "/"+string(v.lang)+"/"+s.Page+"/"+s.State)
				}
				seen[s.Template] = true
			}
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(v.width, v.height, chromedp.EmulateScale(v.scale)),
				media(v.features...), chromedp.Navigate(server.URL+urls[0]),
				chromedp.Evaluate[chromedp.Void](source+";void 0")); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			for _, wrong := range look(t, ctx, urls, v) {
				t.Error(wrong)
			}
			t.Logf("%d scenes in %s", len(urls), time.Since(began).Round(time.Millisecond))
		})
	}
	// It finds what is there to be found: else its silence proves nothing.
	spoiled := `document.querySelector("main").innerHTML = "<img src='data:,'><button></button>"; axe.run(document).then((r) => r.violations.length)`
	if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](spoiled, chromedp.EvalAwaitPromise)); err != nil || n < 2 {
		t.Errorf("axe finds %d faults on a spoiled page (%v)", n, err)
	}
}

func look(t *testing.T, ctx context.Context, urls []string, v view) []string {
	t.Helper()
	list, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	only, err := json.Marshal(v.rules)
	if err != nil {
		t.Fatal(err)
	}
	skip, err := json.Marshal(append([]string{}, v.skip...))
	if err != nil {
		t.Fatal(err)
	}
	tags := `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]`
	wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf("(%s)(%s, %s, %s, %s)", judge, list, tags, only, skip), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return wrong
}

// TestStylesHeedThePerson: who asks for less motion gets none, focus is seen
// everywhere, the first stop of the tab key leads past the menu, and where the
// machine chooses the colours nothing is said by ground alone.
func TestStylesHeedThePerson(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	server, ctx := gallery(t), chromium(t)
	still := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
	const moving = `[...document.querySelectorAll("*")].filter((e) => { const s = getComputedStyle(e); const long = (t) => t.split(",").some((x) => parseFloat(x) > 0.01); return long(s.transitionDuration) || s.animationName != "none" && long(s.animationDuration); }).length`
	for _, page := range []string{"/zh/dashboard/busy", "/zh/record/in-force", "/zh/boxes/mixed", "/zh/sign-in/first"} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900), media(still...), chromedp.Navigate(server.URL+page)); err != nil {
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
		if err := chromedp.Do(ctx, media(forced...)); err != nil {
			t.Fatal(err)
		}
		if list, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](bare)); err != nil || len(list) > 0 {
			t.Errorf("%s: without a line under forced colours: %q (%v)", page, list, err)
		}
		if err := chromedp.Do(ctx, media(still...)); err != nil {
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
