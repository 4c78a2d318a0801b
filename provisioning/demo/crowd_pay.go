package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
	"zhunkao/protocol/campaign/synthetic"
)

// ordered waits until the hub has opened an order for everybody.
func (a *assembly) ordered(ctx context.Context) error { return a.reached(ctx, crowdOrders, ordered) }

// errLater says that somebody could not pay now, and tries again later.
var errLater = errors.New("demo: not paid yet")

// How long somebody waits who could not pay, the first time and at most.
const (
	firstPause = 2 * time.Second
	mostPause  = 30 * time.Second
)

// pay has everybody scan a code with the telephone and pay it. The notice of the company
// comes to the hub by itself. Who cannot pay, because a company is away or her time is
// over, tries again later, as people do, until it is paid or a person has them stop: a
// mass failure (A59) is played with them.
func (a *assembly) pay(ctx context.Context) error {
	client := &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	paid := map[string]bool{} // the telephone says so; the hub may not know it yet
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		lack, err := a.missing(ctx, hasPaid)
		if err != nil || len(lack) == 0 {
			return err
		}
		had, later := len(a.people)-len(lack), 0
		for i, p := range lack {
			err := a.paysOne(ctx, client, p, paid)
			switch {
			case errors.Is(err, errLater) && ctx.Err() == nil:
				later++
			case err != nil:
				return err
			}
			a.Say(crowdPays, had+i+1-later, len(a.people))
		}
		if later == 0 {
			return a.reached(ctx, crowdPays, hasPaid)
		}
		a.Say(crowdWaits, len(a.people)-later, len(a.people))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// companyOf is whom somebody pays by: half of them by each of two, and who has the
// portal's sign-in by the one that the tour puts out of service, to be told of it.
func (a *assembly) companyOf(p synthetic.Person) string {
	place := func(id string) int {
		return slices.IndexFunc(a.people, func(q synthetic.Person) bool { return q.Application.ID == id })
	}
	return []string{"wechat", "alipay"}[(place(p.Application.ID)+place(a.shown().Application.ID))%2]
}

// paysOne has one of them pay. Who has paid already and does not see it has the hub ask.
func (a *assembly) paysOne(ctx context.Context, client *http.Client, p synthetic.Person, paid map[string]bool) error {
	var all []payment.Order
	err := a.hub.DB().Read(ctx, func(tx *db.Tx) (err error) {
		all, err = payment.OrdersOf(ctx, tx, p.Application.ID)
		return err
	})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(o payment.Order) bool { return o.State == payment.Open })
	switch {
	case at < 0: // her time is over; she may be given more
		return errLater
	case paid[all[at].Number]:
		found, err := a.hub.Teller().AskNow(ctx, all[at])
		if err == nil && found.Order.State != payment.Paid {
			err = errLater
		}
		return err
	}
	offer, _, err := a.hub.Teller().Offer(ctx, all[at], a.companyOf(p), channel.Scan, "127.0.0.1", "")
	var no *channel.RefusedError
	switch {
	case errors.Is(err, channel.ErrAway), errors.Is(err, channel.ErrForged), errors.As(err, &no), errors.Is(err, teller.ErrShut):
		return errLater
	case err != nil:
		return err
	}
	to, err := a.post(ctx, client, "/scan", url.Values{"code": {offer.Code}})
	if err != nil {
		return errors.Join(errLater, err)
	}
	if _, err = a.post(ctx, client, to, url.Values{}); err != nil {
		return errors.Join(errLater, err)
	}
	paid[all[at].Number] = true
	return nil
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
