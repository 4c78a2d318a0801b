package teller_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/payment/channel/peertest"
	"zhunkao/hub/payment/teller"
)

// papers is a folder with all that the three platforms give, and the file that names it.
type papers struct {
	t   *testing.T
	dir string
	key *rsa.PrivateKey
	f   teller.File
}

func newPapers(t *testing.T, key *rsa.PrivateKey) *papers {
	t.Helper()
	p := &papers{t: t, dir: t.TempDir(), key: key}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	p.must(err)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	p.must(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(68759529225), Subject: pkix.Name{CommonName: "synthetic"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	p.must(err)
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	p.put("own.key", text("PRIVATE KEY", private))
	p.put("old.key", text("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)))
	p.put("bare.key", base64.StdEncoding.EncodeToString(private)) // as Alipay's tool hands it out
	p.put("peer.pem", text("PUBLIC KEY", public))
	p.put("cert.pem", text("CERTIFICATE", cert))
	p.put("secret", secret+"\n")
	p.f = teller.File{Notify: "https://pay.example.org/",
		WeChat:   &teller.WeChatFile{Merchant: "1900000109", App: "wx1", Serial: "51", Key: "own.key", Secret: "secret", PeerID: "PUB_KEY_ID_1", Peer: "peer.pem"},
		Alipay:   &teller.AlipayFile{App: "2019", Seller: "2088", Key: "bare.key", Peer: "cert.pem"},
		UnionPay: &teller.UnionPayFile{Merchant: "777", Key: "old.key", Cert: "cert.pem", Roots: "cert.pem", Middles: "cert.pem"}}
	return p
}

func (p *papers) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *papers) put(name, text string) {
	p.t.Helper()
	p.must(os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600))
}

// open writes the file and opens it; the names of the channels, or the error.
func (p *papers) open() ([]string, error) {
	p.t.Helper()
	b, err := json.Marshal(p.f)
	p.must(err)
	p.put("payments.json", string(b))
	all, err := teller.Open(filepath.Join(p.dir, "payments.json"), time.Now)
	var out []string
	for _, c := range all {
		out = append(out, c.Name())
	}
	return out, err
}

// Everything that the platforms give is read, in the forms in which they give it.
func TestChannelsFromTheirFile(t *testing.T) {
	t.Parallel()
	p := newPapers(t, peertest.Key(t))
	if got, err := p.open(); err != nil || !slices.Equal(got, []string{"wechat", "alipay", "unionpay"}) {
		t.Errorf("%v %v", got, err)
	}
	p.f.Notify, p.f.Alipay, p.f.UnionPay = "http://127.0.0.1:8601", nil, nil
	p.f.WeChat.Server = "http://localhost:9/wechat"
	if got, err := p.open(); err != nil || !slices.Equal(got, []string{"wechat"}) {
		t.Errorf("an emulator on this machine: %v %v", got, err)
	}
}

func TestSecretsFromTheEnvironment(t *testing.T) {
	p := newPapers(t, peertest.Key(t))
	p.f.Alipay, p.f.UnionPay, p.f.WeChat.Secret = nil, nil, "env:TELLER_TEST_SECRET"
	if _, err := p.open(); err == nil || !strings.Contains(err.Error(), "TELLER_TEST_SECRET") {
		t.Errorf("a variable that is not there: %v", err)
	}
	t.Setenv("TELLER_TEST_SECRET", secret)
	if got, err := p.open(); err != nil || len(got) != 1 {
		t.Errorf("%v %v", got, err)
	}
}

// Each wrong thing is said in one line that names the field, and quotes no key.
func TestWhatIsWrongWithTheFile(t *testing.T) {
	t.Parallel()
	key := peertest.Key(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(*papers)
		want   string
	}{
		"no address":            {func(p *papers) { p.f.Notify = "" }, "notify"},
		"address without TLS":   {func(p *papers) { p.f.Notify = "http://pay.example.org" }, "notify"},
		"address with a path":   {func(p *papers) { p.f.Notify = "https://pay.example.org/x" }, "notify"},
		"no channel":            {func(p *papers) { p.f.WeChat, p.f.Alipay, p.f.UnionPay = nil, nil, nil }, "no channel"},
		"no merchant":           {func(p *papers) { p.f.WeChat.Merchant = " " }, "wechat.merchant"},
		"no key":                {func(p *papers) { p.f.Alipay.Key = "" }, "alipay.key"},
		"no such file":          {func(p *papers) { p.f.Alipay.Key = "none.key" }, "none.key"},
		"a public key for ours": {func(p *papers) { p.f.Alipay.Key = "peer.pem" }, "alipay.key"},
		"our key for theirs":    {func(p *papers) { p.f.WeChat.Peer = "own.key" }, "wechat.peer"},
		"no key at all":         {func(p *papers) { p.f.WeChat.Key = "secret" }, "wechat.key"},
		"short key": {func(p *papers) {
			p.put("own.key", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)})))
		}, "2048"},
		"short secret":       {func(p *papers) { p.put("secret", secret[:16]) }, "wechat.secret"},
		"readable by all":    {func(p *papers) { p.must(os.Chmod(filepath.Join(p.dir, "secret"), 0o644)) }, "chmod 600"},
		"no certificate":     {func(p *papers) { p.f.UnionPay.Cert = "peer.pem" }, "unionpay.cert"},
		"no roots":           {func(p *papers) { p.f.UnionPay.Roots = "peer.pem" }, "unionpay.roots"},
		"another's key":      {func(p *papers) { p.put("old.key", another(p.t)) }, "unionpay.cert"},
		"server without TLS": {func(p *papers) { p.f.UnionPay.Server = "http://gateway.example.org/" }, "unionpay.server"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPapers(t, key)
			tc.change(p)
			got, err := p.open()
			if err == nil || got != nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "payments.json") {
				t.Fatalf("got %v %v, want one line with %q and the file", got, err, tc.want)
			}
			if strings.Contains(err.Error(), secret[:16]) || strings.Contains(err.Error(), "MII") {
				t.Errorf("it quotes a secret: %v", err)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "payments.json")
	for _, text := range []string{"", "{", `{"notify": "https://pay.example.org", "wechatt": {}}`, `[]`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := teller.Open(path, time.Now); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// another is a private key in PEM that belongs to no certificate here.
func another(t *testing.T) string {
	t.Helper()
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(peertest.Key(t))}))
}
