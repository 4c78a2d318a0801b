package link_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"zhunkao/appliance/link"
)

// A backlog of megabytes on a line on which nothing is acknowledged: what lies
// between the box and the broker is 256 KiB and no more, and a heartbeat goes
// past it, and its answer comes back. Then all arrive, in order and once.
func TestASmallMessageOvertakesABacklog(t *testing.T) {
	p := newPeer(t)
	line := newToll(t, p)
	n := newNodeAt(t, p, line.addr())
	n.resend = time.Minute
	const records = 12
	n.commitOf(records, 200<<10)
	n.run()
	const bound, chunk = 256 << 10, 100 << 10
	bulk := func() (k int) { p.with(func() { k = p.bulk }); return k }
	n.until("the line is full", func() bool { return bulk() > bound-chunk })
	answered := saw(n, func(e link.Synced) bool { return true })
	n.until("the hello is answered", answered)
	n.mu.Lock()
	n.events = nil
	n.mu.Unlock()
	n.link.Beat()
	n.until("the heartbeat is there", func() (ok bool) { p.with(func() { ok = len(p.beats) > 0 }); return ok })
	if got := bulk(); got > bound {
		t.Errorf("%d bytes of records came before the heartbeat, want at most %d", got, bound)
	}
	n.until("its answer is back", answered)
	line.lift()
	n.until("drained", n.drained)
	p.with(func() {
		if !slices.IsSorted(p.order) || len(p.order) != records {
			t.Errorf("they came as %v", p.order)
		}
		if p.bulk < records*200<<10 {
			t.Errorf("only %d bytes came: the backlog was none", p.bulk)
		}
	})
}

// Who has much to say draws when to begin, and says everything else meanwhile.
func TestABacklogWaitsItsTurn(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.resend = time.Minute
	var mu sync.Mutex // guards drawn and waited
	var drawn, waited []time.Duration
	turn := make(chan time.Time)
	n.spread = func(most time.Duration) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		drawn = append(drawn, most)
		return most / 4
	}
	n.after = func(d time.Duration) <-chan time.Time {
		mu.Lock()
		defer mu.Unlock()
		waited = append(waited, d)
		return turn
	}
	const records = 200
	n.commit(records)
	n.run()
	n.until("welcome", saw(n, any1[link.Linked]))
	mu.Lock()
	if len(drawn) != 1 || drawn[0] != time.Second || len(waited) != 1 || waited[0] != time.Second/4 {
		t.Errorf("drew from %v and waits %v, want a quarter of the most there is, once", drawn, waited)
	}
	mu.Unlock()
	n.commit(1)
	n.link.Beat()
	n.until("the heartbeat is there", func() (ok bool) {
		p.with(func() { ok = len(p.beats) > 0 && p.beats[len(p.beats)-1].Waiting == records+1 })
		return ok
	})
	p.with(func() {
		if p.bulk != 0 {
			t.Errorf("%d bytes of records came before their turn", p.bulk)
		}
	})
	turn <- time.Time{}
	n.until("drained", n.drained)
	p.with(func() {
		if !slices.IsSorted(p.order) || len(p.order) != records+1 {
			t.Errorf("they came as %v", p.order)
		}
	})
}

// A few records are no backlog: nobody is drawn for.
func TestAFewRecordsGoAtOnce(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.after = func(time.Duration) <-chan time.Time { return nil } // whoever waits, waits for ever
	n.commit(3)
	n.run()
	n.until("drained", n.drained)
}

// The window grows with each receipt up to 192 records; beyond that only while
// receipts come soon, and back when they do not.
func TestAWideWindowIsForAHubThatAnswersSoon(t *testing.T) {
	const soon, slow = 399 * time.Millisecond, 400 * time.Millisecond
	window := link.NewWindow()
	for i, c := range []struct {
		times   int
		took    time.Duration
		records int
		bytes   uint64
	}{
		{1, slow, 17, 8 << 20},
		{500, slow, 192, 8 << 20}, // with receipts as slow as they like, that is all
		{1, soon, 193, 16 << 20},
		{500, soon, 384, 16 << 20},
		{100, slow, 284, 16 << 20},
		{500, slow, 192, 8 << 20},
	} {
		var records int
		var bytes uint64
		for range c.times {
			records, bytes = window(c.took)
		}
		if records != c.records || bytes != c.bytes {
			t.Errorf("step %d, after %d receipts of %v: %d records and %d bytes, want %d and %d", i, c.times, c.took, records, bytes, c.records, c.bytes)
		}
	}
}

// What is on the line without a PUBACK is 256 KiB, and more only where PUBACKs come
// so soon that nothing waits long behind it.
func TestMoreIsOnTheLineWhereTheBrokerIsPrompt(t *testing.T) {
	room := link.NewRoom()
	const chunk = 96 << 10
	if got := room(chunk, 100*time.Millisecond); got != 256<<10 {
		t.Errorf("a PUBACK that took 100 ms left room for %d bytes, want 256 KiB", got)
	}
	if got := room(chunk, 99*time.Millisecond); got != 256<<10+chunk {
		t.Errorf("a prompt PUBACK left room for %d bytes, want its own more", got)
	}
	got := 0
	for range 1000 {
		got = room(chunk, time.Millisecond)
	}
	if got != 2<<20 {
		t.Errorf("prompt PUBACKs left room for %d bytes, want 2 MiB", got)
	}
	if got := room(chunk, time.Second); got != 256<<10 {
		t.Errorf("after one that took a second there was room for %d bytes, want 256 KiB", got)
	}
}

// Two thousand boxes lose the hub in one instant. When it is back after an hour,
// or at once, they come over the whole of the span, in no second too many.
func TestBoxesComeBackSpread(t *testing.T) {
	const boxes = 2000
	for name, c := range map[string]struct {
		away, within time.Duration
		most         int
	}{
		"after an hour": {time.Hour, 45 * time.Second, 150},
		"at once":       {0, 15 * time.Second, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 20190906))
			draw := func(most time.Duration) time.Duration { return time.Duration(r.Int64N(int64(most) + 1)) }
			back := make([]int, c.within/time.Second+1)
			for range boxes {
				p := link.NewPauses(45*time.Second, draw)
				stood := time.Hour
				at := time.Duration(0)
				for at += p(stood); at < c.away; at += p(0) {
				}
				if late := at - c.away; late > c.within {
					t.Fatalf("a box comes %v after the hub, want %v at most", late, c.within)
				}
				back[(at-c.away)/time.Second]++
			}
			if top := slices.Max(back); top > c.most {
				t.Errorf("%d boxes in one second, want %d at most: %v", top, c.most, back)
			}
			half := 0
			for _, k := range back[:len(back)/3] {
				half += k
			}
			if half > boxes*2/3 {
				t.Errorf("%d of %d come in the first third: %v", half, boxes, back)
			}
		})
	}
}
