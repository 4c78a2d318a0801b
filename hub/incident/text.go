package incident

import (
	"strconv"
	"strings"
	"time"
)

// Personal reports whether a text holds what looks like an ID number or a
// mobile telephone, however it is written: full-width, or in groups (S35). A
// land line with its area code is an office's, and is let through.
func Personal(text string) bool {
	for _, run := range digitRuns(text) {
		if phone(run) || number(run) {
			return true
		}
	}
	return false
}

// digitRuns gives the runs of digits (and X, which may end an ID number), with
// one blank, hyphen or dot between digits left out.
func digitRuns(text string) []string {
	var out []string
	var b strings.Builder
	gap := 0
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
		}
		b.Reset()
		gap = 0
	}
	for _, r := range text {
		if r >= 0xFF01 && r <= 0xFF5E { // full width
			r -= 0xFEE0
		}
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
			gap = 0
		case (r == 'x' || r == 'X') && b.Len() > 0:
			b.WriteByte('X')
			flush()
		case (r == ' ' || r == '-' || r == '.' || r == '·' || r == '\u3000' || r == '\u00a0') && b.Len() > 0 && gap == 0:
			gap++
		default:
			flush()
		}
	}
	flush()
	return out
}

// phone: eleven digits that begin like a mobile's, with or without 86 before.
func phone(run string) bool {
	if len(run) == 13 {
		run = strings.TrimPrefix(run, "86")
	}
	return len(run) == 11 && run[0] == '1' && run[1] >= '3' && !strings.HasSuffix(run, "X")
}

// number: a window of 18 whose middle is a day somebody could be born on, or a
// run of 15 as they were given until 1999.
func number(run string) bool {
	for i := 0; i+18 <= len(run); i++ {
		if w := run[i : i+18]; region(w) && birth(w[6:14]) {
			return true
		}
	}
	return len(run) == 15 && region(run) && birth("19"+run[6:12])
}

// region: the codes of provinces lie between 11 and 83.
func region(run string) bool {
	n, err := strconv.Atoi(run[:2])
	return err == nil && n >= 11 && n <= 83
}

func birth(day string) bool {
	t, err := time.Parse("20060102", day)
	return err == nil && t.Year() >= 1900 && t.Year() < 2100
}
