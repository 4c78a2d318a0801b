package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange/sheet"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/scratch"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/window"
)

// maxExports bounds the lists that are written at one time. Each holds a
// snapshot of the database open while it is read.
const maxExports = 3

// exportAs is the kind of file that is asked for instead of the page, from ?as=:
// "" for none, "xlsx" or "csv". Anything else is the page.
func (s *server) exportAs(c *gin.Context) string {
	if as := c.Query("as"); slices.Contains([]string{sheet.KindXLSX, sheet.KindCSV}, as) {
		return as
	}
	return ""
}

// export answers a request for a list with the whole of it as a file. each
// calls row for every row, of as many cells as heads: string (a text, which
// stays one), int, int64, uint64, float64, bool, time.Time or nil; it asks only
// for what lies in v.remit(), as the page does. list is the word of the list:
// the phrase export.{list} is its title, or menu.{list}.
//
// The file is whole before its first byte is sent: then what failed is a page
// that says so and not half a list, a slow reader holds no snapshot, and the
// journal says how many rows went out before they do (S31). Who took it and
// when stands below the rows (S35).
func (s *server) export(c *gin.Context, v *visit, list string, heads []string, each func(row func(cells ...any) error) error) {
	ctx, kind := c.Request.Context(), s.exportAs(c)
	select {
	case s.exports <- struct{}{}:
		defer func() { <-s.exports }()
	case <-ctx.Done():
		c.Abort()
		return
	}
	at := s.Flow.Now()
	who, err := s.watermark(ctx, v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	title := "export." + list
	if !s.pages.Has(title) {
		title = "menu." + list
	}
	about := sheet.About{Title: s.pages.Text(v.lang, title), Author: who, At: at}
	var file scratch.File
	defer s.close(&file)
	rows := 0
	mark := reference()
	err = func() error {
		w, err := sheet.New(kind, &file, about, heads)
		if err != nil {
			return err
		}
		err = each(func(cells ...any) error {
			if rows++; rows&1023 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return w.Row(cells...)
		})
		if err != nil {
			return err
		}
		return w.Close(s.pages.Text(v.lang, "export.mark", who, console.Full(at), rows, mark))
	}()
	if err != nil {
		s.fault(c, v, fmt.Errorf("web: export of %s: %w", list, err))
		return
	}
	r := v.remit()
	taken := flow.ListExport{List: list, Format: kind, Rows: rows, Mark: mark, Division: r.division, Point: r.point}
	if err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.ExportList(ctx, tx, taken, v.by()) }); err != nil {
		s.fault(c, v, err)
		return
	}
	stamp := at.In(window.Zone()).Format("20060102-1504")
	s.sendScratch(c, v, &file, fmt.Sprintf(`attachment; filename="%s-%s.%s"; filename*=UTF-8''%s-%s.%s`, list, stamp, kind, url.PathEscape(about.Title), stamp, kind), sheet.MediaType(kind))
}

// watermark says who takes a file: name, office and remit.
func (s *server) watermark(ctx context.Context, v *visit) (who string, err error) {
	a := v.session.Account
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		office, err := org.GetOffice(ctx, tx, a.Office)
		if err != nil && !missing(err) {
			return err
		}
		remit, err := org.DivisionName(ctx, tx, a.Division)
		if err != nil {
			return err
		}
		if a.Point != "" {
			if remit, err = (pointNames{}).name(ctx, tx, a.Point); err != nil {
				return err
			}
		}
		who = s.pages.Text(v.lang, "export.who", a.Display, a.Name, office.Name, remit)
		return nil
	})
	return who, err
}
