package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange/parcel"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/scratch"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitParcel: :id is a parcel of data; it lies where the data do.
const remitParcel rule = "parcel"

// exchangePart is the data that leave as tables of an exchange. Who may is said
// by the campaign's table of acts; the roles here are the widest it can say.
func (s *server) exchangePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/exchange", who: officers(), remit: remitList, right: "exchange", do: s.exchange},
		{method: post, path: "/gl/exchange", who: officers(), remit: remitList, do: s.askParcel},
		{method: get, path: "/gl/exchange/:id", who: officers(), remit: remitParcel, do: s.parcel},
		{method: post, path: "/gl/exchange/:id/agree", who: officers(), remit: remitParcel, do: s.agreeParcel},
		{method: post, path: "/gl/exchange/:id/refuse", who: officers(), remit: remitParcel, do: s.refuseParcel},
		{method: post, path: "/gl/exchange/:id/fetch", who: officers(), remit: remitParcel, do: s.fetchParcel},
	}, finders: map[rule]finder{remitParcel: findParcel}}
}

func findParcel(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	p, err := parcel.Get(ctx, tx, id)
	if errors.Is(err, parcel.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = p
	return where{p.Division, p.Point}, err
}

// parcelRows is how many parcels a page of the list shows.
const parcelRows = 25

// offered reports whether the hub knows what a table asks for: results and
// admissions are not here yet.
func offered(e rules.Exchange) bool {
	for _, c := range e.Columns {
		if strings.HasPrefix(c.From, "score.") || strings.HasPrefix(c.From, "admission.") {
			return false
		}
	}
	return true
}

func (s *server) exchange(c *gin.Context, v *visit) {
	if done := "exchange.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	if s.exportAs(c) != "" {
		s.exportParcels(c, v)
		return
	}
	s.showExchange(c, v, http.StatusOK, console.Exchange{})
}

// showExchange draws the page; view says what was typed and refused already.
func (s *server) showExchange(c *gin.Context, v *visit, status int, view console.Exchange) {
	ctx, r := c.Request.Context(), v.remit()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		may := permitted(camp, actExport, v.session.Account.Role)
		view.Two, view.May = may.persons > 1, may.known && may.high
		if !view.May {
			view.Why = may.refusal()
		}
		for _, e := range camp.Exchanges {
			name := e.Zh
			if v.lang == console.En && e.En != "" {
				name = e.En
			}
			view.Kinds = append(view.Kinds, console.ExchangeKind{Key: e.Key, Name: name, Columns: len(e.Columns), Charset: strings.ToUpper(e.Charset), Offered: offered(e)})
		}
		list, err := parcel.List(ctx, tx, r.division, r.point, 0, parcelRows)
		if err != nil {
			return err
		}
		view.Rows, err = s.parcels(ctx, tx, v, camp, list)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "exchange", "exchange", view)
}

func (s *server) parcels(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, list []parcel.Parcel) ([]console.Parcel, error) {
	names, places := map[string]string{}, map[string]string{}
	out := make([]console.Parcel, 0, len(list))
	for _, p := range list {
		x := console.Parcel{ID: p.ID, At: ms(p.AskedAt), Ends: ms(p.EndsAt), Reason: p.Reason, Mark: p.Mark, State: parcelState(p.State), Kind: p.Exchange,
			Total: p.Total, Done: p.Done, Beside: p.Beside, Size: p.Size, Mine: p.AskedBy == v.session.Account.ID}
		if e, ok := camp.Exchange(p.Exchange); ok {
			x.Kind = e.Zh
			if v.lang == console.En && e.En != "" {
				x.Kind = e.En
			}
		}
		if p.Fault != "" {
			x.Fault = "parcel.fault." + p.Fault
		}
		var err error
		if places[p.Division] == "" {
			if places[p.Division], err = org.DivisionName(ctx, tx, p.Division); err != nil {
				return nil, err
			}
		}
		x.Place = places[p.Division]
		if x.By, err = s.author(ctx, tx, v, journal.Author{Kind: journal.ByStaff, ID: p.AskedBy}, names); err != nil {
			return nil, err
		}
		if p.AgreedBy != "" {
			if x.Second, err = s.author(ctx, tx, v, journal.Author{Kind: journal.ByStaff, ID: p.AgreedBy}, names); err != nil {
				return nil, err
			}
		}
		out = append(out, x)
	}
	return out, nil
}

func parcelState(s parcel.State) console.State {
	out := console.State{Class: "open", Icon: "clock", Key: "parcel." + string(s)}
	switch s {
	case parcel.Waiting, parcel.Queued, parcel.Packing:
		out.Class = "wait"
	case parcel.Ready, parcel.Fetched:
		out.Class, out.Icon = "done", "check"
	case parcel.Failed:
		out.Class, out.Icon = "must", "alert"
	}
	return out
}

// askParcel asks for the data of her remit by one exchange, for a reason.
func (s *server) askParcel(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	why, ok := reason(c)
	view := console.Exchange{Typed: c.PostForm("reason"), Kind: c.PostForm("kind")}
	if !ok {
		view.Error = "act.needreason"
		s.showExchange(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	p := parcel.Parcel{ID: parcel.NewID(), Division: r.division, Point: r.point, Exchange: view.Kind, Reason: why, Mark: reference(), State: parcel.Queued}
	var may permission
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if e, ok := camp.Exchange(p.Exchange); !ok || !offered(e) {
			return errNoKind
		}
		if may = permitted(camp, actExport, v.session.Account.Role); !may.known || !may.high {
			return errNotPermitted
		}
		if p.Campaign = camp.ID; may.persons > 1 {
			p.State = parcel.Waiting
		}
		return s.Flow.AskParcel(ctx, tx, p, v.by())
	})
	switch {
	case errors.Is(err, errNotPermitted), missing(err):
		s.showExchange(c, v, http.StatusForbidden, view)
	case errors.Is(err, errNoKind):
		view.Error = "exchange.needkind"
		s.showExchange(c, v, http.StatusUnprocessableEntity, view)
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/gl/exchange/"+p.ID+"?done=asked")
	}
}

var (
	errNotPermitted = errors.New("web: the table of acts does not let this role")
	errNoKind       = errors.New("web: no such exchange")
)

func (s *server) parcel(c *gin.Context, v *visit) {
	if done := "exchange.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showParcel(c, v, http.StatusOK)
}

func (s *server) showParcel(c *gin.Context, v *visit, status int) {
	ctx, p := c.Request.Context(), v.subject.(parcel.Parcel)
	var view console.Parcel
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, p.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		now, err := parcel.Get(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		list, err := s.parcels(ctx, tx, v, camp, []parcel.Parcel{now})
		if err != nil {
			return err
		}
		view = list[0]
		may := permitted(camp, actExport, v.session.Account.Role)
		high := may.known && may.high
		view.MayAgree = now.State == parcel.Waiting && high && !view.Mine
		view.MayRefuse = now.State == parcel.Waiting && (high || view.Mine)
		view.MayFetch = now.State == parcel.Ready && view.Mine
		view.Moving = now.State == parcel.Queued || now.State == parcel.Packing
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "parcel", "exchange", view)
}

// stepParcel takes one step with a parcel and comes back to its page.
func (s *server) stepParcel(c *gin.Context, v *visit, done string, step func(context.Context, *db.Tx, parcel.Parcel) error) {
	ctx, p := c.Request.Context(), v.subject.(parcel.Parcel)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if p.State != parcel.Waiting {
			return parcel.ErrState
		}
		camp, err := s.campaigns.current(ctx, tx, p.Campaign)
		if err != nil {
			return err
		}
		may := permitted(camp, actExport, v.session.Account.Role)
		if (!may.known || !may.high) && (done == "agreed" || p.AskedBy != v.session.Account.ID) {
			return errNotPermitted
		}
		return step(ctx, tx, p)
	})
	if err == nil {
		c.Redirect(http.StatusSeeOther, "/gl/exchange/"+p.ID+"?done="+done)
		return
	}
	s.parcelRefused(c, v, s.Flow.Refused(ctx, s.DB, err))
}

// parcelRefused shows why a step was not taken.
func (s *server) parcelRefused(c *gin.Context, v *visit, err error) {
	status, key := http.StatusConflict, ""
	switch {
	case errors.Is(err, parcel.ErrState):
		key = "parcel.refused.state"
	case errors.Is(err, flow.ErrSamePerson):
		status, key = http.StatusForbidden, "parcel.refused.same"
	case errors.Is(err, flow.ErrDependent):
		key = "permit.dependent"
	case errors.Is(err, errNotPermitted):
		status, key = http.StatusForbidden, "permit.tier"
	default:
		s.fault(c, v, err)
		return
	}
	v.notice = &console.Notice{Class: "must", Key: key}
	s.showParcel(c, v, status)
}

func (s *server) agreeParcel(c *gin.Context, v *visit) {
	s.stepParcel(c, v, "agreed", func(ctx context.Context, tx *db.Tx, p parcel.Parcel) error {
		return s.Flow.AgreeParcel(ctx, tx, p, v.by())
	})
}

func (s *server) refuseParcel(c *gin.Context, v *visit) {
	why, ok := reason(c)
	if !ok {
		v.notice = &console.Notice{Class: "must", Key: "act.needreason"}
		s.showParcel(c, v, http.StatusUnprocessableEntity)
		return
	}
	s.stepParcel(c, v, "refused", func(ctx context.Context, tx *db.Tx, p parcel.Parcel) error {
		return s.Flow.RefuseParcel(ctx, tx, p, why, v.by())
	})
}

// fetchParcel sends a parcel to who asked for it, once. It is read whole before
// it is done away with, and that is journalled before its first byte leaves.
func (s *server) fetchParcel(c *gin.Context, v *visit) {
	ctx, p := c.Request.Context(), v.subject.(parcel.Parcel)
	switch {
	case p.State != parcel.Ready:
		s.parcelRefused(c, v, parcel.ErrState)
		return
	case p.AskedBy != v.session.Account.ID:
		s.parcelRefused(c, v, flow.ErrSamePerson)
		return
	}
	var file scratch.File
	defer s.close(&file)
	err := parcel.Read(ctx, s.DB, s.Keys, p, &file)
	if err == nil {
		err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.FetchParcel(ctx, tx, p, v.by()) })
	}
	if err != nil {
		s.parcelRefused(c, v, err)
		return
	}
	s.sendScratch(c, v, &file, fmt.Sprintf(`attachment; filename="%s"`, url.PathEscape(p.File)), "application/zip")
}

// exportParcels writes what was asked for in her remit as a file.
func (s *server) exportParcels(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	heads := s.heads(v, "exchange.at", "exchange.what", "exchange.place", "exchange.by", "exchange.second", "exchange.reason", "list.state", "export.rows", "detail.mark")
	s.export(c, v, "exchange", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			camp, err := s.campaigns.current(ctx, tx, s.Campaign)
			if err != nil && !missing(err) {
				return err
			}
			list, err := parcel.List(ctx, tx, r.division, r.point, 0, 1<<20)
			if err != nil {
				return err
			}
			rows, err := s.parcels(ctx, tx, v, camp, list)
			if err != nil {
				return err
			}
			for _, p := range rows {
				if err := row(p.At, p.Kind, p.Place, p.By, p.Second, p.Reason, s.pages.Text(v.lang, p.State.Key), p.Total, p.Mark); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// countParcels counts what waits for her word, where the table lets her say it,
// and what is ready for her to fetch.
func (s *server) countParcels(ctx context.Context, tx *db.Tx, v *visit, campaign string) (int, error) {
	agree, fetch, err := parcel.Waits(ctx, tx, v.remit().division, v.remit().point, v.session.Account.ID, s.Flow.Now().UnixMilli())
	if err != nil || agree == 0 {
		return fetch, err
	}
	camp, err := s.campaigns.current(ctx, tx, campaign)
	if missing(err) {
		return fetch, nil
	}
	if may := permitted(camp, actExport, v.session.Account.Role); err != nil || !may.known || !may.high {
		return fetch, err
	}
	return fetch + agree, nil
}
