package statement

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/window"
)

// field is where a value stands in a line of UnionPay's, in bytes from 0.
type field struct{ from, to int }

func (f field) of(line []byte) []byte { return bytes.TrimSpace(line[f.from:f.to]) }

// Fields of ZM and ZME that count (ACP 对账文件; domain §4.4 and its tables).
var (
	upCode    = field{0, 3}
	upTime    = field{35, 45}
	upAmount  = field{66, 78}
	zmQuery   = field{87, 108}
	zmOrder   = field{112, 144}
	zmFee     = field{166, 179}
	zmOf      = field{271, 292} // 原交易查询流水号
	zmMerId   = field{293, 308}
	zmeMerId  = field{154, 169}
	upTrace   = field{28, 34}
	upSending = field{16, 27}
)

// The layouts by the length of a line: how many bytes each field has. One byte
// parts two fields. What is last, 保留使用, newer files divide further.
var (
	zmFields = []int{3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32}
	zmOlder  = append(slices.Clone(zmFields), 98)
	zmNewer  = append(slices.Clone(zmFields), 13, 2, 1, 12, 67)
	zmeAll   = []int{3, 11, 11, 6, 10, 19, 12, 4, 2, 2, 6, 10, 4, 12, 13, 13, 15, 15, 1, 12, 2, 135}
)

// layout is how lines of one length are read.
type layout struct {
	disputes   bool  // ZME
	separators []int // places of the bytes between fields
}

var layouts = func() map[int]layout {
	all := map[int]layout{}
	for _, l := range []struct {
		fields   []int
		disputes bool
	}{{zmOlder, false}, {zmNewer, false}, {zmeAll, true}} {
		at, seps := 0, []int(nil)
		for i, n := range l.fields {
			at += n
			if i < len(l.fields)-1 {
				seps = append(seps, at)
				at++
			}
		}
		all[at] = layout{disputes: l.disputes, separators: seps}
	}
	return all
}()

// UnionPay's codes of business (交易代码).
const (
	upPurchase = "S22"
	upRefund   = "S30"
)

// unionpayFile is one archive of UnionPay's being read.
type unionpayFile struct {
	*book
	separator byte // of all lines; 0 before the first
	base      int  // lines of the files before this one
	dayless   bool // it was said that nothing tells the day
}

// unionpay reads what the file-transfer service answered, its archive, or a file
// out of it.
func (b *book) unionpay(src Source) error {
	f := &unionpayFile{book: b}
	body, named, err := unpack(src)
	switch {
	case errors.Is(err, errPack):
		b.fault(0, BadPack)
		return nil
	case errors.Is(err, errLarge):
		b.fault(0, TooLarge)
		return nil
	case err != nil:
		return err
	}
	if body == nil {
		f.day(b.opts.Name)
		return f.read(io.NewSectionReader(src, 0, src.Size()))
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		b.fault(0, BadPack)
		return nil
	}
	f.day(named, b.opts.Name)
	found := false
	for _, e := range z.File {
		if !strings.Contains(strings.ToUpper(path.Base(e.Name)), "ZM") || e.FileInfo().IsDir() {
			continue
		}
		if f.day(path.Base(e.Name)); strings.Contains(strings.ToUpper(path.Base(e.Name)), "ZME") {
			found = found || e.UncompressedSize64 > 0
		} else {
			found = true
		}
		if err := b.member(e, f.read); err != nil {
			return err
		}
	}
	if !found {
		b.fault(0, NoFile)
	}
	return nil
}

// dayNames finds the clearing day in a file's name: INN190906…ZM_…, or 20190906.
var dayNames = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|\D)(20\d\d)(\d\d)(\d\d)(?:\D|$)`),
	regexp.MustCompile(`^[A-Za-z]+(\d\d)(\d\d)(\d\d)\d*Z`),
}

// day learns the clearing day from the first of names that tells one.
func (f *unionpayFile) day(names ...string) {
	for _, name := range names {
		for _, is := range dayNames {
			m := is.FindStringSubmatch(name)
			if m == nil {
				continue
			}
			year, _ := number([]byte(m[1]))
			month, _ := number([]byte(m[2]))
			day, _ := number([]byte(m[3]))
			if year < 100 {
				year += 2000
			}
			if t, ok := date(year, month, day, 0, 0, 0); ok {
				f.on(0, t)
				return
			}
		}
	}
}

// read reads ZM or ZME, told apart by the length of their lines.
func (f *unionpayFile) read(r io.Reader) error {
	in := newLines(r)
	for {
		line, err := in.next()
		if err != nil {
			return readError(err)
		}
		if line == nil {
			break
		}
		n := f.base + in.number
		switch l, ok := layouts[len(line)]; {
		case in.long:
			f.fault(n, LongLine)
		case len(bytes.TrimSpace(line)) == 0:
		case !ok && in.open:
			f.fault(n, CutShort)
		case !ok:
			f.fault(n, BadLength, len(line))
		case !f.apart(n, line, l):
		case l.disputes:
			err = f.dispute(n, line)
		default:
			err = f.line(n, line)
		}
		if err != nil {
			return err
		}
	}
	f.base += in.number
	return nil
}

// apart reports whether the bytes between the fields are where they belong, all the same.
func (f *unionpayFile) apart(n int, line []byte, l layout) bool {
	if f.separator == 0 {
		f.separator = line[l.separators[0]]
	}
	for _, at := range l.separators {
		if line[at] != f.separator || '0' <= line[at] && line[at] <= '9' {
			f.fault(n, BadSeparator, at+1)
			return false
		}
	}
	if !chinese(line) {
		f.fault(n, BadCharset)
		return false
	}
	return true
}

// line reads one movement of ZM.
func (f *unionpayFile) line(n int, line []byte) error {
	l := f.reused(Line{Number: n, Transaction: zmQuery.of(line), Order: zmOrder.of(line)})
	var ok bool
	if l.Time, ok = f.at(n, upTime.of(line)); !ok {
		return nil
	}
	f.merchant(n, zmMerId.of(line))
	amount, ok := number(upAmount.of(line))
	if !ok {
		f.fault(n, BadAmount)
		return nil
	}
	l.Amount, l.Ordered = int64(amount), int64(amount)
	fee := zmFee.of(line)
	if len(fee) > 0 {
		size, ok := number(fee[1:])
		if !ok || fee[0] != 'C' && fee[0] != 'D' {
			f.fault(n, BadFee)
			return nil
		}
		l.Fee = int64(size) * 1000
	}
	switch code := string(upCode.of(line)); code {
	case upPurchase:
		l.Kind = Payment
	case upRefund:
		l.Kind, l.Refund, l.Fee = Refund, l.Transaction, -l.Fee
		l.Transaction = zmOf.of(line)
	default:
		f.fault(n, BadKind)
		return nil
	}
	return f.take(l)
}

// dispute reads one line of ZME. Most of its columns have no documented name:
// what is counted and shown is that it is there, when, and how much.
func (f *unionpayFile) dispute(n int, line []byte) error {
	l := f.reused(Line{Number: n, Kind: Adjustment, Transaction: slices.Concat(upSending.of(line), upTrace.of(line), upTime.of(line))})
	var ok bool
	if l.Time, ok = f.at(n, upTime.of(line)); !ok {
		return nil
	}
	amount, ok := number(upAmount.of(line))
	if !ok {
		f.fault(n, BadAmount)
		return nil
	}
	if m := zmeMerId.of(line); len(m) > 0 && f.sum.Merchant != "" && string(m) != f.sum.Merchant {
		f.fault(n, WrongMerchant)
	}
	l.Amount, l.Ordered = int64(amount), int64(amount)
	return f.take(l)
}

// at reads MMDDhhmmss. The year is the one that brings it nearest to the clearing
// day; a clearing day ends in the evening, so that one day before and after are good.
func (f *unionpayFile) at(n int, v []byte) (time.Time, bool) {
	if f.sum.Day.IsZero() {
		if !f.dayless {
			f.fault(0, NoDay)
		}
		f.dayless = true
		return time.Time{}, false
	}
	digits, ok := number(v)
	if !ok || len(v) != 10 {
		f.fault(n, BadTime)
		return time.Time{}, false
	}
	var best time.Time
	for _, year := range []int{f.sum.Day.Year() - 1, f.sum.Day.Year(), f.sum.Day.Year() + 1} {
		t, ok := date(year, digits/1e8, digits/1e6%100, digits/1e4%100, digits/100%100, digits%100)
		if ok && (best.IsZero() || t.Sub(f.sum.Day).Abs() < best.Sub(f.sum.Day).Abs()) {
			best = t
		}
	}
	if best.IsZero() || digits/1e4%100 > 23 || digits/100%100 > 59 || digits%100 > 59 {
		f.fault(n, BadTime)
		return time.Time{}, false
	}
	if days := midnight(best).Sub(midnight(f.sum.Day)); days.Abs() > 24*time.Hour {
		f.fault(n, WrongDay)
	}
	return best.In(window.Zone()), true
}
