package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment/ending"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// The acts of the campaign's table by which registrations end (A41).
const (
	ActEnd   = "end-registration" // draw the list, and sign it
	ActUnend = "restore-registration"
)

// ErrRunning says that some can still confirm or pay: no list is drawn yet.
var ErrRunning = errors.New("flow: the time to confirm or to pay is not over everywhere")

// ErrVoid says that her registration is void: the void is taken back first.
var ErrVoid = errors.New("flow: the registration is void")

// EndsOpen is when the last time to confirm or to pay ends, for anybody: from then on a
// list may be drawn. Zero when the campaign has no such time.
func EndsOpen(c rules.Campaign) (last time.Time) {
	for _, s := range []window.Step{window.Confirm, window.Pay} {
		for _, w := range window.Latest(c.Windows, s) {
			if w.To.After(last) {
				last = w.To
			}
		}
	}
	return last
}

// DrawEnding freezes the list of who did not confirm or pay, and tells everybody on it
// until when to object. ErrRunning, ErrNoPayment, ending.ErrStanding, ending.ErrNobody.
func (f *Flow) DrawEnding(ctx context.Context, tx *db.Tx, camp rules.Campaign, by By) (ending.List, error) {
	now := f.Now()
	switch last := EndsOpen(camp); {
	case !camp.Payment.Takes():
		return ending.List{}, ErrNoPayment
	case now.Before(last):
		return ending.List{}, ErrRunning
	}
	at := now.In(window.Zone())
	until := time.Date(at.Year(), at.Month(), at.Day()+camp.Payment.ObjectDays+1, 0, 0, 0, 0, window.Zone())
	l, err := ending.Draw(ctx, tx, ending.List{Campaign: camp.ID, Division: camp.Province, DrawnAt: now.UnixMilli(), DrawnBy: by.Author.ID, ObjectUntil: until.UnixMilli()})
	if err != nil {
		return l, err
	}
	if err := notice.Begin(ctx, tx, roundEnding, l.ID+" "+string(ending.Listed), l.DrawnAt); err != nil {
		return l, err
	}
	return l, f.writeEnding(ctx, tx, journal.EndingDrawn, l, "", map[string]string{"people": strconv.Itoa(l.People), "hash": l.Hash, "until": ms(l.ObjectUntil)}, by)
}

// SettleEnding lets those drop out of a told list who are void no more.
func (f *Flow) SettleEnding(ctx context.Context, tx *db.Tx, l ending.List) error {
	if l.State != ending.Told {
		return nil
	}
	_, err := ending.Settle(ctx, tx, l.ID, f.Now().UnixMilli())
	return err
}

// DropEnding takes a told list back. ending.ErrState, ending.ErrText.
func (f *Flow) DropEnding(ctx context.Context, tx *db.Tx, l ending.List, why string, by By) error {
	if err := ending.Drop(ctx, tx, l, why, f.who(by, "")); err != nil {
		return err
	}
	for _, s := range []ending.Standing{ending.Off, ending.Objected} { // who was listed, and who had objected
		if err := notice.Begin(ctx, tx, roundEnding, l.ID+" "+string(s), f.Now().UnixMilli()); err != nil {
			return err
		}
	}
	return f.writeEnding(ctx, tx, journal.EndingDropped, l, why, nil, by)
}

// ObjectEnding writes an objection down. ending.ErrState, ending.ErrText.
func (f *Flow) ObjectEnding(ctx context.Context, tx *db.Tx, l ending.List, application, said string, by By) error {
	if err := ending.Object(ctx, tx, l, application, said, f.who(by, "")); err != nil {
		return err
	}
	return f.writeEnded(ctx, tx, journal.EndingObjected, l, application, "", nil, by)
}

// DecideEnding answers an objection, or takes somebody off the list without one.
// ending.ErrState, ending.ErrText.
func (f *Flow) DecideEnding(ctx context.Context, tx *db.Tx, l ending.List, application string, off bool, why string, by By) error {
	if err := ending.Decide(ctx, tx, l, application, off, why, f.who(by, "")); err != nil {
		return err
	}
	act := journal.EndingKept
	if off {
		act = journal.EndingTakenOff
	}
	return f.writeEnded(ctx, tx, act, l, application, why, nil, by)
}

// SignEnding makes who stands on the list void; seen is the hash of exactly them. No
// confirmation, order or money is touched. Errors: those of ending.Sign.
func (f *Flow) SignEnding(ctx context.Context, tx *db.Tx, l ending.List, seen, reason string, by By, second string) error {
	l, err := ending.Sign(ctx, tx, l, seen, f.who(by, second))
	if err != nil {
		return err
	}
	if err := notice.Begin(ctx, tx, roundEnding, l.ID+" "+string(ending.Void), l.SignedAt); err != nil {
		return err
	}
	return f.writeEnding(ctx, tx, journal.EndingSigned, l, reason, map[string]string{"people": strconv.Itoa(l.Voided), "hash": l.SignedHash, detailSecond: second}, by)
}

// RestoreEnded takes the void of one person back. ending.ErrState, ending.ErrText.
func (f *Flow) RestoreEnded(ctx context.Context, tx *db.Tx, l ending.List, application, why string, by By, second string) error {
	if err := ending.Restore(ctx, tx, l, application, why, f.who(by, second)); err != nil {
		return err
	}
	return f.writeEnded(ctx, tx, journal.EndingRestored, l, application, why, map[string]string{detailSecond: second}, by)
}

// ReverseEnding takes a signed list back whole. ending.ErrState, ending.ErrText.
func (f *Flow) ReverseEnding(ctx context.Context, tx *db.Tx, l ending.List, why string, by By, second string) error {
	n, err := ending.Reverse(ctx, tx, l, why, f.who(by, second))
	if err != nil {
		return err
	}
	if err := notice.Begin(ctx, tx, roundEnding, l.ID+" "+string(ending.Restored), f.Now().UnixMilli()); err != nil {
		return err
	}
	return f.writeEnding(ctx, tx, journal.EndingReversed, l, why, map[string]string{"people": strconv.Itoa(n), detailSecond: second}, by)
}

// liftEnded takes a void back by itself: a record that was sealed in time came (A41).
func (f *Flow) liftEnded(ctx context.Context, tx *db.Tx, application string) error {
	p, l, err := ending.Of(ctx, tx, application)
	if errors.Is(err, ending.ErrNotFound) || err == nil && p.Standing != ending.Void {
		return nil
	}
	if err != nil {
		return err
	}
	lifted, err := ending.Lift(ctx, tx, application, f.Now().UnixMilli())
	if err != nil || !lifted {
		return err
	}
	return f.writeEnded(ctx, tx, journal.EndingLifted, l, application, "", nil, Hub())
}

// standsVoid refuses what would make a void registration valid. ErrVoid.
func standsVoid(ctx context.Context, tx *db.Tx, application string) error {
	p, _, err := ending.Of(ctx, tx, application)
	switch {
	case errors.Is(err, ending.ErrNotFound):
		return nil
	case err == nil && p.Standing == ending.Void:
		return ErrVoid
	}
	return err
}

func (f *Flow) who(by By, second string) ending.Who {
	return ending.Who{By: by.Author.ID, Second: second, At: f.Now().UnixMilli()}
}

func (f *Flow) writeEnding(ctx context.Context, tx *db.Tx, act journal.Act, l ending.List, reason string, detail map[string]string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfEnding, ID: l.ID}, Campaign: l.Campaign, Division: l.Division, Reason: reason, Detail: detail})
}

// writeEnded is writeEnding about one person: in her place.
func (f *Flow) writeEnded(ctx context.Context, tx *db.Tx, act journal.Act, l ending.List, application, reason string, detail map[string]string, by By) error {
	p, err := ending.On(ctx, tx, l.ID, application)
	if err != nil {
		return err
	}
	all := map[string]string{"list": l.ID}
	for k, v := range detail {
		all[k] = v
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfApplication, ID: application}, Campaign: l.Campaign, Point: p.Point, Division: p.Division, Reason: reason, Detail: all})
}

// roundEnding tells a list; its reference is the list and the standing of whom it
// tells.
const roundEnding = "ending"

// endingShare gives the next ones of such a round.
func endingShare(ctx context.Context, tx *db.Tx, r notice.Round) (out []notice.Notice, after string, err error) {
	id, standing, _ := strings.Cut(r.Ref, " ")
	l, err := ending.Get(ctx, tx, id)
	if err != nil {
		return nil, "", fmt.Errorf("flow: tell: %w", err)
	}
	f := ending.Filter{List: id, Division: l.Division, Standing: ending.Standing(standing), After: r.After, Limit: tellAtOnce}
	kind := notice.EndListed
	switch f.Standing {
	case ending.Void:
		kind = notice.EndVoid
	case ending.Restored:
		kind = notice.EndRestored
	case ending.Off: // the list was dropped: who stood on it then
		kind, f.Standing = notice.EndOff, ending.Listed
	case ending.Objected:
		kind = notice.EndOff
	}
	all, err := ending.People(ctx, tx, f)
	for _, p := range all {
		n := notice.Notice{Application: p.Application, Kind: kind, Args: map[string]string{}, At: r.At}
		switch kind {
		case notice.EndListed:
			n.Args[detailDue] = ms(l.ObjectUntil)
			fallthrough
		case notice.EndVoid:
			n.Args["why"] = string(p.Why)
		}
		out = append(out, n)
	}
	if len(all) == tellAtOnce {
		after = all[len(all)-1].Application
	}
	return out, after, err
}
