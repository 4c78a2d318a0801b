package web

import (
	"context"
	"errors"
	"maps"

	"zhunkao/hub/approval"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/site"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// areas names the areas of a campaign, also those that a later drawing dropped.
func (b *books) areas(ctx context.Context, tx *db.Tx, campaign string) (func(code string) string, error) {
	names, ok := b.areaNames[campaign]
	if !ok {
		var err error
		if names, err = site.AreaNames(ctx, tx, campaign); err != nil {
			return nil, err
		}
		b.areaNames[campaign] = names
	}
	return func(code string) string {
		switch {
		case code == "":
			return b.t("catchment.noarea")
		case names[code] == "":
			return code
		}
		return names[code]
	}, nil
}

// movesTitle says in one line how many would sit where.
func (b *books) movesTitle(ctx context.Context, tx *db.Tx, x approval.Case) (string, error) {
	m, err := site.GetMoving(ctx, tx, x.Thing)
	if err != nil {
		return "", err
	}
	if m.To == "" {
		return b.t("moves.title.back", m.Count), nil
	}
	name, err := b.areas(ctx, tx, x.Campaign)
	if err != nil {
		return "", err
	}
	return b.t("moves.title", m.Count, name(m.To)), nil
}

// moveFaults are the words of why somebody cannot be moved.
var moveFaults = []struct {
	err error
	key string
}{{candidate.ErrNotFound, "moves.fault.gone"}, {flow.ErrNoArea, "moves.fault.noarea"}, {flow.ErrSame, "moves.fault.same"}, {flow.ErrProposed, "moves.fault.proposed"}, {flow.ErrMovesOld, "moves.fault.old"}}

// moverRows are the candidates of a list. sent is the list as it was proposed, nil before:
// from and to are as it says.
func (s *server) moverRows(ctx context.Context, tx *db.Tx, b *books, v *visit, camp rules.Campaign, seen []flow.Moved, sent []site.Mover) (out []console.MoveRow, err error) {
	name, err := b.areas(ctx, tx, camp.ID)
	if err != nil {
		return nil, err
	}
	w := words{s.pages, v.lang, camp}
	for i, x := range seen {
		row := console.MoveRow{ID: x.ID, From: name(x.Leave()), To: name(x.To)}
		if sent != nil {
			row.From, row.To = name(sent[i].From), name(sent[i].To)
		}
		for _, f := range moveFaults {
			if errors.Is(x.Fault, f.err) {
				row.Fault = f.key
			}
		}
		if row.Fault == "moves.fault.old" {
			row.Now = name(x.Leave())
		}
		if x.Open != "" {
			row.Open = "/gl/approvals/" + x.Open
		}
		if x.Campaign != "" { // she is among the candidates
			first := x.Application.First()
			row.Name, row.Number, row.Path = string(x.Application.Name()), x.Application.Number().String(), "/gl/candidates/"+x.ID+"/area"
			if row.Place, err = b.place(ctx, tx, x.Division); err != nil {
				return nil, err
			}
			row.What = whatText(w, first.Level, first.Category)
		}
		out = append(out, row)
	}
	return out, nil
}

// moveEffects says how full the areas are that somebody leaves or enters, before and
// after: with the valid registrations as they are now. unpaid is how many of the list are
// not among them.
func (s *server) moveEffects(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, city string, seen []flow.Moved) (out []console.MoveEffect, unpaid int, err error) {
	plan, _, err := site.InForceOf(ctx, tx, camp.ID, city)
	if err != nil {
		return nil, 0, err
	}
	sites, err := site.Of(ctx, tx, camp.ID, city, nil)
	if err != nil {
		return nil, 0, err
	}
	groups, moved, _, err := s.registered(ctx, tx, v, camp, city)
	if err != nil {
		return nil, 0, err
	}
	var ids []string
	for _, x := range seen {
		ids = append(ids, x.ID)
	}
	of, err := flow.Sitters(camp).GroupsOf(ctx, tx, ids)
	if err != nil {
		return nil, 0, err
	}
	after := maps.Clone(moved)
	for code := range after {
		after[code] = append([]site.Group{}, after[code]...)
	}
	groupsAfter := append([]site.Group{}, groups...)
	touched := map[string]bool{}
	for _, x := range seen {
		if x.Fault != nil {
			continue
		}
		touched[x.Now], touched[x.To] = true, true
		g, valid := of[x.ID]
		if !valid {
			unpaid++
			continue
		}
		her := site.Group(g)
		her.Count = -1
		if x.Leave() != x.Drawn { // she was moved before, maybe to one that was dropped
			after[x.Leave()] = append(after[x.Leave()], her)
		} else {
			groupsAfter = append(groupsAfter, her)
		}
		her.Count = 1
		after[x.To] = append(after[x.To], her)
	}
	counties := site.CountiesOf()[city]
	was, is := site.Look(camp, plan, counties, groups, moved, sites), site.Look(camp, plan, counties, sum(groupsAfter), summed(after), sites)
	for i, a := range is.Areas {
		if touched[a.Code] {
			out = append(out, console.MoveEffect{Code: a.Code, Name: a.Name, Before: was.Areas[i].Candidates, After: a.Candidates, Needed: a.Needed, NeededBefore: was.Areas[i].Needed, Rooms: a.Rooms, Seats: a.Seats, Over: a.Over()})
		}
	}
	return out, unpaid, nil
}

// sum adds up groups of one kind; what was counted a while ago may lack somebody.
func sum(groups []site.Group) (out []site.Group) {
	at := map[site.Group]int{}
	for _, g := range groups {
		n := g.Count
		g.Count = 0
		i, ok := at[g]
		if !ok {
			i, at[g] = len(out), len(out)
			out = append(out, g)
		}
		out[i].Count += n
	}
	for i := range out {
		out[i].Count = max(0, out[i].Count)
	}
	return out
}

func summed(moved map[string][]site.Group) map[string][]site.Group {
	out := map[string][]site.Group{}
	for code, groups := range moved {
		out[code] = sum(groups)
	}
	return out
}

// caseMoves is what whoever judges a list sees of it: everybody on it as it was sent, what
// changed since, and what comes of it.
func (s *server) caseMoves(ctx context.Context, tx *db.Tx, b *books, v *visit, camp rules.Campaign, x approval.Case) (*console.CaseMoves, error) {
	m, seen, stale, err := s.Flow.MovesOf(ctx, tx, camp, x)
	if err != nil {
		return nil, err
	}
	out := &console.CaseMoves{Count: m.Count, Gone: m.Count - len(m.Rows)}
	if out.Rows, err = s.moverRows(ctx, tx, b, v, camp, seen, m.Rows); err != nil {
		return nil, err
	}
	if x.State.Ended() { // how it stands now is of no matter any more
		for i := range out.Rows {
			out.Rows[i].Fault, out.Rows[i].Now, out.Rows[i].Open = "", "", ""
		}
		return out, nil
	}
	out.Stale = stale
	if !stale {
		out.Effects, out.Unpaid, err = s.moveEffects(ctx, tx, v, camp, m.Division, seen)
	}
	return out, err
}
