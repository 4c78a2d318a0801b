// Package relief is more time to pay for exactly those whom a failing channel kept from
// paying (demand A59): who asked to pay by it in a stretch of time and has not paid.
//
// Who is affected is read from the attempts that package teller keeps, never typed. The
// act is one: all orders of the list get the new end in its transaction, those that had
// closed are opened again, and whoever paid meanwhile is left out. Two persons agree to
// the channel, a stretch that is over and the new end, not to the people: some pay at any
// moment. The hash of the people is kept with the act. An order never gets less time by
// it, so that the same act done twice changes nothing.
//
// It says nothing about why the channel failed: that is an incident. ErrTime and
// ErrNobody are refusals; all else is a fault of the database.
package relief

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

var (
	// ErrTime says that a stretch of time or a new end is none.
	ErrTime = errors.New("relief: no such time")
	// ErrNobody says that nobody would get more time by it.
	ErrNobody = errors.New("relief: nobody is affected")
	// ErrNotFound says that there is no such relief.
	ErrNotFound = errors.New("relief: not found")
)

// MaxDays is how far away a new end may lie. It guards against a year typed wrong.
const MaxDays = 60

const day = int64(24 * 60 * 60 * 1000)

// Terms say whom to find, and until when they may pay then.
type Terms struct {
	Campaign string
	Division string // it and what lies below
	Channel  string
	From, To int64 // ms: when they asked to pay by it
	Due      int64 // ms: the new end; 0 while one only looks
}

// Check judges terms at a moment. ErrTime.
func (t Terms) Check(now int64) error {
	if t.From <= 0 || t.To <= t.From || t.To > now { // a stretch that goes on gets new people
		return ErrTime
	}
	if t.Due != 0 && (t.Due <= now || t.Due > now+MaxDays*day) {
		return ErrTime
	}
	return nil
}

// Affected is one whom it concerns.
type Affected struct {
	Order       string
	Application string
	Division    string
	Point       string
	Fen         int64
	Due         int64
	Closed      bool
	Tries       int
	Last        int64 // ms of the last try by this channel
}

// affected are orders that were to be paid by a channel in a stretch and are not paid.
// She who has a newer order stands there for that one; she who is void by now gets no
// time by it.
const affected = ` FROM payment_attempt t JOIN payment_order o ON o.number = t.order_number
	WHERE o.state IN ('open', 'closed') AND NOT EXISTS (SELECT 1 FROM ending_person x WHERE x.application = o.application AND x.state = 'void')
		AND NOT EXISTS (SELECT 1 FROM payment_order p WHERE p.application = o.application AND p.number <> o.number
		AND (p.state IN ('open', 'paid', 'waived') OR p.state = 'closed' AND o.state = 'closed' AND (p.opened_at > o.opened_at OR p.opened_at = o.opened_at AND p.number > o.number)))`

func (t Terms) tried(arg func(any) string) string {
	return ` AND t.channel = ` + arg(t.Channel) + ` AND t.asked_at >= ` + arg(t.From) + ` AND t.asked_at < ` + arg(t.To) + ` AND o.campaign = ` + arg(t.Campaign) + ` AND ` + org.Within("o.division", t.Division, arg)
}

// where is tried with the new end: whom it would give more time.
func (t Terms) where(arg func(any) string) string {
	w := t.tried(arg)
	if t.Due != 0 {
		w += ` AND (o.state = 'closed' OR o.due_at < ` + arg(t.Due) + `)`
	}
	return w
}

func numbered(args *[]any) func(any) string {
	return func(v any) string { *args = append(*args, v); return "$" + strconv.Itoa(len(*args)) }
}

// List gives whom it concerns, by number, from after on.
func List(ctx context.Context, tx *db.Tx, t Terms, after string, limit int) (out []Affected, err error) {
	err = each(ctx, tx, t, after, limit, func(a Affected) error { out = append(out, a); return nil })
	return out, err
}

// each reads whom it concerns in one question; limit 0 is all.
func each(ctx context.Context, tx *db.Tx, t Terms, after string, limit int, f func(Affected) error) error {
	var args []any
	arg := numbered(&args)
	where, most := t.where(arg), ""
	if after != "" {
		where += ` AND o.number > ` + arg(after)
	}
	if limit > 0 {
		most = ` LIMIT ` + arg(limit)
	}
	err := tx.Each(ctx, `SELECT o.number, o.application, o.division, o.point, o.fen, o.due_at, CASE WHEN o.state = 'closed' THEN 1 ELSE 0 END, COUNT(*), MAX(t.asked_at)`+affected+where+`
		GROUP BY o.number, o.application, o.division, o.point, o.fen, o.due_at, o.state ORDER BY o.number`+most, args, func(row func(...any) error) error {
		var a Affected
		var closed int
		if err := row(&a.Order, &a.Application, &a.Division, &a.Point, &a.Fen, &a.Due, &closed, &a.Tries, &a.Last); err != nil {
			return err
		}
		a.Closed = closed == 1
		return f(a)
	})
	if err != nil {
		return fmt.Errorf("relief: list: %w", err)
	}
	return nil
}

// Preview is what an act would do.
type Preview struct {
	Tried  int // asked to pay by the channel in that time, whoever they are
	Paid   int // of these: paid, by whatever channel, or need not pay any more
	Enough int // have as much time as the new end, or more
	Open   int // would get more time
	Closed int // would be opened again
	Hash   string
}

// People is how many it would concern.
func (p Preview) People() int { return p.Open + p.Closed }

// Look counts what an act would do, and gives the hash of whom it would concern.
func Look(ctx context.Context, tx *db.Tx, t Terms) (Preview, error) {
	return look(ctx, tx, t, func(Affected) {})
}

// look is Look that gives every one of them as well.
func look(ctx context.Context, tx *db.Tx, t Terms, to func(Affected)) (p Preview, err error) {
	var args []any
	where := t.tried(numbered(&args))
	if err := tx.QueryRow(ctx, `SELECT COUNT(DISTINCT o.application) FROM payment_attempt t JOIN payment_order o ON o.number = t.order_number WHERE 1 = 1`+where, args...).Scan(&p.Tried); err != nil {
		return p, fmt.Errorf("relief: look: %w", err)
	}
	unpaid := 0
	if err := tx.QueryRow(ctx, `SELECT COUNT(DISTINCT o.application)`+affected+where, args...).Scan(&unpaid); err != nil {
		return p, fmt.Errorf("relief: look: %w", err)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s %d %d %d\n", t.Campaign, t.Division, t.Channel, t.From, t.To, t.Due)
	err = each(ctx, tx, t, "", 0, func(a Affected) error {
		if a.Closed {
			p.Closed++
		} else {
			p.Open++
		}
		fmt.Fprintf(h, "%s\n", a.Order)
		to(a)
		return nil
	})
	p.Paid, p.Enough, p.Hash = p.Tried-unpaid, unpaid-p.People(), hex.EncodeToString(h.Sum(nil))
	return p, err
}

// Relief is an act that was done.
type Relief struct {
	ID string
	Terms
	Code     string // of the campaign's list of reasons
	Reason   string
	Hash     string
	People   int
	Reopened int
	By       string
	Second   string
	At       int64
}

// Give writes down the act and whom it concerns at its moment, with their hash, and
// gives them: the caller sets the new end of each of their orders in the same
// transaction. ErrNobody, ErrTime.
func Give(ctx context.Context, tx *db.Tx, r Relief) (Relief, []Affected, error) {
	if err := r.Check(r.At); err != nil {
		return r, nil, err
	}
	if r.Due == 0 {
		return r, nil, ErrTime
	}
	var all []Affected
	p, err := look(ctx, tx, r.Terms, func(a Affected) { all = append(all, a) })
	switch {
	case err != nil:
		return r, nil, err
	case len(all) == 0:
		return r, nil, ErrNobody
	}
	var id [12]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	r.ID, r.Hash, r.People, r.Reopened = hex.EncodeToString(id[:]), p.Hash, p.People(), p.Closed
	_, err = tx.Exec(ctx, `INSERT INTO payment_relief (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.ID, r.Campaign, r.Division, r.Channel, r.From, r.To, r.Due, r.Code, r.Reason, r.Hash, r.People, r.Reopened, r.By, r.Second, r.At)
	if err != nil {
		return r, nil, fmt.Errorf("relief: give: %w", err)
	}
	rows := make([][]any, len(all))
	for i, a := range all {
		closed := 0
		if a.Closed {
			closed = 1
		}
		rows[i] = []any{r.ID, a.Application, a.Order, a.Due, closed}
	}
	_, err = tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO payment_relieved (relief, application, order_number, was_due, was_closed) VALUES ` + values
	})
	if err != nil {
		return r, nil, fmt.Errorf("relief: give: %w", err)
	}
	return r, all, nil
}

const columns = `id, campaign, division, channel, from_at, to_at, due_at, code, reason, hash, people, reopened, by_staff, second, at`

func scan(row func(...any) error) (r Relief, err error) {
	err = row(&r.ID, &r.Campaign, &r.Division, &r.Channel, &r.From, &r.To, &r.Due, &r.Code, &r.Reason, &r.Hash, &r.People, &r.Reopened, &r.By, &r.Second, &r.At)
	return r, err
}

// Get gives one. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Relief, error) {
	r, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM payment_relief WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Relief{}, ErrNotFound
	}
	if err != nil {
		return Relief{}, fmt.Errorf("relief: %w", err)
	}
	return r, nil
}

// Given lists the acts of a campaign that concern a remit, the newest first.
func Given(ctx context.Context, tx *db.Tx, campaign string, limit int) (out []Relief, err error) {
	err = tx.Each(ctx, `SELECT `+columns+` FROM payment_relief WHERE campaign = $1 ORDER BY at DESC, id LIMIT $2`, []any{campaign, limit}, func(row func(...any) error) error {
		r, err := scan(row)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("relief: given: %w", err)
	}
	return out, nil
}

// Of gives the acts that gave an order more time, the newest first.
func Of(ctx context.Context, tx *db.Tx, order string) (out []Relief, err error) {
	err = tx.Each(ctx, `SELECT `+columns+` FROM payment_relief WHERE id IN (SELECT relief FROM payment_relieved WHERE order_number = $1) ORDER BY at DESC, id`, []any{order}, func(row func(...any) error) error {
		r, err := scan(row)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("relief: of: %w", err)
	}
	return out, nil
}
