package flow

import (
	"context"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
)

// enter does what is due to an application that was first entered at a point,
// before its confirmation is taken: it comes into being, as if she had registered
// herself, or it is noted under which id it stands here. She has no account at
// the portal until an office makes her a card or a slip (applicant.Card, Slip).
func (f *Flow) enter(ctx context.Context, tx *db.Tx, a *Arrival) error {
	if a.Step.Create {
		if err := f.Register(ctx, tx, a.Application, candidate.FromBox, Box(a.Record.Box)); err != nil {
			return fmt.Errorf("flow: entered at a point: %w", err)
		}
	}
	if a.Alias == "" {
		return nil
	}
	return f.Candidates.Meet(ctx, tx, a.Alias, a.Record.Application)
}
