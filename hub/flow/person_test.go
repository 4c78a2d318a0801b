package flow_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"zhunkao/hub/applicant"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/dossier"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// told gives what somebody reads, oldest first, as "kind by".
func (b *bench) told(account, application string) (out []string) {
	b.t.Helper()
	if err := b.d.Read(ctx, func(tx *db.Tx) error {
		all, err := notice.List(ctx, tx, notice.Reader{Account: account, Applications: []string{application}}, "", 100)
		for _, n := range all {
			out = append(out, strings.TrimSpace(string(n.Kind)+" "+n.Args["by"]))
		}
		return err
	}); err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

var office = flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: "s1"}, Source: "10.0.0.1"}

// TestEveryChangeIsTold: each step that changes her record leaves a message to
// her in its transaction, and a step that is refused leaves none.
func TestEveryChangeIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		if got := p.told(u, id); !slices.Equal(got, []string{"registered self"}) {
			t.Fatalf("after registering: %v", got)
		}
		if _, err := p.fill(u, 2, phone("13911112222")); err != nil {
			t.Fatal(err)
		}
		if _, err := p.apply(u, 3); err != nil {
			t.Fatal(err)
		}
		edit := func(by flow.By, change func(*form.Application)) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				found, err := p.f.Candidates.Get(ctx, tx, id)
				if err != nil {
					return err
				}
				app := found.Application.Clone()
				app.Version++
				change(&app)
				return p.f.Register(ctx, tx, app, candidate.FromOffice, by)
			})
		}
		if err := edit(office, phone("13911113333")); err != nil {
			t.Fatal(err)
		}
		if err := edit(flow.Operator(), func(a *form.Application) { a.Point = there }); err != nil {
			t.Fatal(err)
		}
		before := p.told(u, id)
		if err := edit(office, func(a *form.Application) { a.Version += 3 }); !errors.Is(err, candidate.ErrConflict) {
			t.Fatal(err)
		}
		if got := p.told(u, id); !slices.Equal(got, before) || !slices.Equal(got, []string{"edited office", "edited self", "moved office", "registered self"}) {
			t.Errorf("after edits: %v", got)
		}
		p.must(func(tx *db.Tx) error {
			all := p.versions(id)
			return p.f.Confirm(ctx, tx, []flow.Arrival{p.arrival(1, id, uint32(len(all)), all[len(all)-1].Application)})
		})
		if got := p.told(u, id); !slices.Contains(got, "confirmed") {
			t.Errorf("after the confirmation: %v", got)
		}
		p.must(func(tx *db.Tx) error {
			return p.f.SetAside(ctx, tx, confirmation.Quarantined{ID: "q1", Box: "b", Point: there, Division: county, Reason: "content", Application: id})
		})
		p.must(func(tx *db.Tx) error {
			return p.f.SetAside(ctx, tx, confirmation.Quarantined{ID: "q2", Box: "b", Point: "44010101", Division: "440101", Reason: "content", Application: id})
		})
		if got := p.told(u, id); len(got) != 6 || !slices.Contains(got, "quarantined") {
			t.Errorf("after quarantine here, and in another province: %v", got)
		}
	})
}

// TestRulesTellThoseTheyHurt: a version that is signed tells each of those whom
// its rehearsal lists, once, however many hubs are at it, and in no single
// transaction; those who have gone meanwhile are left out.
func TestRulesTellThoseTheyHurt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 440)
		draft := b.draft(harsher())
		r := b.rehearse(draft)
		list := b.listed(r, "430000", 0)
		for _, name := range []string{"one", "two"} {
			if _, _, err := b.sign(draft, b.account(name, staff.ProvinceOperator, "430000-1", ""), "政策变动"); err != nil {
				t.Fatal(err)
			}
		}
		gone := list[3].Application
		b.must(func(tx *db.Tx) error {
			return b.f.Erase(ctx, tx, flow.Erasing{Campaign: "adult-2019", Application: gone}, office)
		})
		told := make([]int, 2)
		var both sync.WaitGroup
		for i := range told {
			both.Go(func() {
				var err error
				if told[i], err = b.f.TellRounds(ctx, d); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		want := map[string]string{}
		for _, e := range list {
			kinds := []string{}
			switch {
			case e.Kinds&campaign.Choice != 0:
				kinds = append(kinds, string(notice.RulesChoice))
			case e.Kinds&campaign.Invalid != 0:
				kinds = append(kinds, string(notice.RulesInvalid))
			case e.Kinds&campaign.Valid != 0:
				kinds = append(kinds, string(notice.RulesValid))
			}
			if e.Kinds&campaign.Fee != 0 {
				kinds = append(kinds, string(notice.RulesFee))
			}
			if slices.Sort(kinds); e.Application != gone && len(kinds) > 0 {
				want[e.Application] = strings.Join(kinds, "+")
			}
		}
		got := map[string][]string{}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			return tx.Each(ctx, `SELECT owner, kind FROM notice WHERE kind LIKE 'rules-%' ORDER BY owner, kind`, nil, func(scan func(...any) error) error {
				var owner, kind string
				err := scan(&owner, &kind)
				owner = strings.TrimPrefix(owner, "a:")
				got[owner] = append(got[owner], kind)
				return err
			})
		}); err != nil {
			t.Fatal(err)
		}
		joined := map[string]string{}
		for id, kinds := range got {
			joined[id] = strings.Join(kinds, "+")
		}
		if len(want) < 250 || !maps.Equal(joined, want) {
			t.Errorf("%d are told, want %d", len(joined), len(want))
		}
		if n, err := b.f.TellRounds(ctx, d); n != 0 || err != nil {
			t.Errorf("told again: %d, %v", n, err)
		}
	})
}

// held lists the tables in which something of a person is found.
func (b *bench) held(what ...string) []string {
	b.t.Helper()
	in := map[string]bool{}
	if err := dbtest.Dump(ctx, b.d, func(table string, row []byte) error {
		for _, w := range what {
			in[table] = in[table] || bytes.Contains(row, []byte(w))
		}
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
	return slices.Sorted(func(yield func(string) bool) {
		for table, found := range in {
			if found && !yield(table) {
				return
			}
		}
	})
}

// TestEraseBeforeConfirmation: all she filled in goes at once, and her number can
// register again; the journal keeps ids.
func TestEraseBeforeConfirmation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		p.f.Mark = func(c string, n identity.Number) []byte { return p.ring.LookupKey(c, "mark", n.Reveal()) }
		u, id := p.registered("u1", 0)
		e := flow.Erasing{Account: u, Campaign: adult, Application: id}
		p.must(func(tx *db.Tx) error {
			return site.AddMove(ctx, tx, adult, county, site.Move{Application: id, From: "0102", To: "0103", Reason: "行动不便", By: "s1", At: 1})
		})
		p.must(func(tx *db.Tx) error { return p.f.Erase(ctx, tx, e, flow.Candidate(id, u, "")) })
		if got := p.held(id); !slices.Equal(got, []string{"application_erased", "journal_entry"}) {
			t.Errorf("the id of the application stands in %v", got)
		}
		if got := p.held(u); !slices.Equal(got, []string{"applicant", "journal_entry", "notice"}) {
			t.Errorf("the id of the account stands in %v", got)
		}
		if got := p.told(u, id); !slices.Equal(got, []string{"erased self"}) {
			t.Errorf("told %v", got)
		}
		if acts := p.acts(); acts[journal.ApplicationWithdrawn] != 1 || acts[journal.DataErased] != 1 {
			t.Errorf("journalled %v", acts)
		}
		u2, again := p.registered("u2", 0)
		if again == id || again == "" {
			t.Errorf("registered again as %q", again)
		}
		p.must(func(tx *db.Tx) error {
			return p.f.Erase(ctx, tx, flow.Erasing{Account: u2, Campaign: adult, Application: again, WithAccount: true}, flow.Candidate(again, u2, ""))
		})
		if got := p.held(u2); !slices.Equal(got, []string{"journal_entry"}) {
			t.Errorf("the id of the erased account stands in %v", got)
		}
		if acts := p.acts(); acts[journal.ApplicantRemoved] != 1 {
			t.Errorf("journalled %v", acts)
		}
	})
}

// TestErasedIsOverwritten looks for what was erased in the very file of an SQLite
// database, sealed as it is.
func TestErasedIsOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	opened := func() *db.DB {
		d, err := db.Open(ctx, "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	p := openPortal(t, opened())
	u, id := p.registered("u1", 0)
	var sealed []byte
	p.must(func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT content FROM application_version WHERE application = $1`, id).Scan(&sealed)
	})
	lies := func() bool {
		if err := p.d.Close(); err != nil { // what is in the log goes into the file
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(b, sealed[len(sealed)-64:])
	}
	if !lies() {
		t.Fatal("the content is not looked for in the right way")
	}
	p.d = opened()
	p.must(func(tx *db.Tx) error {
		return p.f.Erase(ctx, tx, flow.Erasing{Account: u, Campaign: adult, Application: id}, flow.Candidate(id, u, ""))
	})
	if lies() {
		t.Error("what was erased still lies in the file")
	}
}

// TestEraseConfirmed: after confirmation it is an office's to do, and takes the
// confirmation along; counters and boxes are told by the entries that take it
// back.
func TestEraseConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		p.must(func(tx *db.Tx) error {
			return p.f.Confirm(ctx, tx, []flow.Arrival{p.arrival(1, id, 1, p.versions(id)[0].Application)})
		})
		e := flow.Erasing{Account: u, Campaign: adult, Application: id}
		if err := d.Write(ctx, func(tx *db.Tx) error { return p.f.Erase(ctx, tx, e, flow.Candidate(id, u, "")) }); !errors.Is(err, flow.ErrConfirmed) {
			t.Fatalf("by herself: %v", err)
		}
		e.Office = true
		if err := d.Write(ctx, func(tx *db.Tx) error { return p.f.Erase(ctx, tx, e, office) }); !errors.Is(err, flow.ErrReason) {
			t.Fatalf("without a reason: %v", err)
		}
		e.Reason = "本人申请"
		p.must(func(tx *db.Tx) error { return p.f.Erase(ctx, tx, e, office) })
		if got := p.held(id); !slices.Equal(got, []string{"application_erased", "journal_entry"}) {
			t.Errorf("the id of the application stands in %v", got)
		}
		acts := p.acts()
		if acts[journal.ConfirmationVoided] != 1 || acts[journal.ApplicationWithdrawn] != 1 || acts[journal.DataErased] != 1 {
			t.Errorf("journalled %v", acts)
		}
		if got := p.told(u, id); !slices.Equal(got, []string{"erased office"}) {
			t.Errorf("told %v", got)
		}
		p.must(func(tx *db.Tx) error {
			if row, err := p.f.Candidates.Row(ctx, tx, id); !errors.Is(err, candidate.ErrNotFound) {
				t.Errorf("still there: %v, %v", row, err)
			}
			bound, err := applicant.AccountOf(ctx, tx, id)
			if bound != "" {
				t.Errorf("still bound to %s", bound)
			}
			return err
		})
	})
}

// TestAskedAndAnswered: what a confirmed person asks for goes to her county, and
// the answer comes back as a message; an office's correction is a version that
// keeps the rules.
func TestAskedAndAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := openPortal(t, d)
		u, id := p.registered("u1", 0)
		ask := func(why string) (r dossier.Request, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				r, err = p.f.AskForData(ctx, tx, dossier.Request{Kind: dossier.Correction, Account: u, Application: id,
					Content: dossier.Content{Field: form.PhoneNumber, Wanted: "13911112222", Why: why}}, flow.Candidate(id, u, ""))
				return err
			})
			return r, err
		}
		if _, err := ask("换号了"); !errors.Is(err, flow.ErrUnconfirmed) {
			t.Errorf("before she is confirmed: %v", err)
		}
		p.must(func(tx *db.Tx) error {
			return p.f.Confirm(ctx, tx, []flow.Arrival{p.arrival(1, id, 1, p.versions(id)[0].Application)})
		})
		if _, err := ask(" "); !errors.Is(err, dossier.ErrText) {
			t.Errorf("without a reason: %v", err)
		}
		r, err := ask("换号了")
		if err != nil {
			t.Fatal(err)
		}
		for range dossier.MaxWaiting - 1 {
			if _, err := ask("再问一次"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := ask("又问"); !errors.Is(err, dossier.ErrEnough) {
			t.Errorf("more than may wait: %v", err)
		}
		if got := p.held("13911112222", "换号了"); len(got) > 0 {
			t.Errorf("what she wrote stands in the open in %v", got)
		}
		p.must(func(tx *db.Tx) error {
			open, err := dossier.Open(ctx, tx, p.ring, "430100", "", 10)
			if len(open) != dossier.MaxWaiting || !slices.ContainsFunc(open, func(o dossier.Request) bool { return o.ID == r.ID && o.Content.Why == "换号了" }) {
				t.Errorf("the city sees %d", len(open))
			}
			elsewhere, err2 := dossier.Open(ctx, tx, p.ring, "431000", "", 10)
			if len(elsewhere) != 0 {
				t.Errorf("another city sees %d", len(elsewhere))
			}
			return errors.Join(err, err2)
		})
		correct := func(c flow.Correction) error {
			c.Application = id
			return d.Write(ctx, func(tx *db.Tx) error { return p.f.Correct(ctx, tx, c, office) })
		}
		var findings *flow.FindingsError
		for name, c := range map[string]struct {
			flow.Correction
			want error
		}{
			"no reason":                {flow.Correction{Version: 1, Field: form.PhoneNumber, Value: "13911112222"}, flow.ErrReason},
			"no such field":            {flow.Correction{Version: 1, Field: "made-up", Value: "x", Reason: "r"}, flow.ErrField},
			"a number of the province": {flow.Correction{Version: 1, Field: "ZKZH", Value: "4301040101010101", Reason: "r"}, flow.ErrField},
			"old version":              {flow.Correction{Version: 9, Field: form.PhoneNumber, Value: "13911112222", Reason: "r"}, candidate.ErrConflict},
		} {
			if err := correct(c.Correction); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := correct(flow.Correction{Version: 1, Field: form.PhoneNumber, Value: "12", Reason: "r"}); !errors.As(err, &findings) {
			t.Errorf("a value that the rules refuse: %v", err)
		}
		if err := correct(flow.Correction{Version: 1, Field: form.PhoneNumber, Value: "13911112222", Reason: "本人申请"}); err != nil {
			t.Fatal(err)
		}
		p.must(func(tx *db.Tx) error { return p.f.AnswerForData(ctx, tx, r.ID, dossier.Done, "已经改好", office) })
		if err := d.Write(ctx, func(tx *db.Tx) error { return p.f.AnswerForData(ctx, tx, r.ID, dossier.Refused, "不改", office) }); !errors.Is(err, dossier.ErrState) {
			t.Errorf("answered twice: %v", err)
		}
		found := p.versions(id)
		if last := found[len(found)-1]; last.Number != 2 || last.Application.Get(form.PhoneNumber) != "13911112222" || last.Origin != candidate.FromOffice {
			t.Errorf("the version is %d from %s", last.Number, last.Origin)
		}
		if got := fmt.Sprint(p.told(u, id)); !strings.Contains(got, "correction-done") || !strings.Contains(got, "edited office") || strings.Count(got, "correction-sent") != dossier.MaxWaiting {
			t.Errorf("told %v", got)
		}
		p.must(func(tx *db.Tx) error {
			row, err := p.f.Candidates.Row(ctx, tx, id)
			if row.State != candidate.Confirmed {
				t.Errorf("after the correction she is %s", row.State)
			}
			return err
		})
	})
}
