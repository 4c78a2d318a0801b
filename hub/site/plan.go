package site

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// Area is one 考区: where candidates are seated together.
type Area struct {
	Campaign string `json:"-"`
	Code     string `json:"code"`     // four digits, {area4} of the ticket number
	Division string `json:"division"` // the county it lies in, as it is today
	Name     string `json:"name"`
}

// Catchment (参考范围) is one row of a drawing: which area a county's candidates of a
// level, category and language sit in. Empty codes are any; a language is only given
// with a category, a category only with its level.
type Catchment struct {
	Campaign string `json:"-"`
	Division string `json:"division"`
	Level    string `json:"level,omitempty"`
	Category string `json:"category,omitempty"`
	Language string `json:"language,omitempty"`
	Area     string `json:"area"`
}

// Plan is what a city draws.
type Plan struct {
	Areas []Area            `json:"areas"` // by code
	Rows  []Catchment       `json:"rows"`  // by division, level, category, language
	Sites map[string]string `json:"sites"` // area by site id
}

// Same reports whether two plans draw the same.
func (p Plan) Same(o Plan) bool {
	p.sort()
	o.sort()
	return slices.Equal(p.Areas, o.Areas) && slices.Equal(p.Rows, o.Rows) && maps.Equal(p.Sites, o.Sites)
}

// Today is the county that answers for one of former days, or the county itself. A
// plan names counties as they are today, whatever day its campaign is of: a
// registration of 祁阳县 sits where 祁阳市 does.
func Today(division string) string {
	for {
		heir := rules.DivisionHeir(division)
		if heir == "" {
			return division
		}
		division = heir
	}
}

// County is the code of the area that a county is by itself: the last four digits of
// its own code, which no two counties of a province share.
func County(division string) string {
	if len(division) != 6 {
		return ""
	}
	return Today(division)[2:]
}

// Default is the plan of a city that has drawn none: each county is an area of its
// own (domain §1.10: within a county everything is arranged together).
func Default(campaign string, counties []org.Division) Plan {
	var p Plan
	for _, d := range counties {
		p.Areas = append(p.Areas, Area{Campaign: campaign, Code: County(d.Code), Division: d.Code, Name: d.Name + "考区"})
		p.Rows = append(p.Rows, Catchment{Campaign: campaign, Division: d.Code, Area: County(d.Code)})
	}
	p.sort()
	return p
}

func (p *Plan) sort() {
	slices.SortFunc(p.Areas, func(a, b Area) int { return strings.Compare(a.Code, b.Code) })
	slices.SortFunc(p.Rows, func(a, b Catchment) int { // a county's widest row first: areaOf goes by it
		return cmp.Or(strings.Compare(a.Division, b.Division), strings.Compare(a.Level, b.Level), strings.Compare(a.Category, b.Category), strings.Compare(a.Language, b.Language))
	})
}

// key is what a row is about; no two rows of a plan have the same.
func (c Catchment) key() string {
	return strings.Join([]string{c.Division, c.Level, c.Category, c.Language}, "|")
}

// areaOf is the area of a site: the one the plan gives it, and where it gives none,
// the one that the first row of its county leads to.
func (p Plan) areaOf(s Site) string {
	if a := p.Sites[s.ID]; a != "" {
		return a
	}
	for _, c := range p.Rows {
		if c.Division == Today(s.Division) {
			return c.Area
		}
	}
	return County(s.Division)
}

// Area finds an area of a plan.
func (p Plan) Area(code string) (Area, bool) {
	i := slices.IndexFunc(p.Areas, func(a Area) bool { return a.Code == code })
	if i < 0 {
		return Area{}, false
	}
	return p.Areas[i], true
}

func (p Plan) has(area string) bool {
	_, ok := p.Area(area)
	return ok
}

// Leads is where the plan puts a group: the most telling row counts, as rule 1 of
// the arrangement has it. "" when none names it.
func (p Plan) Leads(division, level, category, language string) string {
	best, most := "", -1
	division = Today(division)
	for _, c := range p.Rows {
		if c.Division != division || c.Level != "" && c.Level != level || c.Category != "" && c.Category != category || c.Language != "" && c.Language != language {
			continue
		}
		telling := 0
		for _, code := range []string{c.Level, c.Category, c.Language} {
			if code != "" {
				telling++
			}
		}
		if telling > most {
			best, most = c.Area, telling
		}
	}
	return best
}
