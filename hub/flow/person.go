package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"zhunkao/hub/applicant"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/dossier"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/payment/unpaid"
	"zhunkao/hub/picture"
	"zhunkao/hub/review"
	"zhunkao/hub/site"
	"zhunkao/protocol/form"
)

// What a person may ask of what is kept about her (S38): a copy, a correction,
// erasure. Before she is confirmed she does all of it herself; after that an
// office does it for her, and tells her.

// Acts of the campaign's table by which an office does it.
const (
	ActCorrect = "unlock"      // corrects what is confirmed
	ActErase   = "destroy-key" // erases an application
)

// whose is the subject of an entry about a person: her application, or her
// account before there is one; her account is named too, to be told.
func whose(application, account string, more map[string]string) (journal.Subject, map[string]string) {
	if more == nil {
		more = map[string]string{}
	}
	if application != "" {
		return journal.Subject{Kind: journal.OfApplication, ID: application}, more
	}
	more[detailAccount] = account
	return journal.Subject{Kind: journal.OfAccount, ID: account}, more
}

// CopyData journals that a copy of all that is kept about a person is handed
// out, before its first byte is. Of an application the row says where it lies;
// without one it is that of the account.
func (f *Flow) CopyData(ctx context.Context, tx *db.Tx, row candidate.Row, account, format, reason string, by By) error {
	subject, detail := whose(row.ID, account, map[string]string{"format": format})
	return f.write(ctx, tx, by, journal.Entry{Act: journal.DataCopied, Subject: subject, Campaign: row.Campaign, Point: row.Point, Division: row.Division,
		Reason: reason, Detail: detail})
}

// AskForData keeps what a confirmed person asks for: a correction or erasure, of
// the county of her point. Errors: candidate.ErrNotFound, ErrUnconfirmed, those of
// dossier.Ask.
func (f *Flow) AskForData(ctx context.Context, tx *db.Tx, r dossier.Request, by By) (dossier.Request, error) {
	row, err := f.Candidates.Row(ctx, tx, r.Application)
	if err != nil {
		return r, fmt.Errorf("flow: ask: %w", err)
	}
	if row.State != candidate.Confirmed {
		return r, ErrUnconfirmed
	}
	r.Campaign, r.Division, r.Point, r.Asked = row.Campaign, row.Division, row.Point, f.Now().UnixMilli()
	if r, err = dossier.Ask(ctx, tx, f.Keys, r); err != nil {
		return r, err
	}
	act, detail := journal.CorrectionAsked, map[string]string{"request": r.ID}
	if r.Kind == dossier.Erasure {
		act = journal.ErasureAsked
	} else {
		detail["fields"] = r.Content.Field
	}
	return r, f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfApplication, ID: row.ID},
		Campaign: row.Campaign, Point: row.Point, Division: row.Division, Detail: detail})
}

// ErrUnconfirmed says that she need ask nobody: before she is confirmed she
// edits and erases herself.
var ErrUnconfirmed = errors.New("flow: the application is not confirmed")

// AnswerForData settles what a person asked for, in the office's words to her.
// Errors: those of dossier.Answer.
func (f *Flow) AnswerForData(ctx context.Context, tx *db.Tx, id string, to dossier.State, answer string, by By) error {
	r, err := dossier.Get(ctx, tx, f.Keys, id)
	if err != nil {
		return err
	}
	if err := dossier.Answer(ctx, tx, f.Keys, id, to, answer, by.Author.ID, f.Now().UnixMilli()); err != nil {
		return err
	}
	act := journal.CorrectionAnswered
	if r.Kind == dossier.Erasure {
		act = journal.ErasureAnswered
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfApplication, ID: r.Application},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Detail: map[string]string{"request": r.ID, "result": string(to)}})
}

// Correction is one field that an office sets right, in the version it looked at.
type Correction struct {
	Application string
	Version     uint32
	Field       string // key in the campaign's form
	Value       string // "" takes it away
	Reason      string
}

// ErrField says that this form has no such field, or none that is set right by hand.
var ErrField = errors.New("flow: no such field")

// Correct makes the next version of an application, as an office: also of one
// that is confirmed, where the caller has asked the table of acts (ActCorrect).
// The rules are those of everybody: what the value breaks is refused. Errors:
// ErrReason, ErrField, *FindingsError, candidate.ErrNotFound,
// candidate.ErrConflict, candidate.ErrTaken.
func (f *Flow) Correct(ctx context.Context, tx *db.Tx, c Correction, by By) error {
	if c.Reason == "" {
		return ErrReason
	}
	found, err := f.Candidates.Get(ctx, tx, c.Application)
	if err != nil {
		return fmt.Errorf("flow: correct: %w", err)
	}
	if found.Version != c.Version || found.State == candidate.Withdrawn {
		return candidate.ErrConflict
	}
	r, err := f.Rules(ctx, tx, found.Campaign)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(r.Campaign.Form.Correctable(), func(x form.Field) bool { return x.Key == c.Field }) {
		return ErrField
	}
	app := found.Application.Clone()
	if app.Fields[c.Field] = c.Value; c.Value == "" {
		delete(app.Fields, c.Field)
	}
	p, err := org.GetPoint(ctx, tx, app.Point)
	if err != nil {
		return fmt.Errorf("flow: correct: %w", err)
	}
	place := campaign.PlaceOf(p)
	was := r.Checker.Check(found.Application, place, f.Now()).Findings
	now := slices.DeleteFunc(r.Checker.Check(app, place, f.Now()).Findings, func(x form.Finding) bool {
		return slices.ContainsFunc(was, func(y form.Finding) bool { return x.Field == y.Field && x.Code == y.Code })
	})
	if len(now) > 0 {
		return &FindingsError{Findings: now}
	}
	app.Version = found.Version + 1
	if err := f.Register(ctx, tx, app, candidate.FromOffice, by); err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.DataCorrected, Subject: journal.Subject{Kind: journal.OfApplication, ID: app.ID},
		Campaign: found.Campaign, Point: found.Point, Division: found.Division, Reason: c.Reason,
		Detail: map[string]string{"fields": c.Field, "version": strconv.FormatUint(uint64(app.Version), 10)}})
}

// Erasing says what is to be erased.
type Erasing struct {
	Account     string // her account at the portal; "" if she has none
	Campaign    string
	Application string // "" when she has submitted none
	WithAccount bool   // the account ends too
	Office      bool   // an office erases, also what is confirmed: the caller has asked the table of acts (ActErase)
	Reason      string // of the office
}

// Erase removes all that is kept of a person in a campaign: at once, for good,
// and so that boxes forget it too. The journal keeps ids. Before she is confirmed
// it is hers to do; after that an office's. Errors: ErrConfirmed, ErrReason,
// candidate.ErrNotFound.
func (f *Flow) Erase(ctx context.Context, tx *db.Tx, e Erasing, by By) error {
	var row candidate.Row
	detail := map[string]string{}
	if e.Office && e.Reason == "" {
		return ErrReason
	}
	if e.Application != "" {
		found, err := f.Candidates.Get(ctx, tx, e.Application)
		if err != nil {
			return fmt.Errorf("flow: erase: %w", err)
		}
		if row = found.Row; row.State == candidate.Confirmed && !e.Office {
			return ErrConfirmed
		}
		if err := f.eraseApplication(ctx, tx, found, e.Office, detail, by); err != nil {
			return err
		}
	}
	if err := f.eraseFilled(ctx, tx, e.Account, e.Campaign); err != nil {
		return err
	}
	subject := journal.Subject{Kind: journal.OfApplication, ID: e.Application}
	if e.Application == "" {
		subject = journal.Subject{Kind: journal.OfAccount, ID: e.Account}
	}
	if e.Account != "" && !e.WithAccount {
		detail[detailAccount] = e.Account // she is told there
	}
	if err := f.write(ctx, tx, by, journal.Entry{Act: journal.DataErased, Subject: subject, Campaign: e.Campaign, Point: row.Point, Division: row.Division,
		Reason: e.Reason, Detail: detail}); err != nil {
		return err
	}
	if !e.WithAccount || e.Account == "" {
		return nil
	}
	return f.eraseAccount(ctx, tx, e.Account, by)
}

// eraseApplication takes back what counts and then removes it. The entries that
// take it back tell counters and boxes; the messages they make go with the rest.
func (f *Flow) eraseApplication(ctx context.Context, tx *db.Tx, found candidate.Found, office bool, detail map[string]string, by By) error {
	id := found.ID
	records, err := confirmation.Erase(ctx, tx, id)
	if err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	if len(records) > 0 && !office {
		return ErrConfirmed // one stands in doubt: it is an office's to judge
	}
	if err := review.Erase(ctx, tx, id); err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	if err := errors.Join(unpaid.Erase(ctx, tx, id), ending.Erase(ctx, tx, id), site.Erase(ctx, tx, id)); err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	level := found.Application.First().Level
	for _, r := range records {
		if err := f.write(ctx, tx, by, journal.Entry{Act: journal.ConfirmationVoided, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
			Campaign: r.Campaign, Point: r.Point, Division: r.Division,
			Detail: map[string]string{detailApplication: id, journal.DetailStood: string(r.State), journal.DetailLevel: level}}); err != nil {
			return err
		}
	}
	if found.State != candidate.Withdrawn {
		if err := f.write(ctx, tx, by, journal.Entry{Act: journal.ApplicationWithdrawn, Subject: journal.Subject{Kind: journal.OfApplication, ID: id},
			Campaign: found.Campaign, Point: found.Point, Division: found.Division, Detail: map[string]string{journal.DetailLevel: level}}); err != nil {
			return err
		}
	}
	var mark []byte
	if f.Mark != nil && !found.Apart { // of one that stands apart boxes have no mark: it is somebody else's
		mark = f.Mark(found.Campaign, found.Application.Number())
	}
	versions, err := f.Candidates.Erase(ctx, tx, id, mark)
	if err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	detail["versions"], detail["confirmations"] = strconv.FormatInt(versions, 10), strconv.Itoa(len(records))
	if err := applicant.Unbind(ctx, tx, id); err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	if f.Tickets != nil {
		if err := f.Tickets.Forget(id); err != nil {
			return fmt.Errorf("flow: erase: %w", err)
		}
	}
	if err := dossier.Forget(ctx, tx, id, ""); err != nil {
		return err
	}
	return notice.Forget(ctx, tx, id, "")
}

// eraseFilled removes what an account has filled in, agreed to and uploaded.
func (f *Flow) eraseFilled(ctx context.Context, tx *db.Tx, account, id string) error {
	if account == "" {
		return nil
	}
	if err := f.Drafts().Delete(ctx, tx, account, id); err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	if err := f.Consents().Delete(ctx, tx, account, id); err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	all, err := picture.List(ctx, tx, account, id)
	if err != nil {
		return fmt.Errorf("flow: erase: %w", err)
	}
	for _, p := range all {
		if err := picture.Remove(ctx, tx, account, p.ID); err != nil {
			return fmt.Errorf("flow: erase: %w", err)
		}
	}
	return nil
}

// eraseAccount ends an account: nobody can sign in to it any more.
func (f *Flow) eraseAccount(ctx context.Context, tx *db.Tx, account string, by By) error {
	if f.Outbox != nil && f.PhoneOf != nil {
		phone, err := f.PhoneOf(ctx, tx, account)
		if err != nil {
			return fmt.Errorf("flow: erase: %w", err)
		}
		if phone != "" {
			if err := f.Outbox.ForgetPhone(ctx, tx, phone); err != nil {
				return err
			}
		}
	}
	for _, forget := range []func() error{
		func() error { return applicant.Remove(ctx, tx, account) },
		func() error { return picture.Forget(ctx, tx, account) },
		func() error { return notice.Forget(ctx, tx, "", account) },
		func() error { return dossier.Forget(ctx, tx, "", account) },
	} {
		if err := forget(); err != nil {
			return fmt.Errorf("flow: erase: %w", err)
		}
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.ApplicantRemoved, Subject: journal.Subject{Kind: journal.OfAccount, ID: account}})
}
