package flow

import (
	"context"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Reveal journals that somebody is shown the whole ID number of a
// confirmation, and why, in the transaction that reads it (S31, S35). Error:
// ErrReason.
func (f *Flow) Reveal(ctx context.Context, tx *db.Tx, r confirmation.Record, reason string, by By) error {
	if reason == "" {
		return ErrReason
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RecordViewed,
		Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: reason, Detail: map[string]string{"what": "number"}})
}

// Deny journals that somebody signed in tried what her role or her remit does
// not give. route is the pattern of the route, never a path: a path may hold
// what somebody typed. division is that of her own office.
func (f *Flow) Deny(ctx context.Context, tx *db.Tx, route, division string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.AccessDenied,
		Subject: journal.Subject{Kind: journal.OfStaff, ID: by.Author.ID}, Division: division, Result: "denied",
		Detail: map[string]string{"route": route}})
}

// MoveClock journals that somebody moved the clock of a demonstration. The
// clock itself is no part of the hub.
func (f *Flow) MoveClock(ctx context.Context, tx *db.Tx, move string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.ClockMoved,
		Subject: journal.Subject{Kind: journal.OfHub, ID: "hub"}, Detail: map[string]string{"move": move}})
}
