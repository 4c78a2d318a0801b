package guard

import (
	"context"
	"sync"
	"time"
)

// class is a kind of request by who goes first.
type class int

const (
	reads   class = iota // of people who are signed in
	writes               // of people who are signed in
	uploads              // forms with files, of people who are signed in
	guests               // everybody else
	classes
)

// hands are the requests that are answered at a time. Whoever finds none free
// may wait a moment for one; a hand that becomes free goes to the first class
// in which somebody waits and that may have one more, and there to who has
// waited longest.
type hands struct {
	total int
	most  [classes]int

	mu      sync.Mutex // guards the rest
	busy    int
	each    [classes]int
	waiting [classes][]chan struct{} // closed when a hand is given
}

func newHands(l Limits) *hands {
	return &hands{total: l.Hands, most: [classes]int{l.Hands, l.Writes, l.Uploads, l.Guests}}
}

// take gets a hand, if there is one before patience or ctx ends. No more than
// queue may wait in a class; who comes then is told at once.
func (h *hands) take(ctx context.Context, c class, queue int, patience time.Duration) bool {
	h.mu.Lock()
	if len(h.waiting[c]) == 0 && h.free(c) {
		h.give(c)
		h.mu.Unlock()
		return true
	}
	if len(h.waiting[c]) >= queue || patience <= 0 {
		h.mu.Unlock()
		return false
	}
	mine := make(chan struct{})
	h.waiting[c] = append(h.waiting[c], mine)
	h.mu.Unlock()
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-mine:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return h.withdraw(c, mine)
}

// withdraw ends a wait; it reports whether a hand was given in the last moment.
func (h *hands) withdraw(c class, mine chan struct{}) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, w := range h.waiting[c] {
		if w == mine {
			h.waiting[c] = append(h.waiting[c][:i], h.waiting[c][i+1:]...)
			return false
		}
	}
	return true
}

// back gives a hand back.
func (h *hands) back(c class) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.busy--
	h.each[c]--
	for c := range classes {
		for len(h.waiting[c]) > 0 && h.free(c) {
			h.give(c)
			close(h.waiting[c][0])
			h.waiting[c] = h.waiting[c][1:]
		}
	}
}

// free reports whether a class may have one more. The lock is held.
func (h *hands) free(c class) bool { return h.busy < h.total && h.each[c] < h.most[c] }

// give counts one more. The lock is held.
func (h *hands) give(c class) { h.busy++; h.each[c]++ }

// idle reports whether a guest would get a hand at once.
func (h *hands) idle() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.waiting[guests]) == 0 && h.free(guests)
}

// now tells how many are busy for the signed-in and for the rest.
func (h *hands) now() (signedIn, rest int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.busy - h.each[guests], h.each[guests]
}
