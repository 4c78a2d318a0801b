package cashier

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// zone is China Standard Time.
var zone = time.FixedZone("UTC+8", 8*60*60)

// By which names the companies know the demonstration's merchant.
const (
	WeChatMerchant   = "1900000109"
	WeChatApp        = "wx0000000000000001"
	WeChatSerial     = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1" // of the merchant's certificate
	WeChatPeer       = "PUB_KEY_ID_0119000001092019090600000001"  // of WeChat's public key
	AlipayApp        = "2019090600000001"
	AlipaySeller     = "2088000000000001"
	UnionPayMerchant = "777290058110097"
	UnionPayCert     = "68759529225" // serial number of the merchant's certificate
)

// Papers are the files that a merchant gets when it signs with the companies: its own
// keys, and what it knows the companies by.
type Papers struct{ Dir string }

func (p Papers) in(name string) string { return filepath.Join(p.Dir, "merchant", name) }

// WeChatKey, WeChatSecret and the others are paths of files in PEM, but for the
// secret, which is its 32 characters.
func (p Papers) WeChatKey() string    { return p.in("wechat.key") }
func (p Papers) WeChatSecret() string { return p.in("wechat.secret") }
func (p Papers) WeChatPublic() string { return p.in("wechat-peer.pem") }
func (p Papers) AlipayKey() string    { return p.in("alipay.key") }
func (p Papers) AlipayPublic() string { return p.in("alipay-peer.pem") }
func (p Papers) UnionPayKey() string  { return p.in("unionpay.key") }
func (p Papers) UnionPayCert() string { return p.in("unionpay.pem") }
func (p Papers) UnionPayRoot() string { return p.in("unionpay-root.pem") }

// Payments is the file that hubd is given with --payments; Configure writes it.
func (p Papers) Payments() string { return p.in("payments.json") }

// Configure writes the file of the payment channels for a hub (hub/README.md) that is
// called at notify and asks at g. The papers stand beside it.
func (p Papers) Configure(notify string, g Gateways) error {
	b, err := json.MarshalIndent(map[string]any{
		"notify": notify,
		WeChat: map[string]string{"merchant": WeChatMerchant, "app": WeChatApp, "serial": WeChatSerial, "key": filepath.Base(p.WeChatKey()), "secret": filepath.Base(p.WeChatSecret()),
			"peer_id": WeChatPeer, "peer": filepath.Base(p.WeChatPublic()), "server": g.WeChat},
		Alipay: map[string]string{"app": AlipayApp, "seller": AlipaySeller, "key": filepath.Base(p.AlipayKey()), "peer": filepath.Base(p.AlipayPublic()), "server": g.Alipay},
		UnionPay: map[string]string{"merchant": UnionPayMerchant, "key": filepath.Base(p.UnionPayKey()), "cert": filepath.Base(p.UnionPayCert()), "roots": filepath.Base(p.UnionPayRoot()),
			"server": g.UnionPay, "files": g.UnionPayFiles},
	}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(p.Payments(), append(b, '\n'), 0o600)
}

// holder is how CFCA names UnionPay in its certificate.
const holder = "041@Z12@中国银联股份有限公司@00000001"

// Sign makes the papers and the companies' own keys in dir, once; later it finds them
// there.
func Sign(dir string) (Papers, error) {
	p := Papers{dir}
	if _, err := os.Stat(p.own("signed")); err == nil {
		return p, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	for _, d := range []string{filepath.Join(dir, "merchant"), filepath.Join(dir, "company")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return p, err
		}
	}
	m := &maker{}
	m.pair(p.WeChatKey(), p.own("wechat-merchant.pem"))
	m.pair(p.own("wechat.key"), p.WeChatPublic())
	m.write(p.WeChatSecret(), []byte(rand.Text() + rand.Text())[:32])
	m.pair(p.AlipayKey(), p.own("alipay-merchant.pem"))
	m.pair(p.own("alipay.key"), p.AlipayPublic())
	m.unionpay(p)
	m.write(p.own("signed"), nil)
	return p, m.err
}

func (p Papers) own(name string) string { return filepath.Join(p.Dir, "company", name) }

// maker writes keys until something fails.
type maker struct{ err error }

func (m *maker) write(path string, b []byte) {
	if m.err == nil {
		m.err = os.WriteFile(path, b, 0o600)
	}
}

// pair makes a key and writes both halves.
func (m *maker) pair(private, public string) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		m.err = errors.Join(m.err, err)
		return nil
	}
	secret, err1 := x509.MarshalPKCS8PrivateKey(key)
	open, err2 := x509.MarshalPKIXPublicKey(&key.PublicKey)
	m.err = errors.Join(m.err, err1, err2)
	m.write(private, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	if public != "" {
		m.write(public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: open}))
	}
	return key
}

// unionpay makes a root, UnionPay's certificate and the merchant's under it.
func (m *maker) unionpay(p Papers) {
	root, company, merchant := m.pair(p.own("unionpay-root.key"), ""), m.pair(p.own("unionpay.key"), ""), m.pair(p.UnionPayKey(), p.own("unionpay-merchant.pem"))
	if m.err != nil {
		return
	}
	// Good in the demonstration's time and in real time, whichever somebody asks.
	from, to := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)
	serial, _ := new(big.Int).SetString(UnionPayCert, 10)
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Zhunkao demonstration root"}, NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	issue := func(path string, c *x509.Certificate, public *rsa.PublicKey) {
		der, err := x509.CreateCertificate(rand.Reader, c, authority, public, root)
		m.err = errors.Join(m.err, err)
		m.write(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	issue(p.UnionPayRoot(), authority, &root.PublicKey)
	issue(p.own("unionpay.pem"), &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: holder}, NotBefore: from, NotAfter: to}, &company.PublicKey)
	issue(p.UnionPayCert(), &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "041@Z12@Zhunkao demonstration@00000002"}, NotBefore: from, NotAfter: to}, &merchant.PublicKey)
}

// desk is one company's own key and what it knows the merchant by.
type desk struct {
	key      *rsa.PrivateKey
	merchant *rsa.PublicKey
}

func (p Papers) desk(company string) (d desk, err error) {
	raw, err := readPEM(p.own(company + ".key"))
	if err != nil {
		return d, err
	}
	private, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return d, fmt.Errorf("cashier: %s: %w", company, err)
	}
	if raw, err = readPEM(p.own(company + "-merchant.pem")); err != nil {
		return d, err
	}
	public, err := x509.ParsePKIXPublicKey(raw)
	if err != nil {
		return d, fmt.Errorf("cashier: %s: %w", company, err)
	}
	var ok1, ok2 bool
	d.key, ok1 = private.(*rsa.PrivateKey)
	d.merchant, ok2 = public.(*rsa.PublicKey)
	if !ok1 || !ok2 {
		return d, fmt.Errorf("cashier: %s: not keys of RSA", company)
	}
	return d, nil
}

func readPEM(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("cashier: %s is no PEM", path)
	}
	return block.Bytes, nil
}

// sign is RSA with SHA-256 (PKCS #1), in base64, as all three want it.
func (d desk) sign(text string) string {
	sum := sha256.Sum256([]byte(text))
	b, err := rsa.SignPKCS1v15(rand.Reader, d.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // our own key is too short: Sign made it
	}
	return base64.StdEncoding.EncodeToString(b)
}

// verify reports whether the merchant signed a text.
func (d desk) verify(text, sign string) bool {
	raw, err := base64.StdEncoding.DecodeString(sign)
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(text))
	return rsa.VerifyPKCS1v15(d.merchant, crypto.SHA256, sum[:], raw) == nil
}
