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

// drain is the session's view of the outbox: which records are under way, and
// what is to be sent next. It holds sequences only.
type drain struct {
	window  int
	pause   time.Duration
	flights map[uint64]*flight
	cursor  uint64 // every pending sequence up to here is under way or was passed over
	queue   []job
	ids     map[protocol.ID]uint64 // of what was under way in this session
	held    func(seq uint64) bool  // the hub said it holds this one
}

// flight is one record without a receipt.
type flight struct {
	queued bool      // waits in the queue or is being sent
	due    time.Time // when to send it again
	tries  int
}

func newDrain(window int, pause time.Duration) drain {
	return drain{
		window: window, pause: pause,
		flights: map[uint64]*flight{}, ids: map[protocol.ID]uint64{},
		held: func(uint64) bool { return false },
	}
}

func (d *drain) room() int { return d.window - len(d.flights) }

func (d *drain) add(e store.Entry) {
	d.cursor = max(d.cursor, e.Sequence)
	d.ids[e.ID] = e.Sequence
	d.flights[e.Sequence] = &flight{queued: true}
	d.queue = append(d.queue, job{seq: e.Sequence, only: d.held(e.Sequence)})
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
	f.queued, f.due = false, now.Add(jitter(pause))
	f.tries++
}

func (d *drain) settled(seq uint64) { delete(d.flights, seq) }

// overdue queues the records whose receipt is overdue, in order.
func (d *drain) overdue(now time.Time) {
	var late []uint64
	for seq, f := range d.flights {
		if !f.queued && !now.Before(f.due) {
			late = append(late, seq)
		}
	}
	slices.Sort(late)
	for _, seq := range late {
		d.flights[seq].queued = true
		d.queue = append(d.queue, job{seq: seq})
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
	if !s.welcomed {
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
		s.drain.add(e)
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
