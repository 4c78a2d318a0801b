package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// mostMoves is how many of those who were moved by hand the page of a city shows.
const mostMoves = 50

// planFaults are the words of what is wrong with a plan.
var planFaults = map[string]string{site.FaultName: "catchment.fault.area-name", site.FaultCode: "catchment.fault.area-code", site.FaultArea: "catchment.fault.row-area",
	site.FaultTwice: "catchment.fault.row-twice", site.FaultRow: "catchment.fault.row-codes", site.FaultSite: "catchment.fault.site-area", site.FaultEmpty: "catchment.fault.area-empty"}

// drawingView puts a city's plan on the page, with what it lacks and what it fills.
func (s *server) drawingView(ctx context.Context, tx *db.Tx, v *visit, k sketch) (console.Drawing, error) {
	view := console.Drawing{City: k.city, Version: k.draft.Version, State: s.drawnWord(v, k.inForce, k.open),
		Window: s.stepWord(v, k.camp, k.kind.Step, k.city)}
	standing, err := s.standing(ctx, tx)
	if err != nil {
		return view, err
	}
	view.Name = standing[k.city].Name
	mine := v.session.Account.Division == k.city && flow.TierOf(v.session.Account.Role) == rules.City
	if mine && k.open.State != approval.Waiting {
		view.Path = "/gl/catchments"
	}
	if !mine {
		view.Back = "/gl/catchments"
	}
	if k.open.ID == "" && k.draft.Version > 0 && mine && !(k.inForce && k.plan.Same(k.before)) {
		view.State = console.Word{Class: "wait", Icon: "doc", Text: s.pages.Text(v.lang, "catchment.state.draft")}
	}
	if k.open.ID != "" {
		view.Case = console.Link{Path: "/gl/approvals/" + k.open.ID, Text: view.State.Text}
		if view.Note, view.Returned, err = s.returnedWith(ctx, tx, k.open); err != nil {
			return view, err
		}
	}
	s.fillDrawing(v, k, &view)
	view.MaySubmit = view.Path != "" && (k.open.ID != "" || s.Flow.StepOpen(k.camp, k.kind.Step, k.city).Accepts())
	if view.Moves, err = s.movesOf(ctx, tx, v, k); err != nil || !mine {
		return view, err
	}
	if kind, ok := movesKind(k.camp); ok && s.Flow.StepOpen(k.camp, kind.Step, k.city).Accepts() {
		view.Propose = caseStart(kind)
	}
	return view, nil
}

// returnedWith gives the note of a case as it was sent, and why it was returned.
func (s *server) returnedWith(ctx context.Context, tx *db.Tx, x approval.Case) (note, why string, err error) {
	content, err := approval.OpenContent(ctx, tx, s.Keys, x.ID, x.Round)
	if err != nil || x.State != approval.Returned {
		return content["note"], "", err
	}
	steps, err := approval.Steps(ctx, tx, x.ID)
	if err == nil && len(steps) > 0 {
		why = steps[len(steps)-1].Opinion
	}
	return content["note"], why, err
}

// fillDrawing fills in the table, the map and what is wrong.
func (s *server) fillDrawing(v *visit, k sketch, view *console.Drawing) {
	w := words{s.pages, v.lang, k.camp}
	seen, faults := k.look(), k.plan.Check(k.camp, k.city, k.sites)
	faulty := map[string]bool{}
	for _, f := range faults {
		faulty[f.Code+f.Of] = true
		view.Faults = append(view.Faults, console.Word{Class: "must", Icon: "alert", Text: w.t(planFaults[f.Code], k.faultOf(w, f))})
	}
	view.Whats, view.Languages = whats(w), languages(w)
	view.Map = &console.Map{Of: k.city, Name: view.Name}
	names := map[string]string{}
	for i, a := range seen.Areas {
		names[a.Code] = a.Name
		view.AreaNames = append(view.AreaNames, console.Option{Value: a.Code, Text: a.Name + "　" + a.Code})
		row := console.DrawnArea{Code: a.Code, Name: a.Name, Host: k.names[a.Division], Tint: i%console.Tints + 1, Candidates: a.Candidates, Needed: a.Needed,
			Sites: a.Sites, Rooms: a.Rooms, Seats: a.Seats, Over: a.Over(), Empty: len(a.Counties) == 0,
			Faulty: faulty[site.FaultName+a.Code] || faulty[site.FaultEmpty+a.Code]}
		row.Droppable = row.Empty && !slices.ContainsFunc(k.sites, func(x site.Site) bool { return k.plan.Sites[x.ID] == a.Code })
		var in []string
		for _, d := range a.Counties {
			in = append(in, k.names[d])
		}
		row.Counties = strings.Join(in, w.t("case.comma"))
		view.Areas = append(view.Areas, row)
		if row.Over {
			view.Over = append(view.Over, console.Word{Class: "must", Icon: "alert", Text: overText(w, row)})
		}
	}
	for _, u := range seen.Unmapped {
		view.Unmapped = append(view.Unmapped, console.Word{Class: "must", Icon: "alert", Text: w.t("catchment.unmapped.one", k.names[u.Division], whatText(w, u.Level, u.Category), u.Count)})
	}
	for _, d := range seen.Dropped {
		name := d.Area
		if n := k.areas[d.Area]; n != "" {
			name = n + "　" + d.Area
		}
		view.Dropped = append(view.Dropped, console.Word{Class: "wait", Icon: "hand", Text: w.t("catchment.dropped.one", name, d.Count)})
	}
	n := 0
	for _, d := range k.counties {
		county := console.DrawnCounty{Code: d.Code, Name: k.names[d.Code], Levels: k.levels(w, d.Code)}
		view.Hosts = append(view.Hosts, console.Option{Value: d.Code, Text: county.Name})
		for _, g := range k.groups {
			if site.Today(g.Division) == d.Code {
				county.Candidates += g.Count
			}
		}
		for _, r := range k.plan.Rows {
			if r.Division != d.Code {
				continue
			}
			key := r.Division + "|" + r.Level + "|" + r.Category + "|" + r.Language
			county.Rows = append(county.Rows, console.DrawnRow{N: n, What: whatValue(r), Language: r.Language, Area: r.Area, WhatText: whatText(w, r.Level, r.Category),
				LanguageText: languageText(w, r.Language), AreaText: names[r.Area], Faulty: faulty[site.FaultTwice+key]})
			n++
		}
		view.Counties = append(view.Counties, county)
		view.Map.Shapes = append(view.Map.Shapes, shapeOf(w, county, view.Areas, d.Code))
	}
	view.Map.Seal(v.lang)
	for _, x := range k.sites {
		if x.State == site.Set {
			area := k.plan.Sites[x.ID]
			view.Sites = append(view.Sites, console.DrawnSite{ID: x.ID, Code: x.Code, Name: x.Name, Place: k.names[site.Today(x.Division)], Rooms: x.Rooms, Area: area, AreaText: names[area]})
		}
	}
	view.Moved = len(k.moves)
}

// levels are how many of a county are registered, by level.
func (k sketch) levels(w words, county string) (out []console.Word) {
	for _, l := range k.camp.Form.Levels {
		n := 0
		for _, g := range k.groups {
			if g.Level == l.Code && site.Today(g.Division) == county {
				n += g.Count
			}
		}
		if n > 0 {
			out = append(out, console.Word{Text: w.t("catchment.level", whatText(w, l.Code, ""), n)})
		}
	}
	return out
}

// shapeOf is a county on the map: tinted as the area where its first row leads, with
// the areas it lies in written below its name.
func shapeOf(w words, county console.DrawnCounty, areas []console.DrawnArea, code string) console.Shape {
	shape := console.Shape{Code: code, Name: county.Name, Path: "#d" + code, Under: w.t("catchment.noarea"), Tint: console.Tints}
	var in []string
	for _, r := range county.Rows {
		i := slices.IndexFunc(areas, func(a console.DrawnArea) bool { return a.Code == r.Area })
		if i < 0 || slices.Contains(in, areas[i].Name) {
			continue
		}
		if len(in) == 0 {
			if shape.Tint, shape.Under = areas[i].Tint, areas[i].Name; areas[i].Name == county.Name+"考区" {
				shape.Under = areas[i].Code // the county by itself: its name stands there already
			}
		}
		if in = append(in, areas[i].Name); areas[i].Over {
			shape.Incidents++
		}
	}
	if len(in) > 1 {
		shape.Under = w.t("catchment.split", len(in))
	}
	if shape.Said = strings.Join(in, w.t("case.comma")); shape.Said == "" {
		shape.Said = shape.Under
	}
	if shape.Incidents > 0 {
		shape.Said = w.t("map.and", shape.Said, w.t("catchment.map.over"))
	}
	return shape
}

// overText says what an area lacks.
func overText(w words, a console.DrawnArea) string {
	switch {
	case a.Sites == 0:
		return w.t("catchment.over.nosite", a.Name, a.Candidates)
	case a.Short() > 0:
		return w.t("catchment.over.rooms", a.Name, a.Needed, a.Rooms, a.Short())
	}
	return w.t("catchment.over.seats", a.Name, a.Candidates, a.Seats)
}

// faultOf says what a fault is about.
func (k sketch) faultOf(w words, f site.Fault) string {
	if a, ok := k.plan.Area(f.Of); ok && a.Name != "" {
		return a.Name
	}
	if p := strings.Split(f.Of, "|"); len(p) == 4 {
		return k.names[p[0]] + "　" + whatText(w, p[1], p[2])
	}
	return f.Of
}

// whatValue is level and category as the form sends them: "", "1" or "1/15".
func whatValue(r site.Catchment) string {
	if r.Category == "" {
		return r.Level
	}
	return r.Level + "/" + r.Category
}

// whatText names a level or a category; neither is everybody.
func whatText(w words, level, category string) string {
	switch {
	case category != "":
		return w.code("level", level) + "　" + w.code("category", category)
	case level != "":
		return w.code("level", level)
	}
	return w.t("catchment.all")
}

// code names a level, a category or a language.
func (w words) code(table, code string) string {
	if l, ok := w.camp.Form.Level(code); ok && table == "level" && w.lang == console.En && l.En != "" {
		return l.En
	}
	return w.camp.TableName(table, code)
}

func languageText(w words, code string) string {
	if code == "" {
		return w.t("catchment.anylanguage")
	}
	return w.code("language", code)
}

func whats(w words) []console.Option {
	out := []console.Option{{Value: "", Text: w.t("catchment.all")}}
	for _, l := range w.camp.Form.Levels {
		out = append(out, console.Option{Value: l.Code, Text: whatText(w, l.Code, "")})
		for _, c := range w.camp.Form.Categories {
			if c.Level == l.Code {
				out = append(out, console.Option{Value: l.Code + "/" + c.Code, Text: "　" + w.code("category", c.Code)})
			}
		}
	}
	return out
}

func languages(w words) []console.Option {
	out := []console.Option{{Value: "", Text: w.t("catchment.anylanguage")}}
	for _, code := range w.camp.Codes("language") {
		out = append(out, console.Option{Value: code, Text: w.code("language", code)})
	}
	return out
}

// movesOf are those who were moved by hand, the last first.
func (s *server) movesOf(ctx context.Context, tx *db.Tx, v *visit, k sketch) (out []console.DrawnMove, err error) {
	moves := slices.Clone(k.moves)
	slices.SortFunc(moves, func(a, b site.Move) int { return int(b.At - a.At) })
	moves = moves[:min(len(moves), mostMoves)]
	b := s.books(v)
	b.areaNames[k.camp.ID] = k.areas
	if out, err = s.doneMoves(ctx, tx, b, moves, k.camp.ID); err != nil || len(out) == 0 {
		return out, err
	}
	var ids []string
	for _, m := range moves {
		ids = append(ids, m.Application)
	}
	found, err := s.Flow.Candidates.GetAll(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for i, m := range moves {
		out[i].Path = "/gl/candidates/" + m.Application + "/area"
		if f, ok := found[m.Application]; ok {
			out[i].Name = string(f.Application.Name())
		}
	}
	return out, nil
}

func (s *server) doneMoves(ctx context.Context, tx *db.Tx, b *books, moves []site.Move, campaign string) (out []console.DrawnMove, err error) {
	name, err := b.areas(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	for _, m := range moves {
		who, err := staff.Get(ctx, tx, m.By)
		if err != nil && !errors.Is(err, staff.ErrNotFound) {
			return nil, err
		}
		out = append(out, console.DrawnMove{Application: ends(m.Application), From: name(m.From), To: name(m.To), Reason: m.Reason, By: who.Display, At: ms(m.At)})
	}
	return out, nil
}

// drawing is one drawing as it was submitted, for whoever judges it and later.
func (s *server) drawing(c *gin.Context, v *visit) {
	ctx, d := c.Request.Context(), v.subject.(site.Drawing)
	var view console.Drawing
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		k, err := s.sketchOf(ctx, tx, v, camp, d.Division)
		if err != nil {
			return err
		}
		k.plan, k.draft.Version = d.Plan, 0
		if view, err = s.drawingView(ctx, tx, v, k); err != nil {
			return err
		}
		view.Path, view.Back, view.MaySubmit, view.Note, view.Returned = "", "/gl/catchments?city="+d.Division, false, "", ""
		view.State = console.Word{Class: "open", Icon: "doc", Text: s.pages.Text(v.lang, "catchment.kept."+string(d.State))}
		list, err := approval.List(ctx, tx, approval.Filter{Remit: d.Division, Thing: d.ID, Limit: 1})
		if err == nil && len(list) > 0 {
			view.Case = console.Link{Path: "/gl/approvals/" + list[0].ID, Text: s.pages.Text(v.lang, "catchment.asit")}
		}
		return err
	})
	s.showDrawing(c, v, http.StatusOK, view, err)
}
