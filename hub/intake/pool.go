package intake

import (
	"context"
	"fmt"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/protocol"
)

// pool is what is under way where several hubs listen to one broker as a group:
// the manifest of a record may have come to one of them and its parts to
// others. It lies in the database, so that whoever gets the last of it takes
// the record. What a power cut takes of it is said again.
type pool struct {
	db     *db.DB
	pieces *blob.Pieces
}

// upload is an envelope that was announced and is not in.
type upload struct {
	hash protocol.Hash
	raw  []byte
	at   time.Time // real time
}

// announce takes a verified manifest whose parts have so many bytes, within the
// share of its box; false when that is used up.
func (p *pool) announce(ctx context.Context, box string, hash protocol.Hash, raw []byte, size uint64) (taken bool, err error) {
	err = p.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lazily(ctx); err != nil {
			return err
		}
		var count, bytes int64
		if err := tx.QueryRow(ctx, `SELECT count(*), coalesce(sum(bytes), 0) FROM upload WHERE box = $1 AND hash <> $2`,
			box, hash[:]).Scan(&count, &bytes); err != nil {
			return err
		}
		if taken = count < recordsPerBox && uint64(bytes)+size <= bytesPerBox; !taken {
			return nil
		}
		_, err := tx.Exec(ctx, `INSERT INTO upload (box, hash, raw, bytes, at, asked) VALUES ($1, $2, $3, $4, $5, 0)
			ON CONFLICT (box, hash) DO UPDATE SET asked = 0`, box, hash[:], raw, int64(size), time.Now().UnixMilli())
		return err
	})
	if err != nil {
		return false, fmt.Errorf("intake: announce: %w", err)
	}
	return taken, nil
}

// of lists what a box has under way, oldest first.
func (p *pool) of(ctx context.Context, box string) ([]upload, error) {
	var out []upload
	err := p.db.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT hash, raw, at FROM upload WHERE box = $1 ORDER BY at, hash`, []any{box}, func(scan func(...any) error) error {
			var u upload
			var hash []byte
			var at int64
			if err := scan(&hash, &u.raw, &at); err != nil {
				return err
			}
			if copy(u.hash[:], hash) != len(u.hash) {
				return fmt.Errorf("a hash of %d bytes", len(hash))
			}
			u.at = time.UnixMilli(at)
			out = append(out, u)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("intake: under way: %w", err)
	}
	return out, nil
}

// overdue lists the boxes that have something under way for longer than want
// which nobody has asked for lately, and notes that the caller does: of several
// hubs one.
func (p *pool) overdue(ctx context.Context, now time.Time, want time.Duration) ([]string, error) {
	seen := map[string]bool{}
	var out []string
	err := p.db.Write(ctx, func(tx *db.Tx) error {
		clear(seen)
		out = out[:0]
		if err := tx.Lazily(ctx); err != nil {
			return err
		}
		return tx.Each(ctx, `UPDATE upload SET asked = $1 WHERE at < $2 AND asked < $3 RETURNING box`,
			[]any{now.UnixMilli(), now.Add(-want).UnixMilli(), now.Add(-2 * want).UnixMilli()}, func(scan func(...any) error) error {
				var box string
				err := scan(&box)
				if !seen[box] {
					seen[box] = true
					out = append(out, box)
				}
				return err
			})
	})
	if err != nil {
		return nil, fmt.Errorf("intake: overdue: %w", err)
	}
	return out, nil
}

// leave forgets envelopes of a box, and pieces: they are in, or will not come.
func (p *pool) leave(ctx context.Context, box string, envelopes []protocol.Hash, parts []blob.Hash) error {
	err := p.db.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lazily(ctx); err != nil {
			return err
		}
		for _, h := range envelopes {
			if _, err := tx.Exec(ctx, `DELETE FROM upload WHERE box = $1 AND hash = $2`, box, h[:]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(parts) > 0 {
		err = p.pieces.Discard(ctx, box, parts...)
	}
	if err != nil {
		return fmt.Errorf("intake: leave: %w", err)
	}
	return nil
}
