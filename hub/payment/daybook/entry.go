package daybook

import (
	"context"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/payment/statement"
)

// Entry is a line of a file, as it is kept. Who paid is not in it (S35).
type Entry struct {
	File    string
	Line    int
	Channel string
	Kind    string // payment, refund or adjustment
	Number  string // the channel's: of a payment its transaction, of a refund the refund
	Of      string // of a refund: the payment's
	Order   string // ours, as it was asked for at the channel: see payment.OrderOf
	Fen     int64
	At      int64 // ms
}

const entryColumns = `file, line, channel, kind, number, of_number, order_number, fen, moved_at`

func scanEntry(row func(...any) error) (e Entry, err error) {
	err = row(&e.File, &e.Line, &e.Channel, &e.Kind, &e.Number, &e.Of, &e.Order, &e.Fen, &e.At)
	return e, err
}

// enter makes the lines of a file durable, batch by batch. They count for nothing yet,
// and a line that is there from a time before stays.
func (b *Books) enter(ctx context.Context, f File, read func(func(*statement.Line) error) (*statement.Summary, error)) error {
	var rows [][]any
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := b.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Many(ctx, rows, func(values string) string {
				return `INSERT INTO statement_entry (` + entryColumns + `, ordered, fee, day, state) VALUES ` + values + ` ON CONFLICT (file, line) DO NOTHING`
			})
			return err
		})
		rows = rows[:0]
		if err != nil {
			return fmt.Errorf("daybook: lines: %w", err)
		}
		return nil
	}
	_, err := read(func(l *statement.Line) error {
		e := entryOf(f, l)
		rows = append(rows, []any{e.File, e.Line, e.Channel, e.Kind, e.Number, e.Of, e.Order, e.Fen, e.At, l.Ordered, l.Fee, int64(f.Day), "coming"})
		if len(rows) < batch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// entryOf keeps a line. An adjustment has no number of its own: its line names it.
func entryOf(f File, l *statement.Line) Entry {
	e := Entry{File: f.ID, Line: l.Number, Channel: f.Channel, Kind: string(l.Kind), Number: string(l.Transaction), Order: string(l.Order), Fen: l.Amount, At: l.Time.UnixMilli()}
	switch l.Kind {
	case statement.Refund:
		e.Number, e.Of = string(l.Refund), string(l.Transaction)
	case statement.Adjustment:
		e.Number += "/" + f.Day.String() + "/" + strconv.Itoa(l.Number)
	}
	return e
}

// same is SQL: two entries say the same of a movement.
const same = `old.of_number = new.of_number AND old.order_number = new.order_number AND old.fen = new.fen AND old.moved_at = new.moved_at`

// older joins each line of a file, new, to the word that counts by now, old.
const older = ` FROM statement_entry new JOIN statement_entry old ON old.channel = new.channel AND old.kind = new.kind AND old.number = new.number AND old.state = 'counts' `

// count has the lines of a file count: what nothing is known of, from now on; what
// says the same as before, not again; what contradicts waits for two persons. Lines
// that an earlier file of the day had, and this one lacks, are a contradiction too,
// but only of kinds that this file has: some types of file leave out refunds.
func count(ctx context.Context, tx *db.Tx, f *File) error {
	do := func(n *int, text string, args ...any) error {
		got, err := tx.Exec(ctx, text, args...)
		if err != nil {
			return fmt.Errorf("daybook: count: %w", err)
		}
		if n != nil {
			*n += int(got)
		}
		return nil
	}
	var lines int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM statement_entry WHERE file = $1`, f.ID).Scan(&lines); err != nil {
		return fmt.Errorf("daybook: count: %w", err)
	}
	if lines != f.Lines { // another who read the same file at the same time gave it up
		return ErrState
	}
	type pair struct {
		kind, number, oldFile string
		oldLine, newLine      int64
	}
	var pairs []pair
	gather := func(text string, args ...any) error {
		return tx.Each(ctx, text, args, func(row func(...any) error) error {
			var p pair
			err := row(&p.kind, &p.number, &p.oldFile, &p.oldLine, &p.newLine)
			pairs = append(pairs, p)
			return err
		})
	}
	if err := gather(`SELECT new.kind, new.number, old.file, old.line, new.line`+older+`WHERE new.file = $1 AND NOT (`+same+`) ORDER BY new.line`, f.ID); err != nil {
		return fmt.Errorf("daybook: count: %w", err)
	}
	if err := gather(`SELECT old.kind, old.number, old.file, old.line, CAST(0 AS BIGINT) FROM statement_entry old JOIN statement_file s ON s.id = old.file
		WHERE s.channel = $2 AND s.day = $3 AND s.merchant = $4 AND old.state = 'counts' AND old.file <> $1 AND s.state = 'taken'
		AND old.kind IN (SELECT DISTINCT kind FROM statement_entry WHERE file = $1)
		AND NOT EXISTS (SELECT 1 FROM statement_entry new WHERE new.file = $1 AND new.kind = old.kind AND new.number = old.number) ORDER BY old.file, old.line`,
		f.ID, f.Channel, int64(f.Day), f.Merchant); err != nil {
		return fmt.Errorf("daybook: count: %w", err)
	}
	for _, p := range pairs {
		if err := do(&f.Changed, `INSERT INTO statement_conflict (id, channel, kind, number, day, old_file, old_line, new_file, new_line, state, at, ended_at, by_staff, second, why)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waits', $10, 0, '', '', '')`, newID(), f.Channel, p.kind, p.number, int64(f.Day), p.oldFile, p.oldLine, f.ID, p.newLine, f.At); err != nil {
			return err
		}
	}
	matched := func(word string) string {
		return `EXISTS (SELECT 1 FROM statement_entry old WHERE old.channel = new.channel AND old.kind = new.kind AND old.number = new.number AND old.state = 'counts'` + word + `)`
	}
	closed, err := isClosed(ctx, tx, f.Day)
	if err != nil {
		return err
	}
	day := f.Day
	if closed { // it comes too late for its day
		day = 0
	}
	if err := do(&f.Known, `UPDATE statement_entry AS new SET state = 'same' WHERE file = $1 AND state = 'coming' AND `+matched(` AND `+same), f.ID); err != nil {
		return err
	}
	if err := do(nil, `UPDATE statement_entry AS new SET state = 'waits' WHERE file = $1 AND state = 'coming' AND `+matched(``), f.ID); err != nil {
		return err
	}
	if err := do(&f.Fresh, `UPDATE statement_entry SET state = 'counts', day = $2 WHERE file = $1 AND state = 'coming'`, f.ID, int64(day)); err != nil {
		return err
	}
	return do(nil, `UPDATE statement_file SET state = 'taken', fresh = $2, known = $3, changed = $4 WHERE id = $1`, f.ID, f.Fresh, f.Known, f.Changed)
}

// isClosed reports whether a day is closed, or lies before one that is.
func isClosed(ctx context.Context, tx *db.Tx, day Day) (bool, error) {
	last, err := LastClosed(ctx, tx)
	return day <= last, err
}

// LastClosed is the last day that two persons closed; 0 for none.
func LastClosed(ctx context.Context, tx *db.Tx) (day Day, err error) {
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(day), 0) FROM day_closing`).Scan(&day); err != nil {
		return 0, fmt.Errorf("daybook: closed: %w", err)
	}
	return day, nil
}
