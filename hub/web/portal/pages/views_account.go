package pages

import "time"

// Entry is a page with one short form: signing up, signing in, a code, a
// password. What was typed stands in it again, but never a password.
type Entry struct {
	Title  string // phrase; Title + ".lead", if there is one, stands below it
	Who    string // put into the lead, such as a masked number
	Action string
	Next   string // where to go afterwards, "" for the usual
	Faults []Fault
	Inputs []Input
	Tick   bool   // asks whether others use this computer
	Ticked bool   // and what she said
	Go     string // phrase of the button
	Ways   []Way  // other ways from here
	Asides []Aside
	Shown  []Account // sign-ins of the demonstration
	Kept   []Kept    // a form that is sent again with this one
}

// Own is the first shown sign-in with a password that is not a card's: the others
// have the same.
func (e Entry) Own() *Account {
	for i, a := range e.Shown {
		if !a.Card {
			return &e.Shown[i]
		}
	}
	return nil
}

// Input is one field of such a form. Label + ".hint" is its hint, if there is
// such a phrase.
type Input struct {
	Name  string // and id
	Label string // phrase
	Kind  string // "text", "name", "tel", "code", "password", "new-password"
	Auto  string // autocomplete, where Kind does not say it
	Value string
	Max   int
	Error string // in words
	Way   *Way   // a link below it
}

// Type is that of the control.
func (i Input) Type() string {
	switch i.Kind {
	case "password", "new-password":
		return "password"
	case "tel":
		return "tel"
	}
	return "text"
}

// Complete is what a browser may fill in.
func (i Input) Complete() string {
	switch {
	case i.Auto != "":
		return i.Auto
	case i.Kind == "password":
		return "current-password"
	case i.Kind == "code":
		return "one-time-code"
	case i.Kind == "text" || i.Kind == "tel":
		return "off"
	case i.Kind == "name":
		return "username"
	}
	return i.Kind
}

// Mode is the keyboard of a telephone.
func (i Input) Mode() string {
	switch i.Kind {
	case "code":
		return "numeric"
	case "tel":
		return "tel"
	}
	return ""
}

// Way is a link beside the form.
type Way struct{ Path, Phrase string }

// Aside is a card or a notice beside the form: Title and Title + ".text" are
// phrases.
type Aside struct {
	Class string // "wait" is a notice, "" a card
	Icon  string
	Title string
}

// Kept is a field of another form.
type Kept struct{ Name, Value string }

// Mine is /ks/account.
type Mine struct {
	Login      string
	Phone      string // masked; "" none
	PasswordAt time.Time
	Card       bool // signs in with a sign-in card
	Second     bool // the campaign asks for a second password
	SecondSet  bool
	Others     int // open sessions elsewhere
	Shared     bool
	Fresh      bool // the account has just been made
}
