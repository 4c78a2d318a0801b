package password

import (
	"strings"
	"time"
	"unicode"
)

// Policy is what an installation asks of passwords beyond the rules of Check. GB/T
// 22239 8.1.4.1 a asks for complexity and periodic change, which S5 makes a
// setting.
type Policy struct {
	// Complex asks for three of four kinds of characters (small letters,
	// capitals, digits, others) of whoever takes fewer than twelve, a Chinese
	// one counted twice: a sentence is as hard to guess.
	Complex bool
	// MaxAge is how old a password may become; 0 is any age.
	MaxAge time.Duration
}

// DefaultPolicy is as GB/T 22239 asks: complexity, and a change every 180 days.
func DefaultPolicy() Policy { return Policy{Complex: true, MaxAge: 180 * 24 * time.Hour} }

// TellAhead is how long before its end a password's age is told of.
const TellAhead = 14 * 24 * time.Hour

const longEnough = 12 // what a sentence weighs, which needs no kinds

// Check applies Check and the policy.
func (p Policy) Check(password, name string) error {
	if err := Check(password, name); err != nil {
		return err
	}
	if p.Complex && weight(password) < longEnough && kinds(password) < 3 {
		return Error{Plain}
	}
	return nil
}

// weight is the length of a password, with a character that is no letter of a
// keyboard, of which there are thousands, counted twice.
func weight(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > unicode.MaxLatin1 {
			n++
		}
	}
	return n
}

func kinds(s string) int {
	n := 0
	for _, kind := range []func(rune) bool{
		func(r rune) bool { return r >= 'a' && r <= 'z' }, func(r rune) bool { return r >= 'A' && r <= 'Z' }, unicode.IsDigit,
		func(r rune) bool { return !unicode.IsDigit(r) && (r > unicode.MaxASCII || !unicode.IsLetter(r)) },
	} {
		if strings.ContainsFunc(s, kind) {
			n++
		}
	}
	return n
}

// Ends is when a password ends by age that was set at a time, in ms since 1970;
// the zero time is never.
func (p Policy) Ends(set int64) time.Time {
	if p.MaxAge <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(set).Add(p.MaxAge)
}

// Expired reports whether a password has ended by age.
func (p Policy) Expired(set int64, now time.Time) bool {
	end := p.Ends(set)
	return !end.IsZero() && !now.Before(end)
}
