package progress

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/protocol/campaign"
)

// maxPastRows bounds a table: every county and city of a province on every day
// of three months.
const maxPastRows = 20_000

// maxPastCount bounds a number: more than a province has people.
const maxPastCount = 100_000_000

// maxFindings is how many faults are told at one time.
const maxFindings = 100

// headings of the columns, Chinese and English.
func headings() map[string]int {
	return map[string]int{"日期": 0, "day": 0, "date": 0, "区划": 1, "区划代码": 1, "行政区划": 1, "行政区划代码": 1, "division": 1,
		"报名": 2, "报名人数": 2, "已报名": 2, "registered": 2, "确认": 3, "确认人数": 3, "已确认": 3, "confirmed": 3}
}

// ReadPast reads a table of an earlier year: CSV in UTF-8 with the columns day,
// division, registered, confirmed in any order under a Chinese or English
// header; further columns are left alone. The numbers are those that were new on
// the day. Days are of one year; the division is a code that stood on that day,
// or stands today. Error: PastError, which lists every fault (of a hundred at
// most), and then nothing is to be taken.
func ReadPast(in io.Reader, kind string) (Past, error) {
	out := Past{Kind: kind}
	var faults PastError
	table := csv.NewReader(in)
	table.FieldsPerRecord = -1
	var at []int
	seen := map[[2]string]bool{}
	known := divisionsKnown()
	for n := 1; ; n++ {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			return Past{}, append(faults, Finding{Row: n, Reason: BadText})
		}
		if err != nil {
			return Past{}, err
		}
		if n == 1 {
			if at = columns(cells); at == nil {
				return Past{}, PastError{{Row: 1, Reason: BadHeader, Cell: shown(strings.Join(cells, ","))}}
			}
			continue
		}
		if blank(cells) {
			continue
		}
		if len(out.Rows) >= maxPastRows {
			return Past{}, append(faults, Finding{Row: n, Reason: BadTooMany})
		}
		r, fault := rowOf(cells, at, known, &out.Year, seen)
		if fault.Reason != "" {
			fault.Row = n
			if faults = append(faults, fault); len(faults) == maxFindings {
				return Past{}, faults
			}
			continue
		}
		out.Rows = append(out.Rows, r)
	}
	if len(faults) == 0 && len(out.Rows) == 0 {
		faults = PastError{{Row: 1, Reason: BadEmpty}}
	}
	if len(faults) > 0 {
		return Past{}, faults
	}
	return out, nil
}

// columns finds the four columns; nil when one is missing or stands twice.
func columns(cells []string) []int {
	at := []int{-1, -1, -1, -1}
	names := headings()
	for i, c := range cells {
		if n, ok := names[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(c, "\ufeff")))]; ok {
			if at[n] >= 0 {
				return nil
			}
			at[n] = i
		}
	}
	if slices.Contains(at, -1) {
		return nil
	}
	return at
}

func blank(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" }

// shown is a cell as it may be told back: short, and text.
func shown(cell string) string {
	const most = 40
	if !utf8.ValidString(cell) {
		return ""
	}
	if r := []rune(cell); len(r) > most {
		return string(r[:most]) + "…"
	}
	return cell
}

// divisionsKnown are all codes that are or were.
func divisionsKnown() map[string]bool {
	out := map[string]bool{}
	for _, d := range campaign.DivisionTerms() {
		out[d.Code] = true
	}
	return out
}

// rowOf reads one row; year is that of the first row, and is set by it.
func rowOf(cells []string, at []int, known map[string]bool, year *int, seen map[[2]string]bool) (Row, Finding) {
	if len(cells) <= slices.Max(at) {
		return Row{}, Finding{Reason: BadWidth}
	}
	cell := func(i int) string { return strings.TrimSpace(cells[at[i]]) }
	day, ok := dayOf(cell(0))
	if !ok {
		return Row{}, Finding{Reason: BadDay, Cell: shown(cell(0))}
	}
	switch {
	case *year == 0:
		*year = day.Year()
	case day.Year() != *year:
		return Row{}, Finding{Reason: BadYear, Cell: shown(cell(0))}
	}
	r := Row{Day: day.Format(time.DateOnly), Division: cell(1)}
	if !known[r.Division] {
		return Row{}, Finding{Reason: BadDivision, Cell: shown(cell(1))}
	}
	for i, into := range []*int64{&r.Registered, &r.Confirmed} {
		n, err := strconv.ParseInt(strings.ReplaceAll(cell(2+i), ",", ""), 10, 64)
		if err != nil || n < 0 || n > maxPastCount {
			return Row{}, Finding{Reason: BadNumber, Cell: shown(cell(2 + i))}
		}
		*into = n
	}
	// Two codes of one place, old and new, are the same place.
	k := [2]string{r.Day, Current(r.Division)}
	if seen[k] {
		return Row{}, Finding{Reason: BadTwice, Cell: r.Division}
	}
	seen[k] = true
	return r, Finding{}
}

// dayOf reads a day as spreadsheets write it.
func dayOf(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006/1/2", "20060102", "2006年1月2日"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1990 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}
