package flow

import (
	"context"
	"strconv"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// PrintSheet journals that the process sheet of a confirmation is given to the
// person herself, in the transaction that opens it: photo and whole number are
// on it (S31).
func (f *Flow) PrintSheet(ctx context.Context, tx *db.Tx, r confirmation.Record, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.SheetPrinted,
		Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division,
		Detail: map[string]string{"application": r.Application, "version": strconv.FormatUint(uint64(r.CampaignVersion), 10)}})
}
