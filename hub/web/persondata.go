package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/candidate"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	dossiers "zhunkao/hub/dossier"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// personPart is what a person may ask of what is kept about her, as an office
// does it for her (S38): one click from her page. Who may is the campaign's table
// of acts: a copy is the whole number, a correction unlocks, erasure destroys.
func (s *server) personPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/requests", who: officers(), remit: remitList, right: "requests", do: s.requests},
		{method: get, path: "/gl/candidates/:id/data", who: officers(), remit: remitCandidate, right: "data", do: s.personData},
		{method: post, path: "/gl/candidates/:id/data/copy", who: officers(), remit: remitCandidate, do: s.copyPerson},
		{method: post, path: "/gl/candidates/:id/data/correct", who: officers(), remit: remitCandidate, do: s.correctPerson},
		{method: post, path: "/gl/candidates/:id/data/erase", who: officers(), remit: remitCandidate, do: s.erasePerson},
		{method: post, path: "/gl/candidates/:id/data/answer", who: officers(), remit: remitCandidate, do: s.answerPerson},
	}}
}

// What the second person agrees to, beside the whole number itself.
const (
	termsCopy  = "copy"
	termsErase = "erase"
)

// mostRequests is how many a page shows, the oldest first.
const mostRequests = 100

// requests are what persons of her remit ask for and nobody has answered. What
// they wrote is read on the page of each, where the look is journalled.
func (s *server) requests(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	if done := "requests.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	var view console.PersonRequests
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := dossiers.Open(ctx, tx, s.Keys, r.division, r.point, mostRequests)
		if err != nil {
			return err
		}
		for _, x := range all {
			view.Rows = append(view.Rows, console.PersonRequest{ID: x.ID, Kind: "request." + string(x.Kind), At: ms(x.Asked), Candidate: x.Application, Name: ends(x.Application)})
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "requests", "requests", view)
}

func (s *server) countPersonRequests(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	r := v.remit()
	all, err := dossiers.Open(ctx, tx, s.Keys, r.division, r.point, mostRequests)
	return len(all), err
}

func (s *server) personData(c *gin.Context, v *visit) {
	if done := "data.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showPersonData(c, v, http.StatusOK, console.PersonData{})
}

// showPersonData shows what can be done for one person. What she asked for is
// hers: the look is journalled.
func (s *server) showPersonData(c *gin.Context, v *visit, status int, view console.PersonData) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Flow.ViewCandidate(ctx, tx, row, "data", "", v.by()); err != nil {
			return err
		}
		camp, err := s.campaigns.current(ctx, tx, row.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		w, role := words{s.pages, v.lang, camp}, v.session.Account.Role
		view.ID, view.Application, view.State, view.Version = row.ID, ends(row.ID), candidateState(row.State), row.Version
		view.Copy, view.Correct, view.Erase = refused(permitted(camp, actReveal, role)), refused(permitted(camp, flow.ActCorrect, role)), refused(permitted(camp, flow.ActErase, role))
		if permitted(camp, flow.ActCorrect, role).persons > 1 && view.Correct == "" {
			view.Correct = "permit.more" // what is typed here could not be shown to a second person
		}
		if view.CopySecond, err = s.standingSecond(ctx, tx, v, permitted(camp, actReveal, role), s.secondOn(row, actReveal, termsCopy)); err != nil {
			return err
		}
		if view.EraseSecond, err = s.standingSecond(ctx, tx, v, permitted(camp, flow.ActErase, role), s.secondOn(row, flow.ActErase, termsErase)); err != nil {
			return err
		}
		view.Fields = nil
		for _, f := range camp.Form.Correctable() {
			view.Fields = append(view.Fields, console.Option{Value: f.Key, Text: w.label(f.Key)})
		}
		all, err := dossiers.Of(ctx, tx, s.Keys, row.ID, "")
		if err != nil {
			return err
		}
		for _, r := range all {
			view.Requests = append(view.Requests, personRequest(w, r))
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "persondata", "candidates", view)
}

func personRequest(w words, r dossiers.Request) console.PersonRequest {
	out := console.PersonRequest{ID: r.ID, Kind: "request." + string(r.Kind), Open: r.State == dossiers.Waiting, At: ms(r.Asked), Wanted: r.Content.Wanted, Why: r.Content.Why, Answer: r.Answer,
		State: console.State{Class: "wait", Icon: "clock", Key: "request." + string(r.State)}}
	if r.Content.Field != "" {
		out.Field = w.label(r.Content.Field)
	}
	switch r.State {
	case dossiers.Done:
		out.State.Class, out.State.Icon = "done", "check"
	case dossiers.Refused:
		out.State.Class, out.State.Icon = "open", "cross"
	}
	return out
}

// refused is why the table does not let her, "" where it does, with one person
// or two.
func refused(p permission) string {
	if p.known && p.high && p.persons <= 2 {
		return ""
	}
	return p.refusal()
}

func (s *server) secondOn(row candidate.Row, act, terms string) countersign.Act {
	return countersign.Act{Act: act, Subject: ofCandidate + row.ID, Terms: terms, Campaign: row.Campaign, Division: row.Division, Point: row.Point}
}

// forPerson does something for a person in one transaction, if the table lets
// her: with a second person's word where it asks two.
func (s *server) forPerson(c *gin.Context, v *visit, act, terms, why string, do func(ctx context.Context, tx *db.Tx, camp rules.Campaign, reason string) error) (out allowed, err error) {
	row := v.subject.(candidate.Row)
	var camp rules.Campaign
	return s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (out asking, err error) {
		if camp, err = s.campaigns.current(ctx, tx, row.Campaign); err != nil && !missing(err) {
			return out, err
		}
		out = asking{may: permitted(camp, act, v.session.Account.Role), of: s.secondOn(row, act, terms), why: why}
		if terms == "" && out.may.persons > 1 { // see showPersonData
			out.refuse = out.may.refusal()
		}
		return out, nil
	}, func(ctx context.Context, tx *db.Tx, why, _ string) error { return do(ctx, tx, camp, why) })
}

// settled answers what was not done: the page again with what was typed, or the
// list of acts of two. It reports whether there is nothing more to say.
func (s *server) settledPerson(c *gin.Context, v *visit, view console.PersonData, at string, out allowed, err error) bool {
	view.At = at
	status := http.StatusUnprocessableEntity
	var findings *flow.FindingsError
	switch {
	case err == nil && out.refuse == "" && !out.asked:
		return false
	case err == nil && out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
		return true
	case err == nil && out.refuse == "act.needreason":
		view.Error = out.refuse
	case err == nil:
		status, view.Error = http.StatusForbidden, out.refuse
	case errors.As(err, &findings):
		view.Error, view.Note = "data.findings", findings.Findings[0].Fix
	case errors.Is(err, flow.ErrField):
		view.Error = "data.field.missing"
	case errors.Is(err, candidate.ErrConflict):
		status, view.Error = http.StatusConflict, "data.conflict"
	case errors.Is(err, candidate.ErrTaken):
		status, view.Error = http.StatusConflict, "data.taken"
	case errors.Is(err, dossiers.ErrText):
		view.Error = "data.answer.missing"
	case errors.Is(err, dossiers.ErrState), errors.Is(err, dossiers.ErrNotFound):
		status, view.Error = http.StatusConflict, "data.answered"
	case errors.Is(err, flow.ErrDependent):
		status, view.Error = http.StatusConflict, "permit.dependent"
	default:
		s.fault(c, v, err)
		return true
	}
	s.showPersonData(c, v, status, view)
	return true
}

// personDone goes on to what an act leaves: her page, or the list when she has
// none any more.
func personDone(c *gin.Context, row candidate.Row, done string) {
	to := "/gl/requests"
	if row.ID != "" {
		to = "/gl/candidates/" + row.ID + "/data"
	}
	c.Redirect(http.StatusSeeOther, to+"?done="+done)
}

func (s *server) whyOf(c *gin.Context) string {
	why, ok := reason(c)
	if !ok {
		return "" // asked for where one is needed
	}
	return why
}

// copyPerson hands out a copy of all that is kept about a person, for her.
func (s *server) copyPerson(c *gin.Context, v *visit) {
	row := v.subject.(candidate.Row)
	format := "html"
	if c.PostForm("format") == "json" {
		format = "json"
	}
	var file dossiers.Copy
	out, err := s.forPerson(c, v, actReveal, termsCopy, s.whyOf(c), func(ctx context.Context, tx *db.Tx, camp rules.Campaign, why string) error {
		account, err := applicant.AccountOf(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		if err := s.Flow.CopyData(ctx, tx, row, account, format, why, v.by()); err != nil {
			return err
		}
		file, err = dossiers.Collect(ctx, tx, dossiers.Sources{Keys: s.Keys, Blobs: s.Blob, Candidates: s.Flow.Candidates, Drafts: s.Flow.Drafts(), Consents: s.Flow.Consents(), Accounts: s.Accounts},
			dossiers.Whose{Campaign: camp, Account: account, Application: row.ID, English: v.lang == console.En, At: s.Flow.Now()})
		return err
	})
	if s.settledPerson(c, v, console.PersonData{Reason: c.PostForm("reason")}, "copy", out, err) {
		return
	}
	write, kind := file.HTML, "text/html; charset=utf-8"
	if format == "json" {
		write, kind = file.JSON, "application/json"
	}
	body, err := write()
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="copy-`+strings.ReplaceAll(s.Flow.Now().Format(time.DateOnly), "-", "")+`.`+format+`"`)
	c.Data(http.StatusOK, kind, body)
}

// correctPerson sets one field right, in the version that was looked at.
func (s *server) correctPerson(c *gin.Context, v *visit) {
	row := v.subject.(candidate.Row)
	view := console.PersonData{Reason: c.PostForm("reason"), Field: c.PostForm("field"), Value: strings.TrimSpace(c.PostForm("value"))}
	out, err := s.forPerson(c, v, flow.ActCorrect, "", s.whyOf(c), func(ctx context.Context, tx *db.Tx, _ rules.Campaign, why string) error {
		version, err := strconv.ParseUint(c.PostForm("version"), 10, 32)
		if err != nil {
			return candidate.ErrConflict // what she looked at is not known
		}
		return s.Flow.Correct(ctx, tx, flow.Correction{Application: row.ID, Version: uint32(version), Field: view.Field, Value: view.Value, Reason: why}, v.by())
	})
	if !s.settledPerson(c, v, view, "correct", out, err) {
		personDone(c, row, "corrected")
	}
}

// erasePerson removes all that is kept about a person, confirmed or not.
func (s *server) erasePerson(c *gin.Context, v *visit) {
	row := v.subject.(candidate.Row)
	out, err := s.forPerson(c, v, flow.ActErase, termsErase, s.whyOf(c), func(ctx context.Context, tx *db.Tx, _ rules.Campaign, why string) error {
		account, err := applicant.AccountOf(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		return s.Flow.Erase(ctx, tx, flow.Erasing{Account: account, Campaign: row.Campaign, Application: row.ID, Office: true, Reason: why}, v.by())
	})
	if !s.settledPerson(c, v, console.PersonData{Reason: c.PostForm("reason")}, "erase", out, err) {
		personDone(c, candidate.Row{}, "erased")
	}
}

// answerPerson answers what a person asked for; doing it stands beside.
func (s *server) answerPerson(c *gin.Context, v *visit) {
	row := v.subject.(candidate.Row)
	view := console.PersonData{Answer: c.PostForm("answer"), Request: c.PostForm("request")}
	to := dossiers.Refused
	if c.PostForm("to") == "done" {
		to = dossiers.Done
	}
	out, err := s.forPerson(c, v, flow.ActCorrect, "", "answer", func(ctx context.Context, tx *db.Tx, _ rules.Campaign, _ string) error {
		r, err := dossiers.Get(ctx, tx, s.Keys, view.Request)
		if err != nil {
			return err
		}
		if r.Application != row.ID {
			return dossiers.ErrNotFound // of another: whatever it is, not here
		}
		return s.Flow.AnswerForData(ctx, tx, r.ID, to, view.Answer, v.by())
	})
	if !s.settledPerson(c, v, view, "answer", out, err) {
		personDone(c, row, "answered")
	}
}
