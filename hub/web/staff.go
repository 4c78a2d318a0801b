package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// What :id is on the routes of staff.
const (
	remitStaff   rule = "staff"         // an account
	remitRequest rule = "staff-request" // somebody who asks for one
)

// staffPart is the people of the remit: their accounts, who asks for one, and
// what their superiors do.
func (s *server) staffPart() part {
	get, post := http.MethodGet, http.MethodPost
	county := []staff.Role{staff.CountyOperator} // a point applies, its county binds (A28)
	return part{routes: []route{
		{method: get, path: "/gl/staff", who: officers(), remit: remitList, right: "staff", do: s.staffPage},
		{method: post, path: "/gl/staff/search", who: officers(), remit: remitList, do: s.searchStaff},
		{method: post, path: "/gl/staff/hire", who: officers(), remit: remitList, right: "staff-hire", do: s.hireStaff},
		{method: post, path: "/gl/staff/slips", who: officers(), remit: remitList, right: "staff-slips", do: s.printSlips},
		{method: get, path: "/gl/staff/:id", who: officers(), remit: remitStaff, do: s.member},
		{method: post, path: "/gl/staff/:id/disable", who: officers(), remit: remitStaff, right: "staff-disable", do: s.disableStaff},
		{method: post, path: "/gl/staff/:id/enable", who: officers(), remit: remitStaff, do: s.enableStaff},
		{method: post, path: "/gl/staff/:id/move", who: officers(), remit: remitStaff, right: "staff-move", do: s.moveStaff},
		{method: post, path: "/gl/staff/:id/reset", who: officers(), remit: remitStaff, right: "staff-reset", do: s.resetStaff},
		{method: post, path: "/gl/staff/:id/vouch", who: officers(), remit: remitStaff, right: "staff-vouch", do: s.vouchStaff},
		{method: post, path: "/gl/staff/:id/card-off", who: officers(), remit: remitStaff, right: "staff-card-off", do: s.offStaffCard},
		{method: post, path: "/gl/staff/:id/end", who: officers(), remit: remitStaff, right: "staff-end", do: s.endStaffSession},
		{method: post, path: "/gl/staff/requests/:id/bind", who: county, remit: remitRequest, right: "staff-bind", do: s.bindRequest},
		{method: post, path: "/gl/staff/requests/:id/refuse", who: county, remit: remitRequest, do: s.refuseRequest},
	}, finders: map[rule]finder{remitStaff: findStaff, remitRequest: findRequest}}
}

func findStaff(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	a, err := staff.Get(ctx, tx, id)
	if errors.Is(err, staff.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = a
	return where{a.Division, a.Point}, err
}

func findRequest(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	r, err := staff.GetRequest(ctx, tx, id)
	if errors.Is(err, staff.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = r
	return where{r.Division, r.Point}, err
}

func countRequests(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	if v.session.Account.Role != staff.CountyOperator {
		return 0, nil // what waits for others
	}
	return staff.Asking(ctx, tx, v.remit().division)
}

// superior is what she may do to the accounts of others.
func (s *server) superior(v *visit) staff.Superior {
	return s.Staff.For(v.session.Account, v.source)
}

// pageStaff is how many accounts a page of the list shows; slipDays how long a
// first password is good if nobody says otherwise.
const (
	pageStaff = 50
	slipDays  = 7
	maxDays   = 30
)

func (s *server) staffPage(c *gin.Context, v *visit) {
	if done := c.Query("done"); done != "" && s.pages.Has("staff.done."+done) {
		v.notice = &console.Notice{Class: "done", Key: "staff.done." + done}
	}
	f := console.StaffFilter{Role: c.Query("role"), State: c.Query("state"), Under: c.Query("under")}
	if !goodStaffFilter(f) {
		s.refuse(c, v, refusalBad)
		return
	}
	if s.exportAs(c) != "" {
		s.exportStaff(c, v, f)
		return
	}
	s.showStaff(c, v, http.StatusOK, console.Staff{Filter: f, Days: slipDays})
}

// searchStaff is the list cut to a term, which goes by POST: it is a name.
func (s *server) searchStaff(c *gin.Context, v *visit) {
	f := console.StaffFilter{Role: c.PostForm("role"), State: c.PostForm("state"), Under: c.PostForm("under"), Term: strings.TrimSpace(c.PostForm("term"))}
	if !goodStaffFilter(f) || f.Term != "" && !oneLine(f.Term, 50) {
		s.refuse(c, v, refusalBad)
		return
	}
	s.showStaff(c, v, http.StatusOK, console.Staff{Filter: f, Days: slipDays, Found: f.Term != ""})
}

func goodStaffFilter(f console.StaffFilter) bool {
	return (f.Role == "" || slices.Contains(staff.Roles(), staff.Role(f.Role))) && (f.Under == "" || plainID(f.Under)) &&
		slices.Contains([]staff.State{"", staff.Active, staff.Waiting, staff.Disabled}, staff.State(f.State))
}

func staffFilter(v *visit, f console.StaffFilter) staff.Filter {
	return staff.Filter{Division: v.remit().division, Role: staff.Role(f.Role), State: staff.State(f.State), Under: f.Under, Term: f.Term}
}

// showStaff draws the page around what an act left in view.
func (s *server) showStaff(c *gin.Context, v *visit, status int, view console.Staff, picked ...string) {
	ctx, n := c.Request.Context(), pageNumber(c)
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		f := staffFilter(v, view.Filter)
		f.Limit, f.Offset = pageStaff, (n-1)*pageStaff
		if view.Found {
			f.Limit, f.Offset = 4*pageStaff, 0 // pages of a term would bear it in their links
		}
		list, total, err := staff.List(ctx, tx, f)
		if err != nil {
			return err
		}
		view.Rows, view.Total = nil, total
		points, names := pointNames{}, officeNames{}
		for _, a := range list {
			row, err := staffRow(ctx, tx, v, a, points, names)
			if err != nil {
				return err
			}
			row.Picked = slices.Contains(picked, a.ID)
			view.Rows = append(view.Rows, row)
		}
		if view.Requests, err = s.requestRows(ctx, tx, v, view.Requests); err != nil {
			return err
		}
		return s.staffOptions(ctx, tx, v, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if !view.Found {
		view.Pages.Number, view.Pages.Of = n, max(1, (view.Total+pageStaff-1)/pageStaff)
		if n > 1 {
			view.Pages.First = link(c, "", 0)
		}
		if view.Total > n*pageStaff {
			view.Pages.Next = link(c, "", n+1)
		}
	}
	s.show(c, v, status, "staff", "staff", view)
}

// officeNames remembers the names of offices during one page.
type officeNames map[string]string

func (o officeNames) name(ctx context.Context, tx *db.Tx, id string) (string, error) {
	if n, ok := o[id]; ok {
		return n, nil
	}
	office, err := org.GetOffice(ctx, tx, id)
	if missing(err) {
		office.Name = id
	} else if err != nil {
		return "", err
	}
	o[id] = office.Name
	return office.Name, nil
}

func staffRow(ctx context.Context, tx *db.Tx, v *visit, a staff.Account, points pointNames, offices officeNames) (row console.StaffRow, err error) {
	row = console.StaffRow{ID: a.ID, Login: a.Name, Display: a.Display, Role: "role." + string(a.Role), State: staffState(a), Hers: v.session.Account.Answers(a)}
	if row.Office, err = offices.name(ctx, tx, a.Office); err != nil || a.Point == "" {
		return row, err
	}
	row.Point, err = points.name(ctx, tx, a.Point)
	return row, err
}

func staffState(a staff.Account) console.State {
	switch a.State() {
	case staff.Disabled:
		return console.State{Class: "open", Icon: "lock", Key: "staff.disabled"}
	case staff.Waiting:
		return console.State{Class: "wait", Icon: "clock", Key: "staff.waiting"}
	}
	return console.State{Class: "done", Icon: "check", Key: "staff.active"}
}

// requestRows lists who asks for an account in the remit. shown holds what was
// typed into the form of one of them, and what was wrong with it.
func (s *server) requestRows(ctx context.Context, tx *db.Tx, v *visit, shown []console.StaffRequest) (out []console.StaffRequest, err error) {
	all, err := staff.Requests(ctx, tx, v.remit().division, staff.Asked)
	if err != nil {
		return nil, err
	}
	points := pointNames{}
	for _, r := range all {
		row := console.StaffRequest{ID: r.ID, Login: r.Name, Display: r.Display, Purpose: r.Purpose, Point: r.Point, Asked: ms(r.Asked),
			Mine: v.session.Account.MayGive(staff.Clerk, org.Office{Division: r.Division}), Role: string(staff.PointHead)}
		if row.Where, err = points.name(ctx, tx, r.Point); err != nil {
			return nil, err
		}
		if row.Mine { // it is for ringing back
			if row.Phone, err = s.Staff.Phone(ctx, tx, r.ID); err != nil {
				return nil, err
			}
		}
		for _, typed := range shown {
			if typed.ID == r.ID {
				row.Login, row.Role, row.Point, row.Err, row.Reason = typed.Login, typed.Role, typed.Point, typed.Err, typed.Reason
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// staffOptions fills in what the filters and forms of the page can choose.
func (s *server) staffOptions(ctx context.Context, tx *db.Tx, v *visit, view *console.Staff) error {
	a := v.session.Account
	for _, r := range staff.Roles() {
		view.Roles = append(view.Roles, console.Option{Value: string(r), Text: "role." + string(r)})
	}
	for _, state := range []staff.State{staff.Active, staff.Waiting, staff.Disabled} {
		view.States = append(view.States, console.Option{Value: string(state), Text: "staff." + string(state)})
	}
	offices, err := org.Offices(ctx, tx, a.Division)
	if err != nil {
		return err
	}
	points, err := org.Points(ctx, tx, a.Division)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, o := range offices {
		if !seen[o.Division] && a.Division != o.Division && o.Tier != rules.County || a.Role == staff.CityOperator && o.Tier == rules.County {
			seen[o.Division] = true
			name, err := org.DivisionName(ctx, tx, o.Division)
			if err != nil {
				return err
			}
			view.Divisions = append(view.Divisions, console.Option{Value: o.Division, Text: name})
		}
		given := a.Gives(o)
		for _, r := range given {
			if !slices.ContainsFunc(view.Hire.Roles, func(x console.Option) bool { return x.Value == string(r) }) {
				view.Hire.Roles = append(view.Hire.Roles, console.Option{Value: string(r), Text: "role." + string(r)})
			}
		}
		if len(given) > 0 {
			view.Hire.Places = append(view.Hire.Places, console.Option{Value: o.ID, Text: o.Name})
		}
		if !slices.Contains(given, staff.Clerk) {
			continue
		}
		for _, p := range points {
			if p.Division == o.Division {
				view.Points = append(view.Points, console.Option{Value: p.Code, Text: p.Name})
				view.Hire.Places = append(view.Hire.Places, console.Option{Value: o.ID + "/" + p.Code, Text: p.Name})
			}
		}
	}
	return nil
}

// exportStaff is the list as a file: no telephone numbers.
func (s *server) exportStaff(c *gin.Context, v *visit, f console.StaffFilter) {
	heads := []string{"staff.login", "staff.display", "staff.role", "staff.office", "staff.point", "list.state", "staff.created"}
	for i, h := range heads {
		heads[i] = s.pages.Text(v.lang, h)
	}
	s.export(c, v, "staff", heads, func(row func(cells ...any) error) error {
		ctx := c.Request.Context()
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			list, _, err := staff.List(ctx, tx, staffFilter(v, f))
			if err != nil {
				return err
			}
			points, names := pointNames{}, officeNames{}
			for _, a := range list {
				x, err := staffRow(ctx, tx, v, a, points, names)
				if err != nil {
					return err
				}
				if err := row(x.Login, x.Display, s.pages.Text(v.lang, x.Role), x.Office, x.Point, s.pages.Text(v.lang, x.State.Key), ms(a.Created)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// hireStaff adds an account that a slip will open.
func (s *server) hireStaff(c *gin.Context, v *visit) {
	h := console.Hire{Login: strings.TrimSpace(c.PostForm("login")), Display: strings.TrimSpace(c.PostForm("display")), Phone: strings.TrimSpace(c.PostForm("phone")),
		Role: c.PostForm("role"), Place: c.PostForm("place"), Open: true}
	office, point, _ := strings.Cut(h.Place, "/")
	var err error
	switch {
	case !staff.ValidName(h.Login):
		h.Err = "staff.badlogin"
	case !oneLine(h.Display, 50):
		h.Err = "apply.needdisplay"
	case h.Phone != "" && !phone(h.Phone):
		h.Err = "apply.needphone"
	case !plainID(office) || point != "" && !plainID(point):
		h.Err = "staff.badplace"
	default:
		_, err = s.superior(v).Hire(c.Request.Context(), staff.NewAccount{Name: h.Login, Display: h.Display, Phone: h.Phone, Role: staff.Role(h.Role), Office: office, Point: point})
		h.Err = hireError(err)
	}
	switch {
	case h.Err != "":
		s.showStaff(c, v, http.StatusUnprocessableEntity, console.Staff{Days: slipDays, Hire: h})
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/gl/staff?"+url.Values{"state": {string(staff.Waiting)}, "done": {"hired"}}.Encode())
	}
}

// hireError is the phrase of a refusal, "" for none and for a fault.
func hireError(err error) string {
	switch {
	case errors.Is(err, staff.ErrTaken):
		return "staff.taken"
	case errors.Is(err, staff.ErrAccount):
		return "staff.badplace"
	case errors.Is(err, staff.ErrNotYours):
		return "staff.notyours"
	}
	return ""
}

// bindRequest makes an account of a request.
func (s *server) bindRequest(c *gin.Context, v *visit) {
	r := v.subject.(staff.Request)
	typed := console.StaffRequest{ID: r.ID, Login: strings.TrimSpace(c.PostForm("login")), Role: c.PostForm("role"), Point: c.PostForm("point")}
	var err error
	if !staff.ValidName(typed.Login) {
		typed.Err = "staff.badlogin"
	} else {
		_, err = s.superior(v).Bind(c.Request.Context(), r.ID, typed.Login, staff.Role(typed.Role), typed.Point)
		typed.Err = hireError(err)
	}
	s.settled(c, v, typed, err, "bound")
}

func (s *server) refuseRequest(c *gin.Context, v *visit) {
	r := v.subject.(staff.Request)
	typed := console.StaffRequest{ID: r.ID, Login: r.Name, Role: string(staff.PointHead), Point: r.Point, Reason: c.PostForm("reason")}
	why, ok := reason(c)
	var err error
	if !ok {
		typed.Err = "act.needreason"
	} else {
		err = s.superior(v).Refuse(c.Request.Context(), r.ID, why)
		typed.Err = hireError(err)
	}
	s.settled(c, v, typed, err, "refused")
}

func (s *server) settled(c *gin.Context, v *visit, typed console.StaffRequest, err error, done string) {
	switch {
	case typed.Err != "":
		s.showStaff(c, v, http.StatusUnprocessableEntity, console.Staff{Days: slipDays, Requests: []console.StaffRequest{typed}})
	case errors.Is(err, staff.ErrNotFound): // a colleague was quicker
		v.notice = &console.Notice{Class: "wait", Key: "staff.request.gone"}
		s.showStaff(c, v, http.StatusConflict, console.Staff{Days: slipDays})
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/gl/staff?done="+done)
	}
}

// days reads how long a first password is good.
func days(c *gin.Context) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(c.PostForm("days")))
	return n, err == nil && n >= 1 && n <= maxDays
}

func validFor(days int) time.Duration { return time.Duration(days) * 24 * time.Hour }
