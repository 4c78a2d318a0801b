package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	rules "zhunkao/protocol/campaign"
)

// ErrNoCards says that candidates of this campaign make accounts themselves.
var ErrNoCards = errors.New("flow: this campaign has no sign-in cards")

// ErrNoSequence says that an application has no sequence number to stand on a
// card.
var ErrNoSequence = errors.New("flow: the application has no sequence number")

// Card is what stands on one sign-in card (paper 12).
type Card struct {
	Found    candidate.Found
	Sequence string
	Password string
	Until    time.Time // real time: from then on the password opens nothing
}

// MakeCard gives the person of an application a sign-in card, the first or
// another one for one that was lost (B12). p comes of applicant.Desk.DrawCard.
// ErrNoCards, ErrNoSequence, candidate.ErrNotFound.
func (f *Flow) MakeCard(ctx context.Context, tx *db.Tx, desk *applicant.Desk, application string, p applicant.Drawn, reason string, by By) (Card, error) {
	found, camp, err := f.withRules(ctx, tx, application)
	if err != nil {
		return Card{}, fmt.Errorf("flow: card: %w", err)
	}
	switch {
	case !camp.Portal.ByCard():
		return Card{}, ErrNoCards
	case found.Application.SequenceNumber == "":
		return Card{}, ErrNoSequence
	}
	c := Card{Found: found, Sequence: found.Application.SequenceNumber, Password: p.Password, Until: time.Now().AddDate(0, 0, camp.Portal.CardDays)}
	a, err := desk.Card(ctx, tx, applicant.Whose{Campaign: found.Campaign, Application: found.ID}, c.Sequence, p, c.Until)
	if err != nil {
		return Card{}, fmt.Errorf("flow: card: %w", err)
	}
	return c, f.paper(ctx, tx, found, journal.ApplicantCard, a, c.Until, 0, reason, by)
}

// Slip is what stands on one slip with a password that is good once.
type Slip struct {
	Found    candidate.Found
	Number   int64
	Login    string
	Password string
	Until    time.Time // real time
}

// MakeSlip lets somebody in again who has lost password and telephone: staff
// have seen her identity card (S38). What she had before opens nothing any more.
// ErrReason, candidate.ErrNotFound.
func (f *Flow) MakeSlip(ctx context.Context, tx *db.Tx, desk *applicant.Desk, application string, p applicant.Drawn, reason string, by By) (Slip, error) {
	if reason == "" {
		return Slip{}, ErrReason
	}
	found, camp, err := f.withRules(ctx, tx, application)
	if err != nil {
		return Slip{}, fmt.Errorf("flow: slip: %w", err)
	}
	s := Slip{Found: found, Password: p.Password, Until: time.Now().AddDate(0, 0, camp.Portal.SlipLife())}
	a, number, err := desk.Slip(ctx, tx, applicant.Whose{Campaign: found.Campaign, Application: found.ID}, p, s.Until)
	if err != nil {
		return Slip{}, fmt.Errorf("flow: slip: %w", err)
	}
	s.Login, s.Number = a.Login, number
	return s, f.paper(ctx, tx, found, journal.ApplicantSlip, a, s.Until, number, reason, by)
}

func (f *Flow) withRules(ctx context.Context, tx *db.Tx, application string) (candidate.Found, rules.Campaign, error) {
	found, err := f.Candidates.Get(ctx, tx, application)
	if err != nil {
		return found, rules.Campaign{}, err
	}
	v, err := campaign.Latest(ctx, tx, found.Campaign)
	if err != nil {
		return found, rules.Campaign{}, err
	}
	camp, err := v.Decode()
	return found, camp, err
}

func (f *Flow) paper(ctx context.Context, tx *db.Tx, found candidate.Found, act journal.Act, a applicant.Account, until time.Time, slip int64, reason string, by By) error {
	detail := map[string]string{detailAccount: a.ID, "until": until.UTC().Format(time.DateOnly)}
	if slip != 0 {
		detail["slip"] = strconv.FormatInt(slip, 10)
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfApplication, ID: found.ID},
		Campaign: found.Campaign, Point: found.Point, Division: found.Division, Reason: reason, Detail: detail})
}
