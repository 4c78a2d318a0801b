package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// maxSticks is how many forms with files of a stick are read at once. Each may
// have some 40 MiB of records under way.
const maxSticks = 2

// stickPatience is how long a form waits for its turn. Its browser shows that it
// is being sent.
const stickPatience = 5 * time.Minute

// stickPart is how a stick is read in (issue 7). Whoever mends boxes brings one,
// or an office. Which box a file is of does not matter for being taken: the inbox
// judges every record, as it does one of the wire, and who holds a stick could as
// well have put it back into its box. What lies outside her remit she is told as
// counts, and nothing else of it.
func (s *server) stickPart() part {
	get, post := http.MethodGet, http.MethodPost
	who := append(officers(), staff.Technician)
	return part{routes: []route{
		{method: get, path: "/gl/sticks", who: who, remit: remitList, right: "sticks", do: s.sticksPage},
		{method: post, path: "/gl/sticks", who: who, remit: remitList, upload: true, stream: true, do: s.bringSticks},
	}}
}

// stickWords is the order in which counts are shown. "detail." + each is its
// phrase, the journal's.
func stickWords() []intake.Word {
	return []intake.Word{intake.WordNew, intake.WordKnown, intake.WordWhole, intake.WordAside, intake.WordAlien, intake.WordTorn, intake.WordEarly, intake.WordLater}
}

// pageSticks is how many files that were read in before a page shows.
const pageSticks = 40

func (s *server) sticksPage(c *gin.Context, v *visit) { s.showSticks(c, v, http.StatusOK, "") }

// showSticks shows the form, and what was brought before of the boxes of her
// remit: the journal's entries are the list.
func (s *server) showSticks(c *gin.Context, v *visit, status int, refusal string) {
	ctx := c.Request.Context()
	before, err := position(c.Query("before"), 0)
	if err != nil {
		s.refuse(c, v, refusalBad)
		return
	}
	view := console.Sticks{Most: intake.MaxStick, Error: refusal}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		q := journal.Query{Before: before, Acts: []journal.Act{journal.StickBrought}, Point: v.remit().point, Limit: pageSticks}
		if division := v.remit().division; org.Above(division) != "" { // the province also answers for boxes that are nobody's
			q.Division = division
		}
		found, err := journal.Search(ctx, tx, q)
		if err != nil {
			return err
		}
		if before > 0 {
			view.Pages.First = link(c, "", 0)
		}
		if found.Next > 0 {
			view.Pages.Next = link(c, strconv.FormatUint(found.Next, 10), 0)
		}
		names, points := map[string]string{}, pointNames{}
		for _, e := range found.Entries {
			row := console.StickBrought{At: e.At, File: e.Detail["file"], Counted: countedIn(e.Detail)}
			if row.By, err = s.author(ctx, tx, v, e.Author, names); err != nil {
				return err
			}
			if s.may(v.session.Account.Role)["journal"] {
				row.Path = "/gl/journal/" + strconv.FormatUint(e.Number, 10)
			}
			b, err := s.boxNamed(ctx, tx, e.Subject.ID)
			if err == nil {
				row.Box, row.Unit = b.ID, int(b.Unit)
				row.Point, err = points.name(ctx, tx, b.Point)
			}
			if err != nil && !errors.Is(err, fleet.ErrNotFound) {
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
	s.showAt(c, v, status, "sticks", "sticks", "/gl/sticks", view)
}

// countedIn gives the counts that an entry of the journal holds.
func countedIn(detail map[string]string) (out []console.StickWord) {
	for _, w := range stickWords() {
		if n, err := strconv.Atoi(detail[string(w)]); err == nil && n > 0 {
			out = append(out, console.StickWord{Key: "detail." + string(w), N: n})
		}
	}
	return out
}

// boxNamed gives a box of this hub, of another hub's enrolling too.
// fleet.ErrNotFound.
func (s *server) boxNamed(ctx context.Context, tx *db.Tx, id string) (fleet.Box, error) {
	if b, known := s.Flow.Fleet.Box(id); known {
		return b, nil
	}
	return fleet.Get(ctx, tx, id)
}

// bringSticks reads the files of a form as they come, and answers with what
// became of every record. Nothing of them is kept but the records that were
// taken, each in a step of its own with its entry: what was taken when the
// connection breaks is here, and bringing the stick again is the way on.
func (s *server) bringSticks(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	if s.Intake == nil {
		s.refuse(c, v, refusalBusy)
		return
	}
	if c.Request.ContentLength > maxStream {
		s.showSticks(c, v, http.StatusRequestEntityTooLarge, "sticks.toolarge")
		return
	}
	if err := v.files.Rest(); err != nil {
		s.fault(c, v, err)
		return
	}
	turn := time.NewTimer(stickPatience)
	defer turn.Stop()
	select {
	case s.sticks <- struct{}{}:
		defer func() { <-s.sticks }()
	case <-turn.C:
		s.refuse(c, v, refusalBusy)
		return
	case <-ctx.Done():
		return
	}
	b := &brought{words: map[intake.Word]int{}, boxes: map[string]*fromBox{}}
	for n := 1; ; n++ {
		file, err := v.files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && n > intake.MaxStickFiles {
			b.note("many", n, intake.MaxStickFiles)
			break
		}
		if err == nil {
			err = s.bringFile(ctx, v, b, n, file)
		}
		if broken := v.files.Broken(); broken != nil {
			s.refuse(c, v, *broken)
			return
		}
		if err != nil {
			s.fault(c, v, err)
			return
		}
	}
	if b.files == 0 {
		phrase := "sticks.nofile"
		if len(b.notes) > 0 {
			phrase = "sticks.nojournal"
		}
		s.showSticks(c, v, http.StatusUnprocessableEntity, phrase)
		return
	}
	s.showBrought(c, v, b)
}

// bringFile takes the n-th file of a form.
func (s *server) bringFile(ctx context.Context, v *visit, b *brought, n int, file io.Reader) error {
	sheet, err := s.Intake.Bring(ctx, file, v.by(), b.take)
	if errors.Is(err, intake.ErrNoStick) {
		b.note("none", n, 0)
		return nil
	}
	if err != nil {
		return err
	}
	b.files++
	switch {
	case sheet.GaveUp:
		b.note("gaveup", n, sheet.Damaged)
	case sheet.Damaged > 0:
		b.note("damaged", n, sheet.Damaged)
	}
	return nil
}

// showBrought answers with what became of what was brought.
func (s *server) showBrought(c *gin.Context, v *visit, b *brought) {
	var view console.StickResult
	err := s.DB.Read(c.Request.Context(), func(tx *db.Tx) (err error) {
		view, err = s.broughtView(c.Request.Context(), tx, v, b)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, http.StatusOK, "sticks", "sticks", "/gl/sticks", console.Sticks{Result: &view})
}
