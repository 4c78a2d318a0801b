package staff_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
)

func TestGuessingIsSlowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.create("furong")
		for i := range 5 {
			if _, err := r.try("furong", "wrong password", here); !errors.Is(err, staff.ErrRefused) {
				t.Fatalf("attempt %d: %v", i+1, err)
			}
		}
		var slow staff.SlowError
		if _, err := r.try("furong", good, here); !errors.As(err, &slow) || slow.Wait != 30*time.Second {
			t.Errorf("sixth attempt, with the right password: %v, want to wait 30 s", err)
		}
		// The same for a name that nobody has.
		for range 5 {
			if _, err := r.try("nobody", "wrong password", there); !errors.Is(err, staff.ErrRefused) {
				t.Fatal(err)
			}
		}
		if _, err := r.try("nobody", good, there); !errors.As(err, &slow) || slow.Wait != 30*time.Second {
			t.Errorf("sixth attempt on nobody: %v, want to wait 30 s", err)
		}
		r.now = r.now.Add(30 * time.Second)
		if _, err := r.try("furong", "wrong password", here); !errors.Is(err, staff.ErrRefused) {
			t.Errorf("after the wait: %v", err)
		}
		if _, err := r.try("furong", good, here); !errors.As(err, &slow) || slow.Wait != time.Minute {
			t.Errorf("after one more failure: %v, want to wait a minute", err)
		}
		r.now = r.now.Add(time.Minute)
		if _, err := r.try("furong", good, here); err != nil {
			t.Errorf("the right password after the wait: %v", err)
		}
		if _, err := r.try("furong", "wrong password", here); !errors.Is(err, staff.ErrRefused) {
			t.Errorf("a success did not clear the count: %v", err)
		}
	})
}

// Many guesses at once are all counted before any is looked at.
func TestManyGuessesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.create("furong")
		var looked atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				switch _, _, err := r.SignIn(context.Background(), "furong", "wrong password", "000000", here); {
				case errors.Is(err, staff.ErrRefused):
					looked.Add(1)
				case !errors.Is(err, staff.ErrSlow):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := looked.Load(); n != 5 {
			t.Errorf("%d of 20 guesses at once were looked at, want 5", n)
		}
	})
}

// Somebody elsewhere guesses without a pause; the owner at her desk is not held
// up, nor at a place where she never was, though nobody stops guessing.
func TestNobodyCanLockAnotherOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.create("furong")
		if _, err := r.try("furong", good, here); err != nil {
			t.Fatal(err)
		}
		machines := 0 // of which there is always a fresh one
		storm := func(n int) {
			for i := range n {
				source := fmt.Sprintf("203.0.113.%d", machines+i/3)
				if _, err := r.try("furong", "wrong password", source); err == nil {
					t.Fatal("a wrong password was taken")
				}
				r.now = r.now.Add(time.Second)
			}
			machines += n / 3
		}
		storm(60)
		var slow staff.SlowError
		if _, err := r.try("furong", "wrong password", "203.0.113.19"); !errors.As(err, &slow) {
			t.Errorf("one of the guessing machines: %v, want ErrSlow", err)
		}
		if _, err := r.try("furong", good, here); err != nil {
			t.Errorf("at her own desk: %v", err)
		}
		storm(30)
		if _, err := r.try("furong", good, "198.51.100.9"); err != nil {
			t.Errorf("at a place where she never was: %v", err)
		}
		storm(30)
		// She mistypes there once: a minute later, at most, she is let in, however
		// many have failed elsewhere meanwhile.
		if _, err := r.try("furong", "three slow heron", "198.51.100.10"); !errors.Is(err, staff.ErrRefused) {
			t.Fatal(err)
		}
		if _, err := r.try("furong", good, "198.51.100.10"); !errors.As(err, &slow) || slow.Wait > time.Minute {
			t.Errorf("at once after a typing error under attack: %v, want a pause of a minute at most", err)
		}
		storm(60)
		if _, err := r.try("furong", good, "198.51.100.10"); err != nil {
			t.Errorf("a minute after her typing error: %v", err)
		}
	})
}

// Somebody behind the same address, a colleague or whoever comes through the
// same balancer, fails on her name and on every other: her own browser, which
// keeps the mark of an earlier sign-in, is not held up, and its mark helps
// nobody with another name.
func TestNobodyBesideHerCanLockHerOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.create("furong")
		r.create("other")
		enter := func(name, password, desk string) error {
			_, _, err := r.Enter(t.Context(), staff.Attempt{Name: name, Password: password, Code: r.code(name), Source: here, Desk: desk})
			return err
		}
		if err := enter("furong", good, "her desk"); err != nil {
			t.Fatal(err)
		}
		for i := range 40 {
			if err := enter([]string{"furong", "nobody", "other"}[i%3], "wrong password", []string{"", "his desk"}[i%2]); err == nil {
				t.Fatal("a wrong password was taken")
			}
		}
		if err := enter("furong", good, ""); !errors.Is(err, staff.ErrSlow) {
			t.Errorf("without the mark: %v, want ErrSlow", err)
		}
		if err := enter("other", good, "her desk"); !errors.Is(err, staff.ErrSlow) {
			t.Errorf("another name with her mark: %v, want ErrSlow", err)
		}
		if err := enter("furong", good, "her desk"); err != nil {
			t.Errorf("her own browser: %v", err)
		}
		for range 5 {
			if err := enter("furong", "wrong password", "her desk"); !errors.Is(err, staff.ErrRefused) {
				t.Fatal(err)
			}
		}
		if err := enter("furong", good, "her desk"); !errors.Is(err, staff.ErrSlow) {
			t.Errorf("her own browser, after five failures of its own: %v, want ErrSlow", err)
		}
	})
}

// One source that tries many names is slowed too, and an account of its own
// does not clear its count.
func TestASourceIsSlowed(t *testing.T) { dbtest.Each(t, aSourceIsSlowed) }

func aSourceIsSlowed(t *testing.T, d *db.DB) {
	r := newRig(t, d)
	r.create("mine")
	for i := range 20 {
		if _, err := r.try("victim"+string(rune('a'+i)), "wrong password", there); !errors.Is(err, staff.ErrRefused) {
			t.Fatalf("attempt %d: %v", i+1, err)
		}
		if i == 10 {
			if _, err := r.try("mine", good, there); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := r.try("victim", "wrong password", there); !errors.Is(err, staff.ErrSlow) {
		t.Errorf("after 20 names: %v, want ErrSlow", err)
	}
	if _, err := r.try("mine", good, here); err != nil {
		t.Errorf("from another source: %v", err)
	}
	slowed := 0
	for range 30 { // a flood is journalled once a minute
		_, err := r.try("victim", "x", there)
		if errors.Is(err, staff.ErrSlow) {
			slowed++
		}
	}
	refusals := 0
	for _, a := range r.acts() {
		if a == string(journal.StaffRefused) {
			refusals++
		}
	}
	if slowed != 30 || refusals != 21 {
		t.Errorf("%d slowed, %d refusals in the journal; want 30, 20 + 1", slowed, refusals)
	}
}
