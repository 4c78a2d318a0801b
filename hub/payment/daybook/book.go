package daybook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"zhunkao/hub/db"
)

// Book is what the last run found of a channel's day.
type Book struct {
	Channel string
	Day     Day
	RanAt   int64
	Figures Figures
}

// BooksOf gives the books of a day by channel.
func BooksOf(ctx context.Context, tx *db.Tx, day Day) (map[string]Book, error) {
	out := map[string]Book{}
	err := books(ctx, tx, func(b Book) { out[b.Channel] = b }, `WHERE day = $1`, int64(day))
	return out, err
}

func books(ctx context.Context, tx *db.Tx, each func(Book), rest string, args ...any) error {
	err := tx.Each(ctx, `SELECT channel, day, ran_at, figures FROM day_book `+rest, args, func(row func(...any) error) error {
		var b Book
		var figures string
		if err := row(&b.Channel, &b.Day, &b.RanAt, &figures); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(figures), &b.Figures); err != nil {
			return err
		}
		each(b)
		return nil
	})
	if err != nil {
		return fmt.Errorf("daybook: books: %w", err)
	}
	return nil
}

// Line is a day in the list.
type Line struct {
	Day      Day
	Filed    []string // channels whose file has come, or that have none
	Books    []Book   // as Channels has them; only those that something is known of
	Open     int      // residues that are left over
	Carried  int      // … of closed days, which stand here
	Waits    int      // contradictions that wait for two persons
	Closed   bool
	ClosedAt int64
	First    bool // no open day lies before it
}

// Days lists the days that have a book, the newest first, before a day (0: from the
// newest on).
func Days(ctx context.Context, tx *db.Tx, before Day, limit int) (out []Line, err error) {
	if before == 0 {
		before = 1 << 30
	}
	at := map[Day]int{}
	err = tx.Each(ctx, `SELECT DISTINCT day FROM day_book WHERE day < $1 ORDER BY day DESC LIMIT $2`, []any{int64(before), limit}, func(row func(...any) error) error {
		var d Day
		err := row(&d)
		at[d] = len(out)
		out = append(out, Line{Day: d})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: days: %w", err)
	}
	if len(out) == 0 {
		return nil, nil
	}
	first, err := FirstOpen(ctx, tx)
	if err != nil {
		return nil, err
	}
	oldest := int64(out[len(out)-1].Day)
	err = books(ctx, tx, func(b Book) {
		if i, ok := at[b.Day]; ok {
			out[i].Books = append(out[i].Books, b)
		}
	}, `WHERE day >= $1 AND day < $2`, oldest, int64(before))
	if err != nil {
		return nil, err
	}
	for i := range out {
		slices.SortFunc(out[i].Books, func(a, b Book) int { return place(a.Channel) - place(b.Channel) })
		out[i].First = out[i].Day == first
	}
	err = tx.Each(ctx, `SELECT day, carried, count(*) FROM residue WHERE state = 'open' GROUP BY day, carried`, nil, func(row func(...any) error) error {
		var d Day
		var carried bool
		var n int
		if err := row(&d, &carried, &n); err != nil {
			return err
		}
		if d == 0 {
			d = first
		}
		if i, ok := at[d]; ok {
			out[i].Open += n
			if carried {
				out[i].Carried += n
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: days: %w", err)
	}
	err = tx.Each(ctx, `SELECT day, count(*) FROM statement_conflict WHERE state = 'waits' GROUP BY day`, nil, func(row func(...any) error) error {
		var d Day
		var n int
		err := row(&d, &n)
		if i, ok := at[d]; ok {
			out[i].Waits = n
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: days: %w", err)
	}
	err = tx.Each(ctx, `SELECT DISTINCT day, channel FROM statement_file WHERE state = 'taken' AND day >= $1 AND day < $2`, []any{oldest, int64(before)}, func(row func(...any) error) error {
		var d Day
		var channel string
		err := row(&d, &channel)
		if i, ok := at[d]; ok {
			out[i].Filed = append(out[i].Filed, channel)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: days: %w", err)
	}
	err = tx.Each(ctx, `SELECT day, closed_at FROM day_closing WHERE day >= $1 AND day < $2`, []any{oldest, int64(before)}, func(row func(...any) error) error {
		var d Day
		var closed int64
		err := row(&d, &closed)
		if i, ok := at[d]; ok {
			out[i].Closed, out[i].ClosedAt = true, closed
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: days: %w", err)
	}
	return out, nil
}

func place(channel string) int { return slices.Index(Channels(), channel) }

// Lacks reports whether the file of a channel of which something is booked has not come.
func (l Line) Lacks() bool {
	return slices.ContainsFunc(l.Books, func(b Book) bool { return Count(b.Figures.Own) > 0 && !slices.Contains(l.Filed, b.Channel) })
}

// Beside gives the days before and after one that have a book; 0 for none.
func Beside(ctx context.Context, tx *db.Tx, day Day) (before, after Day, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce((SELECT max(day) FROM day_book WHERE day < $1), 0), coalesce((SELECT min(day) FROM day_book WHERE day > $1), 0)`, int64(day)).Scan(&before, &after)
	if err != nil {
		return 0, 0, fmt.Errorf("daybook: beside: %w", err)
	}
	return before, after, nil
}
