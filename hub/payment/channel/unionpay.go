package channel

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/payment"
	"zhunkao/protocol/window"
)

// UnionPayOptions are what the merchant platform gives (ACP 5.1.0). Keys come from
// files or the environment and are never printed.
type UnionPayOptions struct {
	Merchant string          // merId
	Key      *rsa.PrivateKey // of the merchant's certificate
	CertID   string          // its serial number, decimal
	Roots    *x509.CertPool  // that the channel's certificate leads to
	Middles  *x509.CertPool  // certificates in between
	Peer     string          // who the channel's certificate must name; "": 中国银联股份有限公司
	Notify   string          // https address that notices are sent to
	Server   string          // gateway; "": the channel's
	Files    string          // where files are asked for; "": the channel's
	Client   *http.Client    // nil: one with a deadline of 10 s
	Now      func() time.Time
}

const (
	unionServer = "https://gateway.95516.com/gateway/api/"
	unionFiles  = "https://filedownload.95516.com/"
	unionPeer   = "中国银联股份有限公司"
	renminbi    = "156" // ISO 4217
	unionTime   = "20060102150405"
)

// unionpay is UnionPay's online gateway: by a page in front, or a code to scan.
type unionpay struct{ o UnionPayOptions }

// NewUnionPay makes the channel. It asks nobody anything yet.
func NewUnionPay(o UnionPayOptions) (Channel, error) {
	if o.Merchant == "" || o.Key == nil || o.CertID == "" || o.Roots == nil || o.Notify == "" {
		return nil, errors.New("channel: unionpay: merchant, key, certificate, roots and notify are all needed")
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Second}
	}
	for to, or := range map[*string]string{&o.Server: unionServer, &o.Files: unionFiles, &o.Peer: unionPeer} {
		if *to == "" {
			*to = or
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &unionpay{o}, nil
}

// Name is the channel's word.
func (u *unionpay) Name() string { return "unionpay" }

// Thanks is what a notice is answered with.
func (u *unionpay) Thanks() (contentType, body string) { return "text/plain", "ok" }

// request has what every request has.
func (u *unionpay) request(kind, sub, order string, at time.Time) map[string]string {
	return map[string]string{"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "certId": u.o.CertID, "txnType": kind, "txnSubType": sub, "bizType": "000201",
		"channelType": "07", "accessType": "0", "merId": u.o.Merchant, "orderId": order, "txnTime": at.In(window.Zone()).Format(unionTime)}
}

// Offer is 消费: with a page in front, or with a code (主扫).
func (u *unionpay) Offer(ctx context.Context, a Ask) (Offer, error) {
	r := u.request("01", "01", a.Order, a.Opened)
	r["txnAmt"], r["currencyCode"], r["backUrl"] = strconv.FormatInt(a.Fen, 10), renminbi, u.o.Notify
	if !a.Until.IsZero() {
		r["payTimeout"] = a.Until.In(window.Zone()).Format(unionTime)
	}
	if a.Way == Phone || a.Way == Browser {
		r["frontUrl"] = a.Back
		if a.Way == Phone {
			r["channelType"] = "08"
		}
		if err := u.sign(r); err != nil {
			return Offer{}, err
		}
		form := url.Values{}
		for k, v := range r {
			form.Set(k, v)
		}
		return Offer{Page: u.o.Server + "frontTransReq.do", Form: form}, nil
	}
	r["txnSubType"], r["bizType"], r["channelType"] = "07", "000000", "08"
	got, err := u.call(ctx, u.o.Server+"backTransReq.do", r)
	if err != nil {
		return Offer{}, err
	}
	if got["qrCode"] == "" {
		return Offer{}, fmt.Errorf("%w: no code", ErrAway)
	}
	return Offer{Code: got["qrCode"]}, nil
}

// Query is 交易状态查询.
func (u *unionpay) Query(ctx context.Context, a Ask) (Word, error) {
	return u.query(ctx, a.Order, a.Opened)
}

func (u *unionpay) query(ctx context.Context, order string, at time.Time) (Word, error) {
	r := u.request("00", "00", order, at)
	r["bizType"] = "000000"
	got, err := u.call(ctx, u.o.Server+"queryTrans.do", r)
	if err != nil {
		return Word{}, err
	}
	if got["orderId"] != order {
		return Word{}, fmt.Errorf("%w: about another order", ErrAway)
	}
	return u.word(got, got["origRespCode"], at, payment.ByQuery)
}

// Close: the gateway has none. What was asked for ends at its payTimeout.
func (u *unionpay) Close(context.Context, Ask) error {
	return fmt.Errorf("channel: unionpay: %w", errors.ErrUnsupported)
}

// Refund is 退货. What is answered is that it was heard.
func (u *unionpay) Refund(ctx context.Context, r Return) (Word, error) {
	q := u.request("04", "00", r.Refund, r.Asked)
	q["origQryId"], q["txnAmt"], q["backUrl"] = r.Payment, strconv.FormatInt(r.Fen, 10), u.o.Notify
	if _, err := u.call(ctx, u.o.Server+"backTransReq.do", q); err != nil {
		return Word{}, err
	}
	return Word{State: Waiting, Kind: payment.Refund, Order: r.Order, Refund: r.Refund}, nil
}

// QueryRefund is 交易状态查询 of a refund.
func (u *unionpay) QueryRefund(ctx context.Context, r Return) (Word, error) {
	w, err := u.query(ctx, r.Refund, r.Asked)
	if err != nil {
		return Word{}, err
	}
	if w.Kind != payment.Refund || w.State == Moved && w.Movement.Of != r.Payment {
		return Word{}, fmt.Errorf("%w: not that refund", ErrAway)
	}
	w.Order = r.Order
	if w.State == Moved {
		w.Movement.Order = r.Order
	}
	return w, nil
}

// word believes what is said of a payment or a refund. near is when it was asked for:
// the time of the movement comes without a year.
func (u *unionpay) word(got map[string]string, code string, near time.Time, by payment.Source) (Word, error) {
	if got["merId"] != u.o.Merchant || got["currencyCode"] != "" && got["currencyCode"] != renminbi || got["settleCurrencyCode"] != "" && got["settleCurrencyCode"] != renminbi {
		return Word{}, ErrForeign
	}
	out := Word{Kind: payment.Payment, Order: got["orderId"]}
	switch got["txnType"] {
	case "01":
	case "04":
		out.Kind, out.Order, out.Refund = payment.Refund, "", got["orderId"]
	default:
		return Word{}, fmt.Errorf("%w: a kind of no meaning", ErrAway)
	}
	switch code {
	case "00", "A6":
	case "03", "04", "05":
		out.State = Waiting
		return out, nil
	case "":
		return Word{}, fmt.Errorf("%w: without a state", ErrAway)
	default:
		out.State = Ended
		return out, nil
	}
	fen, err := strconv.ParseInt(got["txnAmt"], 10, 64)
	at, ok := withYear(got["traceTime"], near)
	if err != nil || fen <= 0 || !ok || got["queryId"] == "" || out.Kind == payment.Refund && got["origQryId"] == "" {
		return Word{}, fmt.Errorf("%w: a movement without number, amount or time", ErrAway)
	}
	out.State = Moved
	out.Movement = payment.Movement{Channel: u.Name(), Kind: out.Kind, Number: got["queryId"], Order: out.Order, Fen: fen, At: at.UnixMilli(), Source: by}
	if out.Kind == payment.Refund {
		out.Movement.Of = got["origQryId"]
	}
	return out, nil
}

// withYear reads MMDDhhmmss; the year is the one that brings it nearest to a moment.
func withYear(s string, near time.Time) (best time.Time, ok bool) {
	for _, year := range []int{near.Year() - 1, near.Year(), near.Year() + 1} {
		t, err := time.ParseInLocation(unionTime, fmt.Sprintf("%04d%s", year, s), window.Zone())
		if err == nil && (!ok || t.Sub(near).Abs() < best.Sub(near).Abs()) {
			best, ok = t, true
		}
	}
	return best, ok
}

// unionStale is how old what a notice tells of may be.
const unionStale = 26 * time.Hour

// Notice is 后台通知: of a payment, or a refund.
func (u *unionpay) Notice(_ context.Context, _ http.Header, body []byte) (Word, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Word{}, ErrForged
	}
	got := map[string]string{}
	for k, v := range form {
		if len(v) != 1 {
			return Word{}, ErrForged
		}
		got[k] = v[0]
	}
	if !u.verified(got) {
		return Word{}, ErrForged
	}
	now := u.o.Now()
	if at, ok := withYear(got["traceTime"], now); !ok || now.Sub(at).Abs() > unionStale {
		return Word{}, ErrForged
	}
	return u.word(got, got["respCode"], now, payment.ByNotice)
}

// Statement is 文件传输 of a clearing day. What is written has the two parameters of
// the answer that package statement reads.
func (u *unionpay) Statement(ctx context.Context, day time.Time, to io.Writer) error {
	r := map[string]string{"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "certId": u.o.CertID, "txnType": "76", "txnSubType": "01", "bizType": "000000",
		"accessType": "0", "merId": u.o.Merchant, "settleDate": day.In(window.Zone()).Format("0102"), "txnTime": u.o.Now().In(window.Zone()).Format(unionTime), "fileType": "00"}
	got, err := u.call(ctx, u.o.Files, r)
	if err != nil {
		return err
	}
	if got["fileContent"] == "" || strings.ContainsAny(got["fileName"], "&=") {
		return fmt.Errorf("%w: no file", ErrAway)
	}
	_, err = io.WriteString(to, "fileName="+got["fileName"]+"&fileContent="+got["fileContent"])
	return err
}

// call sends a signed request and reads a signed answer.
func (u *unionpay) call(ctx context.Context, to string, r map[string]string) (map[string]string, error) {
	if err := u.sign(r); err != nil {
		return nil, err
	}
	form := url.Values{}
	for k, v := range r {
		form.Set(k, v)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, ErrAway
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	res, err := u.o.Client.Do(req)
	if err != nil {
		return nil, ErrAway
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxPackedFile))
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d", ErrAway, res.StatusCode)
	}
	got := pairs(string(body))
	if !u.verified(got) {
		return nil, ErrForged
	}
	switch code := got["respCode"]; code {
	case "00":
		return got, nil
	case "34":
		return nil, ErrUnknown
	case "98":
		return nil, ErrNoFile
	case "02", "03", "04", "05", "":
		return nil, fmt.Errorf("%w: %.10s", ErrAway, code)
	default:
		return nil, &RefusedError{Code: code}
	}
}

// maxPackedFile is the most bytes of an answer that holds a day's archive.
const maxPackedFile = 384 << 20

// pairs reads an answer: key=value&…, not escaped; a value may have equals signs.
func pairs(s string) map[string]string {
	out := map[string]string{}
	for _, p := range strings.Split(strings.TrimSpace(s), "&") {
		k, v, _ := strings.Cut(p, "=")
		out[k] = v
	}
	return out
}
