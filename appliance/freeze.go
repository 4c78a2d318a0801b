package appliance

import (
	"context"
	"errors"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/panel"
	"zhunkao/protocol"
)

// The freeze rules (demand X7): when a box takes nobody new by itself. In every
// case what was accepted is kept and goes on to the hub and the stick, and the
// desk prints; what the kiosk, the desk and the console say stands with each.

const (
	// faultsWithin and faultsLimit: a storage that failed so often within that time
	// will fail for good, and each time somebody stands before it.
	faultsWithin = 24 * time.Hour
	faultsLimit  = 3
)

// facts is all that the freeze rules are judged from.
type facts struct {
	broken bool // the store cannot be read or written
	behind bool // the hub's account of the chain is another, or must be asked first
	state  protocol.BoxState
	ready  bool // a campaign and the first roster are here
	full   bool
	faults int           // failures of the storage within faultsWithin
	opened bool          // the case was opened, and nobody has looked since
	alone  time.Duration // for how long the hub has certainly not been heard
	likely time.Duration // … and by the best guess of now
	unsent uint64        // records without a receipt
	bytes  uint64        // of them
}

// judge says why the box takes nobody new; the gravest first. It is pure.
func (f facts) judge() visit.Block {
	switch {
	case f.broken:
		return visit.BlockStore
	case f.behind:
		return visit.BlockBehind
	case f.state == protocol.BoxRevoked:
		return visit.BlockRevoked
	case f.state == protocol.BoxFrozen:
		return visit.BlockFrozen
	case f.opened:
		return visit.BlockTamper
	case f.faults >= faultsLimit:
		return visit.BlockFailing
	case !f.ready:
		return visit.BlockNoCampaign
	case f.alone > protocol.OfflineLimit:
		return visit.BlockStale
	case f.unsent >= protocol.UnsentLimit || f.bytes >= protocol.UnsentBytesLimit:
		return visit.BlockCap
	case f.full:
		return visit.BlockFull
	}
	return visit.BlockNone
}

// staleWord says how long ago the hub was heard, as a word for a heartbeat and the
// desk: "" while there is nothing to say. A warning turns nobody away, so it goes
// by the best guess of now. It is pure, as is unsentWord.
func (f facts) staleWord() string {
	switch {
	case !f.ready || max(f.alone, f.likely) < protocol.OfflineWarn:
		return ""
	case f.alone <= protocol.OfflineLimit:
		return health.FaultStaleSoon
	}
	return health.FaultStale
}

func (f facts) unsentWord() string {
	switch {
	case f.unsent >= protocol.UnsentLimit || f.bytes >= protocol.UnsentBytesLimit:
		return health.FaultUnsentMany
	case f.unsent*100 >= protocol.UnsentLimit*protocol.UnsentWarn || f.bytes/100 >= protocol.UnsentBytesLimit/100*protocol.UnsentWarn/100:
		return health.FaultUnsentSoon
	}
	return ""
}

// facts gathers them. What cannot be read is a store that is broken.
func (l *loop) facts() facts {
	state, stateErr := l.store.State()
	admit := l.store.Admit()
	out, outErr := l.store.Outbox()
	opened, openedErr := l.opened()
	faults, faultsErr := l.store.Faults()
	alone, aloneErr := l.alone()
	likely, _ := l.aloneLikely() // reads what alone has read
	f := facts{likely: likely, behind: l.behind, state: state, ready: l.campaign != nil && l.filled, full: admit != nil,
		opened: opened, alone: alone, unsent: out.Waiting, bytes: out.Bytes}
	f.broken = errors.Join(stateErr, outErr, openedErr, faultsErr, aloneErr) != nil || admit != nil && !errors.Is(admit, store.ErrFull)
	now := l.clock.Now()
	for _, one := range faults {
		if at := one.At.Time(); now.Sub(at) < faultsWithin && at.Sub(now) < faultsWithin { // either way: the clock may have been wrong then
			f.faults++
		}
	}
	return f
}

// alone is for how long the hub has certainly not been heard. The earliest that
// now may be counts: no box stops because its clock is wrong (design, section 2
// "Time"). One that was off, and whose clock has not agreed with the hub for so
// long that it proves nothing, counts on from when it was last on; the desk's
// sign-in, which goes by the best guess, has ended by then.
//
// A box of an earlier release did not note when it heard the hub; what came from
// there last stands for it.
func (l *loop) alone() (time.Duration, error) {
	if l.linked {
		return 0, nil // it answers, whatever the civil time does
	}
	if l.heard == 0 {
		m, err := l.store.Memory()
		if err != nil {
			return 0, err
		}
		at, err := l.store.RosterAt()
		if err != nil {
			return 0, err
		}
		c, err := l.store.Campaign()
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
		if l.heard = max(m.Heard, at, c.At); l.heard == 0 {
			return 0, nil
		}
	}
	return max(0, l.clock.Interval().Earliest.Sub(l.heard.Time())), nil
}

// aloneLikely is alone by the best guess of now.
func (l *loop) aloneLikely() (time.Duration, error) {
	if alone, err := l.alone(); err != nil || l.linked || l.heard == 0 {
		return alone, err
	}
	return max(0, l.clock.Now().Sub(l.heard.Time())), nil
}

// hear notes that the hub has answered. It goes to the disk with the clock's
// memory, but for the first answer of a connection, which may be the only one
// for days.
func (l *loop) hear(first bool) {
	l.heard = protocol.TimeOf(l.clock.Interval().Earliest)
	if first {
		l.remember()
	}
}

// warn says in the heartbeats what is coming or stands, besides the block itself.
func (l *loop) warn(f facts) {
	set := func(name, word, gravest string) bool {
		state := health.Ready
		if word == gravest && word != "" {
			state = health.Fault
		}
		return l.board.Set(name, state, word)
	}
	changed := set(health.DeviceAhead, f.staleWord(), health.FaultStale)
	changed = set(health.DeviceOutbox, f.unsentWord(), health.FaultUnsentMany) || changed
	switch failing := (protocol.DeviceState{Name: health.DeviceStore, State: health.Fault, Fault: health.FaultFailing}); {
	case f.faults >= faultsLimit:
		changed = l.board.Set(failing.Name, failing.State, failing.Fault) || changed
	case l.board.Has(failing): // a day without: it serves again, and says so
		changed = l.board.Set(health.DeviceStore, health.Ready, "") || changed
	}
	was := func(fault string) bool {
		return l.board.Has(protocol.DeviceState{Name: health.DeviceTamper, State: health.Fault, Fault: fault})
	}
	switch {
	case f.opened && !was(health.FaultOpen):
		changed = l.board.Set(health.DeviceTamper, health.Fault, health.FaultOpened) || changed
	case !f.opened && was(health.FaultOpened):
		changed = l.board.Set(health.DeviceTamper, health.Ready, "") || changed
	}
	if changed {
		l.link.Beat()
	}
}

// since notes since when the box is as it is: a restart is no new beginning.
func (l *loop) since(b visit.Block) {
	old, err := l.store.Blocked()
	if err == nil && old.Reason == string(b) {
		l.board.Block(old.Reason, old.Since)
		return
	}
	now := store.Blocked{Reason: string(b)}
	if b != visit.BlockNone {
		now.Since = protocol.TimeOf(l.clock.Now())
	}
	l.board.Block(now.Reason, now.Since)
	if err = errors.Join(err, l.store.SaveBlocked(now)); err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Warn("since when the box is blocked was not kept", "err", err)
	}
}

// opened reports whether the case was opened and nobody has looked at it since.
func (l *loop) opened() (bool, error) {
	count, err := l.openings()
	if err != nil || count == 0 {
		return false, err
	}
	looked, err := l.store.Looked(string(panel.ContactTamper))
	return count > looked.Count, err
}

// openings is how often the case was opened, ever.
func (l *loop) openings() (uint64, error) {
	all, err := l.store.Latches()
	for _, a := range all {
		if a.Contact == string(panel.ContactTamper) {
			return a.Count, err
		}
	}
	return 0, err
}

// caseLooked takes the word of two persons at the desk that the case is whole:
// from then on the openings so far stop nobody. It is durable when it returns nil.
// Errors: desk.ErrCaseOpen, those of the store.
func (l *loop) caseLooked(ctx context.Context, clerk, head store.DayAct) error {
	all, err := l.store.Latches()
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Contact != string(panel.ContactTamper) {
			continue
		}
		if a.Open {
			return desk.ErrCaseOpen
		}
		if err := l.store.SaveLooked(store.Looked{Contact: a.Contact, Count: a.Count, At: clerk.At, Clerk: clerk.Account, Head: head.Account}); err != nil {
			return err
		}
		l.log.Warn("an opened case was looked at and found whole", "count", a.Count, "account", clerk.Account, "second", head.Account)
	}
	return l.post(ctx, nil)
}

// released: the province froze the box and let it go again, so it has decided
// about the openings so far as well. A box without a desk has no other way.
func (l *loop) released() {
	count, err := l.openings()
	if err == nil && count > 0 {
		err = l.store.SaveLooked(store.Looked{Contact: string(panel.ContactTamper), Count: count, At: protocol.TimeOf(l.clock.Now())})
	}
	if err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Error("the decision about an opened case was not kept", "err", err)
	}
}

// noteFaults remembers what was wrong with the storage when it was opened: what
// the store found, and what made the program open it anew.
func (l *loop) noteFaults() error {
	at := protocol.TimeOf(l.clock.Now())
	if l.store.Report().Damaged != "" {
		if err := l.store.NoteFault(store.Fault{At: at, What: store.FaultDamage}); err != nil {
			return err
		}
	}
	if l.cfg.Reopened {
		return l.store.NoteFault(store.Fault{At: at, What: store.FaultSync})
	}
	return nil
}
