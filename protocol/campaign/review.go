package campaign

import (
	"slices"
	"sync"
	"time"

	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// Review is one line of what a clerk looks at at the desk (资格审核, demands A38,
// A39): a paper, the pledge copied by hand, or the papers of a kind of claim. A
// campaign without any has no review at the desk.
type Review struct {
	Key     string         `cbor:"key" json:"key"`                       // a small name: the record's key of what was looked at
	Kind    string         `cbor:"kind,omitempty" json:"kind,omitempty"` // ReviewPaper, also if empty, or another Review… value
	Zh      string         `cbor:"zh" json:"zh"`                         // what it is called
	En      string         `cbor:"en" json:"en"`
	When    form.Condition `cbor:"when,omitzero" json:"when,omitzero"` // of whom it is asked; empty: of everybody
	Look    string         `cbor:"look" json:"look"`                   // what to look for, Chinese
	LookEn  string         `cbor:"look_en" json:"look_en"`
	Bring   string         `cbor:"bring" json:"bring"` // what she brings when it lacks, Chinese; she reads it
	BringEn string         `cbor:"bring_en" json:"bring_en"`
	Fields  []string       `cbor:"fields,omitempty" json:"fields,omitempty"` // of the form: shown beside it
	Until   string         `cbor:"until" json:"until"`                       // the step by whose end what lacks must be brought
	Status  string         `cbor:"status,omitempty" json:"status,omitempty"`
}

// Kinds of what is reviewed. Of all but papers there is at most one.
const (
	ReviewPaper     = "paper"     // something she shows
	ReviewPledge    = "pledge"    // the pledge she copied by hand: it passes only with its picture
	ReviewBonus     = "bonus"     // how claims of a bonus are taken; no item of its own
	ReviewExemption = "exemption" // how claims of an exemption are taken; no item of its own
)

// Claims reports whether the line says how claims are taken, and is nothing to
// tick.
func (r Review) Claims() bool { return r.Kind == ReviewBonus || r.Kind == ReviewExemption }

// Reviewed gives what is looked at for an application, as far as its campaign
// asks: in the campaign's order, without the lines about claims. What is not
// known of her is asked, never passed over. Error: form.ErrRules, for a campaign
// that was never checked.
func (c Campaign) Reviewed(app form.Application, at Place, on time.Time) ([]Review, error) {
	words := sync.OnceValue(c.Vocabulary) // it names every division: most lines ask nothing of it
	var out []Review
	for _, r := range c.Reviews {
		if r.Claims() {
			continue
		}
		if r.When.Always() {
			out = append(out, r)
			continue
		}
		asked, err := words().Ask(r.When)
		if err != nil {
			return nil, err
		}
		if asked.May(app, at, form.DayOf(on.In(window.Zone()))) {
			out = append(out, r)
		}
	}
	return out, nil
}

// ReviewOf finds a line by its key.
func (c Campaign) ReviewOf(key string) (Review, bool) {
	i := slices.IndexFunc(c.Reviews, func(r Review) bool { return r.Key == key })
	if i < 0 {
		return Review{}, false
	}
	return c.Reviews[i], true
}

// ReviewKind finds the line of a kind of which there is one.
func (c Campaign) ReviewKind(kind string) (Review, bool) {
	i := slices.IndexFunc(c.Reviews, func(r Review) bool { return r.Kind == kind })
	if i < 0 {
		return Review{}, false
	}
	return c.Reviews[i], true
}

// Deadline is the end of a step for one candidate: of the last window of it that
// is hers, or the last of all where none is. Zero if the campaign has none.
func (c Campaign) Deadline(step window.Step, who window.Subject) time.Time {
	var hers, any time.Time
	for _, w := range window.Latest(c.Windows, step) {
		w.Hours, w.Pauses = nil, nil
		if w.To.After(any) {
			any = w.To
		}
		if v := window.Judge([]window.Window{w}, step, who, window.At(w.To.Add(-time.Nanosecond))); v.State == window.Open && w.To.After(hers) {
			hers = w.To
		}
	}
	if hers.IsZero() {
		return any
	}
	return hers
}

// ClaimKind is a bonus or an exemption that may be claimed at the desk.
type ClaimKind struct {
	Kind     string // form.BonusClaim or form.ExemptionClaim
	Code     string
	Zh       string
	Evidence string // what proves it, Chinese
	Points   int    // of a bonus
	Why      string // why she cannot claim it, Chinese; "" if she can
	WhyEn    string
}

// ClaimKinds lists the kinds of bonus and exemption that are taken at the desk,
// in the campaign's order, with why she cannot claim each: what Claimable finds
// beside her other claims. Those that her age brings are not among them.
func (c Campaign) ClaimKinds(k *Checker, app form.Application, at Place, on time.Time) []ClaimKind {
	var out []ClaimKind
	add := func(one ClaimKind) {
		others := app
		others.Claims = slices.DeleteFunc(slices.Clone(app.Claims), func(x form.Claim) bool { return x.Kind == one.Kind && x.Code == one.Code })
		if f := k.Claimable(others, at, on)(form.Claim{Kind: one.Kind, Code: one.Code}); f != nil {
			one.Why, one.WhyEn = f.Fix, f.FixEn
		}
		out = append(out, one)
	}
	if _, ok := c.ReviewKind(ReviewBonus); ok {
		for _, b := range c.Bonuses {
			if !b.Automatic {
				add(ClaimKind{Kind: form.BonusClaim, Code: b.Code, Zh: b.Zh, Evidence: b.Evidence, Points: b.Points})
			}
		}
	}
	if _, ok := c.ReviewKind(ReviewExemption); ok {
		for _, e := range c.Exemptions {
			add(ClaimKind{Kind: form.ExemptionClaim, Code: e.Code, Zh: e.Zh, Evidence: e.Evidence})
		}
	}
	return out
}

// ClaimName is the Chinese name of what is claimed, or its code.
func (c Campaign) ClaimName(x form.Claim) string {
	if x.Kind == form.BonusClaim {
		for _, b := range c.Bonuses {
			if b.Code == x.Code {
				return b.Zh
			}
		}
	}
	if x.Kind == form.ExemptionClaim {
		for _, e := range c.Exemptions {
			if e.Code == x.Code {
				return e.Zh
			}
		}
	}
	return x.Code
}

// reviews checks what is looked at at the desk. A campaign without any is
// accepted: versions from before must load as long as they live.
func (v *validator) reviews() {
	unique(v, "reviews", v.c.Reviews, func(r Review) string { return r.Key })
	words := v.c.Vocabulary()
	kinds := map[string]bool{}
	for _, r := range v.c.Reviews {
		place := "reviews " + r.Key
		v.named(place, r.Zh, r.En)
		v.oneOf(place+".kind", r.Kind, "", ReviewPaper, ReviewPledge, ReviewBonus, ReviewExemption)
		if !smallName(r.Key) {
			v.add(place+".key", ProblemValue, "代码请用小写字母、数字和连字符，最多32个。", "make the key up to 32 small letters, digits and hyphens")
		}
		if r.Kind != "" && r.Kind != ReviewPaper {
			if kinds[r.Kind] {
				v.add(place+".kind", ProblemDuplicate, "这一种只能有一行，请合并。", "there is one line of this kind: join them")
			}
			kinds[r.Kind] = true
		}
		if r.Look == "" || r.LookEn == "" || r.Bring == "" || r.BringEn == "" {
			v.add(place, ProblemMissing, "请写明要看什么、缺了带什么来（中文和英文）。", "say what to look for and what to bring when it lacks, in both languages")
		}
		if r.Claims() && !r.When.Always() {
			v.add(place+".when", ProblemValue, "照顾、免试的条件写在各自的表里，请删去这里的条件。", "who may claim stands with the kinds: leave the condition out")
		}
		if !r.When.Always() {
			for _, f := range words.CheckCondition(r.When) {
				v.add(member(place+".when", f.Place), ProblemValue, f.Zh, f.En)
			}
		}
		for _, key := range r.Fields {
			if v.fieldsBy[key] == nil {
				v.add(place+".fields", ProblemUnknown, "栏目“"+short(key, 20)+"”不存在，请改成已有的栏目。", "field "+short(key, 20)+" does not exist: name one that does")
			}
		}
		if !v.stepsOpen[r.Until] {
			v.add(place+".until", ProblemUnknown, "环节“"+short(r.Until, 20)+"”没有时段，补交没有期限，请改成有时段的环节。", "step "+short(r.Until, 20)+" has no window, so that nothing says until when: name one that has")
		}
		if v.full() {
			return
		}
	}
}

// smallName tells whether a key can stand in a record and in an address.
func smallName(s string) bool {
	return s != "" && len(s) <= 32 && !slices.ContainsFunc([]rune(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}
