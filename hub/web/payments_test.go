package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
	"zhunkao/protocol/campaign"
)

var agreeTo = regexp.MustCompile(`/gl/seconds/[0-9a-f]+/agree`)

// TestPayments: the list is cut to the remit and to what is asked for; an order is
// found by its number and by a channel's; it shows what moved, in words and postings.
func TestPayments(t *testing.T) {
	w := newWorld(t)
	here, there := w.ordered(pointHere), w.ordered(pointThere)
	paid := w.moved(campaign.ChannelWeChat, here.Number, here.Fen)
	second := w.moved(campaign.ChannelAlipay, here.Number, here.Fen)
	w.moved(campaign.ChannelWeChat, there.Number, there.Fen-1)
	for q, want := range map[string]string{"": "缴费单 1 张", "?state=paid": here.Number, "?standing=again": here.Number, "?channel=alipay": here.Number, "?channel=unionpay": "没有符合条件", "?day=2019-09-06": here.Number,
		"?day=2019-09-05": "没有符合条件", "?point=" + pointHere: here.Number, "?point=" + pointThere: "没有符合条件"} {
		if res, page := w.as("co").get("/gl/payments" + q); res.StatusCode != http.StatusOK || !strings.Contains(page, want) || strings.Contains(page, there.Number) {
			t.Errorf("%q: %d, does not say %s, or shows a foreign order", q, res.StatusCode, want)
		}
	}
	for _, q := range []string{"?state=nothing", "?channel=barter", "?standing=pays", "?day=yesterday", "?before=x"} {
		if res, _ := w.as("co").get("/gl/payments" + q); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", q, res.StatusCode)
		}
	}
	for typed, want := range map[string]string{here.Number: "/gl/payments/" + here.Number, here.Number[:4] + " " + here.Number[4:]: "/gl/payments/" + here.Number, here.Number + "x2": "/gl/payments/" + here.Number, second.Movement.Number: "/gl/movements/" + second.Movement.ID, there.Number: ""} {
		res, page := w.as("cl").get("/gl/payments?q=" + url.QueryEscape(typed))
		if want == "" && (res.StatusCode != http.StatusNotFound || !strings.Contains(page, "没有这个号码")) || want != "" && res.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", typed, res.StatusCode, res.Header.Get("Location"), want)
		}
	}
	_, page := w.as("co").get("/gl/payments/" + here.Number)
	for _, want := range []string{"已缴费", "付清本单", "重复缴费", "建议：", "原路退回", "微信支付应交来的", "170.00", paid.Movement.Number, second.Movement.Number, "款项暂收待查", "/gl/candidates/" + here.Application} {
		if !strings.Contains(page, want) {
			t.Errorf("the order does not say %s", want)
		}
	}
	if _, page := w.as("cl").get("/gl/payments/" + here.Number); strings.Contains(page, "/gl/journal") {
		t.Error("a clerk is shown the journal")
	}
	if res, csv := w.as("co").get("/gl/payments?as=csv"); res.StatusCode != http.StatusOK || !strings.Contains(csv, here.Number) || !strings.Contains(csv, "微信支付") || strings.Contains(csv, there.Number) {
		t.Errorf("as a file: %d", res.StatusCode)
	}
}

// step posts a step on a movement, and gives the status and the page.
func (w *world) step(who, movement string, form url.Values) (int, string) {
	w.t.Helper()
	path := "/gl/movements/" + movement
	res, page := w.as(who).post(path+"/step", form, path)
	return res.StatusCode, page
}

// TestRefundByTwo: money that was paid again goes back by two persons, once; who asked
// cannot agree to it, and a county cannot ask.
func TestRefundByTwo(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
	b := w.again(pointHere)
	give := url.Values{"step": {"give-back"}, "code": {"01"}, "reason": {"两张付款截图"}}
	if _, page := w.as("po").get("/gl/suspense"); !strings.Contains(page, b.Movement.Number) || !strings.Contains(page, "暂收待查 1 笔，共 170.00 元") || !strings.Contains(page, "原路退回") {
		t.Error("it is not listed with its amount and what is proposed")
	}
	if _, page := w.as("po").get("/gl/movements/" + b.Movement.ID); !strings.Contains(page, ">99 其他（要说明）</option>") || !strings.Contains(page, ">01 重复缴费</option>") {
		t.Error("the reasons do not say which of them ask for words")
	}
	for name, c := range map[string]struct {
		who  string
		form url.Values
		want int
		says string
	}{
		"a county":          {"co", give, http.StatusForbidden, "岗位"},
		"without a step":    {"po", url.Values{"reason": {"退"}}, http.StatusUnprocessableEntity, "请选一种办法"},
		"without a code":    {"po", url.Values{"step": {"give-back"}, "reason": {"退掉"}}, http.StatusUnprocessableEntity, "退款请选原因"},
		"what needs words":  {"po", url.Values{"step": {"give-back"}, "code": {"99"}}, http.StatusUnprocessableEntity, "退款请选原因"},
		"what cannot be":    {"po", url.Values{"step": {"credit"}, "reason": {"收下"}}, http.StatusUnprocessableEntity, "已经变了"},
		"the channel's own": {"po", url.Values{"step": {"fail"}, "reason": {"收下"}}, http.StatusUnprocessableEntity, "已经变了"},
	} {
		if got, page := w.step(c.who, b.Movement.ID, c.form); got != c.want || c.who == "po" && !strings.Contains(page, c.says) {
			t.Errorf("%s: %d, want %d with %q", name, got, c.want, c.says)
		}
	}
	if got, _ := w.step("po", b.Movement.ID, give); got != http.StatusSeeOther {
		t.Fatalf("asked: %d", got)
	}
	if got, _ := w.step("po", b.Movement.ID, give); got == http.StatusSeeOther {
		t.Error("one person alone did it")
	}
	_, page := w.as("po2").get("/gl/seconds")
	agree := agreeTo.FindString(page)
	if agree == "" || !strings.Contains(page, "退款") || !strings.Contains(page, "原路退回") || !strings.Contains(page, "01 重复缴费") || !strings.Contains(page, "微信支付 170.00 元，") {
		t.Fatal("nothing to agree to, or it does not say what")
	}
	if res, _ := w.as("po").post(agree, url.Values{}, "/gl/seconds"); res.StatusCode == http.StatusSeeOther {
		t.Error("who asked agreed to it herself")
	}
	if res, _ := w.as("po2").post(agree, url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agreed: %d", res.StatusCode)
	}
	if got, _ := w.step("po", b.Movement.ID, url.Values{"step": {"give-back"}}); got != http.StatusSeeOther {
		t.Fatalf("done: %d", got)
	}
	if got, _ := w.step("po", b.Movement.ID, give); got != http.StatusUnprocessableEntity {
		t.Errorf("given back twice: %d", got)
	}
	_, page = w.as("po").get("/gl/movements/" + b.Movement.ID)
	for _, want := range []string{"正在退款", "应退未退", "某po", "某po2", "01 重复缴费　两张付款截图", "等系统发出"} {
		if !strings.Contains(page, want) {
			t.Errorf("the movement does not say %s", want)
		}
	}
	if _, page = w.as("co").get("/gl/refunds"); !strings.Contains(page, b.Movement.Number) {
		t.Error("it is not listed as on its way back")
	}
	if _, page = w.as("co").get("/gl/suspense"); strings.Contains(page, b.Movement.Number) {
		t.Error("it is still listed in suspense")
	}
	if acts := strings.Join(w.acts(b.Movement.ID), "\n"); strings.Count(acts, "refund.asked") != 1 {
		t.Errorf("journal: %s", acts)
	}
}

// TestFindOwner: what names no order is the province's, is attached to the order that
// it was meant for, and pays that by two persons; of another amount it never does.
func TestFindOwner(t *testing.T) {
	w := newWorld(t)
	o := w.ordered(pointHere)
	b, less := w.moved(campaign.ChannelWeChat, "20194300000000000001", o.Fen), w.moved(campaign.ChannelWeChat, o.Number, o.Fen-100)
	path := "/gl/movements/" + b.Movement.ID
	if res, _ := w.as("co").get(path); res.StatusCode != http.StatusNotFound {
		t.Errorf("a county sees what is nobody's: %d", res.StatusCode)
	}
	own := func(order, why string) (int, string) {
		res, page := w.as("po").post(path+"/owner", url.Values{"order": {order}, "reason": {why}}, path)
		return res.StatusCode, page
	}
	for order, says := range map[string]string{"": "请填缴费单号", "20194300000000000009": "没有这张缴费单"} {
		if got, page := own(order, "看过截图"); got != http.StatusUnprocessableEntity || !strings.Contains(page, says) {
			t.Errorf("%q: %d without %s", order, got, says)
		}
	}
	if got, _ := own(o.Number[:8]+" "+o.Number[8:], "付款截图上单号写错一位"); got != http.StatusSeeOther {
		t.Fatalf("attached: %d", got)
	}
	w.sealedUp()
	_, page := w.as("co").get(path)
	for _, want := range []string{"后来查明", "20194300000000000001", "抵作报考费", "付款截图上单号写错一位"} {
		if !strings.Contains(page, want) {
			t.Errorf("it does not say %s", want)
		}
	}
	if _, page = w.as("po").get(path); !strings.Contains(page, `value="credit" required checked`) || !strings.Contains(page, "要第二个人同意") {
		t.Error("it is not proposed to let it pay, by two")
	}
	if got, _ := w.step("po", less.Movement.ID, url.Values{"step": {"credit"}, "reason": {"少一元算了"}}); got != http.StatusUnprocessableEntity {
		t.Errorf("another amount pays an order: %d", got)
	}
}

// TestLatePayment: what came too late one person of the province takes, with a reason.
func TestLatePayment(t *testing.T) {
	w := newWorld(t)
	o := w.ordered(pointHere)
	w.write(t.Context(), func(tx *db.Tx) error {
		return payment.EndOrder(t.Context(), tx, o.Number, payment.Closed, now().UnixMilli()-1000)
	})
	b := w.moved(campaign.ChannelAlipay, o.Number, o.Fen)
	take := url.Values{"step": {"credit"}, "reason": {"截止前已扣款，银行延迟"}}
	if got, _ := w.step("ci", b.Movement.ID, take); got != http.StatusForbidden {
		t.Errorf("a city takes it: %d", got)
	}
	if got, _ := w.step("po", b.Movement.ID, url.Values{"step": {"credit"}}); got != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got)
	}
	if got, _ := w.step("po", b.Movement.ID, take); got != http.StatusSeeOther {
		t.Fatalf("taken: %d", got)
	}
	if _, page := w.as("co").get("/gl/payments/" + o.Number); !strings.Contains(page, "已缴费") || !strings.Contains(page, "截止前已扣款") {
		t.Error("the order is not paid by it, or does not say why")
	}
}

// TestRefundByHand: a refund of a transfer is booked by who paid it out, with the
// bank's serial; then the order is left.
func TestRefundByHand(t *testing.T) {
	w := newWorld(t)
	b := w.returning(pointHere, campaign.ChannelTransfer)
	path := "/gl/movements/" + b.Movement.ID
	pay := func(who, serial string) int {
		res, _ := w.as(who).post(path+"/paid-out", url.Values{"serial": {serial}}, path)
		return res.StatusCode
	}
	if got := pay("co", "R1"); got != http.StatusForbidden {
		t.Errorf("a county: %d", got)
	}
	if got := pay("po", ""); got != http.StatusUnprocessableEntity {
		t.Errorf("without a serial: %d", got)
	}
	if got := pay("po", "R1"); got != http.StatusSeeOther {
		t.Fatalf("paid out: %d", got)
	}
	if got := pay("po", "R2"); got != http.StatusConflict {
		t.Errorf("twice: %d", got)
	}
	if _, page := w.as("po").get("/gl/payments/" + b.Movement.Order); !strings.Contains(page, "已终止") || !strings.Contains(page, "R1") {
		t.Error("the order does not say that it was given back")
	}
}

// TestTransferByTwo: a bank's transfer is no money until another person has read the
// same amount, and is booked once.
func TestTransferByTwo(t *testing.T) {
	w := newWorld(t)
	w.extra = append(w.extra, account{"co2", staff.CountyOperator, countyHere, ""})
	o, foreign := w.ordered(pointHere), w.ordered(pointThere)
	enter := func(serial, yuan, day, order string) (int, string) {
		res, page := w.as("co").post("/gl/transfers", url.Values{"serial": {serial}, "yuan": {yuan}, "day": {day}, "order": {order}}, "/gl/transfers")
		return res.StatusCode, page
	}
	for name, c := range map[string][4]string{"no serial": {"", "170", "2019-09-05", o.Number}, "no amount": {"B1", "一百七", "2019-09-05", o.Number}, "nothing": {"B1", "0", "2019-09-05", o.Number},
		"tomorrow": {"B1", "170", "2019-09-07", o.Number}, "foreign": {"B1", "170", "2019-09-05", foreign.Number}, "three decimals": {"B1", "170.001", "2019-09-05", o.Number}} {
		if got, _ := enter(c[0], c[1], c[2], c[3]); got != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got, _ := enter("B1", "170.00", "2019-09-05", o.Number); got != http.StatusSeeOther {
		t.Fatalf("entered: %d", got)
	}
	if got, page := enter("B1", "170.00", "2019-09-05", o.Number); got != http.StatusConflict || !strings.Contains(page, "已经登记过了") {
		t.Errorf("entered twice: %d", got)
	}
	_, page := w.as("co2").get("/gl/transfers")
	confirm := regexp.MustCompile(`/gl/transfers/[0-9a-f]+/confirm`).FindString(page)
	if confirm == "" || strings.Contains(page, "170.00") {
		t.Fatal("nothing to confirm, or the amount is shown to who has to read it")
	}
	say := func(who, yuan string) int {
		res, _ := w.as(who).post(confirm, url.Values{"yuan": {yuan}}, "/gl/transfers")
		return res.StatusCode
	}
	if got := say("co", "170"); got != http.StatusForbidden {
		t.Errorf("confirmed by who entered it: %d", got)
	}
	if got := say("co2", "17"); got != http.StatusUnprocessableEntity {
		t.Errorf("another amount: %d", got)
	}
	if got := say("co2", "170"); got != http.StatusSeeOther {
		t.Fatalf("confirmed: %d", got)
	}
	if got := say("co2", "170"); got != http.StatusConflict {
		t.Errorf("confirmed twice: %d", got)
	}
	if _, page := w.as("co").get("/gl/payments/" + o.Number); !strings.Contains(page, "已缴费") || !strings.Contains(page, "两人登记") || strings.Count(page, "银行转账收款") != 1 {
		t.Error("it is not booked once")
	}
	if got, _ := enter("B1", "170.00", "2019-09-05", o.Number); got != http.StatusConflict {
		t.Errorf("entered again once it is booked: %d", got)
	}
}

// TestLedger: the day of a channel, its funds and entries, and that it balances; off it
// says by how much.
func TestLedger(t *testing.T) {
	w := newWorld(t)
	b := w.again(pointHere)
	_, page := w.as("po").get("/gl/ledger?channel=wechat&day=2019-09-06")
	for _, want := range []string{"借贷相符", "340.00", "微信支付应交来的", b.Movement.Number, "重复缴费"} {
		if !strings.Contains(page, want) {
			t.Errorf("the ledger does not say %s", want)
		}
	}
	if res, csv := w.as("po").get("/gl/ledger?channel=wechat&day=2019-09-06&as=csv"); res.StatusCode != http.StatusOK || strings.Count(csv, b.Movement.Number) != 2 {
		t.Errorf("as a file: %d", res.StatusCode)
	}
	if res, _ := w.as("po").get("/gl/ledger?channel=barter"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("of no channel: %d", res.StatusCode)
	}
	w.write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE payment_entry SET credit_fen = credit_fen + 100 WHERE credit = 'suspense'`)
		return err
	})
	if _, page = w.as("po").get("/gl/ledger?channel=wechat&day=2019-09-06"); !strings.Contains(page, "各账户合计应为零，现在差 1.00 元") || !strings.Contains(page, "有 1 笔借贷不等") {
		t.Error("it does not say by how much it is off")
	}
}

// TestCash: papers are handed in, the order opens, its very amount is taken once, the
// receipt is printed, two persons sign the day, and then no more is taken.
func TestCash(t *testing.T) {
	w := newWorld(t, inCash)
	her := w.people[0].Application
	path := "/gl/cash/" + her.ID
	post := func(who, at string, form url.Values) (int, string) {
		t.Helper()
		res, page := w.as(who).post(at, form, "/gl/cash")
		return res.StatusCode, page
	}
	if got, page := post("cl", "/gl/cash", url.Values{"q": {string(her.Name())}}); got != http.StatusOK || !strings.Contains(page, path) {
		t.Errorf("not found at the counter: %d", got)
	}
	if got, page := post("cl", "/gl/cash", url.Values{"q": {string(w.people[1].Application.Name())}}); got != http.StatusOK || strings.Contains(page, "/gl/cash/"+w.people[1].Application.ID) {
		t.Errorf("somebody of another county is found: %d", got)
	}
	if _, page := w.as("cl").get(path); !strings.Contains(page, "材料已交") || !strings.Contains(page, string(her.Name())) {
		t.Error("her page does not ask for her papers")
	}
	if got, _ := post("cl", path+"/papers", url.Values{}); got != http.StatusSeeOther {
		t.Fatalf("papers: %d", got)
	}
	_, page := w.as("cl").get(path)
	order, fen := regexp.MustCompile(`name="order" value="(\d+)"`).FindStringSubmatch(page), regexp.MustCompile(`name="fen" value="(\d+)"`).FindStringSubmatch(page)
	if order == nil || fen == nil {
		t.Fatalf("nothing to take: %s", textOf(page))
	}
	if got, _ := post("cl", path+"/take", url.Values{"order": {order[1]}, "fen": {fen[1] + "0"}}); got != http.StatusConflict {
		t.Errorf("another amount: %d", got)
	}
	if got, _ := post("cl", "/gl/cash/"+w.people[2].Application.ID+"/take", url.Values{"order": {order[1]}, "fen": {fen[1]}}); got != http.StatusConflict {
		t.Errorf("somebody else's order: %d", got)
	}
	take := url.Values{"order": {order[1]}, "fen": {fen[1]}}
	if got, _ := post("cl", path+"/take", take); got != http.StatusSeeOther {
		t.Fatalf("taken: %d", got)
	}
	if got, _ := post("ph", path+"/take", take); got != http.StatusConflict {
		t.Errorf("taken twice: %d", got)
	}
	res, pdf := w.as("cl").post(path+"/receipt", url.Values{"movement": {order[1] + "-1"}}, path)
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(pdf, "%PDF") || strings.Contains(res.Header.Get("Content-Disposition"), string(her.Name())) {
		t.Errorf("receipt: %d %s", res.StatusCode, res.Header.Get("Content-Disposition"))
	}
	if _, page := w.as("co").get("/gl/payments/" + order[1]); !strings.Contains(page, "已缴费") || !strings.Contains(page, "某cl") || !strings.Contains(page, "当面收取") {
		t.Error("the order does not say who took it")
	}
	var yuan float64
	if _, err := fmt.Sscan(fen[1], &yuan); err != nil {
		t.Fatal(err)
	}
	at, day := "/gl/points/"+pointHere+"/cash", "2019-09-06"
	count := func(who string, fen float64, why string) (int, string) {
		return post(who, at, url.Values{"day": {day}, "counted": {fmt.Sprintf("%.2f", fen/100)}, "reason": {why}})
	}
	if got, page := count("cl", yuan-100, ""); got != http.StatusUnprocessableEntity || !strings.Contains(page, "请写原因") {
		t.Errorf("a difference without a reason: %d", got)
	}
	if got, _ := count("cl", yuan-100, "找零多给一元"); got != http.StatusSeeOther {
		t.Fatalf("counted: %d", got)
	}
	_, page = w.as("ph").get("/gl/cash?day=" + day)
	id := regexp.MustCompile(`name="count" value="([0-9a-f]+)"`).FindStringSubmatch(page)
	if id == nil || !strings.Contains(page, "−1.00") {
		t.Fatal("nothing to sign, or the difference is not shown")
	}
	sign := url.Values{"day": {day}, "count": {id[1]}}
	if got, _ := post("cl", at+"/sign", sign); got != http.StatusForbidden {
		t.Errorf("signed by who counted: %d", got)
	}
	if got, _ := post("ph", at+"/sign", sign); got != http.StatusSeeOther {
		t.Fatalf("signed: %d", got)
	}
	if got, _ := count("cl", yuan, ""); got != http.StatusConflict {
		t.Errorf("counted once it is signed: %d", got)
	}
	if got, _ := post("cl", "/gl/cash/"+w.people[2].Application.ID+"/papers", url.Values{}); got != http.StatusSeeOther {
		t.Fatalf("papers: %d", got)
	}
	_, page = w.as("cl").get("/gl/cash/" + w.people[2].Application.ID)
	if !strings.Contains(page, "今天的现金已经签字") {
		t.Error("the counter does not say that it is closed")
	}
	if _, page = w.as("co").get("/gl/cash?day=" + day); !strings.Contains(page, "已签字") {
		t.Error("the county does not see that it is signed")
	}
}

// TestDeposit: the cash of a signed day waits for a slip of the bank; one enters it,
// another reads it again without seeing the amount; a difference needs its reason and is
// shown to all; what was taken back waits again; nobody sees another county's.
func TestDeposit(t *testing.T) {
	w := newWorld(t, inCash)
	w.signedDay(pointHere, "2019-09-02")
	w.signedDay(pointHere, "2019-09-03")
	w.signedDay(pointThere, "2019-09-02")
	post := func(who, at string, form url.Values) (int, string) {
		t.Helper()
		res, page := w.as(who).post(at, form, "/gl/deposits?point="+pointHere)
		return res.StatusCode, page
	}
	enter := "/gl/points/" + pointHere + "/deposits"
	slip := func(serial, yuan, why string, days ...string) url.Values {
		return url.Values{"serial": {serial}, "yuan": {yuan}, "day": {"2019-09-04"}, "reason": {why}, "for": days}
	}
	waits := regexp.MustCompile(`name="for" value="([\d-]+)"`)
	if _, page := w.as("cl").get("/gl/deposits"); len(waits.FindAllString(page, -1)) != 2 {
		t.Errorf("what waits: %s", textOf(page))
	}
	for name, x := range map[string]struct {
		form url.Values
		want int
	}{
		"no day":     {slip("J1", "1", ""), http.StatusUnprocessableEntity},
		"not signed": {slip("J1", "1", "", "2019-09-01"), http.StatusUnprocessableEntity},
		"differs":    {slip("J1", "3", "", "2019-09-02", "2019-09-03"), http.StatusUnprocessableEntity},
		"before":     {url.Values{"serial": {"J1"}, "yuan": {"1"}, "day": {"2019-09-02"}, "for": {"2019-09-03"}}, http.StatusUnprocessableEntity},
		"to come":    {url.Values{"serial": {"J1"}, "yuan": {"1"}, "day": {"2030-01-01"}, "for": {"2019-09-03"}}, http.StatusUnprocessableEntity},
		"no number":  {slip(" ", "1", "", "2019-09-02"), http.StatusUnprocessableEntity},
		"no amount":  {slip("J1", "一元", "", "2019-09-02"), http.StatusUnprocessableEntity},
	} {
		if got, page := post("cl", enter, x.form); got != x.want {
			t.Errorf("%s: %d: %s", name, got, textOf(page))
		}
	}
	if got, page := post("cl", enter, slip("J1", "1", "", "2019-09-02")); got != http.StatusSeeOther {
		t.Fatalf("entered: %d: %s", got, textOf(page))
	}
	for name, form := range map[string]url.Values{"the slip": slip("J1", "1", "", "2019-09-03"), "the day": slip("J2", "1", "", "2019-09-02")} {
		if got, _ := post("cl", enter, form); got != http.StatusConflict {
			t.Errorf("%s twice: %d", name, got)
		}
	}
	_, page := w.as("ph").get("/gl/deposits")
	sign := regexp.MustCompile(`/gl/deposits/[0-9a-f]+/sign`).FindString(page)
	if sign == "" || !strings.Contains(page, "核对后显示") {
		t.Fatalf("the second sees: %s", textOf(page))
	}
	for who, x := range map[string]struct {
		yuan string
		want int
	}{"cl": {"1", http.StatusForbidden}, "ph": {"1.5", http.StatusUnprocessableEntity}} {
		if got, _ := post(who, sign, url.Values{"yuan": {x.yuan}}); got != x.want {
			t.Errorf("%s: %d", who, got)
		}
	}
	if got, page := post("ph", sign, url.Values{"yuan": {"1"}}); got != http.StatusSeeOther {
		t.Fatalf("signed: %d: %s", got, textOf(page))
	}
	drop := strings.TrimSuffix(sign, "sign") + "drop"
	if got, _ := post("ph", drop, url.Values{"reason": {"单号看错了"}}); got != http.StatusConflict {
		t.Errorf("a signed one is taken back: %d", got)
	}
	// One that differs says so to whoever looks; taken back, its day waits again.
	if got, _ := post("cl", enter, slip("J3", "0.50", "银行验出假币", "2019-09-03")); got != http.StatusSeeOther {
		t.Fatalf("differs, with its reason: %d", got)
	}
	_, page = w.as("cl").get("/gl/deposits")
	other := regexp.MustCompile(`/gl/deposits/[0-9a-f]+/drop`).FindString(page)
	if got, _ := post("cl", other, url.Values{"reason": {"单号看错了"}}); got != http.StatusSeeOther {
		t.Fatalf("taken back: %d", got)
	}
	if _, page = w.as("cl").get("/gl/deposits"); len(waits.FindAllString(page, -1)) != 1 || !strings.Contains(page, "单号看错了") {
		t.Errorf("taken back: %s", textOf(page))
	}
	if got, _ := post("cl", enter, slip("J3", "0.50", "银行验出假币", "2019-09-03")); got != http.StatusSeeOther {
		t.Fatalf("again: %d", got)
	}
	_, page = w.as("ph").get("/gl/deposits")
	if got, _ := post("ph", regexp.MustCompile(`/gl/deposits/[0-9a-f]+/sign`).FindString(page), url.Values{"yuan": {"0.5"}}); got != http.StatusSeeOther {
		t.Fatalf("signed: %d", got)
	}
	if _, page = w.as("po").get("/gl/deposits"); !strings.Contains(page, "已存，不相符") || !strings.Contains(page, "银行验出假币") || !strings.Contains(page, "2019-09-02") {
		t.Errorf("the province sees: %s", textOf(page))
	}
	if _, page = w.as("co").get("/gl/deposits"); strings.Contains(page, pointThere) || !strings.Contains(page, "J3") {
		t.Errorf("the county sees: %s", textOf(page))
	}
	if res, _ := w.as("co").get("/gl/deposits?point=" + pointThere); res.StatusCode != http.StatusNotFound {
		t.Errorf("another county's point: %d", res.StatusCode)
	}
	if got := w.acts(strings.Split(sign, "/")[3]); len(got) != 2 || got[0] != "cash.deposited" || got[1] != "cash.agreed" {
		t.Errorf("the journal says %q", got)
	}
}
