package flow_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/candidate"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

func TestFillNeedsThePledge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		p.account("u1")
		if _, err := p.fill("u1", 0, phone("13800000000")); !errors.Is(err, flow.ErrUnpledged) {
			t.Errorf("filling in before the pledge: got %v, want ErrUnpledged", err)
		}
		if _, err := p.apply("u1", 0); !errors.Is(err, flow.ErrUnpledged) {
			t.Errorf("submitting before the pledge: got %v, want ErrUnpledged", err)
		}
		g := given("u1", consent.Pledge, p.c)
		g.Name = "王小明"
		sign := func() error {
			return d.Write(ctx, func(tx *db.Tx) error { return p.f.Pledge(ctx, tx, g, p.rules, flow.Hub()) })
		}
		var c *flow.ConsentError
		if err := sign(); !errors.As(err, &c) || fmt.Sprint(c.Missing) != "[notice privacy photo]" {
			t.Errorf("the pledge before the notices: got %v, want the three that were not read", err)
		}
		p.must(func(tx *db.Tx) error {
			for _, k := range []consent.Kind{consent.Notice, consent.Privacy} {
				if err := p.f.Consent(ctx, tx, given("u1", k, p.c), flow.Hub()); err != nil {
					return err
				}
			}
			no := given("u1", consent.Photo, p.c)
			no.Agreed = false // the staff will help
			return p.f.Consent(ctx, tx, no, flow.Hub())
		})
		g.Name = ""
		if err := sign(); !errors.Is(err, consent.ErrSignature) {
			t.Errorf("a pledge without a name: got %v, want ErrSignature", err)
		}
		g.Name = "王小明"
		if err := errors.Join(sign(), sign()); err != nil {
			t.Fatal(err)
		}
		if got := p.acts()[journal.ConsentGiven]; got != 4 {
			t.Errorf("%d entries of consent, want 4: the pledge signed twice is one", got)
		}
		if x, err := p.fill("u1", 1, phone("13800000000")); err != nil || x.Revision != 2 || x.PledgedAt == 0 {
			t.Errorf("after the pledge: got %v, %v", x, err)
		}
	})
}

func TestApplySubmitsOnceAndEdits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		again, err := p.apply(u, 2)
		if err != nil || !again.Again || again.Application != id || again.Version != 1 {
			t.Fatalf("the second click: got %+v, %v; want the first result", again, err)
		}
		if _, err := p.fill(u, 2, phone("13911112222")); err != nil {
			t.Fatal(err)
		}
		if first, err := p.apply(u, 2); err != nil || !first.Again || first.Version != 1 {
			t.Errorf("the first revision sent again from an old page: got %+v, %v; want the first result", first, err)
		}
		second, err := p.apply(u, 3)
		if err != nil || second.Version != 2 || second.Application != id {
			t.Fatalf("an edit: got %+v, %v; want version 2 of the same application", second, err)
		}
		all := p.versions(id)
		if len(all) != 2 || all[1].Origin != candidate.FromPortal || all[1].Author != (journal.Author{Kind: journal.ByCandidate, ID: id}) {
			t.Errorf("%d versions, want 2, the last by her at the portal", len(all))
		}
		acts := p.acts()
		if acts[journal.ApplicationRegistered] != 1 || acts[journal.ApplicationEdited] != 1 {
			t.Errorf("journal %v: want one registration and one edit", acts)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			bound, err := applicant.Application(ctx, tx, u, adult)
			if err == nil && bound != id {
				t.Errorf("the account bears %q, want %q", bound, id)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestApplyRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		app := p.people[0].Application
		u := p.pledged("u1", app.Name())
		var findings *flow.FindingsError
		if _, err := p.apply(u, 1); !errors.As(err, &findings) {
			t.Fatalf("an empty form: got %v, want findings", err)
		}
		if last := findings.Findings[len(findings.Findings)-1]; last.Field != form.OnPoint {
			t.Errorf("without a point the last finding is %s, want one on the point", last)
		}
		if _, err := p.fill(u, 1, whole(app)); err != nil {
			t.Fatal(err)
		}
		var conflict *draft.Conflict
		if _, err := p.apply(u, 1); !errors.As(err, &conflict) {
			t.Errorf("a revision that was changed since: got %v, want a conflict", err)
		}

		p.f.Now = func() time.Time { return opened.AddDate(0, 0, 20) }
		var closed *flow.WindowError
		if _, err := p.apply(u, 2); !errors.As(err, &closed) || closed.Verdict.Reason != window.Over {
			t.Errorf("after the close: got %v, want the window's reason", err)
		}
		p.f.Now = func() time.Time { return opened }

		_, taken := p.registered("u2", 0) // the same person under another account
		if _, err := p.apply(u, 2); !errors.Is(err, candidate.ErrTaken) {
			t.Errorf("a number that is registered: got %v, want ErrTaken", err)
		}
		p.must(func(tx *db.Tx) error { return p.f.TakeBack(ctx, tx, "u2", adult, flow.Candidate(taken, "u2", "")) })
		if _, err := p.apply(u, 2); err != nil {
			t.Errorf("once the other is withdrawn: got %v", err)
		}

		other := p.pledged("u3", "完全别人")
		if _, err := p.fill(other, 1, whole(p.people[1].Application)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.apply(other, 2); !errors.Is(err, flow.ErrPledgeName) {
			t.Errorf("a pledge with another name: got %v, want ErrPledgeName", err)
		}
	})
}

// TestGuardian: a child under 14 is submitted only with a guardian's consent (S37).
func TestGuardian(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		app := p.people[0].Application.Clone()
		head := "430102" + "20060301" + "001"
		if app.Get(form.Sex) == "2" {
			head = "430102" + "20060301" + "002"
		}
		app.Fields[form.BirthDate], app.Fields[form.DocumentNumber] = "20060301", head+string(identity.CheckDigit(head))
		u := p.pledged("u1", app.Name())
		if _, err := p.fill(u, 1, whole(app)); err != nil {
			t.Fatal(err)
		}
		j := p.judge(u)
		if len(j.Missing) != 1 || j.Missing[0] != consent.Guardian {
			t.Fatalf("missing %v, want the guardian", j.Missing)
		}
		minors := false
		for _, x := range j.Assessment.Findings {
			minors = minors || x.Code == form.PointMinors
		}
		if !minors {
			t.Error("a point that is not designated takes a minor (demand A33)")
		}
		g := given(u, consent.Guardian, p.c)
		g.Name, g.Relation, g.Phone = "李建国", "father", "13800000001"
		bad := g
		bad.Relation = "neighbour"
		if err := d.Write(ctx, func(tx *db.Tx) error { return p.f.Consent(ctx, tx, bad, flow.Hub()) }); !errors.Is(err, consent.ErrSignature) {
			t.Errorf("a relation that is none: got %v, want ErrSignature", err)
		}
		p.must(func(tx *db.Tx) error { return p.f.Consent(ctx, tx, g, flow.Hub()) })
		if j := p.judge(u); len(j.Missing) != 0 {
			t.Errorf("with the guardian's consent %v is missing", j.Missing)
		}
	})
}

// TestForeignFieldsStay: what she may not fill in comes from what stands (S11).
func TestForeignFieldsStay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		if _, err := p.fill(u, 2, func(a *form.Application) {
			a.Fields[form.CandidateNumber], a.SequenceNumber, a.ID = "19430104340217", "99", "another"
			a.Fields[form.PhoneNumber] = "13911112222"
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.apply(u, 3); err != nil {
			t.Fatal(err)
		}
		last := p.versions(id)[1].Application
		if last.Get(form.CandidateNumber) != "" || last.SequenceNumber != "" || last.ID != id {
			t.Error("a number that only the province gives came in with the form")
		}
	})
}

// TestNeverAfterConfirmation (demand A34).
func TestNeverAfterConfirmation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		if _, err := p.fill(u, 2, phone("13911112222")); err != nil { // begun before the confirmation came
			t.Fatal(err)
		}
		p.must(func(tx *db.Tx) error {
			return p.f.Confirm(ctx, tx, []flow.Arrival{p.arrival(1, id, 1, p.versions(id)[0].Application)})
		})
		if _, err := p.apply(u, 3); !errors.Is(err, flow.ErrConfirmed) {
			t.Errorf("submitting after the confirmation: got %v, want ErrConfirmed", err)
		}
		if _, err := p.fill(u, 3, phone("13700000000")); !errors.Is(err, flow.ErrConfirmed) {
			t.Errorf("filling in after the confirmation: got %v, want ErrConfirmed", err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return p.f.TakeBack(ctx, tx, u, adult, flow.Hub()) }); !errors.Is(err, flow.ErrConfirmed) {
			t.Errorf("withdrawing after the confirmation: got %v, want ErrConfirmed", err)
		}
		if again, err := p.apply(u, 2); err != nil || !again.Again {
			t.Errorf("the first click again after the confirmation: got %+v, %v; want the first result", again, err)
		}
		if n := len(p.versions(id)); n != 1 {
			t.Errorf("%d versions after the confirmation, want 1", n)
		}
	})
}

// TestWithdraw: taken back, counted out, and submitted again while it is time.
func TestWithdraw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		for range 2 {
			p.must(func(tx *db.Tx) error { return p.f.TakeBack(ctx, tx, u, adult, flow.Candidate(id, u, "")) })
		}
		if n := p.acts()[journal.ApplicationWithdrawn]; n != 1 {
			t.Errorf("%d entries of withdrawal, want 1", n)
		}
		var late *draft.Conflict
		if _, err := p.apply(u, 2); !errors.As(err, &late) {
			t.Errorf("a submission of before that comes late: got %v, want a conflict", err)
		}
		back, err := p.apply(u, 3) // nothing is changed: she has only thought better of it
		if err != nil || back.Application != id || back.Version != 2 {
			t.Fatalf("submitted again: got %+v, %v", back, err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			row, err := p.f.Candidates.Row(ctx, tx, id)
			if err == nil && row.State != candidate.Registered {
				t.Errorf("state %s, want registered", row.State)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n := p.acts()[journal.ApplicationRegistered]; n != 2 {
			t.Errorf("%d registrations in the journal, want 2: it is counted anew", n)
		}
	})
}

// TestWithdrawnAndSigned: she withdrew, and a box without a network confirmed her:
// what she signed wins, and she counts again.
func TestWithdrawnAndSigned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		for n, change := range []func(*form.Application){func(*form.Application) {}, phone("13911112222")} {
			u, id := p.registered(fmt.Sprintf("w%d", n), n)
			p.must(func(tx *db.Tx) error { return p.f.TakeBack(ctx, tx, u, adult, flow.Candidate(id, u, "")) })
			signed := p.versions(id)[0].Application.Clone()
			change(&signed)
			a := p.arrival(n+1, id, 1, signed)
			a.Step.Sign = n == 1
			p.must(func(tx *db.Tx) error { return p.f.Confirm(ctx, tx, []flow.Arrival{a}) })
			if err := d.Read(ctx, func(tx *db.Tx) error {
				found, err := p.f.Candidates.ByNumber(ctx, tx, adult, signed.Number())
				if err == nil && (found.ID != id || found.State != candidate.Confirmed) {
					t.Errorf("%d: state %s", n, found.State)
				}
				return err
			}); err != nil {
				t.Errorf("%d: by her number: %v", n, err)
			}
		}
		acts := p.acts()
		if acts[journal.ApplicationRegistered] != 4 || acts[journal.ApplicationWithdrawn] != 2 {
			t.Errorf("journal %v: each must be counted in, out, and in again", acts)
		}
	})
}

// TestAgainstAnOffice: an office's edit between draft and submission is shown,
// never overwritten (faults 31, 32).
func TestAgainstAnOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		if _, err := p.fill(u, 2, phone("13911112222")); err != nil {
			t.Fatal(err)
		}
		p.must(func(tx *db.Tx) error {
			app := p.versions(id)[0].Application.Clone()
			app.Version, app.Fields[form.PostCode] = 2, "410001"
			return p.f.Register(ctx, tx, app, candidate.FromOffice, flow.Operator())
		})
		if _, err := p.apply(u, 3); !errors.Is(err, candidate.ErrConflict) {
			t.Fatalf("an edit from version 1 onto version 2: got %v, want ErrConflict", err)
		}
		onto := func(version uint32) (x draft.Draft, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				x, err = p.f.Fill(ctx, tx, flow.Filling{Account: u, Campaign: adult, From: 3, Onto: version},
					func(a *form.Application) error { a.Fields[form.PostCode] = "410001"; return nil })
				return err
			})
			return x, err
		}
		if _, err := onto(1); !errors.Is(err, candidate.ErrConflict) {
			t.Errorf("going on from a version that is not the newest: got %v, want ErrConflict", err)
		}
		x, err := onto(2)
		if err != nil || x.StartedFrom != 2 {
			t.Fatalf("going on from version 2: got %v from %d, %v", x, x.StartedFrom, err)
		}
		if done, err := p.apply(u, x.Revision); err != nil || done.Version != 3 {
			t.Errorf("submitted after both were seen: got %+v, %v; want version 3", done, err)
		}
	})
}

// TestRaces: whatever meets in one moment has one effect, and no word is lost.
func TestRaces(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		both := func(a, b func() error) (error, error) {
			var wg sync.WaitGroup
			var x, y error
			wg.Go(func() { x = a() })
			wg.Go(func() { y = b() })
			wg.Wait()
			return x, y
		}

		// Two clicks on the button, for a new application.
		app := p.people[0].Application
		u := p.pledged("u1", app.Name())
		if _, err := p.fill(u, 1, whole(app)); err != nil {
			t.Fatal(err)
		}
		var done [2]flow.Applied
		x, y := both(func() (err error) { done[0], err = p.apply(u, 2); return err }, func() (err error) { done[1], err = p.apply(u, 2); return err })
		if x != nil || y != nil || done[0].Application != done[1].Application || done[0].Again == done[1].Again {
			t.Errorf("two clicks: got %+v, %+v, %v, %v; want one application and one answered again", done[0], done[1], x, y)
		}
		id := done[0].Application
		if n := len(p.versions(id)); n != 1 {
			t.Errorf("two clicks made %d versions, want 1", n)
		}

		// A submission against the office's edit: one of them is told.
		if _, err := p.fill(u, 2, phone("13911112222")); err != nil {
			t.Fatal(err)
		}
		edited := p.versions(id)[0].Application.Clone()
		edited.Version = 2
		x, y = both(func() error { _, err := p.apply(u, 3); return err }, func() error {
			return d.Write(ctx, func(tx *db.Tx) error { return p.f.Register(ctx, tx, edited, candidate.FromOffice, flow.Operator()) })
		})
		if (x == nil) == (y == nil) || !errors.Is(errors.Join(x, y), candidate.ErrConflict) {
			t.Errorf("submission against edit: got %v and %v, want one done and one conflict", x, y)
		}
		if n := len(p.versions(id)); n != 2 {
			t.Errorf("%d versions, want 2", n)
		}

		// Submissions against the arrival of a confirmation.
		for n := range 4 {
			u, id := p.registered(fmt.Sprintf("v%d", n), n+1)
			if _, err := p.fill(u, 2, phone("13911112222")); err != nil {
				t.Fatal(err)
			}
			signed := p.versions(id)[0].Application
			x, y := both(func() error { _, err := p.apply(u, 3); return err }, func() error {
				return d.Write(ctx, func(tx *db.Tx) error { return p.f.Confirm(ctx, tx, []flow.Arrival{p.arrival(n+1, id, 1, signed)}) })
			})
			if y != nil {
				t.Fatalf("a confirmation was kept out by an edit: %v", y)
			}
			if want := 2; x == nil && len(p.versions(id)) != want || x != nil && (!errors.Is(x, flow.ErrConfirmed) || len(p.versions(id)) != 1) {
				t.Errorf("an edit beside a confirmation: got %v and %d versions", x, len(p.versions(id)))
			}
			if _, err := p.fill(u, 3, phone("13700000000")); !errors.Is(err, flow.ErrConfirmed) {
				t.Errorf("after the race: got %v, want ErrConfirmed", err)
			}
		}
	})
}
