package portal

import (
	"context"
	"errors"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/notice"
	"zhunkao/hub/review"
	rules "zhunkao/protocol/campaign"
)

// A page about all that is hers asks for it at once: which application it is
// stands in her session, and so none of the questions needs the answer to another.
// On PostgreSQL the page then waits for two answers and not for eight.

// sought is what was asked for at once, and how its answers are had.
type sought struct {
	draft   func() (draft.Draft, error)
	current func() (candidate.Found, error) // nil when she has no application
	told    *[]notice.Notice
}

// atOnce reads what mineTold reads, and her confirmations. nil where something has
// moved since her session was read, or more must be known of her messages: then the
// questions are asked one after another.
func (s *server) atOnce(ctx context.Context, v *visit) (*mine, error) {
	camp, err := s.campaign(ctx)
	if err != nil || camp.ID == "" || v.session == nil {
		return nil, err
	}
	id, known := v.session.Account.In(camp.ID)
	if !known {
		return nil, nil
	}
	m := &mine{camp: camp, account: v.session.Account.ID}
	a, questions := s.ofHers(v, camp, m, id)
	if err := s.DB.Together(ctx, append(v.ahead(), questions...)...); err != nil {
		return nil, err
	}
	if err := v.heard(ctx); err != nil {
		return nil, err
	}
	whole, err := m.take(a)
	if !whole || err != nil {
		return nil, err
	}
	return m, nil
}

// take reads the answers; false where these are not all that there is to know.
func (m *mine) take(a sought) (whole bool, err error) {
	switch d, err := a.draft(); {
	case err == nil:
		m.draft = &d
	case !errors.Is(err, draft.ErrNotFound):
		return false, err
	}
	switch {
	case a.current != nil:
		found, err := a.current()
		if errors.Is(err, candidate.ErrNotFound) {
			return false, nil // erased since
		}
		if err != nil {
			return false, err
		}
		m.current = &found
	case m.draft != nil && m.draft.LastRevision != 0:
		return false, nil // her first was submitted since
	}
	return !m.hear(*a.told), nil
}

// ofHers are the questions; the records go into m.
func (s *server) ofHers(v *visit, camp rules.Campaign, m *mine, id string) (a sought, all []db.Question) {
	q, answer := s.Drafts.Getting(m.account, camp.ID)
	a.draft, all = answer, append(all, q)
	m.records = new([]confirmation.Record)
	if id != "" {
		q, answer := s.Flow.Candidates.Getting(id)
		records, into := confirmation.Listing(confirmation.Filter{Application: id})
		looked, stands := review.Asking(id)
		a.current, m.records, m.looked, all = answer, into, stands, append(all, q, records, looked)
	}
	q, a.told = notice.Listing(m.readerOf(v, id), "", messagesShown)
	return a, append(all, q)
}
