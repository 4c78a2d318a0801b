package intake

import (
	"context"
	"crypto/ecdh"
	"errors"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
)

// openVoid opens a void (撤销确认). Whether clerk and head may is judged when it is
// committed, by the staff of the point as it stands then.
func (it *item) openVoid(p *pending, sealed []byte, opener *ecdh.PrivateKey) *item {
	var body protocol.Void
	if err := protocol.OpenBody(p.m, sealed, opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err))
	}
	it.check(confirmation.CheckSeal, true)
	if body.Point != it.box.Point || len(body.Blobs) > 0 {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	t := p.m.Time
	it.app.ID = body.Application
	it.rec.ID = p.m.ID.String() // for the log
	it.void = &confirmation.Void{ID: p.m.ID.String(), Record: body.Record.String(), Application: body.Application, Campaign: p.m.Campaign,
		Point: body.Point, Division: it.division, Reason: body.Reason, Clerk: body.Assents[0].Account, Head: body.Assents[1].Account,
		Sealed: confirmation.Time{Earliest: int64(t.Earliest), Latest: int64(t.Latest), Source: t.Source, HubTime: int64(t.HubTime), SinceHub: t.SinceHub,
			Boot: t.Boot, Verdict: t.Verdict},
		Copies: int(body.Copies), TakenBack: int(body.TakenBack), BodyHash: p.m.Body.Hash.String(), Envelope: p.raw}
	it.assented = int64(body.Assents[1].At)
	return it
}

// judgeVoid says why a void is refused, "" if it is not: those two may not, it
// was not the same day, or it names what it cannot reach. A confirmation that has
// not come is judged when it does.
func judgeVoid(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) (protocol.Reason, error) {
	v := it.void
	switch err := f.Assents(ctx, tx, v.Point, v.Clerk, v.Head, it.assented); {
	case errors.Is(err, flow.ErrAssent):
		return protocol.ReasonAssent, nil
	case err != nil:
		return "", err
	}
	r, err := confirmation.Get(ctx, tx, v.Record)
	if errors.Is(err, confirmation.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	switch err := v.Reaches(r); {
	case errors.Is(err, confirmation.ErrOtherDay):
		return protocol.ReasonAssent, nil
	case err != nil:
		return protocol.ReasonContent, nil
	}
	return "", nil
}

// nextVoid decides a void: it takes its place in the chain, as every record.
func (k *known) nextVoid(it *item, where flow.Place) flow.Step {
	s := flow.Step{}
	refuse := func(why flow.Refusal) flow.Step {
		s.Refusal, s.Freeze = why, why == flow.RefuseFork
		s.Checks = append(s.Checks, confirmation.Check{By: confirmation.ByHub, Name: confirmation.CheckChain, Result: confirmation.Fail, Note: string(why)})
		return s
	}
	switch where {
	case flow.PlaceFirst, flow.PlaceNext, flow.PlaceGap:
	case flow.PlaceSameID:
		return refuse(flow.RefuseID)
	default:
		return refuse(flow.RefuseFork)
	}
	if app, ok := k.apps[it.app.ID]; !ok || app.Campaign != it.m.Campaign {
		return refuse(flow.RefuseUnknown)
	}
	return s
}

// apart splits a batch at the first void in it, which is committed alone: it
// changes how what comes before and after it stands. nil if there is none, or
// nothing else.
func apart(batch []*item) [][]*item {
	if len(batch) < 2 {
		return nil
	}
	for i, it := range batch {
		if it.void == nil {
			continue
		}
		var out [][]*item
		for _, part := range [][]*item{batch[:i], batch[i : i+1], batch[i+1:]} {
			if len(part) > 0 {
				out = append(out, part)
			}
		}
		return out
	}
	return nil
}

// readVoids finds the confirmations of a batch that were taken back before they
// came.
func (k *known) readVoids(ctx context.Context, tx *db.Tx, batch []*item) error {
	var ids []string
	for _, it := range batch {
		if it.void == nil && it.refused == "" && it.rec.ID != "" {
			ids = append(ids, it.rec.ID)
		}
	}
	voids, err := confirmation.VoidsOf(ctx, tx, ids)
	for _, v := range voids {
		if v.State == confirmation.VoidWaiting {
			k.voids[v.Record] = append(k.voids[v.Record], v)
		}
	}
	return err
}
