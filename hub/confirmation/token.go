package confirmation

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// TokenUse is a queue token and the record that it came with. It names nobody.
type TokenUse struct {
	Token  string // SHA-256 of the signed token, in hexadecimal digits
	Record string
}

// TokensUsed says which of some tokens are used up, and by which record.
func TokensUsed(ctx context.Context, tx *db.Tx, tokens []string) (map[string]string, error) {
	out := map[string]string{}
	for _, t := range tokens {
		err := tx.Each(ctx, `SELECT token, record FROM queue_token WHERE token = $1`, []any{t}, func(scan func(...any) error) error {
			var u TokenUse
			err := scan(&u.Token, &u.Record)
			out[u.Token] = u.Record
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("confirmation: tokens: %w", err)
		}
	}
	return out, nil
}

// UseTokens notes that tokens are used up. One that is already is a breach of the
// table's key: whoever sees that decides anew.
func UseTokens(ctx context.Context, tx *db.Tx, all []TokenUse) error {
	for _, u := range all {
		if _, err := tx.Exec(ctx, `INSERT INTO queue_token (token, record) VALUES ($1, $2)`, u.Token, u.Record); err != nil {
			return fmt.Errorf("confirmation: token: %w", err)
		}
	}
	return nil
}
