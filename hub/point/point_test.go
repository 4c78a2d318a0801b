package point_test

import (
	"testing"
	"time"

	"zhunkao/hub/org"
	"zhunkao/hub/point"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

func on(month time.Month, day, hour, minute int) time.Time {
	year := 2019
	return time.Date(year, month, day, hour, minute, 0, 0, window.Zone())
}

func judge(t *testing.T, c rules.Campaign, app form.Application, now time.Time) point.Judge {
	t.Helper()
	k, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	return point.NewJudge(c, k, window.New(c.Windows), app, now)
}

func choice(t *testing.T, c rules.Campaign, category string) form.Choice {
	t.Helper()
	for _, p := range c.Catalogue {
		if p.Category == category {
			return p.Choice(1)
		}
	}
	t.Fatalf("no programme of %s", category)
	return form.Choice{}
}

func TestOf(t *testing.T) {
	c := rules.Adult2019()
	yuelu := org.Point{Code: "43010401", Division: "430104", Open: true, Minors: true}
	yongzhou := org.Point{Code: "43110201", Division: "431102", Open: true, Minors: true}
	for _, tc := range []struct {
		name      string
		household string
		category  string
		born      string
		point     func(*org.Point)
		away      bool // the point of another city, which has no rule by household
		at        time.Time
		state     point.State
		code      string // of the finding, or reason of the verdict
		from      time.Time
	}{
		{name: "of the city", household: "430102", at: on(9, 3, 9, 0), state: point.Open},
		{name: "guest, her window later", household: "431102", at: on(9, 3, 9, 0), state: point.Later, code: string(window.WrongHousehold), from: on(9, 6, 0, 0)},
		{name: "guest, her window open", household: "431102", at: on(9, 6, 0, 30), state: point.Open},
		{name: "guest in a city without the rule", household: "430102", away: true, at: on(9, 2, 9, 0), state: point.Open},
		{name: "household not given", household: "", at: on(9, 3, 9, 0), state: point.Later, code: string(window.HouseholdUnknown), from: on(9, 6, 0, 0)},
		{name: "before it begins", household: "430102", at: on(9, 1, 9, 0), state: point.Later, code: string(window.NotYet), from: on(9, 2, 0, 0)},
		{name: "after the close", household: "430102", at: on(9, 12, 0, 0), state: point.Over, code: string(window.Over)},
		{name: "does not take the level", household: "430102", at: on(9, 3, 9, 0), point: func(p *org.Point) { p.Levels = "1,2" }, state: point.Barred, code: form.PointLevel},
		{name: "takes the level", household: "430102", at: on(9, 3, 9, 0), point: func(p *org.Point) { p.Levels = "1,3" }, state: point.Open},
		{name: "medical, not designated", household: "430102", category: "26", at: on(9, 3, 9, 0), state: point.Barred, code: form.PointMedical},
		{name: "medical, designated", household: "430102", category: "26", at: on(9, 3, 9, 0), point: func(p *org.Point) { p.Medical = true }, state: point.Open},
		{name: "under age, not designated", household: "430102", born: "20021001", at: on(9, 3, 9, 0), point: func(p *org.Point) { p.Minors = false }, state: point.Barred, code: form.PointMinors},
		{name: "under age, designated", household: "430102", born: "20021001", at: on(9, 3, 9, 0), state: point.Open},
		{name: "closed down", household: "430102", at: on(9, 3, 9, 0), point: func(p *org.Point) { p.Open = false }, state: point.Closed},
		{name: "a rule before a window", household: "431102", category: "26", at: on(9, 3, 9, 0), state: point.Barred, code: form.PointMedical},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.category == "" {
				tc.category = "34"
			}
			if tc.born == "" {
				tc.born = "19900101"
			}
			app := form.Application{Fields: form.Fields{form.Household: tc.household, form.BirthDate: tc.born, form.Licence: "1"},
				Choices: []form.Choice{choice(t, c, tc.category)}}
			p := yuelu
			if tc.away {
				p = yongzhou
			}
			if tc.point != nil {
				tc.point(&p)
			}
			got := judge(t, c, app, tc.at).Of(p)
			code := string(got.Verdict.Reason)
			if got.Finding != nil {
				code = got.Finding.Code
			}
			if got.State != tc.state || code != tc.code {
				t.Errorf("got %s %q, want %s %q", got.State, code, tc.state, tc.code)
			}
			if !got.From.Equal(tc.from) {
				t.Errorf("from %v, want %v", got.From, tc.from)
			}
			if (got.State == point.Open || got.State == point.Later) != (len(got.Openings) > 0) {
				t.Errorf("%s with %d openings", got.State, len(got.Openings))
			}
			if got.State == point.Open && !got.Until.Equal(on(9, 12, 0, 0)) {
				t.Errorf("until %v", got.Until)
			}
		})
	}
}

// In the gaokao of 2014 confirmation goes on after registration has closed, and
// this year's pupils belong to the point of their school.
func TestOfGaokao(t *testing.T) {
	c := rules.Gaokao2014()
	pupil := form.Application{Fields: form.Fields{"KSLBDM": "1", "KSLXDM": "1", "BYXXDM": "43010401", form.Household: "430104"},
		Choices: []form.Choice{{Order: 1, Level: "1", Category: "15"}}}
	mine, other := org.Point{Code: "43010401", Division: "430104", Open: true}, org.Point{Code: "43010402", Division: "430104", Open: true}
	november := func(day int) time.Time { return time.Date(2013, 11, day, 9, 0, 0, 0, window.Zone()) }
	for _, tc := range []struct {
		point org.Point
		at    time.Time
		want  point.State
	}{{mine, november(3), point.Open}, {other, november(3), point.Barred}, {mine, november(11), point.Over}, {mine, november(1).AddDate(0, 0, -3), point.Later}} {
		if got := judge(t, c, pupil, tc.at).Of(tc.point); got.State != tc.want {
			t.Errorf("%s on %v: %s, want %s", tc.point.Code, tc.at, got.State, tc.want)
		}
	}
	if got := judge(t, c, pupil, november(3)).Of(mine); !got.Until.Equal(time.Date(2013, 12, 21, 0, 0, 0, 0, window.Zone())) {
		t.Errorf("until %v", got.Until)
	}
}

func TestOpeningsKeepThePointsHours(t *testing.T) {
	c := rules.Adult2019()
	app := form.Application{Fields: form.Fields{form.Household: "430102"}}
	for _, tc := range []struct {
		hours string
		first window.Opening
		count int
	}{
		{"", window.Opening{From: on(9, 10, 8, 0), To: on(9, 10, 12, 0)}, 4},
		{"09:00-12:00 14:00-17:00", window.Opening{From: on(9, 10, 9, 0), To: on(9, 10, 12, 0)}, 4},
		{"10:00—11:00", window.Opening{From: on(9, 10, 10, 0), To: on(9, 10, 11, 0)}, 2},
		{"上午，看情况", window.Opening{From: on(9, 10, 8, 0), To: on(9, 10, 12, 0)}, 4},
		{"18:00-8:00", window.Opening{From: on(9, 10, 8, 0), To: on(9, 10, 12, 0)}, 4},
	} {
		got := judge(t, c, app, on(9, 10, 9, 30)).Of(org.Point{Code: "43010401", Division: "430104", Open: true, Hours: tc.hours})
		if len(got.Openings) != tc.count || !got.Openings[0].From.Equal(tc.first.From) || !got.Openings[0].To.Equal(tc.first.To) {
			t.Errorf("%q: %v", tc.hours, got.Openings)
		}
	}
}

func TestMeasure(t *testing.T) {
	now := on(9, 10, 9, 0)
	open := []window.Opening{{From: on(9, 10, 8, 0), To: on(9, 10, 12, 0)}, {From: on(9, 10, 15, 0), To: on(9, 10, 18, 0)}} // six hours left
	for _, tc := range []struct {
		boxes, chosen, confirmed int
		open                     []window.Opening
		want                     point.Busy
		served                   int
	}{
		{0, 10, 0, open, point.Unknown, 0},
		{2, 0, 0, open, point.Few, 144},
		{2, 171, 100, open, point.Few, 144},
		{2, 172, 100, open, point.Some, 144},
		{2, 215, 100, open, point.Some, 144},
		{2, 216, 100, open, point.Many, 144},
		{2, 244, 100, open, point.Many, 144},
		{2, 245, 100, open, point.Beyond, 144},
		{2, 100, 120, open, point.Few, 144}, // counters a moment apart
		{5, 60, 0, open[1:], point.Few, 180},
		{2, 10, 0, nil, point.Unknown, 0},
		{1, 11, 0, []window.Opening{{From: on(9, 10, 8, 0), To: on(9, 10, 10, 0)}}, point.Many, 12},
		{1, 13, 0, []window.Opening{{From: on(9, 10, 8, 0), To: on(9, 10, 10, 0)}}, point.Beyond, 12},
	} {
		if got := point.Measure(tc.open, now, tc.boxes, tc.chosen, tc.confirmed); got.Busy != tc.want || got.Served != tc.served {
			t.Errorf("%d boxes, %d chosen, %d confirmed: %q of %d, want %q of %d", tc.boxes, tc.chosen, tc.confirmed, got.Busy, got.Served, tc.want, tc.served)
		}
	}
}
