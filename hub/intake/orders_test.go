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
	"zhunkao/hub/progress"
	"zhunkao/hub/review"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

// keep has the county decide a case.
func (r *rig) keep(application, record string, county staff.Account) {
	r.t.Helper()
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		c, err := r.flow.Case(ctx, tx, application)
		if err != nil {
			return err
		}
		_, err = r.flow.Decide(ctx, tx, flow.Decision{Application: application, Keep: record, Seen: c.Seen(), Reason: "问过本人"}, county,
			flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: county.ID}})
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
}

func (b *box) takes(what string, s sealed) {
	b.r.t.Helper()
	if got := b.receipt(s); got.Outcome != protocol.Accepted {
		b.r.t.Fatalf("%s: %+v", what, got)
	}
}

// A card that was read while its confirmation did not stand counts when it stands
// again: when what the county kept instead is taken back.
func TestACardReadWhileOverruled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 4)
		there, county := r.crew(pointThere), r.hire("county", staff.CountyOperator, "")
		b, far := r.enrol(pointHere), r.enrol(pointThere)
		page := drawn(t, 60, 40)
		for n, want := range map[int]confirmation.Proof{0: confirmation.Verified, 2: confirmation.Provisional} {
			app := r.people[n].Application.ID
			papers := b.onPapers(n, [][]byte{page}, nil)
			b.takes("on papers", papers)
			other := far.seal(r.people[n], making{})
			far.takes("beside it", other)
			r.keep(app, other.Manifest.ID.String(), county)
			b.takes("her card", b.verifies(papers, n, func(v *protocol.Verification) {
				if want != confirmation.Verified {
					v.Chip.Name = "别的名字"
				}
			}))
			if got := r.record(papers.Manifest.ID); got.State != confirmation.Overruled || got.Proof != confirmation.Provisional {
				t.Fatalf("overruled: %s, %s", got.State, got.Proof)
			}
			far.takes("taken back", far.void(other, app, there))
			if got := r.record(papers.Manifest.ID); got.State != confirmation.Disputed || got.Proof != want {
				t.Errorf("it stands again: %s, %s, want %s", got.State, got.Proof, want)
			}
			r.read(func(ctx context.Context, tx *db.Tx) error {
				cards, err := confirmation.VerificationsOf(ctx, tx, []string{papers.Manifest.ID.String()})
				if err != nil || len(cards) != 1 || (cards[0].Outcome == confirmation.CardSame) != (want == confirmation.Verified) || cards[0].Outcome == confirmation.CardIdle {
					t.Errorf("the card: %+v, %v", cards, err)
				}
				return nil
			})
		}
	})
}

// Who answered the city and took the answer back is confirmed by what she had
// signed before, with its papers sent back; a card read meanwhile counts. An answer
// that was signed before the question is none.
func TestAnswersToPapersSentBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 8)
		here := r.crew(pointHere)
		b, far := r.enrol(pointHere), r.enrol(pointThere)
		page := drawn(t, 60, 40)
		app := r.people[0].Application.ID
		state := func(what string, s sealed, want confirmation.State, proof confirmation.Proof) {
			t.Helper()
			if got := r.record(s.Manifest.ID); got.State != want || got.Proof != proof {
				t.Errorf("%s: %s (%s), %s", what, got.State, got.StateReason, got.Proof)
			}
		}

		first := b.onPapers(0, [][]byte{page}, nil)
		b.takes("on papers", first)
		if err := r.judge(first.Manifest.ID, confirmation.Returned); err != nil {
			t.Fatal(err)
		}
		second := b.onPapers(0, [][]byte{page, page}, nil)
		b.takes("again", second)
		third := b.void(second, app, here)
		b.takes("taken back", third)
		state("the first", first, confirmation.InForce, confirmation.Returned)
		if row := r.rowOf(app); row.State != candidate.Confirmed || row.ConfirmedPoint != pointHere {
			t.Errorf("she is %s at %q", row.State, row.ConfirmedPoint)
		}
		if told := r.notices(app); told[notice.VoidedOther] != 1 || told[notice.Voided] != 0 || told[notice.PapersReturned] != 2 || told[notice.Confirmed] != 0 {
			t.Errorf("told %v", told)
		}
		again := b.onPapers(0, [][]byte{page, page}, nil)
		b.takes("once more", again)
		state("the first", first, confirmation.Overruled, confirmation.Returned)
		b.takes("her card for the first", b.verifies(first, 0, nil))
		b.takes("taken back", b.void(again, app, here))
		state("the first, by her card", first, confirmation.InForce, confirmation.Verified)
		b.takes("that too", b.void(first, app, here))
		if row := r.rowOf(app); row.State != candidate.Registered {
			t.Errorf("all is taken back, and she is %s", row.State)
		}

		// What the city refused is no void.
		first = b.onPapers(2, [][]byte{page}, nil)
		b.takes("on papers", first)
		if err := r.judge(first.Manifest.ID, confirmation.Returned); err != nil {
			t.Fatal(err)
		}
		second = b.onPapers(2, [][]byte{page}, nil)
		b.takes("again", second)
		if err := r.judge(second.Manifest.ID, confirmation.NotProven); err != nil {
			t.Fatal(err)
		}
		b.takes("what is refused is taken back too", b.void(second, r.people[2].Application.ID, here))
		state("the first", first, confirmation.Overruled, confirmation.Returned)

		// She answers at another point, which she chose there: that is where she is confirmed.
		first = b.onPapers(6, [][]byte{page}, nil)
		b.takes("on papers", first)
		if err := r.judge(first.Manifest.ID, confirmation.Returned); err != nil {
			t.Fatal(err)
		}
		moved := r.people[6]
		moved.Application = moved.Application.Clone()
		moved.Application.Point = pointThere
		second = far.seal(moved, making{})
		far.takes("at another point", second)
		state("the first", first, confirmation.Overruled, confirmation.Returned)
		if row := r.rowOf(moved.Application.ID); row.State != candidate.Confirmed || row.ConfirmedPoint != pointThere {
			t.Errorf("she is %s at %q", row.State, row.ConfirmedPoint)
		}

		// Signed elsewhere before the city asked, and late.
		late := far.seal(r.people[4], making{})
		first = b.onPapers(4, [][]byte{page}, nil)
		b.takes("on papers", first)
		r.clock.set(r.clock.Now().Add(time.Hour))
		if err := r.judge(first.Manifest.ID, confirmation.Returned); err != nil {
			t.Fatal(err)
		}
		far.takes("late", late)
		state("the first", first, confirmation.Disputed, confirmation.Returned)
		state("the late one", late, confirmation.Disputed, confirmation.ByChip)
		r.settledJournal()
	})
}

// settledJournal waits until the journal is sealed and holds the counters against
// the rows.
func (r *rig) settledJournal() {
	r.t.Helper()
	eventually(r.t, "the journal is sealed", func() bool {
		var n int
		r.read(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE number IS NULL`).Scan(&n)
		})
		return n == 0
	})
	if err := progress.CatchUp(r.t.Context(), r.db); err != nil {
		r.t.Fatal(err)
	}
	r.counted()
}

// A review of a confirmation that has not come, by a point with which she has nothing
// to do otherwise, waits for it: it tells nobody and stands nowhere until then, and
// what is not of her confirmation never does.
func TestReviewsWaitForTheirConfirmation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 6)
		r.jpeg = jpegOf(t, 30)
		there := r.crew(pointThere)
		far := r.enrol(pointThere)
		waits := func(want int) {
			t.Helper()
			r.read(func(ctx context.Context, tx *db.Tx) error {
				all, err := review.Waits(ctx, tx, review.Filter{Division: division, Point: pointThere})
				if len(all) != want || err != nil {
					t.Errorf("%d reviews wait, want %d, %v", len(all), want, err)
				}
				return err
			})
		}
		reviewed := func(n int, of sealed) sealed {
			return far.review(r.people[n].Application, there.clerk, reviewing{change: func(v *protocol.Review) { v.Record = of.Manifest.ID }})
		}
		app := r.people[0].Application
		s := far.seal(r.people[0], making{body: func(c *protocol.Confirmation) { c.Application.Point = pointThere }})
		mine, other := reviewed(0, s), reviewed(2, s)
		far.takes("her review first", mine)
		far.takes("another's, of her confirmation", other)
		waits(2)
		if told := r.notices(app.ID); told[notice.ReviewLacks] != 0 {
			t.Errorf("told %v before it is known whose it is", told)
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			if _, err := review.Standing(ctx, tx, app.ID); !errors.Is(err, review.ErrNotFound) {
				t.Errorf("it stands already: %v", err)
			}
			return nil
		})
		far.takes("her confirmation", s)
		waits(0)
		if got, _ := r.standing(app.ID); got.ID != mine.Manifest.ID.String() || got.Record != s.Manifest.ID.String() {
			t.Errorf("what stands is %+v", got)
		}
		if told := r.notices(app.ID); told[notice.ReviewLacks] != 1 {
			t.Errorf("told %v", told)
		}
		r.read(func(ctx context.Context, tx *db.Tx) error {
			all, err := review.Of(ctx, tx, r.people[2].Application.ID)
			if err != nil || len(all) != 1 || all[0].State != review.Refused {
				t.Errorf("another's: %+v, %v", all, err)
			}
			return nil
		})
		if told := r.notices(r.people[2].Application.ID); told[notice.ReviewLacks]+told[notice.Reviewed] != 0 {
			t.Errorf("told %v", told)
		}
		if fsck, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !fsck.OK() || fsck.Orphans != 0 {
			t.Errorf("fsck %+v, %v", fsck, err)
		}
	})
}

// A void on a stick whose confirmation, first entered at the point, comes later in
// the file is taken after it; where that is not on the stick its carrier is told so,
// and it is not taken behind her back.
func TestEarlyActsOfAStick(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		p, who := r.strangers(3), r.crew(pointHere)
		b := r.enrol(pointHere)
		first, app := b.enters(p[0])
		v := b.void(first, app, who)
		second, other := b.enters(p[1])
		w := b.void(second, other, who)
		if words, _ := r.bring(stickOf(t, b.id.Box, v, first, w)); !slices.Equal(said(words), []string{"1 new", "2 new", "4 early"}) {
			t.Errorf("got %v", said(words))
		}
		if got := r.record(first.Manifest.ID); got.State != confirmation.Voided {
			t.Errorf("it is %s", got.State)
		}
		b.takes("what it rests on", second)
		if got := r.record(second.Manifest.ID); got.State != confirmation.InForce {
			t.Errorf("what was told as not taken was taken: %s", got.State)
		}
		if words, _ := r.bring(stickOf(t, b.id.Box, w, v)); !slices.Equal(said(words), []string{"4 new", "2 known"}) || r.record(second.Manifest.ID).State != confirmation.Voided {
			t.Errorf("brought again: %v", said(words))
		}
	})
}

// A box whose disk died before all it had sealed was here is not retired before its
// stick is: its last word speaks of the epoch it is in.
func TestRetireLooksAtEveryEpoch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 4)
		b := r.enrol(pointHere)
		lost, here := b.seal(r.people[0], making{}), b.seal(r.people[1], making{})
		b.takes("the second", here)
		stick := stickOf(t, b.id.Box, lost)
		code := r.ticket(pointHere, string(b.id.Box))
		b.fresh()
		b.take(code)
		now := b.seal(r.people[2], making{})
		b.takes("in its new epoch", now)
		word, err := protocol.SignMessage(protocol.KindRetirement, protocol.Retirement{Address: b.id, At: protocol.TimeOf(r.clock.Now()), Head: 1, HeadHash: now.Hash()}, b.key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.in.Retire(t.Context(), word, flow.Operator()); !errors.Is(err, intake.ErrMissing) {
			t.Errorf("one of its first epoch is missing: %v", err)
		}
		if words, _ := r.bring(stick); !slices.Equal(said(words), []string{"1 new"}) {
			t.Errorf("its stick: %v", said(words))
		}
		if id, err := r.in.Retire(t.Context(), word, flow.Operator()); err != nil || id != string(b.id.Box) {
			t.Errorf("all is here: %v", err)
		}
	})
}
