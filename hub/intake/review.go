package intake

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/json"
	"errors"
	"fmt"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	hubreview "zhunkao/hub/review"
	"zhunkao/protocol"
)

// openReview opens what a clerk looked at at the desk (资格审核). Its pictures must
// be there and be pictures, the pledge's be the one whose hash she gave her word
// for; whether she may is judged when it is committed.
func openReview(it *item, p *pending, parts map[protocol.Hash][]byte, opener *ecdh.PrivateKey) *item {
	var body protocol.Review
	if err := protocol.OpenBody(p.m, parts[p.m.Body.Hash], opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err))
	}
	it.check(confirmation.CheckSeal, true)
	if body.Point != it.box.Point {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	r := review{Review: hubreview.Review{ID: p.m.ID.String(), Application: body.Application, Campaign: p.m.Campaign, Rules: p.m.CampaignVersion, Version: body.Version,
		Point: body.Point, Division: it.division, Box: it.box.ID, Clerk: body.Clerk.Account, BodyHash: p.m.Body.Hash.String(), Envelope: p.raw, Looked: int64(body.Clerk.At)},
		content: hubreview.Content{Notes: map[string]string{}, Note: body.Note}}
	if body.Record != (protocol.ID{}) {
		r.Record = body.Record.String()
	}
	for _, i := range body.Items {
		r.Items = append(r.Items, hubreview.Item{Key: i.Key, Result: i.Result})
		if i.Note != "" {
			r.content.Notes[i.Key] = i.Note
		}
	}
	if why := r.pictures(body, parts); why != "" {
		return it.refuse(confirmation.CheckParts, why)
	}
	it.app.ID, it.rec.ID, it.act = body.Application, r.ID, r
	return it
}

// pictures opens every blob; why is the reason to refuse them.
func (r *review) pictures(body protocol.Review, parts map[protocol.Hash][]byte) (why protocol.Reason) {
	there := map[string]bool{}
	for _, ref := range body.Blobs {
		plain, err := protocol.OpenBlob(ref, parts[ref.Hash])
		if err != nil {
			return reasonOf(err)
		}
		good := bytes.HasPrefix(plain, []byte{0xff, 0xd8, 0xff}) && ref.Media == "image/jpeg" && !there[ref.Role] &&
			(ref.Role != protocol.RolePledge || protocol.HashOf(plain) == body.Pledge)
		clear(plain)
		if there[ref.Role] = true; !good {
			return protocol.ReasonContent
		}
		r.Blobs = append(r.Blobs, hubreview.Blob{Role: ref.Role, Media: ref.Media, Hash: ref.Hash.String(), Size: int64(ref.Size)})
		r.content.Keys = append(r.content.Keys, hubreview.Key{Hash: ref.Hash.String(), Suite: uint16(ref.Suite), Key: ref.Key})
	}
	if (body.Pledge != protocol.Hash{}) != there[protocol.RolePledge] {
		return protocol.ReasonContent
	}
	if there[protocol.RolePledge] {
		r.Pledge = body.Pledge.String()
	}
	for _, c := range body.Claims {
		claim := hubreview.Claim{Kind: c.Kind, Code: c.Code, Shown: c.Shown}
		for _, n := range c.Copies {
			if !there[protocol.RoleCopy(int(n))] {
				return protocol.ReasonContent
			}
			claim.Copies = append(claim.Copies, int(n))
		}
		r.Claims = append(r.Claims, claim)
	}
	return ""
}

// review is a Review on its way in.
type review struct {
	hubreview.Review
	content hubreview.Content
}

// judge refuses a clerk who is not of the point, and a point that has nothing to
// do with her.
func (r review) judge(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) (protocol.Reason, error) {
	r.Application = it.app.ID // it may stand here under another id than the box knows: see entering
	switch err := f.WorksAt(ctx, tx, r.Point, r.Clerk, r.Looked); {
	case errors.Is(err, flow.ErrAssent):
		return protocol.ReasonAssent, nil
	case err != nil:
		return "", err
	}
	switch _, err := f.Reviewable(ctx, tx, r.Review); {
	case errors.Is(err, flow.ErrNotHers):
		return protocol.ReasonContent, nil
	case errors.Is(err, candidate.ErrNotFound):
		return "", nil // decided where every act is: see nextAct
	case err != nil:
		return "", err
	}
	return "", nil
}

func (r review) take(ctx context.Context, tx *db.Tx, f *flow.Flow, it *item) error {
	r.At, r.Application = it.word.at, it.app.ID
	r.Looked = min(r.Looked, r.At) // a box whose clock is ahead has not seen into the future
	return f.TakeReview(ctx, tx, r.Review, r.content)
}

func eachReview(ctx context.Context, tx *db.Tx, f func(record string, hashes []blob.Hash) error) error {
	return tx.Each(ctx, `SELECT id, body_hash, blobs FROM review`, nil, func(scan func(...any) error) error {
		var id, body, text string
		if err := scan(&id, &body, &text); err != nil {
			return err
		}
		var list []hubreview.Blob
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return fmt.Errorf("review %s: stored text: %w", id, err)
		}
		names := []string{body}
		for _, b := range list {
			names = append(names, b.Hash)
		}
		return parsed(id, names, f)
	})
}
