package spool

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Job is who wants the printer: nothing of any person.
type Job struct {
	Visit bool   // a visit's sheet, which goes first
	Print uint64 // of a paper of the desk: its number there
}

// Entry is a job as it stands.
type Entry struct {
	Job
	Since time.Time // real: since when it waits, or prints
	Holds bool      // it has the printer
}

// Spool is one printer's queue. The zero Spool is ready; it is safe for
// concurrent use.
type Spool struct {
	// Changed is told that somebody came, got the printer or left; nil: nobody is.
	// It must not wait.
	Changed func()

	mu      sync.Mutex // guards what follows
	holder  *waiter
	waiting []*waiter // visits first, each in the order in which they came
}

type waiter struct {
	Job
	since time.Time
	turn  chan struct{} // closed when it has the printer
}

// Take waits for the printer and gives it to the caller alone until give is
// called, which must be when nothing of the job can come out any more. give may be
// called again and does nothing then. Error: ctx's, and then nothing is held.
func (s *Spool) Take(ctx context.Context, j Job) (give func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &waiter{Job: j, since: time.Now(), turn: make(chan struct{})}
	s.mu.Lock()
	at := len(s.waiting)
	if j.Visit {
		if at = slices.IndexFunc(s.waiting, func(o *waiter) bool { return !o.Visit }); at < 0 {
			at = len(s.waiting)
		}
	}
	s.waiting = slices.Insert(s.waiting, at, w)
	s.next()
	s.mu.Unlock()
	s.tell()
	var once sync.Once
	give = func() { once.Do(func() { s.leave(w) }) }
	select {
	case <-w.turn:
		return give, nil
	case <-ctx.Done():
		give()
		return nil, ctx.Err()
	}
}

// next gives a free printer to whoever is first. The lock is held.
func (s *Spool) next() {
	if s.holder != nil || len(s.waiting) == 0 {
		return
	}
	s.holder, s.waiting = s.waiting[0], s.waiting[1:]
	s.holder.since = time.Now()
	close(s.holder.turn)
}

// leave takes w out, whether it waits or holds.
func (s *Spool) leave(w *waiter) {
	s.mu.Lock()
	if s.holder == w {
		s.holder = nil
	} else if i := slices.Index(s.waiting, w); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	s.next()
	s.mu.Unlock()
	s.tell()
}

func (s *Spool) tell() {
	if s.Changed != nil {
		s.Changed()
	}
}

// Entries lists who has the printer and who waits, in the order of their turns.
func (s *Spool) Entries() (all []Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.holder; w != nil {
		all = append(all, Entry{w.Job, w.since, true})
	}
	for _, w := range s.waiting {
		all = append(all, Entry{w.Job, w.since, false})
	}
	return all
}
