package channel_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/protocol/window"
)

// alipay is the channel before its peer.
func alipay(t *testing.T, change func(*channel.AlipayOptions)) (*peer, channel.Channel) {
	t.Helper()
	ours, theirs := newKey(t), newKey(t)
	p := newPeer(t, "alipay_peer.py", ours, theirs)
	o := channel.AlipayOptions{App: "2019090600000001", Seller: "2088000000000001", Key: ours, Peer: &theirs.PublicKey, Notify: "https://pay.example.org/notice/alipay", Server: p.base + "/gateway.do"}
	if change != nil {
		change(&o)
	}
	c, err := channel.NewAlipay(o)
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

// From the order to the refund and the file, as a person's fee goes.
func TestAlipayFromOrderToRefund(t *testing.T) {
	t.Parallel()
	p, c := alipay(t, nil)
	ctx := t.Context()
	for range 2 {
		if o, err := c.Offer(ctx, ask("ZK1")); err != nil || o.Code != "https://qr.alipay.com/baxZK1" || o.Page != "" {
			t.Fatalf("%+v %v", o, err)
		}
	}
	if _, err := c.Query(ctx, ask("ZK1")); !errors.Is(err, channel.ErrUnknown) {
		t.Errorf("a code that nobody scanned: %v", err)
	}
	p.turn("scan", map[string]string{"order": "ZK1"}, nil)
	if w, err := c.Query(ctx, ask("ZK1")); err != nil || w.State != channel.Waiting {
		t.Errorf("%+v %v", w, err)
	}
	n := p.pay("ZK1", "")
	at := time.Date(2019, 9, 6, 9, 0, 1, 0, window.Zone()).UnixMilli()
	want := payment.Movement{Channel: "alipay", Kind: payment.Payment, Number: "2019090622001400000000000001", Order: "ZK1", Fen: 16000, At: at, Source: payment.ByNotice}
	for range 2 {
		if w, err := c.Notice(ctx, n.header(), []byte(n.Body)); err != nil || w.State != channel.Moved || w.Movement != want {
			t.Errorf("%+v %v", w, err)
		}
	}
	if w, err := c.Query(ctx, ask("ZK1")); err != nil || !w.Movement.Same(want) || w.Movement.Source != payment.ByQuery {
		t.Errorf("%+v %v", w, err)
	}
	var no *channel.RefusedError
	if err := c.Close(ctx, ask("ZK1")); !errors.As(err, &no) || no.Code != "ACQ.TRADE_STATUS_ERROR" {
		t.Errorf("closed what is paid: %v", err)
	}
	if _, err := c.Offer(ctx, ask("ZK2")); err != nil {
		t.Fatal(err)
	}
	p.turn("scan", map[string]string{"order": "ZK2"}, nil)
	if err := c.Close(ctx, ask("ZK2")); err != nil {
		t.Error(err)
	}
	if w, err := c.Query(ctx, ask("ZK2")); err != nil || w.State != channel.Ended {
		t.Errorf("%+v %v", w, err)
	}

	back := channel.Return{Refund: "R1", Order: "ZK1", Payment: want.Number, Fen: 16000, Why: "撤回报名"}
	for range 2 {
		if w, err := c.Refund(ctx, back); err != nil || w.State != channel.Waiting || w.Refund != "R1" {
			t.Errorf("%+v %v", w, err)
		}
	}
	var done notice
	p.turn("done", map[string]string{"refund": "R1"}, &done)
	if w, err := c.Notice(ctx, done.header(), []byte(done.Body)); err != nil || w.Kind != payment.Refund || w.Refund != "R1" || w.State != channel.Waiting {
		t.Errorf("a notice of a refund: %+v %v", w, err)
	}
	w, err := c.QueryRefund(ctx, back)
	if m := w.Movement; err != nil || w.State != channel.Moved || m.Kind != payment.Refund || m.Number != "R1" || m.Of != want.Number || m.Order != "ZK1" || m.Fen != 16000 {
		t.Errorf("%+v %v", w, err)
	}

	var b bytes.Buffer
	if err := c.Statement(ctx, until, &b); !errors.Is(err, channel.ErrNoFile) {
		t.Errorf("of a day without movements: %v", err)
	}
	p.turn("file", map[string]string{"text": "PK…"}, nil)
	if err := c.Statement(ctx, until, &b); err != nil || b.String() != "PK…" {
		t.Errorf("%q %v", b.String(), err)
	}
}

// The address that a browser is sent to is signed, and so are all its parts.
func TestAlipayInABrowser(t *testing.T) {
	t.Parallel()
	_, c := alipay(t, nil)
	for way, method := range map[channel.Way]string{channel.Phone: "alipay.trade.wap.pay", channel.Browser: "alipay.trade.page.pay"} {
		a := ask("ZK1")
		a.Way, a.Back = way, "https://pay.example.org/ks/"
		o, err := c.Offer(t.Context(), a)
		if err != nil || o.Code != "" {
			t.Fatalf("%+v %v", o, err)
		}
		u, err := url.Parse(o.Page)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if q.Get("method") != method || q.Get("return_url") != a.Back || q.Get("sign") == "" || !strings.Contains(q.Get("biz_content"), `"total_amount":"160.00"`) || !strings.Contains(q.Get("biz_content"), `"time_expire":"2019-09-20 17:00:00"`) {
			t.Errorf("%s: %v", way, q)
		}
	}
}

func TestAlipayNoticesThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	p, c := alipay(t, nil)
	if _, err := c.Offer(t.Context(), ask("ZK1")); err != nil {
		t.Fatal(err)
	}
	for spoil, want := range map[string]error{
		"unsigned": channel.ErrForged, "other-key": channel.ErrForged, "stale": channel.ErrForged, "body": channel.ErrForged, "twice": channel.ErrForged,
		"merchant": channel.ErrForeign, "app": channel.ErrForeign, "currency": channel.ErrForeign, "state": channel.ErrAway,
	} {
		n := p.pay("ZK1", spoil)
		if w, err := c.Notice(t.Context(), n.header(), []byte(n.Body)); !errors.Is(err, want) || w != (channel.Word{}) {
			t.Errorf("%s: %+v %v, want %v", spoil, w, err, want)
		}
	}
	n := p.pay("ZK1", "amount")
	if w, err := c.Notice(t.Context(), n.header(), []byte(n.Body)); err != nil || w.Movement.Fen != 15999 {
		t.Errorf("another amount: %+v %v", w, err)
	}
	for _, body := range []string{"", "%", "a=b", n.Body[:len(n.Body)/2]} {
		if _, err := c.Notice(t.Context(), nil, []byte(body)); !errors.Is(err, channel.ErrForged) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}

func TestAlipayAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	client := &http.Client{}
	p, c := alipay(t, func(o *channel.AlipayOptions) { o.Client = client })
	if _, err := c.Offer(t.Context(), ask("ZK1")); err != nil {
		t.Fatal(err)
	}
	p.turn("scan", map[string]string{"order": "ZK1"}, nil)
	for knob, want := range map[string]error{"500": channel.ErrAway, "busy": channel.ErrAway, "hang": channel.ErrAway, "unsigned": channel.ErrForged, "other-key": channel.ErrForged} {
		p.turn("knob", map[string]string{"answer": knob}, nil)
		client.Timeout = patience(knob)
		if w, err := c.Query(t.Context(), ask("ZK1")); !errors.Is(err, want) || w != (channel.Word{}) {
			t.Errorf("%s: %+v %v, want %v", knob, w, err, want)
		}
	}
	p.turn("knob", map[string]string{"answer": ""}, nil)
	client.Timeout = patience("")
	var no *channel.RefusedError
	_, other := alipay(t, func(o *channel.AlipayOptions) { o.Key = newKey(t) })
	if _, err := other.Query(t.Context(), ask("ZK1")); !errors.As(err, &no) || no.Code != "isv.invalid-signature" {
		t.Errorf("another key: %v", err)
	}
	more := ask("ZK1")
	more.Fen++
	if _, err := c.Offer(t.Context(), more); !errors.As(err, &no) || no.Code != "ACQ.CONTEXT_INCONSISTENT" {
		t.Errorf("another amount for the order: %v", err)
	}
}
