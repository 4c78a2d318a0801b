package flow

import (
	"context"
	"fmt"
	"slices"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/review"
	"zhunkao/protocol/form"
)

// joined settles a case of an application that stands apart in favour of one of its
// records: the office says that it is the person whose number it is, whose name or
// birthday was written otherwise. Her records go over to the application that is found
// by the number. If she is confirmed there too, both stand beside each other from now,
// and the office decides which counts, as of everybody who was confirmed twice: one
// word is not two. If nobody holds the number any more, it is hers.
func (f *Flow) joined(ctx context.Context, tx *db.Tx, c confirmation.Case, changes []confirmation.Change, reason, ruling string, by By) error {
	kept := changes[len(changes)-1]
	for _, ch := range changes[:len(changes)-1] {
		if err := f.change(ctx, tx, ch, reason, map[string]string{"ruling": ruling}, c, by); err != nil {
			return err
		}
	}
	if c.Beside.Application == "" {
		if err := f.Candidates.Reclaim(ctx, tx, c.Application); err != nil {
			return fmt.Errorf("flow: joined: %w", err)
		}
		return f.change(ctx, tx, kept, reason, map[string]string{"ruling": ruling, "outcome": outcomeKept}, c, by)
	}
	priors, err := f.standingOf(ctx, tx, c.Beside.Application)
	if err != nil {
		return err
	}
	if err := f.join(ctx, tx, c, by); err != nil {
		return err
	}
	if kept.Record.Application = c.Beside.Application; len(priors) == 0 {
		return f.change(ctx, tx, kept, reason, map[string]string{"ruling": ruling, "outcome": outcomeKept}, c, by)
	}
	return f.comesBeside(ctx, tx, kept.Record, priors, reason, ruling, by)
}

func (f *Flow) standingOf(ctx context.Context, tx *db.Tx, application string) ([]confirmation.Record, error) {
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: application, Limit: 500})
	if err != nil {
		return nil, fmt.Errorf("flow: joined: %w", err)
	}
	return confirmation.CaseOf(all).Sides, nil
}

// join brings everything of an application that stands apart over to the one whose
// number it is, and takes it back.
func (f *Flow) join(ctx context.Context, tx *db.Tx, c confirmation.Case, by By) error {
	apart, err := f.Candidates.Get(ctx, tx, c.Application)
	if err != nil {
		return fmt.Errorf("flow: joined: %w", err)
	}
	holder, err := f.Candidates.Get(ctx, tx, c.Beside.Application)
	if err != nil {
		return fmt.Errorf("flow: joined: %w", err)
	}
	rules, err := f.Rules(ctx, tx, holder.Campaign)
	if err != nil {
		return fmt.Errorf("flow: joined: %w", err)
	}
	as := func(app form.Application) form.Application {
		return StandsAs(app, holder.Application, &rules.Campaign.Form)
	}
	if err := confirmation.Join(ctx, tx, f.Keys, apart.ID, holder.ID, as); err != nil {
		return err
	}
	if err := review.Join(ctx, tx, apart.ID, holder.ID); err != nil {
		return err
	}
	if err := f.Candidates.Meet(ctx, tx, apart.ID, holder.ID); err != nil {
		return err
	}
	return f.withdrawApart(ctx, tx, apart, map[string]string{"with": holder.ID}, by)
}

// StandsAs is what somebody signed in an application that stands here under another
// id: what only offices fill in is as it stands.
func StandsAs(signed, stands form.Application, d *form.Definition) form.Application {
	app := signed.Clone()
	app.ID, app.SequenceNumber = stands.ID, stands.SequenceNumber
	for _, field := range d.Fields {
		if field.ByCandidate() {
			continue
		}
		if v := stands.Get(field.Key); v != "" {
			app.Fields[field.Key] = v
		} else {
			delete(app.Fields, field.Key)
		}
	}
	return app
}

// comesBeside puts a record that has come over beside those that stand there.
func (f *Flow) comesBeside(ctx context.Context, tx *db.Tx, r confirmation.Record, priors []confirmation.Record, reason, ruling string, by By) error {
	note := confirmation.NoteTwice
	if slices.ContainsFunc(priors, func(p confirmation.Record) bool { return p.Point != r.Point }) {
		note = confirmation.NoteTwiceOther
	}
	for _, p := range priors {
		if p.State == confirmation.Disputed {
			continue
		}
		if err := f.dispute(ctx, tx, p.ID, r); err != nil {
			return err
		}
	}
	if err := confirmation.SetState(ctx, tx, r.ID, r.State, confirmation.Disputed, note); err != nil {
		return err
	}
	detail := map[string]string{detailApplication: r.Application, "ruling": ruling, journal.DetailStood: string(r.State), journal.DetailState: string(confirmation.Disputed)}
	if err := f.write(ctx, tx, by, journal.Entry{Act: journal.ConfirmationDecided, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Reason: reason, Detail: detail}); err != nil {
		return err
	}
	e := f.disputed(r, note, map[string]string{detailApplication: r.Application})
	if err := journal.Write(ctx, tx, e); err != nil {
		return fmt.Errorf("flow: joined: %w", err)
	}
	return f.tell(ctx, tx, e)
}

// withdrawApart takes an application back that stands apart; counters hear of it.
func (f *Flow) withdrawApart(ctx context.Context, tx *db.Tx, apart candidate.Found, detail map[string]string, by By) error {
	if _, err := f.Candidates.Unconfirm(ctx, tx, apart.ID); err != nil {
		return fmt.Errorf("flow: apart: %w", err)
	}
	if _, err := f.Candidates.Withdraw(ctx, tx, apart.ID); err != nil {
		return fmt.Errorf("flow: apart: %w", err)
	}
	detail[journal.DetailLevel], detail["version"] = apart.Application.First().Level, fmt.Sprint(apart.Version)
	return f.write(ctx, tx, by, journal.Entry{Act: journal.ApplicationWithdrawn, Subject: journal.Subject{Kind: journal.OfApplication, ID: apart.ID},
		Campaign: apart.Campaign, Point: apart.Point, Division: apart.Division, Detail: detail})
}
