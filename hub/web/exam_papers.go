package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/flow"
	"zhunkao/hub/printroom"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/sheet"
)

// What :id is on these pages.
const (
	remitSitePapers rule = "site-papers" // a site
	remitBatch      rule = "batch"       // papers that are printed together
)

// examPaperPart is the papers of sites (考务用表; demands A25, A51): a county looks at a
// sample, asks for a site's papers, follows them and fetches or prints them.
func (s *server) examPaperPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/papers", who: officers(), remit: remitList, right: "exampapers", do: s.examPapers},
		{method: get, path: "/gl/sitepapers/:id", who: officers(), remit: remitSitePapers, do: s.sitePapers},
		{method: post, path: "/gl/sitepapers/:id", who: officers(), remit: remitSitePapers, do: s.askBatch},
		{method: post, path: "/gl/sitepapers/:id/sample", who: officers(), remit: remitSitePapers, do: s.samplePaper},
		{method: get, path: "/gl/batches/:id", who: officers(), remit: remitBatch, do: s.batch},
		{method: post, path: "/gl/batches/:id/fetch", who: officers(), remit: remitBatch, do: s.fetchBatch},
	}, finders: map[rule]finder{remitSitePapers: s.findSitePapers, remitBatch: findBatch}}
}

func (s *server) findSitePapers(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	x, err := site.Get(ctx, tx, id)
	if errors.Is(err, site.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = x
	return where{division: x.Division}, err
}

func findBatch(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	b, err := exampapers.Get(ctx, tx, id)
	if errors.Is(err, exampapers.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = b
	return where{division: b.Division}, err
}

// batchRows is how many batches a list shows.
const batchRows = 30

func (s *server) examPapers(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var view console.ExamPapers
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		campaign, err := s.campaignID(ctx, tx)
		if err != nil {
			return err
		}
		current, ok, err := seating.Current(ctx, tx, campaign)
		if err != nil || !ok {
			return err
		}
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		view.Version = strconv.Itoa(current.Number)
		view.Shut = !s.Flow.StepOpen(camp, "print-papers", v.remit().division).Accepts()
		if view.Sites, view.Missing, err = s.examSites(ctx, tx, v, current); err != nil {
			return err
		}
		list, err := exampapers.List(ctx, tx, campaign, v.remit().division, batchRows)
		if err != nil {
			return err
		}
		if view.Batches, err = s.examBatches(ctx, tx, v, list); err != nil {
			return err
		}
		view.Held, err = heldPrints(ctx, tx, v)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if s.exportAs(c) != "" {
		heads := s.heads(v, "exam.site", "exam.code", "exam.area", "rooms.rooms", "rooms.people", "exam.batches")
		s.export(c, v, "exampapers", heads, func(row func(...any) error) error {
			for _, x := range view.Sites {
				if err := row(x.Name, x.Code, x.Area, x.Rooms, x.People, x.Batches); err != nil {
					return err
				}
			}
			return nil
		})
		return
	}
	s.show(c, v, http.StatusOK, "exampapers", "exampapers", view)
}

// examSites are the sites of a remit that have rooms, by code, and how many rooms of it
// have no site.
func (s *server) examSites(ctx context.Context, tx *db.Tx, v *visit, current seating.Version) (out []console.ExamSite, missing int, err error) {
	sites, err := site.Sites(ctx, tx, current.Campaign)
	if err != nil {
		return nil, 0, err
	}
	areas, err := site.Areas(ctx, tx, current.Campaign)
	if err != nil {
		return nil, 0, err
	}
	names := map[string]string{}
	mine := map[string]bool{}
	for _, a := range areas {
		names[a.Code], mine[a.Code] = a.Name, v.remit().covers(a.Division, "")
	}
	rooms, err := seating.Rooms(ctx, tx, current.ID, "")
	if err != nil {
		return nil, 0, err
	}
	at := map[string]int{}
	for _, x := range sites {
		if v.remit().covers(x.Division, "") {
			at[x.ID] = len(out)
			out = append(out, console.ExamSite{ID: x.ID, Code: x.Code, Name: x.Name, Address: x.Address, Area: names[x.Area]})
		}
	}
	for _, r := range rooms {
		i, ok := at[r.Site]
		if !ok {
			if r.Site == "" && mine[r.Area] {
				missing++
			}
			continue
		}
		x := &out[i]
		x.Rooms, x.People, x.Last = x.Rooms+1, x.People+r.Seats, r.Number
		if x.First == 0 {
			x.First = r.Number
		}
	}
	counts, err := exampapers.Counts(ctx, tx, current.ID)
	if err != nil {
		return nil, 0, err
	}
	behind, err := exampapers.Behind(ctx, tx, current.ID)
	if err != nil {
		return nil, 0, err
	}
	for i := range out {
		out[i].Batches, out[i].Behind = counts[out[i].ID], roomList(behind[out[i].ID])
	}
	return slices.DeleteFunc(out, func(x console.ExamSite) bool { return x.Rooms == 0 }), missing, nil
}

// roomList is rooms as papers print them.
func roomList(rooms []int) string {
	all := make([]string, len(rooms))
	for i, n := range rooms {
		all[i] = ticket.RoomNumber(n)
	}
	return strings.Join(all, "、")
}

// examBatches says batches in words.
func (s *server) examBatches(ctx context.Context, tx *db.Tx, v *visit, list []exampapers.Batch) (out []console.ExamBatch, err error) {
	names, sites := map[string]string{}, map[string]string{}
	ids := make([]string, len(list))
	for i, b := range list {
		ids[i] = b.ID
	}
	prints, err := printroom.Newest(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		x := console.ExamBatch{ID: b.ID, Name: b.Name(), Path: "/gl/batches/" + b.ID, SitePath: "/gl/sitepapers/" + b.Site, Copy: b.Copy, Reason: b.Reason, At: ms(b.AskedAt), State: batchState(b.State),
			Total: b.Total, Done: b.Done, Pages: b.Pages, Size: b.Size, Template: b.Template, Moving: b.State == exampapers.Queued || b.State == exampapers.Making, MayFetch: b.State == exampapers.Ready}
		if b.EndsAt > 0 {
			x.Ends = ms(b.EndsAt)
		}
		if x.MayFetch {
			void, err := exampapers.Void(ctx, tx, b)
			if err != nil {
				return nil, err
			}
			if void {
				x.MayFetch, x.Fault, x.State = false, "exam.error.void", console.State{Class: "must", Icon: "alert", Key: "exam.state.void"}
			}
		}
		if p, ok := prints[b.ID]; ok {
			x.Printing = printState(p.State)
		}
		x.Rooms = console.RoomRun(b.First, b.Last)
		if x.Papers = s.pages.Text(v.lang, "exam.all"); len(b.Papers) < len(exampapers.Kinds()) {
			var all []string
			for _, key := range b.Papers {
				k, _ := exampapers.KindOf(key)
				all = append(all, s.paperName(v, k))
			}
			x.Papers = strings.Join(all, "、")
		}
		if b.Fault != "" {
			x.Fault = "exam.fault." + b.Fault
		}
		if sites[b.Site] == "" {
			at, err := site.Get(ctx, tx, b.Site)
			if err != nil {
				return nil, err
			}
			sites[b.Site] = at.Name
		}
		x.Site = sites[b.Site]
		if x.By, err = s.author(ctx, tx, v, staffAuthor(b.AskedBy), names); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (s *server) paperName(v *visit, k exampapers.Kind) string {
	if v.lang == console.En {
		return k.Key + " " + k.En
	}
	return k.Key + " " + k.Zh
}

func batchState(state exampapers.State) console.State {
	out := console.State{Class: "open", Icon: "clock", Key: "exam.state." + string(state)}
	switch state {
	case exampapers.Queued, exampapers.Making:
		out.Class = "wait"
	case exampapers.Ready:
		out.Class, out.Icon = "done", "check"
	case exampapers.Failed:
		out.Class, out.Icon = "must", "alert"
	}
	return out
}

func (s *server) sitePapers(c *gin.Context, v *visit) {
	s.showSitePapers(c, v, http.StatusOK, console.SitePapers{}, nil)
}

// errUnplaced says that a site has no rooms of the published arrangement.
var errUnplaced = errors.New("web: no rooms are at this site")

func (s *server) showSitePapers(c *gin.Context, v *visit, status int, view console.SitePapers, chosen []string) {
	ctx, at := c.Request.Context(), v.subject.(site.Site)
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		current, x, err := s.examSite(ctx, tx, v, at)
		if err != nil {
			return err
		}
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		view.ExamSite, view.Version = x, strconv.Itoa(current.Number)
		view.Shut = !s.Flow.StepOpen(camp, "print-papers", at.Division).Accepts()
		for _, k := range exampapers.Kinds() {
			p := console.ExamPaper{Key: k.Key, Name: s.paperName(v, k), For: "exam.for.room", Copies: k.Copies, On: chosen == nil || slices.Contains(chosen, k.Key)}
			switch {
			case k.Site && k.Sittings:
				p.For = "exam.for.site.sittings"
			case k.Site:
				p.For = "exam.for.site"
			case k.Sittings:
				p.For = "exam.for.room.sittings"
			}
			view.Papers = append(view.Papers, p)
		}
		list, err := exampapers.OfSite(ctx, tx, current.ID, at.ID, batchRows)
		if err != nil {
			return err
		}
		view.Batches, err = s.examBatches(ctx, tx, v, list)
		return err
	})
	switch {
	case errors.Is(err, errUnplaced):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "sitepapers", "exampapers", view)
	}
}

// examSite is a site with its rooms. errUnplaced.
func (s *server) examSite(ctx context.Context, tx *db.Tx, v *visit, at site.Site) (seating.Version, console.ExamSite, error) {
	current, ok, err := seating.Current(ctx, tx, at.Campaign)
	if err == nil && !ok {
		err = errUnplaced
	}
	if err != nil {
		return current, console.ExamSite{}, err
	}
	all, _, err := s.examSites(ctx, tx, v, current)
	if err != nil {
		return current, console.ExamSite{}, err
	}
	i := slices.IndexFunc(all, func(x console.ExamSite) bool { return x.ID == at.ID })
	if i < 0 {
		return current, console.ExamSite{}, errUnplaced
	}
	return current, all[i], nil
}

// askBatch asks for papers of a site.
func (s *server) askBatch(c *gin.Context, v *visit) {
	ctx, at := c.Request.Context(), v.subject.(site.Site)
	chosen, ok := exampapers.Chosen(c.PostFormArray("paper"))
	why := given(c)
	view := console.SitePapers{Reason: strings.TrimSpace(c.PostForm("reason"))}
	refuse := func(key string) {
		view.Error = key
		s.showSitePapers(c, v, http.StatusUnprocessableEntity, view, c.PostFormArray("paper"))
	}
	if !ok || len(c.PostFormArray("paper")) == 0 {
		refuse("exam.error.none")
		return
	}
	var b exampapers.Batch
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		current, x, err := s.examSite(ctx, tx, v, at)
		if err != nil {
			return err
		}
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if !s.Flow.StepOpen(camp, "print-papers", at.Division).Accepts() {
			return flow.ErrShut
		}
		first, last, ok := roomsAsked(c, x)
		if !ok {
			return exampapers.ErrNotFound
		}
		set, _, err := seating.LastBlocks(ctx, tx, current.ID, at.Area)
		if err != nil {
			return err
		}
		b, err = s.Flow.AskBatch(ctx, tx, exampapers.Batch{ID: exampapers.NewID(), Campaign: at.Campaign, Division: at.Division, Area: at.Area, Site: at.ID, Version: current.ID, Blocks: set.Number,
			Papers: chosen, First: first, Last: last, Reason: why}, v.by())
		return err
	})
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/batches/"+b.ID)
	case errors.Is(err, flow.ErrReason):
		view.Again = true
		refuse("exam.error.again")
	case errors.Is(err, flow.ErrShut):
		refuse("exam.error.shut")
	case errors.Is(err, exampapers.ErrNotFound):
		refuse("exam.error.rooms")
	case errors.Is(err, errUnplaced):
		s.refuse(c, v, refusalNotFound)
	default:
		s.fault(c, v, err)
	}
}

// roomsAsked are the rooms that are asked for; none is all of the site.
func roomsAsked(c *gin.Context, x console.ExamSite) (first, last int, ok bool) {
	from, to := strings.TrimSpace(c.PostForm("from")), strings.TrimSpace(c.PostForm("to"))
	if from == "" && to == "" {
		return x.First, x.Last, true
	}
	if to == "" {
		to = from
	}
	first, e1 := strconv.Atoi(from)
	last, e2 := strconv.Atoi(to)
	return first, last, e1 == nil && e2 == nil && first <= last && first >= x.First && last <= x.Last
}

// samplePaper shows a paper of the first room of a site as it will be, marked as a sample:
// looked at before a thousand sheets are printed. It shows people, and is journalled.
func (s *server) samplePaper(c *gin.Context, v *visit) {
	ctx, at := c.Request.Context(), v.subject.(site.Site)
	k, ok := exampapers.KindOf(c.PostForm("paper"))
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	var of exampapers.Of
	err := s.DB.Read(ctx, func(tx *db.Tx) error { // a site's people and pictures: nobody waits for that to write
		current, x, err := s.examSite(ctx, tx, v, at)
		if err != nil {
			return err
		}
		last := x.First
		if k.Site {
			last = x.Last
		}
		of, err = s.examDesk().Site(ctx, tx, current, at.Area, at.ID, x.First, last, exampapers.Print{Copy: 1, At: s.Flow.Now(), Marks: []sheet.Mark{sheet.Specimen}})
		return err
	})
	if err == nil {
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			return s.Flow.SampleBatch(ctx, tx, at.Campaign, at.Division, at.Area, at.Code, k.Key, v.by())
		})
	}
	switch {
	case errors.Is(err, errUnplaced), errors.Is(err, exampapers.ErrNotFound):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.sendPaper(c, v, "sample-"+k.Key, sample{k, of})
	}
}

// sample is a kind of paper of some rooms, as a paper to send.
type sample struct {
	exampapers.Kind
	of exampapers.Of
}

// Layout sets it.
func (x sample) Layout(f *sheet.Fonts) (*sheet.Document, error) { return x.Kind.Layout(x.of, f) }
