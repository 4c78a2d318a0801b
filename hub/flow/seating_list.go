package flow

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// listedAtOnce is how many applications are opened between two questions.
const listedAtOnce = 500

// seatParts gives what seats follow from beside the candidates: the campaign's rules,
// and the areas and catchments in force.
func seatParts(ctx context.Context, tx *db.Tx, c rules.Campaign) (seating.Parts, error) {
	p := seating.Parts{Rules: seatRules(c)}
	areas, err := site.Areas(ctx, tx, c.ID)
	if err != nil {
		return p, err
	}
	sites, err := site.Sites(ctx, tx, c.ID)
	if err != nil {
		return p, err
	}
	rooms := map[string]int{}
	for _, s := range sites {
		if s.State == site.Set {
			rooms[s.Area] += s.Rooms
		}
	}
	for _, a := range areas {
		p.Areas = append(p.Areas, arrangement.Area{Code: a.Code, Rooms: rooms[a.Code]})
	}
	catchments, err := site.Catchments(ctx, tx, c.ID)
	for _, k := range catchments {
		p.Catchments = append(p.Catchments, arrangement.Catchment{Division: k.Division, Level: k.Level, Category: k.Category, Language: k.Language, Area: k.Area})
	}
	return p, err
}

// seatRules are a campaign's rules as the allocator takes them.
func seatRules(c rules.Campaign) arrangement.Rules {
	a, pools := c.Arrangement, c.Pools()
	r := arrangement.Rules{Size: a.Size, Grid: a.Grid, Tail: arrangement.Tail(a.Tail), MinTail: a.MinTail, Languages: a.Languages, Neighbour: len(a.Neighbours) > 0, Year: c.Year}
	for _, l := range c.Form.Levels {
		r.Levels = append(r.Levels, arrangement.Level{Code: l.Code, Ends: pools[l.Code]})
	}
	for _, n := range a.Needs {
		r.Needs = append(r.Needs, arrangement.Need{Key: n.Key, Apart: n.Apart, Front: n.Front})
	}
	for _, n := range c.Numbers {
		if n.Key == rules.NumberTicket {
			r.Number = n.Template
		}
	}
	return r
}

// seatList reads who is arranged: every valid registration (A42) but those that are
// exempt and those of categories without papers, which sit no examination. It is one
// snapshot, that of tx.
func (f *Flow) seatList(ctx context.Context, tx *db.Tx, c rules.Campaign) (list []seating.Listed, exempt int, err error) {
	moved, err := movedTo(ctx, tx, c)
	if err != nil {
		return nil, 0, err
	}
	l := f.lister(c, moved)
	valids := Valids(c)
	valids.Limit = listedAtOnce
	for {
		ids, err := valids.List(ctx, tx)
		if err != nil || len(ids) == 0 {
			return list, exempt, err
		}
		some, out, err := l.some(ctx, tx, ids)
		if err != nil {
			return nil, 0, err
		}
		list, exempt, valids.After = append(list, some...), exempt+out, ids[len(ids)-1]
	}
}

// movedTo gives the areas of those who were moved by hand, also of a move to an area that
// a later drawing dropped: the arrangement follows her catchment then, and lists her.
func movedTo(ctx context.Context, tx *db.Tx, c rules.Campaign) (map[string]string, error) {
	moves, err := site.Moves(ctx, tx, c.ID)
	moved := make(map[string]string, len(moves))
	for _, m := range moves {
		moved[m.Application] = m.To
	}
	return moved, err
}

// lister makes lines of the list.
type lister struct {
	flow   *Flow
	camp   rules.Campaign
	papers map[string]bool // by category
	moved  map[string]string
	texts  map[string]string // one copy of each code, however many have it
}

func (f *Flow) lister(c rules.Campaign, moved map[string]string) *lister {
	l := &lister{flow: f, camp: c, moved: moved, papers: map[string]bool{}, texts: map[string]string{}}
	for _, k := range c.Form.Categories {
		l.papers[k.Code] = len(k.Subjects) > 0
	}
	return l
}

// some makes the lines of some valid registrations; out is how many sit no examination.
func (l *lister) some(ctx context.Context, tx *db.Tx, ids []string) (list []seating.Listed, out int, err error) {
	exempt, err := payment.Exempt(ctx, tx, ids)
	if err != nil {
		return nil, 0, err
	}
	found, err := l.flow.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, 0, fmt.Errorf("flow: list: %w", err)
	}
	for _, id := range ids {
		x, ok := found[id]
		if first := x.Application.First(); !ok || exempt[id] || !l.papers[first.Category] {
			out++
			continue
		}
		list = append(list, l.line(x))
	}
	return list, out, nil
}

// line is somebody's: nothing in what is published of it names her.
func (l *lister) line(x candidate.Found) seating.Listed {
	a, first := l.camp.Arrangement, x.Application.First()
	c := arrangement.Candidate{Division: l.text(x.Division), Level: l.text(first.Level), Category: l.text(first.Category), Area: l.text(l.moved[x.ID])}
	copy(c.Token[:], l.flow.Keys.LookupKey(x.Campaign, "seat", x.ID))
	if a.LanguageField != "" {
		c.Language = l.text(x.Application.Get(a.LanguageField))
	}
	for _, n := range a.Needs {
		if c.Need == "" && needs(l.camp, n, x.Application.Get(n.Field)) {
			c.Need = n.Key
		}
	}
	for _, k := range a.Neighbours {
		value := x.Point
		if k != rules.ByPoint {
			value = strings.TrimSpace(x.Application.Get(k))
		}
		if value != "" {
			c.Origin = binary.BigEndian.Uint64(l.flow.Keys.LookupKey(x.Campaign, "neighbour", k+" "+value))
			break
		}
	}
	return seating.Listed{Application: x.ID, Candidate: c}
}

// needs reports whether a field tells a need; some fields hold several codes.
func needs(c rules.Campaign, n rules.SeatNeed, value string) bool {
	several := false
	if f, ok := c.Form.Field(n.Field); ok {
		several = f.Kind == form.KindLetters
	}
	for _, code := range n.Codes {
		if value == code || several && strings.Contains(value, code) {
			return true
		}
	}
	return false
}

func (l *lister) text(s string) string {
	if t, ok := l.texts[s]; ok {
		return t
	}
	t := strings.Clone(s)
	l.texts[t] = t
	return t
}
