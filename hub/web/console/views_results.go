package console

import "time"

// Results is /gl/results: the tables that were brought.
type Results struct {
	Kinds    []Option
	Kind     string // as it was typed
	Rows     []ResultsRow
	MayBring bool
	Refuse   string // phrase: why not
	Error    string // phrase
}

// ResultsRow is one table.
type ResultsRow struct {
	ID                                  string
	Kind                                string // phrase
	State                               State
	Shown                               time.Time
	By                                  string
	Rows, Fresh, Changed, Same, Refused int
	Open                                time.Time // from when candidates see it; zero while nothing counts
}

// ResultsImport is /gl/results/{id}.
type ResultsImport struct {
	ResultsRow
	Hash      string
	Undecided int
	Stale     bool      // another was applied since
	Early     time.Time // when the examination is over, zero once it is: before, nothing counts
	Refusals  []RefusedRow
	More      int // rows that were refused and are not shown
	Changes   []ResultsChange
	Samples   []ResultsChange
	Scores    bool

	Applied, Ended                       time.Time
	AppliedBy, Second, EndedBy, EndedTwo string
	EndedWhy                             string

	Refuse              string // phrase: why she may not act
	ApplyStep, UndoStep string // "", ask, waiting, agreed; alone
	OpenAt, Said, Error string // as typed; phrase
}

// ResultsChange is what a row gives a candidate, beside what she has.
type ResultsChange struct {
	Sheet       string // "" where the table has none
	Row         int
	Application string
	Before      string // "" is nothing
	After       string
}

// Registers is /gl/registers: the schools that candidates were admitted to.
type Registers struct {
	Schools []RegisterSchool
	People  int
	Refuse  string // phrase
	Error   string // phrase
}

// RegisterSchool is one of them.
type RegisterSchool struct {
	Code, Name string
	People     int
	Marked     int // who has marks too
}
