package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
)

// stickOf is a file as a box writes it.
func stickOf(t testing.TB, box protocol.BoxID, records ...sealed) []byte {
	t.Helper()
	file, err := protocol.AppendStickFile(nil, protocol.StickFile{Box: box, File: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range records {
		if file, err = protocol.AppendStickRecord(file, s.Record, s.parts); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// bring carries a file in.
func (r *rig) bring(file []byte) (words []intake.Carried, sheet intake.Sheet) {
	r.t.Helper()
	sheet, err := r.in.Stick(context.Background(), bytes.NewReader(file), func(c intake.Carried) error {
		words = append(words, c)
		return nil
	})
	if err != nil {
		r.t.Fatalf("stick: %v; log: %s", err, r.logged())
	}
	return words, sheet
}

func said(words []intake.Carried) (out []string) {
	for _, w := range words {
		out = append(out, fmt.Sprintf("%d %s%s", w.Sequence, w.Word, w.Reason))
	}
	return out
}

func TestStickFeedsTheSameInbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 5)
		b := r.enrol(pointHere)
		first := b.seal(r.people[0], making{})
		b.receipt(first) // by the wire
		second, third := b.seal(r.people[1], making{}), b.seal(r.people[2], making{big: 300_000})
		file := stickOf(t, b.id.Box, first, second, third)
		words, sheet := r.bring(file)
		if got, want := said(words), []string{"1 known", "2 new", "3 new"}; !slices.Equal(got, want) || sheet.Box != string(b.id.Box) || sheet.Damaged != 0 {
			t.Errorf("got %v, %+v, want %v", got, sheet, want)
		}
		// The same stick again does nothing twice, and nor does the box by the wire.
		if words, _ := r.bring(file); !slices.Equal(said(words), []string{"1 known", "2 known", "3 known"}) {
			t.Errorf("the second time: %v", said(words))
		}
		b.say(protocol.KindManifest, second.Envelope) // all that a box sends of what the hub says it holds
		if got := b.receipts(second)[second.Hash()]; got.Outcome != protocol.Accepted || got.Sequence != 2 {
			t.Errorf("its receipt when it is back: %+v", got)
		}
		if w := b.hello(protocol.Hello{Head: 3, HeadHash: third.Hash()}); w.Receipted != 3 || w.State != protocol.BoxActive {
			t.Errorf("welcome: %+v", w)
		}
		if n := r.count("confirmation"); n != 3 {
			t.Errorf("%d confirmations, want 3", n)
		}
		carriers := map[string]string{}
		eventually(t, "the journal names the carriers", func() bool {
			for _, e := range r.acts(journal.ConfirmationReceived) {
				carriers[e.Detail["sequence"]] = e.Detail["carrier"]
			}
			return len(carriers) == 3
		})
		if carriers["1"] != intake.CarrierWire || carriers["2"] != intake.CarrierStick || carriers["3"] != intake.CarrierStick {
			t.Errorf("carriers %v", carriers)
		}
	})
}

func TestStickOfADeadDisk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		b := r.enrol(pointHere)
		file := stickOf(t, b.id.Box, b.seal(r.people[0], making{}), b.seal(r.people[1], making{}))
		// Its disk died, and it was enrolled again before anybody brought the stick.
		code := r.ticket(pointHere, string(b.id.Box))
		b.fresh()
		b.take(code)
		again := b.seal(r.people[2], making{})
		b.receipt(again)
		if words, _ := r.bring(file); !slices.Equal(said(words), []string{"1 new", "2 new"}) {
			t.Errorf("records of the ended epoch: %v", said(words))
		}
		if w := b.hello(protocol.Hello{Head: 1, HeadHash: again.Hash(), Receipted: 1}); w.Receipted != 1 || w.State != protocol.BoxActive {
			t.Errorf("the box in its new epoch: %+v", w)
		}
		if n := r.count("confirmation WHERE state = '" + string(confirmation.InForce) + "'"); n != 3 {
			t.Errorf("%d in force, want 3", n)
		}
	})
}

func TestStickOfARevokedBoxWaitsForTheCounty(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 2)
	b := r.enrol(pointHere)
	s := b.seal(r.people[0], making{})
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		return r.flow.Revoke(ctx, tx, string(b.id.Box), "stolen, or dead", flow.Operator())
	}); err != nil {
		t.Fatal(err)
	}
	if r.state(b) != fleet.Revoked {
		t.Fatal("the box is not revoked")
	}
	if words, _ := r.bring(stickOf(t, b.id.Box, s)); !slices.Equal(said(words), []string{"1 new"}) {
		t.Errorf("got %v", said(words))
	}
	if rec := r.record(s.Manifest.ID); rec.State != confirmation.Disputed || rec.StateReason != confirmation.NoteRevoked {
		t.Errorf("it is %s for %s, want disputed", rec.State, rec.StateReason)
	}
}

func TestStickThatLies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 5)
		b, other := r.enrol(pointHere), r.enrol(pointThere)
		good := b.seal(r.people[0], making{})
		clone := *b
		second := b.seal(r.people[1], making{})
		forked := clone.seal(r.people[2], making{})
		nobody := *other
		nobody.id.Box = "baaaaaaaaaa"
		strange := nobody.seal(r.people[3], making{})
		unsigned := other.seal(r.people[3], making{head: func(m *protocol.Manifest) { m.Box = b.id.Box }}) // by another's key
		torn := other.seal(r.people[4], making{})
		lone := stickOf(t, b.id.Box, torn)

		file := stickOf(t, b.id.Box, good, second, forked, strange, unsigned)
		file = append(file, lone[len(stickOf(t, b.id.Box)):len(lone)-100]...)
		words, sheet := r.bring(file)
		want := []string{"1 new", "2 new", "2 aside" + string(protocol.ReasonFork), "1 foreign" + string(protocol.ReasonBox),
			"1 foreign" + string(protocol.ReasonSignature), "2 torn"}
		if got := said(words); !slices.Equal(got, want) || sheet.Damaged != 1 {
			t.Errorf("got %v, %+v, want %v", got, sheet, want)
		}
		if r.state(b) != fleet.Frozen || r.state(other) != fleet.Active {
			t.Errorf("boxes are %s and %s", r.state(b), r.state(other))
		}
		// What nobody signed is kept nowhere: anybody can write a file.
		if n := r.count("quarantine"); n != 1 {
			t.Errorf("%d in quarantine, want the fork alone", n)
		}
		if n := r.count("confirmation"); n != 2 {
			t.Errorf("%d confirmations, want 2", n)
		}
		if words, _ := r.bring(file); !slices.Equal(said(words)[:3], []string{"1 known", "2 known", "2 aside" + string(protocol.ReasonFork)}) {
			t.Errorf("the second time: %v", said(words))
		}
	})
}

func TestNoStick(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 1)
	for _, raw := range [][]byte{nil, []byte("ZKSTICK1"), bytes.Repeat([]byte("a picture"), 900)} {
		if _, err := r.in.Stick(context.Background(), bytes.NewReader(raw), nil); !errors.Is(err, intake.ErrNoStick) {
			t.Errorf("%d bytes: %v, want ErrNoStick", len(raw), err)
		}
	}
}

// A hub that ends while a stick is read says so, and what it did stays.
func TestStickWhileTheHubEnds(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 2)
	b := r.enrol(pointHere)
	file := stickOf(t, b.id.Box, b.seal(r.people[0], making{}), b.seal(r.people[1], making{}))
	r.stop()
	words := []intake.Carried{}
	if _, err := r.in.Stick(context.Background(), bytes.NewReader(file), func(c intake.Carried) error { words = append(words, c); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := said(words); !slices.Equal(got, []string{"1 later", "2 later"}) {
		t.Errorf("got %v", got)
	}
	r.start()
	if words, _ := r.bring(file); !slices.Equal(said(words), []string{"1 new", "2 new"}) {
		t.Errorf("at the next hub: %v", said(words))
	}
}
