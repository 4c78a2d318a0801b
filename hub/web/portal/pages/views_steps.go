package pages

// Steps is the strip above every page of filling in: which steps there are, and
// where she is. It is drawn by the part "steps".
type Steps struct {
	Number, Of int // from 1
	List       []StepMark
}

// StepMark is one of them.
type StepMark struct {
	Name  string
	Path  string // where it is done; "" cannot be opened from here
	State string // "done", "now" or "ahead"
	Mark  string // phrase said behind the name, "" for none
}
