package cashier

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
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
)

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
