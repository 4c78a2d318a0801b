package statement_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/payment/statement"
	"zhunkao/protocol/window"
)

const merchant = "1900000109"

func read(t testing.TB, c statement.Channel, file []byte, opts statement.Options) (*statement.Summary, []string) {
	t.Helper()
	var got []string
	sum, err := statement.Read(c, io.NewSectionReader(bytes.NewReader(file), 0, int64(len(file))), opts, func(l *statement.Line) error {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %d %d", l.Kind, l.Time.Format(time.DateTime), l.Transaction, l.Order, l.Refund, l.Amount, l.Fee))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum, got
}

// packed gives the same day as each channel states it.
func packed(t testing.TB) map[statement.Channel][]byte {
	moves := day()
	details, sums := alipayTexts(t, merchant, "2019年09月06日", "2019年09月07日", moves...)
	zm := zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, upMove(moves[0])), zmLine(merchant, upMove(moves[1])), zmLine(merchant, upMove(moves[2])))
	return map[statement.Channel][]byte{
		statement.WeChat: []byte(wechatText(t, merchant, true, signedFees(moves)...)),
		statement.Alipay: zipOf(t, member{"a.csv", gbkOf(t, sums)}, member{"b.csv", gbkOf(t, details)}), // names and order tell nothing
		statement.UnionPay: []byte(fileContent(t, zipOf(t, member{"INN19090688ZM_777290058110097", []byte(zm)},
			member{"INN19090688ZME_777290058110097", nil}))),
	}
}

// upMove has numbers as long as UnionPay's.
func upMove(m move) move {
	m.trade = m.trade[len(m.trade)-21:]
	if m.back {
		m.ref = m.ref[len(m.ref)-21:]
	}
	return m
}

// One day, stated three ways, reads the same.
func TestADayOfEachChannel(t *testing.T) {
	for c, file := range packed(t) {
		sum, got := read(t, c, file, statement.Options{Merchant: merchant, Day: time.Date(2019, 9, 6, 12, 0, 0, 0, window.Zone())})
		if len(sum.Faults) > 0 {
			t.Errorf("%s: %+v", c, sum.Faults)
		}
		if sum.Payments != 2 || sum.PaymentsFen != 28050 || sum.Refunds != 1 || sum.RefundsFen != 16000 || sum.FeeFen() != 72 || sum.Lines != 3 ||
			sum.Merchant != merchant || sum.Day.Format(time.DateOnly) != "2019-09-06" || len(sum.SHA256) != 64 {
			t.Errorf("%s: %+v", c, sum)
		}
		for i, m := range day() {
			kind, ref, fee := statement.Payment, "", int64(96000)
			if i == 1 {
				fee = 72000
			}
			if c == statement.UnionPay {
				m = upMove(m)
			}
			if m.back {
				kind, ref, fee = statement.Refund, m.ref, -fee
			}
			if want := fmt.Sprintf("%s %s %s %s %s %d %d", kind, m.time, m.trade, m.order, ref, m.fen, fee); got[i] != want {
				t.Errorf("%s line %d is %q, want %q", c, i+1, got[i], want)
			}
		}
	}
}

func TestWeChatAsItComes(t *testing.T) {
	all := wechatText(t, merchant, true, signedFees(day())...)
	success := wechatText(t, merchant, false, day()...)
	sum := sha1.Sum([]byte(all))
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(all))
	_ = z.Close()
	for name, tc := range map[string]struct {
		file  string
		opts  statement.Options
		lines int
	}{
		"hash":                    {all, statement.Options{SHA1: strings.ToUpper(hex.EncodeToString(sum[:]))}, 3},
		"gzip, hash of its text":  {zipped.String(), statement.Options{SHA1: hex.EncodeToString(sum[:])}, 3},
		"LF, no BOM":              {strings.TrimPrefix(strings.ReplaceAll(all, "\r\n", "\n"), "\xEF\xBB\xBF"), statement.Options{}, 3},
		"no line end at the end":  {strings.TrimSuffix(all, "\r\n"), statement.Options{}, 3},
		"type SUCCESS":            {success, statement.Options{}, 2},
		"a day without movements": {wechatText(t, merchant, true), statement.Options{}, 0},
		"no bill, API v2":         {"<xml><return_code>FAIL</return_code><return_msg>No Bill Exist</return_msg><error_code>20002</error_code></xml>", statement.Options{}, 0},
		"no bill, API v3":         {`{"code":"NO_STATEMENT_EXIST","message":"账单文件不存在"}`, statement.Options{}, 0},
	} {
		s, got := read(t, statement.WeChat, []byte(tc.file), tc.opts)
		if len(s.Faults) > 0 || len(got) != tc.lines {
			t.Errorf("%s: %d lines, %+v", name, len(got), s.Faults)
		}
	}
}

// The ways in which Alipay's own tools write of which day a file is.
func TestAlipayDays(t *testing.T) {
	details, _ := alipayTexts(t, merchant, "2019年09月06日", "2019年09月07日", day()...)
	const whole = "起始日期：[2019年09月06日 00:00:00]   终止日期：[2019年09月07日 00:00:00]"
	for head, good := range map[string]bool{
		whole: true, "起始日期：[2019年09月06日 00:00:00] 终止日期：[2019年09月06日 23:59:59]": true, "起始日期：[2019年09月06日 00:00:00] 终止日期：[2019年09月06日 24:00:00]": true,
		"起始日期：2019年09月06日 终止日期：2019年09月06日": true, "起始日期：[2019年09月06日] 终止日期：[2019年09月07日]": true,
		"起始日期：[2019年09月06日 00:00:00] 终止日期：[2019年09月06日 00:00:00]": false, "起始日期：[2019年09月06日 00:00:00] 终止日期：[2019年09月07日 23:59:59]": false,
		"起始日期：[2019年09月05日 00:00:00] 终止日期：[2019年09月07日 00:00:00]": false, "起始日期：[2019年09月31日 00:00:00] 终止日期：[2019年10月01日 00:00:00]": false,
	} {
		s, _ := read(t, statement.Alipay, gbkOf(t, strings.Replace(details, whole, head, 1)), statement.Options{})
		if (len(s.Faults) == 0) != good || good && (s.Merchant != merchant || s.Day.Format(time.DateOnly) != "2019-09-06") {
			t.Errorf("%s: %s %v %+v", head, s.Merchant, s.Day, s.Faults)
		}
	}
}

// Every way in which a file can be spoiled is refused, and the reason names the line.
func TestSpoiledFilesAreRefused(t *testing.T) {
	good := packed(t)
	wx, up := string(good[statement.WeChat]), day()
	details, sums := alipayTexts(t, merchant, "2019年09月06日", "2019年09月07日", day()...)
	pair := func(d, s string) []byte {
		return zipOf(t, member{"d", gbkOf(t, d)}, member{"s", gbkOf(t, s)})
	}
	zm := func(change func(map[int]string)) []byte {
		l := zmLine(merchant, upMove(up[1]))
		change(l)
		return zipOf(t, member{"INN19090688ZM_777290058110097", []byte(zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, upMove(up[0])), l))})
	}
	wxLines := strings.SplitAfter(wx, "\r\n")
	joined := func(i ...int) []byte {
		var b strings.Builder
		for _, n := range i {
			b.WriteString(wxLines[n])
		}
		return []byte(b.String())
	}
	edit := func(s, from, to string) []byte {
		if !strings.Contains(s, from) {
			t.Fatalf("no %q to spoil", from)
		}
		return []byte(strings.Replace(s, from, to, 1))
	}
	for name, tc := range map[string]struct {
		channel statement.Channel
		file    []byte
		opts    statement.Options
		line    int
		code    statement.Code
	}{
		"nothing":                        {statement.WeChat, nil, statement.Options{}, 0, statement.Empty},
		"wechat: amount changed":         {statement.WeChat, edit(wx, "`120.50,`0.00,`0", "`120.51,`0.00,`0"), statement.Options{}, 6, statement.Total},
		"wechat: order amount changed":   {statement.WeChat, edit(wx, "`120.50,`0.00,`\r\n", "`120.40,`0.00,`\r\n"), statement.Options{}, 6, statement.Total},
		"wechat: line taken out":         {statement.WeChat, joined(0, 1, 3, 4, 5), statement.Options{}, 5, statement.Count},
		"wechat: line doubled":           {statement.WeChat, joined(0, 1, 1, 2, 3, 4, 5), statement.Options{}, 3, statement.Repeated},
		"wechat: cut before the sums":    {statement.WeChat, joined(0, 1, 2, 3), statement.Options{}, 4, statement.CutShort},
		"wechat: cut in a line":          {statement.WeChat, []byte(wx[:len(wxLines[0])+len(wxLines[1])+60]), statement.Options{}, 3, statement.Columns},
		"wechat: sums without values":    {statement.WeChat, joined(0, 1, 2, 3, 4), statement.Options{}, 5, statement.CutShort},
		"wechat: two files joined":       {statement.WeChat, []byte(wx + strings.TrimPrefix(wx, "\xEF\xBB\xBF")), statement.Options{}, 7, statement.Trailing},
		"wechat: columns twice":          {statement.WeChat, edit(wx, wxLines[1], wxLines[1]+wxLines[0][3:]), statement.Options{}, 3, statement.TwoHeaders},
		"wechat: column missing":         {statement.WeChat, edit(wx, "设备号,", ""), statement.Options{}, 1, statement.BadHeader},
		"wechat: in GBK":                 {statement.WeChat, gbkOf(t, strings.TrimPrefix(wx, "\xEF\xBB\xBF")), statement.Options{}, 1, statement.BadCharset},
		"wechat: another day asked":      {statement.WeChat, []byte(wx), statement.Options{Day: time.Date(2019, 9, 7, 0, 0, 0, 0, window.Zone())}, 2, statement.WrongDay},
		"wechat: a line of another day":  {statement.WeChat, edit(wx, "2019-09-06 23:59:58", "2019-09-07 00:00:01"), statement.Options{}, 3, statement.WrongDay},
		"wechat: no such day":            {statement.WeChat, edit(wx, "2019-09-06 23:59:58", "2019-09-31 23:59:58"), statement.Options{}, 3, statement.BadTime},
		"wechat: another merchant asked": {statement.WeChat, []byte(wx), statement.Options{Merchant: "1900000110"}, 2, statement.WrongMerchant},
		"wechat: a line of another":      {statement.WeChat, edit(strings.Replace(wx, merchant, "#", 1), merchant, "1900000110"), statement.Options{}, 3, statement.WrongMerchant},
		"wechat: another hash":           {statement.WeChat, []byte(wx), statement.Options{SHA1: strings.Repeat("0", 40)}, 0, statement.Altered},
		"wechat: dollars":                {statement.WeChat, edit(wx, "CNY", "USD"), statement.Options{}, 2, statement.Currency},
		"wechat: half a fen":             {statement.WeChat, edit(wx, "`120.50,`0.00,`0", "`120.505,`0.00,`0"), statement.Options{}, 3, statement.BadAmount},
		"wechat: thousands":              {statement.WeChat, edit(wx, "`120.50,`0.00,`0", "`1,120.50,`0.00,`0"), statement.Options{}, 3, statement.BadAmount},
		"wechat: full width":             {statement.WeChat, edit(wx, "`120.50,`0.00,`0", "`１２０.50,`0.00,`0"), statement.Options{}, 3, statement.BadAmount},
		"wechat: a currency sign":        {statement.WeChat, edit(wx, "`120.50,`0.00,`0", "`￥120.50,`0.00,`0"), statement.Options{}, 3, statement.BadAmount},
		"wechat: through a spreadsheet":  {statement.WeChat, edit(wx, up[1].trade, "4.2000E+27"), statement.Options{}, 3, statement.Spreadsheet},
		"wechat: without a number":       {statement.WeChat, edit(wx, up[1].trade, ""), statement.Options{}, 3, statement.NoNumber},
		"wechat: unknown state":          {statement.WeChat, edit(wx, "SUCCESS", "REVOKED"), statement.Options{}, 2, statement.BadKind},
		"wechat: negative":               {statement.WeChat, edit(wx, "`120.50,`0.00,`0", "`-120.50,`0.00,`0"), statement.Options{}, 3, statement.BadAmount},
		"wechat: not made yet":           {statement.WeChat, []byte(`{"code":"STATEMENT_CREATING"}`), statement.Options{}, 0, statement.NotReady},
		"wechat: a broken gzip":          {statement.WeChat, []byte("\x1f\x8b\x08\x00\x00"), statement.Options{}, 0, statement.BadPack},
		"wechat: a statement of Alipay":  {statement.WeChat, good[statement.Alipay], statement.Options{}, 1, statement.BadCharset},
		"alipay: in UTF-8":               {statement.Alipay, []byte(details), statement.Options{}, 1, statement.BadCharset},
		"alipay: amount changed":         {statement.Alipay, pair(strings.Replace(details, "120.50\t", "120.60\t", 2), sums), statement.Options{}, 10, statement.Total},
		"alipay: line taken out":         {statement.Alipay, pair(without(details, up[1].trade), sums), statement.Options{}, 9, statement.Count},
		"alipay: line doubled":           {statement.Alipay, pair(doubled(details, up[1].trade), sums), statement.Options{}, 8, statement.Repeated},
		"alipay: cut":                    {statement.Alipay, pair(details[:strings.Index(details, "#退款合计")], sums), statement.Options{}, 10, statement.CutShort},
		"alipay: sums of another day":    {statement.Alipay, pair(details, strings.ReplaceAll(strings.ReplaceAll(sums, "09月07日", "09月08日"), "09月06日 00", "09月07日 00")), statement.Options{}, 3, statement.WrongDay},
		"alipay: a month":                {statement.Alipay, pair(strings.Replace(details, "终止日期：[2019年09月07日", "终止日期：[2019年10月07日", 1), sums), statement.Options{}, 3, statement.WrongDay},
		"alipay: sums say more":          {statement.Alipay, pair(details, strings.Replace(sums, "合计\t,\t,2\t", "合计\t,\t,3\t", 1)), statement.Options{}, 6, statement.Count},
		"alipay: another fee":            {statement.Alipay, pair(strings.Replace(details, "-0.72000", "-0.73000", 1), sums), statement.Options{}, 6, statement.Total},
		"alipay: only sums":              {statement.Alipay, zipOf(t, member{"s", gbkOf(t, sums)}), statement.Options{}, 6, statement.Count},
		"alipay: an empty archive":       {statement.Alipay, zipOf(t), statement.Options{}, 0, statement.NoFile},
		"alipay: a broken archive":       {statement.Alipay, good[statement.Alipay][:len(good[statement.Alipay])-30], statement.Options{}, 0, statement.BadPack},
		"alipay: bytes of it changed":    {statement.Alipay, flipped(good[statement.Alipay]), statement.Options{}, 0, statement.BadPack},
		"alipay: another kind":           {statement.Alipay, pair(strings.Replace(details, "交易\t,", "转账\t,", 1), sums), statement.Options{}, 6, statement.BadKind},
		"unionpay: unknown code":         {statement.UnionPay, zm(func(l map[int]string) { l[1] = "S99" }), statement.Options{}, 2, statement.BadKind},
		"unionpay: the same again":       {statement.UnionPay, zm(func(l map[int]string) { l[10] = upMove(up[0]).trade }), statement.Options{}, 2, statement.Repeated},
		"unionpay: letters for money":    {statement.UnionPay, zm(func(l map[int]string) { l[7] = "00000001205O" }), statement.Options{}, 2, statement.BadAmount},
		"unionpay: another day":          {statement.UnionPay, zm(func(l map[int]string) { l[5] = "0909120000" }), statement.Options{}, 2, statement.WrongDay},
		"unionpay: no such time":         {statement.UnionPay, zm(func(l map[int]string) { l[5] = "0906250000" }), statement.Options{}, 2, statement.BadTime},
		"unionpay: another merchant":     {statement.UnionPay, zm(func(l map[int]string) { l[28] = "777290058110098" }), statement.Options{}, 2, statement.WrongMerchant},
		"unionpay: fee without letter":   {statement.UnionPay, zm(func(l map[int]string) { l[16] = "0000000000072" }), statement.Options{}, 2, statement.BadFee},
		"unionpay: day asked":            {statement.UnionPay, zm(func(map[int]string) {}), statement.Options{Day: time.Date(2019, 9, 7, 0, 0, 0, 0, window.Zone())}, 0, statement.WrongDay},
		"unionpay: cut in a line":        {statement.UnionPay, []byte(zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, upMove(up[0])))[:500]), statement.Options{Name: "INN19090688ZM_1"}, 1, statement.CutShort},
		"unionpay: an unknown length":    {statement.UnionPay, []byte(strings.Replace(zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, upMove(up[0]))), "S22 ", "S22", 1)), statement.Options{Name: "INN19090688ZM_1"}, 1, statement.BadLength},
		"unionpay: out of place":         {statement.UnionPay, []byte(strings.Replace(zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, upMove(up[0]))), "S22 0", "S220 ", 1)), statement.Options{Name: "INN19090688ZM_1"}, 1, statement.BadSeparator},
		"unionpay: no day anywhere":      {statement.UnionPay, []byte(zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, upMove(up[0])))), statement.Options{Name: "file.txt"}, 0, statement.NoDay},
		"unionpay: base64 cut":           {statement.UnionPay, good[statement.UnionPay][:len(good[statement.UnionPay])/2], statement.Options{}, 0, statement.BadPack},
		"unionpay: an answer without it": {statement.UnionPay, []byte("respCode=98&respMsg=文件不存在"), statement.Options{}, 0, statement.BadPack},
		"unionpay: nothing of ours":      {statement.UnionPay, zipOf(t, member{"readme.txt", []byte("x")}), statement.Options{}, 0, statement.NoFile},
	} {
		s, _ := read(t, tc.channel, tc.file, tc.opts)
		if !slices.ContainsFunc(s.Faults, func(f statement.Fault) bool {
			return f.Code == tc.code && f.Line == tc.line && f.Zh != "" && f.En != "" && !strings.Contains(f.Zh+f.En, "%!")
		}) {
			t.Errorf("%s: want %s in line %d, got %+v", name, tc.code, tc.line, s.Faults)
		}
	}
}

func without(text, with string) string {
	return strings.Join(slices.DeleteFunc(strings.SplitAfter(text, "\n"), func(l string) bool { return strings.HasPrefix(l, with) }), "")
}

func doubled(text, with string) string {
	var b strings.Builder
	for l := range strings.SplitAfterSeq(text, "\n") {
		b.WriteString(l)
		if strings.HasPrefix(l, with) {
			b.WriteString(l)
		}
	}
	return b.String()
}

// flipped changes a byte of the first file in an archive.
func flipped(b []byte) []byte {
	b = slices.Clone(b)
	b[120] ^= 0xFF
	return b
}

// The year of UnionPay's lines is the one nearest to the clearing day.
func TestTheTurnOfTheYear(t *testing.T) {
	for day, want := range map[string]string{"INN200101": "2019-12-31", "INN191231": "2019-12-31"} {
		m := upMove(move{time: "2019-12-31 23:10:00", trade: "4200000401201912310000000002", order: "ZK1", fen: 100, fee: "0"})
		s, got := read(t, statement.UnionPay, []byte(zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, m))), statement.Options{Name: day + "88ZM_777290058110097"})
		if len(s.Faults) > 0 || !strings.HasPrefix(got[0], "payment "+want) {
			t.Errorf("%s: %v %+v", day, got, s.Faults)
		}
	}
}

// An answer of the file-transfer service names its file; disputes are counted
// apart from payments.
func TestUnionPayAsItComes(t *testing.T) {
	m := upMove(day()[0])
	zm := zmText(t, "unionpay_zm_layout.csv", zmLine(merchant, m))
	zme := zmText(t, "unionpay_zme_layout.csv", map[int]string{1: "E74", 3: "00012345", 4: "000007", 5: "0906120000", 7: "000000016000", 17: merchant})
	newer := strings.Replace(zm, strings.Repeat(" ", 98)+"\r\n", strings.Repeat(" ", 99)+"\r\n", 1)
	for name, tc := range map[string]struct {
		file        []byte
		opts        statement.Options
		adjustments int
	}{
		"answer, escaped": {[]byte("version=5.1.0&fileName=INN19090688.zip&fileContent=" + strings.ReplaceAll(fileContent(t, zipOf(t, member{"ZM_777", []byte(zm)})), "+", "%2B") + "&respCode=00"), statement.Options{Day: time.Date(2019, 9, 6, 0, 0, 0, 0, window.Zone())}, 0},
		"archive":         {zipOf(t, member{"INN19090688ZM_7", []byte(zm)}, member{"INN19090688ZME_7", []byte(zme)}), statement.Options{}, 1},
		"newer layout":    {[]byte(newer), statement.Options{Name: "INN19090688ZM_7"}, 0},
		"day in the name": {[]byte(zm), statement.Options{Name: "ZM_20190906.txt"}, 0},
	} {
		s, _ := read(t, statement.UnionPay, tc.file, tc.opts)
		if len(s.Faults) > 0 || s.Payments != 1 || s.PaymentsFen != 16000 || s.Adjustments != tc.adjustments || s.Lines != 1+tc.adjustments {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// Nothing that names who paid comes out.
func TestNobodyIsNamed(t *testing.T) {
	for c, file := range packed(t) {
		s, got := read(t, c, file, statement.Options{})
		if all := fmt.Sprint(got, s); strings.Contains(all, "oSynthetic") || strings.Contains(all, "example.com") || strings.Contains(all, "622848") {
			t.Errorf("%s: %s", c, all)
		}
	}
}

func FuzzRead(f *testing.F) {
	for c, file := range packed(f) {
		f.Add(string(c), file)
		f.Add(string(c), file[:len(file)/2])
	}
	f.Add("unionpay", []byte(zmText(f, "unionpay_zm_layout.csv", zmLine(merchant, upMove(day()[0])))))
	f.Fuzz(func(t *testing.T, channel string, file []byte) {
		lines := 0
		var paid, back int64
		s, err := statement.Read(statement.Channel(channel), io.NewSectionReader(bytes.NewReader(file), 0, int64(len(file))), statement.Options{Name: "INN19090688ZM_7"},
			func(l *statement.Line) error {
				lines++
				if l.Amount < 0 || l.Time.IsZero() && l.Kind != "" && len(l.Transaction) == 0 && l.Amount < 0 {
					t.Fatal("a negative amount")
				}
				switch l.Kind {
				case statement.Payment:
					paid += l.Amount
				case statement.Refund:
					back += l.Amount
				}
				return nil
			})
		if err != nil {
			return
		}
		if s.Lines != lines || s.PaymentsFen != paid || s.RefundsFen != back || len(s.Faults) > statement.MaxFaults {
			t.Fatalf("%+v, but %d lines, %d and %d fen", s, lines, paid, back)
		}
	})
}
