package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/web/guard"
)

// guarded puts a guard with few hands before the portal.
func guarded(_ *testing.T, w *world) { w.options.Limits = &guard.Limits{Hands: 4, Guests: 1} }

// TestLine: when the hub has no hand for who comes, the page tells her place and
// the wait and asks again by itself; what she typed is kept, sealed, and can be
// sent again; who is signed in reads on.
func TestLine(t *testing.T) {
	w := newWorld(t, guarded)
	her := w.browser()
	first := her.send(her.see("/ks/sign-up"), "/ks/sign-up", url.Values{"login": {"xiaolan"}, "password": {passphrase}, "again": {passphrase}})
	if first.Status != http.StatusSeeOther {
		t.Fatalf("sign-up: %d %s", first.Status, first.text())
	}
	typing, next := w.browser(), w.browser()
	form := typing.see("/ks/sign-up")
	next.see("/ks/sign-in") // before the rush

	// Nobody can write: who signs up stays in hand.
	held, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		err := w.db.Write(t.Context(), func(*db.Tx) error { close(held); <-release; return nil })
		if err != nil {
			t.Error(err)
		}
	}()
	<-held
	answered := make(chan answer, 1)
	go func() {
		b := w.browser()
		answered <- b.send(b.see("/ks/sign-up"), "/ks/sign-up", url.Values{"login": {"weiming"}, "password": {passphrase}, "again": {passphrase}})
	}()
	waitUntil(t, func() bool { return w.portal.Guard().State().Guests == 1 })

	late := w.browser().get("/ks")
	if late.Status != http.StatusServiceUnavailable || late.Head.Get("Retry-After") == "" || late.Head.Get("Refresh") != late.Head.Get("Retry-After") {
		t.Errorf("who comes: %d, %v", late.Status, late.Head)
	}
	if !late.says("您前面还有 0 人") || !late.says("10 分钟内回来还在原来的位置") || late.Head.Get("Cache-Control") != "no-store" {
		t.Errorf("who comes reads: %s", late.text())
	}
	kept := typing.send(form, "/ks/sign-up", url.Values{"login": {"zhangsan"}, "password": {passphrase}, "again": {passphrase}})
	if kept.Status != http.StatusServiceUnavailable || !kept.says("您刚才填的都在") || kept.Head.Get("Refresh") != "" {
		t.Fatalf("who sends a form: %d %s", kept.Status, kept.text())
	}
	if strings.Contains(kept.Page, "zhangsan") || strings.Contains(kept.Page, passphrase) {
		t.Error("what she typed can be read in the page")
	}
	place := typing.get("/ks/line")
	if place.Status != http.StatusOK || place.Head.Get("Refresh") == "" || !strings.Contains(place.Head.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Errorf("her place in the frame: %d %v", place.Status, place.Head)
	}
	if a := her.get("/ks/status"); a.Status == http.StatusServiceUnavailable {
		t.Errorf("who is signed in: %d %s", a.Status, a.text())
	}

	close(release)
	<-ended
	if a := <-answered; a.Status != http.StatusSeeOther {
		t.Errorf("who was in hand: %d %s", a.Status, a.text())
	}
	var sent answer
	waitUntil(t, func() bool {
		sent = typing.send(kept, "/ks/sign-up", nil)
		if sent.Status == http.StatusServiceUnavailable {
			kept = sent
			return false
		}
		return true
	})
	if sent.Status != http.StatusSeeOther || sent.To != "/ks/account?done=made" {
		t.Errorf("sent again: %d → %s: %s", sent.Status, sent.To, sent.text())
	}
}

func waitUntil(t *testing.T, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !f(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never came to that")
		}
	}
}
