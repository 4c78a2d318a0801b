package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Kinds of steps of an entry.
const (
	stepFields  = "fields"
	stepChoices = "choices"
	stepClaims  = "claims"
	stepCheck   = "check"
)

// draftStep is one page of an entry: a group of the campaign's form, the choices,
// or the last look.
type draftStep struct {
	Kind   string
	Zh, En string
	Path   string
	Wrong  int // findings in it, beyond what is only missing while it was not come to
	fields []form.Field
}

// draftField is one control.
type draftField struct {
	Key, ID, Label, Hint, Value string
	List                        string // table whose entries are proposed; "" for none
	Numeric                     bool
	Max                         int
	Error                       string
	Focus                       bool
}

// draftChoice is what is typed of one choice, and what it may mean.
type draftChoice struct {
	Order                                int
	Level, Category, School, Major, Form string
	Taken                                string // the programme, in words
	Error                                string
	Offers                               []draftOffer
	Focus                                bool
}

// draftOffer is a programme that fits what was typed.
type draftOffer struct{ Key, Text, Why string }

// draftFault is one thing to be mended, and where.
type draftFault struct{ Text, Path string }

// mostOffers is how many programmes are listed for one choice.
const mostOffers = 12

// draftSteps are the pages of an entry, in order.
func (d *Desk) draftSteps() []draftStep {
	c := d.o.Status().Rules
	if c == nil {
		return nil
	}
	var out []draftStep
	for _, g := range c.Form.Groups {
		fields := slices.DeleteFunc(c.Form.InGroup(g.Key), func(f form.Field) bool { return !f.ByCandidate() })
		if len(fields) > 0 {
			out = append(out, draftStep{Kind: stepFields, Zh: g.Zh, En: g.En, fields: fields})
		}
	}
	out = append(out, draftStep{Kind: stepChoices})
	if takesClaims(c) {
		out = append(out, draftStep{Kind: stepClaims})
	}
	return append(out, draftStep{Kind: stepCheck})
}

// draftFaults is all that the rules find in a draft.
func (d *Desk) draftFaults(k *campaign.Checker, dr store.Draft) []form.Finding {
	at := d.o.Status().Point
	return k.Check(dr.Application, campaign.Place{Code: at.Code, Division: at.Division}, d.latest()).Findings
}

// latest is the latest day that is possible: nobody is refused for a slow clock.
func (d *Desk) latest() time.Time {
	if d.o.Status().Certain {
		return d.o.Now()
	}
	return d.o.Now().AddDate(1, 0, 0)
}

// faultsIn keeps what is mended in a step.
func (d *Desk) faultsIn(all []form.Finding, st draftStep) (out []form.Finding) {
	for _, f := range all {
		here := slices.ContainsFunc(st.fields, func(x form.Field) bool { return x.Key == f.Field })
		if here || st.Kind == stepChoices && d.onChoices(f) || st.Kind == stepClaims && f.Field == form.OnClaim {
			out = append(out, f)
		}
	}
	return out
}

// onChoices reports whether a finding is mended where choices are entered.
func (d *Desk) onChoices(f form.Finding) bool {
	c := d.o.Status().Rules
	return strings.HasPrefix(f.Field, form.OnChoice) || f.Field == form.OnPoint || f.Field == form.OnClaim && (c == nil || !takesClaims(c))
}

// draftOf reads the draft and the step that a path names.
func (d *Desk) draftOf(w http.ResponseWriter, r *http.Request) (dr store.Draft, steps []draftStep, at int, ok bool) {
	dr, err := d.o.Store.Draft(r.PathValue("draft"))
	steps = d.draftSteps()
	n, bad := strconv.Atoi(r.PathValue("step"))
	switch {
	case errors.Is(err, store.ErrNotFound), bad != nil, n < 1, n > len(steps):
		http.NotFound(w, r)
		return dr, nil, 0, false
	case err != nil:
		d.fault(w, r, err)
		return dr, nil, 0, false
	}
	return dr, steps, n - 1, true
}

// draftPage shows one step.
func (d *Desk) draftPage(w http.ResponseWriter, r *http.Request, s *session) {
	if dr, steps, at, ok := d.draftOf(w, r); ok {
		d.showDraft(w, r, s, dr, steps, at, "", false, nil)
	}
}

// showDraft draws a step. told shows what is missing too; typed are the choices
// as they were sent.
func (d *Desk) showDraft(w http.ResponseWriter, r *http.Request, s *session, dr store.Draft, steps []draftStep, at int, why string, told bool, typed []draftChoice) {
	c, k, err := d.rules()
	if err != nil || c == nil {
		d.fault(w, r, errors.Join(err, store.ErrNotFound))
		return
	}
	found := d.draftFaults(k, dr)
	d.show(w, r, s, "draft", "page", func(p *page) {
		p.Error = why
		x := &p.Drafts
		x.Draft, x.At, x.Closed = dr, at, d.closedFor(c, dr)
		for i := range steps {
			st := &steps[i]
			st.Path, st.Wrong = draftPath(dr.ID, i+1), len(d.faultsIn(found, *st))
		}
		x.Steps = steps
		switch st := steps[at]; st.Kind {
		case stepFields:
			x.Fields = p.draftFields(c, dr, st, found, told)
		case stepChoices:
			x.Choices = typed
			if typed == nil {
				x.Choices = p.draftChoices(c, dr)
			}
			p.focusChoice()
			if told {
				x.Faults = p.faultLines(d.faultsIn(found, st), nil, steps)
			}
		case stepClaims:
			if x.Claims = d.draftClaims(c, k, dr); told {
				x.Faults = p.faultLines(d.faultsIn(found, st), nil, steps)
			}
		default:
			x.Faults = p.faultLines(found, c, steps)
		}
	})
}

// faultLines puts findings into words, each with the step that mends it.
func (p *page) faultLines(found []form.Finding, c *campaign.Campaign, steps []draftStep) (out []draftFault) {
	for _, f := range found {
		line := draftFault{Text: f.Fix}
		if p.English() {
			line.Text = f.FixEn
		}
		for _, st := range steps {
			if c != nil && len(p.d.faultsIn([]form.Finding{f}, st)) > 0 {
				line.Path = st.Path
			}
		}
		out = append(out, line)
	}
	return out
}

// draftFields are the controls of a step.
func (p *page) draftFields(c *campaign.Campaign, dr store.Draft, st draftStep, found []form.Finding, told bool) (out []draftField) {
	for _, f := range st.fields {
		x := draftField{Key: f.Key, ID: "f-" + f.Key, Label: f.Zh, Hint: f.Help, Value: campaign.Shown(*c, f, dr.Application.Get(f.Key)), Max: 2 * max(20, f.MaxChars)}
		if p.English() {
			x.Label, x.Hint = f.En, f.HelpEn
		}
		switch f.Kind {
		case form.KindCode:
			x.List = f.Table
			if t, ok := c.Form.Table(f.Table); ok {
				if e, ok := t.Entry(x.Value); ok && !e.Group {
					x.Value = e.Code + " " + e.Zh
				}
			}
		case form.KindDivision:
			x.List = "division"
		case form.KindDate, form.KindPhone, form.KindPostCode, form.KindDigits:
			x.Numeric = true
		}
		if i := slices.IndexFunc(found, func(o form.Finding) bool { return o.Field == f.Key && (told || o.Code != form.Missing) }); i >= 0 {
			x.Error = found[i].Fix
			if p.English() {
				x.Error = found[i].FixEn
			}
		}
		out = append(out, x)
	}
	focus := slices.IndexFunc(out, func(x draftField) bool { return x.Error != "" })
	if focus < 0 {
		focus = max(0, slices.IndexFunc(out, func(x draftField) bool { return x.Value == "" }))
	}
	if len(out) > 0 {
		out[focus].Focus = true
	}
	return out
}

// Tables are the lists that the controls of the page propose.
func (p *page) Tables() (out []form.Table) {
	c := p.Status.Rules
	for _, f := range p.Drafts.Fields {
		if f.List == "" || slices.ContainsFunc(out, func(t form.Table) bool { return t.Name == f.List }) {
			continue
		}
		t, ok := c.Form.Table(f.List)
		if f.List == "division" {
			t, ok = form.Table{Name: f.List}, true
			for _, x := range c.Divisions {
				if x.Tier == campaign.County {
					t.Entries = append(t.Entries, form.Entry{Code: x.Code, Zh: campaign.CityName(*c, x) + x.Name})
				}
			}
		}
		if ok {
			out = append(out, t)
		}
	}
	return out
}

// saveDraft keeps what was typed on a step and goes on: to the next step when
// there is nothing to mend, or when the clerk says that it cannot be read.
func (d *Desk) saveDraft(w http.ResponseWriter, r *http.Request, s *session) {
	dr, steps, at, ok := d.draftOf(w, r)
	if !ok {
		return
	}
	if steps[at].Kind == stepCheck {
		d.completeDraft(w, r, s, dr, steps, at)
		return
	}
	c, k, err := d.rules()
	if err != nil || c == nil {
		d.fault(w, r, errors.Join(err, store.ErrNotFound))
		return
	}
	if rev, err := strconv.ParseUint(r.PostFormValue("revision"), 10, 64); err != nil || rev != dr.Revision {
		d.showDraft(w, r, s, dr, steps, at, "draft-moved", false, nil)
		return
	}
	if paper := strings.TrimSpace(r.PostFormValue("paper")); paper != "" && dr.Paper != "" && len(paper) <= 40 {
		dr.Paper = paper
	}
	var typed []draftChoice
	open := false
	switch steps[at].Kind {
	case stepFields:
		typedFields(c, steps[at], r.PostForm, &dr.Application)
	case stepClaims:
		typedClaims(d.draftClaims(c, k, dr), r.PostForm, &dr.Application)
	default:
		typed, open = d.typedChoices(c, k, r.PostForm, &dr.Application)
	}
	if dr, err = d.o.Store.SaveDraft(dr); err != nil {
		d.refuseDraft(w, r, s, err)
		return
	}
	left := d.faultsIn(d.draftFaults(k, dr), steps[at])
	switch to := r.PostFormValue("go"); {
	case to == "back" && at > 0:
		http.Redirect(w, r, draftPath(dr.ID, at), http.StatusSeeOther)
	case to != "skip" && (len(left) > 0 || open):
		d.showDraft(w, r, s, dr, steps, at, "draft-mend", true, typed)
	default:
		http.Redirect(w, r, draftPath(dr.ID, at+2), http.StatusSeeOther)
	}
}

// refuseDraft says why the store did not keep it.
func (d *Desk) refuseDraft(w http.ResponseWriter, r *http.Request, s *session, err error) {
	if why := draftWord(err); why != "" {
		d.showDrafts(w, r, s, why, draftBegin{})
		return
	}
	d.fault(w, r, err)
}

// typedFields takes what was typed into an application, in the form's own
// spelling. What the page does not have stays.
func typedFields(c *campaign.Campaign, st draftStep, sent url.Values, app *form.Application) {
	for _, f := range st.fields {
		values, there := sent["f-"+f.Key]
		if !there || len(values) == 0 {
			continue
		}
		v := campaign.Spelled(*c, f, campaign.DocumentKind(*c, *app), values[0])
		if f.Kind == form.KindLetters {
			v = strings.ToUpper(strings.Join(strings.Fields(v), ""))
		}
		if v == "" {
			delete(app.Fields, f.Key)
			continue
		}
		app.Fields[f.Key] = v
	}
	// Sex and birth stand in the number: nobody types them twice.
	for _, key := range []string{form.Sex, form.BirthDate} {
		if app.Get(key) == "" && slices.ContainsFunc(st.fields, func(f form.Field) bool { return f.Key == key }) {
			if v := campaign.Likely(*c, *app, form.Finding{Field: key, Code: form.Missing}, time.Time{}); v != "" {
				app.Fields[key] = v
			}
		}
	}
}

// completeDraft makes a draft what she is found by.
func (d *Desk) completeDraft(w http.ResponseWriter, r *http.Request, s *session, dr store.Draft, steps []draftStep, at int) {
	if r.PostFormValue("go") == "back" {
		http.Redirect(w, r, draftPath(dr.ID, at), http.StatusSeeOther)
		return
	}
	c, k, err := d.rules()
	if err != nil || c == nil {
		d.fault(w, r, errors.Join(err, store.ErrNotFound))
		return
	}
	again := func(why string) { d.showDraft(w, r, s, dr, steps, at, why, true, nil) }
	switch rev, err := strconv.ParseUint(r.PostFormValue("revision"), 10, 64); {
	case err != nil || rev != dr.Revision:
		again("draft-moved")
		return
	case len(d.draftFaults(k, dr)) > 0:
		again("draft-mend")
		return
	case dr.Paper == "" && d.closedFor(c, dr):
		again("draft-closed")
		return
	}
	dr.Application.CampaignVersion = c.Version
	done, err := d.o.Store.CompleteDraft(dr, d.act(s))
	if why := draftWord(err); why != "" {
		again(why)
		return
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.o.Log.Info("desk: a draft is complete", "account", s.ID)
	if r.PostFormValue("go") == "more" && done.Paper != "" {
		id, err := d.newDraft(s, draftBegin{Reason: done.Reason, Note: done.Note, From: done.From, Paper: nextPaper(done.Paper)}, form.Chip{})
		if err != nil {
			d.refuseDraft(w, r, s, err)
			return
		}
		http.Redirect(w, r, draftPath(id, 1), http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, "/drafts", http.StatusSeeOther)
}

// Here is the step shown.
func (p *page) Here() draftStep { return p.Drafts.Steps[p.Drafts.At] }

// StepName is what a step is called.
func (p *page) StepName(st draftStep) (string, error) {
	switch {
	case st.Kind != stepFields:
		return p.T("draft-step-" + st.Kind)
	case p.English():
		return st.En, nil
	}
	return st.Zh, nil
}

// CategoryOnly reports that a choice is a level and a category alone.
func (p *page) CategoryOnly() bool { return p.Status.Rules.Form.Choose == form.ChooseCategory }

// NoExemptions reports that the examination exempts nobody.
func (p *page) NoExemptions() bool { return len(p.Status.Rules.Exemptions) == 0 }

// StudyForms are the forms of study.
func (p *page) StudyForms() []form.Entry {
	t, _ := p.Status.Rules.Form.Table(form.StudyForms)
	return t.Entries
}

// draftLine is one field of the last look.
type draftLine struct{ Label, Value string }

// DraftLines are all that is entered, to be held against the paper: whole, for it
// is the number that is mistyped.
func (p *page) DraftLines() (out []draftLine, err error) {
	c, app := p.Status.Rules, p.Drafts.Draft.Application
	for _, st := range p.Drafts.Steps {
		for _, f := range st.fields {
			v := app.Get(f.Key)
			if v == "" {
				continue
			}
			l := draftLine{f.Zh, campaign.Shown(*c, f, v)}
			if p.English() {
				l.Label = f.En
			}
			if f.Kind == form.KindCode {
				l.Value = v + " " + c.Form.TableName(f.Table, v)
			}
			out = append(out, l)
		}
	}
	for _, ch := range app.Choices {
		key, order := "draft-choice", []any{ch.Order}
		if p.CategoryOnly() {
			key, order = "review-category", nil
		}
		name, err := p.T(key, order...)
		if err != nil {
			return nil, err
		}
		out = append(out, draftLine{name, choiceText(c, ch)})
	}
	for _, cl := range app.Claims {
		label, err := p.ClaimWord(cl.Kind)
		if err != nil {
			return nil, err
		}
		out = append(out, draftLine{label, c.ClaimName(cl)})
	}
	return out, nil
}
