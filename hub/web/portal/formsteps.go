package portal

import (
	"slices"
	"strings"

	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// formPage is one step of the form: a group of the campaign, or a part of one
// that is too long for a telephone.
type formPage struct {
	number int // from 1
	group  form.Group
	part   int // 0: the whole group
	fields []form.Field
}

// mostFields is how many fields stand on one page. More are cut into parts that
// are as long as each other.
const mostFields = 10

// formPages gives the steps of the form in the order of the campaign: of each
// group the fields that she fills in herself.
func formPages(camp rules.Campaign) (out []formPage) {
	for _, g := range camp.Form.Groups {
		fields := slices.DeleteFunc(camp.Form.InGroup(g.Key), func(f form.Field) bool { return !f.ByCandidate() })
		parts := (len(fields) + mostFields - 1) / mostFields
		for i := range parts {
			p := formPage{number: len(out) + 1, group: g, fields: fields[len(fields)*i/parts : len(fields)*(i+1)/parts]}
			if parts > 1 {
				p.part = i + 1
			}
			out = append(out, p)
		}
	}
	return out
}

// pageName is what a step is called.
func (s *server) pageName(l pages.Lang, p formPage) string {
	name := p.group.Zh
	if l == pages.En {
		name = p.group.En
	}
	if p.part > 0 {
		return s.pages.Text(l, "form.part", name, p.part)
	}
	return name
}

// has tells whether a field stands on the page.
func (p formPage) has(key string) bool {
	return slices.ContainsFunc(p.fields, func(f form.Field) bool { return f.Key == key })
}

func (p formPage) wrong(keys map[string]bool) bool {
	return slices.ContainsFunc(p.fields, func(f form.Field) bool { return keys[f.Key] })
}

// whereIs gives the path at which a finding is mended, "" when nothing of the
// portal mends it.
func whereIs(camp rules.Campaign, field string) string {
	switch key, rest, _ := strings.Cut(field, " "); key {
	case form.OnChoice, "choices":
		if rest != "" {
			return "/ks/choices/" + rest
		}
		return "/ks/choices"
	case form.OnPoint:
		return "/ks/point"
	case form.OnClaim:
		return "/ks/evidence"
	}
	for _, p := range formPages(camp) {
		if p.has(field) {
			return formPath(p.number) + "?show=all#f-" + field
		}
	}
	return ""
}
