package teller

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zhunkao/hub/payment/channel"
)

// File is what --payments names: which channels there are and how they know us, in
// JSON. A key or certificate is the path of a file, from the folder of this one, or
// "env:NAME" for the text of an environment variable. Nobody but the hub's own user
// may read the file of a secret.
type File struct {
	// Notify is the address under which the channels reach the hub, https://host; they
	// call /pay/notice/wechat and so on below it.
	Notify   string        `json:"notify"`
	WeChat   *WeChatFile   `json:"wechat,omitempty"`
	Alipay   *AlipayFile   `json:"alipay,omitempty"`
	UnionPay *UnionPayFile `json:"unionpay,omitempty"`
}

// WeChatFile is what WeChat Pay's merchant platform gives.
type WeChatFile struct {
	Merchant string `json:"merchant"` // mchid
	App      string `json:"app"`      // appid
	Serial   string `json:"serial"`   // of the merchant's certificate
	Key      string `json:"key"`      // of the merchant's certificate, secret
	Secret   string `json:"secret"`   // API v3 key, 32 characters, secret
	PeerID   string `json:"peer_id"`  // id of WeChat's public key
	Peer     string `json:"peer"`     // that key
	Server   string `json:"server,omitempty"`
}

// AlipayFile is what Alipay's open platform gives.
type AlipayFile struct {
	App    string `json:"app"`    // app_id
	Seller string `json:"seller"` // the merchant's user id, 2088…
	Key    string `json:"key"`    // of the app, secret
	Peer   string `json:"peer"`   // Alipay's public key
	Server string `json:"server,omitempty"`
}

// UnionPayFile is what UnionPay's merchant platform gives.
type UnionPayFile struct {
	Merchant string `json:"merchant"`          // merId
	Key      string `json:"key"`               // of the merchant's certificate, secret
	Cert     string `json:"cert"`              // the merchant's certificate
	Roots    string `json:"roots"`             // that UnionPay's certificate leads to
	Middles  string `json:"middles,omitempty"` // certificates in between
	Peer     string `json:"peer,omitempty"`    // whom UnionPay's certificate names, where that is not UnionPay itself
	Server   string `json:"server,omitempty"`
	Files    string `json:"files,omitempty"` // where daily files are asked for
}

// Open reads the file of --payments and all that it names, and makes the channels. It
// asks none of them anything. now is the hub's civil clock. Errors say in one sentence
// what is wrong and where, and never quote a key.
func Open(path string, now func() time.Time) ([]channel.Channel, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("payments: %w", err)
	}
	var f File
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("payments: %s is not as it should be: %w", path, err)
	}
	base, err := address(f.Notify)
	if err != nil || strings.Trim(base.Path, "/") != "" || base.RawQuery != "" {
		return nil, fmt.Errorf("payments: %s: notify must be the https address under which the channels reach this hub, such as https://pay.example.org, without a path", path)
	}
	r := &reader{dir: filepath.Dir(path), notify: "https://" + base.Host + NoticePath, now: now}
	if base.Scheme == "http" {
		r.notify = "http://" + base.Host + NoticePath
	}
	var out []channel.Channel
	for _, open := range []func(File) (channel.Channel, error){r.wechat, r.alipay, r.unionpay} {
		c, err := open(f)
		if err = errors.Join(r.err, err); err != nil {
			return nil, fmt.Errorf("payments: %s: %w", path, err)
		}
		if c != nil {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("payments: %s names no channel; leave --payments out when fees are paid in cash or by transfer only", path)
	}
	return out, nil
}

// address reads an address that is https, or plain on a loopback address: of an
// emulator, or of a gateway on this machine.
func address(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, errors.New("is no address")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return nil, errors.New("is not https")
	}
	return u, nil
}

// reader reads what the file names, and keeps the first thing that is wrong.
type reader struct {
	dir, notify string
	now         func() time.Time
	err         error
}

func (r *reader) fail(what, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", what, fmt.Errorf(format, args...))
	}
}

// word wants a value.
func (r *reader) word(what, v string) string {
	if strings.TrimSpace(v) == "" {
		r.fail(what, "is missing")
	}
	return v
}

// server checks another address than the channel's own.
func (r *reader) server(what, v string) string {
	if v != "" {
		if _, err := address(v); err != nil {
			r.fail(what, "%q must be an https address, or http on this machine", v)
		}
	}
	return v
}

// text gives what a file or a variable of the environment holds.
func (r *reader) text(what, v string, secret bool) []byte {
	if r.word(what, v); r.err != nil {
		return nil
	}
	if name, ok := strings.CutPrefix(v, "env:"); ok {
		s, ok := os.LookupEnv(name)
		if !ok || s == "" {
			r.fail(what, "the environment has no variable %s", name)
		}
		return []byte(s)
	}
	if !filepath.IsAbs(v) {
		v = filepath.Join(r.dir, v)
	}
	info, err := os.Stat(v)
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		r.fail(what, "%s cannot be read: %w", v, path.Err)
		return nil
	case secret && info.Mode().Perm()&0o007 != 0:
		r.fail(what, "%s may be read by everybody on this machine; `chmod 600 %s`", v, v)
		return nil
	}
	b, err := os.ReadFile(v)
	if err != nil {
		r.fail(what, "%s cannot be read: %w", v, errors.Unwrap(err))
	}
	return b
}

// der takes a key out of PEM, or out of the bare base64 in which platforms hand it out.
func der(b []byte) []byte {
	if block, _ := pem.Decode(b); block != nil {
		return block.Bytes
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(b)), ""))
	if err != nil {
		return nil
	}
	return raw
}

const leastBits = 2048

// private reads our own key: PKCS #8 or PKCS #1.
func (r *reader) private(what, v string) *rsa.PrivateKey {
	b := der(r.text(what, v, true))
	if r.err != nil {
		return nil
	}
	var key *rsa.PrivateKey
	if any, err := x509.ParsePKCS8PrivateKey(b); err == nil {
		key, _ = any.(*rsa.PrivateKey)
	} else if old, err := x509.ParsePKCS1PrivateKey(b); err == nil {
		key = old
	}
	if key == nil || key.N.BitLen() < leastBits {
		r.fail(what, "holds no private RSA key of %d bits or more (PEM, or base64 of PKCS #8)", leastBits)
		return nil
	}
	return key
}

// public reads a channel's key: a public key, or a certificate that holds one.
func (r *reader) public(what, v string) *rsa.PublicKey {
	b := der(r.text(what, v, false))
	if r.err != nil {
		return nil
	}
	var found any
	if key, err := x509.ParsePKIXPublicKey(b); err == nil {
		found = key
	} else if cert, err := x509.ParseCertificate(b); err == nil {
		found = cert.PublicKey
	}
	key, ok := found.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < leastBits {
		r.fail(what, "holds no public RSA key of %d bits or more", leastBits)
		return nil
	}
	return key
}

// pool reads certificates in PEM.
func (r *reader) pool(what, v string) *x509.CertPool {
	b := r.text(what, v, false)
	if r.err != nil {
		return nil
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(b) {
		r.fail(what, "holds no certificate in PEM")
	}
	return p
}

// client is how a channel is called: at one address and no further. Each question has
// its own deadline (call); a daily file takes as long as its reader gives it.
func client() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout, t.MaxIdleConnsPerHost = 30*time.Second, hands
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (r *reader) wechat(f File) (channel.Channel, error) {
	c := f.WeChat
	if c == nil {
		return nil, nil
	}
	o := channel.WeChatOptions{Merchant: r.word("wechat.merchant", c.Merchant), App: r.word("wechat.app", c.App), Serial: r.word("wechat.serial", c.Serial),
		Key: r.private("wechat.key", c.Key), Secret: bytes.TrimSpace(r.text("wechat.secret", c.Secret, true)), PeerID: r.word("wechat.peer_id", c.PeerID), Peer: r.public("wechat.peer", c.Peer),
		Server: r.server("wechat.server", c.Server), Notify: r.notify + "wechat", Client: client()}
	if r.err == nil && len(o.Secret) != 32 {
		r.fail("wechat.secret", "the API v3 key has 32 characters, and this has %d", len(o.Secret))
	}
	if r.err != nil {
		return nil, nil
	}
	return channel.NewWeChat(o)
}

func (r *reader) alipay(f File) (channel.Channel, error) {
	c := f.Alipay
	if c == nil {
		return nil, nil
	}
	o := channel.AlipayOptions{App: r.word("alipay.app", c.App), Seller: r.word("alipay.seller", c.Seller), Key: r.private("alipay.key", c.Key), Peer: r.public("alipay.peer", c.Peer),
		Server: r.server("alipay.server", c.Server), Notify: r.notify + "alipay", Client: client(), Now: r.now}
	if r.err != nil {
		return nil, nil
	}
	return channel.NewAlipay(o)
}

func (r *reader) unionpay(f File) (channel.Channel, error) {
	c := f.UnionPay
	if c == nil {
		return nil, nil
	}
	o := channel.UnionPayOptions{Merchant: r.word("unionpay.merchant", c.Merchant), Key: r.private("unionpay.key", c.Key), Roots: r.pool("unionpay.roots", c.Roots), Peer: c.Peer,
		Server: r.server("unionpay.server", c.Server), Files: r.server("unionpay.files", c.Files), Notify: r.notify + "unionpay", Client: client(), Now: r.now}
	if c.Middles != "" {
		o.Middles = r.pool("unionpay.middles", c.Middles)
	}
	cert, err := x509.ParseCertificate(der(r.text("unionpay.cert", c.Cert, false)))
	if r.err != nil {
		return nil, nil
	}
	if err != nil {
		r.fail("unionpay.cert", "holds no certificate")
		return nil, nil
	}
	if key, ok := cert.PublicKey.(*rsa.PublicKey); !ok || !key.Equal(&o.Key.PublicKey) {
		r.fail("unionpay.cert", "is not the certificate of unionpay.key")
		return nil, nil
	}
	o.CertID = cert.SerialNumber.String()
	if o.Server != "" && !strings.HasSuffix(o.Server, "/") {
		o.Server += "/"
	}
	return channel.NewUnionPay(o)
}
