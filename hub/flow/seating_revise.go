package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/seating"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// A revision (更正版; fault 38) is the ordinary way to a new version once one is published:
// the seed stays, and whoever is not concerned keeps seat and number. To draw anew changes
// every number: it is for when the draw itself is bad.

// ErrUnpublished says that nothing is published that could be corrected.
var ErrUnpublished = errors.New("flow: nothing is published that could be corrected")

// BeginRevision freezes the list for a revision of the published version; the worker
// reads and computes it, and nobody draws. Two persons do, for a reason, judged before.
// ErrNotArranged, ErrNotNow, ErrUnpublished, ErrReason, ErrNobodyValid,
// seating.ErrMaking.
func (f *Flow) BeginRevision(ctx context.Context, tx *db.Tx, camp rules.Campaign, why string, by By, second string) (seating.Version, error) {
	switch {
	case !camp.Arrangement.Arranges():
		return seating.Version{}, ErrNotArranged
	case !NumberingOpen(camp, f):
		return seating.Version{}, ErrNotNow
	case second == "" || strings.TrimSpace(why) == "":
		return seating.Version{}, ErrReason
	}
	if err := campaign.Hold(ctx, tx, camp.ID); err != nil {
		return seating.Version{}, fmt.Errorf("flow: seating: %w", err)
	}
	base, published, err := seating.Current(ctx, tx, camp.ID)
	if err != nil {
		return seating.Version{}, err
	}
	if !published {
		return seating.Version{}, ErrUnpublished
	}
	if err := somebodyValid(ctx, tx, camp); err != nil {
		return seating.Version{}, err
	}
	v, err := seating.BeginRevision(ctx, tx, base, why, f.seatWho(by, second))
	if err != nil {
		return v, err
	}
	return v, f.writeSeating(ctx, tx, journal.SeatingBegun, camp, v, why, map[string]string{"number": strconv.Itoa(v.Number), "base": strconv.Itoa(base.Number), detailSecond: second}, by)
}

func somebodyValid(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
	some := Valids(camp)
	some.Limit = 1
	ids, err := some.List(ctx, tx)
	if err != nil || len(ids) == 0 {
		return errors.Join(err, ErrNobodyValid)
	}
	return nil
}

// reviseSeating computes a revision. What cannot be computed is void, and says so.
func (f *Flow) reviseSeating(ctx context.Context, d *db.DB, camp rules.Campaign, v seating.Version) error {
	err := seating.Compute(ctx, d, v.ID, func(tx *db.Tx, v seating.Version) error {
		return f.writeSeating(ctx, tx, journal.SeatingComputed, camp, v, "", map[string]string{"number": strconv.Itoa(v.Number), "kept": strconv.Itoa(v.Figures.Kept),
			"moved": strconv.Itoa(v.Figures.Moved), "fresh": strconv.Itoa(v.Figures.Fresh), "gone": strconv.Itoa(v.Figures.Gone)}, Hub())
	})
	if errors.Is(err, seating.ErrBase) {
		return d.Write(ctx, func(tx *db.Tx) error {
			return f.endSeating(ctx, tx, camp, v, seating.Unusable, "", err.Error(), Hub(), "")
		})
	}
	return err
}

// PublishRevision puts a revision that two persons compared in the place of the version
// that it corrects: all at once. Rooms stay at their sites, new ones go to a site with
// rooms left, and whom it concerns is told. ErrNotNow, seating.ErrState, seating.ErrStale.
func (f *Flow) PublishRevision(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, by By, second string) error {
	if !NumberingOpen(camp, f) {
		return ErrNotNow
	}
	if err := campaign.Hold(ctx, tx, camp.ID); err != nil {
		return fmt.Errorf("flow: seating: %w", err)
	}
	base, err := seating.Get(ctx, tx, v.Base)
	if err != nil {
		return err
	}
	if err := seating.PublishRevision(ctx, tx, v, f.seatWho(by, second)); err != nil {
		return err
	}
	rooms, err := seating.Rooms(ctx, tx, v.ID, "")
	if err != nil {
		return err
	}
	for i, r := range rooms {
		if i > 0 && rooms[i-1].Area == r.Area {
			continue
		}
		if err := f.placeIn(ctx, tx, camp.ID, r.Area, seating.Carried, by, second); err != nil {
			return err
		}
	}
	if err := notice.Begin(ctx, tx, roundSeats, v.ID, f.Now().UnixMilli()); err != nil {
		return fmt.Errorf("flow: seating: %w", err)
	}
	return f.writeSeating(ctx, tx, journal.SeatingPublished, camp, v, v.Why, map[string]string{"number": strconv.Itoa(v.Number), "base": strconv.Itoa(base.Number), "kept": strconv.Itoa(v.Figures.Kept),
		"seats": strconv.Itoa(v.Figures.Seats), "rooms": strconv.Itoa(v.Figures.Rooms), "root": fmt.Sprintf("%x", v.Root), detailSecond: second}, by)
}

// ListChanges journals that the names of those were looked at who do not keep their seats.
func (f *Flow) ListChanges(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, people int, by By) error {
	return f.writeSeating(ctx, tx, journal.SeatingCompared, camp, v, "", map[string]string{"people": strconv.Itoa(people)}, by)
}

// ticketsOut reports whether tickets of an earlier version may be in somebody's hands: when
// a version was published candidates, offices or boxes could print already.
func ticketsOut(ctx context.Context, tx *db.Tx, v seating.Version) (bool, error) {
	newest, err := campaign.Latest(ctx, tx, v.Campaign)
	if err != nil {
		return false, fmt.Errorf("flow: tell: %w", err)
	}
	camp, err := newest.Decode()
	if err != nil {
		return false, fmt.Errorf("flow: tell: %w", err)
	}
	return slices.ContainsFunc(window.Latest(camp.Windows, window.PrintTicket), func(w window.Window) bool { return !w.From.After(time.UnixMilli(v.Published)) }), nil
}
