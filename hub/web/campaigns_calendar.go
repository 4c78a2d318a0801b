package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/exchange"
	"zhunkao/hub/exchange/dbf"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// present gives the campaign in force and its digest. campaign.ErrNotFound
// before any is.
func (s *server) present(ctx context.Context) (c rules.Campaign, digest string, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if c, err = s.campaigns.current(ctx, tx, s.Campaign); err != nil {
			return err
		}
		v, err := campaign.Latest(ctx, tx, c.ID)
		digest = hexOf(v.Digest)
		return err
	})
	return c, digest, err
}

func (s *server) windowsPage(c *gin.Context, v *visit) {
	s.showWindows(c, v, http.StatusOK, console.WindowForm{Length: "half-day", Groups: "2"}, nil)
}

func (s *server) showWindows(c *gin.Context, v *visit, status int, form console.WindowForm, refused *console.Refused) {
	now, digest, err := s.present(c.Request.Context())
	if missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	view := console.Windows{Calendar: s.calendar(v, now, true), Form: form, Refused: refused, Version: now.Version, ID: digest}
	if s.exportAs(c) != "" {
		s.exportWindows(c, v, view.Calendar)
		return
	}
	for _, a := range campaign.WindowActs() {
		view.Acts = append(view.Acts, console.Option{Value: a, Text: s.pages.Text(v.lang, "window.act."+a)})
	}
	s.show(c, v, status, "windows", "campaigns", view)
}

func (s *server) exportWindows(c *gin.Context, v *visit, cal console.Calendar) {
	heads := s.heads(v, "window.id", "window.whom", "window.from", "window.to", "window.hours", "window.pauses", "window.revision", "list.state", "window.why")
	s.export(c, v, "windows", heads, func(row func(...any) error) error {
		for _, w := range cal.Rows {
			if err := row(w.ID, w.Whom, w.From, w.To, w.Hours, strings.Join(w.Pauses, "; "), int64(w.Revision), s.pages.Text(v.lang, w.State.Key), w.Why); err != nil {
				return err
			}
		}
		return nil
	})
}

// moveWindows makes the next version of the campaign with windows revised, as a
// draft with the reason; it comes into force like any other.
func (s *server) moveWindows(c *gin.Context, v *visit) {
	form := console.WindowForm{Act: c.PostForm("act"), Chosen: map[string]bool{}, FromDay: c.PostForm("from-day"), From: c.PostForm("from"),
		ToDay: c.PostForm("to-day"), To: c.PostForm("to"), Length: c.PostForm("length"), Groups: c.PostForm("groups")}
	ids := c.PostFormArray("window")
	for _, id := range ids {
		form.Chosen[id] = true
	}
	why, ok := reason(c)
	form.Reason = why
	refuse := func(key string, note ...string) {
		s.showWindows(c, v, http.StatusUnprocessableEntity, form, &console.Refused{Key: key, Note: strings.Join(note, "")})
	}
	if !ok {
		refuse("act.needreason")
		return
	}
	r := campaign.Revision{Act: form.Act, Days: form.Length == "day", Why: why, Now: s.Flow.Now()}
	var err error
	if r.From, err = formMoment(form.FromDay, form.From); err == nil {
		r.To, err = formMoment(form.ToDay, form.To)
	}
	if err != nil {
		refuse("window.refused.moment")
		return
	}
	r.Groups, _ = strconv.Atoi(form.Groups) // what is no number is refused as none
	now, _, err := s.present(c.Request.Context())
	if err != nil {
		s.fault(c, v, err)
		return
	}
	known := map[string]bool{}
	for _, w := range campaign.Calendar(now) {
		known[w.ID] = true
	}
	if len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return !known[id] }) { // ids only: a pattern is for the machine's own door
		refuse("window.refused.none")
		return
	}
	r.Windows = ids
	next, err := campaign.Revise(now, r)
	var refused campaign.WindowRefusedError
	switch {
	case errors.As(err, &refused):
		s.showWindows(c, v, http.StatusUnprocessableEntity, form, &console.Refused{Key: "window.refused",
			Lines: []console.RefusedLine{{Place: refused.Window, Text: [...]string{refused.Zh, refused.En}[lang(v)]}}})
		return
	case errors.Is(err, campaign.ErrGroups):
		refuse("window.refused.groups")
		return
	case errors.Is(err, campaign.ErrAct):
		refuse("window.refused.act")
		return
	case errors.Is(err, campaign.ErrNoWindow):
		refuse("window.refused.none")
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	s.storeNext(c, v, next, func(why *console.Refused, status int) { s.showWindows(c, v, status, form, why) })
}

// formMoment reads a day and a time of day of a form; both empty is no time, a day
// alone its beginning, 24:00 its end.
func formMoment(day, clock string) (time.Time, error) {
	if day == "" && clock == "" {
		return time.Time{}, nil
	}
	if clock == "" {
		return campaign.ParseMoment(day)
	}
	return campaign.ParseMoment(day + "T" + clock)
}

// storeNext makes a draft of a campaign that was just made from the one in
// force. Its version is above every draft's, so that two may stand side by side.
func (s *server) storeNext(c *gin.Context, v *visit, next rules.Campaign, refused func(*console.Refused, int)) {
	raw, err := rules.Encode(next)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.store(c, v, raw, refused)
}

func (s *server) cataloguePage(c *gin.Context, v *visit) {
	s.showCatalogue(c, v, http.StatusOK, "", nil)
}

func (s *server) showCatalogue(c *gin.Context, v *visit, status int, why string, refused *console.Refused) {
	now, _, err := s.present(c.Request.Context())
	if missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "catalogue", "campaigns", console.Catalogue{Version: now.Version, Programmes: len(now.Catalogue), Reason: why, Refused: refused})
}

// readCatalogue makes the next version with a catalogue that was sent as a
// workbook or DBF table, as a draft. It is all or nothing.
func (s *server) readCatalogue(c *gin.Context, v *visit) {
	refuse := func(r *console.Refused, status int) { s.showCatalogue(c, v, status, "", r) }
	head, err := c.FormFile("catalogue")
	if err != nil {
		refuse(&console.Refused{Key: "upload.none"}, http.StatusUnprocessableEntity)
		return
	}
	now, _, err := s.present(c.Request.Context())
	if err != nil {
		s.fault(c, v, err)
		return
	}
	f, err := head.Open()
	if err != nil {
		s.fault(c, v, err)
		return
	}
	read, err := exchange.ParseCatalogue(f, head.Size, now)
	if e := f.Close(); e != nil && err == nil {
		err = e
	}
	if why := s.refusedCatalogue(v, err); why != nil {
		refuse(why, http.StatusUnprocessableEntity)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if exchange.CompareCatalogues(now.Catalogue, read.Programmes).Empty() {
		refuse(&console.Refused{Key: "catalogue.same"}, http.StatusUnprocessableEntity)
		return
	}
	next := now
	next.Version++
	next.Catalogue = read.Programmes
	s.storeNext(c, v, next, refuse)
}

// refusedCatalogue says why a catalogue is not taken, by sheet, row and column;
// nil for none and for what is a fault of ours.
func (s *server) refusedCatalogue(v *visit, err error) *console.Refused {
	var refused exchange.RefusedError
	var broken *dbf.Fault
	switch {
	case errors.As(err, &refused):
		out := &console.Refused{Key: "catalogue.refused"}
		for i, r := range refused.Refusals {
			if i == maxProblems {
				out.More = len(refused.Refusals) - maxProblems
				break
			}
			place := s.pages.Text(v.lang, "catalogue.row", r.Row)
			for _, more := range []string{r.Sheet, strings.Join(strings.Fields(r.Column), " ")} {
				if more != "" {
					place += "　" + plain(more)
				}
			}
			out.Lines = append(out.Lines, console.RefusedLine{Place: place, Text: plain([...]string{r.Zh, r.En}[lang(v)])})
		}
		return out
	case errors.As(err, &broken):
		return &console.Refused{Key: "catalogue.unread", Note: plain(broken.Text(lang(v) == 0))}
	case errors.Is(err, exchange.ErrSheet):
		return &console.Refused{Key: "catalogue.unread", Note: plain(fmt.Sprint(err))}
	}
	return nil
}
