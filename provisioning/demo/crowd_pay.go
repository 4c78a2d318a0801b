package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/protocol/campaign/synthetic"
)

// ordered waits until the hub has opened an order for everybody.
func (a *assembly) ordered(ctx context.Context) error { return a.reached(ctx, crowdOrders, ordered) }

// pay has everybody scan a code with the telephone and pay it. The notice of the company
// comes to the hub by itself.
func (a *assembly) pay(ctx context.Context) error {
	lack, err := a.missing(ctx, hasPaid)
	if err != nil || len(lack) == 0 {
		return err
	}
	client := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	for i, p := range lack {
		if err := a.paysOne(ctx, client, p, []string{"wechat", "alipay"}[i%2]); err != nil {
			return err
		}
		a.Say(crowdPays, len(a.people)-len(lack)+i+1, len(a.people))
	}
	return a.reached(ctx, crowdPays, hasPaid)
}

func (a *assembly) paysOne(ctx context.Context, client *http.Client, p synthetic.Person, company string) error {
	var all []payment.Order
	err := a.hub.DB().Read(ctx, func(tx *db.Tx) (err error) {
		all, err = payment.OrdersOf(ctx, tx, p.Application.ID)
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.State != payment.Open {
			continue
		}
		offer, _, err := a.hub.Teller().Offer(ctx, o, company, channel.Scan, "127.0.0.1", "")
		if err != nil {
			return err
		}
		to, err := a.post(ctx, client, "/scan", url.Values{"code": {offer.Code}})
		if err != nil {
			return err
		}
		_, err = a.post(ctx, client, to, url.Values{})
		return err
	}
	return errors.New("no order is open")
}

// post presses a button of the telephone and gives where it leads.
func (a *assembly) post(ctx context.Context, client *http.Client, path string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.Telephone+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // so that the connection is used again
	if res.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("the telephone answers %s", res.Status)
	}
	return res.Header.Get("Location"), nil
}
