package appliance

import (
	"slices"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/link"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// told takes what the link says.
func (l *loop) told(e link.Event) {
	switch e := e.(type) {
	case link.Linked:
		l.linked, l.newest = true, &e.Roster
		l.hear(true)
		l.board.Set(health.DeviceLink, health.Ready, "")
		l.log.Info("the hub answers")
	case link.Unlinked:
		if l.linked {
			l.log.Warn("the hub is away", "err", e.Err)
		} else {
			l.log.Debug("the hub is still away", "err", e.Err)
		}
		l.linked = false
	case link.Settled:
		l.settled(e.Receipt)
		return
	case link.StateChanged:
		l.log.Warn("the hub changed this box's state", "state", string(e.State))
		if e.State == protocol.BoxActive {
			l.released()
		}
	case link.CampaignTaken:
		l.log.Info("campaign in force", "campaign", e.Campaign, "version", e.Version)
		l.loadCampaign()
		if err := l.setNeighbours(); err != nil { // it says where the box stands
			l.log.Error("the other boxes of the point are not taken", "err", err)
		}
	case link.StaffTaken:
		l.log.Info("staff of the point taken", "until", e.Until.Time())
		if err := l.setNeighbours(); err != nil {
			l.log.Error("the other boxes of the point are not taken", "err", err)
		}
		if l.desk != nil {
			l.desk.StaffChanged()
		}
	case link.DeskCertified:
		l.log.Info("the desk has a certificate", "first", e.First)
		if e.First {
			l.printTrust()
		}
	case link.DeskRefused:
		l.log.Error("the hub gives the desk no certificate", "reason", e.Why)
	case link.RosterTaken:
		l.log.Debug("roster applied", "to", e.To)
	case link.TicketsTaken:
		if e.Page == 1 || e.Whole {
			l.log.Info("admission tickets taken", "edition", e.Edition, "page", e.Page, "pages", e.Pages)
		}
	case link.PicturesTaken:
		l.log.Info("the pictures of the tickets are here")
	case link.Behind:
		l.behind = true
		l.board.Set(health.DeviceStore, health.Fault, health.FaultBehind)
		l.log.Error("the hub holds records beyond this box's own: the box must be enrolled again", "hub", e.Hub, "head", e.Head)
	case link.Certain:
		l.behind = false
	case link.JournalBack:
		l.board.Set(health.DeviceJournal, health.Fault, health.FaultWentBack)
		l.log.Error("the hub's journal went back", "seen", e.Seen.Number, "now", e.Now.Number)
	case link.Refused:
		if n, tell := l.refused.count(time.Now()); tell {
			l.log.Warn("messages from the broker were refused", "count", n, "kind", string(e.Kind), "err", e.Err)
		}
		return
	case link.LetGo:
		l.log.Info("records that a backup of the hub has are gone from here", "mark", e.Mark, "records", e.Records)
		return
	case link.Unsendable:
		l.board.Set(health.DeviceStore, health.Fault, health.FaultUnread)
		l.log.Error("a record cannot be read whole; the others go on", "sequence", e.Sequence, "err", e.Err)
	case link.Synced:
		l.hear(false)
		l.synced(e.Said)
		return
	}
	l.block()
	l.step(nil)
}

// synced notes that the clock is right. A jump stands until the hub has
// answered a heartbeat that told of it: else it would never hear (S32).
func (l *loop) synced(said []protocol.DeviceState) {
	jump := protocol.DeviceState{Name: protocol.DeviceClock, State: health.Fault, Fault: protocol.FaultJumped}
	stands := l.board.Has(jump)
	if stands && !slices.Contains(said, jump) {
		l.link.Beat()
		return
	}
	l.board.Set(protocol.DeviceClock, health.Ready, "")
	if stands {
		l.link.Beat() // so that the next jump is seen as another one
	}
}

// settled tells the visit, if it is its record, and the screen's counter.
func (l *loop) settled(r protocol.Receipt) {
	if r.Outcome == protocol.Quarantined {
		l.log.Error("the hub set a record aside", "record", r.Record.String(), "sequence", r.Sequence, "reason", string(r.Reason))
		l.step(visit.SetAside{Record: r.Record, Reason: r.Reason})
		return
	}
	l.log.Info("receipt", "record", r.Record.String(), "sequence", r.Sequence)
	l.step(visit.Receipted{Record: r.Record})
}

// refusals keeps a broker that sends rubbish from filling the log.
type refusals struct {
	since  time.Time
	unsaid int
}

const refusalPace = 10 * time.Second

// count takes one down and says whether it is time to tell, and how many.
func (r *refusals) count(now time.Time) (n int, tell bool) {
	r.unsaid++
	if now.Sub(r.since) < refusalPace {
		return 0, false
	}
	n, r.since, r.unsaid = r.unsaid, now, 0
	return n, true
}
