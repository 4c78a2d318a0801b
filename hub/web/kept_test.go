package web

import (
	"testing"
	"testing/synctest"
	"time"

	"zhunkao/hub/db"
)

// TestKept: what is kept is given again only while nothing was committed, the
// journal has not grown and it is less than a second old; a page that looked
// earlier neither finds nor puts back what is of before.
func TestKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept
		reads := 0
		ask := func(g glance, what string) int {
			t.Helper()
			n, err := keep(g, keptKey{what, nil}, nil, func(*db.Tx) (int, error) { reads++; return reads, nil })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		at := func(changes, head uint64) glance { return glance{k: &k, at: mark{changes, head}, began: time.Now()} }
		for i, step := range []struct {
			g    glance
			what string
			wait time.Duration
			want int
		}{
			{at(1, 1), "a", 0, 1},
			{at(1, 1), "a", 0, 1},
			{at(1, 1), "b", 0, 2},
			{at(2, 1), "a", 0, 3}, // something was committed here
			{at(2, 1), "a", 0, 3},
			{at(2, 2), "a", 0, 4}, // or by another hub
			{at(1, 2), "a", 0, 5}, // a page that looked before
			{at(2, 2), "a", 0, 4},
			{glance{}, "a", 0, 6},
			{at(2, 2), "a", freshFor, 7}, // its time is up
		} {
			time.Sleep(step.wait)
			step.g.began = time.Now()
			if got := ask(step.g, step.what); got != step.want {
				t.Errorf("step %d: read %d, want %d", i, got, step.want)
			}
		}
		for i := range 3 * mostKept {
			_, _ = keep(at(2, 2), keptKey{"of", i}, nil, func(*db.Tx) (int, error) { return i, nil })
		}
		if len(k.all) > mostKept {
			t.Errorf("%d things are kept, want at most %d", len(k.all), mostKept)
		}
	})
}
