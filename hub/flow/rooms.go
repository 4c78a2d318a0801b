package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/approval"
	"zhunkao/hub/arrangement"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	rules "zhunkao/protocol/campaign"
)

// Which rooms are at which site (考室段; demand A50, domain §1.10 step 9) goes the way of
// every case: the county proposes, the city reviews, the province takes. The table is
// small, a line for each run, and stands in the form of the kind whose effect is "rooms";
// so deadlines, delegations, returning and mending need nothing of their own.

var (
	// ErrNoArrangement says that no arrangement is published, or has no such area.
	ErrNoArrangement = errors.New("flow: no arrangement of this area is published")
	// ErrRoomsOld says that a table is of another version than the one published now.
	ErrRoomsOld = errors.New("flow: the table is of an arrangement that was replaced")
	// ErrRoomsUnread says that a table cannot be read.
	ErrRoomsUnread = errors.New("flow: the table of rooms cannot be read")
)

// ErrRooms says that a table cannot be taken as it is: what RoomFaults is.
var ErrRooms = errors.New("flow: the rooms do not fit the sites")

// RoomFaults is what is wrong with a table of runs: a refusal that says what to mend.
type RoomFaults []*arrangement.BlockFault

// Error says it for a log.
func (r RoomFaults) Error() string {
	var all []string
	for _, f := range r {
		all = append(all, f.Error())
	}
	return "flow: rooms: " + strings.Join(all, "; ")
}

// Is reports that it is ErrRooms.
func (r RoomFaults) Is(target error) bool { return target == ErrRooms }

// Fields of the form of a kind whose effect is "rooms".
const (
	RoomsName    = "name"    // of the area, for people
	RoomsArea    = "area"    // code
	RoomsVersion = "version" // number of the arrangement
	RoomsBlocks  = "blocks"  // a line for each run: code of the site, blank, first-last
	RoomsNote    = "note"
)

// AreaRooms is an area's rooms and the sites they can be at.
type AreaRooms struct {
	Version seating.Version
	Area    site.Area
	Rooms   []seating.Room      // closed ones too: they need no site
	Sites   []site.Site         // of the area that can be used, by code
	Blocks  []arrangement.Block // as they are now, by id of the site
}

// RoomsOf reads them. ErrNoArrangement.
func RoomsOf(ctx context.Context, tx *db.Tx, campaign, area string) (a AreaRooms, err error) {
	v, ok, err := seating.Current(ctx, tx, campaign)
	if err != nil || !ok {
		return a, errors.Join(err, ErrNoArrangement)
	}
	a.Version = v
	areas, err := site.Areas(ctx, tx, campaign)
	if err != nil {
		return a, err
	}
	i := slices.IndexFunc(areas, func(x site.Area) bool { return x.Code == area })
	if i < 0 {
		return a, ErrNoArrangement
	}
	a.Area = areas[i]
	if a.Rooms, err = seating.Rooms(ctx, tx, v.ID, area); err != nil {
		return a, err
	}
	if len(a.Rooms) == 0 {
		return a, ErrNoArrangement
	}
	all, err := site.Sites(ctx, tx, campaign)
	if err != nil {
		return a, err
	}
	for _, s := range all {
		if s.Area == area && s.State == site.Set {
			a.Sites = append(a.Sites, s)
		}
	}
	a.Blocks, err = seating.Blocks(ctx, tx, v.ID, area)
	return a, err
}

// Propose gives a proposal. arrangement.ErrSites.
func (a AreaRooms) Propose() ([]arrangement.Block, error) {
	blocks, err := arrangement.Propose(a.plain(), a.limits())
	for i := range blocks {
		blocks[i].Area = a.Area.Code
	}
	return blocks, err
}

// Check says what is wrong with a table.
func (a AreaRooms) Check(blocks []arrangement.Block) (out RoomFaults) {
	for _, err := range arrangement.CheckBlocks(a.plain(), a.limits(), blocks) {
		var f *arrangement.BlockFault
		if errors.As(err, &f) {
			out = append(out, f)
		}
	}
	return out
}

// Places is how many rooms all sites have.
func (a AreaRooms) Places() (n int) {
	for _, s := range a.Sites {
		n += s.Rooms
	}
	return n
}

// Open is how many rooms somebody sits in: what needs a place at a site.
func (a AreaRooms) Open() (n int) {
	for _, r := range a.Rooms {
		if !r.Closed() {
			n++
		}
	}
	return n
}

// Waiting are the rooms that need a site and have none.
func (a AreaRooms) Waiting() (out []int) {
	for _, r := range a.Rooms {
		if !r.Closed() && r.Site == "" {
			out = append(out, r.Number)
		}
	}
	return out
}

// ClosedIn is how many rooms of a run are closed: they take no place.
func (a AreaRooms) ClosedIn(first, last int) (n int) {
	for _, r := range a.Rooms {
		if r.Closed() && r.Number >= first && r.Number <= last {
			n++
		}
	}
	return n
}

// Candidates is how many sit in a run of rooms.
func (a AreaRooms) Candidates(first, last int) (n int) {
	for _, r := range a.Rooms {
		if r.Number >= first && r.Number <= last {
			n += r.Seats
		}
	}
	return n
}

func (a AreaRooms) plain() (out []arrangement.Room) {
	for _, r := range a.Rooms {
		out = append(out, r.Room)
	}
	return out
}

func (a AreaRooms) limits() (out []arrangement.Site) {
	for _, s := range a.Sites {
		out = append(out, arrangement.Site{Code: s.ID, Area: s.Area, Rooms: s.Rooms})
	}
	return out
}

// Content is the form of a table of runs.
func (a AreaRooms) Content(blocks []arrangement.Block, note string) approval.Content {
	codes := map[string]string{}
	for _, s := range a.Sites {
		codes[s.ID] = s.Code
	}
	var lines []string
	for _, b := range blocks {
		lines = append(lines, fmt.Sprintf("%s %d-%d", codes[b.Site], b.First, b.Last))
	}
	c := approval.Content{RoomsName: a.Area.Name, RoomsArea: a.Area.Code, RoomsVersion: strconv.Itoa(a.Version.Number), RoomsBlocks: strings.Join(lines, "\n")}
	if note != "" {
		c[RoomsNote] = note
	}
	return c
}

// RoomBlock is a line of a table of runs as it was written.
type RoomBlock struct {
	Code        string // of the site
	First, Last int
}

// ReadBlocks reads the lines of a table. ErrRoomsUnread.
func ReadBlocks(text string) (out []RoomBlock, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		code, rooms, ok := strings.Cut(line, " ")
		first, last, dash := strings.Cut(strings.TrimSpace(rooms), "-")
		b := RoomBlock{Code: code}
		var e1, e2 error
		b.First, e1 = strconv.Atoi(first)
		b.Last, e2 = strconv.Atoi(last)
		if !ok || !dash || e1 != nil || e2 != nil {
			return nil, ErrRoomsUnread
		}
		out = append(out, b)
	}
	return out, nil
}

// readRooms reads the form of a table of runs, as it stands to what is published now.
// ErrNoArrangement, ErrRoomsOld, ErrRoomsUnread, RoomFaults.
func readRooms(ctx context.Context, tx *db.Tx, campaign string, content approval.Content) (a AreaRooms, blocks []arrangement.Block, err error) {
	if a, err = RoomsOf(ctx, tx, campaign, content[RoomsArea]); err != nil {
		return a, nil, err
	}
	if content[RoomsVersion] != strconv.Itoa(a.Version.Number) {
		return a, nil, ErrRoomsOld
	}
	lines, err := ReadBlocks(content[RoomsBlocks])
	if err != nil {
		return a, nil, err
	}
	ids := map[string]string{}
	for _, s := range a.Sites {
		ids[s.Code] = s.ID
	}
	for _, l := range lines {
		id, ok := ids[l.Code]
		if !ok {
			id = l.Code // of no site here: a fault that names it
		}
		blocks = append(blocks, arrangement.Block{Site: id, Area: a.Area.Code, First: l.First, Last: l.Last})
	}
	slices.SortFunc(blocks, func(x, y arrangement.Block) int { return x.First - y.First })
	if faults := a.Check(blocks); len(faults) > 0 {
		return a, nil, faults
	}
	return a, blocks, nil
}

// judgeRooms asks of a table of runs that is submitted that it could be taken as it is,
// and that no other one of the area is under way: the later would undo the first.
func (f *Flow) judgeRooms(ctx context.Context, tx *db.Tx, k approval.Kind, c approval.Case, content approval.Content) error {
	if k.Effect != rules.EffectRooms {
		return nil
	}
	a, _, err := readRooms(ctx, tx, c.Campaign, content)
	if err != nil {
		return err
	}
	if a.Area.Division != c.Division {
		return ErrSubmitter
	}
	other, err := f.roomsUnderWay(ctx, tx, a.Area, c.ID)
	if err == nil && other.ID != "" {
		err = ErrUnderWay
	}
	return err
}

// RoomsUnderWay is the case about an area's rooms that is not ended; the zero case if
// there is none.
func (f *Flow) RoomsUnderWay(ctx context.Context, tx *db.Tx, area site.Area) (approval.Case, error) {
	return f.roomsUnderWay(ctx, tx, area, "")
}

// roomsUnderWay leaves out one case: one that is sent again is waiting by then, and its
// form is not filed yet.
func (f *Flow) roomsUnderWay(ctx context.Context, tx *db.Tx, area site.Area, but string) (approval.Case, error) {
	for _, state := range []approval.State{approval.Waiting, approval.Returned} {
		list, err := approval.List(ctx, tx, approval.Filter{Remit: area.Division, State: state, Campaign: area.Campaign})
		if err != nil {
			return approval.Case{}, err
		}
		for _, c := range list {
			if c.Kind != KindRooms || c.ID == but {
				continue
			}
			content, err := approval.OpenContent(ctx, tx, f.Keys, c.ID, c.Round)
			if err != nil {
				return approval.Case{}, err
			}
			if content[RoomsArea] == area.Code {
				return c, nil
			}
		}
	}
	return approval.Case{}, nil
}

// KindRooms is the key, in the campaigns, of the kind whose effect is "rooms".
const KindRooms = "rooms"

// takeRooms is the effect: the rooms are at their sites from now on. Whoever sits in a
// room that was at another site is told, as when a site is lost.
func (f *Flow) takeRooms(ctx context.Context, tx *db.Tx, c approval.Case, content approval.Content, by By) error {
	if err := campaign.Hold(ctx, tx, c.Campaign); err != nil {
		return fmt.Errorf("flow: rooms: %w", err)
	}
	a, blocks, err := readRooms(ctx, tx, c.Campaign, content)
	if err != nil {
		return err
	}
	set, err := seating.SetBlocks(ctx, tx, seating.BlockSet{Version: a.Version.ID, Area: a.Area.Code, How: seating.Taken, Case: c.ID, Blocks: blocks,
		At: f.Now().UnixMilli(), By: by.Author.ID})
	if err != nil {
		return fmt.Errorf("flow: rooms: %w", err)
	}
	detail := map[string]string{"approval": c.ID, "version": strconv.Itoa(a.Version.Number), "set": strconv.Itoa(set.Number), "rooms": strconv.Itoa(a.Open())}
	if moved := (SiteLoss{AreaRooms: a, Moves: ChangedRooms(a.Blocks, blocks)}); len(moved.Moves) > 0 {
		detail["candidates"] = strconv.Itoa(moved.Candidates())
		if err := tellMoved(ctx, tx, set); err != nil {
			return err
		}
	}
	return f.write(ctx, tx, by, journal.Entry{Act: journal.RoomsTaken, Subject: journal.Subject{Kind: journal.OfArea, ID: a.Area.Code}, Campaign: c.Campaign, Division: a.Area.Division, Detail: detail})
}
