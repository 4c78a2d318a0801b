package intake

import (
	"context"
	"crypto/ecdh"
	"errors"
	"slices"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/protocol"
)

// openIncident opens what a point reports from its desk (异常情况). Its id is the
// record's, so that however often it comes it is one report.
func openIncident(it *item, p *pending, parts map[protocol.Hash][]byte, opener *ecdh.PrivateKey) *item {
	var body protocol.Incident
	if err := protocol.OpenBody(p.m, parts[p.m.Body.Hash], opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err))
	}
	it.check(confirmation.CheckSeal, true)
	if body.Point != it.box.Point || len(body.Blobs) > 0 {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	it.rec.ID = p.m.ID.String() // for the log
	it.act = reported{account: body.Clerk.Account, at: int64(body.Clerk.At), Incident: incident.Incident{ID: p.m.ID.String(), Kind: incident.Kind(body.Kind), Severity: severityOf(body.Severity),
		Point: body.Point, Division: it.division, Started: int64(body.Since), What: body.Words, Done: body.Done}}
	return it
}

// severityOf is how bad the desk says that it is. What an older box left out, or a
// newer one says in a word of its own, is serious until the county says otherwise.
func severityOf(said string) incident.Severity {
	if s := incident.Severity(said); slices.Contains(incident.Severities(), s) {
		return s
	}
	return incident.Serious
}

// reported is an Incident on its way in.
type reported struct {
	account string
	at      int64 // when she reported it, ms, by the box
	incident.Incident
}

// judge refuses who was not of the point, and words that may not stand in a report.
func (r reported) judge(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) (protocol.Reason, error) {
	if why, err := ofPoint(ctx, tx, f, it, r.account, r.at); err != nil || why != "" {
		return why, err
	}
	switch err := f.FitsIncident(ctx, tx, r.Incident, r.account); {
	case errors.Is(err, incident.ErrReport), errors.Is(err, incident.ErrOffice), errors.Is(err, incident.ErrText), errors.Is(err, incident.ErrPersonal):
		return protocol.ReasonContent, nil
	default:
		return "", err
	}
}

func (r reported) take(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) error {
	return f.TakeIncident(ctx, tx, r.Incident, r.account, it.box.ID)
}
