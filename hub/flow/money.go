package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/staff"
	"zhunkao/protocol/window"
)

// The acts of the campaign's table by which money is decided about.
const (
	ActTakeCash         = "take-cash"
	ActLatePayment      = "late-payment"
	ActRefund           = "refund"
	ActRevertPayment    = "revert-payment"
	ActSettleDifference = "settle-difference"
	ActDecideExemption  = "exemption-decide" // by which a fee is waived too
)

var (
	// ErrFee says that an amount is not the one that is asked for.
	ErrFee = errors.New("flow: not the amount that is asked for")
	// ErrCashClosed says that the cash of that point's day is counted and signed.
	ErrCashClosed = errors.New("flow: the cash of that day is signed")
	// ErrTwice says that two persons read different amounts.
	ErrTwice = errors.New("flow: two persons read different amounts")
)

// OwnMovement notes whose a movement is, once that was found out. Nothing moves by
// it. ErrReason, payment.ErrNotFound, payment.ErrState.
func (f *Flow) OwnMovement(ctx context.Context, tx *db.Tx, movement, order, reason string, by By) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	m, err := payment.GetMovement(ctx, tx, movement)
	if err != nil {
		return err
	}
	was, err := payment.OwnerOf(ctx, tx, m)
	if err != nil {
		return err
	}
	if err := payment.Own(ctx, tx, movement, order, f.Now().UnixMilli(), by.Author.ID, reason); err != nil {
		return err
	}
	o, err := payment.GetOrder(ctx, tx, order)
	if err != nil {
		return err
	}
	return f.writeMovement(ctx, tx, journal.MovementOwned, m, o, reason, map[string]string{"was": was}, by)
}

// PayOut books that a refund was made by hand, where no company makes it: cash over
// the counter, or a transfer back, whose serial at the bank is asked for. The money
// must be on its way back. ErrReason where that serial is missing; ErrCashClosed,
// payment.ErrNotFound, payment.ErrState, payment.ErrConflict.
func (f *Flow) PayOut(ctx context.Context, tx *db.Tx, movement, serial string, by By) (payment.Booked, error) {
	b, err := payment.Look(ctx, tx, movement)
	if err != nil {
		return payment.Booked{}, err
	}
	if b.Lies != payment.InReturning || b.Channel != payment.Cash && b.Channel != payment.Transfer {
		return payment.Booked{}, payment.ErrState
	}
	switch serial = strings.TrimSpace(serial); {
	case b.Channel == payment.Cash:
		serial = b.Number + "-" + strconv.Itoa(len(b.Entries))
	case serial == "":
		return payment.Booked{}, ErrReason
	}
	if err := f.cashOpen(ctx, tx, b.Movement); err != nil {
		return payment.Booked{}, err
	}
	m := payment.Movement{Channel: b.Channel, Kind: payment.Refund, Number: serial, Of: b.Number, Order: b.Order, Fen: b.Fen, At: f.Now().UnixMilli(), Source: b.Source, By: by.Author.ID}
	return f.BookMovement(ctx, tx, m, by)
}

// TakeCash books that a clerk took the fee of an order over the counter (demand B11):
// once, however often she presses. The amount is that of the order. ErrFee,
// ErrCashClosed, payment.ErrNotFound, payment.ErrState.
func (f *Flow) TakeCash(ctx context.Context, tx *db.Tx, order string, fen int64, by By) (payment.Booked, error) {
	o, err := payment.GetOrder(ctx, tx, order)
	if err != nil {
		return payment.Booked{}, err
	}
	if o.State != payment.Open {
		return payment.Booked{}, payment.ErrState
	}
	if o.Fen != fen {
		return payment.Booked{}, ErrFee
	}
	now := f.Now()
	signed, err := f.cashSigned(ctx, tx, o.Point, dayOf(now))
	if err != nil {
		return payment.Booked{}, err
	}
	if signed {
		return payment.Booked{}, ErrCashClosed
	}
	before, err := payment.BookingsOf(ctx, tx, order)
	if err != nil {
		return payment.Booked{}, err
	}
	n := 1
	for _, b := range before {
		if b.Channel == payment.Cash && b.Kind == payment.Payment {
			n++
		}
	}
	m := payment.Movement{Channel: payment.Cash, Kind: payment.Payment, Number: o.Number + "-" + strconv.Itoa(n), Order: o.Number, Fen: fen,
		At: now.UnixMilli(), Source: payment.ByCash, By: by.Author.ID}
	return f.bookByHand(ctx, tx, m, by)
}

// bookByHand books what no channel told of: the codes and pages by which that order could
// be paid at the channels too are closed.
func (f *Flow) bookByHand(ctx context.Context, tx *db.Tx, m payment.Movement, by By) (payment.Booked, error) {
	b, err := f.BookMovement(ctx, tx, m, by)
	if err != nil || b.Standing != payment.Pays {
		return b, err
	}
	return b, f.shut(ctx, tx, b.Order.Number)
}

// shut has the ways to pay an order closed at their channels.
func (f *Flow) shut(ctx context.Context, tx *db.Tx, order string) error {
	return teller.Shut(ctx, tx, order, f.Now().UnixMilli())
}

// dayOf is the civil day of a moment.
func dayOf(t time.Time) string { return t.In(window.Zone()).Format(time.DateOnly) }

func (f *Flow) cashSigned(ctx context.Context, tx *db.Tx, point, day string) (bool, error) {
	all, err := payment.CashCounts(ctx, tx, point, 100)
	for _, c := range all {
		if c.Day == day && c.Second != "" {
			return true, err
		}
	}
	return false, err
}

// cashOpen refuses to move cash on a day that its point counted and signed: the signed
// count is what was booked then (demand B11). Of another channel it is nil. ErrCashClosed.
func (f *Flow) cashOpen(ctx context.Context, tx *db.Tx, m payment.Movement) error {
	if m.Channel != payment.Cash {
		return nil
	}
	o, err := payment.GetOrder(ctx, tx, m.Order) // the point that counts it; see payment.CashBooked
	if errors.Is(err, payment.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	signed, err := f.cashSigned(ctx, tx, o.Point, dayOf(f.Now()))
	if err == nil && signed {
		return ErrCashClosed
	}
	return err
}

// CashBooked is what was booked in cash at a point on a civil day.
func (f *Flow) CashBooked(ctx context.Context, tx *db.Tx, point, day string) (payment.Sum, error) {
	from, err := time.ParseInLocation(time.DateOnly, day, window.Zone())
	if err != nil {
		return payment.Sum{}, fmt.Errorf("flow: day: %w", err)
	}
	return payment.CashBooked(ctx, tx, point, from.UnixMilli(), from.AddDate(0, 0, 1).UnixMilli())
}

// CountCash keeps what one person counted at the end of a point's day. A difference
// needs a reason. ErrReason, payment.ErrState when that day is signed,
// payment.ErrAmount.
func (f *Flow) CountCash(ctx context.Context, tx *db.Tx, p org.Point, day string, counted int64, reason string, by By) (payment.CashCount, error) {
	booked, err := f.CashBooked(ctx, tx, p.Code, day)
	if err != nil {
		return payment.CashCount{}, err
	}
	c := payment.CashCount{Point: p.Code, Day: day, Counted: counted, Booked: booked.Fen, Why: strings.TrimSpace(reason), By: by.Author.ID, At: f.Now().UnixMilli()}
	if c.Carried, err = payment.CashCarried(ctx, tx, p.Code, day); err != nil {
		return c, err
	}
	if c.Diff() != 0 && c.Why == "" {
		return c, ErrReason
	}
	if c, err = payment.CountCash(ctx, tx, c); err != nil {
		return c, err
	}
	return c, f.writeCash(ctx, tx, journal.CashCounted, p, c, by)
}

// SignCash is the second person's word about a count: of somebody else, of the same
// booked sum as when it was counted. ErrSamePerson, ErrDependent, ErrTwice when money
// was booked since, payment.ErrNotFound, payment.ErrState.
func (f *Flow) SignCash(ctx context.Context, tx *db.Tx, p org.Point, id string, by By) error {
	c, err := payment.GetCashCount(ctx, tx, id)
	if err != nil {
		return err
	}
	if c.Point != p.Code {
		return payment.ErrNotFound
	}
	err = f.beside(ctx, tx, []staff.Word{{Account: c.By, At: c.At}}, by, journal.Entry{Subject: journal.Subject{Kind: journal.OfCash, ID: c.ID},
		Point: p.Code, Division: p.Division, Detail: map[string]string{"act": ActTakeCash}})
	if err != nil {
		return err
	}
	booked, err := f.CashBooked(ctx, tx, p.Code, c.Day)
	if err != nil {
		return err
	}
	if booked.Fen != c.Booked {
		return ErrTwice
	}
	if err := payment.SignCash(ctx, tx, id, by.Author.ID, f.Now().UnixMilli()); err != nil {
		return err
	}
	return f.writeCash(ctx, tx, journal.CashSigned, p, c, by)
}

func (f *Flow) writeCash(ctx context.Context, tx *db.Tx, act journal.Act, p org.Point, c payment.CashCount, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfCash, ID: c.ID}, Point: p.Code, Division: p.Division, Reason: c.Why,
		Detail: map[string]string{"day": c.Day, "counted": strconv.FormatInt(c.Counted, 10), "booked": strconv.FormatInt(c.Booked, 10)}})
}

// EnterTransfer keeps what the first person read on the bank's paper. It is no money
// yet. payment.ErrNotFound when there is no such order, payment.ErrState when that
// serial was entered, payment.ErrAmount.
func (f *Flow) EnterTransfer(ctx context.Context, tx *db.Tx, b payment.BankTransfer, by By) (payment.BankTransfer, error) {
	o, err := payment.GetOrder(ctx, tx, b.Order)
	if err != nil {
		return b, err
	}
	b.Division, b.AskedBy, b.AskedAt = o.Division, by.Author.ID, f.Now().UnixMilli()
	if b, err = payment.EnterTransfer(ctx, tx, b); err != nil {
		return b, err
	}
	return b, f.writeTransfer(ctx, tx, journal.TransferEntered, b, "", by)
}

// ConfirmTransfer books a transfer that another person read as the first did: she
// types the amount from the bank's paper again. ErrTwice when it is another one,
// ErrSamePerson, ErrDependent, payment.ErrNotFound, payment.ErrState,
// payment.ErrConflict when that serial was booked with another content.
func (f *Flow) ConfirmTransfer(ctx context.Context, tx *db.Tx, id string, fen int64, by By) (payment.Booked, error) {
	b, err := payment.GetTransfer(ctx, tx, id)
	if err != nil {
		return payment.Booked{}, err
	}
	err = f.beside(ctx, tx, []staff.Word{{Account: b.AskedBy, At: b.AskedAt}}, by, journal.Entry{Subject: journal.Subject{Kind: journal.OfTransfer, ID: b.ID},
		Division: b.Division, Detail: map[string]string{detailOrder: b.Order}})
	if err != nil {
		return payment.Booked{}, err
	}
	if b.Fen != fen {
		return payment.Booked{}, ErrTwice
	}
	if err := payment.SettleTransfer(ctx, tx, id, payment.TransferBooked, by.Author.ID, f.Now().UnixMilli(), ""); err != nil {
		return payment.Booked{}, err
	}
	out, err := f.bookByHand(ctx, tx, b.Movement(b.AskedBy), by)
	if err != nil {
		return out, err
	}
	return out, f.writeTransfer(ctx, tx, journal.TransferBooked, b, "", by)
}

// RefuseTransfer is the other person's no, or the first takes it back. ErrReason,
// payment.ErrNotFound, payment.ErrState.
func (f *Flow) RefuseTransfer(ctx context.Context, tx *db.Tx, id, reason string, by By) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	b, err := payment.GetTransfer(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := payment.SettleTransfer(ctx, tx, id, payment.TransferRefused, by.Author.ID, f.Now().UnixMilli(), reason); err != nil {
		return err
	}
	return f.writeTransfer(ctx, tx, journal.TransferRefused, b, reason, by)
}

func (f *Flow) writeTransfer(ctx context.Context, tx *db.Tx, act journal.Act, b payment.BankTransfer, reason string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfTransfer, ID: b.ID}, Division: b.Division, Reason: reason,
		Detail: map[string]string{detailOrder: b.Order, detailFen: strconv.FormatInt(b.Fen, 10)}})
}
