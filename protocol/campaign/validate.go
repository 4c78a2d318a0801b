package campaign

import (
	"fmt"
	"slices"
	"strings"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Problem is one contradiction inside a campaign.
type Problem struct {
	Place string `json:"place"` // "windows confirm-others", "fees", …
	Code  string `json:"code"`
	Zh    string `json:"zh"` // what to do
	En    string `json:"en"`
}

// String gives place, code and the English sentence.
func (p Problem) String() string { return p.Place + ": " + p.Code + ": " + p.En }

// Codes of problems.
const (
	ProblemMissing     = "missing"     // something that must be there is not
	ProblemDuplicate   = "duplicate"   // two with one key
	ProblemUnknown     = "unknown"     // a reference to nothing
	ProblemDisagree    = "disagree"    // two parts contradict each other
	ProblemReversed    = "reversed"    // an end not after its start
	ProblemOverlap     = "overlap"     // two windows of one step for one candidate at once
	ProblemUnreachable = "unreachable" // a field on no page, or filled at a step that never comes
	ProblemValue       = "value"       // a value outside its list or range
	ProblemTooMany     = "too-many"    // more of something than a campaign may have
)

// maxProblems bounds what Validate reports; behind it stands one more problem
// that says so.
const maxProblems = 200

// Validate is the load-time check: a campaign with any problem is refused with
// the places, and the running one is kept. It takes bounded time and memory on
// whatever Decode lets through.
//
// Parts that came later than the first published version (payment, arrangement, steps, numbers,
// documents, reviews, photos, reasons, exchanges, approvals, holidays, places of assumptions) may be absent
// altogether: published versions stay for ever. A bundle that has one of them
// has it whole.
func (c Campaign) Validate() []Problem {
	v := newValidator(c)
	v.sizes()
	if len(v.found) > 0 {
		return v.found // the rest could take for ever
	}
	for _, check := range []func(){
		v.head, v.policy, v.acts, v.fields, v.tables, v.levels, v.subjects, v.fees, v.payment, v.results, v.arrangement, v.steps, v.windows, v.sittings, v.dates, v.holidays, v.kinds,
		v.divisions, v.catalogue, v.process, v.portal, v.kits, v.approvals, v.numbers, v.documents, v.reviews, v.photos, v.reasons, v.exchanges, v.rules, v.assumptions, v.texts,
	} {
		check()
	}
	if len(v.found) == 0 {
		v.checker()
	}
	return v.found
}

// validator gathers problems. What is looked up often is indexed once.
type validator struct {
	c         Campaign
	tiers     map[string]Tier
	fieldsBy  map[string]*form.Field
	entries   map[string]map[string]*form.Entry // by table and code
	stepsOpen map[string]bool                   // steps that have a window
	members   members
	ruleParts int // seen by sizes
	found     []Problem
}

func newValidator(c Campaign) *validator {
	v := &validator{c: c, members: members{}, tiers: map[string]Tier{}, fieldsBy: map[string]*form.Field{},
		entries: map[string]map[string]*form.Entry{}, stepsOpen: map[string]bool{}}
	for _, d := range c.Divisions {
		v.tiers[d.Code] = d.Tier
	}
	for i := range c.Form.Fields {
		v.fieldsBy[c.Form.Fields[i].Key] = &c.Form.Fields[i]
	}
	for i := range c.Form.Tables {
		t := &c.Form.Tables[i]
		by := make(map[string]*form.Entry, len(t.Entries))
		for j := range t.Entries {
			by[t.Entries[j].Code] = &t.Entries[j]
		}
		v.entries[t.Name] = by
	}
	for i := range c.Windows {
		v.stepsOpen[string(c.Windows[i].Step)] = true
	}
	return v
}

func (v *validator) add(place, code, zh, en string) {
	switch n := len(v.found); {
	case n < maxProblems:
		v.found = append(v.found, Problem{short(place, 120), code, zh, en})
	case n == maxProblems:
		v.found = append(v.found, Problem{"", ProblemTooMany, fmt.Sprintf("问题超过%d处，其余未列出。请先改正以上各处。", maxProblems),
			fmt.Sprintf("there are more than %d problems: mend these first", maxProblems)})
	}
}

// full tells that nothing more will be reported.
func (v *validator) full() bool { return len(v.found) > maxProblems }

// short cuts a text for a message.
func short(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// unique reports keys that stand twice or are empty.
func unique[T any](v *validator, place string, all []T, key func(T) string) {
	seen := make(map[string]bool, len(all))
	for i, x := range all {
		k := key(x)
		switch {
		case k == "":
			v.add(fmt.Sprintf("%s[%d]", place, i), ProblemMissing, "请填写代码。", "its key is empty: give it one")
		case seen[k]:
			v.add(place+" "+k, ProblemDuplicate, "代码重复，请改成唯一的代码。", "the key stands twice: make it unique")
		}
		seen[k] = true
	}
}

func (v *validator) oneOf(place, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.add(place, ProblemValue, "请改成下列之一："+strings.Join(allowed, "、")+"。", "make it one of "+strings.Join(allowed, ", "))
	}
}

// named reports an empty Chinese or English name.
func (v *validator) named(place, zh, en string) {
	if zh == "" || en == "" {
		v.add(place, ProblemMissing, "请填写中文和英文名称。", "give it a Chinese and an English name")
	}
}

// codes checks that levels and categories referred to exist.
func (v *validator) codes(place string, levels, categories []string) {
	for _, l := range levels {
		if _, ok := v.c.Form.Level(l); !ok {
			v.add(place, ProblemUnknown, "报考层次“"+short(l, 20)+"”不存在，请改成已有的层次代码。", "level "+short(l, 20)+" does not exist: name one that does")
		}
	}
	for _, k := range categories {
		if _, ok := v.c.Form.Category(k); !ok {
			v.add(place, ProblemUnknown, "科类“"+short(k, 20)+"”不存在，请改成已有的科类代码。", "category "+short(k, 20)+" does not exist: name one that does")
		}
	}
}

func (v *validator) division(place string, codes ...string) {
	for _, code := range codes {
		if _, ok := v.tiers[code]; !ok {
			v.add(place, ProblemUnknown, "行政区划“"+short(code, 20)+"”不存在，请改成本省当年的区划代码。", "division "+short(code, 20)+" does not exist: name one of the campaign's own")
		}
	}
}

// rules checks the campaign's own demands.
func (v *validator) rules() {
	unique(v, "rules", v.c.Rules, func(r form.Rule) string { return r.Key })
	words := v.c.Vocabulary()
	for _, r := range v.c.Rules {
		for _, f := range words.CheckRule(r) {
			v.add(member("rules "+r.Key, f.Place), ProblemValue, f.Zh, f.En)
		}
		if v.full() {
			return
		}
	}
}

// checker asks that the live check of applications can be made of the campaign.
func (v *validator) checker() {
	if _, err := v.c.Checker(); err != nil {
		v.add("rules", ProblemValue, "报名检查无法建立，请按说明改正："+short(err.Error(), 200), "no check of applications can be made: "+short(err.Error(), 200))
	}
}

func (v *validator) head() {
	c := v.c
	for _, must := range []struct {
		place string
		empty bool
	}{{"id", c.ID == ""}, {"version", c.Version == 0}, {"zh", c.Zh == ""}, {"en", c.En == ""}, {"short", c.Short == ""}, {"office", c.Office == ""}} {
		if must.empty {
			v.add(must.place, ProblemMissing, "缺少此项，请填写。", "it is missing: fill it in")
		}
	}
	if c.Year < 1977 || c.Year > 2999 {
		v.add("year", ProblemValue, "请填写四位的招考年份。", "give the year of the examination in four digits")
	}
	v.oneOf("kind", c.Kind, KindAdult, KindGaokao)
	if v.tiers[c.Province] != Province {
		v.add("province", ProblemUnknown, "请把省级区划代码改成区划表中的省。", "name a province that is among the divisions")
	}
}

func (v *validator) policy() {
	p := v.c.Policy
	v.oneOf("policy.photo", p.Photo, PhotoChip, PhotoCamera, PhotoChipElseCamera)
	v.oneOf("policy.photo_missing", p.PhotoMissing, "", PhotoMissingClerk, PhotoMissingGoOn)
	for _, key := range p.Settle {
		if v.fieldsBy[key] == nil || key == form.FullName || key == form.DocumentNumber {
			v.add("policy.settle", ProblemUnknown, "栏目“"+short(key, 20)+"”不能由考生按身份证改：请写表中已有的栏目，姓名和证件号码除外。",
				"she may not settle "+short(key, 20)+": name a field of the form that is neither name nor document number")
		}
	}
	v.oneOf("policy.undecidable", p.Undecidable, UndecidableAccept, UndecidableReview)
	v.oneOf("policy.minor", p.Minor, "", NoMinors, Under17, UpTo17)
	v.oneOf("policy.expired_card", p.ExpiredCard, ExpiredRefuse, ExpiredClerk)
	if p.UndecidableS < 0 || p.UndecidableS > 30*24*3600 {
		v.add("policy.undecidable_grace_s", ProblemValue, "请改成0至30天之间的秒数。", "make it seconds, from none to thirty days")
	}
	if p.PapersDays < 0 || p.PapersDays > maxCaseDays {
		v.add("policy.papers_days", ProblemValue, "非居民身份证件的审核期限应在0到60个工作日之间，请修改。", "the days to decide about papers must lie between 0 and 60: change them")
	}
	if p.VisitIdleS <= 0 || p.VisitAskS <= 0 || p.VisitHardS < p.VisitIdleS+p.VisitAskS || p.VisitHardS > 24*3600 || p.VisitIdleS > 24*3600 || p.VisitAskS > 24*3600 {
		v.add("policy.visit_hard_s", ProblemValue, "办理时限不合理：请把总时限改成不短于无操作时限与询问时限之和，各项不为零。",
			"limits of a visit: make the hard limit no shorter than idle and question together, and none of them zero")
	}
}

func (v *validator) acts() {
	unique(v, "acts", v.c.Acts, func(a Act) string { return a.Key })
	for _, a := range v.c.Acts {
		place := "acts " + a.Key
		if a.Zh == "" {
			v.add(place, ProblemMissing, "请填写名称。", "give it a name")
		}
		if a.Persons < 1 || a.Persons > 3 {
			v.add(place+".persons", ProblemValue, "请把人数改成1至3。", "make it 1 to 3 persons")
		}
		v.oneOf(place+".tier", string(a.Tier), string(Province), string(City), string(County), string(Point))
	}
	for _, key := range []string{"sign-campaign", "postpone-window", "unlock", "void-same-day", "void-later"} {
		if !slices.ContainsFunc(v.c.Acts, func(a Act) bool { return a.Key == key }) {
			v.add("acts", ProblemMissing, "没有规定由哪级几人办理“"+key+"”，请补上。", "it is not said who does "+key+": add it")
		}
	}
}

func (v *validator) fees() {
	unique(v, "fees", v.c.Fees, func(f Fee) string { return f.Level })
	for _, l := range v.c.Form.Levels {
		if _, ok := v.c.Fee(l.Code); !ok {
			v.add("fees", ProblemMissing, "层次“"+short(l.Zh, 20)+"”没有规定费用，请补上（不收费写0）。", "level "+short(l.Code, 20)+" has no fee: give it one, 0 where nothing is paid")
		}
	}
	for _, f := range v.c.Fees {
		v.codes("fees "+f.Level, []string{f.Level}, nil)
		if f.Fen < 0 || f.Fen > 100_000_00 {
			v.add("fees "+f.Level, ProblemValue, "费用以分为单位，请改成0至10万元之间。", "a fee is in fen: make it 0 to 100,000 yuan")
		}
	}
}

func (v *validator) steps() {
	unique(v, "steps", v.c.Steps, func(s Step) string { return s.Key })
	for _, s := range v.c.Steps {
		v.named("steps "+s.Key, s.Zh, s.En)
		for _, by := range s.By {
			v.oneOf("steps "+s.Key+".by", by, form.ByCandidate, string(Point), string(County), string(City), string(Province))
		}
	}
	for _, step := range []window.Step{window.Register, window.Confirm, window.Pay} {
		if !v.stepsOpen[string(step)] {
			v.add("windows", ProblemMissing, "环节“"+string(step)+"”没有时段，请补上。", "step "+string(step)+" has no window: give it one")
		}
	}
}
