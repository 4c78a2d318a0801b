package intake

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/notice"
	"zhunkao/protocol"
)

// committer makes batches durable: blobs first, in one sync, then one SQL
// transaction, then receipts. While one batch is in SQL the blobs of the next
// are already being written.
type committer struct {
	hub   *Intake
	in    chan *item
	ready chan []*item         // blobs durable
	full  map[string]time.Time // when it was last logged that the quarantine of a box is full
	early map[string][]*item   // acts of a box that came before what they rest on; run's

	mu      sync.RWMutex  // guards closed: nobody may be in put when in is closed
	closed  bool          // in is
	stopped chan struct{} // closed when nobody takes from in any more
}

func newCommitter(in *Intake) *committer {
	return &committer{hub: in, in: make(chan *item, in.opts.Batch), ready: make(chan []*item), full: map[string]time.Time{}, early: map[string][]*item{},
		stopped: make(chan struct{})}
}

// batchBytes ends a batch, in bytes of ciphertext: an ordinary one of the most
// records that go together has a sixth of it.
const batchBytes = 32 << 20

// errStopped says that intake has ended.
var errStopped = errors.New("intake: it has ended")

// put hands a record over; it waits while what is to be the next batch is full.
// Error: errStopped, that of ctx.
func (c *committer) put(ctx context.Context, it *item) error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return errStopped
	}
	select {
	case c.in <- it:
		return nil
	case <-c.stopped:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish has run end when it has dealt with all that was put.
func (c *committer) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	close(c.in)
}

// run works until in is closed and empty. An error is fatal: the blob file is
// not to be believed any more.
func (c *committer) run(ctx context.Context) error {
	defer close(c.stopped)
	failed := make(chan error, 1)
	go func() {
		defer close(c.ready)
		failed <- c.store(ctx)
	}()
	for batch := range c.ready {
		c.settle(ctx, batch)
	}
	return <-failed
}

// store gathers batches and makes their blobs durable.
func (c *committer) store(ctx context.Context) error {
	for {
		batch, ok := c.gather(ctx)
		if !ok {
			return nil
		}
		blobs := map[blob.Hash][]byte{}
		for _, it := range batch {
			for h, ct := range it.parts {
				blobs[h] = ct
			}
		}
		if len(blobs) > 0 {
			began := time.Now()
			err := c.hub.opts.Blobs.Put(blobs)
			if err == nil {
				c.hub.meters.put(began)
			}
			if errors.Is(err, blob.ErrAway) {
				c.later(batch)
				c.hub.opts.Log.Error("blobs not stored; their boxes say the records again", "worker", "intake",
					"records", len(batch), "error", err.Error())
				continue
			}
			if err != nil {
				return fmt.Errorf("intake: blobs of %d records: %w", len(batch), err)
			}
		}
		select {
		case c.ready <- batch:
		case <-ctx.Done():
			return nil
		}
	}
}

// gather waits for one record and takes what comes with it.
func (c *committer) gather(ctx context.Context) ([]*item, bool) {
	var batch []*item
	bytes := 0
	add := func(it *item) {
		batch = append(batch, it)
		for _, ct := range it.parts {
			bytes += len(ct)
		}
	}
	select {
	case it, ok := <-c.in:
		if !ok {
			return nil, false
		}
		add(it)
	case <-ctx.Done():
		return nil, false
	}
	linger := time.NewTimer(max(c.hub.opts.Linger, 0))
	defer linger.Stop()
	for len(batch) < c.hub.opts.Batch && bytes < batchBytes {
		select {
		case it, ok := <-c.in:
			if !ok {
				return batch, true
			}
			add(it)
			continue
		default:
		}
		select {
		case it, ok := <-c.in:
			if !ok {
				return batch, true
			}
			add(it)
		case <-linger.C:
			return batch, true
		case <-ctx.Done():
			return nil, false
		}
	}
	return batch, true
}

// Attempts of one batch when the database is away, and the pause before the
// second; it doubles. What is given up is said again by its boxes.
const (
	attempts  = 4
	firstWait = 50 * time.Millisecond
)

// settle brings a batch into the database, halving it when something in it is
// refused there, and sends the receipts of what stands.
func (c *committer) settle(ctx context.Context, batch []*item) {
	if parts := apart(batch); parts != nil {
		for _, part := range parts {
			c.settle(ctx, part)
		}
		return
	}
	pause := firstWait
	raced := false
	for n := 1; ; n++ {
		err := c.commit(ctx, batch)
		if err == nil {
			c.hub.meters.committed(batch)
			c.answer(batch)
			if c.hub.pool != nil {
				c.settled(ctx, batch)
			}
			c.settleEarly(ctx, batch)
			return
		}
		switch {
		case (db.Unique(err) || errors.Is(err, candidate.ErrConflict) || errors.Is(err, candidate.ErrTaken) || errors.Is(err, confirmation.ErrChanged)) && !raced:
			raced = true // another hub was quicker: decide anew from what stands now
			continue
		case refused(err) && len(batch) > 1:
			c.settle(ctx, batch[:len(batch)/2])
			c.settle(ctx, batch[len(batch)/2:])
			return
		case refused(err) && batch[0].refused == "":
			it := batch[0]
			c.hub.opts.Log.Error("record set aside: the database refuses it", "worker", "intake",
				"box", it.box.ID, "record", it.rec.ID, "error", err.Error())
			it.refuse(confirmation.CheckForm, protocol.ReasonContent)
			continue
		case n == attempts || ctx.Err() != nil:
			c.later(batch)
			c.hub.opts.Log.Error("records not committed; their boxes say them again", "worker", "intake",
				"records", len(batch), "error", err.Error())
			return
		}
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
		pause *= 2
	}
}

// later gives a batch up: whoever brought it brings it again.
func (c *committer) later(batch []*item) {
	c.hub.count.dropped.Add(uint64(len(batch)))
	for _, it := range batch {
		it.word = row{}
		it.say()
	}
}

// refused reports whether something in the batch is refused, rather than the
// database being away: then the same work would fail for ever.
func refused(err error) bool {
	for _, e := range []error{candidate.ErrConflict, candidate.ErrTaken, candidate.ErrNotFound, candidate.ErrApplication,
		confirmation.ErrNotFound, confirmation.ErrChanged, confirmation.ErrFull, fleet.ErrNotFound, journal.ErrEntry, notice.ErrNotice, keys.ErrSealed, keys.ErrUnknown} {
		if errors.Is(err, e) {
			return true
		}
	}
	var pg interface{ SQLState() string }
	if errors.As(err, &pg) && len(pg.SQLState()) == 5 {
		switch pg.SQLState()[:2] {
		case "22", "23", "P0": // data, integrity, raised by a rule of the database
			return true
		}
	}
	var lite interface{ Code() int }
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case 18, 19, 20, 25: // too big, constraint, mismatch, range
			return true
		}
	}
	return false
}

// outcome is what one batch leads to.
type outcome struct {
	rows     []row
	arrivals []flow.Arrival
	aside    []confirmation.Quarantined
	forks    []*item
	acts     []*item
}

// commit decides a batch and writes what came of it, in one transaction: what is
// read in it is what the writer has in its memory already. It may run more than
// once and leaves nothing behind but the words of the items.
func (c *committer) commit(ctx context.Context, batch []*item) error {
	o := c.hub.opts
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		k, err := read(ctx, tx, o.Flow.Candidates, batch)
		if err != nil {
			return err
		}
		at := o.Now().UnixMilli()
		var out outcome
		for _, it := range batch {
			if it.act != nil {
				if it.forbidden, err = it.act.judge(ctx, tx, o.Flow, it); err != nil {
					return err
				}
			} else if it.clerk != nil || len(it.overrides) > 0 {
				if it.facts.Clerk, it.facts.Overrides.Strangers, err = o.Flow.Attended(ctx, tx, it.rec.Point, it.clerk, it.overrides); err != nil {
					return err
				}
			}
			if err := k.meet(ctx, tx, it, &o); err != nil {
				return err
			}
			if it.early, err = k.early(ctx, tx, it); err != nil {
				return err
			}
			if it.early {
				it.word = row{}
				continue
			}
			d := k.decide(it, o.Keys, at)
			if it.known, it.completed = d.known, false; d.known {
				if err := c.hub.complete(ctx, tx, it, at); err != nil {
					return err
				}
			}
			out.add(it, d)
		}
		if len(out.rows) == 0 {
			return nil
		}
		return c.write(ctx, tx, out)
	})
}

func (out *outcome) add(it *item, d decision) {
	if d.known || d.dropped {
		return
	}
	out.rows = append(out.rows, it.word)
	checks := append(it.checks[:len(it.checks):len(it.checks)], d.step.Checks...)
	if d.refused != "" {
		out.aside = append(out.aside, setAside(it, d.refused, checks))
		if d.step.Freeze {
			out.forks = append(out.forks, it)
		}
		return
	}
	if it.act != nil {
		out.acts = append(out.acts, it)
		return
	}
	rec := it.rec
	rec.Committed = it.word.at
	rec.Timeline = append(rec.Timeline[:len(rec.Timeline):len(rec.Timeline)],
		confirmation.Event{Step: confirmation.StepCommitted, At: it.word.at, Hub: true})
	// What the record itself told; Confirm adds what Next found.
	rec.Checks = append(rec.Checks[:len(rec.Checks):len(rec.Checks)], it.checks...)
	out.arrivals = append(out.arrivals, flow.Arrival{Record: rec, Content: it.content, Application: it.app, Step: d.step, Token: d.token, Carrier: it.by(), Alias: it.alias()})
}

func (c *committer) write(ctx context.Context, tx *db.Tx, out outcome) error {
	f := c.hub.opts.Flow
	if err := f.Confirm(ctx, tx, out.arrivals); err != nil {
		return err
	}
	if err := insertRows(ctx, tx, out.rows); err != nil {
		return err
	}
	for _, it := range out.acts {
		if err := it.act.take(ctx, tx, f, it); err != nil {
			return err
		}
	}
	for _, q := range out.aside {
		if err := f.SetAside(ctx, tx, q); err != nil {
			return err
		}
	}
	for _, it := range out.forks {
		detail := map[string]string{"sequence": fmt.Sprint(it.m.Sequence), "epoch": fmt.Sprint(it.m.Epoch), "hash": it.hash}
		if err := f.SeeFork(ctx, tx, it.box.ID, fleet.FreezeFork, detail); err != nil {
			return err
		}
	}
	return nil
}

func setAside(it *item, why protocol.Reason, checks []confirmation.Check) confirmation.Quarantined {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	q := confirmation.Quarantined{ID: hex.EncodeToString(id[:]), Box: it.box.ID, Hash: it.hash, Epoch: it.m.Epoch, Sequence: it.word.seq,
		Record: it.word.record, Point: it.box.Point, Division: it.division, Reason: string(why), Checks: checks,
		At: it.word.at, Size: int64(len(it.raw)), Raw: it.raw, Application: it.app.ID, Carrier: it.by()}
	q.Parts, q.Kept = it.brought()
	return q
}

// answer sends receipts, by box, and moves what is known of their chains.
func (c *committer) answer(batch []*item) {
	byBox := map[string][]protocol.Receipt{}
	for _, it := range batch {
		carried := it.answer != nil
		it.say()
		if it.word.hash == "" {
			c.hub.count.dropped.Add(1)
			if it.early {
				if !carried {
					c.keepEarly(it)
				}
				continue
			}
			if time.Since(c.full[it.box.ID]) > time.Minute { // not for each of them
				c.full[it.box.ID] = time.Now()
				c.hub.opts.Log.Error("quarantine of a box is full; its envelopes get no receipt", "worker", "intake", "box", it.box.ID)
			}
			continue
		}
		r, err := it.word.receipt()
		if err != nil {
			c.hub.opts.Log.Error("receipt not made", "worker", "intake", "box", it.box.ID, "error", err.Error())
			continue
		}
		if it.carrier == "" || c.hub.hears(it.box) {
			byBox[it.box.ID] = append(byBox[it.box.ID], r)
		}
		if it.word.chained && it.word.epoch == it.box.Epoch {
			if upTo, ok := c.hub.held.add(it.box.ID, it.word.epoch, it.word.seq); ok {
				c.hub.opts.Fleet.Hold(it.box.ID, it.word.epoch, upTo)
			}
		}
		if it.word.outcome == protocol.Accepted {
			c.hub.count.accepted.Add(1)
		} else {
			c.hub.count.quarantined.Add(1)
		}
		if len(it.staged) > 0 && !it.pooled {
			if err := c.hub.opts.Blobs.Discard(it.box.ID, it.staged...); err != nil {
				c.hub.opts.Log.Warn("staged parts stay until swept", "worker", "intake", "box", it.box.ID, "error", err.Error())
			}
		}
	}
	for id, receipts := range byBox {
		if b, ok := c.hub.opts.Fleet.Box(id); ok {
			c.hub.opts.Down.Receipts(b, receipts)
		}
	}
}
