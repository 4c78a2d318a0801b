package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
)

// A site that cannot be used after its rooms were given to it (fault table 40): its rooms
// go to other sites of the area that have rooms left, in the fewest runs; no room, seat
// or number changes, and nobody of another site moves.

// ActLoseSite is the act in the campaign's table.
const ActLoseSite = "lose-site"

// ErrSiteState says that the site is not one that can be lost: closed, or lost already.
var ErrSiteState = errors.New("flow: the site is not in use")

// SiteLoss is what losing a site comes to.
type SiteLoss struct {
	AreaRooms
	Site  site.Site
	Set   int // number of the blocks that it was computed from
	After []arrangement.Block
	Moves []arrangement.Move
}

// Candidates is how many of them move.
func (l SiteLoss) Candidates() (n int) {
	for _, m := range l.Moves {
		n += l.AreaRooms.Candidates(m.First, m.Last)
	}
	return n
}

// Rooms is how many rooms move.
func (l SiteLoss) Moved() (n int) {
	for _, m := range l.Moves {
		n += m.Rooms()
	}
	return n
}

// LosingSite computes what would become of the rooms of a site. ErrSiteState,
// ErrNoArrangement, arrangement.ErrSites when the other sites have not rooms enough.
func LosingSite(ctx context.Context, tx *db.Tx, s site.Site) (l SiteLoss, err error) {
	if s.State != site.Set {
		return l, ErrSiteState
	}
	l.Site = s
	if l.AreaRooms, err = RoomsOf(ctx, tx, s.Campaign, s.Area); err != nil {
		return l, err
	}
	set, some, err := seating.LastBlocks(ctx, tx, l.Version.ID, s.Area)
	if err != nil {
		return l, err
	}
	if some {
		l.Set = set.Number
	}
	l.After, l.Moves, err = arrangement.Lose(l.Blocks, l.limits(), s.ID)
	return l, err
}

// LoseSite takes a site out of use and moves its rooms. set is the number of the blocks
// that both persons looked at. Who may, and that two agreed, is judged before. Errors:
// those of LosingSite, ErrRoomsOld when the blocks are others by now.
func (f *Flow) LoseSite(ctx context.Context, tx *db.Tx, id string, set int, second, why string, by By) (l SiteLoss, err error) {
	if why == "" {
		return l, ErrReason
	}
	s, err := site.Get(ctx, tx, id)
	if err != nil {
		return l, err
	}
	if err := campaign.Hold(ctx, tx, s.Campaign); err != nil {
		return l, fmt.Errorf("flow: lost site: %w", err)
	}
	if l, err = LosingSite(ctx, tx, s); err != nil {
		return l, err
	}
	if l.Set != set {
		return l, ErrRoomsOld
	}
	at := f.Now().UnixMilli()
	s.State = site.Lost
	if err := site.Update(ctx, tx, s, at); err != nil {
		return l, err
	}
	number := l.Set
	if len(l.Moves) > 0 {
		done, err := seating.SetBlocks(ctx, tx, seating.BlockSet{Version: l.Version.ID, Area: l.Area.Code, How: seating.Lost, LostSite: s.ID, Blocks: l.After,
			At: at, By: by.Author.ID, Second: second})
		if err != nil {
			return l, fmt.Errorf("flow: lost site: %w", err)
		}
		number = done.Number
		if err := tellMoved(ctx, tx, done); err != nil {
			return l, err
		}
	}
	return l, f.write(ctx, tx, by, journal.Entry{Act: journal.RoomsMoved, Subject: journal.Subject{Kind: journal.OfArea, ID: l.Area.Code}, Campaign: s.Campaign, Division: l.Area.Division, Reason: why,
		Detail: map[string]string{"site": s.Code, "version": strconv.Itoa(l.Version.Number), "set": strconv.Itoa(number), "rooms": strconv.Itoa(l.Moved()), "candidates": strconv.Itoa(l.Candidates())}})
}

// MovedRooms are the runs that a set of blocks moved away from the sites where the set
// before had them: of a site that was lost, or by another table that was taken.
// seating.ErrNotFound when it moved none.
func MovedRooms(ctx context.Context, tx *db.Tx, version, area string, number int) (set seating.BlockSet, moved []arrangement.Move, err error) {
	sets, err := seating.BlockSets(ctx, tx, version, area)
	if err != nil {
		return set, nil, err
	}
	i := slices.IndexFunc(sets, func(s seating.BlockSet) bool { return s.Number == number })
	if i < 0 || i+1 == len(sets) {
		return set, nil, seating.ErrNotFound
	}
	if moved = ChangedRooms(sets[i+1].Blocks, sets[i].Blocks); len(moved) == 0 {
		return set, nil, seating.ErrNotFound
	}
	return sets[i], moved, nil
}

// ChangedRooms are the runs that are at another site than before. A room that had none
// before is not among them: nobody was told of a site.
func ChangedRooms(before, now []arrangement.Block) (moved []arrangement.Move) {
	was := map[int]string{}
	for _, b := range before {
		for n := b.First; n <= b.Last; n++ {
			was[n] = b.Site
		}
	}
	for _, b := range now {
		run := arrangement.Move{}
		for n := b.First; n <= b.Last; n++ {
			switch from := was[n]; {
			case from == "" || from == b.Site:
			case run.First > 0 && run.Last == n-1 && run.From == from:
				run.Last = n
				moved[len(moved)-1] = run
			default:
				run = arrangement.Move{Block: arrangement.Block{Site: b.Site, Area: b.Area, First: n, Last: n}, From: from}
				moved = append(moved, run)
			}
		}
	}
	return moved
}

// tellMoved begins the round that tells those whose rooms a set of blocks moved.
func tellMoved(ctx context.Context, tx *db.Tx, set seating.BlockSet) error {
	if err := notice.Begin(ctx, tx, roundLostSite, strings.Join([]string{set.Version, set.Area, strconv.Itoa(set.Number)}, " "), set.At); err != nil {
		return fmt.Errorf("flow: tell: %w", err)
	}
	return nil
}

// roundLostSite is the kind of a round that tells those whose rooms moved; its reference
// is a version, an area and the number of its blocks. What was told is said by room.
const roundLostSite = "lost-site"

// lostShare gives the next rooms whose candidates are told, as many as come to a share.
func lostShare(ctx context.Context, tx *db.Tx, r notice.Round) (all []notice.Notice, after string, err error) {
	ref := strings.Fields(r.Ref)
	if len(ref) != 3 {
		return nil, "", errors.New("flow: tell: a round of a lost site that nobody can read")
	}
	number, err := strconv.Atoi(ref[2])
	if err != nil {
		return nil, "", errors.New("flow: tell: a round of a lost site that nobody can read")
	}
	told := 0
	if r.After != "" {
		if told, err = strconv.Atoi(r.After); err != nil {
			return nil, "", errors.New("flow: tell: a round of a lost site that nobody can read")
		}
	}
	_, moved, err := MovedRooms(ctx, tx, ref[0], ref[1], number)
	if err != nil {
		return nil, "", fmt.Errorf("flow: tell: %w", err)
	}
	for _, b := range moved {
		for n := max(b.First, told+1); n <= b.Last; n++ {
			if len(all) >= tellAtOnce {
				return all, after, nil
			}
			seats, err := seating.Seats(ctx, tx, ref[0], ref[1], n, n)
			if err != nil {
				return nil, "", fmt.Errorf("flow: tell: %w", err)
			}
			for _, s := range seats {
				all = append(all, notice.Notice{Application: s.Application, Kind: notice.SiteLost, At: r.At})
			}
			after = strconv.Itoa(n)
		}
	}
	return all, "", nil
}

// ListMoved journals that some of those were looked at whose rooms a set of blocks moved,
// by name and telephone.
func (f *Flow) ListMoved(ctx context.Context, tx *db.Tx, area site.Area, set, people int, by By) error {
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RoomsListed, Subject: journal.Subject{Kind: journal.OfArea, ID: area.Code}, Campaign: area.Campaign, Division: area.Division,
		Detail: map[string]string{"set": strconv.Itoa(set), "candidates": strconv.Itoa(people)}})
}
