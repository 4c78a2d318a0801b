package progress_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/progress"
)

const camp = "adult-2019"

// TestFollowers: of two hubs on one database each entry is counted once, within
// a second of being written, and when the one that leads goes away the other
// goes on.
func TestFollowers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		start := func() (stop func()) {
			f, err := progress.New(progress.Options{DB: d, Journal: w.sealer})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- f.Run(ctx) }()
			return func() {
				cancel()
				if err := <-done; err != nil {
					t.Errorf("follower: %v", err)
				}
			}
		}
		first := start()
		wait := func(n int64) {
			t.Helper()
			deadline := time.Now().Add(2 * time.Minute)
			for {
				if got := w.of(progress.Where{Campaign: camp, Division: "430000"}).Registered; got == n {
					return
				} else if got > n || time.Now().After(deadline) {
					t.Fatalf("counted %d, want %d", got, n)
				}
				<-time.After(5 * time.Millisecond)
			}
		}
		w.register(w.application(camp, 0, points[0], "1"))
		wait(1)
		second := start()
		w.register(w.application(camp, 1, points[3], "2"))
		wait(2)
		first()
		for n := 2; n < 6; n++ {
			w.register(w.application(camp, n, points[n%len(points)], "1"))
		}
		wait(6)
		second()
	})
}

// TestTwoWhoBothThinkTheyLead: counting at the same time counts nothing twice.
func TestTwoWhoBothThinkTheyLead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for n := range 8 {
			w.register(w.application(camp, n, points[n%len(points)], "1"))
		}
		w.sealed()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				// Whoever comes late finds nothing to do, or is turned back.
				_ = progress.CatchUp(t.Context(), d)
			})
		}
		all.Wait()
		w.counted()
		if got := w.of(progress.Where{Campaign: camp, Division: "430000"}); got != (progress.Figures{Registered: 8}) {
			t.Errorf("counted %+v", got)
		}
	})
}

// TestRebuild: counters that were spoiled are found and put right while the
// follower's place in the journal stays.
func TestRebuild(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for n := range 5 {
			w.register(w.application(camp, n, points[n%len(points)], "1"))
		}
		w.counted()
		w.write(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE progress SET registered = registered + 7 WHERE place = $1`, "430000")
			return err
		})
		w.register(w.application(camp, 5, points[0], "2")) // not counted yet
		w.sealed()
		got, err := progress.Rebuild(t.Context(), d)
		if err != nil || got.Rows == 0 || got.Entries != w.sealer.Head().Number {
			t.Errorf("Rebuild = %+v, %v; head %d", got, err, w.sealer.Head().Number)
		}
		w.counted()
		if f := w.of(progress.Where{Campaign: camp, Division: "430000"}); f.Registered != 6 {
			t.Errorf("counted %+v", f)
		}
		if again, err := progress.Rebuild(t.Context(), d); err != nil || again.Differ != 0 || again.Rows != got.Rows {
			t.Errorf("again: %+v, %v; first %+v", again, err, got)
		}
		w.write(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE progress SET registered = registered + 7 WHERE place = $1`, "430000")
			return err
		})
		if spoiled, err := progress.Rebuild(t.Context(), d); err != nil || spoiled.Differ == 0 {
			t.Errorf("what was spoiled was not found: %+v, %v", spoiled, err)
		}
	})
}

// TestPaidAndNot: a payment counts until its refund is made or it turns out that the
// channel never had it; what lies in suspense counts nowhere.
func TestPaidAndNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		paid := func(want int64, acts ...journal.Act) {
			t.Helper()
			w.write(func(tx *db.Tx) error {
				for _, act := range acts {
					err := journal.Write(t.Context(), tx, journal.Entry{At: w.now(), Author: journal.Author{Kind: journal.ByHub}, Act: act, Campaign: camp, Point: points[0], Division: points[0][:6],
						Detail: map[string]string{journal.DetailLevel: "1"}})
					if err != nil {
						return err
					}
				}
				return nil
			})
			w.counted()
			w.read(func(tx *db.Tx) error {
				days, err := progress.Days(t.Context(), tx, progress.Where{Campaign: camp, Division: "430100"})
				var n int64
				for _, day := range days {
					n += day.Paid
				}
				if n != want {
					t.Errorf("after %v: %d paid, want %d", acts, n, want)
				}
				return err
			})
		}
		paid(2, journal.OrderPaid, journal.OrderPaid, journal.MovementSuspended, journal.OrderOpened)
		paid(2, journal.RefundAsked, journal.RefundFailed, journal.RefundMade)
		paid(1, journal.OrderRefunded)
		paid(0, journal.PaymentReverted, journal.MovementReverted)
	})
}

// TestHours: what came at half past midnight at UTC+8 belongs to the new day,
// and payments count by their acts alone.
func TestHours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.clock.Store(time.Date(2019, 9, 3, 16, 30, 0, 0, time.UTC).UnixMilli()) // 0:30 of the 4th
		a := w.application(camp, 0, points[0], "1")
		w.register(a)
		w.arrive(a, points[0], flow.Step{State: confirmation.InForce})
		where := progress.Where{Campaign: camp, Division: "430100"}
		paying := func() (yes bool) {
			w.read(func(tx *db.Tx) (err error) {
				yes, err = progress.Paying(t.Context(), tx, camp)
				return err
			})
			return yes
		}
		w.counted()
		if paying() {
			t.Error("payments are counted before there are any")
		}
		w.clock.Add(3600 * 1000)
		w.write(func(tx *db.Tx) error {
			return journal.Write(t.Context(), tx, journal.Entry{At: w.now(), Author: journal.Author{Kind: journal.ByHub}, Act: journal.OrderPaid, Campaign: camp, Point: points[0], Division: points[0][:6],
				Detail: map[string]string{journal.DetailLevel: "1"}})
		})
		w.counted()
		if !paying() {
			t.Error("a payment is not seen")
		}
		w.read(func(tx *db.Tx) error {
			days, err := progress.Days(t.Context(), tx, where)
			if err != nil || len(days) != 1 || days[0] != (progress.Day{Day: "2019-09-04", Figures: progress.Figures{Registered: 1, Confirmed: 1, Paid: 1}}) {
				t.Errorf("Days = %+v, %v", days, err)
			}
			hours, err := progress.Hours(t.Context(), tx, where, time.Date(2019, 9, 4, 3, 0, 0, 0, time.UTC))
			if err != nil || hours[0] != (progress.Figures{Registered: 1, Confirmed: 1}) || hours[1] != (progress.Figures{Paid: 1}) {
				t.Errorf("Hours = %+v, %v", hours[:3], err)
			}
			return nil
		})
	})
}

// TestBegun: who begins to fill in is counted where her form names a point, and
// goes along when it names another; nothing else moves.
func TestBegun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		placed := func(at, from string) {
			detail := map[string]string{}
			if from != "" {
				detail[journal.DetailFrom] = from
			}
			w.write(func(tx *db.Tx) error {
				return journal.Write(t.Context(), tx, journal.Entry{At: w.now(), Author: journal.Author{Kind: journal.ByCandidate, ID: "u"}, Act: journal.DraftPlaced,
					Subject: journal.Subject{Kind: journal.OfAccount, ID: "u"}, Campaign: camp, Point: at, Division: at[:6], Detail: detail})
			})
		}
		placed(points[0], "")
		placed(points[0], "")
		placed(points[3], points[0])
		w.register(w.application(camp, 0, points[0], "1"))
		w.counted()
		for place, want := range map[string]progress.Figures{
			"430000": {Begun: 2, Registered: 1}, "430100": {Begun: 1, Registered: 1}, "431000": {Begun: 1},
		} {
			if got := w.of(progress.Where{Campaign: camp, Division: place}); got != want {
				t.Errorf("%s: %+v, want %+v", place, got, want)
			}
		}
		if got := w.of(progress.Where{Campaign: camp, Division: "430100", Point: points[0]}); got.Begun != 1 {
			t.Errorf("%s: %+v", points[0], got)
		}
		if again, err := progress.Rebuild(t.Context(), d); err != nil || again.Differ != 0 {
			t.Errorf("counted once more: %+v, %v", again, err)
		}
	})
}
