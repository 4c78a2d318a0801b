package intake_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/notice"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// verifies seals a card that was read after a confirmation on papers.
func (b *box) verifies(of sealed, person int, change func(*protocol.Verification)) sealed {
	b.r.t.Helper()
	return b.cardOf(of, b.r.people[person], change)
}

func (b *box) cardOf(of sealed, p synthetic.Person, change func(*protocol.Verification)) sealed {
	b.r.t.Helper()
	b.seq++
	now := protocol.TimeOf(b.r.clock.Now())
	text, err := protocol.SealBlob(protocol.SuiteAES, protocol.RoleChipText, "application/octet-stream", bytes.Repeat([]byte{0x20, 0}, 128))
	if err != nil {
		b.r.t.Fatal(err)
	}
	body := protocol.Verification{Record: of.Manifest.ID, Application: p.Application.ID, Point: b.point, Chip: p.Chip,
		Timeline: []protocol.Event{{Step: protocol.StepCardRead, At: now}}, Checks: []protocol.Check{}, Blobs: []protocol.BlobRef{text.Ref}}
	if change != nil {
		change(&body)
	}
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordVerification, Box: b.id.Box, Epoch: b.id.Epoch, Sequence: b.seq, Previous: b.prev,
		Suite: protocol.SuiteAES, Campaign: b.r.campaign.ID, CampaignVersion: b.r.campaign.Version,
		Time: protocol.TimeEvidence{Earliest: now, Latest: now, Source: protocol.SourceHub, HubTime: now, Boot: 1, Verdict: protocol.VerdictOpen}},
		body, body.Blobs, b.r.ring.OpeningKey(), b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.prev = rec.Hash()
	return sealed{rec, map[protocol.Hash][]byte{rec.Manifest.Body.Hash: rec.Body, text.Ref.Hash: text.Ciphertext}}
}

// judge has the city decide about papers.
func (r *rig) judge(record protocol.ID, to confirmation.Proof) error {
	r.t.Helper()
	return r.db.Write(r.t.Context(), func(tx *db.Tx) error {
		c, err := r.flow.Papers(r.t.Context(), tx, record.String())
		if err != nil {
			return err
		}
		return r.flow.JudgePapers(r.t.Context(), tx, flow.PapersDecision{Record: record.String(), To: to, Seen: c.Seen(), Reason: "看过材料"},
			staff.Account{ID: "s-city", Division: "430100", Role: staff.CityOperator}, flow.Operator())
	})
}

// confirmedHere counts the records in force at a point.
func (r *rig) confirmedHere() (n int64) {
	r.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM confirmation WHERE point = $1 AND state = 'in-force'`, pointHere).Scan(&n)
	})
	return n
}

// TestVerification: her card, read at any box, ends what is provisional, whichever
// comes first; another's opens it again; none can be made about a confirmation with
// a chip.
func TestVerification(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 10)
		here, there := r.enrol(pointHere), r.enrol(pointThere)
		page := drawn(t, 60, 40)
		accepted := func(what string, b *box, s sealed) {
			t.Helper()
			if got := b.receipt(s); got.Outcome != protocol.Accepted {
				t.Fatalf("%s: %+v", what, got)
			}
		}
		proof := func(s sealed) confirmation.Proof { return r.record(s.Manifest.ID).Proof }

		s := here.onPapers(0, [][]byte{page}, nil)
		accepted("on papers", here, s)
		if rec := r.record(s.Manifest.ID); rec.Proof != confirmation.Provisional || rec.State != confirmation.InForce || r.rowOf(r.people[0].Application.ID).State != candidate.Confirmed {
			t.Fatalf("on papers: %s, %s", rec.Proof, rec.State)
		}
		v := there.verifies(s, 0, nil)
		accepted("verified elsewhere", there, v)
		if got := proof(s); got != confirmation.Verified {
			t.Errorf("after her card it is %q", got)
		}
		accepted("said twice", there, v)
		if told := r.notices(r.people[0].Application.ID); told[notice.Provisional] != 1 || told[notice.CardVerified] != 1 || told[notice.Confirmed] != 0 {
			t.Errorf("told %v", told)
		}

		// The card comes first.
		s = here.onPapers(2, [][]byte{page}, nil)
		accepted("a card before its confirmation", there, there.verifies(s, 2, nil))
		accepted("the confirmation after it", here, s)
		if got := proof(s); got != confirmation.Verified {
			t.Errorf("card first: %q", got)
		}

		// Another name, after the city had accepted the papers.
		s = here.onPapers(4, [][]byte{page}, nil)
		accepted("on papers", here, s)
		if err := r.judge(s.Manifest.ID, confirmation.Accepted); err != nil {
			t.Fatal(err)
		}
		accepted("another name", here, here.verifies(s, 4, func(v *protocol.Verification) { v.Chip.Name = "别的名字" }))
		if got := proof(s); got != confirmation.Provisional {
			t.Errorf("with another's card it is %q", got)
		}

		chip := here.seal(r.people[6], making{})
		accepted("with a chip", here, chip)
		for name, bad := range map[string]sealed{
			"of one with a chip":       here.verifies(chip, 6, nil),
			"of another's application": here.verifies(s, 6, nil),
			"typed, not read":          here.verifies(s, 4, func(v *protocol.Verification) { v.Chip.Type = form.ChipPapers }),
			"of another point":         here.verifies(s, 4, func(v *protocol.Verification) { v.Point = pointThere }),
		} {
			if got := here.receipt(bad); got.Outcome != protocol.Quarantined || got.Reason != protocol.ReasonContent {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if rep, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !rep.OK() || rep.Orphans != 0 {
			t.Errorf("fsck: %+v, %v", rep, err)
		}
	})
}

// TestCardAndConfirmationAtTwoHubs: a card that waits for its confirmation, and the
// confirmation, are committed at one time: the card is judged all the same.
func TestCardAndConfirmationAtTwoHubs(t *testing.T) {
	r := newRig(t, dbtest.Postgres(t), 2)
	b, p := r.enrol(pointHere), r.people[0]
	s := b.onPapers(0, [][]byte{drawn(t, 60, 40)}, nil)
	v := confirmation.Verification{ID: protocol.NewID().String(), Record: s.Manifest.ID.String(), Application: p.Application.ID, Campaign: r.campaign.ID,
		Point: pointThere, Division: division, Box: string(b.id.Box), BodyHash: strings.Repeat("ab", 32), Envelope: []byte{1}, At: r.clock.Now().UnixMilli()}
	taken, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	release := sync.OnceFunc(func() { close(end) })
	defer release()
	go func() { // the other hub; it writes first, so that it is run once
		done <- r.db.Write(t.Context(), func(tx *db.Tx) error {
			err := r.flow.TakeVerification(t.Context(), tx, v, confirmation.Card{Chip: p.Chip})
			close(taken)
			<-end
			return err
		})
	}()
	<-taken
	b.send(s)
	eventually(t, "the confirmation waits for the card", func() bool {
		var n int
		r.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		})
		return n > 0
	})
	release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b.receipts(s)
	if got := r.record(s.Manifest.ID).Proof; got != confirmation.Verified {
		t.Errorf("it is %q, and her card was read", got)
	}
}

// TestPapersSentBackAndRefused: what is sent back goes on to count, and another
// confirmation takes its place; what is refused counts no more, is counted no more,
// and she confirms again with a card.
func TestPapersSentBackAndRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 4)
		b := r.enrol(pointHere)
		page := drawn(t, 60, 40)
		first := b.onPapers(0, [][]byte{page}, nil)
		b.receipt(first)
		if err := r.judge(first.Manifest.ID, confirmation.Returned); err != nil {
			t.Fatal(err)
		}
		if r.confirmedHere() != 1 {
			t.Error("sent back it is not counted any more")
		}
		second := b.onPapers(0, [][]byte{page, page}, nil)
		if got := b.receipt(second); got.Outcome != protocol.Accepted {
			t.Fatalf("again: %+v", got)
		}
		if was, is := r.record(first.Manifest.ID), r.record(second.Manifest.ID); was.State != confirmation.Overruled || was.StateReason != confirmation.NoteReplaced ||
			is.State != confirmation.InForce || is.Proof != confirmation.Provisional {
			t.Errorf("again: %s (%s), %s", was.State, was.StateReason, is.State)
		}
		if err := r.judge(second.Manifest.ID, confirmation.NotProven); err != nil {
			t.Fatal(err)
		}
		if err := r.judge(second.Manifest.ID, confirmation.Accepted); err == nil {
			t.Error("what was refused was accepted after all")
		}
		app := r.people[0].Application.ID
		if row := r.rowOf(app); row.State != candidate.Registered || r.confirmedHere() != 0 {
			t.Errorf("refused: %s, %d confirmed", row.State, r.confirmedHere())
		}
		late := b.verifies(second, 0, nil)
		if got := b.receipt(late); got.Outcome != protocol.Accepted || r.record(second.Manifest.ID).State != confirmation.Refused {
			t.Errorf("a card after the refusal: %+v", got)
		}
		card := b.seal(r.people[0], making{})
		if got := b.receipt(card); got.Outcome != protocol.Accepted || r.record(card.Manifest.ID).State != confirmation.InForce || r.confirmedHere() != 1 {
			t.Errorf("with a card: %+v, %s", got, r.record(card.Manifest.ID).State)
		}
		told := r.notices(app)
		if told[notice.PapersReturned] != 1 || told[notice.PapersRefused] != 1 || told[notice.Provisional] != 2 || told[notice.Confirmed] != 1 || told[notice.Disputed] != 0 {
			t.Errorf("told %v", told)
		}
		eventually(t, "the journal is sealed", func() bool {
			var n int
			r.read(func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE number IS NULL`).Scan(&n)
			})
			return n == 0
		})
		if err := progress.CatchUp(t.Context(), r.db); err != nil {
			t.Fatal(err)
		}
		r.counted()
	})
}
