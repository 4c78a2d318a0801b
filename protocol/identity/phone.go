package identity

import (
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unicode"
)

// Phone is a telephone number: eleven digits of a mobile, or a land line with
// its area code and optional extension. It prints masked.
type Phone string

var phoneForm = regexp.MustCompile(`^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?)$`)

// ParsePhone mends width, blanks and a leading +86, then checks the form.
func ParsePhone(s string) (Phone, error) {
	if len(s) > maxTyped*4 {
		return "", ErrPhone
	}
	p := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), invisible(r):
			return -1
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == '—', r == '–', r == '－':
			return '-'
		}
		return r
	}, s)
	p = strings.TrimPrefix(p, "+86")
	if !phoneForm.MatchString(p) {
		return "", ErrPhone
	}
	return Phone(p), nil
}

// Reveal gives the whole number.
func (p Phone) Reveal() string { return string(p) }

// String is the masked form.
func (p Phone) String() string { return MaskPhone(string(p)) }

// GoString is masked as well.
func (p Phone) GoString() string { return `"` + p.String() + `"` }

// Format masks under every verb.
func (p Phone) Format(f fmt.State, verb rune) { FormatMasked(f, verb, p.String()) }

// LogValue masks in log/slog.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.String()) }
