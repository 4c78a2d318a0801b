package form

import "slices"

// Vocabulary is all that conditions of a campaign may refer to, with names.
type Vocabulary struct {
	Form       Definition
	Dates      []Named // with Day; Today need not be among them
	Divisions  []Named // code and name, of every tier
	Bonuses    []Named
	Exemptions []Named
}

// Named is one thing with its name.
type Named struct {
	Key string
	Zh  string
	En  string
	Day Day // of a date
}

func find(all []Named, key string) (Named, bool) {
	if i := slices.IndexFunc(all, func(n Named) bool { return n.Key == key }); i >= 0 {
		return all[i], true
	}
	return Named{}, false
}

// in is the name in one language; the Chinese one where there is no English,
// and the key where there is none at all.
func (n Named) in(english bool) string {
	switch {
	case english && n.En != "":
		return n.En
	case n.Zh != "":
		return n.Zh
	}
	return n.Key
}

func (v Vocabulary) date(key string) (Named, bool) {
	if key == Today {
		return Named{Key: Today, Zh: "当天", En: "the day of the check"}, true
	}
	return find(v.Dates, key)
}

func (v Vocabulary) claims(kind string) []Named {
	if kind == ExemptionClaim {
		return v.Exemptions
	}
	return v.Bonuses
}

func (v Vocabulary) level(code string) Named {
	l, _ := v.Form.Level(code)
	return Named{Key: code, Zh: l.Zh, En: l.En}
}

func (v Vocabulary) category(code string) Named {
	k, _ := v.Form.Category(code)
	return Named{Key: code, Zh: k.Zh, En: k.En}
}

func (v Vocabulary) field(key string) Named {
	f, _ := v.Form.Field(key)
	return Named{Key: key, Zh: f.Zh, En: f.En}
}

func (v Vocabulary) entry(table, code string) Named {
	t, _ := v.Form.Table(table)
	e, _ := t.Entry(code)
	return Named{Key: code, Zh: e.Zh, En: e.En}
}

func (v Vocabulary) named(all []Named, key string) Named {
	n, _ := find(all, key)
	n.Key = key
	return n
}
