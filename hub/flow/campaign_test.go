package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// Points of three kinds: one that takes everybody, one that takes no level 3
// and nobody under age, one that is not designated for anything.
var kindsOfPoints = []org.Point{
	{Code: "43010203", Name: "各类", Division: "430102", Medical: true, Minors: true, Open: true},
	{Code: "43020201", Name: "不收专升本", Division: "430202", Levels: "1,2", Medical: true, Open: true},
	{Code: "43070201", Name: "普通", Division: "430702", Open: true},
}

// province is a hub with a campaign in force, accounts, and people of many kinds.
func province(t *testing.T, d *db.DB, people int) *bench {
	t.Helper()
	b := open(t, d)
	c := rules.Adult2019()
	b.must(func(tx *db.Tx) error {
		for _, p := range kindsOfPoints {
			if err := b.f.CreatePoint(ctx, tx, p, flow.Operator()); err != nil {
				return err
			}
		}
		_, err := b.f.Publish(ctx, tx, encoded(t, c), flow.Operator())
		return err
	})
	b.register(c, people)
	return b
}

func encoded(t *testing.T, c rules.Campaign) []byte {
	t.Helper()
	raw, err := rules.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// register puts people in: most as synthetic makes them, some without what is
// asked, some of exactly the age that two readings see differently.
func (b *bench) register(c rules.Campaign, n int) {
	b.t.Helper()
	at := make([]synthetic.Point, len(kindsOfPoints))
	for i, p := range kindsOfPoints {
		at[i] = synthetic.Point{Code: p.Code, Division: p.Division}
	}
	all := synthetic.Candidates(c, 7, n, at...)
	b.must(func(tx *db.Tx) error {
		for i := range all {
			app := all[i].Application
			app.Version = 1
			switch i % 11 {
			case 3:
				delete(app.Fields, form.PhoneNumber)
			case 5:
				app.Fields[form.Remark] = "附言"
			case 7: // a passport says nothing of birth, so that any may be given
				app.Fields[form.DocumentType], app.Fields[form.DocumentNumber] = "08", fmt.Sprintf("E%08d", i)
				app.Fields[form.BirthDate], app.Fields[form.WorkDate] = "20020815", "20190801"
				app.Fields[form.GraduationDate] = ""
			}
			if err := b.f.Register(ctx, tx, app, candidate.FromPortal, flow.Operator()); err != nil {
				return fmt.Errorf("%s: %w", app.ID, err)
			}
		}
		return nil
	})
}

// harsher is the next version: other fees, programmes withdrawn and renamed, a
// shorter address, a rule, another reading of under age, another category for
// designated points only; and no telephone asked any more.
func harsher() rules.Campaign {
	c := rules.Adult2019()
	c.Version++
	c.Fees = slices.Clone(c.Fees)
	c.Fees[2].Fen += 1000
	kept := c.Catalogue[:0:0]
	for i, p := range c.Catalogue {
		if i%9 == 4 {
			continue
		}
		if i%9 == 7 {
			p.MajorName += "（新）"
		}
		kept = append(kept, p)
	}
	c.Catalogue = kept
	field := func(key string) *form.Field {
		return &c.Form.Fields[slices.IndexFunc(c.Form.Fields, func(f form.Field) bool { return f.Key == key })]
	}
	c.Form.Fields = slices.Clone(c.Form.Fields)
	field(form.PhoneNumber).Required = false
	field(form.PostAddress).MaxChars = 19
	c.Rules = append(slices.Clone(c.Rules), form.Rule{Key: "no-remark", Field: form.Remark,
		If:   form.Condition{Choice: &form.ChoiceTest{Which: form.AnyChoice, Levels: []string{"1"}}},
		Must: form.Condition{Not: &form.Condition{Field: &form.FieldTest{Key: form.Remark}}}, Zh: "请删去备注。", En: "leave the remark out"})
	c.Policy.Minor = rules.UpTo17
	c.Form.Categories = slices.Clone(c.Form.Categories)
	for i := range c.Form.Categories {
		if c.Form.Categories[i].Code == "22" {
			c.Form.Categories[i].Medical = true
		}
	}
	return c
}

func (b *bench) draft(c rules.Campaign) campaign.Draft {
	b.t.Helper()
	var d campaign.Draft
	b.must(func(tx *db.Tx) (err error) {
		d, err = b.f.Draft(ctx, tx, encoded(b.t, c), flow.Operator())
		return err
	})
	return d
}

func (b *bench) account(name string, role staff.Role, office, point string) staff.Account {
	b.t.Helper()
	a := staff.Account{ID: "s-" + name, Name: name, Role: role, Office: office}
	b.must(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO account (id, name, display, role, office, point, verifier, disabled, created_at)
			VALUES ($1, $2, $2, $3, $4, $5, '', $6, 0)`, a.ID, name, string(role), office, point, false)
		return err
	})
	return a
}

func (b *bench) sign(d campaign.Draft, who staff.Account, reason string) (s campaign.Standing, v *campaign.Version, err error) {
	err = b.d.Write(ctx, func(tx *db.Tx) error {
		s, v, err = b.f.Sign(ctx, tx, d.Digest, who, reason, "test")
		return err
	})
	return s, v, err
}

func (b *bench) rehearse(d campaign.Draft) campaign.Rehearsal {
	b.t.Helper()
	r, err := b.f.Rehearse(ctx, b.d, d.Digest, nil, flow.Operator())
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// listed is the whole list of a rehearsal, read in pages.
func (b *bench) listed(r campaign.Rehearsal, division string, kinds campaign.Kinds) (all []campaign.Effect) {
	b.t.Helper()
	const page = 7
	b.must(func(tx *db.Tx) error {
		all = nil
		for after := ""; ; {
			p, err := campaign.Effects(ctx, tx, r.ID, division, kinds, after, page)
			if err != nil {
				return err
			}
			all = append(all, p...)
			if len(p) < page {
				return nil
			}
			after = p[len(p)-1].Application
		}
	})
	return all
}

// live is what the check says of every application under the version in force,
// by a way of its own: one application after the other, its point asked anew.
func (b *bench) live(on time.Time) map[string]rules.Assessment {
	b.t.Helper()
	out := map[string]rules.Assessment{}
	b.must(func(tx *db.Tx) error {
		v, err := campaign.Latest(ctx, tx, "adult-2019")
		if err != nil {
			return err
		}
		c, err := v.Decode()
		if err != nil {
			return err
		}
		k, err := c.Checker()
		if err != nil {
			return err
		}
		var ids []string
		if err := tx.Each(ctx, `SELECT id FROM application`, nil, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		}); err != nil {
			return err
		}
		for _, id := range ids {
			found, err := b.f.Candidates.Get(ctx, tx, id)
			if err != nil {
				return err
			}
			p, err := org.GetPoint(ctx, tx, found.Application.Point)
			if err != nil {
				return err
			}
			at := rules.Place{Code: p.Code, Division: p.Division, Medical: p.Medical, Minors: p.Minors, Known: true}
			if p.Levels != "" {
				at.Levels = strings.Split(p.Levels, ",")
			}
			out[id] = k.Check(found.Application, at, on)
		}
		return nil
	})
	return out
}

// What the rehearsal lists is what happens when the version is signed: nobody
// more, nobody less, for every kind.
func TestRehearsalTellsWhatSigningDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 440)
		before := b.live(opened)
		draft := b.draft(harsher())
		r := b.rehearse(draft)
		list := b.listed(r, "430000", 0)
		for i, name := range []string{"one", "two"} {
			_, v, err := b.sign(draft, b.account(name, staff.ProvinceOperator, "430000-1", ""), "政策变动")
			if err != nil || (v != nil) != (i == 1) {
				t.Fatalf("%s signs: published %v, %v", name, v != nil, err)
			}
		}
		after := b.live(opened)
		b.holds(r, list, before, after)
	})
}

// holds compares a rehearsal with what the live check says before and after.
func (b *bench) holds(r campaign.Rehearsal, list []campaign.Effect, before, after map[string]rules.Assessment) {
	b.t.Helper()
	has := func(a rules.Assessment, f form.Finding) bool {
		return slices.ContainsFunc(a.Findings, func(o form.Finding) bool { return o.Field == f.Field && o.Code == f.Code })
	}
	listed := map[string]campaign.Effect{}
	for _, e := range list {
		if _, twice := listed[e.Application]; twice {
			b.t.Errorf("%s is listed twice", e.Application)
		}
		listed[e.Application] = e
	}
	counted := campaign.Totals{Applications: int64(len(before))}
	byPoint := 0
	for id, was := range before {
		is, e := after[id], listed[id]
		delete(listed, id)
		for _, c := range []struct {
			kind   campaign.Kinds
			holds  bool
			number *int64
		}{
			{campaign.Invalid, was.Valid() && !is.Valid(), &counted.Invalid},
			{campaign.Valid, !was.Valid() && is.Valid(), &counted.Valid},
			{campaign.Fee, was.FeeKnown != is.FeeKnown || was.Fee != is.Fee, &counted.Fee},
			{campaign.Choice, slices.ContainsFunc(is.Findings, func(f form.Finding) bool {
				return strings.HasPrefix(f.Field, "choice") && !has(was, f)
			}), &counted.Choice},
		} {
			if c.holds {
				*c.number++
			}
			if got := e.Kinds&c.kind != 0; got != c.holds {
				b.t.Errorf("%s %v: rehearsal says %v, the live check %v (%v, then %v)", id, c.kind.Names(), got, c.holds, was.Findings, is.Findings)
			}
		}
		if e.Kinds&campaign.Fee != 0 && (e.OldFee != was.Fee || e.NewFee != is.Fee) {
			b.t.Errorf("%s pays %d, then %d; rehearsal says %d, %d", id, was.Fee, is.Fee, e.OldFee, e.NewFee)
		}
		var codes []string
		for _, f := range is.Findings {
			if !has(was, f) {
				codes = append(codes, f.Field+": "+f.Code)
				if f.Field == form.OnPoint {
					byPoint++
				}
			}
		}
		if e.Kinds != 0 && !slices.Equal(codes, e.Codes) {
			b.t.Errorf("%s: findings %v, rehearsal says %v", id, codes, e.Codes)
		}
	}
	if len(listed) > 0 {
		b.t.Errorf("listed, and not there: %v", listed)
	}
	if r.Totals != counted {
		b.t.Errorf("totals %+v, counted %+v", r.Totals, counted)
	}
	if counted.Invalid < 20 || counted.Valid < 5 || counted.Choice < 20 || counted.Fee < 20 || byPoint < 5 {
		b.t.Errorf("the test is too weak: %+v, %d by the point", counted, byPoint)
	}
	b.sums(r, list)
}

// sums holds totals by division against the list, and pages by division and kind.
func (b *bench) sums(r campaign.Rehearsal, list []campaign.Effect) {
	b.t.Helper()
	var divisions []campaign.DivisionTotals
	b.must(func(tx *db.Tx) (err error) {
		divisions, err = campaign.ByDivision(ctx, tx, r.ID, "430000")
		return err
	})
	if len(divisions) != len(kindsOfPoints) {
		b.t.Errorf("%d divisions", len(divisions))
	}
	var sum campaign.Totals
	for _, d := range divisions {
		sum.Applications += d.Applications
		sum.Invalid += d.Invalid
		sum.Valid += d.Valid
		sum.Choice += d.Choice
		sum.Fee += d.Fee
		if n := int64(len(b.listed(r, d.Division, campaign.Invalid))); n != d.Invalid {
			b.t.Errorf("%s: %d listed as invalid, %d counted", d.Division, n, d.Invalid)
		}
	}
	if sum != r.Totals {
		b.t.Errorf("divisions add up to %+v, the whole is %+v", sum, r.Totals)
	}
	if n := len(b.listed(r, "430200", 0)) + len(b.listed(r, "430100", 0)) + len(b.listed(r, "430700", 0)); n != len(list) {
		b.t.Errorf("cities list %d, the province %d", n, len(list))
	}
}

// Who may sign, when, and how often.
func TestSigning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 30)
		first, second := b.account("first", staff.ProvinceAdmin, "430000-2", ""), b.account("second", staff.ProvinceOperator, "430000-1", "")
		lenient := harsher() // a version cannot loosen the rule by which it comes into force
		for i := range lenient.Acts {
			lenient.Acts[i].Persons, lenient.Acts[i].Reason = 1, false
		}
		draft := b.draft(lenient)
		refused := func(what string, who staff.Account, reason string, want error) {
			t.Helper()
			if _, v, err := b.sign(draft, who, reason); !errors.Is(err, want) || v != nil {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		refused("not rehearsed", first, "政策变动", campaign.ErrNoRehearsal)
		b.rehearse(draft)
		refused("no reason", first, " ", flow.ErrReason)
		refused("a clerk", b.account("clerk", staff.Clerk, county, here), "x", flow.ErrPerson)
		refused("a city", b.account("city", staff.CityOperator, "430100", ""), "x", flow.ErrPerson)
		refused("a technician of the province", b.account("technician", staff.Technician, "430000-2", ""), "x", flow.ErrPerson)
		refused("a disabled account", staff.Account{ID: "s", Role: staff.ProvinceAdmin, Disabled: true}, "x", flow.ErrPerson)
		if s, v, err := b.sign(draft, first, "政策变动"); err != nil || v != nil || len(s.Signatures) != 1 || s.Act.Persons != 2 || s.Changed != 0 || s.Moved {
			t.Fatalf("first: %+v, published %v, %v", s, v != nil, err)
		}
		refused("the same person again", first, "政策变动", campaign.ErrSigned)

		// A later rehearsal shows other numbers: who signed before signs again.
		b.must(func(tx *db.Tx) error {
			return org.UpdatePoint(ctx, tx, org.Point{Code: here, Name: "改", Levels: "1", Open: true})
		})
		b.rehearse(draft)
		if s, v, err := b.sign(draft, second, "政策变动"); err != nil || v != nil || len(s.Signatures) != 1 {
			t.Fatalf("after another rehearsal: %+v, published %v, %v", s, v != nil, err)
		}
		// What happened since is said, and is no reason to refuse.
		app := b.people[0].Application
		app.Version = 1
		b.must(func(tx *db.Tx) error { return b.f.Register(ctx, tx, app, candidate.FromPortal, flow.Operator()) })
		app = app.Clone()
		app.Version, app.Fields[form.Remark] = 2, "改"
		b.must(func(tx *db.Tx) error { return b.f.Register(ctx, tx, app, candidate.FromPortal, flow.Operator()) })
		b.must(func(tx *db.Tx) error {
			return org.UpdatePoint(ctx, tx, org.Point{Code: here, Name: "改", Levels: "2", Open: true})
		})
		// The word of somebody whose account was disabled meanwhile does not count.
		disable := func(yes bool) {
			b.must(func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE account SET disabled = $1 WHERE id = $2`, yes, second.ID)
				return err
			})
		}
		disable(true)
		third := b.account("third", staff.ProvinceOperator, "430000-1", "")
		if s, v, err := b.sign(draft, third, "政策变动"); err != nil || v != nil || len(s.Signatures) != 1 {
			t.Fatalf("beside one who was disabled: %+v, published %v, %v", s, v != nil, err)
		}
		disable(false)
		s, v, err := b.sign(draft, first, "政策变动")
		if err != nil || v == nil || v.Version != lenient.Version || s.Changed != 2 || !s.Moved {
			t.Fatalf("second: %+v, published %v, %v", s, v != nil, err)
		}
		refused("what is in force", second, "again", campaign.ErrOvertaken)
		if a := b.acts(); a[journal.CampaignDrafted] != 1 || a[journal.CampaignRehearsed] != 2 || a[journal.CampaignSigned] != 4 || a[journal.CampaignPublished] != 2 {
			t.Errorf("journal: %v", a)
		}
	})
}

// A version that came into force makes every rehearsal beside the former one
// worthless.
func TestStaleRehearsal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 5)
		one, two := b.account("one", staff.ProvinceAdmin, "430000-2", ""), b.account("two", staff.ProvinceOperator, "430000-1", "")
		next := harsher()
		draft := b.draft(next)
		next.Version++
		later := b.draft(next)
		b.rehearse(draft)
		b.rehearse(later)
		for _, who := range []staff.Account{one, two} {
			if _, _, err := b.sign(draft, who, "政策变动"); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := b.sign(later, one, "政策变动"); !errors.Is(err, campaign.ErrStale) {
			t.Errorf("a rehearsal beside the former version: %v", err)
		}
		b.rehearse(later)
		if _, _, err := b.sign(later, one, "政策变动"); err != nil {
			t.Error(err)
		}
		next.Version++
		err := b.d.Write(ctx, func(tx *db.Tx) error {
			_, err := b.f.Publish(ctx, tx, encoded(t, next), flow.Operator())
			return err
		})
		if !errors.Is(err, flow.ErrUnsigned) {
			t.Errorf("a later version without signatures: %v", err)
		}
	})
}
