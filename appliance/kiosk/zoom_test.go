package kiosk

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/provisioning/chromium"
)

// zoomed shows each screen in a frame as wide as a screen of 1280 px is at
// 400 %, and says what cannot be read by scrolling down alone (WCAG 1.4.10).
const zoomed = `
async (urls, w, h) => {
  const frame = await new Promise((done) => {
    const f = document.createElement("iframe");
    f.style.cssText = "position:fixed;left:0;top:0;border:0;width:" + w + "px;height:" + h + "px";
    f.onload = () => f.contentDocument.fonts.ready.then(() => done(f));
    f.src = urls[0];
    document.body.append(f);
  });
  const out = [];
  for (const url of urls) {
    const next = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    const d = frame.contentDocument, root = d.documentElement;
    for (const a of [...root.attributes]) root.removeAttribute(a.name);
    for (const a of next.documentElement.attributes) root.setAttribute(a.name, a.value);
    d.body.replaceWith(d.adoptNode(next.body));
    await Promise.all([...d.images].map((i) => i.decode().catch(() => {})));
    const view = d.defaultView, wrong = [];
    if (root.scrollWidth > w) wrong.push("scrolls sideways: " + root.scrollWidth);
    for (const e of d.querySelectorAll("h1, h2, p, li, dt, dd, td, th, button, b, img, svg.photo, canvas")) {
      const s = view.getComputedStyle(e), r = e.getBoundingClientRect();
      if (!r.width || !r.height || e.closest(".sr, thead, [hidden]") || s.visibility === "hidden" || s.clipPath !== "none") continue;
      if (r.left < -1 || r.right > w + 1) wrong.push(e.tagName + " \"" + e.textContent.trim().slice(0, 16) + "\" from " + Math.round(r.left) + " to " + Math.round(r.right));
      for (let p = e.parentElement; p && p !== d.body; p = p.parentElement) {
        const q = view.getComputedStyle(p), b = p.getBoundingClientRect();
        if (q.overflowY === "hidden" && (r.bottom > b.bottom + 1 || r.top < b.top - 1)) { wrong.push(e.tagName + " is cut off"); break; }
      }
    }
    if (root.scrollHeight > h && view.getComputedStyle(root).overflowY === "hidden") wrong.push("is longer than the screen and does not scroll");
    for (const s of wrong.slice(0, 3)) out.push(url + ": " + s);
  }
  frame.remove();
  return out;
}`

// At 400 % every screen is one column that scrolls down only.
func TestEveryScreenReflows(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	ctx, _ := chromium.Start(t)
	server := httptest.NewServer(Gallery())
	t.Cleanup(server.Close)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(server.URL+"/screen/idle")); err != nil {
		t.Fatal(err)
	}
	for _, m := range []manner{{}, {English: true}} {
		var urls []string
		for _, s := range shots() {
			if !s.More {
				urls = append(urls, "/screen/"+s.Name+"?"+string(m.Query()))
			}
		}
		list, err := json.Marshal(urls)
		if err != nil {
			t.Fatal(err)
		}
		wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf("(%s)(%s, 320, 256)", zoomed, list), chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			t.Error(strings.TrimPrefix(w, "/screen/"))
		}
	}
}
