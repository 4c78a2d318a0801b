package site

import (
	"maps"
	"slices"
	"strings"

	"zhunkao/hub/org"
	rules "zhunkao/protocol/campaign"
)

// Group is how many valid registrations there are of one kind.
type Group struct {
	Division, Level, Category, Language string
	Count                               int
}

// Load is an area with who sits in it and how much room it has.
type Load struct {
	Area
	Candidates int
	Needed     int // rooms
	Sites      int
	Rooms      int // of its sites
	Seats      int
	Counties   []string // that lie in it, wholly or in part
}

// Over reports whether an area's sites cannot hold its candidates: too few rooms, or
// too few seats in them.
func (l Load) Over() bool { return l.Needed > l.Rooms || l.Candidates > l.Seats }

// Unmapped is what no row of a plan names: a county, one of its levels or one category
// of one, and how many valid registrations there are of it now.
type Unmapped struct {
	Division, Level, Category string // Level "" is the whole county, Category "" the whole level
	Count                     int
}

// Dropped is an area that the plan lacks, and how many were moved to it by hand: they sit
// where the catchments lead them.
type Dropped struct {
	Area  string
	Count int
}

// Seen is a plan held against who is registered and where rooms are.
type Seen struct {
	Areas    []Load
	Unmapped []Unmapped
	Dropped  []Dropped // by area
}

// Over lists the areas that are over-full.
func (s Seen) Over() (out []Load) {
	for _, l := range s.Areas {
		if l.Over() {
			out = append(out, l)
		}
	}
	return out
}

// Look says what a plan lacks and what it fills: the work of the table and of the map.
// groups are the valid registrations of the plan's counties without those that were
// moved by hand; moved are these, by the area they were moved to, and may be of other
// plans' counties too. Who needs a room
// apart is counted with the others: what that costs the arrangement says.
func Look(c rules.Campaign, p Plan, counties []org.Division, groups []Group, moved map[string][]Group, sites []Site) (out Seen) {
	loads := map[string]*Load{}
	for _, a := range p.Areas {
		loads[a.Code] = &Load{Area: a}
	}
	for _, s := range sites {
		if l := loads[p.areaOf(s)]; l != nil && s.State == Set {
			l.Sites, l.Rooms, l.Seats = l.Sites+1, l.Rooms+s.Rooms, l.Seats+s.Seats
		}
	}
	for _, r := range p.Rows {
		if l := loads[r.Area]; l != nil && !slices.Contains(l.Counties, r.Division) {
			l.Counties = append(l.Counties, r.Division)
		}
	}
	in := map[string][]Group{}
	lost := map[Unmapped]int{}
	out.Dropped, groups = dropped(loads, counties, groups, moved)
	for _, g := range groups {
		g.Division = Today(g.Division)
		if area := p.Leads(g.Division, g.Level, g.Category, g.Language); loads[area] != nil {
			in[area] = append(in[area], g)
		} else {
			lost[Unmapped{Division: g.Division, Level: g.Level, Category: g.Category}] += g.Count
		}
	}
	for area, l := range loads {
		all := append(in[area], moved[area]...)
		for _, g := range all {
			l.Candidates += g.Count
		}
		l.Needed = RoomsFor(c, all)
	}
	for _, a := range p.Areas {
		out.Areas = append(out.Areas, *loads[a.Code])
	}
	out.Unmapped = unmapped(c, p, counties, lost)
	return out
}

// dropped lists the areas that a plan lacks and that somebody of its counties was moved
// to, and gives the groups with them.
func dropped(loads map[string]*Load, counties []org.Division, groups []Group, moved map[string][]Group) (out []Dropped, all []Group) {
	all = slices.Clone(groups)
	for _, area := range slices.Sorted(maps.Keys(moved)) {
		if loads[area] != nil {
			continue
		}
		d := Dropped{Area: area}
		for _, g := range moved[area] {
			if slices.ContainsFunc(counties, func(c org.Division) bool { return c.Code == Today(g.Division) }) {
				d.Count += g.Count
				all = append(all, g)
			}
		}
		if d.Count > 0 {
			out = append(out, d)
		}
	}
	return out, all
}

// unmapped lists what no row names, the greatest part that can be said in one line.
func unmapped(c rules.Campaign, p Plan, counties []org.Division, lost map[Unmapped]int) (out []Unmapped) {
	for _, d := range counties {
		var lines []Unmapped
		whole := true
		for _, l := range c.Form.Levels {
			var some []Unmapped
			all := true
			for _, k := range c.Form.Categories {
				if k.Level != l.Code || len(k.Subjects) == 0 { // who sits no paper needs no area
					continue
				}
				if u := (Unmapped{Division: d.Code, Level: l.Code, Category: k.Code}); p.Leads(d.Code, l.Code, k.Code, "") == "" || lost[u] > 0 {
					u.Count = lost[u]
					some = append(some, u)
				} else {
					all = false
				}
			}
			if all && len(some) > 0 {
				some = []Unmapped{together(some, Unmapped{Division: d.Code, Level: l.Code})}
			}
			whole = whole && all
			lines = append(lines, some...)
		}
		if whole && len(lines) > 0 {
			lines = []Unmapped{together(lines, Unmapped{Division: d.Code})}
		}
		out = append(out, lines...)
	}
	return out
}

func together(some []Unmapped, as Unmapped) Unmapped {
	for _, u := range some {
		as.Count += u.Count
	}
	return as
}

// RoomsFor is how many rooms groups need by the campaign's rules: full rooms group by
// group, and of what is left each tail a room (keep), none for a small one (merge), or
// as few mixed rooms as hold the tails of levels that end together (pool).
func RoomsFor(c rules.Campaign, groups []Group) (rooms int) {
	a := c.Arrangement
	if a.Size < 1 {
		a.Size = 30 // a campaign that is not arranged here: domain §1.10
	}
	counts := map[Group]int{}
	for _, g := range groups {
		key := Group{Level: g.Level, Category: g.Category}
		if a.Languages {
			key.Language = g.Language
		}
		counts[key] += g.Count
	}
	pools, tails := c.Pools(), map[string]int{}
	for g, n := range counts {
		full, tail := n/a.Size, n%a.Size
		rooms += full
		switch {
		case tail == 0:
		case a.Tail == rules.TailPool:
			tails[pools[g.Level]] += tail
		case a.Tail == rules.TailMerge && full > 0 && tail <= a.MinTail && a.Size+tail <= rules.GridSeats(a.Grid):
		default:
			rooms++
		}
	}
	for _, n := range tails {
		rooms += (n + a.Size - 1) / a.Size
	}
	return rooms
}

// Fault is what is wrong with a plan itself, whoever is registered.
type Fault struct {
	Code string // a Fault… value
	Of   string // the area, the row or the site that it is about
}

// Codes of faults.
const (
	FaultName  = "area-name"  // an area has no name, or a long one, or that of another
	FaultCode  = "area-code"  // its code is not one of this city, or stands twice
	FaultArea  = "row-area"   // a row leads to an area that is not there
	FaultTwice = "row-twice"  // two rows about the same
	FaultRow   = "row-codes"  // a county of another city, or codes that the campaign has not
	FaultSite  = "site-area"  // a site lies in an area that is not there
	FaultEmpty = "area-empty" // no row leads to an area
)

// mostName is how long the name of an area may be: it stands on tickets.
const mostName = 20

// Check says what is wrong with a city's plan. What it lacks in rooms and rows Look
// says.
func (p Plan) Check(c rules.Campaign, city string, sites []Site) (out []Fault) {
	bad := func(code, of string) { out = append(out, Fault{code, of}) }
	codes, names, led := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, a := range p.Areas {
		if len(a.Code) != 4 || strings.Trim(a.Code, "0123456789") != "" || a.Code[:2] != city[2:4] || codes[a.Code] {
			bad(FaultCode, a.Code)
		}
		if n := len([]rune(a.Name)); n == 0 || n > mostName || names[a.Name] {
			bad(FaultName, a.Code)
		}
		codes[a.Code], names[a.Name] = true, true
	}
	seen := map[string]bool{}
	for _, r := range p.Rows {
		switch {
		case org.Above(r.Division) != city || Today(r.Division) != r.Division || !known(c, r):
			bad(FaultRow, r.key())
		case seen[r.key()]:
			bad(FaultTwice, r.key())
		case !codes[r.Area]:
			bad(FaultArea, r.key())
		}
		seen[r.key()], led[r.Area] = true, true
	}
	for _, a := range p.Areas {
		if !led[a.Code] {
			bad(FaultEmpty, a.Code)
		}
	}
	for _, s := range sites {
		if a := p.Sites[s.ID]; s.State == Set && a != "" && !codes[a] {
			bad(FaultSite, s.ID)
		}
	}
	return out
}

// known reports whether the codes of a row are the campaign's, and each stands with
// what it is part of.
func known(c rules.Campaign, r Catchment) bool {
	if r.Category != "" {
		k, ok := c.Form.Category(r.Category)
		return ok && k.Level == r.Level && (r.Language == "" || slices.Contains(c.Codes("language"), r.Language))
	}
	if r.Language != "" {
		return false
	}
	_, ok := c.Form.Level(r.Level)
	return r.Level == "" || ok
}

// FreeCode is a code for another area of a city: below 99, so that it is no county's.
// "" when there is none left.
func (p Plan) FreeCode(city string) string {
	taken := map[string]bool{}
	for _, t := range rules.DivisionTerms() {
		taken[County(t.Code)], taken[t.Code[2:]] = true, true
	}
	for _, a := range p.Areas {
		taken[a.Code] = true
	}
	for n := 99; n > 0; n-- {
		code := city[2:4] + string(rune('0'+n/10)) + string(rune('0'+n%10))
		if !taken[code] {
			return code
		}
	}
	return ""
}
