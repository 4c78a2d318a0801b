package console

import (
	"fmt"
	"time"
)

// Approvals is a page of cases: those that wait for this person, with one of
// them beside the list, or a list of others.
type Approvals struct {
	Tab   string // "waiting", "late", "mine" or "all"
	Total int
	Kinds []KindTab // of the tab; the first is all of them
	Rows  []CaseRow
	Case  *Case // beside the list; nil when nothing waits
	Pages Pages
	Late  int    // cases of offices below that are late
	New   []Link // kinds of cases that she may submit
	Kind  string // key of the kind the list is cut to, "" for all
	Judge bool   // her role judges cases: she may delegate

	Returned int // cases of her own office that were returned and are to be mended
}

// Bulk reports whether any row of the list can be ticked.
func (a Approvals) Bulk() bool {
	for _, r := range a.Rows {
		if r.Bulk {
			return true
		}
	}
	return false
}

// KindTab is one kind of case over a list.
type KindTab struct {
	Key, Text string
	Count     int
	Path      string
	Here      bool
}

// CaseRow is one case in a list.
type CaseRow struct {
	ID, Path string
	Version  int
	Kind     string
	Title    string
	Note     string
	From     string // who submitted it
	Word     Word   // what was said of it last
	Left     Word   // until its deadline; empty text when nobody waits
	Changed  time.Time
	Bulk     bool
	Picked   bool
}

// Word is a badge whose words come from data: text, in the page's language.
type Word struct {
	Class string // as State has it
	Icon  string
	Text  string
}

// Case is one case.
type Case struct {
	ID      string
	Version int
	Kind    string
	Title   string
	Where   string // the place it is about
	State   Word
	Left    Word
	Notices []CaseNotice
	Facts   []CaseFact
	Papers  []CasePaper
	Line    []CaseStep
	Steps   int // how many things were done to it

	Judge    bool   // she may judge it now
	Behalf   string // for which office, when by delegation
	Agreed   int    // persons of the tier that have agreed
	Persons  int    // that must
	Reason   bool   // an opinion is asked even for agreeing
	Act      string // what agreeing is called
	Withdraw bool   // she may take it back
	Mend     bool   // she may mend and send it again
	Point    Link   // the point it is about or that came of it
	Drawing  string // path of the areas and catchments that it is about
	Moves    *CaseMoves
	Opinion  string // as typed before a refusal
	Error    string // phrase, at the opinion
	Beside   bool   // it stands beside a list, where its heading says the title
	Round    int
}

// CaseActs is a case with what its forms need.
type CaseActs struct {
	Token, Back string
	Case        Case
}

// caseActs puts a case and the token of the session together, for the part of a
// page that two pages share.
func caseActs(token string, x any, back string) (CaseActs, error) {
	switch c := x.(type) {
	case Case:
		return CaseActs{token, back, c}, nil
	case *Case:
		return CaseActs{token, back, *c}, nil
	}
	return CaseActs{}, fmt.Errorf("console: %T is no case", x)
}

// CaseNotice is something to know before one judges.
type CaseNotice struct {
	Class, Icon string
	Head, Text  string // in the page's language
}

// CaseFact is one field of the form, and what stood there before.
type CaseFact struct {
	Label, Value string
	Old          string
	Changed      bool // Value is not Old
	Lines        bool // Value has lines of its own
	Title        bool // Value names the case
}

// CasePaper is an attachment, or that it lacks.
type CasePaper struct {
	Label   string
	Path    string // "" when it was not given
	Type    string // "PDF", "JPEG", "PNG"
	Size    uint64
	Round   int
	Earlier []Link // those of earlier rounds
}

// CaseStep is one knot of a case's line.
type CaseStep struct {
	Class  string // "done", "now", "wait", "must", ""
	Number int    // of a tier that has not judged
	Text   string // in the page's language
	At     time.Time
	Who    string
	Note   string // opinion
	Round  int    // that begins here, 0 if none does
}

// CaseForm is the form of a new case, or of one that is mended.
type CaseForm struct {
	Kinds    []KindChoice // to choose from, before a kind is chosen
	Kind     string       // key; "" while none is chosen
	KindName string
	Path     string // where the form is sent
	Case     string // id of the case that is mended, "" for a new one
	Version  int
	About    string   // name of the place it is about
	Point    string   // code of the point chosen
	Thing    string   // id of the site it is about
	Points   []Option // to choose from, for kinds about a point
	NeedsOne bool     // the point must be chosen before the form is shown
	Fields   []CaseField
	Papers   []CaseUpload
	Tiers    []string // who will judge, in order
	Returned string   // why it was returned
	Shut     *Word    // from when it can be submitted, or that it is over; nil when it can
	Back     string   // where the person came from
}

// Faulty reports whether anything in the form is to be mended.
func (f CaseForm) Faulty() bool {
	for _, x := range f.Fields {
		if x.Error != "" {
			return true
		}
	}
	for _, p := range f.Papers {
		if p.Error != "" {
			return true
		}
	}
	return false
}

// KindChoice is a kind of case that somebody may submit.
type KindChoice struct {
	Path, Text string
	Tiers      []string
}

// CaseField is one field of the form.
type CaseField struct {
	Key, Label string
	Kind       string // a campaign.Case… value
	Value      string
	Options    []CaseOption // of codes
	Required   bool
	Max        int
	Help       string
	Error      string // in the page's language
}

// Described are the ids of what describes the field's control.
func (f CaseField) Described() string {
	out := ""
	if f.Help != "" {
		out = "h-" + f.Key
	}
	if f.Error != "" {
		if out != "" {
			out += " "
		}
		out += "e-" + f.Key
	}
	return out
}

// CaseOption is one code of a field.
type CaseOption struct {
	Value, Text string
	Chosen      bool
}

// CaseUpload is one attachment of the form.
type CaseUpload struct {
	Key, Label string
	Required   bool
	Accept     string
	Hint       string
	Have       string // what an earlier round gave: type and size
	Error      string
}

// Delegations is who may judge for whom.
type Delegations struct {
	Rows     []Delegation
	Accounts []Option // to choose from
	Office   string
	Account  string // as typed
	Until    string
	Reason   string
	Error    string // phrase
	Min, Max string // days the choice lies between
}

// Delegation is one word of an office.
type Delegation struct {
	ID           string
	Office       string
	Who          string
	Since, Until time.Time
	Reason       string
	State        State
	End          bool // she may end it
}
