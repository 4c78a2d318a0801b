package staff

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"zhunkao/hub/db"
)

// Ahead is somebody of a point with what a box of that point needs to let her
// in without the hub. It is made to be sealed to a box and goes nowhere else.
type Ahead struct {
	Account
	Verifier string   // argon2id of the password she chose
	Secret   []byte   // of her authenticator
	Card     *OwnCard // nil: never heard of one
}

// LogValue keeps verifier and secret out of logs.
func (a Ahead) LogValue() slog.Value { return slog.StringValue(a.ID) }

// OfPoint lists, by id, the heads and clerks of a point who may sign in at its
// desk: not disabled, with a password of their own that is not too old, and
// with an authenticator. Whoever still has a first password settles that at the
// hub before.
func (d *Desk) OfPoint(ctx context.Context, tx *db.Tx, point string) ([]Ahead, error) {
	out := []Ahead{}
	err := tx.Each(ctx, `SELECT `+accountColumns+`, a.verifier, a.password_until, f.secret, k.card, coalesce(k.at, 0) FROM account a
		JOIN office o ON o.id = a.office JOIN authenticator f ON f.account = a.id LEFT JOIN own_card k ON k.account = a.id
		WHERE a.point = $1 AND NOT a.disabled AND NOT a.must_change AND f.confirmed ORDER BY a.id`, []any{point},
		func(scan func(...any) error) error {
			var sealed, card []byte
			var until, cardAt int64
			var m Ahead
			a, err := scanAccount(scan, &m.Verifier, &until, &sealed, &card, &cardAt)
			if err != nil {
				return err
			}
			m.Account = d.aged(a)
			if !a.Role.OfPoint() || until != 0 || m.Unready() || !strings.HasPrefix(m.Verifier, "$argon2id$") {
				return nil
			}
			secret, err := d.o.Keys.Unseal(sealedSecret, a.ID, sealed)
			if err != nil {
				return nil // as at the door: a key that is gone opens nothing; her superior resets it
			}
			var ok bool
			if cardAt != 0 {
				m.Card = d.openCard(a.ID, cardAt, card)
			}
			if m.Secret, ok = parseSecret(string(secret)); ok {
				out = append(out, m)
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("staff: of a point: %w", err)
	}
	return out, nil
}
