package campaign

import (
	"reflect"
	"slices"
	"strings"
)

// Arrangement says how candidates are given areas, rooms and seats (demands A24, A48,
// A49, domain §1.10). A campaign without it is not arranged by this program: versions
// from before it stay for ever. What ends together follows from the sittings: Pools.
type Arrangement struct {
	Size    int    `cbor:"size" json:"size"` // candidates in a room
	Grid    string `cbor:"grid" json:"grid"` // how the seats stand: see GridSeats
	Tail    string `cbor:"tail" json:"tail"` // what becomes of the rest of a group: a Tail… value
	MinTail int    `cbor:"min_tail,omitempty" json:"min_tail,omitempty"`

	// Languages says that each language has rooms of its own, as far as it fills them.
	Languages     bool   `cbor:"languages" json:"languages"`
	LanguageField string `cbor:"language_field,omitempty" json:"language_field,omitempty"` // of the form

	// Neighbours are what two who sit side by side shall not have alike: fields of the
	// form, or ByPoint. What counts of somebody is the first that she has.
	Neighbours []string     `cbor:"neighbours,omitempty" json:"neighbours,omitempty"`
	Needs      []SeatNeed   `cbor:"needs,omitempty" json:"needs,omitempty"` // in the order of rooms
	Draws      []DrawOffice `cbor:"draws" json:"draws"`                     // who draw the seed together
	Status     string       `cbor:"status,omitempty" json:"status,omitempty"`
}

// SeatNeed is a special need (特殊需要) that the form tells: its field holds one of the
// codes.
type SeatNeed struct {
	Key   string   `cbor:"key" json:"key"`
	Zh    string   `cbor:"zh" json:"zh"`
	En    string   `cbor:"en" json:"en"`
	Field string   `cbor:"field" json:"field"`
	Codes []string `cbor:"codes" json:"codes"`
	Apart bool     `cbor:"apart,omitempty" json:"apart,omitempty"` // rooms of their own: a ground floor, more time
	Front bool     `cbor:"front,omitempty" json:"front,omitempty"` // a seat in the front row
}

// DrawOffice is an office that draws a share of the seed (抽取随机数). Zh is its name in
// the published bundle and has no blank.
type DrawOffice struct {
	Key string `cbor:"key" json:"key"`
	Zh  string `cbor:"zh" json:"zh"`
	En  string `cbor:"en" json:"en"`
}

// What becomes of the rest of a group that fills no room: it keeps a room of its own, a
// small one joins the room before it, or those of groups that end together share rooms.
const (
	TailKeep  = "keep"
	TailMerge = "merge"
	TailPool  = "pool"
)

// ByPoint among Neighbours is the point where somebody was confirmed.
const ByPoint = "point"

// grids are the ways in which seats stand, and how many there are (domain §1.10).
var grids = map[string]int{"5x6S": 30, "6x5S": 30, "7-8-8-7S": 30, "8-7-7-8S": 30, "7-7-8-8S": 30, "5x5S(25)": 25}

// GridSeats gives how many seats a grid has, 0 if there is none of that name.
func GridSeats(name string) int { return grids[name] }

// Arranges reports whether a campaign is arranged.
func (a Arrangement) Arranges() bool { return a.Size > 0 }

// Need finds a need by its key.
func (a Arrangement) Need(key string) (SeatNeed, bool) {
	i := slices.IndexFunc(a.Needs, func(n SeatNeed) bool { return n.Key == key })
	if i < 0 {
		return SeatNeed{}, false
	}
	return a.Needs[i], true
}

// Pools gives, for each level, a text that is the same for levels whose sittings end
// together: wherever both sit, their papers are collected at one time, so that they may
// share a room (domain §1.2, §1.10). Levels are taken in their order in the form.
func (c Campaign) Pools() map[string]string {
	type pool struct {
		ends   map[int]string // by sitting
		levels []string
	}
	var pools []*pool
	for _, l := range c.Form.Levels {
		mine := map[int]string{}
		for _, s := range c.Sittings {
			for _, e := range s.Ends {
				if e.Level == l.Code {
					mine[s.Number] = e.At
				}
			}
		}
		at := slices.IndexFunc(pools, func(p *pool) bool {
			for n, end := range mine {
				if other, both := p.ends[n]; both && other != end {
					return false
				}
			}
			return true
		})
		if at < 0 {
			pools = append(pools, &pool{ends: map[int]string{}})
			at = len(pools) - 1
		}
		for n, end := range mine {
			pools[at].ends[n] = end
		}
		pools[at].levels = append(pools[at].levels, l.Code)
	}
	out := map[string]string{}
	for _, p := range pools {
		for _, l := range p.levels {
			out[l] = strings.Join(p.levels, "+")
		}
	}
	return out
}

// arrangement checks how candidates are seated. A campaign without it is accepted:
// versions from before must load as long as they live.
func (v *validator) arrangement() {
	a := v.c.Arrangement
	if !a.Arranges() {
		if a.Grid != "" || len(a.Draws) > 0 {
			v.add("arrangement.size", ProblemMissing, "没有写明每间考室坐几个人，请补上。", "it is not said how many sit in a room: add it")
		}
		return
	}
	seats, known := grids[a.Grid]
	if !known {
		v.add("arrangement.grid", ProblemUnknown, "没有这种座位排法，请改成5x6S等已有的排法。", "there is no such grid: use one that there is, as 5x6S")
	} else if a.Size > seats {
		v.add("arrangement.size", ProblemValue, "每间考室的人数超过了座位数，请改少或者换一种排法。", "more people than the grid has seats: lower it or take another grid")
	}
	v.oneOf("arrangement.tail", a.Tail, TailKeep, TailMerge, TailPool)
	if a.MinTail < 0 || a.MinTail >= max(a.Size, 1) || (a.MinTail > 0) != (a.Tail == TailMerge) {
		v.add("arrangement.min_tail", ProblemValue, "尾数并入前一间的人数，只在tail为merge时写，从1到每间人数减1。", "only where tails are merged: 1 to one less than a room holds")
	}
	if a.Languages && a.LanguageField == "" {
		v.add("arrangement.language_field", ProblemMissing, "要按语种分考室，请写明语种是哪一栏。", "rooms go by language: say which field holds it")
	}
	if _, known := v.fieldsBy[a.LanguageField]; a.LanguageField != "" && !known {
		v.add("arrangement.language_field", ProblemUnknown, "没有这一栏，请改正。", "there is no such field: mend it")
	}
	unique(v, "arrangement.neighbours", a.Neighbours, func(k string) string { return k })
	for _, k := range a.Neighbours {
		if _, known := v.fieldsBy[k]; k != ByPoint && !known {
			v.add("arrangement.neighbours", ProblemUnknown, "没有“"+short(k, 20)+"”这一栏，请改正。", "there is no field "+short(k, 20)+": mend it")
		}
	}
	v.seatNeeds(a)
	v.drawOffices(a)
	v.ticketNumber()
}

func (v *validator) seatNeeds(a Arrangement) {
	unique(v, "arrangement.needs", a.Needs, func(n SeatNeed) string { return n.Key })
	for _, n := range a.Needs {
		place := "arrangement.needs " + short(n.Key, 30)
		f, known := v.fieldsBy[n.Field]
		switch {
		case n.Key == "" || n.Zh == "" || strings.ContainsFunc(n.Key, blank):
			v.add(place, ProblemMissing, "特殊需要没有代码或者名称（代码不能有空格），请补上。", "a need lacks its key, which has no blank, or its name: add it")
		case !known:
			v.add(place+".field", ProblemUnknown, "没有这一栏，请改正。", "there is no such field: mend it")
		case len(n.Codes) == 0:
			v.add(place+".codes", ProblemMissing, "没有写明哪些代码算有这种需要，请补上。", "no code tells this need: add some")
		case !n.Apart && !n.Front:
			v.add(place, ProblemMissing, "没有写明怎样照顾：单独考室，或者前排座位，请补上一种。", "it asks for nothing: rooms apart, or the front row")
		}
		for _, code := range n.Codes {
			if known && f.Table != "" && v.entries[f.Table][code] == nil {
				v.add(place+".codes", ProblemUnknown, "代码表里没有“"+short(code, 10)+"”，请改正。", "code "+short(code, 10)+" is not in the table: mend it")
			}
		}
	}
}

func (v *validator) drawOffices(a Arrangement) {
	if n := len(a.Draws); n < 2 || n > 5 {
		v.add("arrangement.draws", ProblemValue, "抽取随机数的部门请写2至5家。", "two to five offices draw")
	}
	unique(v, "arrangement.draws", a.Draws, func(o DrawOffice) string { return o.Key })
	unique(v, "arrangement.draws", a.Draws, func(o DrawOffice) string { return o.Zh })
	for _, o := range a.Draws {
		if o.Key == "" || o.Zh == "" || len(o.Zh) > 255 || strings.ContainsFunc(o.Zh, blank) {
			v.add("arrangement.draws "+short(o.Key, 30), ProblemMissing, "抽取随机数的部门没有代码或者名称（名称不能有空格，最多80字），请补上。", "an office lacks its key or its name, which has no blank and at most 80 characters: add it")
		}
	}
}

// ticketNumber asks that no two seats can get one number.
func (v *validator) ticketNumber() {
	for _, n := range v.c.Numbers {
		if n.Key != NumberTicket {
			continue
		}
		p, err := n.Compile()
		if err != nil {
			return // said by numbers
		}
		for _, name := range []string{"area", "room", "seat"} {
			if !p.Has(name) {
				v.add("numbers ticket", ProblemMissing, "准考证号里没有考区、考室或者座位，会重号，请补上。", "a ticket number without {"+name+"} would be given twice: add it")
			}
		}
		return
	}
	v.add("numbers", ProblemMissing, "要编排座位，请写明准考证号的格式。", "candidates are seated: add the template of the ticket number")
}

func blank(r rune) bool { return r <= ' ' || r == '　' }

var tailWords = map[string]said{"": {"不编排", "none"}, TailKeep: {"单独一间", "a room of their own"}, TailMerge: {"并入前一间", "join the room before"}, TailPool: {"合成混合考室", "share mixed rooms"}}

func sayNeighbours(s *side, v reflect.Value) said {
	return sayList(s, v, func(s *side, v reflect.Value) said {
		if v.String() == ByPoint {
			return said{"确认点", "the point"}
		}
		return sayField(s, v)
	})
}
