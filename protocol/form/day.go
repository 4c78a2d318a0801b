package form

import "time"

// Day is a calendar day as the number YYYYMMDD, so that days compare and ages
// are one division; 0 is no day. Fields of KindDate hold its eight digits.
type Day int32

// DayOf is the calendar day of a moment in the moment's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(y*10000 + int(m)*100 + d)
}

// ParseDay reads eight digits. It is false for what is not a real day since
// 1900.
func ParseDay(s string) (Day, bool) {
	if len(s) != 8 {
		return 0, false
	}
	n := 0
	for i := range 8 {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	y, m, d := n/10000, n/100%100, n%100
	if y < 1900 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return Day(n), true
}

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Age is the age in completed years on a day of someone born on d: reached on
// the birthday itself, and by who was born on 29 February on 1 March of a
// common year. It is negative before the birth.
func (d Day) Age(on Day) int {
	if on < d {
		return -1
	}
	return int(on-d) / 10000
}

// Words is the day as written in a sentence.
func (d Day) Words(english bool) string {
	t := time.Date(int(d/10000), time.Month(d/100%100), int(d%100), 0, 0, 0, 0, time.UTC)
	if english {
		return t.Format("2 January 2006")
	}
	return t.Format("2006年1月2日")
}
