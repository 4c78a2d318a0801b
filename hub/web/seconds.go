package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitSecond: :id is an act that waits for a second person.
const remitSecond rule = "countersign"

// secondPart is the acts that the campaign's table gives to two persons: one
// asks on the page of the thing, another agrees here, and the first does it.
func (s *server) secondPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/seconds", who: officers(), remit: remitList, right: "seconds", do: s.seconds},
		{method: post, path: "/gl/seconds/:id/agree", who: officers(), remit: remitSecond, do: s.agreeSecond},
		{method: post, path: "/gl/seconds/:id/refuse", who: officers(), remit: remitSecond, do: s.refuseSecond},
	}, finders: map[rule]finder{remitSecond: findSecond}}
}

func findSecond(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	a, err := countersign.Get(ctx, tx, id)
	if errors.Is(err, countersign.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = a
	return where{a.Division, a.Point}, err
}

// What an act is done to: the page of the thing, without the head that all have.
const (
	ofCandidate = "candidates/"
	ofRecord    = "confirmations/"
	ofStaff     = "staff/" // ids, with blanks between them
)

// allowed is what a person who asks to do something is told.
type allowed struct {
	use    string // id of the second person's word that is used by it, "" when one person is enough
	reason string // that was given when it was asked for
	refuse string // phrase: why not, "" when she may
	asked  bool   // it was asked for just now: nothing more happens
}

// byTwo decides whether an act goes ahead: at once where the table asks one
// person; with the second person's word where it asks two, asking for that if
// nobody has yet. why is "" where she gave no reason.
func (s *server) byTwo(ctx context.Context, tx *db.Tx, v *visit, may permission, of countersign.Act, why string) (out allowed, err error) {
	out.reason = why
	if may.persons != 2 || !may.known || !may.high {
		if !may.alone() {
			out.refuse = may.refusal()
		} else if why == "" {
			out.refuse = "act.needreason"
		}
		return out, nil
	}
	open, err := s.openSecond(ctx, tx, v, of)
	switch {
	case err != nil:
		return out, err
	case open.State == countersign.Agreed:
		out.use, out.reason = open.ID, open.Reason
	case open.State == countersign.Waiting:
		out.refuse = "second.waiting"
	case why == "":
		out.refuse = "act.needreason"
	default:
		of.Reason, out.asked = why, true
		_, err = s.Flow.AskSecond(ctx, tx, of, v.by())
	}
	return out, err
}

// openSecond finds what she has asked for and nobody has done; the zero act if
// there is none.
func (s *server) openSecond(ctx context.Context, tx *db.Tx, v *visit, of countersign.Act) (countersign.Act, error) {
	of.AskedBy = v.session.Account.ID
	a, err := countersign.Open(ctx, tx, of, s.Flow.Now().UnixMilli())
	if errors.Is(err, countersign.ErrNotFound) {
		return countersign.Act{}, nil
	}
	return a, err
}

// usedSecond notes that the second person's word is used, in the transaction of
// the act; "" is none.
func (s *server) usedSecond(ctx context.Context, tx *db.Tx, v *visit, id string) error {
	if id == "" {
		return nil
	}
	return s.Flow.UseSecond(ctx, tx, id, v.by())
}

// standingSecond is how far an act is on the page of its thing: "" where one
// person is enough or she may not at all, else "ask", "waiting" or "agreed".
func (s *server) standingSecond(ctx context.Context, tx *db.Tx, v *visit, may permission, of countersign.Act) (string, error) {
	if may.persons != 2 || !may.known || !may.high {
		return "", nil
	}
	open, err := s.openSecond(ctx, tx, v, of)
	if err != nil || open.ID == "" {
		return "ask", err
	}
	return string(open.State), nil
}

// mostSeconds is how many acts the page shows: those of some days.
const mostSeconds = 50

func (s *server) seconds(c *gin.Context, v *visit) {
	if done := "seconds.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showSeconds(c, v, http.StatusOK)
}

func (s *server) showSeconds(c *gin.Context, v *visit, status int) {
	ctx, r := c.Request.Context(), v.remit()
	var view console.Seconds
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		list, err := countersign.List(ctx, tx, r.division, r.point, mostSeconds)
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, a := range list {
			row, err := s.second(ctx, tx, v, camp, a, names)
			if err != nil {
				return err
			}
			view.Rows = append(view.Rows, row)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "seconds", "seconds", view)
}

func (s *server) second(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, a countersign.Act, names map[string]string) (out console.Second, err error) {
	state := a.At(s.Flow.Now().UnixMilli())
	out = console.Second{ID: a.ID, Act: a.Act, At: ms(a.AskedAt), Ends: ms(a.Ends), Reason: a.Reason, Said: a.Said, State: secondState(state), Mine: a.AskedBy == v.session.Account.ID,
		Open: state == countersign.Waiting || state == countersign.Agreed}
	if key := "table." + a.Act; s.pages.Has(key) {
		out.Act = s.pages.Text(v.lang, key)
	}
	if act, ok := camp.Act(a.Act); ok {
		out.Act = act.Zh
		if key := "table." + a.Act; v.lang == console.En && s.pages.Has(key) {
			out.Act = s.pages.Text(v.lang, key)
		}
	}
	if out.Place, err = org.DivisionName(ctx, tx, a.Division); err != nil {
		return out, err
	}
	if out.By, err = s.author(ctx, tx, v, staffAuthor(a.AskedBy), names); err != nil {
		return out, err
	}
	if a.By != "" {
		if out.Other, err = s.author(ctx, tx, v, staffAuthor(a.By), names); err != nil {
			return out, err
		}
	}
	if err := s.secondSubject(ctx, tx, v, a, names, &out); err != nil {
		return out, err
	}
	high := false
	if state == countersign.Waiting {
		may, err := s.permittedTwo(ctx, tx, v, camp, a.Act)
		if err != nil {
			return out, err
		}
		high = may.known && may.high
	}
	out.MayAgree = high && !out.Mine
	out.MayRefuse = state == countersign.Waiting && (high || out.Mine)
	if state != countersign.Agreed || !out.Mine {
		out.Do = ""
	}
	return out, nil
}

// permittedTwo asks the table for the act of a countersignature.
func (s *server) permittedTwo(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, act string) (permission, error) {
	switch act {
	case actReset:
		return s.resets(ctx, tx, v)
	case flow.ActHeld:
		return s.settling(ctx, tx, v)
	}
	return permitted(camp, act, v.session.Account.Role), nil
}

// secondSubject says what an act is done to, and the form that does it. A
// candidate is no name here: who looks her up is journalled on her own page.
func (s *server) secondSubject(ctx context.Context, tx *db.Tx, v *visit, a countersign.Act, names map[string]string, out *console.Second) error {
	switch {
	case strings.HasPrefix(a.Subject, ofCandidate), strings.HasPrefix(a.Subject, ofRecord):
		_, id, _ := strings.Cut(a.Subject, "/")
		out.What, out.Path = ends(id), "/gl/"+a.Subject
		switch out.Do = out.Path + "/reveal"; a.Terms {
		case termsCopy, termsErase:
			out.Do, out.Terms = out.Path+"/data/"+a.Terms, "seconds.terms."+a.Terms
		case termsVoid:
			out.Do, out.Terms = out.Path+"/void", "seconds.terms."+a.Terms
		}
	case strings.HasPrefix(a.Subject, ofDispute):
		keep, seen, _ := strings.Cut(a.Terms, " ")
		out.What, out.Path = ends(strings.TrimPrefix(a.Subject, ofDispute)), "/gl/"+a.Subject
		out.Do = out.Path + "/decide"
		out.Fields = []console.Option{{Value: "keep", Text: keep}, {Value: "seen", Text: seen}}
	case strings.HasPrefix(a.Subject, ofHeld):
		id := strings.TrimPrefix(a.Subject, ofHeld)
		out.What, out.Path = ends(id), "/gl/"+a.Subject
		out.Do, out.Terms = out.Path+"/settle", "seconds.terms.held."+a.Terms
		out.Fields = []console.Option{{Value: "verdict", Text: a.Terms}}
	case strings.HasPrefix(a.Subject, ofProof):
		to, seen, _ := strings.Cut(a.Terms, " ")
		out.What, out.Path = ends(strings.TrimPrefix(a.Subject, ofProof)), "/gl/"+a.Subject
		out.Do, out.Terms = out.Path+"/decide", "papers.to."+to
		out.Fields = []console.Option{{Value: "to", Text: to}, {Value: "seen", Text: seen}}
	case strings.HasPrefix(a.Subject, ofDay):
		day := strings.TrimPrefix(a.Subject, ofDay)
		out.What, out.Path = day, "/gl/"+a.Subject
		out.Do, out.Terms = out.Path+"/close", "seconds.terms.day"
		out.Fields = []console.Option{{Value: "seen", Text: a.Terms}}
	case strings.HasPrefix(a.Subject, ofResidue), strings.HasPrefix(a.Subject, ofConflict):
		return s.secondDay(ctx, tx, a, out)
	case strings.HasPrefix(a.Subject, ofContradiction):
		out.What, out.Path = ends(strings.TrimPrefix(a.Subject, ofContradiction)), "/gl/"+a.Subject
		out.Do, out.Terms = out.Path+"/settle", "seconds.terms.word"
	case strings.HasPrefix(a.Subject, ofOrder):
		if verb, _, _ := strings.Cut(a.Terms, " "); verb == termsWaive || verb == termsSettle {
			out.What, out.Path = strings.TrimPrefix(a.Subject, ofOrder), "/gl/"+a.Subject
			out.Do, out.Terms = out.Path+"/"+verb, "seconds.terms."+verb
			return nil
		}
		number := strings.TrimPrefix(a.Subject, ofOrder)
		out.What, out.Path = s.pages.Text(v.lang, "seconds.order.until", number, strings.Replace(a.Terms, "T", " ", 1)), "/gl/"+a.Subject
		out.Do, out.Terms = out.Path+"/extend", "seconds.terms.more"
		out.Fields = []console.Option{{Value: "due", Text: a.Terms}}
	case strings.HasPrefix(a.Subject, ofMovement):
		step, _, _ := strings.Cut(a.Terms, " ")
		m, err := payment.GetMovement(ctx, tx, strings.TrimPrefix(a.Subject, ofMovement))
		if err != nil {
			return err
		}
		out.What, out.Path = s.pages.Text(v.lang, "seconds.money", s.pages.Text(v.lang, s.channelKey(m.Channel)), console.Yuan(m.Fen), ends(m.ID)), "/gl/"+a.Subject
		out.Do, out.Terms = out.Path+"/step", "seconds.terms.money."+step
		out.Fields = []console.Option{{Value: "step", Text: step}}
	case strings.HasPrefix(a.Subject, ofArrangement):
		return s.secondOfSeating(ctx, tx, v, a, out)
	case strings.HasPrefix(a.Subject, ofTrouble), strings.HasPrefix(a.Subject, ofEnding):
		s.secondOfTheEnd(v, a, out)
	case strings.HasPrefix(a.Subject, ofRooms):
		code, set, _ := strings.Cut(a.Terms, " ")
		sites, err := site.Sites(ctx, tx, a.Campaign)
		if err != nil {
			return err
		}
		out.What, out.Path = code, "/gl/"+a.Subject+"/lose?site="+code
		if i := slices.IndexFunc(sites, func(x site.Site) bool { return x.Code == code }); i >= 0 {
			out.What = sites[i].Name + "　" + code
		}
		out.Do, out.Terms = "/gl/"+a.Subject+"/lose", "seconds.terms.rooms"
		out.Fields = []console.Option{{Value: "site", Text: code}, {Value: "set", Text: set}}
	case strings.HasPrefix(a.Subject, ofResults):
		return s.secondOfResults(ctx, tx, v, a, out)
	case strings.HasPrefix(a.Subject, ofStaff):
		var who []string
		ids := strings.Fields(strings.TrimPrefix(a.Subject, ofStaff))
		for _, id := range ids {
			name, err := s.author(ctx, tx, v, staffAuthor(id), names)
			if err != nil {
				return err
			}
			who = append(who, name)
		}
		out.What = strings.Join(who[:min(len(who), 5)], "、")
		if len(who) > 5 {
			out.What = s.pages.Text(v.lang, "seconds.andmore", out.What, strconv.Itoa(len(who)))
		}
		what, days, _ := strings.Cut(a.Terms, " ")
		out.Terms, out.Days = "seconds.terms."+what, days
		out.Fields = []console.Option{{Value: "days", Text: days}, {Value: "reason", Text: a.Reason}}
		if what == termsFirst {
			out.Do = "/gl/staff/slips"
			for _, id := range ids {
				out.Fields = append(out.Fields, console.Option{Value: "account", Text: id})
			}
		} else if len(ids) == 1 {
			out.Path, out.Do = "/gl/staff/"+ids[0], "/gl/staff/"+ids[0]+"/reset"
			out.Fields = append(out.Fields, console.Option{Value: "what", Text: what})
		}
	}
	return nil
}

func staffAuthor(id string) journal.Author { return journal.Author{Kind: journal.ByStaff, ID: id} }

func secondState(state countersign.State) console.State {
	out := console.State{Class: "open", Icon: "clock", Key: "second." + string(state)}
	switch state {
	case countersign.Waiting:
		out.Class = "wait"
	case countersign.Agreed:
		out.Class, out.Icon = "act", "check"
	case countersign.Used:
		out.Class, out.Icon = "done", "check"
	case countersign.Refused:
		out.Icon = "cross"
	}
	return out
}

func (s *server) agreeSecond(c *gin.Context, v *visit) {
	s.stepSecond(c, v, "agreed", func(ctx context.Context, tx *db.Tx, a countersign.Act) error {
		return s.Flow.AgreeSecond(ctx, tx, a.ID, v.by())
	})
}

func (s *server) refuseSecond(c *gin.Context, v *visit) {
	why, ok := reason(c)
	if !ok {
		v.notice = &console.Notice{Class: "must", Key: "act.needreason"}
		s.showSeconds(c, v, http.StatusUnprocessableEntity)
		return
	}
	s.stepSecond(c, v, "refused", func(ctx context.Context, tx *db.Tx, a countersign.Act) error {
		return s.Flow.RefuseSecond(ctx, tx, a.ID, why, v.by())
	})
}

// stepSecond takes one step with an act, by whom the table lets, and comes back
// to the list. Who asked may take her own back whatever the table says now.
func (s *server) stepSecond(c *gin.Context, v *visit, done string, step func(context.Context, *db.Tx, countersign.Act) error) {
	ctx, a := c.Request.Context(), v.subject.(countersign.Act)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		may, err := s.permittedTwo(ctx, tx, v, camp, a.Act)
		if err != nil {
			return err
		}
		if (!may.known || !may.high) && (done == "agreed" || a.AskedBy != v.session.Account.ID) {
			return errNotPermitted
		}
		return step(ctx, tx, a)
	})
	status, key := http.StatusConflict, ""
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done="+done)
		return
	case errors.Is(err, flow.ErrDependent):
		key = "permit.dependent"
	case errors.Is(err, flow.ErrSamePerson):
		status, key = http.StatusForbidden, "second.same"
	case errors.Is(err, errNotPermitted):
		status, key = http.StatusForbidden, "permit.tier"
	case errors.Is(err, countersign.ErrState):
		key = "second.state"
	default:
		s.fault(c, v, err)
		return
	}
	v.notice = &console.Notice{Class: "must", Key: key}
	s.showSeconds(c, v, status)
}

// countSeconds counts what waits for her, and what she may do now.
func (s *server) countSeconds(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	r := v.remit()
	return countersign.WaitFor(ctx, tx, r.division, r.point, v.session.Account.ID, s.Flow.Now().UnixMilli())
}

// termsFirst are first passwords for accounts that were ticked; the other terms
// are those of the form of a reset.
const termsFirst = "first"

// secondReset is what a reset by two is asked for.
func (s *server) secondReset(v *visit, ask staff.Slips, what string, days int) countersign.Act {
	return countersign.Act{Act: actReset, Subject: ofStaff + strings.Join(ask.Accounts, " "), Terms: what + " " + strconv.Itoa(days),
		Campaign: s.Campaign, Division: v.session.Account.Division, Point: v.session.Account.Point}
}
