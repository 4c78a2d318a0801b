package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// ActHeld is the act of a campaign's table by which two persons take a record that
// a rule refused, or refuse it for good.
const ActHeld = "settle-held"

// ActHeldTier is who may where a campaign's table does not have the act, or the
// hub has no campaign: what is set aside may be of none.
const ActHeldTier = rules.County

// overrule takes back a refusal that two persons may go against. What failed
// stays among the checks for ever. One id names one record: that is no rule but
// what an id is.
func (s *Step) overrule() {
	if s.Refusal != RefuseID {
		s.Refusal, s.Freeze = "", false
	}
}

// Settling is what two persons say of one envelope that was set aside.
type Settling struct {
	Held        confirmation.Quarantined
	Application string // that it names, as far as it could be opened; ""
	Record      string // id of the record that it is now, of one that is taken; ""
	Second      string // id of the countersignature that is used up by it
	Reason      string
}

// Settle notes what two persons say of an envelope that was set aside, in the
// transaction that takes it, when it is taken: which rule refused it stays in the
// journal, beside who went against it and why. The other person is she who agreed
// to the countersignature. Errors: ErrReason, ErrDecider, ErrSamePerson,
// confirmation.ErrSettled, countersign.ErrState.
func (f *Flow) Settle(ctx context.Context, tx *db.Tx, s Settling, to confirmation.Fate, who staff.Account, by By) error {
	q := s.Held
	if s.Reason == "" {
		return ErrReason
	}
	if who.Point != "" || !org.Covers(who.Division, q.Division) {
		return ErrDecider
	}
	other, err := countersign.Get(ctx, tx, s.Second)
	if err != nil {
		return err
	}
	if err := f.UseSecond(ctx, tx, s.Second, by); err != nil {
		return err
	}
	if err := confirmation.Settle(ctx, tx, q.ID, to, f.Now().UnixMilli(), by.Author.ID, other.By, s.Reason); err != nil {
		return err
	}
	act := journal.RecordForced
	if to == confirmation.FateRefused {
		act = journal.RecordRefused
	}
	detail := map[string]string{"box": q.Box, "record": q.Record, "sequence": fmt.Sprint(q.Sequence), "hash": q.Hash, "rule": q.Reason, "second": other.By}
	if s.Record != "" {
		detail["record"] = s.Record
	}
	if detail[detailApplication], err = f.ofCounty(ctx, tx, s.Application, q.Division); err != nil {
		return err
	}
	if detail[detailApplication] == "" {
		delete(detail, detailApplication)
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfRecord, ID: q.ID},
		Point: q.Point, Division: q.Division, Reason: s.Reason, Detail: detail})
}

// ofCounty gives an application that an envelope names if it lies where its box
// is, else "": a box that lies could name anybody.
func (f *Flow) ofCounty(ctx context.Context, tx *db.Tx, application, division string) (string, error) {
	if application == "" {
		return "", nil
	}
	row, err := f.Candidates.Row(ctx, tx, application)
	switch {
	case errors.Is(err, candidate.ErrNotFound), err == nil && row.Division != division:
		return "", nil
	case err != nil:
		return "", fmt.Errorf("flow: whose: %w", err)
	}
	return application, nil
}

// ForceVoid takes a void that two persons of the county let pass, though clerk
// and head of the point did not assent as they may, or not the same day.
// confirmation.ErrNotFound when its confirmation is not here;
// confirmation.ErrOtherPoint.
func (f *Flow) ForceVoid(ctx context.Context, tx *db.Tx, v confirmation.Void, box string) error {
	r, err := confirmation.Get(ctx, tx, v.Record)
	if err != nil {
		return fmt.Errorf("flow: void: %w", err)
	}
	if err := v.Reaches(r); err != nil && !errors.Is(err, confirmation.ErrOtherDay) {
		return err
	}
	return f.takeBack(ctx, tx, r, v, Box(box))
}

// ViewHeld notes that somebody looked at what could be opened of an envelope that
// was set aside.
func (f *Flow) ViewHeld(ctx context.Context, tx *db.Tx, q confirmation.Quarantined, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RecordViewed, Subject: journal.Subject{Kind: journal.OfRecord, ID: q.ID},
		Point: q.Point, Division: q.Division, Detail: map[string]string{"what": "held"}})
}

// Complete notes that what was missing of an envelope that is held has come: see
// confirmation.Complete, whose errors it gives.
func (f *Flow) Complete(ctx context.Context, tx *db.Tx, q confirmation.Quarantined) error {
	if err := confirmation.Complete(ctx, tx, q); err != nil {
		return err
	}
	return f.aboutHeld(ctx, tx, journal.RecordCompleted, q, map[string]string{detailCarrier: q.By}, Hub())
}

// AskAgain notes that somebody has a box asked to say once more what is held of it.
// Error: confirmation.ErrSettled.
func (f *Flow) AskAgain(ctx context.Context, tx *db.Tx, q confirmation.Quarantined, by By) error {
	if err := confirmation.AskAgain(ctx, tx, q.ID, f.Now().UnixMilli()); err != nil {
		return err
	}
	return f.aboutHeld(ctx, tx, journal.RecordAskedAgain, q, map[string]string{}, by)
}

func (f *Flow) aboutHeld(ctx context.Context, tx *db.Tx, act journal.Act, q confirmation.Quarantined, detail map[string]string, by By) error {
	detail["box"], detail["record"], detail["sequence"], detail["hash"] = q.Box, q.Record, fmt.Sprint(q.Sequence), q.Hash
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfRecord, ID: q.ID},
		Point: q.Point, Division: q.Division, Reason: q.Reason, Detail: detail})
}
