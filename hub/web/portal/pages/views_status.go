package pages

// Status is /ks/status: how far she has come, what comes next, by when, and
// what is lost otherwise. All in words already.
type Status struct {
	Head    string // what there is to do, as she would say it
	Lead    string
	Next    *StatusNext // nil: nothing to do and no day to mind
	Notices []StatusNotice
	Review  *StatusReview // what the point looked at; nil before it has
	Line    []StatusStage
	Sealed  bool // what she filled in is confirmed: the line at its left is solid
	Mine    []Fact
	Sheet   bool // the process sheet can be had
	Pay     bool // there is a page that says how the fee stands
	Ticket  bool // there is a page of her admission ticket
	Pledge  bool // there is a pledge that she copies by hand and brings
	Form    bool // something is filled in and can be looked at
	Told    []StatusTold
	Unread  int
}

// Fact is one line of what is known of her. Number sets it in figures.
type Fact struct {
	Label, Value string
	Number       bool
}

// StatusNext is the box with the one thing to do. Class is "must", "wait" or
// "done"; Path and Button are "" when there is nothing to press.
type StatusNext struct {
	Class      string
	Head, Text string
	More       []string // further sentences
	Path       string
	Button     string
}

// StatusNotice is what a person must know beside that.
type StatusNotice struct {
	Class      string // "wait" or "must"
	Head, Text string
	Path, Link string // "" when it leads nowhere
}

// StatusReview is what the point looked at for her (资格审核). Class is "done",
// "wait" when something lacks, "must" when something does not fit.
type StatusReview struct {
	Class      string
	Head, Text string
	Items      []StatusReviewed
	Bring      []string // what she can still bring, each a sentence with its day
	Pledged    bool     // the pledge that she copied by hand was looked at, and is good
}

// StatusReviewed is one thing that was looked at, or claimed. Text says what she
// is to do, "" for nothing.
type StatusReviewed struct {
	Class, Name, State, Text string
}

// StatusStage is one step on the line. Class is "done", "wait", "now", "must",
// "off" or "" for what is ahead.
type StatusStage struct {
	Class  string
	Number int
	Name   string
	Badge  string // "" for none
	Tint   string // class of the badge
	Texts  []string
}

// StatusTold is a message in short.
type StatusTold struct{ Head, When string }

// Differences is /ks/differences: what she signed beside what she had changed
// later, or before.
type Differences struct {
	Signed string // where and when she signed; "" before she has, and then all else is empty
	Pairs  []DifferencesPair
	Ask    []string // what to do when it is wrong
	Phones []Fact
}

// DifferencesPair sets two versions side by side.
type DifferencesPair struct {
	Head, Text  string
	Left, Right string // what stands over the columns
	Rows        []DifferencesRow
}

// DifferencesRow is one thing in which they differ. Counts is the side that
// counts.
type DifferencesRow struct {
	Label       string
	Left, Right []Span
	Hidden      bool // they differ where the mask hides it
}

// Span is a piece of text; Differs marks the characters that differ.
type Span struct {
	Text    string
	Differs bool
}

// Sheet is /ks/sheet.
type Sheet struct {
	Ready   bool
	Facts   []Fact
	Notices []StatusNotice
	Before  []string // what it is and when there will be one
	Path    string   // what there is to do for it, "" when nothing
	Button  string
}
