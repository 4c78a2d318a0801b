package daybook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// Conflict is a movement of which two files say two things.
type Conflict struct {
	ID      string
	Channel string
	Kind    string
	Number  string
	Day     Day    // of the later file
	Old     Entry  // the word that counts until it is decided
	New     *Entry // the later one; nil where the later file lacks it
	State   string // Waits, Kept or TakenNew
	At      int64
	EndedAt int64
	By      string
	Second  string
	Why     string
}

// How a conflict stands.
const (
	Waits    = "waits"
	Kept     = "kept"  // the earlier word goes on counting
	TakenNew = "taken" // the later word counts; the earlier is kept, and counts no more
)

const conflictColumns = `c.id, c.channel, c.kind, c.number, c.day, c.state, c.at, c.ended_at, c.by_staff, c.second, c.why,
	o.file, o.line, o.channel, o.kind, o.number, o.of_number, o.order_number, o.fen, o.moved_at, n.file, n.line, n.of_number, n.order_number, n.fen, n.moved_at`

const conflictTables = ` FROM statement_conflict c JOIN statement_entry o ON o.file = c.old_file AND o.line = c.old_line
	LEFT JOIN statement_entry n ON n.file = c.new_file AND n.line = c.new_line`

func scanConflict(row func(...any) error) (c Conflict, err error) {
	var file, of, order sql.NullString
	var line, fen, at sql.NullInt64
	err = row(&c.ID, &c.Channel, &c.Kind, &c.Number, &c.Day, &c.State, &c.At, &c.EndedAt, &c.By, &c.Second, &c.Why,
		&c.Old.File, &c.Old.Line, &c.Old.Channel, &c.Old.Kind, &c.Old.Number, &c.Old.Of, &c.Old.Order, &c.Old.Fen, &c.Old.At, &file, &line, &of, &order, &fen, &at)
	if file.Valid {
		c.New = &Entry{File: file.String, Line: int(line.Int64), Channel: c.Channel, Kind: c.Kind, Number: c.Number, Of: of.String, Order: order.String, Fen: fen.Int64, At: at.Int64}
	}
	return c, err
}

// GetConflict returns a conflict. ErrNotFound.
func GetConflict(ctx context.Context, tx *db.Tx, id string) (Conflict, error) {
	c, err := scanConflict(tx.QueryRow(ctx, `SELECT `+conflictColumns+conflictTables+` WHERE c.id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("daybook: conflict: %w", err)
	}
	return c, nil
}

// ConflictsOf gives those of a day's files, what waits first.
func ConflictsOf(ctx context.Context, tx *db.Tx, day Day) (out []Conflict, err error) {
	err = tx.Each(ctx, `SELECT `+conflictColumns+conflictTables+` WHERE c.day = $1 ORDER BY c.state DESC, c.at, c.id LIMIT 200`, []any{int64(day)}, func(row func(...any) error) error {
		c, err := scanConflict(row)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("daybook: conflicts: %w", err)
	}
	return out, nil
}

// Settle decides a conflict: to is Kept or TakenNew. Where the later word counts from
// now on and the day is closed, it stands in the book of the first open one. ErrState.
func (c Conflict) Settle(ctx context.Context, tx *db.Tx, to string, at int64, by, second, why string) error {
	n, err := tx.Exec(ctx, `UPDATE statement_conflict SET state = $1, ended_at = $2, by_staff = $3, second = $4, why = $5 WHERE id = $6 AND state = 'waits'`, to, at, by, second, why, c.ID)
	if err != nil {
		return fmt.Errorf("daybook: conflict: %w", err)
	}
	if n == 0 || to != Kept && to != TakenNew {
		return ErrState
	}
	move := func(e Entry, from, state string, day Day) error {
		n, err := tx.Exec(ctx, `UPDATE statement_entry SET state = $1, day = $2 WHERE file = $3 AND line = $4 AND state = $5`, state, int64(day), e.File, e.Line, from)
		if err != nil {
			return fmt.Errorf("daybook: conflict: %w", err)
		}
		if n == 0 {
			return ErrState
		}
		return nil
	}
	if to == Kept {
		if c.New == nil {
			return nil
		}
		return move(*c.New, Waits, "out", c.Day)
	}
	var day Day
	if err := tx.QueryRow(ctx, `SELECT day FROM statement_entry WHERE file = $1 AND line = $2`, c.Old.File, c.Old.Line).Scan(&day); err != nil {
		return fmt.Errorf("daybook: conflict: %w", err)
	}
	if err := move(c.Old, "counts", "out", day); err != nil {
		return err
	}
	if c.New == nil {
		return nil
	}
	to0 := c.Day
	if closed, err := isClosed(ctx, tx, c.Day); err != nil {
		return err
	} else if closed {
		to0 = 0
	}
	return move(*c.New, Waits, "counts", to0)
}
