package flow

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/incident"
	"zhunkao/hub/staff"
)

// FitsIncident says whether what a box sealed as a report may be taken, after
// WorksAt. Errors: those of incident.Begin.
func (f *Flow) FitsIncident(ctx context.Context, tx *db.Tx, i incident.Incident, account string) error {
	i, who, err := f.ofDesk(ctx, tx, i, account)
	if err != nil {
		return err
	}
	_, err = incident.Begin(i, who, f.Now().UnixMilli())
	return err
}

// TakeIncident takes a report that a clerk made at the desk of a box, after
// FitsIncident: it waits for the county of her point, as one made at the hub does.
// The same record that comes twice is one report.
func (f *Flow) TakeIncident(ctx context.Context, tx *db.Tx, i incident.Incident, account, box string) error {
	i, who, err := f.ofDesk(ctx, tx, i, account)
	if err != nil {
		return err
	}
	_, err = f.ReportIncident(ctx, tx, i, who, Box(box))
	return err
}

// ofDesk completes a report with who made it. A box whose clock is ahead has not
// seen into the future: what began later than now began now.
func (f *Flow) ofDesk(ctx context.Context, tx *db.Tx, i incident.Incident, account string) (incident.Incident, incident.Actor, error) {
	a, err := staff.Get(ctx, tx, account)
	if err != nil {
		return i, incident.Actor{}, fmt.Errorf("flow: report of a desk: %w", err)
	}
	i.Started = min(i.Started, f.Now().UnixMilli())
	return i, incident.Actor{Account: a.ID, Division: a.Division, Point: a.Point}, nil
}
