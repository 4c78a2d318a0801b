package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A day of WeChat's as it comes, two payments and a refund of the first.
const wechatDay = "\xEF\xBB\xBF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n" +
	"`2019-09-06 09:00:01,`wx01,`1900000109,`0,`,`4200000401201909060000000001,`ZK201900000001,`oSynthetic,`NATIVE,`SUCCESS,`OTHERS,`CNY,`160.00,`0.00,`0,`0,`0.00,`0.00,`,`,`报名费,三科,`,`0.96000,`0.60%,`160.00,`0.00,`\r\n" +
	"`2019-09-06 10:30:00,`wx01,`1900000109,`0,`,`4200000401201909060000000002,`ZK201900000002,`oSynthetic,`MWEB,`SUCCESS,`OTHERS,`CNY,`120.50,`0.00,`0,`0,`0.00,`0.00,`,`,`报名费,`,`0.72300,`0.60%,`120.50,`0.00,`\r\n" +
	"`2019-09-06 16:20:00,`wx01,`1900000109,`0,`,`4200000401201909060000000001,`ZK201900000001,`oSynthetic,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50000401201909060000000009,`RZK201900000001,`160.00,`0.00,`ORIGINAL,`SUCCESS,`报名费,`,`-0.96000,`0.60%,`0.00,`160.00,`\r\n" +
	"总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n" +
	"`3,`280.50,`160.00,`0.00,`0.72300,`280.50,`160.00\r\n"

// The door is a contract with scripts: these lines stay as they are.
func TestStatementCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bill.csv")
	write := func(s string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(wechatDay)
	const summary = `"channel":"wechat","day":"2019-09-06","merchant":"1900000109","payments":2,"payments_fen":28050,"refunds":1,"refunds_fen":16000,"adjustments":0,"fee_fen":72,"lines":3,"errors":[],"more_errors":0,"sha256":"`
	r := call(t, "", "statement", "check", "--channel", "wechat", file)
	if r.code != 0 || !strings.HasPrefix(r.out, "{"+summary) || r.errs != "" || strings.Count(r.out, "\n") != 1 {
		t.Errorf("status %d:\n%s%s", r.code, r.out, r.errs)
	}

	r = call(t, "", "statement", "check", "--channel", "wechat", "--lines", file)
	const lines = `{"movements":[
{"line":2,"kind":"payment","time":"2019-09-06T09:00:01+08:00","transaction":"4200000401201909060000000001","order":"ZK201900000001","refund":"","amount_fen":16000,"ordered_fen":16000,"fee_fen":96},
{"line":3,"kind":"payment","time":"2019-09-06T10:30:00+08:00","transaction":"4200000401201909060000000002","order":"ZK201900000002","refund":"","amount_fen":12050,"ordered_fen":12050,"fee_fen":72.300},
{"line":4,"kind":"refund","time":"2019-09-06T16:20:00+08:00","transaction":"4200000401201909060000000001","order":"ZK201900000001","refund":"50000401201909060000000009","amount_fen":16000,"ordered_fen":16000,"fee_fen":-96}],
`
	if r.code != 0 || !strings.HasPrefix(r.out, lines+summary) || !json.Valid([]byte(r.out)) {
		t.Errorf("status %d:\n%s%s", r.code, r.out, r.errs)
	}

	write(strings.Replace(wechatDay, "`120.50,`0.00,`0,`", "`12.05,`0.00,`0,`", 1))
	r = call(t, "", "statement", "check", "--channel", "wechat", "--lines", file)
	if r.code != 2 || !json.Valid([]byte(r.out)) || !strings.Contains(r.out, `"errors":[{"line":6,"code":"total","zh":"合计不符：应结订单总金额 文件自称 280.50 元，实为 172.05 元","en":`) {
		t.Errorf("status %d:\n%s%s", r.code, r.out, r.errs)
	}

	write("")
	r = call(t, "", "statement", "check", "--channel", "alipay", "--lines", file)
	if r.code != 2 || !json.Valid([]byte(r.out)) || !strings.Contains(r.out, `"movements":[]`) || !strings.Contains(r.out, `"code":"empty"`) {
		t.Errorf("status %d:\n%s%s", r.code, r.out, r.errs)
	}
}

func TestStatementCheckRefuses(t *testing.T) {
	dir := t.TempDir()
	want(t, call(t, "", "--lang", "en", "statement", "check", "--channel", "wechat", filepath.Join(dir, "none")), 1, "none")
	want(t, call(t, "", "--lang", "zh", "statement", "check", "--channel", "wechat", dir), 1, "请给出对账单文件")
	want(t, call(t, "", "--lang", "zh", "statement", "check", "--channel", "wechat", "--day", "6.9.2019", dir), 1, "2019-09-06")
	want(t, call(t, "", "statement", "check", "--channel", "paypal", dir), 1, "wechat")
}
