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
	Raw      []byte   // the envelope; nil when the box's share was used up, or when it was taken in the end

	Fate      Fate
	Settled   int64  // when two persons decided, ms since 1970; 0 while it is held
	SettledBy string // account of the one who asked
	Second    string // account of the other
	Why       string // what they wrote

	Kept      int64  // bytes of Parts
	Completed int64  // when what was missing came, ms since 1970; 0 when nothing was, or has
	By        string // carrier of what was missing, "" when Completed is 0
	Asked     int64  // when somebody last had its box asked for it; 0 for never

	Application string // that it names, "" when it could not be opened; SetAside does not keep it
	Carrier     string // how it came; SetAside does not keep it
}

// Fate is what became of what was set aside.
type Fate string

// The fates. Two persons end the first, once and for good.
const (
	FateHeld    Fate = "held"
	FateTaken   Fate = "taken"   // in the end: it is in like every record, and says so for ever
	FateRefused Fate = "refused" // for good
)

// ErrSettled says that two persons have decided already.
var ErrSettled = errors.New("confirmation: this one is not held any more")

// Shares bound what one box can leave in quarantine. An honest box never gets
// near; beyond MaxRows its envelopes are dropped without a receipt, so that
// they stay in its outbox, and an operator must look.
const (
	MaxRows  = 1000
	MaxRaw   = 200       // rows that keep their bytes
	MaxParts = 256 << 20 // bytes of the parts that are kept
)

// ErrFull says that a box has used up its share of the quarantine.
var ErrFull = errors.New("confirmation: the quarantine of this box is full")

// Share is how much of its share of the quarantine a box uses.
type Share struct{ Rows, Raws, Parts int64 }

// Room reports whether the bytes of one more envelope may be kept, and so many
// bytes of its parts.
func (s Share) Room(raw bool, parts int64) bool {
	return (!raw || s.Raws < MaxRaw) && s.Parts+parts <= MaxParts
}

// ShareOf counts what is held of a box, without the row but.
func ShareOf(ctx context.Context, tx *db.Tx, box, but string) (s Share, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*), count(raw), CAST(coalesce(sum(kept), 0) AS BIGINT) FROM quarantine
		WHERE box = $1 AND fate = 'held' AND id <> $2`, box, but).Scan(&s.Rows, &s.Raws, &s.Parts)
	if err != nil {
		return s, fmt.Errorf("confirmation: quarantine of %s: %w", box, err)
	}
	return s, nil
}

// SetAside adds an envelope to the quarantine. Beyond the share of its box neither
// its bytes nor its parts are kept. Error: ErrFull.
func SetAside(ctx context.Context, tx *db.Tx, q Quarantined) error {
	used, err := ShareOf(ctx, tx, q.Box, "")
	if err != nil {
		return err
	}
	if used.Rows >= MaxRows {
		return ErrFull
	}
	if used.Rows >= MaxRaw {
		q.Raw = nil
	}
	if q.Raw == nil || !used.Room(true, q.Kept) {
		q.Parts, q.Kept = nil, 0
	}
	checks, err := json.Marshal(q.Checks)
	if err != nil {
		return fmt.Errorf("confirmation: quarantine: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO quarantine (id, box, hash, epoch, seq, record, point, division, reason, checks, at, size, parts, raw, kept)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		q.ID, q.Box, q.Hash, int64(q.Epoch), int64(q.Sequence&(1<<63-1)), q.Record, q.Point, q.Division, q.Reason,
		string(checks), q.At, q.Size, strings.Join(q.Parts, " "), q.Raw, q.Kept)
	if err != nil {
		return fmt.Errorf("confirmation: quarantine of %s: %w", q.Box, err)
	}
	return nil
}

// QuarantineOf is how much of some boxes is held; a box of which there is nothing
// is not in it.
func QuarantineOf(ctx context.Context, tx *db.Tx, boxes []string) (map[string]int64, error) {
	if len(boxes) == 0 {
		return map[string]int64{}, nil
	}
	marks, args := In(boxes, 0)
	return countByBox(ctx, tx, ` WHERE fate = 'held' AND box IN (`+marks+`)`, args)
}

const quarantineColumns = `id, box, hash, epoch, seq, record, point, division, reason, checks, at, size, parts, fate, settled, settled_by, second, why, kept, completed, carrier, asked`

func scanQuarantined(row func(...any) error, extra ...any) (Quarantined, error) {
	var q Quarantined
	var checks, parts string
	into := append([]any{&q.ID, &q.Box, &q.Hash, &q.Epoch, &q.Sequence, &q.Record, &q.Point, &q.Division, &q.Reason,
		&checks, &q.At, &q.Size, &parts, &q.Fate, &q.Settled, &q.SettledBy, &q.Second, &q.Why,
		&q.Kept, &q.Completed, &q.By, &q.Asked}, extra...)
	if err := row(into...); err != nil {
		return Quarantined{}, err
	}
	q.Parts = strings.Fields(parts)
	if err := json.Unmarshal([]byte(checks), &q.Checks); err != nil {
		return Quarantined{}, fmt.Errorf("confirmation: quarantine %s: stored text: %w", q.ID, err)
	}
	return q, nil
}

// Aside says what of the quarantine is asked for. The zero value of a field leaves
// it open.
type Aside struct {
	Filter // of it Division, Point, Box, Before and Limit
	Fate   Fate
	Reason string
}

// where is the condition, and what it is asked with.
func (a Aside) where() (string, []any) {
	where, args := Filter{Division: a.Division, Point: a.Point, Box: a.Box, Before: a.Before}.where()
	for _, c := range []struct{ column, v string }{{"fate", string(a.Fate)}, {"reason", a.Reason}} {
		if c.v == "" {
			continue
		}
		args = append(args, c.v)
		if where == "" {
			where = " WHERE "
		} else {
			where += " AND "
		}
		where += c.column + " = $" + strconv.Itoa(len(args))
	}
	return strings.ReplaceAll(where, "committed", "at"), args
}

// Quarantine lists what was set aside, newest first, without the bytes.
func Quarantine(ctx context.Context, tx *db.Tx, a Aside) ([]Quarantined, error) {
	where, args := a.where()
	limit := a.Limit
	if limit < 1 || limit > 500 {
		limit = 50
	}
	var out []Quarantined
	err := tx.Each(ctx, `SELECT `+quarantineColumns+` FROM quarantine`+where+
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

// QuarantineCounts counts by box what is held in a division and below it.
func QuarantineCounts(ctx context.Context, tx *db.Tx, division string) (map[string]int64, error) {
	where, args := Aside{Filter: Filter{Division: division}, Fate: FateHeld}.where()
	return countByBox(ctx, tx, where, args)
}

// QuarantineTotal counts what a page of the quarantine is one of.
func QuarantineTotal(ctx context.Context, tx *db.Tx, a Aside) (n int, err error) {
	where, args := a.where()
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM quarantine`+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("confirmation: quarantine: %w", err)
	}
	return n, nil
}

// Settle ends what was held, once. What was taken is kept where every record is,
// so its bytes end here. Error: ErrSettled.
func Settle(ctx context.Context, tx *db.Tx, id string, to Fate, at int64, by, second, why string) error {
	n, err := tx.Exec(ctx, `UPDATE quarantine SET fate = $1, settled = $2, settled_by = $3, second = $4, why = $5,
		parts = CASE WHEN $1 = 'taken' THEN '' ELSE parts END, kept = CASE WHEN $1 = 'taken' THEN 0 ELSE kept END,
		raw = CASE WHEN $1 = 'taken' THEN NULL ELSE raw END
		WHERE id = $6 AND fate = 'held'`, string(to), at, by, second, why, id)
	if err != nil {
		return fmt.Errorf("confirmation: settle %s: %w", id, err)
	}
	if n == 0 {
		return ErrSettled
	}
	return nil
}

// Rejudge notes why what is held is not taken now, where the cause has changed.
func Rejudge(ctx context.Context, tx *db.Tx, id, reason string) error {
	if _, err := tx.Exec(ctx, `UPDATE quarantine SET reason = $1 WHERE id = $2 AND fate = 'held'`, reason, id); err != nil {
		return fmt.Errorf("confirmation: rejudge %s: %w", id, err)
	}
	return nil
}

// SettledOf gives the envelopes of a box's epoch about which two persons have
// decided, the newest first: what the box is told when it comes back.
func SettledOf(ctx context.Context, tx *db.Tx, box string, epoch uint32, limit int) (hashes []string, err error) {
	err = tx.Each(ctx, `SELECT hash FROM quarantine WHERE fate <> 'held' AND box = $1 AND epoch = $2 ORDER BY settled DESC LIMIT `+strconv.Itoa(limit),
		[]any{box, int64(epoch)}, func(row func(...any) error) error {
			var h string
			err := row(&h)
			hashes = append(hashes, h)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("confirmation: settled of %s: %w", box, err)
	}
	return hashes, nil
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
