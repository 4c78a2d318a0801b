package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	"zhunkao/protocol/form"
)

var (
	// ErrExemptPays says that who is exempt from the examination pays in this campaign.
	ErrExemptPays = errors.New("flow: in this campaign the exempt pay too")
	// ErrNotExempt says that she claims no exemption.
	ErrNotExempt = errors.New("flow: she claims no exemption")
	// ErrDue says that an end is not later than now.
	ErrDue = errors.New("flow: the new end is not to come")
)

// WaiveOrder takes an order to Waived (免缴): her exemption was approved, and the
// campaign asks no fee of the exempt. The approval may come when the time to pay is
// over (domain §0: it is decided after that). second is the other of two persons, where
// the campaign's table asks for two; that is judged before. ErrReason,
// payment.ErrNotFound, payment.ErrOpen, and what Waivable gives.
func (f *Flow) WaiveOrder(ctx context.Context, tx *db.Tx, number, reason string, by By, second string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	o, err := payment.GetOrder(ctx, tx, number)
	if err != nil {
		return err
	}
	claims, err := f.Waivable(ctx, tx, o)
	if err != nil {
		return err
	}
	var codes []string
	for _, c := range claims {
		codes = append(codes, c.Code)
	}
	return f.endOrder(ctx, tx, o, payment.Waived, journal.OrderWaived, reason, map[string]string{detailSecond: second, "exemption": strings.Join(codes, " ")}, by)
}

// Waivable says whether the fee of an order may be waived, and gives the exemptions that
// she claims: what was approved is one of them, and the reason of the act names the paper
// by which. Offices decide exemptions on paper (A44): no decision
// of theirs stands in this program that could be pointed at. payment.ErrState when the order is settled, ErrExemptPays,
// ErrNotExempt, ErrVoid.
func (f *Flow) Waivable(ctx context.Context, tx *db.Tx, o payment.Order) ([]form.Claim, error) {
	if o.State != payment.Open && o.State != payment.Closed {
		return nil, payment.ErrState
	}
	found, camp, err := f.withRules(ctx, tx, o.Application)
	if err != nil {
		return nil, fmt.Errorf("flow: waive: %w", err)
	}
	claims := slices.DeleteFunc(slices.Clone(found.Application.Claims), func(c form.Claim) bool { return c.Kind != form.ExemptionClaim })
	switch {
	case camp.Policy.ExemptPays:
		return nil, ErrExemptPays
	case len(claims) == 0:
		return nil, ErrNotExempt
	}
	return claims, standsVoid(ctx, tx, o.Application)
}

// ExtendOrder sets another end to an order, or opens one again that was closed (A59):
// for exactly her. ErrReason, ErrDue, ErrVoid, payment.ErrNotFound, payment.ErrState,
// payment.ErrOpen.
func (f *Flow) ExtendOrder(ctx context.Context, tx *db.Tx, number string, due time.Time, reason string, by By, second string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	if !due.After(f.Now()) {
		return ErrDue
	}
	o, err := payment.GetOrder(ctx, tx, number)
	if err != nil {
		return err
	}
	return f.extendOrder(ctx, tx, o, due.UnixMilli(), reason, map[string]string{detailSecond: second}, by)
}

func (f *Flow) extendOrder(ctx context.Context, tx *db.Tx, o payment.Order, due int64, reason string, detail map[string]string, by By) error {
	if err := standsVoid(ctx, tx, o.Application); err != nil {
		return err
	}
	if err := payment.Extend(ctx, tx, o.Number, due); err != nil {
		return err
	}
	detail[detailDue], detail["was"], detail[journal.DetailStood] = ms(due), ms(o.DueAt), string(o.State)
	return f.writeOrder(ctx, tx, journal.OrderExtended, o, reason, detail, by)
}

// CloseDue closes orders whose end has passed, up to limit, the oldest first. It is
// called only after the channels were asked for the last time; who asks for one order
// at a time closes it by CloseOrder.
func (f *Flow) CloseDue(ctx context.Context, tx *db.Tx, limit int) (closed int, err error) {
	due, err := payment.Due(ctx, tx, f.Now().UnixMilli(), limit)
	if err != nil {
		return 0, err
	}
	for _, o := range due {
		if err := f.closeOrder(ctx, tx, o); err != nil {
			return closed, err
		}
		closed++
	}
	return closed, nil
}

// CloseOrder closes one order whose end has passed. payment.ErrNotFound;
// payment.ErrState when it has not, or the order is not open.
func (f *Flow) CloseOrder(ctx context.Context, tx *db.Tx, number string) error {
	o, err := payment.GetOrder(ctx, tx, number)
	if err != nil {
		return err
	}
	if o.DueAt == 0 || o.DueAt > f.Now().UnixMilli() {
		return payment.ErrState
	}
	return f.closeOrder(ctx, tx, o)
}

// closeOrder ends it at its end, not at the moment when somebody got round to it:
// what was paid in between is late.
func (f *Flow) closeOrder(ctx context.Context, tx *db.Tx, o payment.Order) error {
	if err := payment.EndOrder(ctx, tx, o.Number, payment.Closed, o.DueAt); err != nil {
		return err
	}
	return f.writeOrder(ctx, tx, journal.OrderClosed, o, "", map[string]string{detailDue: ms(o.DueAt)}, Hub())
}

// endOrder ends one now, and has what is open for it at the channels closed.
func (f *Flow) endOrder(ctx context.Context, tx *db.Tx, o payment.Order, to payment.State, act journal.Act, reason string, detail map[string]string, by By) error {
	if err := payment.EndOrder(ctx, tx, o.Number, to, f.Now().UnixMilli()); err != nil {
		return err
	}
	if err := f.shut(ctx, tx, o.Number); err != nil {
		return err
	}
	return f.writeOrder(ctx, tx, act, o, reason, detail, by)
}
