package arrangement

import (
	"cmp"
	"slices"
)

// Add gives exception seats (编排后增补) to who was not in the frozen list: behind the
// last seat that was ever given in a room of her group that is not full, else of one of
// its pool, else in a new room behind the last of her area; nobody is seated in a closed
// room. Nobody who has a seat is moved and no number is given twice (fault 40). lots
// decide among the late: seed is that of the arrangement.
// The input holds who sits already and the late; the result only the seats of the late,
// the rooms that are new or hold more, and what could not be met.
func Add(in *Input, seed Seed, before *Result, late []Token) (*Result, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	added := make(map[Token]bool, len(late))
	for _, t := range late {
		added[t] = true
	}
	only := *in
	only.Candidates = slices.DeleteFunc(slices.Clone(in.Candidates), func(c Candidate) bool { return !added[c.Token] })
	a := &arranger{in: &only, out: &Result{}}
	a.grid, _ = GridOf(in.Rules.Grid)
	a.pattern, _ = in.Rules.number()
	f := newAdder(a, slices.Clone(before.Rooms))
	for _, g := range a.groups(seed) {
		for _, p := range g.people {
			s := f.seat(g, p)
			a.unmet(s, p)
			a.out.Seats = append(a.out.Seats, s)
		}
	}
	for i := range f.rooms {
		if f.touched[i] {
			a.out.Rooms = append(a.out.Rooms, f.rooms[i])
		}
	}
	slices.SortFunc(a.out.Rooms, byRoom)
	slices.SortFunc(a.out.Seats, bySeat)
	return a.out, nil
}

func byRoom(x, y Room) int {
	return cmp.Or(cmp.Compare(x.Area, y.Area), cmp.Compare(x.Number, y.Number))
}

func bySeat(x, y Seat) int {
	return cmp.Or(cmp.Compare(x.Area, y.Area), cmp.Compare(x.Room, y.Room), cmp.Compare(x.Seat, y.Seat))
}

// adder knows the rooms as they fill.
type adder struct {
	*arranger
	rooms   []Room
	of      map[string][]int // rooms by area
	touched map[int]bool
}

func newAdder(a *arranger, rooms []Room) *adder {
	f := &adder{arranger: a, rooms: rooms, of: map[string][]int{}, touched: map[int]bool{}}
	for i := range rooms {
		f.of[rooms[i].Area] = append(f.of[rooms[i].Area], i)
	}
	return f
}

// seat gives one to somebody late.
func (f *adder) seat(g *group, p person) Seat {
	at := f.room(g)
	r := &f.rooms[at]
	r.Last = r.last() + 1
	r.Seats++
	f.touched[at] = true
	if !slices.Contains(r.Groups, g.String()) {
		r.Groups = append(slices.Clone(r.Groups), g.String())
	}
	return Seat{Token: f.in.Candidates[p.index].Token, Area: g.area, Room: r.Number, Seat: r.Last,
		Number: f.pattern.at(f.pattern.of(f.in.Rules.Year, g, r.Number), r.Last)}
}

// unmet lists what could not be met of the seat of somebody whom no arrangement placed.
func (a *arranger) unmet(s Seat, p person) {
	if s.Number == "" {
		a.out.Problems = append(a.out.Problems, Problem{Reason: NoNumber, Area: s.Area, Room: s.Room, Token: s.Token})
	}
	if p.front && !a.grid.Front(s.Seat) {
		a.out.Problems = append(a.out.Problems, Problem{Reason: NoFront, Area: s.Area, Room: s.Room, Token: s.Token})
	}
}

// room finds one that takes her, or opens one.
func (f *adder) room(g *group) int {
	best, last := -1, 0
	for _, i := range f.of[g.area] {
		r := &f.rooms[i]
		last = max(last, r.Number)
		if r.Seats == 0 || r.last() >= f.in.Rules.Size || r.Pool != g.pool || r.Need != g.need {
			continue
		}
		switch hers := slices.Contains(r.Groups, g.String()); {
		case hers:
			return i
		case best < 0 && f.in.Rules.Tail == Pool:
			best = i
		}
	}
	if best >= 0 {
		return best
	}
	at := len(f.rooms)
	f.rooms, f.of[g.area] = append(f.rooms, Room{Area: g.area, Number: last + 1, Pool: g.pool, Need: g.need}), append(f.of[g.area], at)
	return at
}
