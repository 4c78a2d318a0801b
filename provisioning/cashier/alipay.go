package cashier

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Alipay's open platform (opendocs.alipay.com): one gateway, RSA2.

// answer is what is said of a trade or a refund.
type answer map[string]any

func no(sub string) answer {
	return answer{"code": "40004", "msg": "Business Failed", "sub_code": sub, "sub_msg": sub}
}

// alipay answers /alipay/gateway.do: of a server in JSON, of a browser with the page
// on which one pays.
func (c *Cashier) alipay(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	form := map[string]string{}
	for k, v := range r.Form {
		form[k] = v[0] // charset stands in the address too
	}
	if c.knobs(Alipay).Away {
		c.alipaySay(w, "error", `{"code":"20000","msg":"Service Currently Unavailable","sub_code":"isp.unknow-error","sub_msg":"系统繁忙"}`)
		return
	}
	var ask map[string]any
	if !c.desks[Alipay].verify(alipaySorted(form, "sign"), form["sign"]) || form["app_id"] != AlipayApp || form["sign_type"] != "RSA2" || json.Unmarshal([]byte(form["biz_content"]), &ask) != nil {
		c.alipaySay(w, "error", `{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"验签出错"}`)
		return
	}
	word := func(k string) string { s, _ := ask[k].(string); return s }
	method := form["method"]
	if method == "alipay.trade.page.pay" || method == "alipay.trade.wap.pay" {
		t, err := c.alipayOpen(strings.TrimSuffix(strings.TrimPrefix(method, "alipay.trade."), ".pay"), form, word)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		http.Redirect(w, r, "/pay/"+t.ID, http.StatusSeeOther)
		return
	}
	out := c.alipayAnswer(method, form, word)
	if out["code"] == nil {
		out["code"], out["msg"] = "10000", "Success"
	}
	text, err := json.Marshal(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	c.alipaySay(w, strings.ReplaceAll(method, ".", "_"), string(text))
}

// alipaySay signs the bytes of the answer as they stand.
func (c *Cashier) alipaySay(w http.ResponseWriter, name, text string) {
	sign := strings.ReplaceAll(c.desks[Alipay].sign(text), "/", `\/`)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, `{"`+name+`_response":`+text+`,"sign":"`+sign+`"}`) // who asked may be gone
}

// alipaySorted is what is signed of a form.
func alipaySorted(form map[string]string, without ...string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(form)) {
		if form[k] != "" && !slices.Contains(without, k) {
			parts = append(parts, k+"="+form[k])
		}
	}
	return strings.Join(parts, "&")
}

var errAsked = errors.New("cashier: that cannot be paid")

func (c *Cashier) alipayOpen(way string, form map[string]string, word func(string) string) (trade, error) {
	fen, ok := inFen(word("total_amount"))
	until, err := time.ParseInLocation(time.DateTime, word("time_expire"), zone)
	if !ok || err != nil && word("time_expire") != "" || word("subject") == "" || form["notify_url"] == "" || !isOrder(word("out_trade_no"), 1, 64) {
		return trade{}, errAsked
	}
	t, err := c.book.open(trade{Company: Alipay, Order: word("out_trade_no"), Way: way, Fen: fen, What: word("subject"), Until: until, Notify: form["notify_url"], Back: form["return_url"]})
	return t, err
}

func (c *Cashier) alipayAnswer(method string, form map[string]string, word func(string) string) answer {
	switch method {
	case "alipay.trade.precreate":
		t, err := c.alipayOpen("precreate", form, word)
		switch {
		case errors.Is(err, errAlready):
			return no("ACQ.CONTEXT_INCONSISTENT")
		case err != nil:
			return no("ACQ.INVALID_PARAMETER")
		case len(t.Paid) > 0:
			return no("ACQ.TRADE_HAS_SUCCESS")
		case t.Closed:
			return no("ACQ.TRADE_HAS_CLOSE")
		}
		return answer{"out_trade_no": t.Order, "qr_code": t.code()}
	case "alipay.trade.query":
		return c.alipayQuery(word("out_trade_no"))
	case "alipay.trade.close":
		t, ok := c.book.find(Alipay, word("out_trade_no"), "")
		switch {
		case !ok || !t.Scanned: // a code that nobody scanned is no trade
			return no("ACQ.TRADE_NOT_EXIST")
		case c.book.close(Alipay, t.Order) != nil:
			return no("ACQ.TRADE_STATUS_ERROR")
		}
		return answer{"out_trade_no": t.Order}
	case "alipay.trade.refund":
		return c.alipayRefund(form, word)
	case "alipay.trade.fastpay.refund.query":
		r, of, ok := c.book.back(Alipay, word("out_request_no"), "")
		if !ok || r.State != done || r.Of != word("trade_no") {
			return answer{} // it says nothing of what is not done
		}
		return answer{"out_trade_no": of.Order, "trade_no": r.Of, "out_request_no": r.Ref, "refund_amount": inYuan(r.Fen), "total_amount": inYuan(r.Fen), "refund_status": "REFUND_SUCCESS",
			"gmt_refund_pay": r.At.In(zone).Format(time.DateTime)}
	case "alipay.data.dataservice.bill.downloadurl.query":
		day, err := time.ParseInLocation(time.DateOnly, word("bill_date"), zone)
		if err != nil || word("bill_type") != "trade" || !c.stated(day) || len(c.book.moves(Alipay, day)) == 0 {
			return no("isp.bill_not_exist")
		}
		return answer{"bill_download_url": c.base + "/alipay/bill?" + url.Values{"day": {day.Format(time.DateOnly)}, "downloadFileName": {AlipaySeller + "_" + day.Format("20060102") + ".csv.zip"}}.Encode()}
	}
	return no("isv.invalid-method")
}

func (c *Cashier) alipayQuery(order string) answer {
	t, ok := c.book.find(Alipay, order, "")
	if !ok || !t.Scanned {
		return no("ACQ.TRADE_NOT_EXIST")
	}
	out := answer{"out_trade_no": t.Order, "trade_no": number(Alipay, t.Asked, 0), "total_amount": inYuan(t.Fen), "trade_status": "WAIT_BUYER_PAY", "buyer_user_id": "2088000000009999"}
	switch {
	case len(t.Paid) > 0:
		p := t.Paid[0]
		out["trade_no"], out["total_amount"], out["trade_status"], out["send_pay_date"] = p.Number, inYuan(p.Fen), "TRADE_SUCCESS", p.At.In(zone).Format(time.DateTime)
		if c.book.givenBack(Alipay, p.Number) {
			out["trade_status"] = "TRADE_CLOSED"
		}
	case t.over(c.now()):
		out["trade_status"] = "TRADE_CLOSED"
	}
	return out
}

func (c *Cashier) alipayRefund(form map[string]string, word func(string) string) answer {
	fen, ok := inFen(word("refund_amount"))
	if !ok || !isOrder(word("out_request_no"), 1, 64) {
		return no("ACQ.INVALID_PARAMETER")
	}
	if c.knobs(Alipay).RefundFails {
		return no("ACQ.SELLER_BALANCE_NOT_ENOUGH") // it answers at once
	}
	r, err := c.book.giveBack(refund{Company: Alipay, Ref: word("out_request_no"), Of: word("trade_no"), Fen: fen, Notify: form["notify_url"]})
	switch {
	case errors.Is(err, errUnknown):
		return no("ACQ.TRADE_NOT_EXIST")
	case errors.Is(err, errAlready):
		return no("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
	case err != nil:
		return no("ACQ.SYSTEM_ERROR")
	}
	_, of, _ := c.book.back(Alipay, r.Ref, "")
	return answer{"trade_no": r.Of, "out_trade_no": of.Order, "fund_change": "Y", "refund_fee": inYuan(r.Fen)}
}

// alipayNotice makes a notice: a form, signed without sign_type.
func (c *Cashier) alipayNotice(d desk, form map[string]string) string {
	for k, v := range map[string]string{"app_id": AlipayApp, "seller_id": AlipaySeller, "notify_time": c.now().In(zone).Format(time.DateTime), "notify_type": "trade_status_sync",
		"charset": "utf-8", "version": "1.0", "sign_type": "RSA2", "buyer_id": "2088000000009999"} {
		form[k] = v
	}
	form["sign"] = d.sign(alipaySorted(form, "sign", "sign_type"))
	out := url.Values{}
	for k, v := range form {
		out.Set(k, v)
	}
	return out.Encode()
}
