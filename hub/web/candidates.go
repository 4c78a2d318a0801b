package web

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// remitCandidate: :id is an application; it lies at the point that it chose.
const remitCandidate rule = "candidate"

// candidatePart is the candidates: the list, the search, the page of one.
func (s *server) candidatePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: append(s.deskRoutes(), []route{
		{method: get, path: "/gl/candidates", who: readers(), remit: remitList, right: "candidates", ahead: true, do: s.candidates},
		{method: post, path: "/gl/search", who: readers(), remit: remitList, ahead: true, do: s.search},
		{method: get, path: "/gl/candidates/:id", who: readers(), remit: remitCandidate, do: s.candidate},
		{method: post, path: "/gl/candidates/:id/reveal", who: officers(), remit: remitCandidate, right: "uncover", do: s.revealCandidate},
	}...), finders: map[rule]finder{remitCandidate: s.findCandidate}}
}

// maxFound is how many a search shows; who finds more is asked to type more.
const maxFound = 30

// maxTyped bounds what is looked for, in characters: the longest name is 50.
const maxTyped = 64

func candidateState(s candidate.State) console.State {
	switch s {
	case candidate.Confirmed:
		return console.State{Class: "done", Icon: "check", Key: "candidate.confirmed"}
	case candidate.Withdrawn:
		return console.State{Class: "open", Icon: "cross", Key: "candidate.withdrawn"}
	}
	return console.State{Class: "wait", Icon: "clock", Key: "candidate.registered"}
}

// candidates is a page of the list, or the list as a file.
func (s *server) candidates(c *gin.Context, v *visit) {
	view := console.Candidates{Filter: console.CandidateFilter{State: c.Query("state"), Point: c.Query("point"), Level: c.Query("level")}}
	after, ok := placeOf(c.Query("after"))
	states := []string{"", string(candidate.Registered), string(candidate.Confirmed)}
	if !ok || !slices.Contains(states, view.Filter.State) || view.Filter.Point != "" && !plainID(view.Filter.Point) || view.Filter.Level != "" && !plainID(view.Filter.Level) {
		s.refuse(c, v, refusalBad)
		return
	}
	if s.exportAs(c) != "" {
		s.exportCandidates(c, v, view.Filter)
		return
	}
	frame, err := s.candidatesView(c, v, after, &view)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, http.StatusOK, "candidates", frame, view)
}

// candidatesView fills in the page of the list after a place.
func (s *server) candidatesView(c *gin.Context, v *visit, after candidate.Place, view *console.Candidates) (console.Frame, error) {
	ctx := c.Request.Context()
	return s.asked(ctx, c, v, "candidates", func(tx *db.Tx, camp rules.Campaign) (err error) {
		view.Points, err = keep(v.glance, keptKey{"points", v.remit()}, tx, func(tx *db.Tx) ([]console.Option, error) { return s.pointOptions(ctx, tx, v.remit()) })
		if err != nil {
			return err
		}
		view.Levels = levelOptions(camp, v.lang)
		f, any := candidateFilter(camp.ID, v.remit(), view.Filter)
		if !any {
			return nil
		}
		if view.Total, err = keep(v.glance, keptKey{"total", f}, tx, func(tx *db.Tx) (int, error) { return totalOf(ctx, tx, f) }); err != nil {
			return err
		}
		f.After, f.Limit = after, pageRows+1
		rows, err := s.Flow.Candidates.Glimpses(ctx, tx, f)
		if err != nil {
			return err
		}
		view.Pages = candidatePages(c, &rows, view.Total)
		view.Rows, err = s.applicants(ctx, tx, v, camp, rows)
		return err
	})
}

// candidateFilter is the part of the remit that a filter leaves; any is false
// when it leaves nothing of hers.
func candidateFilter(campaign string, r remit, f console.CandidateFilter) (out candidate.Filter, any bool) {
	out = candidate.Filter{Campaign: campaign, Division: r.division, Point: r.point, State: candidate.State(f.State), Level: f.Level}
	if f.Point == "" {
		return out, true
	}
	if r.point != "" && r.point != f.Point {
		return out, false // another point than hers holds nothing for her
	}
	out.Point = f.Point
	return out, true
}

// totalOf is how long the list is, from the counters: nothing is counted here.
func totalOf(ctx context.Context, tx *db.Tx, f candidate.Filter) (int, error) {
	sum, err := progress.Of(ctx, tx, progress.Where{Campaign: f.Campaign, Division: f.Division, Point: f.Point, Level: f.Level})
	switch f.State {
	case candidate.Confirmed:
		return int(sum.Confirmed), err
	case candidate.Registered:
		return int(max(0, sum.Registered-sum.Confirmed)), err
	}
	return int(sum.Registered), err
}

func (s *server) pointOptions(ctx context.Context, tx *db.Tx, r remit) ([]console.Option, error) {
	points, err := org.Points(ctx, tx, r.division)
	var out []console.Option
	for _, p := range points {
		if r.covers(p.Division, p.Code) {
			out = append(out, console.Option{Value: p.Code, Text: p.Name})
		}
	}
	return out, err
}

func levelOptions(camp rules.Campaign, l console.Lang) []console.Option {
	var out []console.Option
	for _, x := range camp.Form.Levels {
		text := x.Zh
		if l == console.En && x.En != "" {
			text = x.En
		}
		out = append(out, console.Option{Value: x.Code, Text: text})
	}
	return out
}

// applicants turns applications into rows of a list.
func (s *server) applicants(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, found []candidate.Glimpse) ([]console.Applicant, error) {
	points, err := namedPoints(ctx, tx, v.glance, found)
	if err != nil {
		return nil, err
	}
	words, levels := words{s.pages, v.lang, camp}, map[string]string{}
	out := make([]console.Applicant, len(found))
	for i, f := range found {
		level, ok := levels[f.Level]
		if !ok {
			level = camp.TableName("level", f.Level)
			levels[f.Level] = level
		}
		out[i] = console.Applicant{ID: f.ID, Name: string(f.Name), Number: words.value(form.DocumentNumber, f.Number.Reveal()),
			Point: points[f.Point], Level: level, Version: f.Version, Changed: ms(f.ChangedAt), State: candidateState(f.State)}
	}
	return out, nil
}

// namedPoints gives the names of the points of some applications, those that are
// not kept with one question; a point that there is not has its code.
func namedPoints(ctx context.Context, tx *db.Tx, g glance, found []candidate.Glimpse) (map[string]string, error) {
	out := map[string]string{}
	var unknown []string
	for _, f := range found {
		if _, ok := out[f.Point]; ok {
			continue
		}
		name, ok := g.find(keptKey{"point", f.Point})
		if !ok {
			name = f.Point
			unknown = append(unknown, f.Point)
		}
		out[f.Point] = name.(string)
	}
	if len(unknown) == 0 {
		return out, nil
	}
	names, err := org.PointNames(ctx, tx, unknown)
	if err != nil {
		return nil, err
	}
	for _, code := range unknown {
		if name, ok := names[code]; ok {
			out[code] = name
		}
		g.hold(keptKey{"point", code}, out[code])
	}
	return out, nil
}

// search looks for candidates of her remit. What she types comes by POST and
// stands in no address, no log and no journal; that she looked, does. The list
// shows masked numbers only and is sent when the note of it is queued; see
// flow.Searches.
func (s *server) search(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.Candidates{Searched: true, Typed: strings.TrimSpace(c.PostForm("q"))}
	if !oneLine(strings.ReplaceAll(view.Typed, "\u200b", ""), maxTyped) || candidate.Looked(view.Typed) == "" {
		view.Error = "candidates.search.nothing"
		if len(view.Typed) > 0 {
			view.Error = "candidates.search.unfit"
		}
		s.show(c, v, http.StatusUnprocessableEntity, "candidates", "candidates", view)
		return
	}
	r := v.remit()
	frame, campaign, err := s.found(c, v, &view)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	err = s.Flow.Searched(ctx, s.Searches, flow.Search{Campaign: campaign, Division: r.division, Point: r.point,
		Kinds: candidate.Looked(view.Typed), Typed: hex.EncodeToString(s.Keys.JournalHash(view.Typed)[:8]), Found: len(view.Rows)}, v.by())
	if err != nil { // nobody wrote down that she looked, and she sees nothing
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, http.StatusOK, "candidates", frame, view)
}

// found fills in what a search of her remit finds, and gives the frame of its
// page and the campaign it was in.
func (s *server) found(c *gin.Context, v *visit, view *console.Candidates) (frame console.Frame, campaign string, err error) {
	ctx, r := c.Request.Context(), v.remit()
	frame, err = s.asked(ctx, c, v, "candidates", func(tx *db.Tx, camp rules.Campaign) error {
		campaign = camp.ID
		found, more, err := s.Flow.Candidates.Search(ctx, tx, camp.ID, r.division, r.point, view.Typed, maxFound)
		if err != nil {
			return err
		}
		view.More = more
		view.Rows, err = s.applicants(ctx, tx, v, camp, found)
		return err
	})
	return frame, campaign, err
}

// candidatePages cuts the row too many off and makes the links.
func candidatePages(c *gin.Context, rows *[]candidate.Glimpse, total int) console.Pages {
	n := pageNumber(c)
	p := console.Pages{Number: n, Of: max(n, (total+pageRows-1)/pageRows)}
	link := func(after string, page int) string {
		q := url.Values{}
		for _, keep := range []string{"state", "point", "level"} {
			if x := c.Query(keep); x != "" {
				q.Set(keep, x)
			}
		}
		if after != "" {
			q.Set("after", after)
			q.Set("page", strconv.Itoa(page))
		}
		if len(q) == 0 {
			return c.Request.URL.Path
		}
		return c.Request.URL.Path + "?" + q.Encode()
	}
	if n > 1 {
		p.First = link("", 0)
	}
	if len(*rows) > pageRows {
		*rows = (*rows)[:pageRows]
		last := (*rows)[pageRows-1].Place()
		p.Next = link(last.Division+"."+last.Point+"."+last.ID, n+1)
	}
	return p
}

// placeOf reads where a page begins; "" is the beginning.
func placeOf(text string) (candidate.Place, bool) {
	if text == "" {
		return candidate.Place{}, true
	}
	f := strings.Split(text, ".")
	if len(f) != 3 || !plainID(f[0]) || !plainID(f[1]) || !plainID(f[2]) {
		return candidate.Place{}, false
	}
	return candidate.Place{Division: f[0], Point: f[1], ID: f[2]}, true
}

// exportCandidates writes the list of her remit as a file.
func (s *server) exportCandidates(c *gin.Context, v *visit, filter console.CandidateFilter) {
	ctx := c.Request.Context()
	heads := s.heads(v, "list.where", "list.candidate", "record.number", "candidates.level", "candidates.state", "candidates.version", "candidates.changed", "candidates.id")
	s.export(c, v, "candidates", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			camp, err := s.campaigns.current(ctx, tx, s.Campaign)
			if missing(err) {
				return nil
			} else if err != nil {
				return err
			}
			f, any := candidateFilter(camp.ID, v.remit(), filter)
			for f.Limit = rowsAtOnce; any; {
				rows, err := s.Flow.Candidates.Glimpses(ctx, tx, f)
				if err != nil {
					return err
				}
				out, err := s.applicants(ctx, tx, v, camp, rows)
				if err != nil {
					return err
				}
				for _, a := range out {
					if err := row(a.Point, a.Name, a.Number, a.Level, s.pages.Text(v.lang, a.State.Key), int(a.Version), a.Changed, a.ID); err != nil {
						return err
					}
				}
				if len(rows) < rowsAtOnce {
					return nil
				}
				f.After = rows[len(rows)-1].Place()
			}
			return nil
		})
	})
}
