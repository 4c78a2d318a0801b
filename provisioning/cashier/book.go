package cashier

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// The companies, by the words of campaign data.
const (
	WeChat   = "wechat"
	Alipay   = "alipay"
	UnionPay = "unionpay"
)

// Companies are all, in the order of the pages.
var Companies = []string{WeChat, Alipay, UnionPay}

// Trouble is what goes wrong with one payment.
type Trouble string

// The troubles. Whatever they do to the notice, the company's book is right.
const (
	Fine   Trouble = ""       //
	Lost   Trouble = "lost"   // no notice, ever: a query finds it, or the statement
	Late   Trouble = "late"   // the notice comes a minute later
	Twice  Trouble = "twice"  // the notice comes twice
	Forged Trouble = "forged" // the notice is signed by somebody else
	Less   Trouble = "less"   // another amount than the order's is taken
	Double Trouble = "double" // it is taken twice, under two numbers
)

// Troubles are all, in the order of the pages.
var Troubles = []Trouble{Fine, Lost, Late, Twice, Forged, Less, Double}

// Knobs are what goes wrong at a company until it is turned back.
type Knobs struct {
	Away        bool `json:"away,omitempty"`         // every request is answered by an error of the server
	Silent      bool `json:"silent,omitempty"`       // no notices
	RefundFails bool `json:"refund_fails,omitempty"` // refunds are accepted, and fail
	RefundWaits bool `json:"refund_waits,omitempty"` // refunds stay on the way until a button is pressed
	ShortBill   bool `json:"short_bill,omitempty"`   // the last payment of a day is not in its statement
}

// trade is what a merchant asked to be paid.
type trade struct {
	ID      string    `json:"id"` // of its page and its code
	Company string    `json:"company"`
	Order   string    `json:"order"`
	Opened  string    `json:"opened,omitempty"` // UnionPay's txnTime, which is part of the order's name
	Way     string    `json:"way"`              // native, h5, precreate, page, wap, front, qr
	Fen     int64     `json:"fen"`
	What    string    `json:"what"`
	Asked   time.Time `json:"asked"`
	Until   time.Time `json:"until"`
	Notify  string    `json:"notify"`
	Back    string    `json:"back,omitempty"`
	Scanned bool      `json:"scanned,omitempty"` // somebody has opened it on a telephone
	Closed  bool      `json:"closed,omitempty"`  // by the merchant
	Paid    []payment `json:"paid,omitempty"`
}

// over reports whether nobody can begin to pay it any more.
func (t *trade) over(now time.Time) bool { return t.Closed || !t.Until.IsZero() && now.After(t.Until) }

// code is the text of the code to scan; "" when it is paid on a page.
func (t *trade) code() string {
	switch t.Way {
	case "native":
		return "weixin://wxpay/bizpayurl?pr=" + t.ID
	case "precreate":
		return "https://qr.alipay.com/bax" + t.ID
	case "qr":
		return "https://qr.95516.com/00010000/" + t.ID
	}
	return ""
}

// payment is money taken for a trade.
type payment struct {
	Number  string    `json:"number"`
	Trace   int       `json:"trace"` // running number of all movements
	Fen     int64     `json:"fen"`
	At      time.Time `json:"at"`
	Trouble Trouble   `json:"trouble,omitempty"`
}

// refund is money on its way back.
type refund struct {
	Company string    `json:"company"`
	Ref     string    `json:"ref"`             // the merchant's number
	Asked   string    `json:"asked,omitempty"` // UnionPay's txnTime
	Number  string    `json:"number"`          // the company's
	Trace   int       `json:"trace"`
	Of      string    `json:"of"` // number of the payment
	Trade   string    `json:"trade"`
	Fen     int64     `json:"fen"`
	At      time.Time `json:"at"` // asked for; then done
	Notify  string    `json:"notify"`
	State   string    `json:"state"` // on-way, done, failed
	Due     time.Time `json:"due"`   // real time, of on-way
}

// The states of a refund.
const (
	onWay  = "on-way"
	done   = "done"
	failed = "failed"
)

// refundTakes is how long a refund is on its way, in real time.
const refundTakes = time.Second

// book is what the companies have written down. Its lock guards everything in it.
type book struct {
	mu      sync.Mutex
	path    string
	now     func() time.Time // the civil clock
	changed func()

	Trace   int               `json:"trace"`
	Trades  []*trade          `json:"trades"`
	Refunds []*refund         `json:"refunds"`
	Notices []*notice         `json:"notices"`
	Knobs   map[string]*Knobs `json:"knobs"`
}

// openBook reads the book at path, or begins one.
func openBook(path string, now func() time.Time, changed func()) (*book, error) {
	b := &book{path: path, now: now, changed: changed, Knobs: map[string]*Knobs{}}
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, b)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("cashier: the book %s: %w", path, err)
	}
	for _, c := range Companies {
		if b.Knobs[c] == nil {
			b.Knobs[c] = &Knobs{}
		}
	}
	return b, nil
}

// change does something under the lock and writes the book down before it returns.
func (b *book) change(do func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := do(); err != nil {
		return err
	}
	raw, err := json.Marshal(b)
	if err == nil {
		err = os.WriteFile(b.path+".new", raw, 0o600)
	}
	if err == nil {
		err = os.Rename(b.path+".new", b.path)
	}
	if err != nil {
		return fmt.Errorf("cashier: the book: %w", err)
	}
	b.changed()
	return nil
}

// read looks at the book under the lock.
func (b *book) read(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	do()
}

// errAlready says that an order is known with another amount.
var errAlready = errors.New("cashier: the order is known with another amount")

// open takes a trade down. One that is known by its names is given back as it is.
func (b *book) open(t trade) (out trade, err error) {
	err = b.change(func() error {
		if known := b.trade(t.Company, t.Order, t.Opened); known != nil {
			if known.Fen != t.Fen {
				return errAlready
			}
			if t.Back != "" {
				known.Back = t.Back
			}
			known.Way = t.Way // the newest way leads to the same page
			out = *known
			return nil
		}
		t.ID, t.Asked = strings.ToLower(rand.Text()[:10]), b.now()
		b.Trades = append(b.Trades, &t)
		out = t
		return nil
	})
	return out, err
}

// trade finds one by company, order and UnionPay's time; the caller has the lock.
func (b *book) trade(company, order, opened string) *trade {
	for _, t := range b.Trades {
		if t.Company == company && t.Order == order && t.Opened == opened {
			return t
		}
	}
	return nil
}

// byID finds one by its page; the caller has the lock.
func (b *book) byID(id string) *trade {
	for _, t := range b.Trades {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// find is trade for who has not the lock.
func (b *book) find(company, order, opened string) (out trade, ok bool) {
	b.read(func() {
		if t := b.trade(company, order, opened); t != nil {
			out, ok = t.copied(), true
		}
	})
	return out, ok
}

func (t *trade) copied() trade {
	c := *t
	c.Paid = slices.Clone(t.Paid)
	return c
}

var (
	errUnknown = errors.New("cashier: no such order")
	errOver    = errors.New("cashier: the order is over")
	errPaid    = errors.New("cashier: the order is paid")
)

// pay takes the money for a trade. anyhow takes it although the order is over or
// paid, as a bank that answers late does.
func (b *book) pay(id string, trouble Trouble, anyhow bool) error {
	return b.change(func() error {
		t := b.byID(id)
		switch {
		case t == nil:
			return errUnknown
		case len(t.Paid) > 0 && !anyhow:
			return errPaid
		case t.over(b.now()) && !anyhow:
			return errOver
		case !slices.Contains(Troubles, trouble):
			return fmt.Errorf("cashier: unknown trouble %q", trouble)
		}
		fen, times := t.Fen, 1
		if trouble == Less {
			fen -= min(100, fen/2)
		}
		if trouble == Double {
			times = 2
		}
		t.Scanned = true
		for range times {
			b.Trace++
			at := b.now()
			p := payment{Number: number(t.Company, at, b.Trace), Trace: b.Trace, Fen: fen, At: at.Truncate(time.Second), Trouble: trouble}
			t.Paid = append(t.Paid, p)
			b.tell(t, p)
		}
		return nil
	})
}

// number is how a company numbers a payment.
func number(company string, at time.Time, trace int) string {
	at = at.In(zone)
	switch company {
	case WeChat:
		return fmt.Sprintf("4200000401%s%010d", at.Format("20060102"), trace)
	case Alipay:
		return fmt.Sprintf("%s2200140000%010d", at.Format("20060102"), trace)
	}
	return fmt.Sprintf("%s%07d", at.Format("20060102150405"), trace)
}

// scan is what a telephone does that reads a code.
func (b *book) scan(id string) (out trade, ok bool) {
	known := false
	b.read(func() {
		if t := b.byID(id); t != nil {
			ok, known, out = true, t.Scanned, t.copied()
		}
	})
	if !ok || known {
		return out, ok
	}
	err := b.change(func() error {
		t := b.byID(id)
		t.Scanned = true
		out = t.copied()
		return nil
	})
	return out, err == nil
}

// giveBack takes a refund down; the same again is given back as it is.
func (b *book) giveBack(r refund) (out refund, err error) {
	err = b.change(func() error {
		for _, known := range b.Refunds {
			if known.Company == r.Company && known.Ref == r.Ref && known.Asked == r.Asked {
				out = *known
				return nil
			}
		}
		t, p := b.payment(r.Company, r.Of)
		if t == nil {
			return errUnknown
		}
		if p.Fen != r.Fen || slices.ContainsFunc(b.Refunds, func(o *refund) bool { return o.Of == r.Of && o.Company == r.Company && o.State != failed }) {
			return errAlready
		}
		b.Trace++
		r.Trace, r.Trade, r.State, r.At, r.Due = b.Trace, t.ID, onWay, b.now(), time.Now().Add(refundTakes)
		switch r.Company {
		case WeChat:
			r.Number = fmt.Sprintf("5030000401%s%012d", r.At.In(zone).Format("20060102"), b.Trace)
		case UnionPay:
			r.Number = number(UnionPay, r.At, b.Trace)
		default:
			r.Number = r.Ref // Alipay has none of its own
		}
		b.Refunds = append(b.Refunds, &r)
		out = r
		return nil
	})
	return out, err
}

// payment finds one by the company's number; the caller has the lock.
func (b *book) payment(company, number string) (*trade, payment) {
	for _, t := range b.Trades {
		for _, p := range t.Paid {
			if t.Company == company && p.Number == number {
				return t, p
			}
		}
	}
	return nil, payment{}
}

// back finds a refund.
func (b *book) back(company, ref, asked string) (out refund, of trade, ok bool) {
	b.read(func() {
		for _, r := range b.Refunds {
			if r.Company == company && r.Ref == ref && r.Asked == asked {
				out, of, ok = *r, b.byID(r.Trade).copied(), true
			}
		}
	})
	return out, of, ok
}

// settle ends refunds whose time has come; pressed is one that is ended at once.
func (b *book) settle(now time.Time, pressed string) error {
	ready := func(r *refund) bool {
		return r.State == onWay && (r.Number == pressed || now.After(r.Due) && !b.Knobs[r.Company].RefundWaits)
	}
	some := false
	b.read(func() { some = slices.ContainsFunc(b.Refunds, ready) })
	if !some {
		return nil
	}
	return b.change(func() error {
		for _, r := range b.Refunds {
			if !ready(r) {
				continue
			}
			r.At, r.State = b.now().Truncate(time.Second), done
			if b.Knobs[r.Company].RefundFails {
				r.State = failed
			}
			b.tellRefund(r)
		}
		return nil
	})
}
