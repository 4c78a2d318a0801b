package web

import (
	"context"
	"sync"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// curve draws this year beside last year, and on to the end if there is enough
// to go by.
func (b *board) curve(ctx context.Context, tx *db.Tx, out *console.Dashboard) error {
	now := b.s.Flow.Now()
	first, length := season(b.camp)
	if length == 0 {
		return nil
	}
	today := progress.DaysBetween(first, day(now).Format(time.DateOnly))
	shown := min(max(1, today+1), length) // what was entered before the window stands on its first day
	this := progress.CourseOf(b.line.Days(), first, length)
	v := &console.Curve{}
	start, err := time.ParseInLocation(time.DateOnly, first, window.Zone())
	if err != nil {
		return err
	}
	for i := range length {
		v.Days = append(v.Days, start.AddDate(0, 0, i))
		if i < shown {
			v.Now, v.Confirmed = append(v.Now, this.Total[i].Registered), append(v.Confirmed, this.Total[i].Confirmed)
		}
	}
	was, err := b.lastYear(ctx, tx)
	if err != nil {
		return err
	}
	if was.Known() {
		last := progress.CourseOf(was.Days, was.First, max(length, lengthOf(was)))
		v.LastYear = was.Year
		for i := range length {
			v.Last = append(v.Last, last.Total[i].Registered)
		}
		if k := today - 1; k >= 0 && k < length {
			out.Figures.IsDay, out.Figures.WasDay = int(this.Total[k].Registered), int(last.Total[k].Registered)
		}
		if from, plan, ok := progress.Estimate(this, last, today); ok {
			v.PlanFrom, v.Plan = from, plan
		}
	}
	out.Curve = v
	out.Days = &console.Bars{}
	w := b.words()
	for i := range shown {
		f := this.Total[i]
		if i > 0 {
			f.Registered, f.Confirmed = f.Registered-this.Total[i-1].Registered, f.Confirmed-this.Total[i-1].Confirmed
		}
		out.Days.Labels = append(out.Days.Labels, w.day(v.Days[i]))
		out.Days.Registered, out.Days.Confirmed = append(out.Days.Registered, f.Registered), append(out.Days.Confirmed, f.Confirmed)
	}
	return nil
}

// longest season that is drawn day by day.
const longest = 100

// season is the time from the first day of a campaign's registration to the
// last of its confirmation, in civil days.
func season(c rules.Campaign) (first string, length int) {
	var from, to time.Time
	for _, step := range []window.Step{window.Register, window.Confirm} {
		for _, w := range window.Latest(c.Windows, step) {
			if from.IsZero() || w.From.Before(from) {
				from = w.From
			}
			if w.To.After(to) {
				to = w.To
			}
		}
	}
	if from.IsZero() || !to.After(from) {
		return "", 0
	}
	first = day(from).Format(time.DateOnly)
	return first, min(longest, 1+progress.DaysBetween(first, day(to.Add(-time.Second)).Format(time.DateOnly)))
}

func lengthOf(c progress.Curve) int {
	if !c.Known() {
		return 0
	}
	return min(longest, max(1, 1+progress.DaysBetween(c.First, c.Days[len(c.Days)-1].Day)))
}

// lastYear is the course of the newest earlier campaign of the kind: its own
// counters when it is in this database, else the table that was brought in. A
// table knows neither levels nor points.
func (b *board) lastYear(ctx context.Context, tx *db.Tx) (progress.Curve, error) {
	before, err := b.s.campaigns.before(ctx, tx, b.camp, b.versions)
	if err != nil {
		return progress.Curve{}, err
	}
	if before.id != "" {
		w := b.where
		w.Campaign = before.id
		days, err := keep(b.v.glance, keptKey{"days", counts{w, b.counted}}, tx, func(tx *db.Tx) ([]progress.Day, error) {
			return progress.Days(ctx, tx, w)
		})
		if err != nil || len(days) > 0 {
			return progress.Curve{Year: before.year, First: before.first, Days: days}, err
		}
	}
	if b.where.Level != "" || b.where.Point != "" {
		return progress.Curve{}, nil
	}
	return keep(b.v.glance, keptKey{"last year", b.where}, tx, func(tx *db.Tx) (progress.Curve, error) {
		return progress.LastYear(ctx, tx, b.camp.Kind, b.camp.Year, b.where.Division)
	})
}

// former is an earlier campaign as its curve needs it.
type former struct {
	id, kind, first string
	year            int
}

// formers keeps what was read of other campaigns: a bundle is large, and an
// earlier year's never changes any more.
type formers struct {
	mu   sync.Mutex // guards seen
	seen map[edition]former
}

type edition struct {
	id      string
	version uint32
}

// before finds the newest campaign of the same kind in an earlier year; the
// zero value when there is none.
func (k *campaigns) before(ctx context.Context, tx *db.Tx, c rules.Campaign, all []campaign.Version) (former, error) {
	var best former
	done := map[string]bool{c.ID: true}
	for _, v := range all { // the newest version of each comes first
		if done[v.Campaign] {
			continue
		}
		done[v.Campaign] = true
		f, err := k.formers.read(ctx, tx, v)
		if err != nil {
			return former{}, err
		}
		if f.kind == c.Kind && f.year < c.Year && f.year > best.year {
			best = f
		}
	}
	return best, nil
}

func (k *formers) read(ctx context.Context, tx *db.Tx, v campaign.Version) (former, error) {
	key := edition{v.Campaign, v.Version}
	k.mu.Lock()
	f, ok := k.seen[key]
	k.mu.Unlock()
	if ok {
		return f, nil
	}
	whole, err := campaign.Get(ctx, tx, v.Campaign, v.Version)
	if err != nil {
		return former{}, err
	}
	c, err := whole.Decode()
	if err != nil {
		return former{}, err
	}
	first, _ := season(c)
	f = former{id: c.ID, kind: c.Kind, first: first, year: c.Year}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.seen == nil {
		k.seen = map[edition]former{}
	}
	k.seen[key] = f
	return f, nil
}

// divisions keeps the divisions of a day: they are data of the program, written
// when a hub is made or brought up to date, and change at midnight.
type divisions struct {
	mu   sync.Mutex // guards the rest
	day  string
	kept map[string]org.Division // by the code that counters have; never changed once here
}

func (k *divisions) on(ctx context.Context, tx *db.Tx, now time.Time) (map[string]org.Division, error) {
	today := day(now).Format(time.DateOnly)
	k.mu.Lock()
	kept := k.kept
	if k.day != today {
		kept = nil
	}
	k.mu.Unlock()
	if len(kept) > 0 {
		return kept, nil
	}
	all, err := org.Divisions(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	kept = make(map[string]org.Division, len(all))
	for _, d := range all {
		kept[progress.Current(d.Code)] = d
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.day, k.kept = today, kept
	return kept, nil
}
