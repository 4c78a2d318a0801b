package campaign

import (
	"slices"

	"zhunkao/protocol/form"
)

// Place is what a rule may ask of the chosen point: its division, the levels
// it takes (none named: all), and whether it is designated for medical
// candidates and for those under age. Known false judges nothing about it.
type Place = form.Place

// place holds an application against the point it was made at (demand A33).
// Level is that of the first choice, which is the application's.
func (k *Checker) place(s *judgement) {
	at := s.at
	if !at.Known {
		return
	}
	if s.level != nil && len(at.Levels) > 0 && !slices.Contains(at.Levels, s.level.Code) {
		s.add(form.OnPoint, form.PointLevel, "所选报名确认点不受理“"+s.level.Zh+"”，请改选受理该层次的确认点。",
			"this point does not take the level "+s.level.En+": choose a point that does")
	}
	if s.medical && !at.Medical {
		s.add(form.OnPoint, form.PointMedical, "报考医卫类的考生只能选择医卫类审核点，请改选。",
			"medical candidates confirm at points designated for them: choose one of those")
	}
	if s.minor && !at.Minors {
		s.add(form.OnPoint, form.PointMinors, k.minor.zh+"的考生只能选择低龄审核点，请改选。",
			"candidates "+k.minor.en+" confirm at points designated for them: choose one of those")
	}
}
