package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"zhunkao/appliance/drill"
	"zhunkao/appliance/health"
	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/provisioning/chromium"
)

// browser starts a browser for a test that nothing but looks.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("looks at pages in a browser: left out beside the race detector")
	}
	ctx, _ := chromium.Start(t)
	return ctx
}

const judge = `axe.run(document, { resultTypes: ["violations"], runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } })
	.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160))))`

// widths are those of an old PC, a tablet, and a telephone; the last is also what is
// left of the first at 400 %.
var widths = []int64{1280, 768, 320}

// look opens a page in every width: nothing for axe to find, nothing that scrolls
// sideways.
func (r *rig) look(ctx context.Context, axe, name, path string) {
	r.Helper()
	for _, width := range widths {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800), chromedp.Navigate(r.server.URL+path),
			chromedp.Evaluate[chromedp.Void](axe+";void 0")); err != nil {
			r.Fatal(err)
		}
		wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](judge, chromedp.EvalAwaitPromise))
		if err != nil {
			r.Fatal(err)
		}
		for _, w := range wrong {
			r.Errorf("%s at %d: %s", name, width, w)
		}
		if over, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth - document.documentElement.clientWidth")); err != nil || over > 0 {
			r.Errorf("%s at %d scrolls sideways by %d (%v)", name, width, over, err)
		}
		if dir := os.Getenv("ZHUNKAO_SHOTS"); dir != "" {
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, width)), png, 0o600)
			}
			if err != nil {
				r.Fatal(err)
			}
		}
	}
}

// signsInByHand has the clerk sign in by hand.
func (r *rig) signsInByHand(ctx context.Context) {
	r.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(r.server.URL+"/sign-in"), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`document.getElementById("name").value = "chen"; document.getElementById("password").value = %q; document.getElementById("code").value = %q; void 0`, good, r.code())),
		chromedp.Click("main button.primary"), chromium.Arrive(".boxcard")); err != nil {
		r.Fatal(err)
	}
}

// Every page in every width, and the live part follows the box.
func TestPagesInABrowser(t *testing.T) {
	source, ctx := chromium.Axe(t), browser(t)
	r := newRig(t, func(o *Options) {
		o.CA, o.Hosts, o.Port = []byte("certificate of the hub"), []string{"192.168.8.20"}, ":8643"
		o.Coming = func(context.Context) error { return nil }
		on := &reader{card: card("chen's")}
		o.OwnCard, o.BindCard, o.Train = on.read, on.bind, func(context.Context) error { return ErrTrainDay }
		o.Papers = func(context.Context, visit.Presented) error { return nil }
		o.Picture = func(context.Context) ([]byte, error) { return asJPEG(t, paper(640, 400)), nil }
	})
	r.queueing(&r.o)
	r.with(func() { r.status.Box = r.box() })
	r.hire(5*24*time.Hour, member("chen", protocol.StaffClerk, good), member("tan", protocol.StaffHead, good))
	look := func(name, path string) { t.Helper(); r.look(ctx, source, name, path) }
	look("sign-in", "/sign-in")
	r.signsInByHand(ctx)
	look("overview", "/")
	r.with(func() {
		r.status.Screen, r.status.Help, r.status.HelpAt, r.status.Visiting = "help", true, r.now.Add(-time.Minute), true
	})
	r.Changed() // the page that is open follows by itself
	if err := chromedp.Do(ctx, chromedp.WaitVisible(`form[action="/coming"]`)); err != nil {
		t.Fatal(err)
	}
	r.with(func() { r.status.Blocked, r.status.Linked = "frozen", false })
	look("stopped", "/")
	r.with(func() {
		r.status.Blocked, r.status.Since, r.status.Alone = visit.BlockTamper, r.now.Add(-time.Hour), 15*24*time.Hour
		r.status.Devices = append(r.status.Devices, protocol.DeviceState{Name: health.DeviceAhead, State: health.Ready, Fault: health.FaultStaleSoon})
	})
	look("opened", "/")
	look("case", "/case")
	r.with(func() { r.status.Blocked, r.status.Since = "frozen", time.Time{} })
	look("incidents", "/incidents")
	look("day-before", "/day")
	if _, err := r.store.OpenDay("s-chen", r.now, time.FixedZone("", 8*3600), 400); err != nil {
		t.Fatal(err)
	}
	look("day-open", "/day")
	look("trust", "/trust")
	look("papers", "/papers")
	r.with(func() { r.status.Ask, r.status.AskVisit, r.status.Screen = visit.AskExpired, 7, "staff" })
	look("asked", "/asked")
	r.with(func() { r.status.Ask, r.status.Screen = visit.AskNone, "help" })
	lookAtTheQueue(t, r, look)
	look("voids-none", "/void")
	look("unsent-none", "/unsent")
	aside := r.confirm("app-1")
	r.settle(aside, protocol.Quarantined, protocol.ReasonUnknown)
	r.confirm("app-2")
	r.confirm("app-3")
	if err := r.seal(ctx, Voiding{Sequence: 3, Reason: "04", Note: "x", Clerk: store.DayAct{Account: "s-chen", At: 1}, Head: store.DayAct{Account: "s-tan", At: 1}}); err != nil {
		t.Fatal(err)
	}
	r.reviewPages(ctx, look)
	lookAtThePrinter(t, r, look)
	look("voids", "/void")
	look("void", "/void/2")
	look("void-done", "/void/3")
	look("void-aside", "/void/1")
	look("unsent", "/unsent")
	rec, err := r.store.Record(4)
	if err != nil {
		t.Fatal(err)
	}
	r.settle(rec, protocol.Quarantined, protocol.ReasonAssent)
	look("void-refused", "/void/3")
	look("card-none", "/card")
	bound := member("chen", protocol.StaffClerk, good)
	bound.Card = &protocol.StaffCard{At: protocol.TimeOf(r.o.Now()), Salt: make([]byte, 16), Mark: make([]byte, 32), PIN: "$argon2id$"}
	r.hire(5*24*time.Hour, bound, member("tan", protocol.StaffHead, good))
	look("card", "/card")
	if hidden, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.querySelector("[data-wait]").offsetHeight === 0`)); err != nil || !hidden {
		t.Errorf("the page asks for the card before the button was pressed (%v)", err)
	}
	look("training", "/training")
	r.Desk.o.Drills = func() Drills {
		return Drills{Printer: true, Log: drill.Log{}.Begin("s-chen", "open-day").See(drill.DayOpened, r.now).Begin("s-chen", "first-visit").See(drill.PlainCard, r.now)}
	}
	look("training-in", "/training")
	r.hire(80*24*time.Hour, bound, member("tan", protocol.StaffHead, good))
	lookAtTickets(t, r, look)
}

// lookAtThePrinter looks at the queue before it in all its states, and at a sheet
// that is wanted once more, by a clerk alone and with the head.
func lookAtThePrinter(t *testing.T, r *rig, look func(name, path string)) {
	t.Helper()
	r.prints(&r.o)
	look("printing-none", "/printing")
	look("reprints", "/reprint")
	look("reprint-void", "/reprint/3")
	rec := r.signs("app-9", "石雨", "430104199901012326")
	seq := rec.Manifest.Sequence
	look("reprint", fmt.Sprintf("/reprint/%d", seq))
	for n := 1; n <= visit.MaxCopies; n++ {
		c := store.Copy{Record: rec.Manifest.ID, Number: n, At: protocol.TimeOf(r.now)}
		if n > 1 {
			c.Reprint, c.Reason, c.By = true, "other：撕破了，考生带来给我看过", &store.DayAct{Account: "s-chen"}
		}
		got, err := r.store.BeginCopy(c)
		if err == nil {
			err = r.store.EndCopy(got, store.CopyPrinted)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	look("reprint-head", fmt.Sprintf("/reprint/%d", seq))
	at := protocol.TimeOf(r.now)
	for _, p := range []store.Print{
		{Kind: store.PrintTrust, At: at}, {Kind: store.PrintSlip, At: at, Label: "2-013"},
		{Kind: store.PrintReprint, At: at, Sequence: seq, Record: rec.Manifest.ID, Reason: "lost", By: store.DayAct{Account: "s-chen"}},
		{Kind: store.PrintForm, At: at, By: store.DayAct{Account: "s-chen"}}, {Kind: store.PrintReprint, At: at, Sequence: seq, By: store.DayAct{Account: "s-chen"}},
	} {
		if _, err := r.store.AddPrint(p); err != nil {
			t.Fatal(err)
		}
	}
	all, err := r.store.Prints()
	if err := errors.Join(err, r.store.SetPrint(all[0].ID, store.PrintBegun, ""), r.store.SetPrint(all[1].ID, store.PrintWaiting, "paper"),
		r.store.SetPrint(all[2].ID, store.PrintStopped, "jam"), r.store.SetPrint(all[4].ID, store.PrintUnsure, WhyRestart)); err != nil {
		t.Fatal(err)
	}
	now := r.o.Printing.Now
	r.Desk.o.Printing.Now = func() (PrintLine, error) {
		l, err := now()
		l.Visits = []PrintVisit{{Prints: false}}
		return l, err
	}
	look("printing", fmt.Sprintf("/printing?job=%d", all[3].ID))
	look("stuck", "/")
}

// lookAtTickets looks at the pages of admission tickets.
func lookAtTickets(t *testing.T, r *rig, look func(name, path string)) {
	t.Helper()
	r.Desk.o.Drills = nil
	look("tickets-none", "/tickets")
	r.admits(1, 1, 1)
	look("tickets", "/tickets")
	look("ticket", r.ticketPath(2, 1))
	log, err := protocol.ParseID(strings.TrimPrefix(r.ticketPath(0, 1), "/tickets/"))
	if err != nil {
		t.Fatal(err)
	}
	r.prints1(log, 2)
	look("ticket-again", r.ticketPath(0, 1))
	r.admits(2, 1, 2)
	look("tickets-void", "/tickets")
}

// lookAtTheQueue looks at the queue in all its states, and at the other boxes.
func lookAtTheQueue(t *testing.T, r *rig, look func(name, path string)) {
	t.Helper()
	look("queue-none", "/queue")
	var all []store.Queued
	for range 4 {
		q, err := r.o.Queueing.Draw(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, q)
	}
	if err := errors.Join(r.o.Queueing.Call(t.Context(), all[0].QueueKey, r.box()), r.o.Queueing.End(t.Context(), all[1].QueueKey, store.QueuePassed)); err != nil {
		t.Fatal(err)
	}
	look("queue", "/queue?drew=4")
	r.o.Neighbours = func() []neighbour.Neighbour {
		return []neighbour.Neighbour{
			{Box: "bgoldenbox3", Unit: 3, Answers: true, State: neighbour.State{Box: "bgoldenbox3", Screen: "pledge", Visiting: true, Help: true, HelpAt: protocol.TimeOf(r.now)}},
			{Box: "bgoldenbox4", Unit: 4, Since: time.Now(), State: neighbour.State{Box: "bgoldenbox4"}}}
	}
	look("others", "/")
	look("queue-others", "/queue")
	r.o.Neighbours = nil
}
