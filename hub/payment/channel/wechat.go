package channel

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/validators"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/notify"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"

	"zhunkao/hub/payment"
	"zhunkao/protocol/window"
)

const (
	wechatServer = "https://api.mch.weixin.qq.com"
	yuan         = "CNY"
)

// WeChatOptions are what the merchant platform gives. Keys come from files or the
// environment and are never printed.
type WeChatOptions struct {
	Merchant string          // mchid
	App      string          // appid
	Serial   string          // of the merchant's certificate
	Key      *rsa.PrivateKey // of the merchant's certificate
	Secret   []byte          // API v3 key, 32 bytes
	PeerID   string          // id of the channel's public key
	Peer     *rsa.PublicKey  //
	Notify   string          // https address that notices are sent to
	Server   string          // another address than the channel's, of a gateway in between
	Client   *http.Client    // nil: one with a deadline of 10 s
}

// wechat is WeChat Pay, API v3.
type wechat struct {
	o      WeChatOptions
	client *core.Client
	files  *core.Client // files are not signed: they have a hash
	words  *notify.Handler
}

// NewWeChat makes the channel. It asks nobody anything yet.
func NewWeChat(o WeChatOptions) (Channel, error) {
	if o.Merchant == "" || o.App == "" || o.Serial == "" || o.Key == nil || o.PeerID == "" || o.Peer == nil || o.Notify == "" {
		return nil, errors.New("channel: wechat: merchant, app, serial, key, peer and notify are all needed")
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if o.Server == "" {
		o.Server = wechatServer
	}
	block, err := aes.NewCipher(o.Secret)
	if err != nil || len(o.Secret) != 32 {
		return nil, errors.New("channel: wechat: the API v3 key has 32 bytes")
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	client, err := core.NewClient(context.Background(), option.WithWechatPayPublicKeyAuthCipher(o.Merchant, o.Serial, o.Key, o.PeerID, o.Peer), option.WithHTTPClient(o.Client))
	if err != nil {
		return nil, fmt.Errorf("channel: wechat: %w", err)
	}
	return &wechat{o: o, client: client, files: core.NewClientWithValidator(client, &validators.NullValidator{}),
		words: notify.NewEmptyHandler().AddRSAWithAESGCM(verifiers.NewSHA256WithRSAPubkeyVerifier(o.PeerID, *o.Peer), gcm)}, nil
}

// Name is the channel's word.
func (w *wechat) Name() string { return "wechat" }

type wechatAmount struct {
	Total    int64  `json:"total,omitempty"`
	Refund   int64  `json:"refund,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Offer is 下单 by Native (a code to scan) or H5 (a telephone's browser).
func (w *wechat) Offer(ctx context.Context, a Ask) (Offer, error) {
	type h5 struct {
		Type string `json:"type"`
	}
	type scene struct {
		Address string `json:"payer_client_ip"`
		H5      h5     `json:"h5_info"`
	}
	ask := struct {
		App    string       `json:"appid"`
		Mch    string       `json:"mchid"`
		What   string       `json:"description"`
		Order  string       `json:"out_trade_no"`
		Until  string       `json:"time_expire,omitempty"`
		Notify string       `json:"notify_url"`
		Amount wechatAmount `json:"amount"`
		Scene  *scene       `json:"scene_info,omitempty"`
	}{App: w.o.App, Mch: w.o.Merchant, What: a.What, Order: a.Order, Notify: w.o.Notify, Amount: wechatAmount{Total: a.Fen, Currency: yuan}}
	if !a.Until.IsZero() {
		ask.Until = a.Until.In(window.Zone()).Format(time.RFC3339)
	}
	path := "/v3/pay/transactions/native"
	if a.Way == Phone {
		path, ask.Scene = "/v3/pay/transactions/h5", &scene{a.Address, h5{"Wap"}}
	}
	var got struct {
		Code string `json:"code_url"`
		Page string `json:"h5_url"`
	}
	if err := w.post(ctx, path, ask, &got); err != nil {
		return Offer{}, err
	}
	if (got.Code == "") == (got.Page == "") {
		return Offer{}, fmt.Errorf("%w: neither code nor page", ErrAway)
	}
	if got.Page != "" && a.Back != "" {
		got.Page += "&redirect_url=" + url.QueryEscape(a.Back)
	}
	return Offer{Code: got.Code, Page: got.Page}, nil
}

// wechatPayment is how the channel tells of a payment, in answers and notices.
type wechatPayment struct {
	App    string       `json:"appid"`
	Mch    string       `json:"mchid"`
	Order  string       `json:"out_trade_no"`
	Number string       `json:"transaction_id"`
	State  string       `json:"trade_state"`
	Done   string       `json:"success_time"`
	Amount wechatAmount `json:"amount"`
}

// payment believes what is said of a payment.
func (w *wechat) payment(p wechatPayment, by payment.Source) (Word, error) {
	if p.App != w.o.App || p.Mch != w.o.Merchant {
		return Word{}, ErrForeign
	}
	out := Word{Kind: payment.Payment, Order: p.Order}
	switch p.State {
	case "SUCCESS", "REFUND": // what was given back since had moved before
		if p.Amount.Currency != yuan && p.Amount.Currency != "" {
			return Word{}, ErrForeign
		}
		at, err := time.Parse(time.RFC3339, p.Done)
		if err != nil || p.Number == "" || p.Order == "" || p.Amount.Total <= 0 {
			return Word{}, fmt.Errorf("%w: a payment without number, amount or time", ErrAway)
		}
		out.State = Moved
		out.Movement = payment.Movement{Channel: w.Name(), Kind: payment.Payment, Number: p.Number, Order: p.Order, Fen: p.Amount.Total, At: at.UnixMilli(), Source: by}
	case "NOTPAY", "USERPAYING", "ACCEPT":
		out.State = Waiting
	case "CLOSED", "REVOKED", "PAYERROR":
		out.State = Ended
	default:
		return Word{}, fmt.Errorf("%w: a state of no meaning", ErrAway)
	}
	return out, nil
}

// Query is 查询订单 by our number.
func (w *wechat) Query(ctx context.Context, a Ask) (Word, error) {
	var got wechatPayment
	if err := w.get(ctx, "/v3/pay/transactions/out-trade-no/"+url.PathEscape(a.Order)+"?mchid="+url.QueryEscape(w.o.Merchant), &got); err != nil {
		return Word{}, err
	}
	return w.payment(got, payment.ByQuery)
}

// Close is 关闭订单.
func (w *wechat) Close(ctx context.Context, a Ask) error {
	return w.post(ctx, "/v3/pay/transactions/out-trade-no/"+url.PathEscape(a.Order)+"/close", struct {
		Mch string `json:"mchid"`
	}{w.o.Merchant}, nil)
}

// wechatRefund is how the channel tells of a refund. A notice has no currency and
// says refund_status for status.
type wechatRefund struct {
	Mch     string       `json:"mchid"` // of a notice
	Number  string       `json:"refund_id"`
	Refund  string       `json:"out_refund_no"`
	Payment string       `json:"transaction_id"`
	Order   string       `json:"out_trade_no"`
	State   string       `json:"status"`
	Noticed string       `json:"refund_status"`
	Done    string       `json:"success_time"`
	Amount  wechatAmount `json:"amount"`
}

func (w *wechat) refund(r wechatRefund, by payment.Source) (Word, error) {
	out := Word{Kind: payment.Refund, Order: r.Order, Refund: r.Refund}
	switch r.State + r.Noticed {
	case "SUCCESS":
		if r.Amount.Currency != yuan && r.Amount.Currency != "" {
			return Word{}, ErrForeign
		}
		at, err := time.Parse(time.RFC3339, r.Done)
		if err != nil || r.Number == "" || r.Payment == "" || r.Amount.Refund <= 0 {
			return Word{}, fmt.Errorf("%w: a refund without number, amount or time", ErrAway)
		}
		out.State = Moved
		out.Movement = payment.Movement{Channel: w.Name(), Kind: payment.Refund, Number: r.Number, Of: r.Payment, Order: r.Order, Fen: r.Amount.Refund, At: at.UnixMilli(), Source: by}
	case "PROCESSING":
		out.State = Waiting
	case "CLOSED", "ABNORMAL": // ABNORMAL: the card is dead; people give it back another way
		out.State = Ended
	default:
		return Word{}, fmt.Errorf("%w: a state of no meaning", ErrAway)
	}
	return out, nil
}

// Refund is 申请退款.
func (w *wechat) Refund(ctx context.Context, r Return) (Word, error) {
	ask := struct {
		Payment string       `json:"transaction_id"`
		Refund  string       `json:"out_refund_no"`
		Why     string       `json:"reason,omitempty"`
		Notify  string       `json:"notify_url"`
		Amount  wechatAmount `json:"amount"`
	}{r.Payment, r.Refund, r.Why, w.o.Notify, wechatAmount{Total: r.Fen, Refund: r.Fen, Currency: yuan}}
	var got wechatRefund
	if err := w.post(ctx, "/v3/refund/domestic/refunds", ask, &got); err != nil {
		return Word{}, err
	}
	return w.refund(got, payment.ByQuery)
}

// QueryRefund is 查询单笔退款 by our number.
func (w *wechat) QueryRefund(ctx context.Context, r Return) (Word, error) {
	var got wechatRefund
	if err := w.get(ctx, "/v3/refund/domestic/refunds/"+url.PathEscape(r.Refund), &got); err != nil {
		return Word{}, err
	}
	return w.refund(got, payment.ByQuery)
}

// Notice is 支付通知 or 退款通知: signed, fresh (five minutes), and encrypted.
func (w *wechat) Notice(ctx context.Context, header http.Header, body []byte) (Word, error) {
	if header.Get("Wechatpay-Timestamp") == "" { // the library takes it for 1970
		return Word{}, ErrForged
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.o.Notify, bytes.NewReader(body))
	if err != nil {
		return Word{}, ErrForged
	}
	req.Header = header
	var content json.RawMessage
	told, err := w.words.ParseNotifyRequest(ctx, req, &content)
	if err != nil { // the library's own text has the request in it
		return Word{}, ErrForged
	}
	switch told.Resource.OriginalType {
	case "transaction":
		var p wechatPayment
		if err := json.Unmarshal(content, &p); err != nil {
			return Word{}, ErrForged
		}
		return w.payment(p, payment.ByNotice)
	case "refund":
		var r wechatRefund
		if err := json.Unmarshal(content, &r); err != nil {
			return Word{}, ErrForged
		}
		if r.Mch != w.o.Merchant {
			return Word{}, ErrForeign
		}
		return w.refund(r, payment.ByNotice)
	}
	return Word{}, fmt.Errorf("%w: a notice of no meaning", ErrForged)
}

// Thanks is what a notice is answered with.
func (w *wechat) Thanks() (contentType, body string) {
	return "application/json", `{"code":"SUCCESS"}`
}

// post and get send a signed request and read a signed answer.
func (w *wechat) post(ctx context.Context, path string, ask, answer any) error {
	res, err := w.client.Post(ctx, w.o.Server+path, ask)
	return w.read(res, err, answer)
}

func (w *wechat) get(ctx context.Context, path string, answer any) error {
	res, err := w.client.Get(ctx, w.o.Server+path)
	return w.read(res, err, answer)
}

// maxAnswer is the most bytes of an answer.
const maxAnswer = 1 << 20

func (w *wechat) read(res *core.APIResult, err error, answer any) error {
	if res != nil && res.Response != nil {
		defer func() { _ = res.Response.Body.Close() }()
	}
	if err != nil {
		return told(err)
	}
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(io.LimitReader(res.Response.Body, maxAnswer)).Decode(answer); err != nil {
		return fmt.Errorf("%w: an answer that cannot be read", ErrAway)
	}
	return nil
}

// told gives the meaning of the library's error.
func told(err error) error {
	var api *core.APIError
	var dial *url.Error
	switch {
	case errors.As(err, &api) && (api.Code == "ORDER_NOT_EXIST" || api.Code == "ORDERNOTEXIST" || api.Code == "RESOURCE_NOT_EXISTS"):
		return ErrUnknown
	case errors.As(err, &api) && api.Code == "NO_STATEMENT_EXIST":
		return ErrNoFile
	case errors.As(err, &api) && (api.StatusCode >= 500 || api.StatusCode == http.StatusTooManyRequests || api.Code == "STATEMENT_CREATING"):
		return fmt.Errorf("%w: %.40s", ErrAway, api.Code)
	case errors.As(err, &api):
		return &RefusedError{Code: api.Code}
	case errors.As(err, &dial), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return ErrAway
	}
	return ErrForged // an answer without a good signature
}
