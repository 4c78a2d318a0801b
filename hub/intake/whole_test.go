package intake_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
)

// bare takes from what is held its parts, or its bytes with them: so it stands that
// was refused before its parts came, by an older hub, or over the share of its box.
func (r *rig) bare(q confirmation.Quarantined, raw bool) {
	r.t.Helper()
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE quarantine SET parts = '', kept = 0, raw = CASE WHEN $1 THEN raw ELSE NULL END WHERE id = $2`, raw, q.ID)
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := intake.Sweep(context.Background(), r.db, r.blobs, r.clock.Now().AddDate(100, 0, 0)); err != nil { // nothing names them now
		r.t.Fatal(err)
	}
}

// late has an application that is not here confirmed: what its box seals is set aside.
func (r *rig) late(b *box) (sealed, confirmation.Quarantined) {
	r.t.Helper()
	s := b.seal(r.strangers(1)[0], making{big: 40_000})
	return s, r.aside(b, s, protocol.ReasonUnknown)
}

// TestWholeByItsBox: what is held without its parts, or without its bytes, is asked
// for when its box says hello, or by an office; what the box says again makes it
// whole, once; why it is held and what the box was told stay. Then two persons take
// it as any other.
func TestWholeByItsBox(t *testing.T) {
	for name, c := range map[string]struct{ raw, group bool }{"its parts": {true, false}, "its bytes": {false, false}, "its parts, several hubs": {true, true}} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			raw := c.raw
			r := newRig(t, d, 4, func(r *rig) { r.group = c.group })
			b, p := r.enrol(pointHere), r.pair()
			s, q := r.late(b)
			r.bare(q, raw)
			bar := map[bool]string{true: intake.BarParts, false: intake.BarGone}[raw]
			seen := r.look(q, intake.ChanceAgain, bar)
			if m := seen.Missing; m == nil || !m.Ask || m.Full || raw && (m.Parts != len(s.parts) || m.Of != len(s.parts) || m.Bytes == 0) {
				t.Errorf("%s: missing %+v", name, m)
			}
			if _, err := r.in.Force(t.Context(), p.agreed(q, "take")); !errors.Is(err, intake.ErrBarred) {
				t.Errorf("%s: forced without them: %v", name, err)
			}
			var want protocol.Want
			b.hello(protocol.Hello{Head: b.seq, HeadHash: b.prev})
			if b.hears(protocol.KindWant, &want); !slices.Equal(want.Records, []uint64{s.Manifest.Sequence}) {
				t.Errorf("%s: asked for %v", name, want.Records)
			}
			if err := r.in.AskAgain(t.Context(), q.ID, byAccount(p.asks)); err != nil {
				t.Fatal(err)
			}
			if b.hears(protocol.KindWant, &want); !slices.Equal(want.Records, []uint64{s.Manifest.Sequence}) {
				t.Errorf("%s: asked by an office for %v", name, want.Records)
			}
			if got := b.receipt(s); got.Outcome != protocol.Quarantined || got.Reason != protocol.ReasonUnknown {
				t.Errorf("%s: said again: %+v", name, got)
			}
			got := r.heldOf(b, s)
			if got.Completed == 0 || got.By != intake.CarrierWire || got.Kept == 0 || len(got.Parts) != len(s.parts) || got.Asked == 0 || got.Reason != q.Reason || got.ID != q.ID {
				t.Errorf("%s: it is held as %+v", name, got)
			}
			if got := b.receipt(s); got.Reason != protocol.ReasonUnknown { // once more: nothing to be done
				t.Errorf("%s: a third time: %+v", name, got)
			}
			if all := r.quarantine(b); len(all) != 1 || all[0].Completed != got.Completed {
				t.Errorf("%s: %d rows", name, len(all))
			}
			if err := r.in.AskAgain(t.Context(), q.ID, byAccount(p.asks)); !errors.Is(err, intake.ErrNotAsked) {
				t.Errorf("%s: asked for what is whole: %v", name, err)
			}
			r.sealed(journal.RecordCompleted, func(e journal.Sealed) {
				if e.Detail["carrier"] != intake.CarrierWire || e.Subject.ID != q.ID {
					t.Errorf("the journal says %+v", e.Entry)
				}
			})
			r.look(q, intake.ChanceForce, "no-application")
			p.force(b, q, s)
			if rec := r.record(s.Manifest.ID); rec.State != confirmation.InForce {
				t.Errorf("%s: the record is %s", name, rec.State)
			}
			r.wellKept()
		})
	}
}

// TestWholeByStick: a record of an ended epoch was said over the wire and refused
// before its parts; the stick of that box brings them. Nobody asks the box, which
// has another chain by now.
func TestWholeByStick(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		b, p := r.enrol(pointHere), r.pair()
		s := b.seal(r.people[0], making{big: 40_000})
		code := r.ticket(pointHere, string(b.id.Box))
		b.fresh()
		b.take(code)
		q := r.aside(b, s, protocol.ReasonBox)
		if seen := r.look(q, intake.ChanceAgain, intake.BarParts); seen.Missing == nil || seen.Missing.Ask || seen.Missing.Parts != len(s.parts) {
			t.Errorf("missing %+v", seen.Missing)
		}
		if err := r.in.AskAgain(t.Context(), q.ID, flow.Operator()); !errors.Is(err, intake.ErrNotAsked) {
			t.Errorf("the box was asked for a chain that it ended: %v", err)
		}
		torn := sealed{s.Record, map[protocol.Hash][]byte{}}
		for h, ct := range s.parts {
			torn.parts[h] = append([]byte{ct[0] ^ 1}, ct[1:]...)
		}
		if file, err := protocol.AppendStickRecord(nil, torn.Record, torn.parts); err == nil {
			t.Errorf("a stick of spoilt parts was written, %d bytes", len(file))
		}
		file := stickOf(t, b.id.Box, s)
		cut := file[:len(file)-2000] // the stick was pulled in the middle
		if words, _ := r.bring(cut); len(words) > 0 && words[0].Word == intake.WordWhole {
			t.Error("a torn stick made it whole")
		}
		for i, want := range []intake.Word{intake.WordWhole, intake.WordAside} {
			words, _ := r.bring(file)
			if len(words) != 1 || words[0].Word != want || words[0].Reason != protocol.ReasonBox {
				t.Errorf("stick %d: %+v, want %s", i, words, want)
			}
		}
		if got := r.heldOf(b, s); got.By != intake.CarrierStick || got.Completed == 0 {
			t.Errorf("it is held as %+v", got)
		}
		r.look(q, intake.ChanceFree, "")
		if _, err := r.in.Force(t.Context(), p.agreed(q, "take")); err != nil {
			t.Fatalf("%v; log: %s", err, r.logged())
		}
		if rec := r.record(s.Manifest.ID); rec.State != confirmation.InForce || rec.Epoch != 1 {
			t.Errorf("the record is %s of epoch %d", rec.State, rec.Epoch)
		}
		if words, _ := r.bring(file); len(words) != 1 || words[0].Word != intake.WordKnown {
			t.Errorf("the stick after all: %+v", words)
		}
		r.wellKept()
	})
}

// TestWholeAfterAKill: the hub dies when the parts are durable and the row is not
// written: the box says it again to the next.
func TestWholeAfterAKill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		s, q := r.late(b)
		r.bare(q, true)
		parts := map[blob.Hash][]byte{}
		for h, ct := range s.parts {
			parts[blob.Hash(h)] = ct
		}
		if err := r.blobs.Put(parts); err != nil { // so it was when the plug was pulled
			t.Fatal(err)
		}
		r.restart()
		seen := r.look(q, intake.ChanceForce, "no-application") // they lie here, but may be swept
		if seen.Held.Completed != 0 {
			t.Error("it was completed by nobody")
		}
		var want protocol.Want
		b.hello(protocol.Hello{Head: b.seq, HeadHash: b.prev})
		if b.hears(protocol.KindWant, &want); !slices.Equal(want.Records, []uint64{s.Manifest.Sequence}) {
			t.Errorf("asked for %v", want.Records)
		}
		b.receipt(s)
		if got := r.heldOf(b, s); got.Completed == 0 {
			t.Errorf("it is held as %+v", got)
		}
		r.restart()
		if _, err := intake.Sweep(t.Context(), r.db, r.blobs, r.clock.Now().AddDate(100, 0, 0)); err != nil {
			t.Fatal(err)
		}
		r.look(q, intake.ChanceForce, "no-application")
		r.wellKept()
	})
}

// TestWholeOfAHostileBox: a box cannot change what is held of it or of another, nor
// fill the hub: others' envelopes, false signatures and wrong parts change nothing,
// what was decided stays decided, and beyond its share nothing more is kept.
func TestWholeOfAHostileBox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 6)
		b, other, p := r.enrol(pointHere), r.enrol(pointHere), r.pair()
		s, q := r.late(b)
		r.bare(q, true)
		stays := func(what string) {
			t.Helper()
			if got := r.heldOf(b, s); got.Completed != 0 || len(got.Parts) != 0 || got.Kept != 0 {
				t.Errorf("%s: it is held as %+v", what, got)
			}
		}
		// Another box says it.
		other.say(protocol.KindManifest, s.Envelope)
		other.chunks(s)
		if got := other.receipts(s)[s.Hash()]; got.Reason != protocol.ReasonBox {
			t.Errorf("said by another box: %+v", got)
		}
		stays("said by another box")
		// Parts that are not those.
		b.say(protocol.KindManifest, s.Envelope)
		wrong := sealed{s.Record, map[protocol.Hash][]byte{}}
		for h, ct := range s.parts {
			wrong.parts[h] = append([]byte{ct[0] ^ 1}, ct[1:]...)
		}
		b.chunks(wrong)
		next := b.seal(r.people[0], making{})
		b.receipt(next) // behind it in the lane
		stays("wrong parts")

		// Beyond its share nothing more is kept, and nobody is asked.
		full := func(bytes int64) {
			t.Helper()
			if err := r.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE quarantine SET kept = $1 WHERE box = $2 AND id <> $3`, bytes, b.id.Box, q.ID)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		torn := b.seal(r.strangers(2)[1], making{})
		r.aside(b, torn, protocol.ReasonUnknown)
		full(confirmation.MaxParts)
		if seen := r.look(q, intake.ChanceAgain, intake.BarParts); seen.Missing == nil || !seen.Missing.Full || seen.Missing.Ask {
			t.Errorf("beyond its share: %+v", seen.Missing)
		}
		if got := b.receipt(s); got.Reason != protocol.ReasonUnknown {
			t.Errorf("beyond its share: %+v", got)
		}
		stays("beyond its share")
		if words, _ := r.bring(stickOf(t, b.id.Box, s)); words[0].Word != intake.WordAside {
			t.Errorf("beyond its share, by stick: %+v", words)
		}
		more := b.seal(r.strangers(3)[2], making{})
		if got := r.aside(b, more, protocol.ReasonUnknown); len(got.Parts) != 0 || got.Kept != 0 {
			t.Errorf("another one beyond its share: %+v", got)
		}
		full(0)

		// What two persons refused stays refused and bare.
		if err := r.in.Refuse(t.Context(), p.agreed(q, "refuse")); err != nil {
			t.Fatal(err)
		}
		if got := b.receipt(s); got.Reason != protocol.ReasonRefused {
			t.Errorf("after it was refused: %+v", got)
		}
		if words, _ := r.bring(stickOf(t, b.id.Box, s)); words[0].Word != intake.WordAside || words[0].Reason != protocol.ReasonRefused {
			t.Errorf("after it was refused, by stick: %+v", words)
		}
		if got := r.heldOf(b, s); got.Completed != 0 || got.Fate != confirmation.FateRefused {
			t.Errorf("after it was refused it is %+v", got)
		}
		r.wellKept()
	})
}
