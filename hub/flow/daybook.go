package flow

import (
	"context"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment/daybook"
	"zhunkao/hub/payment/statement"
)

// TakeStatement journals, in the transaction by which its lines begin to count, that a
// channel's file was taken.
func (f *Flow) TakeStatement(ctx context.Context, tx *db.Tx, file daybook.File, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.StatementTaken, Subject: journal.Subject{Kind: journal.OfStatement, ID: file.ID}, Detail: map[string]string{
		detailChannel: file.Channel, "day": file.Day.String(), "origin": string(file.Source), "lines": strconv.Itoa(file.Lines), "fresh": strconv.Itoa(file.Fresh),
		"same": strconv.Itoa(file.Known), "differ": strconv.Itoa(file.Changed)}})
}

// RefuseStatement journals that a file was refused whole, with the first thing that was
// wrong. day is 0 where the file did not tell.
func (f *Flow) RefuseStatement(ctx context.Context, tx *db.Tx, channel string, day daybook.Day, fault statement.Fault, by By) error {
	e := journal.Entry{Act: journal.StatementRefused, Subject: journal.Subject{Kind: journal.OfStatement, ID: channel}, Detail: map[string]string{
		detailChannel: channel, "code": string(fault.Code), "line": strconv.Itoa(fault.Line)}}
	if day != 0 {
		e.Detail["day"] = day.String()
	}
	return f.write(ctx, tx, by, e)
}

// DecideStatement ends a contradiction of two files as two persons say: to is
// daybook.Kept or daybook.TakenNew. ErrReason, daybook.ErrState.
func (f *Flow) DecideStatement(ctx context.Context, tx *db.Tx, c daybook.Conflict, to, reason string, by By, second string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	if err := c.Settle(ctx, tx, to, f.Now().UnixMilli(), by.Author.ID, second, reason); err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.StatementDecided, Subject: journal.Subject{Kind: journal.OfStatement, ID: c.ID}, Reason: reason, Detail: map[string]string{
		detailChannel: c.Channel, "day": c.Day.String(), "word": to, "number": c.Number, detailSecond: second}})
}

// SettleResidue ends what is left over, as two persons say. The money stays where it
// lies: moving it is a step of its own. ErrReason, daybook.ErrState.
func (f *Flow) SettleResidue(ctx context.Context, tx *db.Tx, r daybook.Residue, reason string, by By, second string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	if err := r.Settle(ctx, tx, f.Now().UnixMilli(), by.Author.ID, second, reason); err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.ResidueSettled, Subject: journal.Subject{Kind: journal.OfResidue, ID: r.ID}, Reason: reason, Detail: map[string]string{
		detailChannel: r.Channel, "class": r.Class, detailFen: strconv.FormatInt(r.Fen(), 10), "number": r.Number, detailSecond: second}})
}

// CloseDay closes a day as two persons say; see daybook.Close. ErrReason,
// daybook.ErrState, *daybook.NotYetError.
func (f *Flow) CloseDay(ctx context.Context, tx *db.Tx, books *daybook.Books, day daybook.Day, wanted []string, seen, reason string, by By, second string) (daybook.Closing, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return daybook.Closing{}, ErrReason
	}
	c, err := books.Close(ctx, tx, day, wanted, seen, by.Author.ID, second, reason)
	if err != nil {
		return c, err
	}
	carried, err := daybook.CountOpen(ctx, tx)
	if err != nil {
		return c, err
	}
	return c, f.write(ctx, tx, by, journal.Entry{Act: journal.DayClosed, Subject: journal.Subject{Kind: journal.OfDay, ID: day.String()}, Reason: reason, Detail: map[string]string{
		"day": day.String(), "seal": c.Seal, "carried": strconv.Itoa(carried), detailSecond: second}})
}
