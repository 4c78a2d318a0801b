package campaign

import (
	"strings"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// Campaign is one version of one examination.
type Campaign struct {
	ID       string `cbor:"id" json:"id"` // "adult-2019"
	Version  uint32 `cbor:"version" json:"version"`
	Zh       string `cbor:"zh" json:"zh"`
	En       string `cbor:"en" json:"en"`
	Short    string `cbor:"short" json:"short"` // Chinese, for headings
	Kind     string `cbor:"kind" json:"kind"`   // "adult", "gaokao"
	Year     int    `cbor:"year" json:"year"`
	Province string `cbor:"province" json:"province"` // division code, "430000"
	Office   string `cbor:"office" json:"office"`     // who holds the examination, Chinese

	Form        form.Definition  `cbor:"form" json:"form"` // with code tables, levels, categories
	Subjects    []Subject        `cbor:"subjects" json:"subjects"`
	Sittings    []Sitting        `cbor:"sittings" json:"sittings"`
	Fees        []Fee            `cbor:"fees" json:"fees"`
	Payment     Payment          `cbor:"payment,omitzero" json:"payment,omitzero"`         // how they are paid
	Results     Results          `cbor:"results,omitzero" json:"results,omitzero"`         // how marks are added up
	Arrangement Arrangement      `cbor:"arrangement,omitzero" json:"arrangement,omitzero"` // how candidates are seated
	Bonuses     []Bonus          `cbor:"bonuses" json:"bonuses"`
	Exemptions  []Exemption      `cbor:"exemptions" json:"exemptions"`
	Reviews     []Review         `cbor:"reviews,omitempty" json:"reviews,omitempty"` // what a clerk looks at at the desk
	Steps       []Step           `cbor:"steps,omitempty" json:"steps,omitempty"`     // names of the windows' steps
	Windows     []window.Window  `cbor:"windows" json:"windows"`
	Dates       []Date           `cbor:"dates" json:"dates"`
	Holidays    Holidays         `cbor:"holidays,omitempty" json:"holidays,omitempty"` // days that offices do not work, or do on a weekend
	Texts       []Text           `cbor:"texts" json:"texts"`
	Process     Process          `cbor:"process,omitzero" json:"process,omitzero"` // wording of the process sheet
	Portal      Portal           `cbor:"portal,omitzero" json:"portal,omitzero"`   // how candidates come in
	Policy      Policy           `cbor:"policy" json:"policy"`
	Rules       []form.Rule      `cbor:"rules,omitempty" json:"rules,omitempty"` // demands beyond those that every campaign makes
	Kits        []Kit            `cbor:"kits,omitempty" json:"kits,omitempty"`   // minimum equipment of offices
	Acts        []Act            `cbor:"acts" json:"acts"`                       // who must agree to what
	Approvals   []Approval       `cbor:"approvals,omitempty" json:"approvals,omitempty"`
	Numbers     []NumberTemplate `cbor:"numbers,omitempty" json:"numbers,omitempty"`
	Documents   []DocumentType   `cbor:"documents,omitempty" json:"documents,omitempty"`
	Photos      []PhotoProfile   `cbor:"photos,omitempty" json:"photos,omitempty"`
	Reasons     []ReasonList     `cbor:"reasons,omitempty" json:"reasons,omitempty"`
	Exchanges   []Exchange       `cbor:"exchanges,omitempty" json:"exchanges,omitempty"`
	Divisions   []Division       `cbor:"divisions" json:"divisions"`
	Catalogue   []Programme      `cbor:"catalogue" json:"catalogue"`
	Assumptions []Assumption     `cbor:"assumptions" json:"assumptions"`
}

// Fee is what a candidate of a level pays, in fen.
type Fee struct {
	Level  string `cbor:"level" json:"level"`
	Fen    int64  `cbor:"fen" json:"fen"`
	Status string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Subject is one paper.
type Subject struct {
	Key      string `cbor:"key" json:"key"`
	Zh       string `cbor:"zh" json:"zh"`
	FullMark int    `cbor:"full_mark" json:"full_mark"`
	Status   string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Sitting is one half day of the examination (场次). Times are local, HH:MM.
type Sitting struct {
	Number int       `cbor:"number" json:"number"`
	Date   string    `cbor:"date" json:"date"` // YYYY-MM-DD
	Start  string    `cbor:"start" json:"start"`
	Ends   []EndTime `cbor:"ends" json:"ends"` // a level without one does not sit
	Status string    `cbor:"status,omitempty" json:"status,omitempty"`
}

// EndTime is when the papers of a level are collected.
type EndTime struct {
	Level string `cbor:"level" json:"level"`
	At    string `cbor:"at" json:"at"` // HH:MM
}

// Bonus is a kind of 照顾加分. Kinds do not add up: the highest counts.
type Bonus struct {
	Code      string `cbor:"code" json:"code"`
	Zh        string `cbor:"zh" json:"zh"`
	Points    int    `cbor:"points" json:"points"`
	Evidence  string `cbor:"evidence" json:"evidence"`
	Automatic bool   `cbor:"automatic,omitempty" json:"automatic,omitempty"` // computed from the date of birth
	Age       int    `cbor:"age,omitempty" json:"age,omitempty"`             // if Automatic: reached by 31 December of the campaign's year
	Status    string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Exemption is a kind of 免试.
type Exemption struct {
	Code     string   `cbor:"code" json:"code"`
	Zh       string   `cbor:"zh" json:"zh"`
	Levels   []string `cbor:"levels" json:"levels"` // codes; empty is all
	Evidence string   `cbor:"evidence" json:"evidence"`
	Status   string   `cbor:"status,omitempty" json:"status,omitempty"`
}

// Date is a day a rule refers to.
type Date struct {
	Key    string `cbor:"key" json:"key"`
	Day    string `cbor:"day" json:"day"` // YYYY-MM-DD
	Zh     string `cbor:"zh" json:"zh"`
	Why    string `cbor:"why,omitempty" json:"why,omitempty"`
	Status string `cbor:"status,omitempty" json:"status,omitempty"`
}

// Text is one text of the campaign, shown or printed.
type Text struct {
	Key string `cbor:"key" json:"key"` // "pledge", "notice", …
	Zh  string `cbor:"zh" json:"zh"`
	En  string `cbor:"en,omitempty" json:"en,omitempty"`
}

// Kinds of examinations.
const (
	KindAdult  = "adult"
	KindGaokao = "gaokao"
)

// Dates that ages are reckoned on.
const (
	DateMinorAge = "minor-age" // for Policy.Minor
	DateBonusAge = "bonus-age" // for automatic bonuses
)

// Photo policies.
const (
	PhotoChip           = "chip"
	PhotoCamera         = "camera"
	PhotoChipElseCamera = "chip-else-camera"
)

// What happens when there is no photo though the policy asks for one.
const (
	PhotoMissingClerk = "clerk" // the visit ends; a clerk helps
	PhotoMissingGoOn  = "go-on" // she may go on, and the record says that the photo is missing
)

// What the hub does with a confirmation whose time was undecidable at the box.
const (
	UndecidableAccept = "accept" // if it arrived within Grace after the close
	UndecidableReview = "review" // always a matter for the county
)

// What happens to a card whose validity has certainly ended.
const (
	ExpiredRefuse = "refuse" // another document is needed
	ExpiredClerk  = "clerk"  // a clerk may let it pass, with a reason
)

// Readings of 17周岁以下.
const (
	Under17 = "under-17" // not yet 17
	UpTo17  = "up-to-17" // 17 included (Civil Code, article 1259)
)

// Policy holds the switches of a campaign.
type Policy struct {
	Photo         string `cbor:"photo" json:"photo"`
	Undecidable   string `cbor:"undecidable" json:"undecidable"`
	UndecidableS  int    `cbor:"undecidable_grace_s" json:"undecidable_grace_s"` // seconds after the close, for UndecidableAccept
	VisitIdleS    int    `cbor:"visit_idle_s" json:"visit_idle_s"`               // without a touch: then she is asked
	VisitAskS     int    `cbor:"visit_ask_s" json:"visit_ask_s"`                 // how long the question stands before the visit ends
	VisitHardS    int    `cbor:"visit_hard_s" json:"visit_hard_s"`               // the longest a visit may take
	Minor         string `cbor:"minor" json:"minor"`                             // Under17 or UpTo17
	ExpiredCard   string `cbor:"expired_card" json:"expired_card"`               // ExpiredRefuse or ExpiredClerk
	ExemptPays    bool   `cbor:"exempt_pays" json:"exempt_pays"`
	ConfirmUnpaid bool   `cbor:"confirm_unpaid" json:"confirm_unpaid"` // confirmation comes before payment

	// Settle names the form's fields in which she may take over what the chip
	// says. Every other difference that asks for a decision is a clerk's.
	Settle       []string `cbor:"settle,omitempty" json:"settle,omitempty"`
	PhotoMissing string   `cbor:"photo_missing,omitempty" json:"photo_missing,omitempty"` // without a photo: PhotoMissingClerk (also if empty) or PhotoMissingGoOn
	PhotoProfile string   `cbor:"photo_profile,omitempty" json:"photo_profile,omitempty"` // name of the measures that a photo must have; empty: the camera's own
	Reprint      bool     `cbor:"reprint,omitempty" json:"reprint,omitempty"`             // who confirmed at this box may have the sheet again, marked

	// PapersDays is how many working days the city has to decide about papers that
	// a clerk saw instead of a chip (demand A40); 0: no deadline.
	PapersDays int `cbor:"papers_days,omitempty" json:"papers_days,omitempty"`
}

// Act says how many persons of which tier must agree, and whether a reason is
// asked (design, section 3).
type Act struct {
	Key     string `cbor:"key" json:"key"`
	Zh      string `cbor:"zh" json:"zh"`
	Tier    Tier   `cbor:"tier" json:"tier"`
	Persons int    `cbor:"persons" json:"persons"`
	Reason  bool   `cbor:"reason" json:"reason"`
}

// Programme is one line of the catalogue (招生专业目录).
type Programme struct {
	School     string `cbor:"school" json:"school"`
	SchoolName string `cbor:"school_name" json:"school_name"`
	Major      string `cbor:"major" json:"major"`
	MajorName  string `cbor:"major_name" json:"major_name"`
	Level      string `cbor:"level" json:"level"`
	Category   string `cbor:"category" json:"category"`
	Class      string `cbor:"class" json:"class"` // 招生专业类
	Form       string `cbor:"form" json:"form"`
	Years      string `cbor:"years" json:"years"`
	Remark     string `cbor:"remark,omitempty" json:"remark,omitempty"`
}

// How sure a fact is: the Status of many parts of a campaign. "" says nothing.
const (
	StatusPublished = "V" // read in a published source
	StatusPlan      = "S" // stated by the plan itself
	StatusComputed  = "C" // computed
	StatusKnown     = "R" // commonly known, not confirmed: needs an Assumption
	StatusDefault   = "D" // our default: needs an Assumption
)

// Assumption is something nobody official has confirmed. Places names what it
// is about: a path as Problem and Change have it, "form.categories",
// "form.fields GZRQ", "policy.minor". It covers all that lies beneath.
type Assumption struct {
	Key    string   `cbor:"key" json:"key"`
	Status string   `cbor:"status" json:"status"` // "R" commonly known, "D" our default
	Zh     string   `cbor:"zh" json:"zh"`
	En     string   `cbor:"en" json:"en"`
	Places []string `cbor:"places,omitempty" json:"places,omitempty"`
}

// TableName gives the Chinese name of a code, or the code itself. Beside the
// tables of the form it knows "level", "category" and "division".
func (c Campaign) TableName(table, code string) string {
	switch table {
	case "level":
		if l, ok := c.Form.Level(code); ok {
			return l.Zh
		}
		return code
	case "category":
		if k, ok := c.Form.Category(code); ok {
			return k.Zh
		}
		// The gaokao's form has a table of this name too, of 考生类别.
	case "division":
		if d, ok := c.Division(code); ok {
			return d.Name
		}
		return code
	}
	return c.Form.TableName(table, code)
}

// Division finds a division of the campaign by code.
func (c Campaign) Division(code string) (Division, bool) {
	for _, d := range c.Divisions {
		if d.Code == code {
			return d, true
		}
	}
	return Division{}, false
}

// Fee gives the fee of a level in fen.
func (c Campaign) Fee(level string) (int64, bool) {
	for _, f := range c.Fees {
		if f.Level == level {
			return f.Fen, true
		}
	}
	return 0, false
}

// Text gives a text, Chinese or English (Chinese where there is no English),
// "" if the campaign has none of that key.
func (c Campaign) Text(key string, english bool) string {
	for _, t := range c.Texts {
		if t.Key == key {
			if english && t.En != "" {
				return t.En
			}
			return t.Zh
		}
	}
	return ""
}

// Programme builds the choice for a programme of the catalogue.
func (p Programme) Choice(order int) form.Choice {
	return form.Choice{Order: order, Level: p.Level, Category: p.Category, School: p.School, SchoolName: p.SchoolName,
		Major: p.Major, MajorName: p.MajorName, Class: p.Class, Form: p.Form, Years: p.Years}
}

// Subject is who asks, for window.Judge: the application's point and its
// division, its first choice, its household, the last digit of the number of
// her document.
func (c Campaign) Subject(app form.Application, pointDivision string) window.Subject {
	first := app.First()
	return window.Subject{Division: pointDivision, Point: app.Point, Level: first.Level,
		Category: first.Category, Household: app.Get(form.Household), Digit: slotDigit(app.Number())}
}

// slotDigit is the digit by which windows cut into slots know her (demand
// A55): the last of the document's number, X of a resident card included.
// Numbers of other documents may end in a letter, which no slot is for: those
// have the digit before it.
func slotDigit(n identity.Number) string {
	s := string(n)
	if len(s) == 18 && s[17] == 'X' {
		return "X"
	}
	if i := strings.LastIndexAny(s, "0123456789"); i >= 0 {
		return s[i : i+1]
	}
	return ""
}

// Judge says whether a step is open for an application at a point in the given
// division.
func (c Campaign) Judge(step window.Step, app form.Application, pointDivision string, now window.Interval) window.Verdict {
	return window.Judge(c.Windows, step, c.Subject(app, pointDivision), now)
}

// JudgeQueued is Judge for the holder of a queue token given out at the interval
// token; of the zero Interval there is none. See window.JudgeQueued.
func (c Campaign) JudgeQueued(step window.Step, app form.Application, pointDivision string, now, token window.Interval) window.Verdict {
	return window.JudgeQueued(c.Windows, step, c.Subject(app, pointDivision), now, token)
}
