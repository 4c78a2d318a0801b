package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/notice"
	"zhunkao/hub/org"
	"zhunkao/hub/ticket"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Flow takes the steps. It holds what the steps need and no state of its own.
type Flow struct {
	Candidates *candidate.Store
	Fleet      *fleet.Fleet
	Keys       *keys.Ring       // seal the forms of approvals; nil where none are submitted
	Now        func() time.Time // the hub's civil clock

	// What erasure reaches beyond the database: how boxes know a number of a
	// campaign, the texts for a telephone, and tickets made before their hour. nil
	// leaves them out.
	Mark    func(campaign string, n identity.Number) []byte
	Outbox  *notice.Outbox
	PhoneOf func(ctx context.Context, tx *db.Tx, account string) (identity.Phone, error)
	Tickets *ticket.Made
}

// By says who takes a step, and from where.
type By struct {
	Author journal.Author
	Source string // network address or box id; "" inside the hub
}

// Hub is the program itself.
func Hub() By { return By{Author: journal.Author{Kind: journal.ByHub, ID: "hub"}} }

// Box is the box with this id.
func Box(id string) By {
	return By{Author: journal.Author{Kind: journal.ByBox, ID: id}, Source: id}
}

// Operator is whoever sits at the machine.
func Operator() By {
	return By{Author: journal.Author{Kind: journal.ByOperator, ID: "operator"}, Source: "hubctl"}
}

// write puts an entry for the step into its transaction, and tells whom it
// concerns.
func (f *Flow) write(ctx context.Context, tx *db.Tx, by By, e journal.Entry) error {
	e = f.entry(by, e)
	if err := journal.Write(ctx, tx, e); err != nil {
		return fmt.Errorf("flow: %s: %w", e.Act, err)
	}
	return f.tell(ctx, tx, e)
}

// entry says who did it, from where and when.
func (f *Flow) entry(by By, e journal.Entry) journal.Entry {
	e.At, e.Author, e.Source = f.Now(), by.Author, by.Source
	return e
}

// Register takes a new application, or the next version of one: app.Version is
// 1, or one above the newest. Errors: candidate.ErrTaken, candidate.ErrConflict,
// org.ErrNotFound when the point does not exist.
func (f *Flow) Register(ctx context.Context, tx *db.Tx, app form.Application, origin string, by By) error {
	p, err := org.GetPoint(ctx, tx, app.Point)
	if err != nil {
		return fmt.Errorf("flow: register: %w", err)
	}
	var old candidate.Found
	if app.Version > 1 {
		if old, err = f.Candidates.Get(ctx, tx, app.ID); err != nil {
			return fmt.Errorf("flow: edit: %w", err)
		}
	}
	return f.registerAt(ctx, tx, app, p, old, candidate.Saving{Origin: origin}, by)
}

// registerAt is Register with what was read of it in this transaction: its point,
// and of a later version what stood before.
func (f *Flow) registerAt(ctx context.Context, tx *db.Tx, app form.Application, p org.Point, old candidate.Found, how candidate.Saving, by By) error {
	act, detail := journal.ApplicationRegistered, map[string]string{"version": fmt.Sprint(app.Version), journal.DetailLevel: app.First().Level}
	if app.Version > 1 {
		switch {
		case old.State == candidate.Withdrawn: // it is counted anew
		case old.Point != app.Point:
			act = journal.ApplicationMoved
		default:
			act = journal.ApplicationEdited
		}
		if old.State != candidate.Withdrawn {
			moved(detail, old.Point, app.Point, old.Application.First().Level)
		}
	}
	how.Author, how.Division, how.Over = by.Author, p.Division, old.Row
	if err := f.Candidates.Save(ctx, tx, app, how); err != nil {
		return fmt.Errorf("flow: register: %w", err)
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfApplication, ID: app.ID},
		Campaign: app.Campaign, Point: p.Code, Division: p.Division, Detail: detail})
}

// moved notes in an entry's details where an application was counted before it:
// the level is in there already.
func moved(detail map[string]string, from, to, level string) {
	if from != to {
		detail[journal.DetailFrom] = from
	}
	if level != detail[journal.DetailLevel] {
		detail[journal.DetailFromLevel] = level
	}
}

// ErrUnsigned says that a campaign has a version in force, and another one
// comes into force only by Draft, Rehearse and Sign.
var ErrUnsigned = errors.New("flow: a later version must be drafted, rehearsed and signed")

// Publish puts the first version of a campaign in force, when there is nobody
// whom it could hurt. Errors: ErrUnsigned, campaign.ErrVersion, and what the
// rules say of a bundle that cannot be read.
func (f *Flow) Publish(ctx context.Context, tx *db.Tx, bundle []byte, by By) (campaign.Version, error) {
	v, err := f.publish(ctx, tx, bundle, nil, by)
	if err != nil {
		return campaign.Version{}, err
	}
	if all, err := campaign.List(ctx, tx); err != nil {
		return campaign.Version{}, err
	} else if slices.ContainsFunc(all, func(o campaign.Version) bool { return o.Campaign == v.Campaign && o.Version != v.Version }) {
		return campaign.Version{}, ErrUnsigned // the transaction ends, and with it what was written
	}
	return v, nil
}

func (f *Flow) publish(ctx context.Context, tx *db.Tx, bundle []byte, more map[string]string, by By) (campaign.Version, error) {
	id, err := rules.Decode(bundle)
	if err != nil {
		return campaign.Version{}, fmt.Errorf("flow: publish: %w", err)
	}
	old, err := campaign.Latest(ctx, tx, id.ID)
	if err != nil && !errors.Is(err, campaign.ErrNotFound) {
		return campaign.Version{}, err
	}
	v, err := campaign.Publish(ctx, tx, bundle, by.Author.ID, f.Now().UnixMilli())
	if err != nil {
		return campaign.Version{}, fmt.Errorf("flow: publish: %w", err)
	}
	if err := f.tellRules(ctx, tx, old, v, more["rehearsal"]); err != nil {
		return campaign.Version{}, err
	}
	return v, f.writeCampaign(ctx, tx, journal.CampaignPublished, campaign.Draft{Campaign: v.Campaign, Version: v.Version, Digest: v.Digest}, "", more, by)
}

// CreatePoint opens a point. Errors: org.ErrTaken, org.ErrPoint.
func (f *Flow) CreatePoint(ctx context.Context, tx *db.Tx, p org.Point, by By) error {
	if err := org.CreatePoint(ctx, tx, p); err != nil {
		return fmt.Errorf("flow: create point: %w", err)
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.PointCreated,
		Subject: journal.Subject{Kind: journal.OfPoint, ID: p.Code}, Point: p.Code, Division: p.Division})
}

// Note journals an act of the hub itself, such as its start.
func (f *Flow) Note(ctx context.Context, tx *db.Tx, act journal.Act) error {
	return f.write(ctx, tx, Hub(), journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfHub, ID: "hub"}})
}

// View journals that somebody looked at the personal data of a confirmation
// (S31), in the transaction that reads it.
func (f *Flow) View(ctx context.Context, tx *db.Tx, r confirmation.Record, what string, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RecordViewed,
		Subject:  journal.Subject{Kind: journal.OfConfirmation, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Detail: map[string]string{"what": what}})
}

// place finds the division of a point for a journal entry; a point that is not
// known any more must not stop a step.
func place(ctx context.Context, tx *db.Tx, point string) (string, error) {
	p, err := org.GetPoint(ctx, tx, point)
	if errors.Is(err, org.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("flow: %w", err)
	}
	return p.Division, nil
}
