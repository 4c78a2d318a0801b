package identity

import (
	_ "embed"
	"encoding/csv"
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
	DoubtOtherProvince Doubt = "division-other"    // outside Hunan: only the province could be checked
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
	if code := n.Division(); n.Kind() == KindResident {
		switch history := hunanHistory()[code]; {
		case !strings.HasPrefix(code, "43"):
			out = append(out, DoubtOtherProvince)
		case len(history) == 0:
			out = append(out, DoubtDivision)
		case !current(history):
			out = append(out, DoubtHistoric)
		}
	}
	if b := n.Birth(); !b.IsZero() && !on.IsZero() {
		switch age := AgeOn(b, on); {
		case age < 10:
			out = append(out, DoubtYoung)
		case age > 100:
			out = append(out, DoubtOld)
		}
	}
	return out
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
