package arrangement_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"zhunkao/hub/arrangement"
)

// judgeRevised holds a revision against rule 9, from its words: who keeps her seat is
// asked of each by itself, and all others are seated one after the other by looking at
// every room.
func judgeRevised(in *arrangement.Input, seed arrangement.Seed, before *arrangement.Result, out *arrangement.Revised) []string {
	o := newOracle(in, seed, &out.Result)
	o.before = before
	o.everybodyOnce()
	o.areas()
	o.numbers()
	o.listed()
	o.rule9(out.Changes)
	return o.bad
}

// hall is a room as the oracle knows it.
type hall struct {
	area, need, ends string
	number, last     int
	groups           map[string]bool // of who sits in it
	seats            int
}

func (o *oracle) rule9(changes []arrangement.Change) {
	halls, want, had := o.halls(), map[arrangement.Token]arrangement.Seat{}, map[arrangement.Token]arrangement.Seat{}
	var others []arrangement.Candidate
	for _, s := range o.before.Seats {
		had[s.Token] = s
	}
	for _, c := range o.in.Candidates {
		if o.area(c) == "" {
			continue
		}
		s, sat := had[c.Token]
		if !sat || !o.keeps(c, s) {
			others = append(others, c)
			continue
		}
		want[c.Token] = s
		h := halls[slices.IndexFunc(halls, func(h *hall) bool { return h.area == s.Area && h.number == s.Room })]
		h.groups[o.named(c)], h.seats = true, h.seats+1
	}
	for _, h := range halls {
		if h.seats == 0 {
			h.ends = "closed"
		}
	}
	slices.SortFunc(others, func(a, b arrangement.Candidate) int {
		return cmp.Or(cmp.Compare(o.area(a), o.area(b)), cmp.Compare(o.rank(a), o.rank(b)), cmp.Compare(o.lot(a.Token), o.lot(b.Token)))
	})
	for _, c := range others {
		var h *hall
		halls, h = o.hall(halls, c)
		h.last, h.seats = h.last+1, h.seats+1
		h.groups[o.named(c)] = true
		want[c.Token] = arrangement.Seat{Token: c.Token, Area: h.area, Room: h.number, Seat: h.last, Number: fmt.Sprintf("%s%s%04d%02d", h.area, c.Category, h.number, h.last)}
	}
	o.same(halls, want, had, changes)
}

// halls are the rooms before, with nobody in them.
func (o *oracle) halls() (out []*hall) {
	for _, r := range o.before.Rooms {
		h := &hall{area: r.Area, need: r.Need, number: r.Number, last: r.Last, groups: map[string]bool{}}
		h.ends = o.roomEnds(r)
		out = append(out, h)
	}
	return out
}

// roomEnds is when the sittings end of the first group of a room that has anybody on the
// list in its area and need.
func (o *oracle) roomEnds(r arrangement.Room) string {
	for _, g := range r.Groups {
		for _, c := range o.in.Candidates {
			if o.area(c) == r.Area && o.apart(c) == r.Need && o.named(c) == g {
				return o.ends(c.Level)
			}
		}
	}
	return "nobody"
}

func (o *oracle) apart(c arrangement.Candidate) string {
	if n := o.need(c); n.Apart {
		return n.Key
	}
	return ""
}

// named is a group as a room names it.
func (o *oracle) named(c arrangement.Candidate) string {
	if o.in.Rules.Languages && c.Language != "" {
		return c.Level + "/" + c.Category + "/" + c.Language
	}
	return c.Level + "/" + c.Category
}

func (o *oracle) keeps(c arrangement.Candidate, s arrangement.Seat) bool {
	r := o.before.Rooms[slices.IndexFunc(o.before.Rooms, func(r arrangement.Room) bool { return r.Area == s.Area && r.Number == s.Room })]
	return o.area(c) == s.Area && o.apart(c) == r.Need && slices.Contains(r.Groups, o.named(c)) && o.ends(c.Level) == o.roomEnds(r) &&
		s.Seat <= len(o.grid.Seats) && s.Number == fmt.Sprintf("%s%s%04d%02d", s.Area, c.Category, s.Room, s.Seat)
}

// hall finds the room for somebody who does not keep hers.
func (o *oracle) hall(halls []*hall, c arrangement.Candidate) ([]*hall, *hall) {
	var hers, any *hall
	behind := 0
	for _, h := range halls {
		if h.area != o.area(c) {
			continue
		}
		behind = max(behind, h.number)
		if h.need != o.apart(c) || h.ends != o.ends(c.Level) || h.last >= o.in.Rules.Size {
			continue
		}
		if h.groups[o.named(c)] && (hers == nil || h.number < hers.number) {
			hers = h
		}
		if o.in.Rules.Tail == arrangement.Pool && (any == nil || h.number < any.number) {
			any = h
		}
	}
	if hers == nil {
		hers = any
	}
	if hers == nil {
		hers = &hall{area: o.area(c), need: o.apart(c), ends: o.ends(c.Level), number: behind + 1, groups: map[string]bool{}}
		halls = append(halls, hers)
	}
	return halls, hers
}

// same compares seats, rooms and what is said of who does not keep hers.
func (o *oracle) same(halls []*hall, want, had map[arrangement.Token]arrangement.Seat, changes []arrangement.Change) {
	whose := map[string]arrangement.Token{}
	for _, s := range o.before.Seats {
		whose[s.Number] = s.Token
	}
	told := map[arrangement.Token]arrangement.Change{}
	for _, c := range changes {
		told[c.Token] = c
	}
	for _, s := range o.out.Seats {
		if s != want[s.Token] {
			o.wrong("%s sits at %+v, want %+v", s.Token, s, want[s.Token])
		}
		if t, ok := whose[s.Number]; ok && t != s.Token {
			o.wrong("number %s was somebody else's", s.Number)
		}
		c, changed := told[s.Token]
		if (s != had[s.Token]) != changed || changed && (c.Now != s || c.Was != had[s.Token] || (c.Why == arrangement.Fresh) != (c.Was.Room == 0)) {
			o.wrong("%s: told %+v, had %+v, has %+v", s.Token, c, had[s.Token], s)
		}
	}
	for t, s := range had {
		if _, sits := want[t]; !sits && (told[t].Was != s || told[t].Now != arrangement.Seat{}) {
			o.wrong("%s is gone, and told %+v", t, told[t])
		}
	}
	if len(halls) != len(o.out.Rooms) {
		o.wrong("%d rooms, want %d", len(o.out.Rooms), len(halls))
	}
	for _, h := range halls {
		i := slices.IndexFunc(o.out.Rooms, func(r arrangement.Room) bool { return r.Area == h.area && r.Number == h.number })
		if i < 0 {
			o.wrong("room %s/%d is not there", h.area, h.number)
			continue
		}
		r := o.out.Rooms[i]
		if r.Seats != h.seats || r.Seats != len(o.rooms[r.Area+"/"+strconv.Itoa(r.Number)]) || r.Last != h.last || len(r.Groups) != len(h.groups) || r.Need != h.need || h.seats > 0 && r.Pool != h.ends {
			o.wrong("room %+v, want %+v", r, *h)
		}
		for _, g := range r.Groups {
			if !h.groups[g] {
				o.wrong("room %s/%d: nobody of %s sits in it", r.Area, r.Number, g)
			}
		}
	}
}
