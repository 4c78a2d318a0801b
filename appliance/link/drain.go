package link

import (
	"errors"
	"slices"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// maxResend bounds the growing pause between two sendings of one record.
const maxResend = 5 * time.Minute

// maxQueue bounds what a session queues on the hub's asking; the rest is asked
// for again.
const maxQueue = 1024

// The window of records without a receipt: how many a session begins with, and
// the least there are after receipts were late. Each receipt makes it wider by
// one, up to usualWindow, so that one batch is on the way while the hub commits
// the next and a third is being settled here; a receipt that is late halves it,
// for then the hub has more to do than it can.
//
// From there it grows up to Options.Window only by receipts that come within quick,
// and shrinks by those that do not: a hub that answers so soon has little else to
// do and takes larger batches, and when many boxes have come back none of them
// has more there than usual.
const (
	firstWindow = 16
	leastWindow = 4
	usualWindow = 192
	mostWindow  = 2 * usualWindow
	quick       = 400 * time.Millisecond
)

// windowBytes bounds, in bytes, what is under way without a receipt, but for one
// record, which may be larger; twice that while the window is wider than usual.
const windowBytes = 8 << 20

// drain is the session's view of the outbox: which records are under way, and
// what is to be sent next. It holds sequences only.
type drain struct {
	window  int // now
	most    int
	pause   time.Duration
	flights map[uint64]*flight
	bytes   uint64 // of flights
	cursor  uint64 // every pending sequence up to here is under way or was passed over
	queue   []job
	ids     map[protocol.ID]uint64 // of what was under way in this session
	held    func(seq uint64) bool  // the hub said it holds this one
}

// flight is one record without a receipt.
type flight struct {
	queued bool      // waits in the queue or is being sent
	due    time.Time // when to send it again
	said   time.Time // when it went out last; zero: we were not told yet
	tries  int
	size   uint64
	id     protocol.ID
	hash   protocol.Hash // of the envelope
}

func newDrain(most int, pause time.Duration) drain {
	return drain{
		window: min(firstWindow, most), most: most, pause: pause,
		flights: map[uint64]*flight{}, ids: map[protocol.ID]uint64{},
		held: func(uint64) bool { return false },
	}
}

// room is how many more records may be under way.
func (d *drain) room() int {
	if d.bytes >= d.bytesMost() {
		return 0
	}
	return d.window - len(d.flights)
}

func (d *drain) bytesMost() uint64 {
	if d.window > usualWindow {
		return 2 * windowBytes
	}
	return windowBytes
}

// add takes a record under way, unless it is too large for now.
func (d *drain) add(e store.Entry) bool {
	if len(d.flights) > 0 && d.bytes+e.Size > d.bytesMost() {
		return false
	}
	d.cursor = max(d.cursor, e.Sequence)
	d.ids[e.ID] = e.Sequence
	d.flights[e.Sequence] = &flight{queued: true, size: e.Size, id: e.ID, hash: e.Hash}
	d.bytes += e.Size
	d.queue = append(d.queue, job{seq: e.Sequence, only: d.held(e.Sequence)})
	return true
}

// ask queues what the hub asked for, unless too much is queued already.
func (d *drain) ask(j job) {
	if len(d.queue) >= maxQueue || slices.ContainsFunc(d.queue, func(q job) bool { return q.seq == j.seq && len(q.parts) == 0 && !q.only }) {
		return
	}
	d.queue = append(d.queue, j)
}

func (d *drain) peek() (job, bool) {
	if len(d.queue) == 0 {
		return job{}, false
	}
	return d.queue[0], true
}

// handed: the sender has taken the first of the queue.
func (d *drain) handed() { d.queue = d.queue[1:] }

// out: a record has left; its receipt is expected within a pause that doubles.
func (d *drain) out(seq uint64, now time.Time) {
	f := d.flights[seq]
	if f == nil {
		return // receipted meanwhile, or sent on the hub's asking
	}
	pause := min(d.pause<<min(f.tries, 10), maxResend)
	f.queued, f.due, f.said = false, now.Add(jitter(pause)), now
	f.tries++
}

// receipted makes room for the next as soon as the hub's word is here: what the
// store has to write of it takes a while. Whether it is for this very record is
// looked at as the store does.
func (d *drain) receipted(r protocol.Receipt, now time.Time) {
	f := d.flights[r.Sequence]
	if f == nil || f.id != r.Record || f.hash != r.Envelope || r.Outcome != protocol.Accepted && r.Outcome != protocol.Quarantined {
		return
	}
	d.settled(r.Sequence)
	switch soon := f.said.IsZero() || now.Sub(f.said) < quick; {
	case soon || d.window < usualWindow:
		d.window = min(d.window+1, d.most)
	case d.window > usualWindow:
		d.window--
	}
}

func (d *drain) settled(seq uint64) {
	if f := d.flights[seq]; f != nil {
		d.bytes -= f.size
		delete(d.flights, seq)
	}
}

// overdue queues the records whose receipt is overdue, in order. The first time
// only the manifest is said: a hub that is slow because all boxes have come back
// answers it with the receipt, or asks for what it lacks, and does not get
// everything a second time.
func (d *drain) overdue(now time.Time) {
	var late []uint64
	for seq, f := range d.flights {
		if !f.queued && !now.Before(f.due) {
			late = append(late, seq)
		}
	}
	slices.Sort(late)
	if len(late) > 0 {
		d.window = max(d.window/2, min(leastWindow, d.most))
	}
	for _, seq := range late {
		f := d.flights[seq]
		f.queued = true
		d.queue = append(d.queue, job{seq: seq, only: f.tries == 1})
	}
}

// wake is when overdue may next find something.
func (d *drain) wake() (time.Time, bool) {
	var at time.Time
	for _, f := range d.flights {
		if !f.queued && (at.IsZero() || f.due.Before(at)) {
			at = f.due
		}
	}
	return at, !at.IsZero()
}

// fill puts more of the outbox under way.
func (s *session) fill() error {
	if !s.flowing() {
		return nil
	}
	room := s.drain.room()
	if room <= 0 {
		return nil
	}
	entries, err := s.opt.Store.Pending(s.drain.cursor, room)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !s.drain.add(e) {
			break
		}
	}
	return nil
}

// flowing reports whether records may go: the hub has answered, and this box's
// turn to begin has come.
func (s *session) flowing() bool { return s.welcomed && s.waits == nil }

// holdBack draws the pause before a backlog begins to go: a hub that was away
// for a day has one of every box. Who has no more than one usual window of records
// to say begins at once.
func (s *session) holdBack() error {
	out, err := s.opt.Store.Outbox()
	if err != nil {
		return err
	}
	if out.Waiting > uint64(min(s.drain.most, usualWindow)) || out.Bytes > windowBytes {
		s.waits = s.opt.After(s.opt.Spread(s.opt.MaxPause))
	}
	return nil
}

// wentOut takes the sender's word on one job. A record that cannot be read is
// passed over: it stays in the outbox, for the technician, and blocks nothing.
func (s *session) wentOut(d sent) error {
	if d.err == nil {
		s.drain.out(d.job.seq, time.Now())
		return nil
	}
	if errors.Is(d.err, store.ErrBroken) {
		return d.err
	}
	// What the hub asked for and is pruned, or never was, is no fault of ours.
	if !errors.Is(d.err, store.ErrNotFound) || s.drain.flights[d.job.seq] != nil {
		s.opt.Events(Unsendable{d.job.seq, d.err})
	}
	s.drain.settled(d.job.seq)
	return s.fill()
}
