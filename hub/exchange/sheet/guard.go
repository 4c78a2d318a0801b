package sheet

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// apostrophe in front makes a text of what a spreadsheet would compute. All of
// them know it; most show it.
const apostrophe = "'"

// Formula reports whether a spreadsheet may take a text for a formula (S16): it
// begins with one of = + - @, in any of their widths and forms, or with a
// character that moves to another cell, after any blanks. Such programs also
// begin a formula after a quotation mark that was read as a text's own.
func Formula(text string) bool {
	switch first, _ := utf8.DecodeRuneInString(text); first {
	case '\t', '\r', '\n', 0:
		return text != ""
	}
	rest := strings.TrimLeftFunc(text, unseen)
	first, size := utf8.DecodeRuneInString(rest)
	if size == 0 {
		return false
	}
	switch first {
	case '\u2212', '\uFE58', '\u2010', '\u2011': // minus and its look-alikes that normal form leaves alone
		return true
	case '"', '＂':
		return Formula(rest[size:])
	}
	plain := norm.NFKC.String(string(first)) // ＝ ﹦ ⁼ ＋ ﹢ － ﹣ ＠ ﹫ ｜
	return strings.ContainsAny(plain[:1], "=+-@|")
}

// unseen is what stands in front of a text without being seen.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == '\u3164' || r == '\u115F' || r == '\u1160'
}

// numeric finds what a spreadsheet turns into a number or a day when a cell has
// no type, and back into something else: 430104199001011234 is 4.30104E+17,
// 0731 is 731, 1E5 is 100000, 3-4 is a day in March.
var numeric = regexp.MustCompile(`^[\s\p{Zs}]*(\d{12,}|0\d+|\d+[eE]\d+|\d+(\.\d+)?[eE][+-]?\d+|\d{1,4}[-/.]\d{1,2}([-/.]\d{1,4})?|\d{1,2}:\d{2}(:\d{2})?|\d{1,3}(,\d{3})+)[\s\p{Zs}]*$`)

// Guarded is a text as it stands in a file in which cells have types, or have
// none.
func Guarded(text string, typed bool) string {
	if strings.HasPrefix(text, apostrophe) || Formula(text) || !typed && numeric.MatchString(text) {
		return apostrophe + text
	}
	return text
}

// Plain is the text that Guarded made what it was given from.
func Plain(cell string) string { return strings.TrimPrefix(cell, apostrophe) }
