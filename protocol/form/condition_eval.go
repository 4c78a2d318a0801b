package form

import (
	"slices"
	"unicode/utf8"

	"zhunkao/protocol/identity"
)

// truth is what a test gives: what is not known is neither yes nor no.
type truth uint8

const (
	no truth = iota
	yes
	unknown
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// facts is what conditions are judged on.
type facts struct {
	app  *Application
	at   *Place
	on   Day
	this *Choice // in a rule on OnChoice
}

// test is a condition made ready: named dates resolved, categories listed in
// which something is medical. It is judged without allocating, for every candidate of a province.
type test struct {
	Condition
	kids          []test     // of All, Any, Not
	before, after Day        // of Date; before also of Age. onToday is the day of the check, 0 no limit
	medical       []Category // of Choice: where it is medical
}

const onToday Day = -1

// compile makes a condition ready that CheckCondition found nothing wrong with.
func (v Vocabulary) compile(c Condition) test {
	t := test{Condition: c}
	kids := slices.Concat(c.All, c.Any)
	if c.Not != nil {
		kids = []Condition{*c.Not}
	}
	for _, kid := range kids {
		t.kids = append(t.kids, v.compile(kid))
	}
	switch {
	case c.Date != nil:
		t.before, t.after = v.resolve(c.Date.Before), v.resolve(c.Date.After)
	case c.Age != nil:
		t.before = v.resolve(c.Age.On)
	case c.Choice != nil && c.Choice.Medical:
		for _, k := range v.Form.Categories {
			if k.Medical || len(k.MedicalMajors) > 0 {
				t.medical = append(t.medical, k)
			}
		}
	}
	return t
}

func (v Vocabulary) resolve(key string) Day {
	if key == Today {
		return onToday
	}
	n, _ := v.date(key)
	return n.Day
}

func (d Day) or(today Day) Day {
	if d == onToday {
		return today
	}
	return d
}

func (t *test) holds(f *facts) truth {
	switch {
	case t.All != nil:
		return t.all(f)
	case t.Any != nil:
		return t.any(f)
	case t.Not != nil:
		switch t.kids[0].holds(f) {
		case yes:
			return no
		case no:
			return yes
		}
		return unknown
	case t.Field != nil:
		return truthOf(t.Field.holds(f.app.Fields[t.Field.Key]))
	case t.Date != nil:
		return t.date(f)
	case t.Age != nil:
		return t.age(f)
	case t.Choice != nil:
		return t.choices(f)
	case t.Household != nil:
		return t.household(f)
	case t.Point != nil:
		return t.point(f)
	case t.Claim != nil:
		return t.claim(f)
	}
	return yes
}

func (t *test) all(f *facts) truth {
	out := yes
	for i := range t.kids {
		switch t.kids[i].holds(f) {
		case no:
			return no
		case unknown:
			out = unknown
		}
	}
	return out
}

func (t *test) any(f *facts) truth {
	out := no
	for i := range t.kids {
		switch t.kids[i].holds(f) {
		case yes:
			return yes
		case unknown:
			out = unknown
		}
	}
	return out
}

func (t *FieldTest) holds(v string) bool {
	if v == "" || len(t.In) > 0 && !slices.Contains(t.In, v) {
		return false
	}
	if t.MinChars > 0 || t.MaxChars > 0 {
		if n := utf8.RuneCountInString(v); n < t.MinChars || t.MaxChars > 0 && n > t.MaxChars {
			return false
		}
	}
	return t.Class.holds(v)
}

func (c Class) holds(v string) bool {
	if c == "" {
		return true
	}
	for _, r := range v {
		digit := r >= '0' && r <= '9'
		letter := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		ok := false
		switch c {
		case ClassDigits:
			ok = digit
		case ClassLetters:
			ok = letter
		case ClassAlnum:
			ok = digit || letter
		case ClassHan:
			ok = identity.IsHan(r)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (t *test) date(f *facts) truth {
	d, ok := ParseDay(f.app.Fields[t.Date.Key])
	if !ok {
		return unknown
	}
	before, after := t.before.or(f.on), t.after.or(f.on)
	return truthOf((before == 0 || d < before) && (after == 0 || d > after))
}

func (t *test) age(f *facts) truth {
	birth, ok := ParseDay(f.app.Fields[BirthDate])
	if !ok {
		return unknown
	}
	age := birth.Age(t.before.or(f.on))
	return truthOf(age >= t.Age.From && (t.Age.Under == 0 || age < t.Age.Under))
}

func (t *test) choices(f *facts) truth {
	switch t.Choice.Which {
	case ThisChoice:
		return truthOf(f.this != nil && t.choice(f.this))
	case FirstChoice:
		first := f.app.first()
		return truthOf(first >= 0 && t.choice(&f.app.Choices[first]))
	}
	skip := -1
	if t.Choice.Which == LaterChoice {
		skip = f.app.first()
	}
	for i := range f.app.Choices {
		if i != skip && t.choice(&f.app.Choices[i]) {
			return yes
		}
	}
	return no
}

func (t *test) choice(c *Choice) bool {
	w := t.Choice
	return (len(w.Levels) == 0 || slices.Contains(w.Levels, c.Level)) &&
		(len(w.Categories) == 0 || slices.Contains(w.Categories, c.Category)) &&
		(len(w.Forms) == 0 || slices.Contains(w.Forms, c.Form)) &&
		(!w.Medical || t.medicalChoice(c))
}

func (t *test) medicalChoice(c *Choice) bool {
	for i := range t.medical {
		if k := &t.medical[i]; k.Code == c.Category {
			return k.MedicalMajor(c.Major)
		}
	}
	return false
}

// household: an empty household is unknown, and is found missing elsewhere.
func (t *test) household(f *facts) truth {
	home := f.app.Fields[Household]
	if len(home) != 6 || t.Household.Of != "" && (!f.at.Known || len(f.at.Division) != 6) {
		return unknown
	}
	switch t.Household.Of {
	case OfCity:
		return truthOf(home[:4] == f.at.Division[:4])
	case OfCounty:
		return truthOf(home == f.at.Division)
	}
	return truthOf(within(t.Household.In, home))
}

func (t *test) point(f *facts) truth {
	if !f.at.Known {
		return unknown
	}
	w := t.Point
	if w.Field != "" && (f.app.Fields[w.Field] == "" || f.at.Code == "") {
		return unknown
	}
	return truthOf((!w.Medical || f.at.Medical) && (!w.Minors || f.at.Minors) &&
		(w.Field == "" || f.app.Fields[w.Field] == f.at.Code) &&
		(len(w.In) == 0 || within(w.In, f.at.Division)))
}

func (t *test) claim(f *facts) truth {
	for i := range f.app.Claims {
		c := &f.app.Claims[i]
		if c.Kind == t.Claim.Kind && (len(t.Claim.Codes) == 0 || slices.Contains(t.Claim.Codes, c.Code)) {
			return yes
		}
	}
	return no
}

// within tells whether a division is one of a list or lies below one.
func within(list []string, code string) bool {
	for _, above := range list {
		if covers(above, code) {
			return true
		}
	}
	return false
}

// covers is the hierarchy of GB/T 2260: 430000 ⊃ 430100 ⊃ 430102. It agrees
// with window.Covers, which this package may not import.
func covers(above, code string) bool {
	if len(above) != 6 || len(code) != 6 {
		return false
	}
	n := 6
	for n > 0 && above[n-2:n] == "00" {
		n -= 2
	}
	return n > 0 && above[:n] == code[:n]
}

// first is the index of the first choice, -1 if there is none.
func (a *Application) first() int {
	at := -1
	for i := range a.Choices {
		if at < 0 || a.Choices[i].Order < a.Choices[at].Order {
			at = i
		}
	}
	return at
}
