package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"zhunkao/hub/applicant"
	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// ErrPledgeName says that the pledge is signed with another name than the
// application has: she signs again.
var ErrPledgeName = errors.New("flow: the pledge bears another name")

// WindowError says that it is not her time to submit.
type WindowError struct{ Verdict window.Verdict }

// Error names the reason.
func (e *WindowError) Error() string {
	return "flow: registration is closed: " + string(e.Verdict.Reason)
}

// FindingsError says what must be mended before she can submit.
type FindingsError struct{ Findings []form.Finding }

// Error counts them and names the first.
func (e *FindingsError) Error() string {
	return fmt.Sprintf("flow: %d findings, first %s", len(e.Findings), e.Findings[0])
}

// ConsentError says what she must be told and agree to before she can submit.
type ConsentError struct{ Missing []consent.Kind }

// Error names the kinds.
func (e *ConsentError) Error() string { return fmt.Sprintf("flow: not agreed to: %v", e.Missing) }

// Applying is one wish to submit a draft.
type Applying struct {
	Account  string
	Campaign string
	Revision uint32 // of the draft, as she has looked it through
	Rules    *Rules // what is in force as far as the caller knows; nil is read here
}

// Applied is what came of it.
type Applied struct {
	Application string
	Version     uint32
	Again       bool // this revision was submitted before; nothing was done
	Anew        bool // it had been withdrawn
}

// Readiness is what stands between a draft and its submission.
type Readiness struct {
	Application form.Application // as it would be submitted, without id and version
	Point       org.Point        // chosen; zero if none, or one that is not there
	Verdict     window.Verdict
	Assessment  rules.Assessment // with what is said of the point
	Missing     []consent.Kind
	OtherName   bool // the pledge bears another name
}

// Refusal is why it may not be submitted; nil if it may.
func (j Readiness) Refusal() error {
	switch unknown := undecided(j.Verdict.Reason); {
	case !j.Verdict.Accepts() && (!unknown || j.Assessment.Valid()):
		return &WindowError{Verdict: j.Verdict}
	case !j.Assessment.Valid():
		return &FindingsError{Findings: j.Assessment.Findings}
	case len(j.Missing) > 0:
		return &ConsentError{Missing: j.Missing}
	case j.OtherName:
		return ErrPledgeName
	}
	return nil
}

// undecided reasons only say that something is not filled in yet.
func undecided(r window.Reason) bool {
	switch r {
	case window.DivisionUnknown, window.PointUnknown, window.LevelUnknown, window.CategoryUnknown, window.HouseholdUnknown, window.DigitUnknown:
		return true
	}
	return false
}

// Ready holds what she has filled in against window, rules, and what she has
// agreed to. The page that shows it and Apply ask the same.
func (f *Flow) Ready(ctx context.Context, tx *db.Tx, h Her, r *Rules) (Readiness, error) {
	app, _ := h.Working()
	j := Readiness{Application: hers(r.Campaign, app, h)}
	at := rules.Place{}
	var pointless *form.Finding
	switch p, err := org.GetPoint(ctx, tx, j.Application.Point); {
	case errors.Is(err, org.ErrNotFound):
		pointless = &form.Finding{Field: form.OnPoint, Code: form.Missing, Fix: "请选择报名确认点。", FixEn: "choose a confirmation point"}
	case err != nil:
		return Readiness{}, fmt.Errorf("flow: judge: %w", err)
	case !p.Open:
		pointless = &form.Finding{Field: form.OnPoint, Code: PointShut, Fix: "所选报名确认点已停用，请改选。", FixEn: "this point is not in use any more: choose another"}
		fallthrough
	default:
		j.Point, at = p, campaign.PlaceOf(p)
	}
	now := f.Now()
	j.Verdict = r.Campaign.Judge(window.Register, j.Application, j.Point.Division, window.At(now))
	j.Assessment = r.Checker.Check(j.Application, at, now)
	if pointless != nil {
		j.Assessment.Findings = append(j.Assessment.Findings, *pointless)
	}
	j.Missing = consent.Missing(r.Campaign, j.Application, h.Consents, now)
	name := identity.NormalizeName(string(j.Application.Name()))
	j.OtherName = name != "" && h.Consents[consent.Pledge].Name != "" && !identity.SameName(name, h.Consents[consent.Pledge].Name)
	return j, nil
}

// PointShut is the code of a finding: the chosen point is not in use any more.
const PointShut = "point-shut"

// hers keeps of what is filled in only what she fills in herself; all else
// stays as it stands, whatever came in (S11).
func hers(c rules.Campaign, app form.Application, h Her) form.Application {
	app = app.Clone()
	app.ID, app.SequenceNumber, app.Version = "", "", 0
	app.Campaign, app.CampaignVersion = c.ID, c.Version
	var stands form.Fields
	if h.Exists {
		app.ID, app.SequenceNumber, stands = h.Found.ID, h.Found.Application.SequenceNumber, h.Found.Application.Fields
	}
	for i := range c.Form.Fields {
		f := &c.Form.Fields[i]
		if f.ByCandidate() {
			if app.Fields[f.Key] == "" {
				delete(app.Fields, f.Key)
			}
			continue
		}
		delete(app.Fields, f.Key)
		if v := stands[f.Key]; v != "" {
			app.Fields[f.Key] = v
		}
	}
	return app
}

// Apply submits a draft: as a new application, or as the next version of hers
// until she is confirmed and never after (demands A31, A34). It is one
// transaction with all that it asks. The same revision again is answered with
// the first result. Errors: ErrConfirmed, ErrUnpledged, *draft.Conflict,
// candidate.ErrConflict when an office made another version meanwhile,
// *WindowError, *FindingsError, *ConsentError, ErrPledgeName, candidate.ErrTaken
// when the number is registered by somebody else.
func (f *Flow) Apply(ctx context.Context, tx *db.Tx, a Applying, by By) (Applied, error) {
	question, newest := campaign.AskingNewest(a.Campaign)
	h, err := f.Her(ctx, tx, a.Account, a.Campaign, question)
	if err != nil {
		return Applied{}, err
	}
	switch d := h.Draft; {
	case d.Revision == 0 || d.PledgedAt == 0:
		return Applied{}, ErrUnpledged
	case a.Revision != 0 && a.Revision == d.LastRevision && h.Exists && h.Found.State != candidate.Withdrawn:
		return Applied{Application: h.Found.ID, Version: d.LastVersion, Again: true}, nil
	case h.Confirmed():
		return Applied{}, ErrConfirmed
	case a.Revision != d.Revision:
		return Applied{}, fmt.Errorf("flow: apply: %w", &draft.Conflict{Now: d})
	case h.Stale():
		return Applied{}, candidate.ErrConflict
	}
	r, err := f.newest(ctx, tx, a.Campaign, a.Rules, *newest)
	if err != nil {
		return Applied{}, err
	}
	j, err := f.Ready(ctx, tx, h, r)
	if err != nil {
		return Applied{}, err
	}
	if err := j.Refusal(); err != nil {
		return Applied{}, err
	}
	return f.submit(ctx, tx, a, h, j, by)
}

func (f *Flow) submit(ctx context.Context, tx *db.Tx, a Applying, h Her, j Readiness, by By) (Applied, error) {
	app := j.Application
	app.Version = 1
	if h.Exists {
		app.Version = h.Found.Version + 1
	} else {
		app.ID = candidate.NewID()
	}
	if by.Author.Kind == journal.ByCandidate {
		by.Author.ID = app.ID
	}
	if err := f.registerAt(ctx, tx, app, j.Point, h.Found, candidate.Saving{Origin: candidate.FromPortal}, by); err != nil {
		return Applied{}, err
	}
	if !h.Exists {
		if err := applicant.Bind(ctx, tx, a.Account, a.Campaign, app.ID); err != nil {
			return Applied{}, fmt.Errorf("flow: apply: %w", err)
		}
	}
	if err := f.Drafts().Submit(ctx, tx, a.Account, a.Campaign, a.Revision, app.Version); err != nil {
		return Applied{}, fmt.Errorf("flow: apply: %w", err)
	}
	return Applied{Application: app.ID, Version: app.Version, Anew: h.Exists && h.Found.State == candidate.Withdrawn}, nil
}

// TakeBack takes her application back before it is confirmed. What she filled in
// stays with her account, and she may submit it again while it is her time; the
// number is free for another account. Withdrawn before, nothing is done. Errors:
// candidate.ErrNotFound, ErrConfirmed.
func (f *Flow) TakeBack(ctx context.Context, tx *db.Tx, account, id string, by By) error {
	h, err := f.Her(ctx, tx, account, id)
	if err != nil {
		return fmt.Errorf("flow: take back: %w", err)
	}
	found := h.Found
	switch {
	case !h.Exists:
		return candidate.ErrNotFound
	case found.State == candidate.Withdrawn:
		return nil
	case h.Confirmed():
		return ErrConfirmed
	}
	done, err := f.Candidates.Withdraw(ctx, tx, found.ID)
	if err != nil {
		return fmt.Errorf("flow: take back: %w", err)
	}
	if !done {
		return ErrConfirmed // in the same moment
	}
	// A submission that was sent before and comes late must not undo this.
	if d := h.Draft; d.Revision != 0 {
		d.Application, d.StartedFrom = h.Working()
		if _, err := f.Drafts().Renew(ctx, tx, d); err != nil {
			return fmt.Errorf("flow: take back: %w", err)
		}
	}
	application := found.ID
	if by.Author.Kind == journal.ByCandidate {
		by.Author.ID = application
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.ApplicationWithdrawn, Subject: journal.Subject{Kind: journal.OfApplication, ID: application},
		Campaign: id, Point: found.Point, Division: found.Division,
		Detail: map[string]string{journal.DetailLevel: found.Application.First().Level, "version": strconv.FormatUint(uint64(found.Version), 10)}})
}

// Candidate is somebody at the portal; before she has an application she is
// known by her account.
func Candidate(application, account, source string) By {
	id := application
	if id == "" {
		id = account
	}
	return By{Author: journal.Author{Kind: journal.ByCandidate, ID: id}, Source: source}
}
