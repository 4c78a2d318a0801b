package flow

import (
	"context"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// BeginJournalCheck makes a check of the whole journal ready, on the page of
// somebody who may ask for one; RunJournalCheck must follow. journal.ErrChecking.
func (f *Flow) BeginJournalCheck(ctx context.Context, d *db.DB, by By) (*journal.Checking, error) {
	return journal.BeginCheck(ctx, d, by.Author.ID, f.Now().UnixMilli(), func(tx *db.Tx) error {
		return f.write(ctx, tx, by, journal.Entry{Act: journal.JournalCheckBegun, Subject: journal.Subject{Kind: journal.OfHub, ID: "journal"}})
	})
}

// RunJournalCheck looks at everything, and journals what came of it.
func (f *Flow) RunJournalCheck(ctx context.Context, c *journal.Checking, s *journal.Sealer, by By) error {
	return c.Run(ctx, s, func(tx *db.Tx, r journal.Report) error {
		e := journal.Entry{Act: journal.JournalVerified, Subject: journal.Subject{Kind: journal.OfHub, ID: "journal"},
			Detail: map[string]string{"entries": strconv.FormatUint(r.Entries, 10), "checkpoints": strconv.Itoa(r.Checkpoints), "found": strconv.Itoa(len(r.Findings))}}
		if !r.OK() {
			e.Result = "findings"
		}
		return f.write(ctx, tx, by, e)
	})
}
