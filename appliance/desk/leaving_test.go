package desk

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// Whoever is no more in the list finishes the visit that she attends, begins
// nothing, and is out when it is over; any other session of hers, and any other
// clerk's, is out at once.
func TestAListNeverStrikesInAVisit(t *testing.T) {
	var decided []visit.Event
	present := "app-1"
	r := newRig(t, func(o *Options) {
		o.Coming = func(context.Context) error { return nil }
		o.Present = func() string { return present }
		o.Asking = Asking{Open: func(context.Context, uint64, protocol.Assent) (Opened, error) { return Opened{Name: "某人"}, nil },
			Decide: func(_ context.Context, e visit.Event) error { decided = append(decided, e); return nil }}
	})
	chen, tan := member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good)
	r.hire(24*time.Hour, chen, tan)
	attends, idles, other := r.signedIn("chen"), r.signedIn("chen"), r.signedIn("tan")
	r.with(func() {
		r.status.Screen, r.status.Visiting, r.status.Visit, r.status.Help = "help", true, 7, true
	})
	if status, _ := attends.post("/", "/coming"); status != http.StatusSeeOther {
		t.Fatalf("she comes: %d", status)
	}
	r.hire(24*time.Hour, tan)
	in := func(c *clerk) bool { status, _ := c.get("/"); return status == http.StatusOK }
	if in(idles) {
		t.Error("a session that attends nobody goes on")
	}
	if !in(other) {
		t.Error("somebody else is out")
	}
	_, html := attends.get("/")
	has(t, html, "您的账号停用了，或者重置过", "办完就退出")
	for _, path := range []string{"/papers", "/void", "/drafts", "/day", "/card", "/training", "/queue", "/review", "/review/app-2"} {
		if status, _ := attends.get(path); status == http.StatusOK {
			t.Errorf("%s is begun by whoever is out", path)
		}
	}
	if status, _ := attends.post("/", "/day/open", "paper", "10"); status != http.StatusSeeOther {
		t.Errorf("a day is opened: %d", status)
	}
	if _, there, err := r.store.LastDay(); there || err != nil {
		t.Errorf("a day was opened (%v)", err)
	}

	r.with(func() {
		r.status.Screen, r.status.Help, r.status.Ask, r.status.AskVisit = "staff", false, visit.AskPhoto, 7
	})
	if status, _ := attends.get("/asked"); status != http.StatusOK {
		t.Errorf("what her visit asks: %d", status)
	}
	if status, _ := attends.post("/", "/asked", "visit", "8", "ask", string(visit.AskPhoto), "word", "deny"); status != http.StatusSeeOther || len(decided) > 0 {
		t.Errorf("what another visit asks is decided: %d, %v", status, decided)
	}
	if status, _ := attends.post("/", "/asked", "visit", "7", "ask", string(visit.AskPhoto), "word", "deny"); status != http.StatusSeeOther || len(decided) != 1 {
		t.Errorf("what her visit asks is not decided: %d, %v", status, decided)
	}
	if status, _ := r.browser().get("/"); status != http.StatusSeeOther || r.browser().signsIn("chen", good, r.code()) != http.StatusUnauthorized {
		t.Error("she can sign in anew")
	}

	r.with(func() { r.status.Visit, r.status.Ask = 8, visit.AskNone }) // the next person
	if in(attends) {
		t.Error("she is in when her visit is over")
	}

	// Reset: the list has her with another password.
	r.hire(24*time.Hour, chen, tan)
	again := r.signedIn("chen")
	r.with(func() { r.status.Help, r.status.Screen = true, "help" })
	if status, _ := again.post("/", "/coming"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	r.hire(24*time.Hour, member("chen", protocol.StaffClerk, "another good battery 7"), tan)
	if !in(again) {
		t.Error("a reset ends her session in the middle of a visit")
	}
	r.hire(24*time.Hour, chen, tan) // after all
	if _, html := again.get("/"); strings.Contains(html, "您的账号停用了") {
		t.Error("in the list again, and still leaving")
	}
	r.hire(24*time.Hour, tan)
	r.with(func() { r.status.Visiting, r.status.Screen, r.status.Help = false, "idle", false })
	r.Sweep()
	r.sessions.mu.Lock()
	left := len(r.sessions.all)
	r.sessions.mu.Unlock()
	if left != 1 { // tan's
		t.Errorf("%d sessions are left after the visit", left)
	}
}
