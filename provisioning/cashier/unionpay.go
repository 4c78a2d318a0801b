package cashier

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// UnionPay's online gateway (ACP 5.1.0, 全渠道平台).

const unionTime = "20060102150405"

// unionText is what is signed: the hex digits of the SHA-256 of all parameters.
func unionText(form map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(form)) {
		if k != "signature" {
			parts = append(parts, k+"="+form[k])
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "&")))
	return hex.EncodeToString(sum[:])
}

// unionSigned adds the company's certificate and its signature.
func (c *Cashier) unionSigned(d desk, form map[string]string) map[string]string {
	form["signPubKeyCert"] = c.unionCert
	form["signature"] = d.sign(unionText(form))
	return form
}

// unionKnows reads a form and verifies the merchant's signature.
func (c *Cashier) unionKnows(r *http.Request) (form map[string]string, good bool) {
	form = map[string]string{}
	if r.ParseForm() != nil {
		return form, false
	}
	for k, v := range r.PostForm {
		if len(v) != 1 {
			return form, false
		}
		form[k] = v[0]
	}
	_, err := time.ParseInLocation(unionTime, form["txnTime"], zone)
	return form, err == nil && c.desks[UnionPay].verify(unionText(form), form["signature"]) && form["certId"] == UnionPayCert && form["merId"] == UnionPayMerchant && form["version"] == "5.1.0" && form["signMethod"] == "01"
}

// unionpay answers what a server asks: backTransReq.do, queryTrans.do, files.
func (c *Cashier) unionpay(w http.ResponseWriter, r *http.Request) {
	if c.knobs(UnionPay).Away {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	form, good := c.unionKnows(r)
	out := map[string]string{}
	for _, k := range []string{"version", "encoding", "signMethod", "txnType", "txnSubType", "bizType", "accessType", "merId", "orderId", "txnTime"} {
		if form[k] != "" {
			out[k] = form[k]
		}
	}
	more := map[string]string{"respCode": "11", "respMsg": "Signature verification failed"}
	if good {
		more = c.unionAnswer(form)
	}
	maps.Copy(out, more)
	c.unionSigned(c.desks[UnionPay], out)
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(out)) {
		parts = append(parts, k+"="+out[k]) // not escaped: so it is with the real one
	}
	_, _ = io.WriteString(w, strings.Join(parts, "&")) // who asked may be gone
}

func (c *Cashier) unionAnswer(form map[string]string) map[string]string {
	code := func(s string) map[string]string { return map[string]string{"respCode": s, "respMsg": "[" + s + "]"} }
	switch form["txnType"] + form["txnSubType"] {
	case "0107":
		t, err := c.unionOpen("qr", form)
		switch {
		case errors.Is(err, errAlready):
			return code("12") // a repeated order
		case err != nil:
			return code("10")
		case len(t.Paid) > 0:
			return code("12")
		}
		return map[string]string{"respCode": "00", "respMsg": "success", "qrCode": t.code()}
	case "0000":
		return c.unionQuery(form)
	case "0400":
		fen, err := strconv.ParseInt(form["txnAmt"], 10, 64)
		if err != nil || !isOrder(form["orderId"], 8, 40) {
			return code("10")
		}
		r, err := c.book.giveBack(refund{Company: UnionPay, Ref: form["orderId"], Asked: form["txnTime"], Of: form["origQryId"], Fen: fen, Notify: form["backUrl"]})
		switch {
		case errors.Is(err, errUnknown):
			return code("34")
		case errors.Is(err, errAlready):
			return code("36") // not the amount of the payment
		case err != nil:
			return code("02")
		}
		return map[string]string{"respCode": "00", "respMsg": "success", "queryId": r.Number, "origQryId": r.Of, "txnAmt": form["txnAmt"]}
	case "7601":
		return c.unionFile(form["settleDate"])
	}
	return code("10")
}

func (c *Cashier) unionOpen(way string, form map[string]string) (trade, error) {
	fen, err := strconv.ParseInt(form["txnAmt"], 10, 64)
	until, late := time.ParseInLocation(unionTime, form["payTimeout"], zone)
	if err != nil || fen <= 0 || late != nil && form["payTimeout"] != "" || form["currencyCode"] != "156" || form["backUrl"] == "" || !isOrder(form["orderId"], 8, 40) {
		return trade{}, errAsked
	}
	return c.book.open(trade{Company: UnionPay, Order: form["orderId"], Opened: form["txnTime"], Way: way, Fen: fen, What: "消费", Until: until, Notify: form["backUrl"], Back: form["frontUrl"]})
}

// unionFront is frontTransReq.do: what her browser posts, and is sent on from to the
// page on which one pays.
func (c *Cashier) unionFront(w http.ResponseWriter, r *http.Request) {
	form, good := c.unionKnows(r)
	if !good || form["txnType"] != "01" || form["txnSubType"] != "01" || form["frontUrl"] == "" {
		http.Error(w, "respCode=11 Signature verification failed", http.StatusBadRequest)
		return
	}
	if c.knobs(UnionPay).Away {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	t, err := c.unionOpen("front", form)
	if err != nil {
		http.Error(w, "respCode=10", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, "/pay/"+t.ID, http.StatusSeeOther)
}

// unionQuery is 交易状态查询, of a payment or a refund.
func (c *Cashier) unionQuery(form map[string]string) map[string]string {
	if t, ok := c.book.find(UnionPay, form["orderId"], form["txnTime"]); ok {
		switch {
		case len(t.Paid) > 0:
			out := unionPaid(t, t.Paid[0])
			out["respCode"], out["origRespCode"] = "00", "00"
			return out
		case t.over(c.now()):
			return map[string]string{"respCode": "00", "origRespCode": "39", "txnType": "01", "txnAmt": strconv.FormatInt(t.Fen, 10), "currencyCode": "156"}
		}
		return map[string]string{"respCode": "00", "origRespCode": "05", "txnType": "01", "txnAmt": strconv.FormatInt(t.Fen, 10), "currencyCode": "156"}
	}
	r, _, ok := c.book.back(UnionPay, form["orderId"], form["txnTime"])
	if !ok {
		return map[string]string{"respCode": "34", "respMsg": "no such transaction"}
	}
	out := unionRefunded(r)
	out["respCode"], out["origRespCode"] = "00", map[string]string{done: "00", failed: "65"}[r.State]
	if r.State == onWay {
		out["origRespCode"] = "05"
	}
	return out
}

// unionPaid is how the company tells of a payment; time without a year.
func unionPaid(t trade, p payment) map[string]string {
	sub := "01"
	if t.Way == "qr" {
		sub = "07"
	}
	return map[string]string{"txnType": "01", "txnSubType": sub, "orderId": t.Order, "txnTime": t.Opened, "txnAmt": strconv.FormatInt(p.Fen, 10), "currencyCode": "156",
		"settleCurrencyCode": "156", "settleAmt": strconv.FormatInt(p.Fen, 10), "queryId": p.Number, "traceTime": p.At.In(zone).Format("0102150405"), "traceNo": trace(p.Trace), "settleDate": p.At.In(zone).Format("0102")}
}

func unionRefunded(r refund) map[string]string {
	return map[string]string{"txnType": "04", "txnSubType": "00", "orderId": r.Ref, "txnTime": r.Asked, "txnAmt": strconv.FormatInt(r.Fen, 10), "currencyCode": "156", "settleCurrencyCode": "156",
		"queryId": r.Number, "origQryId": r.Of, "traceTime": r.At.In(zone).Format("0102150405"), "traceNo": trace(r.Trace), "settleDate": r.At.In(zone).Format("0102")}
}

// trace is 系统跟踪号, six digits.
func trace(n int) string { return fmt.Sprintf("%06d", n%1000000) }

// unionNotice makes a notice: a form with the certificate in it.
func (c *Cashier) unionNotice(d desk, form map[string]string, code string) string {
	for k, v := range map[string]string{"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "bizType": "000201", "accessType": "0", "merId": UnionPayMerchant, "respCode": code, "respMsg": "[" + code + "]"} {
		form[k] = v
	}
	out := url.Values{}
	for k, v := range c.unionSigned(d, form) {
		out.Set(k, v)
	}
	return out.Encode()
}

func readText(path string) (string, error) {
	b, err := os.ReadFile(path)
	return string(b), err
}
