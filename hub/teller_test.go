package hub_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/channel/peertest"
	"zhunkao/hub/payment/teller"
	"zhunkao/protocol/window"
)

// wechatFile writes a file of --payments for the test peer, with the keys beside it.
func wechatFile(t *testing.T, ours *rsa.PrivateKey, theirs *rsa.PublicKey, secret, server string) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name, kind string, der []byte, err error) {
		t.Helper()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	private, err := x509.MarshalPKCS8PrivateKey(ours)
	put("wechat.key", "PRIVATE KEY", private, err)
	public, err := x509.MarshalPKIXPublicKey(theirs)
	put("wechat-peer.pem", "PUBLIC KEY", public, err)
	t.Setenv("TEST_WECHAT_SECRET", secret)
	b, err := json.Marshal(teller.File{Notify: "https://pay.example.org", WeChat: &teller.WeChatFile{Merchant: "1900000109", App: "wx0000000000000001", Serial: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
		Key: "wechat.key", Secret: "env:TEST_WECHAT_SECRET", PeerID: "PUB_KEY_ID_0119000001092019090600000001", Peer: "wechat-peer.pem", Server: server}})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "payments.json"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "payments.json")
}

// ordered confirms somebody at a box and waits for the order that the hub opens.
func (s *site) ordered() payment.Order {
	s.t.Helper()
	b, _ := s.enrol(s.ticket())
	s.must(b.connect())
	b.hello()
	b.confirm(s.people[0])
	for late := time.Now().Add(patient); time.Now().Before(late); time.Sleep(20 * time.Millisecond) {
		var all []payment.Order
		s.must(s.hub.DB().Read(s.t.Context(), func(tx *db.Tx) (err error) {
			all, err = payment.OrdersOf(s.t.Context(), tx, s.people[0].Application.ID)
			return err
		}))
		if len(all) == 1 {
			return all[0]
		}
	}
	s.t.Fatalf("no order was opened; log of the hub:\n%s", s.log)
	return payment.Order{}
}

// TestPaymentsOfAHub: the file of --payments opens a channel; a notice comes to the
// pages' address, past the portal, and pays with its entry in the journal; what is
// forged is counted and leaves no trace of what it said.
func TestPaymentsOfAHub(t *testing.T) {
	ours, theirs := peertest.Key(t), peertest.Key(t)
	const secret = "fedcba9876543210fedcba9876543210"
	p := peertest.Start(t, filepath.Join("payment", "channel", "testdata", "wechat_peer.py"), ours, theirs, secret)
	s := newSite(t)
	s.change = func(c *hub.Config) {
		c.Payments, c.Metrics = wechatFile(t, ours, &theirs.PublicKey, secret, p.Base), "127.0.0.1:0"
	}
	s.start()
	ctx := t.Context()
	o := s.ordered()
	choices, err := s.hub.Teller().Channels(ctx, s.rules.ID)
	if err != nil || len(choices) != 1 || choices[0].Channel != "wechat" || !choices[0].Down.IsZero() {
		t.Fatalf("%+v %v", choices, err)
	}
	offer, _, err := s.hub.Teller().Offer(ctx, o, "wechat", channel.Scan, "", "")
	if err != nil || !strings.Contains(offer.Code, o.Number) {
		t.Fatalf("%+v %v", offer, err)
	}
	at := "http://" + s.hub.Addresses().Pages + teller.NoticePath
	post := func(to string, n peertest.Notice) int {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(n.Body))
		s.must(err)
		req.Header = n.HTTP()
		res, err := http.DefaultClient.Do(req)
		s.must(err)
		s.must(res.Body.Close())
		return res.StatusCode
	}
	paid := func(spoil string) peertest.Notice {
		return p.Pay(map[string]string{"order": o.Number, "spoil": spoil, "at": time.Now().In(window.Zone()).Format(time.RFC3339)})
	}
	forged := paid("other-key")
	if got := []int{post(at+"wechat", forged), post(at+"alipay", paid("")), post(at, paid(""))}; got[0] != http.StatusUnauthorized || got[1] != http.StatusNotFound || got[2] != http.StatusNotFound {
		t.Errorf("%v", got)
	}
	n := paid("")
	for range 2 {
		if got := post(at+"wechat", n); got != http.StatusOK {
			t.Errorf("answered %d", got)
		}
	}
	var acts int
	s.must(s.hub.DB().Read(ctx, func(tx *db.Tx) (err error) {
		if o, err = payment.GetOrder(ctx, tx, o.Number); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) FROM journal_entry WHERE act = 'order.paid'`).Scan(&acts)
	}))
	if o.State != payment.Paid || acts != 1 {
		t.Errorf("the order is %s, with %d entries", o.State, acts)
	}
	all, _ := s.scrape()
	for result, want := range map[string]float64{"booked": 1, "known": 1, "forged": 1, "conflict": 0} {
		if got := of(all, "zhunkao_payment_notices_total", "channel", "wechat", "result", result); got != want {
			t.Errorf("%v notices were %s, want %v", got, result, want)
		}
	}
	if of(all, "zhunkao_payment_channel_down", "channel", "wechat") != 0 || of(all, "zhunkao_payment_requests_total", "channel", "wechat", "result", "answered") < 1 {
		t.Error("the channel's requests are not counted")
	}
	for _, told := range []string{secret, forged.Header["Wechatpay-Signature"], forged.Header["Wechatpay-Nonce"], "oSynthetic", "PRIVATE KEY"} {
		if strings.Contains(s.log.String(), told) {
			t.Errorf("the log holds %.20q", told)
		}
	}
}
