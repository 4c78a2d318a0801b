package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/staff"
)

// TestContradictionTakesTwo: a channel's other word about a movement stands on the
// order's page and in the province's list, and nothing was booked by it. One person
// cannot settle it; two do, with what they found out; no money moves, and the journal
// has it.
func TestContradictionTakesTwo(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
	x, ctx := w.twoWords(), t.Context()
	page, order := "/gl/contradictions/"+x.ID, "/gl/payments/"+x.Said.Order
	first, second := w.as("po"), w.as("po2")
	_, text := w.as("co").get(order)
	if !strings.Contains(text, "微信支付对同一笔款前后说法不一") || !strings.Contains(text, "99.00 元") || strings.Count(text, "微信支付收款") != 1 || strings.Contains(text, page) {
		t.Error("the order does not say that its channel contradicts itself, or leads a county to settle it")
	}
	if _, text = first.get("/gl/suspense"); !strings.Contains(text, page) || !strings.Contains(text, "没有待查的钱") {
		t.Error("the province does not find it")
	}
	if _, text = w.as("co").get("/gl/suspense"); strings.Contains(text, "前后说法不一") {
		t.Error("a county is told to settle it")
	}
	if _, text = first.get(page); !strings.Contains(text, "170.00 元") || !strings.Contains(text, "99.00 元") || !strings.Contains(text, page+"/settle") {
		t.Error("both words do not stand side by side")
	}
	funds := func() (sum payment.Sum, open int) {
		w.write(ctx, func(tx *db.Tx) (err error) {
			if err = tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(debit_fen - credit_fen), 0) FROM payment_entry`).Scan(&sum.N, &sum.Fen); err == nil {
				open, err = teller.CountConflicts(ctx, tx)
			}
			return err
		})
		return sum, open
	}
	before, _ := funds()
	say := func(b *browser, why string) (int, string, string) {
		res, text := b.post(page+"/settle", url.Values{"reason": {why}}, page)
		return res.StatusCode, res.Header.Get("Location"), text
	}
	if got, _, _ := say(first, ""); got != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got)
	}
	why := "商户电话查过，实收一百七"
	if got, to, _ := say(first, why); got != http.StatusSeeOther || to != "/gl/seconds?done=asked" {
		t.Fatalf("asked: %d %s", got, to)
	}
	if got, _, text := say(first, why); got != http.StatusUnprocessableEntity || !strings.Contains(text, "等第二个人同意") {
		t.Errorf("by one: %d", got)
	}
	agree := regexp.MustCompile(`action="(/gl/seconds/[0-9a-f]+/agree)"`)
	_, text = first.get("/gl/seconds")
	if agree.MatchString(text) {
		t.Error("she may agree with herself")
	}
	_, text = second.get("/gl/seconds")
	at := agree.FindStringSubmatch(text)
	if at == nil || !strings.Contains(text, page) {
		t.Fatalf("nothing to agree to: %s", textOf(text))
	}
	if res, _ := first.post(at[1], url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusForbidden {
		t.Errorf("her own word as the second: %d", res.StatusCode)
	}
	if _, open := funds(); open != 1 {
		t.Fatal("one person settled it")
	}
	if res, _ := second.post(at[1], url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agree: %d", res.StatusCode)
	}
	if got, to, _ := say(first, ""); got != http.StatusSeeOther || to != page+"?done=contradiction" {
		t.Fatalf("by two: %d %s", got, to)
	}
	if after, open := funds(); after != before || open != 0 {
		t.Errorf("postings %+v, were %+v; %d open", after, before, open)
	}
	w.sealedUp()
	for path, want := range map[string][]string{page: {"某po", "某po2", why}, order: {"两人查清", why}} {
		_, text := first.get(path)
		for _, one := range want {
			if !strings.Contains(textOf(text), one) {
				t.Errorf("%s does not say %q", path, one)
			}
		}
	}
	if got, _, _ := say(first, why); got != http.StatusConflict {
		t.Errorf("again: %d", got)
	}
}

// TestRefundIsAskedForAgain: what the channel gave no end of for ten days is asked for
// again by the province, once, under its own number.
func TestRefundIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	b, number := w.aside()
	page := "/gl/movements/" + b.Movement.ID
	if _, text := w.as("co").get(page); strings.Contains(text, "再问一次") {
		t.Error("a county may ask")
	}
	if _, text := w.as("po").get(page); !strings.Contains(text, page+"/ask-again") {
		t.Fatal("the province cannot ask")
	}
	for i, want := range []int{http.StatusSeeOther, http.StatusConflict} {
		if res, _ := w.as("po").post(page+"/ask-again", url.Values{}, page); res.StatusCode != want {
			t.Errorf("time %d: %d, want %d", i+1, res.StatusCode, want)
		}
	}
	var all []teller.Refund
	w.write(t.Context(), func(tx *db.Tx) (err error) { all, err = teller.RefundsOf(t.Context(), tx, b.Movement.ID); return err })
	if len(all) != 1 || all[0].Number != number || all[0].State != teller.Asked || all[0].NextAsk != w.flow.Now().UnixMilli() {
		t.Errorf("%+v", all)
	}
	w.sealedUp()
	if _, text := w.as("po").get(page); strings.Contains(text, "/ask-again") || !strings.Contains(text, "再问渠道") {
		t.Error("the page does not say that it was asked for again")
	}
}
