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

// judge shows each screen in this very document and runs axe over it.
const judge = `
async (urls) => {
  const out = [];
  for (const url of urls) {
    const next = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    const root = document.documentElement;
    for (const a of [...root.attributes]) root.removeAttribute(a.name);
    for (const a of next.documentElement.attributes) root.setAttribute(a.name, a.value);
    document.title = next.title;
    document.body.replaceWith(document.adoptNode(next.body));
    await Promise.all([...document.images].map((i) => i.decode().catch(() => {})));
    const found = await axe.run(document, { resultTypes: ["violations"], preload: false, runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
    for (const v of found.violations) for (const n of v.nodes)
      out.push(url + ": " + v.id + " (" + v.impact + "): " + n.target.join(" ") + " " + n.html.slice(0, 120) + " " + (n.any[0] || n.all[0] || n.none[0] || {}).message);
  }
  return out;
}`

// No violation of WCAG 2.2 AA that a program can find, on any screen, in both
// languages and in high contrast (S43).
func TestAxeFindsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	source := chromium.Axe(t)
	ctx, _ := chromium.Start(t)
	server := httptest.NewServer(Gallery())
	t.Cleanup(server.Close)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(server.URL+"/screen/idle"),
		chromedp.Evaluate[chromedp.Void](source+";void 0")); err != nil {
		t.Fatal(err)
	}
	manners := []manner{{}, {English: true, Contrast: true}}
	if os.Getenv("ZHUNKAO_LONG") != "" {
		manners = append(manners, manner{English: true}, manner{Contrast: true}, manner{Large: true}, manner{English: true, Large: true, Demo: true})
	}
	for i, m := range manners {
		var urls []string
		for _, s := range shots() {
			if s.More && i > 0 && len(manners) == 2 {
				continue
			}
			urls = append(urls, "/screen/"+s.Name+"?"+string(m.Query()))
		}
		list, err := json.Marshal(urls)
		if err != nil {
			t.Fatal(err)
		}
		wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf("(%s)(%s)", judge, list), chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wrong {
			t.Error(strings.TrimPrefix(w, "/screen/"))
		}
	}
	// It finds what is there to be found: else its silence proves nothing.
	spoiled := `document.querySelector("main").innerHTML = "<img src='data:,'><button></button>"; axe.run(document).then((r) => r.violations.length)`
	if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](spoiled, chromedp.EvalAwaitPromise)); err != nil || n < 2 {
		t.Errorf("axe finds %d faults on a spoiled page (%v)", n, err)
	}
}
