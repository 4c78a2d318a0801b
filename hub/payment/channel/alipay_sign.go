package channel

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/window"
)

// signed makes the parameters of a request (opendocs.alipay.com, 自行实现签名, RSA2).
func (a *alipay) signed(method string, ask alipayTrade, back string) (url.Values, error) {
	content, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	form := url.Values{"app_id": {a.o.App}, "method": {method}, "format": {"JSON"}, "charset": {"utf-8"}, "sign_type": {"RSA2"},
		"timestamp": {a.o.Now().In(window.Zone()).Format(time.DateTime)}, "version": {"1.0"}, "notify_url": {a.o.Notify}, "biz_content": {string(content)}}
	if back != "" {
		form.Set("return_url", back)
	}
	sum := sha256.Sum256([]byte(sortedPairs(form)))
	sign, err := rsa.SignPKCS1v15(rand.Reader, a.o.Key, crypto.SHA256, sum[:])
	if err != nil {
		return nil, fmt.Errorf("channel: alipay: %w", err)
	}
	form.Set("sign", base64.StdEncoding.EncodeToString(sign))
	return form, nil
}

// sortedPairs is what is signed: all parameters but sign, sorted by name, without
// those that are empty.
func sortedPairs(form url.Values, without ...string) string {
	var text strings.Builder
	for _, k := range slices.Sorted(maps.Keys(form)) {
		if k == "sign" || slices.Contains(without, k) || form[k][0] == "" {
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('&')
		}
		text.WriteString(k + "=" + form[k][0])
	}
	return text.String()
}

// verified reports whether a notice is the channel's. A name that stands twice has no
// meaning to be signed.
func (a *alipay) verified(form url.Values) bool {
	for _, v := range form {
		if len(v) != 1 {
			return false
		}
	}
	return form.Get("sign_type") == "RSA2" && a.verifies(sortedPairs(form, "sign_type"), form.Get("sign"))
}

func (a *alipay) verifies(text, sign string) bool {
	raw, err := base64.StdEncoding.DecodeString(sign)
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(text))
	return rsa.VerifyPKCS1v15(a.o.Peer, crypto.SHA256, sum[:], raw) == nil
}

// inYuan writes fen as the channel does.
func inYuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// inFen reads an amount with at most two decimals.
func inFen(s string) (fen int64, ok bool) {
	whole, part, dotted := strings.Cut(s, ".")
	if whole == "" || len(whole) > 12 || dotted && (part == "" || len(part) > 2) {
		return 0, false
	}
	for _, c := range []byte(whole + (part + "00")[:2]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		fen = fen*10 + int64(c-'0')
	}
	return fen, fen > 0
}
