package flow

import (
	"context"
	"fmt"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
)

// Keeping is an application whose order is to be kept: see KeepOrder.
type Keeping struct {
	Application string
	Since       int64
}

// KeepOrders is KeepOrder for applications of one campaign, whose rules are given. Those
// who confirmed for the first time are nearly all of them, and have their orders opened
// together: the same rows, entries and messages, in a tenth of the time, so that who
// writes beside it does not wait.
func (f *Flow) KeepOrders(ctx context.Context, tx *db.Tx, given *Rules, some []Keeping, by By) error {
	done, err := f.openMany(ctx, tx, given, some, by)
	if err != nil {
		return err
	}
	for _, k := range some {
		if done[k.Application] {
			continue
		}
		if _, err := f.KeepOrder(ctx, tx, given, k.Application, k.Since, by); err != nil {
			return err
		}
	}
	return nil
}

// openMany opens the orders of those who never had one. It gives those, and whom there
// is nothing to open for.
func (f *Flow) openMany(ctx context.Context, tx *db.Tx, given *Rules, some []Keeping, by By) (map[string]bool, error) {
	if given == nil || len(some) < 2 {
		return nil, nil
	}
	all, done, err := f.neverOrdered(ctx, tx, given, some)
	if err != nil || len(all) == 0 {
		return done, err
	}
	now := f.Now().UnixMilli()
	orders, entries := make([]payment.Order, len(all)), make([]journal.Entry, len(all))
	numbers := make([]string, len(all))
	for i, s := range all {
		o := s.newOrder(CauseConfirmed)
		o.Number = payment.NewNumber(s.camp.Year, s.camp.Province)
		detail := s.openAt(&o, now, now)
		orders[i], numbers[i] = o, o.Number
		entries[i] = f.entry(by, orderEntry(journal.OrderOpened, o, "", detail))
	}
	if taken, err := payment.Taken(ctx, tx, numbers); err != nil || len(taken) > 0 {
		return nil, err // one at a time, and they draw again
	}
	if err := payment.OpenOrders(ctx, tx, orders); err != nil {
		return nil, err
	}
	if err := journal.Write(ctx, tx, entries...); err != nil {
		return nil, fmt.Errorf("flow: %s: %w", journal.OrderOpened, err)
	}
	for _, o := range orders {
		done[o.Application] = true
	}
	return done, f.tell(ctx, tx, entries...)
}

// neverOrdered gives how those stand for whom NextOrder opens their first order, and
// those who never had one and need none.
func (f *Flow) neverOrdered(ctx context.Context, tx *db.Tx, given *Rules, some []Keeping) (out []*orderStanding, none map[string]bool, err error) {
	ids := make([]string, len(some))
	for i, k := range some {
		ids[i] = k.Application
	}
	had, err := payment.Touched(ctx, tx, ids)
	if err != nil {
		return nil, nil, err
	}
	none = map[string]bool{}
	found, err := f.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("flow: orders: %w", err)
	}
	records, err := confirmation.Standing(ctx, tx, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("flow: orders: %w", err)
	}
	best := map[string]confirmation.Stand{}
	for _, r := range records {
		if better(r.State, best[r.Application].State) {
			best[r.Application] = r
		}
	}
	for _, id := range ids {
		app, ok := found[id]
		if !ok || had[id] || app.Campaign != given.Campaign.ID {
			continue
		}
		s := &orderStanding{found: app, camp: &given.Campaign, record: best[id]}
		if NextOrder(s.facts()) == OpensOrder {
			out = append(out, s)
		} else {
			none[id] = true
		}
	}
	return out, none, nil
}
