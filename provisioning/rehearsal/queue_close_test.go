package rehearsal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// TestTheCloseWithNumbers: two people hold numbers of the queue when the window
// closes. Each is served when hers is called, and is in force at the hub by it,
// once; without one the same person is turned away (issue 7, design §2 "Time").
func TestTheCloseWithNumbers(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := newStaffedOn(ctx, t, rehearsal.Ground{Late: 10 * time.Minute})
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	_, err := p.box.Person.Sees(ctx, "idle")
	must("before the first day", err)
	for range daysToClose() {
		must("the next day", p.MoveClock(ctx, "next-day"))
	}
	w := newTablet(t, p.port, p.ring.Pool())
	asks := func(what, to string, fields url.Values, want int) {
		t.Helper()
		status, page, err := w.post("/queue", to, fields)
		must(what, err)
		if status != want {
			t.Fatalf("%s: status %d, want %d\n%s", what, status, want, page)
		}
	}
	people := p.Cards("")
	turnedAway := func(n int) {
		t.Helper()
		must("card", p.box.Place(people[n].Card))
		_, err := p.box.Person.Sees(ctx, "refused")
		must("without a number", err)
		p.box.Lift()
		must("the page that says so", p.box.Person.Done(ctx))
		_, err = p.box.Person.Sees(ctx, "idle")
		must("afterwards", err)
	}

	must("sign-in", p.signsIn(ctx, w))
	for range 2 {
		asks("a number is drawn", "/queue/draw", url.Values{}, http.StatusSeeOther)
	}
	must("the window closes", p.MoveClock(ctx, "before-close"))
	turnedAway(0)
	must("sign-in", p.signsIn(ctx, w)) // the session of the day is over
	for n := range 2 {
		asks("the next is called", "/queue/next", url.Values{"box": {p.id}}, http.StatusSeeOther)
		must("card", p.box.Place(people[n].Card))
		must("visit", p.box.Person.Confirm(ctx))
		must("the last screen", p.box.Person.Done(ctx))
		p.box.Lift()
		_, err := p.box.Person.Sees(ctx, "idle")
		must("after", err)
		p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: n + 1})
	}
	turnedAway(2)
	if status, _, err := w.post("/queue", "/queue/number", url.Values{"of": {p.id}, "number": {"1"}, "act": {"called"}, "box": {p.id}}); err != nil || status == http.StatusSeeOther {
		t.Errorf("a number that was used is called again: %d, %v", status, err)
	}
	p.used(ctx, t, 2)
}

// daysToClose counts the mornings from the demonstration's first day to the last
// one on which people confirm.
func daysToClose() int {
	var closes time.Time
	for _, w := range campaign.Adult2019().Windows {
		if w.Step == window.Confirm && w.To.After(closes) {
			closes = w.To
		}
	}
	day := func(at time.Time) time.Time {
		year, month, day := at.In(window.Zone()).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	return int(day(closes.Add(-time.Minute)).Sub(day(demo.Start)) / (24 * time.Hour))
}

// used wants so many numbers used up at the hub, and no record doubted for its time.
func (p *staffed) used(ctx context.Context, t *testing.T, want int) {
	t.Helper()
	d, err := db.OpenExisting(ctx, p.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var tokens int
	var notes []string
	if err := d.Read(ctx, func(tx *db.Tx) error {
		all, err := confirmation.List(ctx, tx, confirmation.Filter{})
		for _, r := range all {
			for _, c := range r.Checks {
				if c.Name == confirmation.CheckToken {
					notes = append(notes, c.Result)
				}
			}
		}
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) FROM queue_token`).Scan(&tokens)
	}); err != nil {
		t.Fatal(err)
	}
	if tokens != want || strings.Join(notes, " ") != strings.TrimSpace(strings.Repeat(confirmation.Pass+" ", want)) {
		t.Errorf("%d numbers are used up, and the records say %q; want %d that pass", tokens, notes, want)
	}
}
