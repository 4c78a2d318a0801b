package candidate

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// IssuedTo gives whose numbers of ours these are (candidate numbers, sequence numbers), by
// number, all over the campaign: for tables that an office brings. A number that is
// nobody's is left out.
func (s *Store) IssuedTo(ctx context.Context, tx *db.Tx, campaign string, numbers []string) (map[string]string, error) {
	out := map[string]string{}
	if len(numbers) == 0 {
		return out, nil
	}
	of := make(map[string]string, len(numbers)) // number by token
	rows := make([][]any, len(numbers))
	for i, n := range numbers {
		token := s.token(campaign, term{byIssued, squeezed(n)})
		of[string(token)] = n
		rows[i] = []any{token}
	}
	values, args, err := db.Asked(rows)
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, `SELECT token, application FROM lookup WHERE token IN (VALUES `+values+`)`, args, func(row func(...any) error) error {
		var token []byte
		var application string
		err := row(&token, &application)
		out[of[string(token)]] = application
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("candidate: numbers of ours: %w", err)
	}
	return out, nil
}
