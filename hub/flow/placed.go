package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// placed journals that what somebody fills in names a point, or another one, so
// that its staff see who is on the way (demand B13). What was submitted once is
// counted by its registration.
func (f *Flow) placed(ctx context.Context, tx *db.Tx, h Her, before string, now draft.Draft) error {
	at := now.Application.Point
	if h.Exists || at == "" || at == before {
		return nil
	}
	p, err := org.GetPoint(ctx, tx, at)
	if errors.Is(err, org.ErrNotFound) {
		return nil // she is told so when she looks it through
	}
	if err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	detail := map[string]string{}
	if before != "" {
		detail[journal.DetailFrom] = before
	}
	by := By{Author: journal.Author{Kind: journal.ByCandidate, ID: now.Account}}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.DraftPlaced, Subject: journal.Subject{Kind: journal.OfAccount, ID: now.Account},
		Campaign: now.Campaign, Point: p.Code, Division: p.Division, Detail: detail})
}
