package campaign

import "zhunkao/protocol/form"

// catalogue is the 招生专业目录 made ready.
type catalogue struct {
	exact   map[programmeKey]*Programme
	schools map[string]bool
	majors  map[[2]string]bool // school and major
	groups  map[[4]string]bool // with level and category
}

type programmeKey struct{ school, major, level, category, form, years string }

func catalogueOf(all []Programme) catalogue {
	c := catalogue{exact: make(map[programmeKey]*Programme, len(all)), schools: map[string]bool{},
		majors: map[[2]string]bool{}, groups: map[[4]string]bool{}}
	for i := range all {
		p := &all[i]
		c.exact[programmeKey{p.School, p.Major, p.Level, p.Category, p.Form, p.Years}] = p
		c.schools[p.School] = true
		c.majors[[2]string{p.School, p.Major}] = true
		c.groups[[4]string{p.School, p.Major, p.Level, p.Category}] = true
	}
	return c
}

type reason struct{ zh, en string }

// find gives the programme that a choice names, or nil and what to do. A
// programme that was withdrawn is one that is not there.
func (c *catalogue) find(ch *form.Choice) (*Programme, reason) {
	if p := c.exact[programmeKey{ch.School, ch.Major, ch.Level, ch.Category, ch.Form, ch.Years}]; p != nil {
		return p, reason{}
	}
	switch {
	case !c.schools[ch.School]:
		return nil, reason{"这所学校不在本次招生专业目录中（或已撤出），请重新选择学校和专业。",
			"this school is not in the catalogue, or no longer: choose school and major again"}
	case !c.majors[[2]string{ch.School, ch.Major}]:
		return nil, reason{"这所学校在本次招生专业目录中没有这个专业（或已撤出），请重新选择专业。",
			"this school does not offer this major, or no longer: choose the major again"}
	case !c.groups[[4]string{ch.School, ch.Major, ch.Level, ch.Category}]:
		return nil, reason{"这个专业不在所选层次和科类招生，请重新选择层次、科类或专业。",
			"this major is not offered at this level and category: choose level, category or major again"}
	}
	return nil, reason{"这个专业的学习形式或学制与招生专业目录不一致，请重新选择。",
		"this major is not offered in this form of study or length: choose again"}
}
