package channel_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// unionpay is the channel before its peer.
func unionpay(t *testing.T, change func(*channel.UnionPayOptions)) (*peer, channel.Channel) {
	t.Helper()
	ours := newKey(t)
	p := newPeer(t, "unionpay_peer.py", ours, nil)
	root, err := os.ReadFile(p.root)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(root)
	o := channel.UnionPayOptions{Merchant: "777290058110097", Key: ours, CertID: "68759529225", Roots: roots, Notify: "https://pay.example.org/notice/unionpay", Server: p.base + "/gateway/api/", Files: p.base + "/files"}
	if change != nil {
		change(&o)
	}
	c, err := channel.NewUnionPay(o)
	if err != nil {
		t.Fatal(err)
	}
	return p, c
}

func unionAsk(order string) channel.Ask {
	a := ask(order)
	a.Opened = time.Now().Add(-time.Hour).Truncate(time.Second)
	return a
}

// From the order to the refund and the file, as a person's fee goes.
func TestUnionPayFromOrderToRefund(t *testing.T) {
	t.Parallel()
	p, c := unionpay(t, nil)
	ctx, a := t.Context(), unionAsk("ZK20190001")
	for range 2 {
		if o, err := c.Offer(ctx, a); err != nil || o.Code != "https://qr.95516.com/00010000/ZK20190001" || o.Page != "" {
			t.Fatalf("%+v %v", o, err)
		}
	}
	if _, err := c.Query(ctx, unionAsk("ZK20190009")); !errors.Is(err, channel.ErrUnknown) {
		t.Errorf("nobody's order: %v", err)
	}
	if w, err := c.Query(ctx, a); err != nil || w.State != channel.Waiting {
		t.Errorf("%+v %v", w, err)
	}
	if err := c.Close(ctx, a); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("closed: %v", err)
	}
	n := p.pay("ZK20190001", "")
	var first payment.Movement
	for range 2 {
		w, err := c.Notice(ctx, n.header(), []byte(n.Body))
		m := w.Movement
		if err != nil || w.State != channel.Moved || m.Channel != "unionpay" || m.Kind != payment.Payment || m.Number != "201909060900010000001" || m.Order != "ZK20190001" || m.Fen != 16000 ||
			time.Since(time.UnixMilli(m.At)).Abs() > time.Minute || m.Source != payment.ByNotice {
			t.Fatalf("%+v %v", w, err)
		}
		first = m
	}
	if w, err := c.Query(ctx, a); err != nil || !w.Movement.Same(first) || w.Movement.Source != payment.ByQuery {
		t.Errorf("%+v %v", w, err)
	}

	back := channel.Return{Refund: "RZK20190001", Asked: time.Now().Truncate(time.Second), Order: "ZK20190001", Payment: first.Number, Fen: 16000}
	for range 2 {
		if w, err := c.Refund(ctx, back); err != nil || w.State != channel.Waiting || w.Refund != back.Refund {
			t.Errorf("%+v %v", w, err)
		}
	}
	if w, err := c.QueryRefund(ctx, back); err != nil || w.State != channel.Waiting {
		t.Errorf("%+v %v", w, err)
	}
	var done notice
	p.turn("done", map[string]string{"refund": back.Refund}, &done)
	if w, err := c.Notice(ctx, done.header(), []byte(done.Body)); err != nil || w.Kind != payment.Refund || w.Refund != back.Refund || w.State != channel.Moved || w.Movement.Of != first.Number {
		t.Errorf("a notice of a refund: %+v %v", w, err)
	}
	if w, err := c.QueryRefund(ctx, back); err != nil || w.State != channel.Moved || w.Movement.Of != first.Number || w.Movement.Order != "ZK20190001" || w.Movement.Fen != 16000 {
		t.Errorf("%+v %v", w, err)
	}

	var b bytes.Buffer
	if err := c.Statement(ctx, until, &b); !errors.Is(err, channel.ErrNoFile) {
		t.Errorf("of a day without movements: %v", err)
	}
	p.turn("file", map[string]string{"text": "eJw+/A=="}, nil)
	if err := c.Statement(ctx, until, &b); err != nil || b.String() != "fileName=INN19090688.zip&fileContent=eJw+/A==" {
		t.Errorf("%q %v", b.String(), err)
	}
}

// The form that her browser posts is signed, and good at the gateway.
func TestUnionPayInABrowser(t *testing.T) {
	t.Parallel()
	p, c := unionpay(t, nil)
	for _, way := range []channel.Way{channel.Phone, channel.Browser} {
		a := unionAsk("ZK20190001")
		a.Way, a.Back = way, "https://pay.example.org/ks/"
		o, err := c.Offer(t.Context(), a)
		if err != nil || o.Page != p.base+"/gateway/api/frontTransReq.do" || o.Code != "" {
			t.Fatalf("%+v %v", o, err)
		}
		good := func() (said struct{ Good bool }) {
			res, err := http.PostForm(p.base+"/_/front", o.Form)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
				t.Fatal(err)
			}
			return said
		}
		if !good().Good {
			t.Errorf("%s: the gateway refuses it", way)
		}
		o.Form.Set("txnAmt", "1")
		if good().Good {
			t.Errorf("%s: another amount is good", way)
		}
	}
}

func TestUnionPayNoticesThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	p, c := unionpay(t, nil)
	if _, err := c.Offer(t.Context(), unionAsk("ZK20190001")); err != nil {
		t.Fatal(err)
	}
	for spoil, want := range map[string]error{
		"unsigned": channel.ErrForged, "other-key": channel.ErrForged, "other-root": channel.ErrForged, "other-name": channel.ErrForged, "stale": channel.ErrForged,
		"body": channel.ErrForged, "twice": channel.ErrForged, "merchant": channel.ErrForeign, "currency": channel.ErrForeign, "state": channel.ErrAway,
	} {
		n := p.pay("ZK20190001", spoil)
		if w, err := c.Notice(t.Context(), n.header(), []byte(n.Body)); !errors.Is(err, want) || w != (channel.Word{}) {
			t.Errorf("%s: %+v %v, want %v", spoil, w, err, want)
		}
	}
	n := p.pay("ZK20190001", "amount")
	if w, err := c.Notice(t.Context(), n.header(), []byte(n.Body)); err != nil || w.Movement.Fen != 15999 {
		t.Errorf("another amount: %+v %v", w, err)
	}
	for _, body := range []string{"", "%", "a=b", n.Body[:len(n.Body)/2]} {
		if _, err := c.Notice(t.Context(), nil, []byte(body)); !errors.Is(err, channel.ErrForged) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}

func TestUnionPayAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	client := &http.Client{}
	p, c := unionpay(t, func(o *channel.UnionPayOptions) { o.Client = client })
	a := unionAsk("ZK20190001")
	if _, err := c.Offer(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	for knob, want := range map[string]error{"500": channel.ErrAway, "busy": channel.ErrAway, "hang": channel.ErrAway, "unsigned": channel.ErrForged, "other-key": channel.ErrForged,
		"other-root": channel.ErrForged, "other-name": channel.ErrForged} {
		p.turn("knob", map[string]string{"answer": knob}, nil)
		client.Timeout = patience(knob)
		if w, err := c.Query(t.Context(), a); !errors.Is(err, want) || w != (channel.Word{}) {
			t.Errorf("%s: %+v %v, want %v", knob, w, err, want)
		}
	}
	p.turn("knob", map[string]string{"answer": ""}, nil)
	client.Timeout = patience("")
	var no *channel.RefusedError
	_, other := unionpay(t, func(o *channel.UnionPayOptions) { o.Key = newKey(t) })
	if _, err := other.Query(t.Context(), a); !errors.As(err, &no) || no.Code != "11" {
		t.Errorf("another key: %v", err)
	}
	_, later := unionpay(t, func(o *channel.UnionPayOptions) {
		o.Now = func() time.Time { return time.Now().AddDate(2, 0, 0) }
	})
	if _, err := later.Query(t.Context(), a); !errors.Is(err, channel.ErrForged) {
		t.Errorf("a certificate that has ended: %v", err)
	}
}
