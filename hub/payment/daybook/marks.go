package daybook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/db"
)

// marks remember what open books looked like when the keeper ran them, so that a round
// collects no day anew in which nothing moved. They decide about nothing but when:
// closing a day, and who asks for it, runs it whatever they say.
type marks struct {
	ran map[bookOf]ran
}

type bookOf struct {
	channel string
	day     Day
}

type ran struct {
	mark string
	at   int64 // ms
}

// wholeEvery is after how long a book is run though its mark is the same: a mark is
// taken from counts alone, and a movement far from its line's day is not in it.
const wholeEvery = 10 * time.Minute

func (m *marks) fresh(of bookOf, mark string, now int64) bool {
	r, ok := m.ran[of]
	return ok && r.mark == mark && now >= r.at && now-r.at < wholeEvery.Milliseconds()
}

// forget leaves nothing behind of days that are no longer open.
func (m *marks) forget(open []Day) {
	if m.ran == nil {
		m.ran = map[bookOf]ran{}
	}
	for of := range m.ran {
		if !slices.Contains(open, of.day) {
			delete(m.ran, of)
		}
	}
}

// cut is how far beyond midnight a movement may lie whose line stands on the day (日切).
const cut = 10 * time.Minute

// marksOf gives each book a text that is another when its facts may be: the movements
// of the day, the files and decisions of the channel, whose movements are, what was
// decided about any, and how orders stand. What it reads are index ranges and sums.
func marksOf(ctx context.Context, tx *db.Tx, days []Day) (map[bookOf]string, error) {
	var steps, owners, closed, orders, ended int64
	first, err := FirstOpen(ctx, tx)
	err = errors.Join(err,
		tx.QueryRow(ctx, `SELECT count(*) FROM payment_entry WHERE position > 0 AND step IN ('credit', 'give-back', 'fail', 'revert', 'returned')`).Scan(&steps),
		tx.QueryRow(ctx, `SELECT count(*) FROM payment_owner`).Scan(&owners),
		tx.QueryRow(ctx, `SELECT count(*) FROM day_closing`).Scan(&closed),
		// An order that is opened or paid is in the book of another day seldom: the whole run finds it.
		tx.QueryRow(ctx, `SELECT count(*), CAST(coalesce(sum(ended_at), 0) AS BIGINT) FROM payment_order WHERE state IN ('closed', 'left', 'waived')`).Scan(&orders, &ended))
	if err != nil {
		return nil, fmt.Errorf("daybook: marks: %w", err)
	}
	out := map[bookOf]string{}
	for _, c := range Channels() {
		var decided int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM statement_conflict WHERE channel = $1 AND state <> 'waits'`, c).Scan(&decided); err != nil {
			return nil, fmt.Errorf("daybook: marks: %w", err)
		}
		for _, d := range days {
			from, filed, files, moved := d, d, int64(0), int64(0)
			if d == first { // what comes too late for its day stands here
				from, filed = d-lateDays, 0
			}
			err := errors.Join(
				tx.QueryRow(ctx, `SELECT count(*) FROM statement_file WHERE channel = $1 AND day >= $2 AND day <= $3 AND state = 'taken' AND (day = $3 OR source <> 'none')`,
					c, int64(filed), int64(d)).Scan(&files),
				tx.QueryRow(ctx, `SELECT count(*) FROM payment_movement WHERE channel = $1 AND moved_at >= $2 AND moved_at < $3`,
					c, from.millis()-cut.Milliseconds(), (d+1).millis()+cut.Milliseconds()).Scan(&moved))
			if err != nil {
				return nil, fmt.Errorf("daybook: marks: %w", err)
			}
			out[bookOf{c, d}] = fmt.Sprint(steps, owners, closed, orders, ended, files, decided, d == first, moved)
		}
	}
	return out, nil
}
