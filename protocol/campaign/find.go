package campaign

import (
	"strings"

	"zhunkao/protocol/form"
)

// Key names a programme in a form: what tells it from every other.
func (p Programme) Key() string {
	return strings.Join([]string{p.School, p.Major, p.Level, p.Category, p.Form, p.Years}, "|")
}

// KeyOf is Key of the programme that a choice names.
func KeyOf(c form.Choice) string {
	return Programme{School: c.School, Major: c.Major, Level: c.Level, Category: c.Category, Form: c.Form, Years: c.Years}.Key()
}

// Programme finds what may be chosen by its key; nil if there is none. It must
// not be changed.
func (k *Checker) Programme(key string) *Programme {
	for i := range k.offered {
		if k.offered[i].Key() == key {
			return &k.offered[i]
		}
	}
	return nil
}

// Finder is what somebody looks for in the catalogue; what is empty is any.
type Finder struct {
	Level, Category, Form string
	Words                 []string // each must stand in school, major, their codes or the class
}

// Offered is a programme and why it may not be chosen, nil if it may.
type Offered struct {
	*Programme
	Why *form.Finding
}

func (f Finder) fits(p *Programme) bool {
	if f.Level != "" && p.Level != f.Level || f.Category != "" && p.Category != f.Category || f.Form != "" && p.Form != f.Form {
		return false
	}
	for _, w := range f.Words {
		if !strings.Contains(p.SchoolName, w) && !strings.Contains(p.MajorName, w) && !strings.HasPrefix(p.School, w) &&
			!strings.HasPrefix(p.Major, w) && !strings.Contains(p.Class, w) {
			return false
		}
	}
	return true
}

// Look gives the programmes that fit, those that may be chosen first, in the
// order of the catalogue, and how many these are. why is of Offering.
func (f Finder) Look(k *Checker, why func(Programme) *form.Finding) (all []Offered, allowed int) {
	var barred []Offered
	for i := range k.offered {
		p := &k.offered[i]
		if !f.fits(p) {
			continue
		}
		if w := why(*p); w != nil {
			barred = append(barred, Offered{p, w})
		} else {
			all = append(all, Offered{p, nil})
		}
	}
	return append(all, barred...), len(all)
}
