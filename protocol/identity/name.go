package identity

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Name is a person's name. It prints as its first character and stars; CBOR,
// JSON and database/sql carry it whole.
//
// A Name may be as typed or normalised: the typed original is kept where it
// was typed (field XM of an application), and SameName compares either.
type Name string

// maxNameRunes is the length kept internally; what fits a DBF field is the
// form's business, in bytes.
const maxNameRunes = 50

// maxNameBytes is where CheckName stops looking: room for the longest name and
// a good many blanks.
const maxNameBytes = 1024

// MiddleDot is the only separator inside a name: U+00B7, GB 18030 A1 A4 (joint
// notice of 2016).
const MiddleDot = '·'

// ParseName normalises and checks a typed name.
func ParseName(s string) (Name, error) {
	n, _, err := CheckName(s)
	return n, err
}

// NormalizeName mends the spelling of a name (domain rules, section 6): NFC,
// private-use codes and Kangxi radicals to their standard characters, look-alike
// dots to U+00B7, invisible characters out, blanks out of Chinese names (old
// systems pad 王喆 to three columns; the change is named), Latin to upper case
// with single blanks. It replaces nothing it does not know.
func NormalizeName(s string) Name {
	n, _ := normalizeName(s)
	return n
}

// CheckName is NormalizeName with the list of what was changed and the refusal,
// if the result cannot be a name. The normalised name is returned either way,
// unless what was typed is not UTF-8 or beyond all measure.
func CheckName(s string) (Name, []Change, error) {
	if len(s) > maxNameBytes {
		return "", nil, ErrNameLength
	}
	if !utf8.ValidString(s) {
		return "", nil, ErrNameUTF8
	}
	n, changes := normalizeName(s)
	return n, changes, n.Valid()
}

// SameName tells whether two spellings are the same name: normalised, without
// blanks. It never says that two different standard characters are the same.
func SameName(a, b Name) bool { return a.key() == b.key() }

// Key is what equality compares: two spellings of one name have the same. It is
// for finding names, not for display, and as telling as the name.
func (n Name) Key() string { return n.key() }

// key is what equality compares; it is not for display.
func (n Name) key() string {
	return norm.NFC.String(strings.ReplaceAll(string(NormalizeName(string(n))), " ", ""))
}

// Valid checks a normalised name: 2 to 50 characters, either Chinese (any
// plane) with middle dots between them, or letters with blanks, hyphens,
// apostrophes, full stops and commas. Never by the blunt range 4E00–9FA5.
func (n Name) Valid() error {
	s := string(n)
	switch {
	case s == "":
		return ErrNameEmpty
	case !utf8.ValidString(s):
		return ErrNameUTF8
	case utf8.RuneCountInString(s) > maxNameRunes:
		return ErrNameLength
	}
	han, latin := 0, 0
	for _, r := range s {
		switch {
		case IsHan(r), privateUse(r):
			han++
		case r == MiddleDot:
		case unicode.Is(unicode.Latin, r):
			latin++
		case strings.ContainsRune(" -'.,", r):
		default:
			return ErrNameChar
		}
	}
	switch {
	case han+latin == 0:
		return ErrNameChar
	case han > 0 && (latin > 0 || strings.ContainsAny(s, " -'.,")):
		return ErrNameMixed
	case han+latin == 1:
		return ErrNameShort
	case strings.HasPrefix(s, "·"), strings.HasSuffix(s, "·"), strings.Contains(s, "··"):
		return ErrNameDot
	}
	return nil
}

func normalizeName(s string) (Name, []Change) {
	seen := changeSet{}
	pua := puaStandard()
	var mapped strings.Builder
	for _, r := range s {
		switch std, ok := pua[r]; {
		case ok:
			seen.add(ChangePUA)
			mapped.WriteRune(std)
		case privateUse(r):
			seen.add(ChangePUAUnmapped)
			mapped.WriteRune(r)
		case invisible(r):
			seen.add(ChangeInvisible)
		case r >= 0x2F00 && r <= 0x2FD5:
			seen.add(ChangeRadical)
			mapped.WriteString(norm.NFKC.String(string(r)))
		default:
			mapped.WriteRune(r)
		}
	}
	composed := norm.NFC.String(mapped.String())
	if composed != mapped.String() {
		seen.add(ChangeNFC)
	}
	if strings.ContainsFunc(composed, func(r rune) bool { return IsHan(r) || privateUse(r) }) {
		composed = chineseName(composed, seen)
	} else {
		composed = latinName(composed, seen)
	}
	// Once more: what stood apart before a blank went may compose now.
	return Name(norm.NFC.String(composed)), seen.list()
}

// chineseName drops blanks and turns look-alikes into the middle dot. An ASCII
// full stop counts only between two Chinese characters.
func chineseName(s string, seen changeSet) string {
	out := []rune(strings.Map(func(r rune) rune {
		if blank(r) {
			seen.add(ChangeBlank)
			return -1
		}
		return r
	}, s))
	for i, r := range out {
		between := i > 0 && i+1 < len(out) && IsHan(out[i-1]) && IsHan(out[i+1])
		if dotLookAlike(r) || r == '.' && between {
			seen.add(ChangeDot)
			out[i] = MiddleDot
		}
	}
	return string(out)
}

// latinName upper-cases, narrows full-width letters, keeps single blanks, and
// undoes what telephones make of an apostrophe, a hyphen or the middle dot.
func latinName(s string, seen changeSet) string {
	narrow := strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			seen.add(ChangeWidth)
			return r - 0xFEE0
		case blank(r):
			return ' '
		case r == '‘', r == '’', r == 'ʼ':
			seen.add(ChangePunctuation)
			return '\''
		case r >= 0x2010 && r <= 0x2013:
			seen.add(ChangePunctuation)
			return '-'
		case dotLookAlike(r):
			seen.add(ChangeDot)
			return MiddleDot
		}
		return r
	}, s)
	upper := strings.ToUpper(narrow)
	if upper != narrow {
		seen.add(ChangeCase)
	}
	single := strings.Join(strings.FieldsFunc(upper, func(r rune) bool { return r == ' ' }), " ")
	if single != upper {
		seen.add(ChangeBlank)
	}
	return single
}

// blank holds for spaces, not for line breaks and tabs: those are refused.
func blank(r rune) bool {
	return unicode.Is(unicode.Zs, r)
}

func dotLookAlike(r rune) bool {
	switch r {
	case 0x2022, 0x2027, 0x30FB, 0xFF65, 0x2219, 0x22C5, 0xFF0E, 0x0387:
		return true
	}
	return false
}

// IsHan holds for a Chinese character of any plane. Planes 2 and 3 are taken
// whole: they are set aside for ideographs, and a character standardised after
// this program was built is still somebody's name.
func IsHan(r rune) bool {
	return r >= 0x20000 && r <= 0x3FFFD && r&0xFFFE != 0xFFFE || unicode.Is(unicode.Han, r)
}

// privateUse holds for the private use of every plane: a character that only
// the office which issued the card has drawn is still in her name.
func privateUse(r rune) bool { return unicode.Is(unicode.Co, r) }

//go:embed gbk_pua_map.csv
var puaCSV string

// puaStandard maps the private-use codes that old GBK fonts used to the
// characters' standard code points (GB 18030-2022).
var puaStandard = sync.OnceValue(func() map[rune]rune {
	rows, err := csv.NewReader(strings.NewReader(puaCSV)).ReadAll()
	if err != nil {
		panic("identity: embedded private-use map: " + err.Error())
	}
	out := make(map[rune]rune, len(rows))
	for _, r := range rows[1:] {
		from, err1 := strconv.ParseUint(strings.TrimPrefix(r[1], "U+"), 16, 32)
		to, err2 := strconv.ParseUint(strings.TrimPrefix(r[2], "U+"), 16, 32)
		if err1 != nil || err2 != nil {
			panic("identity: embedded private-use map: " + r[0])
		}
		out[rune(from)] = rune(to)
	}
	return out
})

// Reveal gives the whole name: for the wire, the store, the person's own
// screen and her papers. Never for a log, an error, a URL or a file name.
func (n Name) Reveal() string { return string(n) }

// String is the masked form.
func (n Name) String() string { return MaskName(string(n)) }

// GoString is masked as well.
func (n Name) GoString() string { return `"` + n.String() + `"` }

// Format masks under every verb.
func (n Name) Format(f fmt.State, verb rune) { FormatMasked(f, verb, n.String()) }

// LogValue masks in log/slog.
func (n Name) LogValue() slog.Value { return slog.StringValue(n.String()) }
