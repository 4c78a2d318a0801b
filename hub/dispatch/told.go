package dispatch

import (
	"context"
	"time"

	"zhunkao/hub/fleet"
	"zhunkao/protocol"
)

const (
	// rosterWorkers make pages: few, so that receipts and clocks keep the CPU.
	rosterWorkers = 2
	// gather is how long changes of the journal are collected before boxes are
	// told, so that a burst makes one page and not twenty; with many boxes it is
	// longer by gatherEach for each, so that looking into the journal for them
	// never takes more than a small part of the hub.
	gather     = 150 * time.Millisecond
	gatherEach = 2 * time.Millisecond
	// firstPause and lastPause are the pauses before saying again what a box
	// has not taken. Its heartbeats come every 15 s, so nothing is said again
	// before one can have answered.
	firstPause = 20 * time.Second
	lastPause  = 5 * time.Minute
	// A box with more than backlog records to say is catching up. Between two pages
	// of the roster it has rosterRest for them: most of what is new in the journal
	// is what it said itself, and hearing it took as much of box and hub as its
	// records did (fault 10).
	backlog    = 128
	rosterRest = time.Second
	// forgetAfter is when a box that says nothing is no longer told anything.
	forgetAfter = 3 * protocol.HeartbeatEvery * time.Second
)

// told is what one box has reported and what it has been told since. It is
// kept in memory only: after a restart of the hub the next heartbeat of the
// box starts it anew.
type told struct {
	box     fleet.Box // as it was when it last spoke
	marks   protocol.Marks
	heard   time.Time // real time
	scanned uint64    // the journal up to here holds nothing more for this box than it was sent
	newest  uint64    // told in Welcome: a box without a roster serves nobody before its mark is here
	waiting uint64    // records it has to say
	resting bool      // it is queued when its rest is over

	roster   attempt // To of the page under way
	campaign attempt // version under way
	staff    attempt // mark of the list under way
	tickets  attempt // mark and page of the list under way
}

// attempt is something said and not yet seen in the marks.
type attempt struct {
	to    uint64
	at    time.Time
	pause time.Duration
}

// due reports whether to may be said now, and notes that it is.
func (a *attempt) due(to uint64, now time.Time) bool {
	if a.to == to && now.Sub(a.at) < a.pause {
		return false
	}
	if a.to == to {
		a.pause = min(2*a.pause, lastPause)
	} else {
		a.to, a.pause = to, firstPause
	}
	a.at = now
	return true
}

// rest is how long a box is not told of the journal yet.
func (t *told) rest(now time.Time) time.Duration {
	if t.waiting <= backlog {
		return 0
	}
	return t.roster.at.Add(rosterRest).Sub(now)
}

// mark takes the marks of a box that has just spoken, and how many records it has
// to say, and queues it when it may lack something. A fresh connection forgets
// what was under way; newest is what its Welcome says, and 0 otherwise.
func (d *Dispatch) mark(b fleet.Box, m protocol.Marks, waiting uint64, fresh bool, newest uint64) {
	d.mu.Lock()
	t, known := d.boxes[b.ID]
	if !known || fresh || t.box.Epoch != b.Epoch || m.Roster < t.marks.Roster {
		if known && !fresh && t.box.Epoch == b.Epoch {
			newest = t.newest // its mark went back: another campaign
		}
		t = &told{scanned: m.Roster, newest: newest}
		d.boxes[b.ID] = t
	}
	t.box, t.marks, t.waiting, t.heard = b, m, waiting, time.Now()
	t.scanned = max(t.scanned, m.Roster)
	d.mu.Unlock()
	d.work.add(b.ID)
}

// follow queues every live box when the journal has moved.
func (d *Dispatch) follow(ctx context.Context) {
	for {
		changed := d.opts.Sealer.Changed()
		boxes := d.live()
		for _, id := range boxes {
			d.work.add(id)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
		pause := time.NewTimer(gather + time.Duration(len(boxes))*gatherEach)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

func (d *Dispatch) live() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]string, 0, len(d.boxes))
	for id, t := range d.boxes {
		if time.Since(t.heard) > forgetAfter {
			delete(d.boxes, id)
			continue
		}
		out = append(out, id)
	}
	return out
}

// serve takes boxes from the queue and tells each the next thing it lacks.
func (d *Dispatch) serve(ctx context.Context) {
	for {
		id, ok := d.work.next(ctx)
		if !ok {
			return
		}
		if err := d.tell(ctx, id); err != nil && ctx.Err() == nil {
			d.opts.Log.Warn("box not told; its next heartbeat brings it up again", "worker", "dispatch", "box", id, "error", err.Error())
		}
	}
}

// tell says what a box lacks: first the campaign, without which nothing else
// is any use to it, then who works at its point, a page of its admission tickets, and
// one of the roster.
func (d *Dispatch) tell(ctx context.Context, id string) error {
	d.mu.Lock()
	t, ok := d.boxes[id]
	if !ok {
		d.mu.Unlock()
		return nil
	}
	b, marks := t.box, t.marks
	d.mu.Unlock()
	if b.State == fleet.Revoked {
		return nil
	}
	if version, err := d.shared.newest(ctx); err != nil {
		return err
	} else if marks.Campaign < version {
		if d.claim(id, func(t *told) bool { return t.campaign.due(uint64(version), time.Now()) }) {
			return d.sendCampaign(ctx, b)
		}
		return nil
	}
	if err := d.sendStaff(ctx, b, marks.Staff); err != nil {
		return err
	}
	if err := d.sendTickets(ctx, b, marks); err != nil {
		return err
	}
	return d.sendRoster(ctx, b)
}

// claim runs f on what is known of a box, under the lock; false also when the
// box is not known any more.
func (d *Dispatch) claim(id string, f func(*told) bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.boxes[id]
	return ok && f(t)
}
