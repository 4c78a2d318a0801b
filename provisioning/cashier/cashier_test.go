package cashier

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/statement"
)

// The cashier is tried by the hub's own channels, with which it shares no code: what
// one signs the other verifies, and the other way round.

// TestPaidAndGivenBack goes with each company from the code to the statement.
func TestPaidAndGivenBack(t *testing.T) {
	s := begin(t)
	ctx := t.Context()
	for name, ch := range s.channels() {
		a := s.ask("20190906" + map[string]string{WeChat: "0000000001", Alipay: "0000000002", UnionPay: "0000000003"}[name])
		offer, err := ch.Offer(ctx, a)
		if err != nil {
			t.Fatalf("%s: offer: %v", name, err)
		}
		if w, err := ch.Query(ctx, a); name == Alipay && !errors.Is(err, channel.ErrUnknown) || name != Alipay && (err != nil || w.State != channel.Waiting) {
			t.Errorf("%s: before it is paid: %+v, %v", name, w, err)
		}
		more := a
		more.Fen++
		var refused *channel.RefusedError
		if _, err := ch.Offer(ctx, more); !errors.As(err, &refused) {
			t.Errorf("%s: the order with another amount: %v", name, err)
		}
		before := len(s.notices())
		s.pay(offer.Code, nil)
		s.until(name+": the notice", func() bool { return len(s.notices()) > before })
		n := s.notices()[before]
		w, err := ch.Query(ctx, a)
		if err != nil || w.State != channel.Moved || w.Movement.Fen != 16000 || w.Order != a.Order || w.Movement.At != start.UnixMilli() {
			t.Fatalf("%s: query: %+v, %v", name, w, err)
		}
		if n.err != nil || n.company != name || n.word.Movement.Number != w.Movement.Number || n.word.State != channel.Moved {
			t.Errorf("%s: notice %+v, query %+v", name, n, w)
		}
		r := channel.Return{Refund: "RF20190906" + name[:1] + "1", Asked: start.Add(time.Hour), Order: a.Order, Payment: w.Movement.Number, Fen: 16000, Why: "重复缴费"}
		for range 2 { // the same refund again gives back once
			if _, err := ch.Refund(ctx, r); err != nil {
				t.Fatalf("%s: refund: %v", name, err)
			}
		}
		s.until(name+": the refund", func() bool {
			w, err = ch.QueryRefund(ctx, r)
			return err == nil && w.State == channel.Moved
		})
		if w.Movement.Of != r.Payment || w.Movement.Fen != 16000 {
			t.Errorf("%s: refund %+v", name, w)
		}
		again := r
		again.Refund += "2"
		if _, err := ch.Refund(ctx, again); !errors.As(err, &refused) {
			t.Errorf("%s: given back twice: %v", name, err)
		}
	}
	s.until("the refunds' notices", func() bool { return len(s.notices()) >= 6 })
	for _, n := range s.notices() {
		if n.err != nil {
			t.Errorf("%s: %v", n.company, n.err)
		}
	}
	s.statements()
}

// statements reads the day's, by the hub's own reader.
func (s *scene) statements() {
	s.t.Helper()
	for name, ch := range s.channels() {
		var b bytes.Buffer
		if err := ch.Statement(s.t.Context(), start, &b); !errors.Is(err, channel.ErrNoFile) {
			s.t.Errorf("%s: of a day that is not over: %v", name, err)
		}
	}
	s.mu.Lock()
	s.now = start.AddDate(0, 0, 1)
	s.mu.Unlock()
	for name, ch := range s.channels() {
		var b bytes.Buffer
		if err := ch.Statement(s.t.Context(), start, &b); err != nil {
			s.t.Errorf("%s: statement: %v", name, err)
			continue
		}
		sum, err := statement.Read(statement.Channel(name), io.NewSectionReader(bytes.NewReader(b.Bytes()), 0, int64(b.Len())), statement.Options{Day: start}, func(*statement.Line) error { return nil })
		if err != nil || len(sum.Faults) > 0 || sum.Payments != 1 || sum.Refunds != 1 || sum.PaymentsFen != 16000 || sum.RefundsFen != 16000 {
			s.t.Errorf("%s: %+v, %v", name, sum, err)
		}
		if err := ch.Statement(s.t.Context(), start.AddDate(0, 0, -3), &b); !errors.Is(err, channel.ErrNoFile) {
			s.t.Errorf("%s: of a day without business: %v", name, err)
		}
	}
}

// TestTrouble has what goes wrong on purpose look as it says.
func TestTrouble(t *testing.T) {
	s := begin(t)
	ctx := t.Context()
	ch := s.channels()[WeChat]
	offer := func(order string) (channel.Ask, string) {
		t.Helper()
		o, err := ch.Offer(ctx, s.ask(order))
		if err != nil {
			t.Fatal(err)
		}
		return s.ask(order), o.Code
	}
	a, code := offer("201909061000000001")
	s.pay(code, url.Values{"trouble": {string(Lost)}})
	if w, err := ch.Query(ctx, a); err != nil || w.State != channel.Moved {
		t.Errorf("lost: %+v, %v", w, err)
	}
	_, code = offer("201909061000000002")
	s.pay(code, url.Values{"trouble": {string(Forged)}})
	s.until("forged", func() bool { return len(s.notices()) == 1 })
	if n := s.notices()[0]; !errors.Is(n.err, channel.ErrForged) {
		t.Errorf("forged: %+v", n)
	}
	_, code = offer("201909061000000003")
	s.pay(code, url.Values{"trouble": {string(Less)}})
	_, code = offer("201909061000000004")
	s.pay(code, url.Values{"trouble": {string(Double)}})
	s.until("less and double", func() bool { return len(s.notices()) == 4 })
	got := s.notices()[1:]
	if got[0].word.Movement.Fen != 15900 || got[1].word.Movement.Number == got[2].word.Movement.Number || got[1].word.Order != got[2].word.Order {
		t.Errorf("less and double: %+v", got)
	}
	// Closed, and paid nevertheless.
	a, code = offer("201909061000000005")
	if err := ch.Close(ctx, a); err != nil {
		t.Fatal(err)
	}
	if w, err := ch.Query(ctx, a); err != nil || w.State != channel.Ended {
		t.Errorf("closed: %+v, %v", w, err)
	}
	s.pay(code, url.Values{"anyhow": {"1"}})
	if w, err := ch.Query(ctx, a); err != nil || w.State != channel.Moved {
		t.Errorf("paid after the close: %+v, %v", w, err)
	}
	// Down, and up again.
	s.press("/knob", url.Values{"company": {WeChat}, "knob": {"away"}, "on": {"1"}})
	if _, err := ch.Query(ctx, a); !errors.Is(err, channel.ErrAway) {
		t.Errorf("down: %v", err)
	}
	s.press("/knob", url.Values{"company": {WeChat}, "knob": {"away"}, "on": {"0"}})
	if _, err := ch.Query(ctx, a); err != nil {
		t.Errorf("up again: %v", err)
	}
}

// TestStrangers are refused: another key, and a request that was altered.
func TestStrangers(t *testing.T) {
	s := begin(t)
	other, err := newStranger()
	if err != nil {
		t.Fatal(err)
	}
	o := s.options
	o.wechat.Key, o.alipay.Key, o.unionpay.Key = other, other, other
	s.options = o
	for name, ch := range s.channels() {
		var refused *channel.RefusedError
		if _, err := ch.Offer(t.Context(), s.ask("201909062000000001")); !errors.As(err, &refused) {
			t.Errorf("%s: a stranger's request: %v", name, err)
		}
	}
	if res, err := s.web.Post("http://"+s.addr+"/scan", "application/x-www-form-urlencoded", strings.NewReader("code=x")); err != nil || res.StatusCode != http.StatusBadRequest {
		t.Errorf("a code of nobody: %v", err)
	}
	req, _ := http.NewRequest(http.MethodPost, "http://"+s.addr+"/knob", strings.NewReader("company=wechat&knob=away&on=1"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "http://elsewhere.example")
	if res, err := s.web.Do(req); err != nil || res.StatusCode != http.StatusForbidden {
		t.Errorf("a page elsewhere: %v", err)
	}
}

// TestBrowser pays by the pages that her browser is sent to.
func TestBrowser(t *testing.T) {
	s := begin(t)
	for name, ch := range s.channels() {
		a := s.ask("201909063000000001")
		a.Way, a.Address, a.Back = channel.Phone, "127.0.0.1", "https://bm.example.cn/ks/pay"
		offer, err := ch.Offer(t.Context(), a)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var res *http.Response
		if offer.Form != nil {
			req, _ := http.NewRequest(http.MethodPost, offer.Page, strings.NewReader(offer.Form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Origin", "http://127.0.0.1:8601") // the merchant's page
			res, err = s.web.Do(req)
		} else {
			res, err = s.web.Get(offer.Page)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Request.URL.Path, "/pay/") {
			t.Fatalf("%s: %s at %s", name, res.Status, res.Request.URL)
		}
		if said := s.press(res.Request.URL.Path, nil); !strings.Contains(said, a.Back) {
			t.Errorf("%s: no way back to the merchant's page", name)
		}
		if w, err := ch.Query(t.Context(), a); err != nil || w.State != channel.Moved {
			t.Errorf("%s: %+v, %v", name, w, err)
		}
	}
}

// TestBookIsKept: killed and started again the companies know what they knew.
func TestBookIsKept(t *testing.T) {
	s := &scene{t: t, now: start}
	dir := folder(t)
	stop := s.run(dir)
	b, err := openBook(dir+"/book.json", s.clock, func() {})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	opened, err := b.open(trade{Company: WeChat, Order: "201909064000000001", Way: "native", Fen: 100, What: "x", Notify: "http://127.0.0.1:1/"})
	if err == nil {
		err = b.pay(opened.ID, Lost, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	again, err := openBook(dir+"/book.json", s.clock, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if was, ok := again.find(WeChat, "201909064000000001", ""); !ok || len(was.Paid) != 1 || len(again.Notices) != 1 || again.Trace != 1 {
		t.Errorf("%+v", was)
	}
	if err := os.WriteFile(dir+"/book.json", []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openBook(dir+"/book.json", s.clock, func() {}); err == nil {
		t.Error("a broken book was taken for an empty one")
	}
}

func TestWordsAreTwoLanguages(t *testing.T) {
	for key, w := range words {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
	}
}
