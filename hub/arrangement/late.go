package arrangement

import (
	"cmp"
	"slices"
)

// Add gives exception seats (编排后增补) to who was not in the frozen list: behind the
// last seat of a room of her group that is not full, else of one of its pool, else in a
// new room behind the last of her area. Nobody who has a seat is moved and no number is
// given twice (fault 40). lots decide among the late: seed is that of the arrangement.
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
	f := &adder{arranger: a, rooms: slices.Clone(before.Rooms), touched: map[int]bool{}}
	for _, g := range a.groups(seed) {
		for _, p := range g.people {
			f.seat(g, p)
		}
	}
	for i := range f.rooms {
		if f.touched[i] {
			a.out.Rooms = append(a.out.Rooms, f.rooms[i])
		}
	}
	slices.SortFunc(a.out.Rooms, func(x, y Room) int { return cmp.Or(cmp.Compare(x.Area, y.Area), cmp.Compare(x.Number, y.Number)) })
	slices.SortFunc(a.out.Seats, func(x, y Seat) int {
		return cmp.Or(cmp.Compare(x.Area, y.Area), cmp.Compare(x.Room, y.Room), cmp.Compare(x.Seat, y.Seat))
	})
	return a.out, nil
}

// adder knows the rooms as they fill.
type adder struct {
	*arranger
	rooms   []Room
	touched map[int]bool
}

// seat finds one for somebody late.
func (f *adder) seat(g *group, p person) {
	at := f.room(g)
	r := &f.rooms[at]
	r.Seats++
	f.touched[at] = true
	if !slices.Contains(r.Groups, g.String()) {
		r.Groups = append(slices.Clone(r.Groups), g.String())
	}
	s := Seat{Token: f.in.Candidates[p.index].Token, Area: g.area, Room: r.Number, Seat: r.Seats}
	s.Number = f.pattern.at(f.pattern.of(f.in.Rules.Year, g, r.Number), r.Seats)
	if s.Number == "" {
		f.out.Problems = append(f.out.Problems, Problem{Reason: NoNumber, Area: g.area, Room: r.Number, Token: s.Token})
	}
	if p.front && !f.grid.Front(s.Seat) {
		f.out.Problems = append(f.out.Problems, Problem{Reason: NoFront, Area: g.area, Room: r.Number, Token: s.Token})
	}
	f.out.Seats = append(f.out.Seats, s)
}

// room finds one that takes her, or opens one.
func (f *adder) room(g *group) int {
	best, last := -1, 0
	for i, r := range f.rooms {
		if r.Area != g.area {
			continue
		}
		last = max(last, r.Number)
		if r.Seats >= f.in.Rules.Size || r.Pool != g.pool || r.Need != g.need {
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
	f.rooms = append(f.rooms, Room{Area: g.area, Number: last + 1, Pool: g.pool, Need: g.need})
	return len(f.rooms) - 1
}
