package payment

import "strings"

// An order is asked for at a channel under its own number, and when that one is over
// there, for a channel never takes a number twice, under the number with x2, x3 and so
// on behind it. All of them are letters and digits.
const askedMark = "x"

// Asked is the number under which an order is asked for at a channel for the nth time,
// from 1.
func Asked(order string, n int) string {
	if n <= 1 {
		return order
	}
	return order + askedMark + decimal(n)
}

// OrderOf is the order that a channel's number means: what Asked was given. A number
// that Asked never made means itself.
func OrderOf(asked string) string {
	base, n, ok := strings.Cut(asked, askedMark)
	if !ok || !digits(base) || !digits(n) || n[0] == '0' || n == "1" {
		return asked
	}
	return base
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

func decimal(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + string(rune('0'+n%10))
}
