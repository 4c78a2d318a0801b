package console

import (
	"slices"
	"time"
)

// Dashboard is /gl: how far a division, or a point, has come.
type Dashboard struct {
	Alarms   []Alarm    // for those who run the hub
	Backup   *BackupDue // … while one is overdue; nil otherwise
	Line     *Line      // for them too: applicants who wait at the portal; nil when nobody does
	Code     string     // division shown, "" before the first campaign
	Place    string     // its name, or the point's
	Tier     string     // "province", "city", "county" or "point"
	Query    string     // "division=…&level=…" of this page, "" for her first
	Above    []Link     // the divisions above it that are hers, the highest first
	Levels   []Tab      // none when the campaign has but one
	Behind   uint64     // entries of the journal that are not counted yet; 0 unless counting stands still
	Figures  Figures
	Map      *Map // nil where there is none: of a county, of a point
	Curve    *Curve
	Days     *Bars
	Hours    *Bars
	HoursDay string // the day the hours are of, as people say it
	Health   []Health
	Boxes    []Box // one by one where they are few
	Slow     []PlaceRow
	Places   []PlaceRow // one tier below
	Counties []PlaceRow // of a province: every county, beside the map
	Arrivals []Arrival
}

// Short reports whether the bars stand below, side by side, and not beside the
// lists: there is a map, or the lists of places and boxes are so short that a
// column of three charts would leave a hole under them.
func (d Dashboard) Short() bool {
	const place, box, column = 31, 50, 310 // heights in pixels, of a row and of what the bars need
	boxes := max(len(d.Boxes)*box, len(d.Health)*place)
	return d.Map != nil || len(d.Places)*place+boxes < column
}

// Line is how many applicants wait to come in at the portal, how many come in a
// minute, and how long who comes now will wait; 0 is not known yet.
type Line struct{ Waiting, PerMinute, Minutes int }

// Tab is one of a row of ways to look at the same page.
type Tab struct {
	Text, Path string
	Now        bool
}

// Figures are the counters of what is shown. Today is the hub's civil day, UTC+8.
type Figures struct {
	Registered, Confirmed, Today int
	Begun                        int // who fill in, or filled in, at the portal; 0 is not told
	Paid                         int
	Paying                       bool   // payments are counted in this campaign; else nothing is said of them
	IsDay, WasDay                int    // registered by the end of the last whole day, this year and last; 0 = not known
	Incidents                    int    // not closed
	IncidentNote                 string // what they are, in a few words
	Boxes, Unwell                int
}

// Share is what part of the registered is confirmed, in whole per cent.
func (f Figures) Share() int { return share(f.Confirmed, f.Registered) }

// PaidShare is what part of the confirmed has paid.
func (f Figures) PaidShare() int { return share(f.Paid, f.Confirmed) }

// Unpaid are confirmed and have not paid.
func (f Figures) Unpaid() int { return max(0, f.Confirmed-f.Paid) }

// More says by how many per cent this year is ahead of last year (below zero:
// behind) at the end of the last whole day; ok is false when that cannot be said.
func (f Figures) More() (percent float64, ok bool) {
	if f.WasDay <= 0 || f.IsDay <= 0 {
		return 0, false
	}
	return float64(f.IsDay-f.WasDay) * 100 / float64(f.WasDay), true
}

func share(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return min(100, part*100/whole)
}

// PlaceRow is one place with its figures.
type PlaceRow struct {
	Code, Name, Path string // Path is "" where there is nothing more to see
	Registered       int
	Confirmed        int
	Paid             int
	Incidents        int
}

// Share is what part of the registered is confirmed, in whole per cent.
func (p PlaceRow) Share() int { return share(p.Confirmed, p.Registered) }

// Permille is the same in tenths, for "14.8%".
func (p PlaceRow) Permille() int {
	if p.Registered <= 0 {
		return 0
	}
	return min(1000, p.Confirmed*1000/p.Registered)
}

// Health is how many boxes are in one state.
type Health struct {
	State   State
	Count   int
	Of      int
	Waiting uint64 // records they have not sent
}

// Permille of all boxes.
func (h Health) Permille() int {
	if h.Of <= 0 {
		return 0
	}
	return h.Count * 1000 / h.Of
}

// Slowest gives the n places of the smallest share, of those where anybody is
// registered; places with an open incident stand first among equals.
func Slowest(all []PlaceRow, n int) []PlaceRow {
	out := slices.DeleteFunc(slices.Clone(all), func(p PlaceRow) bool { return p.Registered == 0 })
	slices.SortStableFunc(out, func(a, b PlaceRow) int {
		if a.Permille() != b.Permille() {
			return a.Permille() - b.Permille()
		}
		return b.Incidents - a.Incidents
	})
	return out[:min(n, len(out))]
}

// Curve is the course of registrations over the days of the window, each value
// the sum at the end of a day. Now and Last may be shorter than Days; Plan
// begins at PlanFrom.
type Curve struct {
	Days      []time.Time
	Now       []int64 // registered, up to today
	Confirmed []int64 // as long as Now
	Last      []int64
	LastYear  int // 0 = not known
	Plan      []int64
	PlanFrom  int
}

// Row is one day of the curve as a table says it; -1 is not known.
type Row struct {
	Day                        time.Time
	Now, Confirmed, Last, Plan int64
}

// Rows are the curve as a table.
func (c Curve) Rows() []Row {
	out := make([]Row, len(c.Days))
	for i, d := range c.Days {
		at := func(v []int64, from int) int64 {
			if i < from || i-from >= len(v) {
				return -1
			}
			return v[i-from]
		}
		out[i] = Row{d, at(c.Now, 0), at(c.Confirmed, 0), at(c.Last, 0), at(c.Plan, c.PlanFrom)}
	}
	return out
}

// Sum at the end of what is known, and what the estimate comes to.
func (c Curve) Sum() int64 { return final(c.Now) }

// Was is what last year came to.
func (c Curve) Was() int64 { return final(c.Last) }

// Planned is what the estimate comes to, 0 when there is none.
func (c Curve) Planned() int64 { return final(c.Plan) }

func final(v []int64) int64 {
	if len(v) == 0 {
		return 0
	}
	return v[len(v)-1]
}

// Bars are two counts side by side for each of a row of times.
type Bars struct {
	Labels                []string
	Registered, Confirmed []int64
	Hours                 bool // the labels are hours of a day
}

// Top is the highest of the second count and its label.
func (b Bars) Top() (label string, n int64) {
	for i, v := range b.Confirmed {
		if v > n {
			label, n = b.Labels[i], v
		}
	}
	return label, n
}

// Any reports whether there is anything in it.
func (b Bars) Any() bool {
	return slices.ContainsFunc(append(slices.Clone(b.Registered), b.Confirmed...), func(v int64) bool { return v != 0 })
}

// Map is the schematic map of a province or city.
type Map struct {
	Of     string // code of the division drawn
	Name   string
	Shapes []Shape
	Cities []Label // names written on a province's map
	Print  string  // fingerprint of what can be seen
	Same   bool    // the page that asks has it already
}

// Shape is one county on the map.
type Shape struct {
	Code, Name, Path string // Code as the atlas has it
	Share            int    // per cent; -1 = nobody is registered
	Incidents        int

	// A map of areas: its tint from 1 to Tints, the area's name under the county's, and
	// what is said of both. Incidents then marks an area that is over-full.
	Tint        int
	Under, Said string
}

// Step is the shape's place in the ramp: 0 below 20 %, 4 from 80 % on.
func (s Shape) Step() int { return min(4, max(0, s.Share)/20) }

// Tints is how many tints areas have on a map before they come round again.
const Tints = 8

// Label is a name on the map.
type Label struct{ Code, Text string }

// placeTable is what the template of such a table is given.
type placeTable struct {
	Rows    []PlaceRow
	Paying  bool
	Caption string // phrase of what a row is
}

func tableOf(rows []PlaceRow, paying bool, tier string) placeTable {
	t := placeTable{rows, paying, "dash.county"}
	switch tier {
	case "city":
		t.Caption = "dash.city"
	case "point":
		t.Caption = "dash.point"
	}
	return t
}

type growth struct {
	Percent float64
	Ahead   bool
}

func growthOf(f Figures) growth {
	p, ok := f.More()
	return growth{p, ok && p >= 0}
}

// BackupDue says that a backup of the hub is overdue.
type BackupDue struct{ Last time.Time } // zero: there never was one
