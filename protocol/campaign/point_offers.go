package campaign

import (
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// AtPoint says why an application may not be confirmed at a point, nil if it
// may: the point's levels, its designations, and the campaign's rules that stand
// on the point (demand A33). It is what Check would find there. Windows are not
// asked: see Judge. What is not filled in yet refuses nothing.
func (k *Checker) AtPoint(app form.Application, at Place, on time.Time) *form.Finding {
	s := k.judging(&app, &at, on)
	k.choices(&s)
	s.findings = s.findings[:0]
	k.place(&s)
	s.findings = k.form.CheckRules(s.app, s.at, s.on, s.findings)
	for i := range s.findings {
		if s.findings[i].Field == form.OnPoint {
			return &s.findings[i]
		}
	}
	return nil
}

// Claimable says why an application may not claim a bonus or an exemption
// beside what it claims already, nil if it may: it is the first thing that Check
// would find with the claim and does not find without.
func (k *Checker) Claimable(app form.Application, at Place, on time.Time) func(form.Claim) *form.Finding {
	app.Claims = app.Claims[:len(app.Claims):len(app.Claims)]
	find := func(app form.Application) []form.Finding {
		s := k.judging(&app, &at, on)
		k.choices(&s)
		s.findings = s.findings[:0]
		k.claims(&s)
		return k.form.CheckRules(s.app, s.at, s.on, s.findings)
	}
	known := map[string]int{}
	for _, f := range find(app) {
		known[f.String()]++
	}
	return func(c form.Claim) *form.Finding {
		with := app
		with.Claims = append(with.Claims, c)
		seen := map[string]int{}
		for _, f := range find(with) {
			if seen[f.String()]++; seen[f.String()] > known[f.String()] {
				return &f
			}
		}
		return nil
	}
}

func (k *Checker) judging(app *form.Application, at *Place, on time.Time) judgement {
	s := judgement{app: app, at: at, on: form.DayOf(on.In(window.Zone()))}
	s.birth, _ = form.ParseDay(app.Fields[form.BirthDate])
	s.minor = k.minor.holds(s.birth)
	return s
}
