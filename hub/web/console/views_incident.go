package console

import "time"

// Incidents is /gl/incidents: the board, or the closed.
type Incidents struct {
	Columns []IncidentColumn
	Open    int
	Mine    int // of these, waiting for her office
	Late    int
	Closed  []Incident
	Pages   Pages
	Past    bool // the closed are asked for
	All     int  // closed in all
}

// IncidentColumn is one state of the board.
type IncidentColumn struct {
	State State
	Rows  []Incident
}

// Incident is one 异常情况, on the board and on its page.
type Incident struct {
	ID       string
	Number   int64
	Kind     string // phrase
	Severity State
	State    State
	Place    string
	Point    string // name, "" = the whole division
	City     string // above the place, "" if the place is one
	Started  time.Time
	Reported time.Time
	Changed  time.Time
	People   int
	What     string
	Holder   string // who has it, or for whom it waits
	Waits    bool   // nobody has said that she has it
	Mine     bool   // and it waits for the office of whoever looks
	Late     bool
	Deadline time.Time
	Done     string
	Need     string
	Reporter string
	From     string // office
	Contact  OfficeContact
	Chain    []Knowing
	Line     []IncidentStep
	Advice   string // phrase: what the plan foresees
	Acts     IncidentActs
	Form     MoveForm // what was typed, after a refusal
	Once     string
}

// OfficeContact is whom to ring up.
type OfficeContact struct{ Name, Head, HeadPhone, Admin, AdminPhone string }

// Knowing is one office on the way up and what it has said.
type Knowing struct {
	Name  string
	Class string // of the knot: done, now, wait or ""
	Word  string // phrase
}

// IncidentStep is one knot of its line.
type IncidentStep struct {
	Class string
	Act   string // phrase
	At    time.Time
	Who   string
	To    string
	Text  string
	Link  Link // what a measure is about
}

// IncidentActs are the moves this person can make now.
type IncidentActs struct {
	Acknowledge, Know, Note, Measure, Close bool
	Steps                                   []WordStep // moves that take some words and no more
	Down                                    []Option   // to whom it can be handed
	Measures, Boxes, Versions               []Option
	Words, Persons                          int // of closing
}

// WordStep is a move that takes some words: phrases incident.{act}, .open, .note
// and .why.
type WordStep struct{ Act, Name string }

// Any reports whether there is anything she can do.
func (a IncidentActs) Any() bool {
	return a.Acknowledge || a.Know || a.Note || a.Measure || a.Close || len(a.Steps)+len(a.Down) > 0
}

// MoveForm is what was typed in a form that was refused.
type MoveForm struct {
	Act, Text, To, Measure, Box, Version string
	Error                                string // phrase
}

// IncidentForm is /gl/incidents/new.
type IncidentForm struct {
	ID         string // of the report, given with the form
	Kinds      []KindOption
	Severities []KindOption
	Places     []PlaceGroup
	Place      string
	Date, Time string // since when, at UTC+8
	People     string
	What       string
	Done       string
	Need       string
	Errors     map[string]string // phrase by field
	Severity   string
	Kind       string
}

// KindOption is a choice with what it means.
type KindOption struct {
	Value   string
	Text    string // phrase
	Note    string // phrase
	Minutes int
}

// PlaceGroup is places under one heading.
type PlaceGroup struct {
	Name   string
	Places []Option
}

// Wrong gives the phrase of what is wrong with a field, "" if nothing is.
func (f IncidentForm) Wrong(field string) string { return f.Errors[field] }
