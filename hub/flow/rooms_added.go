package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	rules "zhunkao/protocol/campaign"
)

// A room that is opened after the area's rooms were given to sites, for exception seats
// or by a revision, has nobody who proposes a site for it: the counties' window is over,
// and whoever sits there could print no ticket. It goes at once to the site of the area
// that has most rooms left. Where none has, it waits: the county's page says so until a
// site with more rooms is approved, which takes it.

// placed gives rooms without a site to the sites with most rooms left, in the order of
// rooms; left are those for which there is none. An area none of whose rooms has a site
// yet is left alone: its county proposes.
func (a AreaRooms) placed() (blocks []arrangement.Block, placed, left int) {
	free := map[string]int{}
	for _, s := range a.Sites {
		free[s.ID] = s.Rooms
	}
	some := false
	for _, r := range a.Rooms {
		if r.Site != "" {
			some = true
			free[r.Site]--
		}
	}
	if !some {
		return a.Blocks, 0, 0
	}
	rooms := slices.Clone(a.Rooms)
	for i := range rooms {
		r := &rooms[i]
		if r.Closed() || r.Site != "" {
			continue
		}
		best := slices.MaxFunc(append(slices.Clone(a.Sites), site.Site{}), func(x, y site.Site) int { // the zero one has no room
			return cmp.Or(cmp.Compare(free[x.ID], free[y.ID]), cmp.Compare(y.Code, x.Code))
		})
		if free[best.ID] < 1 {
			left++
			continue
		}
		r.Site = best.ID
		free[best.ID]--
		placed++
	}
	return seating.Runs(rooms), placed, left
}

// placeNew gives the rooms of an area's exception seats to sites.
func (f *Flow) placeNew(ctx context.Context, tx *db.Tx, camp rules.Campaign, v seating.Version, seats []seating.Seat, by By, second string) error {
	var areas []string
	for _, s := range seats {
		if !slices.Contains(areas, s.Area) {
			areas = append(areas, s.Area)
		}
	}
	for _, area := range areas {
		if err := f.placeIn(ctx, tx, camp.ID, area, seating.Added, by, second); err != nil {
			return err
		}
	}
	return nil
}

// placeWaiting gives rooms that wait for a site to those of a site's area, after the site
// was opened or changed.
func (f *Flow) placeWaiting(ctx context.Context, tx *db.Tx, s site.Site, by By) error {
	if s.State != site.Set || s.Area == "" {
		return nil
	}
	return f.placeIn(ctx, tx, s.Campaign, s.Area, seating.Added, by, "")
}

// placeIn gives the rooms of an area that have no site to its sites. Of a revision what
// was carried over is written down, too. An area without a published arrangement is left.
func (f *Flow) placeIn(ctx context.Context, tx *db.Tx, campaign, area string, how seating.How, by By, second string) error {
	a, err := RoomsOf(ctx, tx, campaign, area)
	if errors.Is(err, ErrNoArrangement) {
		return nil
	}
	if err != nil {
		return err
	}
	blocks, placed, left := a.placed()
	if placed == 0 && left == 0 && (how != seating.Carried || len(blocks) == 0) {
		return nil
	}
	detail := map[string]string{"version": strconv.Itoa(a.Version.Number), "rooms": strconv.Itoa(placed)}
	if placed > 0 || how == seating.Carried {
		set, err := seating.SetBlocks(ctx, tx, seating.BlockSet{Version: a.Version.ID, Area: area, How: how, Blocks: blocks, At: f.Now().UnixMilli(), By: by.Author.ID, Second: second})
		if err != nil {
			return fmt.Errorf("flow: rooms: %w", err)
		}
		detail["set"] = strconv.Itoa(set.Number)
	}
	if placed == 0 && left == 0 { // the publication's entry says that it was carried over
		return nil
	}
	if left > 0 {
		detail["left"] = strconv.Itoa(left)
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RoomsAdded, Subject: journal.Subject{Kind: journal.OfArea, ID: area}, Campaign: campaign, Division: a.Area.Division, Detail: detail})
}
