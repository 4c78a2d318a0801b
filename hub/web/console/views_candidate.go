package console

import "time"

// Candidates is /gl/candidates, and what a search found.
type Candidates struct {
	Rows   []Applicant
	Total  int // of the list; 0 on a search
	Filter CandidateFilter
	Points []Option
	Levels []Option
	Pages  Pages

	Searched bool   // this is what a search found
	Typed    string // what was looked for
	Error    string // phrase: why nothing was looked for
	More     bool   // there are more than are shown
}

// CandidateFilter is what the list was cut to.
type CandidateFilter struct{ State, Point, Level string }

// Any reports whether the list is cut at all.
func (f CandidateFilter) Any() bool { return f != CandidateFilter{} }

// Applicant is one row of the list. Number is masked.
type Applicant struct {
	ID, Name, Number string
	Point, Level     string
	Version          uint32
	Changed          time.Time
	State            State
}

// Candidate is /gl/candidates/{id}.
type Candidate struct {
	ID, Name      string
	Number        string // masked, or whole after a reveal
	Whole         bool
	Error         string // phrase: why the number was not shown
	Second        string // "" where one person is enough, else "ask", "waiting" or "agreed"
	Reason        string // what was typed as reason, when it was not taken
	State         State
	Application   string
	Version       uint32
	Photo         *Photo // nil: no confirmation says anything of one
	ChipPhoto     string // phrase
	Identity      []Mended
	Compared      []Compared
	Signed        string // path of the confirmation the comparison is of
	Typed         bool   // … which has no chip: a clerk typed what the papers say
	Choices       Choices
	More          []Fact
	Versions      []Edition
	Confirmations []Arrival
	Line          []Step
	Notices       []Notice
	Papers        []Paper
	Orders        []OrderRow // newest first
	Looks         []Entry    // who has looked at her
	EntryError    string     // phrase: why no slip was printed for her
	ByCard        bool       // candidates come in with a sign-in card
	EntryReason   string     // what was typed as its reason
	Ticket        *Ticket    // nil while nothing is published
	TicketError   string     // phrase: why it was not printed
}

// Ticket is where somebody sits, and whether her admission ticket may be printed.
type Ticket struct {
	Facts []Fact
	Print bool
	Again bool   // it would be a reprint
	Void  bool   // one of an earlier version was given out
	Why   string // phrase: why it is not printed now
	When  string // in words, when it is
}

// Pictured reports whether the page holds a picture.
func (c Candidate) Pictured() bool { return c.Photo != nil && len(c.Photo.JPEG) > 0 }

// Mended is a fact and what was filled in instead before.
type Mended struct {
	Fact
	Field  string // key of the form, "" if it has none
	Before string // "" when it is as it was filled in
}

// Edition is one version of an application.
type Edition struct {
	Number, From uint32
	At           time.Time
	Author       string
	Origin       string // phrase
	Current      bool
	Superseded   bool
	Changes      []Change // against the version it was made from; none for the first
}

// Change is one field of two versions.
type Change struct{ Label, Was, Is string }

// Paper is one sheet that was made of her data.
type Paper struct {
	Key  string // phrase
	At   time.Time
	Note string
	Path string
}
