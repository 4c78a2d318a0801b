package password

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"zhunkao/protocol/campaign"
)

const minLength = 8 // characters (S5)

// MaxLength is in bytes: what is longer is no password anybody typed or pasted.
const MaxLength = 256

// Error says why a password is not taken, and what to do. Code is a key
// for the catalogues of the surfaces.
type Error struct{ Code string }

// Why a password is not taken.
const (
	Short  = "password.short"  // at least eight characters
	Long   = "password.long"   // at most 256 bytes
	Common = "password.common" // on the list of the most common ones
	Local  = "password.local"  // a place, a word of this office, a year, the account's own name
	Simple = "password.simple" // one character again and again, a row of keys, a date
	Plain  = "password.plain"  // short, and of too few kinds of characters (Policy.Complex)
	Same   = "password.same"   // the one she has
)

// Error is the sentence in English.
func (e Error) Error() string {
	return "password: " + map[string]string{
		Short:  "it has fewer than 8 characters",
		Long:   "it is longer than 256 bytes",
		Common: "it is one of the most common ones",
		Local:  "it is made of local words, years or the account's name",
		Simple: "it is a row of keys, a date or one character repeated",
		Plain:  "one of fewer than 12 characters has not three of small letters, capitals, digits, others",
		Same:   "it is the one she has",
	}[e.Code]
}

// The 3,000 most common leaked passwords of eight characters or more, from the
// lists of zxcvbn 4.4.2 (Dropbox; MIT licence).
//
//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(commonText) {
		m[strings.TrimSpace(line)] = true
	}
	return m
})

// Words that a guesser in Hunan tries first, beside years and digits.
var localWords = []string{
	"湖南", "长沙", "株洲", "湘潭", "衡阳", "邵阳", "岳阳", "常德", "张家界", "益阳", "郴州", "永州", "怀化", "娄底", "湘西",
	"招生", "招考", "考试院", "准考", "成考", "成人高考", "高考", "报名", "确认", "密码", "管理员",
	"hunan", "changsha", "zhuzhou", "xiangtan", "hengyang", "shaoyang", "yueyang", "changde", "zhangjiajie", "yiyang",
	"chenzhou", "yongzhou", "huaihua", "loudi", "xiangxi", "zhaosheng", "zhaokao", "kaoshiyuan", "zhunkao", "chengkao",
	"chengrengaokao", "gaokao", "baoming", "queren", "mima", "guanliyuan", "password", "passwd", "admin", "administrator",
	"zhaoban", "hneeb", "hneao", "woaini",
}

// The counties of the province in pinyin. Their Chinese names are those of the
// divisions, former ones among them (S5).
//
//go:embed places.txt
var placesText string

// local are the words that are taken out of a password before what is left of
// it is judged, longest first: 岳阳楼 before 岳阳.
var local = sync.OnceValue(func() []string {
	out := append(slices.Clone(localWords), strings.Fields(placesText)...)
	for _, d := range campaign.DivisionTerms() {
		name := strings.TrimSuffix(strings.TrimSuffix(d.Name, "自治县"), "自治州")
		for _, people := range []string{"苗族侗族", "土家族苗族", "苗族", "侗族", "瑶族"} {
			name = strings.TrimSuffix(name, people)
		}
		if r := []rune(name); len(r) > 2 || len(r) == 2 && r[1] != '县' {
			name = strings.TrimRight(name, "省市县区")
		}
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(out)
})

// Rows of a keyboard and of the alphabet, for parts of passwords.
var rows = []string{"01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp"}

// Check applies the rules (S5): length, the common list, local words,
// the account's own name. Composition is not forced, pasting is allowed.
func Check(password, name string) error {
	switch {
	case utf8.RuneCountInString(password) < minLength:
		return Error{Short}
	case len(password) > MaxLength:
		return Error{Long}
	}
	p := strings.ToLower(password)
	if common()[p] {
		return Error{Common}
	}
	if len(strings.Trim(p, string([]rune(p)[0]))) == 0 || isRow(p) || isDate(p) {
		return Error{Simple}
	}
	rest := p
	if name != "" {
		rest = strings.ReplaceAll(rest, strings.ToLower(name), "")
	}
	for _, w := range local() {
		rest = strings.ReplaceAll(rest, w, "")
	}
	rest = strings.Trim(rest, "省市县区0123456789!@#$%^&*()-_=+.,?~ ")
	if rest != p && utf8.RuneCountInString(rest) < 3 && hasWord(p, name) {
		return Error{Local}
	}
	return nil
}

func hasWord(p, name string) bool {
	if name != "" && strings.Contains(p, strings.ToLower(name)) {
		return true
	}
	for _, w := range local() {
		if strings.Contains(p, w) {
			return true
		}
	}
	return false
}

// isRow reports whether p is one run of a row, forward or backward.
func isRow(p string) bool {
	back := []rune(p)
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	for _, r := range rows {
		if strings.Contains(r, p) || strings.Contains(r, string(back)) {
			return true
		}
	}
	return false
}

// isDate reports whether p is eight digits that read as a date, as of a birth.
func isDate(p string) bool {
	if len(p) != 8 || strings.Trim(p, "0123456789") != "" {
		return false
	}
	year, _ := strconv.Atoi(p[:4]) // digits only
	month, _ := strconv.Atoi(p[4:6])
	day, _ := strconv.Atoi(p[6:])
	return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}
