package portal_test

import (
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"zhunkao/hub/applicant"
	"zhunkao/hub/password"
	"zhunkao/provisioning/chromium"
)

// TestIdleInABrowser: the warning comes up a minute before the end, one press
// goes on, and when the session has ended nothing of hers stands on the screen.
func TestIdleInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at a page in a browser: left out beside the race detector")
	}
	var ahead atomic.Int64 // of the true clock, in seconds
	w := newWorld(t, func(_ *testing.T, w *world) {
		w.desk = applicant.New(applicant.Options{DB: w.db, Keys: w.keys, Now: w.now, Hasher: password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1}),
			Real: func() time.Time { return time.Now().Add(time.Duration(ahead.Load()) * time.Second) }})
		w.options.Accounts = w.desk
	})
	b := w.browser()
	if a := b.send(b.see("/ks/sign-up"), "/ks/sign-up", url.Values{"login": {"lihua"}, "password": {passphrase}, "again": {passphrase}, "shared": {"yes"}}); a.Status != http.StatusSeeOther {
		t.Fatal(a.Status)
	}
	s := (&her{browser: b}).screen()
	s.do("page", chromedp.Navigate(w.server.URL+"/ks/account"))
	s.until(`document.querySelector("[data-left]").hidden`)
	ahead.Store(4*60 + 10) // she has gone for a while; then the window is looked at again
	s.is(`document.dispatchEvent(new Event("visibilitychange"))`)
	s.until(`!document.querySelector("[data-left]").hidden`)
	s.is(`document.querySelector("[data-left] button").click()`)
	s.until(`document.querySelector("[data-left]").hidden`)
	ahead.Store(10 * 60)
	s.is(`document.dispatchEvent(new Event("visibilitychange"))`)
	s.do("the door", chromium.Arrive(`form[action="/ks/sign-in"]`))
	s.until(`document.body.innerText.includes("太久没有操作")`)
	if s.is(`document.body.innerText.includes("lihua")`) != "false" {
		t.Error("her name stands on the screen")
	}
}
