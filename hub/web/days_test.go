package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/daybook"
	"zhunkao/hub/staff"
	"zhunkao/protocol/window"
)

// stated is a file of WeChat's of one day of September, a line for each transaction,
// all of 160 yuan, of the order with the same number.
func stated(day int, fen int64, transactions ...string) []byte {
	var b strings.Builder
	b.WriteString("\xEF\xBB\xBF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n")
	yuan := fmt.Sprintf("%d.%02d", fen/100, fen%100)
	for i, x := range transactions {
		fmt.Fprintf(&b, "`2019-09-%02d 10:0%d:00,`wx01,`1900000109,`0,`,`4200%s,`%s,`oSynthetic,`NATIVE,`SUCCESS,`OTHERS,`CNY,`%s,`0.00,`0,`0,`0.00,`0.00,`,`,`报名考试费,`,`0.00000,`0.00%%,`%s,`0.00,`\r\n",
			day, i, x, x, yuan, yuan)
	}
	sum := fen * int64(len(transactions))
	yuan = fmt.Sprintf("%d.%02d", sum/100, sum%100)
	b.WriteString("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n")
	fmt.Fprintf(&b, "`%d,`%s,`0.00,`0.00,`0.00000,`%s,`0.00\r\n", len(transactions), yuan, yuan)
	return []byte(b.String())
}

func (w *world) books() *daybook.Books {
	return &daybook.Books{DB: w.db, Keys: w.keys, Now: func() int64 { return w.flow.Now().UnixMilli() }}
}

// takes has the hub take a file, and run its days.
func (w *world) takes(raw []byte) daybook.Day {
	w.t.Helper()
	ctx, b := w.t.Context(), w.books()
	out, err := b.Take(ctx, daybook.Delivery{Channel: "wechat", Bytes: raw, Source: daybook.Fetched}, func(context.Context, *db.Tx, daybook.File) error { return nil })
	if err == nil {
		_, err = b.RunAll(ctx)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return out.File.Day
}

// leftOver gives a residue: a payment that only the channel knows of.
func (w *world) leftOver() (id string) {
	w.t.Helper()
	day := w.takes(stated(3, 16000, fmt.Sprint(90000+w.next.Add(1))))
	w.write(w.t.Context(), func(tx *db.Tx) error {
		all, err := daybook.ResiduesOf(w.t.Context(), tx, day, true)
		id = all[len(all)-1].ID
		return err
	})
	return id
}

// dayOf is the day in whose book a residue was found.
func (w *world) dayOf(residue string) (day string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		r, err := daybook.GetResidue(w.t.Context(), tx, residue)
		day = r.FoundDay.String()
		return err
	})
	return day
}

// contradicted gives a movement of which two files say two things.
func (w *world) contradicted() (id string) {
	w.t.Helper()
	n := fmt.Sprint(80000 + w.next.Add(1))
	w.takes(stated(4, 16000, n))
	day := w.takes(stated(4, 15900, n))
	w.write(w.t.Context(), func(tx *db.Tx) error {
		all, err := daybook.ConflictsOf(w.t.Context(), tx, day)
		for _, c := range all {
			if c.State == daybook.Waits && c.New != nil {
				id = c.ID
			}
		}
		return err
	})
	return id
}

// honestDay is the honest use of the routes of days.
func (w *world) honestDay(path string) (honest, bool) {
	po := w.as("po")
	switch path {
	case "/gl/days":
		return honest{path: path, browser: po, form: url.Values{"channel": {"wechat"}, "day": {"2019-09-02"}}, file: &attached{field: "file", name: "bill.csv", body: stated(2, 16000, "70001")}}, true
	case "/gl/days/:id/close": // asks; the second person agrees
		day := w.takes(stated(1, 16000, "60001"))
		_, page := po.get("/gl/days/" + day.String())
		return honest{path: "/gl/days/" + day.String() + "/close", browser: po, form: url.Values{"seen": {dayFacts.FindStringSubmatch(page)[1]}, "reason": {"核对无误"}}}, true
	case "/gl/residues/:id/settle":
		return honest{path: "/gl/residues/" + w.leftOver() + "/settle", browser: po, form: url.Values{"reason": {"渠道确认"}}}, true
	case "/gl/statements/:id/decide":
		return honest{path: "/gl/statements/" + w.contradicted() + "/decide", browser: po, form: url.Values{"to": {"taken"}, "reason": {"渠道确认"}}}, true
	}
	return honest{}, false
}

var dayFacts = regexp.MustCompile(`name="seen" value="([0-9a-f]{16})"`)

// A day from its file to its closing: refused whole with its line, taken, the same
// again, an exception ended by two, closed by two, on paper and as a file.
func TestDayIsClosedByTwo(t *testing.T) {
	w := newWorld(t, demo)
	w.extra = append(w.extra, account{"po2", staff.ProvinceOperator, "430000", ""})
	ctx := t.Context()
	first, second := w.as("po"), w.as("po2")
	bring := func(raw []byte) (*http.Response, string) {
		t.Helper()
		return first.sendFile("/gl/days", url.Values{"channel": {"wechat"}, "day": {""}}, attached{field: "file", name: "bill.csv", body: raw}, "/gl/days")
	}
	if res, page := bring([]byte(strings.Replace(string(stated(5, 16000, "1", "2")), "`160.00", "`16O.00", 1))); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "整份没有收") {
		t.Fatalf("a broken file: %d %s", res.StatusCode, page)
	}
	w.write(ctx, func(tx *db.Tx) error {
		return errors.Join(
			payment.OpenOrder(ctx, tx, payment.Order{Number: "1", Application: "app1", Campaign: w.camp.ID, Division: countyHere, Point: pointHere, Level: "5", Fen: 16000, OpenedAt: 10}),
			bookFor(ctx, tx, "1"))
	})
	if res, _ := bring(stated(5, 16000, "1", "2")); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/gl/days/2019-09-05?done=taken" {
		t.Fatalf("taken: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := bring(stated(5, 16000, "1", "2")); res.Header.Get("Location") != "/gl/days/2019-09-05?done=again" {
		t.Errorf("again: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	_, page := first.get("/gl/days/2019-09-05")
	for _, want := range []string{"没有这张缴费单", "还有 1 笔没处理", "核对过", "岳麓区"} {
		if (want == "岳麓区") == strings.Contains(page, want) { // whose it is stands on no page of sums
			t.Errorf("the page and %q: %s", want, page)
		}
	}
	settle := regexp.MustCompile(`action="(/gl/residues/[0-9a-f]+/settle)"`).FindStringSubmatch(page)[1]
	two := func(path string, form url.Values) {
		t.Helper()
		if res, page := first.post(path, form, "/gl/days/2019-09-05"); res.Header.Get("Location") != "/gl/seconds?done=asked" {
			t.Fatalf("%s: %d %s", path, res.StatusCode, page)
		}
		_, page := second.get("/gl/seconds")
		agree := regexp.MustCompile(`action="(/gl/seconds/[0-9a-f]+/agree)"`).FindStringSubmatch(page)
		if agree == nil {
			t.Fatalf("nothing to agree to: %s", page)
		}
		if res, page := second.post(agree[1], url.Values{}, "/gl/seconds"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("agree: %d %s", res.StatusCode, page)
		}
		if res, page := first.post(path, form, "/gl/days/2019-09-05"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/gl/days/2019-09-05?done=") {
			t.Fatalf("%s by two: %d %s %s", path, res.StatusCode, res.Header.Get("Location"), page)
		}
	}
	two(settle, url.Values{"reason": {"渠道确认是测试交易"}})
	_, page = first.get("/gl/days/2019-09-05")
	two("/gl/days/2019-09-05/close", url.Values{"seen": {dayFacts.FindStringSubmatch(page)[1]}, "reason": {"核对无误"}})
	if _, page = first.get("/gl/days/2019-09-05"); !strings.Contains(page, "两人于") || strings.Contains(page, "/close\"") {
		t.Errorf("closed, the page says %s", page)
	}
	if res, page := first.post("/gl/days/2019-09-05/close", url.Values{"seen": {"0"}, "reason": {"再来"}}, "/gl/days"); res.StatusCode != http.StatusConflict || !strings.Contains(page, "已经办过") {
		t.Errorf("closed again: %d %s", res.StatusCode, page)
	}
	if res, body := first.get("/gl/days/2019-09-05/sheet"); res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("the sheet: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	for what, want := range map[string]string{"": "岳麓区", "&what=lines": "没有这张缴费单"} {
		if res, csv := first.get("/gl/days/2019-09-05?as=csv" + what); res.StatusCode != http.StatusOK || !strings.Contains(csv, want) || !strings.Contains(csv, "160") {
			t.Errorf("export %q: %d %s", what, res.StatusCode, csv)
		}
	}
	var v daybook.Verified
	day, _ := daybook.ParseDay("2019-09-05")
	w.write(ctx, func(tx *db.Tx) (err error) { v, err = w.books().Verify(ctx, tx, day); return err })
	if len(v.Problems) > 0 || v.Closing.By == v.Closing.Second {
		t.Errorf("verified: %+v", v)
	}
	if res, _ := w.as("ci").get("/gl/days"); res.StatusCode == http.StatusOK {
		t.Error("a city sees the province's money")
	}
}

func bookFor(ctx context.Context, tx *db.Tx, n string) error {
	at, _ := daybook.ParseDay("2019-09-05")
	_, err := payment.Book(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "4200" + n, Order: n, Fen: 16000, At: at.Start().In(window.Zone()).Add(10 * 3600e9).UnixMilli(), Source: payment.ByNotice}, now().UnixMilli())
	return err
}
