package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/web/console"
)

// proofPart is what a city decides about papers that a clerk saw instead of a
// chip (证件审核, demand A40). :id is the confirmation.
func (s *server) proofPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/proofs", who: officers(), remit: remitList, right: "proofs", do: s.proofs},
		{method: get, path: "/gl/proofs/:id", who: officers(), remit: remitRecord, right: "prove", do: s.proof},
		{method: post, path: "/gl/proofs/:id/decide", who: officers(), remit: remitRecord, do: s.decideProof},
	}}
}

// ofProof is what a decision of two persons is about.
const ofProof = "proofs/"

// proofs lists the confirmations of the campaign of which it is open who made them, as
// the menu counts them: those that
// wait for the city first, oldest first, because each has a day; then those that
// wait for her.
func (s *server) proofs(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	var view console.Proofs
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		for _, proof := range []confirmation.Proof{confirmation.Provisional, confirmation.Returned} {
			f := confirmation.Filter{Campaign: camp.ID, Division: r.division, Point: r.point, Proof: proof, Open: true, Oldest: true, Limit: mostProofs}
			n, err := confirmation.CountBetween(ctx, tx, f, 0, 0)
			if err != nil {
				return err
			}
			records, err := confirmation.List(ctx, tx, f)
			if err != nil {
				return err
			}
			rows, err := s.arrivals(ctx, tx, records)
			if err != nil {
				return err
			}
			for i := range rows {
				row := console.ProofRow{Arrival: rows[i], Proof: proofState(proof)}
				if proof == confirmation.Provisional {
					row.Due = camp.PapersDue(ms(records[i].Committed))
					row.Overdue = !row.Due.IsZero() && !s.Flow.Now().Before(row.Due)
				}
				view.Rows = append(view.Rows, row)
			}
			if proof == confirmation.Provisional {
				view.Waiting = int(n)
			} else {
				view.Returned = int(n)
			}
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "proofs", "proofs", view)
}

// mostProofs is how many of each kind the page shows.
const mostProofs = 200

func countProofs(ctx context.Context, tx *db.Tx, v *visit, campaign string) (int, error) {
	r := v.remit()
	n, err := confirmation.CountBetween(ctx, tx, confirmation.Filter{Campaign: campaign, Division: r.division, Point: r.point, Proof: confirmation.Provisional, Open: true}, 0, 0)
	return int(n), err
}

// proofState is the word for how far it is sure who confirmed; the zero State for
// a chip.
func proofState(p confirmation.Proof) console.State {
	switch p {
	case confirmation.Provisional:
		return console.State{Class: "wait", Icon: "clock", Key: "papers.provisional"}
	case confirmation.Returned:
		return console.State{Class: "wait", Icon: "back", Key: "papers.returned"}
	case confirmation.Accepted:
		return console.State{Class: "done", Icon: "check", Key: "papers.accepted"}
	case confirmation.Verified:
		return console.State{Class: "done", Icon: "check", Key: "papers.verified"}
	case confirmation.NotProven:
		return console.State{Class: "must", Icon: "cross", Key: "papers.refused"}
	}
	return console.State{}
}

// proof shows a case. The look is journalled in the transaction that opens it.
func (s *server) proof(c *gin.Context, v *visit) {
	if done := "papers.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showProof(c, v, http.StatusOK, console.ProofCase{})
}

func (s *server) showProof(c *gin.Context, v *visit, status int, view console.ProofCase) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.gatherProof(ctx, tx, v, &view) })
	switch {
	case errors.Is(err, confirmation.ErrNotFound): // it was made with a chip
		c.Redirect(http.StatusSeeOther, "/gl/confirmations/"+v.record.ID)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "proof", "proofs", view)
	}
}

// secondProof is a decision as another person agrees to it: about exactly the case
// that was read.
func secondProof(r confirmation.Record, to confirmation.Proof, seen string) countersign.Act {
	return countersign.Act{Act: flow.ActReviewDocument, Subject: ofProof + r.ID, Terms: string(to) + " " + seen, Campaign: r.Campaign, Division: r.Division, Point: r.Point}
}

// verdicts are the ways to decide, in the order of the page.
var verdicts = []confirmation.Proof{confirmation.Accepted, confirmation.Returned, confirmation.NotProven}

func verdictOf(word string) (confirmation.Proof, bool) {
	for _, p := range verdicts {
		if string(p) == word {
			return p, true
		}
	}
	return "", false
}

// decideProof settles a case, as the campaign's table of acts asks.
func (s *server) decideProof(c *gin.Context, v *visit) {
	r := v.record
	to, chosen := verdictOf(c.PostForm("to"))
	seen := c.PostForm("seen")
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		camp, err := s.campaigns.current(ctx, tx, r.Campaign)
		if err != nil && !missing(err) {
			return asking{}, err
		}
		out := asking{may: permitted(camp, flow.ActReviewDocument, v.session.Account.Role), of: secondProof(r, to, seen), why: given(c)}
		switch {
		case !out.may.known || !out.may.high:
			out.refuse = out.may.refusal()
		case !chosen:
			out.refuse = "papers.choose"
		}
		return out, nil
	}, func(ctx context.Context, tx *db.Tx, why, _ string) error {
		return s.Flow.JudgePapers(ctx, tx, flow.PapersDecision{Record: r.ID, To: to, Seen: seen, Reason: why}, v.session.Account, v.by())
	})
	changed := "papers.changed"
	status, wrong := s.answerTwo(c, v, "/gl/proofs/"+r.ID+"?done="+string(to), out, err, notSo{flow.ErrDecider, http.StatusForbidden, "papers.decider"},
		notSo{confirmation.ErrChanged, http.StatusConflict, changed}, notSo{confirmation.ErrChoice, http.StatusConflict, changed}, notSo{confirmation.ErrNotFound, http.StatusConflict, changed}, notSo{errMeanwhile, http.StatusConflict, changed})
	if status == 0 {
		return
	}
	view := console.ProofCase{To: string(to), Why: c.PostForm("reason"), Error: wrong}
	if wrong == changed {
		view.To = ""
	}
	s.showProof(c, v, status, view)
}
