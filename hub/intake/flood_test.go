package intake_test

import (
	"fmt"
	"hash/fnv"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol"
)

// neighbours enrols two boxes that share a lane.
func neighbours(r *rig) (a, b *box) {
	lane := func(b *box) uint32 {
		h := fnv.New32a()
		_, _ = h.Write([]byte(b.id.Box))
		return h.Sum32() % uint32(runtime.GOMAXPROCS(0))
	}
	a = r.enrol(pointHere)
	for {
		if b = r.enrol(pointHere); lane(b) == lane(a) {
			return a, b
		}
	}
}

// signed makes the bytes of a message of a box.
func (b *box) signed(kind protocol.Kind, v any) []byte {
	b.r.t.Helper()
	raw, err := protocol.SignMessage(kind, v, b.key)
	if err != nil {
		b.r.t.Fatal(err)
	}
	return raw
}

// TestOneBoxFloods: a box that says heartbeats, hellos or rubbish without end
// holds up itself: another one of its lane is served as ever, and the hub can
// still be stopped.
func TestOneBoxFloods(t *testing.T) {
	for name, flood := range map[string]func(b *box) func(i int) (protocol.Kind, []byte){
		"heartbeats": func(b *box) func(int) (protocol.Kind, []byte) {
			raw := b.signed(protocol.KindHeartbeat, protocol.Heartbeat{Address: b.id, Nonce: random(protocol.NonceSize)})
			return func(int) (protocol.Kind, []byte) { return protocol.KindHeartbeat, raw }
		},
		"hellos": func(b *box) func(int) (protocol.Kind, []byte) {
			var all [64][]byte
			for i := range all {
				all[i] = b.signed(protocol.KindHello, protocol.Hello{Address: b.id, Nonce: random(protocol.NonceSize), Boot: 1})
			}
			return func(i int) (protocol.Kind, []byte) { return protocol.KindHello, all[i%len(all)] }
		},
		"manifests": func(*box) func(int) (protocol.Kind, []byte) {
			return func(i int) (protocol.Kind, []byte) { return protocol.KindManifest, fmt.Appendf(nil, "rubbish %d", i) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				r := newRig(t, d, 1)
				bad, good := neighbours(r)
				next := flood(bad)
				rec := good.seal(r.people[0], making{})
				// One goroutine brings it all, as the client's does; rubbish comes by the hundred.
				var brings sync.WaitGroup
				var stopping atomic.Bool // the two cores of the machine are then for who ends, too
				done := make(chan struct{})
				brings.Go(func() {
					for i := 0; ; i++ {
						select {
						case <-done:
							return
						default:
						}
						for k := range 200 {
							bad.say(next(200*i + k))
						}
						if i == 20 {
							good.send(rec)
						}
						if stopping.Load() {
							time.Sleep(time.Millisecond)
						}
					}
				})
				good.receipts(rec) // while it goes on
				if c := r.in.Counts(); c.Dropped < c.Messages/2 {
					t.Errorf("of %d messages only %d were dropped", c.Messages, c.Dropped)
				}
				stopping.Store(true)
				r.stop() // ends while it goes on, whatever it brings
				close(done)
				brings.Wait()
			})
		})
	}
}

// TestFloodOfWords: what a box makes the hub write down is bounded, whatever
// it says: lines of the log, and entries of the journal.
func TestFloodOfWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b := r.enrol(pointHere)
		for i := range 3000 {
			b.say(protocol.KindChunk, fmt.Appendf(nil, "rubbish %d", i))
			b.say(protocol.KindManifest, fmt.Appendf(nil, "rubbish %d", i))
		}
		eventually(t, "all was looked at", func() bool { c := r.in.Counts(); return c.Malformed+c.Dropped+c.Quarantined >= 6000 })
		if n := strings.Count(r.logged(), "\n"); n > 200 {
			t.Errorf("%d lines in the log", n)
		}
		before := r.count("journal_entry")
		for i := range 300 {
			h := protocol.Heartbeat{Address: b.id, Nonce: random(protocol.NonceSize)}
			if i%2 == 0 {
				h.Devices = []protocol.DeviceState{{Name: protocol.DeviceClock, State: "fault", Fault: protocol.FaultJumped}}
			}
			b.say(protocol.KindHeartbeat, b.signed(protocol.KindHeartbeat, h))
			b.hears(protocol.KindClock, &protocol.Clock{})
		}
		if n := r.count("journal_entry") - before; n == 0 || n > 20 {
			t.Errorf("%d entries of the journal of a clock that jumps 150 times", n)
		}
		// A box that went back says so at each connection; it is frozen once.
		b.receipt(b.seal(r.people[0], making{}))
		before = r.count("journal_entry")
		for range 100 {
			if w := b.hello(protocol.Hello{}); w.State != protocol.BoxFrozen {
				t.Fatalf("welcome %+v", w)
			}
		}
		if n := r.count("journal_entry") - before; n == 0 || n > 4 {
			t.Errorf("%d entries of the journal of a box that went back once", n)
		}
	})
}

// TestLastSequence: the highest sequence there is gets its receipt, one beyond
// is refused, and a head beyond all bounds is heard without harm.
func TestLastSequence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b := r.enrol(pointHere)
		if got := b.receipt(b.sealAs(r.people[0], 1<<62-1, protocol.HashOf(nil), making{})); got.Outcome != protocol.Accepted || got.Sequence != 1<<62-1 {
			t.Errorf("the last sequence: %+v", got)
		}
		if got := b.receipt(b.sealAs(r.people[1], 1<<62, protocol.HashOf(nil), making{})); got.Outcome != protocol.Quarantined {
			t.Errorf("one beyond: %+v", got)
		}
		b.beat(protocol.Heartbeat{Head: 1<<64 - 1})
		b.hears(protocol.KindClock, &protocol.Clock{})
		r.restart()
		b.beat(protocol.Heartbeat{Head: 1})
		b.hears(protocol.KindClock, &protocol.Clock{})
	})
}
