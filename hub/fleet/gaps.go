package fleet

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// mostBeyond bounds how many sequences above a gap are looked at: more than a
// day's work of a box.
const mostBeyond = 2000

// Lacking gives the gaps in the present epoch of a box: sequences below one
// that the hub has a word on, without a word of their own.
func Lacking(ctx context.Context, tx *db.Tx, b Box) ([]Gap, error) {
	var beyond []uint64
	err := tx.Each(ctx, `SELECT seq FROM envelope WHERE box = $1 AND epoch = $2 AND chained AND seq > $3 ORDER BY seq LIMIT $4`,
		[]any{b.ID, int64(b.Epoch), int64(b.Held), mostBeyond}, func(row func(...any) error) error {
			var seq int64
			err := row(&seq)
			beyond = append(beyond, uint64(seq))
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("fleet: gaps of box %s: %w", b.ID, err)
	}
	return Gaps(b.Held, beyond), nil
}
