package flow

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// ErrReason says that a step needs a reason and was given none.
var ErrReason = errors.New("flow: this step needs a reason")

// IssueTicket makes a one-time code with which a box can enrol at a point; box
// is empty, or names one that enrols again. The code is returned once and kept
// nowhere. Errors: org.ErrNotFound, fleet.ErrNotFound.
func (f *Flow) IssueTicket(ctx context.Context, tx *db.Tx, point, box string, by By) (string, fleet.Ticket, error) {
	if box != "" {
		b, err := fleet.Get(ctx, tx, box)
		if err != nil {
			return "", fleet.Ticket{}, err
		}
		point = b.Point
	}
	p, err := org.GetPoint(ctx, tx, point)
	if err != nil {
		return "", fleet.Ticket{}, fmt.Errorf("flow: issue ticket: %w", err)
	}
	code, t, err := f.Fleet.Issue(ctx, tx, point, box, by.Author.ID)
	if err != nil {
		return "", fleet.Ticket{}, err
	}
	return code, t, f.write(ctx, tx, by, journal.Entry{Act: journal.TicketIssued,
		Subject: journal.Subject{Kind: journal.OfPoint, ID: point}, Point: point, Division: p.Division,
		Detail: map[string]string{"box": box}})
}

// Enrol uses up a code and gives a box its identity. Errors: fleet.ErrCode.
func (f *Flow) Enrol(ctx context.Context, tx *db.Tx, r fleet.Request, source string) (fleet.Box, error) {
	b, fresh, err := f.Fleet.Enrol(ctx, tx, r)
	if err != nil || !fresh {
		return b, err
	}
	division, err := place(ctx, tx, b.Point)
	if err != nil {
		return fleet.Box{}, err
	}
	by := By{Author: journal.Author{Kind: journal.ByBox, ID: b.ID}, Source: source}
	return b, f.write(ctx, tx, by, journal.Entry{Act: journal.BoxEnrolled,
		Subject: journal.Subject{Kind: journal.OfBox, ID: b.ID}, Point: b.Point, Division: division,
		Detail: map[string]string{"epoch": fmt.Sprint(b.Epoch), "unit": fmt.Sprint(b.Unit), "keystore": b.KeyStore}})
}

// Freeze lets a box drain and nothing else. Errors: fleet.ErrNotFound,
// fleet.ErrState, ErrReason.
func (f *Flow) Freeze(ctx context.Context, tx *db.Tx, id, reason string, by By) error {
	return f.setState(ctx, tx, id, fleet.Frozen, journal.BoxFrozen, reason, by)
}

// Release lets a frozen box work again.
func (f *Flow) Release(ctx context.Context, tx *db.Tx, id, reason string, by By) error {
	return f.setState(ctx, tx, id, fleet.Active, journal.BoxReleased, reason, by)
}

// Revoke shuts a box out; the fleet then cuts its session (S20).
func (f *Flow) Revoke(ctx context.Context, tx *db.Tx, id, reason string, by By) error {
	return f.setState(ctx, tx, id, fleet.Revoked, journal.BoxRevoked, reason, by)
}

func (f *Flow) setState(ctx context.Context, tx *db.Tx, id string, to fleet.State, act journal.Act, reason string, by By) error {
	if reason == "" {
		return ErrReason
	}
	b, changed, err := f.Fleet.SetState(ctx, tx, id, to, reason)
	if err != nil || !changed {
		return err
	}
	return f.writeBox(ctx, tx, act, b, reason, nil, by)
}

func (f *Flow) writeBox(ctx context.Context, tx *db.Tx, act journal.Act, b fleet.Box, reason string, detail map[string]string, by By) error {
	division, err := place(ctx, tx, b.Point)
	if err != nil {
		return err
	}
	return f.write(ctx, tx, by, journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfBox, ID: b.ID},
		Point: b.Point, Division: division, Reason: reason, Detail: detail})
}

// SeeFork journals that a box has two histories and freezes it: why is one of
// fleet.Freeze…; detail holds sequences and hashes (faults 21, 22). A box that
// is frozen already is only journalled.
func (f *Flow) SeeFork(ctx context.Context, tx *db.Tx, id, why string, detail map[string]string) error {
	b, err := fleet.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := f.writeBox(ctx, tx, journal.BoxSeenFork, b, why, detail, Hub()); err != nil {
		return err
	}
	if b.State != fleet.Active {
		return nil
	}
	return f.Freeze(ctx, tx, id, why, Hub())
}

// CertifyDesk notes that the desk of a box got a certificate for so many names.
func (f *Flow) CertifyDesk(ctx context.Context, tx *db.Tx, id string, names int) error {
	b, err := fleet.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	return f.writeBox(ctx, tx, journal.BoxDeskCertified, b, "", map[string]string{"names": fmt.Sprint(names)}, Hub())
}

// SeeClockJump journals that a box saw its board's clock jump (S32). boot and
// source are the box's own word at that moment: its count of starts, and what
// it now takes the time from.
func (f *Flow) SeeClockJump(ctx context.Context, tx *db.Tx, id string, boot uint32, source string) error {
	b, err := fleet.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	return f.writeBox(ctx, tx, journal.BoxClockJumped, b, "", map[string]string{"boot": fmt.Sprint(boot), "source": source}, Box(id))
}
