package intake

import (
	"sync"
	"time"
)

const (
	// wordsWaiting is how many hellos and heartbeats of one box may wait: it says
	// one in seconds.
	wordsWaiting = 8
	// A box of which badWaiting messages wait and which has said badOften things
	// within badSpan that were no use to anybody gets no patience: what it says
	// is dropped at once when the lane is full. An honest one has its window of
	// records under way, and repeats itself seldom.
	badWaiting = 64
	badOften   = 50
	badSpan    = time.Minute
)

// gate counts what waits for a lane, by box, so that one box that floods it
// holds up itself and not the others.
type gate struct {
	mu    sync.Mutex // guards boxes
	boxes map[string]*waiting
}

type waiting struct {
	all, words int
	bad        int
	since      time.Time // of bad
}

func newGate() *gate { return &gate{boxes: map[string]*waiting{}} }

// enter counts a message in, if there is room for it.
func (g *gate) enter(box string, word bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.boxes[box]
	if w == nil {
		w = &waiting{}
		g.boxes[box] = w
	}
	if word && w.words >= wordsWaiting {
		return false
	}
	w.all++
	if word {
		w.words++
	}
	return true
}

// leave counts a message out.
func (g *gate) leave(box string, word bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.boxes[box]
	w.all--
	if word {
		w.words--
	}
	if w.all == 0 && time.Since(w.since) > badSpan {
		delete(g.boxes, box)
	}
}

// bad notes that a box said something useless.
func (g *gate) bad(box string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.boxes[box]
	if w == nil {
		w = &waiting{}
		g.boxes[box] = w
	}
	if time.Since(w.since) > badSpan {
		w.bad, w.since = 0, time.Now()
	}
	w.bad++
}

// floods reports whether a box fills its lane with what is no use.
func (g *gate) floods(box string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.boxes[box]
	return w != nil && w.all >= badWaiting && w.bad >= badOften && time.Since(w.since) <= badSpan
}

// budget bounds how often something may be done within a span of time.
type budget struct {
	most  int
	span  time.Duration
	since time.Time
	used  int
}

// spend reports whether it may be done now, and whether this is the first time
// that it may not.
func (b *budget) spend(now time.Time) (may, first bool) {
	if now.Sub(b.since) >= b.span {
		b.since, b.used = now, 0
	}
	b.used++
	return b.used <= b.most, b.used == b.most+1
}
