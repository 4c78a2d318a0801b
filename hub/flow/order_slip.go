package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	rules "zhunkao/protocol/campaign"
)

// SlipWord is what a slip whose signature is good says, and whether she may pay by
// it: package intake makes it (the wire is not known here).
type SlipWord struct {
	Record      string
	Application string
	Campaign    string
	Fee         int64  // fen, as printed
	At          int64  // of the sealing, by the box, ms
	Point       string // of the box
	Division    string
	Bar         SlipBar
}

// ErrSlip says that nobody pays by a slip now: SlipWord.Bar says why.
var ErrSlip = errors.New("flow: this slip opens no order")

// SlipOrder opens an order by a slip (缴费凭条), before the record arrives; when it
// arrives, it joins the order. Whoever has one is given that. The fee is that of the
// sheet; of a record that is here it is that of what stands. Errors: ErrSlip, and
// those of OpenOrder.
func (f *Flow) SlipOrder(ctx context.Context, tx *db.Tx, slip SlipWord, by By) (payment.Order, error) {
	if slip.Bar != "" {
		return payment.Order{}, ErrSlip
	}
	application, err := f.slipOf(ctx, tx, slip)
	if err != nil {
		return payment.Order{}, err
	}
	s, err := f.orderStanding(ctx, tx, nil, application)
	if err != nil {
		return payment.Order{}, err
	}
	if o := s.order(); o != nil && o.State != payment.Left {
		return *o, nil
	}
	if !s.camp.Payment.Takes() || s.camp.Payment.Opens != rules.OpensConfirmed || s.found.Campaign != slip.Campaign {
		return payment.Order{}, ErrNoPayment
	}
	if better(s.record.State, confirmation.Disputed) {
		return f.openOrder(ctx, tx, s, CauseConfirmed, f.Now().UnixMilli(), by)
	}
	// Of one that waits for a decision what the sheet says is paid, as before it came
	// (Payable).
	o := payment.Order{Application: application, Campaign: slip.Campaign, Division: slip.Division, Point: slip.Point, Level: s.levelOf(slip.Fee),
		Fen: slip.Fee, Record: slip.Record, Cause: string(CauseSlip), ArrivedAt: s.record.Committed}
	return f.putOrder(ctx, tx, s, o, f.Now().UnixMilli(), by)
}

// levelOf is the level that pays so much: her own if it does, else the first.
func (s *orderStanding) levelOf(fen int64) string {
	own := s.found.Application.First().Level
	if fee, ok := s.camp.Fee(own); ok && fee == fen {
		return own
	}
	for _, fee := range s.camp.Fees {
		if fee.Fen == fen {
			return fee.Level
		}
	}
	return own
}

// slipOf is the application of a slip: that of its record, when it is here.
func (f *Flow) slipOf(ctx context.Context, tx *db.Tx, slip SlipWord) (string, error) {
	r, err := confirmation.Get(ctx, tx, slip.Record)
	if err != nil && !errors.Is(err, confirmation.ErrNotFound) {
		return "", fmt.Errorf("flow: slip: %w", err)
	}
	if r.Application != "" {
		return r.Application, nil
	}
	return slip.Application, nil
}
