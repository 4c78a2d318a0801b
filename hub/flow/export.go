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

// Searched journals that somebody looked for a candidate (S31): by which kinds
// of things, how many were found, and a keyed hash of what was typed, so that
// the same question asked again shows as the same. What was typed stands
// nowhere. division and point are the remit that was searched.
func (f *Flow) Searched(ctx context.Context, tx *db.Tx, campaign, division, point, by, hash string, found int, who By) error {
	return f.write(ctx, tx, who, journal.Entry{Act: journal.CandidateSearched,
		Subject: journal.Subject{Kind: journal.OfList, ID: "candidates"}, Campaign: campaign, Point: point, Division: division,
		Detail: map[string]string{"by": by, "typed": hash, "found": strconv.Itoa(found)}})
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
