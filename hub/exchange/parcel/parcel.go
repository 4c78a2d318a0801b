package parcel

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

var (
	// ErrNotFound says that there is no such parcel.
	ErrNotFound = errors.New("parcel: no such parcel")
	// ErrState says that the parcel is not in a state in which this can be done.
	ErrState = errors.New("parcel: not in this state")
)

// State is how a parcel stands.
type State string

// The states, and what ends them.
const (
	Waiting State = "waiting" // for a second person: Agree, Refuse
	Queued  State = "queued"  // for a hub that packs it
	Packing State = "packing" // a hub packs; if it dies, Queued again
	Ready   State = "ready"   // Fetch, or the end of its day
	Fetched State = "fetched" // final; nothing of it is left
	Failed  State = "failed"  // final: Fault says why
	Refused State = "refused" // final: the second person said no
	Expired State = "expired" // final: nobody fetched it, or nobody agreed
)

// Final reports whether nothing comes after.
func (s State) Final() bool {
	return s == Fetched || s == Failed || s == Refused || s == Expired
}

// Kept is how long a parcel waits to be fetched, or to be agreed to.
const Kept = 24 * time.Hour

// Parcel is one of them, without its bytes. It names no candidate.
type Parcel struct {
	ID              string
	Campaign        string
	Exchange        string // key of the campaign's exchange
	Division, Point string // the place that is packed
	AskedBy         string // account
	AskedAt         int64  // ms since 1970, civil clock
	Reason          string
	Mark            string // stands in the ZIP too: a copy that turns up can be traced
	AgreedBy        string // account of the second person, "" if there was none
	State           State
	Fault           string // a word, of a failed one
	Total, Done     int64  // rows
	Beside          int64  // values that stand in the side file
	Size            int64  // bytes of the ZIP
	File            string // name of the ZIP
	EndsAt          int64  // ms: when it is done away with
}

// NewID draws the id of a parcel.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error (Go 1.24)
	return hex.EncodeToString(b[:])
}

const columns = `id, campaign, exchange, division, point, asked_by, asked_at, reason, mark, agreed_by, state, fault, total, done, beside, size, file, ends_at`

func scan(scan func(...any) error) (p Parcel, err error) {
	err = scan(&p.ID, &p.Campaign, &p.Exchange, &p.Division, &p.Point, &p.AskedBy, &p.AskedAt, &p.Reason, &p.Mark, &p.AgreedBy,
		&p.State, &p.Fault, &p.Total, &p.Done, &p.Beside, &p.Size, &p.File, &p.EndsAt)
	return p, err
}

// Insert adds a parcel; its state is Waiting or Queued.
func Insert(ctx context.Context, tx *db.Tx, p Parcel) error {
	if p.ID == "" || p.Campaign == "" || p.Exchange == "" || p.Division == "" || p.AskedBy == "" || p.State != Waiting && p.State != Queued {
		return fmt.Errorf("%w: %s", ErrState, p.State)
	}
	_, err := tx.Exec(ctx, `INSERT INTO parcel (`+columns+`, beat) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, '', 0, 0, 0, 0, '', $11, 0)`,
		p.ID, p.Campaign, p.Exchange, p.Division, p.Point, p.AskedBy, p.AskedAt, p.Reason, p.Mark, string(p.State), p.AskedAt+Kept.Milliseconds())
	if err != nil {
		return fmt.Errorf("parcel: %w", err)
	}
	return nil
}

// Get returns a parcel. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Parcel, error) {
	p, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM parcel WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return p, ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("parcel: %s: %w", id, err)
	}
	return p, nil
}

// Waits counts, in a remit, the parcels that wait for another than this account
// to agree, and those that she may fetch.
func Waits(ctx context.Context, tx *db.Tx, division, point, account string, now int64) (agree, fetch int, err error) {
	from, to := org.Range(division)
	err = tx.QueryRow(ctx, `SELECT COALESCE(sum(CASE WHEN state = 'waiting' AND asked_by <> $4 THEN 1 ELSE 0 END), 0),
		COALESCE(sum(CASE WHEN state = 'ready' AND asked_by = $4 THEN 1 ELSE 0 END), 0) FROM parcel
		WHERE division >= $1 AND division < $2 AND ($3 = '' OR point = $3) AND ends_at > $5`, from, to, point, account, now).Scan(&agree, &fetch)
	if err != nil {
		return 0, 0, fmt.Errorf("parcel: count: %w", err)
	}
	return agree, fetch, nil
}

// List gives the parcels of a place, newest first, up to limit of those that were
// asked for before an instant (ms; 0 is all). A point other than "" is that of
// parcels of this point only.
func List(ctx context.Context, tx *db.Tx, division, point string, before int64, limit int) ([]Parcel, error) {
	from, to := org.Range(division)
	var out []Parcel
	err := tx.Each(ctx, `SELECT `+columns+` FROM parcel WHERE division >= $1 AND division < $2 AND ($3 = '' OR point = $3) AND ($4 = 0 OR asked_at < $4)
		ORDER BY asked_at DESC, id DESC LIMIT $5`, []any{from, to, point, before, limit}, func(s func(...any) error) error {
		p, err := scan(s)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("parcel: list: %w", err)
	}
	return out, nil
}

// step moves a parcel from one state to another, and says who agreed, if
// somebody did. ErrState.
func step(ctx context.Context, tx *db.Tx, id string, from, to State, agreed string) error {
	n, err := tx.Exec(ctx, `UPDATE parcel SET state = $1, agreed_by = CASE WHEN $2 = '' THEN agreed_by ELSE $2 END WHERE id = $3 AND state = $4`,
		string(to), agreed, id, string(from))
	if err != nil {
		return fmt.Errorf("parcel: %s: %w", id, err)
	}
	if n != 1 {
		return ErrState
	}
	return nil
}

// Agree lets a parcel be packed. Whether by is another person than who asked,
// and may, is judged before. ErrState.
func Agree(ctx context.Context, tx *db.Tx, id, by string) error {
	return step(ctx, tx, id, Waiting, Queued, by)
}

// Refuse ends a parcel that waits for a second person. ErrState.
func Refuse(ctx context.Context, tx *db.Tx, id, by string) error {
	return step(ctx, tx, id, Waiting, Refused, by)
}

// Fetch ends a parcel that was read, and does away with its bytes. ErrState: it
// was fetched meanwhile, or its day is over.
func Fetch(ctx context.Context, tx *db.Tx, id string) error {
	if err := step(ctx, tx, id, Ready, Fetched, ""); err != nil {
		return err
	}
	return drop(ctx, tx, id)
}

func drop(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM parcel_part WHERE parcel = $1`, id); err != nil {
		return fmt.Errorf("parcel: %s: %w", id, err)
	}
	return nil
}
