package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/incident"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// board gathers one dashboard. Its steps run in order, on one snapshot.
type board struct {
	s     *server
	v     *visit
	x     sight
	camp  rules.Campaign
	where progress.Where

	tier  rules.Tier
	names map[string]org.Division // in force now, by the code that counters have: nobody changes it
	hot   map[string]int          // open incidents by place: county, city and point

	versions []campaign.Version // of all campaigns

	line    progress.Timeline // of the place shown
	counted uint64            // entry up to which that is counted
}

func (b *board) words() words { return words{b.s.pages, b.v.lang, b.camp} }

// place names what is shown, and the way up within her remit.
func (b *board) place(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	var err error
	if b.names, err = b.s.campaigns.divisions.on(ctx, tx, b.s.Flow.Now()); err != nil {
		return err
	}
	here, ok := b.names[progress.Current(b.x.division)]
	if !ok && b.x.division != b.v.remit().division {
		return org.ErrNotFound
	}
	if !ok {
		here = org.Division{Code: b.x.division, Name: b.x.division, Tier: org.TierOf(b.x.division)}
	}
	b.tier = here.Tier
	out.Code, out.Place, out.Tier = b.x.division, here.Name, string(here.Tier)
	of := b.v.remit()
	for up := org.Above(b.x.division); up != "" && org.Covers(of.division, up); up = org.Above(up) {
		to := sight{remit{up, of.point}, b.x.level}
		out.Above = append(out.Above, console.Link{Path: to.path(of), Text: b.names[up].Name})
	}
	slices.Reverse(out.Above)
	if b.x.point != "" {
		out.Tier = "point"
		if out.Place, err = (pointNames{}).name(ctx, tx, b.x.point); err != nil {
			return err
		}
	}
	out.Levels = levelTabs(b.words(), of, b.x, b.camp.Form.Levels)
	return nil
}

// standing asks how far is counted: what is kept of the counters is of that.
func (b *board) standing(ctx context.Context, tx *db.Tx, out *console.Dashboard) (err error) {
	b.counted, out.Figures.Paying, err = progress.Standing(ctx, tx, b.camp.ID)
	return err
}

// counts names figures that are kept: of what, as far as the journal has been
// counted.
type counts struct {
	where    progress.Where
	position uint64
}

func (b *board) counts(what string) keptKey { return keptKey{what, counts{b.where, b.counted}} }

func (b *board) figures(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	var err error
	b.line, err = keep(b.v.glance, b.counts("timeline"), tx, func(tx *db.Tx) (progress.Timeline, error) {
		return progress.TimelineOf(ctx, tx, b.where)
	})
	if err != nil {
		return err
	}
	sum, f := b.line.Sum(), &out.Figures
	f.Registered, f.Confirmed, f.Paid, f.Begun = int(sum.Registered), int(sum.Confirmed), int(sum.Paid), int(sum.Begun)
	return nil
}

// hotspot is what a map tells of an incident.
type hotspot struct {
	Kind            incident.Kind
	Division, Point string
}

// incidents counts what is open by every place that a row or the map shows.
func (b *board) incidents(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	open, err := keep(b.v.glance, keptKey{"incidents", b.x.division}, tx, func(tx *db.Tx) (out []hotspot, err error) {
		open, err := incident.Open(ctx, tx, b.x.division)
		for _, i := range open {
			out = append(out, hotspot{i.Kind, i.Division, i.Point})
		}
		return out, err
	})
	if err != nil {
		return err
	}
	b.hot = map[string]int{}
	var notes []string
	for _, i := range open {
		if b.x.point != "" && i.Point != b.x.point {
			continue
		}
		out.Figures.Incidents++
		for _, place := range []string{i.Point, progress.Current(i.Division), org.Above(progress.Current(i.Division))} {
			if place != "" {
				b.hot[place]++
			}
		}
		if key := "incident.kind." + string(i.Kind); len(notes) < 2 && b.s.pages.Has(key) {
			notes = append(notes, b.s.pages.Text(b.v.lang, "dash.incidents.one", b.names[progress.Current(i.Division)].Name, b.s.pages.Text(b.v.lang, key)))
		}
	}
	out.Figures.IncidentNote = strings.Join(notes, b.s.pages.Text(b.v.lang, "dash.and"))
	return nil
}

// places are the rows of the table, the slowest, and the map.
func (b *board) places(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	if b.x.point != "" {
		return nil
	}
	read := progress.Children
	if b.tier == rules.Province {
		read = progress.Counties
	}
	children, err := keep(b.v.glance, b.counts("places"), tx, func(tx *db.Tx) ([]progress.Place, error) { return read(ctx, tx, b.where) })
	if err != nil {
		return err
	}
	switch b.tier {
	case rules.Province:
		out.Places, out.Counties = b.rows(above(children), rules.City), b.rows(children, rules.County)
		out.Slow = console.Slowest(out.Counties, 5)
		out.Map = b.mapOf(out.Counties)
		for _, p := range out.Places {
			out.Map.Cities = append(out.Map.Cities, console.Label{Code: progress.Current(p.Code), Text: shortName(p.Name)})
		}
	case rules.City:
		out.Places = b.rows(children, rules.County)
		out.Slow = console.Slowest(out.Places, 5)
		out.Map = b.mapOf(out.Places)
	default:
		if out.Places, err = b.pointRows(ctx, tx, children); err != nil {
			return err
		}
	}
	if out.Map != nil {
		out.Map.Seal(b.v.lang)
	}
	return nil
}

// above adds places up to the divisions one tier above them.
func above(all []progress.Place) []progress.Place {
	sums := map[string]progress.Figures{}
	for _, p := range all {
		sums[org.Above(p.Code)] = sums[org.Above(p.Code)].Add(p.Figures)
	}
	var out []progress.Place
	for code, f := range sums {
		out = append(out, progress.Place{Code: code, Figures: f})
	}
	return out
}

// rows are the divisions of a tier within what is shown, in the order of their
// codes, those without figures too.
func (b *board) rows(counted []progress.Place, tier rules.Tier) []console.PlaceRow {
	figures := make(map[string]progress.Figures, len(counted))
	for _, p := range counted {
		figures[p.Code] = p.Figures
	}
	var out []console.PlaceRow
	for code, d := range b.names {
		if d.Tier != tier || !org.Covers(b.x.division, d.Code) {
			continue
		}
		to := sight{remit{d.Code, ""}, b.x.level}
		f := figures[code]
		out = append(out, console.PlaceRow{Code: d.Code, Name: d.Name, Path: to.path(b.v.remit()), Registered: int(f.Registered),
			Confirmed: int(f.Confirmed), Paid: int(f.Paid), Incidents: b.hot[code]})
	}
	slices.SortFunc(out, func(x, y console.PlaceRow) int { return strings.Compare(x.Code, y.Code) })
	return out
}

func (b *board) pointRows(ctx context.Context, tx *db.Tx, counted []progress.Place) ([]console.PlaceRow, error) {
	points, err := keep(b.v.glance, keptKey{"points", b.x.division}, tx, func(tx *db.Tx) ([]console.Option, error) {
		return b.s.pointOptions(ctx, tx, remit{division: b.x.division})
	})
	if err != nil {
		return nil, err
	}
	figures := map[string]progress.Figures{}
	for _, p := range counted {
		figures[p.Code] = p.Figures
	}
	var out []console.PlaceRow
	for _, p := range points {
		f := figures[p.Value]
		out = append(out, console.PlaceRow{Code: p.Value, Name: p.Text, Registered: int(f.Registered), Confirmed: int(f.Confirmed), Paid: int(f.Paid), Incidents: b.hot[p.Value]})
	}
	return out, nil
}

func (b *board) mapOf(counties []console.PlaceRow) *console.Map {
	m := &console.Map{Of: b.x.division, Name: b.names[progress.Current(b.x.division)].Name}
	for _, p := range counties {
		s := console.Shape{Code: progress.Current(p.Code), Name: p.Name, Path: p.Path, Share: p.Share(), Incidents: p.Incidents}
		if p.Registered == 0 {
			s.Share = -1
		}
		m.Shapes = append(m.Shapes, s)
	}
	return m
}

// shortName is what a city is called on a map.
func shortName(name string) string {
	if short, ok := strings.CutSuffix(name, "土家族苗族自治州"); ok {
		return short + "州"
	}
	return strings.TrimSuffix(name, "市")
}

// bars are what came by day of the window and by hour of today.
func (b *board) bars(_ context.Context, _ *db.Tx, out *console.Dashboard) error {
	now := b.s.Flow.Now()
	hours := b.line.Hours(now)
	h := &console.Bars{Hours: true}
	from, to := 8, 18 // the hours in which something is expected; more if more came
	for i, f := range hours {
		out.Figures.Today += int(f.Confirmed)
		if f.Registered != 0 || f.Confirmed != 0 {
			from, to = min(from, i), max(to, i)
		}
	}
	for i := from; i <= to; i++ {
		h.Labels = append(h.Labels, b.words().t("chart.hour", i))
		h.Registered, h.Confirmed = append(h.Registered, hours[i].Registered), append(h.Confirmed, hours[i].Confirmed)
	}
	out.Hours, out.HoursDay = h, b.words().day(now)
	return nil
}

// day says a day: 9月6日, or 6 Sep.
func (w words) day(t time.Time) string {
	t = day(t)
	if w.lang == console.En {
		return t.Format("2 Jan")
	}
	return fmt.Sprintf("%d月%d日", t.Month(), t.Day())
}

// boxes are how many are in which state, and one by one where they are few.
func (b *board) boxes(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	by := map[string]*console.Health{}
	var few []console.Box
	names := pointNames{}
	for _, x := range b.s.Flow.Fleet.Snapshot() {
		if x.Gone() || len(x.Point) < 6 || !b.x.covers(x.Point[:6], x.Point) {
			continue
		}
		state := boxState(x)
		h := by[state.Key]
		if h == nil {
			h = &console.Health{State: state}
			by[state.Key] = h
		}
		h.Count++
		h.Waiting += x.Live.Waiting
		out.Figures.Boxes++
		if out.Figures.Boxes <= newest {
			few = append(few, console.Box{ID: x.ID, Unit: int(x.Unit), Point: x.Point, State: state, Seen: b.s.seen(x), Waiting: x.Live.Waiting})
		}
	}
	for _, h := range by {
		h.Of = out.Figures.Boxes
		if h.State.Class != "done" {
			out.Figures.Unwell += h.Count
		}
		out.Health = append(out.Health, *h)
	}
	gravest := func(c string) int { return slices.Index([]string{"done", "wait", "must", "open"}, c) }
	slices.SortFunc(out.Health, func(x, y console.Health) int {
		if a, b := gravest(x.State.Class), gravest(y.State.Class); a != b {
			return a - b
		}
		return strings.Compare(x.State.Key, y.State.Key)
	})
	if out.Figures.Boxes > newest {
		return nil
	}
	for i := range few {
		var err error
		few[i].PointName, err = keep(b.v.glance, keptKey{"point", few[i].Point}, tx, func(tx *db.Tx) (string, error) {
			return names.name(ctx, tx, few[i].Point)
		})
		if err != nil {
			return err
		}
	}
	out.Boxes = worstFirst(few)
	return nil
}

func (b *board) arrivals(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	if b.x.level != "" { // the list of confirmations knows no levels
		return nil
	}
	records, err := confirmation.List(ctx, tx, confirmation.Filter{Campaign: b.camp.ID, Division: b.x.division, Point: b.x.point, Limit: newest})
	if err != nil {
		return err
	}
	out.Arrivals, err = b.s.arrivals(ctx, tx, records)
	return err
}

// still is how long an entry may wait to be counted before the page says so.
const still = 5 * time.Second

// behind tells when counting stands still.
func (b *board) behind(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	at, head := b.counted, b.s.Journal.Head().Number
	if at >= head {
		return nil
	}
	waits, err := journal.After(ctx, tx, at, 1)
	if err == nil && len(waits) > 0 && b.s.Flow.Now().Sub(waits[0].At) > still {
		out.Behind = head - at
	}
	return err
}
