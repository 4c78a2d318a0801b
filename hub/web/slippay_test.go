package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/portal"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// till gives codes; nobody ever pays by them.
type till struct{ channel.Channel }

func (till) Name() string { return campaign.ChannelWeChat }

func (till) Offer(_ context.Context, a channel.Ask) (channel.Offer, error) {
	return channel.Offer{Code: "weixin://wxpay/bizpayurl?pr=" + a.Order}, nil
}

func (till) Query(_ context.Context, a channel.Ask) (channel.Word, error) {
	return channel.Word{State: channel.Waiting, Kind: payment.Payment, Order: a.Order}, nil
}

// applicants gives the world the other entrance, with a channel.
func applicants(t *testing.T, w *world) {
	t.Helper()
	pay, err := teller.New(teller.Options{DB: w.db, Channels: []channel.Channel{till{}}, Now: now,
		Terms: func(context.Context, *db.Tx, string) (teller.Terms, error) {
			return teller.Terms{Channels: []string{campaign.ChannelWeChat}, What: "报名考试费"}, nil
		},
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error) {
			return w.flow.BookMovement(ctx, tx, m, flow.Hub())
		},
		Fail:     func(context.Context, *db.Tx, string, string) error { return nil },
		CloseDue: w.flow.CloseDue})
	if err != nil {
		t.Fatal(err)
	}
	p, err := portal.New(portal.Options{DB: w.db, Blob: w.blobs, Keys: w.keys, Accounts: w.options.Accounts, Drafts: draft.New(w.keys, now), Flow: w.flow,
		Teller: pay, Slips: w.options.Intake, Log: w.options.Log})
	if err != nil {
		t.Fatal(err)
	}
	w.options.Applicants = p
}

// TestPayingBySlip: whoever holds a sheet pays without a sign-in, before the record
// has come; looking opens nothing, and no page tells whose order it is. What nobody
// pays by is said so on a page of its own.
func TestPayingBySlip(t *testing.T) {
	t.Parallel()
	w := newWorld(t, applicants)
	box := w.enrol(t.Context(), pointHere)
	b := w.browser()
	who := w.people[0].Application
	fee, _ := w.camp.Fee(who.First().Level)
	good := w.slipOf(box.ID, box.Epoch, 0, nil)
	raw, err := protocol.SlipOf(good)
	if err != nil {
		t.Fatal(err)
	}
	page := func(res *http.Response, text string) string {
		t.Helper()
		for _, secret := range []string{string(who.Name()), who.Get(form.DocumentNumber), who.Get(form.PhoneNumber), who.ID} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: names her", res.Request.URL.Path)
			}
		}
		return text
	}
	orders := func() (all []payment.Order) {
		t.Helper()
		if err := w.db.Read(t.Context(), func(tx *db.Tx) (err error) { all, err = payment.OrdersOf(t.Context(), tx, who.ID); return err }); err != nil {
			t.Fatal(err)
		}
		return all
	}

	// A camera opens the address in capitals; a person pastes the text.
	link, err := url.Parse(protocol.SlipLink("https://bm.example.cn", raw))
	if err != nil {
		t.Fatal(err)
	}
	own := "/ks/p/" + protocol.SlipLetters(raw)
	if res, _ := b.get(link.Path); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != own {
		t.Errorf("the address of the code: %d → %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := b.post("/ks/slip", url.Values{"code": {" " + strings.ToLower(good[:50]) + "\r\n" + good[50:]}}, "/ks/slip"); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != own {
		t.Errorf("pasted: %d → %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, text := b.post("/ks/slip", url.Values{"code": {"ZK1:F:1943"}}, "/ks/slip"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, "这不是缴费凭条的码") {
		t.Errorf("another code: %d", res.StatusCode)
	}

	res, text := b.get(own)
	text = page(res, text)
	for _, want := range []string{"替考生缴报名考试费", fmt.Sprintf("%d.%02d", fee/100, fee%100), "岳麓区", "9 月 11 日 24:00 前付款", "不用登录", "去付款"} {
		if !strings.Contains(text, want) {
			t.Errorf("the order's page does not say %q", want)
		}
	}
	if len(orders()) != 0 {
		t.Error("looking opened an order")
	}
	res, _ = b.post(own, url.Values{"channel": {"wechat"}, "way": {"scan"}}, own)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != own+"/code/wechat" {
		t.Fatalf("to pay: %d → %s", res.StatusCode, res.Header.Get("Location"))
	}
	all := orders()
	if len(all) != 1 || all[0].Fen != fee || all[0].State != payment.Open || all[0].Point != pointHere {
		t.Fatalf("orders %+v", all)
	}
	res, text = b.get(own + "/code/wechat")
	if text = page(res, text); !strings.Contains(text, `class="qr"`) || res.Header.Get("Refresh") == "" {
		t.Errorf("the code: %d", res.StatusCode)
	}
	if res, text = b.post(own+"/ask", url.Values{}, own); !strings.Contains(page(res, text), "支付公司说还没有收到钱") {
		t.Errorf("asked: %d", res.StatusCode)
	}
	// The same slip again, or another paper of hers, is the same order.
	if err := w.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := w.flow.BookMovement(t.Context(), tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "T1", Order: all[0].Number, Fen: fee,
			At: now().UnixMilli(), Source: payment.ByNotice}, flow.Hub())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if res, text = b.get(own); !strings.Contains(page(res, text), "这张凭条的费用已经缴了，不要再付") || strings.Contains(text, "去付款") {
		t.Errorf("paid: %d", res.StatusCode)
	}
	if res, _ = b.post(own, url.Values{"channel": {"wechat"}, "way": {"scan"}}, "/ks/slip"); res.StatusCode != http.StatusConflict || len(orders()) != 1 {
		t.Errorf("to pay again: %d, %d orders", res.StatusCode, len(orders()))
	}

	for name, c := range map[string]struct {
		code, words string
		status      int
	}{
		"forged":      {altered(t, good), "这张凭条不是确认点的机器出的", http.StatusForbidden},
		"another fee": {w.slipOf(box.ID, box.Epoch, 1, func(s *protocol.Slip) { s.Fee++ }), "金额和现在的收费不一样", http.StatusConflict},
		"nobody's": {w.slipOf(box.ID, box.Epoch, 1, func(s *protocol.Slip) { s.Application = "0198f3c1a2b3c4d5e6f708192a3b4c5d" }),
			"省里还没有这位考生的报名资料", http.StatusConflict},
	} {
		raw, err := protocol.SlipOf(c.code)
		if err != nil {
			t.Fatal(name, err)
		}
		res, text := b.get("/ks/p/" + protocol.SlipLetters(raw))
		if res.StatusCode != c.status || !strings.Contains(page(res, text), c.words) || regexp.MustCompile(`class="button primary big"`).MatchString(text) {
			t.Errorf("%s: %d, want %d with %s", name, res.StatusCode, c.status, c.words)
		}
	}
	if res, text := b.get("/ks/p/AAAA"); res.StatusCode != http.StatusNotFound || !strings.Contains(text, "这不是缴费凭条的码") {
		t.Errorf("letters that are none: %d", res.StatusCode)
	}
	if log := w.log.String(); strings.Contains(log, protocol.SlipLetters(raw)[:40]) {
		t.Error("the log holds the slip")
	}
}
