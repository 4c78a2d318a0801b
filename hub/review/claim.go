package review

import (
	"context"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
)

// Claimed is one claim of a standing review, as a list of claims shows it.
type Claimed struct {
	Review      string
	Application string
	Campaign    string
	Point       string
	Division    string
	At          int64 // ms, when the review came
	Claim
}

// Cursor is the place of a claim in its list.
func (c Claimed) Cursor() Cursor { return Cursor{c.At, c.Review + " " + c.Kind + " " + c.Code} }

// ClaimList lists the claims of standing reviews, newest first.
func ClaimList(ctx context.Context, tx *db.Tx, f Filter) ([]Claimed, error) {
	where, args := f.claims()
	var out []Claimed
	err := tx.Each(ctx, `SELECT r.id, r.application, r.campaign, r.point, r.division, r.at, c.kind, c.code, c.shown, c.copies, c.state
		FROM review r JOIN review_claim c ON c.review = r.id`+where+` ORDER BY r.at DESC, `+claimID+` DESC LIMIT `+strconv.Itoa(f.limit()), args,
		func(scan func(...any) error) error {
			var one Claimed
			var err error
			one.Claim, err = scannedClaim(scan, &one.Review, &one.Application, &one.Campaign, &one.Point, &one.Division, &one.At)
			out = append(out, one)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("review: list of claims: %w", err)
	}
	return out, nil
}

// ClaimCount counts them.
func ClaimCount(ctx context.Context, tx *db.Tx, f Filter) (n int, err error) {
	f.Before = Cursor{}
	where, args := f.claims()
	if err = tx.QueryRow(ctx, `SELECT count(*) FROM review r JOIN review_claim c ON c.review = r.id`+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("review: list of claims: %w", err)
	}
	return n, nil
}

// claimID orders the claims of one review, as Claimed.Cursor has it.
const claimID = `(r.id || ' ' || c.kind || ' ' || c.code)`

func (f Filter) claims() (string, []any) {
	if f.Kind == "" {
		return f.where("r.", claimID, "", nil)
	}
	return f.where("r.", claimID, ` AND c.kind = $1`, []any{f.Kind})
}
