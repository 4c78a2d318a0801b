package console

import "time"

// Sticks is /gl/sticks: where a stick is read in, and what came of those before;
// after one was read, what became of each record.
type Sticks struct {
	Most   uint64 // bytes that one file may have
	Rows   []StickBrought
	Pages  Pages
	Error  string // phrase: why nothing was read
	Result *StickResult
}

// StickBrought is one file that was read in before.
type StickBrought struct {
	At      time.Time
	By      string
	Path    string // of the journal's entry, "" for who does not read it
	Box     string // "" for none of this hub
	Point   string
	Unit    int
	File    string // its number on the stick
	Counted []StickWord
}

// StickResult is what came of one form: of all its files together.
type StickResult struct {
	Files   int // that were journals of a box
	Words   []StickWord
	Boxes   []StickBox
	Notes   []StickNote
	Trouble bool // not everything is here now

	Elsewhere bool // one of Boxes stands for what lies outside her remit
}

// StickWord is how many records came to a word.
type StickWord struct {
	Key string // phrase
	N   int
}

// StickBox is what a stick held of one box, or of all that are not shown apart.
type StickBox struct {
	Key   string // phrase of several boxes: elsewhere, nobody's; "" is one box
	Box   string
	Point string
	Unit  int
	Words []StickWord // every word, in the order of the columns
	Odd   []StickOdd
	More  int // odd ones that are not listed
}

// StickOdd is a record that was not simply taken or here already.
type StickOdd struct {
	Epoch    uint32
	Sequence uint64
	Word     State
	Why, Do  string // phrases; Why may be ""
}

// StickNote is what is to be said of one file.
type StickNote struct {
	Number int    // in the order of the form, from 1
	Key    string // phrase, with Key.do; takes Number, and N if that is not 0
	N      int
}
