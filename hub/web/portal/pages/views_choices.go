package pages

import "time"

// Choices is /ks/choices: the choices as they stand, and what can be done with
// them.
type Choices struct {
	Steps        Steps
	Revision     uint32
	Fixed        bool // confirmed: nothing can be changed any more
	CategoryOnly bool // a choice is a level and a category: colleges come after the examination
	Cards        []ChoiceCard
	Add          int    // order of the choice that may be made next, 0 for none
	Max          int    // how many choices there may be
	Level        string // of the first choice, in words
	Rules        []ChoiceRule
	Papers       []ChoicePaper
	Fee          int64    // fen, 0 = not known
	Notes        []string // what the campaign says about choices
	Back, Next   string
	Conflict     bool // somebody, she herself in another window, has saved meanwhile
}

// ChoiceCard is one choice.
type ChoiceCard struct {
	Order                                              int
	Level, Category, School, Major, Class, Form, Years string
	Fault                                              string // why it may not stand like this, "" if it may
	Up, Down                                           bool   // there is a place to move it to
	Bar                                                string // why it may not be moved up, "" if it may
}

// ChoiceRule is one line of how choices go together. Kind is "must", "may" or
// "info".
type ChoiceRule struct{ Kind, Text string }

// ChoicePaper is one examination paper of the first choice.
type ChoicePaper struct {
	Day       time.Time
	From, To  string // HH:MM
	Name      string
	Afternoon bool
}

// Choose is /ks/choices/{order}: level, then category, then programme.
type Choose struct {
	Steps        Steps
	Order        int
	Revision     uint32
	CategoryOnly bool
	Level        string // code that is looked at, "" for none yet
	Category     string
	Query        string // school or major, in words or codes
	Form         string // form of study
	Levels       []ChooseOption
	Categories   []ChooseOption
	Forms        []ChooseOption
	Results      []ChooseOption
	Found        int // programmes that fit what is looked for
	Allowed      int // of these, may be chosen
	From, Upto   int // of Found, shown here
	Prev, More   string
	Faults       []Fault
	Conflict     *ChoiceCard // what stands now, when she chose from an older page
}

// ChooseOption is one thing that may be chosen, or why not.
type ChooseOption struct {
	Value, Name, Note string
	Why               string // not open: the reason, "" if it is open
	On                bool
}
