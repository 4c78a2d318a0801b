package desk

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zhunkao/appliance/store"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Choices are typed as they stand on the paper: codes, or names, of level,
// category, school, major and form of study. What is typed must mean one
// programme that she may choose; if it means several, they are offered, and if it
// means none, why.

// draftChoices are the choices of a draft as they are typed.
func (p *page) draftChoices(c *campaign.Campaign, dr store.Draft) []draftChoice {
	out := make([]draftChoice, max(1, c.Form.MaxChoices))
	for i := range out {
		out[i].Order = i + 1
		for _, ch := range dr.Application.Choices {
			if ch.Order == i+1 {
				out[i].Level, out[i].Category, out[i].School, out[i].Major, out[i].Form = ch.Level, ch.Category, ch.School, ch.Major, ch.Form
				out[i].Taken = choiceText(c, ch)
			}
		}
	}
	return out
}

func choiceText(c *campaign.Campaign, ch form.Choice) string {
	level, _ := c.Form.Level(ch.Level)
	category, _ := c.Form.Category(ch.Category)
	var out []string
	for _, part := range []string{level.Zh, category.Zh, strings.TrimSpace(ch.School + " " + ch.SchoolName), strings.TrimSpace(ch.Major + " " + ch.MajorName),
		c.TableName(form.StudyForms, ch.Form), c.TableName(form.StudyYears, ch.Years)} {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, "　")
}

// focusChoice puts the cursor where something is to be typed.
func (p *page) focusChoice() {
	all := p.Drafts.Choices
	i := slices.IndexFunc(all, func(x draftChoice) bool { return x.Error != "" || len(x.Offers) > 0 })
	if i < 0 {
		i = slices.IndexFunc(all, func(x draftChoice) bool { return x.Taken == "" })
	}
	if i >= 0 {
		all[i].Focus = true
	}
}

// typedChoices takes what was typed of the choices into an application. open
// reports that something typed does not stand yet.
func (d *Desk) typedChoices(c *campaign.Campaign, k *campaign.Checker, sent url.Values, app *form.Application) (out []draftChoice, open bool) {
	at := d.o.Status().Point
	place := campaign.Place{Code: at.Code, Division: at.Division}
	app.Choices = nil
	for n := 1; n <= max(1, c.Form.MaxChoices); n++ {
		one := func(name string) string { return strings.TrimSpace(sent.Get(name + "-" + strconv.Itoa(n))) }
		x := draftChoice{Order: n, Level: levelCode(c, one("level")), Category: categoryCode(c, one("category")), School: one("school"), Major: one("major"),
			Form: formCode(c, one("form"))}
		if x.Level+x.Category+x.School+x.Major+x.Form == "" {
			out = append(out, x)
			continue
		}
		why := k.Offering(*app, place, d.latest(), n)
		if len(app.Choices) == n-1 {
			if p := means(k, x, one("pick"), why); p != nil {
				ch := p.Choice(n)
				app.Choices = append(app.Choices, ch)
				x.Level, x.Category, x.School, x.Major, x.Form, x.Taken = ch.Level, ch.Category, ch.School, ch.Major, ch.Form, choiceText(c, ch)
				out = append(out, x)
				continue
			}
		}
		open = true
		x.offer(c, k, why)
		out = append(out, x)
	}
	return out, open
}

// means finds the one programme that was picked, or typed.
func means(k *campaign.Checker, x draftChoice, picked string, why func(campaign.Programme) *form.Finding) *campaign.Programme {
	if p := k.Programme(picked); p != nil && why(*p) == nil {
		return p
	}
	all, allowed := x.finder().Look(k, why)
	if allowed == 1 {
		return all[0].Programme
	}
	// A code that is whole means itself, also where others begin so.
	exact := slices.DeleteFunc(all[:allowed:allowed], func(o campaign.Offered) bool { return o.School != x.School || o.Major != x.Major })
	if len(exact) == 1 && x.School != "" {
		return exact[0].Programme
	}
	return nil
}

func (x draftChoice) finder() campaign.Finder {
	f := campaign.Finder{Level: x.Level, Category: x.Category, Form: x.Form}
	for _, w := range []string{x.School, x.Major} {
		f.Words = append(f.Words, strings.Fields(w)...)
	}
	return f
}

// offer lists what was meant perhaps, those that may be chosen first.
func (x *draftChoice) offer(c *campaign.Campaign, k *campaign.Checker, why func(campaign.Programme) *form.Finding) {
	all, allowed := x.finder().Look(k, why)
	switch {
	case len(all) == 0:
		x.Error = "draft-choice-none"
	case allowed == 0:
		x.Error = "draft-choice-barred"
	case allowed > mostOffers:
		x.Error = "draft-choice-many"
	default:
		x.Error = "draft-choice-which"
	}
	for _, o := range all[:min(len(all), mostOffers)] {
		line := draftOffer{Key: o.Key(), Text: choiceText(c, o.Choice(x.Order))}
		if o.Why != nil {
			line.Why = o.Why.Fix
		}
		x.Offers = append(x.Offers, line)
	}
}

func levelCode(c *campaign.Campaign, typed string) string {
	typed = head(typed)
	for _, l := range c.Form.Levels {
		if l.Zh == typed || l.Full == typed {
			return l.Code
		}
	}
	return typed
}

func categoryCode(c *campaign.Campaign, typed string) string {
	typed = head(typed)
	for _, g := range c.Form.Categories {
		if g.Zh == typed {
			return g.Code
		}
	}
	return typed
}

func formCode(c *campaign.Campaign, typed string) string {
	t, _ := c.Form.Table(form.StudyForms)
	typed = head(typed)
	for _, e := range t.Entries {
		if e.Zh == typed {
			return e.Code
		}
	}
	return typed
}

// head is the code of what a list proposed: code and name.
func head(typed string) string {
	first, _, _ := strings.Cut(typed, " ")
	return first
}
