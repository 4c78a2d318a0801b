package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
)

func (s *server) incident(c *gin.Context, v *visit) {
	if done := "incident.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showIncident(c, v, http.StatusOK, console.MoveForm{})
}

// drawn is 128 random bits, as an id of a report or of a form.
func drawn() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}

func (s *server) showIncident(c *gin.Context, v *visit, status int, form console.MoveForm) {
	ctx, i := c.Request.Context(), v.subject.(incident.Incident)
	var view console.Incident
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		names := placeNames{}
		if view, err = s.incidentRow(ctx, tx, v, i, names); err != nil {
			return err
		}
		view.Done, view.Need, view.Advice, view.Form, view.Once = i.Done, i.Need, "incident.kind."+string(i.Kind)+".do", form, drawn()
		if view.Reporter, err = s.who(ctx, tx, v, i.Reporter, i.From, names); err != nil {
			return err
		}
		if view.Contact, err = contact(ctx, tx, i.Holder); err != nil {
			return err
		}
		if view.Chain, err = s.chain(ctx, tx, i, names); err != nil {
			return err
		}
		if view.Line, err = s.incidentLine(ctx, tx, v, i, names); err != nil {
			return err
		}
		view.Acts, err = s.incidentActs(ctx, tx, v, i, names)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "incident", "incidents", "/gl/incidents/"+i.ID, view)
}

// contact is whom to ring up at the office of a division; at the province it
// is the department that takes incidents.
func contact(ctx context.Context, tx *db.Tx, division string) (console.OfficeContact, error) {
	all, err := org.Offices(ctx, tx, division)
	var out console.OfficeContact
	for _, o := range all {
		if o.Division == division { // of two departments the last: 信息处
			out = console.OfficeContact{Name: o.Name, Head: o.Head, HeadPhone: o.HeadPhone, Admin: o.Admin, AdminPhone: o.AdminPhone}
		}
	}
	return out, err
}

// chain is every office from the place up to the province, and what it has said.
func (s *server) chain(ctx context.Context, tx *db.Tx, i incident.Incident, names placeNames) ([]console.Knowing, error) {
	var out []console.Knowing
	for code := i.Division; code != ""; code = org.Above(code) {
		name, err := names.division(ctx, tx, code)
		if err != nil {
			return nil, err
		}
		k := console.Knowing{Name: name, Word: "incident.chain.unknown"}
		switch {
		case i.Holder == code && i.State == incident.Waiting:
			k.Class, k.Word = "wait", "incident.chain.waits"
		case i.Holder == code && i.State == incident.Handling:
			k.Class, k.Word = "now", "incident.chain.holds"
		case i.Holder == code && i.State == incident.Resolved:
			k.Class, k.Word = "wait", "incident.chain.closes"
		case i.From == code:
			k.Class, k.Word = "done", "incident.chain.reported"
		case slices.Contains(i.Known, code):
			k.Class, k.Word = "done", "incident.chain.knows"
		}
		out = append(out, k)
	}
	return out, nil
}

func (s *server) incidentLine(ctx context.Context, tx *db.Tx, v *visit, i incident.Incident, names placeNames) ([]console.IncidentStep, error) {
	entries, err := incident.Line(ctx, tx, i.ID)
	if err != nil {
		return nil, err
	}
	out := make([]console.IncidentStep, 0, len(entries))
	for n, e := range entries {
		step := console.IncidentStep{Class: "done", Act: "incident.act." + string(e.Act), At: ms(e.At), Text: e.Text}
		if e.Act == incident.Report {
			step.Text = "" // it stands beside
		}
		if e.Act == incident.Acknowledge && e.To == "" {
			step.Act = "incident.act.know"
		}
		if e.Act == incident.Escalate {
			step.Class = "must"
		}
		if n == len(entries)-1 && i.Open() && step.Class == "done" {
			step.Class = "now"
		}
		if e.Act == incident.Close && (i.State != incident.Closed || n < len(entries)-1 && entries[n+1].Act == incident.Close) {
			step.Act = "incident.act.close.word"
		}
		if step.Who, err = s.who(ctx, tx, v, e.Account, e.Division, names); err != nil {
			return nil, err
		}
		if e.Act == incident.HandUp || e.Act == incident.HandDown || e.Act == incident.Escalate {
			if step.To, err = names.division(ctx, tx, e.To); err != nil {
				return nil, err
			}
		}
		if e.Measure != "" {
			step.To = s.pages.Text(v.lang, "incident.measure."+string(e.Measure))
			step.Link = s.measureLink(v, e)
		}
		out = append(out, step)
	}
	return out, nil
}

// measureLink leads to what a measure is about, for whoever may go there.
func (s *server) measureLink(v *visit, e incident.Entry) console.Link {
	may := s.may(v.session.Account.Role)
	switch {
	case e.Ref == "":
		return console.Link{}
	case e.Measure == incident.MeasureFreeze:
		out := console.Link{Text: s.pages.Text(v.lang, "incident.link.box", e.Ref)}
		if may["boxes"] {
			out.Path = "/gl/boxes/" + e.Ref
		}
		return out
	case e.Measure == incident.MeasureWindow:
		out := console.Link{Text: s.pages.Text(v.lang, "incident.link.version", e.Ref)}
		if may["campaigns"] {
			out.Path = "/gl/campaigns"
		}
		return out
	}
	return console.Link{}
}

// incidentActs asks the rule itself what this person can do now.
func (s *server) incidentActs(ctx context.Context, tx *db.Tx, v *visit, i incident.Incident, names placeNames) (console.IncidentActs, error) {
	var out console.IncidentActs
	closing, err := s.Flow.ClosingIncident(ctx, tx)
	if err != nil {
		return out, err
	}
	can := func(m incident.Move) bool {
		m.By, m.At, m.Text, m.Closing = v.actor(), s.Flow.Now().UnixMilli(), "…", closing
		_, err := incident.Next(i, m)
		return err == nil
	}
	taken := can(incident.Move{Act: incident.Acknowledge})
	out.Acknowledge, out.Know = taken && i.State == incident.Waiting, taken && i.State != incident.Waiting
	out.Note, out.Close = can(incident.Move{Act: incident.Note}), can(incident.Move{Act: incident.Close})
	out.Measure = can(incident.Move{Act: incident.Take, Measure: incident.MeasureOther})
	out.Words, out.Persons = len(i.Words), closing.Persons
	for _, act := range []incident.Act{incident.Resolve, incident.HandUp, incident.Reopen} {
		if !can(incident.Move{Act: act}) {
			continue
		}
		step := console.WordStep{Act: string(act)}
		if act == incident.HandUp {
			if step.Name, err = names.division(ctx, tx, org.Above(v.remit().division)); err != nil {
				return out, err
			}
		}
		out.Steps = append(out.Steps, step)
	}
	for code := i.Division; code != ""; code = org.Above(code) {
		if !can(incident.Move{Act: incident.HandDown, To: code}) {
			continue
		}
		name, err := names.division(ctx, tx, code)
		if err != nil {
			return out, err
		}
		out.Down = append(out.Down, console.Option{Value: code, Text: name})
	}
	if !out.Measure {
		return out, nil
	}
	return out, s.measureChoices(ctx, tx, v, i, &out)
}

// measureChoices: the measures, those the plan foresees first, and what they
// can be about.
func (s *server) measureChoices(ctx context.Context, tx *db.Tx, v *visit, i incident.Incident, out *console.IncidentActs) error {
	order := i.Kind.Measures()
	for _, m := range incident.Measures() {
		if !slices.Contains(order, m) {
			order = append(order, m)
		}
	}
	for _, m := range order {
		out.Measures = append(out.Measures, console.Option{Value: string(m), Text: s.pages.Text(v.lang, "incident.measure."+string(m))})
	}
	points, err := org.Points(ctx, tx, i.Division)
	if err != nil {
		return err
	}
	for _, p := range points {
		if i.Point != "" && p.Code != i.Point || !v.remit().covers(p.Division, p.Code) {
			continue
		}
		for _, b := range s.Flow.Fleet.Snapshot() {
			if b.Point == p.Code && b.State == fleet.Active {
				out.Boxes = append(out.Boxes, console.Option{Value: b.ID, Text: p.Name + "　" + s.pages.Text(v.lang, "box.unit", b.Unit)})
			}
		}
	}
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if missing(err) {
		return nil
	} else if err != nil {
		return err
	}
	all, err := campaign.List(ctx, tx)
	for _, x := range all {
		if x.Campaign == camp.ID {
			n := strconv.Itoa(int(x.Version))
			out.Versions = append(out.Versions, console.Option{Value: n, Text: s.pages.Text(v.lang, "incident.link.version", n)})
		}
	}
	return err
}

// moveIncident makes one move. A refusal keeps what was typed and says why.
func (s *server) moveIncident(c *gin.Context, v *visit, act incident.Act) {
	ctx, i := c.Request.Context(), v.subject.(incident.Incident)
	form := console.MoveForm{Act: string(act), Text: strings.TrimSpace(c.PostForm("reason")), To: c.PostForm("to"), Measure: c.PostForm("measure"), Box: c.PostForm("box"), Version: c.PostForm("version")}
	m := incident.Move{Act: act, By: v.actor(), To: form.To, Measure: incident.Measure(form.Measure), Text: form.Text}
	if once := c.PostForm("once"); len(once) == 32 && plainID(once) {
		m.Once = once
	}
	if act != incident.Take {
		m.Measure = ""
	}
	switch m.Measure {
	case incident.MeasureFreeze:
		m.Ref = form.Box
	case incident.MeasureWindow:
		m.Ref = form.Version
	}
	if !tellable(m.Text) || m.Ref != "" && !plainID(m.Ref) {
		s.refuse(c, v, refusalBad)
		return
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if m.Measure == incident.MeasureWindow && m.Ref != "" {
			if err := s.knownVersion(ctx, tx, m.Ref); err != nil {
				return err
			}
		}
		_, err := s.Flow.MoveIncident(ctx, tx, i.ID, m, v.by())
		return err
	})
	err = s.Flow.Refused(ctx, s.DB, err)
	if err == nil {
		c.Redirect(http.StatusSeeOther, "/gl/incidents/"+i.ID+"?done="+string(act))
		return
	}
	status, key := incidentRefusal(err)
	if key == "" {
		s.fault(c, v, err)
		return
	}
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { // somebody may have moved it
		now, err := incident.Get(ctx, tx, i.ID)
		v.subject = now
		return err
	}); err != nil {
		s.fault(c, v, err)
		return
	}
	form.Error = key
	v.notice = &console.Notice{Class: "must", Key: key}
	s.showIncident(c, v, status, form)
}

func (s *server) knownVersion(ctx context.Context, tx *db.Tx, version string) error {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if missing(err) {
		return incident.ErrReport
	} else if err != nil {
		return err
	}
	n, err := strconv.ParseUint(version, 10, 32)
	if err != nil {
		return incident.ErrReport
	}
	if _, err := campaign.Get(ctx, tx, camp.ID, uint32(n)); errors.Is(err, campaign.ErrNotFound) {
		return incident.ErrReport
	} else if err != nil {
		return err
	}
	return nil
}

// tellable: words of several lines, without what cannot be seen.
func tellable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f || r == 0x202e || r == 0x202d
	})
}

// incidentRefusal puts a refusal into a status and a phrase; "" for a fault.
func incidentRefusal(err error) (int, string) {
	for _, r := range []struct {
		err    error
		status int
		key    string
	}{
		{incident.ErrState, http.StatusConflict, "incident.refused.state"},
		{incident.ErrOffice, http.StatusForbidden, "incident.refused.office"},
		{incident.ErrText, http.StatusUnprocessableEntity, "incident.refused.text"},
		{flow.ErrReason, http.StatusUnprocessableEntity, "incident.refused.text"},
		{incident.ErrPersonal, http.StatusUnprocessableEntity, "incident.refused.personal"},
		{incident.ErrTwice, http.StatusConflict, "incident.refused.twice"},
		{flow.ErrDependent, http.StatusConflict, "incident.refused.dependent"},
		{incident.ErrChanged, http.StatusConflict, "incident.refused.changed"},
		{incident.ErrReport, http.StatusUnprocessableEntity, "incident.refused.report"},
		{fleet.ErrState, http.StatusConflict, "incident.refused.box"},
		{fleet.ErrNotFound, http.StatusUnprocessableEntity, "incident.refused.report"},
	} {
		if errors.Is(err, r.err) {
			return r.status, r.key
		}
	}
	return 0, ""
}
