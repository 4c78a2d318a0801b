package payment

import (
	"crypto/rand"
	"fmt"
	"math/big"
)

// The number of an order (缴费单号): twenty digits, as the treasury's own have.
//
//	2019 430000 123456789 c
//	year province drawn    check
//
// It says nothing of a person, cannot be taken for a number of one (where that has a
// birthday, this has zeros), and no two of a year are alike: whoever opens an order
// asks whether what was drawn is taken. Its last digit is that of ISO 7064 MOD 11,10
// (GB/T 17710), which finds every wrong digit and nearly every two that were swapped.
const numberDigits = 20

// drawn is how many numbers a year of a province has.
var drawn = big.NewInt(1_000_000_000)

// NewNumber draws a number for an order of a year's examination of a province, six
// digits.
func NewNumber(year int, province string) string {
	n, _ := rand.Int(rand.Reader, drawn) // never fails (Go 1.24)
	body := fmt.Sprintf("%04d%6.6s%09d", year, province, n)
	return body + string('0'+byte(checkDigit(body)))
}

// IsNumber reports whether a text is an order's number: whoever types one is told of
// a slip of the hand before anything is looked for.
func IsNumber(s string) bool {
	if len(s) != numberDigits {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return checkDigit(s[:numberDigits-1]) == int(s[numberDigits-1]-'0')
}

func checkDigit(body string) int {
	p := 10
	for _, c := range body {
		p = (p + int(c-'0')) % 10
		if p == 0 {
			p = 10
		}
		p = 2 * p % 11
	}
	return (11 - p) % 10
}
