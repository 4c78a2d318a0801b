package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/backup"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
)

// newest is how many arrivals, and how many boxes, the dashboard shows.
const newest = 12

// sight is what a dashboard shows: a division within her remit, and one level
// or all.
type sight struct {
	remit
	level string
}

// query is the part of an address that asks for it; her own remit and all
// levels need none.
func (x sight) query(of remit) string {
	q := url.Values{}
	if x.division != of.division {
		q.Set("division", x.division)
	}
	if x.level != "" {
		q.Set("level", x.level)
	}
	return q.Encode()
}

func (x sight) path(of remit) string {
	if q := x.query(of); q != "" {
		return "/gl?" + q
	}
	return "/gl"
}

// sight reads what is asked for. What lies outside her remit does not exist;
// false when that has been answered.
func (s *server) sight(c *gin.Context, v *visit) (sight, bool) {
	x := sight{v.remit(), c.Query("level")}
	if d := c.Query("division"); d != "" && d != x.division {
		if len(d) != 6 || strings.Trim(d, "0123456789") != "" {
			s.refuse(c, v, refusalNotFound)
			return x, false
		}
		// A point's staff see their point: no division is theirs.
		if x.point != "" || !org.Covers(x.division, d) {
			s.deny(c, v, route{method: http.MethodGet, path: c.FullPath()}, refusalNotFound)
			return x, false
		}
		x.division = d
	}
	if len(x.level) > 8 || strings.ContainsFunc(x.level, func(r rune) bool { return r <= ' ' || r > '~' }) {
		s.refuse(c, v, refusalBad)
		return x, false
	}
	return x, true
}

func (s *server) dashboard(c *gin.Context, v *visit) {
	x, ok := s.sight(c, v)
	if !ok {
		return
	}
	if s.exportAs(c) != "" {
		s.exportProgress(c, v, x)
		return
	}
	f, view, err := s.dashboardPage(c, v, x)
	if missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, http.StatusOK, "dashboard", f, view)
}

// dashboardPart is the dashboard without its frame, for the script module. It
// leaves out the map when the page that asks has the very same.
func (s *server) dashboardPart(c *gin.Context, v *visit) {
	x, ok := s.sight(c, v)
	if !ok {
		return
	}
	f, view, err := s.dashboardPage(c, v, x)
	if missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if view.Map != nil {
		view.Map.Same = slices.Contains(strings.Split(c.Query("have"), ","), view.Map.Print)
	}
	f.Self = x.path(v.remit())
	html, err := s.pages.RenderPart("dashboard", "live", f, view)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", html)
}

// dashboardPage reads all that the page shows, with its frame, on one snapshot.
// The page knows all up to what is counted: what came after it, its live stream
// tells at once.
func (s *server) dashboardPage(c *gin.Context, v *visit, x sight) (console.Frame, console.Dashboard, error) {
	ctx := c.Request.Context()
	f := s.bareFrame(c, v, "dashboard")
	out := console.Dashboard{Alarms: s.alarms(v), Line: s.line(v), Query: x.query(v.remit())}
	v.glance = s.glance()
	err := v.read(ctx, s.DB.Read, func(tx *db.Tx) error {
		versions, err := s.versions(ctx, tx, v)
		if err != nil {
			return err
		}
		camp, err := s.campaigns.of(ctx, tx, s.Campaign, versions)
		if missing(err) {
			return s.frameIn(ctx, tx, v, camp, &f)
		} else if err != nil {
			return err
		}
		b := board{s: s, v: v, x: x, camp: camp, versions: versions, where: progress.Where{Campaign: camp.ID, Division: x.division, Point: x.point, Level: x.level}}
		for _, step := range []func(context.Context, *db.Tx, *console.Dashboard) error{
			b.backup, b.standing, b.place, b.figures, b.incidents, b.places, b.curve, b.bars, b.boxes, b.arrivals, b.behind} {
			if err := step(ctx, tx, &out); err != nil {
				return err
			}
		}
		f.Head = min(f.Head, b.counted)
		return s.frameIn(ctx, tx, v, camp, &f)
	})
	return f, out, err
}

// backup tells those who run the hub that one is overdue.
func (b *board) backup(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	if !slices.Contains(province(), b.v.session.Account.Role) {
		return nil
	}
	due, err := keep(b.v.glance, keptKey{"backup", ""}, tx, func(tx *db.Tx) (*console.BackupDue, error) {
		newest, overdue, err := backup.Overdue(ctx, tx, b.s.Flow.Now().UnixMilli())
		if err != nil || !overdue {
			return nil, err
		}
		return &console.BackupDue{Last: ms(newest.Begun)}, nil
	})
	out.Backup = due
	return err
}

// alarms tells those who run the hub what is filling up.
func (s *server) alarms(v *visit) []console.Alarm {
	if s.Storage == nil || !slices.Contains(province(), v.session.Account.Role) {
		return nil
	}
	var out []console.Alarm
	for _, a := range s.Storage() {
		out = append(out, console.Alarm{Place: string(a.Place), Percent: a.Percent, Used: a.Used, Limit: a.Limit})
	}
	return out
}

// line tells those who run the hub that applicants wait at this hub's door.
func (s *server) line(v *visit) *console.Line {
	if s.Line == nil || !slices.Contains(province(), v.session.Account.Role) {
		return nil
	}
	p, ok := s.Line()
	if !ok || p.Waiting == 0 {
		return nil
	}
	return &console.Line{Waiting: p.Waiting, PerMinute: int(p.PerMinute), Minutes: int((p.Wait + time.Minute - 1) / time.Minute)}
}

// levelTabs are the tabs of a dashboard: one for all, one for each level.
func levelTabs(w words, of remit, x sight, levels []form.Level) []console.Tab {
	if len(levels) < 2 {
		return nil
	}
	tab := func(text, level string) console.Tab {
		to := sight{x.remit, level}
		return console.Tab{Text: text, Path: to.path(of), Now: level == x.level}
	}
	out := []console.Tab{tab(w.t("dash.levels.all"), "")}
	for _, l := range levels {
		name := l.Zh
		if w.lang == console.En && l.En != "" {
			name = l.En
		}
		out = append(out, tab(name, l.Code))
	}
	return out
}
