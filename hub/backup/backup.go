package backup

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// ErrNone: no backup of this number is waiting to be finished: it was never begun,
// is finished already, or a newer one is.
var ErrNone = errors.New("backup: no such backup is under way")

// Backup is one backup. Times are ms since 1970, by the hub.
type Backup struct {
	Number  uint64
	Begun   int64
	Done    int64  // 0: not finished
	Boxes   int    // whose chains it holds
	Records uint64 // of these, in their present epochs
}

// Chain is the chain of one box in one epoch.
type Chain struct {
	Box   string
	Epoch uint32
}

// Begin begins a backup: it writes down how far each box's chain is here without a
// gap. What is copied after this is committed holds all of it.
func Begin(ctx context.Context, tx *db.Tx, at int64) (Backup, error) {
	b := Backup{Begun: at}
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM backup`).Scan(&b.Number); err != nil {
		return b, fmt.Errorf("backup: number: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO backup (number, begun_at, done_at) VALUES ($1, $2, 0)`, int64(b.Number), at); err != nil {
		return b, fmt.Errorf("backup: begin: %w", err)
	}
	marks, err := whole(ctx, tx)
	if err != nil {
		return b, err
	}
	values := make([][]any, 0, len(marks))
	for c, seq := range marks {
		values = append(values, []any{int64(b.Number), c.Box, int64(c.Epoch), int64(seq)})
		b.Boxes, b.Records = b.Boxes+1, b.Records+seq
	}
	if len(values) == 0 {
		return b, nil
	}
	_, err = tx.Many(ctx, values, func(values string) string {
		return `INSERT INTO backup_mark (backup, box, epoch, seq) VALUES ` + values
	})
	if err != nil {
		return b, fmt.Errorf("backup: marks: %w", err)
	}
	return b, nil
}

// whole finds how far the chain of every box's present epoch is here without a gap.
func whole(ctx context.Context, tx *db.Tx) (map[Chain]uint64, error) {
	out := map[Chain]uint64{}
	err := tx.Each(ctx, `SELECT b.id, b.epoch, b.held, COALESCE(e.seq, 0) FROM box b
		LEFT JOIN envelope e ON e.box = b.id AND e.epoch = b.epoch AND e.chained AND e.seq > b.held
		ORDER BY b.id, e.seq`, nil, func(row func(...any) error) error {
		var c Chain
		var held, seq uint64
		if err := row(&c.Box, &c.Epoch, &held, &seq); err != nil {
			return err
		}
		if out[c] == 0 {
			out[c] = held
		}
		if seq == out[c]+1 {
			out[c] = seq
		}
		if out[c] == 0 {
			delete(out, c)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("backup: chains: %w", err)
	}
	return out, nil
}

// Done finishes a backup: its copy was read back. From then on boxes are told its
// marks; those of others are forgotten. Error: ErrNone.
func Done(ctx context.Context, tx *db.Tx, number uint64, at int64) error {
	n, err := tx.Exec(ctx, `UPDATE backup SET done_at = $1 WHERE number = $2 AND done_at = 0
		AND NOT EXISTS (SELECT 1 FROM backup newer WHERE newer.number > $2 AND newer.done_at > 0)`, at, int64(number))
	if err != nil {
		return fmt.Errorf("backup: done: %w", err)
	}
	if n == 0 {
		return ErrNone
	}
	if _, err := tx.Exec(ctx, `DELETE FROM backup_mark WHERE backup < $1`, int64(number)); err != nil {
		return fmt.Errorf("backup: old marks: %w", err)
	}
	return nil
}

// Newest gives the newest finished backup; there is false when there is none.
func Newest(ctx context.Context, tx *db.Tx) (b Backup, there bool, err error) {
	all, err := list(ctx, tx, `WHERE done_at > 0 ORDER BY number DESC LIMIT 1`)
	if err != nil || len(all) == 0 {
		return b, false, err
	}
	return all[0], true, nil
}

// List gives the newest backups, the newest first.
func List(ctx context.Context, tx *db.Tx, most int) ([]Backup, error) {
	return list(ctx, tx, `ORDER BY number DESC LIMIT $1`, most)
}

func list(ctx context.Context, tx *db.Tx, which string, args ...any) (out []Backup, err error) {
	err = tx.Each(ctx, `SELECT number, begun_at, done_at,
		(SELECT COUNT(*) FROM backup_mark m WHERE m.backup = number), CAST((SELECT COALESCE(SUM(m.seq), 0) FROM backup_mark m WHERE m.backup = number) AS BIGINT)
		FROM backup `+which, args, func(row func(...any) error) error {
		var b Backup
		err := row(&b.Number, &b.Begun, &b.Done, &b.Boxes, &b.Records)
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("backup: list: %w", err)
	}
	return out, nil
}

// Late is how old the newest backup may be, in ms, before the province is told.
const Late = 36 * 60 * 60 * 1000

// Overdue reports whether boxes keep records for which a backup is overdue: the
// newest finished one, if there is any, began longer than Late ago, or the first box
// was enrolled so long ago.
func Overdue(ctx context.Context, tx *db.Tx, now int64) (newest Backup, overdue bool, err error) {
	newest, there, err := Newest(ctx, tx)
	if err != nil || there {
		return newest, there && now-newest.Begun > Late, err
	}
	var first int64
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MIN(enrolled_at), 0) FROM box WHERE held > 0`).Scan(&first); err != nil {
		return newest, false, fmt.Errorf("backup: boxes: %w", err)
	}
	return newest, first > 0 && now-first > Late, nil
}

// Marks gives how far each chain is in the newest finished backup.
func Marks(ctx context.Context, tx *db.Tx) (map[Chain]uint64, error) {
	out := map[Chain]uint64{}
	err := tx.Each(ctx, `SELECT box, epoch, seq FROM backup_mark WHERE backup = (SELECT MAX(number) FROM backup WHERE done_at > 0)`, nil, func(row func(...any) error) error {
		var c Chain
		var seq uint64
		err := row(&c.Box, &c.Epoch, &seq)
		out[c] = seq
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("backup: marks: %w", err)
	}
	return out, nil
}

// Read reports what a copy that was opened lacks of a backup: "" when the copy has
// the row of its beginning and every chain as far as it was then. It is asked of the
// copy, not of the hub.
func Read(ctx context.Context, copied *db.Tx, number uint64) (lacks string, err error) {
	var begun int
	if err := copied.QueryRow(ctx, `SELECT COUNT(*) FROM backup WHERE number = $1`, int64(number)).Scan(&begun); err != nil {
		return "", fmt.Errorf("backup: read back: %w", err)
	}
	if begun == 0 {
		return "begin", nil // it was copied before the backup began
	}
	var short int
	err = copied.QueryRow(ctx, `SELECT COUNT(*) FROM backup_mark m WHERE m.backup = $1 AND m.seq <>
		(SELECT COUNT(*) FROM envelope e WHERE e.box = m.box AND e.epoch = m.epoch AND e.chained AND e.seq <= m.seq)`, int64(number)).Scan(&short)
	if err != nil {
		return "", fmt.Errorf("backup: read back: %w", err)
	}
	if short > 0 {
		return "records", nil
	}
	return "", nil
}
