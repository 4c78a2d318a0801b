package form

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zhunkao/protocol/identity"
)

// Finding codes. Those of numbers, names and telephones are the codes of
// identity's refusals.
const (
	Missing       = "missing"       // a required field is empty
	UnknownField  = "unknown-field" // a key the form does not have
	UnknownCode   = "unknown-code"  // not in the code table
	TooLong       = "too-long"      // more characters than the form allows
	TooWide       = "too-wide"      // more GBK bytes than the column has
	BadChar       = "bad-char"      // a control character, or not UTF-8
	BadDate       = "bad-date"      // not a real YYYYMMDD date
	DateAfter     = "date-after"    // a date that lies after the day of the check
	BadDigits     = "bad-digits"    // something else than digits
	NotOfNumber   = "not-of-number" // sex or birth differs from the document number
	NoChoice      = "no-choice"     // no choice at all
	TooMany       = "too-many"      // more choices than allowed
	BadOrder      = "bad-order"     // choices are not numbered 1, 2, …
	UnknownLevel  = "unknown-level" // no such level
	UnknownCat    = "unknown-category"
	LevelCategory = "level-category" // the category belongs to another level
	SecondLevel   = "second-level"   // a later choice has a level the first does not allow
	OtherClass    = "other-class"    // a later choice leaves the 专业类 of the first
	DiplomaNeeded = "diploma-needed" // the level asks for a higher education code
	Incomplete    = "incomplete"     // a choice lacks school, major, form or years
)

// Finding is one thing to mend. Printed or logged it gives field and code;
// it never holds the value.
type Finding struct {
	Field string `cbor:"field" json:"field"` // a field key, or "choice 2"
	Code  string `cbor:"code" json:"code"`
	Fix   string `cbor:"fix" json:"fix"` // Chinese, what to do
	FixEn string `cbor:"fix_en" json:"fix_en"`
}

// Check judges an application against the form of its campaign on a calendar
// day (for dates that may not lie in the future; give the latest day possible).
// The result is empty if it is valid, and in form order otherwise. Fields an
// office fills are checked when present and never missing.
func Check(def Definition, app Application, on time.Time) []Finding {
	c := checker{def: def, app: app, on: on}
	for _, f := range def.Fields {
		c.field(f)
	}
	c.unknown()
	c.agreement()
	c.choices()
	return c.found
}

type checker struct {
	def   Definition
	app   Application
	on    time.Time
	found []Finding
}

func (c *checker) add(field, code, zh, en string) {
	c.found = append(c.found, Finding{field, code, zh, en})
}

func (c *checker) refuse(f Field, err error) {
	var r *identity.Refusal
	if errors.As(err, &r) {
		c.add(f.Key, r.Code, r.Zh, r.En)
		return
	}
	c.add(f.Key, BadChar, "请重新填写“"+f.Zh+"”。", "enter "+f.En+" again")
}

func (c *checker) field(f Field) {
	v := c.app.Get(f.Key)
	if v == "" {
		if f.Filled != ByOffice && (f.Required || c.required(f)) {
			c.add(f.Key, Missing, "请填写“"+f.Zh+"”。", "fill in "+f.En)
		}
		return
	}
	if !utf8.ValidString(v) || strings.ContainsFunc(v, unprintable) {
		c.add(f.Key, BadChar, "“"+f.Zh+"”中有看不见的字符，请删去后重新输入。", f.En+" holds characters that cannot be seen: type it again")
		return
	}
	if n := utf8.RuneCountInString(v); f.MaxChars > 0 && n > f.MaxChars {
		c.add(f.Key, TooLong, fmt.Sprintf("“%s”最多%d个字，现有%d个，请缩短。", f.Zh, f.MaxChars, n),
			fmt.Sprintf("%s has %d characters, at most %d: shorten it", f.En, n, f.MaxChars))
	} else if w := GBKWidth(v); f.MaxBytes > 0 && w > f.MaxBytes {
		c.add(f.Key, TooWide, fmt.Sprintf("“%s”过长，请缩短到%d个汉字以内。", f.Zh, f.MaxBytes/2),
			fmt.Sprintf("%s takes %d bytes, at most %d: shorten it", f.En, w, f.MaxBytes))
	}
	c.kind(f, v)
}

func (c *checker) kind(f Field, v string) {
	switch f.Kind {
	case KindCode:
		if !c.known(f.Table, v) {
			c.add(f.Key, UnknownCode, "请在列表中重新选择“"+f.Zh+"”。", "choose "+f.En+" from the list again")
		}
	case KindLetters:
		for _, r := range v {
			if !c.known(f.Table, string(r)) {
				c.add(f.Key, UnknownCode, "请在列表中重新选择“"+f.Zh+"”。", "choose "+f.En+" from the list again")
				return
			}
		}
	case KindDate:
		c.date(f, v)
	case KindName:
		if _, err := identity.ParseName(v); err != nil {
			c.refuse(f, err)
		}
	case KindDocument:
		c.document(f, v)
	case KindPhone:
		if _, err := identity.ParsePhone(v); err != nil {
			c.refuse(f, err)
		}
	case KindDivision, KindPostCode:
		if len(v) != 6 || !digits(v) {
			c.add(f.Key, BadDigits, "“"+f.Zh+"”应为6位数字。", f.En+" has six digits")
		}
	case KindDigits:
		if !digits(v) {
			c.add(f.Key, BadDigits, "“"+f.Zh+"”只能填数字。", f.En+" holds digits only")
		}
	}
}

func (c *checker) known(table, code string) bool {
	t, _ := c.def.Table(table)
	e, ok := t.Entry(code)
	return ok && !e.Group
}

func (c *checker) date(f Field, v string) {
	d, err := time.Parse("20060102", v)
	switch {
	case err != nil || d.Year() < 1900:
		c.add(f.Key, BadDate, "“"+f.Zh+"”不是真实的日期，请按年月日填写8位数字。", f.En+" is not a real date: enter eight digits, year month day")
	case f.NotAfter && v > c.on.Format("20060102"):
		c.add(f.Key, DateAfter, "“"+f.Zh+"”在今天之后，请核对。", f.En+" lies in the future: check it")
	}
}

func (c *checker) document(f Field, v string) {
	kind := identity.KindResident
	if field, ok := c.def.Field(DocumentType); ok {
		t, _ := c.def.Table(field.Table)
		e, ok := t.Entry(c.app.Get(DocumentType))
		if !ok {
			return // the type itself is found missing or unknown
		}
		kind = identity.Kind(e.Kind)
	}
	n, err := identity.ParseDocument(kind, v)
	if err == nil {
		err = n.CheckBirth(c.on)
	}
	if err != nil {
		c.refuse(f, err)
	}
}

// required tells whether any condition of a field holds.
func (c *checker) required(f Field) bool {
	return slices.ContainsFunc(f.When, func(w When) bool {
		if w.Field != "" && !slices.Contains(w.In, c.app.Get(w.Field)) {
			return false
		}
		if len(w.Levels) == 0 && len(w.Categories) == 0 {
			return w.Field != ""
		}
		return slices.ContainsFunc(c.app.Choices, func(ch Choice) bool {
			return (len(w.Levels) == 0 || slices.Contains(w.Levels, ch.Level)) &&
				(len(w.Categories) == 0 || slices.Contains(w.Categories, ch.Category))
		})
	})
}

func (c *checker) unknown() {
	var strange []string
	for key, v := range c.app.Fields {
		if _, ok := c.def.Field(key); !ok && v != "" {
			strange = append(strange, key)
		}
	}
	slices.Sort(strange)
	for _, key := range strange {
		c.add(fieldName(key), UnknownField, "报名信息中有本次考试没有的栏目，请联系报名确认点。", "the application has a field this campaign does not know: ask the point")
	}
}

// fieldName keeps a hostile key from travelling on as a field name.
func fieldName(key string) string {
	if len(key) > 10 || strings.ContainsFunc(key, func(r rune) bool { return r < '0' || r > 'Z' || r > '9' && r < 'A' }) {
		return "?"
	}
	return key
}

// agreement holds sex and date of birth against the document number.
func (c *checker) agreement() {
	n := c.app.Number()
	if n.Valid() != nil {
		return
	}
	if v := c.app.Get(Sex); v != "" && n.Sex() != "" && v != n.Sex() {
		c.add(Sex, NotOfNumber, "性别与证件号码不符，请对照证件核对。", "the sex does not agree with the document number: compare both with the document")
	}
	if v := c.app.Get(BirthDate); v != "" && v != n.BirthText() {
		c.add(BirthDate, NotOfNumber, "出生日期与证件号码不符，请对照证件核对。", "the date of birth does not agree with the document number: compare both with the document")
	}
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0x2028 || r == 0x2029
}

func digits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// GBKWidth is the number of bytes a text takes in a DBF column: one for ASCII,
// two for every other character of the base plane, four (GB 18030) beyond it.
func GBKWidth(s string) int {
	w := 0
	for _, r := range s {
		switch {
		case r < 0x80:
			w++
		case r < 0x10000:
			w += 2
		default:
			w += 4
		}
	}
	return w
}
