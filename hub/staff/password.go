package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"zhunkao/protocol/campaign"
)

// cost is what one guess costs: argon2id's memory in KiB, passes and lanes.
type cost struct {
	memory uint32
	passes uint32
	lanes  uint8
}

// fullCost is OWASP's second choice of parameters: 19 MiB, two passes, one
// lane; 22.6 ms on the machine it was measured on.
var fullCost = cost{19 << 10, 2, 1}

// maxCost bounds what a stored verifier may ask for.
var maxCost = cost{256 << 10, 8, 4}

const (
	argonHash = 32
	argonSalt = 16
)

const (
	minPassword = 8   // characters (S5)
	maxPassword = 256 // bytes; what is longer is no password anybody typed or pasted
)

// hasher bounds how many argon2 runs stand in memory at once: one per core.
type hasher struct {
	slots chan struct{}
	cost  cost // of new verifiers, and of the work done for nobody
}

func newHasher(c cost) hasher { return hasher{make(chan struct{}, runtime.GOMAXPROCS(0)), c} }

func (h hasher) derive(ctx context.Context, password string, salt []byte, c cost) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, argonHash), nil
}

const verifierHead = "$argon2id$v=%d$m=%d,t=%d,p=%d$"

// hash makes a verifier in the PHC string format.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails (Go 1.24)
	sum, err := h.derive(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(verifierHead, argon2.Version, h.cost.memory, h.cost.passes, h.cost.lanes) +
		base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(sum), nil
}

// verify reports whether password makes the verifier, at the cost the verifier
// was made with. It does the work of a new one for what is no verifier:
// nobody's.
func (h hasher) verify(ctx context.Context, password, verifier string) (bool, error) {
	salt, want, c, ok := parseVerifier(verifier)
	if !ok {
		salt, want, c = make([]byte, argonSalt), nil, h.cost
	}
	got, err := h.derive(ctx, password, salt, c)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func parseVerifier(s string) (salt, sum []byte, c cost, ok bool) {
	var version int
	f := strings.Split(s, "$")
	if len(f) != 6 {
		return nil, nil, c, false
	}
	n, err := fmt.Sscanf(strings.Join(f[:4], "$")+"$", verifierHead, &version, &c.memory, &c.passes, &c.lanes)
	salt, err1 := base64.RawStdEncoding.DecodeString(f[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(f[5])
	ok = n == 4 && errors.Join(err, err1, err2) == nil && version == argon2.Version && len(sum) == argonHash &&
		c.memory > 0 && c.passes > 0 && c.lanes > 0 &&
		c.memory <= maxCost.memory && c.passes <= maxCost.passes && c.lanes <= maxCost.lanes
	return salt, sum, c, ok
}

// PasswordError says why a password is not taken, and what to do. Code is a key
// for the catalogues of the surfaces.
type PasswordError struct{ Code string }

// Why a password is not taken.
const (
	PasswordShort  = "password.short"  // at least eight characters
	PasswordLong   = "password.long"   // at most 256 bytes
	PasswordCommon = "password.common" // on the list of the most common ones
	PasswordLocal  = "password.local"  // a place, a word of this office, a year, the account's own name
	PasswordSimple = "password.simple" // one character again and again, a row of keys, a date
	PasswordPlain  = "password.plain"  // short, and of too few kinds of characters (Policy.Complex)
	PasswordSame   = "password.same"   // the one she has
)

// Error is the sentence in English.
func (e PasswordError) Error() string {
	return "staff: " + map[string]string{
		PasswordShort:  "password has fewer than 8 characters",
		PasswordLong:   "password is longer than 256 bytes",
		PasswordCommon: "password is one of the most common ones",
		PasswordLocal:  "password is made of local words, years or the account's name",
		PasswordSimple: "password is a row of keys, a date or one character repeated",
		PasswordPlain:  "password of fewer than 12 characters has not three of small letters, capitals, digits, others",
		PasswordSame:   "password is the one she has",
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

// CheckPassword applies the rules (S5): length, the common list, local words,
// the account's own name. Composition is not forced, pasting is allowed.
func CheckPassword(password, name string) error {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return PasswordError{PasswordShort}
	case len(password) > maxPassword:
		return PasswordError{PasswordLong}
	}
	p := strings.ToLower(password)
	if common()[p] {
		return PasswordError{PasswordCommon}
	}
	if len(strings.Trim(p, string([]rune(p)[0]))) == 0 || isRow(p) || isDate(p) {
		return PasswordError{PasswordSimple}
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
		return PasswordError{PasswordLocal}
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
