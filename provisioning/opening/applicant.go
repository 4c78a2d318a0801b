package opening

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/campaign/synthetic"
)

// applicant is one person at her browser. She reads each page for a moment, does
// what the page wants of her first, and goes on until her registration is
// submitted.
type applicant struct {
	*browser
	who   synthetic.Person
	login string
	think time.Duration // mean time at one page
	rnd   *rand.Rand
}

// password is everybody's: what it is does not matter to what it costs.
const password = "三湘四水 rehearsed 2019"

// mostPages is how many pages a registration may take; more is a circle.
const mostPages = 60

// done is where a registration ends.
const done = "/ks/submitted"

// errStuck says that somebody could not go on.
var errStuck = errors.New("opening: cannot go on")

// register comes to the first page and goes on until all is submitted.
func (a *applicant) register(ctx context.Context) error {
	if err := a.open(ctx, "/ks"); err != nil {
		return err
	}
	return a.until(ctx, func() bool { return a.at.Path == done })
}

// until does what each page wants until there is.
func (a *applicant) until(ctx context.Context, there func() bool) error {
	seen := map[string]int{}
	for range mostPages {
		if there() {
			return nil
		}
		if seen[a.at.Path]++; seen[a.at.Path] > 4 {
			break
		}
		if err := a.pause(ctx); err != nil {
			return err
		}
		if err := a.step(ctx); err != nil {
			if errors.Is(err, errStuck) {
				return a.stuck(err)
			}
			return err
		}
	}
	return a.stuck(errStuck)
}

// search gives the form by which she looks for her programme, when the list shown
// does not hold it and she has not looked for it yet.
func (a *applicant) search() (form, bool) {
	listed, find := false, form{}
	for _, f := range a.page.forms {
		for _, c := range f.fields {
			switch {
			case c.name == "programme" && a.wants(c):
				return form{}, false
			case c.name == "programme":
				listed = true
			case c.name == "q" && f.method != "POST" && c.value == "":
				find = f
			}
		}
	}
	return find, listed && find.action != ""
}

// stuck says where somebody could not go on, and what the page says.
func (a *applicant) stuck(err error) error {
	return fmt.Errorf("%w at %s (%d): %s; %s", err, a.at.Path, a.status, a.page.heading, strings.Join(a.page.errors, "; "))
}

// pause is the time she looks at a page: between half and one and a half of the mean.
func (a *applicant) pause(ctx context.Context) error {
	if a.think <= 0 {
		return ctx.Err()
	}
	return sleep(ctx, a.think/2+time.Duration(a.rnd.Int64N(int64(a.think))))
}

// step does what the page wants: its first button or link that looks like the one
// to press; where there is none, she looks for her place.
func (a *applicant) step(ctx context.Context) error {
	if f, ok := a.search(); ok {
		v := a.fill(f, field{})
		v.Set("q", a.who.Application.First().MajorName)
		return a.send(ctx, f, v)
	}
	for _, f := range a.page.forms {
		if i := slices.IndexFunc(f.buttons, func(b field) bool { return b.primary }); i >= 0 {
			return a.send(ctx, f, a.fill(f, f.buttons[i]))
		}
	}
	for _, l := range a.page.links {
		if strings.Contains(l.class, "primary") {
			return a.open(ctx, l.to)
		}
	}
	for _, f := range a.page.forms {
		if f.method != "POST" && len(f.fields) > 0 {
			return a.send(ctx, f, a.fill(f, field{}))
		}
	}
	return fmt.Errorf("%w: nothing to press", errStuck)
}

// fill fills in a form, as far as she knows, and presses a button.
func (a *applicant) fill(f form, button field) url.Values {
	v := url.Values{}
	for _, c := range f.fields {
		switch c.kind {
		case "checkbox":
			if a.ticks(c) {
				v.Add(c.name, c.value)
			}
		case "radio":
			if v.Get(c.name) == "" || a.wants(c) {
				v.Set(c.name, c.value)
			}
		case "select":
			v.Set(c.name, a.picks(c))
		case "hidden":
			v.Set(c.name, c.value)
		case "file":
		default:
			v.Set(c.name, a.types(c))
		}
	}
	if button.name != "" {
		v.Set(button.name, button.value)
	}
	return v
}

// types is what she types into a field.
func (a *applicant) types(c field) string {
	switch {
	case strings.HasPrefix(c.name, "f-"):
		if known := a.who.Application.Fields[strings.TrimPrefix(c.name, "f-")]; known != "" {
			return known
		}
	case c.kind == "password":
		return password
	case c.name == "login":
		return a.login
	case c.name == "name":
		return a.who.Application.Name().Reveal()
	case c.name == "phone":
		return "19900001234"
	}
	return c.value
}

// ticks: what she must agree to, and what holds for her.
func (a *applicant) ticks(c field) bool {
	if key, ok := strings.CutPrefix(c.name, "f-"); ok {
		return strings.Contains(a.who.Application.Fields[key], c.value)
	}
	return c.checked || c.name != "shared" // the computer is hers
}

// wants tells whether of several ways this is hers.
func (a *applicant) wants(c field) bool {
	if key, ok := strings.CutPrefix(c.name, "f-"); ok { // a list of few values
		if known := a.who.Application.Fields[key]; known != "" {
			return c.value == known
		}
	}
	first := a.who.Application.First()
	switch c.name {
	case "level":
		return c.value == first.Level
	case "programme":
		return strings.Contains(c.label, first.SchoolName) && strings.Contains(c.label, first.MajorName)
	}
	return c.checked
}

// picks chooses from a list.
func (a *applicant) picks(c field) string {
	want := ""
	switch point := a.who.Application.Point; {
	case strings.HasPrefix(c.name, "f-"):
		want = a.who.Application.Fields[strings.TrimPrefix(c.name, "f-")]
	case c.name == "city" && len(point) >= 6:
		want = point[:4] + "00"
	case c.name == "county" && len(point) >= 6:
		want = point[:6]
	case c.name == "category", c.name == "form":
		return "" // all of them
	}
	first, chosen := "", ""
	for _, o := range c.options {
		if o.disabled {
			continue
		}
		if o.value == want && want != "" {
			return o.value
		}
		if o.selected {
			chosen = o.value
		}
		if first == "" {
			first = o.value
		}
	}
	if strings.HasPrefix(c.name, "f-") && want == "" {
		return chosen // she leaves it
	}
	if chosen != "" {
		return chosen
	}
	return first
}

// work is what somebody does who was signed in before the rush: she looks where
// she stands, and every third time changes something in her form, until ctx ends.
func (a *applicant) work(ctx context.Context) error {
	for n := 0; ; n++ {
		if err := a.pause(ctx); err != nil {
			return nil // the rush is over
		}
		err := a.open(ctx, "/ks/status")
		if err == nil && n%3 == 2 {
			err = a.save(ctx)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if !a.signedIn() || strings.HasPrefix(a.at.Path, "/ks/sign-in") {
			return fmt.Errorf("%w: who was signed in was signed out", errStuck)
		}
	}
}

// save opens the first step of the form and saves it as the page's script does.
func (a *applicant) save(ctx context.Context) error {
	if err := a.open(ctx, "/ks/form/1"); err != nil {
		return err
	}
	for _, f := range a.page.forms {
		if f.method == "POST" && strings.HasPrefix(f.action, "/ks/form/") {
			v := a.fill(f, field{})
			f.action += "/save"
			return a.send(ctx, f, v)
		}
	}
	return fmt.Errorf("%w: %s has no form: %s", errStuck, a.at.Path, a.page.heading)
}
