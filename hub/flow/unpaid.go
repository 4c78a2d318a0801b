package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/unpaid"
	rules "zhunkao/protocol/campaign"
)

// ActUnpaidReason is the act of the campaign's table by which a point puts down why
// somebody has not paid (A43).
const ActUnpaidReason = "unpaid-reason"

// contactAhead is how far in the future a contact may lie by the clerk's clock.
const contactAhead = 10 * time.Minute

// NoteContact writes a try to reach somebody down. unpaid.ErrNotFound, ErrChoice,
// ErrText; ErrDue when it lies in the future or before her order.
func (f *Flow) NoteContact(ctx context.Context, tx *db.Tx, order string, c unpaid.Contact, by By) error {
	p, err := unpaid.Get(ctx, tx, order)
	if err != nil {
		return err
	}
	now := f.Now()
	if c.At > now.Add(contactAhead).UnixMilli() || c.At < p.OpenedAt-24*time.Hour.Milliseconds() {
		return ErrDue
	}
	c.By, c.NotedAt = by.Author.ID, now.UnixMilli()
	if err := unpaid.AddContact(ctx, tx, p, c); err != nil {
		return err
	}
	return f.writeUnpaid(ctx, tx, journal.UnpaidContacted, p, map[string]string{"way": string(c.Way), "outcome": string(c.Outcome)}, by)
}

// FindReason puts the reason of a person down, from the campaign's list, with a remark
// where the list asks for one. unpaid.ErrNotFound, ErrChoice, ErrText, ErrSigned.
func (f *Flow) FindReason(ctx context.Context, tx *db.Tx, camp rules.Campaign, order, code, remark string, by By) error {
	p, err := unpaid.Get(ctx, tx, order)
	if err != nil {
		return err
	}
	all := camp.ReasonsOf(rules.ReasonsUnpaid)
	i := slices.IndexFunc(all, func(r rules.Reason) bool { return r.Code == code })
	if i < 0 {
		return unpaid.ErrChoice
	}
	if err := unpaid.CheckText(remark, all[i].Remark); err != nil {
		return err
	}
	if err := unpaid.Find(ctx, tx, p, unpaid.Finding{Code: code, Remark: remark, At: f.Now().UnixMilli(), By: by.Author.ID}); err != nil {
		return err
	}
	return f.writeUnpaid(ctx, tx, journal.UnpaidFound, p, map[string]string{"code": code}, by)
}

// AskList begins to ask the channels about everybody of a list; one that is under way
// goes on instead.
func (f *Flow) AskList(ctx context.Context, tx *db.Tx, campaign, division, point string, by By) (unpaid.Round, error) {
	r, begun, err := unpaid.Begin(ctx, tx, unpaid.Round{Campaign: campaign, Division: division, Point: point, By: by.Author.ID, At: f.Now().UnixMilli()})
	if err != nil || !begun {
		return r, err
	}
	return r, f.write(ctx, tx, by, journal.Entry{Act: journal.UnpaidAsked, Subject: placeSubject(division, point), Campaign: campaign, Point: point, Division: division,
		Detail: map[string]string{"people": strconv.Itoa(r.Total)}})
}

// AnsweredUnpaid keeps what the channels said of one order when somebody asked on her
// own page, or a round did.
func (f *Flow) AnsweredUnpaid(ctx context.Context, tx *db.Tx, order payment.Order, outcome unpaid.Outcome, by By) error {
	return unpaid.PutAnswer(ctx, tx, order.Number, order.Application, unpaid.Answer{At: f.Now().UnixMilli(), Outcome: outcome, By: by.Author.ID})
}

// SignUnpaid is a point's word that its list is checked, as it was read.
// unpaid.ErrOpen, ErrChanged, ErrSigned.
func (f *Flow) SignUnpaid(ctx context.Context, tx *db.Tx, campaign, division, point, seen string, by By) (unpaid.Signoff, error) {
	s, err := unpaid.Sign(ctx, tx, unpaid.Signoff{Campaign: campaign, Division: division, Point: point, At: f.Now().UnixMilli(), By: by.Author.ID}, seen)
	if err != nil {
		return s, err
	}
	return s, f.write(ctx, tx, by, journal.Entry{Act: journal.UnpaidSigned, Subject: placeSubject(division, point), Campaign: campaign, Point: point, Division: division,
		Detail: map[string]string{"people": strconv.Itoa(s.People), "fen": strconv.FormatInt(s.Fen, 10), "hash": s.Hash}})
}

// ReopenUnpaid takes that word back. unpaid.ErrNotFound, ErrText.
func (f *Flow) ReopenUnpaid(ctx context.Context, tx *db.Tx, campaign, point, why string, by By) error {
	s, err := unpaid.Reopen(ctx, tx, campaign, point, by.Author.ID, why, f.Now().UnixMilli())
	if err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.UnpaidReopened, Subject: placeSubject(s.Division, point), Campaign: campaign, Point: point, Division: s.Division, Reason: why})
}

// PrintUnpaid journals that the paper was made: it has whole telephone numbers.
func (f *Flow) PrintUnpaid(ctx context.Context, tx *db.Tx, campaign, division, point string, people int, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.UnpaidPrinted, Subject: placeSubject(division, point), Campaign: campaign, Point: point, Division: division,
		Detail: map[string]string{"people": strconv.Itoa(people)}})
}

func placeSubject(division, point string) journal.Subject {
	if point != "" {
		return journal.Subject{Kind: journal.OfPoint, ID: point}
	}
	return journal.Subject{Kind: journal.OfOffice, ID: division}
}

func (f *Flow) writeUnpaid(ctx context.Context, tx *db.Tx, act journal.Act, p unpaid.Person, detail map[string]string, by By) error {
	detail[detailApplication] = p.Application
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfOrder, ID: p.Number}, Campaign: p.Campaign, Point: p.Point, Division: p.Division, Detail: detail})
}

// askAtOnce is how many of a list are read in one go.
const askAtOnce = 50

// AskRounds asks the channels about the people of rounds that somebody began, one
// after the other, and keeps what they said. ask is the teller's; it never holds a
// transaction while a channel thinks. What it cannot say of one person is no answer, and
// the round goes on. It ends when no round is left.
func (f *Flow) AskRounds(ctx context.Context, d *db.DB, ask func(context.Context, payment.Order) (unpaid.Outcome, error)) (asked int, err error) {
	for {
		var r unpaid.Round
		var some []unpaid.Person
		err := d.Ask(ctx, func(tx *db.Tx) (err error) {
			if r, err = unpaid.Oldest(ctx, tx); err != nil {
				return err
			}
			some, err = r.Next(ctx, tx, askAtOnce)
			return err
		})
		if errors.Is(err, unpaid.ErrNotFound) {
			return asked, nil
		}
		if err != nil {
			return asked, err
		}
		if len(some) == 0 {
			if err := d.Write(ctx, func(tx *db.Tx) error { return r.End(ctx, tx, f.Now().UnixMilli()) }); err != nil {
				return asked, err
			}
			continue
		}
		for _, p := range some {
			outcome, err := ask(ctx, p.Order)
			if err != nil {
				if ctx.Err() != nil || db.Away(err) {
					return asked, fmt.Errorf("flow: ask: %w", err)
				}
				outcome = unpaid.NoAnswer // somebody asks again; the others do not wait for it
			}
			err = d.Write(ctx, func(tx *db.Tx) error {
				if err := unpaid.PutAnswer(ctx, tx, p.Number, p.Application, unpaid.Answer{At: f.Now().UnixMilli(), Outcome: outcome, By: r.By}); err != nil {
					return err
				}
				return r.Asked(ctx, tx, p, outcome)
			})
			if err != nil {
				return asked, err
			}
			asked++
		}
	}
}
