package console

import (
	"encoding/base64"
	"html/template"
	"slices"
	"strings"
	"time"
)

// Frame is what stands around every page.
type Frame struct {
	Lang     Lang
	Menu     string  // entry of the menu where one is: "dashboard", "boxes", …
	Person   *Person // nil before sign-in
	Campaign string  // name of the campaign in force, "" before the first
	Version  uint32  // its version
	Office   string  // who holds it
	Now      time.Time
	Demo     *Demo           // nil unless the database was made by the demo
	Token    string          // CSRF token of this session
	Self     string          // path and query of this page, where the language switch returns to
	Still    bool            // a scene of the gallery: it does not bring itself up to date
	Head     uint64          // newest chain number this page has seen
	Home     string          // where the role begins
	May      map[string]bool // menu entries and acts the role may use
	Entries  []MenuEntry     // the menu
	Notice   *Notice         // what an act has just done, or why it did not
}

// Person is who is signed in.
type Person struct {
	Name   string
	Office string
	Role   string // phrase key
	Remit  string // name of the division at the top of the remit
}

// Initial is the first character of the name, for the round mark.
func (p Person) Initial() string {
	for _, r := range p.Name {
		return string(r)
	}
	return ""
}

// Demo is the bar of a demo database.
type Demo struct {
	Clock bool // the clock can be moved
}

// MenuEntry is one line of the menu.
type MenuEntry struct {
	Key, Path, Icon string // phrase "menu." + Key
	Group           string // phrase "menugroup." + Group, of the first line of a group; else none
	Count           int    // what waits for a person
	Must            bool   // and should not be there at all
}

// Grouped leaves a group's name with the first of its lines.
func Grouped(menu []MenuEntry) []MenuEntry {
	last := ""
	for i, e := range menu {
		if e.Group == last {
			menu[i].Group = ""
		}
		last = e.Group
	}
	return menu
}

// Waiting is what an entry of the menu counts, 0 if she has no such entry.
func (f Frame) Waiting(key string) int {
	for _, e := range f.Entries {
		if e.Key == key {
			return e.Count
		}
	}
	return 0
}

// Notice is one sentence on top of a page.
type Notice struct {
	Class string // "done", "wait" or "must"
	Key   string // phrase
	Note  string // what a person typed or a reference number; may be empty
}

// State is a badge: a word with the shape and colour that say the same.
type State struct {
	Class string // "done", "wait", "must", "act", "open"
	Icon  string
	Key   string // phrase
}

// Alarm is a place the hub writes to that is filling up (S31). The phrases are
// place.{place} and .do.
type Alarm struct {
	Place       string
	Percent     int
	Used, Limit uint64 // bytes
}

// Arrival is one confirmation in a list. Number is masked.
type Arrival struct {
	ID               string
	Name, Number     string
	Point            string
	Box              string
	Unit             int
	Sequence         uint64
	Sealed, Received time.Time
	State            State
	Differs          bool // application and chip differed
}

// Delay is the time from sealing to receipt, zero if either is unknown or the
// box's clock ran ahead.
func (a Arrival) Delay() time.Duration {
	if a.Sealed.IsZero() || a.Received.Before(a.Sealed) {
		return 0
	}
	return a.Received.Sub(a.Sealed)
}

// Confirmations is a page of the list of confirmations, or of the disputed.
type Confirmations struct {
	Rulings []DisputeRuling // decided lately, on the page of what waits
	Rows    []Arrival
	Total   int
	Filter  Filter
	Points  []Option // what the filter can choose
	Pages   Pages
}

// Filter is what the list was cut to.
type Filter struct{ State, Point, Day string }

// Any reports whether the list is cut at all.
func (f Filter) Any() bool { return f != Filter{} }

// Option is a choice of a select field.
type Option struct{ Value, Text string }

// Pages says which page of a list is shown; the links are whole paths, "" when
// there is no such page.
type Pages struct {
	Number, Of  int
	First, Next string
}

// Record is /gl/confirmations/{id}.
type Record struct {
	ID          string
	Name        string
	Number      string // masked, or whole after a reveal
	Whole       bool   // Number is whole: shown once, journalled
	Second      string // "" where one person is enough, else "ask", "waiting" or "agreed"
	Void        string // how far taking it back is: "" not to be done by her, else as Second
	VoidCodes   []Option
	State       State
	Proof       State  // how far it is sure who confirmed, of one on papers; else zero
	Apart       bool   // it waits because its number is registered for somebody else
	ByCard      bool   // … and it is open only because an office reviews her card
	DisputedBy  []Link // other confirmations of the same application
	Rows        []Compared
	Choices     Choices
	More        []Fact // the other fields of the sealed application
	Checks      []Check
	Line        []Step
	Signature   Signature
	ChipPhoto   string    // phrase that says why the chip's portrait is not to be seen
	Photo       *Photo    // nil: the record says nothing of one
	ForClerk    int       // differences that a clerk must look at
	Guardian    *Guardian // of a child who was entered at the point; nil: the record names none
	Envelope    []Fact
	Missing     []uint64 // sequences before this one that have not arrived
	Journal     uint64   // chain number of the receipt entry, 0 if not yet sealed
	Application string
	Version     uint32 // version of the application that was signed
	From        uint32 // version it started from
}

// Guardian is who consented for a child at the point, with the sheet that was
// signed.
type Guardian struct {
	Name, Phone string
	Relation    string // phrase
	Sheet       Photo
}

// Link is a word one can press.
type Link struct{ Path, Text string }

// Compared is one row of the three columns.
type Compared struct {
	Label               string
	Typed, Chip, Sealed []Span
	Differs             bool
	Decided             string // phrase: who settled it
	ForClerk            bool   // and a clerk must look
}

// Decision is what was decided at the box about a field.
type Decision struct {
	Key      string // phrase
	ForClerk bool
}

// Photo is what the box has taken, or why it has not.
type Photo struct {
	JPEG          []byte // nil: Why says why there is none
	Width, Height int    // pixels
	Why           string // phrase
	Tries         int    // pictures taken until this one
	Findings      []string
}

// Source is the picture in the page itself: it has no address of its own that
// could be kept, shared or asked for apart from the look that is journalled.
func (p Photo) Source() template.URL {
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(p.JPEG))
}

// Pictured reports whether the page holds a picture.
func (r Record) Pictured() bool {
	return r.Photo != nil && len(r.Photo.JPEG) > 0 || r.Guardian != nil && len(r.Guardian.Sheet.JPEG) > 0
}

// Span is a run of characters; Differs marks those that are not alike.
type Span struct {
	Text    string
	Differs bool
}

// Choice is one 志愿.
type Choice struct {
	Order                                       int
	Level, Category, School, Major, Form, Years string
}

// Choices are hers, in their order.
type Choices []Choice

// Colleges reports whether a college is among them: in the gaokao a choice is a level
// and a category.
func (all Choices) Colleges() bool {
	return slices.ContainsFunc(all, func(c Choice) bool { return strings.TrimSpace(c.School+c.Major) != "" })
}

// Fact is a label and what is known. Code is set for hashes and ids.
type Fact struct {
	Label string // text, already in the page's language
	Value string
	Code  bool
}

// Check is one thing that was examined, by the box or by the hub.
type Check struct {
	By    string // "box" or "hub"
	Name  string // phrase
	State State
	Note  string
}

// Step is one knot of a timeline on the sealing line.
type Step struct {
	Class string // "done", "now", "wait", "must", ""
	Key   string // phrase
	At    time.Time
	Note  string
}
