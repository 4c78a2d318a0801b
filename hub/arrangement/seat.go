package arrangement

import "slices"

// room is one on the way: who sits at each seat, from 0.
type room struct {
	Room
	people []person
	groups []*group
}

// area makes rules 4 to 8 for the groups of one area.
func (a *arranger) area(groups []*group) {
	var rooms []*room
	for start := 0; start < len(groups); {
		end := start
		for end < len(groups) && groups[end].need == groups[start].need {
			end++
		}
		rooms = append(rooms, a.rooms(groups[start:end])...)
		start = end
	}
	for i, r := range rooms {
		r.Number, r.Seats, r.Last = i+1, len(r.people), len(r.people)
		for _, g := range r.groups {
			r.Groups = append(r.Groups, g.String())
		}
		a.place(r)
	}
	if a.in.Rules.Neighbour {
		a.separate(rooms)
	}
	if at := slices.IndexFunc(a.in.Areas, func(x Area) bool { return x.Code == groups[0].area }); a.in.Areas[at].Rooms > 0 && len(rooms) > a.in.Areas[at].Rooms {
		a.out.Problems = append(a.out.Problems, Problem{Reason: AreaFull, Area: groups[0].area, Count: len(rooms) - a.in.Areas[at].Rooms})
	}
	for _, r := range rooms {
		a.write(r)
	}
}

// String names a group in a room.
func (g *group) String() string {
	if g.language == "" {
		return g.level + "/" + g.category
	}
	return g.level + "/" + g.category + "/" + g.language
}

// rooms is rule 4 and the order of rule 5, for the groups of an area with one need.
func (a *arranger) rooms(groups []*group) (rooms []*room) {
	size := a.in.Rules.Size
	tails := map[string][]int{}    // of pools, by the groups' order
	in := map[string][]*group{}    // the groups of a pool
	last := map[string]*group{}    // the last group of a pool
	open := func(g *group) *room { // an empty room of a pool
		return &room{Room: Room{Area: g.area, Pool: g.pool, Need: g.need}}
	}
	for _, g := range groups {
		last[g.pool] = g
	}
	for _, g := range groups {
		n := len(g.people) / size * size
		for i := 0; i < n; i += size {
			r := open(g)
			r.take(g, g.people[i:i+size])
			rooms = append(rooms, r)
		}
		switch tail := g.people[n:]; {
		case len(tail) == 0:
		case a.in.Rules.Tail == Merge && n > 0 && len(tail) <= a.in.Rules.MinTail && size+len(tail) <= len(a.grid.Seats):
			rooms[len(rooms)-1].take(g, tail)
		case a.in.Rules.Tail == Pool:
			tails[g.pool], in[g.pool] = append(tails[g.pool], len(tail)), append(in[g.pool], g)
		default:
			r := open(g)
			r.take(g, tail)
			rooms = append(rooms, r)
		}
		if last[g.pool] != g {
			continue
		}
		from := make([]int, len(in[g.pool]))
		for _, pieces := range pack(tails[g.pool], size) {
			r := open(g)
			for _, p := range pieces {
				of := in[g.pool][p.tail]
				begin := len(of.people)/size*size + from[p.tail]
				r.take(of, of.people[begin:begin+p.count])
				from[p.tail] += p.count
			}
			rooms = append(rooms, r)
		}
	}
	return rooms
}

func (r *room) take(g *group, people []person) {
	r.people = append(r.people, people...)
	if len(r.groups) == 0 || r.groups[len(r.groups)-1] != g {
		r.groups = append(r.groups, g)
	}
}

// place is rule 6: who needs the front row takes its seats in their order; all others
// take what is left. Whoever needs it stays where she is put.
func (a *arranger) place(r *room) {
	seats := a.grid.front(len(r.people))
	var front, rest []person
	for i, p := range r.people {
		if p.front && len(front) < seats {
			front = append(front, r.people[i])
			continue
		}
		if p.front {
			a.out.Problems = append(a.out.Problems, Problem{Reason: NoFront, Area: r.Area, Room: r.Number, Token: a.in.Candidates[p.index].Token})
		}
		rest = append(rest, p)
	}
	if len(front) == 0 {
		return
	}
	for i := range r.people {
		if a.grid.Front(i+1) && len(front) > 0 {
			r.people[i], front = front[0], front[1:]
			continue
		}
		r.people[i], rest = rest[0], rest[1:]
	}
}

// write gives a room's seats their numbers.
func (a *arranger) write(r *room) {
	numbers := map[int32]string{} // of seat 1, by group
	for i := range r.people {
		p := &r.people[i]
		first, known := numbers[p.group]
		if !known {
			at := slices.IndexFunc(r.groups, func(g *group) bool { return g.people[0].group == p.group })
			first = a.pattern.of(a.in.Rules.Year, r.groups[at], r.Number)
			numbers[p.group] = first
		}
		s := Seat{Token: a.in.Candidates[p.index].Token, Area: r.Area, Room: r.Number, Seat: i + 1, Number: a.pattern.at(first, i+1)}
		if s.Number == "" {
			a.out.Problems = append(a.out.Problems, Problem{Reason: NoNumber, Area: r.Area, Room: r.Number, Token: s.Token})
		}
		a.out.Seats = append(a.out.Seats, s)
	}
	if a.in.Rules.Neighbour {
		if n := a.pairs(r); n > 0 {
			a.out.Problems = append(a.out.Problems, Problem{Reason: Neighbour, Area: r.Area, Room: r.Number, Count: n})
		}
	}
	a.out.Rooms = append(a.out.Rooms, r.Room)
}
