package campaign

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"
	"time"

	"zhunkao/protocol/window"
)

// Tier is the rank of a division.
type Tier string

// Tiers.
const (
	Province Tier = "province"
	City     Tier = "city"
	County   Tier = "county"
	Point    Tier = "point" // no division: the rank of a 报名确认点 in Acts
)

// Division is one 行政区划 of Hunan.
type Division struct {
	Code   string `cbor:"code" json:"code"` // GB/T 2260, six digits
	Name   string `cbor:"name" json:"name"`
	Parent string `cbor:"parent,omitempty" json:"parent,omitempty"`
	Tier   Tier   `cbor:"tier" json:"tier"`
}

//go:embed hunan_divisions.csv
var divisionsCSV string

//go:embed hunan_division_changes.csv
var divisionChangesCSV string

type divisionChange struct {
	day              string // YYYY-MM-DD at UTC+8, first day of the new code
	oldCode, oldName string
	newCode, newName string
	parent           string
}

// Divisions gives the 1 + 14 + 122 divisions of Hunan as they stood on a day,
// by code: the list of 2023 with later changes undone. Changes are known back
// to 望城县, which became 望城区 in 2011; an earlier day gets the list of before.
func Divisions(on time.Time) []Division {
	all, changes := divisionData()
	out := slices.Clone(all)
	day := on.In(window.Zone()).Format(time.DateOnly)
	for _, c := range changes { // latest first
		if day >= c.day {
			break
		}
		i := slices.IndexFunc(out, func(d Division) bool { return d.Code == c.newCode })
		out[i] = Division{c.oldCode, c.oldName, c.parent, County}
	}
	slices.SortFunc(out, func(a, b Division) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// DivisionTerm is a division and the days on which it is one.
type DivisionTerm struct {
	Division
	Since string // first day at UTC+8, YYYY-MM-DD; "" = before the first change that is known
	Until string // first day it is one no more; "" = it still is
	Heir  string // code of the division that took its place at Until, "" if none had to
}

// DivisionTerms gives every division of Hunan that is or was, by code. The terms
// in force on a day are Divisions of that day.
func DivisionTerms() []DivisionTerm {
	all, changes := divisionData()
	out := make([]DivisionTerm, 0, len(all)+len(changes))
	for _, d := range all {
		out = append(out, DivisionTerm{Division: d})
	}
	for _, c := range changes { // latest first: what a change made is in the list before what it ended
		i := slices.IndexFunc(out, func(t DivisionTerm) bool { return t.Code == c.newCode })
		out[i].Since = c.day
		out = append(out, DivisionTerm{Division: Division{c.oldCode, c.oldName, c.parent, County}, Until: c.day, Heir: c.newCode})
	}
	slices.SortFunc(out, func(a, b DivisionTerm) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// DivisionHeir gives the division that took the place of one that is no more,
// "" for one that still is.
func DivisionHeir(code string) string {
	_, changes := divisionData()
	for _, c := range changes {
		if c.oldCode == code {
			return c.newCode
		}
	}
	return ""
}

var divisionData = sync.OnceValues(func() ([]Division, []divisionChange) {
	var all []Division
	for _, r := range mustCSV("hunan_divisions.csv", divisionsCSV) {
		all = append(all, Division{Code: r[0], Name: r[1], Parent: r[2], Tier: tierOf(r[0])})
	}
	var changes []divisionChange
	for _, r := range mustCSV("hunan_division_changes.csv", divisionChangesCSV) {
		changes = append(changes, divisionChange{r[0], r[1], r[2], r[3], r[4], r[5]})
	}
	slices.SortFunc(changes, func(a, b divisionChange) int { return strings.Compare(b.day, a.day) })
	return all, changes
})

func tierOf(code string) Tier {
	switch {
	case strings.HasSuffix(code, "0000"):
		return Province
	case strings.HasSuffix(code, "00"):
		return City
	}
	return County
}

// mustCSV parses an embedded table without its header. A table that does not
// parse is our own mistake.
func mustCSV(name, text string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic("campaign: embedded table " + name + " does not parse")
	}
	return rows[1:]
}
