package web

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// What :id is on the routes of offices and points.
const (
	remitOffice rule = "office"
	remitPoint  rule = "point"
)

// orgPart is the offices and the points.
func (s *server) orgPart() part {
	get, post := http.MethodGet, http.MethodPost
	seers := append(officers(), staff.Technician)
	above := append(province(), staff.CityOperator)
	return part{routes: []route{
		{method: get, path: "/gl/offices", who: seers, remit: remitList, right: "offices", do: s.offices},
		{method: post, path: "/gl/offices/import", who: above, remit: remitList, right: "offices-import", upload: true, do: s.importOffices},
		{method: get, path: "/gl/offices/:id", who: seers, remit: remitOffice, do: s.office},
		{method: post, path: "/gl/offices/:id", who: officers(), remit: remitOffice, right: "office-edit", do: s.changeOffice},
		{method: get, path: "/gl/points", who: everyone(), remit: remitList, right: "points", do: s.points},
		{method: get, path: "/gl/points/:id", who: everyone(), remit: remitPoint, do: s.point},
	}, finders: map[rule]finder{remitOffice: findOffice, remitPoint: findPoint}}
}

func findOffice(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	o, err := org.GetOffice(ctx, tx, id)
	if errors.Is(err, org.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = o
	return where{division: o.Division}, err
}

// standing are the divisions of today, by code.
func (s *server) standing(ctx context.Context, tx *db.Tx) (map[string]org.Division, error) {
	all, err := org.Divisions(ctx, tx, s.Flow.Now())
	out := make(map[string]org.Division, len(all))
	for _, d := range all {
		out[d.Code] = d
	}
	return out, err
}

// officeRow is an office as the list has it. An office of a division that is no
// more answers for nothing: it lacks nobody.
func officeRow(o org.Office, standing map[string]org.Division) console.Office {
	d := standing[o.Division]
	row := console.Office{ID: o.ID, Name: o.Name, Division: o.Division, DivisionName: d.Name, Tier: "office.tier." + string(o.Tier), Below: o.Tier == rules.County,
		Head: o.Head, HeadPhone: o.HeadPhone, Admin: o.Admin, AdminPhone: o.AdminPhone, Address: o.Address, Version: o.Version}
	if d.Code == "" {
		if heir := standing[rules.DivisionHeir(o.Division)]; heir.Name != "" {
			row.Heir = heir.Name
			return row
		}
	}
	for _, f := range o.Lacking() {
		row.Lacking = append(row.Lacking, "office."+f)
	}
	return row
}

func (s *server) offices(c *gin.Context, v *visit) {
	if done := c.Query("done"); done == "import" {
		rows, _ := strconv.Atoi(c.Query("rows")) // for show only
		changed, _ := strconv.Atoi(c.Query("changed"))
		v.notice = &console.Notice{Class: "done", Key: "offices.done.import", Note: s.pages.Text(v.lang, "offices.done.import.note", strconv.Itoa(rows), strconv.Itoa(changed))}
	}
	s.showOffices(c, v, http.StatusOK, nil, "")
}

func (s *server) showOffices(c *gin.Context, v *visit, status int, refusals []console.RefusedRow, sheet string) {
	ctx := c.Request.Context()
	view := console.Offices{Refusals: refusals, Sheet: sheet, Filter: console.OfficeFilter{City: c.Query("city"), Lacking: c.Query("lacking") == "yes"}}
	if x := view.Filter.City; x != "" && org.TierOf(x) != rules.City {
		s.refuse(c, v, refusalBad)
		return
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := org.Offices(ctx, tx, v.remit().division)
		if err != nil {
			return err
		}
		standing, err := s.standing(ctx, tx)
		if err != nil {
			return err
		}
		s.fillOffices(&view, v, all, standing)
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if s.exportAs(c) != "" {
		s.exportOffices(c, v, view.Rows)
		return
	}
	s.showAt(c, v, status, "offices", "offices", "/gl/offices", view)
}

// fillOffices counts all and keeps what the filter lets through.
func (s *server) fillOffices(view *console.Offices, v *visit, all []org.Office, standing map[string]org.Division) {
	tiers := []rules.Tier{rules.Province, rules.City, rules.County}
	count := map[rules.Tier]*console.Completeness{}
	for _, t := range tiers {
		count[t] = &console.Completeness{Tier: "office.tier." + string(t)}
	}
	for _, o := range all {
		row := officeRow(o, standing)
		if row.Heir == "" {
			count[o.Tier].Of++
			if len(row.Lacking) == 0 {
				count[o.Tier].Filled++
			}
		}
		if o.Tier == rules.City && v.remit().division != o.Division {
			view.Cities = append(view.Cities, console.Option{Value: o.Division, Text: standing[o.Division].Name})
		}
		if view.Filter.Lacking && len(row.Lacking) == 0 || view.Filter.City != "" && !org.Covers(view.Filter.City, o.Division) {
			continue
		}
		view.Rows = append(view.Rows, row)
	}
	var todo []string
	for _, t := range tiers {
		n := *count[t]
		if n.Of > 0 {
			view.Tiers = append(view.Tiers, n)
		}
		if n.Missing() > 0 {
			view.Lacking += n.Missing()
			todo = append(todo, s.pages.Text(v.lang, "offices.todo."+string(t), strconv.Itoa(n.Missing())))
		}
	}
	between := "、"
	if v.lang == console.En {
		between = ", "
	}
	view.Todo = strings.Join(todo, between)
}

// exportOffices writes the list so that it can be filled in and sent back.
func (s *server) exportOffices(c *gin.Context, v *visit, rows []console.Office) {
	heads := s.heads(v, "office.id", "office.name", "office.tier", "office.head", "office.head_phone", "office.admin", "office.admin_phone", "office.address")
	s.export(c, v, "offices", heads, func(row func(...any) error) error {
		for _, o := range rows {
			if err := row(o.ID, o.Name, s.pages.Text(v.lang, o.Tier), o.Head, o.HeadPhone, o.Admin, o.AdminPhone, o.Address); err != nil {
				return err
			}
		}
		return nil
	})
}

// importOffices fills in the offices of the remit from a list, all or nothing.
func (s *server) importOffices(c *gin.Context, v *visit) {
	ctx, division := c.Request.Context(), v.remit().division
	mine := map[string]bool{}
	if err := s.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := org.Offices(ctx, tx, division)
		for _, o := range all {
			mine[o.ID] = true
		}
		return err
	}); err != nil {
		s.fault(c, v, err)
		return
	}
	file, err := c.FormFile("list")
	if err != nil {
		s.showOffices(c, v, http.StatusUnprocessableEntity, nil, "offices.import.none")
		return
	}
	list, err := readOffices(file, func(id string) bool { return mine[id] })
	var refused exchange.RefusedError
	switch {
	case errors.As(err, &refused):
		s.showOffices(c, v, http.StatusUnprocessableEntity, s.refusedRows(v, refused), "")
		return
	case errors.Is(err, exchange.ErrSheet):
		s.showOffices(c, v, http.StatusUnprocessableEntity, nil, "offices.import.unread")
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	changed := 0
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		changed, err = s.Flow.ImportOffices(ctx, tx, list.By, division, v.by())
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/gl/offices?done=import&rows="+strconv.Itoa(len(list.By))+"&changed="+strconv.Itoa(changed))
}

func readOffices(file *multipart.FileHeader, mine func(string) bool) (out exchange.Offices, err error) {
	f, err := file.Open()
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return exchange.ParseOffices(f, file.Size, mine)
}

func (s *server) refusedRows(v *visit, e exchange.RefusedError) []console.RefusedRow {
	out := make([]console.RefusedRow, 0, len(e.Refusals))
	for _, r := range e.Refusals {
		row := console.RefusedRow{Sheet: r.Sheet, Row: r.Row, Column: r.Column, Text: r.Zh}
		if v.lang == console.En {
			row.Text = r.En
		}
		out = append(out, row)
	}
	return out
}

func (s *server) office(c *gin.Context, v *visit) {
	if done := "office.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	o := v.subject.(org.Office)
	s.showOffice(c, v, http.StatusOK, officeFields(o.Officers), false)
}

// officeFields are the fields of the form, with what is in them.
func officeFields(o org.Officers) []console.OfficeField {
	return []console.OfficeField{{Key: org.FieldHead, Value: o.Head}, {Key: org.FieldHeadPhone, Value: o.HeadPhone, Phone: true},
		{Key: org.FieldAdmin, Value: o.Admin}, {Key: org.FieldAdminPhone, Value: o.AdminPhone, Phone: true}, {Key: org.FieldAddress, Value: o.Address}}
}

func (s *server) showOffice(c *gin.Context, v *visit, status int, fields []console.OfficeField, clash bool) {
	ctx, o := c.Request.Context(), v.subject.(org.Office)
	var view console.Office
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		standing, err := s.standing(ctx, tx)
		if err != nil {
			return err
		}
		view = officeRow(o, standing)
		view.Fields, view.Clash = fields, clash
		if view.DivisionName == "" {
			if view.DivisionName, err = org.DivisionName(ctx, tx, o.Division); err != nil {
				return err
			}
		}
		for _, t := range rules.DivisionTerms() {
			if t.Heir == o.Division && t.Until <= dayText(s.Flow.Now()) {
				view.Former = append(view.Former, console.FormerName{Code: t.Code, Name: t.Name, Until: t.Until})
			}
		}
		return s.aroundOffice(ctx, tx, v, o, standing, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "office", "offices", "/gl/offices/"+o.ID, view)
}

// aroundOffice tells what lies above, below and behind an office.
func (s *server) aroundOffice(ctx context.Context, tx *db.Tx, v *visit, o org.Office, standing map[string]org.Division, view *console.Office) error {
	if up := org.Above(o.Division); up != "" {
		view.Above.Text = standing[up].Name
		if org.Covers(v.remit().division, up) && o.Tier == rules.County {
			view.Above.Path = "/gl/offices/" + up
		}
	}
	all, err := org.Offices(ctx, tx, o.Division)
	if err != nil {
		return err
	}
	for _, x := range all {
		if row := officeRow(x, standing); x.Division != o.Division && row.Heir == "" {
			view.Beneath++
			if len(row.Lacking) > 0 {
				view.Wanting++
			}
		}
	}
	points, err := org.Points(ctx, tx, o.Division)
	if err != nil {
		return err
	}
	mine := map[string]bool{}
	for _, p := range points {
		mine[p.Code] = true
	}
	view.Points = len(points)
	for _, b := range s.Flow.Fleet.Snapshot() {
		if mine[b.Point] {
			view.Boxes++
		}
	}
	if !s.may(v.session.Account.Role)["journal"] {
		return nil
	}
	entries, err := journal.List(ctx, tx, journal.Filter{Subject: journal.Subject{Kind: journal.OfOffice, ID: o.ID}, Limit: 8})
	if err != nil {
		return err
	}
	view.Events, err = s.entries(ctx, tx, v, entries)
	for i, e := range entries {
		view.Events[i].Detail = s.changedFields(v, e.Detail["fields"])
	}
	return err
}

// changedFields puts the names of fields into words.
func (s *server) changedFields(v *visit, fields string) string {
	var out []string
	for _, f := range strings.Fields(fields) {
		if s.pages.Has("office." + f) {
			f = s.pages.Text(v.lang, "office."+f)
		}
		out = append(out, f)
	}
	return strings.Join(out, "，")
}

// changeOffice writes who answers for an office. What was typed stays, whatever
// becomes of it; who writes over what another wrote meanwhile sees both.
func (s *server) changeOffice(c *gin.Context, v *visit) {
	ctx, o := c.Request.Context(), v.subject.(org.Office)
	typed := org.Officers{Head: c.PostForm(org.FieldHead), HeadPhone: c.PostForm(org.FieldHeadPhone), Admin: c.PostForm(org.FieldAdmin),
		AdminPhone: c.PostForm(org.FieldAdminPhone), Address: c.PostForm(org.FieldAddress)}
	version, err := strconv.Atoi(c.PostForm("version"))
	if err != nil || version < 1 {
		s.refuse(c, v, refusalBad)
		return
	}
	changed := false
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		changed, err = s.Flow.ChangeOffice(ctx, tx, o.ID, typed, version, v.by())
		return err
	})
	fields := officeFields(typed)
	var bad org.FieldError
	switch {
	case errors.As(err, &bad):
		i := slices.IndexFunc(fields, func(f console.OfficeField) bool { return f.Key == bad.Field })
		fields[i].Error = "office.error.name"
		if fields[i].Phone {
			fields[i].Error = "office.error.phone"
		}
		s.showOffice(c, v, http.StatusUnprocessableEntity, fields, false)
	case errors.Is(err, org.ErrChanged):
		s.clash(c, v, fields)
	case err != nil:
		s.fault(c, v, err)
	default:
		done := "same"
		if changed {
			done = "save"
		}
		c.Redirect(http.StatusSeeOther, "/gl/offices/"+o.ID+"?done="+done)
	}
}

// clash shows what she typed beside what somebody else wrote meanwhile (fault
// 31); saving once more is then on what she has seen.
func (s *server) clash(c *gin.Context, v *visit, fields []console.OfficeField) {
	ctx := c.Request.Context()
	if err := s.DB.Read(ctx, func(tx *db.Tx) error {
		now, err := org.GetOffice(ctx, tx, v.subject.(org.Office).ID)
		v.subject = now
		for i, f := range officeFields(now.Officers) {
			if f.Value != fields[i].Value {
				fields[i].Now = f.Value
				if f.Value == "" {
					fields[i].Now = s.pages.Text(v.lang, "office.blank")
				}
			}
		}
		return err
	}); err != nil {
		s.fault(c, v, err)
		return
	}
	s.showOffice(c, v, http.StatusConflict, fields, true)
}
