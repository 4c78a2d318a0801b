package campaign

import (
	"regexp"
	"slices"
)

// Approval is one kind of 审核: who may ask, what the request says, and which
// offices judge it one after the other. A kind is data: the hub has one engine
// for all of them, and a kind with no Effect needs nothing of it at all (demand
// A27).
type Approval struct {
	Key     string          `cbor:"key" json:"key"` // "point", "point-close", …
	Zh      string          `cbor:"zh" json:"zh"`
	En      string          `cbor:"en" json:"en"`
	By      []Tier          `cbor:"by" json:"by"`           // offices of these tiers may submit
	Subject string          `cbor:"subject" json:"subject"` // what a case is about: a Subject… value
	Effect  string          `cbor:"effect,omitempty" json:"effect,omitempty"`
	Step    string          `cbor:"step,omitempty" json:"step,omitempty"` // of the windows in which it may be submitted; "" is any time
	Title   string          `cbor:"title" json:"title"`                   // key of the field that names a case in a list
	Tiers   []ApprovalTier  `cbor:"tiers" json:"tiers"`                   // in the order in which they judge, upward
	Fields  []ApprovalField `cbor:"fields" json:"fields"`
	Papers  []ApprovalPaper `cbor:"papers,omitempty" json:"papers,omitempty"` // attachments
	Status  string          `cbor:"status,omitempty" json:"status,omitempty"`
}

// What a case is about.
const (
	SubjectDivision = "division" // a division: the submitting office's own, or one below it
	SubjectPoint    = "point"    // a point that exists
	SubjectSite     = "site"     // a site that is set
	SubjectDrawing  = "drawing"  // what a city drew: areas and catchments
	SubjectMoves    = "moves"    // candidates who are to sit in another area of their city
)

// What an approved case does by itself. A kind without an effect is complete
// with its last word.
const (
	EffectPointOpen   = "point-open"   // a point comes to be
	EffectPointChange = "point-change" // its fields become the point's
	EffectPointClose  = "point-close"  // the point takes nobody any more
	EffectRooms       = "rooms"        // the rooms of an area are at their sites
	EffectSiteOpen    = "site-open"    // a site comes to be (A47)
	EffectSiteChange  = "site-change"  // its fields become the site's
	EffectSiteClose   = "site-close"   // nobody is seated there any more
	EffectCatchment   = "catchment"    // the drawing is in force (A48)
	EffectMoves       = "moves"        // its candidates sit in the other area (A48)
)

// ApprovalTier is one tier that judges. How many persons must agree, and
// whether they must say why, stands in the table of acts.
type ApprovalTier struct {
	Tier Tier   `cbor:"tier" json:"tier"`
	Zh   string `cbor:"zh" json:"zh"`                         // "市级审核"
	En   string `cbor:"en" json:"en"`                         //
	Act  string `cbor:"act" json:"act"`                       // key in Acts, of the same tier
	Days int    `cbor:"days,omitempty" json:"days,omitempty"` // to judge, from the day it arrives, to the end of the last; 0: no deadline
	// Working says that Days are working days, by the campaign's holidays.
	Working bool `cbor:"working,omitempty" json:"working,omitempty"`
	Bulk    bool `cbor:"bulk,omitempty" json:"bulk,omitempty"` // several may be agreed to at once
}

// ApprovalField is one field of a case's form.
type ApprovalField struct {
	Key      string `cbor:"key" json:"key"`
	Zh       string `cbor:"zh" json:"zh"`
	En       string `cbor:"en" json:"en"`
	Kind     string `cbor:"kind" json:"kind"` // a Case… value
	Table    string `cbor:"table,omitempty" json:"table,omitempty"`
	Max      int    `cbor:"max,omitempty" json:"max,omitempty"` // characters, or the greatest number
	Required bool   `cbor:"required,omitempty" json:"required,omitempty"`
	Help     string `cbor:"help,omitempty" json:"help,omitempty"` // Chinese
	HelpEn   string `cbor:"help_en,omitempty" json:"help_en,omitempty"`
}

// Kinds of fields of a case.
const (
	CaseText   = "text"   // one line
	CaseLines  = "lines"  // several lines
	CasePhone  = "phone"  // digits, hyphens, blanks, plus
	CaseNumber = "number" // 0 to Max
	CaseDate   = "date"   // YYYY-MM-DD
	CaseFlag   = "flag"   // yes or no
	CaseCode   = "code"   // one code of Table
	CaseCodes  = "codes"  // any of Table, comma separated
)

// ApprovalPaper is one attachment: 附件.
type ApprovalPaper struct {
	Key      string   `cbor:"key" json:"key"`
	Zh       string   `cbor:"zh" json:"zh"`
	En       string   `cbor:"en" json:"en"`
	Required bool     `cbor:"required,omitempty" json:"required,omitempty"`
	MaxKB    int      `cbor:"max_kb" json:"max_kb"` // of 1024 bytes
	Types    []string `cbor:"types" json:"types"`   // Paper… values
}

// Types of attachments, by what they contain and not by their name.
const (
	PaperPDF  = "pdf"
	PaperJPEG = "jpeg"
	PaperPNG  = "png"
)

// Approval finds a kind of approval.
func (c Campaign) Approval(key string) (Approval, bool) {
	for _, a := range c.Approvals {
		if a.Key == key {
			return a, true
		}
	}
	return Approval{}, false
}

// Act finds an act in the table of acts.
func (c Campaign) Act(key string) (Act, bool) {
	for _, a := range c.Acts {
		if a.Key == key {
			return a, true
		}
	}
	return Act{}, false
}

// ReasonsOf gives the reasons of one kind of act; key is one of the Reasons… values.
func (c Campaign) ReasonsOf(key string) []Reason {
	for _, l := range c.Reasons {
		if l.Key == key {
			return l.Entries
		}
	}
	return nil
}

// Field finds a field of a kind's form.
func (a Approval) Field(key string) (ApprovalField, bool) {
	for _, f := range a.Fields {
		if f.Key == key {
			return f, true
		}
	}
	return ApprovalField{}, false
}

// Paper finds an attachment of a kind.
func (a Approval) Paper(key string) (ApprovalPaper, bool) {
	for _, p := range a.Papers {
		if p.Key == key {
			return p, true
		}
	}
	return ApprovalPaper{}, false
}

// Codes are the codes that a field of a case may hold, in the order of their
// table; nil for a table that is not there.
func (c Campaign) Codes(table string) []string {
	var out []string
	switch table {
	case "level":
		for _, l := range c.Form.Levels {
			out = append(out, l.Code)
		}
		return out
	case "category":
		for _, k := range c.Form.Categories {
			out = append(out, k.Code)
		}
		return out
	}
	for _, t := range c.Form.Tables {
		if t.Name != table {
			continue
		}
		for _, e := range t.Entries {
			if !e.Group {
				out = append(out, e.Code)
			}
		}
	}
	return out
}

// Limits of a kind.
const (
	maxCaseText  = 500    // characters of one field
	maxCaseDays  = 60     // of one tier
	maxPaperKB   = 10_240 // of one attachment: all of a form fit into what a hub takes at once
	maxPapersKB  = 20_480 // of all of a kind together
	maxCaseCount = 1_000_000
)

// pointFields are the fields that an effect on a point reads, and what they
// must be.
var pointFields = map[string]string{"name": CaseText, "contact": CaseText, "phone": CasePhone, "address": CaseText, "way": CaseText, "hours": CaseText,
	"levels": CaseCodes, "medical": CaseFlag, "minors": CaseFlag, "boxes": CaseNumber}

// siteFields are the same for an effect on a site; a site has all of them.
var siteFields = map[string]string{"name": CaseText, "address": CaseText, "rooms": CaseNumber, "seats": CaseNumber, "contact": CaseText, "phone": CasePhone}

// caseKey is how kinds, fields and attachments are called: they stand in paths
// and forms.
var caseKey = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// rank orders tiers upward; 0 is no tier.
func (t Tier) rank() int { return slices.Index([]Tier{"", Point, County, City, Province}, t) }

// Above reports whether a tier stands above another.
func (t Tier) Above(other Tier) bool { return t.rank() > other.rank() }
