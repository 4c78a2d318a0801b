package web

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// rehearse begins a rehearsal. It goes on when the page is closed, and how far
// it is stands in the database, for every hub to show.
func (s *server) rehearse(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	r, err := s.Flow.BeginRehearsal(ctx, s.DB, v.dossier().digest, v.by())
	if err == nil {
		err = s.Errands.Go(ctx, func(ctx context.Context) {
			if _, err := r.Run(ctx, nil); err != nil && ctx.Err() == nil && !errors.Is(err, campaign.ErrStopped) {
				s.Log.Error("web: rehearsal", "rehearsal", r.Rehearsal().ID, "error", err.Error())
			}
		})
		if err != nil {
			err = errors.Join(err, r.Abandon(ctx))
		}
	}
	s.stepped(c, v, err, "begun")
}

func (s *server) stopRehearsal(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		r, _, err := campaign.RunningNow(ctx, tx, time.Now())
		if err != nil {
			return err
		}
		if hexOf(r.Digest) != v.dossier().name {
			return campaign.ErrNoRehearsal
		}
		return s.Flow.StopRehearsal(ctx, tx, r, v.by())
	})
	if errors.Is(err, campaign.ErrNoRehearsal) { // it has come to its end meanwhile: that is no fault of hers
		c.Redirect(http.StatusSeeOther, "/gl/campaigns/"+v.dossier().name)
		return
	}
	s.stepped(c, v, err, "stopping")
}

// stepped answers a step on the way into force: on to the page of the draft, or
// the page with why not.
func (s *server) stepped(c *gin.Context, v *visit, err error, done string) {
	code := flow.CampaignRefusal(err)
	switch {
	case err == nil:
		onward(c, v.dossier().name, done)
	case errors.Is(err, flow.ErrEnding):
		s.refuse(c, v, refusalBusy)
	case code != "":
		v.notice = &console.Notice{Class: "must", Key: "refusal." + code}
		s.showCampaign(c, v, http.StatusConflict)
	default:
		s.fault(c, v, err)
	}
}

// rehearsalPart is what of the page changes while a rehearsal runs.
func (s *server) rehearsalPart(c *gin.Context, v *visit) {
	view, err := s.campaignView(c.Request.Context(), v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	f, err := s.frame(c.Request.Context(), c, v, "campaigns")
	if err != nil {
		s.fault(c, v, err)
		return
	}
	html, err := s.pages.RenderPart("campaign", "rehearsing", f, view)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", html)
}

// rehearsalBeat is how often a live page is told how far a rehearsal is.
const rehearsalBeat = time.Second

// rehearsalLive tells a page that shows a rehearsal when it has moved on, and
// when it has ended. It looks into the database: the walk may be another hub's.
func (s *server) rehearsalLive(c *gin.Context, v *visit) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		s.refuse(c, v, refusalBusy)
		return
	}
	c.Header("Content-Type", "text/event-stream; charset=utf-8")
	c.Header("X-Accel-Buffering", "no")
	c.Status(http.StatusOK)
	st := &stream{s: s, v: v, w: c.Writer, rc: http.NewResponseController(c.Writer)}
	if err := s.followRehearsal(c.Request.Context(), st); err != nil && c.Request.Context().Err() == nil && !errors.Is(err, errStreamOver) {
		s.Log.Info("web: live stream ended", "error", err.Error())
	}
}

func (s *server) followRehearsal(ctx context.Context, st *stream) error {
	if err := st.write("retry: 2000\n\n"); err != nil {
		return err
	}
	beat := time.NewTicker(rehearsalBeat)
	defer beat.Stop()
	last := int64(-1)
	for {
		var r campaign.Rehearsal
		var p campaign.Progress
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			r, p, err = campaign.RunningNow(ctx, tx, time.Now())
			return err
		})
		if errors.Is(err, campaign.ErrNoRehearsal) || err == nil && (hexOf(r.Digest) != st.v.dossier().name || p.CutOff) {
			return st.write("event: ended\ndata: 0\n\n")
		}
		if err != nil {
			return err
		}
		if p.Done != last || p.Stopping {
			last = p.Done
			err = st.write("event: changed\ndata: " + strconv.FormatInt(p.Done, 10) + "\n\n")
		} else {
			err = s.stillHere(ctx, st)
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Done:
			return errStreamOver
		case <-beat.C:
		}
	}
}

// stillHere ends a stream whose session has ended.
func (s *server) stillHere(ctx context.Context, st *stream) error {
	if _, err := s.Staff.Peek(ctx, st.v.token); errors.Is(err, staff.ErrNoSession) {
		return errors.Join(st.write("event: ended\ndata: 0\n\n"), errStreamOver)
	} else if err != nil {
		return err
	}
	return st.write(": here\n\n")
}

// pageEffects is how many applications a page of the list shows.
const pageEffects = 50

// effects lists whom a draft concerns, within the remit.
func (s *server) effects(c *gin.Context, v *visit) {
	ctx, d := c.Request.Context(), v.dossier()
	kind, division, after := c.Query("kind"), c.Query("division"), c.Query("after")
	kinds := campaign.KindOf(kind)
	if kind != "" && kinds == 0 || division != "" && (!plainID(division) || !v.remit().covers(division, v.remit().point)) || after != "" && !plainID(after) {
		s.refuse(c, v, refusalBad)
		return
	}
	within := v.remit().division
	if division != "" {
		within = division
	}
	view := console.Effects{Draft: d.name, Number: d.c.Version, Kind: kind, Division: division}
	for _, k := range []string{"invalid", "choice", "fee", "valid", "unreadable"} {
		view.Kinds = append(view.Kinds, console.Option{Value: k, Text: s.pages.Text(v.lang, "effect."+k)})
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := campaign.Rehearsed(ctx, tx, d.digest)
		if err != nil || s.exportAs(c) != "" {
			return err
		}
		shown, err := s.rehearsal(ctx, tx, v, s.accountNames(ctx, tx, v), r)
		if err != nil {
			return err
		}
		view.Rehearsal = *shown
		for _, x := range shown.Divisions {
			view.Divisions = append(view.Divisions, console.Option{Value: x.Code, Text: x.Name})
		}
		rows, err := campaign.Effects(ctx, tx, r.ID, within, kinds, after, pageEffects+1)
		if err != nil {
			return err
		}
		view.Pages.Number = pageNumber(c)
		if after != "" {
			view.Pages.First = effectsLink(c, "", 0)
		}
		if len(rows) > pageEffects {
			rows = rows[:pageEffects]
			view.Pages.Next = effectsLink(c, rows[pageEffects-1].Application, view.Pages.Number+1)
		}
		points := pointNames{}
		for _, e := range rows {
			name, err := points.name(ctx, tx, e.Point)
			if err != nil {
				return err
			}
			view.Rows = append(view.Rows, s.effect(v, e, name))
		}
		return nil
	})
	if errors.Is(err, campaign.ErrNoRehearsal) {
		c.Redirect(http.StatusSeeOther, "/gl/campaigns/"+d.name)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if s.exportAs(c) != "" {
		s.exportEffects(c, v, within, kinds)
		return
	}
	s.show(c, v, http.StatusOK, "effects", "campaigns", view)
}

func effectsLink(c *gin.Context, after string, page int) string {
	q := c.Request.URL.Query()
	for _, k := range []string{"after", "page", "as"} {
		q.Del(k)
	}
	if after != "" {
		q.Set("after", after)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return c.Request.URL.Path
	}
	return c.Request.URL.Path + "?" + q.Encode()
}

// effect puts one application's line into words.
func (s *server) effect(v *visit, e campaign.Effect, point string) console.Effect {
	d := v.dossier()
	out := console.Effect{ID: e.Application, Point: point, Division: divisionName(d.c, e.Division), OldFee: yuan(e.OldFee), NewFee: yuan(e.NewFee), FeeChanges: e.OldFee != e.NewFee}
	for _, k := range e.Kinds.Names() {
		out.Kinds = append(out.Kinds, "effect."+k)
	}
	for _, code := range e.Codes {
		out.Why = append(out.Why, campaign.FindingInWords(d.c, code, v.lang == console.En))
	}
	return out
}

// yuan writes an amount of fen.
func yuan(fen int64) string {
	if fen == campaign.NoFee {
		return "—"
	}
	return strconv.FormatInt(fen/100, 10) + "." + string([]byte{byte('0' + fen/10%10), byte('0' + fen%10)})
}

func (s *server) exportEffects(c *gin.Context, v *visit, division string, kinds campaign.Kinds) {
	ctx, d := c.Request.Context(), v.dossier()
	heads := s.heads(v, "effects.application", "effects.division", "effects.point", "effects.kinds", "effects.old", "effects.new", "effects.why")
	s.export(c, v, "effects", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			r, err := campaign.Rehearsed(ctx, tx, d.digest)
			if err != nil {
				return err
			}
			points := pointNames{}
			for after := ""; ; {
				some, err := campaign.Effects(ctx, tx, r.ID, division, kinds, after, rowsAtOnce)
				if err != nil || len(some) == 0 {
					return err
				}
				for _, e := range some {
					name, err := points.name(ctx, tx, e.Point)
					if err != nil {
						return err
					}
					x := s.effect(v, e, name)
					if err := row(x.ID, x.Division, x.Point, joinWords(s, v, x.Kinds), x.OldFee, x.NewFee, joined(x.Why)); err != nil {
						return err
					}
					after = e.Application
				}
			}
		})
	})
}
