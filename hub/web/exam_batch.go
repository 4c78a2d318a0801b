package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/scratch"
	"zhunkao/hub/seating"
	"zhunkao/hub/web/console"
)

func (s *server) batch(c *gin.Context, v *visit) { s.showBatch(c, v, http.StatusOK, "") }

func (s *server) showBatch(c *gin.Context, v *visit, status int, wrong string) {
	ctx, b := c.Request.Context(), v.subject.(exampapers.Batch)
	var view console.ExamBatch
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		now, err := exampapers.Get(ctx, tx, b.ID)
		if err != nil {
			return err
		}
		list, err := s.examBatches(ctx, tx, v, []exampapers.Batch{now})
		if err != nil {
			return err
		}
		view = list[0]
		version, err := seating.Get(ctx, tx, b.Version)
		if err != nil {
			return err
		}
		if view.Version = strconv.Itoa(version.Number); wrong != view.Fault { // said once
			view.Error = wrong
		}
		if view.MayFetch || view.Moving {
			added, err := seating.AddedRooms(ctx, tx, b.Version)
			if err != nil {
				return err
			}
			view.Late = roomList(now.Late(added))
		}
		sections, err := exampapers.Sections(ctx, tx, b.ID)
		if err != nil {
			return err
		}
		s.examParts(v, sections, &view)
		return s.examPrints(ctx, tx, v, sections, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "exambatch", "exampapers", view)
}

// examParts counts what was made, by kind of paper.
func (s *server) examParts(v *visit, sections []exampapers.Section, view *console.ExamBatch) {
	for _, x := range sections {
		last := len(view.Parts) - 1
		if last < 0 || view.Parts[last].Key != x.Paper {
			name := s.pages.Text(v.lang, "exam.cover")
			if k, ok := exampapers.KindOf(x.Paper); ok {
				name = s.paperName(v, k)
			}
			view.Parts = append(view.Parts, console.ExamPart{Key: x.Paper, Name: name})
			last++
		}
		view.Parts[last].Things += x.Things
		view.Parts[last].Pages += x.Pages
		view.Sum.Things += x.Things
		view.Sum.Pages += x.Pages
	}
}

// fetchBatch sends the file of a batch, unless its arrangement or its rooms have been
// replaced. It is bound together whole, and that it leaves is journalled before its first
// byte does.
func (s *server) fetchBatch(c *gin.Context, v *visit) {
	ctx, b := c.Request.Context(), v.subject.(exampapers.Batch)
	var file scratch.File
	defer s.close(&file)
	err := s.DB.Read(ctx, func(tx *db.Tx) error { return exampapers.MayFetch(ctx, tx, b.ID) })
	if err == nil {
		err = exampapers.Write(ctx, s.DB, s.Keys, b, &file)
	}
	if err == nil {
		err = s.DB.Write(ctx, func(tx *db.Tx) error { // binding takes its time: it may be void by now
			if err := exampapers.MayFetch(ctx, tx, b.ID); err != nil {
				return err
			}
			return s.Flow.FetchBatch(ctx, tx, b, v.by())
		})
	}
	if errors.Is(err, exampapers.ErrVoid) {
		s.showBatch(c, v, http.StatusConflict, "exam.error.void")
		return
	}
	if errors.Is(err, exampapers.ErrState) {
		s.showBatch(c, v, http.StatusConflict, "exam.error.gone")
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendScratch(c, v, &file, fmt.Sprintf(`attachment; filename="papers-%s.pdf"`, strings.ToLower(b.Name())), "application/pdf")
}

// examDesk assembles the papers of sites.
func (s *server) examDesk() *exampapers.Desk {
	return &exampapers.Desk{Tickets: s.tickets, Demo: s.DB.Demo()}
}
