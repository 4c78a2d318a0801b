package intake_test

import (
	"context"
	"sync"
	"testing"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// types seals the confirmation of somebody whom a clerk first enters from papers, with
// the number of whose.
func (b *box) types(p, whose synthetic.Person, more ...func(*protocol.Confirmation)) (sealed, string) {
	app := p.Application.Clone()
	app.ID, app.Version, app.SequenceNumber, app.Point = protocol.NewID().String(), 1, "", b.point
	app.Fields[form.DocumentNumber] = whose.Application.Get(form.DocumentNumber)
	for _, key := range []string{form.BirthDate, form.Sex} { // the desk takes no others with this number
		app.Fields[key] = whose.Application.Get(key)
	}
	p.Application, p.Chip = app, form.Chip{Number: whose.Chip.Number, Name: p.Chip.Name, Sex: whose.Chip.Sex, Birth: whose.Chip.Birth}
	id := app.ID
	return b.papersOf(p, [][]byte{drawn(b.r.t.(*testing.T), 60, 40)}, func(c *protocol.Confirmation) {
		c.Entered, c.StartedFrom = true, 0
		for _, f := range more {
			f(c)
		}
		id = c.Application.ID
	}), id
}

// complete are people who are not registered and whom the portal would take at either
// point.
func (r *rig) complete(n int) (out []synthetic.Person) {
	r.t.Helper()
	checker, err := r.campaign.Checker()
	if err != nil {
		r.t.Fatal(err)
	}
	places := map[string]rules.Place{}
	r.read(func(ctx context.Context, tx *db.Tx) error {
		for _, code := range []string{pointHere, pointThere} {
			o, err := org.GetPoint(ctx, tx, code)
			if err != nil {
				return err
			}
			places[code] = campaign.PlaceOf(o)
		}
		return nil
	})
	for _, p := range r.strangers(10 * n) {
		fits := func(point string) bool {
			app := p.Application.Clone()
			app.Point = point
			return checker.Check(app, places[point], r.clock.Now()).Valid()
		}
		if fits(pointHere) && fits(pointThere) && len(out) < n {
			out = append(out, p)
		}
	}
	if len(out) < n {
		r.t.Fatalf("only %d people are complete", len(out))
	}
	return out
}

// web registers somebody at the portal.
func (r *rig) web(p synthetic.Person, point string) string {
	r.t.Helper()
	app := p.Application.Clone()
	app.ID, app.Version, app.Point, app.SequenceNumber = candidate.NewID(), 1, point, ""
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		return r.flow.Register(ctx, tx, app, candidate.FromPortal, flow.Hub())
	}); err != nil {
		r.t.Fatal(err)
	}
	return app.ID
}

// wait checks that a record waits for the county apart from whose number it is.
func (r *rig) wait(what string, s sealed, id string) {
	r.t.Helper()
	rec, row := r.record(s.Manifest.ID), r.rowOf(id)
	if rec.State != confirmation.Disputed || rec.StateReason != confirmation.NoteOtherPerson || rec.Application != id {
		r.t.Errorf("%s: the other's record is %s (%s) of %s, not of %s", what, rec.State, rec.StateReason, rec.Application, id)
	}
	if !row.Apart || row.State == candidate.Withdrawn {
		r.t.Errorf("%s: the other's application %+v", what, row)
	}
}

// untouched checks that somebody's application is as she made it, and nobody told her
// anything.
func (r *rig) untouched(what, id string, p synthetic.Person, state candidate.State, messages int) {
	r.t.Helper()
	found := r.of(p)
	if found.ID != id || found.State != state || found.Version != 1 || found.Application.Name() != p.Application.Name() {
		r.t.Errorf("%s: hers is %+v", what, found.Row)
	}
	r.read(func(ctx context.Context, tx *db.Tx) error {
		all, err := notice.List(ctx, tx, notice.Reader{Applications: []string{id}}, "", 10)
		if len(all) != messages {
			r.t.Errorf("%s: she was told %d things, want %d", what, len(all), messages)
		}
		return err
	})
}

func (r *rig) inForce(what string, s sealed, id string) {
	r.t.Helper()
	if rec := r.record(s.Manifest.ID); rec.State != confirmation.InForce || rec.Application != id {
		r.t.Errorf("%s: hers is %s (%s) of %s, not of %s", what, rec.State, rec.StateReason, rec.Application, id)
	}
}

// TestAnotherPersonsNumber: a number that a clerk typed wrong from papers is another
// person's. The record is taken and waits; whose number it is goes through all of it
// as if nothing had been, whichever comes first.
func TestAnotherPersonsNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		here, there, who := r.enrol(pointHere), r.enrol(pointThere), r.crew(pointHere)
		p := r.complete(12)

		// She is registered; the wrong record comes; she confirms with her chip.
		id := r.web(p[0], pointHere)
		s, other := there.types(p[1], p[0])
		if got := there.receipt(s); got.Outcome != protocol.Accepted {
			t.Fatalf("receipt %+v", got)
		}
		r.wait("she is registered", s, other)
		r.untouched("she is registered", id, p[0], candidate.Registered, 1)
		hers := p[0]
		hers.Application.ID, hers.Application.Version, hers.Application.Point = id, 1, pointHere
		mine := here.seal(hers, making{})
		here.receipt(mine)
		r.inForce("she confirms after it", mine, id)
		r.wait("she confirms after it", s, other)
		r.untouched("she confirms after it", id, p[0], candidate.Confirmed, 2)

		// The clerk sees it the same day, takes it back, and enters her anew.
		wrong, other := here.types(p[2], p[0])
		here.receipt(wrong)
		r.wait("she confirmed before it", wrong, other)
		if got := here.receipt(here.void(wrong, other, who)); got.Outcome != protocol.Accepted || r.record(wrong.Manifest.ID).State != confirmation.Voided || r.rowOf(other).State != candidate.Withdrawn {
			t.Errorf("taken back: %+v, %s, %s", got, r.record(wrong.Manifest.ID).State, r.rowOf(other).State)
		}
		right, anew := here.types(p[2], p[2])
		here.receipt(right)
		r.inForce("entered anew", right, anew)
		r.inForce("after all of it", mine, id)
		r.untouched("after all of it", id, p[0], candidate.Confirmed, 2)

		// A void that overtakes its record.
		late, gone := here.types(p[2], p[0])
		v := here.void(late, gone, who)
		here.send(v)
		here.send(late)
		here.receipts(late, v)
		if rec := r.record(late.Manifest.ID); rec.State != confirmation.Voided || r.rowOf(gone).State != candidate.Withdrawn {
			t.Errorf("a void that came first: %s, %s", rec.State, r.rowOf(gone).State)
		}

		// Entered first, and registered by nobody; then she comes with her chip.
		first, ghost := here.types(p[3], p[4])
		here.receipt(first)
		r.inForce("nobody knows better", first, ghost)
		chip, own := there.enters(p[4])
		there.receipt(chip)
		r.inForce("her chip", chip, own)
		r.wait("her chip", first, ghost)
		if c := check(r.record(chip.Manifest.ID), confirmation.CheckNumber); c.Note != confirmation.NoteNumberTyped || c.Result != confirmation.Pass {
			t.Errorf("her chip: %+v", c)
		}
		r.untouched("her chip", own, p[4], candidate.Confirmed, 2)
		// … both in one batch, in either order.
		one, a := here.types(p[5], p[6])
		two, b := here.enters(p[6])
		here.send(one)
		here.send(two)
		here.receipts(one, two)
		r.wait("in one batch", one, a)
		r.inForce("in one batch", two, b)
		two, b = here.enters(p[7])
		one, a = here.types(p[5], p[7])
		here.send(two)
		here.send(one)
		here.receipts(two, one)
		r.wait("in one batch, she first", one, a)
		r.inForce("in one batch, she first", two, b)

		// Both typed: who came first has it until the county says otherwise.
		one, a = here.types(p[8], p[8])
		two, b = there.types(p[9], p[8])
		here.receipt(one)
		there.receipt(two)
		r.inForce("both typed", one, a)
		r.wait("both typed", two, b)

		// The same name: hers, as before; a chip whose name differs: hers.
		hersToo := r.web(p[10], pointHere)
		same, _ := here.types(p[10], p[10])
		here.receipt(same)
		r.inForce("the same name", same, hersToo)
		married := r.web(p[11], pointHere)
		changed := p[11]
		changed.Application = changed.Application.Clone()
		changed.Application.Fields[form.FullName] = "欧阳新名"
		changed.Chip.Name = "欧阳新名"
		other2, _ := here.enters(changed)
		here.receipt(other2)
		r.inForce("a chip with another name", other2, married)

		r.settledJournal()
		if fsck, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !fsck.OK() {
			t.Errorf("fsck %+v, %v", fsck, err)
		}
	})
}

// TestAnotherPersonsNumberDecided: what the county says of it.
func TestAnotherPersonsNumberDecided(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		here, who := r.enrol(pointHere), r.crew(pointHere)
		county := r.hire("county", staff.CountyOperator, "")
		p := r.complete(8)
		rule := func(id, keep string) {
			t.Helper()
			if err := r.write(func(ctx context.Context, tx *db.Tx) error {
				c, err := r.flow.Case(ctx, tx, id)
				if err != nil {
					return err
				}
				_, err = r.flow.Decide(ctx, tx, flow.Decision{Application: id, Keep: keep, Seen: c.Seen(), Reason: "asked them both"}, county, flow.Hub())
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}

		// Another's number: the record is none, and she is entered anew.
		id := r.web(p[0], pointHere)
		s, other := here.types(p[1], p[0])
		here.receipt(s)
		rule(other, "")
		if rec := r.record(s.Manifest.ID); rec.State != confirmation.Overruled || r.rowOf(other).State != candidate.Withdrawn {
			t.Errorf("none: %s, %+v", rec.State, r.rowOf(other))
		}
		r.untouched("none", id, p[0], candidate.Registered, 1)
		// … under the same id with the same number once more: it waits again.
		again, _ := here.types(p[1], p[0], func(c *protocol.Confirmation) { c.Application.ID = other })
		here.receipt(again)
		r.wait("once more", again, other)
		rule(other, "")

		// The same person, whose name was written otherwise: it is hers.
		id = r.web(p[2], pointHere)
		s, other = here.types(p[3], p[2])
		here.receipt(s)
		rule(other, s.Manifest.ID.String())
		r.inForce("the same person", s, id)
		if f := r.of(p[2]); f.State != candidate.Confirmed || f.Application.Name() != p[3].Application.Name() || r.rowOf(other).State != candidate.Withdrawn {
			t.Errorf("the same person: %+v, %+v", f.Row, r.rowOf(other))
		}
		if got := here.receipt(here.void(s, other, who)); got.Outcome != protocol.Accepted || r.rowOf(id).State != candidate.Registered {
			t.Errorf("taken back by the id of the box: %+v, %s", got, r.rowOf(id).State)
		}

		// … who is confirmed already: both stand until the county says which counts.
		id = r.web(p[4], pointHere)
		hers := p[4]
		hers.Application.ID, hers.Application.Version, hers.Application.Point = id, 1, pointHere
		mine := here.seal(hers, making{})
		s, other = here.types(p[5], p[4])
		here.receipts(func() []sealed { here.send(mine); here.send(s); return []sealed{mine, s} }()...)
		rule(other, s.Manifest.ID.String())
		a, b := r.record(mine.Manifest.ID), r.record(s.Manifest.ID)
		if a.State != confirmation.Disputed || b.State != confirmation.Disputed || b.Application != id || b.StateReason != confirmation.NoteTwice {
			t.Errorf("the same person, confirmed twice: %s, %s (%s)", a.State, b.State, b.StateReason)
		}
		rule(id, mine.Manifest.ID.String())
		r.inForce("the first counts", mine, id)

		// Whose number it was has gone: it is hers.
		id = r.web(p[6], pointHere)
		s, other = here.types(p[7], p[6])
		here.receipt(s)
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := r.flow.Candidates.Withdraw(ctx, tx, id)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		rule(other, s.Manifest.ID.String())
		r.inForce("nobody else's any more", s, other)
		if f := r.of(p[6]); f.ID != other || f.Apart {
			t.Errorf("nobody else's any more: %+v", f.Row)
		}
	})
}

// TestTwoHubsAndOneNumber: she registers at one hub in the very moment at which another
// takes the record with her number: the two never become one.
func TestTwoHubsAndOneNumber(t *testing.T) {
	a, _ := newGroup(t, 1)
	b := a.enrol(pointHere)
	p := a.complete(2)
	hers := p[0].Application.Clone()
	hers.ID, hers.Version, hers.Point, hers.SequenceNumber = candidate.NewID(), 1, pointHere, ""
	taken, end, told := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	release := sync.OnceFunc(func() { close(end) })
	defer release()
	did := sync.OnceFunc(func() { close(taken) })
	go func() {
		told <- a.db.Write(t.Context(), func(tx *db.Tx) error {
			err := a.flow.Register(t.Context(), tx, hers, candidate.FromPortal, flow.Hub())
			did()
			<-end
			return err
		})
	}()
	<-taken
	s, other := b.types(p[1], p[0])
	b.send(s)
	eventually(t, "the record waits for her", func() bool {
		var n int
		a.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		})
		return n > 0
	})
	release()
	if err := <-told; err != nil {
		t.Fatal(err)
	}
	if got := b.receipts(s)[s.Hash()]; got.Outcome != protocol.Accepted {
		t.Fatalf("receipt %+v", got)
	}
	a.wait("at once", s, other)
	a.untouched("at once", hers.ID, p[0], candidate.Registered, 1)
}
