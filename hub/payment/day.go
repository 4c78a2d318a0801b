package payment

import (
	"context"
	"fmt"
	"strconv"
	"strings"

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
	err := tx.Each(ctx, `SELECT e.debit, e.credit, CAST(sum(CASE WHEN e.at < $1 THEN e.debit_fen ELSE 0 END) AS BIGINT), CAST(sum(e.debit_fen) AS BIGINT),
			CAST(sum(CASE WHEN e.at < $1 THEN e.credit_fen ELSE 0 END) AS BIGINT), CAST(sum(e.credit_fen) AS BIGINT)
		FROM payment_movement m JOIN payment_entry e ON e.movement = m.id WHERE m.channel = $2 AND e.at < $3 AND e.debit <> '' GROUP BY e.debit, e.credit`,
		[]any{from, channel, to}, func(row func(...any) error) error {
			var debit, credit Fund
			var opening, closing [2]int64
			err := row(&debit, &credit, &opening[0], &closing[0], &opening[1], &closing[1])
			for i, f := range []Fund{debit, credit} {
				l.Opening[f] += opening[i]
				l.Closing[f] += closing[i]
			}
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
	err = tx.QueryRow(ctx, `SELECT CAST(coalesce(sum(CASE WHEN p.position = 0 THEN p.fen ELSE 0 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN p.position > 0 THEN -p.fen ELSE 0 END), 0) AS BIGINT)
		FROM `+postingsTo("$1")+` WHERE p.at >= $2 AND p.at < $3`, string(FundOf(channel)), from, to).Scan(&l.Posted, &l.Reverted)
	if err != nil {
		return l, fmt.Errorf("payment: ledger: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM payment_movement m JOIN payment_entry e ON e.movement = m.id
		WHERE m.channel = $1 AND e.at >= $2 AND e.at < $3 AND e.debit_fen + e.credit_fen <> 0`, channel, from, to).Scan(&l.Uneven)
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

// entryMark stands in an entry's id between its movement and its position.
const entryMark = "-"

func parseEntryID(id string) (movement string, position int64) {
	movement, n, _ := strings.Cut(id, entryMark)
	position, _ = strconv.ParseInt(n, 10, 64) // of a garbled one: a page from its beginning
	return movement, position
}

// EntriesOfDay gives a page of the entries of a channel between two moments, the
// oldest first.
func EntriesOfDay(ctx context.Context, tx *db.Tx, channel string, from, to int64, after Cursor, limit int) (out []DayEntry, err error) {
	var c conds
	where := ` WHERE m.channel = ` + c.arg(channel) + ` AND e.at >= ` + c.arg(from) + ` AND e.at < ` + c.arg(to)
	if after.Number != "" {
		at := c.arg(after.At)
		movement, position := parseEntryID(after.Number)
		of := c.arg(movement)
		where += ` AND (e.at > ` + at + ` OR e.at = ` + at + ` AND (e.movement > ` + of + ` OR e.movement = ` + of + ` AND e.position > ` + c.arg(position) + `))`
	}
	page := `SELECT e.movement, e.position FROM payment_movement m JOIN payment_entry e ON e.movement = m.id` + where + ` ORDER BY e.at, e.movement, e.position` + limited(limit)
	err = tx.Each(ctx, `SELECT `+bookingColumns+`, e.position, `+lineColumns+`
		FROM (`+page+`) AS page JOIN payment_entry e ON e.movement = page.movement AND e.position = page.position JOIN payment_movement m ON m.id = e.movement
		LEFT JOIN payment_owner w ON w.movement = m.id AND NOT EXISTS (SELECT 1 FROM payment_owner later WHERE later.movement = w.movement AND later.position > w.position)
		ORDER BY e.at, e.movement, e.position`, c.args, func(row func(...any) error) error {
		var d DayEntry
		var booked, position int64
		m := &d.Movement
		err := d.Entry.scan(row, &m.ID, &m.Channel, &m.Kind, &m.Number, &m.Of, &m.Order, &m.Fen, &m.At, &m.Source, &m.By, &booked, &d.Owner, &position)
		if d.Owner == "" {
			d.Owner = m.Order
		}
		d.ID = m.ID + entryMark + strconv.FormatInt(position, 10)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: entries of a day: %w", err)
	}
	return out, nil
}
