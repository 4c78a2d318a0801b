package fleet

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

const columns = `id, point, unit, state, state_reason, state_at, epoch, device_key, opening, certificate,
	keystore, enrolled_at, held, head, live`

// liveText is what the column live holds.
type liveText struct {
	Live  Live
	Marks Marks
}

func scan(row func(...any) error) (Box, error) {
	var b Box
	var state, text string
	if err := row(&b.ID, &b.Point, &b.Unit, &state, &b.StateReason, &b.StateAt, &b.Epoch, &b.DeviceKey, &b.Opening,
		&b.Certificate, &b.KeyStore, &b.EnrolledAt, &b.Held, &b.Head, &text); err != nil {
		return Box{}, err
	}
	b.State = State(state)
	var l liveText
	if text != "" {
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return Box{}, fmt.Errorf("fleet: box %s: stored text: %w", b.ID, err)
		}
	}
	b.Live, b.Marks = l.Live, l.Marks
	if b.Live.Heard.After(time.Now()) {
		b.Live.Heard = time.Now() // another hub's clock is ahead
	}
	b.Live.Silent = time.Since(b.Live.Heard) > SilentAfter
	return b, nil
}

// Get reads one box as stored. Error: ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Box, error) {
	b, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM box WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Box{}, ErrNotFound
	}
	if err != nil {
		return Box{}, fmt.Errorf("fleet: box %s: %w", id, err)
	}
	return b, nil
}

// All reads every box as stored, by point and unit.
func All(ctx context.Context, tx *db.Tx) ([]Box, error) {
	var out []Box
	err := tx.Each(ctx, `SELECT `+columns+` FROM box ORDER BY point, unit`, nil, func(row func(...any) error) error {
		b, err := scan(row)
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("fleet: boxes: %w", err)
	}
	return out, nil
}

func insert(ctx context.Context, tx *db.Tx, b Box) error {
	_, err := tx.Exec(ctx, `INSERT INTO box (`+columns+`, seen) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, '', 0)`,
		b.ID, b.Point, int64(b.Unit), string(b.State), b.StateReason, b.StateAt, int64(b.Epoch), b.DeviceKey, b.Opening,
		b.Certificate, b.KeyStore, b.EnrolledAt)
	if err != nil {
		return fmt.Errorf("fleet: box %s: insert: %w", b.ID, err)
	}
	return nil
}

// again puts a box into its next epoch: new keys, an empty chain, no marks.
// The key of the epoch that ends is kept, see Fleet.EndedKey, and how far the box
// said that it had come.
func again(ctx context.Context, tx *db.Tx, b Box) error {
	_, err := tx.Exec(ctx, `INSERT INTO box_epoch (box, epoch, device_key, ended_at, head)
		SELECT id, epoch, device_key, $1, head FROM box WHERE id = $2`, b.EnrolledAt, b.ID)
	if err != nil {
		return fmt.Errorf("fleet: box %s: key of the ended epoch: %w", b.ID, err)
	}
	_, err = tx.Exec(ctx, `UPDATE box SET state = $1, state_reason = '', state_at = $2, epoch = $3, device_key = $4,
		opening = $5, certificate = $6, keystore = $7, enrolled_at = $8, held = 0, head = 0, live = '' WHERE id = $9`,
		string(b.State), b.StateAt, int64(b.Epoch), b.DeviceKey, b.Opening, b.Certificate, b.KeyStore, b.EnrolledAt, b.ID)
	if err != nil {
		return fmt.Errorf("fleet: box %s: enrol again: %w", b.ID, err)
	}
	return nil
}

// keep writes what a box last said. An older word never replaces a newer one,
// and a word of an ended epoch none at all.
func keep(ctx context.Context, tx *db.Tx, b Box) error {
	text, err := json.Marshal(liveText{b.Live, b.Marks})
	if err != nil {
		return fmt.Errorf("fleet: box %s: encode: %w", b.ID, err)
	}
	_, err = tx.Exec(ctx, `UPDATE box SET live = $1, seen = $2, head = $3, held = CASE WHEN held > $4 THEN held ELSE $4 END
		WHERE id = $5 AND epoch = $6 AND seen <= $2`,
		string(text), b.Live.Seen, int64(b.Head), int64(b.Held), b.ID, int64(b.Epoch))
	if err != nil {
		return fmt.Errorf("fleet: box %s: keep: %w", b.ID, err)
	}
	return nil
}

// EndedKey gives the key that a box signed with in an epoch that has ended. No
// connection is opened by it: only what was carried out of a dead box by hand is
// held against it. Error: ErrNotFound.
func (f *Fleet) EndedKey(ctx context.Context, box string, epoch uint32) (*ecdsa.PublicKey, error) {
	var der []byte
	err := f.opts.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT device_key FROM box_epoch WHERE box = $1 AND epoch = $2`, box, int64(epoch)).Scan(&der)
	})
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("fleet: box %s: key of epoch %d: %w", box, epoch, err)
	}
	return parseKey(der)
}
