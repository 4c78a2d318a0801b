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
	return open(ring, id, sealed)
}

// Opened is the content of a record, or why it does not open.
type Opened struct {
	Content Content
	Err     error
}

// OpenAll is Open of the records of a page in one question: by id, without those
// that there are not. One that does not open says so and hides no other.
func OpenAll(ctx context.Context, tx *db.Tx, ring *keys.Ring, records []Record) (map[string]Opened, error) {
	out := make(map[string]Opened, len(records))
	if len(records) == 0 {
		return out, nil
	}
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	marks, args := In(ids, 0)
	err := tx.Each(ctx, `SELECT id, content FROM confirmation WHERE id IN (`+marks+`)`, args, func(scan func(...any) error) error {
		var id string
		var sealed []byte
		if err := scan(&id, &sealed); err != nil {
			return err
		}
		c, err := open(ring, id, sealed)
		out[id] = Opened{c, err}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("confirmation: contents: %w", err)
	}
	return out, nil
}

func open(ring *keys.Ring, id string, sealed []byte) (Content, error) {
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
