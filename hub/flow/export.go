package flow

import (
	"context"
	"strconv"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// ListExport is a list that somebody takes away as a file.
type ListExport struct {
	List            string // its word, such as "confirmations"
	Format          string // "xlsx" or "csv"
	Rows            int
	Mark            string // stands in the file too: a copy that turns up can be traced to this entry
	Division, Point string // the remit it was cut to
}

// ExportList journals that a list leaves as a file (S31), before its first byte
// does.
func (f *Flow) ExportList(ctx context.Context, tx *db.Tx, x ListExport, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.ListExported,
		Subject: journal.Subject{Kind: journal.OfList, ID: x.List}, Point: x.Point, Division: x.Division,
		Detail: map[string]string{"format": x.Format, "rows": strconv.Itoa(x.Rows), "mark": x.Mark}})
}

// ViewCandidate journals that somebody looks at an application (S31), in the
// transaction that reads it. what is "page", or "number" for the whole document
// number: then a reason must be given. Error: ErrReason.
func (f *Flow) ViewCandidate(ctx context.Context, tx *db.Tx, r candidate.Row, what, reason string, by By) error {
	if what == "number" && reason == "" {
		return ErrReason
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RecordViewed,
		Subject:  journal.Subject{Kind: journal.OfApplication, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: reason, Detail: map[string]string{"what": what}})
}
