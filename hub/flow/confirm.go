package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
)

// Arrival is one record that is to be taken: what was opened, and what Next
// decided about it.
type Arrival struct {
	Record      confirmation.Record // without State and hub checks of Next: Confirm fills them
	Content     []byte              // sealed, for confirmation.Insert
	Application form.Application    // as signed
	Step        Step
}

// Confirm takes records into the hub: the record, the priors it puts in doubt,
// the signed version, the mark on the application, the journal. What could
// refuse a record has been decided before (Next); an error here undoes all.
func (f *Flow) Confirm(ctx context.Context, tx *db.Tx, batch []Arrival) error {
	for i := range batch {
		if err := f.confirm(ctx, tx, &batch[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *Flow) confirm(ctx context.Context, tx *db.Tx, a *Arrival) error {
	r, by := a.Record, Box(a.Record.Box)
	if a.Step.Refusal != "" {
		return errors.New("flow: a refused record cannot be confirmed")
	}
	r.State, r.StateReason = a.Step.State, a.Step.StateReason
	r.Checks = append(r.Checks[:len(r.Checks):len(r.Checks)], a.Step.Checks...)
	// Priors first: only one may be in force (a constraint guards it).
	for _, id := range a.Step.Dispute {
		if err := f.dispute(ctx, tx, id, r); err != nil {
			return err
		}
	}
	if err := confirmation.Insert(ctx, tx, r, a.Content); err != nil {
		return err
	}
	detail := map[string]string{"application": r.Application, "box": r.Box, "sequence": fmt.Sprint(r.Sequence), "state": string(r.State)}
	if a.Step.Sign {
		saving := candidate.Saving{Author: by.Author, Origin: candidate.FromBox, Division: r.Division}
		s, err := f.Candidates.Sign(ctx, tx, a.Application, r.StartedFrom, saving)
		if err != nil {
			return fmt.Errorf("flow: sign: %w", err)
		}
		if len(s.Superseded) > 0 {
			detail["superseded"] = fmt.Sprint(s.Superseded)
		}
	}
	if _, err := f.Candidates.Confirm(ctx, tx, r.Application, r.Point, r.Committed); err != nil {
		return fmt.Errorf("flow: confirm: %w", err)
	}
	if err := f.write(ctx, tx, by, journal.Entry{Act: journal.ConfirmationReceived,
		Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Detail: detail}); err != nil {
		return err
	}
	if r.State == confirmation.Disputed {
		return f.writeDispute(ctx, tx, r, r.StateReason, detail)
	}
	return nil
}

// dispute puts a prior beside the new record until the county has decided.
func (f *Flow) dispute(ctx context.Context, tx *db.Tx, id string, by confirmation.Record) error {
	prior, err := confirmation.Get(ctx, tx, id)
	if err != nil {
		return fmt.Errorf("flow: prior: %w", err)
	}
	note := confirmation.NoteTwice
	if prior.Point != by.Point {
		note = confirmation.NoteTwiceOther
	}
	if err := confirmation.SetState(ctx, tx, id, confirmation.Disputed, note); err != nil {
		return err
	}
	return f.writeDispute(ctx, tx, prior, note, map[string]string{"application": prior.Application, "beside": by.ID})
}

func (f *Flow) writeDispute(ctx context.Context, tx *db.Tx, r confirmation.Record, why string, detail map[string]string) error {
	return f.write(ctx, tx, Hub(), journal.Entry{Act: journal.ConfirmationDisputed,
		Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: why, Detail: detail})
}

// SetAside puts an envelope into quarantine. Error: confirmation.ErrFull.
func (f *Flow) SetAside(ctx context.Context, tx *db.Tx, q confirmation.Quarantined) error {
	if err := confirmation.SetAside(ctx, tx, q); err != nil {
		return err
	}
	return f.write(ctx, tx, Hub(), journal.Entry{Act: journal.RecordQuarantined,
		Subject: journal.Subject{Kind: journal.OfRecord, ID: q.ID}, Point: q.Point, Division: q.Division, Reason: q.Reason,
		Detail: map[string]string{"box": q.Box, "record": q.Record, "sequence": fmt.Sprint(q.Sequence), "hash": q.Hash}})
}
