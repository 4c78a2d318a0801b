package journal

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

// Line is a signed checkpoint as it is handed to a witness: readable and
// checkable with nothing of ours.
type Line struct {
	Number uint64
	Text   string
}

// Signer is the id of the key that signed the line, "" when it is none.
func (l Line) Signer() string {
	if f := strings.Fields(l.Text); len(f) == 7 {
		return f[5]
	}
	return ""
}

// Checkpoints gives up to limit signed lines after a number, the oldest first.
// What they say is not checked here: a witness must not take our word.
func Checkpoints(ctx context.Context, tx *db.Tx, after uint64, limit int) ([]Line, error) {
	var out []Line
	err := tx.Each(ctx, `SELECT number, line FROM journal_checkpoint WHERE number > $1 ORDER BY number LIMIT $2`,
		[]any{int64(after), limit}, func(scan func(...any) error) error {
			var l Line
			var n int64
			err := scan(&n, &l.Text)
			l.Number = uint64(n)
			out = append(out, l)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("journal: checkpoints: %w", err)
	}
	return out, nil
}

// KeyOf gives the public key that a line names as its signer. Error: that the
// hub knows no such key.
func KeyOf(k Keys, signer string) (ed25519.PublicKey, error) {
	id, err := hex.DecodeString(signer)
	if err != nil || len(id) != len(keys.ID{}) {
		return nil, errLine
	}
	return k.VerifyKey(keys.ID(id))
}
