package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/review"
)

// ErrNotHers says that a point has nothing to do with somebody.
var ErrNotHers = errors.New("flow: the point has nothing to do with this application")

// Reviewable judges whether a point may review an application: she has chosen it in
// some version, or was confirmed there. waits: only a confirmation can tell that the
// review names and that has not come. ErrNotHers.
func (f *Flow) Reviewable(ctx context.Context, tx *db.Tx, r review.Review) (waits bool, err error) {
	if r.Record != "" {
		switch c, err := confirmation.Get(ctx, tx, r.Record); {
		case errors.Is(err, confirmation.ErrNotFound):
			waits = true
		case err != nil:
			return false, fmt.Errorf("flow: review: %w", err)
		default:
			return false, named(r, c)
		}
	}
	row, err := f.Candidates.Row(ctx, tx, r.Application)
	if err != nil {
		return false, fmt.Errorf("flow: review: %w", err)
	}
	if row.Point == r.Point || row.ConfirmedPoint == r.Point {
		return false, nil
	}
	versions, err := f.Candidates.Versions(ctx, tx, r.Application)
	if err != nil {
		return false, fmt.Errorf("flow: review: %w", err)
	}
	for _, v := range versions {
		if v.Application.Point == r.Point {
			return false, nil
		}
	}
	if waits {
		return true, nil
	}
	return false, ErrNotHers
}

// named: ErrNotHers when a confirmation is of somebody else, or of another point.
func named(r review.Review, c confirmation.Record) error {
	if c.Application != r.Application || c.Point != r.Point {
		return ErrNotHers
	}
	return nil
}

// TakeReview takes a review that a box sealed, after WorksAt. She is told what lacks;
// one that a newer review has overtaken is kept and tells nobody, and so is one whose
// confirmation has not come, until it does. It changes neither her application nor her
// confirmation. ErrNotHers.
func (f *Flow) TakeReview(ctx context.Context, tx *db.Tx, r review.Review, c review.Content) error {
	waits, err := f.Reviewable(ctx, tx, r)
	if err != nil {
		return err
	}
	if waits {
		r.State = review.Waiting
		if err := f.Candidates.Meets(ctx, tx, r.Application); err != nil { // its confirmation, which writes there too
			return err
		}
	}
	sealed, err := review.Seal(f.Keys, r.ID, c)
	if err != nil {
		return err
	}
	if r.State, err = review.Add(ctx, tx, r, sealed); err != nil {
		return err
	}
	return f.writeReview(ctx, tx, r)
}

// reviewsArrived lets the reviews take effect that came before their confirmations.
func (f *Flow) reviewsArrived(ctx context.Context, tx *db.Tx, records []confirmation.New) error {
	of, ids := map[string]confirmation.Record{}, make([]string, len(records))
	for i, n := range records {
		ids[i], of[n.Record.ID] = n.Record.ID, n.Record
	}
	all, err := review.For(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.State, err = review.Settle(ctx, tx, r, named(r, of[r.Record]) == nil); err != nil {
			return err
		}
		if err := f.writeReview(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

// writeReview journals a review as it stands, and tells her.
func (f *Flow) writeReview(ctx context.Context, tx *db.Tx, r review.Review) error {
	detail := map[string]string{detailApplication: r.Application, journal.DetailState: string(r.State), "clerk": r.Clerk,
		"items": strconv.Itoa(len(r.Items)), "claims": strconv.Itoa(len(r.Claims))}
	for name, all := range map[string][]string{"lacks": r.Keys(review.Warn), "fails": r.Keys(review.Fail)} {
		if len(all) > 0 {
			detail[name] = strings.Join(all, ", ")
		}
	}
	if r.Pledge != "" {
		detail["pledge"] = r.Pledge
	}
	return f.write(ctx, tx, Box(r.Box), journal.Entry{Act: journal.ApplicationReviewed, Subject: journal.Subject{Kind: journal.OfRecord, ID: r.ID},
		Campaign: r.Campaign, Point: r.Point, Division: r.Division, Detail: detail})
}

// reviewed: what lacks, or does not fit, goes as a text as well.
func reviewed(e journal.Entry) []notice.Kind {
	switch {
	case e.Detail[journal.DetailState] != string(review.Stands):
		return nil
	case e.Detail["lacks"] != "" || e.Detail["fails"] != "":
		return []notice.Kind{notice.ReviewLacks}
	}
	return []notice.Kind{notice.Reviewed}
}

// mostKeys bounds a list of keys in a message, in bytes: what package notice takes.
const mostKeys = 200

// fitting cuts a list of keys where it does not fit a message. Her status page has
// all of them; a message that was refused would keep the review out for ever.
func fitting(keys string) string {
	if len(keys) <= mostKeys {
		return keys
	}
	return keys[:max(strings.LastIndex(keys[:mostKeys+1], ", "), 0)]
}
