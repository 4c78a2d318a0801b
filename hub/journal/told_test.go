package journal_test

import (
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
)

// TestTold: searches move the head and not what is told; what comes after them
// does again.
func TestTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		s, stop := r.run(time.Millisecond)
		defer stop()
		r.write(1, 2)
		r.await(s, 2)
		if got := s.Told(); got != 2 {
			t.Errorf("told %d, want 2", got)
		}
		err := r.d.Write(r.Context(), func(tx *db.Tx) error {
			return journal.Write(r.Context(), tx, journal.Entry{At: r.clock, Author: journal.Author{Kind: journal.ByHub, ID: "hub"}, Act: journal.CandidateSearched})
		})
		if err != nil {
			t.Fatal(err)
		}
		r.await(s, 3)
		if got := s.Told(); got != 2 {
			t.Errorf("a search is told of: %d, want 2", got)
		}
		r.write(3, 3)
		r.await(s, 4)
		if got := s.Told(); got != 4 {
			t.Errorf("told %d, want 4", got)
		}
	})
}
