package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/hub/flow"
	"zhunkao/hub/results"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// remitResults: :id is a table of results; the province's.
const remitResults rule = "results"

// resultsPart is marks and admissions (A6, A53): brought, shown, applied and undone by
// two, and the register forms of the admitted. The province's alone.
func (s *server) resultsPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/results", who: province(), remit: remitNone, right: "results", do: s.results},
		{method: post, path: "/gl/results", who: province(), remit: remitNone, upload: true, stream: true, do: s.bringResults},
		{method: get, path: "/gl/results/:id", who: province(), remit: remitResults, do: s.resultsImport},
		{method: post, path: "/gl/results/:id/apply", who: province(), remit: remitResults, do: s.applyResults},
		{method: post, path: "/gl/results/:id/undo", who: province(), remit: remitResults, do: s.undoResults},
		{method: post, path: "/gl/results/:id/drop", who: province(), remit: remitResults, do: s.dropResults},
		{method: get, path: "/gl/registers", who: province(), remit: remitNone, right: "registers", do: s.registers},
		{method: post, path: "/gl/registers/:code", who: province(), remit: remitNone, do: s.printRegisters},
	}, finders: map[rule]finder{remitResults: findResults}}
}

func findResults(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	i, err := results.Get(ctx, tx, id)
	if errors.Is(err, results.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = i
	return where{v.remit().division, v.remit().point}, err
}

// ofResults is what an act of two is about.
const ofResults = "results/"

// mostResults is how many tables the page lists.
const mostResults = 50

func (s *server) results(c *gin.Context, v *visit) {
	if kind := results.Kind(c.Query("blank")); slices.Contains(results.Kinds(), kind) && s.exportAs(c) != "" {
		s.blankResults(c, v, kind)
		return
	}
	s.showResults(c, v, http.StatusOK, "", "")
}

func (s *server) showResults(c *gin.Context, v *visit, status int, kind, wrong string) {
	ctx := c.Request.Context()
	view := console.Results{Kind: kind, Error: wrong}
	for _, k := range results.Kinds() {
		view.Kinds = append(view.Kinds, console.Option{Value: string(k), Text: "results.kind." + string(k)})
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if may := permitted(camp, flow.ActImportResults, v.session.Account.Role); !may.known || !may.high {
			view.Refuse = may.refusal()
		}
		all, err := results.List(ctx, tx, camp.ID, mostResults)
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, i := range all {
			row := resultsRow(i)
			if row.By, err = s.author(ctx, tx, v, staffAuthor(i.ShownBy), names); err != nil {
				return err
			}
			view.Rows = append(view.Rows, row)
		}
		return nil
	})
	switch {
	case err != nil && missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "results", "results", view)
	}
}

func resultsRow(i results.Import) console.ResultsRow {
	out := console.ResultsRow{ID: i.ID, Kind: "results.kind." + string(i.Kind), State: resultsState(i), Shown: ms(i.ShownAt), Rows: i.Rows, Fresh: i.Fresh, Changed: i.Changed, Same: i.Same, Refused: i.Refused}
	if i.State == results.Applied {
		out.Open = ms(i.OpenAt)
	}
	return out
}

func resultsState(i results.Import) console.State {
	switch {
	case i.State == results.Applied:
		return console.State{Class: "done", Icon: "check", Key: "results.state.applied"}
	case i.State == results.Undone:
		return console.State{Class: "must", Icon: "back", Key: "results.state.undone"}
	case i.State == results.Dropped:
		return console.State{Class: "open", Icon: "cross", Key: "results.state.dropped"}
	case i.Fresh+i.Changed == 0:
		return console.State{Class: "open", Icon: "clock", Key: "results.state.nothing"}
	}
	return console.State{Class: "wait", Icon: "clock", Key: "results.state.shown"}
}

// bringResults reads a table and judges every row; nothing counts by it. It is read
// whole into memory, at most exchange.MaxTable, and judged one at a time.
func (s *server) bringResults(c *gin.Context, v *visit) {
	ctx, kind := c.Request.Context(), results.Kind(v.files.Field("kind"))
	raw, err := s.brought(c, v)
	wrong := ""
	switch {
	case errors.Is(err, errBroken):
		s.refuse(c, v, *v.files.Broken())
		return
	case errors.Is(err, exchange.ErrLarge):
		wrong = "results.error.large"
	case err != nil:
		s.fault(c, v, err)
		return
	case !slices.Contains(results.Kinds(), kind):
		wrong = "results.error.kind"
	case len(raw) == 0:
		wrong = "results.error.file"
	}
	if wrong != "" {
		s.showResults(c, v, http.StatusUnprocessableEntity, string(kind), wrong)
		return
	}
	select {
	case s.tables <- struct{}{}:
		defer func() { <-s.tables }()
	case <-ctx.Done():
		return
	}
	var out results.Import
	err = func() error {
		var camp rules.Campaign
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { camp, err = s.campaigns.current(ctx, tx, s.Campaign); return err }); err != nil {
			return err
		}
		if may := permitted(camp, flow.ActOfResults(kind), v.session.Account.Role); !may.known || !may.high {
			return errNotPermitted
		}
		out, err = results.Show(ctx, s.DB, results.Showing{Campaign: camp, Kind: kind, File: bytes.NewReader(raw), Size: int64(len(raw)), By: v.by().Author.ID, At: s.Flow.Now().UnixMilli(), Find: s.Flow.ResultPeople(camp),
			Journal: func(ctx context.Context, tx *db.Tx, i results.Import) error {
				return s.Flow.ShowResults(ctx, tx, i, v.by())
			}})
		return err
	}()
	var bad *dbf.Fault
	status := http.StatusUnprocessableEntity
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/results/"+out.ID)
		return
	case errors.Is(err, errNotPermitted):
		status, wrong = http.StatusForbidden, "permit.tier"
	case errors.Is(err, exchange.ErrLarge):
		wrong = "results.error.large"
	case errors.Is(err, exchange.ErrNoHeader):
		wrong = "results.error.header"
	case errors.Is(err, exchange.ErrSheet), errors.As(err, &bad):
		wrong = "results.error.sheet"
	default:
		s.fault(c, v, err)
		return
	}
	s.showResults(c, v, status, string(kind), wrong)
}

// errBroken says that a form could not be read to its end.
var errBroken = errors.New("web: the form broke off")

// brought reads the one file of a form that streams. exchange.ErrLarge, errBroken.
func (s *server) brought(c *gin.Context, v *visit) ([]byte, error) {
	if c.Request.ContentLength > exchange.MaxTable+1<<20 {
		return nil, exchange.ErrLarge
	}
	if err := v.files.Rest(); err != nil {
		return nil, err
	}
	file, err := v.files.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	var raw []byte
	if err == nil {
		raw, err = io.ReadAll(io.LimitReader(file, exchange.MaxTable+1))
	}
	switch {
	case v.files.Broken() != nil:
		return nil, errBroken
	case err != nil:
		return nil, err
	case len(raw) > exchange.MaxTable:
		return nil, exchange.ErrLarge
	}
	return raw, nil
}

// secondResults is an act on a table as another person agrees to it: with the moment
// from which candidates see it.
func secondResults(i results.Import, act, terms string) countersign.Act {
	return countersign.Act{Act: act, Subject: ofResults + i.ID, Terms: terms, Campaign: i.Campaign}
}

// The terms of such acts.
const (
	termsResultsApply = "apply"
	termsResultsUndo  = "undo"
)

// openAt reads from when candidates see it: 0 is at once.
func openAt(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	at, err := time.ParseInLocation(formTime, text, window.Zone())
	return at.UnixMilli(), err
}

func (s *server) applyResults(c *gin.Context, v *visit) {
	i, typed := v.subject.(results.Import), strings.TrimSpace(c.PostForm("open"))
	open, err := openAt(typed)
	if err != nil {
		s.showResultsImport(c, v, http.StatusUnprocessableEntity, "results.error.open")
		return
	}
	s.resultsByTwo(c, v, strings.TrimSpace(termsResultsApply+" "+typed), "applied", func(ctx context.Context, tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, i.Campaign)
		if err == nil && s.Flow.Now().Before(flow.ExamEnds(camp)) {
			err = flow.ErrNotSat
		}
		if err != nil {
			return err
		}
		return results.CanApply(ctx, tx, i)
	},
		func(ctx context.Context, tx *db.Tx, why, second string) error {
			_, err := s.Flow.ApplyResults(ctx, tx, i.ID, open, why, v.by(), second)
			return err
		})
}

func (s *server) undoResults(c *gin.Context, v *visit) {
	i := v.subject.(results.Import)
	s.resultsByTwo(c, v, termsResultsUndo, "undone", func(context.Context, *db.Tx) error {
		if i.State != results.Applied {
			return results.ErrState
		}
		return nil
	}, func(ctx context.Context, tx *db.Tx, why, second string) error {
		_, err := s.Flow.UndoResults(ctx, tx, i.ID, why, v.by(), second)
		return err
	})
}

func (s *server) resultsByTwo(c *gin.Context, v *visit, terms, done string, can func(ctx context.Context, tx *db.Tx) error, do func(ctx context.Context, tx *db.Tx, why, second string) error) {
	i := v.subject.(results.Import)
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		camp, err := s.campaigns.current(ctx, tx, i.Campaign)
		if err != nil {
			return asking{}, err
		}
		act := flow.ActOfResults(i.Kind)
		of := secondResults(i, act, terms)
		of.Division = camp.Province
		return asking{may: permitted(camp, act, v.session.Account.Role), of: of, why: given(c)}, can(ctx, tx)
	}, do)
	status, wrong := s.answerTwo(c, v, resultsPath(i, done), out, err,
		notSo{flow.ErrNotSat, http.StatusConflict, "results.error.early"}, notSo{results.ErrStale, http.StatusConflict, "results.error.stale"}, notSo{results.ErrState, http.StatusConflict, "results.error.state"}, notSo{flow.ErrReason, http.StatusUnprocessableEntity, "results.reason"})
	if status != 0 {
		s.showResultsImport(c, v, status, wrong)
	}
}

// resultsPath is the page of a table, with what was done.
func resultsPath(i results.Import, done string) string {
	return "/gl/results/" + i.ID + "?done=" + done
}

func (s *server) dropResults(c *gin.Context, v *visit) {
	ctx, i := c.Request.Context(), v.subject.(results.Import)
	err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.DropResults(ctx, tx, i.ID, v.by()) })
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, resultsPath(i, "dropped"))
	case errors.Is(err, results.ErrState):
		s.showResultsImport(c, v, http.StatusConflict, "results.error.state")
	default:
		s.fault(c, v, err)
	}
}
