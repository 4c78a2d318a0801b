package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/picture"
	"zhunkao/protocol/form"
)

// ErrNoClaim says that she does not claim what a picture is said to show.
var ErrNoClaim = errors.New("flow: there is no such claim")

// AddEvidence keeps a sealed picture as evidence of a claim that stands in what
// she fills in. Its ciphertext is among the blobs already. Errors:
// ErrUnpledged, ErrConfirmed, ErrNoClaim, picture.Many.
func (f *Flow) AddEvidence(ctx context.Context, tx *db.Tx, p picture.Picture) error {
	h, err := f.Her(ctx, tx, p.Account, p.Campaign)
	if err != nil {
		return err
	}
	switch app, _ := h.Working(); {
	case h.Confirmed():
		return ErrConfirmed
	case h.Draft.Revision == 0 || h.Draft.PledgedAt == 0:
		return ErrUnpledged
	case !slices.ContainsFunc(app.Claims, func(c form.Claim) bool { return c.Kind == p.Kind && c.Code == p.Code }):
		return ErrNoClaim
	}
	if err := picture.Add(ctx, tx, p); err != nil {
		return fmt.Errorf("flow: evidence: %w", err)
	}
	return nil
}

// RemoveEvidence ends a picture of hers until she is confirmed. ErrConfirmed,
// picture.ErrNotFound.
func (f *Flow) RemoveEvidence(ctx context.Context, tx *db.Tx, account, campaign, id string) error {
	h, err := f.Her(ctx, tx, account, campaign)
	if err != nil {
		return err
	}
	if h.Confirmed() {
		return ErrConfirmed
	}
	if err := picture.Remove(ctx, tx, account, id); err != nil {
		return fmt.Errorf("flow: evidence: %w", err)
	}
	return nil
}

// Unclaim takes a claim out of what she fills in, and ends its pictures with it.
// Errors are those of Fill.
func (f *Flow) Unclaim(ctx context.Context, tx *db.Tx, s Filling, kind, code string) (draft.Draft, error) {
	d, err := f.Fill(ctx, tx, s, func(app *form.Application) error {
		app.Claims = slices.DeleteFunc(slices.Clone(app.Claims), func(c form.Claim) bool { return c.Kind == kind && c.Code == code })
		return nil
	})
	if err != nil {
		return d, err
	}
	of := picture.Claim{Account: s.Account, Campaign: s.Campaign, Kind: kind, Code: code}
	if err := picture.RemoveClaim(ctx, tx, of); err != nil {
		return d, fmt.Errorf("flow: unclaim: %w", err)
	}
	return d, nil
}
