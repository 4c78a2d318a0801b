package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/point"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// pagePoints is how many points one page of the list shows.
const pagePoints = 20

// pointPart is where she will be confirmed.
func (s *server) pointPart() part {
	return part{
		{method: http.MethodGet, path: "/ks/point", do: s.point},
		{method: http.MethodPost, path: "/ks/point", second: true, do: s.takePoint},
	}
}

// looking is which place the page of points looks at.
type looking struct {
	city, county string // codes; "" asks for the page's own idea of it
	province     bool   // the province was asked for, not nothing
	page         int
	faults       []pages.Fault
	conflict     bool
}

func lookingOf(value func(string) (string, bool)) looking {
	city, asked := value("city")
	county, _ := value("county")
	l := looking{page: 1}
	if org.TierOf(city) == rules.City {
		l.city = city
		if org.TierOf(county) == rules.County && org.Above(county) == city {
			l.county = county
		}
	}
	l.province = asked && city == ""
	if text, _ := value("page"); text != "" {
		if n, err := strconv.Atoi(text); err == nil && n > 1 && n < 1000 {
			l.page = n
		}
	}
	return l
}

func (l looking) path(page int) string {
	q := url.Values{"city": {l.city}}
	if l.county != "" {
		q.Set("county", l.county)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	return "/ks/point?" + q.Encode()
}

var pointDone = map[string]string{"saved": "point.saved"}

func (s *server) point(c *gin.Context, v *visit) {
	done(c, v, pointDone)
	s.showPoints(c, v, http.StatusOK, lookingOf(c.GetQuery))
}

func (s *server) showPoints(c *gin.Context, v *visit, status int, l looking) {
	s.fillPage(c, v, status, "point", "point", func(ctx context.Context, tx *db.Tx, w *work) (any, error) {
		return s.pointsOf(ctx, tx, w, l)
	})
}

// takePoint makes a point hers: one that is open to her at this moment.
func (s *server) takePoint(c *gin.Context, v *visit) {
	l, code := lookingOf(c.GetPostForm), c.PostForm("point")
	ctx := c.Request.Context()
	var p org.Point
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		p, err = org.GetPoint(ctx, tx, code)
		return err
	})
	if errors.Is(err, org.ErrNotFound) {
		l.faults = []pages.Fault{{Field: "places", Text: s.pages.Text(v.lang, "point.gone")}}
		s.showPoints(c, v, http.StatusUnprocessableEntity, l)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	var why string
	conflict, err := s.fill(ctx, v, revisionOf(c), func(w *work, app *form.Application) error {
		st := s.judge(w, *app).Of(p)
		if st.State != point.Open {
			why = s.standingWhy(w, st)
			return &notOffered{form.Finding{Field: form.OnPoint}}
		}
		app.Point = p.Code
		return nil
	})
	switch {
	case conflict != nil:
		l.conflict = true
		s.showPoints(c, v, http.StatusConflict, l)
	case refused(err) != nil:
		l.faults = []pages.Fault{{Field: "point-" + p.Code, Text: s.pages.Text(v.lang, "point.not", p.Name, why)}}
		s.showPoints(c, v, http.StatusUnprocessableEntity, l)
	case err != nil:
		s.unfilled(c, v, err, "/ks/point")
	default:
		if l.city == "" {
			l.city = org.Above(p.Division)
		}
		c.Redirect(http.StatusSeeOther, l.path(1)+"&done=saved")
	}
}

// judge stands ready to judge points for an application.
func (s *server) judge(w *work, app form.Application) point.Judge {
	return point.NewJudge(w.camp, w.checker, s.campaigns.calendar(w.camp), app, s.now())
}

// standingWhy says in words why a point is not open to her, "" for one that is.
func (s *server) standingWhy(w *work, st point.Standing) string {
	switch st.State {
	case point.Barred:
		return s.barredWhy(w, st.Finding)
	case point.Closed:
		return s.pages.Text(w.lang, "point.why.closed")
	case point.Later, point.Over:
		zh, en := st.Verdict.Reason.Words()
		if w.lang == pages.En {
			return en
		}
		return zh
	}
	return ""
}

// barredWhy says it of a point that she has not chosen; the rules speak of one
// that she has.
func (s *server) barredWhy(w *work, f *form.Finding) string {
	switch f.Code {
	case form.PointLevel:
		return s.pages.Text(w.lang, "point.why.level", levelName(w.camp, w.lang, w.app.First().Level))
	case form.PointMedical:
		return s.pages.Text(w.lang, "point.why.medical")
	case form.PointMinors:
		return s.pages.Text(w.lang, "point.why.minors")
	}
	return fix(w.lang, f)
}

// place is what is read of a place for the page of points.
type place struct {
	divisions map[string]org.Division // by code
	ordered   []org.Division
	points    []point.Standing
	hours     map[string][24]int64 // when it is busy, only for a county
}

func (s *server) pointsOf(ctx context.Context, tx *db.Tx, w *work, l looking) (pages.Points, error) {
	out := pages.Points{Steps: w.steps, Revision: w.revision, Fixed: w.confirmed(), Conflict: l.conflict, Faults: l.faults}
	out.Back, out.Next = beside(w.steps)
	if l.city == "" && !l.province { // where she has a point, else where she lives
		near := w.app.Get(form.Household)
		if len(w.app.Point) > 6 {
			near = w.app.Point[:6]
		}
		if org.TierOf(near) == rules.County {
			near = org.Above(progress.Current(near))
		}
		if org.TierOf(near) == rules.City && org.Covers(w.camp.Province, near) {
			l.city = near
		}
	}
	where := w.camp.Province
	if l.city != "" {
		where = l.city
	}
	pl, err := s.place(ctx, tx, w, where, l.county)
	if err != nil {
		return out, err
	}
	if out.City, out.County = l.city, l.county; pl.divisions[l.city].Name == "" {
		out.City, out.County = "", ""
	}
	out.CityName = pl.divisions[where].Name
	s.standsNow(ctx, tx, w, &out)
	s.placeOptions(w, pl, &out)
	s.drawArea(w, pl, &out)
	if out.City != "" {
		s.pointRows(w, pl, l, &out)
	}
	return out, nil
}

// place judges every point of a city, or of the province.
func (s *server) place(ctx context.Context, tx *db.Tx, w *work, where, county string) (place, error) {
	pl := place{divisions: map[string]org.Division{}}
	var err error
	if pl.ordered, err = org.Divisions(ctx, tx, s.now()); err != nil {
		return pl, err
	}
	for _, d := range pl.ordered {
		pl.divisions[d.Code] = d
	}
	points, err := org.Points(ctx, tx, where)
	if err != nil {
		return pl, err
	}
	counted := map[string]progress.Figures{}
	all, err := progress.Points(ctx, tx, progress.Where{Campaign: w.camp.ID, Division: where})
	if err != nil {
		return pl, err
	}
	for _, x := range all {
		counted[x.Code] = x.Figures
	}
	if county != "" {
		if pl.hours, err = progress.ByHour(ctx, tx, w.camp.ID, county); err != nil {
			return pl, err
		}
	}
	boxes := s.boxesAt()
	j := s.judge(w, w.app)
	for _, p := range points {
		st := j.Of(p)
		n := boxes[p.Code]
		if n == 0 {
			n = p.Boxes
		}
		st.Load = point.Measure(st.Openings, s.now(), n, int(counted[p.Code].Registered), int(counted[p.Code].Confirmed))
		pl.points = append(pl.points, st)
	}
	return pl, nil
}

// boxesAt counts the terminals that are enrolled at each point.
func (s *server) boxesAt() map[string]int {
	out := map[string]int{}
	if s.Flow.Fleet == nil {
		return out
	}
	for _, b := range s.Flow.Fleet.Snapshot() {
		out[b.Point]++
	}
	return out
}

// standsNow names the point she has, and what is wrong with it by now.
func (s *server) standsNow(ctx context.Context, tx *db.Tx, w *work, out *pages.Points) {
	if w.app.Point == "" {
		return
	}
	p, err := org.GetPoint(ctx, tx, w.app.Point)
	if err != nil {
		return // it is in no list either; the last look says so
	}
	out.Chosen = p.Name
	if st := s.judge(w, w.app).Of(p); !out.Fixed && (st.State == point.Barred || st.State == point.Closed) {
		out.ChosenWhy = s.standingWhy(w, st)
	}
}

// countyOf gives the county of today that a point lies in.
func (pl place) countyOf(p org.Point) string {
	code := p.Division
	for pl.divisions[code].Name == "" && rules.DivisionHeir(code) != "" {
		code = rules.DivisionHeir(code)
	}
	return code
}

// placeOptions lists the cities, and the counties of the one looked at, with how
// many points are open to her there.
func (s *server) placeOptions(w *work, pl place, out *pages.Points) {
	open, any := map[string]int{}, map[string]bool{}
	for _, st := range pl.points {
		for code := pl.countyOf(st.Point); code != ""; code = org.Above(code) {
			any[code] = true
			if st.State == point.Open {
				open[code]++
			}
		}
	}
	for _, d := range pl.ordered {
		o := pages.ChooseOption{Value: d.Code, Name: d.Name}
		known := out.City == "" || org.Covers(out.City, d.Code)
		switch {
		case known && open[d.Code] > 0:
			o.Note = s.pages.Text(w.lang, "point.note", open[d.Code])
		case known && any[d.Code]:
			o.Note = s.pages.Text(w.lang, "point.note.none")
		}
		switch {
		case d.Tier == rules.City:
			o.On = d.Code == out.City
			out.Cities = append(out.Cities, o)
		case d.Tier == rules.County && d.Parent == out.City && any[d.Code]:
			o.On = d.Code == out.County
			out.Counties = append(out.Counties, o)
		}
	}
}

// drawArea colours the counties by what is open to her.
func (s *server) drawArea(w *work, pl place, out *pages.Points) {
	type tally struct{ open, busy, all int }
	counted := map[string]*tally{}
	for _, st := range pl.points {
		code := pl.countyOf(st.Point)
		if counted[code] == nil {
			counted[code] = &tally{}
		}
		t := counted[code]
		t.all++
		if st.State == point.Open {
			if t.open++; st.Load.Busy == point.Many || st.Load.Busy == point.Beyond {
				t.busy++
			}
		}
	}
	out.Map = pages.PointMap{City: out.City, County: out.County, Name: out.CityName}
	for _, d := range pl.ordered {
		t := counted[d.Code]
		if d.Tier != rules.County || t == nil {
			continue
		}
		a := pages.PointArea{Code: d.Code, Name: d.Name, State: "shut", Open: t.open, Here: d.Code == out.County,
			Path: looking{city: d.Parent, county: d.Code}.path(1)}
		switch {
		case t.open > 0 && t.busy == t.open:
			a.State = "busy"
		case t.open > 0:
			a.State = "open"
		}
		out.Map.Counties = append(out.Map.Counties, a)
	}
}

// pointRows lists a page of the points: hers first, then what is open to her,
// then the rest.
func (s *server) pointRows(w *work, pl place, l looking, out *pages.Points) {
	var list []point.Standing
	for _, st := range pl.points {
		if out.County != "" && pl.countyOf(st.Point) != out.County {
			continue
		}
		if st.State == point.Open {
			out.Open++
		}
		list = append(list, st)
	}
	rank := func(st point.Standing) int {
		switch {
		case st.Point.Code == w.app.Point:
			return 0
		case st.State == point.Open:
			return 1
		case st.State == point.Later:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(list, func(a, b point.Standing) int { return rank(a) - rank(b) })
	out.Found = len(list)
	from := min((l.page-1)*pagePoints, len(list))
	upto := min(from+pagePoints, len(list))
	out.From, out.Upto = from+1, upto
	if from > 0 {
		out.Prev = l.path(l.page - 1)
	}
	if upto < len(list) {
		out.More = l.path(l.page + 1)
	}
	for i, st := range list[from:upto] {
		row := s.pointRow(w, pl, st)
		row.Number = from + i + 1
		row.First = row.Open && out.Chosen == "" && i == 0
		out.Rows = append(out.Rows, row)
		if out.County != "" {
			out.Map.Pins = append(out.Map.Pins, row.Pin())
		}
	}
}
