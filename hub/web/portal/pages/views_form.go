package pages

import "time"

// Consent is one thing that is told, and to which she says something.
type Consent struct {
	Kind    string // word of package consent
	Title   string // phrase
	Text    []string
	Agree   string // phrase beside the tick; "" has two answers, Yes and No
	Ticked  bool
	Decline bool // of a kind with two answers: she has said no
	Given   time.Time
	Error   string // phrase
}

// Notices is /ks/notices.
type Notices struct {
	Steps  Steps
	Faults []Fault
	Points []NoticeText // of the examination: what to bring, what may be chosen
	All    []Consent
	Done   bool // all of it is read and answered
}

// NoticeText is a text of the campaign under a heading.
type NoticeText struct {
	Title string // phrase
	Lines []string
}

// Pledge is /ks/pledge.
type Pledge struct {
	Steps   Steps
	Faults  []Fault
	Text    []string
	Name    string // as typed
	Error   string
	Signed  time.Time // zero: not yet
	Signer  string    // her own name, as she signed
	Drawn   string    // path of the pen as SVG, "" none
	Other   bool      // the form bears another name
	Changed bool      // the text is another than the one she signed
	Next    string
}

// Guardian is /ks/guardian.
type Guardian struct {
	Steps     Steps
	Faults    []Fault
	Text      []string
	Privacy   []string
	Name      string
	Phone     string
	Relation  string // word of package consent
	Relations []Option
	Error     map[string]string // by control
	Given     time.Time         // zero: not yet
	Back      string            // where the day of birth is mended
}

// Option is one entry of a list.
type Option struct {
	Value, Text string
	Note        string // said at its end, such as what it allows
	Chosen      bool
}

// OptionGroup is entries under one heading, which may be empty.
type OptionGroup struct {
	Text    string
	Options []Option
}

// FormField is one field as it is filled in.
type FormField struct {
	Key      string // of the form
	ID       string // of the control
	Label    string
	Hint     string
	Kind     string // "text", "area", "code", "few" (of a code: all to be seen), "list" (a text with proposals) or "letters"
	Value    string // as it stands in the control
	Optional bool
	Max      int
	Mode     string // inputmode
	Pattern  string
	Fill     string // autocomplete
	Options  []OptionGroup
	Error    string
	Good     string
	Fix      *Fix
}

// Fix is the likely repair of a field.
type Fix struct {
	Value string // what is sent
	Words string // as it is said
}

// Described lists the ids of what explains the control.
func (f FormField) Described() string {
	out := ""
	if f.Hint != "" {
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

// Line is one thing filled in, in words.
type Line struct{ Label, Value string }

// WindowLine says whether it is her time.
type WindowLine struct {
	Class string // "done" it is, "wait" it is not yet, "must" it is over
	Text  string
	Until time.Time // of her time; zero is not said
	Open  bool
}

// Form is one step of the form.
type Form struct {
	Steps    Steps
	Title    string
	Action   string // path it is sent to
	Revision uint32
	Fields   []FormField
	Faults   []Fault
	Back     string
	Next     string
	Saved    string      // time of day of the last save, "" before the first
	Window   *WindowLine // nil: nothing to say yet
	Locked   string      // phrase: why nothing can be changed; "" it can
	Where    string      // the point to ask, for Locked
	Lines    []Line      // what is filled in, for Locked
	Diploma  bool        // the drawing of where its number stands helps
}

// Conflict shows what she wrote beside what is stored.
type Conflict struct {
	Steps    Steps
	Title    string // phrase
	Text     string // phrase
	Action   string
	Revision uint32 // of what is stored
	Onto     uint32 // version she goes on from, 0 none
	Stored   string // phrase: whose the other side is
	At       time.Time
	Same     []Line  // name of control and value: what both sides agree in
	Apart    []Apart // what they differ in
	Back     string  // where to go without deciding
}

// Apart is one field in which both sides differ.
type Apart struct {
	Name                   string // of the control
	Label                  string
	Mine                   string // value
	Theirs                 string // value
	MineWords, TheirsWords []Mark
}

// Mark is a piece of a value; On is where both sides differ.
type Mark struct {
	Text string
	On   bool
}

// Review is /ks/review.
type Review struct {
	Steps     Steps
	Revision  uint32
	Sections  []ReviewSection
	Missing   []ReviewFault // what is not filled in or wrong
	Window    *WindowLine
	Submitted time.Time // zero: never
	Version   uint32    // that was submitted
	Changed   bool      // something was changed since
	Stale     bool      // an office or a box made another version since
	Confirmed bool
	Withdrawn bool
	Where     string // the point
	Fee       string // "" is not known yet
	PayAfter  bool   // it is paid after the confirmation
	Unpaid    bool   // that is not in use yet
	Ready     bool   // the button is there
	Rare      string // which characters papers show as boxes; "" is none
	Refusal   string // phrase: why the last try was not taken
}

// First is where the first thing to mend is mended, "" when nothing is missing.
func (r Review) First() string {
	for _, f := range r.Missing {
		if f.Path != "" {
			return f.Path
		}
	}
	return ""
}

// ReviewSection is one step in words.
type ReviewSection struct {
	Title string
	Path  string // where it is changed; "" cannot be
	Lines []Line
	Empty string // phrase when there is nothing
}

// ReviewFault is one thing to mend, and where.
type ReviewFault struct{ Path, Text string }

// Submitted is /ks/submitted: what happens next.
type Submitted struct {
	Again    bool // it was an edit
	Point    string
	Address  string
	Phone    string
	Hours    string
	By       time.Time // last moment of the confirmation
	Fee      string
	PayAfter bool // it is paid after the confirmation
	Paying   bool // the payment is in use
	Bring    []string
	Pledge   bool // she copies the pledge by hand and brings it
}

// Withdraw is /ks/withdraw.
type Withdraw struct {
	Confirmed bool
	None      bool // nothing is submitted
	Where     string
	Until     time.Time // of her time to submit again; zero is over
}
