package teller

import (
	"errors"
	"sync"
	"time"

	"zhunkao/hub/payment/channel"
)

// line is whether a channel answers this hub. While it does not, one request at a time
// finds out whether it does again, after pauses that grow to a minute; all others are
// told at once, so that a page waits for nobody and no thousand of questions meets a
// channel that has just come back.
type line struct {
	mu    sync.Mutex // guards the rest
	fails int        // in a row
	since time.Time  // of the first of them, civil
	rest  time.Time  // nobody asks before
	tries bool       // somebody is finding out
}

// downAfter is how many failures in a row are a channel that is away.
const (
	downAfter = 3
	leastRest = 2 * time.Second
	mostRest  = time.Minute
)

// may reports whether to ask now; each yes is followed by heard.
func (l *line) may(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails < downAfter {
		return true
	}
	if l.tries || now.Before(l.rest) {
		return false
	}
	l.tries = true
	return true
}

// heard notes how a request ended. A channel that forges answers is as much away as
// one that gives none.
func (l *line) heard(err error, now, civil time.Time) (away bool) {
	away = errors.Is(err, channel.ErrAway) || errors.Is(err, channel.ErrForged)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries = false
	if !away {
		l.fails, l.since = 0, time.Time{}
		return false
	}
	if l.fails == 0 {
		l.since = civil
	}
	l.fails++
	if l.fails >= downAfter {
		l.rest = now.Add(min(leastRest<<min(l.fails-downAfter, 5), mostRest))
	}
	return true
}

// down is since when it gives no answer, zero when it does.
func (l *line) down() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails < downAfter {
		return time.Time{}
	}
	return l.since
}

// gone notes that nobody waited for the answer.
func (l *line) gone() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries = false
}

// rested reports whether it is time to find out whether it answers again.
func (l *line) rested(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.tries && !now.Before(l.rest)
}
