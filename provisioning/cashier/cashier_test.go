package cashier

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/statement"
)

// The cashier is tried by the hub's own channels, with which it shares no code: what
// one signs the other verifies, and the other way round.

// scene is a running cashier, a merchant that hears its notices, and a clock.
type scene struct {
	t       *testing.T
	addr    string
	mu      sync.Mutex // guards now, heard, deaf
	now     time.Time
	heard   []heard
	deaf    bool
	options channelKeys
	web     *http.Client
}

type heard struct {
	company string
	word    channel.Word
	err     error
}

type channelKeys struct {
	wechat   channel.WeChatOptions
	alipay   channel.AlipayOptions
	unionpay channel.UnionPayOptions
}

var start = time.Date(2019, 9, 6, 9, 0, 0, 0, zone)

func (s *scene) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// channels makes those of the hub, asking at the cashier.
func (s *scene) channels() map[string]channel.Channel {
	s.t.Helper()
	out := map[string]channel.Channel{}
	for name, open := range map[string]func() (channel.Channel, error){
		WeChat:   func() (channel.Channel, error) { return channel.NewWeChat(s.options.wechat) },
		Alipay:   func() (channel.Channel, error) { return channel.NewAlipay(s.options.alipay) },
		UnionPay: func() (channel.Channel, error) { return channel.NewUnionPay(s.options.unionpay) },
	} {
		ch, err := open()
		if err != nil {
			s.t.Fatal(err)
		}
		out[name] = ch
	}
	return out
}

func begin(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, now: start, web: &http.Client{Timeout: 2 * time.Minute}}
	dir := folder(t)
	papers, err := Sign(dir)
	if err != nil {
		t.Fatal(err)
	}
	merchant := httptest.NewServer(http.HandlerFunc(s.hear))
	t.Cleanup(merchant.Close)
	s.run(dir)
	at := At(s.addr)
	secret, err := os.ReadFile(papers.WeChatSecret())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(read(t, papers.UnionPayRoot()))
	s.options = channelKeys{
		channel.WeChatOptions{Merchant: WeChatMerchant, App: WeChatApp, Serial: WeChatSerial, Key: private(t, papers.WeChatKey()), Secret: secret, PeerID: WeChatPeer, Peer: public(t, papers.WeChatPublic()),
			Notify: merchant.URL + "/wechat", Server: at.WeChat},
		channel.AlipayOptions{App: AlipayApp, Seller: AlipaySeller, Key: private(t, papers.AlipayKey()), Peer: public(t, papers.AlipayPublic()), Notify: merchant.URL + "/alipay", Server: at.Alipay, Now: s.clock},
		channel.UnionPayOptions{Merchant: UnionPayMerchant, Key: private(t, papers.UnionPayKey()), CertID: UnionPayCert, Roots: roots, Notify: merchant.URL + "/unionpay", Server: at.UnionPay, Files: at.UnionPayFiles, Now: s.clock},
	}
	return s
}

// signed is a folder of which every scene takes a copy: keys take a second to make.
var signed = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "cashier")
	if err == nil {
		_, err = Sign(dir)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := signed(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func folder(t *testing.T) string {
	t.Helper()
	from, err := signed()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			err = os.Chmod(path, 0o600) // CopyFS opens them to everybody
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// run starts the program's Run over a folder until the test ends.
func (s *scene) run(dir string) (stop func()) {
	s.t.Helper()
	if s.addr == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.t.Fatal(err)
		}
		s.addr = l.Addr().String()
		_ = l.Close()
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{Dir: dir, Listen: s.addr, Now: s.clock, Ready: func() { close(ready) }})
	}()
	select {
	case <-ready:
	case err := <-ended:
		s.t.Fatal(err)
	}
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				s.t.Error(err)
			}
		})
	}
	s.t.Cleanup(stop)
	return stop
}

// hear is the merchant's address for notices: believed by the hub's channel.
func (s *scene) hear(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	name := strings.TrimPrefix(r.URL.Path, "/")
	ch := s.channels()[name]
	word, err := ch.Notice(r.Context(), r.Header, body)
	s.mu.Lock()
	s.heard = append(s.heard, heard{name, word, err})
	deaf := s.deaf
	s.mu.Unlock()
	if err != nil || deaf {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	kind, thanks := ch.Thanks()
	w.Header().Set("Content-Type", kind)
	_, _ = io.WriteString(w, thanks)
}

func (s *scene) notices() []heard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]heard(nil), s.heard...)
}

func (s *scene) until(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s: never", what)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func private(t *testing.T, path string) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode(read(t, path))
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return k.(*rsa.PrivateKey)
}

func public(t *testing.T, path string) *rsa.PublicKey {
	t.Helper()
	block, _ := pem.Decode(read(t, path))
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return k.(*rsa.PublicKey)
}

// press sends a form of the telephone's.
func (s *scene) press(path string, form url.Values) string {
	s.t.Helper()
	res, err := s.web.PostForm("http://"+s.addr+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s", path, res.Status)
	}
	return string(b)
}

// pay scans a code's text and pays.
func (s *scene) pay(code string, form url.Values) {
	s.t.Helper()
	res, err := s.web.PostForm("http://"+s.addr+"/scan", url.Values{"code": {code}})
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	if !strings.HasPrefix(res.Request.URL.Path, "/pay/") {
		s.t.Fatalf("the code leads to %s", res.Request.URL.Path)
	}
	if said := s.press(res.Request.URL.Path, form); !strings.Contains(said, "付款成功") {
		s.t.Fatal("the telephone does not say that it is paid")
	}
}

func (s *scene) ask(order string) channel.Ask {
	return channel.Ask{Order: order, Opened: start, Fen: 16000, What: "成人高考报名考试费", Until: start.Add(2 * time.Hour), Way: channel.Scan}
}

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
