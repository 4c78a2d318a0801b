package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// caseView gathers what stands on the page of a case.
func (s *server) caseView(ctx context.Context, tx *db.Tx, b *books, v *visit, x approval.Case) (console.Case, error) {
	out := console.Case{ID: x.ID, Version: x.Version, Steps: x.Version, Round: x.Round, State: b.state(x), Left: b.left(x, s.Flow.Now())}
	camp, k, err := b.kind(ctx, tx, x)
	if err != nil {
		return out, err
	}
	content, err := approval.OpenContent(ctx, tx, s.Keys, x.ID, x.Round)
	if err != nil {
		return out, err
	}
	out.Kind = b.either(k.Zh, k.En)
	if out.Title, err = b.titleOf(ctx, tx, k, x, content); err != nil {
		return out, err
	}
	if out.Where, err = b.place(ctx, tx, x.Division); err != nil {
		return out, err
	}
	if out.Facts, err = s.caseFacts(ctx, tx, b, camp, k, x, content); err != nil {
		return out, err
	}
	if out.Papers, err = s.casePapers(ctx, tx, b, k, x); err != nil {
		return out, err
	}
	steps, err := approval.Steps(ctx, tx, x.ID)
	if err != nil {
		return out, err
	}
	if out.Line, err = s.caseLine(ctx, tx, b, k, x, steps); err != nil {
		return out, err
	}
	if k.Subject == rules.SubjectDrawing && s.may(v.session.Account.Role)["catchments"] {
		out.Drawing = "/gl/catchments/" + x.Thing
	}
	if k.Subject == rules.SubjectMoves {
		if out.Moves, err = s.caseMoves(ctx, tx, b, v, camp, x); err != nil {
			return out, err
		}
	}
	if x.Point != "" && s.may(v.session.Account.Role)["points"] {
		if p, err := org.GetPoint(ctx, tx, x.Point); err == nil {
			out.Point = console.Link{Path: "/gl/points/" + p.Code, Text: p.Name + "　" + p.Code}
		} else if !missing(err) {
			return out, err
		}
	}
	return out, s.caseRights(ctx, tx, b, v, k, x, steps, &out)
}

// caseRights says what this person can do to a case now.
func (s *server) caseRights(ctx context.Context, tx *db.Tx, b *books, v *visit, k approval.Kind, x approval.Case, steps []approval.Step, out *console.Case) error {
	a := v.session.Account
	mine := x.Office == flow.BenchOf(a)
	out.Withdraw = mine && (x.State == approval.Waiting || x.State == approval.Returned)
	out.Mend = mine && x.State == approval.Returned
	if x.State == approval.Returned {
		last := steps[len(steps)-1]
		who, err := b.bench(ctx, tx, last.Office)
		if err != nil {
			return err
		}
		out.Notices = append(out.Notices, console.CaseNotice{Class: "wait", Icon: "back", Head: b.t("case.returned", who), Text: last.Opinion})
	}
	if x.State != approval.Waiting {
		return nil
	}
	act := k.Act(x.Tier)
	out.Persons, out.Agreed, out.Reason, out.Act = act.Persons, x.Agreed(x.Tier), act.Reason, b.t("case.agree")
	if x.Overdue(s.Flow.Now().UnixMilli()) {
		out.Notices = append(out.Notices, console.CaseNotice{Class: "must", Icon: "alert", Head: b.t("case.overdue"), Text: b.t("case.overdue.text", console.Full(ms(x.Due)))})
	}
	seats, err := s.Flow.Seats(ctx, tx, a)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(seats, func(seat approval.Seat) bool { return seat.Holds(x) })
	if i < 0 {
		return nil
	}
	switch {
	case slices.Contains(x.Submitters, a.ID), seats[i].Behalf != "" && mine:
		out.Notices = append(out.Notices, console.CaseNotice{Class: "", Icon: "info", Head: b.t("case.own"), Text: b.t("case.own.text")})
		return nil
	case slices.ContainsFunc(x.Votes, func(vote approval.Vote) bool { return vote.Who == a.ID }):
		out.Notices = append(out.Notices, console.CaseNotice{Class: "", Icon: "info", Head: b.t("case.voted"), Text: b.t("case.voted.text")})
		return nil
	}
	out.Judge = true
	if act.Persons > 1 {
		out.Act = b.t("case.agree.of", out.Agreed+1, act.Persons)
	}
	if seats[i].Behalf != "" {
		out.Behalf, err = b.bench(ctx, tx, seats[i].Behalf)
	}
	return err
}

// caseFacts are the fields of the form; those of a change stand beside what the
// point says now, those of a later round beside what the one before said.
func (s *server) caseFacts(ctx context.Context, tx *db.Tx, b *books, camp rules.Campaign, k approval.Kind, x approval.Case, content approval.Content) ([]console.CaseFact, error) {
	var old approval.Content
	switch {
	case k.Effect == rules.EffectPointChange && !x.State.Ended():
		p, err := org.GetPoint(ctx, tx, x.Point)
		if err != nil && !missing(err) {
			return nil, err
		}
		old = flow.PointContent(p)
	case k.Effect == rules.EffectSiteChange && !x.State.Ended():
		at, err := site.Get(ctx, tx, x.Thing)
		if err != nil {
			return nil, err
		}
		old = flow.SiteContent(at)
		old["reason"] = content["reason"] // of this case alone
	case x.Round > 1:
		var err error
		if old, err = approval.OpenContent(ctx, tx, s.Keys, x.ID, x.Round-1); err != nil {
			return nil, err
		}
	}
	var out []console.CaseFact
	for _, f := range k.Fields {
		fact := console.CaseFact{Label: b.either(f.Zh, f.En), Value: b.value(camp, f, content[f.Key]), Lines: f.Kind == rules.CaseLines, Title: f.Key == k.Title && !slices.Contains([]string{rules.SubjectPoint, rules.SubjectSite, rules.SubjectDrawing, rules.SubjectMoves}, k.Subject)}
		if k.Effect == rules.EffectRooms && f.Key == flow.RoomsBlocks {
			lines, err := blockLines(ctx, tx, camp.ID, content)
			if err != nil {
				return nil, err
			}
			fact.Value = lines
		}
		if before, ok := old[f.Key]; (ok || x.Round > 1) && old != nil && before != content[f.Key] {
			fact.Old, fact.Changed = b.value(camp, f, before), true
		}
		if fact.Value == "" && !fact.Changed && !f.Required {
			continue
		}
		out = append(out, fact)
	}
	return out, nil
}

// casePapers are the attachments of the kind, the newest of each first.
func (s *server) casePapers(ctx context.Context, tx *db.Tx, b *books, k approval.Kind, x approval.Case) ([]console.CasePaper, error) {
	all, err := approval.Papers(ctx, tx, x.ID)
	if err != nil {
		return nil, err
	}
	var out []console.CasePaper
	for _, spec := range k.Papers {
		p := console.CasePaper{Label: b.either(spec.Zh, spec.En)}
		for _, have := range all {
			if have.Name != spec.Key {
				continue
			}
			if p.Path == "" {
				p.Path, p.Type, p.Size, p.Round = "/gl/papers/"+have.ID, mediaWord(have.Media), uint64(have.Size), have.Round
				continue
			}
			p.Earlier = append(p.Earlier, console.Link{Path: "/gl/papers/" + have.ID, Text: b.t("case.paper.round", have.Round)})
		}
		out = append(out, p)
	}
	return out, nil
}

func mediaWord(media string) string {
	_, kind, _ := strings.Cut(media, "/")
	return strings.ToUpper(kind)
}

// caseLine is what was done to a case, and which tiers are to come: dashed is
// not yet fixed.
func (s *server) caseLine(ctx context.Context, tx *db.Tx, b *books, k approval.Kind, x approval.Case, steps []approval.Step) ([]console.CaseStep, error) {
	var out []console.CaseStep
	for _, step := range steps {
		knot := console.CaseStep{Class: "done", At: ms(step.At), Note: step.Opinion}
		office, err := b.bench(ctx, tx, step.Office)
		if err != nil {
			return nil, err
		}
		person, err := b.person(ctx, tx, step.Account)
		if err != nil {
			return nil, err
		}
		knot.Who = office + "　" + person
		if step.Behalf != "" {
			for_, err := b.bench(ctx, tx, step.Behalf)
			if err != nil {
				return nil, err
			}
			knot.Who += "　" + b.t("case.step.behalf", for_)
		}
		tier := k.Tiers[min(step.Tier, len(k.Tiers)-1)]
		name := b.either(tier.Zh, tier.En)
		switch step.Do {
		case approval.Submit:
			knot.Text = b.t("case.step.submit")
		case approval.Resubmit:
			knot.Text, knot.Round = b.t("case.step.resubmit"), step.Round
		case approval.Agree:
			knot.Text = b.t("case.step.agree", name)
		case approval.Refuse:
			knot.Class, knot.Text = "must", b.t("case.step.refuse", name)
		case approval.Return:
			knot.Class, knot.Text = "wait", b.t("case.step.return", name)
		case approval.Withdraw:
			knot.Class, knot.Text = "wait", b.t("case.step.withdraw")
		}
		out = append(out, knot)
	}
	if x.State != approval.Waiting {
		return out, nil
	}
	for i := x.Tier; i < len(k.Tiers); i++ {
		office, err := b.judging(ctx, tx, k.Tiers[i].Tier, x)
		if err != nil {
			return nil, err
		}
		knot := console.CaseStep{Number: i + 1, Text: b.either(k.Tiers[i].Zh, k.Tiers[i].En), Who: office}
		if i == x.Tier {
			knot.Class = "now"
		}
		if act := k.Act(i); act.Persons > 1 {
			knot.Note = b.t("case.step.persons", act.Persons)
			if i == x.Tier && x.Agreed(i) > 0 {
				knot.Note = b.t("case.step.persons.of", act.Persons, x.Agreed(i))
			}
		}
		out = append(out, knot)
	}
	return out, nil
}

// judging names the place whose office judges at a tier.
func (b *books) judging(ctx context.Context, tx *db.Tx, t rules.Tier, x approval.Case) (string, error) {
	place := approval.SeatOf(t, x.Division, x.Point)
	if t == rules.Point {
		return b.bench(ctx, tx, place)
	}
	return b.place(ctx, tx, place)
}

// caseOf is the page of one case.
func (s *server) caseOf(c *gin.Context, v *visit) {
	s.announce(c, v)
	s.showCase(c, v, http.StatusOK, "", "")
}

// showCase draws the page of a case; what was typed as an opinion stays, with
// what is wrong with it.
func (s *server) showCase(c *gin.Context, v *visit, status int, opinion, fault string) {
	ctx := c.Request.Context()
	x := v.subject.(approval.Case)
	var view console.Case
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if x, err = approval.Get(ctx, tx, x.ID); err != nil { // as it stands now, after a step
			return err
		}
		view, err = s.caseView(ctx, tx, s.books(v), v, x)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	view.Opinion, view.Error = opinion, fault
	s.show(c, v, status, "case", "approvals", view)
}

// caseDone are the words in the path after each thing done to a case.
var caseDone = map[approval.Do]string{approval.Agree: "agreed", approval.Refuse: "refused", approval.Return: "returned", approval.Withdraw: "withdrawn"}

// judged takes one person's word on a case: in agreement or not, or that it is
// withdrawn.
func (s *server) judged(do approval.Do) func(*gin.Context, *visit) {
	return func(c *gin.Context, v *visit) {
		ctx, x := c.Request.Context(), v.subject.(approval.Case)
		typed := c.PostForm("opinion")
		opinion, ok := approval.Readable(typed)
		if !ok {
			v.notice = &console.Notice{Class: "must", Key: "caserefused.case-long"}
			s.showCase(c, v, http.StatusUnprocessableEntity, typed, "caserefused.case-long")
			return
		}
		version, err := strconv.Atoi(c.PostForm("version"))
		if err != nil {
			version = -1 // of no case: it counts as one that has changed
		}
		after, err := s.judge(ctx, v, do, x, flow.Judgement{Case: x.ID, Version: version, Opinion: opinion})
		if s.caseRefused(c, v, err, func(key string, status int) {
			fault := ""
			if errors.Is(err, approval.ErrOpinion) {
				fault = key
			}
			s.showCase(c, v, status, typed, fault)
		}) {
			return
		}
		done := caseDone[do]
		if after.State == approval.Approved {
			done = "approved"
		}
		to := "/gl/approvals/" + x.ID
		if c.PostForm("back") == "queue" {
			to = "/gl/approvals"
		}
		c.Redirect(http.StatusSeeOther, to+"?"+query("done", done))
	}
}

// judge takes the step in a transaction of its own.
func (s *server) judge(ctx context.Context, v *visit, do approval.Do, x approval.Case, j flow.Judgement) (after approval.Case, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.version(ctx, tx, x.Campaign, x.CampaignVersion)
		if err != nil {
			return err
		}
		who, err := staff.Get(ctx, tx, v.session.Account.ID) // as she is now, not as she signed in
		if err != nil {
			return err
		}
		step := map[approval.Do]func(context.Context, *db.Tx, rules.Campaign, flow.Judgement, staff.Account, string) (approval.Case, error){
			approval.Agree: s.Flow.Agree, approval.Refuse: s.Flow.Refuse, approval.Return: s.Flow.Return, approval.Withdraw: s.Flow.Withdraw}[do]
		after, err = step(ctx, tx, camp, j, who, v.source)
		return err
	})
	return after, s.Flow.Refused(ctx, s.DB, err)
}

// caseRefused deals with a step that was not taken: again shows the form with
// what was typed. false means that it was taken.
func (s *server) caseRefused(c *gin.Context, v *visit, err error, again func(key string, status int)) bool {
	if err == nil {
		return false
	}
	code := flow.ApprovalRefusal(err)
	key := "caserefused." + code
	switch {
	case errors.Is(err, approval.ErrNotFound):
		s.refuse(c, v, refusalNotFound)
		return true
	case code == "" || !s.pages.Has(key):
		s.fault(c, v, err)
		return true
	}
	status := http.StatusUnprocessableEntity
	if errors.Is(err, approval.ErrStale) || errors.Is(err, approval.ErrState) || errors.Is(err, approval.ErrVoted) {
		status = http.StatusConflict
	}
	v.notice = &console.Notice{Class: "must", Key: key}
	again(key, status)
	return true
}

// mostAtOnce is how many cases are agreed to at once: one page of the list.
const mostAtOnce = pageRows

// agreeAll agrees to the cases that were ticked, each by itself: one that
// somebody else was quicker with does not stop the others.
func (s *server) agreeAll(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	ticked := c.PostFormArray("case")
	if len(ticked) == 0 || len(ticked) > mostAtOnce {
		v.notice = &console.Notice{Class: "must", Key: "approvals.refused.none-ticked"}
		s.cases(c, v, "waiting", http.StatusUnprocessableEntity)
		return
	}
	done, left := 0, 0
	for _, t := range ticked {
		id, text, _ := strings.Cut(t, ".")
		version, err := strconv.Atoi(text)
		if err != nil || !plainID(id) {
			s.refuse(c, v, refusalBad)
			return
		}
		var x approval.Case
		err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			if x, err = approval.Get(ctx, tx, id); err != nil {
				return err
			}
			_, k, err := s.books(v).kind(ctx, tx, x)
			if err == nil && (!v.remit().covers(x.Division, x.Point) || x.State != approval.Waiting || !k.Tiers[x.Tier].Bulk) {
				err = approval.ErrState // not offered to her
			}
			return err
		})
		if err == nil {
			_, err = s.judge(ctx, v, approval.Agree, x, flow.Judgement{Case: id, Version: version})
		}
		switch {
		case err == nil:
			done++
		case flow.ApprovalRefusal(err) != "" || errors.Is(err, approval.ErrNotFound):
			left++
		default:
			s.fault(c, v, err)
			return
		}
	}
	if left == 0 {
		c.Redirect(http.StatusSeeOther, "/gl/approvals?done=bulk")
		return
	}
	v.notice = &console.Notice{Class: "wait", Key: "approvals.bulk.left", Note: fmt.Sprintf("%d / %d", done, done+left)}
	s.cases(c, v, "waiting", http.StatusConflict)
}
