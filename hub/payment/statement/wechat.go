package statement

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The columns of WeChat Pay's 交易账单 of type ALL (pay.weixin.qq.com, 下载交易账单;
// domain §4.2). Type SUCCESS lacks those marked in onlyAll.
var wechatAll = strings.Split("交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"+
	"应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注", ",")

var onlyAll = []string{"微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "申请退款金额"}

var wechatSuccess = slices.DeleteFunc(slices.Clone(wechatAll), func(c string) bool { return slices.Contains(onlyAll, c) })

// The columns of the file's own sums.
var wechatTotals = strings.Split("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额", ",")

// The columns that the file sums, in the order of its sums.
var wechatAmounts = [7]string{"", "应结订单金额", "退款金额", "充值券退款金额", "手续费", "订单金额", "申请退款金额"}

// How the lines of columns and of sums begin.
var (
	tick       = []byte("`")
	wechatTime = []byte(wechatAll[0])
	wechatSums = []byte(wechatTotals[0])
)

// What the channel answers instead of a file: nothing happened that day, or ask
// again later.
var (
	wechatNothing = []string{"No Bill Exist", "NO_STATEMENT_EXIST"}
	wechatLater   = []string{"Bill Creating", "STATEMENT_CREATING"}
)

// wechatFile is one file of WeChat's being read.
type wechatFile struct {
	*book
	at    map[string]int // column by name
	width int
	parts [][]byte
	sums  [7]int64 // by wechatTotals; the first counts, the others are in thousandths of a fen
}

// wechat reads a file of WeChat's: BOM, columns, lines whose values each follow
// a back-tick, and the sums. It comes as it is, or packed by gzip (tar_type=GZIP).
func (b *book) wechat(src Source) error {
	text, err := plain(src)
	if err == nil {
		err = b.told(text)
	}
	if err == nil {
		text, err = plain(src)
	}
	if err == nil {
		err = b.wechatText(text)
	}
	if errors.Is(err, errPack) {
		b.fault(0, BadPack)
		return nil
	}
	return err
}

// plain is the text of a file that may be packed by gzip.
func plain(src Source) (io.Reader, error) {
	head := make([]byte, 2)
	if n, err := src.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, readError(err)
	} else if n < 2 || head[0] != 0x1F || head[1] != 0x8B {
		return io.NewSectionReader(src, 0, src.Size()), nil
	}
	z, err := gzip.NewReader(io.NewSectionReader(src, 0, src.Size()))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPack, err)
	}
	return packed{io.LimitReader(z, MaxSize)}, nil
}

// told holds a file against the SHA-1 that API v3 gives with it, of its text.
func (b *book) told(text io.Reader) error {
	if b.opts.SHA1 == "" {
		return nil
	}
	sum := sha1.New()
	if _, err := io.Copy(sum, text); err != nil {
		return readError(err)
	}
	if !strings.EqualFold(hex.EncodeToString(sum.Sum(nil)), b.opts.SHA1) {
		b.fault(0, Altered)
	}
	return nil
}

func (b *book) wechatText(text io.Reader) error {
	f := &wechatFile{book: b}
	in := newLines(text)
	line, err := in.next()
	if err != nil {
		return readError(err)
	}
	if !f.head(bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))) {
		return nil
	}
	state := inLines
	for {
		line, err := in.next()
		if err != nil {
			return readError(err)
		}
		if line == nil {
			break
		}
		switch {
		case in.long:
			b.fault(in.number, LongLine)
		case len(line) == 0:
		case !utf8.Valid(line):
			b.fault(in.number, BadCharset)
		case state == afterEnd:
			b.fault(in.number, Trailing)
		case state == inSums:
			f.total(in.number, line)
			state = afterEnd
		case bytes.HasPrefix(bytes.TrimPrefix(line, tick), wechatSums):
			if !slices.Equal(names(line), wechatTotals) {
				b.fault(in.number, BadHeader)
			}
			state = inSums
		case bytes.HasPrefix(line, wechatTime):
			b.fault(in.number, TwoHeaders)
		default:
			if err := f.line(in.number, line); err != nil {
				return err
			}
		}
	}
	if state != afterEnd {
		b.fault(in.number, CutShort)
	}
	return nil
}

// Where in a file the reader stands.
const (
	inLines = iota
	inSums
	afterEnd
)

// names are the columns that a line names, with or without back-ticks.
func names(line []byte) []string {
	return strings.Split(strings.TrimRight(strings.ReplaceAll(string(line), "`", ""), " \t"), ",")
}

// head reads the columns; false when nothing after them can be read.
func (f *wechatFile) head(line []byte) bool {
	text := string(line)
	switch {
	case slices.ContainsFunc(wechatNothing, func(s string) bool { return strings.Contains(text, s) }):
		return false // a day without business
	case slices.ContainsFunc(wechatLater, func(s string) bool { return strings.Contains(text, s) }):
		f.fault(0, NotReady)
		return false
	case !utf8.Valid(line):
		f.fault(1, BadCharset)
		return false
	}
	has := names(line)
	if !slices.Equal(has, wechatAll) && !slices.Equal(has, wechatSuccess) {
		f.fault(1, BadHeader)
		return false
	}
	f.at, f.width = map[string]int{}, len(has)
	for i, n := range has {
		f.at[n] = i
	}
	return true
}

// value is a column of the line in f.parts; empty where the file has no such column.
func (f *wechatFile) value(name string) []byte {
	if i, ok := f.at[name]; ok {
		return f.parts[i]
	}
	return nil
}

// line reads one movement. Names of goods may hold commas: values are told apart
// by comma and back-tick together.
func (f *wechatFile) line(n int, line []byte) error {
	if line[0] != '`' {
		f.fault(n, Columns, f.width, len(bytes.Split(line, []byte{','})))
		return nil
	}
	f.parts = columns(f.parts, line[1:], []byte(",`"))
	if len(f.parts) != f.width {
		f.fault(n, Columns, f.width, len(f.parts))
		return nil
	}
	l := f.reused(Line{Number: n, Transaction: f.value("微信订单号"), Order: f.value("商户订单号")})
	var ok bool
	if l.Time, ok = second(f.value("交易时间")); !ok {
		f.fault(n, BadTime)
	} else {
		f.on(n, l.Time)
	}
	f.merchant(n, f.value("商户号"))
	if c := f.value("货币种类"); string(c) != "CNY" {
		f.fault(n, Currency)
	}
	if spoiled(l.Transaction) || spoiled(l.Order) {
		f.fault(n, Spreadsheet)
	}
	amounts, ok := f.amounts(n)
	if !ok {
		return nil
	}
	l.Fee = amounts[4]
	switch state := string(f.value("交易状态")); {
	case state == "SUCCESS":
		l.Kind, l.Amount, l.Ordered = Payment, amounts[1]/1000, amounts[5]/1000
		if amounts[2] != 0 || amounts[6] != 0 {
			f.fault(n, BadAmount)
		}
	case state == "REFUND" && f.width == len(wechatAll):
		l.Kind, l.Amount, l.Ordered, l.Refund = Refund, amounts[2]/1000, amounts[6]/1000, f.value("微信退款单号")
		if amounts[1] != 0 {
			f.fault(n, BadAmount)
		}
	default:
		f.fault(n, BadKind)
		return nil
	}
	if l.Amount < 0 || l.Ordered < 0 {
		f.fault(n, BadAmount)
		return nil
	}
	return f.take(l)
}

// amounts reads the columns that the file itself sums, as wechatTotals names them,
// and adds them up.
func (f *wechatFile) amounts(n int) (is [7]int64, good bool) {
	good = true
	for i, name := range wechatAmounts {
		v := f.value(name)
		if name == "" || v == nil {
			continue
		}
		var ok bool
		is[i], ok = millis(v)
		switch {
		case !ok && name == "手续费":
			f.fault(n, BadFee)
		case !ok, name != "手续费" && is[i]%1000 != 0:
			f.fault(n, BadAmount)
			ok = false
		}
		good = good && ok
	}
	f.sums[0]++
	for i := 1; i < len(is); i++ {
		f.sums[i] += is[i]
	}
	return is, good
}

// total holds the file's own sums against its lines.
func (f *wechatFile) total(n int, line []byte) {
	if line[0] == '`' {
		f.parts = columns(f.parts, line[1:], []byte(",`"))
	} else {
		f.parts = columns(f.parts, line, []byte{','})
	}
	if len(f.parts) != len(wechatTotals) {
		f.fault(n, Columns, len(wechatTotals), len(f.parts))
		return
	}
	count, ok := number(bytes.TrimSpace(f.parts[0]))
	if !ok || int64(count) != f.sums[0] {
		f.fault(n, Count, count, f.sums[0])
	}
	for i := 1; i < len(wechatTotals); i++ {
		said, ok := millis(bytes.TrimSpace(f.parts[i]))
		switch {
		case !ok:
			f.fault(n, BadAmount)
		case said != f.sums[i]:
			f.fault(n, Total, wechatTotals[i], yuan(said), yuan(f.sums[i]))
		}
	}
}
