package form

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with a condition or a rule: a reference to nothing,
// or a node that says nothing. Place is the path inside it: "must.all[1].field".
type Fault struct {
	Place string
	Zh    string // what to do
	En    string
}

// CheckCondition gives everything wrong with a condition. It is total: any
// tree that JSON or CBOR can hold is judged in time bounded by MaxNodes.
func (v Vocabulary) CheckCondition(c Condition) []Fault {
	k := conditionCheck{v: v, left: MaxNodes}
	k.node("", c, 1)
	return k.found
}

// CheckRule gives everything wrong with a rule.
func (v Vocabulary) CheckRule(r Rule) []Fault {
	k := conditionCheck{v: v, left: MaxNodes, this: r.Field == OnChoice}
	if !ruleKey(r.Key) {
		k.add("key", "规则代码应为小写字母、数字和连字符，最多32个字。", "a rule's key has up to 32 small letters, digits and hyphens")
	}
	if !v.place(r.Field) {
		k.add("field", "规则所指的栏目不存在。", "the rule stands on a field that does not exist")
	}
	if r.Zh == "" || r.En == "" {
		k.add("zh", "请写明违反规则时该怎么办（中文和英文）。", "say what to do when the rule is broken, in Chinese and in English")
	}
	if !r.If.Always() {
		k.node("if", r.If, 1)
	}
	k.node("must", r.Must, 1)
	if k.this && !k.sawThis {
		k.add("field", "逐个志愿的规则须有针对“本志愿”的条件；否则请指明第几志愿。", `a rule on "choice" has a test of this choice: else name the choice it stands on`)
	}
	return k.found
}

// Always tells whether the condition is empty.
func (c Condition) Always() bool { return c.members() == 0 }

// members counts what is set.
func (c Condition) members() int {
	n := 0
	for _, set := range [...]bool{c.All != nil, c.Any != nil, c.Not != nil, c.Field != nil, c.Date != nil, c.Age != nil,
		c.Choice != nil, c.Household != nil, c.Point != nil, c.Claim != nil} {
		if set {
			n++
		}
	}
	return n
}

func ruleKey(s string) bool {
	return s != "" && len(s) <= 32 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	})
}

// place tells whether a finding of a rule may stand there.
func (v Vocabulary) place(field string) bool {
	if field == OnChoice || field == OnPoint || field == OnClaim {
		return true
	}
	if n, ok := strings.CutPrefix(field, "choice "); ok {
		return len(n) == 1 && n[0] >= '1' && n[0] <= '9' && (v.Form.MaxChoices == 0 || int(n[0]-'0') <= v.Form.MaxChoices)
	}
	_, ok := v.Form.Field(field)
	return ok
}

type conditionCheck struct {
	v       Vocabulary
	found   []Fault
	left    int
	this    bool // ThisChoice means something
	sawThis bool
}

func (k *conditionCheck) add(place, zh, en string) {
	k.found = append(k.found, Fault{strings.TrimPrefix(place, "."), zh, en})
}

func (k *conditionCheck) node(place string, c Condition, depth int) {
	if k.left--; k.left < 0 {
		if k.left == -1 {
			k.add(place, fmt.Sprintf("条件过长，一条最多%d项，请拆成几条规则。", MaxNodes), fmt.Sprintf("a condition has at most %d parts: make several rules of it", MaxNodes))
		}
		return
	}
	if depth > MaxDepth {
		k.add(place, fmt.Sprintf("条件嵌套过深，最多%d层，请拆成几条规则。", MaxDepth), fmt.Sprintf("a condition nests at most %d deep: make several rules of it", MaxDepth))
		return
	}
	switch n := c.members(); {
	case n == 0:
		k.add(place, "条件是空的，请写明条件。", "the condition is empty: say what it asks")
		return
	case n > 1:
		k.add(place, "一个条件只能写一项，几项请用“且”（all）或“或”（any）连接。", "a condition says one thing: join several by all or any")
		return
	}
	k.branch(place+".all", c.All, depth)
	k.branch(place+".any", c.Any, depth)
	if c.Not != nil {
		k.node(place+".not", *c.Not, depth+1)
	}
	k.leaf(place, c)
}

func (k *conditionCheck) branch(place string, all []Condition, depth int) {
	if all != nil && len(all) == 0 {
		k.add(place, "条件是空的，请写明条件。", "the condition is empty: say what it asks")
	}
	for i := 0; i < len(all) && k.left >= 0; i++ {
		k.node(fmt.Sprintf("%s[%d]", place, i), all[i], depth+1)
	}
}

func (k *conditionCheck) leaf(place string, c Condition) {
	switch {
	case c.Field != nil:
		k.field(place+".field", *c.Field)
	case c.Date != nil:
		k.date(place+".date", *c.Date)
	case c.Age != nil:
		k.age(place+".age", *c.Age)
	case c.Choice != nil:
		k.choice(place+".choice", *c.Choice)
	case c.Household != nil:
		k.household(place+".household", *c.Household)
	case c.Point != nil:
		if p := *c.Point; !p.Medical && !p.Minors && len(p.In) == 0 && p.Field == "" {
			k.add(place+".point", "没有写明对确认点的要求。", "it asks nothing of the point")
		}
		k.divisions(place+".point.in", c.Point.In)
		if _, ok := k.v.Form.Field(c.Point.Field); c.Point.Field != "" && !ok {
			k.add(place+".point.field", "所引用的栏目不存在。", "it names a field that does not exist")
		}
	case c.Claim != nil:
		k.claim(place+".claim", *c.Claim)
	}
}

func (k *conditionCheck) field(place string, t FieldTest) {
	f, ok := k.v.Form.Field(t.Key)
	if !ok {
		k.add(place, "所引用的栏目不存在。", "it names a field that does not exist")
		return
	}
	if t.MinChars < 0 || t.MaxChars < 0 || t.MaxChars > 0 && t.MaxChars < t.MinChars {
		k.add(place, "字数上限应不小于下限。", "the longest length is less than the shortest")
	}
	if t.Class != "" && !slices.Contains([]Class{ClassDigits, ClassLetters, ClassAlnum, ClassHan}, t.Class) {
		k.add(place, "字符种类应为 digits、letters、alnum 或 han。", "the class must be one of digits, letters, alnum, han")
	}
	if f.Kind != KindCode {
		return
	}
	table, _ := k.v.Form.Table(f.Table)
	for _, code := range t.In {
		if e, ok := table.Entry(code); !ok || e.Group {
			k.add(place+".in", "“"+f.Zh+"”的代码表中没有这个代码。", "a code that is not in the table of "+f.En)
		}
	}
}

func (k *conditionCheck) date(place string, t DateTest) {
	if f, ok := k.v.Form.Field(t.Key); !ok || f.Kind != KindDate {
		k.add(place, "所引用的日期栏目不存在。", "it names a date field that does not exist")
	}
	if t.Before == "" && t.After == "" {
		k.add(place, "没有写明早于或晚于哪一天。", "it names no day to lie before or after")
	}
	for _, key := range []string{t.Before, t.After} {
		k.day(place, key)
	}
}

func (k *conditionCheck) day(place, key string) {
	if _, ok := k.v.date(key); key != "" && !ok {
		k.add(place, "所引用的日期不在日程中。", "it names a date the campaign does not have")
	}
}

func (k *conditionCheck) age(place string, t AgeTest) {
	if t.From < 0 || t.Under < 0 || t.From == 0 && t.Under == 0 || t.Under > 0 && t.Under <= t.From {
		k.add(place, "年龄下限应小于上限，至少写一个。", "an age lies from one limit to under a greater one: name at least one")
	}
	if t.On == "" {
		k.add(place, "没有写明按哪一天计算年龄。", "it does not say on which day the age is reckoned")
	}
	if _, ok := k.v.Form.Field(BirthDate); !ok {
		k.add(place, "报名表没有出生日期，无法计算年龄。", "the form has no date of birth to reckon an age from")
	}
	k.day(place, t.On)
}

func (k *conditionCheck) choice(place string, t ChoiceTest) {
	if t.Which == ThisChoice {
		k.sawThis = true
	}
	if !slices.Contains([]Which{FirstChoice, AnyChoice, LaterChoice, ThisChoice}, t.Which) || t.Which == ThisChoice && !k.this {
		k.add(place, "应写明是第一志愿（first）、任一志愿（any）、后面的志愿（later）；本志愿（this）只用于逐个志愿的规则。",
			`say first, any or later; "this" belongs to rules on "choice"`)
	}
	if len(t.Levels)+len(t.Categories)+len(t.Forms) == 0 && !t.Medical {
		k.add(place, "没有写明对志愿的要求。", "it asks nothing of the choice")
	}
	for _, code := range t.Levels {
		if _, ok := k.v.Form.Level(code); !ok {
			k.add(place+".levels", "所引用的报考层次不存在。", "it names a level that does not exist")
		}
	}
	for _, code := range t.Categories {
		if _, ok := k.v.Form.Category(code); !ok {
			k.add(place+".categories", "所引用的科类不存在。", "it names a category that does not exist")
		}
	}
	forms, _ := k.v.Form.Table(StudyForms)
	for _, code := range t.Forms {
		if _, ok := forms.Entry(code); !ok {
			k.add(place+".forms", "所引用的学习形式不存在。", "it names a form of study that does not exist")
		}
	}
}

func (k *conditionCheck) household(place string, t HouseholdTest) {
	if (len(t.In) > 0) == (t.Of != "") || t.Of != "" && t.Of != OfCity && t.Of != OfCounty {
		k.add(place, "请写明户籍所在的区划（in），或与确认点同市（city）、同县（county）之一。", "name divisions, or the point's city or county, and only one of the two")
	}
	if _, ok := k.v.Form.Field(Household); !ok {
		k.add(place, "报名表没有户籍所在地。", "the form has no field for the household")
	}
	k.divisions(place+".in", t.In)
}

func (k *conditionCheck) divisions(place string, codes []string) {
	for _, code := range codes {
		if _, ok := find(k.v.Divisions, code); !ok {
			k.add(place, "所引用的行政区划不存在。", "it names a division that does not exist")
		}
	}
}

func (k *conditionCheck) claim(place string, t ClaimTest) {
	if t.Kind != BonusClaim && t.Kind != ExemptionClaim {
		k.add(place, "应为照顾加分（bonus）或免试（exemption）。", "a claim is of a bonus or an exemption")
		return
	}
	for _, code := range t.Codes {
		if _, ok := find(k.v.claims(t.Kind), code); !ok {
			k.add(place+".codes", "所引用的照顾或免试种类不存在。", "it names a kind of bonus or exemption that does not exist")
		}
	}
}
