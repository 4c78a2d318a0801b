package approval

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// Delegation is an office's word that a named account judges for it, for a
// time. Times in ms.
type Delegation struct {
	ID      string
	Office  string // id
	Account string // id
	Since   int64
	Until   int64
	Reason  string
	GivenBy string // account id
	GivenAt int64
	EndedBy string
	EndedAt int64 // before Until; 0: not ended by anybody

	Tier     rules.Tier // of the office
	Division string     // of the office
}

// Live reports whether the delegation holds at a moment.
func (d Delegation) Live(now int64) bool {
	return d.Since <= now && now < d.Until && (d.EndedAt == 0 || now < d.EndedAt)
}

// Seat is what the delegation lets the account judge.
func (d Delegation) Seat() Seat { return Seat{Tier: d.Tier, Place: d.Division, Behalf: d.Office} }

const delegationColumns = `d.id, d.office, d.account, d.since, d.until, d.reason, d.given_by, d.given_at, d.ended_by, d.ended_at, o.tier, o.division`

func delegations(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Delegation, error) {
	var out []Delegation
	err := tx.Each(ctx, `SELECT `+delegationColumns+` FROM approval_delegation d JOIN office o ON o.id = d.office WHERE `+where, args,
		func(scan func(...any) error) error {
			var d Delegation
			err := scan(&d.ID, &d.Office, &d.Account, &d.Since, &d.Until, &d.Reason, &d.GivenBy, &d.GivenAt, &d.EndedBy, &d.EndedAt, &d.Tier, &d.Division)
			out = append(out, d)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("approval: delegations: %w", err)
	}
	return out, nil
}

// PutDelegation stores a delegation.
func PutDelegation(ctx context.Context, tx *db.Tx, d Delegation) error {
	_, err := tx.Exec(ctx, `INSERT INTO approval_delegation (id, office, account, since, until, reason, given_by, given_at, ended_by, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0)`, d.ID, d.Office, d.Account, d.Since, d.Until, d.Reason, d.GivenBy, d.GivenAt)
	if err != nil {
		return fmt.Errorf("approval: delegate: %w", err)
	}
	return nil
}

// EndDelegation ends a delegation that still holds. ErrState when it has ended.
func EndDelegation(ctx context.Context, tx *db.Tx, id, by string, at int64) error {
	n, err := tx.Exec(ctx, `UPDATE approval_delegation SET ended_by = $1, ended_at = $2 WHERE id = $3 AND ended_at = 0 AND until > $2`, by, at, id)
	if err != nil {
		return fmt.Errorf("approval: end delegation: %w", err)
	}
	if n == 0 {
		return ErrState
	}
	return nil
}

// GetDelegation returns a delegation by id. ErrNotFound.
func GetDelegation(ctx context.Context, tx *db.Tx, id string) (Delegation, error) {
	all, err := delegations(ctx, tx, `d.id = $1`, id)
	if err != nil {
		return Delegation{}, err
	}
	if len(all) == 0 {
		return Delegation{}, ErrNotFound
	}
	return all[0], nil
}

// DelegatedTo returns what an account may judge for other offices at a moment.
func DelegatedTo(ctx context.Context, tx *db.Tx, account string, now int64) ([]Delegation, error) {
	return delegations(ctx, tx, `d.account = $1 AND d.since <= $2 AND d.until > $2 AND (d.ended_at = 0 OR d.ended_at > $2) ORDER BY d.given_at, d.id`, account, now)
}

// DelegationsOf returns the newest delegations that an office gave, and those
// given to an account, the last given first.
func DelegationsOf(ctx context.Context, tx *db.Tx, office, account string, limit int) ([]Delegation, error) {
	return delegations(ctx, tx, `d.office = $1 OR d.account = $2 ORDER BY d.given_at DESC, d.id LIMIT $3`, office, account, limit)
}

// ErrDelegate says that an account cannot be given an office's judging.
var ErrDelegate = errors.New("approval: this account cannot judge for that office")

// MayDelegate reports whether the judging of an office can be given to an
// account of a division: her own remit must hold the office's whole, so that by
// judging for it she sees no place that she does not see anyway. A delegation
// never crosses a remit.
func MayDelegate(office, account string) bool { return org.Covers(account, office) }
