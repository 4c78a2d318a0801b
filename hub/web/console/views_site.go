package console

import "time"

// Sites is /gl/sites.
type Sites struct {
	Declare string // where a new one is declared, "" for whoever may not
	Window  Word   // whether that is open now
	Total   int
	Found   int
	Rooms   int // of those that are set and shown
	Seats   int
	Filter  SiteFilter
	Places  []Option
	Rows    []SiteRow
	Pages   Pages
}

// SiteFilter is what the list is cut to.
type SiteFilter struct{ Place, State string }

// Any reports whether the list is cut at all.
func (f SiteFilter) Any() bool { return f != SiteFilter{} }

// SiteRow is one site.
type SiteRow struct {
	ID, Code, Name, Place, Area, AreaName string
	Address, Contact, Phone               string
	Rooms, Seats                          int
	State                                 State
	Change, Close                         string // where such a case is begun
}

// Cities is /gl/catchments for the province: how far each city is.
type Cities struct {
	Rows    []CityDrawing
	Sum     CityDrawing
	Waiting int // whose drawing is on its way
}

// CityDrawing is how far a city is.
type CityDrawing struct {
	Code, Name, Path                         string
	State                                    Word
	Areas, Candidates, Needed, Rooms, Groups int // Groups are what no row names
	Over                                     int // areas
}

// Drawing is the table and the map of a city's areas and catchments.
type Drawing struct {
	City, Name string
	Path       string // of the form; "" when nobody writes here
	Back       string
	State      Word
	Window     Word
	Case       Link // that waits or was returned
	Returned   string
	Version    int
	Map        *Map
	Areas      []DrawnArea
	Hosts      []Option // counties
	Counties   []DrawnCounty
	Sites      []DrawnSite
	Whats      []Option // levels and categories
	Languages  []Option
	AreaNames  []Option
	Unmapped   []Word // what no row names
	Dropped    []Word // areas that it lacks, and who was moved to them by hand
	Over       []Word
	Faults     []Word
	Moves      []DrawnMove
	Moved      int    // how many there are in all
	Propose    string // where moves are proposed, "" for whoever may not now
	Note       string
	NoteError  string
	MaySubmit  bool
}

// Clean reports whether nothing is wrong with a drawing.
func (d Drawing) Clean() bool { return len(d.Unmapped)+len(d.Over)+len(d.Faults) == 0 }

// DrawnArea is one area of a drawing.
type DrawnArea struct {
	Code, Name, Host               string
	Tint                           int
	Counties                       string
	Candidates, Needed             int
	Sites, Rooms, Seats            int
	Over, Droppable, Empty, Faulty bool
}

// Short is how many rooms an area lacks, 0 where it lacks seats alone.
func (a DrawnArea) Short() int { return max(0, a.Needed-a.Rooms) }

// DrawnCounty is a county with its rows.
type DrawnCounty struct {
	Code, Name string
	Candidates int
	Rows       []DrawnRow
	Levels     []Word // how many are registered by level
}

// DrawnRow is one row: which of a county's candidates sit where.
type DrawnRow struct {
	N              int
	What, Language string
	Area           string
	WhatText       string
	LanguageText   string
	AreaText       string
	Faulty         bool
}

// DrawnSite is a site and the area it lies in; Area "" is that of its county.
type DrawnSite struct {
	ID, Code, Name, Place, Area, AreaText string
	Rooms                                 int
}

// DrawnMove is one candidate who was moved by hand. Path leads to her page, "" when the
// table is of her alone; Name is "" for who was erased.
type DrawnMove struct {
	Application, Name, Path, From, To, Reason, By string
	At                                            time.Time
}

// AreaMove is the page that says in which area one candidate sits, and why.
type AreaMove struct {
	ID, Name, Number string // Number masked
	Place            string
	Now, Drawn       string // names of areas
	Dropped          string // the area that she was moved to and that a later drawing dropped; "" is none
	Back             bool   // she was moved and can be put back
	Propose          string // where a move is proposed, "" for whoever may not
	Refused          string // phrase: why she may not be moved now
	Open             Link   // the case under way that she is in
	Moves            []DrawnMove
}

// Moves is the form by which a city proposes that candidates sit in another area.
type Moves struct {
	City       string
	Window     Word
	Areas      []Option
	Chosen     string // "", "back" or an area
	Rows       []MoveRow
	Typed      string // who is to be looked up; what was not found stays
	TypedError string // phrase
	AreaError  string // phrase
	Reason     string
	ReasonHint string
	ReasonMax  int

	ReasonError string // phrase
	Effects     []MoveEffect
	Unpaid      int      // of the list who are not valid registrations yet
	Tiers       []string // who will judge
	Case        string   // id of the case that is mended, "" for a new one
	Version     int
	Returned    string // why it was returned
	Refused     string // phrase: why nobody may be moved now
}

// MoveRow is one candidate of a list. Name is "" for who is not among the candidates.
type MoveRow struct {
	ID, Path, Name, Number, Place, What, From, To string
	Fault                                         string // phrase: why the candidate cannot be moved so
	Now                                           string // area, when it is not From any more
	Open                                          string // path of another case that the candidate is in
}

// MoveEffect is what a list makes of one area: its valid registrations and the rooms they
// need, before and after.
type MoveEffect struct {
	Code, Name                         string
	Before, After                      int
	NeededBefore, Needed, Rooms, Seats int
	Over                               bool // it is too full afterwards
}

// CaseMoves is the list of candidates that a case is about.
type CaseMoves struct {
	Count   int // as it was sent
	Gone    int // whose data were erased since
	Stale   bool
	Rows    []MoveRow
	Effects []MoveEffect
	Unpaid  int
}
