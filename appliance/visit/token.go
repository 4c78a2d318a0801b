package visit

import (
	"time"

	"zhunkao/protocol/window"
)

// Token is a queue token (排队号) whose holder was called to this box. It names
// nobody. The zero Token is none.
type Token struct {
	Label     string // as it is shown and called: 2-012
	Key       string // by which the loop knows it
	Statement string // the signed protocol.Token, as bytes
	Drawn     window.Interval
}

// Called says whose turn it is at this box; the zero Token: nobody is called.
// Whoever puts her card down next has the token: the box cannot know who holds
// the paper, the clerk who called can see it.
type Called struct{ Token Token }

// QueueOffered says whether numbers are drawn at the idle screen.
type QueueOffered struct{ On bool }

// DrawToken asks for the next number; answered by Drawn.
type DrawToken struct{ Visit uint64 }

// Drawn answers DrawToken. The token is durable.
type Drawn struct {
	Visit  uint64
	Label  string // "" if none could be drawn
	Over   bool   // … because nothing is open here any more today
	Soon   bool   // … because one was drawn here a moment ago
	Often  bool   // … because many were drawn here within an hour
	Ahead  int    // how many wait before her
	Wait   Wait
	Prints bool // the slip is on its way to the printer
}

// Wait is how long somebody will probably wait. Not Known: nothing is known.
type Wait struct {
	Known    bool
	From, To time.Duration
}

func (Called) event()       {}
func (QueueOffered) event() {}
func (Drawn) event()        {}
func (DrawToken) effect()   {}

// called takes down whose turn it is and whether numbers are drawn here.
func (t *turn) called(e Event) {
	switch e := e.(type) {
	case Called:
		t.Machine.Called = e.Token
	case QueueOffered:
		t.Machine.Queue = e.On
	}
}

// useToken: the token was used up with the record.
func (t *turn) useToken() {
	if t.Token.Key == t.Machine.Called.Key {
		t.Machine.Called = Token{}
	}
}

// draw asks for a number, where the desk has switched that on.
func (t *turn) draw() {
	if t.Machine.Queue {
		t.do(DrawToken{Visit: t.Visit})
	}
}

// drawn shows it, or that there is none.
func (t *turn) drawn(e Drawn) {
	if e.Visit != t.Visit {
		return
	}
	t.explain(ExplainToken)
	if e.Label == "" {
		t.Explain = ExplainNoToken
	}
	t.Drawn = e
}
