package intake

import (
	"context"
	"crypto/ecdh"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
)

// act is what an opened record that is no confirmation does: a void, a review …
// It takes its place in the chain of its box as every record, and is committed
// alone, because it may change how what comes before and after it stands.
type act interface {
	// judge says, in the transaction that would take it, why it is refused; ""
	// if it is not.
	judge(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) (protocol.Reason, error)
	// take makes it count; it.word.at is the time of the commit, ms.
	take(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) error
}

// acts opens each kind of record that is no confirmation: each sets act, or
// refuses. An act about an application leaves its id in app, and takes it from
// there when it is judged and taken: what was first entered at the point may
// stand here under another id (see entering).
var acts = map[protocol.RecordKind]func(it *item, p *pending, parts map[protocol.Hash][]byte, opener *ecdh.PrivateKey) *item{
	protocol.RecordVoid:         openVoid,
	protocol.RecordOwnCard:      openOwnCard,
	protocol.RecordTraining:     openTraining,
	protocol.RecordVerification: openVerification,
	protocol.RecordReview:       openReview,
	protocol.RecordIncident:     openIncident,
}

// nextAct decides an act by its place in the chain, and by the application that
// it names, if it names one.
func (k *known) nextAct(it *item, where flow.Place) flow.Step {
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
	if it.app.ID == "" {
		return s
	}
	if app, ok := k.apps[it.app.ID]; !ok || app.Campaign != it.m.Campaign {
		return refuse(flow.RefuseUnknown)
	}
	return s
}

// apart splits a batch at the first act in it, which is committed alone. nil if
// there is none, or nothing else.
func apart(batch []*item) [][]*item {
	if len(batch) < 2 {
		return nil
	}
	for i, it := range batch {
		if it.act == nil {
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
