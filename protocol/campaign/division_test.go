package campaign_test

import (
	"encoding/csv"
	"os"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// The list by date must be the published list of that date, row by row.
func TestDivisionsAreThePublishedOnes(t *testing.T) {
	for _, tc := range []struct{ file, day string }{
		{"testdata/hunan_divisions_2014.csv", "2014-12-31"},
		{"testdata/hunan_divisions_2019.csv", "2019-09-01"},
		{"hunan_divisions.csv", "2023-06-30"},
	} {
		f, err := os.Open(tc.file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		got := on(t, tc.day)
		if len(got) != len(rows)-1 {
			t.Errorf("%s: %d divisions, want %d", tc.day, len(got), len(rows)-1)
		}
		tiers := map[campaign.Tier]int{}
		for i, r := range rows[1:] {
			d := got[i]
			tiers[d.Tier]++
			if d.Code != r[0] || d.Name != r[1] || d.Parent != r[2] {
				t.Errorf("%s: got %+v, want %v", tc.day, d, r)
			}
			if identity.DivisionHistory(d.Code) == nil {
				t.Errorf("%s is not in the history of codes", d.Code)
			}
		}
		if tiers[campaign.Province] != 1 || tiers[campaign.City] != 14 || tiers[campaign.County] != 122 {
			t.Errorf("%s: %v", tc.day, tiers)
		}
	}
}

func TestDivisionsChangeOnTheirDay(t *testing.T) {
	for _, tc := range []struct{ day, code, name string }{
		{"2017-04-09", "430124", "宁乡县"}, {"2017-04-10", "430182", "宁乡市"},
		{"2018-06-18", "430221", "株洲县"}, {"2018-06-19", "430212", "渌口区"},
		{"2019-06-30", "430521", "邵东县"}, {"2019-07-01", "430582", "邵东市"},
		{"2021-01-19", "431121", "祁阳县"}, {"2021-01-20", "431181", "祁阳市"},
	} {
		found := ""
		for _, d := range on(t, tc.day) {
			if d.Code == tc.code {
				found = d.Name
			}
		}
		if found != tc.name {
			t.Errorf("%s %s: got %q, want %s", tc.day, tc.code, found, tc.name)
		}
	}
	// The day is a day at UTC+8, wherever the program runs.
	eve := time.Date(2017, 4, 9, 17, 0, 0, 0, time.UTC)
	for _, d := range campaign.Divisions(eve) {
		if d.Code == "430124" {
			t.Error("at 01:00 of the tenth, local time, the old code is still there")
		}
	}
}

func on(t *testing.T, day string) []campaign.Division {
	t.Helper()
	when, err := time.ParseInLocation(time.DateOnly, day, window.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return campaign.Divisions(when)
}
