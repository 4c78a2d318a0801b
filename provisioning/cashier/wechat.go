package cashier

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// WeChat Pay, API v3 (pay.weixin.qq.com, 商户接入).

// wechatFresh is how far the time stamp of a request may be from now.
const wechatFresh = 5 * time.Minute

// wechat answers everything under /wechat/.
func (c *Cashier) wechat(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !c.wechatKnows(r, body) {
		c.wechatNo(w, http.StatusUnauthorized, "SIGN_ERROR")
		return
	}
	if c.knobs(WeChat).Away {
		c.wechatNo(w, http.StatusInternalServerError, "SYSTEM_ERROR")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/wechat/v3/")
	switch {
	case r.Method == http.MethodPost && (path == "pay/transactions/native" || path == "pay/transactions/h5"):
		c.wechatOpen(w, strings.TrimPrefix(path, "pay/transactions/"), body)
	case strings.HasPrefix(path, "pay/transactions/out-trade-no/"):
		c.wechatTrade(w, r, strings.TrimPrefix(path, "pay/transactions/out-trade-no/"), body)
	case r.Method == http.MethodPost && path == "refund/domestic/refunds":
		c.wechatRefund(w, body)
	case strings.HasPrefix(path, "refund/domestic/refunds/"):
		r, of, ok := c.book.back(WeChat, strings.TrimPrefix(path, "refund/domestic/refunds/"), "")
		if !ok {
			c.wechatNo(w, http.StatusNotFound, "RESOURCE_NOT_EXISTS")
			return
		}
		c.wechatSay(w, http.StatusOK, wechatRefunded(r, of))
	case path == "bill/tradebill":
		c.wechatBill(w, r)
	case path == "billdownload/file":
		day, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("token"), zone)
		if err != nil {
			c.wechatNo(w, http.StatusBadRequest, "PARAM_ERROR")
			return
		}
		_, _ = io.WriteString(w, c.wechatText(day)) // a file is not signed
	default:
		c.wechatNo(w, http.StatusNotFound, "NOT_FOUND")
	}
}

// wechatKnows verifies the Authorization of a request.
func (c *Cashier) wechatKnows(r *http.Request, body []byte) bool {
	kind, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	said := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		k, v, _ := strings.Cut(part, "=")
		said[strings.TrimSpace(k)] = strings.Trim(v, `"`)
	}
	stamp, err := strconv.ParseInt(said["timestamp"], 10, 64)
	if err != nil || time.Since(time.Unix(stamp, 0)).Abs() > wechatFresh || kind != "WECHATPAY2-SHA256-RSA2048" || said["mchid"] != WeChatMerchant || said["serial_no"] != WeChatSerial {
		return false
	}
	text := fmt.Sprintf("%s\n%s\n%s\n%s\n%s\n", r.Method, r.URL.RequestURI(), said["timestamp"], said["nonce_str"], body)
	return c.desks[WeChat].verify(text, said["signature"])
}

// wechatSigned are the headers of an answer or a notice.
func wechatSigned(d desk, body string) http.Header {
	stamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), rand.Text()
	h := http.Header{}
	h.Set("Wechatpay-Timestamp", stamp)
	h.Set("Wechatpay-Nonce", nonce)
	h.Set("Wechatpay-Serial", WeChatPeer)
	h.Set("Wechatpay-Signature", d.sign(stamp+"\n"+nonce+"\n"+body+"\n"))
	h.Set("Content-Type", "application/json")
	return h
}

func (c *Cashier) wechatSay(w http.ResponseWriter, status int, what any) {
	var text string
	if what != nil {
		b, err := json.Marshal(what)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		text = string(b)
	}
	for k, v := range wechatSigned(c.desks[WeChat], text) {
		w.Header()[k] = v
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // who asked may be gone
}

func (c *Cashier) wechatNo(w http.ResponseWriter, status int, code string) {
	c.wechatSay(w, status, map[string]string{"code": code, "message": code})
}

// wechatOpen is 下单 by Native or H5.
func (c *Cashier) wechatOpen(w http.ResponseWriter, way string, body []byte) {
	var ask struct {
		App    string `json:"appid"`
		Mch    string `json:"mchid"`
		What   string `json:"description"`
		Order  string `json:"out_trade_no"`
		Until  string `json:"time_expire"`
		Notify string `json:"notify_url"`
		Amount struct {
			Total    int64  `json:"total"`
			Currency string `json:"currency"`
		} `json:"amount"`
		Scene struct {
			Address string `json:"payer_client_ip"`
			H5      struct {
				Type string `json:"type"`
			} `json:"h5_info"`
		} `json:"scene_info"`
	}
	err := json.Unmarshal(body, &ask)
	until, late := time.Parse(time.RFC3339, ask.Until)
	if err != nil || ask.Until != "" && late != nil || ask.App != WeChatApp || ask.Mch != WeChatMerchant || ask.What == "" || ask.Notify == "" || ask.Amount.Total <= 0 ||
		ask.Amount.Currency != "CNY" || !isOrder(ask.Order, 6, 32) || way == "h5" && (ask.Scene.Address == "" || ask.Scene.H5.Type == "") {
		c.wechatNo(w, http.StatusBadRequest, "PARAM_ERROR")
		return
	}
	t, err := c.book.open(trade{Company: WeChat, Order: ask.Order, Way: way, Fen: ask.Amount.Total, What: ask.What, Until: until, Notify: ask.Notify})
	switch {
	case errors.Is(err, errAlready):
		c.wechatNo(w, http.StatusBadRequest, "OUT_TRADE_NO_USED")
	case err != nil:
		c.wechatNo(w, http.StatusInternalServerError, "SYSTEM_ERROR")
	case len(t.Paid) > 0:
		c.wechatNo(w, http.StatusBadRequest, "ORDERPAID")
	case t.over(c.now()):
		c.wechatNo(w, http.StatusBadRequest, "ORDER_CLOSED")
	case way == "h5":
		c.wechatSay(w, http.StatusOK, map[string]string{"h5_url": c.base + "/pay/" + t.ID + "?prepay_id=" + t.ID})
	default:
		c.wechatSay(w, http.StatusOK, map[string]string{"code_url": t.code()})
	}
}

// isOrder says whether a merchant's number is one that a company takes.
func isOrder(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-|*") == ""
}

// wechatTrade is 查询订单 and 关闭订单.
func (c *Cashier) wechatTrade(w http.ResponseWriter, r *http.Request, rest string, body []byte) {
	order, act, _ := strings.Cut(rest, "/")
	order, err := url.PathUnescape(order)
	t, ok := c.book.find(WeChat, order, "")
	switch {
	case err != nil || !ok:
		c.wechatNo(w, http.StatusNotFound, "ORDER_NOT_EXIST")
	case r.Method == http.MethodGet && act == "" && r.URL.Query().Get("mchid") == WeChatMerchant:
		p := payment{}
		if len(t.Paid) > 0 {
			p = t.Paid[0]
		}
		c.wechatSay(w, http.StatusOK, c.wechatPaid(t, p))
	case r.Method == http.MethodPost && act == "close":
		var ask struct {
			Mch string `json:"mchid"`
		}
		if json.Unmarshal(body, &ask) != nil || ask.Mch != WeChatMerchant {
			c.wechatNo(w, http.StatusBadRequest, "PARAM_ERROR")
			return
		}
		if c.book.close(WeChat, order) != nil {
			c.wechatNo(w, http.StatusBadRequest, "ORDERPAID")
			return
		}
		c.wechatSay(w, http.StatusNoContent, nil)
	default:
		c.wechatNo(w, http.StatusBadRequest, "PARAM_ERROR")
	}
}

// close ends a trade, unless it is paid.
func (b *book) close(company, order string) error {
	return b.change(func() error {
		t := b.trade(company, order, "")
		switch {
		case t == nil:
			return errUnknown
		case len(t.Paid) > 0:
			return errPaid
		}
		t.Closed = true
		return nil
	})
}

// wechatPaid is how the company tells of a trade and one payment of it.
func (c *Cashier) wechatPaid(t trade, p payment) map[string]any {
	amount := map[string]any{"total": t.Fen, "currency": "CNY"}
	out := map[string]any{"appid": WeChatApp, "mchid": WeChatMerchant, "out_trade_no": t.Order, "amount": amount, "trade_state": "NOTPAY", "trade_state_desc": "订单未支付"}
	switch {
	case p.Number != "":
		amount["total"], amount["payer_total"], amount["payer_currency"] = p.Fen, p.Fen, "CNY"
		kind := "NATIVE"
		if t.Way == "h5" {
			kind = "MWEB"
		}
		out["trade_state"], out["trade_state_desc"], out["transaction_id"], out["trade_type"], out["bank_type"] = "SUCCESS", "支付成功", p.Number, kind, "OTHERS"
		out["success_time"], out["payer"] = p.At.In(zone).Format(time.RFC3339), map[string]string{"openid": "oDemonstration"}
		if c.book.givenBack(WeChat, p.Number) {
			out["trade_state"], out["trade_state_desc"] = "REFUND", "转入退款"
		}
	case t.over(c.now()):
		out["trade_state"], out["trade_state_desc"] = "CLOSED", "已关闭"
	}
	return out
}

// givenBack reports whether a payment is on its way back, or back.
func (b *book) givenBack(company, number string) (is bool) {
	b.read(func() {
		for _, r := range b.Refunds {
			is = is || r.Company == company && r.Of == number && r.State != failed
		}
	})
	return is
}

// wechatRefund is 申请退款.
func (c *Cashier) wechatRefund(w http.ResponseWriter, body []byte) {
	var ask struct {
		Payment string `json:"transaction_id"`
		Refund  string `json:"out_refund_no"`
		Notify  string `json:"notify_url"`
		Amount  struct {
			Total    int64  `json:"total"`
			Refund   int64  `json:"refund"`
			Currency string `json:"currency"`
		} `json:"amount"`
	}
	if json.Unmarshal(body, &ask) != nil || !isOrder(ask.Refund, 1, 64) || ask.Amount.Currency != "CNY" || ask.Amount.Total != ask.Amount.Refund {
		c.wechatNo(w, http.StatusBadRequest, "PARAM_ERROR")
		return
	}
	_, err := c.book.giveBack(refund{Company: WeChat, Ref: ask.Refund, Of: ask.Payment, Fen: ask.Amount.Refund, Notify: ask.Notify})
	r, of, ok := c.book.back(WeChat, ask.Refund, "")
	switch {
	case errors.Is(err, errUnknown):
		c.wechatNo(w, http.StatusNotFound, "RESOURCE_NOT_EXISTS")
	case errors.Is(err, errAlready):
		c.wechatNo(w, http.StatusBadRequest, "INVALID_REQUEST")
	case err != nil || !ok:
		c.wechatNo(w, http.StatusInternalServerError, "SYSTEM_ERROR")
	default:
		c.wechatSay(w, http.StatusOK, wechatRefunded(r, of))
	}
}

// wechatRefunded is how the company answers about a refund.
func wechatRefunded(r refund, of trade) map[string]any {
	out := map[string]any{"refund_id": r.Number, "out_refund_no": r.Ref, "transaction_id": r.Of, "out_trade_no": of.Order, "channel": "ORIGINAL",
		"create_time": r.At.In(zone).Format(time.RFC3339), "amount": map[string]any{"total": r.Fen, "refund": r.Fen, "payer_total": r.Fen, "payer_refund": r.Fen, "currency": "CNY"}}
	switch r.State {
	case done:
		out["status"], out["success_time"], out["user_received_account"] = "SUCCESS", r.At.In(zone).Format(time.RFC3339), "支付用户零钱"
	case failed:
		out["status"] = "ABNORMAL"
	default:
		out["status"] = "PROCESSING"
	}
	return out
}

// wechatNotice makes a notice: sealed by AES-256-GCM with the merchant's secret.
func (c *Cashier) wechatNotice(kind, event string, content map[string]any) (string, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(c.secret)
	if err != nil {
		return "", err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", err
	}
	nonce := rand.Text()[:12]
	body, err := json.Marshal(map[string]any{"id": rand.Text(), "create_time": c.now().In(zone).Format(time.RFC3339), "event_type": event, "resource_type": "encrypt-resource", "summary": "演示",
		"resource": map[string]string{"algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), text, []byte(kind))), "nonce": nonce, "associated_data": kind, "original_type": kind}})
	return string(body), err
}

// wechatRefundNotice is how it tells of a refund by itself: without a currency.
func wechatRefundNotice(r refund, of trade) map[string]any {
	out := wechatRefunded(r, of)
	out["mchid"], out["refund_status"] = WeChatMerchant, out["status"]
	out["amount"] = map[string]any{"total": r.Fen, "refund": r.Fen, "payer_total": r.Fen, "payer_refund": r.Fen}
	delete(out, "status")
	delete(out, "channel")
	return out
}

// wechatBill is 申请交易账单: where the file is, and its SHA-1.
func (c *Cashier) wechatBill(w http.ResponseWriter, r *http.Request) {
	day, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("bill_date"), zone)
	if err != nil || r.URL.Query().Get("bill_type") != "ALL" {
		c.wechatNo(w, http.StatusBadRequest, "PARAM_ERROR")
		return
	}
	if !c.stated(day) || len(c.book.moves(WeChat, day)) == 0 {
		c.wechatNo(w, http.StatusBadRequest, "NO_STATEMENT_EXIST")
		return
	}
	sum := sha1.Sum([]byte(c.wechatText(day)))
	c.wechatSay(w, http.StatusOK, map[string]string{"hash_type": "SHA1", "hash_value": hex.EncodeToString(sum[:]), "download_url": c.base + "/wechat/v3/billdownload/file?token=" + day.Format(time.DateOnly)})
}
