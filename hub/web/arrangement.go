package web

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitArrangement: :id is a version of the arrangement. It is the province's.
const remitArrangement rule = "arrangement"

// ofArrangement is what an act of two is about: the version it is done to, or the one
// that a new version will replace.
const ofArrangement = "arrangement/"

// The terms of such acts. Those of exception seats go on with the applications.
const (
	termsRevise  = "revise" // correct the published version
	termsPublish = "publish"
	termsRenew   = "renew" // draw anew
	termsNumber  = "number"
	termsUndo    = "void"
	termsAdd     = "add"
)

// mostAdded is how many exception seats two persons give at once: they read each name.
const mostAdded = 20

// arrangementPart is the arrangement (编排考室, A48 to A52): trial, frozen list, the draw
// by offices, the run by two persons, exception seats, revisions.
func (s *server) arrangementPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/arrangement", who: province(), remit: remitList, right: "arrangement", do: s.arrangement},
		{method: get, path: "/gl/arrangement/part", who: province(), remit: remitList, idle: true, do: s.arrangementLive},
		{method: post, path: "/gl/arrangement/try", who: province(), remit: remitNone, do: s.tryArrangement},
		{method: post, path: "/gl/arrangement", who: province(), remit: remitNone, do: s.beginArrangement},
		{method: post, path: "/gl/arrangement/revise", who: province(), remit: remitNone, do: s.beginRevision},
		{method: get, path: "/gl/arrangement/:id", who: province(), remit: remitArrangement, do: s.arrangementOf},
		{method: get, path: "/gl/arrangement/:id/sheet", who: province(), remit: remitArrangement, do: s.arrangementSheet},
		{method: get, path: "/gl/arrangement/:id/bundle", who: province(), remit: remitArrangement, do: s.arrangementBundle},
		{method: get, path: "/gl/arrangement/:id/unseated", who: province(), remit: remitArrangement, do: s.unseated},
		{method: post, path: "/gl/arrangement/:id/drawer", who: province(), remit: remitArrangement, do: s.nameDrawer},
		{method: post, path: "/gl/arrangement/:id/seal", who: province(), remit: remitArrangement, do: s.sealShare},
		{method: post, path: "/gl/arrangement/:id/reveal", who: province(), remit: remitArrangement, do: s.revealShare},
		{method: post, path: "/gl/arrangement/:id/refuse", who: province(), remit: remitArrangement, do: s.refuseShare},
		{method: post, path: "/gl/arrangement/:id/number", who: province(), remit: remitArrangement, do: s.numberTickets},
		{method: get, path: "/gl/arrangement/:id/changes", who: province(), remit: remitArrangement, do: s.seatChanges},
		{method: post, path: "/gl/arrangement/:id/publish", who: province(), remit: remitArrangement, do: s.publishRevision},
		{method: post, path: "/gl/arrangement/:id/void", who: province(), remit: remitArrangement, do: s.voidArrangement},
		{method: post, path: "/gl/arrangement/:id/add", who: province(), remit: remitArrangement, do: s.addSeats},
	}, finders: map[rule]finder{remitArrangement: findArrangement}}
}

func findArrangement(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	x, err := seating.Get(ctx, tx, id)
	if errors.Is(err, seating.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = x
	return where{division: topOf(v.remit().division)}, err
}

// saidOfSeating are the refusals of flow and seating as the page says them.
var saidOfSeating = []notSo{
	{flow.ErrNotArranged, http.StatusConflict, "arr.error.norules"}, {flow.ErrNotNow, http.StatusConflict, "arr.error.notnow"}, {flow.ErrNobodyValid, http.StatusConflict, "arr.error.nobody"},
	{flow.ErrDrawers, http.StatusUnprocessableEntity, "arr.error.drawers"}, {flow.ErrRefuser, http.StatusConflict, "arr.error.refuser"}, {flow.ErrNotDrawer, http.StatusForbidden, "arr.error.notyours"}, {flow.ErrNotValid, http.StatusConflict, "arr.error.notvalid"},
	{flow.ErrReason, http.StatusUnprocessableEntity, "act.needreason"}, {flow.ErrDependent, http.StatusConflict, "permit.dependent"},
	{flow.ErrUnpublished, http.StatusConflict, "arr.error.unpublished"}, {seating.ErrStale, http.StatusConflict, "arr.error.stale"},
	{seating.ErrMaking, http.StatusConflict, "arr.error.making"}, {seating.ErrSealed, http.StatusConflict, "arr.error.sealed"}, {seating.ErrEarly, http.StatusConflict, "arr.error.early"},
	{seating.ErrText, http.StatusUnprocessableEntity, "arr.error.text"}, {seating.ErrSeated, http.StatusConflict, "arr.error.seated"}, {seating.ErrState, http.StatusConflict, "arr.error.state"}, {seating.ErrNotFound, http.StatusConflict, "arr.error.state"},
}

// afterSeating answers an act that one person did.
func (s *server) afterSeating(c *gin.Context, v *visit, done string, err error) {
	s.afterSeatingOfTwo(c, v, done, allowed{}, s.Flow.Refused(c.Request.Context(), s.DB, err))
}

func (s *server) afterSeatingOfTwo(c *gin.Context, v *visit, done string, out allowed, err error) {
	if errors.Is(err, errNotPermitted) {
		s.showArrangement(c, v, http.StatusForbidden, "permit.tier", nil)
		return
	}
	status, key := s.answerTwo(c, v, done, out, err, saidOfSeating...)
	if status != 0 {
		s.showArrangement(c, v, status, key, nil)
	}
}

// seatingAct does what one person may, under an act of the campaign's table that may ask
// for more than one: a seal, a reveal and a trial are each one person's, the draw is two
// offices' by being two of them.
func (s *server) seatingAct(c *gin.Context, v *visit, act, done string, do func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if may := permitted(camp, act, v.session.Account.Role); !may.known || !may.high {
			return errNotPermitted
		}
		return do(ctx, tx, camp)
	})
	s.afterSeating(c, v, done, err)
}

func (s *server) tryArrangement(c *gin.Context, v *visit) {
	s.seatingAct(c, v, flow.ActDraw, "/gl/arrangement#trial", func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
		return s.Flow.TrySeating(ctx, tx, camp, v.by())
	})
}

// beginArrangement freezes the list: one person does for the first version, two once a
// version is published.
func (s *server) beginArrangement(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	b := flow.Beginning{Venue: clipped(c.PostForm("venue"), 120), Why: given(c), Drawers: map[string]string{}}
	for _, pair := range c.PostFormArray("drawer") {
		office, account, _ := strings.Cut(pair, " ")
		b.Drawers[office] = account
	}
	var err error
	var camp rules.Campaign
	var current seating.Version
	var published bool
	if err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if camp, err = s.campaigns.current(ctx, tx, s.Campaign); err == nil {
			current, published, err = seating.Current(ctx, tx, camp.ID)
		}
		return err
	}); err != nil {
		s.fault(c, v, err)
		return
	}
	do := func(ctx context.Context, tx *db.Tx, why, second string) error {
		b.Why = why
		_, err := s.Flow.BeginSeating(ctx, tx, camp, b, v.by(), second)
		return err
	}
	if !published {
		s.seatingAct(c, v, flow.ActDraw, "/gl/arrangement", func(ctx context.Context, tx *db.Tx, _ rules.Campaign) error { return do(ctx, tx, "", "") })
		return
	}
	out, err := s.actOfTwo(ctx, v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		a := asking{may: permitted(camp, flow.ActNumber, v.session.Account.Role), of: secondSeating(v, current, flow.ActNumber, termsRenew), why: b.Why}
		if !flow.NumberingOpen(camp, s.Flow) {
			a.refuse = "arr.error.notnow"
		}
		return a, nil
	}, do)
	s.afterSeatingOfTwo(c, v, "/gl/arrangement", out, err)
}

func secondSeating(v *visit, x seating.Version, act, terms string) countersign.Act {
	return countersign.Act{Act: act, Subject: ofArrangement + x.ID, Terms: terms, Campaign: x.Campaign, Division: topOf(v.session.Account.Division)}
}

func (s *server) nameDrawer(c *gin.Context, v *visit) {
	x := v.subject.(seating.Version)
	s.seatingAct(c, v, flow.ActDraw, "/gl/arrangement/"+x.ID, func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
		return s.Flow.NameDrawer(ctx, tx, camp, x, c.PostForm("office"), c.PostForm("account"), v.by())
	})
}

// sealShare hashes what was written and forgets it; whoever does not trust the hub with
// it for that moment brings a seal that was made elsewhere.
func (s *server) sealShare(c *gin.Context, v *visit) {
	x := v.subject.(seating.Version)
	s.seatingAct(c, v, flow.ActDraw, "/gl/arrangement/"+x.ID, func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
		hash, err := sealOf(ctx, tx, x, c.PostForm("office"), c.PostForm("number"), c.PostForm("seal"))
		if err != nil {
			return err
		}
		return s.Flow.SealShare(ctx, tx, camp, x, c.PostForm("office"), hash, v.by())
	})
}

// sealOf gives a seal as it was brought, or that of a number.
func sealOf(ctx context.Context, tx *db.Tx, x seating.Version, office, number, brought string) (hash [32]byte, err error) {
	if brought = strings.ReplaceAll(strings.TrimSpace(brought), " ", ""); brought != "" {
		raw, err := hex.DecodeString(brought)
		if err != nil || len(raw) != len(hash) {
			return hash, seating.ErrText
		}
		copy(hash[:], raw)
		return hash, nil
	}
	secret, err := seating.Secret(number)
	if err != nil {
		return hash, err
	}
	shares, err := seating.Shares(ctx, tx, x.ID)
	if err != nil {
		return hash, err
	}
	for _, share := range shares {
		if share.Office == office {
			return arrangement.Share{Office: share.Name, Secret: secret}.Commit(x.Digest).Hash, nil
		}
	}
	return hash, seating.ErrNotFound
}

func (s *server) revealShare(c *gin.Context, v *visit) {
	x, ctx := v.subject.(seating.Version), c.Request.Context()
	secret, err := seating.Secret(c.PostForm("number"))
	if err != nil {
		s.afterSeating(c, v, "", err)
		return
	}
	var out flow.Revealing
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if may := permitted(camp, flow.ActDraw, v.session.Account.Role); !may.known || !may.high {
			return errNotPermitted
		}
		out, err = s.Flow.RevealShare(ctx, tx, camp, x, c.PostForm("office"), secret, v.by())
		return err
	})
	if err == nil && !out.Taken && !out.Void { // counted: it stands
		s.showArrangement(c, v, http.StatusUnprocessableEntity, "arr.error.missed", func(a *console.Arrangement) { a.Left = out.Left })
		return
	}
	s.afterSeating(c, v, "/gl/arrangement/"+x.ID, err)
}

func (s *server) refuseShare(c *gin.Context, v *visit) {
	x := v.subject.(seating.Version)
	s.seatingAct(c, v, flow.ActDraw, "/gl/arrangement/"+x.ID, func(ctx context.Context, tx *db.Tx, camp rules.Campaign) error {
		return s.Flow.RefuseShare(ctx, tx, camp, x, c.PostForm("office"), given(c), v.by())
	})
}

// seatingByTwo does an act of two on a version, or asks for the second person's word.
func (s *server) seatingByTwo(c *gin.Context, v *visit, act, terms, refuse string, do func(ctx context.Context, tx *db.Tx, camp rules.Campaign, why, second string) error) {
	x, ctx := v.subject.(seating.Version), c.Request.Context()
	var camp rules.Campaign
	out, err := s.actOfTwo(ctx, v, func(ctx context.Context, tx *db.Tx) (a asking, err error) {
		if camp, err = s.campaigns.current(ctx, tx, x.Campaign); err != nil {
			return a, err
		}
		return asking{may: permitted(camp, act, v.session.Account.Role), of: secondSeating(v, x, act, terms), why: given(c), refuse: refuse}, nil
	}, func(ctx context.Context, tx *db.Tx, why, second string) error { return do(ctx, tx, camp, why, second) })
	s.afterSeatingOfTwo(c, v, "/gl/arrangement/"+x.ID, out, err)
}

func (s *server) numberTickets(c *gin.Context, v *visit) {
	x, refuse := v.subject.(seating.Version), ""
	if x.State != seating.Drawn {
		refuse = "arr.error.state"
	}
	s.seatingByTwo(c, v, flow.ActNumber, termsNumber, refuse, func(ctx context.Context, tx *db.Tx, camp rules.Campaign, _, second string) error {
		return s.Flow.NumberTickets(ctx, tx, camp, x, v.by(), second)
	})
}

func (s *server) voidArrangement(c *gin.Context, v *visit) {
	x, refuse := v.subject.(seating.Version), ""
	if !x.State.Making() {
		refuse = "arr.error.state"
	}
	s.seatingByTwo(c, v, flow.ActNumber, termsUndo, refuse, func(ctx context.Context, tx *db.Tx, camp rules.Campaign, why, second string) error {
		return s.Flow.VoidSeating(ctx, tx, camp, x, why, v.by(), second)
	})
}

// addSeats gives exception seats to those who were ticked.
func (s *server) addSeats(c *gin.Context, v *visit) {
	x, ids := v.subject.(seating.Version), strings.Fields(strings.Join(c.PostFormArray("application"), " "))
	slices.Sort(ids)
	ids = slices.Compact(ids)
	refuse := ""
	switch {
	case x.State != seating.Published:
		refuse = "arr.error.state"
	case len(ids) == 0 || len(ids) > mostAdded || slices.ContainsFunc(ids, func(id string) bool { return !plainID(id) }):
		refuse = "arr.error.nobodyticked"
	}
	s.seatingByTwo(c, v, flow.ActSeat, termsAdd+" "+strings.Join(ids, " "), refuse, func(ctx context.Context, tx *db.Tx, camp rules.Campaign, why, second string) error {
		_, err := s.Flow.AddSeats(ctx, tx, camp, x, ids, why, v.by(), second)
		return err
	})
}

// arrangementBundle hands out what everybody may have to recompute a version.
func (s *server) arrangementBundle(c *gin.Context, v *visit) {
	x := v.subject.(seating.Version)
	if !x.State.Seated() {
		s.refuse(c, v, refusalNotFound)
		return
	}
	select {
	case s.tables <- struct{}{}: // a province's takes half a gigabyte while it is computed
		defer func() { <-s.tables }()
	case <-c.Request.Context().Done():
		return
	}
	// It is computed before a byte of it is written: what fails, fails as a page.
	c.Header("Content-Type", "text/plain; charset=utf-8")
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="arrangement-%d-%x.txt"`, x.Number, x.Root[:4]))
	if err := seating.Bundle(c.Request.Context(), s.DB, x.ID, c.Writer); err != nil {
		s.fault(c, v, err)
	}
}

// clipped is a text of one line, at most so many characters of it.
func clipped(text string, most int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	return string(r[:min(len(r), most)])
}

// secondOfSeating says what an act of two is done to, and the form that does it. A new
// version is begun on its page, where its offices are named.
func (s *server) secondOfSeating(ctx context.Context, tx *db.Tx, v *visit, a countersign.Act, out *console.Second) error {
	x, err := seating.Get(ctx, tx, strings.TrimPrefix(a.Subject, ofArrangement))
	if err != nil {
		return err
	}
	what, more, _ := strings.Cut(a.Terms, " ")
	out.What, out.Path, out.Terms = s.pages.Text(v.lang, "arr.heading", x.Number), "/gl/"+a.Subject, "seconds.terms.arr."+what
	switch what {
	case termsRevise:
		out.Do = "/gl/arrangement/revise"
	case termsNumber, termsUndo, termsPublish:
		out.Do = out.Path + "/" + what
	case termsAdd:
		out.Do, out.Fields = out.Path+"/add", []console.Option{{Value: "application", Text: more}}
		out.Path += "/unseated?second=" + a.ID // their names, and the look is journalled
		out.What += s.pages.Text(v.lang, "arr.add.people", len(strings.Fields(more)))
	}
	return nil
}
