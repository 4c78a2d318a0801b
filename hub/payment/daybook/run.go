package daybook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/db"
	"zhunkao/hub/payment/statement"
)

// Channels are those that state what they moved, in the order of every list.
func Channels() []string {
	return []string{string(statement.WeChat), string(statement.Alipay), string(statement.UnionPay)}
}

// FirstOpen is the first day that has facts and is not closed: what was carried over
// stands in its book. 0 when nothing ever moved.
func FirstOpen(ctx context.Context, tx *db.Tx) (Day, error) {
	last, err := LastClosed(ctx, tx)
	if err != nil {
		return 0, err
	}
	best := Day(0)
	take := func(d Day) {
		if d > last && (best == 0 || d < best) {
			best = d
		}
	}
	for _, c := range Channels() {
		var day, at int64
		err := errors.Join(
			tx.QueryRow(ctx, `SELECT coalesce(min(day), 0) FROM statement_entry WHERE state = 'counts' AND channel = $1 AND day > $2`, c, int64(last)).Scan(&day),
			tx.QueryRow(ctx, `SELECT coalesce(min(moved_at), -1) FROM payment_movement WHERE channel = $1 AND moved_at >= $2`, c, (last+1).millis()).Scan(&at))
		if err != nil {
			return 0, fmt.Errorf("daybook: first: %w", err)
		}
		if take(Day(day)); at >= 0 {
			take(Day((at + offsetMillis) / dayMillis))
		}
	}
	if best == 0 && last > 0 {
		best = last + 1
	}
	return best, nil
}

// Run reconciles a channel's day anew and keeps what it finds. The same facts change
// nothing. It reports whether there were others than at the last run. A day that is
// closed stays as it is.
func (b *Books) Run(ctx context.Context, channel string, day Day) (changed bool, err error) {
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		f, _, err := open(ctx, tx, channel, day)
		if err != nil || f == nil {
			return err
		}
		had, err := factsOf(ctx, tx, channel, day)
		changed = had != printOf(f.text())
		return err
	})
	if err != nil || !changed {
		return false, err
	}
	err = b.DB.Write(ctx, func(tx *db.Tx) error {
		changed, err = b.runIn(ctx, tx, channel, day)
		return err
	})
	return changed, err
}

// open collects the facts of a day; nil when it is closed.
func open(ctx context.Context, tx *db.Tx, channel string, day Day) (*facts, int64, error) {
	closed, err := isClosed(ctx, tx, day)
	if err != nil || closed {
		return nil, 0, err
	}
	first, err := FirstOpen(ctx, tx)
	if err != nil {
		return nil, 0, err
	}
	carry := int64(-1)
	if first == day {
		carry = 0
	}
	f, err := collect(ctx, tx, channel, day, first == day)
	return f, carry, err
}

func factsOf(ctx context.Context, tx *db.Tx, channel string, day Day) (print string, err error) {
	err = tx.QueryRow(ctx, `SELECT facts FROM day_book WHERE channel = $1 AND day = $2`, channel, int64(day)).Scan(&print)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("daybook: book: %w", err)
	}
	return print, nil
}

// runIn is Run inside a transaction.
func (b *Books) runIn(ctx context.Context, tx *db.Tx, channel string, day Day) (changed bool, err error) {
	f, carry, err := open(ctx, tx, channel, day)
	if err != nil || f == nil {
		return false, err
	}
	print := printOf(f.text())
	had, err := factsOf(ctx, tx, channel, day)
	if err != nil || had == print {
		return false, err
	}
	res, err := f.reconcile()
	if err != nil {
		return false, err
	}
	figures, err := json.Marshal(f.figures(res))
	if err != nil {
		return false, err
	}
	at := b.Now()
	_, err = tx.Exec(ctx, `INSERT INTO day_book (channel, day, ran_at, facts, figures) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (channel, day) DO UPDATE SET ran_at = excluded.ran_at, facts = excluded.facts, figures = excluded.figures`, channel, int64(day), at, print, string(figures))
	if err != nil {
		return false, fmt.Errorf("daybook: book: %w", err)
	}
	return true, f.keep(ctx, tx, f.found(res), carry, at)
}

// RunAll runs every open day that has facts, up to today, and gives back what was
// given back meanwhile. It reports how many books changed.
func (b *Books) RunAll(ctx context.Context) (changed int, err error) {
	return b.runAll(ctx, nil)
}

// runAll leaves out what m remembers as run, when m is given.
func (b *Books) runAll(ctx context.Context, m *marks) (changed int, err error) {
	var days []Day
	var now map[bookOf]string
	at := b.Now()
	err = b.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if _, err := giveBacks(ctx, tx, at); err != nil {
			return err
		}
		if days, err = openDays(ctx, tx); err != nil || m == nil {
			return err
		}
		now, err = marksOf(ctx, tx, days)
		return err
	})
	if err != nil {
		return 0, err
	}
	if m != nil {
		m.forget(days)
	}
	for _, d := range days {
		for _, c := range Channels() {
			of := bookOf{c, d}
			if m != nil && m.fresh(of, now[of], at) {
				continue
			}
			did, err := b.Run(ctx, c, d)
			if err != nil {
				return changed, err
			}
			if did {
				changed++
			}
			if m != nil {
				m.ran[of] = ran{now[of], at}
			}
		}
	}
	return changed, nil
}

// RunDay runs all channels of a day.
func (b *Books) RunDay(ctx context.Context, day Day) (changed int, err error) {
	for _, c := range Channels() {
		did, err := b.Run(ctx, c, day)
		if err != nil {
			return changed, err
		}
		if did {
			changed++
		}
	}
	return changed, nil
}

// openDays are those days after the last closed one on which something moved or is
// stated.
func openDays(ctx context.Context, tx *db.Tx) (out []Day, err error) {
	last, err := LastClosed(ctx, tx)
	if err != nil {
		return nil, err
	}
	seen := map[Day]bool{}
	row := func(scan func(...any) error) error {
		var d Day
		err := scan(&d)
		if !seen[d] && d > last {
			seen[d] = true
			out = append(out, d)
		}
		return err
	}
	for _, c := range Channels() {
		err := errors.Join(
			tx.Each(ctx, `SELECT DISTINCT day FROM statement_entry WHERE state = 'counts' AND channel = $1 AND day > $2`, []any{c, int64(last)}, row),
			tx.Each(ctx, `SELECT DISTINCT (moved_at + 28800000) / 86400000 FROM payment_movement WHERE channel = $1 AND moved_at >= $2`, []any{c, (last + 1).millis()}, row),
			tx.Each(ctx, `SELECT DISTINCT day FROM statement_file WHERE state = 'taken' AND channel = $1 AND day > $2`, []any{c, int64(last)}, row))
		if err != nil {
			return nil, fmt.Errorf("daybook: open days: %w", err)
		}
	}
	first, err := FirstOpen(ctx, tx)
	if err != nil {
		return nil, err
	}
	if first > 0 && !seen[first] {
		out = append(out, first)
	}
	slices.Sort(out)
	return out, nil
}
