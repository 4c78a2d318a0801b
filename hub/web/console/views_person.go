package console

import "time"

// PersonData is what can be done for one person with what is kept about her.
type PersonData struct {
	ID, Application         string
	State                   State
	Version                 uint32
	Copy, Correct, Erase    string // phrases: why she may not, "" if she may
	CopySecond, EraseSecond string // "ask", "waiting", "agreed" where the table asks two
	Fields                  []Option
	Requests                []PersonRequest

	// What was typed, and what was wrong with it: At names the form.
	At, Error, Note      string
	Reason, Field, Value string
	Request, Answer      string
}

// PersonRequests is what persons ask for and nobody has answered.
type PersonRequests struct{ Rows []PersonRequest }

// PersonRequest is one of them. Kind is a phrase.
type PersonRequest struct {
	ID, Kind           string
	State              State
	Open               bool
	At                 time.Time
	Candidate, Name    string // id of the application, and how it ends
	Field, Wanted, Why string
	Answer             string
}
