package web

import (
	"context"
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
	r, keep, seen := v.record, c.PostForm("keep"), c.PostForm("seen")
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		of, err := s.Flow.Case(ctx, tx, r.Application)
		if err != nil {
			return asking{}, err
		}
		camp, err := s.campaigns.current(ctx, tx, of.Campaign)
		if err != nil && !missing(err) {
			return asking{}, err
		}
		out := asking{may: permitted(camp, of.Act(), v.session.Account.Role), of: secondDecision(of, r, keep, seen), why: given(c)}
		switch {
		case !out.may.known || !out.may.high:
			out.refuse = out.may.refusal()
		case keep == "":
			out.refuse = "dispute.choose"
		}
		return out, nil
	}, func(ctx context.Context, tx *db.Tx, why, _ string) error {
		d := flow.Decision{Application: r.Application, Keep: keep, Seen: seen, Reason: why}
		if keep == keepNone {
			d.Keep = ""
		}
		_, err := s.Flow.Decide(ctx, tx, d, v.session.Account, v.by())
		return err
	})
	changed := "dispute.changed"
	status, wrong := s.answerTwo(c, v, "/gl/disputes/"+r.ID+"?done=decided", out, err, notSo{flow.ErrDecider, http.StatusForbidden, "dispute.decider"},
		notSo{confirmation.ErrChoice, http.StatusConflict, "dispute.notso"}, notSo{confirmation.ErrNotFound, http.StatusConflict, "dispute.notso"},
		notSo{confirmation.ErrChanged, http.StatusConflict, changed}, notSo{candidate.ErrTaken, http.StatusConflict, changed}, notSo{errMeanwhile, http.StatusConflict, changed})
	if status == 0 {
		return
	}
	view := console.Dispute{Keep: keep, Why: c.PostForm("reason"), Error: wrong}
	if wrong == changed {
		view.Keep = ""
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
	r, said, code := v.record, given(c), c.PostForm("code")
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		camp, err := s.campaigns.current(ctx, tx, r.Campaign)
		if err != nil && !missing(err) {
			return asking{}, err
		}
		out := asking{may: permitted(camp, flow.ActVoidLater, v.session.Account.Role), of: secondVoid(r)}
		if said != "" && slices.ContainsFunc(s.voidCodes(camp, v.lang), func(o console.Option) bool { return o.Value == code }) {
			out.why = code + " " + said // without, it is asked for where one is needed
		}
		out.may.persons = max(out.may.persons, 2) // design §2: two persons, whatever a table says
		return out, nil
	}, func(ctx context.Context, tx *db.Tx, why, second string) error {
		code, said, _ := strings.Cut(why, " ")
		return s.Flow.VoidLater(ctx, tx, r, code, said, second, v.session.Account, v.by())
	})
	status, wrong := s.answerTwo(c, v, "/gl/confirmations/"+r.ID, out, err, notSo{flow.ErrDecider, http.StatusForbidden, "dispute.decider"},
		notSo{confirmation.ErrChanged, http.StatusConflict, "void.changed"}, notSo{errMeanwhile, http.StatusConflict, "void.changed"})
	if status == 0 {
		return
	}
	v.notice = &console.Notice{Class: "must", Key: wrong}
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
