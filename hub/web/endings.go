package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/payment/ending"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitEnding: :id is a list of the end. Each sees the part of it that is hers.
const remitEnding rule = "ending"

// endingPart is the end of registrations (A41): who is void and why, told with days to
// object, signed by two persons, and taken back by two.
func (s *server) endingPart() part {
	get, post := http.MethodGet, http.MethodPost
	note := append(officers(), staff.PointHead, staff.Clerk)
	return part{routes: []route{
		{method: get, path: "/gl/endings", who: readers(), remit: remitList, right: "endings", do: s.endings},
		{method: post, path: "/gl/endings", who: province(), remit: remitNone, do: s.drawEnding},
		{method: get, path: "/gl/endings/:id", who: readers(), remit: remitEnding, do: s.endingList},
		{method: post, path: "/gl/endings/:id/object", who: note, remit: remitEnding, do: s.objectEnding},
		{method: post, path: "/gl/endings/:id/decide", who: officers(), remit: remitEnding, do: s.decideEnding},
		{method: post, path: "/gl/endings/:id/sign", who: province(), remit: remitEnding, do: s.signEnding},
		{method: post, path: "/gl/endings/:id/drop", who: province(), remit: remitEnding, do: s.dropEnding},
		{method: post, path: "/gl/endings/:id/restore", who: province(), remit: remitEnding, do: s.restoreEnding},
		{method: post, path: "/gl/endings/:id/reverse", who: province(), remit: remitEnding, do: s.reverseEnding},
	}, finders: map[rule]finder{remitEnding: findEnding}}
}

// findEnding gives a list to everybody: whom it shows is cut to her remit.
func findEnding(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	l, err := ending.Get(ctx, tx, id)
	if errors.Is(err, ending.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = l
	return where{v.remit().division, v.remit().point}, err
}

// ofEnding is what an act of two is about.
const ofEnding = "endings/"

func endingState(x ending.State) console.State {
	switch x {
	case ending.Told:
		return console.State{Class: "wait", Icon: "clock", Key: "ending.told"}
	case ending.Signed:
		return console.State{Class: "must", Icon: "lock", Key: "ending.signed"}
	case ending.Reversed:
		return console.State{Class: "done", Icon: "back", Key: "ending.reversed"}
	}
	return console.State{Class: "open", Icon: "cross", Key: "ending.dropped"}
}

func endedState(x ending.Standing) console.State {
	switch x {
	case ending.Listed:
		return console.State{Class: "wait", Icon: "clock", Key: "ended.listed"}
	case ending.Objected:
		return console.State{Class: "must", Icon: "alert", Key: "ended.objected"}
	case ending.Off:
		return console.State{Class: "done", Icon: "check", Key: "ended.off"}
	case ending.Out:
		return console.State{Class: "done", Icon: "check", Key: "ended.out"}
	case ending.Void:
		return console.State{Class: "must", Icon: "lock", Key: "ended.void"}
	}
	return console.State{Class: "done", Icon: "back", Key: "ended.restored"}
}

func endingRow(l ending.List) console.EndingRow {
	return console.EndingRow{ID: l.ID, State: endingState(l.State), Drawn: ms(l.DrawnAt), Until: ms(l.ObjectUntil), Signed: ms(l.SignedAt), Ended: ms(l.EndedAt), People: l.People, Voided: l.Voided, Hash: l.Hash}
}

func (s *server) endings(c *gin.Context, v *visit) { s.showEndings(c, v, http.StatusOK, "") }

// showEndings shows the lists, and to the province what one drawn now would hold.
func (s *server) showEndings(c *gin.Context, v *visit, status int, wrong string) {
	ctx := c.Request.Context()
	view := console.Endings{Error: wrong}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		lists, err := ending.Lists(ctx, tx, camp.ID, 50)
		if err != nil {
			return err
		}
		if err := s.voidPaid(ctx, tx, v, &view); err != nil {
			return err
		}
		stands := false
		for _, l := range lists {
			view.Rows = append(view.Rows, endingRow(l))
			stands = stands || l.State == ending.Told
		}
		if last := flow.EndsOpen(camp); s.Flow.Now().Before(last) {
			view.OpenUntil = last
		}
		view.Days = camp.Payment.ObjectDays
		if !slices.Contains(province(), v.session.Account.Role) || stands || !view.OpenUntil.IsZero() || !camp.Payment.Takes() {
			return nil
		}
		return s.endingOutlook(ctx, tx, v, camp, &view)
	})
	switch {
	case err != nil && missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "endings", "endings", view)
	}
}

func (s *server) endingOutlook(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, view *console.Endings) error {
	look, err := ending.Look(ctx, tx, camp.ID, camp.Province)
	if err != nil {
		return err
	}
	view.Looked, view.Unconfirmed, view.Unpaid, view.Already = true, look.Unconfirmed, look.Unpaid, look.Already
	for _, k := range []string{ending.HoldDoubt, ending.HoldPapers, ending.HoldTime, ending.HoldSuspense, ending.HoldOrder} {
		if n := look.Held[k]; n > 0 {
			view.Held = append(view.Held, console.EndingHeld{Key: "ending.hold." + k, N: n})
		}
	}
	aside, err := confirmation.QuarantineTotal(ctx, tx, confirmation.Aside{Filter: confirmation.Filter{Division: camp.Province}, Fate: confirmation.FateHeld})
	if err != nil {
		return err
	}
	view.Aside = aside
	may := permitted(camp, flow.ActEnd, v.session.Account.Role)
	view.MayDraw = may.known && may.high && look.People() > 0
	if !may.known || !may.high {
		view.Refuse = may.refusal()
	}
	return nil
}

// drawEnding draws the list: one person does, for nobody is void by it; two sign it.
func (s *server) drawEnding(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var l ending.List
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if may := permitted(camp, flow.ActEnd, v.session.Account.Role); !may.known || !may.high {
			return errNotPermitted
		}
		l, err = s.Flow.DrawEnding(ctx, tx, camp, v.by())
		return err
	})
	wrong, status := "", http.StatusConflict
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/endings/"+l.ID)
		return
	case errors.Is(err, errNotPermitted):
		wrong, status = "permit.tier", http.StatusForbidden
	case errors.Is(err, flow.ErrRunning):
		wrong = "ending.error.running"
	case errors.Is(err, ending.ErrStanding):
		wrong = "ending.error.standing"
	case errors.Is(err, ending.ErrNobody), errors.Is(err, flow.ErrNoPayment):
		wrong = "ending.error.nobody"
	default:
		s.fault(c, v, err)
		return
	}
	s.showEndings(c, v, status, wrong)
}

// secondEnding is an act on a list as another person agrees to it; terms hold the hash
// of exactly who is meant, or the application.
func secondEnding(l ending.List, act, terms string) countersign.Act {
	return countersign.Act{Act: act, Subject: ofEnding + l.ID, Terms: terms, Campaign: l.Campaign, Division: l.Division}
}

// The terms of such acts.
const (
	termsEndSign    = "sign"
	termsEndRestore = "restore"
	termsEndReverse = "reverse"
)

// endByTwo does an act of two on a list, or asks for the second person's word. can says
// that it could be done now: nobody is asked to agree to what cannot be.
func (s *server) endByTwo(c *gin.Context, v *visit, act, terms string, can func(ctx context.Context, tx *db.Tx) error, do func(ctx context.Context, tx *db.Tx, why, second string) error) {
	l := v.subject.(ending.List)
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		camp, err := s.campaigns.current(ctx, tx, l.Campaign)
		if err != nil {
			return asking{}, err
		}
		return asking{may: permitted(camp, act, v.session.Account.Role), of: secondEnding(l, act, terms), why: given(c)}, can(ctx, tx)
	}, do)
	s.afterEnding(c, v, out, err)
}

// afterEnding answers an act on a list.
func (s *server) afterEnding(c *gin.Context, v *visit, out allowed, err error) {
	to := "/gl/endings/" + v.subject.(ending.List).ID + "?done=done"
	if who := c.PostForm("application"); who != "" && plainID(who) {
		to += "&who=" + who
	}
	if errors.Is(err, errNotHers) || errors.Is(err, ending.ErrNotFound) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	changed := "ending.error.changed"
	status, wrong := s.answerTwo(c, v, to, out, err, notSo{ending.ErrText, http.StatusUnprocessableEntity, "unpaid.error.text"},
		notSo{ending.ErrEarly, http.StatusConflict, "ending.error.early"}, notSo{ending.ErrObjections, http.StatusConflict, "ending.error.objections"},
		notSo{ending.ErrState, http.StatusConflict, changed}, notSo{ending.ErrChanged, http.StatusConflict, changed}, notSo{ending.ErrNobody, http.StatusConflict, changed}, notSo{countersign.ErrState, http.StatusConflict, changed})
	if status == 0 {
		return
	}
	s.showEnding(c, v, status, c.PostForm("application"), wrong, c.PostForm("reason"))
}

func (s *server) signEnding(c *gin.Context, v *visit) {
	l, seen := v.subject.(ending.List), c.PostForm("seen")
	can := func(ctx context.Context, tx *db.Tx) error {
		hash, err := ending.Now(ctx, tx, l.ID)
		switch {
		case err != nil:
			return err
		case l.State != ending.Told:
			return ending.ErrState
		case s.Flow.Now().UnixMilli() < l.ObjectUntil:
			return ending.ErrEarly
		case hash != seen:
			return ending.ErrChanged
		}
		return nil
	}
	s.endByTwo(c, v, flow.ActEnd, termsEndSign+" "+seen, can, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.SignEnding(ctx, tx, l, seen, why, v.by(), second)
	})
}

func (s *server) restoreEnding(c *gin.Context, v *visit) {
	l, who := v.subject.(ending.List), c.PostForm("application")
	can := func(ctx context.Context, tx *db.Tx) error {
		p, err := hersOn(ctx, tx, v, l, who)
		if err == nil && p.Standing != ending.Void {
			err = ending.ErrState
		}
		return err
	}
	s.endByTwo(c, v, flow.ActUnend, termsEndRestore+" "+who, can, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.RestoreEnded(ctx, tx, l, who, why, v.by(), second)
	})
}

func (s *server) reverseEnding(c *gin.Context, v *visit) {
	l := v.subject.(ending.List)
	can := func(context.Context, *db.Tx) error {
		if l.State != ending.Signed {
			return ending.ErrState
		}
		return nil
	}
	s.endByTwo(c, v, flow.ActUnend, termsEndReverse, can, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.ReverseEnding(ctx, tx, l, why, v.by(), second)
	})
}

func (s *server) dropEnding(c *gin.Context, v *visit) {
	l := v.subject.(ending.List)
	s.endAlone(c, v, func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
		if may := permitted(camp, flow.ActEnd, v.session.Account.Role); !may.known || !may.high {
			return errNotPermitted
		}
		return s.Flow.DropEnding(ctx, tx, l, c.PostForm("reason"), v.by())
	})
}

// endAlone does what one person may.
func (s *server) endAlone(c *gin.Context, v *visit, do func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error) {
	ctx, l := c.Request.Context(), v.subject.(ending.List)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, l.Campaign)
		if err != nil {
			return err
		}
		return do(ctx, tx, camp)
	})
	s.afterEnding(c, v, allowed{}, s.Flow.Refused(ctx, s.DB, err))
}

// hersOn gives somebody's place on a list, if it is of her remit. errNotHers.
func hersOn(ctx context.Context, tx *db.Tx, v *visit, l ending.List, application string) (ending.Person, error) {
	if !plainID(application) {
		return ending.Person{}, errNotHers
	}
	p, err := ending.On(ctx, tx, l.ID, application)
	if errors.Is(err, ending.ErrNotFound) || err == nil && !v.remit().covers(p.Division, p.Point) {
		return p, errNotHers
	}
	return p, err
}

func (s *server) objectEnding(c *gin.Context, v *visit) {
	l, who := v.subject.(ending.List), c.PostForm("application")
	s.endAlone(c, v, func(ctx context.Context, tx *db.Tx, _ rules.Campaign) error {
		if _, err := hersOn(ctx, tx, v, l, who); err != nil {
			return err
		}
		return s.Flow.ObjectEnding(ctx, tx, l, who, c.PostForm("reason"), v.by())
	})
}

func (s *server) decideEnding(c *gin.Context, v *visit) {
	l, who := v.subject.(ending.List), c.PostForm("application")
	s.endAlone(c, v, func(ctx context.Context, tx *db.Tx, _ rules.Campaign) error {
		if _, err := hersOn(ctx, tx, v, l, who); err != nil {
			return err
		}
		return s.Flow.DecideEnding(ctx, tx, l, who, c.PostForm("verdict") == "off", c.PostForm("reason"), v.by())
	})
}

// endingPlace is the part of a list that somebody sees.
func endingPlace(v *visit, l ending.List) ending.Filter {
	r := v.remit()
	return ending.Filter{List: l.ID, Division: r.division, Point: r.point}
}

// placeOfEnding names a county.
func placeOfEnding(ctx context.Context, tx *db.Tx, code string) (string, error) {
	return org.DivisionName(ctx, tx, code)
}
