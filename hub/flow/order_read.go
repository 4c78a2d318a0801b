package flow

import (
	"context"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
)

// PaymentOf is the order of an application that counts: which stands, else the newest;
// zero if it has none. It is one question.
func PaymentOf(ctx context.Context, tx *db.Tx, application string) (payment.Order, error) {
	all, err := payment.OrdersOf(ctx, tx, application)
	if err != nil {
		return payment.Order{}, err
	}
	if o := (&orderStanding{orders: all}).order(); o != nil {
		return *o, nil
	}
	return payment.Order{}, nil
}
