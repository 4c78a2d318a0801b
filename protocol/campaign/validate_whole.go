package campaign

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The most that a campaign may have of anything. Far above what an examination
// needs, and low enough that every check, diff and look-up ends soon.
var most = map[string]int{
	"form.fields": 300, "form.groups": 50, "form.tables": 100, "form.tables.entries": 10_000, "form.levels": 10, "form.categories": 100,
	"subjects": 300, "sittings": 100, "fees": 10, "payment.channels": 10, "bonuses": 300, "exemptions": 300, "steps": 100, "windows": 5_000, "dates": 300, "holidays": 200,
	"texts": 200, "acts": 300, "kits": 10, "numbers": 10, "documents": 50, "reviews": 60, "reviews.fields": 20, "photos": 50, "reasons": 100, "reasons.entries": 200,
	"windows.hours": 10, "windows.pauses": 50, "windows.scope.divisions": 300, "windows.scope.points": 300, "windows.scope.households": 300,
	"windows.scope.digits": 11, "rules": 300, "approvals": 50, "approvals.by": 4, "approvals.tiers": 4, "approvals.fields": 60, "approvals.papers": 20, "approvals.papers.types": 3, "exchanges": 20, "exchanges.columns": 255, "divisions": 500, "catalogue": 30_000, "assumptions": 500,
}

// mostRuleParts bounds all rules together: each part is looked up in a list.
const mostRuleParts = 20_000

// mostElse holds for every list that is not named in most.
const mostElse = 1_000

// Longest texts, in characters: those of Texts, and all others.
const (
	maxText  = 20_000
	maxShort = 2_000
)

// sizes refuses lists that are too long and texts that are too long or hold
// what cannot be seen. It looks at everything once, in one pass.
func (v *validator) sizes() {
	v.size(reflect.ValueOf(v.c), nil, "")
}

// trail is a place that is only written out when there is something to say.
type trail struct {
	up    *trail
	name  string        // of a member, or
	list  reflect.Value // the list
	index int           // of which it is this element
}

func (t *trail) place() string {
	if t == nil {
		return ""
	}
	if t.name != "" {
		return member(t.up.place(), t.name)
	}
	return t.up.place() + " " + short(keysOf(t.list)[t.index], 60)
}

// size walks with the trail to the part and the place of its list, without keys.
func (v *validator) size(x reflect.Value, at *trail, list string) {
	if v.full() {
		return
	}
	if strings.HasPrefix(list, "rules.") {
		if v.ruleParts++; v.ruleParts == mostRuleParts {
			v.add("rules", ProblemTooMany, "报考条件过长，请合并或删减。", "the rules are too long together: join or remove some")
		}
	}
	switch x.Kind() {
	case reflect.String:
		v.text(x.String(), at, list)
	case reflect.Slice:
		limit, ok := most[list]
		if !ok {
			limit = mostElse
		}
		if n := x.Len(); n > limit {
			v.add(at.place(), ProblemTooMany, fmt.Sprintf("共%d项，最多%d项，请删减。", n, limit), fmt.Sprintf("there are %d, at most %d: remove some", n, limit))
			return
		}
		for i := range x.Len() {
			if isLeaf(x.Type()) {
				v.size(x.Index(i), at, list)
			} else {
				v.size(x.Index(i), &trail{up: at, list: x, index: i}, list)
			}
		}
	case reflect.Struct:
		if x.Type() == timeType {
			return
		}
		for i, name := range v.members.of(x.Type()) {
			v.size(x.Field(i), &trail{up: at, name: name}, member(list, name))
		}
	case reflect.Pointer:
		if !x.IsNil() {
			v.size(x.Elem(), at, list)
		}
	}
}

func (v *validator) text(s string, at *trail, list string) {
	limit := maxShort
	if list == "texts.zh" || list == "texts.en" {
		limit = maxText
	}
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		v.add(at.place(), ProblemTooMany, fmt.Sprintf("文字过长，最多%d字，请缩短。", limit), fmt.Sprintf("the text is too long, at most %d characters: shorten it", limit))
		return
	}
	if strings.ContainsFunc(s, unseen) {
		v.add(at.place(), ProblemValue, "文字中有看不见或无法显示的字符，请删去。", "the text holds characters that cannot be seen or shown: remove them")
	}
}

// unseen tells characters that would hide or turn what is read.
func unseen(r rune) bool {
	return unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError || r == 0x2028 || r == 0x2029 || r == 0xFEFF
}

func (v *validator) texts() {
	unique(v, "texts", v.c.Texts, func(t Text) string { return t.Key })
	if v.c.Text("pledge", false) == "" {
		v.add("texts", ProblemMissing, "缺少诚信考试承诺书（pledge），请补上。", "the pledge is missing: add it")
	}
	for _, t := range v.c.Texts {
		if t.Zh == "" {
			v.add("texts "+t.Key, ProblemMissing, "请填写中文内容。", "fill in the Chinese text")
		}
	}
}

// statuses are the words for how sure a fact is.
var statuses = []string{"", StatusPublished, StatusPlan, StatusComputed, StatusKnown, StatusDefault}

// assumptions asks that every assumption is said whole, that its places exist,
// and that everything marked R or D is covered by one: who signs a campaign
// must see what nobody confirmed. Versions from before places are only asked
// for what they have.
func (v *validator) assumptions() {
	unique(v, "assumptions", v.c.Assumptions, func(a Assumption) string { return a.Key })
	placed := false
	for _, a := range v.c.Assumptions {
		place := "assumptions " + a.Key
		v.named(place, a.Zh, a.En)
		v.oneOf(place+".status", a.Status, StatusKnown, StatusDefault)
		placed = placed || len(a.Places) > 0
	}
	if !placed {
		return
	}
	named := map[string]bool{} // places; true once the place was met
	for _, a := range v.c.Assumptions {
		if len(a.Places) == 0 {
			v.add("assumptions "+a.Key+".places", ProblemMissing, "没有写明涉及何处，请补上。", "it does not say what it is about: add places")
		}
		for _, p := range a.Places {
			named[p] = false
		}
	}
	walk(reflect.ValueOf(v.c), func(place string, x reflect.Value) bool {
		if _, ok := named[place]; ok {
			named[place] = true
		}
		if x.Kind() == reflect.Struct && x.Type() != assumptionType {
			if s := x.FieldByName("Status"); s.IsValid() && s.Kind() == reflect.String {
				v.status(place, s.String(), named)
			}
		}
		return !v.full()
	})
	for _, a := range v.c.Assumptions {
		for _, p := range a.Places {
			if !named[p] && !v.full() {
				v.add("assumptions "+a.Key+".places", ProblemUnknown, "“"+short(p, 60)+"”在方案中不存在，请改正。", short(p, 60)+" does not exist in the campaign: mend it")
			}
		}
	}
}

var assumptionType = reflect.TypeFor[Assumption]()

func (v *validator) status(place, status string, named map[string]bool) {
	v.oneOf(place+".status", status, statuses...)
	if status != StatusKnown && status != StatusDefault {
		return
	}
	for i := len(place); i > 0; i = strings.LastIndexAny(place[:i], ". ") {
		if _, ok := named[place[:i]]; ok {
			return
		}
	}
	v.add(place, ProblemMissing, "此处未经确认（"+status+"），却没有列入“假定”，请补一条并写明此处。", "this is not confirmed ("+status+") and no assumption covers it: list one that names this place")
}
