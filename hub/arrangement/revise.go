package arrangement

import (
	"fmt"
	"slices"
	"sync"
)

// Why says why somebody's seat in a revision is not the one that she had.
type Why string

// The reasons, in the order in which rule 9 asks.
const (
	OtherArea   Why = "area"     // rule 1 gives another area
	OtherNeed   Why = "need"     // the room is of another need
	OtherGroup  Why = "group"    // nobody of her group sits in the room
	OtherEnds   Why = "ends"     // the room's sittings end at another time
	OffGrid     Why = "grid"     // the grid has no such seat
	OtherNumber Why = "number"   // the template gives another number
	Fresh       Why = "new"      // she had no seat
	Gone        Why = "gone"     // she is not on the list any more
	Nowhere     Why = "unmapped" // she is, and no catchment names her
)

// Change is somebody whose seat is not the one that she had.
type Change struct {
	Token    Token
	Why      Why
	Was, Now Seat // zero: none
}

// Revised is a revision of an arrangement (更正版).
type Revised struct {
	Result
	Changes []Change // by token; whoever is not among them keeps seat and number
}

// Kept counts who keeps seat and number.
func (r *Revised) Kept() int {
	n := len(r.Seats)
	for i := range r.Changes {
		if r.Changes[i].Now.Room > 0 {
			n--
		}
	}
	return n
}

// Revise seats a new list with the fewest changes to an arrangement in force: rule 9.
// before has every room and seat there is, exception seats too, in any order. The error
// wraps ErrInput.
func Revise(in *Input, seed Seed, before *Result) (*Revised, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	if err := before.check(); err != nil {
		return nil, err
	}
	r := newReviser(in, before)
	groups := r.groups(seed)
	r.pools(groups)
	late := r.keep(groups)
	f := newAdder(r.arranger, r.rooms)
	for _, l := range late {
		s := f.seat(l.group, l.person)
		l.change.Now = s
		r.changes = append(r.changes, l.change)
		r.seat(s, l.person)
	}
	r.rooms = f.rooms
	r.gone()
	return r.done(), nil
}

// reviser is one run of Revise.
type reviser struct {
	*arranger
	rooms   []Room
	at      map[roomKey]int // in rooms
	held    map[Token]Seat  // before; whoever is on the list is taken out
	changes []Change
	origins map[roomKey]map[int]uint64 // by seat, of those who have one
	numbers map[numberKey]string       // of seat 1
}

type numberKey struct {
	group *group
	room  int
}

// moving is somebody who does not keep her seat.
type moving struct {
	group  *group
	person person
	change Change
}

func newReviser(in *Input, before *Result) *reviser {
	r := &reviser{arranger: &arranger{in: in, out: &Result{}}, rooms: slices.SortedFunc(slices.Values(before.Rooms), byRoom), at: map[roomKey]int{},
		held: make(map[Token]Seat, len(before.Seats)), origins: map[roomKey]map[int]uint64{}, numbers: map[numberKey]string{}}
	r.grid, _ = GridOf(in.Rules.Grid)
	r.pattern, _ = in.Rules.number()
	for i := range r.rooms {
		r.at[roomKey{r.rooms[i].Area, r.rooms[i].Number}] = i
		r.rooms[i].Last = r.rooms[i].last()
	}
	for _, s := range before.Seats {
		r.held[s.Token] = s
	}
	return r
}

// pools says by the new rules when each room's sittings end: as those of the first of its
// groups that has anybody on the list.
func (r *reviser) pools(groups []*group) {
	type key struct{ area, need, group string }
	ends := map[key]string{}
	for _, g := range groups {
		ends[key{g.area, g.need, g.String()}] = g.pool
	}
	for i := range r.rooms {
		x := &r.rooms[i]
		for _, g := range x.Groups {
			if pool, ok := ends[key{x.Area, x.Need, g}]; ok {
				x.Pool = pool
				break
			}
		}
	}
}

// keep seats whoever keeps her seat, and gives the others in the order of their lots.
func (r *reviser) keep(groups []*group) (late []moving) {
	sits := map[int]map[string]bool{} // groups that somebody of keeps a room
	for i := range r.rooms {
		r.rooms[i].Seats = 0
	}
	for _, g := range groups {
		for _, p := range g.people {
			token := r.in.Candidates[p.index].Token
			was, had := r.held[token]
			delete(r.held, token)
			why := Fresh
			if had {
				why = r.why(g, was)
			}
			if why != "" {
				late = append(late, moving{g, p, Change{Token: token, Why: why, Was: was}})
				continue
			}
			at := r.at[roomKey{was.Area, was.Room}]
			r.rooms[at].Seats++
			if sits[at] == nil {
				sits[at] = map[string]bool{}
			}
			sits[at][g.String()] = true
			r.seat(was, p)
		}
	}
	for i := range r.rooms {
		r.rooms[i].Groups = slices.DeleteFunc(slices.Clone(r.rooms[i].Groups), func(g string) bool { return !sits[i][g] })
	}
	return late
}

// why somebody of a group does not keep a seat; "" if she does.
func (r *reviser) why(g *group, s Seat) Why {
	room := &r.rooms[r.at[roomKey{s.Area, s.Room}]]
	switch {
	case g.area != s.Area:
		return OtherArea
	case g.need != room.Need:
		return OtherNeed
	case !slices.Contains(room.Groups, g.String()):
		return OtherGroup
	case g.pool != room.Pool:
		return OtherEnds
	case s.Seat > len(r.grid.Seats):
		return OffGrid
	}
	k := numberKey{g, s.Room}
	first, known := r.numbers[k]
	if !known {
		first = r.pattern.of(r.in.Rules.Year, g, s.Room)
		r.numbers[k] = first
	}
	if r.pattern.at(first, s.Seat) != s.Number {
		return OtherNumber
	}
	return ""
}

// seat writes a seat down, and what could not be met of it.
func (r *reviser) seat(s Seat, p person) {
	r.out.Seats = append(r.out.Seats, s)
	r.unmet(s, p)
	if p.origin == 0 {
		return
	}
	k := roomKey{s.Area, s.Room}
	if r.origins[k] == nil {
		r.origins[k] = map[int]uint64{}
	}
	r.origins[k][s.Seat] = p.origin
}

// gone lists those who had a seat and have none: who is not on the list any more, or in
// no area.
func (r *reviser) gone() {
	nowhere := map[Token]bool{}
	for _, p := range r.out.Problems {
		if p.Reason == Unmapped {
			nowhere[p.Token] = true
		}
	}
	for token, was := range r.held {
		c := Change{Token: token, Why: Gone, Was: was}
		if nowhere[token] {
			c.Why = Nowhere
		}
		r.changes = append(r.changes, c)
	}
}

// done lists what could not be met of rooms and areas, and puts all in order.
func (r *reviser) done() *Revised {
	open := map[string]int{}
	for i := range r.rooms {
		x := &r.rooms[i]
		if x.Seats == 0 {
			continue
		}
		open[x.Area]++
		if n := r.side(x); n > 0 && r.in.Rules.Neighbour {
			r.out.Problems = append(r.out.Problems, Problem{Reason: Neighbour, Area: x.Area, Room: x.Number, Count: n})
		}
	}
	for _, a := range r.in.Areas {
		if a.Rooms > 0 && open[a.Code] > a.Rooms {
			r.out.Problems = append(r.out.Problems, Problem{Reason: AreaFull, Area: a.Code, Count: open[a.Code] - a.Rooms})
		}
	}
	r.out.Rooms = r.rooms
	slices.SortFunc(r.out.Rooms, byRoom)
	slices.SortFunc(r.out.Seats, bySeat)
	slices.SortFunc(r.out.Problems, byProblem)
	slices.SortFunc(r.changes, func(a, b Change) int { return slices.Compare(a.Token[:], b.Token[:]) })
	return &Revised{Result: *r.out, Changes: r.changes}
}

// side counts the neighbours of one origin in a room.
func (r *reviser) side(x *Room) (n int) {
	origins := r.origins[roomKey{x.Area, x.Number}]
	for seat, origin := range origins {
		for _, t := range r.grid.near[seat-1] {
			if t+1 > seat && origins[t+1] == origin {
				n++
			}
		}
	}
	return n
}

// mostSeats is how many seats the largest grid has.
var mostSeats = sync.OnceValue(func() (n int) {
	for _, g := range grids() {
		n = max(n, len(g.Seats))
	}
	return n
})

// check says what contradicts itself in an arrangement that is to be revised: rooms of
// an area are numbered from 1, seats are in them, and nobody and no number is there
// twice. It wraps ErrInput.
func (r *Result) check() error {
	rooms := make(map[roomKey]*Room, len(r.Rooms))
	last := ""
	n := 0
	sorted := slices.SortedFunc(slices.Values(r.Rooms), byRoom)
	for i := range sorted {
		x := &sorted[i]
		if x.Area != last {
			last, n = x.Area, 0
		}
		if n++; !clean(x.Area) || x.Number != n || x.Seats < 0 || x.Last < 0 || x.last() > mostSeats() {
			return fmt.Errorf("%w: before: room %d of area %q is not room %d, or of no size that a room has", ErrInput, x.Number, x.Area, n)
		}
		rooms[roomKey{x.Area, x.Number}] = x
	}
	type place struct {
		roomKey
		seat int
	}
	taken, tokens, numbers, count := make(map[place]bool, len(r.Seats)), make(map[Token]bool, len(r.Seats)), make(map[string]bool, len(r.Seats)), map[roomKey]int{}
	for i := range r.Seats {
		s := &r.Seats[i]
		k := roomKey{s.Area, s.Room}
		x := rooms[k]
		if x == nil || s.Seat < 1 || s.Seat > x.last() || taken[place{k, s.Seat}] || tokens[s.Token] || s.Number != "" && numbers[s.Number] {
			return fmt.Errorf("%w: before: seat %d of room %d of area %q is not there, or somebody or a number is there twice", ErrInput, s.Seat, s.Room, s.Area)
		}
		taken[place{k, s.Seat}], tokens[s.Token], numbers[s.Number] = true, true, true
		count[k]++
	}
	for k, x := range rooms {
		if x.Seats != count[k] {
			return fmt.Errorf("%w: before: %d sit in room %d of area %q, which says %d", ErrInput, count[k], k.room, k.area, x.Seats)
		}
	}
	return nil
}
