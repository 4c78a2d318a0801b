package flow

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/progress"
)

// KeepPast stores the table of an earlier year, against which this year's curve
// is drawn. Error: progress.ErrTaken.
func (f *Flow) KeepPast(ctx context.Context, tx *db.Tx, p progress.Past, replace bool, by By) error {
	if err := progress.Keep(ctx, tx, p, replace); err != nil {
		return fmt.Errorf("flow: earlier year: %w", err)
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.PastImported, Subject: journal.Subject{Kind: journal.OfHub, ID: "hub"},
		Detail: map[string]string{"kind": p.Kind, "year": fmt.Sprint(p.Year), "rows": fmt.Sprint(len(p.Rows))}})
}
