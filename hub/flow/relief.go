package flow

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/relief"
)

// ActPostponeWindow is the act of the campaign's table by which times are moved: also
// those of exactly the people whom a failing channel kept from paying (A59).
const ActPostponeWindow = "postpone-window"

// GiveRelief extends the time to pay for everybody of a list, in one act: each order
// with its own entry and message, those that had closed opened again. It concerns who
// has not paid at this moment. ErrReason, relief.ErrTime, ErrNobody.
func (f *Flow) GiveRelief(ctx context.Context, tx *db.Tx, r relief.Relief, by By) (relief.Relief, error) {
	if r.Reason = strings.TrimSpace(r.Reason); r.Reason == "" {
		return r, ErrReason
	}
	r.At, r.By = f.Now().UnixMilli(), by.Author.ID
	r, all, err := relief.Give(ctx, tx, r)
	if err != nil {
		return r, err
	}
	err = f.write(ctx, tx, by, journal.Entry{Act: journal.ReliefGiven, Subject: journal.Subject{Kind: journal.OfCampaign, ID: r.Campaign}, Campaign: r.Campaign, Division: r.Division, Reason: r.Reason,
		Detail: map[string]string{"relief": r.ID, detailChannel: r.Channel, "people": strconv.Itoa(r.People), "reopened": strconv.Itoa(r.Reopened), detailDue: ms(r.Due), "code": r.Code, "hash": r.Hash, detailSecond: r.Second}})
	if err != nil {
		return r, err
	}
	for _, a := range all {
		o, err := payment.GetOrder(ctx, tx, a.Order)
		if err != nil {
			return r, err
		}
		if err := f.extendOrder(ctx, tx, o, r.Due, r.Reason, map[string]string{detailSecond: r.Second, "relief": r.ID}, by); err != nil {
			return r, err
		}
	}
	return r, nil
}

// roundTrouble tells people that a channel fails; its reference is what relief.Terms
// needs, with blanks between.
const roundTrouble = "trouble"

// TellTrouble tells whom a failing channel keeps from paying that it is known, and not
// to pay twice. relief.ErrTime, relief.ErrNobody.
func (f *Flow) TellTrouble(ctx context.Context, tx *db.Tx, t relief.Terms, by By) (int, error) {
	t.Due = 0
	if err := t.Check(f.Now().UnixMilli()); err != nil {
		return 0, err
	}
	p, err := relief.Look(ctx, tx, t)
	if err != nil {
		return 0, err
	}
	if p.People() == 0 {
		return 0, relief.ErrNobody
	}
	ref := fmt.Sprintf("%s %s %s %d %d", t.Campaign, t.Division, t.Channel, t.From, t.To)
	if err := notice.Begin(ctx, tx, roundTrouble, ref, f.Now().UnixMilli()); err != nil {
		return 0, err
	}
	return p.People(), f.write(ctx, tx, by, journal.Entry{Act: journal.ReliefTold, Subject: journal.Subject{Kind: journal.OfCampaign, ID: t.Campaign}, Campaign: t.Campaign, Division: t.Division,
		Detail: map[string]string{detailChannel: t.Channel, "people": strconv.Itoa(p.People())}})
}

// troubleShare gives the next ones of such a round, with the place to go on from.
func troubleShare(ctx context.Context, tx *db.Tx, r notice.Round) (out []notice.Notice, after string, err error) {
	var t relief.Terms
	if _, err := fmt.Sscan(r.Ref, &t.Campaign, &t.Division, &t.Channel, &t.From, &t.To); err != nil {
		return nil, "", fmt.Errorf("flow: tell: a round of trouble that nobody can read")
	}
	all, err := relief.List(ctx, tx, t, r.After, tellAtOnce)
	for _, a := range all {
		out = append(out, notice.Notice{Application: a.Application, Kind: notice.PayTrouble, Args: map[string]string{"channel": t.Channel}, At: r.At})
	}
	if len(all) == tellAtOnce {
		after = all[len(all)-1].Order
	}
	return out, after, err
}
