package flow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// A rehearsal that is stopped leaves nothing, and holds nobody up.
func TestRehearsalStops(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 1300)
		draft := b.draft(harsher())
		stop, cancel := context.WithCancel(ctx)
		defer cancel()
		calls := 0
		_, err := b.f.Rehearse(stop, d, draft.Digest, func(done, of int64) {
			if calls++; of != 1300 {
				t.Errorf("%d of %d", done, of)
			}
			if done > 0 {
				cancel()
			}
		}, flow.Operator())
		if !errors.Is(err, context.Canceled) || calls < 2 {
			t.Fatalf("stopped after %d calls: %v", calls, err)
		}
		b.nothingKept()
		if _, _, err := b.sign(draft, b.account("one", staff.ProvinceAdmin, "430000-2", ""), "x"); !errors.Is(err, campaign.ErrNoRehearsal) {
			t.Errorf("signed over a rehearsal that was stopped: %v", err)
		}
		// Others write while it reads, and one is enough at a time.
		n := 0
		r, err := b.f.Rehearse(ctx, d, draft.Digest, func(done, _ int64) {
			n++
			app := b.people[n].Application
			app.Version = 1
			b.must(func(tx *db.Tx) error { return b.f.Register(ctx, tx, app, candidate.FromPortal, flow.Operator()) })
			if _, err := b.f.Rehearse(ctx, d, draft.Digest, nil, flow.Operator()); !errors.Is(err, campaign.ErrBusy) {
				t.Errorf("two at once: %v", err)
			}
		}, flow.Operator())
		if err != nil || r.Applications < 1300 || n < 3 {
			t.Fatalf("%+v, %v", r.Totals, err)
		}
		b.must(func(tx *db.Tx) error {
			s, err := campaign.Stand(ctx, tx, draft.Digest)
			if s.Changed != int64(n) {
				t.Errorf("%d saved since it began, want %d", s.Changed, n)
			}
			return err
		})
	})
}

func (b *bench) nothingKept() {
	b.t.Helper()
	b.must(func(tx *db.Tx) error {
		var effects, running int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM campaign_effect`).Scan(&effects); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT count(*) FROM campaign_rehearsal WHERE state <> 'stopped'`).Scan(&running)
		if effects != 0 || running != 0 {
			b.t.Errorf("%d effects are left, %d rehearsals not stopped", effects, running)
		}
		return err
	})
}

// A hub that dies in a rehearsal leaves rows that the next one clears away.
func TestRehearsalOfADeadHub(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 40)
		draft := b.draft(harsher())
		b.must(func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, `INSERT INTO campaign_rehearsal VALUES ('h000000000001', $1, 'adult-2019', 2, 1, $1, $1, 0, '2019-09-06', 'running', 'x', 0, 0, 0, 0, 0, 0, 0, 0)`, draft.Digest); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO campaign_effect VALUES ('h000000000001', 'a', '430102', '43010203', 1, 0, 0, '')`)
			return err
		})
		rows := func(rehearsal string) (n int) {
			b.must(func(tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT count(*) FROM campaign_effect WHERE rehearsal = $1`, rehearsal).Scan(&n)
			})
			return n
		}
		r := b.rehearse(draft)
		if n := rows("h000000000001"); n != 0 {
			t.Errorf("%d rows of the dead one are left", n)
		}
		again := b.rehearse(draft)
		if len(b.listed(again, "430000", 0)) == 0 {
			t.Error("nobody is listed")
		}
		third := b.rehearse(draft)
		if n := rows(r.ID); n != 0 {
			t.Errorf("%d rows are left of a rehearsal that was done again", n)
		}
		b.must(func(tx *db.Tx) error {
			var state string
			if err := tx.QueryRow(ctx, `SELECT state FROM campaign_rehearsal WHERE id = 'h000000000001'`).Scan(&state); err != nil || state != "stopped" {
				t.Errorf("the dead one stands as %s, %v", state, err)
			}
			got, err := campaign.GetRehearsal(ctx, tx, r.ID)
			if got.Totals != again.Totals || got.Totals != third.Totals {
				t.Errorf("the same three times: %+v, %+v, %+v", got.Totals, again.Totals, third.Totals)
			}
			return err
		})
	})
}

// Windows that were moved travel as a version: nobody is hurt, and it is said.
func TestWindowsTravelAsAVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 60)
		c := rules.Adult2019()
		c.Version++
		moved := false
		for i, w := range c.Windows {
			if w.Step == "pay" {
				c.Windows[i].To, moved = w.To.Add(48*time.Hour), true
			}
		}
		if !moved {
			t.Fatal("there is no window for paying")
		}
		if r := b.rehearse(b.draft(c)); r.Totals != (campaign.Totals{Applications: 60}) {
			t.Errorf("%+v", r.Totals)
		}
	})
}

// A row that cannot be opened is named, and the rest is judged.
func TestAnUnreadableApplication(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 20)
		var spoiled string
		b.must(func(tx *db.Tx) error {
			if err := tx.QueryRow(ctx, `SELECT application FROM application_version ORDER BY application LIMIT 1`).Scan(&spoiled); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE application_version SET content = $1 WHERE application = $2`, []byte("nothing"), spoiled)
			return err
		})
		r := b.rehearse(b.draft(harsher()))
		list := b.listed(r, "430000", campaign.Unreadable)
		if r.Applications != 20 || r.Unreadable != 1 || len(list) != 1 || list[0].Application != spoiled {
			t.Errorf("%+v, %+v", r.Totals, list)
		}
	})
}

// A rehearsal that cannot begin is refused for what it is, and keeps nobody
// else from rehearsing.
func TestRehearsalThatCannotBegin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 40)
		for range 2 {
			if _, err := b.f.Rehearse(ctx, d, make([]byte, 32), nil, flow.Operator()); !errors.Is(err, campaign.ErrNoDraft) || errors.Is(err, campaign.ErrBusy) {
				t.Errorf("of no draft: %v", err)
			}
		}
		b.rehearse(b.draft(harsher()))
	})
}
