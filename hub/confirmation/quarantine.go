package confirmation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
)

// Quarantined is one envelope that was set aside: what it is is known, what it
// says is not believed.
type Quarantined struct {
	ID       string // drawn by the hub
	Box      string // on whose topics it came
	Hash     string // SHA-256 of the bytes that came, 64 hexadecimal digits
	Epoch    uint32 // what it claims; 0 when it could not be read
	Sequence uint64
	Record   string // the id it claims, "" when it could not be read
	Point    string // of the box
	Division string // of that point
	Reason   string // a word of the wire's receipts
	Checks   []Check
	At       int64    // ms since 1970
	Size     int64    // bytes that came
	Parts    []string // parts that came with it and lie in package blob
	Raw      []byte   // the envelope; nil when the box's share was used up

	Application string // that it names, "" when it could not be opened; SetAside does not keep it
	Carrier     string // how it came; SetAside does not keep it
}

// Shares bound what one box can leave in quarantine. An honest box never gets
// near; beyond MaxRows its envelopes are dropped without a receipt, so that
// they stay in its outbox, and an operator must look.
const (
	MaxRows = 1000
	MaxRaw  = 200 // rows that keep their bytes
)

// ErrFull says that a box has used up its share of the quarantine.
var ErrFull = errors.New("confirmation: the quarantine of this box is full")

// SetAside adds an envelope to the quarantine. Error: ErrFull.
func SetAside(ctx context.Context, tx *db.Tx, q Quarantined) error {
	n, err := QuarantineCount(ctx, tx, q.Box)
	if err != nil {
		return err
	}
	if n >= MaxRows {
		return ErrFull
	}
	raw := q.Raw
	if n >= MaxRaw {
		raw = nil
	}
	checks, err := json.Marshal(q.Checks)
	if err != nil {
		return fmt.Errorf("confirmation: quarantine: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO quarantine (id, box, hash, epoch, seq, record, point, division, reason, checks, at, size, parts, raw)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		q.ID, q.Box, q.Hash, int64(q.Epoch), int64(q.Sequence&(1<<63-1)), q.Record, q.Point, q.Division, q.Reason,
		string(checks), q.At, q.Size, strings.Join(q.Parts, " "), raw)
	if err != nil {
		return fmt.Errorf("confirmation: quarantine of %s: %w", q.Box, err)
	}
	return nil
}

// QuarantineCount is how much of one box stands in quarantine.
func QuarantineCount(ctx context.Context, tx *db.Tx, box string) (n int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM quarantine WHERE box = $1`, box).Scan(&n); err != nil {
		return 0, fmt.Errorf("confirmation: quarantine of %s: %w", box, err)
	}
	return n, nil
}

// QuarantineOf is how much of some boxes stands in quarantine; a box of which
// there is nothing is not in it.
func QuarantineOf(ctx context.Context, tx *db.Tx, boxes []string) (map[string]int64, error) {
	if len(boxes) == 0 {
		return map[string]int64{}, nil
	}
	marks, args := In(boxes, 0)
	return countByBox(ctx, tx, ` WHERE box IN (`+marks+`)`, args)
}

const quarantineColumns = `id, box, hash, epoch, seq, record, point, division, reason, checks, at, size, parts`

func scanQuarantined(row func(...any) error, extra ...any) (Quarantined, error) {
	var q Quarantined
	var checks, parts string
	into := append([]any{&q.ID, &q.Box, &q.Hash, &q.Epoch, &q.Sequence, &q.Record, &q.Point, &q.Division, &q.Reason,
		&checks, &q.At, &q.Size, &parts}, extra...)
	if err := row(into...); err != nil {
		return Quarantined{}, err
	}
	q.Parts = strings.Fields(parts)
	if err := json.Unmarshal([]byte(checks), &q.Checks); err != nil {
		return Quarantined{}, fmt.Errorf("confirmation: quarantine %s: stored text: %w", q.ID, err)
	}
	return q, nil
}

// Quarantine lists what was set aside, newest first, without the bytes. Of the
// filter it heeds Division, Point, Box, Before and Limit.
func Quarantine(ctx context.Context, tx *db.Tx, f Filter) ([]Quarantined, error) {
	where, args := Filter{Division: f.Division, Point: f.Point, Box: f.Box, Before: f.Before}.where()
	limit := f.Limit
	if limit < 1 || limit > 500 {
		limit = 50
	}
	var out []Quarantined
	err := tx.Each(ctx, `SELECT `+quarantineColumns+` FROM quarantine`+strings.ReplaceAll(where, "committed", "at")+
		` ORDER BY at DESC, id DESC LIMIT `+strconv.Itoa(limit), args, func(row func(...any) error) error {
		q, err := scanQuarantined(row)
		out = append(out, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("confirmation: quarantine: %w", err)
	}
	return out, nil
}

// GetQuarantined reads one with its bytes. Error: ErrNotFound.
func GetQuarantined(ctx context.Context, tx *db.Tx, id string) (Quarantined, error) {
	var raw []byte
	q, err := scanQuarantined(tx.QueryRow(ctx, `SELECT `+quarantineColumns+`, raw FROM quarantine WHERE id = $1`, id).Scan, &raw)
	if errors.Is(err, db.ErrNoRows) {
		return Quarantined{}, ErrNotFound
	}
	if err != nil {
		return Quarantined{}, fmt.Errorf("confirmation: quarantine: %w", err)
	}
	q.Raw = raw
	return q, nil
}

// QuarantineCounts counts by box what lies in a division and below it.
func QuarantineCounts(ctx context.Context, tx *db.Tx, division string) (map[string]int64, error) {
	where, args := Filter{Division: division}.where()
	return countByBox(ctx, tx, where, args)
}

// countByBox counts what stands in quarantine under a condition (" WHERE …").
func countByBox(ctx context.Context, tx *db.Tx, where string, args []any) (map[string]int64, error) {
	out := map[string]int64{}
	err := tx.Each(ctx, `SELECT box, count(*) FROM quarantine`+where+` GROUP BY box`, args, func(row func(...any) error) error {
		var box string
		var n int64
		err := row(&box, &n)
		out[box] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("confirmation: quarantine counts: %w", err)
	}
	return out, nil
}
