package console

import "time"

// Access is the page of the tokens by which other systems call.
type Access struct {
	Rows      []AccessToken
	Secret    string // the token, shown this once, of the system Of
	Of        string
	Asked     AccessAsked // what was typed
	Divisions []AccessOption
	Scopes    []AccessOption
}

// AccessToken is one token in the list; it is never itself.
type AccessToken struct {
	ID, Name, Division, Reason  string
	Scopes                      []string // phrase keys
	State                       State
	AskedBy, IssuedBy           string
	Asked, Used, Expires, Ended time.Time
	Open, Mine, Waits           bool // not taken back; asked for by who looks; waits for a second person
}

// AccessAsked is the form for a new token, with what is wrong with it.
type AccessAsked struct {
	Name, Division, Days, Reason string
	Scopes                       []string
	Errors                       AccessErrors
}

// AccessErrors are phrase keys, "" where there is nothing wrong.
type AccessErrors struct{ Name, Division, Days, Reason, Scopes string }

// API is the page that describes what other systems may call.
type API struct {
	Operations []APIOperation
	Problems   []APIProblem
}

// APIOperation is one thing to call.
type APIOperation struct {
	ID, Path, Scope    string // ID is the key of its words: "api.op." + ID
	Parameters, Fields []APIField
}

// APIField is one parameter or one field of an answer.
type APIField struct {
	Name, Type, Note string
	Required         bool
}

// APIProblem is one way to be refused.
type APIProblem struct {
	Word   string
	Status int
}

// AccessOption is one choice of the form; Text is a name, or a phrase key.
type AccessOption struct {
	Value, Text string
	On          bool
}
