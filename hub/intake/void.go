package intake

import (
	"context"
	"crypto/ecdh"
	"errors"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/protocol"
)

// openVoid opens a void (撤销确认). Whether clerk and head may is judged when it is
// committed, by the staff of the point as it was when they said so.
func openVoid(it *item, p *pending, parts map[protocol.Hash][]byte, opener *ecdh.PrivateKey) *item {
	var body protocol.Void
	if err := protocol.OpenBody(p.m, parts[p.m.Body.Hash], opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err))
	}
	it.check(confirmation.CheckSeal, true)
	if body.Point != it.box.Point || len(body.Blobs) > 0 {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	t := p.m.Time
	it.app.ID = body.Application
	it.rec.ID = p.m.ID.String() // for the log
	it.act = void{clerk: int64(body.Assents[0].At), head: int64(body.Assents[1].At), Void: confirmation.Void{ID: p.m.ID.String(), Record: body.Record.String(), Application: body.Application, Campaign: p.m.Campaign,
		Point: body.Point, Division: it.division, Reason: body.Reason, Clerk: body.Assents[0].Account, Head: body.Assents[1].Account,
		Sealed: confirmation.Time{Earliest: int64(t.Earliest), Latest: int64(t.Latest), Source: t.Source, HubTime: int64(t.HubTime), SinceHub: t.SinceHub,
			Boot: t.Boot, Verdict: t.Verdict},
		Copies: int(body.Copies), TakenBack: int(body.TakenBack), BodyHash: p.m.Body.Hash.String(), Envelope: p.raw}}
	return it
}

// void is a Void on its way in.
type void struct {
	confirmation.Void
	clerk, head int64 // when each of them said so, ms, by the box
}

// judge says why a void is refused, "" if it is not: those two may not, it
// was not the same day, or it names what it cannot reach. A confirmation that has
// not come is judged when it does.
func (v void) judge(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) (protocol.Reason, error) {
	v.Application = it.app.ID // it may stand here under another id than the box knows: see entering
	switch err := f.Assents(ctx, tx, v.Point, staff.Word{Account: v.Clerk, At: v.clerk}, staff.Word{Account: v.Head, At: v.head}); {
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

func (v void) take(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) error {
	v.At, v.Application = it.word.at, it.app.ID
	return f.TakeVoid(ctx, tx, v.Void, it.box.ID)
}

// readVoids finds the confirmations of a batch that were taken back before they
// came.
func (k *known) readVoids(ctx context.Context, tx *db.Tx, batch []*item) error {
	var ids []string
	for _, it := range batch {
		if it.act == nil && it.refused == "" && it.rec.ID != "" {
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
