package arrangement

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Seed decides the lots. It is committed to before and revealed after (A49).
type Seed [32]byte

// Seat is where somebody sits.
type Seat struct {
	Token  Token
	Area   string
	Room   int // in its area, from 1
	Seat   int // on its grid, from 1
	Number string
}

// Room (考室) is what is known of a room without its candidates.
type Room struct {
	Area   string
	Number int
	Pool   string   // what its sittings end by: Level.Ends
	Need   string   // of rooms apart
	Groups []string // level, category and language of those who sit in it, in their order
	Seats  int      // who sits in it; 0 of a room that is closed (rule 9)
	Last   int      // the highest seat that was ever given in it; 0 says Seats
}

// Closed reports whether a room has no people any more: it needs no site, and nobody is
// seated in it again.
func (r *Room) Closed() bool { return r.Seats == 0 && r.Last > 0 }

// last is the highest seat that was ever given in a room.
func (r *Room) last() int { return max(r.Last, r.Seats) }

// Reason is why a rule could not be met.
type Reason string

// The reasons.
const (
	Unmapped  Reason = "unmapped"   // no catchment names her: she is not seated
	NoArea    Reason = "no-area"    // moved by hand to an area that is not there: her catchment counts
	NoNumber  Reason = "no-number"  // the template does not take her area, room or category
	NoFront   Reason = "no-front"   // the front rows of her group were taken
	AreaFull  Reason = "area-full"  // more rooms than the area's sites have
	Neighbour Reason = "neighbours" // two of one origin sit side by side
)

// Problem is a rule that could not be met.
type Problem struct {
	Reason Reason
	Area   string
	Room   int
	Token  Token // zero if it is nobody's own
	Count  int   // rooms too many, pairs of neighbours
}

// Result is an arrangement: seats by area, room and seat.
type Result struct {
	Rooms    []Room
	Seats    []Seat
	Problems []Problem
}

// person is a candidate on the way to a seat.
type person struct {
	lot    [sha256.Size]byte
	key    uint64 // the first bytes of lot: most are told apart by them
	group  int32
	index  int32 // in Input.Candidates
	origin uint64
	front  bool
}

// group is one of rule 2.
type group struct {
	area, need, level, category, language string
	needAt, levelAt                       int
	pool                                  string
	people                                []person
}

// Arrange seats everybody. The error is that of Check.
func Arrange(in *Input, seed Seed) (*Result, error) {
	if err := in.Check(); err != nil {
		return nil, err
	}
	a := &arranger{in: in, out: &Result{Seats: make([]Seat, 0, len(in.Candidates))}}
	a.grid, _ = GridOf(in.Rules.Grid)
	a.pattern, _ = in.Rules.number()
	groups := a.groups(seed)
	for start := 0; start < len(groups); {
		end := start
		for end < len(groups) && groups[end].area == groups[start].area {
			end++
		}
		a.area(groups[start:end])
		start = end
	}
	slices.SortFunc(a.out.Problems, byProblem)
	return a.out, nil
}

func byProblem(x, y Problem) int {
	return cmp.Or(cmp.Compare(x.Area, y.Area), cmp.Compare(x.Room, y.Room), cmp.Compare(x.Reason, y.Reason), slices.Compare(x.Token[:], y.Token[:]))
}

// arranger is one run.
type arranger struct {
	in      *Input
	grid    *Grid
	pattern pattern
	out     *Result
}

// groups makes rules 1 to 3: the groups in the order of rooms, each in the order of
// its lots.
func (a *arranger) groups(seed Seed) []*group {
	type key struct{ area, need, level, category, language string }
	catch := newCatcher(a.in)
	apart, front, at := a.needs()
	known := map[key]*group{}
	var all []*group
	lots := newLots(seed)
	for i := range a.in.Candidates {
		c := &a.in.Candidates[i]
		if catch.astray(c) {
			a.out.Problems = append(a.out.Problems, Problem{Reason: NoArea, Area: c.Area, Token: c.Token})
		}
		area, ok := catch.area(c)
		if !ok {
			a.out.Problems = append(a.out.Problems, Problem{Reason: Unmapped, Token: c.Token})
			continue
		}
		k := key{area: area, level: c.Level, category: c.Category}
		if a.in.Rules.Languages {
			k.language = c.Language
		}
		if apart[c.Need] {
			k.need = c.Need
		}
		g := known[k]
		if g == nil {
			g = &group{area: k.area, need: k.need, level: k.level, category: k.category, language: k.language, needAt: at[k.need]}
			g.levelAt = slices.IndexFunc(a.in.Rules.Levels, func(l Level) bool { return l.Code == k.level })
			g.pool = a.in.Rules.Levels[g.levelAt].Ends
			known[k] = g
			all = append(all, g)
		}
		p := person{lot: lots.of(c.Token), index: int32(i), origin: c.Origin, front: front[c.Need]}
		p.key = binary.BigEndian.Uint64(p.lot[:])
		g.people = append(g.people, p)
	}
	slices.SortFunc(all, func(x, y *group) int {
		return cmp.Or(cmp.Compare(x.area, y.area), cmp.Compare(x.needAt, y.needAt), cmp.Compare(x.levelAt, y.levelAt),
			cmp.Compare(x.category, y.category), cmp.Compare(x.language, y.language))
	})
	for i, g := range all {
		for j := range g.people {
			g.people[j].group = int32(i)
		}
		slices.SortFunc(g.people, byLot)
	}
	return all
}

func byLot(a, b person) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	return slices.Compare(a.lot[:], b.lot[:])
}

// needs gives which needs are of rooms apart, which of the front row, and their order:
// those apart come before everybody else.
func (a *arranger) needs() (apart, front map[string]bool, at map[string]int) {
	apart, front, at = map[string]bool{}, map[string]bool{}, map[string]int{"": len(a.in.Rules.Needs)}
	for i, n := range a.in.Rules.Needs {
		apart[n.Key], front[n.Key], at[n.Key] = n.Apart, n.Front, i
	}
	return apart, front, at
}

// lots computes lots: SHA-256 of seed, "lot" and token.
type lots struct {
	text [len(Seed{}) + 3 + len(Token{})]byte
}

func newLots(seed Seed) *lots {
	l := &lots{}
	copy(l.text[:], seed[:])
	copy(l.text[len(seed):], "lot")
	return l
}

func (l *lots) of(t Token) [sha256.Size]byte {
	copy(l.text[len(Seed{})+3:], t[:])
	return sha256.Sum256(l.text[:])
}

// Unmapped counts the candidates whom rule 1 gives no area.
func (in *Input) Unmapped() (n int) {
	catch := newCatcher(in)
	for i := range in.Candidates {
		if _, ok := catch.area(&in.Candidates[i]); !ok {
			n++
		}
	}
	return n
}

// catcher finds areas.
type catcher struct {
	areas      map[string]bool
	catchments map[Catchment]string // area; without it
}

func newCatcher(in *Input) *catcher {
	m := &catcher{areas: map[string]bool{}, catchments: map[Catchment]string{}}
	for _, a := range in.Areas {
		m.areas[a.Code] = true
	}
	for _, c := range in.Catchments {
		area := c.Area
		c.Area = ""
		m.catchments[c] = area
	}
	return m
}

// astray reports whether somebody was moved to an area that is not there.
func (m *catcher) astray(c *Candidate) bool { return c.Area != "" && !m.areas[c.Area] }

// area is rule 1.
func (m *catcher) area(c *Candidate) (string, bool) {
	if c.Area != "" && m.areas[c.Area] {
		return c.Area, true
	}
	k := Catchment{Division: c.Division, Level: c.Level, Category: c.Category, Language: c.Language}
	for {
		if area, ok := m.catchments[k]; ok {
			return area, true
		}
		switch {
		case k.Language != "":
			k.Language = ""
		case k.Category != "":
			k.Category = ""
		case k.Level != "":
			k.Level = ""
		default:
			return "", false
		}
	}
}
