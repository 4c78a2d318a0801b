package flow

import (
	"context"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// enter does what is due to an application that was first entered at a point,
// before its confirmation is taken: it comes into being, as if she had registered
// herself, or it is noted under which id it stands here. She has no account at
// the portal until an office makes her a card or a slip (applicant.Card, Slip).
func (f *Flow) enter(ctx context.Context, tx *db.Tx, a *Arrival) error {
	if a.Step.Displace != "" {
		if err := f.displace(ctx, tx, a.Step.Displace, a.Record); err != nil {
			return err
		}
	}
	if a.Step.Create {
		p, err := org.GetPoint(ctx, tx, a.Application.Point)
		if err != nil {
			return fmt.Errorf("flow: entered at a point: %w", err)
		}
		how := candidate.Saving{Origin: candidate.FromBox, Apart: a.Step.Apart}
		if err := f.registerAt(ctx, tx, a.Application, p, candidate.Found{}, how, Box(a.Record.Box)); err != nil {
			return fmt.Errorf("flow: entered at a point: %w", err)
		}
	}
	if a.Alias == "" {
		return nil
	}
	return f.Candidates.Meet(ctx, tx, a.Alias, a.Record.Application)
}

// displace takes its number from an application that came into being by what a clerk
// typed: the chip of somebody else proves it hers. What was signed there is kept, and
// waits for the county, as if it had come after her (Facts.Stranger).
func (f *Flow) displace(ctx context.Context, tx *db.Tx, application string, by confirmation.Record) error {
	row, err := f.Candidates.Row(ctx, tx, application)
	if err != nil {
		return fmt.Errorf("flow: displace: %w", err)
	}
	if _, err := f.Candidates.SetApart(ctx, tx, application); err != nil {
		return err
	}
	if err := f.write(ctx, tx, Hub(), journal.Entry{Act: journal.ApplicationApart, Subject: journal.Subject{Kind: journal.OfApplication, ID: application},
		Campaign: row.Campaign, Point: row.Point, Division: row.Division, Detail: map[string]string{"beside": by.ID}}); err != nil {
		return err
	}
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: application, Limit: 500})
	if err != nil {
		return fmt.Errorf("flow: displace: %w", err)
	}
	for _, r := range confirmation.CaseOf(all).Sides {
		if err := confirmation.SetState(ctx, tx, r.ID, r.State, confirmation.Disputed, confirmation.NoteOtherPerson); err != nil {
			return err
		}
		e := f.disputed(r, confirmation.NoteOtherPerson, map[string]string{detailApplication: application, journal.DetailStood: string(r.State)})
		if err := journal.Write(ctx, tx, e); err != nil {
			return fmt.Errorf("flow: displace: %w", err)
		}
		if err := f.tell(ctx, tx, e); err != nil {
			return err
		}
	}
	return f.leaveApart(ctx, tx, application, Hub())
}

// leaveApart takes an application back that stands apart and of which nothing stands
// any more: it was made by what is taken back now, and nobody comes again with a
// number that is not hers. Of any other, nothing is done.
func (f *Flow) leaveApart(ctx context.Context, tx *db.Tx, application string, by By) error {
	found, err := f.Candidates.Get(ctx, tx, application)
	if err != nil {
		return fmt.Errorf("flow: apart: %w", err)
	}
	if !found.Apart || found.State == candidate.Withdrawn {
		return nil
	}
	standing, err := confirmation.Standing(ctx, tx, []string{application})
	if err != nil {
		return err
	}
	for _, s := range standing {
		if s.State.Stands() {
			return nil
		}
	}
	return f.withdrawApart(ctx, tx, found, map[string]string{}, by)
}
