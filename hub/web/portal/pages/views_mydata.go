package pages

import "time"

// MyData is what is kept about her, and what she may ask of it.
type MyData struct {
	Items     []MyItem
	Exists    bool // she has submitted an application
	Confirmed bool // and it is confirmed: an office corrects and erases
	Fields    []MyField
	Requests  []MyRequest
	MaxText   int

	// What she typed, and what was wrong with it.
	Field, Wanted, Why, EraseWhy string
	EraseAccount                 bool
	Faults                       []Fault
	Wrong, WrongText             string // id of the control
}

// MyItem is one kind of thing that is kept.
type MyItem struct{ What, Why, Kept, Who string }

// MyField is one field that can be corrected.
type MyField struct {
	Key, Name string
	Chosen    bool
}

// MyRequest is one thing she asked for. Kind and State are phrases.
type MyRequest struct {
	Kind, State, Class string
	At, Answered       time.Time
	Field, Wanted, Why string
	Answer             string
}
