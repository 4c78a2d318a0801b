package teller_test

import (
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/channel/peertest"
	"zhunkao/hub/payment/teller"
	"zhunkao/protocol/window"
)

// company signs notices as one of the channels does, fast.
type company struct {
	name string
	key  *rsa.PrivateKey
	seal cipher.AEAD // WeChat
	cert string      // UnionPay
	made channel.Channel
}

func (c company) sign(b *testing.B, text string) string {
	b.Helper()
	sum := sha256.Sum256([]byte(text))
	sign, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sign)
}

// newCompany makes one, and the channel that believes it.
func newCompany(b *testing.B, name string) company {
	b.Helper()
	ours, c := peertest.Key(b), company{name: name, key: peertest.Key(b)}
	var err error
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	switch name {
	case "wechat":
		block, e := aes.NewCipher([]byte(secret))
		must(e)
		c.seal, err = cipher.NewGCM(block)
		must(err)
		c.made, err = channel.NewWeChat(channel.WeChatOptions{Merchant: "1900000109", App: "wx1", Serial: "1", Key: ours, Secret: []byte(secret), PeerID: "PUB_KEY_ID_1", Peer: &c.key.PublicKey, Notify: "https://pay.example.org"})
	case "alipay":
		c.made, err = channel.NewAlipay(channel.AlipayOptions{App: "2019", Seller: "2088", Key: ours, Peer: &c.key.PublicKey, Notify: "https://pay.example.org"})
	case "unionpay":
		root := peertest.Key(b)
		authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Synthetic ROOT"}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true}
		own := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "041@Z12@中国银联股份有限公司@00000001"}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(1, 0, 0)}
		der, e1 := x509.CreateCertificate(rand.Reader, authority, authority, &root.PublicKey, root)
		must(e1)
		mine, e2 := x509.CreateCertificate(rand.Reader, own, authority, &c.key.PublicKey, root)
		must(e2)
		parsed, e3 := x509.ParseCertificate(der)
		must(e3)
		roots := x509.NewCertPool()
		roots.AddCert(parsed)
		c.cert = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: mine}))
		c.made, err = channel.NewUnionPay(channel.UnionPayOptions{Merchant: "777", Key: ours, CertID: "1", Roots: roots, Notify: "https://pay.example.org"})
	}
	must(err)
	return c
}

// notice is one that an order was paid.
func (c company) notice(b *testing.B, order string, n int) peertest.Notice {
	b.Helper()
	now := time.Now().In(window.Zone())
	if c.name == "wechat" {
		content := fmt.Sprintf(`{"appid":"wx1","mchid":"1900000109","out_trade_no":%q,"transaction_id":"4200000%021d","trade_state":"SUCCESS","success_time":%q,"amount":{"total":16000,"currency":"CNY"}}`,
			order, n, now.Format(time.RFC3339))
		const nonce = "0123456789ab"
		sealed := base64.StdEncoding.EncodeToString(c.seal.Seal(nil, []byte(nonce), []byte(content), []byte("transaction")))
		body := fmt.Sprintf(`{"id":"%d","create_time":"2019-09-06T09:00:00+08:00","event_type":"TRANSACTION.SUCCESS","resource_type":"encrypt-resource","resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":%q,"nonce":%q,"associated_data":"transaction","original_type":"transaction"}}`,
			n, sealed, nonce)
		stamp := strconv.FormatInt(now.Unix(), 10)
		return peertest.Notice{Body: body, Header: map[string]string{"Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": "PUB_KEY_ID_1",
			"Wechatpay-Signature": c.sign(b, stamp+"\n"+nonce+"\n"+body+"\n")}}
	}
	form := url.Values{"app_id": {"2019"}, "seller_id": {"2088"}, "out_trade_no": {order}, "trade_no": {fmt.Sprint("2019", n)}, "total_amount": {"160.00"}, "trade_status": {"TRADE_SUCCESS"},
		"gmt_payment": {now.Format(time.DateTime)}, "notify_time": {now.Format(time.DateTime)}}
	field := "sign"
	if c.name == "unionpay" {
		form, field = url.Values{"version": {"5.1.0"}, "merId": {"777"}, "orderId": {order}, "txnType": {"01"}, "respCode": {"00"}, "txnAmt": {"16000"}, "currencyCode": {"156"},
			"queryId": {fmt.Sprint("2019", n)}, "traceTime": {now.Format("0102150405")}, "signPubKeyCert": {c.cert}}, "signature"
	}
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(form)) {
		pairs = append(pairs, k+"="+form.Get(k))
	}
	text := strings.Join(pairs, "&")
	if c.name == "unionpay" {
		digits := sha256.Sum256([]byte(text))
		text = hex.EncodeToString(digits[:])
	} else {
		form.Set("sign_type", "RSA2") // is not signed
	}
	form.Set(field, c.sign(b, text))
	return peertest.Notice{Body: form.Encode()}
}

// BenchmarkNotices takes notices of so many orders through the handler to the commit,
// with the entry in the journal, from many callers at once. In turns with it a bare
// loop only verifies the same notices: what it takes to believe them, signature,
// certificate and seal, and nothing is written. "of-verifying" is the ratio of the
// rates (aim 0.5).
//
// The bare loop has the cores that the handler lets verifying have, which is half of
// them. "of-verifying-all" is beside one that has all of them and as many callers as
// the handler: nobody who writes comes to half of that where a write costs more than
// a signature, and on SQLite one core writes.
//
// Requests are made before, and neither side collects what the other, or who signed,
// left in memory.
func BenchmarkNotices(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for _, by := range names {
			b.Run(by+"/"+name, func(b *testing.B) { benchNotices(b, open(b), newCompany(b, by)) })
		}
	}
}

func benchNotices(b *testing.B, d *db.DB, c company) {
	procs, percent, limit := runtime.GOMAXPROCS(0), debug.SetGCPercent(300), debug.SetMemoryLimit(2<<30) // as hubd has them
	runtime.GOMAXPROCS(procs + 2)
	b.Cleanup(func() { runtime.GOMAXPROCS(procs); debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) })
	f := &flow.Flow{Now: time.Now}
	t, err := teller.New(teller.Options{DB: d, Channels: []channel.Channel{c.made},
		Terms: func(context.Context, *db.Tx, string) (teller.Terms, error) { return teller.Terms{}, nil },
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error) {
			return f.BookMovement(ctx, tx, m, flow.Hub())
		},
		BookPaid: func(ctx context.Context, tx *db.Tx, all []payment.Payable) ([]payment.Booked, error) {
			return f.BookPaid(ctx, tx, all, flow.Hub())
		},
		Fail:     func(context.Context, *db.Tx, string, string) error { return nil },
		CloseDue: func(context.Context, *db.Tx, int) (int, error) { return 0, nil }})
	if err != nil {
		b.Fatal(err)
	}
	const rounds, each, callers = 5, 2000, 256
	var booked, verified, verifiedAll []float64
	n := 0
	for b.Loop() {
		for range rounds {
			notices := make([]peertest.Notice, each)
			err := d.Write(b.Context(), func(tx *db.Tx) error {
				for i := range notices {
					n++
					o := payment.Order{Number: fmt.Sprintf("2019430000%010d", n), Application: fmt.Sprint("a", n), Campaign: campaign, Division: "430104", Point: "43010401", Level: "5", Fen: fee, OpenedAt: 1, Record: "r"}
					notices[i] = c.notice(b, o.Number, n)
					if err := payment.OpenOrder(b.Context(), tx, o); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			requests, answers := make([]*http.Request, each), make([]*httptest.ResponseRecorder, each)
			for i, said := range notices {
				requests[i], answers[i] = httptest.NewRequest(http.MethodPost, teller.NoticePath+c.name, strings.NewReader(said.Body)), httptest.NewRecorder()
				requests[i].Header = said.HTTP()
			}
			verify := func(i int) {
				if _, err := c.made.Notice(b.Context(), requests[i].Header, []byte(notices[i].Body)); err != nil {
					b.Error(err)
				}
			}
			booked = append(booked, atOnce(callers, each, func(i int) {
				if t.ServeHTTP(answers[i], requests[i]); answers[i].Code != http.StatusOK {
					b.Error(answers[i].Code)
				}
			}))
			verified = append(verified, atOnce(max(1, runtime.NumCPU()/2), each, verify))
			verifiedAll = append(verifiedAll, atOnce(callers, each, verify))
		}
	}
	var paid int
	if err := d.Read(b.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(b.Context(), `SELECT count(*) FROM payment_order WHERE state = 'paid'`).Scan(&paid)
	}); err != nil || paid != n {
		b.Fatalf("%d of %d are paid: %v", paid, n, err)
	}
	b.ReportMetric(middle(booked), "notices/s")
	b.ReportMetric(middle(verified), "verified/s")
	b.ReportMetric(middle(booked)/middle(verified), "of-verifying")
	b.ReportMetric(middle(booked)/middle(verifiedAll), "of-verifying-all")
}

// atOnce does so many things from so many callers, and says how many a second.
func atOnce(callers, n int, do func(i int)) float64 {
	var next atomic.Int64
	var wg sync.WaitGroup
	runtime.GC()
	began := time.Now()
	for range callers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(began).Seconds()
}

func middle(v []float64) float64 { slices.Sort(v); return v[len(v)/2] }
