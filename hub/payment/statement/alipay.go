package statement

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/gbk"
)

// The columns of Alipay's 业务明细 (domain §4.3).
var alipayColumns = strings.Split("支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"+
	"订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"+
	"退款批次号/请求号,服务费（元）,分润（元）,备注", ",")

// Places of the columns that count.
const (
	alipayTrade   = 0
	alipayOrder   = 1
	alipayKind    = 2
	alipayDone    = 5
	alipayOrdered = 11
	alipayPaid    = 12
	alipayRefund  = 21
	alipayFee     = 22
)

// What the two files begin with, after the number sign.
const (
	alipayDetail = "支付宝业务明细"
	alipaySums   = "支付宝业务汇总"
)

// How 业务类型 reads, in the bytes of the file.
var (
	alipayPayment = inGBK("交易")
	alipayBack    = inGBK("退款")
)

var (
	alipayAccount = regexp.MustCompile(`账号：\[?([^\]\s]+)`)
	alipayDays    = regexp.MustCompile(`起始日期：\[?(\d{4})年(\d{2})月(\d{2})日(?: 00:00:00)?\]?\s*终止日期：\[?(\d{4})年(\d{2})月(\d{2})日 ?(00:00:00|23:59:59|24:00:00)?`)
	alipayEnd     = regexp.MustCompile(`#-+业务(明细|汇总)列表结束-+`)
	alipayPaidSum = regexp.MustCompile(`^#交易合计：(\d+)笔[，,]\s*商家实收共(-?[\d.]+)元`)
	alipayBackSum = regexp.MustCompile(`^#退款合计：(\d+)笔[，,]\s*商家实收退款共(-?[\d.]+)元`)
)

func inGBK(s string) []byte {
	b, err := gbk.Encode(gbk.GBK, s)
	if err != nil {
		panic(err) // a constant
	}
	return b
}

// alipayFile is the pair of Alipay's files being read.
type alipayFile struct {
	*book
	parts    [][]byte
	received int64 // fen, of refunds negative
	fees     int64 // as they stand there, in thousandths of a fen
	details  bool  // the list of movements was there
}

// alipay reads Alipay's archive with its two files, or 业务明细 alone as somebody
// took it out.
func (b *book) alipay(src Source) error {
	f := &alipayFile{book: b}
	head := make([]byte, 4)
	if n, err := src.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return readError(err)
	} else if string(head[:n]) != "PK\x03\x04" && string(head[:n]) != "PK\x05\x06" {
		return f.read(io.NewSectionReader(src, 0, src.Size()))
	}
	z, err := zip.NewReader(src, src.Size())
	if err != nil {
		b.fault(0, BadPack)
		return nil
	}
	files := slices.Clone(z.File)
	files = slices.DeleteFunc(files, func(e *zip.File) bool { return e.FileInfo().IsDir() })
	slices.SortStableFunc(files, func(x, y *zip.File) int { return cmp.Compare(weight(x), weight(y)) })
	for _, e := range files {
		if err := b.member(e, f.read); err != nil {
			return err
		}
	}
	if !f.details && len(b.sum.Faults) == 0 {
		b.fault(0, NoFile)
	}
	return nil
}

// weight puts the file of sums behind the other: it is held against the movements.
// Names of files are not trusted to tell them apart.
func weight(e *zip.File) int {
	r, err := e.Open()
	if err != nil {
		return 0 // said when it is read
	}
	defer func() { _ = r.Close() }()
	head := make([]byte, 64)
	n, _ := io.ReadFull(r, head)
	if bytes.HasPrefix(head[:n], inGBK("#"+alipaySums)) {
		return 1
	}
	return 0
}

// read reads one of the two files; its first line says which.
func (f *alipayFile) read(r io.Reader) error {
	in := newLines(r)
	line, err := in.next()
	if err != nil {
		return readError(err)
	}
	title, faults := gbk.Decode(gbk.GB18030, line)
	switch {
	case len(faults) == 0 && strings.HasPrefix(title, "#"+alipayDetail):
		if f.details {
			f.fault(1, TwoHeaders)
			return nil
		}
		f.details = true
		return f.movements(in)
	case len(faults) == 0 && strings.HasPrefix(title, "#"+alipaySums):
		return f.sums(in)
	case bytes.Contains(line, []byte("支付宝")), bytes.HasPrefix(line, []byte("\xEF\xBB\xBF")), bytes.HasPrefix(line, []byte("\xFF\xFE")), len(faults) > 0:
		f.fault(1, BadCharset)
	default:
		f.fault(1, BadHeader)
	}
	return nil
}

// text is a line decoded; false when it is not of the character set.
func (f *alipayFile) text(n int, line []byte) (string, bool) {
	s, faults := gbk.Decode(gbk.GB18030, line)
	if len(faults) > 0 {
		f.fault(n, BadCharset)
	}
	return strings.TrimRight(s, " \t"), len(faults) == 0
}

// movements reads 业务明细 after its title.
func (f *alipayFile) movements(in *lines) error {
	end := end{file: f}
	headed := false
	for {
		line, err := in.next()
		if err != nil {
			return readError(err)
		}
		if line == nil {
			break
		}
		n := in.number
		switch {
		case in.long:
			f.fault(n, LongLine)
		case len(bytes.TrimSpace(line)) == 0:
		case line[0] == '#':
			if s, ok := f.text(n, line); ok {
				f.comment(n, s, headed, &end)
			}
		case end.listed:
			f.fault(n, Trailing)
		case !headed:
			s, ok := f.text(n, line)
			if !ok || !slices.Equal(named(s), alipayColumns) {
				f.fault(n, BadHeader)
				return nil
			}
			headed = true
		default:
			if err := f.line(n, line); err != nil {
				return err
			}
		}
	}
	switch {
	case !headed && !end.listed:
		f.fault(in.number, BadHeader)
	case !end.listed || !end.paid || !end.back:
		f.fault(in.number, CutShort)
	}
	return nil
}

// named are the columns that a line names.
func named(s string) []string {
	names := strings.Split(s, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// end is what of the end of 业务明细 has been seen.
type end struct {
	file               *alipayFile
	listed, paid, back bool
}

// comment reads a line that begins with a number sign.
func (f *alipayFile) comment(n int, s string, headed bool, end *end) {
	if m := alipayAccount.FindStringSubmatch(s); m != nil {
		f.merchant(n, []byte(m[1]))
		return
	}
	if m := alipayDays.FindStringSubmatch(s); m != nil {
		f.days(n, m)
		return
	}
	if alipayEnd.MatchString(s) {
		if end.listed {
			f.fault(n, Trailing)
		}
		end.listed = true
		return
	}
	if headed && !end.listed {
		f.fault(n, TwoHeaders)
	}
	for _, total := range []struct {
		is    *regexp.Regexp
		seen  *bool
		count int
		fen   int64
		what  string
	}{
		{alipayPaidSum, &end.paid, f.book.sum.Payments, f.book.sum.PaymentsFen, "商家实收"},
		{alipayBackSum, &end.back, f.book.sum.Refunds, f.book.sum.RefundsFen, "商家实收退款"},
	} {
		if m := total.is.FindStringSubmatch(s); m != nil {
			*total.seen = true
			f.against(n, total.what, m[1], m[2], total.count, total.fen)
		}
	}
}

// against holds a count and a sum of the file against its lines. Of refunds some
// files sign the sum and some do not.
func (f *alipayFile) against(n int, what, count, sum string, is int, fenIs int64) {
	if c, ok := number([]byte(count)); !ok || c != is {
		f.fault(n, Count, c, is)
	}
	switch said, ok := fen([]byte(sum)); {
	case !ok:
		f.fault(n, BadAmount)
	case max(said, -said) != fenIs:
		f.fault(n, Total, what, yuan(said*1000), yuan(fenIs*1000))
	}
}

// days reads of which day the file is: from one midnight to the next.
func (f *alipayFile) days(n int, m []string) {
	at := func(y, mo, d string) (time.Time, bool) {
		year, _ := number([]byte(y))
		month, _ := number([]byte(mo))
		day, _ := number([]byte(d))
		return date(year, month, day, 0, 0, 0)
	}
	from, ok1 := at(m[1], m[2], m[3])
	to, ok2 := at(m[4], m[5], m[6])
	if m[7] == "23:59:59" || m[7] == "24:00:00" || m[7] == "" && to.Equal(from) { // the day itself, to its end
		to = to.AddDate(0, 0, 1)
	}
	if !ok1 || !ok2 || !to.Equal(from.AddDate(0, 0, 1)) {
		f.fault(n, WrongDay)
		return
	}
	f.on(n, from)
}

// line reads one movement; each value is followed by a tabulator.
func (f *alipayFile) line(n int, line []byte) error {
	if !chinese(line) {
		f.fault(n, BadCharset)
		return nil
	}
	if f.parts = columns(f.parts, line, []byte{','}); len(f.parts) != len(alipayColumns) { // a name of goods with a comma in it
		f.parts = columns(f.parts, line, []byte("\t,"))
	}
	if len(f.parts) != len(alipayColumns) {
		f.fault(n, Columns, len(alipayColumns), len(f.parts))
		return nil
	}
	for i, p := range f.parts {
		f.parts[i] = bytes.TrimSpace(p)
	}
	l := f.reused(Line{Number: n, Transaction: f.parts[alipayTrade], Order: f.parts[alipayOrder]})
	if spoiled(l.Transaction) || spoiled(l.Order) {
		f.fault(n, Spreadsheet)
	}
	var ok bool
	if l.Time, ok = second(f.parts[alipayDone]); !ok {
		f.fault(n, BadTime)
	} else {
		f.on(n, l.Time)
	}
	received, ok1 := fen(f.parts[alipayPaid])
	ordered, ok2 := fen(f.parts[alipayOrdered])
	fee, ok3 := millis(f.parts[alipayFee])
	switch {
	case !ok1 || !ok2:
		f.fault(n, BadAmount)
		return nil
	case !ok3:
		f.fault(n, BadFee)
		return nil
	}
	f.received += received
	f.fees += fee
	switch kind := f.parts[alipayKind]; {
	case bytes.Equal(kind, alipayPayment):
		l.Kind, l.Fee = Payment, max(fee, -fee)
	case bytes.Equal(kind, alipayBack):
		l.Kind, l.Fee, l.Refund = Refund, -max(fee, -fee), f.parts[alipayRefund]
		received, ordered = -received, -ordered
	default:
		f.fault(n, BadKind)
		return nil
	}
	if received < 0 || ordered < 0 {
		f.fault(n, BadAmount)
		return nil
	}
	l.Amount, l.Ordered = received, ordered
	return f.take(l)
}

// chinese reports whether bytes are GBK or GB18030. Their second bytes are never
// a comma, so that a line may be split before it is decoded.
func chinese(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if i+1 >= len(b) || b[i] == 0x80 || b[i] == 0xFF {
			return false
		}
		switch c := b[i+1]; {
		case c >= 0x40 && c != 0x7F && c != 0xFF:
			i++
		case c >= '0' && c <= '9' && i+3 < len(b) && b[i+2] >= 0x81 && b[i+2] != 0xFF && b[i+3] >= '0' && b[i+3] <= '9':
			i += 3
		default:
			return false
		}
	}
	return true
}
