package arrangement

// passes is how often a room is gone through, and reach how many further rooms of a
// group are looked at for somebody to exchange with.
const (
	passes = 4
	reach  = 8
)

// separate is rule 7, for the rooms of an area. An exchange is made only if fewer
// neighbours have one origin after it.
func (a *arranger) separate(rooms []*room) {
	of := map[int32][]int{} // rooms of a group
	for i, r := range rooms {
		for range passes {
			if !a.within(r) {
				break
			}
		}
		for _, g := range r.groups {
			of[g.people[0].group] = append(of[g.people[0].group], i)
		}
	}
	for i, r := range rooms {
		for s := range r.people {
			if p := &r.people[s]; !p.front && a.near(r, s) > 0 {
				a.across(rooms, of[p.group], i, s)
			}
		}
	}
}

// near counts the neighbours of a seat who have its origin.
func (a *arranger) near(r *room, s int) (n int) {
	origin := r.people[s].origin
	if origin == 0 {
		return 0
	}
	for _, t := range a.grid.near[s] {
		if t < len(r.people) && r.people[t].origin == origin {
			n++
		}
	}
	return n
}

// pairs counts the neighbours of one origin in a room.
func (a *arranger) pairs(r *room) (n int) {
	for s := range r.people {
		n += a.near(r, s)
	}
	return n / 2
}

// within goes through a room once; it reports whether anything was exchanged.
func (a *arranger) within(r *room) (changed bool) {
	for s := range r.people {
		if r.people[s].front || a.near(r, s) == 0 {
			continue
		}
		best, with := 0, -1
		for t := range r.people {
			if gain := a.gain(r, s, r, t); gain > best {
				best, with = gain, t
			}
		}
		if with >= 0 {
			r.people[s], r.people[with] = r.people[with], r.people[s]
			changed = true
		}
	}
	return changed
}

// across exchanges one with somebody of her group in another room: the first there is
// with whom it is best, in the first room where it is better at all.
func (a *arranger) across(rooms []*room, of []int, at, s int) {
	here := 0
	for here < len(of) && of[here] != at {
		here++
	}
	for k := 1; k < len(of) && k <= reach; k++ {
		other := rooms[of[(here+k)%len(of)]]
		best, with := 0, -1
		for t := range other.people {
			if gain := a.gain(rooms[at], s, other, t); gain > best {
				best, with = gain, t
			}
		}
		if with >= 0 {
			rooms[at].people[s], other.people[with] = other.people[with], rooms[at].people[s]
			return
		}
	}
}

// gain is by how many fewer neighbours of one origin there are when two are exchanged;
// 0 if they may not be.
func (a *arranger) gain(r *room, s int, o *room, t int) int {
	x, y := &r.people[s], &o.people[t]
	if x == y || x.group != y.group || y.front || x.origin == y.origin {
		return 0
	}
	before := a.near(r, s) + a.near(o, t)
	*x, *y = *y, *x
	after := a.near(r, s) + a.near(o, t)
	*x, *y = *y, *x
	return before - after
}
