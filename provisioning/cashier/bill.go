package cashier

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// move is one line of a statement.
type move struct {
	trade  trade
	number string // of the payment
	trace  int
	fen    int64
	at     time.Time
	back   *refund // nil for a payment
}

// feeMille is what the companies keep of a payment: six in a thousand, rounded to fen.
const feeMille = 6

func (m move) fee() int64 { return (m.fen*feeMille + 500) / 1000 }

// stated reports whether a day is over, so that there is a statement of it.
func (c *Cashier) stated(day time.Time) bool { return !c.now().Before(day.AddDate(0, 0, 1)) }

// moves are what a company moved on a day, by time. A short bill lacks the last
// payment.
func (b *book) moves(company string, day time.Time) (out []move) {
	on := func(at time.Time) bool {
		return at.In(zone).Format(time.DateOnly) == day.In(zone).Format(time.DateOnly)
	}
	b.read(func() {
		for _, t := range b.Trades {
			for _, p := range t.Paid {
				if t.Company == company && on(p.At) {
					out = append(out, move{trade: t.copied(), number: p.Number, trace: p.Trace, fen: p.Fen, at: p.At})
				}
			}
		}
		for _, r := range b.Refunds {
			if r.Company == company && r.State == done && on(r.At) {
				back := *r
				out = append(out, move{trade: b.byID(r.Trade).copied(), number: r.Of, trace: r.Trace, fen: r.Fen, at: r.At, back: &back})
			}
		}
		slices.SortStableFunc(out, func(x, y move) int { return x.at.Compare(y.at) })
		if b.Knobs[company].ShortBill {
			for i := len(out) - 1; i >= 0; i-- {
				if out[i].back == nil {
					out = slices.Delete(out, i, i+1)
					break
				}
			}
		}
	})
	return out
}

func inYuan(fen int64) string {
	if fen < 0 {
		return "-" + inYuan(-fen)
	}
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}

// inFen reads an amount as Alipay is told it.
func inFen(s string) (fen int64, ok bool) {
	whole, part, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 9 || len(part) > 2 {
		return 0, false
	}
	for _, c := range whole + (part + "00")[:2] {
		if c < '0' || c > '9' {
			return 0, false
		}
		fen = fen*10 + int64(c-'0')
	}
	return fen, fen > 0
}

// wechatText is 交易账单 of type ALL (domain §4.2): a BOM, 27 columns, values behind
// back-ticks, and the sums.
func (c *Cashier) wechatText(day time.Time) string {
	var b strings.Builder
	b.WriteString("\xEF\xBB\xBF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额," +
		"微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n")
	var paid, back, fees int64
	moves := c.book.moves(WeChat, day)
	for _, m := range moves {
		kind := "NATIVE"
		if m.trade.Way == "h5" {
			kind = "MWEB"
		}
		v := []string{m.at.In(zone).Format(time.DateTime), WeChatApp, WeChatMerchant, "0", "", m.number, m.trade.Order, "oDemonstration", kind, "SUCCESS", "OTHERS", "CNY", inYuan(m.fen), "0.00",
			"0", "0", "0.00", "0.00", "", "", m.trade.What, "", inYuan(m.fee()) + "000", "0.60%", inYuan(m.fen), "0.00", ""}
		if m.back != nil {
			v[9], v[12], v[14], v[15], v[16], v[18], v[19] = "REFUND", "0.00", m.back.Number, m.back.Ref, inYuan(m.fen), "ORIGINAL", "SUCCESS"
			v[22], v[24], v[25] = inYuan(-m.fee())+"000", "0.00", inYuan(m.fen)
			back, fees = back+m.fen, fees-m.fee()
		} else {
			paid, fees = paid+m.fen, fees+m.fee()
		}
		b.WriteString("`" + strings.Join(v, ",`") + "\r\n")
	}
	b.WriteString("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n")
	fmt.Fprintf(&b, "`%d,`%s,`%s,`0.00,`%s000,`%s,`%s\r\n", len(moves), inYuan(paid), inYuan(back), inYuan(fees), inYuan(paid), inYuan(back))
	return b.String()
}

// alipayBill sends Alipay's archive (domain §4.3).
func (c *Cashier) alipayBill(w http.ResponseWriter, r *http.Request) {
	day, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("day"), zone)
	if err != nil || !c.stated(day) {
		http.NotFound(w, r)
		return
	}
	details, sums := alipayTexts(day, c.now(), c.book.moves(Alipay, day))
	name := AlipaySeller + "0156_" + day.Format("20060102")
	b, err := zipped(file{name + "_业务明细.csv", gbk(details)}, file{name + "_业务明细(汇总).csv", gbk(sums)})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/zip")
	_, _ = w.Write(b) // who asked may be gone
}

// alipayTexts are 业务明细 and its sums: values padded by tabulators, refunds negative.
func alipayTexts(day, now time.Time, moves []move) (details, sums string) {
	rule := strings.Repeat("-", 40)
	from, to := day.Format("2006年01月02日")+" 00:00:00", day.AddDate(0, 0, 1).Format("2006年01月02日")+" 00:00:00"
	head := fmt.Sprintf("#账号：[%s0156]\r\n#起始日期：[%s]   终止日期：[%s]\r\n", AlipaySeller, from, to)
	end := "#导出时间：[" + now.In(zone).Format("2006年01月02日 15:04:05") + "]\r\n"
	var b strings.Builder
	b.WriteString("#支付宝业务明细查询\r\n" + head + "#" + rule + "业务明细列表" + rule + "\r\n" +
		"支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）," +
		"券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注\r\n")
	var paid, back, fees int64
	payments, refunds := 0, 0
	for _, m := range moves {
		kind, ref, fen, fee := "交易", "", m.fen, -m.fee()
		if m.back != nil {
			kind, ref, fen, fee = "退款", m.back.Ref, -m.fen, m.fee()
			back, refunds = back+m.fen, refunds+1
		} else {
			paid, payments = paid+m.fen, payments+1
		}
		fees += fee
		at := m.at.In(zone).Format(time.DateTime)
		v := []string{m.number, m.trade.Order, kind, m.trade.What, at, at, "", "", "", "", "*演示(dem***@example.com)", inYuan(fen), inYuan(fen), "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00", ref, inYuan(fee), "0.00", ""}
		b.WriteString(strings.Join(v, "\t,") + "\t\r\n")
	}
	fmt.Fprintf(&b, "#%s业务明细列表结束%s\r\n#交易合计：%d笔，商家实收共%s元，商家优惠共0.00元\r\n#退款合计：%d笔，商家实收退款共%s元，商家优惠退款共0.00元\r\n%s",
		rule, rule, payments, inYuan(paid), refunds, inYuan(-back), end)
	sums = "#支付宝业务汇总查询\r\n" + head + "#" + rule + "业务汇总列表" + rule + "\r\n" +
		"门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）\r\n" +
		fmt.Sprintf("合计\t,\t,%d\t,%d\t,%s\t,%s\t,0.00\t,0.00\t,0.00\t,%s\t,0.00\t,%s\t\r\n", payments, refunds, inYuan(paid-back), inYuan(paid-back), inYuan(fees), inYuan(paid-back+fees)) +
		"#" + rule + "业务汇总列表结束" + rule + "\r\n" + end
	return b.String(), sums
}

// gbk encodes our own words and a merchant's name of goods; what it has no sign for
// becomes a question mark, as at the company.
func gbk(s string) []byte {
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	if err == nil {
		return b
	}
	var out []byte
	for _, r := range s {
		if b, err = simplifiedchinese.GBK.NewEncoder().Bytes([]byte(string(r))); err != nil {
			b = []byte{'?'}
		}
		out = append(out, b...)
	}
	return out
}

// file is one of an archive.
type file struct {
	name string
	body []byte
}

func zipped(files ...file) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: string(gbk(f.name)), NonUTF8: true, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.body); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// zm are the widths of UnionPay's ZM (domain §4.4), one blank between two fields.
var zm = []int{3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98}

// unionFile is 文件传输 of a clearing day: an archive with ZM, in deflate, in base64.
// The year is the one that is nearest.
func (c *Cashier) unionFile(settled string) map[string]string {
	day, err := time.ParseInLocation("20060102", c.now().In(zone).Format("2006")+settled, zone)
	if err == nil && day.After(c.now()) {
		day = day.AddDate(-1, 0, 0)
	}
	if err != nil || !c.stated(day) || len(c.book.moves(UnionPay, day)) == 0 {
		return map[string]string{"respCode": "98", "respMsg": "no file"}
	}
	name := "INN" + day.Format("060102") + "88"
	archive, err := zipped(file{name + "ZM_" + UnionPayMerchant, []byte(unionLines(c.book.moves(UnionPay, day)))})
	if err != nil {
		return map[string]string{"respCode": "02"}
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(archive) // into memory
	_ = z.Close()
	return map[string]string{"respCode": "00", "respMsg": "success", "fileName": name + "ZM_" + UnionPayMerchant + ".zip", "fileContent": base64.StdEncoding.EncodeToString(b.Bytes())}
}

// unionLines are the lines of ZM, 607 bytes each.
func unionLines(moves []move) string {
	var b strings.Builder
	for _, m := range moves {
		at := m.at.In(zone).Format("0102150405")
		v := map[int]string{1: "S22", 2: "00012345", 3: "00012345", 4: trace(m.trace), 5: at, 6: "622848******0001", 7: fmt.Sprintf("%012d", m.fen), 8: "9399", 9: "07", 10: m.number, 12: m.trade.Order,
			13: "01", 16: fmt.Sprintf("D%012d", m.fee()), 17: fmt.Sprintf("C%012d", m.fen-m.fee()), 20: "01", 21: "01", 22: "000201", 28: UnionPayMerchant, 31: string(gbk("考试院"))}
		if m.back != nil {
			v[1], v[10], v[12], v[16], v[17], v[20], v[21], v[27] = "S30", m.back.Number, m.back.Ref, fmt.Sprintf("C%012d", m.fee()), fmt.Sprintf("D%012d", m.fen-m.fee()), "04", "00", m.number
			v[41] = m.trade.Order
		}
		for i, width := range zm {
			if i > 0 {
				b.WriteByte(' ')
			}
			s := v[i+1]
			s = s[:min(len(s), width)]
			b.WriteString(s + strings.Repeat(" ", width-len(s)))
		}
		b.WriteString("\r\n")
	}
	return b.String()
}
