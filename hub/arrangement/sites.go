package arrangement

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Site (考点) is a school with rooms, in an area.
type Site struct {
	Code  string
	Area  string
	Rooms int
}

// Block is a run of an area's rooms at a site (考室分配表, A50).
type Block struct {
	Site        string
	Area        string
	First, Last int
}

// Rooms is how many rooms a block has.
func (b Block) Rooms() int { return b.Last - b.First + 1 }

// ErrSites says that an area's rooms do not fit its sites.
var ErrSites = errors.New("arrangement: more rooms than the sites have")

// Propose gives an area's rooms to its sites, in runs without a gap, each within its
// site's rooms. The largest sites come first, so that as few as can be are opened; where
// a site would be filled in the middle of a group's rooms, its run ends with the room
// before that group, if the sites behind it still have room for all. A closed room takes
// no place; it may lie in a run. ErrSites.
func Propose(rooms []Room, sites []Site) ([]Block, error) {
	rooms = slices.DeleteFunc(slices.Clone(rooms), func(r Room) bool { return r.Closed() })
	open := slices.SortedFunc(slices.Values(sites), func(a, b Site) int { return cmp.Or(cmp.Compare(b.Rooms, a.Rooms), cmp.Compare(a.Code, b.Code)) })
	behind := 0
	for _, s := range open {
		behind += s.Rooms
	}
	if behind < len(rooms) {
		return nil, fmt.Errorf("%w: %d rooms, places for %d", ErrSites, len(rooms), behind)
	}
	var out []Block
	begin := 0
	for _, s := range open {
		behind -= s.Rooms
		end := min(begin+s.Rooms, len(rooms))
		if begin == end {
			continue
		}
		if better := border(rooms, begin, end); end < len(rooms) && len(rooms)-better <= behind && sitesFor(rooms[better:], open, s) == sitesFor(rooms[end:], open, s) {
			end = better
		}
		out = append(out, Block{Site: s.Code, Area: rooms[begin].Area, First: rooms[begin].Number, Last: rooms[end-1].Number})
		begin = end
	}
	return out, nil
}

// border is the last place in (begin, end] at which another group begins; end if a
// group's rooms fill all of it.
func border(rooms []Room, begin, end int) int {
	for i := end; i > begin; i-- {
		if i == len(rooms) || rooms[i].Groups[0] != rooms[i-1].Groups[0] {
			return i
		}
	}
	return end
}

// sitesFor counts the sites behind one that are needed for so many rooms.
func sitesFor(rooms []Room, open []Site, after Site) (n int) {
	left := len(rooms)
	at := slices.Index(open, after)
	for _, s := range open[at+1:] {
		if left <= 0 {
			break
		}
		left, n = left-s.Rooms, n+1
	}
	return n
}

// BlockFault is what is wrong with a table of runs, for whoever mends it.
type BlockFault struct {
	Kind        BlockFaultKind
	Site        string
	First, Last int    // rooms
	Has, Given  int    // rooms of the site
	Other       string // site
}

// BlockFaultKind says what is wrong.
type BlockFaultKind string

// The kinds.
const (
	StrangeSite BlockFaultKind = "site"  // not of this area
	NoRun       BlockFaultKind = "run"   // it ends before it begins
	TooMany     BlockFaultKind = "rooms" // the site has Has rooms and is given Given
	NoRoom      BlockFaultKind = "room"  // the area has no such room
	Twice       BlockFaultKind = "twice" // Site and Other are both given these
	Left        BlockFaultKind = "left"  // no site is given these
)

// Error says it for a log.
func (f *BlockFault) Error() string {
	switch f.Kind {
	case StrangeSite:
		return fmt.Sprintf("site %s is not of this area", f.Site)
	case NoRun:
		return fmt.Sprintf("site %s: rooms %d to %d are no run", f.Site, f.First, f.Last)
	case TooMany:
		return fmt.Sprintf("site %s has %d rooms, and is given %d", f.Site, f.Has, f.Given)
	case NoRoom:
		return fmt.Sprintf("site %s: the area has no rooms %d to %d", f.Site, f.First, f.Last)
	case Twice:
		return fmt.Sprintf("rooms %d to %d are given to %s and %s", f.First, f.Last, f.Other, f.Site)
	}
	return fmt.Sprintf("rooms %d to %d have no site", f.First, f.Last)
}

// CheckBlocks says what is wrong with runs that somebody changed: every room of the
// area once, no site beyond its rooms, all of the area. A closed room may lie in a run,
// takes no place and needs none. nil if nothing is wrong. Each fault is a *BlockFault.
func CheckBlocks(rooms []Room, sites []Site, blocks []Block) (faults []error) {
	limit, used := map[string]int{}, map[string]int{}
	for _, s := range sites {
		limit[s.Code] = s.Rooms
	}
	exists := map[int]bool{}
	var closed []int
	for _, r := range rooms {
		if exists[r.Number] = true; r.Closed() {
			closed = append(closed, r.Number)
		}
	}
	given := map[int]string{}
	for _, b := range blocks {
		most, known := limit[b.Site]
		if !known {
			faults = append(faults, &BlockFault{Kind: StrangeSite, Site: b.Site})
		}
		if b.First < 1 || b.Last < b.First {
			faults = append(faults, &BlockFault{Kind: NoRun, Site: b.Site, First: b.First, Last: b.Last})
			continue
		}
		used[b.Site] += b.Rooms()
		for _, n := range closed {
			if n >= b.First && n <= b.Last {
				used[b.Site]--
			}
		}
		if known && used[b.Site] > most {
			faults = append(faults, &BlockFault{Kind: TooMany, Site: b.Site, Has: most, Given: used[b.Site]})
		}
		var runs faultRuns
		for n := b.First; n <= b.Last; n++ {
			was, twice := given[n]
			switch {
			case !exists[n]: // and none behind it, of which there may be millions
				runs.add(BlockFault{Kind: NoRoom, Site: b.Site, First: n, Last: b.Last})
				n = b.Last
				continue
			case twice:
				runs.add(BlockFault{Kind: Twice, Site: b.Site, Other: was, First: n, Last: n})
			}
			given[n] = b.Site
		}
		faults = append(faults, runs...)
	}
	var left faultRuns
	for _, r := range rooms {
		if _, ok := given[r.Number]; !ok && !r.Closed() {
			left.add(BlockFault{Kind: Left, First: r.Number, Last: r.Number})
		}
	}
	return append(faults, left...)
}

// faultRuns puts faults of rooms that follow each other together.
type faultRuns []error

func (r *faultRuns) add(f BlockFault) {
	if n := len(*r); n > 0 {
		if last := (*r)[n-1].(*BlockFault); last.Kind == f.Kind && last.Site == f.Site && last.Other == f.Other && last.Last == f.First-1 {
			last.Last = f.Last
			return
		}
	}
	*r = append(*r, &f)
}

// Move is a run of rooms that changes its site: all of its candidates are told.
type Move struct {
	Block
	From string
}

// Lose gives the rooms of a site that is lost to sites that have rooms left, with the
// fewest runs: nobody else moves and no number changes (fault 40). ErrSites.
func Lose(blocks []Block, sites []Site, lost string) (after []Block, moves []Move, err error) {
	free := map[string]int{}
	for _, s := range sites {
		if s.Code != lost {
			free[s.Code] = s.Rooms
		}
	}
	var gone []Block
	for _, b := range blocks {
		if b.Site == lost {
			gone = append(gone, b)
			continue
		}
		free[b.Site] -= b.Rooms()
		after = append(after, b)
	}
	for _, b := range gone {
		for b.Rooms() > 0 {
			to := roomiest(free, b.Rooms())
			if to == "" {
				return nil, nil, fmt.Errorf("%w: rooms %d to %d of area %s", ErrSites, b.First, b.Last, b.Area)
			}
			part := b
			part.Site, part.Last = to, b.First+min(free[to], b.Rooms())-1
			free[to] -= part.Rooms()
			b.First = part.Last + 1
			after, moves = append(after, part), append(moves, Move{part, lost})
		}
	}
	slices.SortFunc(after, func(a, b Block) int { return cmp.Or(cmp.Compare(a.Area, b.Area), cmp.Compare(a.First, b.First)) })
	return after, moves, nil
}

// roomiest is the site that takes a run with the least left over; else the one that
// takes most of it. "" if none has a room.
func roomiest(free map[string]int, n int) (best string) {
	for code, f := range free {
		if f <= 0 {
			continue
		}
		was := free[best]
		fits, fitted := f >= n, best != "" && was >= n
		switch {
		case best == "", fits && !fitted, fits == fitted && (fits && f < was || !fits && f > was):
			best = code
		case fits == fitted && f == was && code < best:
			best = code
		}
	}
	return best
}
