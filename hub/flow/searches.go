package flow

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Bounds of the notes of searches: how many wait for the journal at most; how
// long the database may take over those that have gathered before that counts as
// a failure; how soon what failed is tried again when nobody searches; and how
// long the first of them waits for others, so that they share a commit.
const (
	searchesMost  = 256
	searchesTake  = 10 * time.Second
	searchesAgain = time.Second

	searchesGather = 20 * time.Millisecond // about what a disk takes over a commit
)

// Searches writes down who looked for whom (S31). A list of what was found shows
// masked numbers only, so it need not wait for the disk as a record does: it is
// answered as soon as the note of it is queued, and one worker commits all that
// has gathered in a moment, or while the commit before ran. While a write has
// failed, while the queue is full, and while Run does not run, a search waits for
// a durable entry, and is refused if there is none: so nobody searches unseen for
// longer than that moment and one commit that fails. What failed is kept and
// written later; it may then stand there twice, if the database broke off without
// saying what became of it. Only what was queued in the moment of a power cut, or
// of a kill, is lost.
type Searches struct {
	db  *db.DB
	log *slog.Logger

	wake chan struct{} // holds one: the queue has grown, or the journal takes entries again

	mu     sync.Mutex // guards the rest
	queued []journal.Entry
	open   bool          // Run takes what comes
	failed error         // of the last write of the queue
	turned chan struct{} // closed and replaced after each write
}

// NewSearches makes one; log may be nil. Until Run runs, each search waits for
// its entry.
func NewSearches(d *db.DB, log *slog.Logger) *Searches {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Searches{db: d, log: log, wake: make(chan struct{}, 1), turned: make(chan struct{})}
}

// Search is one search of the console.
type Search struct {
	Campaign        string
	Division, Point string // the remit that was searched
	Kinds           string // of things that were looked by
	Typed           string // keyed hash of what was typed: the same question shows as the same
	Found           int    // how many were shown
}

// Searched notes that somebody looked for a candidate (S31): by which kinds of
// things, how many were found, and a keyed hash of what was typed, which itself
// stands nowhere. It returns when the note is queued, or, where that is not
// enough, when it is in the journal; after an error nothing that was found may be
// shown.
func (f *Flow) Searched(ctx context.Context, to *Searches, x Search, by By) error {
	return to.note(ctx, f.entry(by, journal.Entry{Act: journal.CandidateSearched,
		Subject: journal.Subject{Kind: journal.OfList, ID: "candidates"}, Campaign: x.Campaign, Point: x.Point, Division: x.Division,
		Detail: map[string]string{"by": x.Kinds, "typed": x.Typed, "found": strconv.Itoa(x.Found)}}))
}

func (s *Searches) note(ctx context.Context, e journal.Entry) error {
	if s.take(e) {
		s.stir()
		return nil
	}
	if err := s.write(ctx, e); err != nil {
		return err
	}
	s.stir() // the journal takes entries: those that could not be written may go now
	return nil
}

// take queues a note, if a queue is enough.
func (s *Searches) take(e journal.Entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open || s.failed != nil || len(s.queued) >= searchesMost {
		return false
	}
	s.queued = append(s.queued, e)
	return true
}

func (s *Searches) stir() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run writes what is queued until ctx ends, and then what is left. It is to end
// after the pages and before the journal.
func (s *Searches) Run(ctx context.Context) error {
	s.opens(true)
	defer func() {
		s.opens(false) // who comes now waits for her own entry
		s.flush(ctx)
		if n := s.left(); n > 0 {
			s.log.Error("searches are not in the journal", "worker", "searches", "entries", n)
		}
	}()
	again, gather := time.NewTimer(0), time.NewTimer(0)
	defer again.Stop()
	defer gather.Stop()
	<-again.C
	<-gather.C
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
			gather.Reset(searchesGather)
			select {
			case <-ctx.Done():
				return nil
			case <-gather.C:
			}
		case <-again.C:
		}
		if !s.flush(ctx) {
			again.Reset(searchesAgain)
		}
	}
}

func (s *Searches) opens(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = is
}

func (s *Searches) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queued)
}

// flush commits all that has gathered, in one transaction; only Run calls it. A
// write under way is finished when ctx ends.
func (s *Searches) flush(ctx context.Context) bool {
	s.mu.Lock()
	all := slices.Clone(s.queued)
	s.mu.Unlock()
	if len(all) == 0 {
		return true
	}
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchesTake)
	defer cancel()
	err := s.write(own, all...)
	if err != nil {
		s.log.Error("searches could not be written into the journal", "worker", "searches", "entries", len(all), "error", err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed = err; err == nil {
		s.queued = slices.Delete(s.queued, 0, len(all))
	}
	close(s.turned)
	s.turned = make(chan struct{})
	return err == nil
}

func (s *Searches) write(ctx context.Context, all ...journal.Entry) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		tx.Quietly()
		return journal.Write(ctx, tx, all...)
	})
}

// Settle waits until nothing is queued, or until the journal would not take it:
// then it gives that error.
func (s *Searches) Settle(ctx context.Context) error {
	for {
		s.mu.Lock()
		left, failed, turned := len(s.queued), s.failed, s.turned
		s.mu.Unlock()
		if left == 0 || failed != nil {
			return failed
		}
		select {
		case <-turned:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
