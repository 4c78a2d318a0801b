package dispatch

import (
	"context"
	"time"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
)

// backupsFresh is how long it takes until boxes are told of a backup that was
// finished, here or at another hub.
const backupsFresh = 3 * time.Second

// backups are the marks of the newest finished backup. A value is never changed.
type backups struct {
	number uint64
	marks  map[backup.Chain]uint64
}

// backed is the backup mark of a box, 0 when no backup has anything of its chain.
func (d *Dispatch) backed(b fleet.Box) uint64 {
	known := d.backups.Load()
	if known == nil {
		return 0
	}
	return known.marks[backup.Chain{Box: b.ID, Epoch: b.Epoch}]
}

// watchBackups reads the marks again whenever a backup was finished.
func (d *Dispatch) watchBackups(ctx context.Context) {
	t := time.NewTicker(backupsFresh)
	defer t.Stop()
	for {
		if err := d.readBackups(ctx); err != nil && ctx.Err() == nil {
			d.opts.Log.Warn("backup marks are not read; boxes keep what they have", "worker", "dispatch", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (d *Dispatch) readBackups(ctx context.Context) error {
	return d.opts.DB.Read(ctx, func(tx *db.Tx) error {
		newest, there, err := backup.Newest(ctx, tx)
		if err != nil || !there {
			return err
		}
		if known := d.backups.Load(); known != nil && known.number == newest.Number {
			return nil
		}
		marks, err := backup.Marks(ctx, tx)
		if err == nil {
			d.backups.Store(&backups{newest.Number, marks})
		}
		return err
	})
}
