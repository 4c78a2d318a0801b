package console

import "time"

// Seconds is /gl/seconds: the acts that two persons do together.
type Seconds struct{ Rows []Second }

// Second is one of them.
type Second struct {
	ID         string
	Act        string // as the campaign's table names it
	What, Path string // what it is done to, and where that is shown, "" if nowhere
	Terms      string // phrase: how, "" if that goes without saying
	Days       string // to which it applies, of a first password
	Place      string
	By, Other  string // who asked; who agreed or refused
	At, Ends   time.Time
	Reason     string
	Said       string // why it was refused
	State      State
	Mine       bool
	Open       bool // it still can be agreed to, or done

	MayAgree, MayRefuse bool
	Do                  string   // path of the form that does it, "" when it is not hers to do now
	Fields              []Option // of that form: name and value
}

// Giving is how an account came to its owner, on her page.
type Giving struct {
	By        string // who made what opens it; "" at the machine
	Unknown   bool   // nobody noted it
	At        time.Time
	VouchedBy string // "" is nobody since
	VouchedAt time.Time
	Alone     bool // nobody else counts as a holder
	May       bool // she may vouch for it
	Reason    string
	Error     string // phrase
}
