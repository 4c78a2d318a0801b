package pages

import "time"

// Messages is what she was told.
type Messages struct {
	List   []Message
	Unread int
	Many   bool   // more than are counted
	First  bool   // the newest stand on this page
	Newest string // id of the first one shown
	Older  string // id from which the next page goes on; "" on the last
}

// Message is one of them, in words.
type Message struct {
	Title, Text string
	More        []string // what exactly, each a line
	At          time.Time
	Class       string // "must", "wait", "done", ""
	New         bool
	Path, Lead  string // where she sees more; Lead is a phrase
}

// Texts are the text messages of a demonstration.
type Texts struct{ List []SentText }

// SentText is one of them.
type SentText struct {
	To, Words string
	At        time.Time // real time
	State     string    // phrase
}
