package form

import (
	"errors"
	"fmt"

	"zhunkao/protocol/identity"
)

// ErrRules is wrapped by Compile for rules that CheckRule finds fault with.
var ErrRules = errors.New("form: a condition or rule does not fit the form")

// Compiled is the form of one campaign version made ready: tables indexed,
// conditions resolved. It never changes and may be used by any number of
// goroutines. It keeps parts of what it was made from, which must not be
// changed afterwards.
type Compiled struct {
	fields    []field
	known     map[string]bool
	documents map[string]identity.Kind // by code; nil if the form has no field for the type
	divisions map[string]bool
	province  string // two digits; "" if there are no divisions
	rules     []rule

	diplomaLevels, diplomaCats []string
}

type field struct {
	*Field
	hers  bool    // ByCandidate
	codes codeSet // that may be chosen
	asks  []test  // required if any holds
	until Day     // of a graduate: 0 is no limit
}

type rule struct {
	*Rule
	when, must test
	each       bool // judged for each choice
	choice     bool // its finding stands on a choice
}

// Compile makes a form and its rules ready. reported is the last day on which
// data is reported, which the graduation of someone who needs a diploma may
// not follow; 0 if there is none. Error: ErrRules, with the first fault.
func Compile(v Vocabulary, rules []Rule, reported Day) (*Compiled, error) {
	c := &Compiled{known: map[string]bool{}, divisions: map[string]bool{}}
	for _, d := range v.Divisions {
		c.divisions[d.Key] = true
		if len(d.Key) == 6 {
			c.province = d.Key[:2]
		}
	}
	for _, l := range v.Form.Levels {
		if l.Diploma != "" {
			c.diplomaLevels = append(c.diplomaLevels, l.Code)
		}
	}
	for _, k := range v.Form.Categories {
		if k.Diploma != "" {
			c.diplomaCats = append(c.diplomaCats, k.Code)
		}
	}
	for i := range v.Form.Fields {
		if err := c.field(v, &v.Form.Fields[i], reported); err != nil {
			return nil, err
		}
	}
	for i := range rules {
		if err := c.rule(v, &rules[i]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Compiled) field(v Vocabulary, f *Field, reported Day) error {
	out := field{Field: f, hers: f.ByCandidate()}
	if f.Kind == KindCode || f.Kind == KindLetters {
		t, _ := v.Form.Table(f.Table)
		for _, e := range t.Entries {
			if !e.Group {
				out.codes.put(e.Code)
			}
		}
	}
	if f.Key == DocumentType {
		t, _ := v.Form.Table(f.Table)
		c.documents = make(map[string]identity.Kind, len(t.Entries))
		for _, e := range t.Entries {
			c.documents[e.Code] = identity.Kind(e.Kind)
		}
	}
	if f.Key == GraduationDate {
		out.until = reported
	}
	for _, cond := range v.asks(*f) {
		if faults := v.CheckCondition(cond); len(faults) > 0 {
			return fmt.Errorf("%w: field %s: %s: %s", ErrRules, f.Key, faults[0].Place, faults[0].En)
		}
		out.asks = append(out.asks, v.compile(cond))
	}
	c.fields = append(c.fields, out)
	c.known[f.Key] = true
	return nil
}

// asks lists the conditions under which a field is required: those of the
// form, and those that follow from what levels and categories ask.
func (v Vocabulary) asks(f Field) []Condition {
	var out []Condition
	for _, w := range f.When {
		out = append(out, w.Condition())
	}
	var levels, categories []string
	for _, l := range v.Form.Levels {
		if l.asks(f.Key) {
			levels = append(levels, l.Code)
		}
	}
	for _, k := range v.Form.Categories {
		if k.asks(f.Key) {
			categories = append(categories, k.Code)
		}
	}
	if f.Key == Licence {
		out = append(out, Condition{Choice: &ChoiceTest{Which: AnyChoice, Medical: true}})
	}
	if len(levels) > 0 {
		out = append(out, Condition{Choice: &ChoiceTest{Which: AnyChoice, Levels: levels}})
	}
	if len(categories) > 0 {
		out = append(out, Condition{Choice: &ChoiceTest{Which: AnyChoice, Categories: categories}})
	}
	return out
}

func (l Level) asks(key string) bool {
	return key == Licence && l.Licence || (key == Diploma || key == GraduationDate) && l.Diploma != ""
}

func (k Category) asks(key string) bool {
	return key == Licence && k.Licence || (key == Diploma || key == GraduationDate) && k.Diploma != ""
}

// Condition is the When as a condition: level and category are those of any
// choice.
func (w When) Condition() Condition {
	var all []Condition
	if w.Field != "" {
		all = append(all, Condition{Field: &FieldTest{Key: w.Field, In: w.In}})
	}
	if len(w.Levels)+len(w.Categories) > 0 {
		all = append(all, Condition{Choice: &ChoiceTest{Which: AnyChoice, Levels: w.Levels, Categories: w.Categories}})
	}
	if len(all) == 1 {
		return all[0]
	}
	return Condition{All: all}
}

func (c *Compiled) rule(v Vocabulary, r *Rule) error {
	if faults := v.CheckRule(*r); len(faults) > 0 {
		return fmt.Errorf("%w: rule %s: %s: %s", ErrRules, r.Key, faults[0].Place, faults[0].En)
	}
	c.rules = append(c.rules, rule{Rule: r, when: v.compile(r.If), must: v.compile(r.Must),
		each: r.Field == OnChoice, choice: OnAnyChoice(r.Field)})
	return nil
}
