package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
)

const label = "review"

// Seal seals what a clerk noted for Add.
func Seal(ring *keys.Ring, id string, c Content) ([]byte, error) {
	plain, err := cbor.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("review %s: encode: %w", id, err)
	}
	sealed, err := ring.Seal(label, id, plain)
	if err != nil {
		return nil, fmt.Errorf("review %s: seal: %w", id, err)
	}
	return sealed, nil
}

// Open reads what a clerk noted and what opens the pictures: who calls it writes
// the journal entry for a look at personal data. ErrNotFound.
func Open(ctx context.Context, tx *db.Tx, ring *keys.Ring, id string) (Content, error) {
	var sealed []byte
	err := tx.QueryRow(ctx, `SELECT content FROM review WHERE id = $1`, id).Scan(&sealed)
	if errors.Is(err, db.ErrNoRows) {
		return Content{}, ErrNotFound
	}
	if err != nil {
		return Content{}, fmt.Errorf("review %s: content: %w", id, err)
	}
	plain, err := ring.Unseal(label, id, sealed)
	if err != nil {
		return Content{}, fmt.Errorf("review %s: content: %w", id, err)
	}
	var c Content
	if err := cbor.Unmarshal(plain, &c); err != nil {
		return Content{}, fmt.Errorf("review %s: content does not decode", id) // the library's text may quote it
	}
	return c, nil
}

const columns = `id, application, campaign, rules, version, point, division, box, record, clerk, state, items, pledge, blobs, body_hash, looked, at`

// Add stores a review with its sealed content. It stands unless a newer one does
// already; what stood before it is replaced. Waiting, it waits for its confirmation:
// see Settle. It gives the state it came to.
func Add(ctx context.Context, tx *db.Tx, r Review, content []byte) (_ State, err error) {
	if r.State != Waiting {
		if r.State, err = takesPlace(ctx, tx, r); err != nil {
			return "", err
		}
	}
	items, err := json.Marshal(r.Items)
	if err != nil {
		return "", fmt.Errorf("review %s: %w", r.ID, err)
	}
	blobs, err := json.Marshal(r.Blobs)
	if err != nil {
		return "", fmt.Errorf("review %s: %w", r.ID, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO review (`+columns+`, doubtful, content, envelope)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		r.ID, r.Application, r.Campaign, int64(r.Rules), int64(r.Version), r.Point, r.Division, r.Box, r.Record, r.Clerk, string(r.State), string(items), r.Pledge,
		string(blobs), r.BodyHash, r.Looked, r.At, r.Doubtful(), content, r.Envelope); err != nil {
		return "", fmt.Errorf("review %s: %w", r.ID, err)
	}
	for _, c := range r.Claims {
		copies, err := json.Marshal(c.Copies)
		if err != nil {
			return "", fmt.Errorf("review %s: %w", r.ID, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO review_claim (review, application, kind, code, shown, copies, state) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			r.ID, r.Application, c.Kind, c.Code, c.Shown, string(copies), Pending); err != nil {
			return "", fmt.Errorf("review %s: claim: %w", r.ID, err)
		}
	}
	return r.State, nil
}

// takesPlace finds whether a review stands, and replaces the one that stood.
func takesPlace(ctx context.Context, tx *db.Tx, r Review) (State, error) {
	before, err := Standing(ctx, tx, r.Application)
	switch {
	case errors.Is(err, ErrNotFound):
		return Stands, nil
	case err != nil:
		return "", err
	case !r.newer(before):
		return Replaced, nil
	}
	if _, err := tx.Exec(ctx, `UPDATE review SET state = 'replaced' WHERE id = $1`, before.ID); err != nil {
		return "", fmt.Errorf("review %s: %w", r.ID, err)
	}
	return Stands, nil
}

// Settle ends the waiting of a review: its confirmation has come, and is hers and of
// this point, or not. It gives the state it came to.
func Settle(ctx context.Context, tx *db.Tx, r Review, hers bool) (to State, err error) {
	if to = Refused; hers {
		if to, err = takesPlace(ctx, tx, r); err != nil {
			return "", err
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE review SET state = $1 WHERE id = $2 AND state = 'waiting'`, string(to), r.ID); err != nil {
		return "", fmt.Errorf("review %s: %w", r.ID, err)
	}
	return to, nil
}

// For gives the reviews that wait for some confirmations.
func For(ctx context.Context, tx *db.Tx, records []string) ([]Review, error) {
	if len(records) == 0 {
		return nil, nil
	}
	marks := make([]string, len(records))
	args := make([]any, len(records))
	for i, id := range records {
		marks[i], args[i] = "$"+strconv.Itoa(i+1), id
	}
	return list(ctx, tx, ` WHERE state = 'waiting' AND record IN (`+strings.Join(marks, ", ")+`)`, args, 500)
}

// Waits lists the reviews that wait for a confirmation, newest first.
func Waits(ctx context.Context, tx *db.Tx, f Filter) ([]Review, error) {
	where, args := f.of(Waiting, "", "id", "", nil)
	return list(ctx, tx, where, args, f.limit())
}

// Standing gives the review of an application that stands. ErrNotFound.
func Standing(ctx context.Context, tx *db.Tx, application string) (Review, error) {
	all, err := list(ctx, tx, ` WHERE application = $1 AND state = 'stands'`, []any{application}, 1)
	if err != nil {
		return Review{}, err
	}
	if len(all) == 0 {
		return Review{}, ErrNotFound
	}
	return all[0], nil
}

// Asking is one question of several: whether a review of an application stands.
// The answer is there when it has been asked.
func Asking(application string) (q db.Question, stands *bool) {
	stands = new(bool)
	return db.Question{Text: `SELECT count(*) FROM review WHERE application = $1 AND state = 'stands'`, Args: []any{application}, Row: func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		*stands = n > 0
		return err
	}}, stands
}

// Of gives every review of an application, newest first.
func Of(ctx context.Context, tx *db.Tx, application string) ([]Review, error) {
	return list(ctx, tx, ` WHERE application = $1`, []any{application}, 100)
}

// Filter chooses from what stands. Division and Point are the remit.
type Filter struct {
	Division, Point string
	Kind            string // of claims: form.BonusClaim, form.ExemptionClaim; "" is both
	Before          Cursor // only what is older; zero is from the newest
	Limit           int    // 1 to 500; else 50
}

// Cursor is a place in a list.
type Cursor struct {
	At int64
	ID string // of the review; of claims with kind and code behind it
}

func (f Filter) where(prefix, id string, conds string, args []any) (string, []any) {
	return f.of(Stands, prefix, id, conds, args)
}

func (f Filter) of(state State, prefix, id string, conds string, args []any) (string, []any) {
	where := ` WHERE ` + prefix + `state = '` + string(state) + `'` + conds
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	if f.Division != "" {
		where += ` AND ` + org.Within(prefix+"division", f.Division, arg)
	}
	if f.Point != "" {
		where += ` AND ` + prefix + `point = ` + arg(f.Point)
	}
	if f.Before != (Cursor{}) {
		at := arg(f.Before.At)
		where += ` AND (` + prefix + `at < ` + at + ` OR ` + prefix + `at = ` + at + ` AND ` + id + ` < ` + arg(f.Before.ID) + `)`
	}
	return where, args
}

func (f Filter) limit() int {
	if f.Limit < 1 || f.Limit > 500 {
		return 50
	}
	return f.Limit
}

// Doubts lists the standing reviews in which something does not fit
// (资格存疑), newest first.
func Doubts(ctx context.Context, tx *db.Tx, f Filter) ([]Review, error) {
	where, args := f.where("", "id", ` AND doubtful`, nil)
	return list(ctx, tx, where, args, f.limit())
}

// DoubtCount counts them.
func DoubtCount(ctx context.Context, tx *db.Tx, f Filter) (n int, err error) {
	f.Before = Cursor{}
	where, args := f.where("", "id", ` AND doubtful`, nil)
	if err = tx.QueryRow(ctx, `SELECT count(*) FROM review`+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("review: doubts: %w", err)
	}
	return n, nil
}

// Cursor is the place of a review in its list.
func (r Review) Cursor() Cursor { return Cursor{r.At, r.ID} }

func list(ctx context.Context, tx *db.Tx, where string, args []any, limit int) ([]Review, error) {
	var out []Review
	err := tx.Each(ctx, `SELECT `+columns+` FROM review`+where+` ORDER BY at DESC, id DESC LIMIT `+strconv.Itoa(limit), args, func(scan func(...any) error) error {
		r, err := scanned(scan)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("review: list: %w", err)
	}
	for i := range out {
		if out[i].Claims, err = claimsOf(ctx, tx, out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanned(scan func(...any) error) (r Review, err error) {
	var rules, version int64
	var state, items, blobs string
	if err := scan(&r.ID, &r.Application, &r.Campaign, &rules, &version, &r.Point, &r.Division, &r.Box, &r.Record, &r.Clerk, &state, &items, &r.Pledge, &blobs,
		&r.BodyHash, &r.Looked, &r.At); err != nil {
		return r, err
	}
	r.Rules, r.Version, r.State = uint32(rules), uint32(version), State(state)
	if err := json.Unmarshal([]byte(items), &r.Items); err != nil {
		return r, fmt.Errorf("review %s: stored text: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(blobs), &r.Blobs); err != nil {
		return r, fmt.Errorf("review %s: stored text: %w", r.ID, err)
	}
	return r, nil
}

func claimsOf(ctx context.Context, tx *db.Tx, id string) ([]Claim, error) {
	var out []Claim
	err := tx.Each(ctx, `SELECT kind, code, shown, copies, state FROM review_claim WHERE review = $1 ORDER BY kind, code`, []any{id}, func(scan func(...any) error) error {
		c, err := scannedClaim(scan)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("review %s: claims: %w", id, err)
	}
	return out, nil
}

func scannedClaim(scan func(...any) error, more ...any) (c Claim, err error) {
	var copies string
	if err := scan(append(more, &c.Kind, &c.Code, &c.Shown, &copies, &c.State)...); err != nil {
		return c, err
	}
	err = json.Unmarshal([]byte(copies), &c.Copies)
	return c, err
}
