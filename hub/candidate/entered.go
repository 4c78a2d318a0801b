package candidate

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/protocol/identity"
)

// Numbered is who has an application in a campaign, as NumberKey knows her.
type Numbered struct {
	Campaign string
	Number   string // the keyed hash, as bytes
}

// Whose gives the key by which ByNumbers finds a number in a campaign.
func (s *Store) Whose(campaign string, n identity.Number) Numbered {
	return Numbered{campaign, string(s.keys.NumberKey(n.Reveal()))}
}

// ByNumbers gives the application of each that is registered.
func (s *Store) ByNumbers(ctx context.Context, tx *db.Tx, all []Numbered) (map[Numbered]string, error) {
	out := make(map[Numbered]string, len(all))
	for _, r := range all { // few come so: see Entered
		err := tx.Each(ctx, `SELECT id FROM application WHERE campaign = $1 AND number_hmac = $2`, []any{r.Campaign, []byte(r.Number)}, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			out[r] = id
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("candidate: by number: %w", err)
		}
	}
	return out, nil
}

// Meet notes that what boxes call entered is an application here: she was
// registered already when she was entered at a point. Noted before, nothing is
// done.
func (s *Store) Meet(ctx context.Context, tx *db.Tx, entered, application string) error {
	if _, err := tx.Exec(ctx, `INSERT INTO application_entered (entered, application, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		entered, application, s.now().UnixMilli()); err != nil {
		return fmt.Errorf("candidate: meet %s: %w", application, err)
	}
	return nil
}

// Met gives, of some ids by which boxes call applications, those that are
// another one here.
func Met(ctx context.Context, tx *db.Tx, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	asked := make([][]any, len(ids))
	for i, id := range ids {
		asked[i] = []any{id}
	}
	values, args, err := db.Asked(asked)
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, `SELECT entered, application FROM application_entered WHERE entered IN (VALUES `+values+`)`, args, func(scan func(...any) error) error {
		var entered, application string
		err := scan(&entered, &application)
		out[entered] = application
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("candidate: met: %w", err)
	}
	return out, nil
}
