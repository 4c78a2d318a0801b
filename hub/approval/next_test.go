package approval_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/approval"
	rules "zhunkao/protocol/campaign"
)

// day is a Friday morning at UTC+8.
var day = time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)

// invented is a kind that no campaign ships: county, then two persons of the
// city with a reason, then the province.
func invented(t testing.TB) approval.Kind {
	t.Helper()
	c := rules.Campaign{Acts: []rules.Act{{Key: "first", Tier: rules.County, Persons: 1}, {Key: "both", Tier: rules.City, Persons: 2, Reason: true}, {Key: "last", Tier: rules.Province, Persons: 1}},
		Approvals: []rules.Approval{{Key: "lamp", By: []rules.Tier{rules.Point, rules.County}, Tiers: []rules.ApprovalTier{
			{Tier: rules.County, Act: "first", Days: 1}, {Tier: rules.City, Act: "both", Days: 3}, {Tier: rules.Province, Act: "last"}}}}}
	k, err := approval.KindOf(c, "lamp")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func fresh() approval.Case {
	return approval.Case{ID: "c", Kind: "lamp", Division: "430102", Office: "430102"}
}

// e makes an event of a person of an office; who judges has the right to.
func e(do approval.Do, who, office string) approval.Event {
	return approval.Event{Do: do, Who: who, Office: office, Judges: true, Opinion: "看过", At: day}
}

func TestNext(t *testing.T) {
	k := invented(t)
	type ev = approval.Event
	submit := e(approval.Submit, "s", "430102")
	county, city, city2, province := e(approval.Agree, "a", "430102"), e(approval.Agree, "b", "430100"), e(approval.Agree, "b2", "430100"), e(approval.Agree, "p", "430000-1")
	back, again := e(approval.Return, "b", "430100"), e(approval.Resubmit, "s2", "430102")
	mute := func(x ev) ev { x.Opinion = ""; return x }
	for _, c := range []struct {
		name   string
		events []ev // all but the last must be taken
		want   error
		state  approval.State
		judge  string
		agreed int
	}{
		{"submitted", []ev{submit}, nil, approval.Waiting, "430102", 0},
		{"submitted twice", []ev{submit, submit}, approval.ErrState, approval.Waiting, "430102", 0},
		{"to the city", []ev{submit, county}, nil, approval.Waiting, "430100", 0},
		{"without an opinion where none is asked", []ev{submit, mute(county)}, nil, approval.Waiting, "430100", 0},
		{"one of two", []ev{submit, county, city}, nil, approval.Waiting, "430100", 1},
		{"one of two, silent", []ev{submit, county, mute(city)}, approval.ErrOpinion, approval.Waiting, "430100", 0},
		{"one person twice", []ev{submit, county, city, city}, approval.ErrVoted, approval.Waiting, "430100", 1},
		{"two of two", []ev{submit, county, city, city2}, nil, approval.Waiting, "430000", 0},
		{"approved", []ev{submit, county, city, city2, province}, nil, approval.Approved, "", 1},
		{"after the end", []ev{submit, county, city, city2, province, back}, approval.ErrState, approval.Approved, "", 1},
		{"her own", []ev{submit, e(approval.Agree, "s", "430102")}, approval.ErrSelf, approval.Waiting, "430102", 0},
		{"her own, returned by herself", []ev{submit, e(approval.Return, "s", "430102")}, approval.ErrSelf, approval.Waiting, "430102", 0},
		{"at two tiers", []ev{submit, county, e(approval.Agree, "a", "430100")}, approval.ErrVoted, approval.Waiting, "430100", 0},
		{"no right", []ev{submit, {Do: approval.Agree, Who: "x", Office: "430200", Opinion: "x", At: day}}, approval.ErrJudge, approval.Waiting, "430102", 0},
		{"returned", []ev{submit, county, city, back}, approval.ErrVoted, approval.Waiting, "430100", 1},
		{"returned by the other", []ev{submit, county, city, e(approval.Return, "b2", "430100")}, nil, approval.Returned, "", 1},
		{"returned without a word", []ev{submit, county, mute(back)}, approval.ErrOpinion, approval.Waiting, "430100", 0},
		{"refused without a word", []ev{submit, mute(e(approval.Refuse, "a", "430102"))}, approval.ErrOpinion, approval.Waiting, "430102", 0},
		{"refused", []ev{submit, e(approval.Refuse, "a", "430102")}, nil, approval.Refused, "", 0},
		{"mended from the first tier on", []ev{submit, county, back, again}, nil, approval.Waiting, "430102", 0},
		{"mended by another office", []ev{submit, county, back, e(approval.Resubmit, "x", "430103")}, approval.ErrOffice, approval.Returned, "", 0},
		{"mended before it was returned", []ev{submit, again}, approval.ErrState, approval.Waiting, "430102", 0},
		{"votes of the round before do not count", []ev{submit, county, city, e(approval.Return, "b2", "430100"), again, county, city}, nil, approval.Waiting, "430100", 1},
		{"who mended does not judge", []ev{submit, county, back, again, e(approval.Agree, "s2", "430102")}, approval.ErrSelf, approval.Waiting, "430102", 0},
		{"nor who submitted first", []ev{submit, county, back, again, e(approval.Agree, "s", "430102")}, approval.ErrSelf, approval.Waiting, "430102", 0},
		{"withdrawn", []ev{submit, county, mute(e(approval.Withdraw, "s2", "430102"))}, nil, approval.Withdrawn, "", 0},
		{"withdrawn when returned", []ev{submit, county, back, e(approval.Withdraw, "s", "430102")}, nil, approval.Withdrawn, "", 0},
		{"withdrawn by another office", []ev{submit, e(approval.Withdraw, "b", "430100")}, approval.ErrOffice, approval.Waiting, "430102", 0},
		{"withdrawn after the end", []ev{submit, e(approval.Refuse, "a", "430102"), e(approval.Withdraw, "s", "430102")}, approval.ErrState, approval.Refused, "", 0},
		{"delegated", []ev{submit, {Do: approval.Agree, Who: "d", Office: "430100", Judges: true, Behalf: "430102", At: day}}, nil, approval.Waiting, "430100", 0},
		{"delegated to the office that submitted", []ev{submit, {Do: approval.Agree, Who: "d", Office: "430102", Judges: true, Behalf: "430100", At: day}}, approval.ErrSelf, approval.Waiting, "430102", 0},
		{"judged before it was submitted", []ev{county}, approval.ErrState, "", "", 0},
		{"nothing known", []ev{submit, e("dance", "a", "430102")}, approval.ErrState, approval.Waiting, "430102", 0},
	} {
		x := fresh()
		var err error
		for i, v := range c.events {
			v.Version = x.Version
			var after approval.Case
			if after, err = approval.Next(k, x, v); err != nil && i < len(c.events)-1 {
				t.Fatalf("%s: step %d: %v", c.name, i+1, err)
			}
			if err != nil && (after.Version != x.Version || !slices.Equal(after.Votes, x.Votes) || after.State != x.State) {
				t.Errorf("%s: a refusal changed the case", c.name)
			}
			x = after
		}
		if !errors.Is(err, c.want) || c.want == nil && err != nil || x.State != c.state || x.Judge != c.judge || x.Agreed(x.Tier) != c.agreed {
			t.Errorf("%s: got %v, %s at %q with %d votes; want %v, %s at %q with %d", c.name, err, x.State, x.Judge, x.Agreed(x.Tier), c.want, c.state, c.judge, c.agreed)
		}
	}
}

func TestStaleIsRefused(t *testing.T) {
	k := invented(t)
	x, err := approval.Next(k, fresh(), e(approval.Submit, "s", "430102"))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []int{0, 2, -1} {
		v := e(approval.Agree, "a", "430102")
		v.Version = version
		if _, err := approval.Next(k, x, v); !errors.Is(err, approval.ErrStale) {
			t.Errorf("version %d: %v", version, err)
		}
	}
}

// Deadlines are civil days at UTC+8, to the end of the last.
func TestDeadlines(t *testing.T) {
	k := invented(t)
	at := func(clock string) time.Time {
		v, err := time.Parse("2006-01-02 15:04 -07", clock+" +08")
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct{ submitted, due string }{
		{"2019-09-06 09:00", "2019-09-08 00:00"}, {"2019-09-06 23:59", "2019-09-08 00:00"}, {"2019-09-07 00:00", "2019-09-09 00:00"},
		{"2019-12-31 12:00", "2020-01-02 00:00"}, {"2020-02-28 12:00", "2020-03-01 00:00"},
	} {
		v := e(approval.Submit, "s", "430102")
		v.At = at(c.submitted)
		x, err := approval.Next(k, fresh(), v)
		if err != nil || x.Due != at(c.due).UnixMilli() {
			t.Errorf("submitted %s: due %s, %v; want %s", c.submitted, time.UnixMilli(x.Due), err, c.due)
		}
		if x.Overdue(x.Due-1) || !x.Overdue(x.Due) {
			t.Errorf("submitted %s: late at the wrong moment", c.submitted)
		}
		x.Reminded = approval.RemindedOverdue
		v = e(approval.Agree, "a", "430102")
		v.At, v.Version = at(c.due), x.Version
		if x, err = approval.Next(k, x, v); err != nil || x.Reminded != approval.RemindedNot || x.Due <= at(c.due).UnixMilli() {
			t.Errorf("the next tier begins with %d, due %s, %v", x.Reminded, time.UnixMilli(x.Due), err)
		}
	}
	x := fresh()
	for _, v := range []approval.Event{e(approval.Submit, "s", "430102"), e(approval.Agree, "a", "430102"), e(approval.Agree, "b", "430100"), e(approval.Agree, "b2", "430100")} {
		v.Version = x.Version
		var err error
		if x, err = approval.Next(k, x, v); err != nil {
			t.Fatal(err)
		}
	}
	if x.Due != 0 || x.Overdue(1<<62) {
		t.Error("a tier without days has a deadline")
	}
}

func TestSeats(t *testing.T) {
	for _, c := range []struct {
		tier            rules.Tier
		division, point string
		want            string
	}{
		{rules.County, "430102", "", "430102"}, {rules.City, "430102", "", "430100"}, {rules.Province, "430102", "", "430000"},
		{rules.City, "430100", "", "430100"}, {rules.County, "430100", "", ""}, {rules.Point, "430102", "43010201", "43010201"},
		{rules.Province, "430000", "", "430000"}, {rules.City, "433101", "", "433100"},
	} {
		if got := approval.SeatOf(c.tier, c.division, c.point); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.tier, c.division, got, c.want)
		}
	}
}
