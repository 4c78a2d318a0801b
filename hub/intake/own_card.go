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

// openOwnCard opens whose card is whose. Whether she is of the point is judged
// when it is committed.
func openOwnCard(it *item, p *pending, parts map[protocol.Hash][]byte, opener *ecdh.PrivateKey) *item {
	var body protocol.OwnCard
	if err := protocol.OpenBody(p.m, parts[p.m.Body.Hash], opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err))
	}
	it.check(confirmation.CheckSeal, true)
	if body.Point != it.box.Point || len(body.Blobs) > 0 {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	it.rec.ID = p.m.ID.String() // for the log
	it.act = ownCard{account: body.Clerk.Account, card: staff.OwnCard{At: int64(body.Card.At), Salt: body.Card.Salt, Mark: body.Card.Mark, PIN: body.Card.PIN}}
	return it
}

// ownCard is an OwnCard on its way in.
type ownCard struct {
	account string
	card    staff.OwnCard
}

func (c ownCard) judge(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) (protocol.Reason, error) {
	return ofPoint(ctx, tx, f, it, c.account, f.Now().UnixMilli()) // a card is for what is to come
}

func (c ownCard) take(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) error {
	return f.TakeOwnCard(ctx, tx, c.account, c.card, it.rec.ID, it.box.ID)
}

// ofPoint refuses an act of whoever was not of the box's point then, at ms since 1970.
func ofPoint(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item, account string, at int64) (protocol.Reason, error) {
	err := f.WorksAt(ctx, tx, it.box.Point, account, at)
	if errors.Is(err, flow.ErrAssent) {
		return protocol.ReasonAssent, nil
	}
	return "", err
}

// openTraining opens which exercises somebody did.
func openTraining(it *item, p *pending, parts map[protocol.Hash][]byte, opener *ecdh.PrivateKey) *item {
	var body protocol.Training
	if err := protocol.OpenBody(p.m, parts[p.m.Body.Hash], opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err))
	}
	it.check(confirmation.CheckSeal, true)
	if body.Point != it.box.Point || len(body.Blobs) > 0 {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	it.rec.ID = p.m.ID.String() // for the log
	t := staff.Training{Account: body.Account, Point: body.Point, Box: it.box.ID, Record: it.rec.ID}
	for _, e := range body.Exercises {
		t.Done = append(t.Done, staff.Done{Exercise: e.Key, At: int64(e.At)})
	}
	it.act = training{t}
	return it
}

// training is a Training on its way in.
type training struct{ staff.Training }

func (t training) judge(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) (protocol.Reason, error) {
	var last int64
	for _, d := range t.Done {
		last = max(last, d.At)
	}
	return ofPoint(ctx, tx, f, it, t.Account, last)
}

func (t training) take(ctx context.Context, tx *db.Tx, f *flow.Flow, _ *item) error {
	return f.TakeTraining(ctx, tx, t.Training)
}
