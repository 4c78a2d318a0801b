package portal

import (
	"slices"
	"strings"

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
