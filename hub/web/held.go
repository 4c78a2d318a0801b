package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// remitHeld: :id is an envelope that was set aside.
const remitHeld rule = "held"

// heldPart is what boxes sealed and the hub did not take (隔离待查): the list, one
// of them, and two persons taking it after all or refusing it for good (issue 7).
func (s *server) heldPart() part {
	get, post := http.MethodGet, http.MethodPost
	who := append(officers(), staff.Technician)
	return part{routes: []route{
		{method: get, path: "/gl/held", who: who, remit: remitList, right: "quarantine", do: s.heldList},
		{method: get, path: "/gl/held/:id", who: who, remit: remitHeld, do: s.held},
		{method: post, path: "/gl/held/:id/again", who: who, remit: remitHeld, do: s.askHeldAgain},
		{method: post, path: "/gl/held/:id/settle", who: officers(), remit: remitHeld, right: "settle", do: s.settleHeld},
	}, finders: map[rule]finder{remitHeld: findHeld}}
}

func findHeld(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	q, err := confirmation.GetQuarantined(ctx, tx, id)
	if errors.Is(err, confirmation.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = q
	return where{q.Division, q.Point}, err
}

// fateAll is the filter of the list that leaves nothing out.
const fateAll = "all"

// asideOf reads the filter of the list; false when it is none.
func (s *server) asideOf(c *gin.Context, v *visit) (a confirmation.Aside, f console.HeldFilter, ok bool) {
	f = console.HeldFilter{State: c.Query("state"), Reason: c.Query("reason"), Point: c.Query("point")}
	before, ok := parseCursor(c.Query("before"))
	fates := []string{"", fateAll, string(confirmation.FateTaken), string(confirmation.FateRefused)}
	if !ok || !slices.Contains(fates, f.State) || f.Point != "" && !plainID(f.Point) || f.Reason != "" && !s.pages.Has("quarantine."+f.Reason+".do") {
		return a, f, false
	}
	r := v.remit()
	a = confirmation.Aside{Filter: confirmation.Filter{Division: r.division, Point: r.point, Before: before}, Fate: confirmation.Fate(f.State), Reason: f.Reason}
	switch f.State {
	case "":
		a.Fate = confirmation.FateHeld
	case fateAll:
		a.Fate = ""
	}
	if f.Point != "" && r.point == "" {
		a.Point = f.Point
	}
	return a, f, true
}

func (s *server) heldList(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	a, f, ok := s.asideOf(c, v)
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	if s.exportAs(c) != "" {
		s.exportHeld(c, v, a)
		return
	}
	view := console.HeldList{Filter: f}
	for _, why := range s.heldReasons() {
		view.Reasons = append(view.Reasons, console.Option{Value: why, Text: s.pages.Text(v.lang, "quarantine."+why)})
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if view.Points, err = s.pointOptions(ctx, tx, v.remit()); err != nil {
			return err
		}
		all := a
		all.Before = confirmation.Cursor{}
		if view.Total, err = confirmation.QuarantineTotal(ctx, tx, all); err != nil {
			return err
		}
		a.Limit = pageRows + 1
		rows, err := confirmation.Quarantine(ctx, tx, a)
		if err != nil {
			return err
		}
		n := pageNumber(c)
		view.Pages = console.Pages{Number: n, Of: max(n, (view.Total+pageRows-1)/pageRows)}
		if n > 1 {
			view.Pages.First = link(c, "", 0)
		}
		if len(rows) > pageRows {
			rows = rows[:pageRows]
			last := rows[pageRows-1]
			view.Pages.Next = link(c, fmt.Sprintf("%d.%s", last.At, last.ID), n+1)
		}
		points := pointNames{}
		for _, q := range rows {
			k, err := s.kept1(ctx, tx, q, points)
			if err != nil {
				return err
			}
			view.Rows = append(view.Rows, k)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "held", "quarantine", view)
}

// heldReasons are the reasons that have words, in the order in which they are
// offered.
func (s *server) heldReasons() []string {
	return []string{"no-application", "content", "fork", "assent", "unknown-campaign", "unknown-key", "unknown-version", "wrong-box", "signature", "does-not-open", "id-conflict", "malformed"}
}

// kept1 is one row.
func (s *server) kept1(ctx context.Context, tx *db.Tx, q confirmation.Quarantined, points pointNames) (console.Kept, error) {
	k := console.Kept{ID: q.ID, At: ms(q.At), Box: q.Box, Sequence: q.Sequence, Reason: q.Reason, Hash: short(q.Hash), Size: q.Size, Fate: fateState(q.Fate), Bare: bare(q)}
	if !s.pages.Has("quarantine." + k.Reason + ".do") {
		k.Reason = "other"
	}
	if b, ok := s.Flow.Fleet.Box(q.Box); ok {
		k.Unit = int(b.Unit)
	}
	var err error
	k.Point, err = points.name(ctx, tx, q.Point)
	return k, err
}

func fateState(f confirmation.Fate) console.State {
	switch f {
	case confirmation.FateTaken:
		return console.State{Class: "done", Icon: "check", Key: "held.taken"}
	case confirmation.FateRefused:
		return console.State{Class: "open", Icon: "cross", Key: "held.refused"}
	}
	return console.State{Class: "wait", Icon: "tray", Key: "held.held"}
}

// held shows one of them: why it was set aside, what could be opened of it, and
// what two persons can do. What names a person is for who may see confirmations;
// that she was looked at is journalled before it is shown.
func (s *server) held(c *gin.Context, v *visit) {
	s.showHeld(c, v, http.StatusOK, console.HeldCase{})
}

func (s *server) showHeld(c *gin.Context, v *visit, status int, view console.HeldCase) {
	ctx, q := c.Request.Context(), v.subject.(confirmation.Quarantined)
	if s.Intake == nil {
		s.refuse(c, v, refusalBusy)
		return
	}
	seen, err := s.Intake.Look(ctx, q.ID)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	sees := slices.Contains(readers(), v.session.Account.Role)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if sees && seen.Record.ID != "" {
			if err := s.Flow.ViewHeld(ctx, tx, q, v.by()); err != nil {
				return err
			}
		}
		return s.heldView(ctx, tx, v, seen, sees, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "heldcase", "quarantine", view)
}

// heldView fills the page of one.
func (s *server) heldView(ctx context.Context, tx *db.Tx, v *visit, seen intake.Opened, sees bool, view *console.HeldCase) (err error) {
	q, points, names := seen.Held, pointNames{}, map[string]string{}
	if view.Kept, err = s.kept1(ctx, tx, q, points); err != nil {
		return err
	}
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil && !missing(err) {
		return err
	}
	w := words{s.pages, v.lang, camp}
	view.Chance, view.Bar, view.Signed, view.Campaign, view.Version = string(seen.Chance), seen.Bar, seen.Signed, seen.Campaign, seen.Version
	switch {
	case view.Bar == "":
		view.Bar = "none"
	case !s.pages.Has("held.bar." + view.Bar):
		view.Bar = "other"
	}
	if view.Kind = "held.kind." + seen.Kind; !s.pages.Has(view.Kind) {
		view.Kind = "held.kind.unread"
	}
	view.From, view.To = ms(seen.Time.Earliest), ms(seen.Time.Latest)
	if q.Fate == confirmation.FateHeld {
		lackingView(seen.Missing, view)
	}
	if q.Asked != 0 && seen.Missing != nil {
		view.AskedAt = ms(q.Asked)
	}
	if q.Completed != 0 {
		view.CompletedAt, view.CompletedBy = ms(q.Completed), "held.completed."+q.By
	}
	view.Checks = w.checks(confirmation.Record{Checks: seen.Checks})
	if q.Fate == confirmation.FateTaken || len(view.Checks) == 0 {
		view.Checks = w.checks(confirmation.Record{Checks: q.Checks})
	}
	if sees && seen.Record.ID != "" && q.Fate != confirmation.FateTaken {
		view.Opened, view.Name, view.Number, view.Application = true, seen.Name, seen.Record.NumberMasked, ends(seen.Application)
		if view.Sealed, err = points.name(ctx, tx, seen.Record.Point); err != nil {
			return err
		}
	}
	if q.Fate != confirmation.FateHeld {
		view.SettledAt, view.Why = ms(q.Settled), q.Why
		if view.By, err = s.author(ctx, tx, v, staffAuthor(q.SettledBy), names); err != nil {
			return err
		}
		if view.Second, err = s.author(ctx, tx, v, staffAuthor(q.Second), names); err != nil {
			return err
		}
		if r, err := confirmation.Get(ctx, tx, q.Record); err == nil && r.Forced == q.ID && v.remit().covers(r.Division, r.Point) {
			view.Record = r.ID
		}
		return nil
	}
	may, err := s.settling(ctx, tx, v)
	if err != nil {
		return err
	}
	if view.Refuse = may.notSettle(); view.Refuse != "" {
		return nil
	}
	if view.Take, err = s.standingSecond(ctx, tx, v, may, s.secondHeld(q, termsTake)); err != nil {
		return err
	}
	view.Drop, err = s.standingSecond(ctx, tx, v, may, s.secondHeld(q, termsDrop))
	return err
}

// ofHeld is what a decision of two persons is about.
const ofHeld = "held/"

// The terms of such a decision.
const (
	termsTake = "take"   // after all
	termsDrop = "refuse" // for good
)

// settling says what the table of acts gives her of deciding about what is held.
// It is for two persons whatever a table says, of the county or above where the
// table does not say: what is held may be of no campaign at all.
func (s *server) settling(ctx context.Context, tx *db.Tx, v *visit) (permission, error) {
	role := v.session.Account.Role
	out := permission{known: true, high: tiers[tierOf(role)] >= tiers[flow.ActHeldTier] && role != staff.Technician, persons: 2}
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil && !missing(err) {
		return permission{}, err
	}
	if _, ok := camp.Act(flow.ActHeld); err == nil && ok {
		high := out.high
		out = permitted(camp, flow.ActHeld, role)
		out.high, out.persons = out.high && high, max(out.persons, 2)
	}
	return out, nil
}

// notSettle is the phrase that says why she may not decide, "" if she may with
// another.
func (p permission) notSettle() string {
	switch {
	case !p.high:
		return "permit.tier"
	case p.persons > 2:
		return "permit.more"
	}
	return ""
}

func (s *server) secondHeld(q confirmation.Quarantined, terms string) countersign.Act {
	return countersign.Act{Act: flow.ActHeld, Subject: ofHeld + q.ID, Terms: terms, Campaign: s.Campaign, Division: q.Division, Point: q.Point}
}

// settleHeld asks for the second person's word, or does what she agreed to.
func (s *server) settleHeld(c *gin.Context, v *visit) {
	ctx, q := c.Request.Context(), v.subject.(confirmation.Quarantined)
	verdict := c.PostForm("verdict")
	why, ok := reason(c)
	if !ok {
		why = ""
	}
	view := console.HeldCase{Verdict: verdict, Said: c.PostForm("reason")}
	out, err := s.askHeld(ctx, v, q, verdict, why)
	if err == nil && out.refuse == "" && !out.asked {
		f := intake.Forcing{ID: q.ID, Second: out.use, Reason: out.reason, Who: v.session.Account, By: v.by()}
		if verdict == termsTake {
			_, err = s.Intake.Force(ctx, f)
		} else {
			err = s.Intake.Refuse(ctx, f)
		}
	}
	status := http.StatusConflict
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil && out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
		return
	case err == nil && out.refuse == "":
		c.Redirect(http.StatusSeeOther, "/gl/held/"+q.ID)
		return
	case err == nil:
		status, view.Error = http.StatusUnprocessableEntity, out.refuse
		if strings.HasPrefix(out.refuse, "permit.") {
			status = http.StatusForbidden
		}
	case errors.Is(err, flow.ErrDecider):
		status, view.Error = http.StatusForbidden, "dispute.decider"
	case errors.Is(err, flow.ErrSamePerson):
		status, view.Error = http.StatusForbidden, "second.same"
	case errors.Is(err, confirmation.ErrSettled):
		view.Error = "held.settled"
	case errors.Is(err, intake.ErrBarred):
		view.Error = "held.barred"
	case errors.Is(err, countersign.ErrState), db.Unique(err):
		view.Error = "second.state"
	default:
		s.fault(c, v, err)
		return
	}
	s.showHeld(c, v, status, view)
}

// askHeld judges whether it may be done now. That it can be is found out before a
// second person is asked.
func (s *server) askHeld(ctx context.Context, v *visit, q confirmation.Quarantined, verdict, why string) (out allowed, err error) {
	if s.Intake == nil {
		out.refuse = "held.barred"
		return out, nil
	}
	seen, err := s.Intake.Look(ctx, q.ID)
	if err != nil {
		return out, err
	}
	can := seen.Chance == intake.ChanceFree || seen.Chance == intake.ChanceForce
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		may, err := s.settling(ctx, tx, v)
		if err != nil {
			return err
		}
		if out.refuse = may.notSettle(); out.refuse != "" {
			return nil
		}
		switch {
		case q.Fate != confirmation.FateHeld:
			return confirmation.ErrSettled
		case verdict != termsTake && verdict != termsDrop:
			out.refuse = "held.choose"
		case verdict == termsTake && !can:
			out.refuse = "held.barred"
		default:
			out, err = s.byTwo(ctx, tx, v, may, s.secondHeld(q, verdict), why)
		}
		return err
	})
	return out, err
}

// exportHeld writes what was set aside.
func (s *server) exportHeld(c *gin.Context, v *visit, a confirmation.Aside) {
	ctx := c.Request.Context()
	heads := s.heads(v, "list.received", "export.why", "export.do", "list.state", "list.where", "envelope.box", "envelope.sequence", "envelope.hash", "envelope.size", "held.settledat", "held.why")
	s.export(c, v, "quarantine", heads, func(row func(...any) error) error {
		a.Limit = rowsAtOnce
		points := pointNames{}
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			for {
				rows, err := confirmation.Quarantine(ctx, tx, a)
				if err != nil {
					return err
				}
				for _, q := range rows {
					k, err := s.kept1(ctx, tx, q, points)
					if err != nil {
						return err
					}
					say := func(key string) string { return s.pages.Text(v.lang, key) }
					var settled any
					if q.Settled != 0 {
						settled = ms(q.Settled)
					}
					if err := row(k.At, say("quarantine."+k.Reason), say("quarantine."+k.Reason+".do"), say(k.Fate.Key), k.Point, q.Box, q.Sequence, k.Hash, q.Size, settled, q.Why); err != nil {
						return err
					}
				}
				if len(rows) < rowsAtOnce {
					return nil
				}
				last := rows[len(rows)-1]
				a.Before = confirmation.Cursor{Committed: last.At, ID: last.ID}
			}
		})
	})
}
