package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// mostRows is how many rows a city's table may have: each county by category, and some.
const mostRows = 1000

var (
	errDrawn   = errors.New("web: the table of catchments cannot be read")
	errLocked  = errors.New("web: the drawing is with the province")
	errWanting = errors.New("web: the drawing lacks something")
)

// drawCatchments takes the table as it was typed: keeps it, adds a row or an area, or
// sends it to the province. What the button "look" asks is only shown.
func (s *server) drawCatchments(c *gin.Context, v *visit) {
	ctx, do := c.Request.Context(), c.PostForm("do")
	version, err := strconv.Atoi(c.PostForm("version"))
	if err != nil {
		s.refuse(c, v, refusalBad)
		return
	}
	var k sketch
	var view console.Drawing
	fault := ""
	step := func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if k, err = s.sketchOf(ctx, tx, v, camp, v.session.Account.Division); err != nil {
			return err
		}
		if k.open.State == approval.Waiting {
			return errLocked
		}
		if k.plan, err = typedPlan(c, k, do); err != nil {
			return err
		}
		switch do {
		case "look":
			return nil
		case "submit":
			return s.submitDrawing(ctx, tx, v, k, version, c.PostForm("note"))
		}
		return s.Flow.DraftDrawing(ctx, tx, k.drawn(), version, v.by())
	}
	if do == "look" {
		err = s.DB.Read(ctx, step)
	} else {
		err = s.Flow.Refused(ctx, s.DB, s.DB.Write(ctx, step))
	}
	switch code := flow.ApprovalRefusal(err); {
	case err == nil && do != "look":
		c.Redirect(http.StatusSeeOther, "/gl/catchments?done="+drawnDone(do)+anchor(do))
		return
	case err == nil:
	case errors.Is(err, errDrawn):
		s.refuse(c, v, refusalBad)
		return
	case errors.Is(err, site.ErrStale):
		fault = "catchment.stale"
	case errors.Is(err, errLocked):
		fault = "catchment.locked"
	case errors.Is(err, errWanting):
		fault = "catchment.wanting"
	case code != "" && s.pages.Has("caserefused."+code):
		fault = "caserefused." + code
	default:
		s.showDrawing(c, v, http.StatusOK, view, err)
		return
	}
	s.drawnAgain(c, v, k, version, fault)
}

// drawnAgain shows the table as it was typed, with what keeps it from being taken.
func (s *server) drawnAgain(c *gin.Context, v *visit, k sketch, version int, fault string) {
	ctx := c.Request.Context()
	var view console.Drawing
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		view, err = s.drawingView(ctx, tx, v, k)
		return err
	})
	status := http.StatusOK
	view.Note = c.PostForm("note")
	if view.Version = version; fault != "" {
		status, v.notice = http.StatusUnprocessableEntity, &console.Notice{Class: "must", Key: fault}
	}
	if fault == "catchment.stale" || fault == "catchment.locked" {
		status, view.Version = http.StatusConflict, k.draft.Version
	}
	if fault == "caserefused.case-opinion" {
		view.NoteError = fault
	}
	s.showDrawing(c, v, status, view, err)
}

// drawn is the plan as it is kept.
func (k sketch) drawn() site.Drawing {
	return site.Drawing{Campaign: k.camp.ID, Division: k.city, Plan: k.plan}
}

// submitDrawing sends the table to the province, for the first time or again, if
// nothing is wrong with it and nobody is left out.
func (s *server) submitDrawing(ctx context.Context, tx *db.Tx, v *visit, k sketch, version int, note string) error {
	if len(k.plan.Check(k.camp, k.city, k.sites)) > 0 || len(k.look().Unmapped) > 0 {
		return errWanting
	}
	kind, err := approval.KindOf(k.camp, k.kind.Key)
	if err != nil {
		return err
	}
	content, faults := kind.Take(k.camp, func(string) []string { return []string{note} })
	if len(faults) > 0 {
		return approval.ErrOpinion
	}
	who, err := staff.Get(ctx, tx, v.session.Account.ID) // as she is now, not as she signed in
	if err != nil {
		return err
	}
	camp := k.camp
	if k.open.ID != "" {
		if camp, err = s.campaigns.version(ctx, tx, k.open.Campaign, k.open.CampaignVersion); err != nil {
			return err
		}
	}
	_, err = s.Flow.SendDrawing(ctx, tx, camp, k.drawn(), version, flow.Submission{Kind: kind.Key, Content: content}, k.open, who, v.source)
	return err
}

// drawnDone is the word of what was just done.
func drawnDone(do string) string {
	switch do {
	case "submit", "reset", "area":
		return do
	}
	if strings.HasPrefix(do, "row-") {
		return "row"
	}
	return "save"
}

// anchor leads back to where somebody was typing.
func anchor(do string) string {
	if county, ok := strings.CutPrefix(do, "row-"); ok {
		return "#d" + county
	}
	if do == "area" {
		return "#areas"
	}
	return ""
}

// typedPlan reads the table. Only codes that the page offers can be in it: anything
// else is errDrawn.
func typedPlan(c *gin.Context, k sketch, do string) (p site.Plan, err error) {
	if do == "reset" {
		return k.before, nil
	}
	for _, a := range k.plan.Areas {
		name, known := c.GetPostForm("name-" + a.Code)
		if !known { // an area that another draft has
			continue
		}
		if c.PostForm("drop-"+a.Code) != "" {
			continue
		}
		a.Name = tidyName(name)
		p.Areas = append(p.Areas, a)
	}
	if host, name := c.PostForm("host"), tidyName(c.PostForm("newname")); do == "area" && name != "" {
		if k.names[host] == "" {
			return p, errDrawn
		}
		code := p.FreeCode(k.city)
		if code == "" {
			return p, errDrawn
		}
		p.Areas = append(p.Areas, site.Area{Campaign: k.camp.ID, Code: code, Division: host, Name: name})
	}
	for n := 0; n < mostRows; n++ {
		i := strconv.Itoa(n)
		division, there := c.GetPostForm("county-" + i)
		if !there {
			break
		}
		if c.PostForm("out-"+i) != "" {
			continue
		}
		level, category, _ := strings.Cut(c.PostForm("what-"+i), "/")
		p.Rows = append(p.Rows, site.Catchment{Campaign: k.camp.ID, Division: division, Level: level, Category: category, Language: c.PostForm("language-" + i), Area: c.PostForm("area-" + i)})
	}
	if county, ok := strings.CutPrefix(do, "row-"); ok {
		row, found := k.another(p, county)
		if !found {
			return p, errDrawn
		}
		p.Rows = append(p.Rows, row)
	}
	p.Sites = map[string]string{}
	for _, x := range k.sites {
		if area := c.PostForm("site-" + x.ID); area != "" {
			p.Sites[x.ID] = area
		}
	}
	for _, f := range p.Check(k.camp, k.city, k.sites) {
		if slices.Contains([]string{site.FaultCode, site.FaultRow, site.FaultArea, site.FaultSite}, f.Code) && !lostArea(k, p, f) {
			return p, errDrawn
		}
	}
	return p, nil
}

// lostArea reports whether what a row or a site names is an area that was ticked to be
// removed in the same breath: that is said on the page.
func lostArea(k sketch, p site.Plan, f site.Fault) bool {
	if f.Code != site.FaultArea && f.Code != site.FaultSite {
		return false
	}
	of := p.Sites[f.Of]
	for _, r := range p.Rows {
		if r.Division+"|"+r.Level+"|"+r.Category+"|"+r.Language == f.Of {
			of = r.Area
		}
	}
	_, was := k.plan.Area(of)
	return was
}

// another is a new row of a county: of the first level that has none yet, else of the
// first category.
func (k sketch) another(p site.Plan, county string) (site.Catchment, bool) {
	if k.names[county] == "" || len(p.Areas) == 0 {
		return site.Catchment{}, false
	}
	has := func(level, category string) bool {
		return slices.ContainsFunc(p.Rows, func(r site.Catchment) bool {
			return r.Division == county && r.Level == level && r.Category == category && r.Language == ""
		})
	}
	row := site.Catchment{Campaign: k.camp.ID, Division: county, Area: p.Leads(county, "", "", "")}
	if row.Area == "" {
		row.Area = p.Areas[0].Code
	}
	if !slices.ContainsFunc(p.Rows, func(r site.Catchment) bool { return r.Division == county }) {
		return row, true
	}
	for _, l := range k.camp.Form.Levels {
		if row.Level = l.Code; !has(l.Code, "") {
			return row, true
		}
	}
	for _, g := range k.camp.Form.Categories {
		if row.Level, row.Category = g.Level, g.Code; !has(g.Level, g.Code) {
			return row, true
		}
	}
	return row, true
}

// tidyName is a name without blanks at its ends and what cannot be seen.
func tidyName(name string) string {
	name = strings.TrimSpace(name)
	if !oneLine(name, 200) {
		return ""
	}
	return name
}
