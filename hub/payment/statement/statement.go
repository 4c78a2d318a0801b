package statement

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"zhunkao/protocol/window"
)

// Channel is who moved the money. The words are those of campaign data.
type Channel string

// The channels that state what they moved in files.
const (
	WeChat   Channel = "wechat"
	Alipay   Channel = "alipay"
	UnionPay Channel = "unionpay"
)

// Kind is in which direction a line's money went.
type Kind string

// The kinds.
const (
	Payment    Kind = "payment"    // from the buyer
	Refund     Kind = "refund"     // back to the buyer
	Adjustment Kind = "adjustment" // of UnionPay's ZME: a dispute between banks, for people to look at
)

// Line is one movement as the channel states it. Its slices are valid until the
// callback returns.
type Line struct {
	Number      int       // in its file, from 1
	Kind        Kind      //
	Time        time.Time // to the second
	Transaction []byte    // the channel's own number of the payment, also for a refund of it
	Order       []byte    // the merchant's number of the order
	Refund      []byte    // the channel's own number of the refund; empty for a payment
	Amount      int64     // fen, never negative
	Ordered     int64     // fen: what the order said, before the channel's coupons
	Fee         int64     // thousandths of a fen; negative when given back
}

// Options say what a file is held against, besides itself.
type Options struct {
	Day      time.Time // any time of the day asked for, in the time of China; zero when any day is good
	Merchant string    // "" when any is good
	SHA1     string    // of the file, in hex, as WeChat's API v3 gives it; "" when it does not
	Name     string    // of the file, for UnionPay's clearing day
}

// Summary is what a file says in all. It is good when Faults is empty.
type Summary struct {
	Channel     Channel
	Day         time.Time // midnight in China; zero where the file does not tell
	Merchant    string
	SHA256      string // of the file as it was given
	Lines       int    // movements of every kind
	Payments    int
	PaymentsFen int64
	Refunds     int
	RefundsFen  int64
	Adjustments int
	Fee         int64 // thousandths of a fen, over all lines
	Faults      []Fault
	More        int // faults beyond the first MaxFaults
}

// FeeFen is the fee over all lines in fen, halves away from zero.
func (s *Summary) FeeFen() int64 {
	if s.Fee < 0 {
		return -((-s.Fee + 500) / 1000)
	}
	return (s.Fee + 500) / 1000
}

// Source is a file: an *os.File with its size, or bytes in memory.
type Source = *io.SectionReader

// Read reads a file and calls each for every movement. What is wrong with the
// file stands in the summary; an error is of reading itself, or of each. A file
// of a day on which nothing happened is good and has no lines.
func Read(channel Channel, src Source, opts Options, each func(*Line) error) (*Summary, error) {
	b := &book{opts: opts, each: each, sum: Summary{Channel: channel}, seen: newRepeats()}
	if !opts.Day.IsZero() {
		b.sum.Day = midnight(opts.Day)
	}
	var err error
	if b.sum.SHA256, err = hashOf(src); err != nil {
		return nil, err
	}
	switch {
	case src.Size() == 0:
		b.fault(0, Empty)
	case channel == WeChat:
		err = b.wechat(src)
	case channel == Alipay:
		err = b.alipay(src)
	case channel == UnionPay:
		err = b.unionpay(src)
	default:
		return nil, fmt.Errorf("statement: no channel %q", channel)
	}
	if err != nil {
		return nil, err
	}
	b.seen.each(func(again, first int) { b.fault(again, Repeated, first) })
	b.inOrder()
	return &b.sum, nil
}

// book is one file being read.
type book struct {
	opts Options
	each func(*Line) error
	sum  Summary
	seen *repeats
	line Line // that is handed on: one for all, so that millions leave no garbage
}

// reused puts a line where every one is handed on from.
func (b *book) reused(l Line) *Line {
	b.line = l
	return &b.line
}

// hashOf reads a file once to know its hash.
func hashOf(src Source) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(src, 0, src.Size())); err != nil {
		return "", readError(err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func readError(err error) error { return fmt.Errorf("statement: reading the file: %w", err) }

// take counts a movement and hands it on.
func (b *book) take(l *Line) error {
	b.sum.Lines++
	b.sum.Fee += l.Fee
	switch l.Kind {
	case Payment:
		b.sum.Payments++
		b.sum.PaymentsFen += l.Amount
	case Refund:
		b.sum.Refunds++
		b.sum.RefundsFen += l.Amount
	case Adjustment:
		b.sum.Adjustments++
	}
	id := l.Transaction
	if l.Kind == Refund {
		id = l.Refund
	}
	if l.Kind != Adjustment {
		if len(id) == 0 {
			b.fault(l.Number, NoNumber)
		} else {
			b.seen.add(l.Kind, id, l.Number)
		}
	}
	return b.each(l)
}

// merchant holds the merchant of a line against that of the file.
func (b *book) merchant(line int, m []byte) {
	switch {
	case len(m) == 0:
		b.fault(line, WrongMerchant)
	case b.sum.Merchant == "":
		b.sum.Merchant = string(m)
		if b.opts.Merchant != "" && b.opts.Merchant != b.sum.Merchant {
			b.fault(line, WrongMerchant)
		}
	case string(m) != b.sum.Merchant:
		b.fault(line, WrongMerchant)
	}
}

// on holds the time of a line against the day of the file, which is that of its
// first line where nothing else tells.
func (b *book) on(line int, t time.Time) {
	if b.sum.Day.IsZero() {
		b.sum.Day = midnight(t)
	}
	if midnight(t) != b.sum.Day {
		b.fault(line, WrongDay)
	}
}

// midnight begins the day of a moment, in China.
func midnight(t time.Time) time.Time {
	y, m, d := t.In(window.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, window.Zone())
}

// spoiled reports whether a number went through a spreadsheet: 1.9430E+13.
func spoiled(v []byte) bool {
	return bytes.Contains(v, []byte("E+")) || bytes.Contains(v, []byte("e+"))
}
