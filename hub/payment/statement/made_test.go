package statement_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Files as the channels make them, written from the tables of their documentation
// (testdata), by other code than reads them.

// move is one movement that a file states.
type move struct {
	back  bool
	time  string // 2019-09-06 10:00:01
	trade string
	order string
	ref   string
	fen   int64
	fee   string // yuan, as WeChat writes it
	goods string
}

// table reads a column of a documentation table.
func table(t testing.TB, name, col string, keep func(map[string]string) bool) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range rows[1:] {
		by := map[string]string{}
		for i, h := range rows[0] {
			by[h] = r[i]
		}
		if keep == nil || keep(by) {
			out = append(out, by[col])
		}
	}
	return out
}

func money(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// wechatText is a file of type ALL, or of type SUCCESS, which has no refunds.
func wechatText(t testing.TB, merchant string, all bool, moves ...move) string {
	t.Helper()
	cols := table(t, "wechat_bill_columns.csv", "name", func(r map[string]string) bool { return all || r["in_SUCCESS"] == "1" })
	var b strings.Builder
	b.WriteString("\xEF\xBB\xBF" + strings.Join(cols, ",") + "\r\n")
	var paid, back, milli int64
	n := 0
	for _, m := range moves {
		if m.back && !all {
			continue
		}
		n++
		v := map[string]string{"交易时间": m.time, "公众账号ID": "wx0000000000000001", "商户号": merchant, "特约商户号": "0", "微信订单号": m.trade, "商户订单号": m.order,
			"用户标识": "oSyntheticSyntheticSynthetic", "交易类型": "NATIVE", "交易状态": "SUCCESS", "付款银行": "OTHERS", "货币种类": "CNY",
			"应结订单金额": money(m.fen), "代金券金额": "0.00", "微信退款单号": "0", "商户退款单号": "0", "退款金额": "0.00", "充值券退款金额": "0.00",
			"商品名称": m.goods, "手续费": m.fee, "费率": "0.60%", "订单金额": money(m.fen), "申请退款金额": "0.00"}
		if m.back {
			v["交易状态"], v["退款类型"], v["退款状态"], v["微信退款单号"], v["商户退款单号"] = "REFUND", "ORIGINAL", "SUCCESS", m.ref, "R"+m.order
			v["应结订单金额"], v["退款金额"], v["订单金额"], v["申请退款金额"] = "0.00", money(m.fen), "0.00", money(m.fen)
			back += m.fen
		} else {
			paid += m.fen
		}
		f, err := strconv.ParseFloat(m.fee, 64)
		if err != nil {
			t.Fatal(err)
		}
		milli += int64(f*100000 + map[bool]float64{true: 0.5, false: -0.5}[f >= 0])
		for i, c := range cols {
			b.WriteString(map[bool]string{true: "`", false: ",`"}[i == 0] + v[c])
		}
		b.WriteString("\r\n")
	}
	b.WriteString("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n")
	sign := ""
	if milli < 0 {
		sign, milli = "-", -milli
	}
	fmt.Fprintf(&b, "`%d,`%s,`%s,`0.00,`%s%d.%05d,`%s,`%s\r\n", n, money(paid), money(back), sign, milli/100000, milli%100000, money(paid), money(back))
	return b.String()
}

// alipayTexts are the two files, in UTF-8.
func alipayTexts(t testing.TB, account, day, next string, moves ...move) (details, sums string) {
	t.Helper()
	cols := table(t, "alipay_bill_columns.csv", "name", nil)
	head := fmt.Sprintf("#账号：[%s]\r\n#起始日期：[%s 00:00:00]   终止日期：[%s 00:00:00]\r\n", account, day, next)
	var b strings.Builder
	b.WriteString("#支付宝业务明细查询\r\n" + head + "#-----------------------------------------业务明细列表----------------------------------------\r\n")
	b.WriteString(strings.Join(cols, ",") + "\r\n")
	var paid, back, fees int64
	payments, refunds := 0, 0
	for _, m := range moves {
		v := map[string]string{"支付宝交易号": m.trade, "商户订单号": m.order, "业务类型": "交易", "商品名称": m.goods, "创建时间": m.time, "完成时间": m.time,
			"对方账户": "*考生(syn***@example.com)", "订单金额（元）": money(m.fen), "商家实收（元）": money(m.fen), "服务费（元）": "-" + m.fee, "退款批次号/请求号": ""}
		for _, c := range cols {
			if strings.HasSuffix(c, "（元）") && v[c] == "" {
				v[c] = "0.00"
			}
		}
		f, err := strconv.ParseFloat(m.fee, 64)
		if err != nil {
			t.Fatal(err)
		}
		cost := int64(f*100 + 0.5)
		if m.back {
			v["业务类型"], v["退款批次号/请求号"], v["服务费（元）"] = "退款", m.ref, m.fee
			v["订单金额（元）"], v["商家实收（元）"] = "-"+money(m.fen), "-"+money(m.fen)
			back, refunds, fees = back+m.fen, refunds+1, fees+cost
		} else {
			paid, payments, fees = paid+m.fen, payments+1, fees-cost
		}
		for i, c := range cols {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(v[c] + "\t")
		}
		b.WriteString("\r\n")
	}
	b.WriteString("#-----------------------------------------业务明细列表结束------------------------------------\r\n")
	fmt.Fprintf(&b, "#交易合计：%d笔，商家实收共%s元，商家优惠共0.00元\r\n", payments, money(paid))
	fmt.Fprintf(&b, "#退款合计：%d笔，商家实收退款共-%s元，商家优惠退款共0.00元\r\n#导出时间：[2019年09月07日 09:12:01]\r\n", refunds, money(back))
	signed := func(fen int64) string {
		if fen < 0 {
			return "-" + money(-fen)
		}
		return money(fen)
	}
	sums = "#支付宝业务汇总查询\r\n" + head + "#-----------------------------------------业务汇总列表----------------------------------------\r\n" +
		"门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）\r\n" +
		fmt.Sprintf("合计\t,\t,%d\t,%d\t,%s\t,%s\t,0.00\t,0.00\t,0.00\t,%s\t,0.00\t,%s\t\r\n", payments, refunds, signed(paid-back), signed(paid-back), signed(fees), signed(paid-back+fees)) +
		"#-----------------------------------------业务汇总列表结束------------------------------------\r\n#导出时间：[2019年09月07日 09:12:01]\r\n"
	return b.String(), sums
}

func gbkOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type member struct {
	name string
	body []byte
}

func zipOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, NonUTF8: true, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zmText is a file of UnionPay's; fields by their number in the table.
func zmText(t testing.TB, tab string, lines ...map[int]string) string {
	t.Helper()
	widths := table(t, tab, "bytes", nil)
	var b strings.Builder
	for _, l := range lines {
		for i, w := range widths {
			n, err := strconv.Atoi(w)
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				b.WriteByte(' ')
			}
			v := string(gbkOf(t, l[i+1]))
			if len(v) > n {
				t.Fatalf("field %d is too long", i+1)
			}
			b.WriteString(v + strings.Repeat(" ", n-len(v)))
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// zmLine is one movement of ZM.
func zmLine(merchant string, m move) map[int]string {
	when := strings.NewReplacer("-", "", " ", "", ":", "").Replace(m.time)
	fee, _ := strconv.ParseFloat(m.fee, 64)
	cost := int64(fee*100 + 0.5)
	l := map[int]string{1: "S22", 2: "00012345", 3: "00012345", 4: fmt.Sprintf("%06d", len(m.trade)), 5: when[4:], 6: "622848******0001", 7: fmt.Sprintf("%012d", m.fen),
		8: "9399", 9: "07", 10: m.trade, 12: m.order, 13: "01", 16: fmt.Sprintf("D%012d", cost), 17: fmt.Sprintf("C%012d", m.fen-cost), 20: "01", 21: "01", 22: "000201", 28: merchant, 31: "考试院"}
	if m.back {
		l[1], l[16], l[17], l[20], l[21] = "S30", fmt.Sprintf("C%012d", cost), fmt.Sprintf("D%012d", m.fen-cost), "04", "00"
		l[10], l[27] = m.ref, m.trade
	}
	return l
}

// fileContent packs an archive as the file-transfer service does.
func fileContent(t testing.TB, archive []byte) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(archive); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// day is what most tests state: two payments and a refund of one.
func day() []move {
	return []move{
		{time: "2019-09-06 09:00:01", trade: "4200000401201909060000000001", order: "ZK201900000001", fen: 16000, fee: "0.96000", goods: "成人高考报名考试费"},
		{time: "2019-09-06 23:59:58", trade: "4200000401201909060000000002", order: "ZK201900000002", fen: 12050, fee: "0.72000", goods: "报名费,三科"},
		{back: true, time: "2019-09-06 16:20:00", trade: "4200000401201909060000000001", order: "ZK201900000001", ref: "50000401201909060000000009", fen: 16000, fee: "0.96000", goods: "成人高考报名考试费"},
	}
}

// signedFees writes the fee of a refund as WeChat does.
func signedFees(moves []move) []move {
	moves = slices.Clone(moves)
	for i := range moves {
		if moves[i].back {
			moves[i].fee = "-" + moves[i].fee
		}
	}
	return moves
}
