package dbf

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// value reads a cell; code is that of the fault, "" if there is none.
func (r *Reader) value(c *column, b []byte, v *Value) (code string, args []any) {
	switch c.Type {
	case Character:
		return r.text(trimRight(b), v)
	case Numeric, Float:
		return number(b, v), nil
	case Date:
		return date(b, v), nil
	case Logical:
		return logical(b[0], v), nil
	case Memo:
		return r.memoText(b, v)
	case Integer:
		v.Text = strconv.FormatInt(int64(int32(binary.LittleEndian.Uint32(b))), 10)
	case Currency:
		v.Text = currency(int64(binary.LittleEndian.Uint64(b)))
	case Double:
		f := math.Float64frombits(binary.LittleEndian.Uint64(b))
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return BadNumber, nil
		}
		v.Text = strconv.FormatFloat(f, 'f', -1, 64)
	case Time:
		return timestamp(b, v), nil
	}
	return "", nil
}

func trimRight(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == 0) {
		b = b[:len(b)-1]
	}
	return b
}

// number reads a plain decimal number. Exponents and commas are refused: the
// outside readers do not agree on a comma, and an exponent is the mark of a
// number whose last digits are lost.
func number(b []byte, v *Value) string {
	b = bytes.TrimLeft(trimRight(b), " ")
	if len(b) == 0 {
		v.Null = true
		return ""
	}
	if len(bytes.Trim(b, "*")) == 0 {
		v.Null = true
		return Stars
	}
	if b[0] == '+' {
		b = b[1:]
	}
	if !plain(b) {
		return BadNumber
	}
	v.Text = string(b)
	return ""
}

// plain tells whether b is digits with at most one point, and a minus sign
// perhaps before them.
func plain(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	digits, points := 0, 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

// date reads YYYYMMDD. Blanks, zeros and NULs are no date, as elsewhere.
func date(b []byte, v *Value) string {
	if len(bytes.Trim(b, " 0\x00")) == 0 {
		v.Null = true
		return ""
	}
	if !isDay(b) {
		return BadDate
	}
	v.Text = string(b)
	return ""
}

// isDay tells whether b is a day of the calendar, YYYYMMDD, in the years 1 to
// 9999.
func isDay[T []byte | string](b T) bool {
	if len(b) != 8 {
		return false
	}
	n := 0
	for i := range len(b) {
		if b[i] < '0' || b[i] > '9' {
			return false
		}
		n = n*10 + int(b[i]-'0')
	}
	year, month, day := n/10000, n/100%100, n%100
	if year < 1 || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	return day <= 28 || time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

func logical(b byte, v *Value) string {
	switch b {
	case 'T', 't', 'Y', 'y':
		v.Text = "T"
	case 'F', 'f', 'N', 'n':
		v.Text = "F"
	case '?', ' ':
		v.Null = true
	default:
		return BadLogical
	}
	return ""
}

// currency is a count of ten-thousandths.
func currency(n int64) string {
	sign := ""
	u := uint64(n)
	if n < 0 {
		sign, u = "-", -u
	}
	frac := strconv.FormatUint(10000+u%10000, 10)[1:]
	return sign + strconv.FormatUint(u/10000, 10) + "." + frac
}

// julian is the Julian day number of 1 January 1970.
const julian = 2440588

// timestamp reads the day by its Julian number and the milliseconds after
// midnight. No day is no time, whatever the milliseconds.
func timestamp(b []byte, v *Value) string {
	day, ms := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	if day == 0 || len(bytes.TrimSpace(b)) == 0 {
		v.Null = true
		return ""
	}
	t := time.Unix((int64(day)-julian)*86400, 0).UTC().Add(time.Duration(ms) * time.Millisecond)
	if t.Year() < 1 || t.Year() > 9999 || ms >= 86400_000 {
		return BadDate
	}
	v.Text = t.Format("2006-01-02 15:04:05.000")
	return ""
}
