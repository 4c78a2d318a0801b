package main

import (
	"errors"
	"net/http"
	"time"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
)

type backups struct {
	Begin backupBegin `cmd:"" help:"Write down how far the records of every box are here; then copy the database, and after it the blobs. Hub running or not."`
	Done  backupDone  `cmd:"" help:"Say that the copy of a backup was made and read back: from then on boxes let go of the records it holds. Hub running or not."`
	List  backupList  `cmd:"" help:"The newest backups."`
}

type backupBegin struct{}

// Run begins a backup.
func (backupBegin) Run(h *hand) error {
	var b backup.Backup
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Write(h.ctx, func(tx *db.Tx) (err error) {
			b, err = (&flow.Flow{Now: time.Now}).BeginBackup(h.ctx, tx, flow.Operator())
			return err
		})
	}, http.MethodPost, "/backup", nil, &b)
	if err != nil {
		return err
	}
	h.print("backup-begun", b.Number, b.Boxes, b.Records)
	return nil
}

type backupDone struct {
	Number uint64 `arg:"" help:"Number that begin gave."`
	Copy   string `help:"The copied database, restored: sqlite:PATH or postgres://…; it is read back first." env:"HUBD_COPY"`
	Unread bool   `help:"Nobody has read the copy back, and I answer for it."`
}

// Run reads the copy back and finishes the backup.
func (b backupDone) Run(h *hand) error {
	if (b.Copy == "") == !b.Unread {
		return refusal{"backup-copy", nil}
	}
	if b.Copy != "" {
		if err := b.readBack(h); err != nil {
			return err
		}
	}
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Write(h.ctx, func(tx *db.Tx) error {
			return (&flow.Flow{Now: time.Now}).FinishBackup(h.ctx, tx, b.Number, !b.Unread, flow.Operator())
		})
	}, http.MethodPost, "/backup/done", map[string]any{"Number": b.Number, "Read": !b.Unread}, &struct{}{})
	if errors.Is(err, backup.ErrNone) { // the hub is stopped; a running one says it by its code
		return refusal{"backup-not-open", nil}
	}
	if err != nil {
		return err
	}
	h.print("backup-done", b.Number)
	return nil
}

// readBack opens the copy and holds it against what was written down at the
// beginning.
func (b backupDone) readBack(h *hand) error {
	copied, err := db.OpenExisting(h.ctx, b.Copy)
	if err != nil {
		return refusal{"backup-unreadable", []any{err.Error()}}
	}
	defer copied.Close()
	var lacks string
	err = copied.Read(h.ctx, func(tx *db.Tx) (err error) {
		lacks, err = backup.Read(h.ctx, tx, b.Number)
		return err
	})
	if err != nil {
		return refusal{"backup-unreadable", []any{err.Error()}}
	}
	if lacks != "" {
		return refusal{"backup-lacks-" + lacks, []any{b.Number}}
	}
	return nil
}

type backupList struct{}

// Run lists them.
func (backupList) Run(h *hand) error {
	var all []backup.Backup
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Read(h.ctx, func(tx *db.Tx) (err error) {
			all, err = backup.List(h.ctx, tx, 20)
			return err
		})
	}, http.MethodGet, "/backup", nil, &all)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		h.print("backup-none")
	}
	for _, b := range all {
		done := h.say.text("backup-open")
		if b.Done > 0 {
			done = when(b.Done)
		}
		h.print("backup-line", b.Number, when(b.Begun), done, b.Boxes, b.Records)
	}
	return nil
}
