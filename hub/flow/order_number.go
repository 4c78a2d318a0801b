package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	rules "zhunkao/protocol/campaign"
)

// draws bounds how often a number is drawn that is taken: with a million orders in a
// year one draw in a thousand is.
const draws = 8

// orderNumber draws the number (缴费单号) of an order that is to be opened.
func (f *Flow) orderNumber(ctx context.Context, tx *db.Tx, camp *rules.Campaign) (string, error) {
	for range draws {
		n := payment.NewNumber(camp.Year, camp.Province)
		_, err := payment.GetOrder(ctx, tx, n)
		if errors.Is(err, payment.ErrNotFound) {
			return n, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("flow: order: %d numbers that were drawn are taken", draws)
}

// Valid says whether a registration is valid (A42): confirmed, and paid or the fee
// waived, and nothing else. Confirmed is a record in force; order is the one that
// counts, nil for none. A campaign that takes no payments, and a level without a fee,
// ask only for the confirmation.
func Valid(c rules.Campaign, level string, confirmed bool, order *payment.Order) bool {
	if fee, ok := c.Fee(level); !confirmed || !c.Payment.Takes() || ok && fee == 0 {
		return confirmed
	}
	return order != nil && (order.State == payment.Paid || order.State == payment.Waived)
}
