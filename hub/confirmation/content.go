package confirmation

import (
	"context"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
)

const label = "confirmation"

// SealContent seals the content of the record id for Insert.
func SealContent(ring *keys.Ring, id string, c Content) ([]byte, error) {
	plain, err := cbor.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("confirmation %s: encode content: %w", id, err)
	}
	sealed, err := ring.Seal(label, id, plain)
	if err != nil {
		return nil, fmt.Errorf("confirmation %s: seal content: %w", id, err)
	}
	return sealed, nil
}

// Open reads and opens the content of one record: who calls it writes the
// journal entry for a look at personal data. Error: ErrNotFound.
func Open(ctx context.Context, tx *db.Tx, ring *keys.Ring, id string) (Content, error) {
	var sealed []byte
	err := tx.QueryRow(ctx, `SELECT content FROM confirmation WHERE id = $1`, id).Scan(&sealed)
	if errors.Is(err, db.ErrNoRows) {
		return Content{}, ErrNotFound
	}
	if err != nil {
		return Content{}, fmt.Errorf("confirmation %s: content: %w", id, err)
	}
	plain, err := ring.Unseal(label, id, sealed)
	if err != nil {
		return Content{}, fmt.Errorf("confirmation %s: content: %w", id, err)
	}
	var c Content
	if err := cbor.Unmarshal(plain, &c); err != nil {
		return Content{}, fmt.Errorf("confirmation %s: content does not decode", id) // the library's text may quote it
	}
	return c, nil
}

// Key finds what opens the blob with this hash.
func (c Content) Key(hash string) (BlobKey, bool) {
	for _, k := range c.Keys {
		if k.Hash == hash {
			return k, true
		}
	}
	return BlobKey{}, false
}
