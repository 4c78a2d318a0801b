package cashier

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// notice is one that a company sends until it is thanked for.
type notice struct {
	ID      string    `json:"id"`
	Company string    `json:"company"`
	Trade   string    `json:"trade"`
	Payment string    `json:"payment,omitempty"` // number of what it tells of: a payment,
	Refund  string    `json:"refund,omitempty"`  // or a refund
	To      string    `json:"to"`
	Forged  bool      `json:"forged,omitempty"`
	Held    bool      `json:"held,omitempty"` // not sent, until a button is pressed
	Due     time.Time `json:"due"`            // real time
	Tries   int       `json:"tries,omitempty"`
	Heard   bool      `json:"heard,omitempty"` // thanked for
	Said    string    `json:"said,omitempty"`  // what was answered else
}

// waits is after how long the companies try again; WeChat's schedule (domain §4.2)
// for all three, in real time.
var waits = []time.Duration{15 * time.Second, 15 * time.Second, 30 * time.Second, 3 * time.Minute, 10 * time.Minute, 20 * time.Minute, 30 * time.Minute, 30 * time.Minute,
	30 * time.Minute, time.Hour, 3 * time.Hour, 3 * time.Hour, 3 * time.Hour, 6 * time.Hour, 6 * time.Hour}

// lateBy is how much later a late notice comes.
const lateBy = time.Minute

// tell puts the notices of a payment out; the caller has the lock.
func (b *book) tell(t *trade, p payment) {
	n := notice{ID: rand.Text(), Company: t.Company, Trade: t.ID, Payment: p.Number, To: t.Notify, Due: time.Now(), Forged: p.Trouble == Forged, Held: p.Trouble == Lost || b.Knobs[t.Company].Silent}
	if p.Trouble == Late {
		n.Due = n.Due.Add(lateBy)
	}
	b.Notices = append(b.Notices, &n)
	if p.Trouble == Twice {
		again := n
		again.ID = rand.Text()
		b.Notices = append(b.Notices, &again)
	}
}

// tellRefund puts the notice of a refund out; the caller has the lock.
func (b *book) tellRefund(r *refund) {
	if r.Company == Alipay && r.State == failed || r.Notify == "" {
		return
	}
	b.Notices = append(b.Notices, &notice{ID: rand.Text(), Company: r.Company, Trade: r.Trade, Refund: r.Number, To: r.Notify, Due: time.Now(), Held: b.Knobs[r.Company].Silent})
}

// deliver sends what is due until ctx ends, and ends refunds whose time has come.
func (c *Cashier) deliver(ctx context.Context) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := c.book.settle(time.Now(), ""); err != nil {
			return err
		}
		for _, n := range c.book.due(time.Now()) {
			heard, said := c.send(ctx, n)
			if ctx.Err() != nil {
				return nil
			}
			if err := c.book.sent(n.ID, heard, said); err != nil {
				return err
			}
		}
	}
}

// due are the notices that are to be sent now.
func (b *book) due(now time.Time) (out []notice) {
	b.read(func() {
		for _, n := range b.Notices {
			if !n.Heard && !n.Held && n.Tries <= len(waits) && !b.Knobs[n.Company].Away && now.After(n.Due) {
				out = append(out, *n)
			}
		}
	})
	return out
}

// sent writes down what became of a try.
func (b *book) sent(id string, heard bool, said string) error {
	return b.change(func() error {
		for _, n := range b.Notices {
			if n.ID == id {
				n.Due = time.Now().Add(waits[min(n.Tries, len(waits)-1)])
				n.Tries++
				n.Heard, n.Said = heard, said
			}
		}
		return nil
	})
}

// release sends a notice that was held back, or one again.
func (b *book) release(id string) error {
	return b.change(func() error {
		for _, n := range b.Notices {
			if n.ID == id {
				n.Held, n.Heard, n.Forged, n.Due = false, false, false, time.Now()
				return nil
			}
		}
		return errUnknown
	})
}

// send posts a notice; heard when it was thanked for as the company wants it.
func (c *Cashier) send(ctx context.Context, n notice) (heard bool, said string) {
	req, err := c.message(ctx, n)
	if err != nil {
		return false, err.Error()
	}
	res, err := c.client.Do(req)
	if err != nil {
		return false, "no answer"
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return false, "no answer"
	}
	text := strings.TrimSpace(string(b))
	switch n.Company {
	case WeChat: // 200 or 204; of a body only its code is looked at, and only of a failure
		heard = res.StatusCode == http.StatusOK || res.StatusCode == http.StatusNoContent
	case Alipay:
		heard = res.StatusCode == http.StatusOK && text == "success"
	default:
		heard = res.StatusCode == http.StatusOK
	}
	return heard, res.Status
}

// message makes the request of a notice: made anew for each try, for it is signed with
// the time of the try.
func (c *Cashier) message(ctx context.Context, n notice) (*http.Request, error) {
	var t trade
	var p payment
	var r refund
	c.book.read(func() {
		t = c.book.byID(n.Trade).copied()
		if i := slices.IndexFunc(t.Paid, func(p payment) bool { return p.Number == n.Payment }); i >= 0 {
			p = t.Paid[i]
		}
		if i := slices.IndexFunc(c.book.Refunds, func(r *refund) bool { return r.Company == n.Company && r.Number == n.Refund }); i >= 0 {
			r = *c.book.Refunds[i]
		}
	})
	d := c.desks[n.Company]
	if n.Forged {
		d.key = c.stranger
	}
	body, kind, head := "", "application/x-www-form-urlencoded", http.Header{}
	var err error
	switch n.Company {
	case WeChat:
		if n.Refund != "" {
			body, err = c.wechatNotice("refund", map[string]string{done: "REFUND.SUCCESS", failed: "REFUND.ABNORMAL"}[r.State], wechatRefundNotice(r, t))
		} else {
			paid := c.wechatPaid(t, p)
			paid["trade_state"], paid["trade_state_desc"] = "SUCCESS", "支付成功"
			body, err = c.wechatNotice("transaction", "TRANSACTION.SUCCESS", paid)
		}
		kind, head = "application/json", wechatSigned(d, body)
	case Alipay:
		form := map[string]string{"notify_id": n.ID, "out_trade_no": t.Order, "subject": t.What, "trade_no": p.Number, "total_amount": inYuan(p.Fen), "receipt_amount": inYuan(p.Fen),
			"trade_status": "TRADE_SUCCESS", "gmt_payment": p.At.In(zone).Format(time.DateTime)}
		if n.Refund != "" {
			form["trade_no"], form["total_amount"], form["trade_status"], form["gmt_payment"] = r.Of, inYuan(r.Fen), "TRADE_CLOSED", t.Asked.In(zone).Format(time.DateTime)
			form["refund_fee"], form["gmt_refund"], form["out_biz_no"] = inYuan(r.Fen), r.At.In(zone).Format(time.DateTime)+".000", r.Ref
			delete(form, "receipt_amount")
		}
		body = c.alipayNotice(d, form)
	default:
		if n.Refund != "" {
			body = c.unionNotice(d, unionRefunded(r), map[string]string{done: "00", failed: "65"}[r.State])
		} else {
			body = c.unionNotice(d, unionPaid(t, p), "00")
		}
	}
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.To, strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("cashier: notice: %w", err)
	}
	req.Header = head
	req.Header.Set("Content-Type", kind)
	return req, nil
}

// newStranger is a key that nobody knows, of forged notices.
func newStranger() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }
