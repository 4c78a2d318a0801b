package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
)

var ring = sync.OnceValue(func() *keys.Ring { return newRing() })

func newRing() *keys.Ring {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	r, err := keys.Open(filepath.Join(dir, "k"), keys.Options{Create: true})
	if err != nil {
		panic(err)
	}
	return r
}

// rig is a journal with its file of checkpoints.
type rig struct {
	*testing.T
	d     *db.DB
	file  string
	clock time.Time
}

func newRig(t *testing.T, d *db.DB) *rig {
	return &rig{T: t, d: d, file: filepath.Join(t.TempDir(), "checkpoints.log"), clock: time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)}
}

func (r *rig) entry(i int) journal.Entry {
	return journal.Entry{
		At: r.clock, Author: journal.Author{Kind: journal.ByStaff, ID: "s1"}, Source: "192.0.2.1",
		Act: journal.ApplicationEdited, Subject: journal.Subject{Kind: journal.OfApplication, ID: fmt.Sprintf("a%d", i)},
		Point: "43010201", Division: "430102", Reason: "改电话", Detail: map[string]string{"fields": "LXDH", "z": "1", "b": "2"},
	}
}

func (r *rig) write(from, to int) {
	r.Helper()
	err := r.d.Write(r.Context(), func(tx *db.Tx) error {
		for i := from; i <= to; i++ {
			if err := journal.Write(r.Context(), tx, r.entry(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
}

// run starts a sealer; stop ends it, which signs a last checkpoint.
func (r *rig) run(tick time.Duration) (s *journal.Sealer, stop func()) {
	r.Helper()
	s, err := journal.NewSealer(journal.Options{DB: r.d, Keys: ring(), Checkpoints: r.file,
		Now: func() time.Time { return r.clock }, Tick: tick, Every: 10 * time.Millisecond})
	if err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			r.Errorf("Run = %v", err)
		}
	})
	r.Cleanup(stop) // who waits for what a sealer does is told why it ended
	return s, stop
}

func (r *rig) await(s *journal.Sealer, n uint64) {
	r.Helper()
	deadline := time.After(2 * time.Minute)
	for {
		changed := s.Changed()
		if s.Head().Number >= n {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			r.Fatalf("head is %d, want %d", s.Head().Number, n)
		}
	}
}

// seal writes entries from…to and has them sealed and signed.
func (r *rig) seal(from, to int) {
	r.Helper()
	r.write(from, to)
	s, stop := r.run(time.Millisecond)
	defer stop()
	r.await(s, uint64(to))
}

func (r *rig) sql(query string, args ...any) {
	r.Helper()
	err := r.d.Write(r.Context(), func(tx *db.Tx) error {
		n, err := tx.Exec(r.Context(), query, args...)
		if err == nil && n == 0 {
			return errors.New("changed nothing")
		}
		return err
	})
	if err != nil {
		r.Fatalf("%s: %v", query, err)
	}
}

func (r *rig) verify() journal.Report {
	r.Helper()
	rep, err := journal.Verify(r.Context(), r.d, r.file, ring())
	if err != nil {
		r.Fatal(err)
	}
	return rep
}

func (r *rig) after(n uint64, limit int) (out []journal.Sealed) {
	r.Helper()
	err := r.d.Read(r.Context(), func(tx *db.Tx) (err error) {
		out, err = journal.After(r.Context(), tx, n, limit)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return out
}

func TestWriteSealRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.seal(1, 5)
		got := r.after(2, 2)
		if len(got) != 2 || got[0].Number != 3 || got[1].Number != 4 || got[0].Subject.ID != "a3" {
			t.Fatalf("After(2, 2) = %+v", got)
		}
		want := r.entry(3)
		if e := got[0].Entry; e.At != want.At || e.Author != want.Author || e.Reason != want.Reason || e.Detail["fields"] != "LXDH" ||
			e.Source != want.Source || e.Act != want.Act || e.Point != want.Point || e.Division != want.Division {
			t.Errorf("entry 3 = %+v, want %+v", e, want)
		}
		rep := r.verify()
		if !rep.OK() || rep.Entries != 5 || rep.Head.Number != 5 || rep.Signed.Number != 5 || rep.Signed.At != r.clock {
			t.Errorf("Verify = %+v", rep)
		}
		var last journal.Checkpoint
		if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
			last, err = journal.Latest(t.Context(), tx)
			return err
		}); err != nil || last != rep.Signed {
			t.Errorf("Latest = %+v, %v; want %+v", last, err, rep.Signed)
		}
	})
}

func TestUnsealedEntriesAreListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.seal(1, 2)
		r.write(3, 4)
		rep := r.verify()
		if !rep.OK() || rep.Entries != 2 || len(rep.Unsealed) != 2 {
			t.Errorf("Verify = %+v, want 2 sealed and 2 unsealed", rep)
		}
		if got := r.after(0, 10); len(got) != 2 {
			t.Errorf("followers see %d entries, want the 2 sealed ones", len(got))
		}
	})
}

func TestWriteRefusesHalfAnEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		whole := r.entry(1)
		for name, change := range map[string]func(*journal.Entry){
			"no act":    func(e *journal.Entry) { e.Act = "" },
			"no author": func(e *journal.Entry) { e.Author = journal.Author{} },
			"no time":   func(e *journal.Entry) { e.At = time.Time{} },
			"too long":  func(e *journal.Entry) { e.Reason = strings.Repeat("长", 10_000) },
		} {
			e := whole
			change(&e)
			err := r.d.Write(t.Context(), func(tx *db.Tx) error { return journal.Write(t.Context(), tx, e) })
			if !errors.Is(err, journal.ErrEntry) {
				t.Errorf("%s: %v, want ErrEntry", name, err)
			}
		}
	})
}

// A transaction is held open across a seal, and commits come in the reverse of
// the order in which the entries were written: a follower by chain number sees
// every entry, once. On SQLite one writer holds all others back, so there the
// late one simply comes last.
func TestFollowersMissNothingThatCommitsLate(t *testing.T) {
	d := dbtest.Postgres(t)
	r := newRig(t, d)
	s, stop := r.run(time.Millisecond)
	defer stop()

	written, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() { // writes first, commits last
		first := true
		done <- d.Write(t.Context(), func(tx *db.Tx) error {
			if err := journal.Write(t.Context(), tx, r.entry(1)); err != nil {
				return err
			}
			if first {
				close(written)
				first = false
			}
			<-release
			return nil
		})
	}()
	<-written
	r.write(2, 3)
	r.await(s, 2)
	var seen []string
	mark := uint64(0)
	follow := func() {
		for _, e := range r.after(mark, 100) {
			seen, mark = append(seen, e.Subject.ID), e.Number
		}
	}
	follow()
	if fmt.Sprint(seen) != "[a2 a3]" {
		t.Fatalf("before the late commit a follower saw %v", seen)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r.await(s, 3)
	follow()
	if fmt.Sprint(seen) != "[a2 a3 a1]" {
		t.Errorf("a follower saw %v, want [a2 a3 a1]", seen)
	}
	stop()
	if rep := r.verify(); !rep.OK() || rep.Entries != 3 {
		t.Errorf("Verify = %+v", rep)
	}
}

func TestManyWritersAndTwoSealers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		s1, stop1 := r.run(time.Millisecond)
		s2, stop2 := r.run(time.Millisecond)
		defer stop2()
		const writers, each = 4, 15
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						return journal.Write(t.Context(), tx, r.entry(w*each+i))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		r.await(s1, writers*each/3)
		stop1() // the other takes over, if it was not the leader already
		wg.Wait()
		r.await(s2, writers*each)
		stop2()
		seen := map[string]bool{}
		for i, e := range r.after(0, 1000) {
			if e.Number != uint64(i+1) || seen[e.ID] {
				t.Fatalf("entry %d has number %d, id seen before: %v", i+1, e.Number, seen[e.ID])
			}
			seen[e.ID] = true
		}
		if rep := r.verify(); !rep.OK() || rep.Entries != writers*each || rep.Signed.Number != writers*each {
			t.Errorf("Verify = %+v", rep)
		}
	})
}

func TestNewestOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.seal(1, 4)
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			all, err := journal.List(t.Context(), tx, journal.Filter{Limit: 1})
			if err != nil {
				return err
			}
			for _, c := range []struct {
				acts []journal.Act
				want uint64
			}{
				{nil, 0},
				{[]journal.Act{journal.BoxFrozen}, 0},
				{[]journal.Act{journal.BoxFrozen, all[0].Act}, 4},
				{[]journal.Act{all[0].Act}, 4},
			} {
				if n, err := journal.NewestOf(t.Context(), tx, c.acts...); n != c.want || err != nil {
					t.Errorf("newest of %v: %d, %v; want %d", c.acts, n, err, c.want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestListFilters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.seal(1, 4)
		for name, c := range map[string]struct {
			f    journal.Filter
			want string
		}{
			"all, newest first": {journal.Filter{}, "[4 3 2 1]"},
			"before":            {journal.Filter{Before: 3}, "[2 1]"},
			"limit":             {journal.Filter{Limit: 1}, "[4]"},
			"act":               {journal.Filter{Act: journal.BoxFrozen}, "[]"},
			"subject":           {journal.Filter{Subject: journal.Subject{Kind: journal.OfApplication, ID: "a2"}}, "[2]"},
			"city":              {journal.Filter{Division: "430100"}, "[4 3 2 1]"},
			"other county":      {journal.Filter{Division: "430103"}, "[]"},
		} {
			var numbers []uint64
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				out, err := journal.List(t.Context(), tx, c.f)
				for _, e := range out {
					numbers = append(numbers, e.Number)
				}
				return err
			})
			if err != nil || fmt.Sprint(numbers) != c.want {
				t.Errorf("%s: %v, %v; want %s", name, numbers, err, c.want)
			}
		}
	})
}

// TestWhoLeavesTakesTheLastLineAlong: the leader ends first and signs once
// more; whoever ends after it has that line in its own file too.
func TestWhoLeavesTakesTheLastLineAlong(t *testing.T) {
	r := newRig(t, dbtest.Postgres(t))
	leader, stop := r.run(time.Millisecond)
	r.write(1, 3)
	r.await(leader, 3)
	other := filepath.Join(t.TempDir(), "checkpoints.log")
	s, err := journal.NewSealer(journal.Options{DB: r.d, Keys: ring(), Checkpoints: other, Now: func() time.Time { return r.clock },
		Tick: time.Hour, Every: time.Hour}) // it looks once, and does not take over
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	r.await(s, 3)
	r.write(4, 6)
	r.await(leader, 6)
	stop()
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, r.file = range []string{r.file, other} {
		if rep := r.verify(); !rep.OK() || rep.Signed.Number != 6 {
			t.Errorf("Verify = %+v", rep)
		}
	}
}

// TestWhoIsGivenTheLeadAsItEnds: it has the other's last line too, at whatever moment
// between the two it is told to end.
func TestWhoIsGivenTheLeadAsItEnds(t *testing.T) {
	r := newRig(t, dbtest.Postgres(t))
	first, other := r.file, filepath.Join(t.TempDir(), "checkpoints.log")
	for i := range 60 {
		leader, stop := r.run(time.Millisecond)
		r.write(i+1, i+1)
		r.await(leader, uint64(i+1))
		r.file = other
		second, stopSecond := r.run(time.Millisecond)
		r.await(second, uint64(i+1))
		stop()
		<-time.After(time.Duration(i%20) * 200 * time.Microsecond)
		stopSecond()
		if rep := r.verify(); !rep.OK() {
			t.Fatalf("round %d: Verify = %+v", i, rep)
		}
		r.file = first
	}
}

// What is written last is sealed before the sealer ends, however long its tick.
func TestTheLastWordIsSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.write(1, 1)
		s, stop := r.run(time.Hour)
		r.await(s, 1)
		r.write(2, 2)
		stop()
		rep := r.verify()
		if len(rep.Unsealed) > 0 || rep.Head.Number != 2 || rep.Signed.Number != 2 {
			t.Errorf("%d entries are not sealed, the head is %d and %d is signed", len(rep.Unsealed), rep.Head.Number, rep.Signed.Number)
		}
	})
}
