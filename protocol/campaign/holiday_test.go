package campaign_test

import (
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// TestShippedHolidays holds the tables of the two campaigns against the days
// that the State Council announced.
func TestShippedHolidays(t *testing.T) {
	for _, c := range []struct {
		name string
		of   campaign.Campaign
		days map[string]bool
	}{
		{"2019", campaign.Adult2019(), map[string]bool{
			"2019-01-01": false, "2019-02-02": true, "2019-02-03": true, "2019-02-04": false, "2019-02-10": false, "2019-02-11": true, "2019-04-05": false,
			"2019-04-28": true, "2019-05-01": false, "2019-05-04": false, "2019-05-05": true, "2019-06-07": false, "2019-09-13": false, "2019-09-14": false,
			"2019-09-16": true, "2019-09-29": true, "2019-10-01": false, "2019-10-07": false, "2019-10-08": true, "2019-10-12": true, "2019-10-13": false,
			"2019-09-06": true, "2019-09-07": false, "2025-10-01": true /* beyond the table: a Wednesday */, "2025-10-04": false}},
		{"2014", campaign.Gaokao2014(), map[string]bool{
			"2013-10-01": false, "2013-09-29": true, "2013-10-12": true, "2013-09-22": true, "2013-09-19": false, "2013-06-10": false, "2013-06-08": true, "2013-04-07": true,
			"2014-01-01": false, "2014-01-02": true, "2014-01-26": true, "2014-01-31": false, "2014-02-06": false, "2014-02-07": true, "2014-02-08": true,
			"2014-04-07": false, "2014-05-04": true, "2014-05-02": false, "2014-06-02": false, "2014-09-08": false, "2014-09-28": true, "2014-10-07": false, "2014-10-11": true}},
	} {
		for day, want := range c.days {
			at, err := time.ParseInLocation(time.DateOnly, day, window.Zone())
			if err != nil {
				t.Fatal(err)
			}
			if got := campaign.Holidays(c.of.Holidays).Working(at); got != want {
				t.Errorf("%s: %s is a working day: %v, want %v", c.name, day, got, want)
			}
		}
	}
}

func TestDaysAfter(t *testing.T) {
	hs := campaign.Holidays(campaign.Adult2019().Holidays)
	for _, c := range []struct {
		at      string
		n       int
		working bool
		want    string // the first moment after
	}{
		{"2019-09-06T10:00:00+08:00", 1, false, "2019-09-08"}, // a Friday
		{"2019-09-06T10:00:00+08:00", 1, true, "2019-09-10"},  // Monday is the day
		{"2019-09-06T10:00:00+08:00", 3, true, "2019-09-12"},
		{"2019-09-06T10:00:00+08:00", 5, true, "2019-09-17"}, // past the Mid-Autumn Festival
		{"2019-09-06T16:00:00Z", 1, true, "2019-09-10"},      // Saturday there already
		{"2019-09-27T09:00:00+08:00", 1, true, "2019-09-30"}, // the Sunday is worked
		{"2019-09-30T23:59:59+08:00", 1, true, "2019-10-09"}, // after the National Day
		{"2019-09-30T23:59:59+08:00", 1, false, "2019-10-02"},
		{"2019-10-11T09:00:00+08:00", 2, true, "2019-10-15"}, // Saturday the 12th is worked
		{"2019-09-06T10:00:00+08:00", 0, true, "2019-09-07"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := hs.After(at, c.n, c.working).In(window.Zone()).Format(time.DateTime); got != c.want+" 00:00:00" {
			t.Errorf("%d days (working %v) after %s: %s, want %s", c.n, c.working, c.at, got, c.want)
		}
	}
	// A table that leaves no day to work ends all the same.
	never := campaign.Holidays{{From: "2000-01-01", To: "2999-12-31", Zh: "永远"}}
	if got := never.After(time.Date(2019, 9, 6, 0, 0, 0, 0, window.Zone()), 60, true); got.Year() > 2030 {
		t.Errorf("with no day to work: %v", got)
	}
}

func TestHolidaysAreChecked(t *testing.T) {
	for name, hs := range map[string][]campaign.Holiday{
		"no date":          {{From: "2019-02-30", To: "2019-03-01", Zh: "x"}},
		"reversed":         {{From: "2019-02-10", To: "2019-02-04", Zh: "x"}},
		"too long":         {{From: "2019-02-01", To: "2019-04-01", Zh: "x"}},
		"without a name":   {{From: "2019-02-01", To: "2019-02-01"}},
		"a day twice":      {{From: "2019-02-01", To: "2019-02-05", Zh: "x"}, {From: "2019-02-05", To: "2019-02-06", Zh: "y", Work: true}},
		"work on a Monday": {{From: "2019-03-04", To: "2019-03-04", Zh: "x", Work: true}},
	} {
		c := campaign.Adult2019()
		c.Holidays = hs
		if len(c.Validate()) == 0 {
			t.Errorf("%s is taken", name)
		}
	}
}
