package arrangement_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"zhunkao/hub/arrangement"
)

// TestAdd: whoever is late gets a seat, nobody else is touched, no number comes twice,
// and no room is new while one of her pool has a seat.
func TestAdd(t *testing.T) {
	for n := range uint64(500) {
		r := rand.New(rand.NewPCG(n, 40))
		in := small(r)
		cut := len(in.Candidates) - r.IntN(min(10, len(in.Candidates)+1))
		first := *in
		first.Candidates = in.Candidates[:cut]
		before, err := arrangement.Arrange(&first, seeded(n))
		if err != nil {
			t.Fatal(err)
		}
		var late []arrangement.Token
		for _, c := range in.Candidates[cut:] {
			late = append(late, c.Token)
		}
		added, err := arrangement.Add(in, seeded(n), before, late)
		if err != nil {
			t.Fatal(err)
		}
		unmapped := 0
		for _, p := range added.Problems {
			if p.Reason == arrangement.Unmapped {
				unmapped++
			}
		}
		if len(added.Seats)+unmapped != len(late) {
			t.Fatalf("province %d: %d late, %d seats, %d unmapped", n, len(late), len(added.Seats), unmapped)
		}
		numbers, places := map[string]bool{}, map[string]int{}
		for _, s := range slices.Concat(before.Seats, added.Seats) {
			place := fmt.Sprint(s.Area, "/", s.Room)
			if places[place]++; numbers[s.Number] || s.Seat != places[place] {
				t.Fatalf("province %d: number %s twice, or seat %d of room %s is not the next", n, s.Number, s.Seat, place)
			}
			numbers[s.Number] = true
		}
		for _, room := range added.Rooms {
			if room.Seats != places[fmt.Sprint(room.Area, "/", room.Number)] {
				t.Fatalf("province %d: room %s/%d says %d seats", n, room.Area, room.Number, room.Seats)
			}
		}
	}
}

// TestSites: proposals are runs within the sites' rooms, and none of them is at fault;
// a lost site moves its own rooms and no others.
func TestSites(t *testing.T) {
	for n := range uint64(500) {
		r := rand.New(rand.NewPCG(n, 50))
		var rooms []arrangement.Room
		for i := range 1 + r.IntN(60) {
			rooms = append(rooms, arrangement.Room{Area: "0104", Number: i + 1, Groups: []string{fmt.Sprint("1/1", i*5/60)}, Seats: 30})
		}
		var sites []arrangement.Site
		places := 0
		for i := range 1 + r.IntN(6) {
			s := arrangement.Site{Code: fmt.Sprint("s", i), Area: "0104", Rooms: 1 + r.IntN(30)}
			sites, places = append(sites, s), places+s.Rooms
		}
		blocks, err := arrangement.Propose(rooms, sites)
		if (err != nil) != (places < len(rooms)) || err != nil && !errors.Is(err, arrangement.ErrSites) {
			t.Fatalf("%d rooms, %d places: %v", len(rooms), places, err)
		}
		if err != nil {
			continue
		}
		if faults := arrangement.CheckBlocks(rooms, sites, blocks); len(faults) > 0 {
			t.Fatalf("proposal %v: %v", blocks, faults)
		}
		lost := blocks[r.IntN(len(blocks))]
		after, moves, err := arrangement.Lose(blocks, sites, lost.Site)
		spare := places - len(rooms)
		for _, s := range sites {
			if s.Code == lost.Site {
				spare -= s.Rooms - lost.Rooms()
			}
		}
		if (err != nil) != (spare < lost.Rooms()) {
			t.Fatalf("%d spare for %d: %v", spare, lost.Rooms(), err)
		}
		if err != nil {
			continue
		}
		moved := 0
		for _, m := range moves {
			moved += m.Rooms()
		}
		left := slices.DeleteFunc(slices.Clone(sites), func(s arrangement.Site) bool { return s.Code == lost.Site })
		if faults := arrangement.CheckBlocks(rooms, left, after); len(faults) > 0 || moved != lost.Rooms() {
			t.Fatalf("after %s: %v; %d moved of %d", lost.Site, faults, moved, lost.Rooms())
		}
	}
}

// TestCheckBlocks: each way to spoil a table is found, and said with its rooms as a run.
func TestCheckBlocks(t *testing.T) {
	rooms := []arrangement.Room{{Number: 1}, {Number: 2}, {Number: 3}, {Number: 4}}
	sites := []arrangement.Site{{Code: "a", Rooms: 3}, {Code: "b", Rooms: 3}}
	for what, c := range map[string]struct {
		blocks []arrangement.Block
		want   []arrangement.BlockFault
	}{
		"nothing":        {[]arrangement.Block{{Site: "b", First: 3, Last: 4}, {Site: "a", First: 1, Last: 2}}, nil},
		"rooms without":  {[]arrangement.Block{{Site: "a", First: 1, Last: 2}}, []arrangement.BlockFault{{Kind: arrangement.Left, First: 3, Last: 4}}},
		"rooms twice":    {[]arrangement.Block{{Site: "a", First: 1, Last: 3}, {Site: "b", First: 2, Last: 4}}, []arrangement.BlockFault{{Kind: arrangement.Twice, Site: "b", Other: "a", First: 2, Last: 3}}},
		"too many":       {[]arrangement.Block{{Site: "a", First: 1, Last: 4}}, []arrangement.BlockFault{{Kind: arrangement.TooMany, Site: "a", Has: 3, Given: 4}}},
		"no such site":   {[]arrangement.Block{{Site: "a", First: 1, Last: 2}, {Site: "c", First: 3, Last: 4}}, []arrangement.BlockFault{{Kind: arrangement.StrangeSite, Site: "c"}}},
		"no such room":   {[]arrangement.Block{{Site: "a", First: 1, Last: 2}, {Site: "b", First: 3, Last: 5}}, []arrangement.BlockFault{{Kind: arrangement.NoRoom, Site: "b", First: 5, Last: 5}}},
		"millions":       {[]arrangement.Block{{Site: "a", First: 1, Last: 2}, {Site: "b", First: 3, Last: 4}, {Site: "c", First: 5, Last: 1 << 40}}, []arrangement.BlockFault{{Kind: arrangement.StrangeSite, Site: "c"}, {Kind: arrangement.NoRoom, Site: "c", First: 5, Last: 1 << 40}}},
		"no run":         {[]arrangement.Block{{Site: "a", First: 1, Last: 2}, {Site: "b", First: 3, Last: 4}, {Site: "b", First: 2, Last: 1}}, []arrangement.BlockFault{{Kind: arrangement.NoRun, Site: "b", First: 2, Last: 1}}},
		"a gap and more": {[]arrangement.Block{{Site: "a", First: 2, Last: 2}}, []arrangement.BlockFault{{Kind: arrangement.Left, First: 1, Last: 1}, {Kind: arrangement.Left, First: 3, Last: 4}}},
	} {
		var got []arrangement.BlockFault
		for _, err := range arrangement.CheckBlocks(rooms, sites, c.blocks) {
			got = append(got, *err.(*arrangement.BlockFault))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", what, got, c.want)
		}
	}
}
