package flow

import (
	"context"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// SeeStorage journals that a place the hub writes to is filling up, or that it
// has room again (S31). detail names the place and how full it is.
func (f *Flow) SeeStorage(ctx context.Context, tx *db.Tx, filling bool, detail map[string]string) error {
	act := journal.StorageEased
	if filling {
		act = journal.StorageFilling
	}
	return f.write(ctx, tx, Hub(), journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfHub, ID: "hub"}, Detail: detail})
}
