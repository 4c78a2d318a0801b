package daybook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/reconcile"
)

// fact is a movement as one side has it.
type fact struct {
	kind    string
	number  string
	order   string
	fen     int64
	at      int64 // ms
	owned   bool  // whose it is was found out here; not sealed
	carried bool  // it counted on a day that is closed: it is here to be matched, not to be summed again
}

func (f fact) compare(o fact) int {
	return cmp.Or(strings.Compare(f.kind, o.kind), strings.Compare(f.number, o.number))
}

type bill struct {
	number string
	fen    int64
	state  reconcile.State
	since  int64 // ms
}

// facts are all that a channel's day is reconciled from, in a fixed order. A reference
// is a place in a list, from 1.
type facts struct {
	channel string
	day     Day
	filed   bool // a file of the day has come: until then nothing is missing in it
	booked  []fact
	stated  []fact
	orders  []bill
	unclear []Entry // adjustments, which only people understand
}

// collect reads the facts of a channel's day. first says that no open day lies before
// it: then what was carried over and what came too late for its day stand here.
//
// A booking belongs to the day of its line; without a line to the day on which it
// moved, and when that one is closed to the first that is open.
func collect(ctx context.Context, tx *db.Tx, channel string, day Day, first bool) (*facts, error) {
	f := &facts{channel: channel, day: day}
	last, from, to := Day(-1), day.millis(), (day + 1).millis()
	if first { // days that are closed, and what was carried: day 0
		var err error
		if last, err = LastClosed(ctx, tx); err != nil {
			return nil, err
		}
		from = 0
	}
	carry := int64(-1)
	if first {
		carry = 0
	}
	booked := func(carried bool) func(func(...any) error) error {
		return func(row func(...any) error) error {
			b := fact{carried: carried}
			err := row(&b.kind, &b.number, &b.order, &b.fen, &b.at, &b.owned)
			b.order = payment.OrderOf(b.order)
			f.booked = append(f.booked, b)
			return err
		}
	}
	const columns = `m.kind, m.number, coalesce(w.order_number, m.order_number), m.fen, m.moved_at, w.order_number IS NOT NULL`
	const owned = ` LEFT JOIN payment_owner w ON w.movement = m.id AND NOT EXISTS (SELECT 1 FROM payment_owner later WHERE later.movement = w.movement AND later.position > w.position) `
	const taken = `EXISTS (SELECT 1 FROM day_taken t WHERE t.channel = m.channel AND t.kind = m.kind AND t.number = m.number)`
	const line = ` FROM payment_movement m JOIN statement_entry e ON e.channel = m.channel AND e.kind = m.kind AND e.number = m.number AND e.state = 'counts'`
	ask := func(row func(func(...any) error) error, text string, args ...any) error {
		if err := tx.Each(ctx, text, args, row); err != nil {
			return fmt.Errorf("daybook: facts: %w", err)
		}
		return nil
	}
	err := errors.Join(
		// Those whose line stands here, wherever they moved.
		ask(booked(false), `SELECT `+columns+line+owned+`WHERE e.channel = $1 AND e.day IN ($2, $3) AND NOT `+taken, channel, int64(day), carry),
		ask(booked(true), `SELECT `+columns+line+owned+`WHERE e.channel = $1 AND e.day IN ($2, $3) AND `+taken, channel, int64(day), carry),
		// Those of the day, or come too late for theirs, that have no line anywhere.
		ask(booked(false), `SELECT `+columns+` FROM payment_movement m`+owned+`WHERE m.channel = $1 AND m.moved_at >= $2 AND m.moved_at < $3
			AND (m.moved_at >= $4 OR m.moved_at < $5) AND NOT `+taken+`
			AND NOT EXISTS (SELECT 1 FROM statement_entry e WHERE e.channel = m.channel AND e.kind = m.kind AND e.number = m.number AND e.state = 'counts')`,
			channel, from, to, day.millis(), (last+1).millis()),
	)
	if err != nil {
		return nil, err
	}
	if err := f.carriedOver(carry, last, ask, booked, columns, owned); err != nil {
		return nil, err
	}
	stated := func(carried bool) func(func(...any) error) error {
		return func(row func(...any) error) error {
			e := fact{carried: carried}
			err := row(&e.kind, &e.number, &e.order, &e.fen, &e.at)
			e.order = payment.OrderOf(e.order)
			f.stated = append(f.stated, e)
			return err
		}
	}
	err = errors.Join(
		ask(stated(false), `SELECT kind, number, order_number, fen, moved_at FROM statement_entry WHERE channel = $1 AND day IN ($2, $3) AND state = 'counts' AND kind <> 'adjustment'`, channel, int64(day), carry),
		ask(func(row func(...any) error) error {
			e, err := scanEntry(row)
			f.unclear = append(f.unclear, e)
			return err
		}, `SELECT `+entryColumns+` FROM statement_entry WHERE channel = $1 AND day IN ($2, $3) AND state = 'counts' AND kind = '`+Unclear+`'`, channel, int64(day), carry),
		ask(stated(true), `SELECT e.kind, e.number, e.order_number, e.fen, e.moved_at FROM payment_movement m
			JOIN statement_entry e ON e.channel = m.channel AND e.kind = m.kind AND e.number = m.number AND e.state = 'counts'
			WHERE m.channel = $1 AND m.moved_at >= $2 AND e.day > 0 AND e.day <= $3
			AND NOT EXISTS (SELECT 1 FROM day_taken t WHERE t.channel = m.channel AND t.kind = m.kind AND t.number = m.number)`, channel, (day-lateDays).millis(), int64(last)),
		ask(stated(true), `SELECT e.kind, e.number, e.order_number, e.fen, e.moved_at FROM residue r
			JOIN statement_entry e ON e.channel = r.channel AND e.kind = r.kind AND e.number = r.number AND e.state = 'counts'
			WHERE r.channel = $1 AND r.day = $2 AND r.carried AND e.day > 0 AND e.day <> $3 AND e.kind <> 'adjustment'`, channel, carry, int64(day)),
	)
	if err != nil {
		return nil, err
	}
	f.booked, f.stated = once(f.booked), once(f.stated)
	slices.SortFunc(f.unclear, func(a, b Entry) int { return strings.Compare(a.Number, b.Number) })
	f.ownOrder()
	if err := tx.QueryRow(ctx, `SELECT count(*) > 0 FROM statement_file WHERE channel = $1 AND day = $2 AND state = 'taken'`, channel, int64(day)).Scan(&f.filed); err != nil {
		return nil, fmt.Errorf("daybook: facts: %w", err)
	}
	return f, f.bills(ctx, tx)
}

// lateDays is how far back bookings are looked for that come when their day is closed
// and their line was given up.
const lateDays = 10

// carriedOver adds the bookings of residues that closed days left over.
func (f *facts) carriedOver(carry int64, last Day, ask func(func(func(...any) error) error, string, ...any) error,
	booked func(bool) func(func(...any) error) error, columns, owned string) error {
	if carry < 0 {
		return nil
	}
	const of = ` FROM residue r JOIN payment_movement m ON m.channel = r.channel AND m.kind = r.kind AND m.number = r.number`
	const taken = `EXISTS (SELECT 1 FROM day_taken t WHERE t.channel = m.channel AND t.kind = m.kind AND t.number = m.number)`
	return errors.Join(
		ask(booked(true), `SELECT `+columns+of+owned+`WHERE r.channel = $1 AND r.day = $2 AND r.carried AND `+taken, f.channel, carry),
		ask(booked(false), `SELECT `+columns+of+owned+`WHERE r.channel = $1 AND r.day = $2 AND r.carried AND NOT `+taken, f.channel, carry),
		// Those whose line stands on a closed day, where it was given up, and that were
		// booked after all.
		ask(booked(false), `SELECT `+columns+` FROM payment_movement m JOIN statement_entry e ON e.channel = m.channel AND e.kind = m.kind AND e.number = m.number AND e.state = 'counts'`+
			owned+`WHERE m.channel = $1 AND m.moved_at >= $2 AND e.day > 0 AND e.day <= $3 AND NOT `+taken, f.channel, (f.day-lateDays).millis(), int64(last)),
	)
}

// once sorts a side and leaves out what was found in two ways.
func once(side []fact) []fact {
	slices.SortFunc(side, fact.compare)
	return slices.CompactFunc(side, func(a, b fact) bool { return a.compare(b) == 0 })
}

// ownOrder has a line be of the order that was found for its booking: whose a payment
// is that nobody's number names, people found out, and the channel never will. A line
// of a refund may name the refund's number where we have the order's (UnionPay).
func (f *facts) ownOrder() {
	for i := range f.stated {
		s := &f.stated[i]
		if at, ok := slices.BinarySearchFunc(f.booked, *s, fact.compare); ok {
			if known := f.booked[at]; known.order != "" && (known.owned || known.kind == string(payment.Refund)) {
				s.order = known.order
			}
		}
	}
}

// bills reads the orders that are named.
func (f *facts) bills(ctx context.Context, tx *db.Tx) error {
	names := map[string]bool{}
	payers := map[string]bool{} // numbers of payments that are here
	for _, side := range [][]fact{f.booked, f.stated} {
		for _, m := range side {
			names[m.order] = true
		}
	}
	for _, m := range f.booked {
		if m.kind == string(payment.Payment) {
			payers[m.number] = true
		}
	}
	var all []string
	for n := range names {
		if n != "" {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	for part := range slices.Chunk(all, 512) {
		rows := make([][]any, len(part))
		for i, n := range part {
			rows[i] = []any{n}
		}
		values, args, err := db.Asked(rows)
		if err != nil {
			return err
		}
		err = tx.Each(ctx, `SELECT o.number, o.fen, o.state, o.ended_at, coalesce(m.number, ''), coalesce(m.channel, '') FROM payment_order o
			LEFT JOIN payment_movement m ON m.id = o.movement WHERE o.number IN (`+values+`)`, args, func(row func(...any) error) error {
			var b bill
			var state payment.State
			var payer, channel string
			if err := row(&b.number, &b.fen, &state, &b.since, &payer, &channel); err != nil {
				return err
			}
			b.state = reconcile.Open
			switch {
			case state == payment.Closed:
				b.state = reconcile.Closed
			case state == payment.Left:
				b.state = reconcile.Withdrawn
			case state == payment.Waived, state == payment.Paid && (channel != f.channel || !payers[payer]):
				b.state = reconcile.Settled
			}
			if b.state != reconcile.Closed && b.state != reconcile.Withdrawn {
				b.since = 0
			}
			f.orders = append(f.orders, b)
			return nil
		})
		if err != nil {
			return fmt.Errorf("daybook: orders: %w", err)
		}
	}
	slices.SortFunc(f.orders, func(a, b bill) int { return strings.Compare(a.number, b.number) })
	f.orders = slices.CompactFunc(f.orders, func(a, b bill) bool { return a.number == b.number })
	return nil
}

var kinds = map[string]reconcile.Kind{string(payment.Payment): reconcile.Payment, string(payment.Refund): reconcile.Refund}

// reconcile classes the facts.
func (f *facts) reconcile() (*reconcile.Result, error) {
	b := reconcile.NewBook()
	for i, o := range f.orders {
		since := time.Time{}
		if o.since != 0 {
			since = time.UnixMilli(o.since)
		}
		if err := b.Order(reconcile.Order{Ref: ref(i), Number: []byte(o.number), Fee: o.fen, State: o.state, Since: since}); err != nil {
			return nil, err
		}
	}
	for i, m := range f.booked {
		if err := b.Booked(m.movement(i)); err != nil {
			return nil, err
		}
	}
	for i, m := range f.stated {
		if err := b.Stated(m.movement(i)); err != nil {
			return nil, err
		}
	}
	return b.Reconcile(f.day.Start()), nil
}

func ref(i int) uint32 { return uint32(i + 1) } // #nosec G115 -- a day has fewer than 2³² movements

func (m fact) movement(i int) reconcile.Movement {
	return reconcile.Movement{Ref: ref(i), Kind: kinds[m.kind], Number: []byte(m.number), Order: []byte(m.order), Fen: m.fen, At: time.UnixMilli(m.at)}
}

// text is the one form of facts that is sealed, and read again by parse.
func (f *facts) text() []byte {
	var out []byte
	out = fmt.Appendf(out, "facts %s %s %t\n", f.channel, f.day, f.filed)
	for _, o := range f.orders {
		out = fmt.Appendf(out, "order %q %d %d %d\n", o.number, o.fen, o.state, o.since)
	}
	side := func(name string, all []fact) {
		for _, m := range all {
			out = fmt.Appendf(out, "%s %s %q %q %d %d %t\n", name, m.kind, m.number, m.order, m.fen, m.at, m.carried)
		}
	}
	side("booked", f.booked)
	side("stated", f.stated)
	for _, e := range f.unclear {
		out = fmt.Appendf(out, "unclear %q %d %d\n", e.Number, e.Fen, e.At)
	}
	return out
}

var errFacts = errors.New("daybook: facts that cannot be read")

// parse reads what text wrote.
func parse(raw []byte) (*facts, error) {
	f := &facts{}
	for line := range bytes.Lines(raw) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
		var err error
		switch word {
		case "facts":
			var day string
			var ok bool
			_, err = fmt.Sscanf(rest, "%s %s %t", &f.channel, &day, &f.filed)
			if f.day, ok = ParseDay(day); !ok {
				err = errFacts
			}
		case "order":
			var b bill
			_, err = fmt.Sscanf(rest, "%q %d %d %d", &b.number, &b.fen, &b.state, &b.since)
			f.orders = append(f.orders, b)
		case "booked", "stated":
			var m fact
			_, err = fmt.Sscanf(rest, "%s %q %q %d %d %t", &m.kind, &m.number, &m.order, &m.fen, &m.at, &m.carried)
			if word == "booked" {
				f.booked = append(f.booked, m)
			} else {
				f.stated = append(f.stated, m)
			}
		case "unclear":
			e := Entry{Kind: Unclear, Channel: f.channel}
			_, err = fmt.Sscanf(rest, "%q %d %d", &e.Number, &e.Fen, &e.At)
			f.unclear = append(f.unclear, e)
		default:
			err = errFacts
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s", errFacts, strconv.Quote(word))
		}
	}
	return f, nil
}

// printOf is the SHA-256 of bytes, in hex.
func printOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
