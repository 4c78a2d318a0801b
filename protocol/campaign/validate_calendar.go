package campaign

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"zhunkao/protocol/window"
)

// maxPairs bounds the work of looking for overlaps, in comparisons of codes. A
// calendar of every county in half days takes a hundredth of it.
const maxPairs = 20_000_000

func (v *validator) windows() {
	unique(v, "windows", v.c.Windows, func(w window.Window) string {
		if w.ID == "" {
			return ""
		}
		return windowKey(w)
	})
	named := map[string]bool{}
	for _, s := range v.c.Steps {
		named[s.Key] = true
	}
	steps := map[window.Step]bool{}
	for i := range v.c.Windows {
		w := &v.c.Windows[i]
		place := "windows " + windowKey(*w)
		steps[w.Step] = true
		for _, f := range w.Faults() {
			v.add(place, windowProblems[f.Code], f.Zh, f.En)
		}
		if w.Step != "" && len(named) > 0 && !named[string(w.Step)] {
			v.add(place+".step", ProblemUnknown, "环节“"+short(string(w.Step), 30)+"”不在环节表（steps）中，请先加入。", "step "+short(string(w.Step), 30)+" is not among the steps: add it there")
		}
		if y := w.From.Year(); w.From.Before(w.To) && (y < v.c.Year-2 || w.To.Year() > v.c.Year+2) {
			v.add(place, ProblemValue, "时段不在招考年份前后两年以内，请核对年份。", "the window lies more than two years from the year of the examination: check its year")
		}
		v.codes(place+".scope", w.Scope.Levels, w.Scope.Categories)
		v.division(place+".scope", w.Scope.Divisions...)
		v.division(place+".scope", w.Scope.Households...)
		if v.full() {
			return
		}
	}
	left := maxPairs
	for _, step := range slices.Sorted(maps.Keys(steps)) {
		v.overlaps(step, &left)
	}
}

// windowProblems are the codes here of what package window finds wrong with a
// window by itself.
var windowProblems = map[string]string{window.ErrIncomplete.Code: ProblemMissing, window.ErrReversed.Code: ProblemReversed,
	window.ErrHours.Code: ProblemReversed, window.ErrPauses.Code: ProblemReversed, window.ErrDigits.Code: ProblemValue}

// windowKey is the key of a window in places.
func windowKey(w window.Window) string {
	if w.Revision == 0 {
		return w.ID
	}
	return fmt.Sprintf("%s/%d", w.ID, w.Revision)
}

// overlaps compares the windows of a step that touch in time.
func (v *validator) overlaps(step window.Step, left *int) {
	valid := window.Latest(v.c.Windows, step) // by From
	for i, a := range valid {
		for _, b := range valid[i+1:] {
			if !b.From.Before(a.To) {
				break // and so of all that follow
			}
			x, y := a.Scope, b.Scope
			*left -= 1 + len(x.Divisions)*len(y.Divisions) + len(x.Households)*len(y.Households) + len(x.Points)*len(y.Points)
			if *left < 0 {
				v.add("windows", ProblemTooMany, "同时开放的时段太多，无法核对，请合并范围相同的时段。", "too many windows at once to compare: join those of one scope")
				return
			}
			if window.Overlaps(a, b) {
				v.add("windows "+windowKey(a)+", "+windowKey(b), ProblemOverlap, "两个时段对同一考生同时开放，请改成前后相接。", "both are open for one candidate at once: let one follow the other")
			}
			if v.full() {
				return
			}
		}
	}
}

func (v *validator) sittings() {
	unique(v, "sittings", v.c.Sittings, func(s Sitting) string { return fmt.Sprint(s.Number) })
	type span struct {
		number     int
		start, end time.Time
	}
	sat := map[string][]span{} // by level
	bad := false
	for _, s := range v.c.Sittings {
		place := fmt.Sprintf("sittings %d", s.Number)
		start, err := time.Parse("2006-01-02 15:04", s.Date+" "+s.Start)
		if err != nil {
			bad = true
			v.add(place, ProblemValue, "场次的日期或开始时间不真实，请改成YYYY-MM-DD和HH:MM。", "its date or start is not real: write YYYY-MM-DD and HH:MM")
			continue
		}
		unique(v, place+".ends", s.Ends, func(e EndTime) string { return e.Level })
		for _, e := range s.Ends {
			v.codes(place, []string{e.Level}, nil)
			end, err := time.Parse("2006-01-02 15:04", s.Date+" "+e.At)
			if err != nil || !end.After(start) {
				bad = true
				v.add(place, ProblemReversed, "场次的结束不晚于开始，请改正。", "the sitting does not end after it starts: mend it")
				continue
			}
			for _, other := range sat[e.Level] {
				if start.Before(other.end) && other.start.Before(end) {
					v.add(place, ProblemOverlap, fmt.Sprintf("与第%d场时间重叠，同一层次的考生不能同时考两科，请改正。", other.number),
						fmt.Sprintf("it overlaps sitting %d for one level: mend one of them", other.number))
				}
			}
			sat[e.Level] = append(sat[e.Level], span{s.Number, start, end})
		}
		if v.full() {
			return
		}
	}
	if len(v.c.Sittings) == 0 || bad {
		return
	}
	for _, k := range v.c.Form.Categories {
		if n := len(sat[k.Level]); len(k.Subjects) > n {
			v.add("form.categories "+k.Code, ProblemDisagree, fmt.Sprintf("科类有%d科，所属层次只有%d场，请补场次或减科目。", len(k.Subjects), n),
				fmt.Sprintf("the category has %d papers and its level %d sittings: add sittings or take papers away", len(k.Subjects), n))
		}
	}
}

// dates checks the named days, and that those are there which rules ask for.
func (v *validator) dates() {
	unique(v, "dates", v.c.Dates, func(d Date) string { return d.Key })
	known := map[string]bool{}
	for _, d := range v.c.Dates {
		known[d.Key] = true
		day, err := time.Parse(time.DateOnly, d.Day)
		if err != nil {
			v.add("dates "+d.Key, ProblemValue, "不是真实的日期，请改成YYYY-MM-DD。", "it is not a real date: write YYYY-MM-DD")
		} else if day.Year() < v.c.Year-2 || day.Year() > v.c.Year+2 {
			v.add("dates "+d.Key, ProblemValue, "日期不在招考年份前后两年以内，请核对年份。", "it lies more than two years from the year of the examination: check its year")
		}
	}
	automatic := slices.ContainsFunc(v.c.Bonuses, func(b Bonus) bool { return b.Automatic })
	for _, must := range []struct {
		key  string
		when bool
	}{{DateMinorAge, v.c.Policy.Minor == Under17 || v.c.Policy.Minor == UpTo17}, {DateBonusAge, automatic}} {
		if must.when && !known[must.key] {
			v.add("dates", ProblemMissing, "缺少日期“"+must.key+"”，年龄无从计算，请补上。", "date "+must.key+" is missing, by which ages are reckoned: add it")
		}
	}
}

// longestHoliday is how many days one span of the table may have.
const longestHoliday = 31

// holidays checks the table by which working days are counted: every day stands
// in it once.
func (v *validator) holidays() {
	seen := map[string]bool{}
	for i, h := range v.c.Holidays {
		place := "holidays " + keysOf(reflect.ValueOf(v.c.Holidays))[i]
		v.named(place, h.Zh, h.Zh)
		from, err1 := time.Parse(time.DateOnly, h.From)
		to, err2 := time.Parse(time.DateOnly, h.To)
		switch {
		case err1 != nil || err2 != nil:
			v.add(place, ProblemValue, "不是真实的日期，请改成YYYY-MM-DD。", "it is not a real date: write YYYY-MM-DD")
			continue
		case to.Before(from):
			v.add(place, ProblemReversed, "结束日期早于开始日期，请改正。", "it ends before it begins: mend the one or the other")
			continue
		case to.Sub(from) >= longestHoliday*24*time.Hour:
			v.add(place, ProblemValue, "一段假期最多31天，请分开写。", "a span has 31 days at most: write it as several")
			continue
		}
		for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
			weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
			switch name := day.Format(time.DateOnly); {
			case seen[name]:
				v.add(place, ProblemDisagree, name+"写了两次，请只留一次。", name+" stands there twice: leave one")
			case h.Work && !weekend:
				v.add(place, ProblemValue, name+"本来就上班，请去掉。", name+" is a working day anyway: leave it out")
			default:
				seen[name] = true
			}
		}
	}
}
