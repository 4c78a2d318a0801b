package payment

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// DayLedger is the ledger of one channel over one day: of its own fund, and of what
// stands in the others for it.
type DayLedger struct {
	Channel  string
	From, To int64
	Opening  map[Fund]int64
	Closing  map[Fund]int64
	Booked   int64 // what the channel says moved that day: payments less refunds
	Posted   int64 // what was posted to its fund for that
	Reverted int64 // what was taken out of its fund by decisions, positive
	Uneven   int64 // entries of that day whose postings do not add up to nothing
}

// Off is by how much the ledger does not balance: by how much its funds do not add
// up to nothing, and by how much what was posted is not what moved. Both are
// nothing, always, unless somebody wrote into the tables past this program.
func (l DayLedger) Off() (funds, moved int64) {
	for _, fen := range l.Closing {
		funds += fen
	}
	return funds, l.Posted - l.Booked
}

// Balanced reports whether nothing is off.
func (l DayLedger) Balanced() bool {
	funds, moved := l.Off()
	return funds == 0 && moved == 0 && l.Uneven == 0
}

// LedgerOf reads the ledger of a channel between two moments, ms. What was booked is
// compared with what was posted: the sums come from different tables.
func LedgerOf(ctx context.Context, tx *db.Tx, channel string, from, to int64) (DayLedger, error) {
	l := DayLedger{Channel: channel, From: from, To: to, Opening: map[Fund]int64{}, Closing: map[Fund]int64{}}
	err := tx.Each(ctx, `SELECT p.fund, CAST(sum(CASE WHEN p.at < $1 THEN p.fen ELSE 0 END) AS BIGINT), CAST(sum(p.fen) AS BIGINT)
		FROM payment_movement m JOIN payment_entry e ON e.movement = m.id JOIN payment_posting p ON p.entry = e.id WHERE m.channel = $2 AND p.at < $3 GROUP BY p.fund`,
		[]any{from, channel, to}, func(row func(...any) error) error {
			var f Fund
			var opening, closing int64
			err := row(&f, &opening, &closing)
			l.Opening[f], l.Closing[f] = opening, closing
			return err
		})
	if err != nil {
		return l, fmt.Errorf("payment: ledger: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT CAST(coalesce(sum(CASE WHEN kind = 'payment' THEN fen ELSE -fen END), 0) AS BIGINT) FROM payment_movement
		WHERE channel = $1 AND booked_at >= $2 AND booked_at < $3`, channel, from, to).Scan(&l.Booked)
	if err != nil {
		return l, fmt.Errorf("payment: ledger: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT CAST(coalesce(sum(CASE WHEN e.position = 0 THEN p.fen ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN e.position > 0 THEN -p.fen ELSE 0 END), 0) AS BIGINT)
		FROM payment_posting p JOIN payment_entry e ON e.id = p.entry WHERE p.fund = $1 AND p.at >= $2 AND p.at < $3`, string(FundOf(channel)), from, to).Scan(&l.Posted, &l.Reverted)
	if err != nil {
		return l, fmt.Errorf("payment: ledger: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT e.id FROM payment_movement m JOIN payment_entry e ON e.movement = m.id JOIN payment_posting p ON p.entry = e.id
		WHERE m.channel = $1 AND p.at >= $2 AND p.at < $3 GROUP BY e.id HAVING sum(p.fen) <> 0) AS uneven`, channel, from, to).Scan(&l.Uneven)
	if err != nil {
		return l, fmt.Errorf("payment: ledger: %w", err)
	}
	return l, nil
}

// DayEntry is one entry of a day: what was booked or decided about a movement.
type DayEntry struct {
	Movement Movement
	Owner    string
	Entry
	ID string
}

// EntriesOfDay gives a page of the entries of a channel between two moments, the
// oldest first.
func EntriesOfDay(ctx context.Context, tx *db.Tx, channel string, from, to int64, after Cursor, limit int) (out []DayEntry, err error) {
	var c conds
	where := ` WHERE m.channel = ` + c.arg(channel) + ` AND e.at >= ` + c.arg(from) + ` AND e.at < ` + c.arg(to)
	if after.Number != "" {
		at := c.arg(after.At)
		where += ` AND (e.at > ` + at + ` OR e.at = ` + at + ` AND e.id > ` + c.arg(after.Number) + `)`
	}
	last := ""
	page := `SELECT e.id, e.at FROM payment_movement m JOIN payment_entry e ON e.movement = m.id` + where + ` ORDER BY e.at, e.id` + limited(limit)
	err = tx.Each(ctx, `SELECT `+bookingColumns+`, e.id, e.step, e.at, e.by_staff, e.second, e.why, coalesce(p.fund, ''), coalesce(p.fen, 0)
		FROM (`+page+`) AS page JOIN payment_entry e ON e.id = page.id JOIN payment_movement m ON m.id = e.movement
		LEFT JOIN payment_owner w ON w.movement = m.id AND NOT EXISTS (SELECT 1 FROM payment_owner later WHERE later.movement = w.movement AND later.position > w.position)
		LEFT JOIN payment_posting p ON p.entry = e.id ORDER BY e.at, e.id, p.fen DESC`, c.args, func(row func(...any) error) error {
		var d DayEntry
		var p Posting
		var booked int64
		m := &d.Movement
		if err := row(&m.ID, &m.Channel, &m.Kind, &m.Number, &m.Of, &m.Order, &m.Fen, &m.At, &m.Source, &m.By, &booked, &d.Owner,
			&d.ID, &d.Step, &d.Entry.At, &d.Entry.By, &d.Second, &d.Why, &p.Fund, &p.Fen); err != nil {
			return err
		}
		if d.Owner == "" {
			d.Owner = m.Order
		}
		if last != d.ID {
			last, out = d.ID, append(out, d)
		}
		if p.Fund != "" {
			d := &out[len(out)-1]
			d.Postings = append(d.Postings, p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("payment: entries of a day: %w", err)
	}
	return out, nil
}
