package campaign

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// ErrChecker is wrapped by Campaign.Checker for a campaign whose rules
// contradict themselves. Validate refuses such a campaign with the places.
var ErrChecker = errors.New("campaign: the rules cannot be made ready")

// Checker judges applications by one campaign version: the one check of the
// portal, the box, the hub and of the rehearsal of a version. It never changes
// and may be used by any number of goroutines.
type Checker struct {
	form         *form.Compiled
	maxChoices   int
	categoryOnly bool // form.ChooseCategory
	levels       map[string]*form.Level
	categories   map[string]*form.Category
	forms        map[string]bool // that may be chosen; nil if the campaign has no such table
	years        map[string]bool
	education    map[string]string // mark by code; nil if the form does not ask for it
	catalogue    catalogue
	offered      []Programme // the catalogue, or the categories
	fees         map[string]int64
	minor        minor
	bonuses      bonuses
	exemptions   map[string]*Exemption
}

// Assessment is what is known of an application once it is checked.
type Assessment struct {
	Findings []form.Finding // empty: valid. By place: fields in form order, choices, point, claims, rules
	Fee      int64          // fen, by the level of the first choice
	FeeKnown bool           // false without a choice of a level that has a fee
	Bonuses  []string       // codes of the automatic kinds that her age brings; not to be changed
	Points   int            // of the highest kind, automatic or claimed; claimed is not yet granted
	Minor    bool           // under age by the campaign's reading
	Medical  bool           // any choice is medical
}

// Valid tells whether there is nothing to mend.
func (a Assessment) Valid() bool { return len(a.Findings) == 0 }

// Checker makes the rules of a campaign ready, once for any number of checks.
// It keeps parts of the campaign, which must not be changed afterwards. Error:
// ErrChecker.
func (c Campaign) Checker() (*Checker, error) {
	compiled, err := form.Compile(c.Vocabulary(), c.Rules, c.reportingDay())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrChecker, err)
	}
	m, err := c.minorRule()
	if err != nil {
		return nil, err
	}
	k := &Checker{
		form: compiled, minor: m, bonuses: c.bonusRules(), maxChoices: c.Form.MaxChoices, categoryOnly: c.Form.Choose == form.ChooseCategory,
		levels: map[string]*form.Level{}, categories: map[string]*form.Category{},
		forms: chosen(c.Form, form.StudyForms), years: chosen(c.Form, form.StudyYears),
		catalogue: catalogueOf(c.Catalogue), fees: map[string]int64{}, exemptions: map[string]*Exemption{},
	}
	for i := range c.Form.Levels {
		k.levels[c.Form.Levels[i].Code] = &c.Form.Levels[i]
	}
	for i := range c.Form.Categories {
		k.categories[c.Form.Categories[i].Code] = &c.Form.Categories[i]
	}
	for _, f := range c.Fees {
		k.fees[f.Level] = f.Fen
	}
	k.offered = c.Catalogue
	if k.categoryOnly {
		k.offered = nil
		for _, g := range c.Form.Categories {
			k.offered = append(k.offered, Programme{Level: g.Level, Category: g.Code})
		}
	}
	for i := range c.Exemptions {
		k.exemptions[c.Exemptions[i].Code] = &c.Exemptions[i]
	}
	if f, ok := c.Form.Field(form.Education); ok {
		t, _ := c.Form.Table(f.Table)
		k.education = make(map[string]string, len(t.Entries))
		for _, e := range t.Entries {
			k.education[e.Code] = e.Mark
		}
	}
	return k, nil
}

// chosen is the set of codes of a table that may be chosen.
func chosen(d form.Definition, table string) map[string]bool {
	t, ok := d.Table(table)
	if !ok {
		return nil
	}
	out := make(map[string]bool, len(t.Entries))
	for _, e := range t.Entries {
		out[e.Code] = !e.Group
	}
	return out
}

// reportingDay is the last day on which data is reported upward, by the
// calendar as it stands after every extension; 0 if it has no such step.
func (c Campaign) reportingDay() form.Day {
	var last time.Time
	for _, w := range window.Latest(c.Windows, window.Report) {
		if w.To.After(last) {
			last = w.To
		}
	}
	if last.IsZero() {
		return 0
	}
	return form.DayOf(last.Add(-time.Nanosecond).In(window.Zone()))
}

// judgement is one run of the check. It stays on the stack.
type judgement struct {
	app      *form.Application
	at       *Place
	on       form.Day
	birth    form.Day // 0: not known
	level    *form.Level
	medical  bool
	minor    bool
	findings []form.Finding
}

func (s *judgement) add(field, code, zh, en string) {
	s.findings = append(s.findings, form.Finding{Field: field, Code: code, Fix: zh, FixEn: en})
}

// Check judges an application with the point she chose, on a day (for dates
// that may not lie in the future; give the latest time possible, so that
// nobody is refused for a slow clock). It is a function of its arguments and
// of the campaign, and never fails.
func (k *Checker) Check(app form.Application, at Place, on time.Time) Assessment {
	s := judgement{app: &app, at: &at, on: form.DayOf(on.In(window.Zone()))}
	s.birth, _ = form.ParseDay(app.Fields[form.BirthDate])
	s.minor = k.minor.holds(s.birth)
	s.findings = k.form.Check(s.app, s.at, s.on, nil)
	k.choices(&s)
	k.place(&s)
	a := Assessment{Minor: s.minor, Medical: s.medical}
	a.Bonuses, a.Points = k.bonuses.due(s.birth)
	a.Points = max(a.Points, k.claims(&s))
	s.findings = k.form.CheckRules(s.app, s.at, s.on, s.findings)
	if s.level != nil {
		a.Fee, a.FeeKnown = k.fees[s.level.Code]
	}
	a.Findings = s.findings
	return a
}

// Bounds of claims: the characters of a certificate's number, and how many
// there may be.
const (
	maxEvidence = 60
	maxClaims   = 30
)

// claims checks 优惠信息 as claimed, and gives the points of the highest kind:
// kinds do not add up (domain rules, section 1.4).
func (k *Checker) claims(s *judgement) int {
	if len(s.app.Claims) > maxClaims {
		s.add(form.OnClaim, form.TooMany, fmt.Sprintf("最多可申报%d项照顾和免试，请删去多余的。", maxClaims), fmt.Sprintf("at most %d claims: remove the rest", maxClaims))
		return 0
	}
	points := 0
	for i := range s.app.Claims {
		c := &s.app.Claims[i]
		if slices.ContainsFunc(s.app.Claims[:i], func(o form.Claim) bool { return o.Kind == c.Kind && o.Code == c.Code }) {
			s.add(form.OnClaim, form.ClaimTwice, "同一项照顾或免试申报了两次，请删去一项。", "one kind of bonus or exemption is claimed twice: remove one")
			continue
		}
		if n, ok := form.Readable(c.Evidence); !ok || n > maxEvidence {
			s.add(form.OnClaim, form.BadChar, fmt.Sprintf("证明材料编号最多%d个字，不能有看不见的字符，请重新填写。", maxEvidence),
				fmt.Sprintf("the number of the certificate has at most %d characters that can be seen: enter it again", maxEvidence))
		}
		switch c.Kind {
		case form.BonusClaim:
			points = max(points, k.bonus(s, c.Code))
		case form.ExemptionClaim:
			k.exemption(s, c.Code)
		default:
			unknownClaim(s)
		}
	}
	return points
}

func unknownClaim(s *judgement) {
	s.add(form.OnClaim, form.UnknownClaim, "所申报的照顾或免试种类不在本次考试的规定中，请重新选择。", "this kind of bonus or exemption is not among the campaign's: choose again")
}

func (k *Checker) bonus(s *judgement, code string) int {
	b, ok := k.bonuses.kinds[code]
	switch {
	case !ok:
		unknownClaim(s)
		return 0
	case b.Automatic && b.Age > 0 && s.birth != 0 && s.birth.Age(k.bonuses.on) < b.Age:
		s.add(form.OnClaim, form.ClaimAge, fmt.Sprintf("到%s未满%d周岁，不享受这项照顾，请删去。", k.bonuses.on.Words(false), b.Age),
			fmt.Sprintf("under %d on %s: this bonus is not due, remove it", b.Age, k.bonuses.on.Words(true)))
		return 0
	}
	return b.Points
}

func (k *Checker) exemption(s *judgement, code string) {
	e, ok := k.exemptions[code]
	switch {
	case !ok:
		unknownClaim(s)
	case s.level != nil && len(e.Levels) > 0 && !slices.Contains(e.Levels, s.level.Code):
		s.add(form.OnClaim, form.ClaimLevel, "这项免试不适用于“"+s.level.Zh+"”，请删去或改报层次。",
			"this exemption is not for the level "+s.level.En+": remove it or choose another level")
	}
}
