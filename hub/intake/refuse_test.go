package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

func TestWhatARecordHoldsIsChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		b := r.enrol(pointHere)
		for _, tc := range []struct {
			name string
			m    making
			want protocol.Reason
		}{
			{"unknown campaign", making{head: func(m *protocol.Manifest) { m.Campaign = "gaokao-2030" }}, protocol.ReasonCampaign},
			{"unknown campaign version", making{head: func(m *protocol.Manifest) { m.CampaignVersion = 99 }}, protocol.ReasonCampaign},
			{"no such application", making{body: func(c *protocol.Confirmation) { c.Application.ID = "nobody" }}, protocol.ReasonUnknown},
			{"another point's box", making{body: func(c *protocol.Confirmation) { c.Point = pointThere }}, protocol.ReasonContent},
			{"card of another person", making{body: func(c *protocol.Confirmation) { c.Chip.Number = r.people[1].Chip.Number }}, protocol.ReasonContent},
			{"application of another person", making{body: func(c *protocol.Confirmation) {
				c.Application.Fields = form.Fields{form.DocumentNumber: string(r.people[1].Application.Number())}
				c.Chip.Number = r.people[1].Chip.Number
			}}, protocol.ReasonContent},
			{"half a chip", making{blob: func(role string, data []byte) []byte {
				if role == protocol.RoleChipText {
					return data[:128]
				}
				return data
			}}, protocol.ReasonContent},
			{"no chip", making{blob: func(role string, data []byte) []byte {
				if role == protocol.RoleChipText {
					return nil
				}
				return data
			}}, protocol.ReasonContent},
			{"no signature", making{blob: func(role string, data []byte) []byte {
				if role == protocol.RoleSignature {
					return []byte{0xa0}
				}
				return data
			}}, protocol.ReasonContent},
		} {
			t.Run(tc.name, func(t *testing.T) {
				r.t = t
				got := b.receipt(b.seal(r.people[0], tc.m))
				if got.Outcome != protocol.Quarantined || got.Reason != tc.want {
					t.Errorf("got %s %s, want quarantined for %s", got.Outcome, got.Reason, tc.want)
				}
			})
		}
		r.t = t
		// None of them blocks what follows, and the chain is whole.
		s := b.seal(r.people[0], making{})
		if got := b.receipt(s); got.Outcome != protocol.Accepted {
			t.Errorf("the good one after them: %+v", got)
		}
		if c := check(r.record(s.Manifest.ID), confirmation.CheckChain); c.Result != confirmation.Pass {
			t.Errorf("chain %+v", c)
		}
	})
}

func TestConfirmedTwiceStandsForTheCounty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		here, there := r.enrol(pointHere), r.enrol(pointThere)
		first := here.seal(r.people[0], making{})
		here.receipt(first)
		second := there.seal(r.people[0], making{})
		if got := there.receipt(second); got.Outcome != protocol.Accepted {
			t.Fatalf("%+v", got)
		}
		for _, s := range []sealed{first, second} {
			if rec := r.record(s.Manifest.ID); rec.State != confirmation.Disputed || rec.StateReason == "" {
				t.Errorf("record of %s is %q (%s), want disputed", rec.Point, rec.State, rec.StateReason)
			}
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			counts, err := confirmation.Counts(ctx, tx, r.campaign.ID, "430000")
			if counts[pointHere].Disputed != 1 || counts[pointThere].Disputed != 1 {
				t.Errorf("counts %+v", counts)
			}
			return err
		})
	})
}

// TestTwiceInOneBatch: two boxes of one point, so close that one transaction
// takes both.
func TestTwiceInOneBatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		a, b := r.enrol(pointHere), r.enrol(pointHere)
		x, y := a.seal(r.people[0], making{}), b.seal(r.people[0], making{})
		a.send(x)
		b.send(y)
		a.receipts(x)
		b.receipts(y)
		for _, s := range []sealed{x, y} {
			if rec := r.record(s.Manifest.ID); rec.State != confirmation.Disputed {
				t.Errorf("record is %q, want disputed", rec.State)
			}
		}
	})
}

func TestWhatSheSignedWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		later := r.people[0].Application.Clone()
		later.Version = 2
		later.Fields[form.PostAddress] = "another street"
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			return r.flow.Register(ctx, tx, later, candidate.FromPortal, flow.Hub())
		}); err != nil {
			t.Fatal(err)
		}
		s := b.seal(r.people[0], making{}) // the box has version 1
		b.receipt(s)
		rec := r.record(s.Manifest.ID)
		if c := check(rec, confirmation.CheckVersion); c.Note != confirmation.NoteSuperseded || rec.State != confirmation.InForce {
			t.Errorf("%q, check %+v", rec.State, c)
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			got, err := r.flow.Candidates.Get(ctx, tx, later.ID)
			if err != nil {
				return err
			}
			if got.Application.Get(form.PostAddress) != r.people[0].Application.Get(form.PostAddress) {
				t.Error("the portal's version stands, not what she signed")
			}
			return nil
		})

		moved := r.people[1].Application.Clone()
		moved.Version, moved.Point = 2, pointThere
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			return r.flow.Register(ctx, tx, moved, candidate.FromPortal, flow.Hub())
		}); err != nil {
			t.Fatal(err)
		}
		s = b.seal(r.people[1], making{})
		b.receipt(s)
		if rec := r.record(s.Manifest.ID); rec.State != confirmation.Disputed || rec.StateReason != confirmation.NotePointMoved {
			t.Errorf("moved meanwhile: %q (%s)", rec.State, rec.StateReason)
		}
	})
}

func TestUndecidableTimeIsDecidedHere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		b := r.enrol(pointHere)
		unsure := making{head: func(m *protocol.Manifest) {
			m.Time = protocol.TimeEvidence{Earliest: protocol.TimeOf(opened.AddDate(0, 0, -30)), Source: protocol.SourceFloor, Boot: 2, Verdict: protocol.VerdictUndecidable}
		}}
		s := b.seal(r.people[0], unsure)
		b.receipt(s)
		if rec := r.record(s.Manifest.ID); rec.State != confirmation.InForce || check(rec, confirmation.CheckWindow).Note != confirmation.NoteByReceive {
			t.Errorf("came while open: %q, %+v", rec.State, check(rec, confirmation.CheckWindow))
		}
		r.clock.set(opened.AddDate(0, 3, 0))
		s = b.seal(r.people[1], unsure)
		b.receipt(s)
		if rec := r.record(s.Manifest.ID); rec.State != confirmation.TimePending {
			t.Errorf("came three months later: %q (%s)", rec.State, rec.StateReason)
		}
	})
}

// TestOneBadRecordAmongManyHoldsNobodyUp: the database refuses one record of a
// batch for a reason nobody thought of, and only that one is set aside.
func TestOneBadRecordAmongManyHoldsNobodyUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 64
		r := newRig(t, d, n)
		bad := r.people[37].Application.ID
		refuse := []string{fmt.Sprintf(`CREATE TRIGGER refuse BEFORE INSERT ON confirmation WHEN NEW.application = '%s'
			BEGIN SELECT RAISE(ABORT, 'injected'); END`, bad)}
		if d.Kind() == db.PostgreSQL {
			refuse = []string{`CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'injected'; END $$ LANGUAGE plpgsql`,
				fmt.Sprintf(`CREATE TRIGGER refuse BEFORE INSERT ON confirmation FOR EACH ROW WHEN (NEW.application = '%s') EXECUTE FUNCTION refuse()`, bad)}
		}
		for _, q := range refuse {
			if err := r.write(func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, q); return err }); err != nil {
				t.Fatal(err)
			}
		}
		b := r.enrol(pointHere)
		var all []sealed
		for _, p := range r.people {
			all = append(all, b.seal(p, making{}))
		}
		for _, s := range all {
			b.send(s)
		}
		got := b.receipts(all...)
		for i, s := range all {
			want := protocol.Accepted
			if i == 37 {
				want = protocol.Quarantined
			}
			if got[s.Hash()].Outcome != want {
				t.Errorf("record %d: %+v, want %s", i, got[s.Hash()], want)
			}
		}
		if c := r.count("confirmation"); c != n-1 {
			t.Errorf("%d records, want %d", c, n-1)
		}
		if q := r.quarantine(b); len(q) != 1 {
			t.Errorf("quarantine %+v", q)
		}
	})
}

func TestBigPartsComeInPieces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		s := b.seal(r.people[0], making{big: 700 << 10})
		chunks := protocol.Chunks(s.Manifest.ID, s.parts, s.Manifest.Parts(), nil)
		if len(chunks) < 7 {
			t.Fatalf("only %d chunks", len(chunks))
		}
		b.say(protocol.KindManifest, s.Envelope)
		say := func(c protocol.Chunk) {
			raw, err := protocol.Encode(c)
			if err != nil {
				t.Fatal(err)
			}
			b.say(protocol.KindChunk, raw)
		}
		for _, c := range chunks[:len(chunks)-2] {
			say(c)
			say(c) // twice
		}
		// The hub is away for a moment, and asks for the rest only.
		b.seq, b.prev = 0, protocol.Hash{}
		eventually(t, "chunks are taken", func() bool { return r.in.Counts().Messages == uint64(2*len(chunks)-3) })
		r.restart()
		b.say(protocol.KindManifest, s.Envelope)
		var w protocol.Want
		b.hears(protocol.KindWant, &w)
		var photo protocol.WantPart
		for _, p := range w.Parts {
			if p.From > photo.From {
				photo = p
			}
		}
		if photo.From < 300<<10 {
			t.Errorf("wants the photo from %d, and had most of it", photo.From)
		}
		for _, c := range protocol.Chunks(s.Manifest.ID, s.parts, s.Manifest.Parts(), func(h protocol.Hash) uint64 {
			if h == photo.Part {
				return photo.From
			}
			return 0
		}) {
			say(c)
		}
		if got := b.receipts(s)[s.Hash()]; got.Outcome != protocol.Accepted {
			t.Errorf("%+v", got)
		}
	})
}

func TestNobodyFillsTheHub(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		b := r.enrol(pointHere)
		// Chunks that no manifest names leave nothing behind.
		s := b.seal(r.people[0], making{big: 300 << 10})
		b.chunks(s)
		b.receipt(b.sealAs(r.people[1], 5, protocol.HashOf(nil), making{}))
		left, err := filepath.Glob(filepath.Join(r.dir, "blobs.db.parts", "*"))
		if err != nil || len(left) != 0 {
			t.Errorf("unnamed chunks left %v (%v)", left, err)
		}
		// Manifests without parts end at the box's share.
		before := r.in.Counts().Dropped
		for i := range 80 {
			m := b.sealAs(r.people[1], uint64(10+i), protocol.HashOf(nil), making{})
			b.say(protocol.KindManifest, m.Envelope)
		}
		eventually(t, "the share is full", func() bool { return r.in.Counts().Dropped >= before+16 })
		// Garbage ends at the box's share of the quarantine.
		done := func() uint64 { c := r.in.Counts(); return c.Quarantined + c.Dropped }
		for i, start := 0, done(); i < confirmation.MaxRows+20; i++ {
			b.say(protocol.KindManifest, fmt.Appendf(nil, "garbage %d", i))
			if i%32 == 31 { // a box that floods is not waited for
				eventually(t, "garbage is dealt with", func() bool { return done() >= start+uint64(i) })
			}
		}
		eventually(t, "the quarantine is full", func() bool {
			return len(r.quarantine(b)) == 500 && r.in.Counts().Quarantined == confirmation.MaxRows && r.in.Counts().Dropped >= before+16+20
		})
		if n := r.count("quarantine"); n != confirmation.MaxRows {
			t.Errorf("%d rows in quarantine, want %d", n, confirmation.MaxRows)
		}
	})
}

// TestNothingPersonalAtRest plants markers and looks for them in every file.
func TestNothingPersonalAtRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b := r.enrol(pointHere)
		photo := bytes.Repeat([]byte("PLANTED-IN-THE-PHOTO"), 300)
		p := r.people[0]
		b.receipt(b.seal(p, making{big: 10, blob: func(role string, data []byte) []byte {
			if role == protocol.RolePhoto {
				return photo
			}
			return data
		}}))
		r.stop()
		files := 0
		marks := map[string]string{"number": string(p.Application.Number()), "name": string(p.Application.Name()),
			"photo": "PLANTED-IN-THE-PHOTO", "address": p.Chip.Address}
		look := func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() {
				return err
			}
			files++
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for what, planted := range marks {
				if bytes.Contains(raw, []byte(planted)) {
					t.Errorf("%s holds the %s", filepath.Base(path), what)
				}
			}
			return nil
		}
		if err := filepath.Walk(r.dir, look); err != nil {
			t.Fatal(err)
		}
		if d.Kind() == db.SQLite { // what was there before, too
			var path string
			r.read(func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path)
			})
			if err := filepath.Walk(filepath.Dir(path), look); err != nil {
				t.Fatal(err)
			}
		}
		rows := 0
		if err := dbtest.Dump(context.Background(), d, func(table string, row []byte) error {
			rows++
			for what, planted := range marks {
				if bytes.Contains(row, []byte(planted)) {
					t.Errorf("a row of %s holds the %s", table, what)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if files < 5 || rows < 100 {
			t.Errorf("only %d files and %d rows were looked at", files, rows)
		}
		if bytes.Contains(r.log.Bytes(), []byte(p.Application.Number())) || bytes.Contains(r.log.Bytes(), []byte(p.Application.Name())) {
			t.Error("the log names her")
		}
	})
}

// TestSpoiltOnTheWay: a part that somebody changed on the wire, at its right
// length, is asked for again; the record is not blamed for it.
func TestSpoiltOnTheWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		for i, change := range []func(sealed) protocol.Hash{
			func(s sealed) protocol.Hash { return s.Manifest.Body.Hash },
			func(s sealed) protocol.Hash { return s.Manifest.Blobs[0].Hash },
		} {
			s := b.seal(r.people[i], making{})
			which := change(s)
			good := s.parts[which]
			s.parts[which] = bytes.Clone(good)
			s.parts[which][100] ^= 1
			b.send(s)
			var w protocol.Want
			b.hears(protocol.KindWant, &w)
			if len(w.Parts) != 1 || w.Parts[0].Part != which || w.Parts[0].From != 0 {
				t.Fatalf("wanted %+v, want the spoilt part whole", w.Parts)
			}
			s.parts[which] = good
			b.chunks(s)
			if got := b.receipts(s)[s.Hash()]; got.Outcome != protocol.Accepted {
				t.Errorf("%+v", got)
			}
		}
		if n := r.count("quarantine"); n != 0 {
			t.Errorf("%d in quarantine, want none", n)
		}
	})
}
