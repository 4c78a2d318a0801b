package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/applicant"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// MaxCards is how many sign-in cards are made at a time: each costs a verifier.
const MaxCards = 96

// ErrCards says that too many cards were asked for, or of another point.
var ErrCards = errors.New("flow: cards of one point, and not so many at a time")

// CardsAsked says for whom cards are made.
type CardsAsked struct {
	Point        string   `json:"point"`
	Applications []string `json:"applications"` // these, also such as have a card; none: those of the point that have none
	Reason       string   `json:"reason"`
}

// CardsMade are cards of one point.
type CardsMade struct {
	Campaign rules.Campaign
	Point    org.Point
	Cards    []Card
	More     bool // of the point: others have no card yet
}

// MakeCards makes the sign-in cards of a point, up to MaxCards. It opens its own
// transactions: passwords are drawn between them. ErrNoCards, ErrNoSequence,
// ErrCards, org.ErrNotFound, candidate.ErrNotFound.
func (f *Flow) MakeCards(ctx context.Context, d *db.DB, desk *applicant.Desk, ask CardsAsked, by By) (CardsMade, error) {
	var out CardsMade
	var ids []string
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		if out.Point, err = org.GetPoint(ctx, tx, ask.Point); err != nil {
			return fmt.Errorf("flow: cards: %w", err)
		}
		ids, out.More, err = f.uncarded(ctx, tx, out.Point, ask.Applications)
		return err
	})
	if err != nil {
		return CardsMade{}, err
	}
	drawn := make([]applicant.Drawn, len(ids))
	for i := range ids {
		if drawn[i], err = desk.DrawCard(ctx); err != nil {
			return CardsMade{}, err
		}
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		out.Cards = nil
		for i, id := range ids {
			c, err := f.MakeCard(ctx, tx, desk, id, drawn[i], ask.Reason, by)
			if err != nil {
				return err
			}
			if c.Found.Point != ask.Point {
				return ErrCards
			}
			if out.Campaign.ID == "" {
				if _, out.Campaign, err = f.withRules(ctx, tx, id); err != nil {
					return err
				}
			}
			out.Cards = append(out.Cards, c)
		}
		return nil
	})
	if err != nil {
		return CardsMade{}, err
	}
	return out, nil
}

// uncarded gives the applications that cards are made for: those asked for, or
// those of the point that have none, in every campaign that has cards.
func (f *Flow) uncarded(ctx context.Context, tx *db.Tx, p org.Point, asked []string) (ids []string, more bool, err error) {
	if len(asked) > 0 {
		if len(asked) > MaxCards {
			return nil, false, ErrCards
		}
		return asked, false, nil
	}
	all, err := campaign.List(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	any := false
	for i, v := range all {
		if i > 0 && all[i-1].Campaign == v.Campaign {
			continue
		}
		r, err := f.Rules(ctx, tx, v.Campaign)
		if err != nil {
			return nil, false, err
		}
		if !r.Campaign.Portal.ByCard() {
			continue
		}
		any = true
		if ids, more, err = f.withoutCard(ctx, tx, v.Campaign, p, ids); err != nil || more {
			return ids, more, err
		}
	}
	if !any {
		return nil, false, ErrNoCards
	}
	return ids, false, nil
}

func (f *Flow) withoutCard(ctx context.Context, tx *db.Tx, id string, p org.Point, ids []string) ([]string, bool, error) {
	filter := candidate.Filter{Campaign: id, Division: p.Division, Point: p.Code, Limit: 200}
	for {
		rows, err := candidate.List(ctx, tx, filter)
		if err != nil {
			return nil, false, err
		}
		for _, r := range rows {
			carded, err := applicant.Carded(ctx, tx, r.ID)
			if err != nil {
				return nil, false, err
			}
			if carded {
				continue
			}
			if len(ids) == MaxCards {
				return ids, true, nil
			}
			ids = append(ids, r.ID)
		}
		if len(rows) < filter.Limit {
			return ids, false, nil
		}
		filter.After = rows[len(rows)-1].Place()
	}
}
