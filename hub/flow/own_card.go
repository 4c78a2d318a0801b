package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/staff"
)

// WorksAt judges whether an account was of a point when it did something there, at
// ms since 1970 by the box: a box that was alone brings it late, and by then she
// may be elsewhere. ErrAssent.
func (f *Flow) WorksAt(ctx context.Context, tx *db.Tx, point, account string, at int64) error {
	_, err := f.worker(ctx, tx, point, account, at)
	return err
}

// worker is WorksAt, and in which role.
func (f *Flow) worker(ctx context.Context, tx *db.Tx, point, account string, at int64) (staff.Role, error) {
	role, err := staff.WorkedAt(ctx, tx, account, point, at)
	switch {
	case errors.Is(err, staff.ErrNotFound):
		return "", ErrAssent
	case err != nil:
		return "", fmt.Errorf("flow: works at: %w", err)
	case !role.OfPoint():
		return "", ErrAssent
	}
	return role, nil
}

// TakeOwnCard takes what a box sealed of the card of somebody of its point, after
// WorksAt. A word that is older than what stands changes nothing.
func (f *Flow) TakeOwnCard(ctx context.Context, tx *db.Tx, account string, c staff.OwnCard, record, box string) error {
	taken, err := staff.TakeCard(ctx, tx, f.Keys, account, box, c)
	if err != nil || !taken {
		return err
	}
	act := journal.StaffCardBound
	if !c.Bound() {
		act = journal.StaffCardOff
	}
	return f.ofStaff(ctx, tx, act, account, map[string]string{"record": record}, box)
}

// TakeTraining takes which exercises somebody of a box's point has done there,
// after WorksAt. Of an exercise that was done before the first time stays.
func (f *Flow) TakeTraining(ctx context.Context, tx *db.Tx, t staff.Training) error {
	n, err := staff.AddTraining(ctx, tx, t)
	if err != nil || n == 0 {
		return err
	}
	return f.ofStaff(ctx, tx, journal.StaffTrained, t.Account, map[string]string{"record": t.Record, "exercises": strconv.Itoa(n)}, t.Box)
}

// ofStaff journals what a box told of somebody of its point.
func (f *Flow) ofStaff(ctx context.Context, tx *db.Tx, act journal.Act, account string, detail map[string]string, box string) error {
	who, err := staff.Get(ctx, tx, account)
	if err != nil {
		return fmt.Errorf("flow: %s: %w", act, err)
	}
	return f.write(ctx, tx, Box(box), journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfStaff, ID: account},
		Point: who.Point, Division: who.Division, Detail: detail})
}
