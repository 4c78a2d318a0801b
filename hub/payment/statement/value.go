package statement

import (
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/window"
)

// millis reads an amount in yuan, such as 12.34 or -0.00600, exactly, in
// thousandths of a fen (10⁻⁵ yuan). More than five decimals are good only where
// they are zeros.
func millis(v []byte) (int64, bool) {
	negative := len(v) > 0 && v[0] == '-'
	if negative {
		v = v[1:]
	}
	var n int64
	digits, decimals := 0, -1
	for _, c := range v {
		switch {
		case c == '.' && decimals < 0 && digits > 0:
			decimals = 0
		case c < '0' || c > '9':
			return 0, false
		case decimals >= 5:
			if c != '0' {
				return 0, false
			}
		default:
			if n > (1<<62)/10 {
				return 0, false
			}
			n = n*10 + int64(c-'0')
			digits++
			if decimals >= 0 {
				decimals++
			}
		}
	}
	if digits == 0 || decimals == 0 {
		return 0, false
	}
	for i := max(decimals, 0); i < 5; i++ {
		if n > (1<<62)/10 {
			return 0, false
		}
		n *= 10
	}
	if negative {
		n = -n
	}
	return n, true
}

// fen reads an amount in yuan that is whole fen.
func fen(v []byte) (int64, bool) {
	n, ok := millis(v)
	if !ok || n%1000 != 0 {
		return 0, false
	}
	return n / 1000, true
}

// yuan writes thousandths of a fen for people.
func yuan(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%s%d.%05d", sign, n/100000, n%100000)
	for range 3 {
		s = strings.TrimSuffix(s, "0")
	}
	return s
}

// number reads n digits.
func number(v []byte) (n int, ok bool) {
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(v) > 0
}

// second reads a time as 2019-09-06 10:00:01, in China.
func second(v []byte) (time.Time, bool) {
	if len(v) != 19 || v[4] != '-' || v[7] != '-' || v[10] != ' ' || v[13] != ':' || v[16] != ':' {
		return time.Time{}, false
	}
	year, ok1 := number(v[:4])
	month, ok2 := number(v[5:7])
	day, ok3 := number(v[8:10])
	hour, ok4 := number(v[11:13])
	minute, ok5 := number(v[14:16])
	sec, ok6 := number(v[17:])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || hour > 23 || minute > 59 || sec > 59 {
		return time.Time{}, false
	}
	return date(year, month, day, hour, minute, sec)
}

// date is a moment in China; false for a day that no calendar has.
func date(year, month, day, hour, minute, sec int) (time.Time, bool) {
	t := time.Date(year, time.Month(month), day, hour, minute, sec, 0, window.Zone())
	return t, t.Day() == day && int(t.Month()) == month
}
