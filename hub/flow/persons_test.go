package flow_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/access"
	"zhunkao/hub/approval"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/exchange/parcel"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	rules "zhunkao/protocol/campaign"
)

// givenBy makes an account that somebody else has hired, and whose first
// password she printed.
func (b *bench) givenBy(by staff.Account, name string, role staff.Role, office string) staff.Account {
	b.t.Helper()
	desk := staff.New(staff.Options{DB: b.d, Keys: b.ring, Now: b.f.Now, Hasher: stafftest.Hasher()})
	b.must(func(tx *db.Tx) (err error) { by, err = staff.Get(ctx, tx, by.ID); return err })
	a, err := desk.For(by, "test").Hire(ctx, staff.NewAccount{Name: name, Display: name, Role: role, Office: office})
	if err == nil {
		_, err = desk.For(by, "test").FirstPasswords(ctx, staff.Slips{Accounts: []string{a.ID}, Valid: time.Hour, Reason: "开通"})
	}
	if errors.Is(err, staff.ErrNotYours) {
		err = nil // who hires an equal leaves the first password to somebody above: she counts all the same
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func as(who staff.Account) flow.By {
	return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: who.ID}, Source: "test"}
}

// refusedBeside asks that a word was refused for whose it is, and that the
// journal says so once more than before.
func (b *bench) refusedBeside(what string, err error) {
	b.t.Helper()
	before := b.acts()[journal.StaffDependent]
	if err = b.f.Refused(ctx, b.d, err); !errors.Is(err, flow.ErrDependent) {
		b.t.Errorf("%s: %v", what, err)
		return
	}
	if now := b.acts()[journal.StaffDependent]; now != before+1 {
		b.t.Errorf("%s: %d entries of a refusal, want %d", what, now, before+1)
	}
}

// Whoever gave an account is not a second person beside it when a version of a
// campaign is signed, whoever of the two signs first.
func TestSigningTakesTwoPersons(t *testing.T) {
	for _, who := range []string{"giver first", "given first", "two sisters"} {
		t.Run(who, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				b := province(t, d, 5)
				one := b.account("admin", staff.ProvinceAdmin, "430000-2", "")
				two := b.givenBy(one, "puppet", staff.ProvinceOperator, "430000-1")
				switch who {
				case "given first":
					one, two = two, one
				case "two sisters":
					one = b.givenBy(one, "sister", staff.ProvinceOperator, "430000-1")
				}
				draft := b.draft(harsher())
				b.rehearse(draft)
				if _, v, err := b.sign(draft, one, "政策变动"); err != nil || v != nil {
					t.Fatal(err)
				}
				_, v, err := b.sign(draft, two, "政策变动")
				if v != nil {
					t.Error("published by one person")
				}
				b.refusedBeside("signing", err)
				third := b.account("third", staff.ProvinceOperator, "430000-1", "")
				if _, v, err := b.sign(draft, third, "政策变动"); err != nil || v == nil {
					t.Errorf("beside somebody of her own: %v", err)
				}
			})
		})
	}
}

// A word given while the other account was disabled does not count beside it
// when that account is open again.
func TestWordsThatMeetLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := province(t, d, 5)
		admin := b.account("admin", staff.ProvinceAdmin, "430000-2", "")
		one, two := b.givenBy(admin, "one", staff.ProvinceOperator, "430000-1"), b.givenBy(admin, "two", staff.ProvinceOperator, "430000-1")
		draft := b.draft(harsher())
		b.rehearse(draft)
		disable := func(yes bool) {
			b.must(func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE account SET disabled = $1 WHERE id = $2`, yes, one.ID)
				return err
			})
		}
		if _, _, err := b.sign(draft, one, "x"); err != nil {
			t.Fatal(err)
		}
		disable(true)
		if s, _, err := b.sign(draft, two, "x"); err != nil || len(s.Signatures) != 1 {
			t.Fatalf("beside a disabled one: %+v, %v", s.Signatures, err)
		}
		disable(false)
		_, _, err := b.sign(draft, admin, "x")
		b.refusedBeside("the giver of both", err)
		third := b.account("third", staff.ProvinceOperator, "430000-1", "")
		if s, v, err := b.sign(draft, third, "x"); err != nil || v == nil || len(s.Signatures) != 2 {
			t.Errorf("one of hers and somebody else: %+v, %v", s.Signatures, err)
		}
	})
}

// The same for the last word on a case, and for an office that judges what one
// of its own submitted.
func TestJudgingTakesTwoPersons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		x.who["puppet"] = x.givenBy(x.who["pa"], "puppet", staff.ProvinceOperator, "430000-1")
		c, err := x.submit("point-close", here, approval.Content{"reason": "场地收回", "moved": "第 2 点"}, "co")
		if err != nil {
			t.Fatal(err)
		}
		x.mustDo(approval.Agree, c.ID, "ci", "")
		x.mustDo(approval.Agree, c.ID, "puppet", "同意")
		_, err = x.does(approval.Agree, c.ID, "pa", "同意", 0)
		x.refusedBeside("the last word", err)
		if !x.point(here).Open || x.see(c.ID).State != approval.Waiting {
			t.Error("one person closed the point")
		}
		if c = x.mustDo(approval.Agree, c.ID, "po", "同意"); c.State != approval.Approved {
			t.Errorf("two persons: %s", c.State)
		}
	})
}

// Tiers are not held against each other: a city gives its counties their
// accounts, and judges what they submit; a colleague of the submitting office
// who was given her account by the submitter does not.
func TestJudgingAcrossTiers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		x.who["below"] = x.givenBy(x.who["ci"], "below", staff.CountyOperator, county)
		c, err := x.submit("point-close", here, approval.Content{"reason": "场地收回", "moved": "第 2 点"}, "below")
		if err != nil {
			t.Fatal(err)
		}
		if c = x.mustDo(approval.Agree, c.ID, "ci", ""); c.JudgeTier != rules.Province {
			t.Errorf("the city judges what its county submits: %+v", c)
		}

		x.camp = rules.Gaokao2014() // there the county decides what it submits itself
		x.who["colleague"] = x.givenBy(x.who["co"], "colleague", staff.CountyOperator, county)
		form := approval.Content{"name": "第 3 报名点", "contact": "谭丽华", "phone": "0731-55500123", "address": "解放路 1 号", "boxes": "4"}
		if c, err = x.submit("point", "", form, "co"); err != nil {
			t.Fatal(err)
		}
		_, err = x.does(approval.Agree, c.ID, "colleague", "", 0)
		x.refusedBeside("one's own case, by a colleague one made", err)
		if c = x.mustDo(approval.Agree, c.ID, "co2", ""); c.State != approval.Approved {
			t.Errorf("by another colleague: %s", c.State)
		}
	})
}

func TestTokensAndParcelsTakeTwoPersons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		admin := b.account("admin", staff.ProvinceAdmin, "430000-2", "")
		puppet, other := b.givenBy(admin, "puppet", staff.ProvinceOperator, "430000-1"), b.account("other", staff.ProvinceOperator, "430000-1", "")

		var tok access.Token
		b.must(func(tx *db.Tx) (err error) {
			_, tok, err = b.f.AskToken(ctx, tx, access.Token{Name: "大屏", Scopes: []access.Scope{access.Boxes}, Division: "430000", Days: 3, Reason: "大厅"}, as(admin))
			return err
		})
		token := func(who staff.Account) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, _, err := b.f.AgreeToken(ctx, tx, tok.ID, as(who)); return err })
		}
		b.refusedBeside("a token", token(puppet))
		if err := token(admin); !errors.Is(err, flow.ErrSamePerson) {
			t.Errorf("a token, by who asked: %v", err)
		}
		if err := token(other); err != nil {
			t.Errorf("a token, by another: %v", err)
		}

		p := parcel.Parcel{ID: parcel.NewID(), Division: "430000", Exchange: "T_BMK", Reason: "核对", Mark: "m", State: parcel.Waiting, Campaign: "adult-2019"}
		b.must(func(tx *db.Tx) error { return b.f.AskParcel(ctx, tx, p, as(puppet)) })
		agree := func(who staff.Account) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				now, err := parcel.Get(ctx, tx, p.ID)
				if err != nil {
					return err
				}
				return b.f.AgreeParcel(ctx, tx, now, as(who))
			})
		}
		b.refusedBeside("a parcel", agree(admin))
		if err := agree(puppet); !errors.Is(err, flow.ErrSamePerson) {
			t.Errorf("a parcel, by who asked: %v", err)
		}
		if err := agree(other); err != nil {
			t.Errorf("a parcel, by another: %v", err)
		}
	})
}

func TestClosingTakesTwoPersons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		c := rules.Adult2019()
		c.Acts = slices.Clone(c.Acts)
		for i := range c.Acts {
			if c.Acts[i].Key == flow.ActCloseIncident {
				c.Acts[i].Persons = 2
			}
		}
		b.must(func(tx *db.Tx) error { _, err := b.f.Publish(ctx, tx, encoded(t, c), flow.Operator()); return err })
		admin := b.account("admin", staff.ProvinceAdmin, "430000-2", "")
		puppet, other := b.givenBy(admin, "puppet", staff.ProvinceOperator, "430000-1"), b.account("other", staff.ProvinceOperator, "430000-1", "")
		reporter := b.account("county", staff.CountyOperator, county, "")

		id := strings.Repeat("ab", 16)
		move := func(who staff.Account, division string, m incident.Move) (i incident.Incident, err error) {
			m.By = incident.Actor{Account: who.ID, Division: division, Officer: true}
			err = d.Write(ctx, func(tx *db.Tx) error { i, err = b.f.MoveIncident(ctx, tx, id, m, as(who)); return err })
			return i, err
		}
		b.must(func(tx *db.Tx) error {
			_, err := b.f.ReportIncident(ctx, tx, incident.Incident{ID: id, Kind: incident.Attack, Severity: incident.Grave, Point: here, Started: opened.UnixMilli(), What: "终端被人动过"},
				incident.Actor{Account: reporter.ID, Division: county, Officer: true}, as(reporter))
			return err
		})
		closing := incident.Move{Act: incident.Close, Text: "核对过"}
		must := func(i incident.Incident, err error) incident.Incident {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return i
		}
		must(move(reporter, county, incident.Move{Act: incident.Resolve, Text: "查清了"}))
		must(move(admin, "430000", closing))
		_, err := move(puppet, "430000", closing)
		b.refusedBeside("closing", err)
		if i := must(move(other, "430000", closing)); i.State != incident.Closed {
			t.Errorf("two persons: %s", i.State)
		}
	})
}

// TestCountersigning: asked, agreed to by another, done once; and what is not so.
func TestCountersigning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := open(t, d)
		at := opened
		b.f.Now = func() time.Time { return at }
		admin := b.account("admin", staff.ProvinceAdmin, "430000-2", "")
		puppet, other := b.givenBy(admin, "puppet", staff.ProvinceOperator, "430000-1"), b.account("other", staff.ProvinceOperator, "430000-1", "")
		ask := func() (a countersign.Act) {
			t.Helper()
			b.must(func(tx *db.Tx) (err error) {
				a, err = b.f.AskSecond(ctx, tx, countersign.Act{Act: "reveal-number", Subject: "a1", Division: county, Point: here, Reason: "核对证件"}, as(admin))
				return err
			})
			return a
		}
		try := func(f func(tx *db.Tx) error) error { return d.Write(ctx, f) }
		agree := func(a countersign.Act, who staff.Account) error {
			return try(func(tx *db.Tx) error { return b.f.AgreeSecond(ctx, tx, a.ID, as(who)) })
		}
		use := func(a countersign.Act, who staff.Account) error {
			return try(func(tx *db.Tx) error { return b.f.UseSecond(ctx, tx, a.ID, as(who)) })
		}
		want := func(what string, got, want error) {
			t.Helper()
			if !errors.Is(got, want) || want == nil && got != nil {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		want("without a reason", try(func(tx *db.Tx) error {
			_, err := b.f.AskSecond(ctx, tx, countersign.Act{Act: "x"}, as(admin))
			return err
		}), flow.ErrReason)
		a := ask()
		want("before anybody agreed", use(a, admin), countersign.ErrState)
		want("by who asked", agree(a, admin), flow.ErrSamePerson)
		b.refusedBeside("countersigning", agree(a, puppet))
		want("by another", agree(a, other), nil)
		want("agreed to twice", agree(a, other), countersign.ErrState)
		want("done by the other", use(a, other), flow.ErrSamePerson)
		want("done", use(a, admin), nil)
		want("done again", use(a, admin), countersign.ErrState)
		b.must(func(tx *db.Tx) error {
			got, err := countersign.Get(ctx, tx, a.ID)
			if got.State != countersign.Used || got.By != other.ID || got.AskedBy != admin.ID {
				t.Errorf("stands as %+v", got)
			}
			return err
		})

		a = ask()
		at = at.Add(countersign.Kept - time.Millisecond)
		want("in the last moment", agree(a, other), nil)
		at = at.Add(time.Millisecond)
		want("a day later", use(a, admin), countersign.ErrState)

		a = ask()
		want("refused without a reason", try(func(tx *db.Tx) error { return b.f.RefuseSecond(ctx, tx, a.ID, "", as(other)) }), flow.ErrReason)
		want("refused", try(func(tx *db.Tx) error { return b.f.RefuseSecond(ctx, tx, a.ID, "不需要", as(other)) }), nil)
		want("agreed to what was refused", agree(a, other), countersign.ErrState)
		acts := b.acts()
		for act, n := range map[journal.Act]int{journal.CountersignAsked: 3, journal.CountersignAgreed: 2, journal.CountersignRefused: 1, journal.CountersignUsed: 1} {
			if acts[act] != n {
				t.Errorf("%s: %d entries, want %d", act, acts[act], n)
			}
		}
	})
}
