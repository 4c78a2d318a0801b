package flow

import (
	"context"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
)

// AskSecond asks for a second person's word for an act. Whether she may do the
// act at all is judged before. ErrReason.
func (f *Flow) AskSecond(ctx context.Context, tx *db.Tx, a countersign.Act, by By) (countersign.Act, error) {
	if a.Reason == "" {
		return a, ErrReason
	}
	a.ID, a.AskedBy, a.AskedAt = countersign.NewID(), by.Author.ID, f.Now().UnixMilli()
	if err := countersign.Ask(ctx, tx, a); err != nil {
		return a, err
	}
	return a, f.countersigned(ctx, tx, journal.CountersignAsked, a, a.Reason, by)
}

// AgreeSecond is the second person's yes: who asked may do it then, once.
// ErrSamePerson, ErrDependent, countersign.ErrNotFound, countersign.ErrState.
func (f *Flow) AgreeSecond(ctx context.Context, tx *db.Tx, id string, by By) error {
	a, err := countersign.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	err = f.beside(ctx, tx, []staff.Word{{Account: a.AskedBy, At: a.AskedAt}}, by, journal.Entry{
		Subject: journal.Subject{Kind: journal.OfCountersign, ID: a.ID}, Campaign: a.Campaign, Point: a.Point, Division: a.Division,
		Detail: map[string]string{"act": a.Act}})
	if err != nil {
		return err
	}
	if err := countersign.Move(ctx, tx, id, countersign.Waiting, countersign.Agreed, by.Author.ID, f.Now().UnixMilli(), ""); err != nil {
		return err
	}
	return f.countersigned(ctx, tx, journal.CountersignAgreed, a, "", by)
}

// RefuseSecond is her no, for a reason; who asked may take her own back by it.
// ErrReason, countersign.ErrNotFound, countersign.ErrState.
func (f *Flow) RefuseSecond(ctx context.Context, tx *db.Tx, id, reason string, by By) error {
	if reason == "" {
		return ErrReason
	}
	a, err := countersign.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := countersign.Move(ctx, tx, id, countersign.Waiting, countersign.Refused, by.Author.ID, f.Now().UnixMilli(), reason); err != nil {
		return err
	}
	return f.countersigned(ctx, tx, journal.CountersignRefused, a, reason, by)
}

// UseSecond notes, in the transaction of the act itself, that who asked does it.
// ErrSamePerson when another does, countersign.ErrNotFound, countersign.ErrState.
func (f *Flow) UseSecond(ctx context.Context, tx *db.Tx, id string, by By) error {
	a, err := countersign.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if a.AskedBy != by.Author.ID {
		return ErrSamePerson
	}
	if err := countersign.Move(ctx, tx, id, countersign.Agreed, countersign.Used, by.Author.ID, f.Now().UnixMilli(), ""); err != nil {
		return err
	}
	return f.countersigned(ctx, tx, journal.CountersignUsed, a, a.Reason, by)
}

// countersigned journals a step. What it is done to stands in the act's own
// entry; here stand its place and its terms.
func (f *Flow) countersigned(ctx context.Context, tx *db.Tx, act journal.Act, a countersign.Act, reason string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfCountersign, ID: a.ID},
		Campaign: a.Campaign, Point: a.Point, Division: a.Division, Reason: reason, Detail: map[string]string{"act": a.Act, "terms": a.Terms}})
}
