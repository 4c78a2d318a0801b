package applicant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// Application gives the application of an account in a campaign, "" when there
// is none.
func Application(ctx context.Context, tx *db.Tx, account, campaign string) (string, error) {
	q, id := Asking(account, campaign)
	if err := q.Ask(ctx, tx); err != nil {
		return "", fmt.Errorf("applicant: application: %w", err)
	}
	return *id, nil
}

// Asking is Application as one question of several. The answer is there when it has
// been asked.
func Asking(account, campaign string) (db.Question, *string) {
	id := ""
	return db.Question{Text: Bound, Args: []any{account, campaign}, Row: func(scan func(...any) error) error { return scan(&id) }}, &id
}

// Bound asks which application account $1 has in campaign $2.
const Bound = `SELECT application FROM applicant_application WHERE account = $1 AND campaign = $2`

// AccountOf gives the account that bears an application, "" when none does.
func AccountOf(ctx context.Context, tx *db.Tx, application string) (string, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT account FROM applicant_application WHERE application = $1`, application).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("applicant: account of an application: %w", err)
	}
	return id, nil
}

// Bind gives an account its application in a campaign; again is no error.
// ErrBound when either is bound to another; ErrNotFound without the account.
func Bind(ctx context.Context, tx *db.Tx, account, campaign, application string) error {
	var there bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM applicant WHERE id = $1)`, account).Scan(&there); err != nil {
		return fmt.Errorf("applicant: bind: %w", err)
	}
	if !there {
		return ErrNotFound
	}
	n, err := tx.Exec(ctx, `INSERT INTO applicant_application (account, campaign, application, bound_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		account, campaign, application, time.Now().UnixMilli())
	if err != nil {
		return fmt.Errorf("applicant: bind: %w", err)
	}
	if n == 1 {
		return nil
	}
	has, err := Application(ctx, tx, account, campaign)
	if err != nil {
		return err
	}
	if has != application {
		return ErrBound
	}
	return nil
}

// Unbind takes an application off its account: it was erased.
func Unbind(ctx context.Context, tx *db.Tx, application string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM applicant_application WHERE application = $1`, application); err != nil {
		return fmt.Errorf("applicant: unbind: %w", err)
	}
	return nil
}

// Remove ends an account and all that belongs to it; its applications stay.
func Remove(ctx context.Context, tx *db.Tx, account string) error {
	for _, table := range []string{"applicant_session", "applicant_login", "applicant_application", "applicant_request"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE account = $1`, account); err != nil {
			return fmt.Errorf("applicant: remove: %w", err)
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM applicant WHERE id = $1`, account); err != nil {
		return fmt.Errorf("applicant: remove: %w", err)
	}
	return nil
}
