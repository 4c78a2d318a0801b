package kiosk

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/provisioning/chromium"
)

// pressable opens each address in a window and says which button of the bottom bar
// lies under something else.
const pressable = `
async (urls) => {
  const out = [];
  for (const url of urls) {
    const next = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    for (const a of [...document.documentElement.attributes]) document.documentElement.removeAttribute(a.name);
    for (const a of next.documentElement.attributes) document.documentElement.setAttribute(a.name, a.value);
    document.body.replaceWith(document.adoptNode(next.body));
    await Promise.all([...document.images].map((i) => i.decode().catch(() => {})));
    if (document.querySelector(".veil")) continue;
    for (const b of document.querySelectorAll("footer button:not([disabled])")) {
      const r = b.getBoundingClientRect();
      if (r.height === 0 || getComputedStyle(b).visibility === "hidden") continue;
      const hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
      if (!hit || !b.contains(hit)) out.push(url + ": " + b.textContent.trim());
    }
  }
  return out;
}`

// In a window that is no kiosk's, as whoever tries the demonstration has, what does
// not fit scrolls above the bottom bar: no button lies under it.
func TestEveryButtonCanBePressedInAWindow(t *testing.T) {
	ctx, _ := chromium.Start(t)
	server := httptest.NewServer(Gallery())
	t.Cleanup(server.Close)
	var urls []string
	for _, s := range shots() {
		urls = append(urls, "/screen/"+s.Name+"?"+string(manner{Demo: true}.Query()))
	}
	list, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []struct{ w, h int64 }{{1280, 640}, {1366, 700}, {1080, 1300}} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(size.w, size.h), chromedp.Navigate(server.URL+urls[0])); err != nil {
			t.Fatal(err)
		}
		under, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf("(%s)(%s)", pressable, list), chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range under {
			t.Errorf("%dx%d %s", size.w, size.h, u)
		}
	}
}
