package intake_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// strangers are people who are not registered.
func (r *rig) strangers(n int) []synthetic.Person {
	return synthetic.Candidates(r.campaign, 99, n+len(synthetic.Cases()), synthetic.Point{Code: pointHere, Division: division})[len(synthetic.Cases()):]
}

// enters seals the confirmation of somebody whom the box first enters.
func (b *box) enters(p synthetic.Person, more ...func(*protocol.Confirmation)) (sealed, string) {
	app := p.Application.Clone()
	app.ID, app.Version, app.SequenceNumber, app.Point = protocol.NewID().String(), 1, "", b.point
	p.Application = app
	return b.seal(p, making{body: func(c *protocol.Confirmation) {
		c.Entered, c.StartedFrom = true, 0
		for _, f := range more {
			f(c)
		}
	}}), app.ID
}

func (r *rig) of(p synthetic.Person) (found candidate.Found) {
	r.read(func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = r.flow.Candidates.ByNumber(ctx, tx, r.campaign.ID, p.Application.Number())
		return err
	})
	return found
}

// TestEnteredAtAPoint: who registers at the box comes into being with her
// confirmation, is counted and told, and can be taken back and erased like all.
func TestEnteredAtAPoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b, who := r.enrol(pointHere), r.crew(pointHere)
		p := r.strangers(3)

		s, id := b.enters(p[0])
		if got := b.receipt(s); got.Outcome != protocol.Accepted {
			t.Fatalf("receipt %+v", got)
		}
		rec, row := r.record(s.Manifest.ID), r.rowOf(id)
		if rec.State != confirmation.InForce || rec.Application != id || row.State != candidate.Confirmed || row.Point != pointHere || row.Division != division || row.Version != 1 {
			t.Errorf("record %s (%s), row %+v", rec.State, rec.StateReason, row)
		}
		if c := check(rec, confirmation.CheckVersion); c.Note != confirmation.NoteEntered {
			t.Errorf("check %+v", c)
		}
		acts := map[journal.Act]int{}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.Each(ctx, `SELECT act FROM journal_entry WHERE act IN ($1, $2)`, []any{string(journal.ApplicationRegistered), string(journal.ConfirmationReceived)}, func(scan func(...any) error) error {
				var a journal.Act
				err := scan(&a)
				acts[a]++
				return err
			})
		})
		if acts[journal.ApplicationRegistered] != 2 || acts[journal.ConfirmationReceived] != 1 {
			t.Errorf("journal %v", acts)
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			all, err := notice.List(ctx, tx, notice.Reader{Applications: []string{id}}, "", 10)
			if len(all) != 2 {
				t.Errorf("%d messages wait for her", len(all))
			}
			return err
		})
		if got := b.receipt(s); got.Outcome != protocol.Accepted || r.count("application") != 2 {
			t.Errorf("said twice: %+v, %d applications", got, r.count("application"))
		}

		// She was not registered when the web took her first: that was refused.
		app := p[0].Application.Clone()
		app.ID = candidate.NewID()
		err := r.write(func(ctx context.Context, tx *db.Tx) error {
			return r.flow.Register(ctx, tx, app, candidate.FromPortal, flow.Hub())
		})
		if !errors.Is(err, candidate.ErrTaken) {
			t.Errorf("registered again: %v", err)
		}

		if got := b.receipt(b.void(s, id, who)); got.Outcome != protocol.Accepted || r.rowOf(id).State != candidate.Registered {
			t.Errorf("void: %+v, %s", got, r.rowOf(id).State)
		}

		// A small void overtakes the record with its pictures: it waits.
		first, other := b.enters(p[1])
		v := b.void(first, other, who)
		b.send(v)
		eventually(t, "an early void is passed over", func() bool { return r.in.Counts().Dropped > 0 })
		b.send(first)
		got := b.receipts(first, v)
		if a, b := got[first.Hash()], got[v.Hash()]; a.Outcome != protocol.Accepted || b.Outcome != protocol.Accepted || r.record(first.Manifest.ID).State != confirmation.Voided ||
			r.rowOf(other).State != candidate.Registered {
			t.Errorf("a confirmation %+v and the void %+v that came before it: %s", a, b, r.record(first.Manifest.ID).State)
		}
		if got := b.receipt(b.void(first, "nobody", who)); got.Outcome != protocol.Quarantined {
			t.Errorf("a void of nobody: %+v", got)
		}
		if fsck, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !fsck.OK() {
			t.Errorf("fsck %+v, %v", fsck, err)
		}
	})
}

// TestEnteredAndRegistered: she registered on the web, or at another point,
// before the record came: there is one application, what she signed is its
// newest version, or the county decides; in both orders.
func TestEnteredAndRegistered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		here, there, who := r.enrol(pointHere), r.enrol(pointThere), r.crew(pointHere)
		p := r.strangers(6)
		web := func(p synthetic.Person, point, sequence string) string {
			app := p.Application.Clone()
			app.ID, app.Version, app.Point, app.SequenceNumber = candidate.NewID(), 1, point, sequence
			app.Fields[form.PostAddress] = "某路 1 号"
			if err := r.write(func(ctx context.Context, tx *db.Tx) error {
				return r.flow.Register(ctx, tx, app, candidate.FromPortal, flow.Hub())
			}); err != nil {
				t.Fatal(err)
			}
			return app.ID
		}

		id := web(p[0], pointHere, "430102000123")
		s, entered := here.enters(p[0])
		here.receipt(s)
		rec, found := r.record(s.Manifest.ID), r.of(p[0])
		if rec.State != confirmation.InForce || rec.Application != id || found.ID != id || found.State != candidate.Confirmed || found.Version != 2 ||
			found.Application.Get(form.PostAddress) != p[0].Application.Get(form.PostAddress) || found.Application.SequenceNumber != "430102000123" {
			t.Errorf("what she signed did not win: %s (%s) %+v", rec.State, rec.StateReason, found.Row)
		}
		if got := here.receipt(here.void(s, entered, who)); got.Outcome != protocol.Accepted || r.rowOf(id).State != candidate.Registered {
			t.Errorf("a void by the box's own id: %+v, %s", got, r.rowOf(id).State)
		}
		again, _ := here.enters(p[0], func(c *protocol.Confirmation) { c.Application.ID = entered })
		if got := here.receipt(again); got.Outcome != protocol.Accepted || r.record(again.Manifest.ID).Application != id || r.rowOf(id).State != candidate.Confirmed {
			t.Errorf("confirmed again under the box's id: %+v", got)
		}

		moved := web(p[1], pointThere, "")
		s, _ = here.enters(p[1])
		here.receipt(s)
		if rec := r.record(s.Manifest.ID); rec.State != confirmation.Disputed || rec.StateReason != confirmation.NotePointMoved || rec.Application != moved || r.of(p[1]).Version != 1 {
			t.Errorf("registered for another point: %s (%s)", rec.State, rec.StateReason)
		}

		for i, order := range [][]*box{{here, there}, {there, here}} {
			one, _ := order[0].enters(p[2+i])
			two, _ := order[1].enters(p[2+i])
			order[0].receipt(one)
			order[1].receipt(two)
			a, b := r.record(one.Manifest.ID), r.record(two.Manifest.ID)
			if a.Application != b.Application || a.State != confirmation.Disputed || b.State != confirmation.Disputed {
				t.Errorf("at two points, order %d: %s %s, %v", i, a.State, b.State, a.Application == b.Application)
			}
		}

		// In one batch, at one point.
		one, _ := here.enters(p[4])
		two, _ := here.enters(p[4])
		here.send(one)
		here.send(two)
		here.receipts(one, two)
		if a, b := r.record(one.Manifest.ID), r.record(two.Manifest.ID); a.Application != b.Application || a.State != confirmation.Disputed || b.State != confirmation.Disputed {
			t.Errorf("twice at one point: %s %s", a.State, b.State)
		}

		if n := r.count("application_entered"); n < 5 {
			t.Errorf("%d met", n)
		}
		for _, x := range slices.Concat(p[:5]) {
			f := r.of(x)
			if err := r.write(func(ctx context.Context, tx *db.Tx) error {
				return r.flow.Erase(ctx, tx, flow.Erasing{Campaign: r.campaign.ID, Application: f.ID, Office: true, Reason: "asked"}, flow.Hub())
			}); err != nil {
				t.Fatal(err)
			}
		}
		if n := r.count("application_entered"); n != 0 {
			t.Errorf("%d rows of people who were erased", n)
		}
	})
}

// TestEnteredAndErased: what was erased does not come back by a record that is late.
func TestEnteredAndErased(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 1)
	b := r.enrol(pointHere)
	p := r.strangers(2)
	s, id := b.enters(p[0])
	b.receipt(s)
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		return r.flow.Erase(ctx, tx, flow.Erasing{Campaign: r.campaign.ID, Application: id, Office: true, Reason: "asked"}, flow.Hub())
	}); err != nil {
		t.Fatal(err)
	}
	late, _ := b.enters(p[0], func(c *protocol.Confirmation) { c.Application.ID = id })
	if got := b.receipt(late); got.Reason != protocol.ReasonUnknown {
		t.Errorf("late: %+v", got)
	}
	anew, other := b.enters(p[0])
	if got := b.receipt(anew); got.Outcome != protocol.Accepted || r.rowOf(other).State != candidate.Confirmed {
		t.Errorf("entered anew: %+v", got)
	}
}

// TestEnteredAgainstTheRules: what the portal would not take is taken, and the
// county decides; what no honest box makes is refused.
func TestEnteredAgainstTheRules(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 1)
	b := r.enrol(pointHere)
	p := r.strangers(5)
	s, _ := b.enters(p[0], func(c *protocol.Confirmation) { delete(c.Application.Fields, form.PostAddress) })
	b.receipt(s)
	if rec := r.record(s.Manifest.ID); rec.State != confirmation.Disputed || rec.StateReason != confirmation.NoteIncomplete {
		t.Errorf("not complete: %s (%s)", rec.State, rec.StateReason)
	}
	for name, change := range map[string]func(*protocol.Confirmation){
		"an id of no box":          func(c *protocol.Confirmation) { c.Application.ID = "1" },
		"for another point":        func(c *protocol.Confirmation) { c.Application.Point = pointThere },
		"of a later version":       func(c *protocol.Confirmation) { c.Application.Version = 2 },
		"made from a version":      func(c *protocol.Confirmation) { c.StartedFrom = 1 },
		"by another person's card": func(c *protocol.Confirmation) { c.Chip = p[2].Chip },
	} {
		s, _ := b.enters(p[1], change)
		if got := b.receipt(s); got.Reason != protocol.ReasonContent {
			t.Errorf("%s: %+v", name, got)
		}
	}
	late := r.campaign
	for _, w := range late.Windows {
		if w.Step == window.Register && w.To.After(r.clock.Now()) {
			r.clock.set(w.To.Add(time.Hour))
		}
	}
	s, _ = b.enters(p[3])
	b.receipt(s)
	if rec := r.record(s.Manifest.ID); rec.State != confirmation.TimePending || check(rec, confirmation.CheckRegister).Note != confirmation.NoteRegister {
		t.Errorf("registration closed: %s (%s)", rec.State, rec.StateReason)
	}
}
