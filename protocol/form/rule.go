package form

import (
	"strconv"
	"strings"
)

// CheckRules appends the findings of the campaign's rules, in their order. A
// rule refuses only what certainly breaks it.
func (c *Compiled) CheckRules(app *Application, at *Place, on Day, found []Finding) []Finding {
	for i := range c.rules {
		found = c.rules[i].check(facts{app: app, at: at, on: on}, found)
	}
	return found
}

// CheckChoiceRules is CheckRules for those rules alone that stand on a choice.
func (c *Compiled) CheckChoiceRules(app *Application, at *Place, on Day, found []Finding) []Finding {
	for i := range c.rules {
		if c.rules[i].choice {
			found = c.rules[i].check(facts{app: app, at: at, on: on}, found)
		}
	}
	return found
}

func (r *rule) check(f facts, found []Finding) []Finding {
	if !r.each {
		if r.when.holds(&f) == yes && r.must.holds(&f) == no {
			found = append(found, Finding{r.Field, r.Key, r.Zh, r.En})
		}
		return found
	}
	for i := range f.app.Choices {
		f.this = &f.app.Choices[i]
		if r.when.holds(&f) == yes && r.must.holds(&f) == no {
			found = append(found, Finding{ChoiceName(f.this.Order), r.Key, r.Zh, r.En})
		}
	}
	return found
}

// ChoiceName is where the findings of a choice stand: "choice 2".
func ChoiceName(order int) string { return OnChoice + " " + strconv.Itoa(order) }

// OnAnyChoice tells whether a finding stands on a choice or on the choices: a
// new choice mends it.
func OnAnyChoice(field string) bool {
	return field == OnChoice || strings.HasPrefix(field, OnChoice+" ")
}
