package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

// pair is two persons of the county.
type pair struct {
	r           *rig
	asks, other staff.Account
}

func (r *rig) pair() pair {
	return pair{r, r.hire("asks", staff.CountyOperator, ""), r.hire("other", staff.CountyOperator, "")}
}

func byAccount(a staff.Account) flow.By {
	return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: a.ID}}
}

// agreed asks for something to be done with what is held, and agrees to it.
func (p pair) agreed(q confirmation.Quarantined, terms string) intake.Forcing {
	p.r.t.Helper()
	var of countersign.Act
	err := p.r.write(func(ctx context.Context, tx *db.Tx) (err error) {
		of, err = p.r.flow.AskSecond(ctx, tx, countersign.Act{Act: flow.ActHeld, Subject: "held/" + q.ID, Terms: terms, Division: q.Division, Point: q.Point, Reason: "查过了，本人来过"}, byAccount(p.asks))
		if err != nil {
			return err
		}
		return p.r.flow.AgreeSecond(ctx, tx, of.ID, byAccount(p.other))
	})
	if err != nil {
		p.r.t.Fatal(err)
	}
	return intake.Forcing{ID: q.ID, Second: of.ID, Reason: of.Reason, Who: p.asks, By: byAccount(p.asks)}
}

// aside sends a record that is set aside, and gives it as the hub holds it.
func (r *rig) aside(b *box, s sealed, why protocol.Reason) confirmation.Quarantined {
	r.t.Helper()
	if got := b.receipt(s); got.Outcome != protocol.Quarantined || got.Reason != why {
		r.t.Fatalf("got %s %s, want quarantined for %s", got.Outcome, got.Reason, why)
	}
	return r.heldOf(b, s)
}

func (r *rig) heldOf(b *box, s sealed) confirmation.Quarantined {
	r.t.Helper()
	for _, q := range r.quarantine(b) {
		if q.Hash == s.Hash().String() {
			return q
		}
	}
	r.t.Fatal("it is not in quarantine")
	return confirmation.Quarantined{}
}

func (r *rig) look(q confirmation.Quarantined, chance intake.Chance, bar string) intake.Opened {
	r.t.Helper()
	seen, err := r.in.Look(r.t.Context(), q.ID)
	if err != nil || seen.Chance != chance || seen.Bar != bar {
		r.t.Errorf("what was set aside for %s: %s, %q, %v; want %s, %q", q.Reason, seen.Chance, seen.Bar, err, chance, bar)
	}
	return seen
}

// force has two persons take what is held, and the box hears of it.
func (p pair) force(b *box, q confirmation.Quarantined, s sealed) {
	p.r.t.Helper()
	if _, err := p.r.in.Force(p.r.t.Context(), p.agreed(q, "take")); err != nil {
		p.r.t.Fatalf("set aside for %s: %v; log: %s", q.Reason, err, p.r.logged())
	}
	if got := b.receipts(s)[s.Hash()]; got.Outcome != protocol.Accepted || got.Reason != "" {
		p.r.t.Errorf("the box heard %+v", got)
	}
}

// TestForcedByTwo: what a rule refused two persons take in the end. It is in like
// every record; which rule it broke stays on it and in the journal; its box and
// she are told; and it goes the same way however often it comes.
func TestForcedByTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 4)
		b, p := r.enrol(pointHere), r.pair()
		s := b.seal(r.people[0], making{body: func(c *protocol.Confirmation) { c.Chip.Number = r.people[1].Chip.Number }})
		q := r.aside(b, s, protocol.ReasonContent)
		seen := r.look(q, intake.ChanceForce, "content")
		if seen.Record.ID != s.Manifest.ID.String() || seen.Application != r.people[0].Application.ID || !seen.Signed {
			t.Errorf("seen %+v", seen.Record)
		}
		f := p.agreed(q, "take")
		alone := f
		alone.By, alone.Who = byAccount(p.other), p.other
		if _, err := r.in.Force(t.Context(), alone); !errors.Is(err, flow.ErrSamePerson) {
			t.Errorf("who agreed does it herself: %v", err)
		}
		foreign := f
		foreign.Who.Division = "430104"
		if _, err := r.in.Force(t.Context(), foreign); !errors.Is(err, flow.ErrDecider) {
			t.Errorf("another county: %v", err)
		}
		if n := r.count("confirmation"); n != 0 {
			t.Fatalf("%d records of what nobody took", n)
		}
		id, err := r.in.Force(t.Context(), f)
		if err != nil || id != s.Manifest.ID.String() {
			t.Fatalf("forced: %s, %v; log: %s", id, err, r.logged())
		}
		first := b.receipts(s)[s.Hash()]
		if first.Outcome != protocol.Accepted {
			t.Errorf("the box heard %+v", first)
		}
		rec := r.record(s.Manifest.ID)
		if c := check(rec, confirmation.CheckForced); rec.State != confirmation.InForce || rec.Forced != q.ID || c.Result != confirmation.Warn || c.Note != "content" {
			t.Errorf("the record is %s, %q, %+v", rec.State, rec.Forced, c)
		}
		if c := check(rec, confirmation.CheckNumber); c.Result != confirmation.Fail {
			t.Errorf("the rule that it broke does not stand on it: %+v", c)
		}
		if got := r.heldOf(b, s); got.Fate != confirmation.FateTaken || got.SettledBy != p.asks.ID || got.Second != p.other.ID || got.Why == "" || got.Reason != "content" {
			t.Errorf("what was set aside says %+v", got)
		}
		if _, err := r.in.Force(t.Context(), f); !errors.Is(err, confirmation.ErrSettled) {
			t.Errorf("once more: %v", err)
		}
		if err := r.in.Refuse(t.Context(), f); !errors.Is(err, confirmation.ErrSettled) {
			t.Errorf("refused after it was taken: %v", err)
		}
		if got := b.receipt(s); got != first {
			t.Errorf("the same envelope again: %+v, want %+v", got, first)
		}
		b.hello(protocol.Hello{Head: b.seq, HeadHash: b.prev}) // it may have been away
		if got := b.receipts(s)[s.Hash()]; got != first {
			t.Errorf("at its next hello: %+v", got)
		}
		r.sealed(journal.RecordForced, func(e journal.Sealed) {
			if e.Detail["rule"] != "content" || e.Detail["second"] != p.other.ID || e.Author.ID != p.asks.ID || e.Detail["application"] != r.people[0].Application.ID {
				t.Errorf("the journal says %+v", e.Entry)
			}
		})
		next := b.seal(r.people[2], making{})
		if got := b.receipt(next); got.Outcome != protocol.Accepted || check(r.record(next.Manifest.ID), confirmation.CheckChain).Result != confirmation.Pass {
			t.Errorf("the record after it: %+v", got)
		}
		r.wellKept()
	})
}

// sealed gives the one entry of an act, when it is in the chain.
func (r *rig) sealed(act journal.Act, f func(journal.Sealed)) {
	r.t.Helper()
	var all []journal.Sealed
	eventually(r.t, "one "+string(act), func() bool { all = r.acts(act); return len(all) == 1 })
	f(all[0])
}

func (r *rig) wellKept() {
	r.t.Helper()
	if fsck, err := intake.Fsck(r.t.Context(), r.db, r.blobs); err != nil || !fsck.OK() {
		r.t.Errorf("fsck %+v, %v", fsck, err)
	}
}

// TestForcedEachRule: the other rules that two persons go against.
func TestForcedEachRule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 4)
		b, p, who := r.enrol(pointHere), r.pair(), r.crew(pointHere)

		// A hub that lost an application: it comes into being by what she signed.
		lost := r.strangers(1)[0]
		lost.Application.Version = 3
		s := b.seal(lost, making{})
		q := r.aside(b, s, protocol.ReasonUnknown)
		r.look(q, intake.ChanceForce, "no-application")
		p.force(b, q, s)
		if row := r.rowOf(lost.Application.ID); row.Version != 1 || row.State != "confirmed" || row.Point != pointHere {
			t.Errorf("what came into being: %+v", row)
		}

		// The second record of one sequence: both stand, each for its person.
		first := b.seal(r.people[0], making{})
		b.receipt(first)
		fork := b.sealAs(r.people[1], b.seq, first.Manifest.Previous, making{})
		q = r.aside(b, fork, protocol.ReasonFork)
		r.look(q, intake.ChanceForce, "fork")
		p.force(b, q, fork)
		for n, of := range []sealed{first, fork} {
			if rec := r.record(of.Manifest.ID); rec.State != confirmation.InForce || rec.Sequence != first.Manifest.Sequence {
				t.Errorf("side %d of the fork: %s", n, rec.State)
			}
		}
		if r.state(b) != fleet.Frozen {
			t.Error("the box is not frozen any more")
		}
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			return r.flow.Release(ctx, tx, string(b.id.Box), "核对过两份", flow.Operator())
		}); err != nil {
			t.Fatal(err)
		}

		// A void of the next day: the county takes the confirmation back.
		r.clock.set(r.clock.Now().Add(24 * time.Hour))
		late := b.void(first, r.people[0].Application.ID, who)
		q = r.aside(b, late, protocol.ReasonAssent)
		r.look(q, intake.ChanceForce, "assent")
		p.force(b, q, late)
		if rec := r.record(first.Manifest.ID); rec.State != confirmation.Voided {
			t.Errorf("what was voided is %s", rec.State)
		}
		r.wellKept()
	})
}

// TestForcedFromElsewhere: its box stood at another point when it sealed it, and
// came back by its stick after it had been enrolled there anew.
func TestForcedFromElsewhere(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 2)
	b, p := r.enrol(pointHere), r.pair()
	s := b.seal(r.people[0], making{body: func(c *protocol.Confirmation) { c.Point = pointThere }})
	q := r.aside(b, s, protocol.ReasonContent)
	r.look(q, intake.ChanceForce, "content")
	p.force(b, q, s)
	if rec := r.record(s.Manifest.ID); rec.Point != pointThere || rec.State != confirmation.Disputed || rec.StateReason != confirmation.NoteOtherPoint {
		t.Errorf("the record lies at %s, %s %s", rec.Point, rec.State, rec.StateReason)
	}
}

// TestNeverForced: what is no evidence nobody can take, and what is to be put
// right first is said.
func TestNeverForced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 4)
		b, p := r.enrol(pointHere), r.pair()
		other := r.enrol(pointHere)
		good := b.seal(r.people[0], making{})
		b.receipt(good)

		forged := other.seal(r.people[1], making{head: func(m *protocol.Manifest) { m.Box = b.id.Box; m.Sequence, m.Previous = b.seq+1, b.prev }})
		again := b.seal(r.people[1], making{head: func(m *protocol.Manifest) { m.ID = good.Manifest.ID }})
		unknown := b.seal(r.people[2], making{head: func(m *protocol.Manifest) { m.CampaignVersion = 99 }})
		torn := b.seal(r.people[2], making{blob: func(role string, data []byte) []byte {
			if role == protocol.RoleChipText {
				return nil
			}
			return data
		}})
		for _, c := range []struct {
			what   string
			s      sealed
			why    protocol.Reason
			chance intake.Chance
			bar    string
		}{
			{"a false signature", forged, protocol.ReasonSignature, intake.ChanceNever, "signature"},
			{"an id that came before", again, protocol.ReasonConflict, intake.ChanceNever, "id-conflict"},
			{"a version of the campaign that is not here", unknown, protocol.ReasonCampaign, intake.ChanceAgain, "unknown-campaign"},
		} {
			q := r.aside(b, c.s, c.why)
			r.look(q, c.chance, c.bar)
			if _, err := r.in.Force(t.Context(), p.agreed(q, "take")); !errors.Is(err, intake.ErrBarred) {
				t.Errorf("%s: %v", c.what, err)
			}
			if got := r.heldOf(b, c.s); got.Fate != confirmation.FateHeld {
				t.Errorf("%s is %s", c.what, got.Fate)
			}
		}
		// One without a chip is against a rule, not against its nature.
		q := r.aside(b, torn, protocol.ReasonContent)
		r.look(q, intake.ChanceForce, "content")

		// Refused for good: the box hears why, and she that she is to come again.
		f := p.agreed(q, "refuse")
		if err := r.in.Refuse(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if got := b.receipts(torn)[torn.Hash()]; got.Outcome != protocol.Quarantined || got.Reason != protocol.ReasonRefused {
			t.Errorf("the box heard %+v", got)
		}
		if got := b.receipt(torn); got.Reason != protocol.ReasonRefused {
			t.Errorf("the same envelope again: %+v", got)
		}
		if _, err := r.in.Force(t.Context(), p.agreed(q, "take")); !errors.Is(err, confirmation.ErrSettled) {
			t.Errorf("forced after it was refused: %v", err)
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			told, err := notice.List(ctx, tx, notice.Reader{Applications: []string{r.people[2].Application.ID}}, "", 10)
			var kinds []string
			for _, n := range told {
				kinds = append(kinds, string(n.Kind))
			}
			if got := strings.Join(kinds, " "); !strings.HasPrefix(got, "held-refused quarantined") {
				t.Errorf("she was told %s", got)
			}
			return err
		})
		r.wellKept()
	})
}

// TestFreeAfterAll: once the cause is mended no rule refuses what was set aside for
// it; two persons take it all the same.
func TestFreeAfterAll(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 2)
	b, p := r.enrol(pointHere), r.pair()
	late := r.strangers(1)[0]
	s := b.seal(late, making{})
	q := r.aside(b, s, protocol.ReasonUnknown)
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		return r.flow.Register(ctx, tx, late.Application, candidate.FromPortal, flow.Hub())
	}); err != nil {
		t.Fatal(err)
	}
	r.look(q, intake.ChanceFree, "")
	p.force(b, q, s)
	if rec := r.record(s.Manifest.ID); rec.State != confirmation.InForce || check(rec, confirmation.CheckApplication).Result != confirmation.Pass {
		t.Errorf("%s, %+v", rec.State, rec.Checks)
	}
}
