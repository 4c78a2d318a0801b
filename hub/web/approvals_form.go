package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/blob"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// errForm says that a form has faults; they stand in it.
var errForm = errors.New("web: the form has faults")

// draft is a form on its way: the kind, what was typed, what is wrong with it.
type draft struct {
	camp    rules.Campaign
	kind    approval.Kind
	x       approval.Case // the case that is mended; without id for a new one
	point   string
	thing   string // id of the site, for kinds about one
	content approval.Content
	faults  map[string]string // phrase by key of the field or attachment
	papers  []approval.Paper
	sealed  map[blob.Hash][]byte
	have    []approval.Paper // attachments of earlier rounds
}

// newCase is the empty form of a kind; without a kind, the kinds to choose from.
func (s *server) newCase(c *gin.Context, v *visit) {
	kind, point, thing := c.Query("kind"), c.Query("point"), c.Query("thing")
	if kind != "" && !plainID(kind) || point != "" && !plainID(point) || thing != "" && !plainID(thing) {
		s.refuse(c, v, refusalBad)
		return
	}
	if kind == "" {
		s.chooseKind(c, v)
		return
	}
	ctx := c.Request.Context()
	var d *draft
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if d, err = s.begin(ctx, tx, v, kind, point, thing); err != nil || d.kind.Subject != rules.SubjectPoint || point == "" {
			return err
		}
		p, err := org.GetPoint(ctx, tx, point)
		if d.kind.Effect == rules.EffectPointChange {
			d.content = flow.PointContent(p)
		}
		return err
	})
	if s.formRefused(c, v, err) {
		return
	}
	if to := caseStart(d.kind.Approval); d.thing == "" && to != "" {
		c.Redirect(http.StatusSeeOther, to)
		return
	}
	s.showForm(c, v, http.StatusOK, d)
}

// formRefused answers what keeps a form from being shown at all.
func (s *server) formRefused(c *gin.Context, v *visit, err error) bool {
	switch {
	case err == nil:
		return false
	case errors.Is(err, approval.ErrKind), errors.Is(err, flow.ErrSubmitter), errors.Is(err, campaign.ErrNotFound), errors.Is(err, org.ErrNotFound), errors.Is(err, site.ErrNotFound):
		s.refuse(c, v, refusalNotFound)
	default:
		s.fault(c, v, err)
	}
	return true
}

// begin finds the kind and asks whether her office may submit it, and whether
// the point lies in her remit.
func (s *server) begin(ctx context.Context, tx *db.Tx, v *visit, kind, point, thing string) (*draft, error) {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil {
		return nil, err
	}
	k, err := approval.KindOf(camp, kind)
	if err != nil {
		return nil, err
	}
	if !k.Submits(flow.TierOf(v.session.Account.Role)) {
		return nil, flow.ErrSubmitter
	}
	d := &draft{camp: camp, kind: k, content: approval.Content{}, faults: map[string]string{}, sealed: map[blob.Hash][]byte{}}
	if k.Subject == rules.SubjectPoint && point != "" {
		p, err := org.GetPoint(ctx, tx, point)
		if err != nil {
			return nil, err
		}
		if !v.remit().covers(p.Division, p.Code) {
			return nil, flow.ErrSubmitter
		}
		d.point = point
	}
	if k.Subject == rules.SubjectSite && thing != "" {
		at, err := site.Get(ctx, tx, thing)
		if err != nil {
			return nil, err
		}
		if at.Campaign != camp.ID || !v.remit().covers(at.Division, "") {
			return nil, flow.ErrSubmitter
		}
		if d.thing = at.ID; k.Effect == rules.EffectSiteChange {
			d.content = flow.SiteContent(at)
		}
	}
	return d, nil
}

// caseStart is the page where a case of a kind begins that is about something which
// stands on a page of its own; "" for a kind that begins with its form.
func caseStart(a rules.Approval) string {
	if a.Effect == rules.EffectRooms {
		return "/gl/rooms"
	}
	switch a.Subject {
	case rules.SubjectSite:
		return "/gl/sites"
	case rules.SubjectDrawing:
		return "/gl/catchments"
	case rules.SubjectMoves:
		return "/gl/moves"
	}
	return ""
}

// kindPath is where a case of a kind is begun.
func kindPath(a rules.Approval) string {
	if to := caseStart(a); to != "" {
		return to
	}
	return "/gl/approvals/new?" + query("kind", a.Key)
}

func (s *server) chooseKind(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.CaseForm{Back: "/gl/approvals/mine"}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if missing(err) {
			return nil
		}
		b := s.books(v)
		for _, a := range camp.Approvals {
			if slices.Contains(a.By, flow.TierOf(v.session.Account.Role)) {
				choice := console.KindChoice{Path: kindPath(a), Text: b.either(a.Zh, a.En)}
				for _, t := range a.Tiers {
					choice.Tiers = append(choice.Tiers, b.either(t.Zh, t.En))
				}
				view.Kinds = append(view.Kinds, choice)
			}
		}
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "caseform", "approvals", view)
}

// submitCase takes a new case.
func (s *server) submitCase(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	kind, point, thing := c.PostForm("kind"), c.PostForm("point"), c.PostForm("thing")
	if !plainID(kind) || point != "" && !plainID(point) || thing != "" && !plainID(thing) {
		s.refuse(c, v, refusalBad)
		return
	}
	var d *draft
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if d, err = s.begin(ctx, tx, v, kind, point, thing); err == nil && d.thing == "" && caseStart(d.kind.Approval) != "" {
			return flow.ErrSubmitter // such a case begins on the page of its thing
		}
		return err
	})
	if s.formRefused(c, v, err) {
		return
	}
	s.sendCase(c, v, d)
}

// mendCase is the form of a returned case, as it was sent.
func (s *server) mendCase(c *gin.Context, v *visit) {
	if d := s.mending(c, v); d != nil {
		s.showForm(c, v, http.StatusOK, d)
	}
}

// resubmitCase takes a returned case again.
func (s *server) resubmitCase(c *gin.Context, v *visit) {
	if d := s.mending(c, v); d != nil {
		s.sendCase(c, v, d)
	}
}

// mending is the draft of a returned case; nil when it is not hers to mend, and
// then the person was told.
func (s *server) mending(c *gin.Context, v *visit) *draft {
	ctx, x := c.Request.Context(), v.subject.(approval.Case)
	if x.State != approval.Returned || x.Office != flow.BenchOf(v.session.Account) {
		if c.Request.Method == http.MethodGet {
			c.Redirect(http.StatusSeeOther, "/gl/approvals/"+x.ID)
			return nil
		}
		v.notice = &console.Notice{Class: "must", Key: "caserefused.case-state"}
		s.showCase(c, v, http.StatusConflict, "", "")
		return nil
	}
	d := &draft{x: x, point: x.Point, thing: x.Thing, faults: map[string]string{}, sealed: map[blob.Hash][]byte{}}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if d.camp, d.kind, err = s.books(v).kind(ctx, tx, x); err != nil {
			return err
		}
		if d.content, err = approval.OpenContent(ctx, tx, s.Keys, x.ID, x.Round); err != nil {
			return err
		}
		d.have, err = approval.Papers(ctx, tx, x.ID)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return nil
	}
	switch d.kind.Subject { // it is mended where it was made
	case rules.SubjectDrawing:
		c.Redirect(http.StatusSeeOther, caseStart(d.kind.Approval))
		return nil
	case rules.SubjectMoves:
		c.Redirect(http.StatusSeeOther, caseStart(d.kind.Approval)+"?"+query("case", x.ID))
		return nil
	}
	return d
}

// sendCase reads form and attachments, and submits them if nothing is wrong
// with them. Attachments are durable before the case names them.
func (s *server) sendCase(c *gin.Context, v *visit, d *draft) {
	ctx := c.Request.Context()
	err := s.readForm(c, d)
	if errors.Is(err, errForm) {
		v.notice = &console.Notice{Class: "must", Key: "approvals.refused.form"}
		s.showForm(c, v, http.StatusUnprocessableEntity, d)
		return
	}
	if err == nil && len(d.sealed) > 0 {
		err = s.Blob.Put(d.sealed)
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	sub := flow.Submission{Kind: d.kind.Key, Point: d.point, Thing: d.thing, Content: d.content, Papers: d.papers}
	var after approval.Case
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := staff.Get(ctx, tx, v.session.Account.ID)
		if err != nil {
			return err
		}
		if d.x.ID == "" {
			after, err = s.Flow.Submit(ctx, tx, d.camp, sub, who, v.source)
			return err
		}
		version := -1
		if _, err := fmt.Sscan(c.PostForm("version"), &version); err != nil {
			version = -1 // of no case: it counts as one that has changed
		}
		after, err = s.Flow.Resubmit(ctx, tx, d.camp, flow.Judgement{Case: d.x.ID, Version: version}, sub, who, v.source)
		return err
	})
	if s.caseRefused(c, v, err, func(_ string, status int) { s.showForm(c, v, status, d) }) {
		return
	}
	done := "submitted"
	if d.x.ID != "" {
		done = "resubmitted"
	}
	c.Redirect(http.StatusSeeOther, "/gl/approvals/"+after.ID+"?done="+done)
}

// readForm takes what was typed and the files, and notes what is wrong. errForm
// when anything is.
func (s *server) readForm(c *gin.Context, d *draft) error {
	content, faults := d.kind.Take(d.camp, func(key string) []string { return c.PostFormArray("f-" + key) })
	d.content = content
	for _, f := range faults {
		d.faults[f.Key] = "casefault." + f.Code
	}
	if d.kind.Subject == rules.SubjectPoint && d.point == "" {
		d.faults["point"] = "casefault.missing"
	}
	for _, spec := range d.kind.Papers {
		if err := s.readPaper(c, d, spec); err != nil {
			return err
		}
	}
	if len(d.faults) > 0 {
		return errForm
	}
	return nil
}

// showForm draws a form with what was typed and what is wrong with it.
func (s *server) showForm(c *gin.Context, v *visit, status int, d *draft) {
	ctx, b := c.Request.Context(), s.books(v)
	view := console.CaseForm{Kind: d.kind.Key, KindName: b.either(d.kind.Zh, d.kind.En), Path: "/gl/approvals/new", Back: "/gl/approvals/mine", Point: d.point, Thing: d.thing}
	if d.x.ID != "" {
		view.Path, view.Back = "/gl/approvals/"+d.x.ID+"/mend", "/gl/approvals/"+d.x.ID
		view.Case, view.Version = d.x.ID, d.x.Version
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		if err := s.formAbout(ctx, tx, v, b, d, &view); err != nil {
			return err
		}
		if d.x.ID == "" {
			if step, at := d.kind.Step, v.session.Account.Division; step != "" && !s.Flow.StepOpen(d.camp, step, at).Accepts() {
				word := s.stepWord(v, d.camp, step, at)
				view.Shut = &word
			}
			return nil
		}
		steps, err := approval.Steps(ctx, tx, d.x.ID)
		if len(steps) > 0 && steps[len(steps)-1].Do == approval.Return {
			view.Returned = steps[len(steps)-1].Opinion
		}
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	for _, t := range d.kind.Tiers {
		view.Tiers = append(view.Tiers, b.tierText(t))
	}
	view.Fields, view.Papers = b.formFields(d), b.formPapers(d)
	s.show(c, v, status, "caseform", "approvals", view)
}

// formAbout says which place a case is about, or offers the points to choose.
func (s *server) formAbout(ctx context.Context, tx *db.Tx, v *visit, b *books, d *draft, view *console.CaseForm) error {
	var err error
	if d.kind.Subject == rules.SubjectSite {
		at, err := site.Get(ctx, tx, d.thing)
		view.About = at.Name + "　" + at.Code
		return err
	}
	if d.kind.Subject != rules.SubjectPoint {
		view.About, err = b.place(ctx, tx, v.session.Account.Division)
		return err
	}
	if d.point != "" {
		view.About, err = b.bench(ctx, tx, d.point)
		return err
	}
	view.NeedsOne = true
	points, err := org.Points(ctx, tx, v.remit().division)
	if err != nil {
		return err
	}
	for _, p := range points {
		if v.remit().covers(p.Division, p.Code) && p.Open {
			view.Points = append(view.Points, console.Option{Value: p.Code, Text: p.Name + "　" + p.Code})
		}
	}
	return nil
}

func (b *books) formFields(d *draft) []console.CaseField {
	var out []console.CaseField
	for _, f := range d.kind.Fields {
		x := console.CaseField{Key: f.Key, Label: b.either(f.Zh, f.En), Kind: f.Kind, Value: d.content[f.Key], Required: f.Required, Max: f.Max}
		if x.Help = f.Help; b.lang == console.En {
			x.Help = f.HelpEn
		}
		if key := d.faults[f.Key]; key != "" {
			x.Error = b.t(key)
		}
		if f.Kind == rules.CaseCode || f.Kind == rules.CaseCodes {
			chosen := strings.Split(x.Value, ",")
			for _, code := range d.camp.Codes(f.Table) {
				x.Options = append(x.Options, console.CaseOption{Value: code, Text: b.codeName(d.camp, f.Table, code), Chosen: slices.Contains(chosen, code)})
			}
		}
		out = append(out, x)
	}
	return out
}
