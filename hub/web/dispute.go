package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// disputePart is what waits for a county's decision (待裁), and taking a
// confirmation back later than its day (撤销确认). :id is one of the records.
func (s *server) disputePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/disputes", who: readers(), remit: remitList, right: "disputes", do: s.disputes},
		{method: get, path: "/gl/disputes/:id", who: officers(), remit: remitRecord, right: "decide", do: s.dispute},
		{method: post, path: "/gl/disputes/:id/decide", who: officers(), remit: remitRecord, do: s.decide},
		{method: post, path: "/gl/confirmations/:id/void", who: officers(), remit: remitRecord, right: "void", do: s.voidRecord},
	}}
}

// ofDispute is what a decision of two persons is about: a record of the case.
const ofDispute = "disputes/"

// keepNone is what the form sends when no record is kept.
const keepNone = "none"

// dispute shows a case. That she was looked at is journalled for each record
// that is opened, in the transaction that opens them.
func (s *server) dispute(c *gin.Context, v *visit) {
	if c.Query("done") == "decided" {
		v.notice = &console.Notice{Class: "done", Key: "dispute.done"}
	}
	s.showDispute(c, v, http.StatusOK, console.Dispute{})
}

func (s *server) showDispute(c *gin.Context, v *visit, status int, view console.Dispute) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.gatherDispute(ctx, tx, v, &view) })
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "dispute", "disputes", view)
}

// secondDecision is a decision as another person agrees to it: about exactly the
// case that was read.
func secondDecision(c confirmation.Case, r confirmation.Record, keep, seen string) countersign.Act {
	return countersign.Act{Act: c.Act(), Subject: ofDispute + r.ID, Terms: keep + " " + seen, Campaign: c.Campaign, Division: c.Decider()}
}

// decide settles the case.
func (s *server) decide(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.record
	keep, seen := c.PostForm("keep"), c.PostForm("seen")
	why, ok := reason(c)
	if !ok {
		why = ""
	}
	view := console.Dispute{Keep: keep, Why: c.PostForm("reason")}
	var out allowed
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		of, err := s.Flow.Case(ctx, tx, r.Application)
		if err != nil {
			return err
		}
		camp, err := s.campaigns.current(ctx, tx, of.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		may := permitted(camp, of.Act(), v.session.Account.Role)
		if out, err = s.byTwo(ctx, tx, v, may, secondDecision(of, r, keep, seen), why); err != nil || out.refuse != "" || out.asked {
			return err
		}
		if keep == "" {
			out.refuse = "dispute.choose"
			return nil
		}
		if err := s.usedSecond(ctx, tx, v, out.use); err != nil {
			return err
		}
		d := flow.Decision{Application: r.Application, Keep: keep, Seen: seen, Reason: out.reason}
		if keep == keepNone {
			d.Keep = ""
		}
		_, err = s.Flow.Decide(ctx, tx, d, v.session.Account, v.by())
		return err
	})
	status := http.StatusUnprocessableEntity
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil && out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
		return
	case err == nil && out.refuse == "":
		c.Redirect(http.StatusSeeOther, "/gl/disputes/"+r.ID+"?done=decided")
		return
	case err == nil:
		if view.Error = out.refuse; strings.HasPrefix(out.refuse, "permit.") {
			status = http.StatusForbidden
		}
	case errors.Is(err, flow.ErrDecider):
		status, view.Error = http.StatusForbidden, "dispute.decider"
	case errors.Is(err, confirmation.ErrChoice), errors.Is(err, confirmation.ErrNotFound):
		status, view.Error = http.StatusConflict, "dispute.notso"
	case errors.Is(err, confirmation.ErrChanged), errors.Is(err, candidate.ErrTaken), db.Unique(err):
		status, view.Error, view.Keep = http.StatusConflict, "dispute.changed", ""
	default:
		s.fault(c, v, err)
		return
	}
	s.showDispute(c, v, status, view)
}

func secondVoid(r confirmation.Record) countersign.Act {
	return countersign.Act{Act: flow.ActVoidLater, Subject: ofRecord + r.ID, Terms: termsVoid, Campaign: r.Campaign, Division: r.Division, Point: r.Point}
}

// termsVoid is how a void is asked for; the code of its reason begins the reason.
const termsVoid = "void"

// voidRecord takes a confirmation back by the county's word: two persons, always.
func (s *server) voidRecord(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.record
	why, ok := reason(c)
	code := c.PostForm("code")
	var out allowed
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, r.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		if why = code + " " + why; !ok || !slices.ContainsFunc(s.voidCodes(camp, v.lang), func(o console.Option) bool { return o.Value == code }) {
			why = "" // asked for below, where one is needed
		}
		may := permitted(camp, flow.ActVoidLater, v.session.Account.Role)
		may.persons = max(may.persons, 2) // design §2: two persons, whatever a table says
		if out, err = s.byTwo(ctx, tx, v, may, secondVoid(r), why); err != nil || out.refuse != "" || out.asked {
			return err
		}
		other, err := countersign.Get(ctx, tx, out.use)
		if err != nil {
			return err
		}
		if err := s.usedSecond(ctx, tx, v, out.use); err != nil {
			return err
		}
		code, said, _ := strings.Cut(out.reason, " ")
		return s.Flow.VoidLater(ctx, tx, r, code, said, other.By, v.session.Account, v.by())
	})
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil && out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
		return
	case err == nil && out.refuse == "":
		c.Redirect(http.StatusSeeOther, "/gl/confirmations/"+r.ID)
		return
	case err == nil:
		v.notice = &console.Notice{Class: "must", Key: out.refuse}
	case errors.Is(err, flow.ErrDecider):
		v.notice = &console.Notice{Class: "must", Key: "dispute.decider"}
	case errors.Is(err, confirmation.ErrChanged), db.Unique(err):
		v.notice = &console.Notice{Class: "must", Key: "void.changed"}
	default:
		s.fault(c, v, err)
		return
	}
	s.record(c, v)
}

// voiding is how far taking a record back is, on its page: "" where she may not
// or there is nothing to take back.
func (s *server) voiding(ctx context.Context, tx *db.Tx, v *visit, role staff.Role) (string, []console.Option, error) {
	r := v.record
	if r.State == confirmation.Voided || r.State == confirmation.Overruled || r.State == confirmation.Refused {
		return "", nil, nil
	}
	camp, err := s.campaigns.current(ctx, tx, r.Campaign)
	if err != nil && !missing(err) {
		return "", nil, err
	}
	may := permitted(camp, flow.ActVoidLater, role)
	may.persons = max(may.persons, 2)
	state, err := s.standingSecond(ctx, tx, v, may, secondVoid(r))
	if err != nil || state == "" {
		return "", nil, err
	}
	return state, s.voidCodes(camp, v.lang), nil
}

// voidCodes are the campaign's reasons for a void.
func (s *server) voidCodes(camp rules.Campaign, lang console.Lang) (out []console.Option) {
	for _, l := range camp.Reasons {
		if l.Key != rules.ReasonsVoid {
			continue
		}
		for _, e := range l.Entries {
			text := e.Zh
			if lang == console.En && e.En != "" {
				text = e.En
			}
			out = append(out, console.Option{Value: e.Code, Text: e.Code + " " + text})
		}
	}
	return out
}
