package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"reflect"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/review"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

func jpegOf(t *testing.T, edge int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, edge, edge)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reviewing is what a test changes of a review.
type reviewing struct {
	change   func(*protocol.Review)
	pictures map[string][]byte // by role; nil: a pledge and one copy
	media    string
}

// review seals a review as the next record of the box.
func (b *box) review(of form.Application, clerk staff.Account, x reviewing) sealed {
	b.r.t.Helper()
	now := protocol.TimeOf(b.r.clock.Now())
	if x.pictures == nil {
		x.pictures = map[string][]byte{protocol.RolePledge: b.r.jpeg, protocol.RoleCopy(1): b.r.jpeg}
	}
	if x.media == "" {
		x.media = "image/jpeg"
	}
	body := protocol.Review{Application: of.ID, Version: of.Version, Point: b.point, Note: "已告知",
		Items:  []protocol.ReviewItem{{Key: "diploma", Result: protocol.Pass}, {Key: "licence", Result: protocol.Warn, Note: "下周带来"}, {Key: "pledge", Result: protocol.Pass}},
		Claims: []protocol.ReviewClaim{{Kind: protocol.ClaimBonus, Code: "B05", Shown: protocol.Pass, Copies: []uint16{1}}},
		Clerk:  protocol.Assent{Account: clerk.ID, Role: protocol.AssentClerk, How: protocol.HowCode, At: now}, Blobs: []protocol.BlobRef{}}
	parts := map[protocol.Hash][]byte{}
	for _, role := range []string{protocol.RolePledge, protocol.RoleCopy(1), protocol.RoleCopy(2)} {
		plain, there := x.pictures[role]
		if !there {
			continue
		}
		blob, err := protocol.SealBlob(protocol.SuiteAES, role, x.media, plain)
		if err != nil {
			b.r.t.Fatal(err)
		}
		if role == protocol.RolePledge {
			body.Pledge = protocol.HashOf(plain)
		}
		body.Blobs = append(body.Blobs, blob.Ref)
		parts[blob.Ref.Hash] = blob.Ciphertext
	}
	if x.change != nil {
		x.change(&body)
	}
	b.seq++
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordReview, Box: b.id.Box, Epoch: b.id.Epoch, Sequence: b.seq, Previous: b.prev,
		Suite: protocol.SuiteAES, Campaign: b.r.campaign.ID, CampaignVersion: b.r.campaign.Version,
		Time: protocol.TimeEvidence{Earliest: now, Latest: now, Source: protocol.SourceHub, HubTime: now, Boot: 1, Verdict: protocol.VerdictOpen}},
		body, body.Blobs, b.r.ring.OpeningKey(), b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.prev = rec.Hash()
	parts[rec.Manifest.Body.Hash] = rec.Body
	return sealed{rec, parts}
}

// standing is the review of an application that stands, with what was noted.
func (r *rig) standing(application string) (s review.Review, c review.Content) {
	r.t.Helper()
	r.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if s, err = review.Standing(ctx, tx, application); err == nil {
			c, err = review.Open(ctx, tx, r.ring, s.ID)
		}
		return err
	})
	return s, c
}

// notices counts what an application was told, by kind.
func (r *rig) notices(application string) map[notice.Kind]int {
	out := map[notice.Kind]int{}
	r.read(func(ctx context.Context, tx *db.Tx) error {
		all, err := notice.List(ctx, tx, notice.Reader{Applications: []string{application}}, "", 500)
		for _, n := range all {
			out[n.Kind]++
		}
		return err
	})
	return out
}

// A review is taken with its pictures, told, and the newest stands whichever comes
// first; it changes neither the application nor its confirmation.
func TestReviewIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 3)
		r.jpeg = jpegOf(t, 40)
		here := r.crew(pointHere)
		b := r.enrol(pointHere)
		app := r.people[0].Application
		before := r.rowOf(app.ID)

		first := b.review(app, here.clerk, reviewing{})
		r.clock.set(r.clock.Now().Add(time.Hour))
		second := b.review(app, here.clerk, reviewing{change: func(v *protocol.Review) {
			v.Items = []protocol.ReviewItem{{Key: "diploma", Result: protocol.Pass}, {Key: "licence", Result: protocol.Pass}}
			v.Claims = nil
		}, pictures: map[string][]byte{}})
		if got := b.receipt(second); got.Outcome != protocol.Accepted {
			t.Fatalf("the newer one first: %+v", got)
		}
		if got := b.receipt(first); got.Outcome != protocol.Accepted {
			t.Fatalf("the older one late: %+v", got)
		}
		s, _ := r.standing(app.ID)
		if s.ID != second.Manifest.ID.String() || len(s.Claims) != 0 || s.Lacks() || s.Pledge != "" {
			t.Errorf("what stands is %+v", s)
		}
		if got := r.notices(app.ID); got[notice.Reviewed] != 1 || got[notice.ReviewLacks] != 0 {
			t.Errorf("told %v: what was overtaken tells nobody", got)
		}
		r.clock.set(r.clock.Now().Add(time.Hour))
		third := b.review(app, here.clerk, reviewing{change: func(v *protocol.Review) { v.Items[0].Result = protocol.Fail }})
		if got := b.receipt(third); got.Outcome != protocol.Accepted {
			t.Fatal(got)
		}
		if got := b.receipt(third); got.Outcome != protocol.Accepted { // said twice
			t.Fatal(got)
		}
		s, c := r.standing(app.ID)
		if s.ID != third.Manifest.ID.String() || !s.Doubtful() || !s.Lacks() || s.Clerk != here.clerk.ID || s.Version != app.Version || s.Point != pointHere || s.Record != "" {
			t.Errorf("what stands is %+v", s)
		}
		if got := fmt.Sprint(s.Claims); got != "[{bonus B05 pass [1] pending}]" || c.Note != "已告知" || !reflect.DeepEqual(c.Notes, map[string]string{"licence": "下周带来"}) {
			t.Errorf("claims %s, note %q, notes %v", got, c.Note, c.Notes)
		}
		for _, role := range []string{protocol.RolePledge, protocol.RoleCopy(1)} {
			plain, width, _, err := hand.Reviewed(r.blobs, s, c, role)
			if err != nil || width != 40 || !bytes.Equal(plain, r.jpeg) || role == protocol.RolePledge && protocol.HashOf(plain).String() != s.Pledge {
				t.Errorf("%s: %d pixels, %v", role, width, err)
			}
		}
		if _, _, _, err := hand.Reviewed(r.blobs, s, c, protocol.RoleCopy(2)); !errors.Is(err, hand.ErrNone) {
			t.Errorf("a picture that is not there: %v", err)
		}
		if got := r.notices(app.ID); got[notice.ReviewLacks] != 1 {
			t.Errorf("told %v", got)
		}
		if after := r.rowOf(app.ID); after != before {
			t.Errorf("the application changed: %+v, before %+v", after, before)
		}
		eventually(t, "the journal is sealed", func() bool {
			var n int
			r.read(func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE number IS NULL`).Scan(&n)
			})
			return n == 0
		})
		r.read(func(ctx context.Context, tx *db.Tx) error {
			all, err := review.Of(ctx, tx, app.ID)
			if len(all) != 3 {
				t.Errorf("%d reviews are kept, %v", len(all), err)
			}
			entries, err := journal.List(ctx, tx, journal.Filter{Act: journal.ApplicationReviewed, Limit: 10})
			if len(entries) != 3 || entries[0].Detail["fails"] != "diploma" || entries[0].Detail["lacks"] != "licence" {
				t.Errorf("journalled %+v, %v", entries, err)
			}
			return err
		})
		r.lists(t, app.ID)
		if fsck, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !fsck.OK() || fsck.Orphans != 0 {
			t.Errorf("fsck %+v, %v", fsck, err)
		}
		r.erases(t, app.ID)
	})
}

// lists: what stands is in the county's and the city's lists, in their remit
// alone.
func (r *rig) lists(t *testing.T, application string) {
	r.read(func(ctx context.Context, tx *db.Tx) error {
		for name, x := range map[string]struct {
			f    review.Filter
			want int
		}{"of the division": {review.Filter{Division: division}, 1}, "of another": {review.Filter{Division: "431300"}, 0}, "of the point": {review.Filter{Point: pointHere}, 1},
			"of another point": {review.Filter{Division: division, Point: pointThere}, 0}} {
			doubts, err := review.Doubts(ctx, tx, x.f)
			claims, err2 := review.ClaimList(ctx, tx, x.f)
			n, err3 := review.DoubtCount(ctx, tx, x.f)
			m, err4 := review.ClaimCount(ctx, tx, x.f)
			if err := errors.Join(err, err2, err3, err4); err != nil || len(doubts) != x.want || len(claims) != x.want || n != x.want || m != x.want {
				t.Errorf("%s: %d and %d doubts, %d and %d claims, %v", name, len(doubts), n, len(claims), m, err)
			}
			if x.want == 1 && (doubts[0].Application != application || claims[0].Application != application || claims[0].State != review.Pending) {
				t.Errorf("%s: %+v, %+v", name, doubts, claims)
			}
		}
		if all, err := review.ClaimList(ctx, tx, review.Filter{Kind: form.ExemptionClaim}); err != nil || len(all) != 0 {
			t.Errorf("exemptions: %v, %v", all, err)
		}
		all, err := review.ClaimList(ctx, tx, review.Filter{})
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		if rest, err := review.ClaimList(ctx, tx, review.Filter{Before: all[0].Cursor()}); err != nil || len(rest) != 0 {
			t.Errorf("behind the last: %v, %v", rest, err)
		}
		return nil
	})
}

// erases: with her application her reviews go, and their pictures are named by
// nobody.
func (r *rig) erases(t *testing.T, application string) {
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		return r.flow.Erase(ctx, tx, flow.Erasing{Application: application, Campaign: r.campaign.ID, Office: true, Reason: "本人要求"}, flow.Operator())
	}); err != nil {
		t.Fatal(err)
	}
	r.read(func(ctx context.Context, tx *db.Tx) error {
		if _, err := review.Standing(ctx, tx, application); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("after the erasure: %v", err)
		}
		for _, table := range []string{"review", "review_claim"} {
			var n int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+table+` WHERE application = $1`, application).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d rows in %s, %v", n, table, err)
			}
		}
		return nil
	})
	if fsck, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !fsck.OK() || fsck.Orphans == 0 {
		t.Errorf("fsck %+v, %v", fsck, err)
	}
}

// However much lacks the review is taken and told; a word that a box gave by a
// clock that is ahead does not outlast those that come after it.
func TestReviewOfMuchAndAhead(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 2)
	r.jpeg = jpegOf(t, 30)
	here, b := r.crew(pointHere), r.enrol(pointHere)
	app := r.people[0].Application
	much := func(v *protocol.Review) {
		v.Items, v.Clerk.At = nil, v.Clerk.At+365*24*3600*1000
		for n := range 40 {
			v.Items = append(v.Items, protocol.ReviewItem{Key: fmt.Sprintf("paper-of-a-long-name-%d", n), Result: protocol.Warn})
		}
	}
	if got := b.receipt(b.review(app, here.clerk, reviewing{change: much})); got.Outcome != protocol.Accepted {
		t.Fatalf("forty papers lack: %+v", got)
	}
	if s, _ := r.standing(app.ID); len(s.Items) != 40 || r.notices(app.ID)[notice.ReviewLacks] != 1 {
		t.Errorf("%d items stand, told %v", len(s.Items), r.notices(app.ID))
	}
	odd := b.review(app, here.clerk, reviewing{change: func(v *protocol.Review) { v.Items[0] = protocol.ReviewItem{Key: "what+ever", Result: protocol.Fail} }})
	if got := b.receipt(odd); got.Outcome != protocol.Quarantined || got.Reason != protocol.ReasonContent {
		t.Errorf("a key of no campaign: %+v", got)
	}
	r.clock.set(r.clock.Now().Add(time.Hour))
	later := b.review(app, here.clerk, reviewing{})
	if got := b.receipt(later); got.Outcome != protocol.Accepted {
		t.Fatal(got)
	}
	if s, _ := r.standing(app.ID); s.ID != later.Manifest.ID.String() {
		t.Errorf("what stands was looked at on %s", time.UnixMilli(s.Looked))
	}
}

// Who may not review, whom the point has nothing to do with, and pictures that
// are not what the record says are refused; who moved away since, or was
// confirmed there, is hers.
func TestReviewIsJudged(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t), 6)
	r.jpeg = jpegOf(t, 30)
	here, there := r.crew(pointHere), r.crew(pointThere)
	b, far := r.enrol(pointHere), r.enrol(pointThere)
	app := r.people[0].Application
	refused := func(name string, x *box, s sealed, want protocol.Reason) {
		t.Helper()
		if got := x.receipt(s); got.Reason != want {
			t.Errorf("%s: %+v, want %s", name, got, want)
		}
	}
	gone := r.hire("gone", staff.Clerk, pointHere)
	r.dismiss(gone)
	stranger := app
	stranger.ID = "nobody"
	refused("a clerk of another point", b, b.review(app, there.clerk, reviewing{}), protocol.ReasonAssent)
	refused("a clerk who was disabled", b, b.review(app, gone, reviewing{}), protocol.ReasonAssent)
	refused("nobody's account", b, b.review(app, staff.Account{ID: "none"}, reviewing{}), protocol.ReasonAssent)
	refused("an application that is not here", b, b.review(stranger, here.clerk, reviewing{}), protocol.ReasonUnknown)
	refused("a point that has nothing to do with her", far, far.review(app, there.clerk, reviewing{}), protocol.ReasonContent)
	refused("another pledge than was said", b, b.review(app, here.clerk, reviewing{change: func(v *protocol.Review) { v.Pledge = protocol.HashOf([]byte("another")) }}), protocol.ReasonContent)
	refused("a pledge that is not there", b, b.review(app, here.clerk, reviewing{change: func(v *protocol.Review) { v.Pledge = protocol.HashOf(r.jpeg) }, pictures: map[string][]byte{protocol.RoleCopy(1): r.jpeg}}), protocol.ReasonContent)
	refused("no picture", b, b.review(app, here.clerk, reviewing{pictures: map[string][]byte{protocol.RolePledge: []byte("text"), protocol.RoleCopy(1): r.jpeg}}), protocol.ReasonContent)
	refused("of another medium", b, b.review(app, here.clerk, reviewing{media: "image/png"}), protocol.ReasonContent)
	refused("evidence that is not there", b, b.review(app, here.clerk, reviewing{change: func(v *protocol.Review) { v.Claims[0].Copies = []uint16{2} }}), protocol.ReasonContent)
	r.read(func(ctx context.Context, tx *db.Tx) error {
		if _, err := review.Standing(ctx, tx, app.ID); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("what was refused stands: %v", err)
		}
		return nil
	})

	early := b.review(app, gone, reviewing{change: func(v *protocol.Review) { v.Clerk.At = protocol.TimeOf(r.clock.Now().Add(-time.Minute)) }})
	if got := b.receipt(early); got.Outcome != protocol.Accepted {
		t.Errorf("by a clerk who was disabled since: %+v", got)
	}
	s := far.seal(r.people[1], making{body: func(c *protocol.Confirmation) { c.Application.Point = pointThere }})
	far.receipt(s)
	named := far.review(r.people[1].Application, there.clerk, reviewing{change: func(v *protocol.Review) { v.Record = s.Manifest.ID }})
	if got := far.receipt(named); got.Outcome != protocol.Accepted {
		t.Errorf("of whom it confirmed: %+v", got)
	}
	refused("of another's confirmation", far, far.review(r.people[2].Application, there.clerk, reviewing{change: func(v *protocol.Review) { v.Record = s.Manifest.ID }}), protocol.ReasonContent)

	moved := r.people[3].Application.Clone()
	moved.Version, moved.Point = moved.Version+1, pointThere
	if err := r.write(func(ctx context.Context, tx *db.Tx) error {
		return r.flow.Register(ctx, tx, moved, candidate.FromPortal, flow.Hub())
	}); err != nil {
		t.Fatal(err)
	}
	if got := b.receipt(b.review(r.people[3].Application, here.clerk, reviewing{})); got.Outcome != protocol.Accepted {
		t.Errorf("of who moved away meanwhile: %+v", got)
	}
	if fsck, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !fsck.OK() {
		t.Errorf("fsck %+v, %v", fsck, err)
	}
}
