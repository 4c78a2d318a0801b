package window_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhunkao/protocol/window"
)

func TestSlotsByDivision(t *testing.T) {
	counties := []string{"430102", "430103", "430104", "430202"}
	windows := fiveCities(t)
	slots := []window.Slot{
		{From: at(t, "08 00:00"), To: at(t, "10 00:00"), Divisions: []string{"430102"}},
		{From: at(t, "10 00:00"), To: at(t, "12 00:00"), Divisions: []string{"430103", "430104"}},
	}
	more, err := window.Slots(windows, decided(t, "all", "07 09:00"), slots, counties)
	if err != nil || len(more) != 3 || more[0].ID != "all" || more[0].Revision != 1 || !more[0].To.Equal(at(t, "08 00:00")) || more[1].ID != "all.1" {
		t.Fatalf("%+v, %v", more, err)
	}
	windows = append(windows, more...)
	furong := window.Subject{Division: "430102", Household: "433122"}
	tianxin := window.Subject{Division: "430103", Household: "433122"}
	for _, tc := range []struct {
		who  window.Subject
		now  string
		want window.Reason
		next string
	}{
		{furong, "07 10:00", window.InWindow, ""},
		{tianxin, "07 10:00", window.InWindow, ""},
		{furong, "09 10:00", window.InWindow, ""},
		{tianxin, "09 10:00", window.Between, "10 08:00"},
		{furong, "10 10:00", window.Over, ""},
		{tianxin, "10 10:00", window.InWindow, ""},
	} {
		v := window.Judge(windows, window.Confirm, tc.who, window.At(at(t, tc.now)))
		if v.Reason != tc.want || tc.next != "" && !v.NextOpening.Equal(at(t, tc.next)) {
			t.Errorf("%s at %s: %+v", tc.who.Division, tc.now, v)
		}
	}
	// A slot can be extended and cut as any window; IDs are never used twice.
	d := decided(t, "all.2", "09 00:00")
	again, err := window.Slots(windows, d, []window.Slot{{From: at(t, "10 00:00"), To: at(t, "11 00:00")}}, nil)
	if err != nil || !again[0].Withdrawn || again[1].ID != "all.2.1" {
		t.Errorf("cut again: %+v, %v", again, err)
	}
	d = window.Decision{Window: "all", Revision: 1, Now: at(t, "07 10:00"), Why: "x"}
	third, err := window.Slots(windows, d, []window.Slot{{From: at(t, "07 12:00"), To: at(t, "08 00:00")}}, nil)
	if err != nil || third[1].ID != "all.3" {
		t.Errorf("the rest cut: %+v, %v", third, err)
	}
}

func TestSlotsByDigitAndHalfDay(t *testing.T) {
	windows := fiveCities(t)
	groups := []window.Slot{{Digits: []string{"0", "2", "4", "6", "8", "X"}}, {Digits: []string{"1", "3", "5", "7", "9"}}}
	parts := window.HalfDays(at(t, "06 00:00"), at(t, "12 00:00"))
	if len(parts) != 12 || !parts[0].To.Equal(at(t, "06 12:00")) {
		t.Fatalf("half days: %v", parts)
	}
	more, err := window.Slots(windows, decided(t, "all", "05 09:00"), window.Deal(parts, groups), nil)
	if err != nil || !more[0].Withdrawn {
		t.Fatal(more, err)
	}
	windows = append(windows, more...)
	who := window.Subject{Division: "430102", Household: "433122", Digit: "X"}
	for _, tc := range []struct {
		digit, now string
		want       window.Reason
		next       string
	}{
		{"X", "06 09:00", window.InWindow, ""},
		{"7", "06 09:00", window.WrongDigit, "06 15:00"},
		{"7", "06 15:00", window.InWindow, ""},
		{"X", "06 15:00", window.WrongDigit, "07 15:00"},
		{"X", "07 15:00", window.InWindow, ""},
		{"", "07 15:00", window.DigitUnknown, ""},
	} {
		who.Digit = tc.digit
		v := window.Judge(windows, window.Confirm, who, window.At(at(t, tc.now)))
		if v.Reason != tc.want || tc.next != "" && !v.NextOpening.Equal(at(t, tc.next)) {
			t.Errorf("digit %q at %s: %s, next %v", tc.digit, tc.now, v.Reason, v.NextOpening)
		}
	}
}

func TestSlotsRefuse(t *testing.T) {
	slot := func(from, to string, s window.Slot) window.Slot {
		s.From, s.To = at(t, from), at(t, to)
		return s
	}
	whole := window.Slot{}
	for _, tc := range []struct {
		name  string
		slots []window.Slot
		want  *window.Refusal
	}{
		{"none", nil, window.ErrNoSlots},
		{"too many", make([]window.Slot, 501), window.ErrNoSlots},
		{"reversed", []window.Slot{slot("09 00:00", "08 00:00", whole)}, window.ErrReversed},
		{"in the past", []window.Slot{slot("07 08:59", "08 00:00", whole)}, window.ErrPast},
		{"beyond the window", []window.Slot{slot("08 00:00", "12 00:01", whole)}, window.ErrOutside},
		{"two at once", []window.Slot{slot("08 00:00", "10 00:00", whole), slot("09 00:00", "11 00:00", window.Slot{Digits: []string{"1"}})}, window.ErrOverlap},
		{"a county of another city", []window.Slot{slot("08 00:00", "10 00:00", window.Slot{Divisions: []string{"430202"}})}, window.ErrEmptyScope},
		{"no county", []window.Slot{slot("08 00:00", "10 00:00", window.Slot{Divisions: []string{""}})}, window.ErrEmptyScope},
		{"no digit", []window.Slot{slot("08 00:00", "10 00:00", window.Slot{Digits: []string{""}})}, window.ErrDigits},
		{"a county left out", []window.Slot{slot("08 00:00", "10 00:00", window.Slot{Divisions: []string{"430102"}})}, window.ErrLeftOut},
		{"a digit left out", []window.Slot{slot("08 00:00", "10 00:00", window.Slot{Digits: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}})}, window.ErrLeftOut},
		{"a digit of one county left out", []window.Slot{
			slot("08 00:00", "10 00:00", window.Slot{Divisions: []string{"430102"}, Digits: []string{"1"}}),
			slot("08 00:00", "10 00:00", window.Slot{Divisions: []string{"430103"}})}, window.ErrLeftOut},
	} {
		got, err := window.Slots(fiveCities(t), decided(t, "all", "07 09:00"), tc.slots, []string{"430102", "430103", "430202"})
		if !errors.Is(err, tc.want) || got != nil {
			t.Errorf("%s: got %v, %v; want %s", tc.name, got, err, tc.want.Code)
		}
	}
	if _, err := window.Slots(fiveCities(t), decided(t, "all", "07 09:00"), []window.Slot{slot("08 00:00", "10 00:00", window.Slot{Divisions: []string{"430102"}})}, nil); !errors.Is(err, window.ErrLeftOut) {
		t.Errorf("without the divisions: %v", err)
	}
}

// However a window is cut, whoever had it still has a time in it, and no time
// she had before the first slot is taken.
func TestSlotsLeaveNobodyOut(t *testing.T) {
	counties := []string{"430102", "430103", "430104"}
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		w := window.Window{ID: "w", Step: window.Confirm, From: base, To: base.AddDate(0, 0, 4), Scope: window.Scope{Divisions: []string{"430100"}}}
		start := moments().Draw(t, "first")
		parts := window.Days(start, w.To)
		if rapid.Bool().Draw(t, "half days") {
			parts = window.HalfDays(start, w.To)
		}
		var groups []window.Slot
		n := rapid.IntRange(1, 3).Draw(t, "groups")
		byDigit := rapid.Bool().Draw(t, "by digit")
		for i := range n {
			g := window.Slot{}
			for k, d := range window.AllDigits() {
				if byDigit && k%n == i {
					g.Digits = append(g.Digits, d)
				}
			}
			if !byDigit {
				g.Divisions = counties[i:]
				if i < n-1 {
					g.Divisions = counties[i : i+1]
				}
			}
			groups = append(groups, g)
		}
		d := window.Decision{Window: "w", Now: base, Why: "负载过大"}
		before := []window.Window{w}
		more, err := window.Slots(before, d, window.Deal(parts, groups), counties)
		if err != nil {
			if len(parts) >= n || !errors.Is(err, window.ErrLeftOut) && !errors.Is(err, window.ErrNoSlots) {
				t.Fatalf("%d parts, %d groups: %v", len(parts), n, err)
			}
			return
		}
		made++
		after := append(slices.Clone(before), more...)
		for _, county := range counties {
			for _, digit := range window.AllDigits() {
				who := window.Subject{Division: county, Digit: digit}
				v := window.Judge(after, window.Confirm, who, window.At(base.AddDate(0, 0, -1)))
				if v.NextOpening.IsZero() {
					t.Fatalf("%s %s has no time: %v", county, digit, more)
				}
				for _, moment := range instants(after) {
					was, is := window.Judge(before, window.Confirm, who, window.At(moment)), window.Judge(after, window.Confirm, who, window.At(moment))
					if was.Accepts() && !is.Accepts() && moment.Before(start) || is.Accepts() && !was.Accepts() {
						t.Fatalf("%s %s at %v: %+v, then %+v", county, digit, moment, was, is)
					}
				}
			}
		}
	})
	if made == 0 {
		t.Error("nothing was cut at all")
	}
}

func TestDealInTurn(t *testing.T) {
	groups := []window.Slot{{Digits: []string{"a"}}, {Digits: []string{"b"}}}
	var order string
	for _, s := range window.Deal(window.HalfDays(at(t, "02 06:00"), at(t, "04 18:00")), groups) {
		order += fmt.Sprint(s.From.In(window.Zone()).Hour(), s.Digits[0], " ")
	}
	if order != "6a 12b 0b 12a 0a 12b " {
		t.Errorf("dealt %s", order)
	}
	if days := window.Days(at(t, "02 06:00"), at(t, "03 18:00")); len(days) != 2 || !days[0].To.Equal(at(t, "03 00:00")) || !days[1].To.Equal(at(t, "03 18:00")) {
		t.Errorf("days: %v", days)
	}
	if got := window.Deal(nil, groups); len(got) != 0 {
		t.Errorf("nothing dealt: %v", got)
	}
}
