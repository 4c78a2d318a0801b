package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/applicant"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/journal"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

var (
	// ErrConfirmed says that the application is confirmed: she changes nothing
	// any more (demand A34). What is wrong is mended at the point's desk.
	ErrConfirmed = errors.New("flow: the application is confirmed")
	// ErrUnpledged says that the pledge is not signed yet, which comes before
	// filling in (demand A30).
	ErrUnpledged = errors.New("flow: the pledge is not signed")
)

// Drafts is the store of what is filled in and not submitted.
func (f *Flow) Drafts() *draft.Store { return draft.New(f.Keys, f.Now) }

// Consents is the store of what was told and agreed to.
func (f *Flow) Consents() *consent.Store { return consent.New(f.Keys, f.Now) }

// Rules is the version of a campaign that is in force, made ready. It never
// changes; whoever serves many keeps it and gives it along.
type Rules struct {
	Campaign rules.Campaign
	Checker  *rules.Checker
}

// Rules reads the newest version of a campaign. campaign.ErrNotFound.
func (f *Flow) Rules(ctx context.Context, tx *db.Tx, id string) (*Rules, error) {
	v, err := campaign.Latest(ctx, tx, id)
	if err != nil {
		return nil, fmt.Errorf("flow: rules: %w", err)
	}
	c, err := v.Decode()
	if err != nil {
		return nil, fmt.Errorf("flow: rules: %w", err)
	}
	k, err := c.Checker()
	if err != nil {
		return nil, fmt.Errorf("flow: rules: %w", err)
	}
	return &Rules{Campaign: c, Checker: k}, nil
}

// inForce is given if it is the newest version, else what is.
func (f *Flow) inForce(ctx context.Context, tx *db.Tx, id string, given *Rules) (*Rules, error) {
	if given == nil || given.Campaign.ID != id {
		return f.Rules(ctx, tx, id)
	}
	newest, err := campaign.Newest(ctx, tx, id)
	if err != nil {
		return nil, fmt.Errorf("flow: rules: %w", err)
	}
	return f.newest(ctx, tx, id, given, newest)
}

// newest is inForce where the number of the newest version has been asked for.
func (f *Flow) newest(ctx context.Context, tx *db.Tx, id string, given *Rules, newest uint32) (*Rules, error) {
	if given != nil && given.Campaign.ID == id && given.Campaign.Version == newest {
		return given, nil
	}
	return f.Rules(ctx, tx, id)
}

// KeepRules gives back what is kept of a campaign's rules while it is the newest
// version, else reads that. campaign.ErrNotFound.
func (f *Flow) KeepRules(ctx context.Context, tx *db.Tx, id string, kept *Rules) (*Rules, error) {
	return f.inForce(ctx, tx, id, kept)
}

// Her is what one account has in a campaign, read on one snapshot.
type Her struct {
	Draft    draft.Draft // Revision 0: none
	Found    candidate.Found
	Exists   bool // there is an application, in Found
	Consents map[consent.Kind]consent.Given
}

// Confirmed tells whether she may change nothing any more.
func (h Her) Confirmed() bool { return h.Exists && h.Found.State == candidate.Confirmed }

// Working is what she goes on filling in, and the version it starts from.
func (h Her) Working() (form.Application, uint32) {
	return h.Draft.Working(h.Found.Application, h.Exists)
}

// Stale tells whether an office or a box made another version after the draft
// was begun: she must see both before she submits.
func (h Her) Stale() bool {
	_, from := h.Working()
	return h.Exists && from != h.Found.Version
}

// Her reads what an account has in a campaign, and asks some more at once with it.
func (f *Flow) Her(ctx context.Context, tx *db.Tx, account, id string, more ...db.Question) (h Her, err error) {
	filled, draftOf := f.Drafts().Getting(account, id)
	consents, given := f.Consents().Asking(account, id)
	bound, application := applicant.Asking(account, id)
	current, found := f.Candidates.GettingBy(`(`+applicant.Bound+`)`, account, id)
	if err := tx.Together(ctx, append(more, filled, consents, bound, current)...); err != nil {
		return h, fmt.Errorf("flow: %w", err)
	}
	if h.Draft, err = draftOf(); err != nil && !errors.Is(err, draft.ErrNotFound) {
		return h, fmt.Errorf("flow: %w", err)
	}
	h.Consents = consent.Now(*given)
	if *application == "" {
		return h, nil
	}
	if h.Found, err = found(); err != nil {
		return h, fmt.Errorf("flow: %w", err)
	}
	h.Exists = true
	return h, nil
}

// Consent keeps what she was told and what she said to it. ErrSignature of
// package consent.
func (f *Flow) Consent(ctx context.Context, tx *db.Tx, g consent.Given, by By) error {
	g, fresh, err := f.Consents().Give(ctx, tx, g)
	if err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	if !fresh {
		return nil
	}
	e := journal.Entry{Act: journal.ConsentGiven, Subject: journal.Subject{Kind: journal.OfAccount, ID: g.Account},
		Campaign: g.Campaign, Detail: map[string]string{"kind": string(g.Kind), "digest": fmt.Sprintf("%x", g.Digest[:8])}}
	if !g.Agreed {
		e.Result = "declined"
	}
	return f.write(ctx, tx, by, e)
}

// Pledge signs the pledge, after which filling in begins: the draft is there
// when it returns. ErrConfirmed, ConsentError when the notices were not read,
// ErrSignature of package consent.
func (f *Flow) Pledge(ctx context.Context, tx *db.Tx, g consent.Given, r *Rules, by By) error {
	h, err := f.Her(ctx, tx, g.Account, g.Campaign)
	if err != nil {
		return err
	}
	if r, err = f.inForce(ctx, tx, g.Campaign, r); err != nil {
		return err
	}
	if h.Confirmed() {
		return ErrConfirmed
	}
	if missing := before(consent.Pledge, consent.Missing(r.Campaign, form.Application{}, h.Consents, f.Now())); len(missing) > 0 {
		return &ConsentError{Missing: missing}
	}
	g.Kind, g.Agreed, g.Version = consent.Pledge, true, r.Campaign.Version
	if err := f.Consent(ctx, tx, g, by); err != nil {
		return err
	}
	now := f.Now().UnixMilli()
	if h.Draft.Revision == 0 {
		app, from := h.Working()
		app.Campaign = g.Campaign
		_, err = f.Drafts().Save(ctx, tx, draft.Draft{Account: g.Account, Campaign: g.Campaign, Application: app, StartedFrom: from, PledgedAt: now}, 0)
	} else {
		err = f.Drafts().Pledge(ctx, tx, g.Account, g.Campaign, now)
	}
	if err != nil {
		return fmt.Errorf("flow: %w", err)
	}
	return nil
}

// before keeps what is asked for before a kind.
func before(k consent.Kind, missing []consent.Kind) (out []consent.Kind) {
	for _, m := range missing {
		if m == k {
			break
		}
		out = append(out, m)
	}
	return out
}

// Filling is one save of what is filled in.
type Filling struct {
	Account  string
	Campaign string
	From     uint32 // revision of the draft that it was made from
	Onto     uint32 // version of the application she has decided to go on from; 0 leaves that as it is
}

// Fill changes the draft: change is given what she has filled in so far. The
// same save sent twice has one effect. Errors: ErrUnpledged, ErrConfirmed,
// *draft.Conflict, candidate.ErrConflict when Onto is not what stands.
func (f *Flow) Fill(ctx context.Context, tx *db.Tx, s Filling, change func(*form.Application) error) (draft.Draft, error) {
	h, err := f.filling(ctx, tx, s.Account, s.Campaign)
	if err != nil {
		return draft.Draft{}, err
	}
	switch {
	case h.Confirmed():
		return draft.Draft{}, ErrConfirmed
	case h.Draft.Revision == 0 || h.Draft.PledgedAt == 0:
		return draft.Draft{}, ErrUnpledged
	case s.Onto != 0 && (!h.Exists || h.Found.Version != s.Onto):
		return draft.Draft{}, candidate.ErrConflict
	}
	d := h.Draft
	if d.Application, d.StartedFrom = h.Working(); s.Onto != 0 {
		d.StartedFrom = s.Onto
	}
	was := d.Application.Clone()
	if err := change(&d.Application); err != nil {
		return draft.Draft{}, err
	}
	d.Application.Campaign = s.Campaign
	switch same := draft.Same(was, d.Application); {
	case same && d.StartedFrom == h.Draft.StartedFrom && (s.From == h.Draft.Revision || s.From+1 == h.Draft.Revision):
		return h.Draft, nil
	case s.From != h.Draft.Revision:
		return draft.Draft{}, fmt.Errorf("flow: fill: %w", &draft.Conflict{Now: h.Draft})
	}
	if d, err = f.Drafts().Renew(ctx, tx, d); err != nil {
		return draft.Draft{}, fmt.Errorf("flow: fill: %w", err)
	}
	return d, f.placed(ctx, tx, h, was.Point, d)
}

// Prepare judges and seals a save before its transaction, on the draft d that was
// read outside of it. It gives nil where the draft alone does not decide, where
// nothing or the point is changed, and where change does not like it: then Fill
// says what becomes of it. Most saves are none of these.
func (f *Flow) Prepare(s Filling, d draft.Draft, change func(*form.Application) error) (*draft.Ready, error) {
	if d.PledgedAt == 0 || d.Submitted != 0 || s.From != d.Revision || s.Onto != 0 {
		return nil, nil
	}
	was := d.Application
	d.Application = was.Clone()
	if change(&d.Application) != nil {
		return nil, nil // a refusal is for Fill to tell, which knows what comes before it
	}
	d.Application.Campaign = s.Campaign
	if d.Application.Point != was.Point || draft.Same(was, d.Application) {
		return nil, nil
	}
	r, err := f.Drafts().Ready(d)
	if err != nil {
		return nil, fmt.Errorf("flow: fill: %w", err)
	}
	return r, nil
}

// FillReady stores what Prepare made ready; false when Fill must judge it after
// all, because something has moved on. It is a transaction of its own. Nobody keeps
// in memory what is filled in, so it moves no number (db.DB.Single).
func (f *Flow) FillReady(ctx context.Context, d *db.DB, r *draft.Ready) (bool, error) {
	ok, err := f.Drafts().Put(ctx, d, r)
	if err != nil {
		return false, fmt.Errorf("flow: fill: %w", err)
	}
	return ok, nil
}

// filling reads of Her what a save needs: of an application only how it stands,
// unless she goes on from it.
func (f *Flow) filling(ctx context.Context, tx *db.Tx, account, id string) (h Her, err error) {
	if h.Draft, err = f.Drafts().Get(ctx, tx, account, id); err != nil && !errors.Is(err, draft.ErrNotFound) {
		return h, fmt.Errorf("flow: %w", err)
	}
	application, err := applicant.Application(ctx, tx, account, id)
	if err != nil || application == "" {
		return h, err
	}
	h.Exists = true
	if h.Draft.Submitted != 0 {
		h.Found, err = f.Candidates.Get(ctx, tx, application)
	} else {
		h.Found.Row, err = f.Candidates.Row(ctx, tx, application)
	}
	if err != nil {
		return h, fmt.Errorf("flow: %w", err)
	}
	return h, nil
}
