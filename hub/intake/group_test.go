package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
)

func grouped(r *rig) { r.group = true }

// newGroup makes two hubs on one PostgreSQL, each with its own connections,
// files and memory.
func newGroup(t *testing.T, people int) (*rig, *rig) {
	t.Helper()
	url := dbtest.PostgresURL(t)
	open := func() *db.DB {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return d
	}
	a := newRig(t, open(), people, grouped)
	b := &rig{t: t, clock: a.clock, dir: t.TempDir(), db: open(), ring: a.ring, campaign: a.campaign, people: a.people,
		heard: map[string]chan []byte{}, group: true, first: a}
	b.start()
	return a, b
}

// deal has a box speak to the hubs in turns, as a shared subscription does.
func (b *box) deal(hubs ...*rig) {
	var mu sync.Mutex
	n := 0
	b.say = func(kind protocol.Kind, payload []byte) {
		mu.Lock()
		defer mu.Unlock()
		n++
		hubs[n%len(hubs)].deliver(b, kind, payload)
	}
}

func (r *rig) deliver(b *box, kind protocol.Kind, payload []byte) {
	r.in.Deliver(context.Background(), protocol.UpTopic(b.id.Box, kind), payload)
}

func (r *rig) accepted(t *testing.T, got map[protocol.Hash]protocol.Receipt, want int) {
	t.Helper()
	for _, e := range got {
		if e.Outcome != protocol.Accepted {
			t.Errorf("receipt %+v", e)
		}
	}
	if n := r.count("confirmation"); n != want || len(got) != want {
		t.Errorf("%d records, %d receipts, want %d", n, len(got), want)
	}
	eventually(t, "nothing is left under way", func() bool { return r.count("upload") == 0 && r.count("blob_piece") == 0 })
	fsck, err := intake.Fsck(context.Background(), r.db, r.blobs)
	if err != nil || !fsck.OK() {
		t.Errorf("fsck %+v, %v", fsck, err)
	}
}

// TestChunksDealtAlternately: every message of a box goes to the other hub than
// the one before, small records and one of many chunks.
func TestChunksDealtAlternately(t *testing.T) {
	a, o := newGroup(t, 9)
	b := a.enrol(pointHere) // the other hub has not heard of it
	b.deal(a, o)
	var all []sealed
	for i, p := range a.people[:9] {
		m := making{}
		if i%4 == 1 {
			m.big = 700 << 10
		}
		s := b.seal(p, m)
		b.send(s)
		all = append(all, s)
	}
	a.accepted(t, b.receipts(all...), 9)
	for _, r := range []*rig{a, o} {
		if n := r.in.Counts().Messages; n == 0 {
			t.Error("a hub heard nothing")
		}
		if got := r.in.Counts().Malformed; got != 0 {
			t.Errorf("%d messages called malformed\n%s", got, r.logged())
		}
	}
}

// TestEnvelopesReversed: messages of several records in any order, chunks before
// their manifests, later records before earlier ones, some twice.
func TestEnvelopesReversed(t *testing.T) {
	a, o := newGroup(t, 6)
	b := a.enrol(pointHere)
	b.deal(a, o)
	var all []sealed
	type said struct {
		kind protocol.Kind
		raw  []byte
	}
	var messages []said
	for i, p := range a.people[:6] {
		m := making{}
		if i == 2 {
			m.big = 500 << 10
		}
		s := b.seal(p, m)
		all = append(all, s)
		messages = append(messages, said{protocol.KindManifest, s.Envelope})
		for _, c := range s.chunks(t) {
			messages = append(messages, said{protocol.KindChunk, c})
		}
	}
	for i := len(messages) - 1; i >= 0; i-- {
		b.say(messages[i].kind, messages[i].raw)
	}
	got := b.receipts(all...)
	dice := rand.New(rand.NewPCG(1, 2))
	for range 20 { // late and twice: the same word
		m := messages[dice.IntN(len(messages))]
		b.say(m.kind, m.raw)
	}
	for _, s := range all {
		b.say(protocol.KindManifest, s.Envelope)
	}
	again := b.receipts(all...)
	for h, e := range got {
		if again[h] != e {
			t.Errorf("said twice: %+v and %+v", e, again[h])
		}
	}
	if n := a.count("confirmation"); n != 6 {
		t.Errorf("%d records, want 6", n)
	}
	if b := a.state(b); b != fleet.Active {
		t.Errorf("the box is %s", b)
	}
	a.read(func(ctx context.Context, tx *db.Tx) error {
		fb, _ := a.fleet.Box(string(b.id.Box))
		fb.Held = 0
		gaps, err := fleet.Lacking(ctx, tx, fb)
		if len(gaps) != 0 {
			t.Errorf("gaps %v", gaps)
		}
		return err
	})
}

// TestAHubEndsInTheMiddle: it has got half of a record and goes; the other one
// asks for the rest only, and completes it.
func TestAHubEndsInTheMiddle(t *testing.T) {
	a, o := newGroup(t, 2)
	b := a.enrol(pointHere)
	s := b.seal(a.people[0], making{big: 900 << 10})
	o.deliver(b, protocol.KindManifest, s.Envelope)
	chunks := s.chunks(t)
	for i, c := range chunks[:len(chunks)-1] {
		[]*rig{o, a}[i%2].deliver(b, protocol.KindChunk, c)
	}
	eventually(t, "the pieces lie together", func() bool { return a.count("blob_piece") >= len(chunks)-1 })
	o.stop()
	var w protocol.Want
	b.hears(protocol.KindWant, &w)
	asked := 0
	for _, p := range w.Parts {
		for _, named := range s.Manifest.Parts() {
			if named.Hash == p.Part {
				asked += int(named.Size - p.From)
			}
		}
	}
	if asked == 0 || asked > 300<<10 {
		t.Errorf("asks for %d bytes; one chunk is missing", asked)
	}
	a.deliver(b, protocol.KindChunk, chunks[len(chunks)-1])
	a.accepted(t, b.receipts(s), 1)
}

// TestAHubEndsWithAllInHand: the last piece was taken and nothing committed; the
// other hub finds that all is there.
func TestAHubEndsWithAllInHand(t *testing.T) {
	a, o := newGroup(t, 1)
	b := a.enrol(pointHere)
	s := b.seal(a.people[0], making{})
	// What the hub that ended has left behind: manifest and pieces.
	o.stop()
	a.deliver(b, protocol.KindManifest, s.Envelope)
	eventually(t, "it is announced", func() bool { return a.count("upload") == 1 })
	for _, c := range protocol.Chunks(s.Manifest.ID, s.parts, s.Manifest.Parts(), nil) {
		for i, p := range c.Pieces {
			if err := a.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO blob_piece (owner, part, start, size, put, bytes) VALUES ($1, $2, $3, 0, $4, $5)`,
					string(b.id.Box), p.Part[:], int64(p.Offset), time.Now().UnixMilli(), p.Bytes)
				return err
			}); err != nil {
				t.Fatal(i, err)
			}
		}
	}
	a.accepted(t, b.receipts(s), 1)
}

// TestSpoiltPieceInAGroup: a piece that is not what it should be costs one more
// sending, and nothing else.
func TestSpoiltPieceInAGroup(t *testing.T) {
	a, o := newGroup(t, 1)
	b := a.enrol(pointHere)
	b.deal(a, o)
	s := b.seal(a.people[0], making{big: 400 << 10})
	b.say(protocol.KindManifest, s.Envelope)
	for i, c := range protocol.Chunks(s.Manifest.ID, s.parts, s.Manifest.Parts(), nil) {
		if i == 1 {
			c.Pieces[0].Bytes = bytes.Repeat([]byte{7}, len(c.Pieces[0].Bytes))
		}
		raw, err := protocol.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		b.say(protocol.KindChunk, raw)
	}
	var w protocol.Want
	b.hears(protocol.KindWant, &w)
	b.chunks(s)
	a.accepted(t, b.receipts(s), 1)
}

// TestRevokedAtTheOtherHub: what a revoked box says has no effect at any hub,
// within the time that S20 gives.
func TestRevokedAtTheOtherHub(t *testing.T) {
	a, o := newGroup(t, 3)
	b := a.enrol(pointHere)
	b.deal(o)
	b.receipt(b.seal(a.people[0], making{}))
	if err := a.write(func(ctx context.Context, tx *db.Tx) error {
		return a.flow.Revoke(ctx, tx, string(b.id.Box), "stolen", flow.Operator())
	}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the other hub knows it", func() bool {
		got, _ := o.fleet.Box(string(b.id.Box))
		return got.State == fleet.Revoked
	})
	before := o.in.Counts().Dropped
	b.send(b.seal(a.people[1], making{}))
	eventually(t, "it is not heard", func() bool { return o.in.Counts().Dropped >= before+2 })
	if n := a.count("confirmation"); n != 1 {
		t.Errorf("%d records, want the one from before", n)
	}
}

// TestEnrolledAnewAtTheOtherHub: the first record of the new epoch is not
// refused by a hub that has not heard of it.
func TestEnrolledAnewAtTheOtherHub(t *testing.T) {
	a, o := newGroup(t, 3)
	b := a.enrol(pointHere)
	b.deal(o)
	b.receipt(b.seal(a.people[0], making{}))
	again := &box{r: a, point: pointHere}
	again.fresh()
	time.Sleep(1100 * time.Millisecond) // a hub looks for one box once a second
	again.take(a.ticket("", string(b.id.Box)))
	again.deal(o)
	if got := again.receipt(again.seal(a.people[1], making{})); got.Outcome != protocol.Accepted || got.Sequence != 1 {
		t.Errorf("%+v\n%s", got, o.logged())
	}
}

// TestHelloOvertakenInAGroup: a record that the box sealed after its hello is
// committed by another hub before the hello is looked at; that is no step back.
// A box that really went back is found by what it goes on saying.
func TestHelloOvertakenInAGroup(t *testing.T) {
	a, o := newGroup(t, 3)
	b := a.enrol(pointHere)
	b.deal(o)
	first := b.seal(a.people[0], making{})
	b.receipt(first)
	b.receipt(b.seal(a.people[1], making{}))
	b.deal(a)
	if w := b.hello(protocol.Hello{Head: 1, HeadHash: first.Hash()}); w.State != protocol.BoxActive || w.Receipted != 2 {
		t.Errorf("welcome of a box that was overtaken: %+v", w)
	}
	a.clock.set(opened.Add(time.Minute))
	b.beat(protocol.Heartbeat{Head: 2})
	b.hears(protocol.KindClock, &protocol.Clock{})
	if got := a.state(b); got != fleet.Active {
		t.Errorf("an honest box is %s", got)
	}
	b.beat(protocol.Heartbeat{Head: 1})
	eventually(t, "a box that went back is frozen", func() bool { return a.state(b) == fleet.Frozen })
}

// TestALateCommitIsNotLost: a transaction that wrote its entry first is held
// open while the other hub writes and the journal is sealed; followers at both
// hubs see its entry when it comes.
func TestALateCommitIsNotLost(t *testing.T) {
	a, o := newGroup(t, 4)
	b := a.enrol(pointHere)
	b.deal(a, o)
	ctx := context.Background()
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		once := sync.OnceFunc(func() { close(held) })
		done <- o.db.Write(ctx, func(tx *db.Tx) error {
			if err := o.flow.Note(ctx, tx, journal.HubStarted); err != nil {
				return err
			}
			once()
			<-release
			return nil
		})
	}()
	<-held
	var all []sealed
	for _, p := range a.people[:4] {
		s := b.seal(p, making{})
		b.send(s)
		all = append(all, s)
	}
	b.receipts(all...)
	sealedBefore := func(r *rig) uint64 { return r.sealer.Head().Number }
	eventually(t, "the others are sealed", func() bool {
		return len(a.acts(journal.ConfirmationReceived)) == 4 && sealedBefore(a) > 0 && sealedBefore(a) == sealedBefore(o)
	})
	// Followers at each hub stand at the head, as dispatch and the counters do.
	from := map[*rig]uint64{a: sealedBefore(a), o: sealedBefore(o)}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for r, n := range from {
		eventually(t, "the late entry comes after what they have seen", func() bool {
			found := false
			r.read(func(ctx context.Context, tx *db.Tx) error {
				list, err := journal.After(ctx, tx, n, 100)
				for _, e := range list {
					found = found || e.Act == journal.HubStarted
				}
				return err
			})
			return found && r.sealer.Head().Number > n
		})
	}
	eventually(t, "each hub's file has every checkpoint", func() bool {
		for _, r := range []*rig{a, o} {
			got, err := journal.Verify(ctx, r.db, filepath.Join(r.dir, "checkpoints.log"), r.ring)
			if err != nil {
				t.Fatal(err)
			}
			if !got.OK() || got.Checkpoints == 0 {
				return false
			}
		}
		return true
	})
}

// TestManyBoxesTwoHubs: whatever the order, each record is in once and each box
// has its receipts.
func TestManyBoxesTwoHubs(t *testing.T) {
	const boxes, each = 4, 6
	a, o := newGroup(t, boxes*each)
	var wg sync.WaitGroup
	for i := range boxes {
		b := a.enrol(pointHere)
		b.deal(a, o)
		var all []sealed
		for _, p := range a.people[i*each : (i+1)*each] {
			all = append(all, b.seal(p, making{}))
		}
		wg.Go(func() {
			for _, s := range all {
				b.send(s)
			}
			for h, e := range b.receipts(all...) {
				if e.Outcome != protocol.Accepted {
					t.Errorf("%s: %+v", fmt.Sprint(h)[:8], e)
				}
			}
		})
	}
	wg.Wait()
	if n := a.count("confirmation"); n != boxes*each {
		t.Errorf("%d records, want %d", n, boxes*each)
	}
	var q []confirmation.Quarantined
	a.read(func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = confirmation.Quarantine(ctx, tx, confirmation.Aside{Filter: confirmation.Filter{Limit: 10}})
		return err
	})
	if len(q) != 0 {
		t.Errorf("set aside: %+v", q[0].Reason)
	}
}
