package intake_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
)

// eventually polls until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patient); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never came true: %s", what)
		}
	}
}

func (r *rig) quarantine(box *box) []confirmation.Quarantined {
	r.t.Helper()
	var out []confirmation.Quarantined
	r.read(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = confirmation.Quarantine(ctx, tx, confirmation.Aside{Filter: confirmation.Filter{Box: string(box.id.Box), Limit: 500}})
		return err
	})
	return out
}

func (r *rig) state(b *box) fleet.State {
	r.t.Helper()
	got, ok := r.fleet.Box(string(b.id.Box))
	if !ok {
		r.t.Fatal("no such box")
	}
	return got.State
}

func (r *rig) acts(act journal.Act) (out []journal.Sealed) {
	r.t.Helper()
	r.read(func(ctx context.Context, tx *db.Tx) error {
		all, err := journal.After(ctx, tx, 0, 100000)
		for _, e := range all {
			if e.Act == act {
				out = append(out, e)
			}
		}
		return err
	})
	return out
}

func TestTheSameEnvelopeGetsTheSameReceipt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		s := b.seal(r.people[0], making{})
		first := b.receipt(s)
		for range 20 { // at once, at the hub's leisure (fault 18)
			b.send(s)
		}
		got := b.receipts(s)[s.Hash()]
		if got != first {
			t.Errorf("second receipt %+v, first %+v", got, first)
		}
		r.clock.set(opened.Add(48 * time.Hour))
		r.restart() // between commit and receipt, for all the box knows (fault 14)
		b.say(protocol.KindManifest, s.Envelope)
		if got := b.receipts(s)[s.Hash()]; got != first {
			t.Errorf("receipt after a restart %+v, first %+v", got, first)
		}
		if n := r.count("confirmation"); n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		eventually(t, "the journal tells it", func() bool { return len(r.acts(journal.ConfirmationReceived)) > 0 })
		if n := len(r.acts(journal.ConfirmationReceived)); n != 1 {
			t.Errorf("%d entries in the journal, want 1", n)
		}
	})
}

func TestReorderedAndMissing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 5)
		b := r.enrol(pointHere)
		var all []sealed
		for _, p := range r.people[:5] {
			all = append(all, b.seal(p, making{}))
		}
		for _, i := range []int{4, 0, 3} { // 2 and 3 are missing (fault 19)
			if got := b.receipt(all[i]); got.Outcome != protocol.Accepted {
				t.Fatalf("record %d: %+v", i+1, got)
			}
		}
		if c := check(r.record(all[4].Manifest.ID), confirmation.CheckChain); c.Result != confirmation.Warn || c.Note != confirmation.NoteGap {
			t.Errorf("the record after a gap is not shown as such: %+v", c)
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			fb, _ := r.fleet.Box(string(b.id.Box))
			gaps, err := fleet.Lacking(ctx, tx, fb)
			if len(gaps) != 1 || gaps[0] != (fleet.Gap{From: 2, To: 3}) {
				t.Errorf("gaps %v, want 2 to 3", gaps)
			}
			return err
		})
		// Two heartbeats in turn show it: then the hub asks.
		for range 2 {
			b.beat(protocol.Heartbeat{Head: 5})
		}
		var w protocol.Want
		b.hears(protocol.KindWant, &w)
		if len(w.Records) != 2 || w.Records[0] != 2 || w.Records[1] != 3 {
			t.Errorf("wanted %v, want 2 and 3", w.Records)
		}
		for _, i := range []int{2, 1} {
			b.receipt(all[i])
		}
		eventually(t, "the chain is whole", func() bool {
			fb, _ := r.fleet.Box(string(b.id.Box))
			return fb.Held == 5
		})
		if n := r.count("confirmation"); n != 5 {
			t.Errorf("%d records, want 5", n)
		}
	})
}

func (b *box) beat(h protocol.Heartbeat) {
	b.r.t.Helper()
	h.Address, h.Nonce = b.id, random(protocol.NonceSize)
	h.Time = protocol.TimeEvidence{Source: protocol.SourceFloor, Verdict: protocol.VerdictUndecidable}
	raw, err := protocol.SignMessage(protocol.KindHeartbeat, h, b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.say(protocol.KindHeartbeat, raw)
}

// TestHowTheStickStandsIsHeard: what a heartbeat says of the stick and of what the box
// keeps stands with the box, and outlives a hello, which says nothing of it.
func TestHowTheStickStandsIsHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b := r.enrol(pointHere)
		tell := func(h protocol.Heartbeat) {
			b.beat(h)
			var c protocol.Clock
			b.hears(protocol.KindClock, &c)
		}
		is := func(want *fleet.Stick, kept, backup uint64) {
			t.Helper()
			box, _ := r.fleet.Box(string(b.id.Box))
			if got := box.Live; fmt.Sprint(got.Stick) != fmt.Sprint(want) || got.Kept != kept || got.Backup != backup {
				t.Errorf("stick %+v, kept %d, backup %d; want %+v, %d, %d", got.Stick, got.Kept, got.Backup, want, kept, backup)
			}
		}
		tell(protocol.Heartbeat{Stick: &protocol.StickState{Records: 3, Bytes: 4000, Behind: 12500}, Kept: 9, Backup: 6})
		is(&fleet.Stick{Records: 3, Bytes: 4000, Behind: 12500 * time.Millisecond}, 9, 6)
		b.hello(protocol.Hello{})
		is(&fleet.Stick{Records: 3, Bytes: 4000, Behind: 12500 * time.Millisecond}, 9, 6)
		tell(protocol.Heartbeat{Stick: &protocol.StickState{Behind: 1 << 63}})
		is(&fleet.Stick{Behind: 365 * 24 * time.Hour}, 0, 0)
		tell(protocol.Heartbeat{})
		is(nil, 0, 0)
	})
}

// TestAJumpOfTheClockIsJournalledOnce: one entry a jump, however often a
// heartbeat tells of it, comes twice or comes late (S32).
func TestAJumpOfTheClockIsJournalledOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b, other := r.enrol(pointHere), r.enrol(pointThere)
		clock := func(state, fault string) protocol.Heartbeat {
			return protocol.Heartbeat{Devices: []protocol.DeviceState{{Name: "clock", State: state, Fault: fault}, {Name: "idcard", State: "ready"}}}
		}
		answered := func(b *box) {
			var c protocol.Clock
			b.hears(protocol.KindClock, &c)
		}
		say := b.say
		var late []byte
		b.say = func(kind protocol.Kind, payload []byte) { late = payload; say(kind, payload) }
		tell := func(h protocol.Heartbeat) { b.beat(h); answered(b) }
		tell(clock("ready", ""))
		tell(clock("fault", "jumped"))
		tell(clock("fault", "jumped"))
		again := late
		tell(clock("ready", ""))
		say(protocol.KindHeartbeat, again)
		other.beat(clock("fault", "stopped"))
		answered(other)
		tell(clock("ready", ""))
		tell(clock("fault", "jumped"))
		// An entry after all of them, so that nothing is still to be sealed.
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			return r.flow.Freeze(ctx, tx, string(b.id.Box), "end", flow.Operator())
		}); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the last entry", func() bool { return len(r.acts(journal.BoxFrozen)) == 1 })
		list := r.acts(journal.BoxClockJumped)
		if len(list) != 2 {
			t.Errorf("%d entries of two jumps", len(list))
		}
		for _, e := range list {
			if e.Subject.ID != string(b.id.Box) || e.Author.Kind != journal.ByBox || e.Point != pointHere || e.Division != division || e.Detail["source"] != protocol.SourceFloor {
				t.Errorf("entry %+v", e)
			}
		}
	})
}

func (b *box) hello(h protocol.Hello) protocol.Welcome {
	b.r.t.Helper()
	h.Address, h.Nonce, h.Boot = b.id, random(protocol.NonceSize), 1
	raw, err := protocol.SignMessage(protocol.KindHello, h, b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.say(protocol.KindHello, raw)
	var w protocol.Welcome
	b.hears(protocol.KindWelcome, &w)
	if string(w.Nonce) != string(h.Nonce) {
		b.r.t.Fatal("the welcome answers another hello")
	}
	return w
}

func TestForkFreezesTheBox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 4)
		b := r.enrol(pointHere)
		b.receipt(b.seal(r.people[0], making{}))
		clone := *b // the disk was copied here (fault 21)
		b.receipt(b.seal(r.people[1], making{}))
		other := clone.seal(r.people[2], making{})
		got := clone.receipt(other)
		if got.Outcome != protocol.Quarantined || got.Reason != protocol.ReasonFork {
			t.Errorf("the second record of one sequence: %+v", got)
		}
		if r.state(b) != fleet.Frozen {
			t.Errorf("the box is %s, want frozen", r.state(b))
		}
		if q := r.quarantine(b); len(q) != 1 || q[0].Reason != string(protocol.ReasonFork) || len(q[0].Raw) != 0 {
			t.Errorf("quarantine %+v", q)
		}
		eventually(t, "the journal tells it", func() bool {
			return len(r.acts(journal.BoxSeenFork)) == 1 && len(r.acts(journal.BoxFrozen)) == 1
		})
		// A frozen box drains: its own next record is taken, with a remark.
		next := b.seal(r.people[3], making{})
		if got := b.receipt(next); got.Outcome != protocol.Accepted {
			t.Errorf("drained from a frozen box: %+v", got)
		}
		if c := check(r.record(next.Manifest.ID), confirmation.CheckBox); c.Note != confirmation.NoteFrozen {
			t.Errorf("check %+v", c)
		}
		// The clone goes on: what follows its other history is a fork too.
		if got := clone.receipt(clone.seal(r.people[2], making{})); got.Reason != protocol.ReasonFork {
			t.Errorf("the clone's next record: %+v", got)
		}
	})
}

func TestBoxThatWentBackInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		b := r.enrol(pointHere)
		first := b.seal(r.people[0], making{})
		b.receipt(first)
		old := *b
		second := b.seal(r.people[1], making{})
		b.receipt(second)
		if w := b.hello(protocol.Hello{Head: 2, HeadHash: second.Hash(), Receipted: 2}); w.State != protocol.BoxActive || w.Receipted != 2 {
			t.Fatalf("welcome of an honest box: %+v", w)
		}
		// Restored from an image of yesterday (fault 22).
		if w := old.hello(protocol.Hello{Head: 1, HeadHash: first.Hash()}); w.State != protocol.BoxFrozen {
			t.Errorf("welcome of a box that went back: %+v", w)
		}
		// Enrolled again it begins a new chain, and the old one counts no more.
		again := &box{r: r, point: pointHere}
		again.fresh()
		again.take(r.ticket("", string(b.id.Box)))
		if again.id.Box != b.id.Box || again.id.Epoch != 2 || r.state(b) != fleet.Active {
			t.Fatalf("enrolled again as %v, %s", again.id, r.state(b))
		}
		if got := again.receipt(again.seal(r.people[2], making{})); got.Outcome != protocol.Accepted || got.Sequence != 1 {
			t.Errorf("first record of the new epoch: %+v", got)
		}
		// The old key: what was receipted keeps its receipt, anything else is refused.
		stale := old.seal(r.people[2], making{})
		again.send(stale)
		if got := again.receipts(stale)[stale.Hash()]; got.Reason != protocol.ReasonBox {
			t.Errorf("a record of the ended epoch: %+v", got)
		}
		again.say(protocol.KindManifest, first.Envelope)
		if got := again.receipts(first)[first.Hash()]; got.Outcome != protocol.Accepted {
			t.Errorf("a receipted record of the ended epoch: %+v", got)
		}
	})
}

func TestHeadOfAnotherHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		b.receipt(b.seal(r.people[0], making{}))
		if w := b.hello(protocol.Hello{Head: 1, HeadHash: protocol.HashOf([]byte("another"))}); w.State != protocol.BoxFrozen {
			t.Errorf("welcome %+v", w)
		}
	})
}

func TestLateHelloIsNoStepBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		h := protocol.Hello{Address: b.id, Nonce: random(protocol.NonceSize), Boot: 1}
		raw, err := protocol.SignMessage(protocol.KindHello, h, b.key)
		if err != nil {
			t.Fatal(err)
		}
		b.say(protocol.KindHello, raw)
		b.hears(protocol.KindWelcome, &protocol.Welcome{})
		b.receipt(b.seal(r.people[0], making{}))
		b.say(protocol.KindHello, raw) // a broker says it again, after the record
		b.receipt(b.seal(r.people[1], making{}))
		if r.state(b) != fleet.Active {
			t.Error("a repeated hello froze an honest box")
		}
	})
}

func TestStrangersAndReplays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		a, b := r.enrol(pointHere), r.enrol(pointHere)
		s := a.seal(r.people[0], making{})

		// B says A's envelope as its own, before A's has come.
		b.say(protocol.KindManifest, s.Envelope)
		if got := b.receipts(s)[s.Hash()]; got.Reason != protocol.ReasonBox {
			t.Errorf("another box's envelope: %+v", got)
		}
		if got := a.receipt(s); got.Outcome != protocol.Accepted {
			t.Errorf("after the replay, A's own: %+v", got)
		}
		// B signs A's manifest as its own record: the body is bound to A.
		m := s.Manifest
		m.Box, m.ID = b.id.Box, protocol.NewID()
		env, err := protocol.SignMessage(protocol.KindManifest, m, b.key)
		if err != nil {
			t.Fatal(err)
		}
		stolen := sealed{Record: protocol.Record{Manifest: m, Envelope: env, Body: s.Body}, parts: s.parts}
		if got := b.receipt(stolen); got.Reason != protocol.ReasonOpen {
			t.Errorf("A's body under B's name: %+v", got)
		}
		// Signed by nobody we know.
		c := *a
		c.fresh()
		c.id = a.id
		forged := c.sealAs(r.people[1], 2, s.Hash(), making{})
		if got := a.receipt(forged); got.Reason != protocol.ReasonSignature {
			t.Errorf("forged: %+v", got)
		}
		// The same id with other content.
		twin := a.sealAs(r.people[1], 2, s.Hash(), making{head: func(m *protocol.Manifest) { m.ID = s.Manifest.ID }})
		if got := a.receipt(twin); got.Reason != protocol.ReasonConflict {
			t.Errorf("same id, other content: %+v", got)
		}
		// What was forged takes no place: A's real second record does.
		a.seq, a.prev = 1, s.Hash()
		if got := a.receipt(a.seal(r.people[1], making{})); got.Outcome != protocol.Accepted {
			t.Errorf("A's second record: %+v", got)
		}
		if r.state(a) != fleet.Active || r.state(b) != fleet.Active {
			t.Error("an attack froze a box")
		}
		// Garbage is set aside by its hash and shown.
		a.say(protocol.KindManifest, []byte("no envelope"))
		var rs protocol.Receipts
		a.hears(protocol.KindReceipts, &rs)
		if rs.Entries[0].Reason != protocol.ReasonMalformed || rs.Entries[0].Envelope != protocol.HashOf([]byte("no envelope")) {
			t.Errorf("garbage: %+v", rs.Entries)
		}
		if n := len(r.quarantine(a)); n != 3 {
			t.Errorf("%d in quarantine for A, want 3", n)
		}
		for _, q := range append(r.quarantine(a), r.quarantine(b)...) {
			if q.Division != division {
				t.Errorf("set aside for %s in division %q: its office does not see it", q.Reason, q.Division)
			}
		}
	})
}

func TestRevokedBoxIsNotHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		a, b := r.enrol(pointHere), r.enrol(pointHere)
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			return r.flow.Revoke(ctx, tx, string(a.id.Box), "stolen", flow.Operator())
		}); err != nil {
			t.Fatal(err)
		}
		a.send(a.seal(r.people[0], making{})) // through an external broker that does not know yet
		b.receipt(b.seal(r.people[1], making{}))
		eventually(t, "dropped", func() bool { return r.in.Counts().Dropped == 2 })
		if n := r.count("confirmation"); n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		if n := r.count("quarantine"); n != 0 {
			t.Errorf("%d in quarantine, want none", n)
		}
	})
}
