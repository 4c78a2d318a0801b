package campaign

import (
	"time"

	"zhunkao/protocol/form"
)

// Vocabulary is what conditions of the campaign may refer to, with its names.
// A date that is no date is left out: Validate finds it.
func (c Campaign) Vocabulary() form.Vocabulary {
	v := form.Vocabulary{Form: c.Form}
	for _, d := range c.Dates {
		if day, ok := dayOf(d.Day); ok {
			v.Dates = append(v.Dates, form.Named{Key: d.Key, Zh: d.Zh, Day: day})
		}
	}
	for _, d := range c.Divisions {
		v.Divisions = append(v.Divisions, form.Named{Key: d.Code, Zh: d.Name})
	}
	for _, b := range c.Bonuses {
		v.Bonuses = append(v.Bonuses, form.Named{Key: b.Code, Zh: b.Zh})
	}
	for _, e := range c.Exemptions {
		v.Exemptions = append(v.Exemptions, form.Named{Key: e.Code, Zh: e.Zh})
	}
	return v
}

// day finds a named date.
func (c Campaign) day(key string) (form.Day, bool) {
	for _, d := range c.Dates {
		if d.Key == key {
			return dayOf(d.Day)
		}
	}
	return 0, false
}

func dayOf(s string) (form.Day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, false
	}
	return form.DayOf(t), true
}
