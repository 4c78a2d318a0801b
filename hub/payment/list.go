package payment

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Filter cuts a list of orders. What is zero lets all through.
type Filter struct {
	Campaign string
	Division string // and below it
	Point    string
	State    State
	Channel  string   // of a movement that names the order
	Standing Standing // of such a movement, when it was booked
	From, To int64    // when it was opened, ms: from the one, before the other
	Before   Cursor   // what is older than this
	Limit    int      // 50 if it is none of 1 to 500
}

// Cursor is where a page of a list ended.
type Cursor struct {
	At     int64
	Number string
}

// Sum is how many, and of how much together.
type Sum struct {
	N   int64
	Fen int64
}

// conds gathers conditions of SQL, and what they ask for.
type conds struct {
	all  []string
	args []any
}

func (c *conds) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

func (c *conds) equal(column, v string) {
	if v != "" {
		c.all = append(c.all, column+" = "+c.arg(v))
	}
}

func (c *conds) where() string {
	if len(c.all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.all, " AND ")
}

func (f Filter) conds() (c conds) {
	c.equal("campaign", f.Campaign)
	c.equal("point", f.Point)
	c.equal("state", string(f.State))
	if f.State != "" && f.State != Paid {
		c.all = append(c.all, "state <> 'paid'") // as the index of these says it
	}
	if f.Division != "" && f.Point == "" && f.Division[2:] != "0000" { // a province's remit is all
		c.all = append(c.all, org.Within("division", f.Division, c.arg))
	}
	if f.Channel != "" || f.Standing != "" {
		of := "EXISTS (SELECT 1 FROM payment_movement m"
		if f.Standing != "" {
			of += " JOIN payment_entry e ON e.movement = m.id AND e.position = 0 AND e.step = " + c.arg(string(f.Standing))
		}
		of += " WHERE m.order_number = payment_order.number"
		if f.Channel != "" {
			of += " AND m.channel = " + c.arg(f.Channel)
		}
		c.all = append(c.all, of+")")
	}
	if f.From > 0 {
		c.all = append(c.all, "opened_at >= "+c.arg(f.From))
	}
	if f.To > 0 {
		c.all = append(c.all, "opened_at < "+c.arg(f.To))
	}
	return c
}

func limited(n int) string {
	if n < 1 || n > 501 {
		n = 50
	}
	return " LIMIT " + strconv.Itoa(n)
}

// Orders gives a page of the list, the newest first.
func Orders(ctx context.Context, tx *db.Tx, f Filter) (out []Order, err error) {
	c := f.conds()
	if f.Before.Number != "" {
		at := c.arg(f.Before.At)
		c.all = append(c.all, "(opened_at < "+at+" OR opened_at = "+at+" AND number < "+c.arg(f.Before.Number)+")")
	}
	err = tx.Each(ctx, `SELECT `+orderColumns+` FROM payment_order`+c.where()+` ORDER BY opened_at DESC, number DESC`+limited(f.Limit), c.args, func(row func(...any) error) error {
		o, err := scanOrder(row)
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: list: %w", err)
	}
	return out, nil
}

// Sums counts the orders of the list by state, and what they ask for together.
func Sums(ctx context.Context, tx *db.Tx, f Filter) (map[State]Sum, error) {
	c, out := f.conds(), map[State]Sum{}
	paid, others := c, c // each has an index of its own
	paid.all, others.all = append(slices.Clone(c.all), `state = 'paid'`), append(slices.Clone(c.all), `state <> 'paid'`)
	err := tx.Each(ctx, `SELECT 'paid', count(*), CAST(coalesce(sum(fen), 0) AS BIGINT) FROM payment_order`+paid.where()+`
		UNION ALL SELECT state, count(*), CAST(sum(fen) AS BIGINT) FROM payment_order`+others.where()+` GROUP BY state`, c.args, func(row func(...any) error) error {
		var s State
		var n Sum
		if err := row(&s, &n.N, &n.Fen); err != nil || n.N == 0 {
			return err
		}
		out[s] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("payment: sums: %w", err)
	}
	return out, nil
}

// Booking is a movement with all that was decided about it.
type Booking struct {
	Movement
	BookedAt int64
	Standing Standing
	Lies     Lies
	Owner    string // order that it belongs to: as its channel says it, or as was found out later
	Found    bool   // it was found out later
	Entries  []Entry
}

// Lies is where the money of a movement is after its entries.
type Lies = lies

// The places, for pages.
const (
	InFees      Lies = inFees
	InSuspense  Lies = inSuspense
	InReturning Lies = inReturning
	Returned    Lies = returned
	Reverted    Lies = reverted
	Gone        Lies = gone
)

// Entry is one line of a movement's entries: its standing, or a step.
type Entry struct {
	Step       string // a Standing or a Step, or "returned"
	At         int64
	By, Second string // accounts, "" for none
	Why        string
	Postings   []Posting
}

const lineColumns = `e.step, e.at, e.by_staff, e.second, e.why, e.debit, e.debit_fen, e.credit, e.credit_fen`

// scan reads lineColumns behind others.
func (e *Entry) scan(row func(...any) error, before ...any) error {
	var debit, credit Posting
	err := row(append(before, &e.Step, &e.At, &e.By, &e.Second, &e.Why, &debit.Fund, &debit.Fen, &credit.Fund, &credit.Fen)...)
	for _, p := range []Posting{debit, credit} {
		if p.Fund != "" {
			e.Postings = append(e.Postings, p)
		}
	}
	return err
}

const bookingColumns = `m.id, m.channel, m.kind, m.number, m.of_number, m.order_number, m.fen, m.moved_at, m.source, m.booked_by, m.booked_at, coalesce(w.order_number, '')`

// bookings are movements, each with the order that was found for it last.
const bookings = ` FROM payment_movement m LEFT JOIN payment_owner w ON w.movement = m.id AND NOT EXISTS (SELECT 1 FROM payment_owner later WHERE later.movement = w.movement AND later.position > w.position)`

func readBookings(ctx context.Context, tx *db.Tx, rest string, args []any) (out []Booking, err error) {
	err = tx.Each(ctx, `SELECT `+bookingColumns+bookings+rest, args, func(row func(...any) error) error {
		var b Booking
		var found string
		m := &b.Movement
		err := row(&m.ID, &m.Channel, &m.Kind, &m.Number, &m.Of, &m.Order, &m.Fen, &m.At, &m.Source, &m.By, &b.BookedAt, &found)
		if b.Owner = m.Order; found != "" {
			b.Owner, b.Found = found, true
		}
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: movements: %w", err)
	}
	return out, entriesOf(ctx, tx, out)
}

// entriesOf fills in the entries and postings of movements, all in one question.
func entriesOf(ctx context.Context, tx *db.Tx, of []Booking) error {
	if len(of) == 0 {
		return nil
	}
	var c conds
	at, ids := map[string]int{}, make([]string, len(of))
	for i, b := range of {
		at[b.ID], ids[i] = i, c.arg(b.ID)
	}
	err := tx.Each(ctx, `SELECT e.movement, `+lineColumns+` FROM payment_entry e WHERE e.movement IN (`+strings.Join(ids, ", ")+`) ORDER BY e.movement, e.position`, c.args, func(row func(...any) error) error {
		var movement string
		var e Entry
		if err := e.scan(row, &movement); err != nil {
			return err
		}
		b := &of[at[movement]]
		b.Entries = append(b.Entries, e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("payment: entries: %w", err)
	}
	for i := range of {
		of[i].settle()
	}
	return nil
}

// settle says where the money lies, from the entries.
func (b *Booking) settle() {
	var p place
	for i, e := range b.Entries {
		if i == 0 {
			b.Standing = Standing(e.Step)
		}
		p.follow(e.Step)
	}
	b.Lies = p.now
}

// Look returns one movement. ErrNotFound.
func Look(ctx context.Context, tx *db.Tx, id string) (Booking, error) {
	out, err := readBookings(ctx, tx, ` WHERE m.id = $1`, []any{id})
	if err != nil {
		return Booking{}, err
	}
	if len(out) == 0 {
		return Booking{}, ErrNotFound
	}
	return out[0], nil
}

// BookingsOf gives all movements of an order, the oldest first: what names it, what
// was found to be its, and the refunds of both.
func BookingsOf(ctx context.Context, tx *db.Tx, order string) ([]Booking, error) {
	return readBookings(ctx, tx, ` WHERE m.order_number = $1 OR m.id IN (SELECT movement FROM payment_owner WHERE order_number = $1) ORDER BY m.booked_at, m.id`, []any{order})
}

// HersOf gives the movements that an order's owner may be shown as her own, the oldest
// first: of what names the order nothing that was found to be somebody else's, nor a
// refund of that (domain §4.5); and what was found to be its, with the refunds.
func HersOf(ctx context.Context, tx *db.Tx, order string) ([]Booking, error) {
	all, err := readBookings(ctx, tx, ` WHERE m.id IN (SELECT id FROM payment_movement WHERE order_number = $1
		UNION SELECT movement FROM payment_owner WHERE order_number = $1
		UNION SELECT r.id FROM payment_owner f JOIN payment_movement p ON p.id = f.movement JOIN payment_movement r ON r.order_number = p.order_number AND r.channel = p.channel AND r.of_number = p.number
			WHERE f.order_number = $1) ORDER BY m.booked_at, m.id`, []any{order})
	if err != nil {
		return nil, err
	}
	hers := map[[2]string]bool{} // by channel and number of the payment
	for _, b := range all {
		if b.Kind == Payment {
			hers[[2]string{b.Channel, b.Number}] = b.Owner == order
		}
	}
	return slices.DeleteFunc(all, func(b Booking) bool {
		if b.Kind == Payment {
			return b.Owner != order
		}
		is, known := hers[[2]string{b.Channel, b.Of}]
		return known && !is || !known && b.Owner != order
	}), nil
}

// ByNumber finds movements by the number that a channel gave: one, and the refunds
// of it.
func ByNumber(ctx context.Context, tx *db.Tx, number string) ([]Booking, error) {
	return readBookings(ctx, tx, ` WHERE m.channel IN ('wechat', 'alipay', 'unionpay', 'cash', 'transfer') AND m.kind IN ('payment', 'refund') AND m.number = $1 ORDER BY m.booked_at, m.id LIMIT 20`, []any{number})
}

// Lying is a list of movements whose money lies in one fund.
type Lying struct {
	Fund     Fund // Suspense, or Returning
	Division string
	Point    string
	Standing Standing
	Void     bool   // only of those whose registration is void (A41)
	After    Cursor // its number is a movement's id
	Limit    int
}

func (l Lying) conds() (c conds) {
	// A fund is asked, not the steps: what lies there is what its postings have not
	// taken away again. A refund that was made says so in the payment's own entries.
	c.all = append(c.all, `m.id IN (SELECT p.movement FROM `+postingsTo(c.arg(string(l.Fund)))+` GROUP BY p.movement HAVING sum(p.fen) <> 0)`)
	if l.Fund == Returning {
		c.all = append(c.all, `m.kind = 'payment' AND NOT EXISTS (SELECT 1 FROM payment_entry r WHERE r.movement = m.id AND r.step = '`+string(returned)+`')`)
	}
	if l.Standing != "" {
		c.all = append(c.all, `EXISTS (SELECT 1 FROM payment_entry s WHERE s.movement = m.id AND s.position = 0 AND s.step = `+c.arg(string(l.Standing))+`)`)
	}
	if l.Void {
		c.all = append(c.all, `EXISTS (SELECT 1 FROM `+voided+` AND x.application = o.application)`)
	}
	c.equal("o.point", l.Point)
	if l.Division != "" && l.Point == "" && l.Division[2:] != "0000" { // what is nobody's is the province's
		c.all = append(c.all, org.Within("o.division", l.Division, c.arg))
	}
	return c
}

const ownersOf = ` LEFT JOIN payment_order o ON o.number = coalesce(w.order_number, m.order_number)`

// Lying gives a page of it, the oldest first.
func (l Lying) List(ctx context.Context, tx *db.Tx) ([]Booking, error) {
	c := l.conds()
	if l.After.Number != "" {
		at := c.arg(l.After.At)
		c.all = append(c.all, "(m.booked_at > "+at+" OR m.booked_at = "+at+" AND m.id > "+c.arg(l.After.Number)+")")
	}
	return readBookings(ctx, tx, ownersOf+c.where()+` ORDER BY m.booked_at, m.id`+limited(l.Limit), c.args)
}

// Total counts it.
func (l Lying) Total(ctx context.Context, tx *db.Tx) (s Sum, err error) {
	c := l.conds()
	err = tx.QueryRow(ctx, `SELECT count(*), CAST(coalesce(sum(m.fen), 0) AS BIGINT)`+bookings+ownersOf+c.where(), c.args...).Scan(&s.N, &s.Fen)
	if err != nil {
		return Sum{}, fmt.Errorf("payment: lying: %w", err)
	}
	return s, nil
}

// ChannelsOf gives the channels of movements by their ids, in one question.
func ChannelsOf(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	var c conds
	in := make([]string, len(ids))
	for i, id := range ids {
		in[i] = c.arg(id)
	}
	err := tx.Each(ctx, `SELECT id, channel FROM payment_movement WHERE id IN (`+strings.Join(in, ", ")+`)`, c.args, func(row func(...any) error) error {
		var id, channel string
		err := row(&id, &channel)
		out[id] = channel
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: channels: %w", err)
	}
	return out, nil
}
