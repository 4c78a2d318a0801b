package appliance

import (
	"context"
	"fmt"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// review seals what a clerk looked at at the desk (资格审核), as the next record of
// the chain. Its pictures are durable before the record that names them, and are
// written before the turn is taken: no visit waits for them. It is durable when
// it returns nil.
//
// Errors: desk.ErrReviewStopped, store.ErrFull, store.ErrBroken, ctx's.
func (l *loop) review(ctx context.Context, v desk.Reviewing) error {
	st := l.deskStatus()
	if st.Blocked != visit.BlockNone || st.Rules == nil {
		return desk.ErrReviewStopped
	}
	if err := l.store.Admit(); err != nil { // pictures are large: the reserve is for who is being served
		return err
	}
	body := v.Body()
	suite := preferredSuite()
	defer func() {
		for _, r := range body.Blobs {
			clear(r.Key) // from here on only the hub can open them
		}
	}()
	put := func(role string, jpeg []byte) error {
		b, err := protocol.SealBlob(suite, role, "image/jpeg", jpeg)
		if err != nil {
			return err
		}
		body.Blobs = append(body.Blobs, b.Ref)
		_, err = l.store.PutBlob(b.Ciphertext)
		return err
	}
	if v.Pledge != nil {
		if err := put(protocol.RolePledge, v.Pledge); err != nil {
			return fmt.Errorf("appliance: review: %w", err)
		}
	}
	for i, c := range v.Copies {
		if err := put(protocol.RoleCopy(i+1), c); err != nil {
			return fmt.Errorf("appliance: review: %w", err)
		}
	}
	if err := l.takeTurn(ctx); err != nil {
		return err
	}
	defer l.giveTurn()
	point, err := l.store.Point()
	if err != nil {
		return err
	}
	body.Point = point.Code
	rec, err := l.store.SealAct(l.act(store.Act{Kind: protocol.RecordReview, Body: body, Application: body.Application, Blobs: body.Blobs,
		Campaign: st.Rules.ID, Version: st.Rules.Version}, l.clock.Now()))
	if err != nil {
		return fmt.Errorf("appliance: review: %w", err)
	}
	l.log.Info("a review is sealed", "record", rec.Manifest.ID.String(), "sequence", rec.Manifest.Sequence)
	l.sealed()
	l.desk.Changed()
	return nil
}
