package countersign

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Kept is how long after it was asked for an act can be agreed to and done.
const Kept = 24 * time.Hour

var (
	// ErrNotFound says that there is no such act.
	ErrNotFound = errors.New("countersign: not found")
	// ErrState says that it is not where this can be done to it, or has ended.
	ErrState = errors.New("countersign: not in this state")
)

// State is how an act stands.
type State string

// The states. Ended is no state of the table: time makes it. A power cut leaves
// an act where its last committed step put it.
const (
	Waiting State = "waiting" // for the second person
	Agreed  State = "agreed"  // who asked may do it, once
	Refused State = "refused" // by the second person, or taken back by who asked
	Used    State = "used"
	Ended   State = "ended" // nobody agreed, or nobody did it, in time
)

// Act is one act that two persons are to do.
type Act struct {
	ID       string
	Act      string // key in the campaign's table
	Subject  string // what it is done to: the caller's
	Terms    string // how: the caller's; whoever agrees agrees to these
	Campaign string // "" before there is one
	Division string // where its subject lies
	Point    string // "" if of none
	Reason   string
	State    State // as stored: see At
	AskedBy  string
	AskedAt  int64 // ms, the hub's civil clock, as all times here
	By       string
	ByAt     int64
	Ends     int64
	Said     string // why it was refused
}

// At is the state at a moment, in ms.
func (a Act) At(now int64) State {
	if (a.State == Waiting || a.State == Agreed) && now >= a.Ends {
		return Ended
	}
	return a.State
}

// NewID gives the id of a new one.
func NewID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}

const columns = `id, act, subject, terms, campaign, division, point, reason, state, asked_by, asked_at, settled_by, settled_at, ends_at, said`

func scan(row func(...any) error) (a Act, err error) {
	err = row(&a.ID, &a.Act, &a.Subject, &a.Terms, &a.Campaign, &a.Division, &a.Point, &a.Reason, &a.State, &a.AskedBy, &a.AskedAt, &a.By, &a.ByAt, &a.Ends, &a.Said)
	return a, err
}

// Ask stores a new one, waiting.
func Ask(ctx context.Context, tx *db.Tx, a Act) error {
	_, err := tx.Exec(ctx, `INSERT INTO countersign (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0, $12, '')`,
		a.ID, a.Act, a.Subject, a.Terms, a.Campaign, a.Division, a.Point, a.Reason, string(Waiting), a.AskedBy, a.AskedAt, a.AskedAt+Kept.Milliseconds())
	if err != nil {
		return fmt.Errorf("countersign: ask: %w", err)
	}
	return nil
}

// Get returns one. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Act, error) {
	a, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM countersign WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Act{}, ErrNotFound
	}
	if err != nil {
		return Act{}, fmt.Errorf("countersign: %w", err)
	}
	return a, nil
}

// Move takes one from a state to the next, by somebody. ErrState when it is not
// there any more, or its time is over.
func Move(ctx context.Context, tx *db.Tx, id string, from, to State, by string, at int64, said string) error {
	n, err := tx.Exec(ctx, `UPDATE countersign SET state = $1, settled_by = CASE WHEN $1 = 'used' THEN settled_by ELSE $2 END,
		settled_at = CASE WHEN $1 = 'used' THEN settled_at ELSE $3 END, said = $4 WHERE id = $5 AND state = $6 AND ends_at > $3`,
		string(to), by, at, said, id, string(from))
	if err != nil {
		return fmt.Errorf("countersign: move: %w", err)
	}
	if n == 0 {
		return ErrState
	}
	return nil
}

// Open finds the newest of somebody for one act and subject that waits or was
// agreed to, with these terms. ErrNotFound.
func Open(ctx context.Context, tx *db.Tx, of Act, now int64) (Act, error) {
	return newest(ctx, tx, of, now, ` AND terms = $5`, of.Terms)
}

// OpenOn is Open whatever the terms are. ErrNotFound.
func OpenOn(ctx context.Context, tx *db.Tx, of Act, now int64) (Act, error) {
	return newest(ctx, tx, of, now, "")
}

func newest(ctx context.Context, tx *db.Tx, of Act, now int64, and string, more ...any) (Act, error) {
	a, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM countersign WHERE act = $1 AND subject = $2 AND asked_by = $3
		AND state IN ('waiting', 'agreed') AND ends_at > $4`+and+` ORDER BY asked_at DESC, id LIMIT 1`, append([]any{of.Act, of.Subject, of.AskedBy, now}, more...)...).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Act{}, ErrNotFound
	}
	if err != nil {
		return Act{}, fmt.Errorf("countersign: %w", err)
	}
	return a, nil
}

// List gives those of a remit, the newest first.
func List(ctx context.Context, tx *db.Tx, division, point string, limit int) (out []Act, err error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	where := org.Within("division", division, arg)
	if point != "" {
		where += " AND point = " + arg(point)
	}
	err = tx.Each(ctx, `SELECT `+columns+` FROM countersign WHERE `+where+` ORDER BY asked_at DESC, id LIMIT `+arg(limit), args, func(row func(...any) error) error {
		a, err := scan(row)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("countersign: list: %w", err)
	}
	return out, nil
}

// WaitFor counts, in a remit, what waits for another than this account, and what
// was agreed to for her.
func WaitFor(ctx context.Context, tx *db.Tx, division, point, account string, now int64) (n int, err error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	where := org.Within("division", division, arg)
	if point != "" {
		where += " AND point = " + arg(point)
	}
	who := arg(account)
	where += ` AND ends_at > ` + arg(now) + ` AND (state = 'waiting' AND asked_by <> ` + who + ` OR state = 'agreed' AND asked_by = ` + who + `)`
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM countersign WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("countersign: count: %w", err)
	}
	return n, nil
}
