package arrangement_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/arrangement"
)

// oracle holds a result against the rules of doc.go, written from their words
// alone: slow, and sharing nothing with what it judges but the types. It returns what
// is wrong.
type oracle struct {
	in   *arrangement.Input
	seed arrangement.Seed
	out  *arrangement.Result
	bad  []string

	before *arrangement.Result // of a revision

	who   map[arrangement.Token]arrangement.Candidate
	rooms map[string][]arrangement.Seat // "area/room"
	grid  *arrangement.Grid
}

func judge(in *arrangement.Input, seed arrangement.Seed, out *arrangement.Result) []string {
	o := newOracle(in, seed, out)
	o.everybodyOnce()
	o.areas()
	o.seats()
	o.packing()
	o.order()
	o.numbers()
	o.listed()
	return o.bad
}

func newOracle(in *arrangement.Input, seed arrangement.Seed, out *arrangement.Result) *oracle {
	o := &oracle{in: in, seed: seed, out: out, who: map[arrangement.Token]arrangement.Candidate{}, rooms: map[string][]arrangement.Seat{}}
	o.grid, _ = arrangement.GridOf(in.Rules.Grid)
	for _, c := range in.Candidates {
		o.who[c.Token] = c
	}
	for _, s := range out.Seats {
		o.rooms[s.Area+"/"+strconv.Itoa(s.Room)] = append(o.rooms[s.Area+"/"+strconv.Itoa(s.Room)], s)
	}
	return o
}

func (o *oracle) wrong(format string, args ...any) {
	o.bad = append(o.bad, fmt.Sprintf(format, args...))
}

// there reports whether an area is among the areas.
func (o *oracle) there(area string) bool {
	return slices.ContainsFunc(o.in.Areas, func(a arrangement.Area) bool { return a.Code == area })
}

// area is rule 1, by looking at every catchment for each wildcard.
func (o *oracle) area(c arrangement.Candidate) string {
	if o.there(c.Area) {
		return c.Area
	}
	best, area := -1, ""
	for _, k := range o.in.Catchments {
		telling := 0
		if k.Division != c.Division || k.Level != "" && k.Level != c.Level || k.Category != "" && k.Category != c.Category || k.Language != "" && k.Language != c.Language {
			continue
		}
		for _, v := range []string{k.Level, k.Category, k.Language} {
			if v != "" {
				telling++
			}
		}
		if telling > best {
			best, area = telling, k.Area
		}
	}
	return area
}

func (o *oracle) need(c arrangement.Candidate) arrangement.Need {
	for _, n := range o.in.Rules.Needs {
		if n.Key == c.Need {
			return n
		}
	}
	return arrangement.Need{}
}

// group is rule 2, as text.
func (o *oracle) group(c arrangement.Candidate) string {
	g := o.area(c) + "|"
	if n := o.need(c); n.Apart {
		g += n.Key
	}
	g += "|" + c.Level + "|" + c.Category + "|"
	if o.in.Rules.Languages {
		g += c.Language
	}
	return g
}

func (o *oracle) ends(level string) string {
	for _, l := range o.in.Rules.Levels {
		if l.Code == level {
			return l.Ends
		}
	}
	return "?"
}

// pool is of rule 4.
func (o *oracle) pool(c arrangement.Candidate) string {
	need := ""
	if n := o.need(c); n.Apart {
		need = n.Key
	}
	return o.area(c) + "|" + need + "|" + o.ends(c.Level)
}

func (o *oracle) everybodyOnce() {
	seen := map[arrangement.Token]int{}
	for _, s := range o.out.Seats {
		if seen[s.Token]++; seen[s.Token] > 1 {
			o.wrong("%s sits twice", s.Token)
		}
	}
	for t, c := range o.who {
		if mapped := o.area(c) != ""; mapped != (seen[t] == 1) {
			o.wrong("%s: mapped %v, seats %d", t, mapped, seen[t])
		}
	}
}

func (o *oracle) areas() {
	for _, s := range o.out.Seats {
		if want := o.area(o.who[s.Token]); s.Area != want {
			o.wrong("%s sits in area %s, the catchments say %s", s.Token, s.Area, want)
		}
	}
}

// seats: rooms from 1 without a gap, seats from 1 without a gap, none too large, all of
// a room may share it.
func (o *oracle) seats() {
	perArea := map[string]int{}
	for _, r := range o.out.Rooms {
		perArea[r.Area]++
		if r.Number != perArea[r.Area] {
			o.wrong("area %s: room %d is number %d", r.Area, perArea[r.Area], r.Number)
		}
		in := o.rooms[r.Area+"/"+strconv.Itoa(r.Number)]
		most := o.in.Rules.Size
		if o.in.Rules.Tail == arrangement.Merge {
			most = min(most+o.in.Rules.MinTail, len(o.grid.Seats))
		}
		if len(in) == 0 || len(in) != r.Seats || len(in) > most {
			o.wrong("room %s/%d has %d seats, says %d", r.Area, r.Number, len(in), r.Seats)
		}
		for i, s := range in {
			if s.Seat != i+1 {
				o.wrong("room %s/%d: seat %d follows %d", s.Area, s.Room, s.Seat, i)
			}
			if o.pool(o.who[s.Token]) != o.pool(o.who[in[0].Token]) {
				o.wrong("room %s/%d: two pools", s.Area, s.Room)
			}
			if o.in.Rules.Tail != arrangement.Pool && o.group(o.who[s.Token]) != o.group(o.who[in[0].Token]) {
				o.wrong("room %s/%d: two groups and tails are not pooled", s.Area, s.Room)
			}
		}
	}
}

// packing is rule 4: how many rooms, and how many groups are cut.
func (o *oracle) packing() {
	groups, pools, of := map[string]int{}, map[string][]string{}, map[string]string{}
	for _, c := range o.in.Candidates {
		if o.area(c) == "" {
			continue
		}
		g := o.group(c)
		if groups[g]++; groups[g] == 1 {
			pools[o.pool(c)] = append(pools[o.pool(c)], g)
			of[g] = o.pool(c)
		}
	}
	size := o.in.Rules.Size
	rooms, mixed, small := map[string]int{}, map[string]map[string]int{}, map[string]int{}
	for key, in := range o.rooms {
		p := o.pool(o.who[in[0].Token])
		rooms[p]++
		for _, s := range in {
			g := o.group(o.who[s.Token])
			if mixed[g] == nil {
				mixed[g] = map[string]int{}
			}
			mixed[g][key]++
		}
		if len(in) != size {
			small[o.group(o.who[in[0].Token])]++
		}
	}
	for p, in := range pools {
		want, sum, tails := 0, 0, []int(nil)
		for _, g := range in {
			n := groups[g]
			full, tail := n/size, n%size
			want += full
			merged := o.in.Rules.Tail == arrangement.Merge && full > 0 && tail <= o.in.Rules.MinTail && size+tail <= len(o.grid.Seats)
			switch {
			case o.in.Rules.Tail == arrangement.Pool:
				sum += tail
				if tail > 0 {
					tails = append(tails, tail)
				}
			case tail > 0 && !merged:
				want++
			}
		}
		want += (sum + size - 1) / size
		if rooms[p] != want {
			o.wrong("pool %s has %d rooms, want %d", p, rooms[p], want)
		}
		if o.in.Rules.Tail != arrangement.Pool || len(tails) > 7 {
			continue
		}
		cuts := 0
		for _, g := range in {
			if need := (groups[g] + size - 1) / size; len(mixed[g]) > need {
				cuts += len(mixed[g]) - need
			}
		}
		if least := fewestCuts(tails, size, (sum+size-1)/size); cuts != least {
			o.wrong("pool %s: %d cuts, %d would do for tails %v", p, cuts, least, tails)
		}
	}
}

// fewestCuts tries every way to divide tails into sets; a set in r rooms is cut r−1
// times.
func fewestCuts(tails []int, size, rooms int) int {
	best := len(tails) * rooms
	var sets []int
	var try func(i int)
	try = func(i int) {
		if i == len(tails) {
			need, cuts := 0, 0
			for _, sum := range sets {
				r := (sum + size - 1) / size
				need, cuts = need+r, cuts+r-1
			}
			if need <= rooms {
				best = min(best, cuts)
			}
			return
		}
		for s := range sets {
			sets[s] += tails[i]
			try(i + 1)
			sets[s] -= tails[i]
		}
		sets = append(sets, tails[i])
		try(i + 1)
		sets = sets[:len(sets)-1]
	}
	try(0)
	return best
}

func (o *oracle) lot(t arrangement.Token) string {
	h := sha256.Sum256(slices.Concat(o.seed[:], []byte("lot"), t[:]))
	return string(h[:])
}

// rank is where a room's first group stands in the order of rule 5.
func (o *oracle) rank(c arrangement.Candidate) string {
	at := len(o.in.Rules.Needs)
	if n := o.need(c); n.Apart {
		at = slices.IndexFunc(o.in.Rules.Needs, func(x arrangement.Need) bool { return x.Key == n.Key })
	}
	level := slices.IndexFunc(o.in.Rules.Levels, func(l arrangement.Level) bool { return l.Code == c.Level })
	language := ""
	if o.in.Rules.Languages {
		language = c.Language
	}
	return fmt.Sprintf("%03d|%03d|%s|%s", at, level, c.Category, language)
}

// order is rules 5 and 6: groups in their order, each by its lots. Where neighbours are
// moved apart lots say only who is of the group.
func (o *oracle) order() {
	last := map[string]string{} // of an area: rank of its last room of one group
	fronts := false
	for _, n := range o.in.Rules.Needs {
		fronts = fronts || n.Front
	}
	lots := map[string]string{} // of a group: the last lot
	for _, r := range o.out.Rooms {
		in := o.rooms[r.Area+"/"+strconv.Itoa(r.Number)]
		if !fronts {
			for i := 1; i < len(in); i++ {
				if o.rank(o.who[in[i].Token]) < o.rank(o.who[in[i-1].Token]) {
					o.wrong("room %s/%d: seat %d is of a group before that of seat %d", r.Area, r.Number, i+1, i)
				}
			}
		}
		if len(r.Groups) == 1 && len(in) == o.in.Rules.Size {
			if rank := o.rank(o.who[in[0].Token]); rank < last[r.Area] && o.in.Rules.Tail != arrangement.Pool {
				o.wrong("area %s: room %d comes too late", r.Area, r.Number)
			} else {
				last[r.Area] = max(last[r.Area], rank)
			}
		}
		if o.in.Rules.Neighbour || fronts {
			continue
		}
		for _, s := range in {
			g, lot := o.group(o.who[s.Token]), o.lot(s.Token)
			if lot < lots[g] {
				o.wrong("room %s/%d, seat %d: not in the order of lots", s.Area, s.Room, s.Seat)
			}
			lots[g] = lot
		}
	}
}

// numbers is rule 8: unique, and as the template has them.
func (o *oracle) numbers() {
	seen := map[string]bool{}
	for _, s := range o.out.Seats {
		c := o.who[s.Token]
		want := fmt.Sprintf("%s%s%04d%02d", s.Area, c.Category, s.Room, s.Seat)
		if s.Number != want || seen[s.Number] {
			o.wrong("%s has number %s, want %s, once", s.Token, s.Number, want)
		}
		seen[s.Number] = true
	}
}

// listed: what could not be met is listed, and nothing else.
func (o *oracle) listed() {
	want := map[string]int{}
	for _, c := range o.in.Candidates {
		if o.area(c) == "" {
			want["unmapped "+c.Token.String()]++
		}
		if c.Area != "" && !o.there(c.Area) {
			want["no-area "+c.Token.String()]++
		}
	}
	count := map[string]int{}
	for _, r := range o.out.Rooms {
		in := o.rooms[r.Area+"/"+strconv.Itoa(r.Number)]
		if len(in) > 0 {
			count[r.Area]++
		}
		pairs, fronts, sits := 0, 0, 0
		for i, s := range in {
			c, at := o.who[s.Token], o.grid.Seats[s.Seat-1]
			if at.Row == 1 {
				fronts++
			}
			if o.need(c).Front {
				if sits++; at.Row != 1 {
					want["no-front "+s.Token.String()]++
				}
			}
			for j := range i {
				p := o.grid.Seats[in[j].Seat-1]
				d := abs(p.Column-at.Column) + abs(p.Row-at.Row)
				if d == 1 && c.Origin != 0 && c.Origin == o.who[in[j].Token].Origin {
					pairs++
				}
			}
		}
		left := 0
		for _, s := range in {
			if o.need(o.who[s.Token]).Front && o.grid.Seats[s.Seat-1].Row != 1 {
				left++
			}
		}
		if o.before == nil && left != max(0, sits-fronts) {
			o.wrong("room %s/%d: %d who need the front row, %d seats of it, %d sit elsewhere", r.Area, r.Number, sits, fronts, left)
		}
		if pairs > 0 && o.in.Rules.Neighbour {
			want[fmt.Sprintf("neighbours %s %d %d", r.Area, r.Number, pairs)]++
		}
	}
	for _, a := range o.in.Areas {
		if a.Rooms > 0 && count[a.Code] > a.Rooms {
			want[fmt.Sprintf("area-full %s %d", a.Code, count[a.Code]-a.Rooms)]++
		}
	}
	for _, p := range o.out.Problems {
		key := string(p.Reason) + " " + p.Token.String()
		switch p.Reason {
		case arrangement.Neighbour:
			key = fmt.Sprintf("neighbours %s %d %d", p.Area, p.Room, p.Count)
		case arrangement.AreaFull:
			key = fmt.Sprintf("area-full %s %d", p.Area, p.Count)
		}
		if want[key]--; want[key] < 0 {
			o.wrong("listed without a cause: %s", key)
		}
	}
	for key, n := range want {
		if n > 0 {
			o.wrong("not listed: %s", key)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// words joins what is wrong.
func words(bad []string) string { return strings.Join(bad[:min(len(bad), 8)], "\n") }
