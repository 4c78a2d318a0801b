package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// pageTrained is how many people a page of the list shows.
const pageTrained = 50

// What the list may be cut to beside a single exercise.
const (
	lacksAny = "any" // not all of them are done
	lacksAll = "all" // none is done
)

// trainingPart is who at the points has done which of the guided exercises (演练,
// demand B3). A head sees her own point: she sends people to practise.
func (s *server) trainingPart() part {
	return part{routes: []route{
		{method: http.MethodGet, path: "/gl/trainings", who: append(officers(), staff.PointHead), remit: remitList, right: "trainings", do: s.trainings},
	}}
}

func (s *server) trainings(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.Trainings{Filter: console.TrainingFilter{Place: c.Query("place"), Point: c.Query("point"), Lacks: c.Query("lacks")}}
	f := view.Filter
	if f.Place != "" && org.TierOf(f.Place) == "" || f.Point != "" && !plainID(f.Point) || !slices.Contains(lacks(), f.Lacks) {
		s.refuse(c, v, refusalBad)
		return
	}
	for _, e := range staff.Exercises() {
		view.Exercises = append(view.Exercises, "exercise."+e)
	}
	for _, l := range lacks()[1:] {
		text := "trainings.lacks." + l
		if !s.pages.Has(text) {
			text = "exercise." + l
		}
		view.Lacks = append(view.Lacks, console.Option{Value: l, Text: text})
	}
	if err := s.DB.Read(ctx, func(tx *db.Tx) error { return s.trainedRows(ctx, tx, v, &view) }); err != nil {
		s.fault(c, v, err)
		return
	}
	if s.exportAs(c) != "" {
		s.exportTrainings(c, v, view.Rows)
		return
	}
	view.Found = len(view.Rows)
	view.Rows, view.Pages = pageOf(c, view.Rows, pageTrained, "place", "point", "lacks")
	s.show(c, v, http.StatusOK, "trainings", "trainings", view)
}

// lacks are the values of that filter; the first does not cut.
func lacks() []string { return append([]string{"", lacksAny, lacksAll}, staff.Exercises()...) }

// trainedRows reads the people of the remit, and cuts them to the filter.
func (s *server) trainedRows(ctx context.Context, tx *db.Tx, v *visit, view *console.Trainings) error {
	r, f := v.remit(), view.Filter
	all, err := s.Staff.TrainingUnder(ctx, tx, r.division, r.point)
	if err != nil {
		return err
	}
	standing, err := s.standing(ctx, tx)
	if err != nil {
		return err
	}
	places, names := pointRows{standing: standing}, pointNames{}
	county := f.Place
	if county == "" {
		county = r.division
	}
	for _, a := range all {
		view.Total++
		row := trainedRow(a)
		if row.Whole() {
			view.Whole++
		}
		view.Places = addPlace(view.Places, standing, r.division, a.Division)
		if org.TierOf(county) == rules.County && org.Covers(county, a.Division) && r.point == "" &&
			!slices.ContainsFunc(view.Points, func(o console.Option) bool { return o.Value == a.Point }) {
			name, err := names.name(ctx, tx, a.Point)
			if err != nil {
				return err
			}
			view.Points = append(view.Points, console.Option{Value: a.Point, Text: name})
		}
		if !shownTrained(f, a, row) {
			continue
		}
		row.Division = places.division(a.Division)
		if row.Point, err = names.name(ctx, tx, a.Point); err != nil {
			return err
		}
		if err := s.whereTrained(ctx, tx, a, &row, names); err != nil {
			return err
		}
		view.Rows = append(view.Rows, row)
	}
	return nil
}

func trainedRow(a staff.Trained) console.Trained {
	row := console.Trained{ID: a.ID, Login: a.Name, Display: a.Display, Role: "role." + string(a.Role), Code: a.Point}
	for _, e := range staff.Exercises() {
		cell := console.TrainedCell{Key: "exercise." + e}
		if did, done := a.Done[e]; done {
			row.Done++
			cell.At, cell.Box = ms(did.At), did.Box
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// whereTrained names the boxes at which she practised: by their unit, and by
// their point where that is not hers now.
func (s *server) whereTrained(ctx context.Context, tx *db.Tx, a staff.Trained, row *console.Trained, names pointNames) (err error) {
	for i, c := range row.Cells {
		b, known := s.Flow.Fleet.Box(c.Box)
		if c.Box == "" || !known {
			continue
		}
		row.Cells[i].Unit = int(b.Unit)
		if b.Point != a.Point {
			if row.Cells[i].Elsewhere, err = names.name(ctx, tx, b.Point); err != nil {
				return err
			}
		}
	}
	return nil
}

func shownTrained(f console.TrainingFilter, a staff.Trained, row console.Trained) bool {
	_, done := a.Done[f.Lacks]
	switch {
	case f.Place != "" && !org.Covers(f.Place, a.Division), f.Point != "" && f.Point != a.Point:
		return false
	case f.Lacks == "":
		return true
	case f.Lacks == lacksAny:
		return !row.Whole()
	case f.Lacks == lacksAll:
		return row.Done == 0
	}
	return !done
}

// exportTrainings writes when and at which box each exercise was done, a column
// of each: a sheet sorts by them.
func (s *server) exportTrainings(c *gin.Context, v *visit, rows []console.Trained) {
	heads := s.heads(v, "export.code", "staff.point", "office.division", "staff.display", "staff.login", "staff.role", "trainings.count")
	for _, e := range staff.Exercises() {
		name := s.pages.Text(v.lang, "exercise."+e)
		heads = append(heads, name, s.pages.Text(v.lang, "trainings.at", name))
	}
	s.export(c, v, "trainings", heads, func(row func(...any) error) error {
		for _, r := range rows {
			cells := []any{r.Code, r.Point, r.Division, r.Display, r.Login, s.pages.Text(v.lang, r.Role), r.Done}
			for _, one := range r.Cells {
				if one.At.IsZero() {
					cells = append(cells, nil, nil)
					continue
				}
				cells = append(cells, one.At, one.Box)
			}
			if err := row(cells...); err != nil {
				return err
			}
		}
		return nil
	})
}

// pageOf cuts rows into pages; links keep the named parts of the query.
func pageOf[T any](c *gin.Context, rows []T, each int, keep ...string) ([]T, console.Pages) {
	n := pageNumber(c)
	from := min((n-1)*each, len(rows))
	p := console.Pages{Number: n, Of: max(n, (len(rows)+each-1)/each)}
	to := func(page int) string {
		q := url.Values{}
		for _, k := range keep {
			if x := c.Query(k); x != "" {
				q.Set(k, x)
			}
		}
		if page > 1 {
			q.Set("page", strconv.Itoa(page))
		}
		return (&url.URL{Path: c.Request.URL.Path, RawQuery: q.Encode()}).String()
	}
	if n > 1 {
		p.First = to(1)
	}
	if len(rows) > from+each {
		p.Next = to(n + 1)
	}
	return rows[from:min(from+each, len(rows))], p
}
