package pages

import "time"

// Frame is what stands around every page.
type Frame struct {
	Lang     Lang
	Look     Look
	Page     string // template of the page, for the menu
	Campaign string // "" before the first
	Office   string // who holds it
	Phone    string // help by telephone, with its hours; "" if the campaign names none
	Now      time.Time
	SignedIn bool
	Ends     time.Time // when the session ends unless something is done, real time
	Shared   bool      // she said that others use this computer
	Left     int       // seconds until then, 0 if she is not signed in
	Unread   int       // messages
	Token    string    // form token of this session
	Self     string    // path of this page, where the switches return to
	Demo     *Demo     // nil unless the database was made by the demo
	Notice   *Notice   // what an act has just done, or why it did not
	Plain    bool      // no menu: she must settle something first
}

// Look is what she asked of the looks of pages.
type Look struct {
	Large    bool // letters a fifth larger
	Contrast bool // stronger
}

// Demo is the bar of a demo database.
type Demo struct {
	Clock bool // the clock can be moved
}

// Notice is what stands above a page after an act. Class is "done", "wait" or
// "must"; Key is a phrase, Key + ".text" says more if there is such a phrase.
type Notice struct {
	Class, Key string
	Note       string // said beside it, in words
}

// Account is a sign-in that the demonstration shows.
type Account struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Who      string `json:"who"`
	Card     bool   `json:"card,omitempty"` // Login and Password stand on a sign-in card
}

// Problem is the page of a refusal or a fault.
type Problem struct {
	Status      int
	Title, Text string // phrases
	Reference   string // number of the line in the log, "" for none
}

// Fault is one thing to mend in a form: the id of its control and what to do.
type Fault struct {
	Field string // id of the control
	Text  string
}
