package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/approval"
	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
	"zhunkao/protocol/window"
)

// seated is a desk on a day on which rooms are given to sites: 400 people of one county
// in 14 rooms or more, and three sites of ten, eight and six rooms.
func seated(t *testing.T, d *db.DB) (*desk, []site.Site) {
	t.Helper()
	x := openDesk(t, d)
	x.f.Now = func() time.Time { return time.Date(2019, 10, 10, 9, 0, 0, 0, window.Zone()) }
	if _, err := seatingtest.Publish(ctx, d, x.camp, seatingtest.People(400, county), x.f.Now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	var sites []site.Site
	for i, rooms := range []int{10, 8, 6} {
		x.must(func(tx *db.Tx) error {
			s, err := site.Create(ctx, tx, site.Site{Campaign: x.camp.ID, Division: county, Name: fmt.Sprintf("芙蓉区第%d中学", i+1), Address: "解放路 1 号", Contact: "谭丽华", Phone: "0731-55500123", Rooms: rooms, Seats: rooms * 30}, 1)
			sites = append(sites, s)
			return err
		})
	}
	return x, sites
}

func (x *desk) area() (a flow.AreaRooms) {
	x.t.Helper()
	x.must(func(tx *db.Tx) (err error) {
		a, err = flow.RoomsOf(ctx, tx, x.camp.ID, site.County(county))
		return err
	})
	return a
}

// TestRoomsFromProposedToTaken: the county proposes, the city returns it, the county
// mends it, the province takes it, and only then does a room have a site.
func TestRoomsFromProposedToTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, sites := seated(t, d)
		a := x.area()
		blocks, err := a.Propose()
		if err != nil || len(a.Blocks) != 0 {
			t.Fatalf("proposal %v, %v; already at sites: %v", blocks, err, a.Blocks)
		}
		c, err := x.submit(flow.KindRooms, "", a.Content(blocks, "先用大的考点"), "co")
		if err != nil || c.Judge != "430100" {
			t.Fatalf("submitted: %+v, %v", c, err)
		}
		if _, err := x.submit(flow.KindRooms, "", a.Content(blocks, ""), "co2"); !errors.Is(err, flow.ErrUnderWay) {
			t.Errorf("a second table beside it: %v", err)
		}
		x.mustDo(approval.Return, c.ID, "ci", "第一考点少排一间")
		half := blocks[0]
		half.Last--
		blocks[1].First--
		blocks[0] = half
		mended := a.Content(blocks, "")
		version := x.see(c.ID).Version
		x.must(func(tx *db.Tx) (err error) {
			c, err = x.f.Resubmit(ctx, tx, x.camp, flow.Judgement{Case: c.ID, Version: version}, flow.Submission{Content: mended}, x.who["co"], "test")
			return err
		})
		x.mustDo(approval.Agree, c.ID, "ci", "")
		if got := x.area().Blocks; len(got) != 0 {
			t.Fatalf("at sites before the province has taken it: %v", got)
		}
		if c = x.mustDo(approval.Agree, c.ID, "po", ""); c.State != approval.Approved {
			t.Fatalf("taken: %+v", c)
		}
		if got := x.area().Blocks; !slices.Equal(got, blocks) {
			t.Errorf("blocks %v, want %v", got, blocks)
		}
		x.must(func(tx *db.Tx) error {
			id, err := seating.SiteOf(ctx, tx, a.Version.ID, a.Area.Code, half.Last+1)
			if id != blocks[1].Site {
				t.Errorf("room %d is at %s, want %s", half.Last+1, id, blocks[1].Site)
			}
			set, ok, err2 := seating.LastBlocks(ctx, tx, a.Version.ID, a.Area.Code)
			if !ok || set.Case != c.ID || set.How != seating.Taken || set.Number != 1 {
				t.Errorf("the set says %+v", set)
			}
			return errors.Join(err, err2)
		})
		if n := x.acts()[journal.RoomsTaken]; n != 1 || len(sites) != 3 {
			t.Errorf("%d entries of taking", n)
		}
	})
}

// TestRoomsRefused: a table that could not be taken is no case at all, and says why.
func TestRoomsRefused(t *testing.T) {
	x, sites := seated(t, dbtest.SQLite(t))
	a := x.area()
	good, err := a.Propose()
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(approval.Content)) approval.Content {
		c := a.Content(good, "")
		change(c)
		return c
	}
	last := len(a.Rooms)
	for name, want := range map[string]struct {
		content approval.Content
		who     string
		is      func(error) bool
	}{
		"one site holds all": {with(func(c approval.Content) { c[flow.RoomsBlocks] = fmt.Sprintf("%s 1-%d", sites[0].Code, last) }), "co",
			func(err error) bool {
				var f flow.RoomFaults
				return errors.As(err, &f) && len(f) == 1 && f[0].Kind == arrangement.TooMany && f[0].Given == last && f[0].Has == 10
			}},
		"a site of nobody": {with(func(c approval.Content) { c[flow.RoomsBlocks] = fmt.Sprintf("430199001 1-%d", last) }), "co",
			func(err error) bool {
				var f flow.RoomFaults
				return errors.As(err, &f) && f[0].Kind == arrangement.StrangeSite
			}},
		"not a table":       {with(func(c approval.Content) { c[flow.RoomsBlocks] = "all of them" }), "co", func(err error) bool { return errors.Is(err, flow.ErrRoomsUnread) }},
		"an older version":  {with(func(c approval.Content) { c[flow.RoomsVersion] = "9" }), "co", func(err error) bool { return errors.Is(err, flow.ErrRoomsOld) }},
		"an area of nobody": {with(func(c approval.Content) { c[flow.RoomsArea] = "9999" }), "co", func(err error) bool { return errors.Is(err, flow.ErrNoArrangement) }},
		"another county's":  {with(func(approval.Content) {}), "far", func(err error) bool { return errors.Is(err, flow.ErrSubmitter) }},
		"the city itself":   {with(func(approval.Content) {}), "ci", func(err error) bool { return errors.Is(err, flow.ErrSubmitter) }},
	} {
		if _, err := x.submit(flow.KindRooms, "", want.content, want.who); !want.is(err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if n := x.acts()[journal.ApprovalSubmitted]; n != 0 {
		t.Errorf("%d were submitted all the same", n)
	}
}

// TestLostSite: a site that cannot be used gives its rooms away in the fewest runs,
// nobody else moves, no number changes, and whoever sits in them is told once (fault 40).
func TestLostSite(t *testing.T) { dbtest.Each(t, lostSite) }

func lostSite(t *testing.T, d *db.DB) {
	x, _ := seated(t, d)
	a := x.area()
	blocks, err := a.Propose()
	if err != nil {
		t.Fatal(err)
	}
	x.must(func(tx *db.Tx) error {
		_, err := seating.SetBlocks(ctx, tx, seating.BlockSet{Version: a.Version.ID, Area: a.Area.Code, How: seating.Taken, Blocks: blocks, At: 1, By: "s1"})
		return err
	})
	before := x.numbers(a)
	lost := blocks[len(blocks)-1].Site
	by := flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: x.who["ci"].ID}, Source: "test"}
	if err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := x.f.LoseSite(ctx, tx, lost, 0, x.who["pa"].ID, "教学楼漏水", by)
		return err
	}); !errors.Is(err, flow.ErrRoomsOld) {
		t.Fatalf("by blocks that nobody looked at: %v", err)
	}
	var l flow.SiteLoss
	x.must(func(tx *db.Tx) (err error) {
		l, err = x.f.LoseSite(ctx, tx, lost, 1, x.who["pa"].ID, "教学楼漏水", by)
		return err
	})
	after := x.area()
	if slices.ContainsFunc(after.Blocks, func(b arrangement.Block) bool { return b.Site == lost }) || len(after.Check(after.Blocks)) != 0 {
		t.Fatalf("after: %v, faults %v", after.Blocks, after.Check(after.Blocks))
	}
	want := map[string]int{} // whom to tell
	for _, m := range l.Moves {
		for n, id := range before {
			if id.room >= m.First && id.room <= m.Last {
				want[n] = id.room
			}
		}
	}
	if len(want) == 0 || len(want) != l.Candidates() {
		t.Fatalf("%d people move, the loss says %d", len(want), l.Candidates())
	}
	if got := x.numbers(a); !slices.EqualFunc(sorted(got), sorted(before), func(a, b string) bool { return a == b && got[a] == before[a] }) {
		t.Error("a number, room or seat is another")
	}
	if told, err := x.f.TellRounds(ctx, d); err != nil || told != len(want) {
		t.Errorf("told %d, %v; want %d", told, err, len(want))
	}
	x.must(func(tx *db.Tx) error {
		for application := range before {
			list, err := notice.List(ctx, tx, notice.Reader{Applications: []string{application}}, "", 10)
			if err != nil {
				return err
			}
			if _, moves := want[application]; moves != (len(list) == 1) {
				t.Fatalf("%s: %d messages, moves %v", application, len(list), moves)
			}
		}
		set, moved, err := flow.MovedRooms(ctx, tx, a.Version.ID, a.Area.Code, 2)
		n := 0
		for _, b := range moved {
			n += b.Rooms()
		}
		if set.LostSite != lost || n != l.Moved() {
			t.Errorf("the list of whom to tell is of %s, %d rooms; want %s, %d", set.LostSite, n, lost, l.Moved())
		}
		return err
	})
	if _, err := x.area().Propose(); err != nil {
		t.Errorf("another proposal: %v", err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := x.f.LoseSite(ctx, tx, lost, 2, "", "又来", by)
		return err
	}); !errors.Is(err, flow.ErrSiteState) {
		t.Errorf("lost twice: %v", err)
	}
	for _, b := range slices.Clone(x.area().Blocks) { // until the rest has not rooms enough
		err = d.Write(ctx, func(tx *db.Tx) error {
			set, _, err := seating.LastBlocks(ctx, tx, a.Version.ID, a.Area.Code)
			if err == nil {
				_, err = x.f.LoseSite(ctx, tx, b.Site, set.Number, "", "也不能用", by)
			}
			return err
		})
		if err != nil {
			break
		}
	}
	if !errors.Is(err, arrangement.ErrSites) {
		t.Errorf("more rooms than the sites have: %v", err)
	}
}

// TestRoomsTakenAgain: a second table moves some rooms to other sites, and whoever sits
// in them is told, nobody else.
func TestRoomsTakenAgain(t *testing.T) { dbtest.Each(t, roomsTakenAgain) }

func roomsTakenAgain(t *testing.T, d *db.DB) {
	x, _ := seated(t, d)
	a := x.taken()
	blocks := slices.Clone(a.Blocks)
	blocks[0].Last--
	blocks[1].First--
	room := blocks[1].First
	c, err := x.submit(flow.KindRooms, "", a.Content(blocks, "少排一间"), "co")
	if err != nil {
		t.Fatal(err)
	}
	x.mustDo(approval.Agree, c.ID, "ci", "")
	x.mustDo(approval.Agree, c.ID, "po", "")
	want := 0
	for _, r := range a.Rooms {
		if r.Number == room {
			want = r.Seats
		}
	}
	if told, err := x.f.TellRounds(ctx, d); err != nil || told != want || want == 0 {
		t.Errorf("told %d, %v; %d sit in the room that moved", told, err, want)
	}
	x.must(func(tx *db.Tx) error {
		_, moved, err := flow.MovedRooms(ctx, tx, a.Version.ID, a.Area.Code, 2)
		if len(moved) != 1 || moved[0].First != room || moved[0].Last != room || moved[0].From != blocks[0].Site || moved[0].Site != blocks[1].Site {
			t.Errorf("moved: %v", moved)
		}
		return err
	})
}

// at is where somebody sits, but for the site.
type at struct {
	number     string
	room, seat int
}

func (x *desk) numbers(a flow.AreaRooms) map[string]at {
	x.t.Helper()
	out := map[string]at{}
	x.must(func(tx *db.Tx) error {
		seats, err := seating.Seats(ctx, tx, a.Version.ID, a.Area.Code, 1, len(a.Rooms))
		for _, s := range seats {
			out[s.Application] = at{s.Number, s.Room, s.Seat}
		}
		return err
	})
	return out
}

func sorted(m map[string]at) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
