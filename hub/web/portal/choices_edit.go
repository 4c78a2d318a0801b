package portal

import (
	"slices"
	"strings"

	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// inOrder gives choices by their order, as a list of its own.
func inOrder(all []form.Choice) []form.Choice {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b form.Choice) int { return a.Order - b.Order })
	return out
}

// numbered gives the choices the orders 1, 2, … as they stand.
func numbered(all []form.Choice) []form.Choice {
	for i := range all {
		all[i].Order = i + 1
	}
	return all
}

// withChoice puts a choice at an order: in place of the one there, or behind the
// last.
func withChoice(all []form.Choice, c form.Choice) []form.Choice {
	out := inOrder(all)
	if i := slices.IndexFunc(out, func(o form.Choice) bool { return o.Order == c.Order }); i >= 0 {
		out[i] = c
		return out
	}
	return append(out, c)
}

// withoutChoice takes one away; those behind move up.
func withoutChoice(all []form.Choice, order int) []form.Choice {
	return numbered(slices.DeleteFunc(inOrder(all), func(c form.Choice) bool { return c.Order == order }))
}

// movedUp changes a choice with the one before it; the first stays.
func movedUp(all []form.Choice, order int) []form.Choice {
	out := inOrder(all)
	if i := slices.IndexFunc(out, func(c form.Choice) bool { return c.Order == order }); i > 0 {
		out[i-1], out[i] = out[i], out[i-1]
	}
	return numbered(out)
}

// onChoices are the findings of a check that stand on choices.
func onChoices(all []form.Finding) (out []form.Finding) {
	for _, f := range all {
		if f.Field == form.OnChoice || strings.HasPrefix(f.Field, form.OnChoice+" ") {
			out = append(out, f)
		}
	}
	return out
}

// chosenKey names a programme in a form: what tells it from every other.
func chosenKey(p rules.Programme) string {
	return strings.Join([]string{p.School, p.Major, p.Level, p.Category, p.Form, p.Years}, "|")
}

// keyOf is chosenKey of what a choice names.
func keyOf(c form.Choice) string {
	return chosenKey(rules.Programme{School: c.School, Major: c.Major, Level: c.Level, Category: c.Category, Form: c.Form, Years: c.Years})
}

// finder is what somebody looks for in the catalogue.
type finder struct {
	level, category, form string
	words                 []string // each must stand in school, major, their codes or the class
}

func (f finder) fits(p *rules.Programme) bool {
	if p.Level != f.level || f.category != "" && p.Category != f.category || f.form != "" && p.Form != f.form {
		return false
	}
	for _, w := range f.words {
		if !strings.Contains(p.SchoolName, w) && !strings.Contains(p.MajorName, w) && !strings.HasPrefix(p.School, w) &&
			!strings.HasPrefix(p.Major, w) && !strings.Contains(p.Class, w) {
			return false
		}
	}
	return true
}

// look gives the programmes that fit, those that may be chosen first, in the
// order of the catalogue, and how many these are.
func (f finder) look(k *rules.Checker, why func(rules.Programme) *form.Finding) (all []found, allowed int) {
	var barred []found
	programmes := k.Programmes()
	for i := range programmes {
		p := &programmes[i]
		if !f.fits(p) {
			continue
		}
		if w := why(*p); w != nil {
			barred = append(barred, found{p, w})
		} else {
			all = append(all, found{p, nil})
		}
	}
	return append(all, barred...), len(all)
}

type found struct {
	*rules.Programme
	why *form.Finding
}
