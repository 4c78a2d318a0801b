package stick

import (
	"errors"
	"sync"
	"time"

	"zhunkao/appliance/store"
)

// lag is what is durable here and not on the stick, and since when. Whoever asks
// waits for no stick: not for its lock either, which is never held over a write.
type lag struct {
	mu       sync.Mutex // guards what follows
	missing  map[store.Place]missed
	unseen   []time.Time // when the records were sealed for which the store was not looked through yet
	reckoned bool        // the store was looked through since the stick came
}

// missed is one record that is not on the stick.
type missed struct {
	since time.Time // it was sealed, or the stick came
	bytes int64     // 0: it cannot be read
	fresh bool      // sealed since the stick came
}

// sealed notes a new record that is durable now.
func (l *lag) sealed(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unseen = append(l.unseen, now)
}

// came forgets what was on the stick before: everything waits for this one, from
// now on.
func (l *lag) came() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.missing, l.reckoned = nil, false
}

// new reports whether records were sealed that reckon has not seen.
func (l *lag) new() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.unseen) > 0
}

// written notes that a record is durable on the stick.
func (l *lag) written(p store.Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.missing, p)
}

// reckon holds the store against what is on the stick. It gives what is lacking
// in the order in which it is written: what was sealed since the stick came goes
// before what lay here already, so that a long list of old records keeps no new
// one waiting; fresh is how many are of the former. Errors: those of the store.
func (l *lag) reckon(from *store.Store, on map[store.Place]bool, now time.Time) (todo []store.Place, fresh int, err error) {
	l.mu.Lock()
	seen := len(l.unseen) // they count as missing until they are found below
	if seen > 0 {
		now = l.unseen[0]
	}
	before, later := l.missing, l.reckoned
	l.mu.Unlock()

	places, err := from.Places()
	if err != nil {
		return nil, 0, err
	}
	is := make(map[store.Place]missed, len(before))
	var old []store.Place
	for _, p := range places {
		if on[p] {
			continue
		}
		m, known := before[p] // this goroutine alone adds to it
		if !known {
			m = missed{since: now, fresh: later}
			if m.bytes, err = from.SizeAt(p); errors.Is(err, store.ErrBroken) {
				return nil, 0, err
			}
		}
		is[p] = m
		if m.fresh {
			todo = append(todo, p)
		} else {
			old = append(old, p)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.missing, l.reckoned, l.unseen = is, true, l.unseen[seen:]
	return append(todo, old...), len(todo), nil
}

// figure is how far the stick lies behind at a moment.
func (l *lag) figure(now time.Time) (records int, bytes int64, behind time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var oldest time.Time
	if len(l.unseen) > 0 {
		oldest = l.unseen[0]
	}
	for _, m := range l.missing {
		bytes += m.bytes
		if oldest.IsZero() || m.since.Before(oldest) {
			oldest = m.since
		}
	}
	if !oldest.IsZero() {
		behind = max(0, now.Sub(oldest))
	}
	return len(l.missing) + len(l.unseen), bytes, behind
}
