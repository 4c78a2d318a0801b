package web_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"zhunkao/hub/staff/stafftest"
	"zhunkao/provisioning/chromium"
)

// TestInBrowser is an operator's first minute: she signs in, an arrival appears
// by itself, she opens it, and the browser has nothing to complain of.
func TestInBrowser(t *testing.T) {
	ctx, complaints := chromium.Start(t, chromedp.WindowSize(1440, 900))
	w := newWorld(t, demo)
	w.hire("po")
	w.confirm(0)
	w.sealedUp()
	do := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatalf("%s: %v; the console says %q", what, err, complaints())
		}
	}
	do("the door", chromedp.Navigate(w.server.URL+"/gl"), chromium.Arrive("#login")) // before the code, which is not good for long
	do("sign in", chromedp.SendKeys("#login", "po"), chromedp.SendKeys("#password", password), chromedp.SendKeys("#code", stafftest.Code(t, w.db, "po")), chromedp.Click(`form[action="/gl/sign-in"] button`), chromium.Arrive("#live .livestate.on"))
	// A page that is drawn once more calls the arrival new no longer: it is seen as it comes.
	if !value(t, ctx, chromedp.Evaluate[bool](`window.came = new Set();
		new MutationObserver(() => document.querySelectorAll("tr.arrival.new").forEach((row) => came.add(row.dataset.record))).observe(document.getElementById("live"), { childList: true, subtree: true, attributes: true });
		window.stays = true`)) {
		t.Fatal("no script")
	}
	id := w.confirm(2)
	do("the arrival", chromium.Until(`came.has("`+id+`")`), chromedp.WaitVisible(`tr.arrival[data-record="`+id+`"]`))
	if !value(t, ctx, chromedp.Evaluate[bool](`window.stays === true`)) {
		t.Error("the page was loaded again")
	}
	do("the heading counts it", chromium.Until(`document.querySelector("#live h1").textContent.includes("2")`))
	do("open it", chromium.Press(`tr[data-record="`+id+`"] a`), chromium.Arrive("#number"))
	if got := value(t, ctx, chromedp.Text("h1")); got != string(w.people[2].Application.Name()) {
		t.Error("the heading is not her name")
	}
	if got := value(t, ctx, chromedp.Evaluate[int](`document.querySelector("svg.hand path").getTotalLength() | 0`)); got < 20 {
		t.Errorf("her signature is %d long", got)
	}
	if got := value(t, ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)); got > 0 {
		t.Errorf("the page is %d px too wide", got)
	}
	do("reveal", chromedp.Click("details.reveal summary"), chromedp.SendKeys("#why", "电话核对本人"), chromedp.Click("details.reveal button"), chromium.Arrive(".whole"))
	do("sign out", chromedp.Click(`form[action="/gl/sign-out"] button`), chromium.Arrive("#login"))
	if c := complaints(); len(c) > 0 {
		t.Errorf("the browser's console says %q", c)
	}
}

func value[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
