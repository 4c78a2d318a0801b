package appliance

import (
	"context"
	"fmt"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// report seals what a clerk reports upward (异常情况), as the next record of the
// chain: also while nobody new is taken, for that is when there is something to
// report. It is durable when it returns nil.
//
// Errors: desk.ErrReportStopped, store.ErrFull, store.ErrBroken, ctx's.
func (l *loop) report(ctx context.Context, r desk.Reporting) error {
	st := l.deskStatus()
	if !st.Blocked.Acts() || st.Rules == nil {
		return desk.ErrReportStopped
	}
	if err := l.takeTurn(ctx); err != nil {
		return err
	}
	defer l.giveTurn()
	point, err := l.store.Point()
	if err != nil {
		return err
	}
	body := r.Body()
	body.Point = point.Code
	rec, err := l.store.SealAct(l.act(store.Act{Kind: protocol.RecordIncident, Body: body, Blobs: body.Blobs,
		Campaign: st.Rules.ID, Version: st.Rules.Version}, l.clock.Now()))
	if err != nil {
		return fmt.Errorf("appliance: report: %w", err)
	}
	l.log.Info("an incident is reported", "record", rec.Manifest.ID.String(), "sequence", rec.Manifest.Sequence)
	l.sealed()
	l.desk.Changed()
	return nil
}
