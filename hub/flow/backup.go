package flow

import (
	"context"
	"strconv"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// BeginBackup writes down how far every box's chain is here, for a copy that is made
// after it (design §2, Custody). Boxes are told nothing yet.
func (f *Flow) BeginBackup(ctx context.Context, tx *db.Tx, by By) (backup.Backup, error) {
	b, err := backup.Begin(ctx, tx, f.Now().UnixMilli())
	if err != nil {
		return b, err
	}
	return b, f.write(ctx, tx, by, journal.Entry{Act: journal.BackupBegun, Subject: journal.Subject{Kind: journal.OfHub, ID: "hub"}, Detail: map[string]string{
		"backup": strconv.FormatUint(b.Number, 10), "boxes": strconv.Itoa(b.Boxes), "records": strconv.FormatUint(b.Records, 10)}})
}

// FinishBackup takes somebody's word that the copy was read back; read says whether
// by hubctl, or that nobody did. From now on boxes let go of what it holds. Error:
// backup.ErrNone.
func (f *Flow) FinishBackup(ctx context.Context, tx *db.Tx, number uint64, read bool, by By) error {
	if err := backup.Done(ctx, tx, number, f.Now().UnixMilli()); err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.BackupDone, Subject: journal.Subject{Kind: journal.OfHub, ID: "hub"},
		Detail: map[string]string{"backup": strconv.FormatUint(number, 10), "read": strconv.FormatBool(read)}})
}
