package console

import "time"

// First is /gl/account/first: all that an account that is not ready can do.
type First struct {
	Login      string
	MustChange bool   // set a password of her own
	Aged       bool   // because the one she has is too old
	Enrol      bool   // enrol an authenticator
	Secret     string // in groups, to be typed
	Code       QR     // the same, to be photographed
	Complex    bool   // the rule of kinds of characters is in force
	Errors     FirstErrors
}

// FirstErrors are phrases, "" where nothing is wrong.
type FirstErrors struct{ Password, Again, Code string }

// Any reports whether anything is wrong.
func (e FirstErrors) Any() bool { return e != FirstErrors{} }

// Mine is /gl/account.
type Mine struct {
	Login, Display, Role, Office, Remit, Point string // Role is a phrase
	PasswordSet, PasswordEnds                  time.Time
	Soon                                       bool // the password ends within days
	DaysLeft                                   int
	Complex                                    bool
	Sessions                                   []Session
	May                                        []Right
	OwnCard                                    OwnCard
	Errors                                     MineErrors
}

// OwnCard is how somebody of a point signs in at its desk by her own card, and
// nothing of the card.
type OwnCard struct {
	OfPoint bool      // hers is a role that can have one
	Since   time.Time // it was bound, by its box; zero: there is none
	Box     string    // id; Unit is its number
	Unit    int
}

// Bound reports whether there is one.
func (c OwnCard) Bound() bool { return !c.Since.IsZero() }

// MineErrors are phrases, "" where nothing is wrong.
type MineErrors struct{ Old, New, Again, Password, Code, Card string }

// AtPassword and AtPhone tell which of the forms is to stand open.
func (e MineErrors) AtPassword() bool { return e.Old+e.New+e.Again != "" }

// AtPhone is AtPassword for the authenticator's form.
func (e MineErrors) AtPhone() bool { return e.Password+e.Code != "" }

// EndPath is where a session of the page is ended.
func (Mine) EndPath() string { return "/gl/account/end" }

// EndPath is where a session of the page is ended.
func (m StaffMember) EndPath() string { return "/gl/staff/" + m.ID + "/end" }

// Session is an open session.
type Session struct {
	ID, Source  string
	Began, Seen time.Time
	Here        bool
}

// Right is one thing a role may do; Path is "" where there is no page of it.
type Right struct{ Key, Path string }

// Staff is /gl/staff.
type Staff struct {
	Rows                []StaffRow
	Total               int
	Filter              StaffFilter
	Roles, States       []Option // Text is a phrase
	Divisions           []Option
	Pages               Pages
	Requests            []StaffRequest
	Hire                Hire
	Points              []Option // where a role of a point can be given
	Days                int      // how long a first password is good
	Picked              bool     // slips were asked for: the form shows what is missing
	SlipReason, SlipErr string
	Found               bool // by a term that was typed
}

// StaffFilter is what the list is cut to.
type StaffFilter struct{ Role, State, Under, Term string }

// Any reports whether the list is cut at all.
func (f StaffFilter) Any() bool { return f != StaffFilter{} }

// StaffRow is one account in a list.
type StaffRow struct {
	ID, Login, Display, Role, Office, Point string
	State                                   State
	Hers                                    bool // she answers for it
	Picked                                  bool
}

// StaffRequest is one who asks for an account.
type StaffRequest struct {
	ID, Login, Display, Phone, Purpose, Where, Point string
	Asked                                            time.Time
	Mine                                             bool // hers to settle
	Role                                             string
	Err                                              string
	Reason                                           string
}

// Hire is the form of a new account.
type Hire struct {
	Login, Display, Phone, Role, Place string // Place is an office and a point, "id" or "id/point"
	Err                                string
	Open                               bool
	Places                             []Option
	Roles                              []Option // Text is a phrase
}

// StaffMember is /gl/staff/{id}.
type StaffMember struct {
	StaffRow
	Remit, Phone       string
	Created, Password  time.Time
	Enrolled, Disabled bool
	Sessions           []Session
	Events             []Entry
	Move               bool
	Roles, Points      []Option
	RoleNow, PointNow  string
	Resets             string // phrase: why a reset is not offered, "" if it is
	ResetTwo           bool   // it takes a second person's word
	Giving             Giving
	OwnCard            OwnCard
	Days               int
	Errors             MemberErrors
}

// MemberErrors are phrases, "" where nothing is wrong.
type MemberErrors struct{ Disable, Move, Reset, Vouch, Card string }

// Apply is /gl/apply.
type Apply struct {
	Counties                             []OptionGroup
	County, CountyName                   string
	Points                               []Option
	Point, Login, Display, Phone, Reason string
	Errors                               ApplyErrors
	Sent, Slow                           bool
}

// ApplyErrors are phrases, "" where nothing is wrong.
type ApplyErrors struct{ County, Point, Login, Display, Phone, Reason string }

// Any reports whether anything is wrong.
func (e ApplyErrors) Any() bool { return e != ApplyErrors{} }

// OptionGroup is a group of choices under a heading.
type OptionGroup struct {
	Text    string
	Options []Option
}
