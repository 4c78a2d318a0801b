package campaign

import (
	"fmt"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Offers gives the programmes that may be chosen as choice n of an application
// (from 1), in the order of the catalogue, and for any programme why it may
// not be chosen, nil for one that may. It is the live check: each programme is
// held, with the choices before n, against catalogue, point, education and the
// campaign's rules on choices. What is chosen at n and after counts for
// nothing, and neither does what can still be filled in, such as the number of
// a licence. Where a choice is a category alone, each category is offered as a
// programme that has nothing else.
func (k *Checker) Offers(app form.Application, at Place, on time.Time, n int) ([]Programme, func(Programme) *form.Finding) {
	why := k.Offering(app, at, on, n)
	var out []Programme
	for _, p := range k.offered {
		if why(p) == nil {
			out = append(out, p)
		}
	}
	return out, why
}

// Offering is the second half of Offers, for whoever asks about some programmes
// only.
func (k *Checker) Offering(app form.Application, at Place, on time.Time, n int) func(Programme) *form.Finding {
	o := offering{k: k, app: app, at: at, on: form.DayOf(on.In(window.Zone())), n: n}
	for _, c := range inOrder(app.Choices) {
		if c.Order < n {
			o.before = append(o.before, c)
		}
	}
	return o.why
}

// Programmes are all that choices are made among: the catalogue, or each
// category as a programme that has nothing else. They must not be changed.
func (k *Checker) Programmes() []Programme { return k.offered }

type offering struct {
	k      *Checker
	app    form.Application
	at     Place
	on     form.Day
	n      int
	before []form.Choice
}

// why is the first finding on choices, point or education, with the programme
// chosen.
func (o *offering) why(p Programme) *form.Finding {
	if len(o.before) != o.n-1 {
		return &form.Finding{Field: form.ChoiceName(max(1, len(o.before)+1)), Code: form.NoChoice,
			Fix: fmt.Sprintf("请先填报第%d志愿。", len(o.before)+1), FixEn: fmt.Sprintf("make choice %d first", len(o.before)+1)}
	}
	app := o.app
	app.Choices = append(o.before[:len(o.before):len(o.before)], p.Choice(o.n))
	s := judgement{app: &app, at: &o.at, on: o.on}
	s.birth, _ = form.ParseDay(app.Fields[form.BirthDate])
	s.minor = o.k.minor.holds(s.birth)
	o.k.choices(&s)
	o.k.place(&s)
	s.findings = o.k.form.CheckChoiceRules(s.app, s.at, s.on, s.findings)
	if len(s.findings) == 0 {
		return nil
	}
	return &s.findings[0]
}
