package flow

import (
	"context"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	rules "zhunkao/protocol/campaign"
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

// Valids is the list of the registrations of a campaign that are valid (A42): the same
// as Valid of each of them. After and Limit are the caller's.
func Valids(c rules.Campaign) payment.Valids {
	v := payment.Valids{Campaign: c.ID, Takes: c.Payment.Takes()}
	for _, f := range c.Fees {
		if f.Fen == 0 {
			v.Free = append(v.Free, f.Level)
		}
	}
	return v
}

// Sitters are those of Valids who sit the examination: whose category has papers (who is
// recommended for the gaokao has none) and whose order was not waived (A47).
func Sitters(c rules.Campaign) payment.Valids {
	v := Valids(c)
	for _, k := range c.Form.Categories {
		if len(k.Subjects) > 0 {
			v.Sits = append(v.Sits, k.Code)
		}
	}
	return v
}
