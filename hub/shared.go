package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
)

// openShared: what several hubs on one database have in common, keys and blobs.
func (h *Hub) openShared(ctx context.Context) (err error) {
	if err := h.ownKeys(ctx); err != nil {
		return err
	}
	if h.blobs, err = blob.Locate(ctx, h.db, h.dir.Blobs(), h.config.Blobs); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	h.then(h.blobs.Close)
	if h.config.Broker.Shared != "" && h.db.Kind() == db.PostgreSQL && !h.blobs.Shared() {
		return errors.New("hub: the blobs of this database lie in files, which other hubs do not see; leave --broker-shared out, and run one hub")
	}
	return nil
}

// grouped reports whether parts of one record may come to other hubs.
func (h *Hub) grouped() bool { return h.config.Broker.Shared != "" && h.blobs.Shared() }

// ownKeys refuses keys that are not those of the database: a hub would receipt
// records under keys that the next one does not have.
func (h *Hub) ownKeys(ctx context.Context) error {
	err := h.db.Read(ctx, func(tx *db.Tx) error {
		last, err := journal.CheckLatest(ctx, tx, h.db.ID(), h.keys)
		if errors.Is(err, journal.ErrCheckpoint) && last.Number == 0 { // not signed by any of them
			return keys.ErrForeign
		}
		if errors.Is(err, journal.ErrCheckpoint) {
			return nil // hubctl journal verify says what it is
		}
		return err
	})
	if err == nil {
		err = h.keys.Bond(ctx, h.db)
	}
	if errors.Is(err, keys.ErrForeign) {
		return fmt.Errorf("hub: the keys in %s are not those of the database; copy the directory of keys from a hub that works on it: %w", h.dir.Keys(), err)
	}
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	return nil
}

// lasting has a worker go on when the database was away: a server that is
// started anew, or a connection that was ended, is no reason to end the hub.
func (h *Hub) lasting(name string, run func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			err := run(ctx)
			if err == nil || ctx.Err() != nil || !db.Away(err) {
				return err
			}
			h.log.Warn("the database is away; trying again", "worker", name, "error", err.Error())
			t := time.NewTimer(awayPause)
			select {
			case <-ctx.Done():
				t.Stop()
				return nil
			case <-t.C:
			}
		}
	}
}

// awayPause is how long a worker waits for the database.
const awayPause = 500 * time.Millisecond

// sweepOnce removes what has lapsed; of several hubs one does.
func (h *Hub) sweepOnce(ctx context.Context) (blobs int, err error) {
	lead, err := h.db.TryLead(ctx, "sweep")
	if err != nil || lead == nil {
		return 0, err
	}
	blobs, err = intake.Sweep(ctx, h.db, h.blobs, time.Now().Add(-orphanAge))
	forget := h.db.Write(ctx, func(tx *db.Tx) error {
		_, err := candidate.ForgetErased(ctx, tx, h.Now().Add(-erasedAge).UnixMilli())
		return err
	})
	return blobs, errors.Join(err, forget, h.staff.Sweep(ctx), h.accounts.Sweep(ctx), lead.Release(context.WithoutCancel(ctx)))
}
