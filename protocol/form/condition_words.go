package form

import (
	"fmt"
	"strings"
)

// Words says the condition in a sentence part, with the names of the
// vocabulary: "任一志愿的科类为医学类，且没有填写“毕业证书编号”". What a
// vocabulary does not know stands as its code.
func (c Condition) Words(v Vocabulary, english bool) string {
	s := speaker{v: v, en: english, left: MaxNodes}
	return s.node(c, 1, false)
}

// Words says the rule in one sentence.
func (r Rule) Words(v Vocabulary, english bool) string {
	must := r.Must.Words(v, english)
	if r.If.Always() {
		if english {
			return "always: " + must
		}
		return "任何情况下，须" + must
	}
	if when := r.If.Words(v, english); english {
		return "if " + when + ", then " + must
	} else {
		return "如果" + when + "，则须" + must
	}
}

type speaker struct {
	v    Vocabulary
	en   bool
	left int
}

func (s *speaker) say(zh, en string, args ...any) string {
	if s.en {
		return fmt.Sprintf(en, args...)
	}
	return fmt.Sprintf(zh, args...)
}

// node says one node; inside another it stands in brackets when it joins
// several. What is past the bounds is left out, as it is refused anyway.
func (s *speaker) node(c Condition, depth int, inside bool) string {
	if s.left--; s.left < 0 || depth > MaxDepth {
		return "…"
	}
	switch {
	case c.All != nil:
		return s.join(c.All, s.say("，且", " and "), depth, inside)
	case c.Any != nil:
		return s.join(c.Any, s.say("，或", " or "), depth, inside)
	case c.Not != nil:
		if f := c.Not.Field; f != nil && f.alone() {
			return s.say("没有填写“%s”", "%s is not filled in", s.v.field(f.Key).in(s.en))
		}
		return s.say("并非（%s）", "not (%s)", s.node(*c.Not, depth+1, false))
	}
	return s.leaf(c)
}

func (s *speaker) join(all []Condition, with string, depth int, inside bool) string {
	parts := make([]string, 0, min(len(all), MaxNodes))
	for _, c := range all {
		if s.left <= 0 {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, s.node(c, depth+1, len(all) > 1))
	}
	joined := strings.Join(parts, with)
	if inside && len(all) > 1 {
		return s.say("（%s）", "(%s)", joined)
	}
	return joined
}

func (s *speaker) leaf(c Condition) string {
	switch {
	case c.Field != nil:
		return s.field(*c.Field)
	case c.Date != nil:
		return s.date(*c.Date)
	case c.Age != nil:
		return s.age(*c.Age)
	case c.Choice != nil:
		return s.choice(*c.Choice)
	case c.Household != nil:
		return s.household(*c.Household)
	case c.Point != nil:
		return s.point(*c.Point)
	case c.Claim != nil:
		return s.claim(*c.Claim)
	}
	return s.say("任何情况", "always")
}

func (t FieldTest) alone() bool {
	return len(t.In) == 0 && t.MinChars == 0 && t.MaxChars == 0 && t.Class == ""
}

func (s *speaker) field(t FieldTest) string {
	name := s.v.field(t.Key).in(s.en)
	if t.alone() {
		return s.say("填写了“%s”", "%s is filled in", name)
	}
	var parts []string
	if len(t.In) > 0 {
		f, _ := s.v.Form.Field(t.Key)
		parts = append(parts, s.say("为%s", "is %s", s.list(t.In, func(code string) Named { return s.v.entry(f.Table, code) })))
	}
	switch {
	case t.MinChars > 0 && t.MinChars == t.MaxChars:
		parts = append(parts, s.say("正好%d个字符", "has exactly %d characters", t.MinChars))
	case t.MinChars > 0 && t.MaxChars > 0:
		parts = append(parts, s.say("有%d至%d个字符", "has %d to %d characters", t.MinChars, t.MaxChars))
	case t.MinChars > 0:
		parts = append(parts, s.say("至少%d个字符", "has at least %d characters", t.MinChars))
	case t.MaxChars > 0:
		parts = append(parts, s.say("最多%d个字符", "has at most %d characters", t.MaxChars))
	}
	if class, ok := map[Class][2]string{ClassDigits: {"数字", "digits"}, ClassLetters: {"字母", "letters"},
		ClassAlnum: {"数字和字母", "digits and letters"}, ClassHan: {"汉字", "Chinese characters"}}[t.Class]; ok {
		parts = append(parts, s.say("只含%[1]s", "holds only %[2]s", class[0], class[1]))
	}
	return s.say("“%s”%s", "%s %s", name, strings.Join(parts, s.say("，", ", ")))
}

func (s *speaker) day(key string) string {
	n, _ := s.v.date(key)
	n.Key = key
	if n.Day == 0 {
		return n.in(s.en)
	}
	return s.say("%s（%s）", "%s (%s)", n.Day.Words(s.en), n.in(s.en))
}

func (s *speaker) date(t DateTest) string {
	var parts []string
	if t.After != "" {
		parts = append(parts, s.say("晚于%s", "lies after %s", s.day(t.After)))
	}
	if t.Before != "" {
		parts = append(parts, s.say("早于%s", "lies before %s", s.day(t.Before)))
	}
	return s.say("“%s”%s", "%s %s", s.v.field(t.Key).in(s.en), strings.Join(parts, s.say("，", " and ")))
}

func (s *speaker) age(t AgeTest) string {
	day := s.day(t.On)
	switch {
	case t.From > 0 && t.Under > 0:
		return s.say("%[1]s时年满%[2]d周岁、未满%[3]d周岁", "is %[2]d or over and under %[3]d on %[1]s", day, t.From, t.Under)
	case t.Under > 0:
		return s.say("%[1]s时未满%[2]d周岁", "is under %[2]d on %[1]s", day, t.Under)
	}
	return s.say("%[1]s时年满%[2]d周岁", "is %[2]d or over on %[1]s", day, t.From)
}

func (s *speaker) choice(t ChoiceTest) string {
	which, ok := map[Which][2]string{FirstChoice: {"第一志愿", "the first choice"}, AnyChoice: {"任一志愿", "any choice"},
		LaterChoice: {"第一志愿以后的任一志愿", "any later choice"}, ThisChoice: {"该志愿", "the choice"}}[t.Which]
	if !ok {
		which = [2]string{string(t.Which), string(t.Which)}
	}
	var parts []string
	if len(t.Levels) > 0 {
		parts = append(parts, s.say("层次为%s", "has level %s", s.list(t.Levels, s.v.level)))
	}
	if len(t.Categories) > 0 {
		parts = append(parts, s.say("科类为%s", "has category %s", s.list(t.Categories, s.v.category)))
	}
	if len(t.Forms) > 0 {
		parts = append(parts, s.say("学习形式为%s", "has form of study %s", s.list(t.Forms, func(code string) Named { return s.v.entry(StudyForms, code) })))
	}
	if t.Medical {
		parts = append(parts, s.say("科类属于医卫类", "is medical"))
	}
	return s.say("%[1]s的%[3]s", "%[2]s %[4]s", which[0], which[1], strings.Join(parts, "、"), strings.Join(parts, " and "))
}

func (s *speaker) household(t HouseholdTest) string {
	switch t.Of {
	case OfCity:
		return s.say("户籍与确认点在同一市州", "the household is in the city of the point")
	case OfCounty:
		return s.say("户籍与确认点在同一县（市、区）", "the household is in the county of the point")
	}
	return s.say("户籍在%s", "the household is in %s", s.list(t.In, func(code string) Named { return s.v.named(s.v.Divisions, code) }))
}

func (s *speaker) point(t PointTest) string {
	var parts []string
	if t.Medical {
		parts = append(parts, s.say("是医卫类审核点", "is designated for medical candidates"))
	}
	if t.Minors {
		parts = append(parts, s.say("是低龄审核点", "is designated for candidates under age"))
	}
	if len(t.In) > 0 {
		parts = append(parts, s.say("在%s", "lies in %s", s.list(t.In, func(code string) Named { return s.v.named(s.v.Divisions, code) })))
	}
	if t.Field != "" {
		parts = append(parts, s.say("的代码与“%s”相同", "has the code given as %s", s.v.field(t.Field).in(s.en)))
	}
	return s.say("确认点%s", "the point %s", strings.Join(parts, s.say("、", " and ")))
}

func (s *speaker) claim(t ClaimTest) string {
	kind := s.say("照顾加分", "a bonus")
	if t.Kind == ExemptionClaim {
		kind = s.say("免试", "an exemption")
	}
	if len(t.Codes) == 0 {
		return s.say("申报了%s", "claims %s", kind)
	}
	return s.say("申报了%s（%s）", "claims %s (%s)", kind, s.list(t.Codes, func(code string) Named { return s.v.named(s.v.claims(t.Kind), code) }))
}

// list joins names by "or", a long one cut short: it is read, not parsed.
func (s *speaker) list(codes []string, name func(string) Named) string {
	const most = 12
	var parts []string
	for i, code := range codes {
		if i == most {
			parts = append(parts, s.say("等%d项", "%d in all", len(codes)))
			break
		}
		parts = append(parts, name(code).in(s.en))
	}
	return strings.Join(parts, s.say("、", ", "))
}
