package intake

import (
	"context"
	"crypto/ecdh"
	"errors"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// openVerification opens a card that was read after a confirmation on papers
// (核验): as of a confirmation the raw bytes of the chip must be there whole.
func openVerification(it *item, p *pending, parts map[protocol.Hash][]byte, opener *ecdh.PrivateKey) *item {
	var body protocol.Verification
	if err := protocol.OpenBody(p.m, parts[p.m.Body.Hash], opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err))
	}
	it.check(confirmation.CheckSeal, true)
	if body.Point != it.box.Point {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	v := verification{Verification: confirmation.Verification{ID: p.m.ID.String(), Record: body.Record.String(), Application: body.Application,
		Campaign: p.m.Campaign, Point: body.Point, Division: it.division, Box: it.box.ID, BodyHash: p.m.Body.Hash.String(), Envelope: p.raw},
		card: confirmation.Card{Chip: body.Chip}}
	whole := false
	for _, ref := range body.Blobs {
		plain, err := protocol.OpenBlob(ref, parts[ref.Hash])
		if err != nil {
			return it.refuse(confirmation.CheckParts, reasonOf(err))
		}
		if ref.Role == protocol.RoleChipText {
			whole = len(plain) == chipTextSize
		}
		clear(plain)
		v.Blobs = append(v.Blobs, confirmation.Blob{Role: ref.Role, Media: ref.Media, Hash: ref.Hash.String(), Size: int64(ref.Size)})
		v.card.Keys = append(v.card.Keys, confirmation.BlobKey{Hash: ref.Hash.String(), Suite: uint16(ref.Suite), Key: ref.Key})
	}
	if !whole || body.Chip.Type == form.ChipPapers {
		return it.refuse(confirmation.CheckChip, protocol.ReasonContent)
	}
	it.app.ID, it.rec.ID, it.act = body.Application, v.ID, v
	return it
}

// verification is a card on its way in.
type verification struct {
	confirmation.Verification
	card confirmation.Card
}

// judge refuses what no honest box makes: a card for a record that was not made on
// papers, or of another application.
func (v verification) judge(ctx context.Context, tx *db.Tx, _ *flow.Flow, it *item) (protocol.Reason, error) {
	r, err := confirmation.Get(ctx, tx, v.Record)
	switch {
	case errors.Is(err, confirmation.ErrNotFound):
		return "", nil
	case err != nil:
		return "", err
	case !r.OnPapers() || r.Application != it.app.ID || r.Campaign != v.Campaign:
		return protocol.ReasonContent, nil
	}
	return "", nil
}

func (v verification) take(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) error {
	v.At, v.Application = it.word.at, it.app.ID
	return f.TakeVerification(ctx, tx, v.Verification, v.card)
}
