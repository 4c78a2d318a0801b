package synthetic

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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
// them (as many as Cases has) are the special cases in their order, the others
// plain; so a small demonstration meets them all. Numbers of documents and
// candidates are unique within one call.
func Candidates(c campaign.Campaign, seed uint64, n int, points ...Point) []Person {
	m := newMaker(c, seed)
	special := Cases()
	out := make([]Person, 0, n)
	for i := range n {
		var k Case
		if i < len(special) {
			k = special[i]
		}
		out = append(out, m.person(points[i%len(points)], k))
	}
	return out
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

// number draws until it finds one not yet used.
func (m *maker) number(prefix, sex string, born time.Time) identity.Number {
	for {
		serial := 900 + m.rng.IntN(100)
		if (serial%2 == 1) != (sex == "1") {
			serial ^= 1
		}
		first := fmt.Sprintf("%s%s%03d", prefix, born.Format("20060102"), serial)
		n := first + string(identity.CheckDigit(first))
		if !m.numbers[n] {
			m.numbers[n] = true
			return identity.Number(n)
		}
		born = born.AddDate(0, 0, 1)
	}
}

func (m *maker) chip(k Case, home campaign.Division, sex string, born time.Time) form.Chip {
	prefix := home.Code
	if k.Prefix != "" {
		prefix = k.Prefix
	}
	number := m.number(prefix, sex, born)
	chip := form.Chip{Type: form.ChipResident, Sex: sex, Ethnic: m.ethnic(home), Number: number, Birth: number.BirthText()}
	chip.Name = identity.Name(m.name(sex))
	if k.Name != "" {
		chip.Name = identity.Name(k.Name)
	}
	if k.Ethnic != "" {
		chip.Ethnic = k.Ethnic
	}
	chip.Address = m.address(home)
	chip.Issuer = issuer(m.c, home)
	m.validity(&chip, number.Birth())
	switch {
	case strings.HasPrefix(k.Prefix, "9"):
		chip.Type, chip.Ethnic, chip.Address = form.ChipForeigner2023, "", ""
		chip.NameEn, chip.Nationality, chip.Issuer, chip.IssueCount = k.NameEn, k.Nationality, "国家移民管理局", "01"
	case k.Prefix != "" && k.Prefix[0] == '8':
		chip.Type, chip.Ethnic = form.ChipHMT, ""
		chip.PassNumber, chip.IssueCount = "H09000"+fmt.Sprintf("%03d", m.made%1000), "01"
	}
	return chip
}

// validity gives terms by age at issue (domain rules 3.1), in force on the day
// of reference.
func (m *maker) validity(chip *form.Chip, born time.Time) {
	age := identity.AgeOn(born, m.ref)
	issued := m.ref.AddDate(-1-m.rng.IntN(4), 0, -m.rng.IntN(300))
	atIssue := identity.AgeOn(born, issued)
	years := 20
	switch {
	case chip.Type != form.ChipResident || atIssue < 16:
		years = 5
	case atIssue < 26:
		years = 10
	}
	chip.ValidFrom = issued.Format("20060102")
	chip.ValidTo = issued.AddDate(years, 0, 0).Format("20060102")
	if age >= 46 && atIssue >= 46 && chip.Type == form.ChipResident {
		chip.ValidTo = form.LongTerm
	}
}

func (m *maker) application(at Point, level string, home campaign.Division, chip form.Chip) form.Application {
	choices := m.choices(level)
	first := choices[0]
	work := m.ref.AddDate(-1-m.rng.IntN(2), -m.rng.IntN(9), 0)
	f := form.Fields{
		form.CandidateNumber: m.candidateNumber(at, first),
		form.FullName:        chip.Name.Reveal(),
		form.Sex:             chip.Sex,
		form.Ethnic:          chip.Ethnic,
		form.BirthDate:       chip.Birth,
		form.DocumentType:    documentType(chip),
		form.DocumentNumber:  chip.Number.Reveal(),
		form.Household:       home.Code,
		form.Politics:        pick(m, []string{"13", "13", "13", "03", "03", "01"}),
		form.Enrolment:       "1",
		form.Education:       pick(m, []string{"61", "61", "44", "41"}),
		form.Language:        pick(m, []string{"1", "1", "1", "1", "1", "1", "1", "1", "2", "3"}),
		form.Occupation:      pick(m, []string{"2", "3", "4", "4", "5", "6", "8"}),
		form.WorkDate:        work.Format("20060102"),
		form.PhoneNumber:     fmt.Sprintf("1990000%04d", (900+m.made)%10000),
		form.PostAddress:     chip.Address,
		form.PostCode:        postCode(home),
		form.School:          strings.TrimSuffix(home.Name, "自治县") + "第" + pick(m, []string{"一", "二", "三"}) + "中学",
	}
	if level == "3" {
		m.college(f, chip)
	}
	if k, ok := m.c.Form.Category(first.Category); ok && k.Medical {
		f[form.Licence] = fmt.Sprintf("2017%06d%05d", 430900+m.made%100, 90000+m.made%10000)
	}
	if f[form.Ethnic] == "" {
		f[form.Ethnic] = map[string]string{form.ChipForeigner2023: "97", form.ChipHMT: "01"}[chip.Type]
	}
	if f[form.PostAddress] == "" {
		f[form.PostAddress] = m.address(home)
	}
	return form.Application{ID: m.id(), Campaign: m.c.ID, CampaignVersion: m.c.Version, Version: 1, Point: at.Code, Fields: f, Choices: choices}
}

// college fills in the diploma that entry to a bachelor's course asks for.
func (m *maker) college(f form.Fields, chip form.Chip) {
	p := pick(m, m.c.Catalogue)
	year := max(chip.Number.Birth().Year()+20, m.ref.Year()-8)
	year = min(year, m.ref.Year()-1)
	f[form.Education] = "31"
	f[form.School] = p.SchoolName
	f[form.GraduationDate] = fmt.Sprintf("%d0630", year)
	f[form.Diploma] = fmt.Sprintf("%s1%d06%06d", p.School, year, 900000+m.made%100000)
}

// choices takes a programme of the level, and for most a second that its rule
// allows.
func (m *maker) choices(level string) []form.Choice {
	first := pick(m, m.second[level])
	out := []form.Choice{first.Choice(1)}
	rule, _ := m.c.Form.Level(level)
	var allowed []campaign.Programme
	for _, p := range m.c.Catalogue {
		if slices.Contains(rule.Second, p.Level) && (!rule.OneClass || p.Class == first.Class) && p != first {
			if k, _ := m.c.Form.Category(p.Category); !k.Medical || p.Category == first.Category {
				allowed = append(allowed, p)
			}
		}
	}
	if len(allowed) > 0 && m.rng.IntN(10) < 8 {
		out = append(out, pick(m, allowed).Choice(2))
	}
	return out
}

// candidateNumber follows the default template of domain rules 1.9: year,
// province, county, level and category, serial. Serials begin at 0901 and run
// on for at most 9,000 in one county and category.
func (m *maker) candidateNumber(at Point, first form.Choice) string {
	county := at.Division
	if len(county) != 6 {
		county = "439900"
	}
	group := fmt.Sprintf("%02d%s%s%s", m.c.Year%100, county[:2], county[2:], first.Category)
	m.serials[group]++
	return fmt.Sprintf("%s%04d", group, (900+m.serials[group])%10000)
}

func (m *maker) id() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(m.rng.Uint32())
	}
	return hex.EncodeToString(b[:])
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
