package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/staff"
	"zhunkao/protocol/campaign/synthetic"
)

// The afternoon before the demonstration begins, on which the crowd pays in cash, and
// the evening on which it is counted.
const (
	paying   = 17 * time.Hour // before the demonstration begins
	counting = 14 * time.Hour
)

// handIn has everybody hand in the papers at her point and pay the fee there, which a
// clerk takes over the counter (demand B11); when all have, the clerk counts the day's
// cash and the head of the point signs it. Broken off, it goes on with those who lack.
func (a *assembly) handIn(ctx context.Context) error {
	lack, err := a.missing(ctx, hasPaid)
	if err != nil {
		return err
	}
	at := a.Start.Add(-paying)
	now := func() time.Time { return at }
	steps := &flow.Flow{Candidates: candidate.New(a.hub.Keys(), now), Keys: a.hub.Keys(), Now: now}
	counters := map[string]counter{}
	for _, p := range a.people {
		if code := p.Application.Point; counters[code].point.Code == "" {
			if counters[code], err = a.counter(ctx, code, 2*len(counters)); err != nil {
				return err
			}
		}
	}
	for i, p := range lack {
		at = a.Start.Add(-paying).Add(time.Duration(i) * 2 * time.Hour / time.Duration(len(lack)))
		c := counters[p.Application.Point]
		if err := a.hub.DB().Write(ctx, func(tx *db.Tx) error { return c.takes(ctx, tx, steps, p) }); err != nil {
			return err
		}
		a.Say(crowdHands, len(a.people)-len(lack)+i+1, len(a.people))
	}
	at = a.Start.Add(-counting)
	for _, c := range counters {
		if err := a.hub.DB().Write(ctx, func(tx *db.Tx) error { return c.counts(ctx, tx, steps, at) }); err != nil {
			return err
		}
	}
	return nil
}

// counter is where a point takes cash: its clerk, and its head who signs.
type counter struct {
	point       org.Point
	clerk, head flow.By
}

// takes opens the order of one who hands in her papers, and takes its fee.
func (c counter) takes(ctx context.Context, tx *db.Tx, steps *flow.Flow, p synthetic.Person) error {
	o, err := steps.OpenOrder(ctx, tx, p.Application.ID, flow.CausePapers, c.clerk)
	if err == nil {
		_, err = steps.TakeCash(ctx, tx, o.Number, o.Fen, c.clerk)
	}
	return err
}

// counts has the day's cash counted and signed, unless it is.
func (c counter) counts(ctx context.Context, tx *db.Tx, steps *flow.Flow, at time.Time) error {
	day := at.In(Zone).Format(time.DateOnly)
	all, err := payment.CashCounts(ctx, tx, c.point.Code, 0)
	if err != nil || slices.ContainsFunc(all, func(k payment.CashCount) bool { return k.Day == day && k.Second != "" }) {
		return err
	}
	booked, err := steps.CashBooked(ctx, tx, c.point.Code, day)
	if err != nil {
		return err
	}
	k, err := steps.CountCash(ctx, tx, c.point, day, booked.Fen, "", c.clerk)
	if err != nil {
		return err
	}
	return steps.SignCash(ctx, tx, c.point, k.ID, c.head)
}

// counter finds who works at a point. Where nobody does, two are hired, the n-th and the
// next of the invented names; nobody is told their passwords.
func (a *assembly) counter(ctx context.Context, point string, n int) (c counter, err error) {
	var office string
	found := map[staff.Role]string{}
	err = a.hub.DB().Read(ctx, func(tx *db.Tx) error {
		if c.point, err = org.GetPoint(ctx, tx, point); err != nil {
			return err
		}
		offices, err := org.Offices(ctx, tx, c.point.Division)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(offices, func(o org.Office) bool { return o.Division == c.point.Division })
		if i < 0 {
			return fmt.Errorf("no office for %s", c.point.Division)
		}
		office = offices[i].ID
		accounts, err := staff.Accounts(ctx, tx, c.point.Division)
		for _, one := range accounts {
			if one.Point == point && !one.Disabled {
				found[one.Role] = one.ID
			}
		}
		return err
	})
	if err != nil {
		return c, err
	}
	desk := staff.New(staff.Options{DB: a.hub.DB(), Keys: a.hub.Keys(), Now: func() time.Time { return a.Start.Add(-paying) }})
	for i, role := range []staff.Role{staff.Clerk, staff.PointHead} {
		if found[role] == "" {
			made, err := desk.Create(ctx, staff.NewAccount{Name: fmt.Sprintf("point%s-%d", point, i+1), Display: person(n + i), Role: role,
				Office: office, Point: point, Password: drawPassword(), Secret: staff.NewSecret()}, flow.Operator().Author)
			if err != nil {
				return c, errors.Join(fmt.Errorf("who works at %s", point), err)
			}
			found[role] = made.ID
		}
	}
	by := func(r staff.Role) flow.By {
		return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: found[r]}, Source: "demo"}
	}
	c.clerk, c.head = by(staff.Clerk), by(staff.PointHead)
	return c, nil
}
