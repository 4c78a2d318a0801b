package channel_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/protocol/window"
)

// What testdata/wechat_peer.py has as its own.
const (
	merchant = "1900000109"
	app      = "wx0000000000000001"
	serial   = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
	peerID   = "PUB_KEY_ID_0119000001092019090600000001"
	secret   = "0123456789abcdef0123456789abcdef"
)

// wechat is the channel's options before its peer.
func wechat(t *testing.T) *peer {
	t.Helper()
	ours, theirs := newKey(t), newKey(t)
	p := newPeer(t, "wechat_peer.py", ours, theirs, secret)
	p.opts = channel.WeChatOptions{Merchant: merchant, App: app, Serial: serial, Key: ours, Secret: []byte(secret), PeerID: peerID, Peer: &theirs.PublicKey,
		Notify: "https://pay.example.org/notice/wechat", Server: p.base}
	return p
}

func (p *peer) channel(change func(*channel.WeChatOptions)) channel.Channel {
	p.t.Helper()
	o := p.opts
	if change != nil {
		change(&o)
	}
	c, err := channel.NewWeChat(o)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// From the order to the refund and the file, as a person's fee goes.
func TestWeChatFromOrderToRefund(t *testing.T) {
	t.Parallel()
	p := wechat(t)
	c, ctx := p.channel(nil), t.Context()
	for range 2 { // asked twice it is one order
		if o, err := c.Offer(ctx, ask("ZK1")); err != nil || !strings.HasPrefix(o.Code, "weixin://") || o.Page != "" {
			t.Fatalf("%+v %v", o, err)
		}
	}
	phone := ask("ZK2")
	phone.Way, phone.Address, phone.Back = channel.Phone, "192.0.2.7", "https://pay.example.org/ks"
	if o, err := c.Offer(ctx, phone); err != nil || !strings.HasPrefix(o.Page, "https://wx.tenpay.com/") || !strings.HasSuffix(o.Page, "&redirect_url=https%3A%2F%2Fpay.example.org%2Fks") || o.Code != "" {
		t.Fatalf("%+v %v", o, err)
	}
	if w, err := c.Query(ctx, ask("ZK1")); err != nil || w.State != channel.Waiting {
		t.Errorf("%+v %v", w, err)
	}
	if _, err := c.Query(ctx, ask("ZK9")); !errors.Is(err, channel.ErrUnknown) {
		t.Errorf("nobody's order: %v", err)
	}

	n := p.pay("ZK1", "")
	at := time.Date(2019, 9, 6, 9, 0, 1, 0, window.Zone()).UnixMilli()
	want := payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "4200000000000000000000000001", Order: "ZK1", Fen: 16000, At: at, Source: payment.ByNotice}
	for range 2 { // said twice it says the same
		if w, err := c.Notice(ctx, n.header(), []byte(n.Body)); err != nil || w.State != channel.Moved || w.Movement != want {
			t.Errorf("%+v %v", w, err)
		}
	}
	want.Source = payment.ByQuery
	if w, err := c.Query(ctx, ask("ZK1")); err != nil || w.Movement != want {
		t.Errorf("%+v %v", w, err)
	}
	var no *channel.RefusedError
	if err := c.Close(ctx, ask("ZK1")); !errors.As(err, &no) || no.Code != "ORDERPAID" {
		t.Errorf("closed what is paid: %v", err)
	}
	if err := c.Close(ctx, ask("ZK2")); err != nil {
		t.Error(err)
	}
	if w, err := c.Query(ctx, ask("ZK2")); err != nil || w.State != channel.Ended {
		t.Errorf("%+v %v", w, err)
	}

	back := channel.Return{Refund: "R1", Payment: want.Number, Fen: 16000, Why: "撤回报名"}
	for range 2 {
		if w, err := c.Refund(ctx, back); err != nil || w.State != channel.Waiting || w.Refund != "R1" {
			t.Errorf("%+v %v", w, err)
		}
	}
	var done notice
	p.turn("done", map[string]string{"refund": "R1"}, &done)
	w, err := c.Notice(ctx, done.header(), []byte(done.Body))
	if m := w.Movement; err != nil || w.State != channel.Moved || m.Kind != payment.Refund || m.Number != "5030000000000000000000000000" || m.Of != want.Number || m.Fen != 16000 || m.Order != "ZK1" {
		t.Errorf("%+v %v", w, err)
	}
	if q, err := c.QueryRefund(ctx, back); err != nil || !q.Movement.Same(w.Movement) {
		t.Errorf("%+v %v", q, err)
	}
	if _, err := c.QueryRefund(ctx, channel.Return{Refund: "R2"}); !errors.Is(err, channel.ErrUnknown) {
		t.Errorf("nobody's refund: %v", err)
	}
}

// A notice that is spoiled in any way is not believed; one about another amount is:
// the money moved.
func TestWeChatNoticesThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	p := wechat(t)
	c := p.channel(nil)
	if _, err := c.Offer(t.Context(), ask("ZK1")); err != nil {
		t.Fatal(err)
	}
	for spoil, want := range map[string]error{
		"unsigned": channel.ErrForged, "other-key": channel.ErrForged, "stale": channel.ErrForged, "no-time": channel.ErrForged, "other-nonce": channel.ErrForged,
		"body": channel.ErrForged, "secret": channel.ErrForged, "merchant": channel.ErrForeign, "app": channel.ErrForeign, "currency": channel.ErrForeign, "state": channel.ErrAway,
	} {
		n := p.pay("ZK1", spoil)
		if w, err := c.Notice(t.Context(), n.header(), []byte(n.Body)); !errors.Is(err, want) || w != (channel.Word{}) {
			t.Errorf("%s: %+v %v, want %v", spoil, w, err, want)
		} else if strings.Contains(err.Error(), "oSynthetic") || strings.Contains(err.Error(), n.Header["Wechatpay-Signature"]) && n.Header["Wechatpay-Signature"] != "" {
			t.Errorf("%s: the error says too much: %v", spoil, err)
		}
	}
	n := p.pay("ZK1", "amount")
	if w, err := c.Notice(t.Context(), n.header(), []byte(n.Body)); err != nil || w.Movement.Fen != 15999 {
		t.Errorf("another amount: %+v %v", w, err)
	}
	for _, body := range []string{"", "{}", "null", n.Body[:len(n.Body)/2]} {
		if _, err := c.Notice(t.Context(), n.header(), []byte(body)); !errors.Is(err, channel.ErrForged) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}

// patience is how long an answer is waited for: soon over for one that never comes, and
// for the others as long as a busy machine takes.
func patience(knob string) time.Duration {
	if knob == "hang" {
		return time.Second
	}
	return time.Minute
}

// What is wrong on the way is told apart: ask again, or never mind.
func TestWeChatAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	p := wechat(t)
	client := &http.Client{}
	c := p.channel(func(o *channel.WeChatOptions) { o.Client = client })
	if _, err := c.Offer(t.Context(), ask("ZK1")); err != nil {
		t.Fatal(err)
	}
	for knob, want := range map[string]error{"500": channel.ErrAway, "hang": channel.ErrAway, "unsigned": channel.ErrForged, "other-key": channel.ErrForged, "stale": channel.ErrForged} {
		p.turn("knob", map[string]string{"answer": knob}, nil)
		client.Timeout = patience(knob)
		if w, err := c.Query(t.Context(), ask("ZK1")); !errors.Is(err, want) || w != (channel.Word{}) {
			t.Errorf("%s: %+v %v, want %v", knob, w, err, want)
		}
	}
	p.turn("knob", map[string]string{"answer": ""}, nil)
	client.Timeout = patience("")
	var no *channel.RefusedError
	for name, change := range map[string]func(*channel.WeChatOptions){
		"another key":    func(o *channel.WeChatOptions) { o.Key = newKey(t) },
		"another serial": func(o *channel.WeChatOptions) { o.Serial = "00" },
	} {
		if _, err := p.channel(change).Query(t.Context(), ask("ZK1")); !errors.As(err, &no) || no.Code != "SIGN_ERROR" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := p.channel(func(o *channel.WeChatOptions) { o.Server = "http://127.0.0.1:1" }).Query(t.Context(), ask("ZK1")); !errors.Is(err, channel.ErrAway) {
		t.Errorf("nobody there: %v", err)
	}
	other := ask("ZK1")
	other.Fen++
	if _, err := c.Offer(t.Context(), other); !errors.As(err, &no) || no.Code != "OUT_TRADE_NO_USED" {
		t.Errorf("another amount for the order: %v", err)
	}
}

// The daily file comes whole or not at all.
func TestWeChatStatement(t *testing.T) {
	t.Parallel()
	p := wechat(t)
	c := p.channel(nil)
	var b bytes.Buffer
	if err := c.Statement(t.Context(), until, &b); !errors.Is(err, channel.ErrNoFile) {
		t.Errorf("of a day without movements: %v", err)
	}
	p.turn("file", map[string]string{"text": "\ufeff交易时间,…"}, nil)
	if err := c.Statement(t.Context(), until, &b); err != nil || b.String() != "\ufeff交易时间,…" {
		t.Errorf("%q %v", b.String(), err)
	}
	p.turn("knob", map[string]string{"answer": "altered"}, nil)
	if err := c.Statement(t.Context(), until, &b); !errors.Is(err, channel.ErrForged) {
		t.Errorf("altered on the way: %v", err)
	}
}

func TestWeChatNeedsItsKeys(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*channel.WeChatOptions){
		"nothing": func(o *channel.WeChatOptions) { *o = channel.WeChatOptions{} }, "no key": func(o *channel.WeChatOptions) { o.Key = nil },
		"short secret": func(o *channel.WeChatOptions) { o.Secret = o.Secret[:16] }, "no address": func(o *channel.WeChatOptions) { o.Notify = "" },
	} {
		k := newKey(t)
		o := channel.WeChatOptions{Merchant: merchant, App: app, Serial: serial, Key: k, Secret: []byte(secret), PeerID: peerID, Peer: &k.PublicKey, Notify: "https://pay.example.org/"}
		change(&o)
		if _, err := channel.NewWeChat(o); err == nil || strings.Contains(err.Error(), secret[:16]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
