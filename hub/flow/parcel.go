package flow

import (
	"context"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange/parcel"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
)

// ExportData is the act, in the campaign's table, of taking data of candidates
// away.
const ExportData = "export-data"

// AskParcel asks for data of candidates. Its state is parcel.Waiting where a
// second person must agree, or parcel.Queued. Who may ask is judged before.
// ErrReason.
func (f *Flow) AskParcel(ctx context.Context, tx *db.Tx, p parcel.Parcel, by By) error {
	if p.Reason == "" {
		return ErrReason
	}
	p.AskedBy, p.AskedAt = by.Author.ID, f.Now().UnixMilli()
	if err := parcel.Insert(ctx, tx, p); err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	return f.parcel(ctx, tx, journal.ParcelAsked, p, p.Reason, by)
}

// AgreeParcel is the second person's yes. ErrSamePerson, ErrDependent,
// parcel.ErrState.
func (f *Flow) AgreeParcel(ctx context.Context, tx *db.Tx, p parcel.Parcel, by By) error {
	err := f.beside(ctx, tx, []staff.Word{{Account: p.AskedBy, At: p.AskedAt}}, by, journal.Entry{
		Subject: journal.Subject{Kind: journal.OfParcel, ID: p.ID}, Campaign: p.Campaign, Point: p.Point, Division: p.Division,
		Detail: map[string]string{"act": ExportData}})
	if err != nil {
		return err
	}
	if err := parcel.Agree(ctx, tx, p.ID, by.Author.ID); err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	return f.parcel(ctx, tx, journal.ParcelAgreed, p, "", by)
}

// RefuseParcel is the second person's no, for a reason; who asked may take her
// own back by it. ErrReason, parcel.ErrState.
func (f *Flow) RefuseParcel(ctx context.Context, tx *db.Tx, p parcel.Parcel, reason string, by By) error {
	if reason == "" {
		return ErrReason
	}
	if err := parcel.Refuse(ctx, tx, p.ID, by.Author.ID); err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	return f.parcel(ctx, tx, journal.ParcelRefused, p, reason, by)
}

// FetchParcel journals that a parcel leaves, and does away with its bytes: who
// sends it has read them before. ErrSamePerson when another than who asked
// fetches it, parcel.ErrState.
func (f *Flow) FetchParcel(ctx context.Context, tx *db.Tx, p parcel.Parcel, by By) error {
	if p.AskedBy != by.Author.ID {
		return ErrSamePerson
	}
	if err := parcel.Fetch(ctx, tx, p.ID); err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	return f.parcel(ctx, tx, journal.ParcelFetched, p, p.Reason, by)
}

func (f *Flow) parcel(ctx context.Context, tx *db.Tx, act journal.Act, p parcel.Parcel, reason string, by By) error {
	detail := map[string]string{"exchange": p.Exchange, "mark": p.Mark}
	if act == journal.ParcelFetched {
		detail["rows"] = strconv.FormatInt(p.Total, 10)
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfParcel, ID: p.ID},
		Campaign: p.Campaign, Point: p.Point, Division: p.Division, Reason: reason, Detail: detail})
}
