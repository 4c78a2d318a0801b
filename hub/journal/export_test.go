package journal

import (
	"context"

	"zhunkao/hub/db"
)

// SealBatch numbers what a transaction sees, as a hub does that does not know
// that its lead is lost.
func SealBatch(ctx context.Context, tx *db.Tx, s *Sealer) (n int, err error) {
	n, _, _, err = s.sealBatch(ctx, tx)
	return n, err
}
