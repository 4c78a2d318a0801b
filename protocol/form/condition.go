package form

// Condition is one node of a tree of typed tests over an application, its
// point and the day. Exactly one member is set; none at all means "always" and
// is accepted only as the If of a Rule.
//
// A test over something that is not known (a point nobody told us of, a date
// that is no date, a household that is empty) is neither true nor false, and
// neither is what hangs on it: a rule refuses only what certainly breaks it.
type Condition struct {
	All       []Condition    `cbor:"all,omitempty" json:"all,omitempty"`
	Any       []Condition    `cbor:"any,omitempty" json:"any,omitempty"`
	Not       *Condition     `cbor:"not,omitempty" json:"not,omitempty"`
	Field     *FieldTest     `cbor:"field,omitempty" json:"field,omitempty"`
	Date      *DateTest      `cbor:"date,omitempty" json:"date,omitempty"`
	Age       *AgeTest       `cbor:"age,omitempty" json:"age,omitempty"`
	Choice    *ChoiceTest    `cbor:"choice,omitempty" json:"choice,omitempty"`
	Household *HouseholdTest `cbor:"household,omitempty" json:"household,omitempty"`
	Point     *PointTest     `cbor:"point,omitempty" json:"point,omitempty"`
	Claim     *ClaimTest     `cbor:"claim,omitempty" json:"claim,omitempty"`
}

// FieldTest holds for a field that is filled in and has all that is named
// here. With the key alone it asks only that the field is filled in.
type FieldTest struct {
	Key      string   `cbor:"key" json:"key"`
	In       []string `cbor:"in,omitempty" json:"in,omitempty"`               // one of these values
	MinChars int      `cbor:"min_chars,omitempty" json:"min_chars,omitempty"` // in characters
	MaxChars int      `cbor:"max_chars,omitempty" json:"max_chars,omitempty"` // 0 is no limit
	Class    Class    `cbor:"class,omitempty" json:"class,omitempty"`
}

// Class is a pattern every character of a value keeps.
type Class string

// Classes. There are no regular expressions: each class can be said in words.
const (
	ClassDigits  Class = "digits"  // 0–9
	ClassLetters Class = "letters" // A–Z and a–z
	ClassAlnum   Class = "alnum"   // digits, letters
	ClassHan     Class = "han"     // Chinese characters of any plane
)

// DateTest holds a field of KindDate against a named date of the campaign, or
// Today; both limits are strict.
type DateTest struct {
	Key    string `cbor:"key" json:"key"`
	Before string `cbor:"before,omitempty" json:"before,omitempty"`
	After  string `cbor:"after,omitempty" json:"after,omitempty"`
}

// Today is the day of the check, where a date is named.
const Today = "today"

// AgeTest holds the age in completed years on a named date (or Today): From or
// more, and less than Under. 0 is no limit.
type AgeTest struct {
	From  int    `cbor:"from,omitempty" json:"from,omitempty"`
	Under int    `cbor:"under,omitempty" json:"under,omitempty"`
	On    string `cbor:"on" json:"on"`
}

// ChoiceTest holds if the choice, or any of them, has all that is named here.
type ChoiceTest struct {
	Which      Which    `cbor:"which" json:"which"`
	Levels     []string `cbor:"levels,omitempty" json:"levels,omitempty"`
	Categories []string `cbor:"categories,omitempty" json:"categories,omitempty"`
	Forms      []string `cbor:"forms,omitempty" json:"forms,omitempty"`     // 学习形式
	Medical    bool     `cbor:"medical,omitempty" json:"medical,omitempty"` // its category, or its major there, is medical
}

// Which says which choices a ChoiceTest looks at.
type Which string

// Choices to look at.
const (
	FirstChoice Which = "first"
	AnyChoice   Which = "any"
	LaterChoice Which = "later" // any but the first
	ThisChoice  Which = "this"  // in a rule on "choice": each in its turn
)

// HouseholdTest holds the 户籍 against divisions, or against where the point
// lies. Exactly one is set.
type HouseholdTest struct {
	In []string `cbor:"in,omitempty" json:"in,omitempty"` // division codes of any tier: in one of them or below
	Of string   `cbor:"of,omitempty" json:"of,omitempty"` // OfCity or OfCounty: the same as the point's
}

// Tiers of HouseholdTest.Of.
const (
	OfCity   = "city"
	OfCounty = "county"
)

// PointTest holds if the point has all that is named here.
type PointTest struct {
	Medical bool     `cbor:"medical,omitempty" json:"medical,omitempty"` // 医卫类审核点
	Minors  bool     `cbor:"minors,omitempty" json:"minors,omitempty"`   // 低龄审核点
	In      []string `cbor:"in,omitempty" json:"in,omitempty"`           // divisions of any tier
	Field   string   `cbor:"field,omitempty" json:"field,omitempty"`     // this field holds the point's code: a pupil at her own school
}

// ClaimTest holds if a bonus or an exemption is claimed, of any kind or one of
// Codes.
type ClaimTest struct {
	Kind  string   `cbor:"kind" json:"kind"` // BonusClaim or ExemptionClaim
	Codes []string `cbor:"codes,omitempty" json:"codes,omitempty"`
}

// Kinds of claims.
const (
	BonusClaim     = "bonus"
	ExemptionClaim = "exemption"
)

// Bounds of one condition, so that whatever a bundle holds is judged and said
// in bounded time.
const (
	MaxDepth = 8
	MaxNodes = 200
)

// Rule is one demand of a campaign as data: where If holds, Must must hold.
type Rule struct {
	Key    string    `cbor:"key" json:"key"`     // code of its finding, lower case with hyphens
	Field  string    `cbor:"field" json:"field"` // where the finding stands: a field key, "point", "choice 1" …, or OnChoice
	If     Condition `cbor:"if,omitzero" json:"if,omitzero"`
	Must   Condition `cbor:"must" json:"must"`
	Zh     string    `cbor:"zh" json:"zh"` // what to do
	En     string    `cbor:"en" json:"en"`
	Status string    `cbor:"status,omitempty" json:"status,omitempty"` // V, S, R or D
}

// Places of findings that are no fields.
const (
	OnChoice = "choice" // of a rule judged for each choice in turn (ThisChoice); its finding says "choice 2"
	OnPoint  = "point"
	OnClaim  = "claim"
)
