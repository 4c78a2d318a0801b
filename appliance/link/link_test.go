package link_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"zhunkao/appliance/clock"
	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) {
	leak.Main(m,
		// The broker's library never ends these.
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*Server).startOSSignalHandler"),
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushLoop"),
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.init.0.func1"),
		goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

// node is the box's side: a real store, and a link that runs.
type node struct {
	*testing.T
	*store.Store
	dir   string
	keys  *keystore.Store
	hub   *peer
	clock *clock.Clock
	link  *link.Link
	stop  func()

	resend time.Duration // before run; 0 = soon
	spread func(time.Duration) time.Duration
	after  func(time.Duration) <-chan time.Time
	names  []string         // of the desk
	now    func() time.Time // nil is real

	mu     sync.Mutex // guards events
	events []link.Event
}

func newNode(t *testing.T, p *peer) *node {
	t.Helper()
	return newNodeAt(t, p, p.addr())
}

// newNodeAt is a box that finds its hub's broker at another address.
func newNodeAt(t *testing.T, p *peer, addr string) *node {
	t.Helper()
	n := &node{T: t, dir: filepath.Join(t.TempDir(), "data"), hub: p}
	opt := store.Options{Log: slog.New(slog.DiscardHandler), MinFree: 1, Reserve: 1 << 16}
	if err := store.Create(n.dir, opt); err != nil {
		t.Fatal(err)
	}
	var err error
	if n.keys, err = keystore.OpenFile(filepath.Join(n.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	if n.Store, err = store.Open(n.dir, n.keys, opt); err != nil {
		t.Fatal(err)
	}
	id := p.keys.Enrol(t, n.Store, n.keys, addr)
	p.with(func() { p.address = id.Address() })
	if p.device, err = id.Device(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		n.halt()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// run starts the link.
func (n *node) run() *node {
	n.Helper()
	n.clock = clock.New(clock.Options{Boot: n.Boot()})
	var err error
	n.link, err = link.New(link.Options{
		Store: n.Store, Keys: n.keys, Clock: n.clock, Resend: cmp.Or(n.resend, 300*time.Millisecond), MaxPause: time.Second,
		Log: slog.New(slog.DiscardHandler), Software: "test", DeskNames: n.names, Now: n.now, Spread: n.spread, After: n.after,
		Events: func(e link.Event) {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.events = append(n.events, e)
		},
	})
	if err != nil {
		n.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.link.Run(ctx) }()
	n.stop = func() {
		cancel()
		if err := <-done; err != context.Canceled {
			n.Errorf("Run: %v", err)
		}
	}
	return n
}

func (n *node) halt() {
	if n.stop != nil {
		n.stop()
		n.stop = nil
	}
}

func (n *node) commit(count int) { n.Helper(); n.commitOf(count, 1024) }

// commitOf commits records with one picture of so many bytes.
func (n *node) commitOf(count, picture int) {
	n.Helper()
	for range count {
		head, _, err := n.Head()
		if err != nil {
			n.Fatal(err)
		}
		app := fmt.Sprintf("app-%d", head+1)
		rec := n.hub.keys.Seal(n.T, n.Store, n.keys, hubtest.Draft{Application: app, Blob: make([]byte, picture)})
		if err := n.Commit(rec, app, 1567731600000); err != nil {
			n.Fatal(err)
		}
		if n.link != nil {
			n.link.Kick()
		}
	}
}

// until polls with a deadline.
func (n *node) until(what string, ok func() bool) {
	n.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			n.Fatalf("never: %s; events %v", what, n.seen())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (n *node) seen() []link.Event {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.events)
}

func saw[E link.Event](n *node, fits func(E) bool) func() bool {
	return func() bool {
		return slices.ContainsFunc(n.seen(), func(e link.Event) bool {
			x, ok := e.(E)
			return ok && fits(x)
		})
	}
}

func any1[E link.Event](E) bool { return true }

func (n *node) drained() bool {
	o, err := n.Outbox()
	return err == nil && o.Waiting == 0
}

func TestBacklogDrainsInOrderAndOnce(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.resend = time.Minute
	n.commit(40)
	var order []uint64
	p.receipt = func(m protocol.Manifest, _ []byte) int {
		order = append(order, m.Sequence)
		return doTwice
	}
	n.run()
	n.until("drained", n.drained)
	p.with(func() {
		if !slices.IsSorted(order) || len(order) < 40 {
			t.Errorf("order %v", order)
		}
		for seq, times := range p.seen {
			if times != 1 {
				t.Errorf("sequence %d was sent %d times", seq, times)
			}
		}
		if len(p.hellos) != 1 || p.hellos[0].Head != 40 || p.hellos[0].Waiting != 40 || p.hellos[0].Receipted != 0 {
			t.Errorf("hello %+v", p.hellos)
		}
	})
	settled := func() (k int) {
		for _, e := range n.seen() {
			if _, ok := e.(link.Settled); ok {
				k++
			}
		}
		return k
	}
	n.until("each is told", func() bool { return settled() >= 40 })
	n.commit(1)
	n.until("one more", func() bool { return n.drained() && settled() >= 41 })
	if settled() != 41 {
		t.Errorf("%d records told as settled", settled())
	}
}

func TestLostReceiptsAreAskedForAgain(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	given := map[uint64]int{}
	p.receipt = func(m protocol.Manifest, _ []byte) int {
		if given[m.Sequence]++; given[m.Sequence] < 3 {
			return doNothing
		}
		return doAccept
	}
	n.commit(3)
	n.run()
	n.until("drained", n.drained)
}

func TestOnlyTheHubsWordEndsAnEntry(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	p.receipt = func(protocol.Manifest, []byte) int { return doWrongHash }
	n.commit(1)
	n.run()
	n.until("wrong receipt refused", saw(n, func(e link.Refused) bool { return e.Kind == protocol.KindReceipts }))
	stranger := hubtest.New(t)
	rec, err := n.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	good := protocol.Receipts{Address: p.address, Entries: []protocol.Receipt{hubtest.Accept(rec)}}
	other := good
	other.Epoch++
	signed := p.keys.Say(t, protocol.KindReceipts, good)
	torn := slices.Clone(signed)
	torn[len(torn)/2] ^= 1
	refusals := func() int {
		k := 0
		for _, e := range n.seen() {
			if _, ok := e.(link.Refused); ok {
				k++
			}
		}
		return k
	}
	for name, m := range map[string]struct {
		kind protocol.Kind
		raw  []byte
	}{
		"another hub's":    {protocol.KindReceipts, stranger.Say(t, protocol.KindReceipts, good)},
		"another epoch":    {protocol.KindReceipts, p.keys.Say(t, protocol.KindReceipts, other)},
		"torn":             {protocol.KindReceipts, torn},
		"as another kind":  {protocol.KindClock, signed},
		"garbage":          {protocol.KindRoster, []byte("\x00{not cbor")},
		"empty":            {protocol.KindWant, nil},
		"an unknown kind":  {"surprise", signed},
		"a captive portal": {protocol.KindWelcome, []byte("<html>please log in</html>")},
	} {
		before := refusals()
		p.raw(m.kind, m.raw)
		n.until(name+" is refused", func() bool { return refusals() > before })
		if n.drained() {
			t.Fatalf("%s ended an entry", name)
		}
	}
	p.with(func() { p.receipt = nil })
	n.until("drained by the true receipt", n.drained)
}

func TestAQuarantinedRecordBlocksNobody(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	p.receipt = func(m protocol.Manifest, _ []byte) int {
		if m.Sequence == 2 {
			return doQuarantine
		}
		return doAccept
	}
	n.commit(5)
	n.run()
	n.until("drained", n.drained)
	if o, err := n.Outbox(); err != nil || o.Quarantined != 1 {
		t.Errorf("outbox %+v, %v", o, err)
	}
}

func TestARecordThatCannotBeReadBlocksNobody(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.commit(3)
	rec, err := n.Record(2)
	if err != nil {
		t.Fatal(err)
	}
	spoil(t, n.dir, rec.Manifest.Blobs[0].Hash)
	n.run()
	n.until("told", saw(n, func(e link.Unsendable) bool { return e.Sequence == 2 }))
	n.until("the others are in", func() bool { o, err := n.Outbox(); return err == nil && o.Waiting == 1 })
}

func TestBrokerRestartsAndLosesItsState(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	p.receipt = func(protocol.Manifest, []byte) int { return doNothing }
	n.commit(3)
	n.run()
	n.until("all announced", func() (ok bool) { p.with(func() { ok = len(p.seen) == 3 }); return ok })
	p.stop()
	n.until("told", saw(n, any1[link.Unlinked]))
	n.commit(2)
	p.with(func() { p.receipt, p.dir = nil, t.TempDir() })
	p.start()
	n.until("drained", n.drained)
	p.with(func() {
		if len(p.hellos) < 2 {
			t.Error("no new hello on the new connection")
		}
	})
}

func TestWantIsAnswered(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.resend = time.Minute
	n.commit(2)
	n.run()
	n.until("drained", n.drained)
	rec, err := n.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	blob := rec.Manifest.Blobs[0]
	p.with(func() {
		p.seen = map[uint64]int{}
		p.parts[blob.Hash] = p.parts[blob.Hash][:100]
	})
	p.say(protocol.KindWant, protocol.Want{Address: p.address, Records: []uint64{2, 77},
		Parts: []protocol.WantPart{{Record: rec.Manifest.ID, Part: blob.Hash, From: 100}, {Record: protocol.NewID(), Part: blob.Hash}}})
	n.until("sequence 2 again, the blob whole", func() (ok bool) {
		p.with(func() { ok = p.seen[2] == 1 && blob.Matches(p.parts[blob.Hash]) })
		return ok
	})
	p.with(func() {
		if p.seen[1] != 0 {
			t.Error("the whole of record 1 was sent for one part")
		}
	})
	if saw(n, any1[link.Unsendable])() {
		t.Error("what the hub asks for in vain is told as a fault of the disk")
	}
}

// A hub restored from a backup says in its welcome that it holds less than it
// once receipted.
func TestARestoredHubGetsWhatItLost(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	n.resend = time.Minute
	n.commit(4)
	n.run()
	n.until("drained", n.drained)
	n.halt()
	p.with(func() {
		p.receipted, p.beyond = 1, []uint64{3}
		p.seen = map[uint64]int{}
	})
	n.run()
	n.until("2 and 4 again", func() (ok bool) { p.with(func() { ok = p.seen[2] > 0 && p.seen[4] > 0 }); return ok })
	p.with(func() {
		if p.seen[1]+p.seen[3] != 0 {
			t.Errorf("sent again what the hub holds: %v", p.seen)
		}
	})
}

// The backup mark comes with the answer to a heartbeat too, for a box that seals
// nothing gets no receipts. What it passed is let go of on the next day, and the
// box says how far it has come.
func TestTheBackupMarkComesWithTheClock(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	p.with(func() { p.now = time.UnixMilli(1567731600000).Add(time.Hour) }) // the day on which commit seals
	n.commit(4)
	n.run()
	n.until("drained", n.drained)
	p.with(func() { p.backup = 3 })
	n.link.Beat()
	n.until("the mark", func() bool { m, err := n.Backup(); return err == nil && m == 3 })
	n.halt()
	if kept, err := n.Kept(); err != nil || kept != 4 {
		t.Errorf("records of today: %d kept, %v; want all 4", kept, err)
	}
	p.with(func() { p.now, p.beats = p.now.Add(24*time.Hour), nil })
	n.run()
	n.until("let go", saw(n, func(e link.LetGo) bool { return e.Mark == 3 && e.Records == 3 }))
	n.link.Beat()
	n.until("said", func() (ok bool) {
		p.with(func() {
			for _, b := range p.beats {
				ok = ok || b.Backup == 3 && b.Kept == 1
			}
		})
		return ok
	})
}
