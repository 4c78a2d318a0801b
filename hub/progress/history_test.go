package progress_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/protocol/form"
)

// TestRandomHistories: whatever happens to applications, the counters say what
// looking at every application and every confirmation says, at every place and
// level; by day and hour they add up to the same; and counting from the first
// entry changes nothing.
func TestRandomHistories(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var campaigns atomic.Int64
		rapid.Check(t, func(r *rapid.T) {
			h := &history{world: w, camp: fmt.Sprintf("c%d", campaigns.Add(1)), apps: map[string]form.Application{}, levels: map[string]string{}}
			for range rapid.IntRange(1, 14).Draw(r, "steps") {
				h.step(r)
				if rapid.Bool().Draw(r, "count now") {
					w.counted()
				}
			}
			w.counted()
			h.compare(r)
			built, err := progress.Rebuild(t.Context(), w.db)
			if err != nil {
				r.Fatal(err)
			}
			if built.Differ != 0 {
				r.Errorf("a rebuild found %d counters that stood otherwise", built.Differ)
			}
			h.compare(r)
		})
	})
}

// history is what one campaign's people went through.
type history struct {
	*world
	camp   string
	apps   map[string]form.Application // newest version
	ids    []string
	stands map[string][]string // confirmations of an application, in the order they came
	levels map[string]string   // that a confirmation was signed with
}

func (h *history) step(r *rapid.T) {
	h.clock.Add(int64(rapid.IntRange(0, 30*3600).Draw(r, "later")) * 1000)
	point := rapid.SampledFrom(points).Draw(r, "point")
	level := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(r, "level")
	kind := rapid.SampledFrom([]string{"register", "edit", "move", "confirm", "confirm", "edited at the box", "elsewhere", "time"}).Draw(r, "kind")
	if len(h.ids) == 0 || kind == "register" {
		if len(h.ids) == len(h.people) {
			return
		}
		a := h.application(h.camp, len(h.ids), point, level)
		h.register(a)
		h.apps[a.ID], h.ids = a, append(h.ids, a.ID)
		return
	}
	a := h.apps[rapid.SampledFrom(h.ids).Draw(r, "who")].Clone()
	switch kind {
	case "edit", "move":
		a.Version++
		for i := range a.Choices {
			a.Choices[i].Level = level
		}
		if kind == "move" {
			a.Point = point
		}
		h.register(a)
		h.apps[a.ID] = a
	case "edited at the box": // signed at another point and level than stored
		a.Point = point
		for i := range a.Choices {
			a.Choices[i].Level = level
		}
		step := flow.Step{State: confirmation.InForce, Sign: true}
		if h.doubt(&step, a.ID) {
			step.Sign = false
		}
		id := h.arrive(a, point, step)
		h.note(a, id)
		if step.Sign {
			h.read(func(tx *db.Tx) error {
				f, err := h.flow.Candidates.Get(h.t.Context(), tx, a.ID)
				h.apps[a.ID] = f.Application
				return err
			})
		}
	default:
		step := flow.Step{State: confirmation.InForce}
		if kind == "time" {
			step.State = confirmation.TimePending
		}
		at := a.Point
		if kind == "elsewhere" {
			at, step.State = point, confirmation.Disputed
		}
		h.doubt(&step, a.ID)
		h.note(a, h.arrive(a, at, step))
	}
}

func (h *history) note(a form.Application, id string) {
	if h.stands == nil {
		h.stands = map[string][]string{}
	}
	h.levels[id] = a.First().Level
	h.stands[a.ID] = append(h.stands[a.ID], id)
}

// doubt puts priors beside a new confirmation as flow.Next would.
func (h *history) doubt(s *flow.Step, app string) bool {
	for _, id := range h.stands[app] {
		s.State = confirmation.Disputed
		h.read(func(tx *db.Tx) error {
			r, err := confirmation.Get(h.t.Context(), tx, id)
			if r.State != confirmation.Disputed {
				s.Dispute = append(s.Dispute, id)
			}
			return err
		})
	}
	return len(h.stands[app]) > 0
}

// scan is what there is, by point and level.
func (h *history) scan() map[[2]string]progress.Figures {
	out := map[[2]string]progress.Figures{}
	add := func(point, level string, f progress.Figures) {
		k := [2]string{point, level}
		out[k] = out[k].Add(f)
	}
	h.read(func(tx *db.Tx) error {
		for _, id := range h.ids {
			f, err := h.flow.Candidates.Get(h.t.Context(), tx, id)
			if err != nil {
				return err
			}
			add(f.Point, f.Application.First().Level, progress.Figures{Registered: 1})
		}
		return tx.Each(h.t.Context(), `SELECT id, point FROM confirmation WHERE campaign = $1 AND state <> $2`, []any{h.camp, string(confirmation.Disputed)},
			func(row func(...any) error) error {
				var id, point string
				err := row(&id, &point)
				add(point, h.levels[id], progress.Figures{Confirmed: 1})
				return err
			})
	})
	return out
}

func (h *history) compare(r *rapid.T) {
	truth := h.scan()
	h.read(func(tx *db.Tx) error {
		for _, division := range []string{"430000", "430100", "430104", "430102", "431000", "431028"} {
			for _, level := range []string{"", "1", "2", "3"} {
				h.compareAt(r, tx, truth, division, "", level)
			}
		}
		for _, p := range points {
			for _, level := range []string{"", "2"} {
				h.compareAt(r, tx, truth, p[:6], p, level)
			}
		}
		return nil
	})
}

func (h *history) compareAt(r *rapid.T, tx *db.Tx, truth map[[2]string]progress.Figures, division, point, level string) {
	ctx := h.t.Context()
	var want progress.Figures
	for k, f := range truth {
		if (level == "" || level == k[1]) && (point == "" || point == k[0]) && org.Covers(division, k[0][:6]) {
			want = want.Add(f)
		}
	}
	where := progress.Where{Campaign: h.camp, Division: division, Point: point, Level: level}
	got, err := progress.Of(ctx, tx, where)
	if err != nil || got != want {
		r.Errorf("%+v: %+v, %v; want %+v", where, got, err, want)
	}
	days, err := progress.Days(ctx, tx, where)
	var sum, byHour progress.Figures
	for _, d := range days {
		sum = sum.Add(d.Figures)
		on, e := time.ParseInLocation(time.DateOnly, d.Day, time.FixedZone("", 8*3600))
		if e != nil {
			r.Fatal(e)
		}
		hours, e := progress.Hours(ctx, tx, where, on)
		if e != nil {
			r.Fatal(e)
		}
		for _, f := range hours {
			byHour = byHour.Add(f)
		}
	}
	if err != nil || sum != want || byHour != want {
		r.Errorf("%+v: by day %+v, by hour %+v, %v; want %+v", where, sum, byHour, err, want)
	}
	if point != "" || level != "" {
		return
	}
	for name, list := range map[string]func() ([]progress.Place, error){
		"children": func() ([]progress.Place, error) { return progress.Children(ctx, tx, where) },
		"points":   func() ([]progress.Place, error) { return progress.Points(ctx, tx, where) },
	} {
		all, err := list()
		var sum progress.Figures
		for _, p := range all {
			sum = sum.Add(p.Figures)
		}
		if err != nil || sum != want {
			r.Errorf("%s of %s add up to %+v, %v; want %+v", name, division, sum, err, want)
		}
		if !slices.IsSortedFunc(all, func(a, b progress.Place) int { return slices.Compare([]byte(a.Code), []byte(b.Code)) }) {
			r.Errorf("%s of %s are not in order", name, division)
		}
	}
}
