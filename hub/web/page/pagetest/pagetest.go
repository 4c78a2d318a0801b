// Package pagetest looks at the pages of a surface in a browser, for tests.
//
// How it fails: it fails the test.
package pagetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"zhunkao/hub/web/page"
)

// Scene is one page in one state, drawn.
type Scene struct {
	Lang     page.Lang
	Path     string // below the language: dashboard/busy
	Template string
	HTML     []byte
}

// Gallery serves every scene as the hub does, without a hub: /zh/boxes/mixed,
// and the files of the surface below its entrance ("/gl", "/ks").
func Gallery(t *testing.T, set *page.Set, entrance string, scenes []Scene) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for _, s := range scenes {
		mux.HandleFunc("GET /"+string(s.Lang)+"/"+s.Path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(s.HTML) // the test sees what is missing
		})
	}
	mux.HandleFunc("GET "+entrance+"/static/", func(w http.ResponseWriter, r *http.Request) {
		a, ok := set.Asset(path.Base(r.URL.Path))
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

// Media has the page think that the person has asked her machine for something.
func Media(features ...*emulation.MediaFeature) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

// judge shows each scene in this very document, so that styles and checker are
// loaded once, runs axe over it, and measures what axe does not: whether it
// reflows, and how large its targets are. A scene of which every element has been
// looked at before, of the same kind below one of the same kind, is only measured,
// but in the long form.
const judge = `
async (urls, tags, rules, measured, all) => {
  const out = [], known = new Set();
  const names = ["role", "type", "aria-current", "lang"];
  const kind = (e) => [e.tagName, e.getAttribute("class"), ...names.map((n) => e.getAttribute(n)), [...e.attributes].map((a) => a.name).sort(), e.textContent.trim() == ""].join(" ");
  for (const url of urls) {
    const res = await fetch(url);
    if (!res.ok) { out.push(url + ": " + res.status); continue; }
    const next = new DOMParser().parseFromString(await res.text(), "text/html");
    const root = document.documentElement;
    for (const a of [...root.attributes]) root.removeAttribute(a.name);
    for (const a of next.documentElement.attributes) root.setAttribute(a.name, a.value);
    document.title = next.title;
    // A page may have a sheet of styles of its own.
    const want = [...next.querySelectorAll("link[rel=stylesheet]")].map((l) => l.getAttribute("href"));
    for (const l of [...document.querySelectorAll("link[rel=stylesheet]")]) if (!want.includes(l.getAttribute("href"))) l.remove();
    for (const href of want) if (![...document.querySelectorAll("link[rel=stylesheet]")].some((l) => l.getAttribute("href") == href)) {
      const l = document.createElement("link");
      l.rel = "stylesheet";
      l.href = href;
      await new Promise((loaded) => { l.onload = l.onerror = loaded; document.head.append(l); });
    }
    document.body.replaceWith(document.adoptNode(next.body));
    window.scrollTo(0, 0);
    await Promise.all([...document.images].map((i) => i.decode().catch(() => {})));
    const only = rules ? { type: "rule", values: rules } : { type: "tag", values: tags };
    const kinds = [...document.body.querySelectorAll("*")].map((e) => kind(e.parentElement) + " > " + kind(e)), news = kinds.some((k) => !known.has(k));
    for (const k of kinds) if (!all) known.add(k);
    const found = measured.includes(url) || !news ? { violations: [] } : await axe.run(document, { resultTypes: ["violations"], preload: false, runOnly: only });
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

// View is one way of looking at the pages.
type View struct {
	Name          string
	Lang          page.Lang
	Width, Height int64 // CSS pixels
	Scale         float64
	Features      []*emulation.MediaFeature
	Rules         []string // nil is all of WCAG 2.2 AA that a program can find
	Firsts        bool     // one scene of each page is enough: only its colours are others
	Narrow        bool     // axe over one scene of each page; every scene is measured
}

// Views are the ways that every surface is looked at.
func Views() []View {
	strong := []*emulation.MediaFeature{{Name: "prefers-contrast", Value: "more"}}
	out := []View{
		{Name: "zh, 1440 px", Lang: page.Zh, Width: 1440, Height: 900, Scale: 1},
		// 1280 × 1024 at 400 % is 320 × 256 CSS pixels; so both demands are one.
		{Name: "en, 320 px and 400 %", Lang: page.En, Width: 320, Height: 256, Scale: 4, Narrow: true},
		{Name: "zh, strong contrast", Lang: page.Zh, Width: 1440, Height: 900, Scale: 1, Features: strong, Rules: []string{"color-contrast", "link-in-text-block"}, Firsts: true},
	}
	if os.Getenv("ZHUNKAO_LONG") != "" {
		out = append(out, View{Name: "en, 1440 px", Lang: page.En, Width: 1440, Height: 900, Scale: 1},
			View{Name: "zh, 320 px and 400 %", Lang: page.Zh, Width: 320, Height: 256, Scale: 4},
			View{Name: "en, 320 px and strong contrast", Lang: page.En, Width: 320, Height: 256, Scale: 4, Features: strong})
	}
	return out
}

// AxeFindsNothing: no violation of WCAG 2.2 AA that a program can find, on any
// scene, at every view; no page scrolls sideways but in a table; no target is
// smaller than 24 px (S43).
func AxeFindsNothing(t *testing.T, ctx context.Context, axe string, server *httptest.Server, scenes []Scene, views []View) {
	t.Helper()
	for _, v := range views {
		t.Run(v.Name, func(t *testing.T) {
			urls, measured := []string{}, []string{}
			seen := map[string]bool{}
			for _, s := range scenes {
				if s.Lang != v.Lang || v.Firsts && seen[s.Template] {
					continue
				}
				url := "/" + string(v.Lang) + "/" + s.Path
				if urls = append(urls, url); v.Narrow && seen[s.Template] {
					measured = append(measured, url)
				}
				seen[s.Template] = true
			}
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(v.Width, v.Height, chromedp.EmulateScale(v.Scale)),
				Media(v.Features...), chromedp.Navigate(server.URL+urls[0]),
				chromedp.Evaluate[chromedp.Void](axe+";void 0")); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			for _, wrong := range look(t, ctx, urls, measured, v) {
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

func look(t *testing.T, ctx context.Context, urls, measured []string, v View) []string {
	t.Helper()
	list, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	less, err := json.Marshal(measured)
	if err != nil {
		t.Fatal(err)
	}
	only, err := json.Marshal(v.Rules)
	if err != nil {
		t.Fatal(err)
	}
	tags := `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]`
	wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf("(%s)(%s, %s, %s, %s, %t)", judge, list, tags, only, less, os.Getenv("ZHUNKAO_LONG") != ""), chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return wrong
}
