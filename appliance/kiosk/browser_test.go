package kiosk

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/provisioning/chromium"
)

// seenAt opens each address in a frame of the given size and says what is wrong
// with it: what sticks out, what is too low for a finger, too many primary
// buttons.
const seenAt = `
async (urls, w, h) => {
  // One frame whose page is exchanged: its style sheets are read once.
  const frame = await new Promise((done) => {
    const f = document.createElement("iframe");
    f.style.cssText = "position:fixed;left:0;top:0;border:0;width:" + w + "px;height:" + h + "px";
    f.onload = () => f.contentDocument.fonts.ready.then(() => done(f));
    f.src = urls[0];
    document.body.append(f);
  });
  const one = async (url) => {
    const next = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    const d = frame.contentDocument, root = d.documentElement;
    for (const a of [...root.attributes]) root.removeAttribute(a.name);
    for (const a of next.documentElement.attributes) root.setAttribute(a.name, a.value);
    d.body.replaceWith(d.adoptNode(next.body));
    await Promise.all([...d.images].map((i) => i.decode().catch(() => {})));
    return check(d, url);
  };
  const check = (d, url) => {
    const wrong = [];
    const say = (s) => wrong.push(url + ": " + s);
    if (d.documentElement.scrollWidth > w || d.documentElement.scrollHeight > h) say("the page scrolls: " + d.documentElement.scrollWidth + " x " + d.documentElement.scrollHeight);
    const main = d.querySelector("main");
    if (!main) { say("no main"); return wrong; }
    const frame = main.getBoundingClientRect();
    const shown = (e) => { const s = getComputedStyle(e), r = e.getBoundingClientRect(); return s.visibility !== "hidden" && s.clipPath === "none" && r.width > 0 && r.height > 0; };
    const name = (e) => e.tagName.toLowerCase() + "." + (e.getAttribute("class") || "") + " \"" + e.textContent.trim().slice(0, 20) + "\"";
    const inside = (e, box, what) => {
      const r = e.getBoundingClientRect();
      if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1)
        say(name(e) + " sticks out of " + what + ": " + [r.left, r.top, r.right, r.bottom].map(Math.round) + " of " + [box.left, box.top, box.right, box.bottom].map(Math.round));
    };
    const page = { left: 0, top: 0, right: w, bottom: h };
    for (const e of main.querySelectorAll("*")) if (shown(e) && !e.closest("svg, .sr")) inside(e, frame, "the page's middle");
    const parts = [...main.children];
    for (let i = 1; i < parts.length; i++) {
      const a = [...parts[i - 1].querySelectorAll("*")].filter(shown), top = parts[i].getBoundingClientRect().top;
      for (const e of a) if (!e.closest("svg") && e.getBoundingClientRect().bottom > top + 1) { say(name(e) + " runs under what follows"); break; }
    }
    for (const part of d.querySelectorAll("header, .rail, footer, .dialog")) {
      const box = part.getBoundingClientRect();
      inside(part, page, "the screen");
      for (const e of part.querySelectorAll("*")) if (shown(e) && !e.closest("svg, .sr")) inside(e, box, part.className || part.tagName);
    }
    const bars = [...d.querySelectorAll("header > *, footer .button")].filter(shown);
    for (let i = 0; i < bars.length; i++) for (let j = i + 1; j < bars.length; j++) {
      const a = bars[i].getBoundingClientRect(), b = bars[j].getBoundingClientRect();
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) say(name(bars[i]) + " lies over " + name(bars[j]));
    }
    for (const b of d.querySelectorAll("button")) {
      const r = b.getBoundingClientRect();
      if (shown(b) && r.height < 59.5) say(name(b) + " is " + r.height + " px high");
      if (shown(b) && b.scrollWidth > b.clientWidth + 1) say(name(b) + " is too narrow for its words");
    }
    const asked = d.querySelector(".veil");
    const primary = [...(asked || d).querySelectorAll(".primary")].filter(shown);
    if (primary.length > 1) say(primary.length + " primary buttons");
    if (asked && !d.querySelector(".stage[inert]")) say("what lies under the question can be reached");
    return wrong.slice(0, 3); // one thing sticking out takes its children along
  };
  const out = [];
  for (const url of urls) out.push(...await one(url));
  frame.remove();
  return out;
}`

// Every screen in every state fits, in both languages, both sizes, large type
// and high contrast.
func TestGalleryFits(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	ctx, said := chromium.Start(t)
	server := httptest.NewServer(Gallery())
	t.Cleanup(server.Close)
	// Of the manners the tightest: English in large type. The demo's bar takes
	// room from the landscape screen only. ZHUNKAO_LONG=1 opens all of them.
	long := os.Getenv("ZHUNKAO_LONG") != ""
	manners := []manner{{English: true, Large: true}, {Demo: true}}
	if long {
		manners = append(manners, manner{}, manner{English: true, Demo: true}, manner{Large: true, Demo: true}, manner{English: true, Large: true, Contrast: true})
	}
	sizes := []struct{ w, h int64 }{{1280, 800}, {1080, 1920}, {800, 1280}}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 1920), chromedp.Navigate(server.URL+"/screen/idle")); err != nil {
		t.Fatal(err)
	}
	for _, size := range sizes {
		for i, m := range manners {
			if i > 0 && size.h > size.w && !long {
				continue
			}
			var urls []string
			for _, s := range shots() {
				if s.More && !long && size.w != 1280 {
					continue // the tightest of the three has shown it
				}
				urls = append(urls, "/screen/"+s.Name+"?"+string(m.Query()))
			}
			list, err := json.Marshal(urls)
			if err != nil {
				t.Fatal(err)
			}
			script := fmt.Sprintf("(%s)(%s, %d, %d)", seenAt, list, size.w, size.h)
			wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](script, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatalf("%dx%d %s: %v", size.w, size.h, m.Query(), err)
			}
			for _, w := range wrong {
				t.Errorf("%dx%d %s", size.w, size.h, strings.TrimPrefix(w, "/screen/"))
			}
		}
	}
	for _, s := range said() {
		t.Errorf("the browser complains: %s", s)
	}
}
