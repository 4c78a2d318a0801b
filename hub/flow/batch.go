package flow

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/journal"
)

// AskBatch asks for the papers of a site (A51). Another print of what was printed before
// is a reprint and needs a reason. Who may is judged before. ErrReason.
func (f *Flow) AskBatch(ctx context.Context, tx *db.Tx, b exampapers.Batch, by By) (exampapers.Batch, error) {
	b.AskedBy, b.AskedAt = by.Author.ID, f.Now().UnixMilli()
	b, err := exampapers.Insert(ctx, tx, b)
	if err != nil {
		return b, err
	}
	if b.Copy > 1 && b.Reason == "" {
		return b, ErrReason
	}
	return b, f.batch(ctx, tx, journal.BatchAsked, b, b.Reason, map[string]string{"papers": strings.Join(b.Papers, " "), "rooms": fmt.Sprintf("%d-%d", b.First, b.Last)}, by)
}

// FetchBatch journals that the file of a batch leaves the hub.
func (f *Flow) FetchBatch(ctx context.Context, tx *db.Tx, b exampapers.Batch, by By) error {
	return f.batch(ctx, tx, journal.BatchFetched, b, "", map[string]string{"pages": strconv.Itoa(b.Pages)}, by)
}

// SampleBatch journals that a sample of a site's papers was looked at: it shows people.
func (f *Flow) SampleBatch(ctx context.Context, tx *db.Tx, campaign, division, area, site, paper string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.BatchSampled, Subject: journal.Subject{Kind: journal.OfArea, ID: area}, Campaign: campaign, Division: division,
		Detail: map[string]string{"site": site, "paper": paper}})
}

func (f *Flow) batch(ctx context.Context, tx *db.Tx, act journal.Act, b exampapers.Batch, reason string, more map[string]string, by By) error {
	detail := map[string]string{"copy": strconv.Itoa(b.Copy), "area": b.Area}
	for k, v := range more {
		detail[k] = v
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfBatch, ID: b.ID}, Campaign: b.Campaign, Division: b.Division, Reason: reason, Detail: detail})
}
