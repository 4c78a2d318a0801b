package intake

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/protocol"
)

// Options configures New. All pointers are required.
type Options struct {
	DB    *db.DB
	Blobs *blob.Store
	Keys  *keys.Ring
	Fleet *fleet.Fleet
	Flow  *flow.Flow
	Down  *dispatch.Dispatch // nil only for Once: no box is spoken to
	Now   func() time.Time   // civil time
	// Names are those of the hub itself: no desk of a box is certified for one.
	Names []string
	Log   *slog.Logger

	// Group says that other hubs listen at the same broker: what is under way is
	// then shared through the database. Blobs must be in the database too.
	Group bool

	Lanes  int           // 0: the number of cores
	Batch  int           // most records of one commit; 0: 128
	Linger time.Duration // how long a commit waits for more; 0: 3 ms, negative: not at all
	Want   time.Duration // how long a part may be missing before it is asked for; 0: 5 s
}

// laneQueue is how many messages wait for a lane: at most some 25 MiB.
const laneQueue = 256

// Intake is the way in. It is safe for concurrent use.
type Intake struct {
	opts   Options
	cases  *cases
	held   *ledger
	pool   *pool // nil without Group
	lanes  []*lane
	done   *committer
	count  counters
	meters *meters
}

// counters are for the operator's page; they never fall.
type counters struct {
	messages, dropped, malformed, accepted, quarantined, duplicates atomic.Uint64
}

// Counts is a reading of the counters since the start of the hub.
type Counts struct {
	Messages    uint64 // that came
	Dropped     uint64 // because a queue or a share was full: they come again
	Malformed   uint64 // that were no message of the wire
	Accepted    uint64
	Quarantined uint64
	Duplicates  uint64 // answered with the receipt they had got before
}

// New makes an Intake; Run starts it.
func New(o Options) *Intake {
	if o.Lanes == 0 {
		o.Lanes = runtime.GOMAXPROCS(0)
	}
	if o.Batch == 0 {
		o.Batch = 128
	}
	if o.Linger == 0 {
		o.Linger = 3 * time.Millisecond
	}
	if o.Want == 0 {
		o.Want = 5 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	in := &Intake{meters: newMeters(), opts: o, cases: newCases(o.DB), held: newLedger(o.DB)}
	if o.Group {
		in.pool = &pool{db: o.DB, pieces: blob.NewPieces(o.DB)}
	}
	in.done = newCommitter(in)
	for range o.Lanes {
		in.lanes = append(in.lanes, newLane(in))
	}
	return in
}

// Run takes what Deliver brings until ctx ends, then finishes what is in the
// lanes. An error means that the hub must stop.
func (in *Intake) Run(ctx context.Context) error {
	// What was opened when ctx ends is still committed: its box need not send
	// it again. Only a second end, of the process, cuts that short.
	work, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var lanes, commit sync.WaitGroup
	for _, l := range in.lanes {
		lanes.Go(func() { l.run(ctx, work) })
	}
	commit.Go(func() {
		if err := in.done.run(work); err != nil {
			stop(err)
		}
	})
	if in.pool != nil {
		lanes.Go(func() { in.watch(ctx) })
	}
	lanes.Wait()
	in.done.finish()
	commit.Wait()
	if err := context.Cause(work); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// Counts reads the counters.
func (in *Intake) Counts() Counts {
	c := &in.count
	return Counts{c.messages.Load(), c.dropped.Load(), c.malformed.Load(), c.accepted.Load(), c.quarantined.Load(), c.duplicates.Load()}
}

// message is one message of a box, as it came.
type message struct {
	box     string
	kind    protocol.Kind
	payload []byte
	at      time.Time // real time
}

// patience is how long Deliver waits for a full lane before it drops.
const patience = 2 * time.Second

// Deliver hands a message in. It waits a little when the lane is full, so that
// the connection slows down, and then drops: the box says it again. One
// connection may bring the messages of all boxes, so it does not wait for a lane
// that has stood still for that long already, nor for a box that floods. The
// payload must not be changed afterwards.
func (in *Intake) Deliver(ctx context.Context, topic string, payload []byte) {
	in.count.messages.Add(1)
	in.meters.bytes.Add(uint64(len(payload)))
	box, kind, err := protocol.ParseUpTopic(topic)
	if err != nil || len(payload) > protocol.MaxMessage {
		in.count.malformed.Add(1)
		return
	}
	l := in.lane(string(box))
	m := message{box: string(box), kind: kind, payload: payload, at: time.Now()}
	queue := l.in
	if kind == protocol.KindHeartbeat {
		queue = l.small // never behind a backlog of records (fault 10)
	}
	if !l.gate.enter(m.box, m.word()) {
		in.count.dropped.Add(1)
		return
	}
	select {
	case queue <- m:
		l.stuck.Store(false)
		return
	default:
	}
	if !l.stuck.Load() && !l.gate.floods(m.box) {
		t := time.NewTimer(patience)
		defer t.Stop()
		select {
		case queue <- m:
			return
		case <-ctx.Done():
		case <-t.C:
			l.stuck.Store(true)
		}
	}
	l.gate.leave(m.box, m.word())
	in.count.dropped.Add(1)
}

// word reports whether a message is a box's word on itself, not a record.
func (m message) word() bool {
	return m.kind == protocol.KindHello || m.kind == protocol.KindHeartbeat || m.kind == protocol.KindDesk || m.kind == protocol.KindLacking
}

func (in *Intake) lane(box string) *lane {
	h := fnv.New32a()
	_, _ = h.Write([]byte(box)) // a hash never fails
	return in.lanes[h.Sum32()%uint32(len(in.lanes))]
}
