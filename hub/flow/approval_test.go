package flow_test

import (
	"errors"
	"testing"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// desk is a bench with the offices' people, and a campaign that judges.
type desk struct {
	*bench
	camp rules.Campaign
	who  map[string]staff.Account
}

// the people: name, role, office, point.
var staffing = [][4]string{
	{"co", string(staff.CountyOperator), "430102", ""}, {"co2", string(staff.CountyOperator), "430102", ""}, {"far", string(staff.CountyOperator), "431028", ""},
	{"ci", string(staff.CityOperator), "430100", ""}, {"ci2", string(staff.CityOperator), "430100", ""}, {"cifar", string(staff.CityOperator), "431000", ""},
	{"po", string(staff.ProvinceOperator), "430000-1", ""}, {"pa", string(staff.ProvinceAdmin), "430000-2", ""},
	{"cl", string(staff.Clerk), "430102", here}, {"te", string(staff.Technician), "430102", ""},
}

func openDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	x := &desk{bench: open(t, d), camp: rules.Adult2019(), who: map[string]staff.Account{}}
	x.f.Keys = x.ring
	x.must(func(tx *db.Tx) error {
		_, err := campaign.Publish(ctx, tx, encoded(t, x.camp), "s1", 1)
		return err
	})
	for _, s := range staffing {
		a := x.account(s[0], staff.Role(s[1]), s[2], s[3])
		x.must(func(tx *db.Tx) (err error) {
			x.who[s[0]], err = staff.Get(ctx, tx, a.ID)
			return err
		})
	}
	return x
}

var pointForm = approval.Content{"name": "芙蓉区第 3 报名确认点", "contact": "谭丽华", "phone": "0731-55500123", "address": "解放路 1 号", "levels": "1,3", "medical": "1", "boxes": "4"}

func (x *desk) submit(kind, point string, content approval.Content, who string) (c approval.Case, err error) {
	err = x.d.Write(ctx, func(tx *db.Tx) error {
		c, err = x.f.Submit(ctx, tx, x.camp, flow.Submission{Kind: kind, Point: point, Content: content}, x.who[who], "test")
		return err
	})
	return c, err
}

// does one thing to a case as somebody; version 0 is the one that stands.
func (x *desk) does(do approval.Do, id, who, opinion string, version int) (c approval.Case, err error) {
	if version == 0 {
		version = x.see(id).Version
	}
	j := flow.Judgement{Case: id, Version: version, Opinion: opinion}
	err = x.d.Write(ctx, func(tx *db.Tx) error {
		switch do {
		case approval.Agree:
			c, err = x.f.Agree(ctx, tx, x.camp, j, x.who[who], "test")
		case approval.Refuse:
			c, err = x.f.Refuse(ctx, tx, x.camp, j, x.who[who], "test")
		case approval.Return:
			c, err = x.f.Return(ctx, tx, x.camp, j, x.who[who], "test")
		case approval.Withdraw:
			c, err = x.f.Withdraw(ctx, tx, x.camp, j, x.who[who], "test")
		case approval.Resubmit:
			c, err = x.f.Resubmit(ctx, tx, x.camp, j, flow.Submission{Content: pointForm}, x.who[who], "test")
		}
		return err
	})
	return c, err
}

func (x *desk) see(id string) (c approval.Case) {
	x.t.Helper()
	x.must(func(tx *db.Tx) (err error) {
		c, err = approval.Get(ctx, tx, id)
		return err
	})
	return c
}

func (x *desk) mustDo(do approval.Do, id, who, opinion string) approval.Case {
	x.t.Helper()
	c, err := x.does(do, id, who, opinion, 0)
	if err != nil {
		x.t.Fatalf("%s by %s: %v", do, who, err)
	}
	return c
}

func (x *desk) point(code string) (p org.Point) {
	x.t.Helper()
	x.must(func(tx *db.Tx) (err error) {
		p, err = org.GetPoint(ctx, tx, code)
		return err
	})
	return p
}

// A point is declared by its county, reviewed by the city, approved by the
// province, and is there with the last word (demand A27); then it is changed,
// and closed by two persons.
func TestPointFromDeclaredToClosed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		c, err := x.submit("point", "", pointForm, "co")
		if err != nil || c.State != approval.Waiting || c.Judge != "430100" {
			t.Fatalf("submitted: %+v, %v", c, err)
		}
		// On a Friday, for three working days: Monday to Wednesday.
		if due := time.Date(2019, 9, 12, 0, 0, 0, 0, window.Zone()); c.Due != due.UnixMilli() {
			t.Errorf("due %v, want %v", time.UnixMilli(c.Due).In(window.Zone()), due)
		}
		if _, err := x.does(approval.Agree, c.ID, "po", "", 0); !errors.Is(err, approval.ErrJudge) {
			t.Errorf("the province before the city: %v", err)
		}
		x.mustDo(approval.Agree, c.ID, "ci", "")
		if c = x.mustDo(approval.Agree, c.ID, "po", ""); c.State != approval.Approved || c.Point != "43010203" {
			t.Fatalf("approved: %+v", c)
		}
		p := x.point("43010203")
		want := org.Point{Code: "43010203", Name: pointForm["name"], Division: county, Contact: "谭丽华", Phone: "0731-55500123", Address: "解放路 1 号", Levels: "1,3", Medical: true, Open: true, Boxes: 4, Version: p.Version}
		if p != want {
			t.Errorf("the point is %+v, want %+v", p, want)
		}
		if x.see(c.ID).Point != p.Code {
			t.Error("the case does not know what came of it")
		}

		changed := approval.Content{"name": "芙蓉区第 3 报名确认点", "contact": "谭丽华", "phone": "0731-55500999", "address": "解放路 2 号", "boxes": "6", "reason": "搬迁"}
		if c, err = x.submit("point-change", p.Code, changed, "co"); err != nil {
			t.Fatal(err)
		}
		if _, err := x.submit("point-change", p.Code, changed, "co2"); !errors.Is(err, flow.ErrUnderWay) {
			t.Errorf("a second change under way: %v", err)
		}
		x.mustDo(approval.Agree, c.ID, "ci", "")
		x.mustDo(approval.Agree, c.ID, "pa", "")
		if p = x.point(p.Code); p.Phone != "0731-55500999" || p.Address != "解放路 2 号" || p.Boxes != 6 || p.Medical || p.Levels != "" || !p.Open {
			t.Errorf("changed: %+v", p)
		}

		if c, err = x.submit("point-close", p.Code, approval.Content{"reason": "场地收回", "moved": "第 1 点"}, "co"); err != nil {
			t.Fatal(err)
		}
		x.mustDo(approval.Agree, c.ID, "ci", "")
		if _, err := x.does(approval.Agree, c.ID, "po", "", 0); !errors.Is(err, approval.ErrOpinion) {
			t.Errorf("two persons and a reason, without a reason: %v", err)
		}
		x.mustDo(approval.Agree, c.ID, "po", "同意撤销")
		if !x.point(p.Code).Open {
			t.Error("one of two closed the point")
		}
		if _, err := x.does(approval.Agree, c.ID, "po", "再同意一次", 0); !errors.Is(err, approval.ErrVoted) {
			t.Errorf("one person gives both votes: %v", err)
		}
		x.mustDo(approval.Agree, c.ID, "pa", "同意")
		if x.point(p.Code).Open {
			t.Error("the point is open")
		}
		acts := x.acts()
		for act, n := range map[journal.Act]int{journal.ApprovalSubmitted: 3, journal.ApprovalAgreed: 7, journal.ApprovalApproved: 3, journal.PointCreated: 3, journal.PointChanged: 2} {
			if acts[act] != n {
				t.Errorf("%s: %d entries, want %d", act, acts[act], n)
			}
		}
	})
}

// The word of an account that was disabled meanwhile does not count.
func TestDisabledVoteDoesNotCount(t *testing.T) { dbtest.Each(t, disabledVoteDoesNotCount) }

func disabledVoteDoesNotCount(t *testing.T, d *db.DB) {
	x := openDesk(t, d)
	c, err := x.submit("point-close", here, approval.Content{"reason": "x", "moved": "y"}, "co")
	if err != nil {
		t.Fatal(err)
	}
	x.mustDo(approval.Agree, c.ID, "ci", "")
	x.mustDo(approval.Agree, c.ID, "po", "同意")
	x.must(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account SET disabled = $1 WHERE id = $2`, true, x.who["po"].ID)
		return err
	})
	if c = x.mustDo(approval.Agree, c.ID, "pa", "同意"); c.State != approval.Waiting || !x.point(here).Open {
		t.Errorf("closed by one person whose word stands: %s", c.State)
	}
}

func TestReturnedMendedWithdrawn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		c, err := x.submit("point", "", pointForm, "co")
		if err != nil {
			t.Fatal(err)
		}
		x.mustDo(approval.Return, c.ID, "ci", "电话打不通")
		if _, err := x.does(approval.Resubmit, c.ID, "far", "", 0); !errors.Is(err, approval.ErrNotFound) {
			t.Errorf("mended by a foreign county: %v", err)
		}
		x.mustDo(approval.Resubmit, c.ID, "co2", "")
		for round := 1; round <= 2; round++ {
			x.must(func(tx *db.Tx) error {
				content, err := approval.OpenContent(ctx, tx, x.ring, c.ID, round)
				if content["name"] != pointForm["name"] {
					t.Errorf("round %d lost its form", round)
				}
				return err
			})
		}
		if _, err := x.does(approval.Agree, c.ID, "ci", "", 2); !errors.Is(err, approval.ErrStale) {
			t.Errorf("a page from before the return: %v", err)
		}
		x.mustDo(approval.Agree, c.ID, "ci", "")
		if _, err := x.does(approval.Withdraw, c.ID, "ci", "", 0); !errors.Is(err, approval.ErrOffice) {
			t.Errorf("withdrawn by the city: %v", err)
		}
		if c = x.mustDo(approval.Withdraw, c.ID, "co", "不办了"); c.State != approval.Withdrawn {
			t.Errorf("withdrawn: %s", c.State)
		}
		if _, err := x.does(approval.Agree, c.ID, "po", "", 0); !errors.Is(err, approval.ErrState) {
			t.Errorf("agreed after it was withdrawn: %v", err)
		}
		x.must(func(tx *db.Tx) error {
			steps, err := approval.Steps(ctx, tx, c.ID)
			if len(steps) != 5 || steps[1].Opinion != "电话打不通" || steps[4].Do != approval.Withdraw {
				t.Errorf("steps: %+v", steps)
			}
			return err
		})
	})
}

func TestWhoMaySubmit(t *testing.T) { dbtest.Each(t, whoMaySubmit) }

func whoMaySubmit(t *testing.T, d *db.DB) {
	x := openDesk(t, d)
	for name, c := range map[string]struct {
		kind, point, who string
		want             error
	}{
		"a city":             {"point", "", "ci", flow.ErrSubmitter},
		"the province":       {"point", "", "po", flow.ErrSubmitter},
		"a clerk":            {"point", "", "cl", flow.ErrSubmitter},
		"a technician":       {"point", "", "te", flow.ErrSubmitter},
		"no such kind":       {"moon", "", "co", approval.ErrKind},
		"a foreign point":    {"point-change", here, "far", flow.ErrSubmitter},
		"a point of nowhere": {"point-change", "43010299", "co", org.ErrNotFound},
	} {
		if _, err := x.submit(c.kind, c.point, pointForm, c.who); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	x.must(func(tx *db.Tx) error {
		n, _, err := approval.Count(ctx, tx, approval.Filter{Remit: "430000"})
		if n != 0 {
			t.Errorf("%d cases came of refusals", n)
		}
		return err
	})
}

// A kind that the program has never heard of goes from submit to approved by
// data alone: four tiers, two persons, no effect.
func TestInventedKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		x.camp.Acts = append(x.camp.Acts, rules.Act{Key: "lamp-point", Zh: "点", Tier: rules.Point, Persons: 1}, rules.Act{Key: "lamp-county", Zh: "县", Tier: rules.County, Persons: 1},
			rules.Act{Key: "lamp-city", Zh: "市", Tier: rules.City, Persons: 2, Reason: true})
		x.camp.Approvals = append(x.camp.Approvals, rules.Approval{Key: "lamp", Zh: "挂灯笼", En: "lantern", By: []rules.Tier{rules.Point}, Subject: rules.SubjectDivision, Title: "why",
			Tiers:  []rules.ApprovalTier{{Tier: rules.County, Zh: "县", En: "county", Act: "lamp-county", Days: 1}, {Tier: rules.City, Zh: "市", En: "city", Act: "lamp-city"}},
			Fields: []rules.ApprovalField{{Key: "why", Zh: "为何", En: "why", Kind: rules.CaseText, Required: true}}})
		if p := x.camp.Validate(); p != nil {
			t.Fatal(p)
		}
		c, err := x.submit("lamp", "", approval.Content{"why": "过节"}, "cl")
		if err != nil {
			t.Fatal(err)
		}
		if c.Point != here || c.Office != here {
			t.Errorf("submitted by the point %q for %q", c.Office, c.Point)
		}
		if _, err := x.does(approval.Withdraw, c.ID, "co", "", 0); !errors.Is(err, approval.ErrOffice) {
			t.Errorf("the county withdraws what the point submitted: %v", err)
		}
		x.mustDo(approval.Agree, c.ID, "co", "")
		x.mustDo(approval.Agree, c.ID, "ci", "好")
		if c = x.mustDo(approval.Agree, c.ID, "ci2", "好"); c.State != approval.Approved {
			t.Errorf("%+v", c)
		}
		if n := x.acts()[journal.ApprovalApproved]; n != 1 {
			t.Errorf("%d entries say that it is approved", n)
		}
	})
}
