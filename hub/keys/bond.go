package keys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhunkao/hub/db"
)

// ErrForeign says that these keys are not those of the database: what another
// hub sealed there they would not open, and what they seal no other hub would.
var ErrForeign = errors.New("keys: not the keys of this database")

// Keys of the meta table.
const (
	metaKeys = "keys"
	metaUsed = "keys.used"
)

// Bond holds a ring against a database, and notes in one that knows no keys yet
// that they are its own. Several hubs on one database have copies of one
// directory of keys; when one of them has made new keys, the others are refused
// until they have them too. Error: ErrForeign.
func (r *Ring) Bond(ctx context.Context, d *db.DB) error {
	fingerprint := r.Fingerprint()
	sum := sha256.Sum256(append(fingerprint[:], r.hash("database", d.ID())...))
	own := hex.EncodeToString(sum[:16])
	err := d.Write(ctx, func(tx *db.Tx) error {
		stands, err := tx.Meta(ctx, metaKeys)
		if err != nil {
			return err
		}
		if stands != "" && stands != own {
			return ErrForeign
		}
		text, err := tx.Meta(ctx, metaUsed)
		if err != nil {
			return err
		}
		ids, used := r.ids(), strings.Fields(text)
		for _, id := range used {
			if !slices.Contains(ids, id) {
				return fmt.Errorf("%w: key %s is missing; copy the directory of keys from the hub that has it", ErrForeign, id)
			}
		}
		if stands == own && len(ids) == len(used) {
			return nil
		}
		if err := tx.SetMeta(ctx, metaKeys, own); err != nil {
			return err
		}
		return tx.SetMeta(ctx, metaUsed, strings.Join(ids, " "))
	})
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}

// ids lists the keys that others meet: those that sign, and those that open.
func (r *Ring) ids() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var out []string
	for _, k := range r.signing {
		out = append(out, k.id.String())
	}
	for _, k := range r.opening {
		out = append(out, k.id.String())
	}
	for _, k := range r.data {
		out = append(out, fmt.Sprint(k.id))
	}
	return out
}
