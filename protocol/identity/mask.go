package identity

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaskNumber shows an 18-character number as 3 + 11 stars + 4 (design word
// list), any other document number by less, and a short one not at all.
func MaskNumber(s string) string {
	r := []rune(s)
	switch n := len(r); {
	case n >= 15:
		return maskMiddle(r, 3, 4)
	case n >= 8:
		return maskMiddle(r, 1, 2)
	default:
		return strings.Repeat("*", n)
	}
}

// MaskName shows the first character and at most two stars, so that neither the
// given name nor the length of a long name can be read off.
func MaskName(s string) string {
	n := utf8.RuneCountInString(s)
	if n <= 1 {
		return strings.Repeat("*", n)
	}
	_, size := utf8.DecodeRuneInString(s)
	return s[:size] + strings.Repeat("*", min(n-1, 2))
}

// MaskPhone shows the first three and the last two digits of a full number.
func MaskPhone(s string) string {
	if r := []rune(s); len(r) >= 10 {
		return maskMiddle(r, 3, 2)
	}
	return strings.Repeat("*", utf8.RuneCountInString(s))
}

func maskMiddle(r []rune, head, tail int) string {
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}

// FormatMasked writes an already masked text for a fmt.Formatter: quoted for
// %q and %#v, plain for every other verb, so that no verb shows more. Width
// and the minus flag keep working.
func FormatMasked(f fmt.State, verb rune, masked string) {
	if verb == 'q' || verb == 'v' && f.Flag('#') {
		masked = `"` + masked + `"`
	}
	if w, ok := f.Width(); ok {
		if pad := w - utf8.RuneCountInString(masked); pad > 0 {
			if f.Flag('-') {
				masked += strings.Repeat(" ", pad)
			} else {
				masked = strings.Repeat(" ", pad) + masked
			}
		}
	}
	// A fmt.State reports no error of its own; there is nobody to tell.
	_, _ = f.Write([]byte(masked))
}
