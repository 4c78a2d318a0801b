package portal

import (
	"cmp"
	"context"
	"errors"

	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Most saves change what she is filling in and nothing else. Of these the draft
// alone decides, and it is judged and sealed before the transaction, which only
// stores it where nothing has moved on: there is one writer, and everybody who
// saves waits for it.

// ahead saves a change so; w is what is worked on after it, nil when the usual
// way must say what becomes of it.
func (s *server) ahead(ctx context.Context, v *visit, revision uint32, change func(w *work, app *form.Application) error) (*work, error) {
	w, err := s.alone(ctx, v)
	if w == nil || err != nil {
		return nil, err
	}
	ready, err := s.Flow.Prepare(flow.Filling{Account: w.account, Campaign: w.camp.ID, From: revision}, *w.draft,
		func(app *form.Application) error { return change(w, app) })
	if ready == nil || err != nil {
		return nil, err
	}
	stored, err := s.Flow.FillReady(ctx, s.DB, ready)
	if !stored || err != nil {
		return nil, err
	}
	w.draft = &ready.Draft
	w.app, w.revision = ready.Draft.Application, ready.Draft.Revision
	return w, nil
}

// alone gives what is worked on by the draft alone: her application is not
// looked at, and w holds none. nil where that would not be all.
func (s *server) alone(ctx context.Context, v *visit) (*work, error) {
	camp, err := s.campaign(ctx)
	if camp.ID == "" || err != nil {
		return nil, err
	}
	m := &mine{camp: camp, account: v.session.Account.ID}
	err = s.DB.Ask(ctx, func(tx *db.Tx) error {
		d, err := s.Drafts.Get(ctx, tx, m.account, camp.ID)
		m.draft = &d
		return err
	}, v.ahead()...)
	if err == nil || errors.Is(err, draft.ErrNotFound) {
		err = cmp.Or(v.heard(ctx), err)
	}
	switch {
	case errors.Is(err, draft.ErrNotFound), err == nil && (m.draft.PledgedAt == 0 || m.draft.Submitted != 0):
		return nil, nil
	case err != nil:
		return nil, err
	}
	w := &work{mine: m, lang: v.lang, now: s.now(), app: m.draft.Application, revision: m.draft.Revision}
	if w.checker, err = s.campaigns.check(camp); err != nil {
		return nil, err
	}
	return w, s.DB.Ask(ctx, func(tx *db.Tx) error { return s.at(ctx, tx, v, m, w.app.Point) })
}

// campaign gives the one that is shown, without the database where it is known;
// zero before the first is published.
func (s *server) campaign(ctx context.Context) (camp rules.Campaign, err error) {
	changes := s.DB.Changes()
	camp, ok := s.campaigns.known(changes)
	if ok {
		return camp, nil
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err = s.currentCampaign(ctx, tx, changes)
		return err
	})
	return camp, err
}
