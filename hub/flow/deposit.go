package flow

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
)

// EnterDeposit keeps what the first person read on a slip of the bank: cash of signed days
// of a point was carried there (缴存, B11). A difference to what was counted needs a
// reason. ErrReason, payment.ErrAmount, payment.ErrNotFound when a day is not signed,
// payment.ErrState when a day or the slip stands already.
func (f *Flow) EnterDeposit(ctx context.Context, tx *db.Tx, d payment.Deposit, by By) (payment.Deposit, error) {
	d.Days = slices.Compact(slices.Sorted(slices.Values(d.Days)))
	d.Why, d.AskedBy, d.AskedAt = strings.TrimSpace(d.Why), by.Author.ID, f.Now().UnixMilli()
	d, err := payment.EnterDeposit(ctx, tx, d)
	if err != nil {
		return d, err
	}
	if d.Diff() != 0 && d.Why == "" {
		return d, ErrReason
	}
	return d, f.writeDeposit(ctx, tx, journal.CashDeposited, d, d.Why, by)
}

// SignDeposit is another person's word, who reads the amount on the slip without seeing
// what the first typed. ErrTwice when it is another one, ErrSamePerson, ErrDependent,
// payment.ErrNotFound, payment.ErrState.
func (f *Flow) SignDeposit(ctx context.Context, tx *db.Tx, id string, fen int64, by By) error {
	d, err := payment.GetDeposit(ctx, tx, id)
	if err != nil {
		return err
	}
	err = f.beside(ctx, tx, []staff.Word{{Account: d.AskedBy, At: d.AskedAt}}, by, journal.Entry{Subject: journal.Subject{Kind: journal.OfDeposit, ID: d.ID},
		Point: d.Point, Division: d.Division, Detail: map[string]string{"act": ActTakeCash}})
	if err != nil {
		return err
	}
	if d.State != payment.DepositWaiting {
		return payment.ErrState
	}
	if d.Fen != fen {
		return ErrTwice
	}
	if err := payment.SettleDeposit(ctx, tx, id, payment.DepositSigned, by.Author.ID, f.Now().UnixMilli(), ""); err != nil {
		return err
	}
	return f.writeDeposit(ctx, tx, journal.DepositSigned, d, d.Why, by)
}

// DropDeposit is the other person's no, or the first takes it back: its days wait for
// another slip. ErrReason, payment.ErrNotFound, payment.ErrState.
func (f *Flow) DropDeposit(ctx context.Context, tx *db.Tx, id, reason string, by By) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	d, err := payment.GetDeposit(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := payment.SettleDeposit(ctx, tx, id, payment.DepositDropped, by.Author.ID, f.Now().UnixMilli(), reason); err != nil {
		return err
	}
	return f.writeDeposit(ctx, tx, journal.DepositDropped, d, reason, by)
}

func (f *Flow) writeDeposit(ctx context.Context, tx *db.Tx, act journal.Act, d payment.Deposit, reason string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfDeposit, ID: d.ID}, Point: d.Point, Division: d.Division, Reason: reason,
		Detail: map[string]string{"cashdays": strings.Join(d.Days, " "), detailFen: strconv.FormatInt(d.Fen, 10), "counted": strconv.FormatInt(d.Counted, 10)}})
}
