package form

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhunkao/protocol/identity"
)

// Check appends what is wrong with the fields of an application, in form
// order, to found. The day is that of the check (for dates that may not lie in
// the future: give the latest day possible), and the application is read
// only. Only fields a candidate fills can be missing; the others are checked
// when they hold something.
func (c *Compiled) Check(app *Application, at *Place, on Day, found []Finding) []Finding {
	k := check{c: c, facts: facts{app: app, at: at, on: on}, found: found}
	present := 0
	for i := range c.fields {
		v, ok := app.Fields[c.fields[i].Key]
		if ok {
			present++
		}
		k.field(&c.fields[i], v)
	}
	if present != len(app.Fields) {
		k.unknown()
	}
	k.agreement()
	return k.found
}

// check is one run. It stays on the stack.
type check struct {
	c *Compiled
	facts
	number identity.Number // 18 characters and valid, else ""
	found  []Finding
}

func (k *check) add(field, code, zh, en string) {
	k.found = append(k.found, Finding{field, code, zh, en})
}

func (k *check) refuse(f *field, err error) {
	var r *identity.Refusal
	if errors.As(err, &r) {
		k.add(f.Key, r.Code, r.Zh, r.En)
		return
	}
	k.add(f.Key, BadChar, "请重新填写“"+f.Zh+"”。", "enter "+f.En+" again")
}

func (k *check) field(f *field, v string) {
	if v == "" {
		if f.hers && (f.Required || k.asked(f)) {
			k.add(f.Key, Missing, "请填写“"+f.Zh+"”。", "fill in "+f.En)
		}
		return
	}
	chars, width, readable := measure(v)
	if !readable {
		k.add(f.Key, BadChar, "“"+f.Zh+"”中有看不见或无法识别的字符，请删去后重新输入。", f.En+" holds characters that cannot be seen or read: type it again")
		return
	}
	plain := f.Kind == KindName && plainName(v)
	if f.Kind == KindName && !plain {
		_, width, _ = measure(string(identity.NormalizeName(v))) // what is exported
	}
	switch {
	case f.Kind == KindDate: // what is no day is said to be none, however long it is
	case f.MaxChars > 0 && chars > f.MaxChars:
		k.add(f.Key, TooLong, fmt.Sprintf("“%s”最多%d个字，现有%d个，请缩短。", f.Zh, f.MaxChars, chars),
			fmt.Sprintf("%s has %d characters, at most %d: shorten it", f.En, chars, f.MaxChars))
	case f.MaxBytes > 0 && width > f.MaxBytes:
		k.add(f.Key, TooWide, fmt.Sprintf("“%s”过长，数据库中最多占%d个字节，现占%d个，请缩短（常用汉字占2个，生僻字占4个）。", f.Zh, f.MaxBytes, width),
			fmt.Sprintf("%s takes %d bytes, at most %d: shorten it", f.En, width, f.MaxBytes))
	}
	if !plain {
		k.kind(f, v)
	}
}

// asked tells whether level, category or any condition of the form demands a
// field that is not always required.
func (k *check) asked(f *field) bool {
	for i := range f.asks {
		if f.asks[i].holds(&k.facts) == yes {
			return true
		}
	}
	return false
}

func (k *check) kind(f *field, v string) {
	switch f.Kind {
	case KindCode:
		if !f.codes.has(v) {
			k.unknownCode(f)
		}
	case KindLetters:
		for _, r := range v {
			if !f.codes.has(string(r)) {
				k.unknownCode(f)
				return
			}
		}
	case KindDate:
		k.date(f, v)
	case KindName:
		if _, err := identity.ParseName(v); err != nil {
			k.refuse(f, err)
		}
	case KindDocument:
		k.document(f, v)
	case KindPhone:
		if plainPhone(v) {
			return
		}
		if _, err := identity.ParsePhone(v); err != nil {
			k.refuse(f, err)
		}
	case KindDivision:
		k.division(f, v)
	case KindPostCode:
		if len(v) != 6 || !digits(v) {
			k.add(f.Key, BadDigits, "“"+f.Zh+"”应为6位数字。", f.En+" has six digits")
		}
	case KindDigits:
		if !digits(v) {
			k.add(f.Key, BadDigits, "“"+f.Zh+"”只能填数字。", f.En+" holds digits only")
		}
	}
}

func (k *check) unknownCode(f *field) {
	k.add(f.Key, UnknownCode, "请在列表中重新选择“"+f.Zh+"”。", "choose "+f.En+" from the list again")
}

// division: a code of the campaign's own province must be one of its
// divisions; of others only the form is known.
func (k *check) division(f *field, v string) {
	switch {
	case len(v) != 6 || !digits(v):
		k.add(f.Key, BadDigits, "没有认出“"+f.Zh+"”。请从列表中选县（市、区），或者填它的6位代码。", f.En+" was not understood: choose the county from the list, or enter its six-digit code")
	case k.c.province != "" && v[:2] == k.c.province && !k.c.divisions[v]:
		k.unknownCode(f)
	}
}

func (k *check) date(f *field, v string) {
	d, ok := ParseDay(v)
	switch {
	case !ok:
		k.add(f.Key, BadDate, "“"+f.Zh+"”没有这一天，请重新填写年、月、日，例如1998-03-12。", f.En+": there is no such day; enter year, month and day again, such as 1998-03-12")
	case f.NotAfter && d > k.on:
		k.add(f.Key, DateAfter, "“"+f.Zh+"”在今天之后，请核对。", f.En+" lies in the future: check it")
	case f.until != 0 && d > f.until && k.graduate():
		k.add(f.Key, DateAfter, "“"+f.Zh+"”在报名数据上报截止日（"+f.until.Words(false)+"）之后，请对照毕业证书核对。",
			f.En+" lies after the day the data is reported ("+f.until.Words(true)+"): compare it with the diploma")
	}
}

// graduate tells whether level or category asks for a diploma.
func (k *check) graduate() bool {
	return slices.ContainsFunc(k.app.Choices, func(c Choice) bool {
		return slices.Contains(k.c.diplomaLevels, c.Level) || slices.Contains(k.c.diplomaCats, c.Category)
	})
}

func (k *check) document(f *field, v string) {
	kind := identity.KindResident
	if k.c.documents != nil {
		known := false
		if kind, known = k.c.documents[k.app.Fields[DocumentType]]; !known {
			return // the type itself is found missing or unknown
		}
	}
	var err error
	n := identity.Number(v)
	if plainNumber(v) {
		err = n.ValidAs(kind)
	} else {
		n, err = identity.ParseDocument(kind, v)
	}
	if err != nil {
		k.refuse(f, err)
		return
	}
	switch kind {
	case identity.KindResident, identity.KindHKMacaoPermit, identity.KindTaiwanPermit, identity.KindForeigner2023:
		if birth, ok := ParseDay(string(n[6:14])); ok && birth > k.on {
			k.refuse(f, identity.ErrFuture)
		}
		k.number = n
	}
}

func (k *check) unknown() {
	var strange []string
	for key, v := range k.app.Fields {
		if !k.c.known[key] && v != "" {
			strange = append(strange, key)
		}
	}
	slices.Sort(strange)
	for _, key := range strange {
		k.add(fieldName(key), UnknownField, "报名信息中有本次考试没有的栏目，请联系报名确认点。", "the application has a field this campaign does not know: ask the point")
	}
}

// fieldName keeps a hostile key from travelling on as a field name.
func fieldName(key string) string {
	if key == "" || len(key) > 10 || strings.ContainsFunc(key, func(r rune) bool { return r < '0' || r > 'Z' || r > '9' && r < 'A' }) {
		return "?"
	}
	return key
}

// agreement holds sex and date of birth against the document number, where
// that is valid and says them.
func (k *check) agreement() {
	n := k.number
	if n == "" {
		return
	}
	if v := k.app.Fields[Sex]; v != "" && n.Sex() != "" && v != n.Sex() {
		k.add(Sex, NotOfNumber, "性别与证件号码不符，请对照证件核对。", "the sex does not agree with the document number: compare both with the document")
	}
	if v := k.app.Fields[BirthDate]; v != "" && v != string(n[6:14]) {
		k.add(BirthDate, NotOfNumber, "出生日期与证件号码不符，请对照证件核对。", "the date of birth does not agree with the document number: compare both with the document")
	}
}
