package synthetic

import (
	"math/rand/v2"
	"slices"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// Point is a point at which candidates are registered.
type Point struct {
	Code     string
	Division string // county, six digits
}

// Person is one made-up candidate.
type Person struct {
	Application form.Application
	Chip        form.Chip
	Flaw        Flaw // what was made different on purpose, NoFlaw for most
}

// Flaw names a deliberate difference between application and chip, or a
// trouble with the document.
type Flaw string

// Flaws.
const (
	NoFlaw         Flaw = ""
	FlawNamePUA    Flaw = "name-pua"    // the chip holds the private-use code of a rare character: the same name
	FlawNameDot    Flaw = "name-dot"    // typed with a look-alike of the middle dot: the same name
	FlawNameTypo   Flaw = "name-typo"   // one character typed wrong
	FlawEthnic     Flaw = "ethnic"      // another ethnic group typed
	FlawAddress    Flaw = "address"     // lives elsewhere than the chip says
	FlawExpired    Flaw = "expired"     // the card's last day lies before the first confirmation
	FlawExpiresNow Flaw = "expires-now" // the card's last day is the fifth of confirmation: in the demo, today
)

// Candidates makes n people, registered at the points in turn. The first of
// them (as many as CasesOf has) are the special cases in their order, the others
// plain; so a small demonstration meets them all. Numbers of documents and
// candidates are unique within one call.
func Candidates(c campaign.Campaign, seed uint64, n int, points ...Point) []Person {
	m := newMaker(c, seed)
	special := CasesOf(c)
	out := make([]Person, 0, n)
	for i := range n {
		var k Case
		if i < len(special) {
			k = special[i]
		}
		out = append(out, m.person(m.pointFor(k, points, i), k))
	}
	return out
}

// pointFor takes the points in turn; a case of the plan for poor counties goes
// to the next point in one, if there is any.
func (m *maker) pointFor(k Case, points []Point, i int) Point {
	for j := range points {
		p := points[(i+j)%len(points)]
		if (k.Scheme != poorCounty && k.Scheme != bothSchemes) || slices.Contains(m.poor, p.Division) {
			return p
		}
	}
	return points[i%len(points)]
}

// Stranger makes a card of someone who never registered.
func Stranger(c campaign.Campaign, seed uint64) form.Chip {
	m := newMaker(c, seed^0x5eed)
	return m.person(Point{Code: "none", Division: m.counties[0].Code}, Case{}).Chip
}

// maker draws everything from one source, in a fixed order.
type maker struct {
	c        campaign.Campaign
	rng      *rand.Rand
	ref      time.Time // local midnight of the first confirmation day
	counties []campaign.Division
	second   map[string][]campaign.Programme // by level
	poor     []string                        // counties of the plan for poor counties, if the campaign has one
	numbers  map[string]bool
	serials  map[string]int // of candidate numbers, by county and category
	made     int
}

func newMaker(c campaign.Campaign, seed uint64) *maker {
	m := &maker{c: c, rng: rand.New(rand.NewPCG(seed, 0x7a68756e6b616f)), second: map[string][]campaign.Programme{},
		numbers: map[string]bool{}, serials: map[string]int{}}
	for _, d := range c.Divisions {
		if d.Tier == campaign.County {
			m.counties = append(m.counties, d)
		}
	}
	for _, p := range c.Catalogue {
		m.second[p.Level] = append(m.second[p.Level], p)
	}
	for _, r := range c.Rules {
		if r.Key == "poor-county" && r.Must.Household != nil {
			m.poor = r.Must.Household.In
		}
	}
	confirm := window.Latest(c.Windows, window.Confirm)
	if len(m.counties) == 0 || len(c.Catalogue) == 0 || len(confirm) == 0 {
		panic("synthetic: the campaign has no divisions, catalogue or confirmation")
	}
	m.ref = confirm[0].From.In(window.Zone())
	return m
}

// Day is the day of reference: the first day of confirmation.
func Day(c campaign.Campaign) time.Time { return newMaker(c, 0).ref }

// person makes one candidate: the chip first, then the application as someone
// with that chip would fill it, then the flaw.
func (m *maker) person(at Point, k Case) Person {
	m.made++
	if m.c.Kind == "gaokao" {
		return m.pupil(at, k)
	}
	level := pick(m, m.c.Form.Levels).Code
	home := m.household(at)
	sex := pick(m, []string{"1", "2"})
	born := m.birth(level, k)
	chip := m.chip(k, home, sex, born)
	app := m.application(at, level, home, chip)
	p := Person{Application: app, Chip: chip, Flaw: k.Flaw}
	m.spoil(&p, k)
	return p
}

// household is the point's own county for most, elsewhere for the rest: the
// five-city rule needs both.
func (m *maker) household(at Point) campaign.Division {
	roll := m.rng.IntN(100)
	here := slices.IndexFunc(m.counties, func(d campaign.Division) bool { return d.Code == at.Division })
	if here >= 0 && roll < 55 {
		return m.counties[here]
	}
	if here >= 0 && roll < 75 {
		var near []campaign.Division
		for _, d := range m.counties {
			if d.Parent == m.counties[here].Parent {
				near = append(near, d)
			}
		}
		return pick(m, near)
	}
	return pick(m, m.counties)
}

func (m *maker) birth(level string, k Case) time.Time {
	age := 18 + m.rng.IntN(24)
	if level == "3" {
		age = 21 + m.rng.IntN(22)
	}
	if k.Age > 0 {
		age = k.Age
	}
	return time.Date(m.ref.Year()-age, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.rng.IntN(240))
}

// spoil makes the deliberate difference.
func (m *maker) spoil(p *Person, k Case) {
	f := p.Application.Fields
	if k.ChipName != "" {
		p.Chip.Name = identity.Name(k.ChipName)
	}
	if k.Typed != "" {
		f[form.FullName] = k.Typed
	}
	switch k.Flaw {
	case FlawEthnic:
		f[form.Ethnic] = map[bool]string{true: "06", false: "01"}[p.Chip.Ethnic != "06"]
	case FlawAddress:
		f[form.PostAddress] = m.address(pick(m, m.counties))
	case FlawExpired:
		p.Chip.ValidFrom = m.ref.AddDate(-10, 0, -20).Format("20060102")
		p.Chip.ValidTo = m.ref.AddDate(0, 0, -20).Format("20060102")
	case FlawExpiresNow:
		p.Chip.ValidFrom = m.ref.AddDate(-10, 0, 4).Format("20060102")
		p.Chip.ValidTo = m.ref.AddDate(0, 0, 4).Format("20060102")
	}
}

func pick[T any](m *maker, from []T) T { return from[m.rng.IntN(len(from))] }
