package bench

import (
	"strings"
	"testing"
	"time"
)

const output = `goos: linux
BenchmarkIntake-2      100   250000 ns/op   0.31 of-raw   12 allocs/op
BenchmarkIntake-2      100   260000 ns/op   0.29 of-raw   12 allocs/op
BenchmarkIntake-2      100   255000 ns/op   0.35 of-raw   12 allocs/op
BenchmarkBroken-2      not a number
Benchmark prose about benchmarks that is not a result
PASS
`

func TestParseGathersRows(t *testing.T) {
	samples, err := Parse(strings.NewReader(output))
	if err != nil {
		t.Fatal(err)
	}
	rows := Rows(samples)
	if len(rows) != 3 {
		t.Fatalf("rows = %v, want ns/op, of-raw and allocs/op of one benchmark", rows)
	}
	if r := rows[1]; r.Name != "Intake" || r.Unit != "of-raw" || len(r.Values) != 3 || r.Median() != 0.31 {
		t.Errorf("row = %+v, median %v; want of-raw of Intake with median 0.31", r, r.Median())
	}
}

func TestAimsAreJudged(t *testing.T) {
	a := Aim{Least: 0.25}
	if a.Met(0.24) || !a.Met(0.25) {
		t.Error("an aim of at least 0.25 must hold from 0.25 on and not below")
	}
	b := Aim{Most: 4}
	if b.Met(4.01) || !b.Met(4) {
		t.Error("an aim of at most 4 must hold up to 4 and not above")
	}
}

func TestMergeReplacesOneSection(t *testing.T) {
	row := func(v float64) []Row { return []Row{{Name: "Intake", Unit: "of-raw", Values: []float64{v}}} }
	aims := func(string, string) Aim { return Aim{Least: 0.25} }
	section := func(title string, v float64) string {
		return Section(title, Machine{}, time.Unix(0, 0), "abc", row(v), aims)
	}
	text := Merge("", section("a", 0.125))
	text = Merge(text, section("b", 0.5))
	text = Merge(text, section("a", 0.375))
	if strings.Count(text, "\n## ") != 2 || strings.Index(text, "## a\n") > strings.Index(text, "## b\n") {
		t.Fatalf("want sections a and b once each, in that order:\n%s", text)
	}
	if strings.Contains(text, "0.125") || !strings.Contains(text, "| Intake | of-raw | 0.375 | 0.375 | ≥ 0.25 | met |") {
		t.Errorf("section a was not replaced:\n%s", text)
	}
	if !strings.Contains(Merge(text, section("b", 0.0625)), "**missed**") {
		t.Error("a missed aim is not said")
	}
}
