package flow

import (
	"context"
	"errors"
	"strconv"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/ticket"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

var (
	// ErrTicketTime says that it is not the time to print tickets: TicketTime says why.
	ErrTicketTime = errors.New("flow: tickets are not printed now")
	// ErrNoSite says that her room has no site yet.
	ErrNoSite = errors.New("flow: the room has no site yet")
)

// SameCopy is how long a copy that was given out may be fetched again as the same: a
// viewer loads a file twice, and a printer jams.
const SameCopy = 30 * time.Minute

// Same reports whether a copy may be fetched again as the same: it was given to herself,
// for what an office printed is another sheet of paper.
func Same(c ticket.Copy, now time.Time) bool {
	return c.N > 0 && c.Own && now.Sub(time.UnixMilli(c.Last)).Abs() < SameCopy
}

// TicketTime judges whether somebody's ticket may be printed now: by herself and by an
// office alike (A52, A60).
func TicketTime(c rules.Campaign, app form.Application, division string, now time.Time) window.Verdict {
	return c.Judge(window.PrintTicket, app, division, window.At(now))
}

// GiveTicket counts a copy of an admission ticket that is given out now and journals it.
// Copy 2 and later are reprints. own says that it is given to herself: where the last was
// too, less than SameCopy ago and with the site of now, that is given once more and
// nothing is counted. Errors:
// ticket.ErrNone for who is not confirmed any more, ErrTicketTime, ErrNoSite.
func (f *Flow) GiveTicket(ctx context.Context, tx *db.Tx, t ticket.Found, app form.Application, own bool, by By) (ticket.Copy, error) {
	now := f.Now()
	if !t.Valid() {
		return ticket.Copy{}, ticket.ErrNone
	}
	if !t.Ready() {
		return ticket.Copy{}, ErrNoSite
	}
	if !TicketTime(t.Campaign, app, t.Row.Division, now).Accepts() {
		return ticket.Copy{}, ErrTicketTime
	}
	if own {
		c, _, err := ticket.CopyOf(ctx, tx, t.Row.ID, t.Version.ID)
		if err != nil {
			return c, err
		}
		resited, err := ticket.Resited(ctx, tx, t, c)
		if err != nil || Same(c, now) && !resited {
			return c, err
		}
	}
	c, err := ticket.Give(ctx, tx, t.Row.ID, t.Version.ID, own, now.UnixMilli())
	if err != nil {
		return c, err
	}
	return c, f.write(ctx, tx, by, journal.Entry{Act: journal.TicketGiven, Subject: journal.Subject{Kind: journal.OfApplication, ID: t.Row.ID},
		Campaign: t.Row.Campaign, Point: t.Row.Point, Division: t.Row.Division,
		Detail: map[string]string{"copy": strconv.Itoa(c.N), "version": strconv.Itoa(t.Version.Number)}})
}
