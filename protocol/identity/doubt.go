package identity

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Doubt is a warning: the number is accepted, and a person should look.
type Doubt string

// Doubts about a number.
const (
	DoubtDivision      Doubt = "division-unknown"  // no such code was ever in GB/T 2260 (Hunan only)
	DoubtHistoric      Doubt = "division-historic" // a code since abolished; ordinary for older people
	DoubtEnded         Doubt = "division-ended"    // a code that was abolished before this birth
	DoubtNotCounty     Doubt = "division-whole"    // the code of the province or of a whole prefecture (Hunan only)
	DoubtOtherProvince Doubt = "division-other"    // outside Hunan: only the province could be checked
	DoubtCountry       Doubt = "country-unknown"   // a foreigner's card of no country in ISO 3166, or of China
	DoubtYoung         Doubt = "age-under-10"
	DoubtOld           Doubt = "age-over-100"
)

//go:embed hunan_codes_history.csv
var hunanHistoryCSV string

// HistoricDivision is one code of GB/T 2260 for Hunan with the revisions
// (YYYYMM) of the published lists in which it stood first and last.
type HistoricDivision struct {
	Code, Name, First, Last string
}

var hunanHistory = sync.OnceValue(func() map[string][]HistoricDivision {
	rows, err := csv.NewReader(strings.NewReader(hunanHistoryCSV)).ReadAll()
	if err != nil {
		panic("identity: embedded division history: " + err.Error())
	}
	out := make(map[string][]HistoricDivision, len(rows))
	for _, r := range rows[1:] {
		out[r[0]] = append(out[r[0]], HistoricDivision{r[0], r[1], r[2], r[3]})
	}
	return out
})

// DivisionHistory gives every name a Hunan code has had since 1980, nil if it
// never existed. Codes of other provinces are not kept.
func DivisionHistory(code string) []HistoricDivision {
	return append([]HistoricDivision(nil), hunanHistory()[code]...)
}

// Doubts lists what a clerk should look at; a doubt never refuses (domain rule
// 3.1: every code ever in GB/T 2260 is accepted). A zero on skips the ages.
func (n Number) Doubts(on time.Time) []Doubt {
	var out []Doubt
	switch n.Kind() {
	case KindResident:
		if d := divisionDoubt(n.Division(), n.Birth()); d != "" {
			out = append(out, d)
		}
	case KindForeigner2017:
		if !knownProvince(string(n[3:5])) {
			out = append(out, DoubtDivision)
		}
		fallthrough
	case KindForeigner2023:
		switch n.Country() {
		case "", "CHN", "HKG", "MAC", "TWN":
			out = append(out, DoubtCountry)
		}
	}
	if b := n.BirthBy(on); !b.IsZero() && !on.IsZero() {
		switch age := AgeOn(b, on); {
		case age < 10:
			out = append(out, DoubtYoung)
		case age > 100:
			out = append(out, DoubtOld)
		}
	}
	return out
}

// divisionDoubt judges the code of first registration, "" if it is ordinary.
func divisionDoubt(code string, birth time.Time) Doubt {
	history := hunanHistory()[code]
	switch {
	case !strings.HasPrefix(code, "43"):
		return DoubtOtherProvince
	case len(history) == 0:
		return DoubtDivision
	case strings.HasSuffix(code, "00"):
		return DoubtNotCounty
	case current(history):
		return ""
	}
	// A code is given at registration, so never before birth. The lists are a
	// year apart: what the last one held may have lived until the next.
	last := 0
	for _, h := range history {
		if year, err := strconv.Atoi(h.Last[:4]); err == nil {
			last = max(last, year)
		}
	}
	if birth.Year() > last+1 {
		return DoubtEnded
	}
	return DoubtHistoric
}

// current holds for codes still in use: those of the last whole list (201904)
// but for the two counties that became cities after it, and what came later.
func current(history []HistoricDivision) bool {
	for _, h := range history {
		if h.Last >= "201904" && h.Code != "430521" && h.Code != "431121" {
			return true
		}
	}
	return false
}

// AgeOn is the age in completed years on a calendar day.
func AgeOn(birth, on time.Time) int {
	age := on.Year() - birth.Year()
	if on.Month() < birth.Month() || on.Month() == birth.Month() && on.Day() < birth.Day() {
		age--
	}
	return age
}
