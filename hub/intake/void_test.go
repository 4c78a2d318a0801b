package intake_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// hire makes an account and gives it.
func (r *rig) hire(name string, role staff.Role, point string) staff.Account {
	r.t.Helper()
	desk := staff.New(staff.Options{DB: r.db, Keys: r.ring, Now: r.clock.Now, Hasher: stafftest.Hasher()})
	var office string
	r.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT id FROM office WHERE division = $1 ORDER BY id LIMIT 1`, division).Scan(&office)
	})
	a, err := desk.Create(r.t.Context(), staff.NewAccount{Name: name, Display: "某" + name, Role: role, Office: office, Point: point,
		Password: "correct horse battery 9", Secret: stafftest.Secret}, flow.Operator().Author)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

// dismiss disables an account, from now on.
func (r *rig) dismiss(a staff.Account) {
	r.t.Helper()
	desk := staff.New(staff.Options{DB: r.db, Keys: r.ring, Now: r.clock.Now, Hasher: stafftest.Hasher()})
	if err := desk.Disable(r.t.Context(), a.ID, "离职", flow.Operator().Author); err != nil {
		r.t.Fatal(err)
	}
}

// crew are those of a point who take a confirmation back together.
type crew struct{ clerk, head staff.Account }

func (r *rig) crew(point string) crew {
	return crew{r.hire("clerk"+point, staff.Clerk, point), r.hire("head"+point, staff.PointHead, point)}
}

// void seals a void as the next record of the box.
func (b *box) void(of sealed, application string, by crew) sealed {
	b.r.t.Helper()
	b.seq++
	now := protocol.TimeOf(b.r.clock.Now())
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordVoid, Box: b.id.Box, Epoch: b.id.Epoch, Sequence: b.seq, Previous: b.prev,
		Suite: protocol.SuiteAES, Campaign: b.r.campaign.ID, CampaignVersion: b.r.campaign.Version,
		Time: protocol.TimeEvidence{Earliest: now, Latest: now, Source: protocol.SourceHub, HubTime: now, Boot: 1, Verdict: protocol.VerdictOpen}},
		protocol.Void{Record: of.Manifest.ID, Application: application, Point: b.point, Reason: "04", Blobs: []protocol.BlobRef{}, Copies: 1, TakenBack: 1,
			Assents: []protocol.Assent{{Account: by.clerk.ID, Role: protocol.AssentClerk, How: protocol.HowCode, At: now}, {Account: by.head.ID, Role: protocol.AssentHead, How: protocol.HowCode, At: now}}},
		nil, b.r.ring.OpeningKey(), b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	b.prev = rec.Hash()
	return sealed{rec, map[protocol.Hash][]byte{rec.Manifest.Body.Hash: rec.Body}}
}

func (r *rig) rowOf(application string) (row candidate.Row) {
	r.read(func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = r.flow.Candidates.Row(ctx, tx, application)
		return err
	})
	return row
}

// TestVoidTheSameDay: what clerk and head of the point took back counts no more,
// whichever comes first, and she confirms again; who may not is refused.
func TestVoidTheSameDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 6)
		here, there := r.crew(pointHere), r.crew(pointThere)
		b := r.enrol(pointHere)
		seal := func(n int) (sealed, string) { return b.seal(r.people[n], making{}), r.people[n].Application.ID }

		s, app := seal(0)
		b.receipt(s)
		v := b.void(s, app, here)
		if got := b.receipt(v); got.Outcome != protocol.Accepted {
			t.Fatalf("void: %+v", got)
		}
		if got := r.record(s.Manifest.ID); got.State != confirmation.Voided {
			t.Errorf("the record is %s", got.State)
		}
		if row := r.rowOf(app); row.State != candidate.Registered {
			t.Errorf("the application is %s: she cannot confirm again", row.State)
		}
		again, _ := seal(0)
		if got := b.receipt(again); got.Outcome != protocol.Accepted || r.record(again.Manifest.ID).State != confirmation.InForce {
			t.Errorf("confirmed again: %+v, %s", got, r.record(again.Manifest.ID).State)
		}
		if got := b.receipt(v); got.Outcome != protocol.Accepted || r.record(again.Manifest.ID).State != confirmation.InForce {
			t.Errorf("the void said twice: %+v", got)
		}

		first, other := seal(1)
		late := b.void(first, other, here)
		if got := b.receipt(late); got.Outcome != protocol.Accepted {
			t.Fatalf("a void before its confirmation: %+v", got)
		}
		if got := b.receipt(first); got.Outcome != protocol.Accepted || r.record(first.Manifest.ID).State != confirmation.Voided || r.rowOf(other).State != candidate.Registered {
			t.Errorf("its confirmation: %+v, %s", got, r.record(first.Manifest.ID).State)
		}

		s, app = seal(2)
		b.receipt(s)
		for name, by := range map[string]crew{"of another point": there, "two clerks": {here.clerk, here.clerk}, "head and nobody": {staff.Account{ID: "none"}, here.head},
			"the clerk as head": {here.head, here.clerk}} {
			if by.clerk.ID == by.head.ID {
				continue // the wire refuses it: see protocol
			}
			if got := b.receipt(b.void(s, app, by)); got.Reason != protocol.ReasonAssent {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if got := b.receipt(b.void(s, other, here)); got.Reason != protocol.ReasonContent {
			t.Errorf("of another application: %+v", got)
		}
		r.clock.set(r.clock.Now().Add(24 * time.Hour))
		if got := b.receipt(b.void(s, app, here)); got.Reason != protocol.ReasonAssent || r.record(s.Manifest.ID).State != confirmation.InForce {
			t.Errorf("the next day: %+v", got)
		}
		if fsck, err := intake.Fsck(t.Context(), r.db, r.blobs); err != nil || !fsck.OK() {
			t.Errorf("fsck %+v, %v", fsck, err)
		}
	})
}

// race is what one person goes through, in any order.
type race struct {
	*rig
	t       *rapid.T
	boxes   []*box
	crews   []crew
	county  staff.Account
	p       synthetic.Person
	app     string
	version uint32
	point   string
	sealed  []sealed // that were signed at some box
	at      []int    // box of each
	open    []waiting
	voided  map[string]bool
	model
}

// waiting is an envelope on its way.
type waiting struct {
	box int
	s   sealed
	of  string // a void or a card: its confirmation
}

// TestEditsRacingConfirmations: in any order of edits, moves, confirmations at
// two points, arrivals, decisions and voids nothing that was signed is lost, no
// two are in force, the last word is told, and the counters say what the rows do.
func TestEditsRacingConfirmations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		most := 400
		if os.Getenv("ZHUNKAO_LONG") != "" { // with -rapid.checks=4000
			most = 5000
		}
		r := newRig(t, d, most)
		boxes := []*box{r.enrol(pointHere), r.enrol(pointThere)}
		crews := []crew{r.crew(pointHere), r.crew(pointThere)}
		county := r.hire("county", staff.CountyOperator, "")
		page := drawn(t, 60, 40)
		r.jpeg = jpegOf(t, 30)
		next := 0
		rapid.Check(t, func(rt *rapid.T) {
			p := r.people[next%most]
			next++
			h := &race{rig: r, t: rt, boxes: boxes, crews: crews, county: county, p: p, app: p.Application.ID, version: r.rowOf(p.Application.ID).Version,
				point: p.Application.Point, voided: map[string]bool{}, model: newModel(page)}
			if next > most {
				rt.Skip("everybody has been through it")
			}
			for range rapid.IntRange(2, 16).Draw(rt, "steps") {
				r.clock.set(r.clock.Now().Add(time.Millisecond))
				h.step()
				h.hold()
			}
			for len(h.open) > 0 {
				h.arrive()
				h.hold()
			}
			h.settled()
		})
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

func (h *race) step() {
	switch rapid.SampledFrom([]string{"edit", "move", "confirm", "confirm", "arrive", "arrive", "decide", "void", "papers", "papers", "card", "review"}).Draw(h.t, "step") {
	case "papers":
		h.judgePapers()
	case "card":
		h.readCard()
	case "review":
		h.lookAt()
	case "edit":
		h.save(func(a *form.Application) { a.Fields[form.PhoneNumber] = fmt.Sprintf("139%08d", h.version) })
	case "move":
		h.save(func(a *form.Application) {
			a.Point = map[string]string{pointHere: pointThere, pointThere: pointHere}[a.Point]
		})
	case "confirm":
		n := rapid.IntRange(0, 1).Draw(h.t, "box")
		p := h.p
		p.Application = p.Application.Clone()
		p.Application.Point = h.boxes[n].point
		s := h.confirms(n, p)
		h.sealed, h.at, h.open = append(h.sealed, s), append(h.at, n), append(h.open, waiting{n, s, ""})
	case "arrive":
		h.arrive()
	case "decide":
		h.decide()
	case "void":
		if len(h.sealed) == 0 {
			return
		}
		i := rapid.IntRange(0, len(h.sealed)-1).Draw(h.t, "of")
		id := h.sealed[i].Manifest.ID.String()
		h.voided[id] = true
		h.open = append(h.open, waiting{h.at[i], h.boxes[h.at[i]].void(h.sealed[i], h.app, h.crews[h.at[i]]), id})
	}
}

// save is a portal's edit: refused once she is confirmed.
func (h *race) save(change func(*form.Application)) {
	row := h.rowOf(h.app)
	if row.State == candidate.Confirmed {
		return
	}
	var now form.Application
	h.read(func(ctx context.Context, tx *db.Tx) error {
		found, err := h.flow.Candidates.Get(ctx, tx, h.app)
		now = found.Application.Clone()
		return err
	})
	now.Version = row.Version + 1
	change(&now)
	if err := h.write(func(ctx context.Context, tx *db.Tx) error {
		return h.flow.Register(ctx, tx, now, candidate.FromPortal, flow.Candidate(h.app, "acc", ""))
	}); err != nil {
		h.t.Fatal(err)
	}
	h.version = now.Version
	if rapid.Bool().Draw(h.t, "the boxes hear of it") {
		h.p.Application = now
	}
}

// arrive lets one of what is on its way come; boxes speak in any order.
func (h *race) arrive() {
	if len(h.open) == 0 {
		return
	}
	i := rapid.IntRange(0, len(h.open)-1).Draw(h.t, "which")
	w := h.open[i]
	h.open = append(h.open[:i:i], h.open[i+1:]...)
	before := h.records()
	got := h.boxes[w.box].receipt(w.s)
	if got.Outcome != protocol.Accepted {
		h.t.Fatalf("%s of box %d: %+v", w.s.Manifest.Kind, w.box, got)
	}
	h.came(w, before)
}

func (h *race) decide() {
	err := h.write(func(ctx context.Context, tx *db.Tx) error {
		c, err := h.flow.Case(ctx, tx, h.app)
		if errors.Is(err, confirmation.ErrNotFound) || err == nil && !c.Waits() {
			return nil
		}
		if err != nil {
			return err
		}
		keep := rapid.IntRange(-1, len(c.Sides)-1).Draw(h.t, "keep")
		d := flow.Decision{Application: h.app, Seen: c.Seen(), Reason: "问过本人"}
		if keep >= 0 {
			d.Keep = c.Sides[keep].ID
		} else if !c.MayRefuse() {
			return nil
		}
		_, err = h.flow.Decide(ctx, tx, d, h.county, flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: h.county.ID}})
		if err == nil {
			h.ruled(c, d.Keep)
			if again := h.flowAgain(ctx, tx, d); !errors.Is(again, confirmation.ErrChanged) && !errors.Is(again, confirmation.ErrNotFound) {
				h.t.Fatalf("decided twice: %v", again)
			}
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// flowAgain is the same click once more.
func (h *race) flowAgain(ctx context.Context, tx *db.Tx, d flow.Decision) error {
	_, err := h.flow.Decide(ctx, tx, d, h.county, flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: h.county.ID}})
	return err
}

// hold is what holds after every step.
func (h *race) hold() {
	all := h.records()
	h.holds(all)
	var force, waits, stands int
	for _, r := range all {
		if r.State == confirmation.InForce {
			force++
		}
		if r.State.Waits() {
			waits++
		}
		if r.State.Stands() {
			stands++
		}
	}
	row := h.rowOf(h.app)
	switch {
	case force > 1:
		h.t.Fatalf("%d confirmations in force", force)
	case stands > 0 != (row.State == candidate.Confirmed):
		h.t.Fatalf("%d confirmations stand, and the application is %s", stands, row.State)
	case stands > 1 && waits == 0:
		h.t.Fatalf("%d stand and nobody is asked", stands)
	}
	if force == 1 && waits == 0 {
		for _, r := range all {
			if r.State == confirmation.InForce && row.ConfirmedPoint != r.Point {
				h.t.Fatalf("confirmed at %s by a record of %s", row.ConfirmedPoint, r.Point)
			}
		}
	}
}

// settled is what holds when all has come.
func (h *race) settled() {
	h.read(func(ctx context.Context, tx *db.Tx) error {
		for _, s := range h.sealed {
			r, err := confirmation.Get(ctx, tx, s.Manifest.ID.String())
			if err != nil {
				h.t.Fatalf("a record that was signed is lost: %v", err)
			}
			if _, err := confirmation.Open(ctx, tx, h.ring, r.ID); err != nil {
				h.t.Fatalf("what she signed does not open: %v", err)
			}
			if h.voided[r.ID] != (r.State == confirmation.Voided) {
				h.t.Fatalf("taken back %v, and it is %s", h.voided[r.ID], r.State)
			}
			if err := h.told(ctx, tx, r); err != nil {
				return err
			}
		}
		return h.reviewed(ctx, tx)
	})
}

// told: every record that waits, counts or was taken back was told of.
func (h *race) told(ctx context.Context, tx *db.Tx, r confirmation.Record) error {
	kinds := map[confirmation.State][]notice.Kind{
		confirmation.InForce: {notice.Confirmed, notice.Decided, notice.Provisional, notice.PapersReturned}, confirmation.Refused: {notice.PapersRefused, notice.VoidedOther}, confirmation.Disputed: {notice.Disputed},
		confirmation.Overruled: {notice.Decided, notice.DecidedNone}, confirmation.Voided: {notice.Voided, notice.VoidedOther},
		confirmation.TimePending: {notice.TimePending},
	}[r.State]
	if r.StateReason == confirmation.NoteReplaced {
		return nil // she was asked to come again, and was told of the one that she came with
	}
	all, err := notice.List(ctx, tx, notice.Reader{Applications: []string{h.app}}, "", 500)
	if err != nil {
		return err
	}
	for _, n := range all {
		for _, k := range kinds {
			if n.Kind == k {
				return nil
			}
		}
	}
	h.t.Fatalf("a record is %s and none of %v was told", r.State, kinds)
	return nil
}

// counted holds the counters against the rows.
func (r *rig) counted() {
	r.t.Helper()
	built, err := progress.Rebuild(r.t.Context(), r.db)
	if err != nil {
		r.t.Fatal(err)
	}
	if built.Differ != 0 {
		r.t.Errorf("%d counters differ from the journal", built.Differ)
	}
	r.read(func(ctx context.Context, tx *db.Tx) error {
		for _, point := range []string{pointHere, pointThere} {
			var want, got int64
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM confirmation WHERE point = $1 AND state IN ('in-force', 'time-pending')`, point).Scan(&want); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, `SELECT coalesce(sum(confirmed), 0) FROM progress WHERE place = $1 AND hour = -1`, point).Scan(&got); err != nil {
				return err
			}
			if got != want {
				r.t.Errorf("%s: %d confirmed by the counters, %d by the rows", point, got, want)
			}
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM application WHERE point = $1 AND state <> 'withdrawn'`, point).Scan(&want); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, `SELECT coalesce(sum(registered), 0) FROM progress WHERE place = $1 AND hour = -1`, point).Scan(&got); err != nil {
				return err
			}
			if got != want {
				r.t.Errorf("%s: %d registered by the counters, %d by the rows", point, got, want)
			}
		}
		return nil
	})
}
