package daybook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/statement"
	"zhunkao/protocol/window"
)

// Keeper keeps the books by itself: it fetches files, runs days anew when facts change,
// and takes the hub's own step with what only a file has. One hub of those on a
// database does. All exported fields must be given.
type Keeper struct {
	Books     *Books
	Log       *slog.Logger
	Channels  []string // configured
	Statement func(ctx context.Context, channel string, day time.Time, to io.Writer) error
	// Ask asks every channel about an order (teller.AskNow).
	Ask func(ctx context.Context, o payment.Order) error
	// Query asks a channel what became of what was asked for under a number, opened then.
	Query func(ctx context.Context, channel, asked string, opened time.Time, fen int64) (channel.Word, error)
	// Book books a movement (flow.BookMovement).
	Book func(ctx context.Context, tx *db.Tx, m payment.Movement) error
	// Taken and Refused write the journal.
	Taken   func(ctx context.Context, tx *db.Tx, f File) error
	Refused func(ctx context.Context, tx *db.Tx, channel string, day Day, fault statement.Fault) error

	runs marks
}

// Hours of China from which the file of the day before is asked for: WeChat Pay makes
// it from nine and says ten, Alipay and UnionPay by nine (domain §4.2–4.4).
var hours = map[string]time.Duration{string(statement.WeChat): 10 * time.Hour, string(statement.Alipay): 9 * time.Hour, string(statement.UnionPay): 9 * time.Hour}

const (
	keepEvery = 15 * time.Second
	leadEvery = 3 * time.Second
	backDays  = 80 // channels give files of three months
	errands   = 4  // files that are fetched in one round
)

// Run keeps the books until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(leadEvery)
	defer tick.Stop()
	for {
		if err := k.lead(ctx); err != nil && ctx.Err() == nil {
			k.Log.Warn("the books will be tried again", "worker", "daybook", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (k *Keeper) lead(ctx context.Context) (err error) {
	lead, err := k.Books.DB.TryLead(ctx, "daybook")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		if err := lead.Held(ctx); err != nil {
			return err
		}
		if err := k.Round(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Round does once what there is to do.
func (k *Keeper) Round(ctx context.Context) error {
	if err := k.fetch(ctx); err != nil {
		return err
	}
	if _, err := k.Books.runAll(ctx, &k.runs); err != nil {
		return err
	}
	asked, err := k.askChannels(ctx)
	if err != nil || asked == 0 {
		return err
	}
	_, err = k.Books.runAll(ctx, &k.runs)
	return err
}

// errand is a file that is to be fetched.
type errand struct {
	channel string
	day     Day
	tries   int
}

// due lists the days of each channel that are over, on which something was asked for or
// moved or is open, and whose file was not had.
func (k *Keeper) due(ctx context.Context, tx *db.Tx, now int64) (out []errand, err error) {
	last, err := LastClosed(ctx, tx)
	if err != nil {
		return nil, err
	}
	var opened int64
	if err := tx.QueryRow(ctx, `SELECT coalesce(min(opened_at), -1) FROM payment_order`).Scan(&opened); err != nil {
		return nil, fmt.Errorf("daybook: errands: %w", err)
	}
	today := DayOf(time.UnixMilli(now))
	if opened < 0 {
		return nil, nil
	}
	from := max(last+1, Day((opened+offsetMillis)/dayMillis), today-backDays)
	for _, c := range k.Channels {
		if _, ok := hours[c]; !ok {
			continue
		}
		had := map[Day]errand{}
		skip := map[Day]bool{}
		err := errors.Join(
			tx.Each(ctx, `SELECT DISTINCT day FROM statement_file WHERE channel = $1 AND day >= $2 AND state = 'taken'`, []any{c, int64(from)}, func(row func(...any) error) error {
				var d Day
				err := row(&d)
				skip[d] = true
				return err
			}),
			tx.Each(ctx, `SELECT day, tries, next_at FROM statement_errand WHERE channel = $1 AND day >= $2`, []any{c, int64(from)}, func(row func(...any) error) error {
				e := errand{channel: c}
				var next int64
				err := row(&e.day, &e.tries, &next)
				had[e.day] = e
				skip[e.day] = skip[e.day] || next > now
				return err
			}))
		if err != nil {
			return nil, fmt.Errorf("daybook: errands: %w", err)
		}
		for d := from; d < today; d++ {
			if skip[d] || now < (d+1).millis()+hours[c].Milliseconds() {
				continue
			}
			e := had[d]
			e.channel, e.day = c, d
			out = append(out, e)
		}
	}
	return out[:min(len(out), errands)], nil
}

// fetch fetches what is due. A channel that is away is asked again with growing pauses;
// a file that is refused as well, for a channel may make it anew.
func (k *Keeper) fetch(ctx context.Context) error {
	var due []errand
	err := k.Books.DB.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = k.due(ctx, tx, k.Books.Now())
		return err
	})
	if err != nil {
		return err
	}
	for _, e := range due {
		err := k.fetchOne(ctx, e)
		if err != nil && ctx.Err() == nil && !db.Away(err) { // one file stops no other
			k.Log.Warn("a statement could not be taken in and will be asked for again", "worker", "daybook", "channel", e.channel, "day", e.day.String(), "error", err.Error())
			err = k.again(ctx, e, Fault, 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// capped refuses more than it may hold.
type capped struct{ bytes.Buffer }

var errTooMuch = errors.New("daybook: the file is too large")

func (c *capped) Write(p []byte) (int, error) {
	if c.Len()+len(p) > MaxFile {
		return 0, errTooMuch
	}
	return c.Buffer.Write(p)
}

func (k *Keeper) fetchOne(ctx context.Context, e errand) error {
	var to capped
	asked, cancel := context.WithTimeout(ctx, fetchWithin)
	err := k.Statement(asked, e.channel, e.day.Start(), &to)
	cancel()
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(err, channel.ErrNoFile):
		return k.Books.Empty(ctx, e.channel, e.day, k.Taken)
	case err != nil:
		k.Log.Warn("a statement will be asked for again", "worker", "daybook", "channel", e.channel, "day", e.day.String(), "error", err.Error())
		return k.again(ctx, e, "away", 0)
	}
	out, err := k.Books.Take(ctx, Delivery{Channel: e.channel, Day: e.day, Name: clearingName(e.day), Bytes: to.Bytes(), Source: Fetched}, k.Taken)
	if errors.Is(err, ErrRefused) {
		fault := out.Summary.Faults[0]
		if e.tries == 0 {
			err = k.Books.DB.Write(ctx, func(tx *db.Tx) error { return k.Refused(ctx, tx, e.channel, e.day, fault) })
		} else {
			err = nil
		}
		return errors.Join(err, k.again(ctx, e, string(fault.Code), fault.Line))
	}
	return err
}

// fetchWithin is how long the fetching of one file may take.
const fetchWithin = 5 * time.Minute

// clearingName is a name that tells UnionPay's clearing day.
func clearingName(d Day) string {
	return "INN" + d.Start().In(window.Zone()).Format("060102") + "01ZM_statement"
}

// Pauses between tries, by how many there were: the last one stays.
var pauses = []time.Duration{5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}

func (k *Keeper) again(ctx context.Context, e errand, said string, line int) error {
	next := k.Books.Now() + pauses[min(e.tries, len(pauses)-1)].Milliseconds()
	return k.Books.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO statement_errand (channel, day, state, tries, next_at, said, line) VALUES ($1, $2, 'waits', 1, $3, $4, $5)
			ON CONFLICT (channel, day) DO UPDATE SET tries = statement_errand.tries + 1, next_at = excluded.next_at, said = excluded.said, line = excluded.line`,
			e.channel, int64(e.day), next, said, line)
		if err != nil {
			return fmt.Errorf("daybook: errand: %w", err)
		}
		return nil
	})
}

// Errand is a file that was asked for and not had.
type Errand struct {
	Tries  int
	NextAt int64  // ms
	Said   string // "away", Fault, or a code of package statement
	Line   int
}

// Fault is what is said of a file that the hub could not take in for a reason of its own.
const Fault = "fault"

// ErrandsOf gives those of a day, by channel.
func ErrandsOf(ctx context.Context, tx *db.Tx, day Day) (map[string]Errand, error) {
	out := map[string]Errand{}
	err := tx.Each(ctx, `SELECT channel, tries, next_at, said, line FROM statement_errand WHERE day = $1`, []any{int64(day)}, func(row func(...any) error) error {
		var c string
		var e Errand
		err := row(&c, &e.Tries, &e.NextAt, &e.Said, &e.Line)
		out[c] = e
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: errands: %w", err)
	}
	return out, nil
}

// asks is how long the hub waits before it asks again about what only a file has.
var asks = []time.Duration{10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// askChannels asks about stated payments that we know nothing of (长款), whatever they
// are to their order: first by every attempt of the order, then by the number that the
// file has. A payment is booked by the file's word only when the channel says the same
// when asked; what pays no order then lies in suspense, where people can act on it.
func (k *Keeper) askChannels(ctx context.Context) (asked int, err error) {
	if len(k.Channels) == 0 {
		return 0, nil
	}
	now := k.Books.Now()
	args, in := []any{now}, ""
	for _, c := range k.Channels {
		args = append(args, c)
		in += fmt.Sprintf(", $%d", len(args))
	}
	var due []Residue
	err = k.Books.DB.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = residues(ctx, tx, fmt.Sprintf(`WHERE state = 'open' AND kind = 'payment' AND stated AND NOT booked AND next_ask <= $1 AND asks < %d
			AND channel IN (%s) ORDER BY next_ask, id LIMIT 20`, mostAsks, in[2:]), args...)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, r := range due {
		if err := k.askAbout(ctx, r); err != nil && ctx.Err() == nil {
			k.Log.Warn("a payment that only the statement has will be asked about again", "worker", "daybook", "channel", r.Channel, "error", err.Error())
		}
		asked++
		err := k.Books.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE residue SET asks = asks + 1, next_ask = $1 WHERE id = $2 AND state = 'open'`, now+asks[min(r.Asks, len(asks)-1)].Milliseconds(), r.ID)
			return err
		})
		if err != nil {
			return asked, fmt.Errorf("daybook: asked: %w", err)
		}
	}
	return asked, nil
}

func (k *Keeper) askAbout(ctx context.Context, r Residue) error {
	var o payment.Order
	var e Entry
	var opened int64
	ours, booked := false, false
	read := func(tx *db.Tx) (err error) {
		o, err = payment.GetOrder(ctx, tx, r.Order)
		if ours = err == nil; err != nil && !errors.Is(err, payment.ErrNotFound) {
			return err
		}
		if e, err = scanEntry(tx.QueryRow(ctx, `SELECT `+entryColumns+` FROM statement_entry WHERE channel = $1 AND kind = $2 AND number = $3 AND state = 'counts'`, r.Channel, r.Kind, r.Number).Scan); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(asked_at), $3) FROM payment_attempt WHERE channel = $1 AND number = $2`, r.Channel, e.Order, e.At).Scan(&opened); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) > 0 FROM payment_movement WHERE channel = $1 AND kind = $2 AND number = $3`, r.Channel, r.Kind, r.Number).Scan(&booked)
	}
	if err := k.Books.DB.Read(ctx, read); err != nil {
		return err
	}
	if ours {
		if err := k.Ask(ctx, o); err != nil {
			return err
		}
		if err := k.Books.DB.Read(ctx, read); err != nil || booked {
			return err
		}
	}
	if booked || e.Order == "" { // without a number there is nothing to ask by: for people
		return nil
	}
	w, err := k.Query(ctx, r.Channel, e.Order, time.UnixMilli(opened), e.Fen)
	switch {
	case errors.Is(err, channel.ErrUnknown):
		return nil
	case err != nil:
		return err
	case w.State != channel.Moved, w.Kind != payment.Payment, w.Order != e.Order, w.Movement.Number != e.Number, w.Movement.Fen != e.Fen:
		return nil // it does not say the same: for people
	}
	m := w.Movement
	m.Channel, m.Order, m.Source = r.Channel, payment.OrderOf(e.Order), payment.ByStatement
	return k.Books.DB.Write(ctx, func(tx *db.Tx) error { return k.Book(ctx, tx, m) })
}
