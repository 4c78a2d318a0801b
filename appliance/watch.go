package appliance

import (
	"errors"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
)

// lookAround watches the clock, the disk and what blocks the box.
func (l *loop) lookAround() {
	if j, jumped := l.clock.Watch(); jumped {
		l.log.Warn("the board's clock jumped", "by_ms", j.By.Milliseconds(), "at", j.At)
		l.board.Set(protocol.DeviceClock, health.Fault, protocol.FaultJumped)
		l.link.Beat()
	}
	if time.Since(l.kept) > keepTime {
		l.remember()
	}
	l.room()
	l.dropTickets()
	l.tellAgain()
	if l.desk != nil {
		l.desk.Sweep()
	}
	l.block()
	if err := l.offerQueue(); err != nil {
		l.log.Error("queue", "err", err)
	}
	l.step(nil)
}

// room tells the hub when the disk or the store of records is filling up, long
// before that stops anybody (S31).
func (l *loop) room() {
	u, err := l.store.Usage()
	if err != nil {
		return // a broken store shows in blocked, a disk that cannot be asked in health
	}
	disk, diskNew := l.disk.Take(u.Disk)
	records, recordsNew := l.records.Take(u.Store)
	state, fault := health.Ready, ""
	switch {
	case disk:
		state, fault = health.Fault, protocol.FaultDiskFilling
	case records:
		state, fault = health.Fault, protocol.FaultStoreFilling
	}
	if l.board.Set(protocol.DeviceStorage, state, fault) {
		l.link.Beat()
	}
	if diskNew {
		l.sayRoom("disk", disk, u.Disk)
	}
	if recordsNew {
		l.sayRoom("store", records, u.Store)
	}
}

func (l *loop) sayRoom(place string, filling bool, percent int) {
	if filling {
		l.log.Warn("a place is filling up", "place", place, "percent", percent)
	} else {
		l.log.Info("there is room again", "place", place, "percent", percent)
	}
}

// remember writes the clock's memory.
func (l *loop) remember() {
	l.kept = time.Now()
	m := l.clock.Memory()
	err := l.store.SaveMemory(store.Memory{
		LastSeen: protocol.TimeOf(m.LastSeen), Agreed: protocol.TimeOf(m.Agreed), Tolerance: uint64(m.Tolerance / time.Millisecond),
		Heard: l.heard,
	})
	if err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Error("memory of the clock", "err", err)
	}
}

// block finds out why the box may serve nobody, if it may not.
func (l *loop) block() {
	l.fill()
	f := l.facts()
	l.warn(f)
	b := f.judge()
	if b == l.state.Machine.Blocked {
		return
	}
	l.log.Info("the box is blocked or let go", "reason", string(b))
	l.since(b)
	l.step(visit.BoxBlocked{Reason: b})
	l.link.Beat()
}

// loadCampaign reads the campaign in force.
func (l *loop) loadCampaign() {
	l.point, _ = l.store.Point() // without one the page shows none
	c, err := l.store.Campaign()
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			l.log.Error("campaign", "err", err)
		}
		return
	}
	decoded, err := campaign.Decode(c.Bundle)
	if err != nil {
		l.log.Error("campaign cannot be read; the one before stays", "version", c.Version, "err", err)
		return
	}
	checker, err := decoded.Checker()
	if err != nil {
		l.log.Error("campaign cannot be applied; the one before stays", "version", c.Version, "err", err)
		return
	}
	l.campaign, l.checker, l.point = &decoded, checker, c.Point
	if filled, err := l.store.Filled(); err == nil {
		l.filled = filled // a campaign of another id begins with an empty roster
	}
}

// fill notes when the first roster is whole: its mark has come to where the
// hub's welcome said that it ends.
func (l *loop) fill() {
	if l.filled || l.newest == nil || l.campaign == nil {
		return
	}
	m, err := l.store.Marks()
	if err != nil || m.Roster < *l.newest {
		return // an error shows in blocked
	}
	if err := l.store.SetFilled(); err != nil {
		l.log.Error("roster", "err", err)
		return
	}
	l.filled = true
}
