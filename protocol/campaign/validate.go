package campaign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Problem is one contradiction inside a campaign.
type Problem struct {
	Place string `json:"place"` // "windows[3] confirm-others", "fees", …
	Code  string `json:"code"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
}

// String gives place, code and the English sentence.
func (p Problem) String() string { return p.Place + ": " + p.Code + ": " + p.En }

// Codes of problems.
const (
	ProblemMissing     = "missing"     // something that must be there is not
	ProblemDuplicate   = "duplicate"   // two with one key
	ProblemUnknown     = "unknown"     // a reference to nothing
	ProblemDisagree    = "disagree"    // a category's code does not begin with its level
	ProblemReversed    = "reversed"    // an end not after its start
	ProblemOverlap     = "overlap"     // two windows of one step for one candidate at once
	ProblemUnreachable = "unreachable" // a field on no page
	ProblemValue       = "value"       // a value outside its list or range
)

// Validate is the load-time check: a campaign with any problem is refused with
// the places, and the running one is kept.
func (c Campaign) Validate() []Problem {
	v := &validator{c: c}
	v.head()
	v.fields()
	v.levels()
	v.fees()
	v.windows()
	v.sittings()
	v.divisions()
	v.catalogue()
	v.process()
	v.kits()
	return v.found
}

type validator struct {
	c     Campaign
	found []Problem
}

func (v *validator) add(place, code, zh, en string) {
	v.found = append(v.found, Problem{place, code, zh, en})
}

// unique reports keys that stand twice or are empty.
func unique[T any](v *validator, place string, all []T, key func(T) string) {
	seen := map[string]bool{}
	for i, x := range all {
		k := key(x)
		if k == "" || seen[k] {
			v.add(fmt.Sprintf("%s[%d] %s", place, i, k), ProblemDuplicate, "代码重复或为空，请改成唯一的代码。", "the key is empty or stands twice: make it unique")
		}
		seen[k] = true
	}
}

func (v *validator) oneOf(place, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.add(place, ProblemValue, "取值不在允许的范围内，应为："+strings.Join(allowed, "、")+"。", "must be one of "+strings.Join(allowed, ", "))
	}
}

func (v *validator) head() {
	c := v.c
	for _, must := range []struct {
		place string
		empty bool
	}{{"id", c.ID == ""}, {"version", c.Version == 0}, {"zh", c.Zh == ""}, {"year", c.Year == 0}, {"office", c.Office == ""}} {
		if must.empty {
			v.add(must.place, ProblemMissing, "缺少此项。", "is missing")
		}
	}
	if c.Text("pledge", false) == "" {
		v.add("texts", ProblemMissing, "缺少诚信考试承诺书（pledge）。", "the pledge is missing")
	}
	unique(v, "texts", c.Texts, func(t Text) string { return t.Key })
	unique(v, "assumptions", c.Assumptions, func(a Assumption) string { return a.Key })
	unique(v, "dates", c.Dates, func(d Date) string { return d.Key })
	for i, d := range c.Dates {
		if _, err := time.Parse(time.DateOnly, d.Day); err != nil {
			v.add(fmt.Sprintf("dates[%d] %s", i, d.Key), ProblemValue, "不是真实的日期。", "is not a real date")
		}
	}
	p := c.Policy
	v.oneOf("policy.photo", p.Photo, PhotoChip, PhotoCamera, PhotoChipElseCamera)
	v.oneOf("policy.photo_missing", p.PhotoMissing, "", PhotoMissingClerk, PhotoMissingGoOn)
	for i, key := range p.Settle {
		if _, ok := c.Form.Field(key); !ok || key == form.FullName || key == form.DocumentNumber {
			v.add(fmt.Sprintf("policy.settle[%d] %s", i, key), ProblemUnknown, "可由考生按身份证改的项目须是表中的项目，姓名和证件号码除外。", "a field she may settle is one of the form, and neither name nor number")
		}
	}
	v.oneOf("policy.undecidable", p.Undecidable, UndecidableAccept, UndecidableReview)
	v.oneOf("policy.minor", p.Minor, Under17, UpTo17)
	v.oneOf("policy.expired_card", p.ExpiredCard, ExpiredRefuse, ExpiredClerk)
	if p.VisitIdleS <= 0 || p.VisitAskS <= 0 || p.VisitHardS < p.VisitIdleS+p.VisitAskS {
		v.add("policy", ProblemValue, "办理时限不合理：总时限应不短于询问时限。", "limits of a visit: the hard limit is shorter than the idle one, or one is missing")
	}
	unique(v, "acts", c.Acts, func(a Act) string { return a.Key })
	for i, a := range c.Acts {
		if a.Persons < 1 || a.Persons > 3 {
			v.add(fmt.Sprintf("acts[%d] %s", i, a.Key), ProblemValue, "人数应为1至3。", "takes 1 to 3 persons")
		}
		v.oneOf(fmt.Sprintf("acts[%d] %s", i, a.Key), string(a.Tier), string(Province), string(City), string(County), string(Point))
	}
}

func (v *validator) fees() {
	unique(v, "fees", v.c.Fees, func(f Fee) string { return f.Level })
	for _, l := range v.c.Form.Levels {
		if fen, ok := v.c.Fee(l.Code); !ok {
			v.add("fees", ProblemMissing, "层次“"+l.Zh+"”没有规定费用。", "level "+l.Code+" has no fee")
		} else if fen < 0 || fen > 100_000_00 {
			v.add("fees", ProblemValue, "费用应在0至10万元之间，单位为分。", "a fee lies between 0 and 100,000 yuan, in fen")
		}
	}
	for _, f := range v.c.Fees {
		v.codes("fees", []string{f.Level}, nil)
	}
}

func (v *validator) windows() {
	unique(v, "windows", v.c.Windows, func(w window.Window) string { return fmt.Sprintf("%s/%d", w.ID, w.Revision) })
	steps := map[window.Step]bool{}
	for i, w := range v.c.Windows {
		place := fmt.Sprintf("windows[%d] %s", i, w.ID)
		steps[w.Step] = true
		if w.ID == "" || w.Step == "" {
			v.add(place, ProblemMissing, "时段缺少代码或环节。", "the window lacks an id or a step")
		}
		if !w.From.Before(w.To) {
			v.add(place, ProblemReversed, "时段的结束不晚于开始。", "the window does not end after it starts")
		}
		for _, h := range w.Hours {
			if h.From >= h.To || h.To > 24*60 {
				v.add(place, ProblemReversed, "每日办理时间的结束不晚于开始。", "daily hours do not end after they start")
			}
		}
		v.codes(place, w.Scope.Levels, w.Scope.Categories)
		for _, code := range slices.Concat(w.Scope.Divisions, w.Scope.Households) {
			if _, ok := v.c.Division(code); !ok {
				v.add(place, ProblemUnknown, "行政区划"+code+"不存在。", "division "+code+" does not exist")
			}
		}
	}
	for _, step := range slices.Sorted(maps.Keys(steps)) {
		v.overlaps(step)
	}
	for _, step := range []window.Step{window.Register, window.Confirm, window.Pay} {
		if !steps[step] {
			v.add("windows", ProblemMissing, "环节"+string(step)+"没有时段。", "step "+string(step)+" has no window")
		}
	}
}

func (v *validator) overlaps(step window.Step) {
	valid := window.Latest(v.c.Windows, step)
	for i, a := range valid {
		for _, b := range valid[i+1:] {
			if window.Overlaps(a, b) {
				v.add("windows "+a.ID+", "+b.ID, ProblemOverlap, "两个时段对同一考生同时开放，请改成前后相接。", "both are open for one candidate at once: let one follow the other")
			}
		}
	}
}

func (v *validator) sittings() {
	unique(v, "sittings", v.c.Sittings, func(s Sitting) string { return fmt.Sprint(s.Number) })
	for i, s := range v.c.Sittings {
		place := fmt.Sprintf("sittings[%d]", i)
		start, err := time.Parse("2006-01-02 15:04", s.Date+" "+s.Start)
		if err != nil {
			v.add(place, ProblemValue, "场次日期或时间不真实。", "its date or time is not real")
			continue
		}
		for _, e := range s.Ends {
			v.codes(place, []string{e.Level}, nil)
			if end, err := time.Parse("2006-01-02 15:04", s.Date+" "+e.At); err != nil || !end.After(start) {
				v.add(place, ProblemReversed, "场次的结束不晚于开始。", "the sitting does not end after it starts")
			}
		}
	}
	for _, e := range v.c.Exemptions {
		v.codes("exemptions "+e.Code, e.Levels, nil)
	}
	unique(v, "bonuses", v.c.Bonuses, func(b Bonus) string { return b.Code })
	unique(v, "exemptions", v.c.Exemptions, func(e Exemption) string { return e.Code })
}

func (v *validator) divisions() {
	unique(v, "divisions", v.c.Divisions, func(d Division) string { return d.Code })
	if d, ok := v.c.Division(v.c.Province); !ok || d.Tier != Province {
		v.add("province", ProblemUnknown, "省级区划不存在。", "the province is not among the divisions")
	}
	known := map[string]bool{"": true}
	for _, d := range v.c.Divisions {
		known[d.Code] = true
	}
	for _, d := range v.c.Divisions {
		if len(d.Code) != 6 || !known[d.Parent] || (d.Parent == "") != (d.Tier == Province) {
			v.add("divisions "+d.Code, ProblemUnknown, "区划代码应为六位，上级区划应存在。", "a division has six digits and a parent that exists")
		}
	}
}

func (v *validator) catalogue() {
	unique(v, "catalogue", v.c.Catalogue, func(p Programme) string {
		return strings.Join([]string{p.School, p.Major, p.Level, p.Category, p.Form}, "/")
	})
	for i, p := range v.c.Catalogue {
		place := fmt.Sprintf("catalogue[%d] %s/%s", i, p.School, p.Major)
		v.codes(place, []string{p.Level}, []string{p.Category})
		if k, ok := v.c.Form.Category(p.Category); ok && k.Level != p.Level {
			v.add(place, ProblemDisagree, "科类不属于该层次。", "the category belongs to another level")
		}
		forms, _ := v.c.Form.Table("study_form")
		years, _ := v.c.Form.Table("years")
		_, okForm := forms.Entry(p.Form)
		if _, okYears := years.Entry(p.Years); !okForm || !okYears {
			v.add(place, ProblemUnknown, "学习形式或学制代码不存在。", "its form of study or years are not in the table")
		}
	}
}
