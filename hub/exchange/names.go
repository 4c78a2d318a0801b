package exchange

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/gbk"
)

// marks stand for a character that is not in the table's set: two bytes, as it
// would have taken.
const marks = "??"

// pinyinTable is a line for each syllable: in upper case without tone (ü as YU,
// as in passports), a blank, and the characters beyond GBK that are read so.
// Made once from the readings of Unicode's Unihan as Debian's ICU has them; of
// several readings it holds the first. A character it lacks becomes marks.
//
//go:embed pinyin.txt
var pinyinTable string

var pinyin = sync.OnceValue(func() map[rune]string {
	m := make(map[rune]string, 24<<10)
	for line := range strings.Lines(pinyinTable) {
		syllable, characters, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		for _, r := range characters {
			m[r] = syllable
		}
	}
	return m
})

// replaced is a text as the policy has it in GBK. Pinyin is for names of persons;
// in any other text marks are clearer, and can be found again. unknown: a
// character of a name has no pinyin and became marks.
func replaced(text, policy string, name bool) (out string, unknown bool) {
	var b strings.Builder
	for _, r := range text {
		if _, err := gbk.Encode(gbk.GBK, string(r)); err == nil {
			b.WriteRune(r)
			continue
		}
		if name && policy == campaign.NamesPinyin {
			if syllable, ok := pinyin()[r]; ok {
				b.WriteString(syllable)
				continue
			}
			unknown = true
		}
		b.WriteString(marks)
	}
	return b.String(), unknown
}

// suspect tells whether a text looks as if a character had been replaced in it.
// Both directions ask it: what looks so and was not replaced has a line in the
// side file too. A name that is all capitals, or has them beside Chinese
// characters, may be pinyin; the names of foreigners have a blank in them.
func suspect(text, policy string, name bool) bool {
	if policy != campaign.NamesMarks && policy != campaign.NamesPinyin {
		return false
	}
	if strings.Contains(text, marks) {
		return true
	}
	return name && policy == campaign.NamesPinyin && strings.ContainsFunc(text, isCapital) &&
		(strings.ContainsFunc(text, isHan) || !strings.ContainsFunc(text, isBlankOrSmall))
}

func isHan(r rune) bool     { return unicode.Is(unicode.Han, r) }
func isCapital(r rune) bool { return r >= 'A' && r <= 'Z' }

func isBlankOrSmall(r rune) bool { return r == ' ' || r >= 'a' && r <= 'z' }
