package channel

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhunkao/hub/payment"
	"zhunkao/protocol/window"
)

const alipayServer = "https://openapi.alipay.com/gateway.do"

// AlipayOptions are what the open platform gives, in the mode of public keys. Keys
// come from files or the environment and are never printed.
type AlipayOptions struct {
	App    string          // app_id
	Seller string          // the merchant's user id (PID, 2088…)
	Key    *rsa.PrivateKey // of the app
	Peer   *rsa.PublicKey  // of the channel
	Notify string          // https address that notices are sent to
	Server string          // another gateway than the channel's
	Client *http.Client    // nil: one with a deadline of 10 s
	Now    func() time.Time
}

// alipay is Alipay's open platform: precreate, page and wap, RSA2.
type alipay struct{ o AlipayOptions }

// NewAlipay makes the channel. It asks nobody anything yet.
func NewAlipay(o AlipayOptions) (Channel, error) {
	if o.App == "" || o.Seller == "" || o.Key == nil || o.Peer == nil || o.Notify == "" {
		return nil, errors.New("channel: alipay: app, seller, key, peer and notify are all needed")
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if o.Server == "" {
		o.Server = alipayServer
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &alipay{o}, nil
}

// Name is the channel's word.
func (a *alipay) Name() string { return "alipay" }

// Thanks is what a notice is answered with.
func (a *alipay) Thanks() (contentType, body string) { return "text/plain", "success" }

// alipayTrade is what is asked for and what is said of a trade.
type alipayTrade struct {
	Order   string `json:"out_trade_no,omitempty"`
	Number  string `json:"trade_no,omitempty"`
	Amount  string `json:"total_amount,omitempty"`
	What    string `json:"subject,omitempty"`
	Until   string `json:"time_expire,omitempty"`
	Product string `json:"product_code,omitempty"`

	Refund       string   `json:"out_request_no,omitempty"`
	RefundAmount string   `json:"refund_amount,omitempty"`
	Why          string   `json:"refund_reason,omitempty"`
	Wanted       []string `json:"query_options,omitempty"`

	Code       string `json:"qr_code,omitempty"`
	State      string `json:"trade_status,omitempty"`
	Paid       string `json:"send_pay_date,omitempty"`
	Changed    string `json:"fund_change,omitempty"`
	RefundFee  string `json:"refund_fee,omitempty"`
	RefundDone string `json:"gmt_refund_pay,omitempty"`
	Refunded   string `json:"refund_status,omitempty"`
	Currency   string `json:"pay_currency,omitempty"`

	BillType string `json:"bill_type,omitempty"`
	BillDay  string `json:"bill_date,omitempty"`
	BillAt   string `json:"bill_download_url,omitempty"`
}

// Offer is alipay.trade.precreate (a code to scan), or the address of
// alipay.trade.page.pay or wap.pay, which the gateway is told of when her browser
// gets there.
func (a *alipay) Offer(ctx context.Context, ask Ask) (Offer, error) {
	t := alipayTrade{Order: ask.Order, Amount: inYuan(ask.Fen), What: ask.What}
	if !ask.Until.IsZero() {
		t.Until = ask.Until.In(window.Zone()).Format(time.DateTime)
	}
	method := ""
	switch ask.Way {
	case Phone:
		method, t.Product = "alipay.trade.wap.pay", "QUICK_WAP_WAY"
	case Browser:
		method, t.Product = "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"
	default:
		var got alipayTrade
		if err := a.call(ctx, "alipay.trade.precreate", t, &got); err != nil {
			return Offer{}, err
		}
		if got.Code == "" || got.Order != ask.Order {
			return Offer{}, fmt.Errorf("%w: no code", ErrAway)
		}
		return Offer{Code: got.Code}, nil
	}
	form, err := a.signed(method, t, ask.Back)
	if err != nil {
		return Offer{}, err
	}
	return Offer{Page: a.o.Server + "?" + form.Encode()}, nil
}

// Query is alipay.trade.query. A code that nobody scanned is no trade there yet:
// ErrUnknown.
func (a *alipay) Query(ctx context.Context, q Ask) (Word, error) {
	var got alipayTrade
	if err := a.call(ctx, "alipay.trade.query", alipayTrade{Order: q.Order}, &got); err != nil {
		return Word{}, err
	}
	if got.Order != q.Order {
		return Word{}, fmt.Errorf("%w: about another order", ErrAway)
	}
	return a.trade(got, payment.ByQuery)
}

func (a *alipay) trade(t alipayTrade, by payment.Source) (Word, error) {
	out := Word{Kind: payment.Payment, Order: t.Order}
	if t.Currency != "" && t.Currency != yuan {
		return Word{}, ErrForeign
	}
	switch t.State {
	case "WAIT_BUYER_PAY":
		out.State = Waiting
		return out, nil
	case "TRADE_CLOSED":
		if t.Paid == "" {
			out.State = Ended
			return out, nil
		} // paid, and given back since
	case "TRADE_SUCCESS", "TRADE_FINISHED":
	default:
		return Word{}, fmt.Errorf("%w: a state of no meaning", ErrAway)
	}
	fen, ok := inFen(t.Amount)
	at, err := time.ParseInLocation(time.DateTime, t.Paid, window.Zone())
	if !ok || err != nil || t.Number == "" || t.Order == "" {
		return Word{}, fmt.Errorf("%w: a payment without number, amount or time", ErrAway)
	}
	out.State = Moved
	out.Movement = payment.Movement{Channel: a.Name(), Kind: payment.Payment, Number: t.Number, Order: t.Order, Fen: fen, At: at.UnixMilli(), Source: by}
	return out, nil
}

// Close is alipay.trade.close. ErrUnknown for a code that nobody scanned: it ends at
// its own time.
func (a *alipay) Close(ctx context.Context, q Ask) error {
	return a.call(ctx, "alipay.trade.close", alipayTrade{Order: q.Order}, &alipayTrade{})
}

// Refund is alipay.trade.refund. The channel has no number of its own for a refund:
// ours stands in its statement.
func (a *alipay) Refund(ctx context.Context, r Return) (Word, error) {
	var got alipayTrade
	if err := a.call(ctx, "alipay.trade.refund", alipayTrade{Number: r.Payment, Refund: r.Refund, RefundAmount: inYuan(r.Fen), Why: r.Why}, &got); err != nil {
		return Word{}, err
	}
	return a.QueryRefund(ctx, r) // what it says of itself has neither this refund's amount nor, always, its time
}

// QueryRefund is alipay.trade.fastpay.refund.query.
func (a *alipay) QueryRefund(ctx context.Context, r Return) (Word, error) {
	var got alipayTrade
	if err := a.call(ctx, "alipay.trade.fastpay.refund.query", alipayTrade{Number: r.Payment, Refund: r.Refund, Wanted: []string{"gmt_refund_pay"}}, &got); err != nil {
		return Word{}, err
	}
	out := Word{Kind: payment.Refund, Order: r.Order, Refund: r.Refund, State: Waiting}
	if got.Refunded != "REFUND_SUCCESS" { // an empty answer: not yet, or not at all
		return out, nil
	}
	fen, ok := inFen(got.RefundAmount)
	at, err := time.ParseInLocation(time.DateTime, got.RefundDone, window.Zone())
	if !ok || err != nil || got.Number != r.Payment || got.Refund != r.Refund {
		return Word{}, fmt.Errorf("%w: a refund without number, amount or time", ErrAway)
	}
	out.State = Moved
	out.Movement = payment.Movement{Channel: a.Name(), Kind: payment.Refund, Number: got.Refund, Of: got.Number, Order: got.Order, Fen: fen, At: at.UnixMilli(), Source: payment.ByQuery}
	return out, nil
}

// alipayStale is how old a notice may be: the last of eight tries comes after 25 hours.
const alipayStale = 26 * time.Hour

// Notice is 异步通知. One about a refund is no word of its own: it says which refund
// to ask for.
func (a *alipay) Notice(_ context.Context, _ http.Header, body []byte) (Word, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil || !a.verified(form) {
		return Word{}, ErrForged
	}
	sent, err := time.ParseInLocation(time.DateTime, form.Get("notify_time"), window.Zone())
	if err != nil || a.o.Now().Sub(sent).Abs() > alipayStale {
		return Word{}, ErrForged
	}
	if form.Get("app_id") != a.o.App || form.Get("seller_id") != a.o.Seller {
		return Word{}, ErrForeign
	}
	if form.Get("refund_fee") != "" || form.Get("gmt_refund") != "" {
		return Word{Kind: payment.Refund, Order: form.Get("out_trade_no"), Refund: form.Get("out_biz_no"), State: Waiting}, nil
	}
	return a.trade(alipayTrade{Order: form.Get("out_trade_no"), Number: form.Get("trade_no"), Amount: form.Get("total_amount"), State: form.Get("trade_status"), Paid: form.Get("gmt_payment"),
		Currency: form.Get("pay_currency")}, payment.ByNotice)
}

// Statement is alipay.data.dataservice.bill.downloadurl.query, and the download, which
// is neither signed nor hashed: it holds its own sums.
func (a *alipay) Statement(ctx context.Context, day time.Time, to io.Writer) error {
	var got alipayTrade
	ask := alipayTrade{BillType: "trade", BillDay: day.In(window.Zone()).Format(time.DateOnly)}
	if err := a.call(ctx, "alipay.data.dataservice.bill.downloadurl.query", ask, &got); err != nil {
		return err
	}
	at, err := url.Parse(got.BillAt)
	if err != nil || at.Host == "" || !strings.HasPrefix(a.o.Server, at.Scheme+"://") {
		return fmt.Errorf("%w: no file to be fetched", ErrAway)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, got.BillAt, nil)
	if err != nil {
		return ErrAway
	}
	res, err := a.o.Client.Do(req)
	if err != nil {
		return ErrAway
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: status %d", ErrAway, res.StatusCode)
	}
	if n, err := io.Copy(to, io.LimitReader(res.Body, maxFile+1)); err != nil || n > maxFile {
		return fmt.Errorf("%w: cut", ErrAway)
	}
	return nil
}

// call sends a signed request and reads a signed answer.
func (a *alipay) call(ctx context.Context, method string, ask alipayTrade, answer *alipayTrade) error {
	form, err := a.signed(method, ask, "")
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.o.Server+"?charset=utf-8", strings.NewReader(form.Encode()))
	if err != nil {
		return ErrAway
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	res, err := a.o.Client.Do(req)
	if err != nil {
		return ErrAway
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: status %d", ErrAway, res.StatusCode)
	}
	var outer map[string]json.RawMessage // the signature is over the bytes as they came
	if err := json.Unmarshal(body, &outer); err != nil {
		return fmt.Errorf("%w: an answer that cannot be read", ErrAway)
	}
	said, gateway := outer[strings.ReplaceAll(method, ".", "_")+"_response"], outer["error_response"]
	var sign string
	_ = json.Unmarshal(outer["sign"], &sign) // absent, it verifies nothing
	if said != nil && !a.verifies(string(said), sign) {
		return ErrForged
	}
	if said == nil {
		said = gateway
	}
	var status struct {
		Code string `json:"code"`
		Sub  string `json:"sub_code"`
	}
	if err := json.Unmarshal(said, &status); err != nil {
		return fmt.Errorf("%w: an answer that cannot be read", ErrAway)
	}
	if err := alipayNo(status.Code, status.Sub); err != nil {
		return err
	}
	if gateway != nil {
		return ErrForged
	}
	return json.Unmarshal(said, answer)
}

// alipayNo gives the meaning of an answer's codes; nil for success.
func alipayNo(code, sub string) error {
	switch {
	case code == "10000":
		return nil
	case sub == "ACQ.TRADE_NOT_EXIST":
		return ErrUnknown
	case sub == "isp.bill_not_exist":
		return ErrNoFile
	case code == "20000", code == "", sub == "ACQ.SYSTEM_ERROR", sub == "aop.ACQ.SYSTEM_ERROR", sub == "isp.unknow-error":
		return fmt.Errorf("%w: %.40s", ErrAway, sub)
	case sub == "":
		return &RefusedError{Code: code}
	}
	return &RefusedError{Code: sub}
}
