package campaign

import (
	"slices"
	"strconv"
	"strings"

	"zhunkao/protocol/form"
	"zhunkao/protocol/gbk"
)

// Source is one value that a column of an exchange can hold.
type Source struct {
	From  string // as ExchangeColumn.From has it
	Zh    string
	Bytes int  // the most GBK bytes it takes; 0: not known beforehand
	Date  bool // eight digits YYYYMMDD, or nothing
	Digit bool // digits only, so that a column of type N can hold it
	Name  bool // the name of a person: what lies beyond GBK goes by Exchange.Names
}

// choiceParts are what "choice.1.…" can name.
var choiceParts = []Source{
	{From: "level", Zh: "报考层次代码", Bytes: 1, Digit: true}, {From: "category", Zh: "科类代码", Bytes: 2, Digit: true},
	{From: "school", Zh: "院校代码", Digit: true}, {From: "school_name", Zh: "院校名称"},
	{From: "major", Zh: "专业代码"}, {From: "major_name", Zh: "专业名称"}, {From: "class", Zh: "招生专业类"},
	{From: "form", Zh: "学习形式代码", Bytes: 1}, {From: "years", Zh: "学制"},
}

// fixedSources are those that every campaign has. Level and category are those
// of the first choice; level_digit and category_digit are the two digits of
// its category's code.
var fixedSources = []Source{
	{From: "level", Zh: "报考层次代码", Bytes: 1, Digit: true}, {From: "category", Zh: "科类代码", Bytes: 2, Digit: true},
	{From: "category_digit", Zh: "科类代码第二位", Bytes: 1, Digit: true},
	{From: "level_name", Zh: "报考层次名称"}, {From: "category_name", Zh: "科类名称"},
	{From: "point", Zh: "报名确认点代码"}, {From: "point_name", Zh: "报名确认点名称"},
	{From: "county", Zh: "确认点所在县（市、区）代码", Bytes: 6, Digit: true}, {From: "city", Zh: "确认点所在市（州）代码", Bytes: 6, Digit: true},
	{From: "sequence", Zh: "报名顺序号"}, {From: "bonus", Zh: "照顾加分种类代码"}, {From: "bonus_points", Zh: "照顾加分分值", Bytes: 3, Digit: true},
	{From: "exemption", Zh: "免试种类代码"}, {From: "fee", Zh: "应缴费用（分）", Bytes: 8, Digit: true},
	{From: "confirmed", Zh: "现场确认日期", Bytes: 8, Date: true, Digit: true}, {From: "paid", Zh: "缴费日期", Bytes: 8, Date: true, Digit: true},
	{From: "score.bonus", Zh: "特征分", Bytes: 3, Digit: true}, {From: "score.sum", Zh: "总分", Bytes: 5, Digit: true},
	{From: "score.file", Zh: "档案分", Bytes: 5, Digit: true},
	{From: "admission.school", Zh: "录取院校代码"}, {From: "admission.school_name", Zh: "录取院校名称"},
	{From: "admission.major", Zh: "录取专业代码"}, {From: "admission.major_name", Zh: "录取专业名称"},
	{From: "admission.level", Zh: "录取层次代码", Bytes: 1, Digit: true}, {From: "admission.form", Zh: "录取学习形式代码", Bytes: 1},
	{From: "admission.date", Zh: "录取日期", Bytes: 8, Date: true, Digit: true},
}

// Source finds what a column can hold:
//
//	XM                        a field of the form, by its key
//	choice.1.school           a part of a choice: level, category, school, school_name, major, major_name, class, form, years
//	score.YW                  the mark of a subject, by its key
//	score.bonus, score.sum    特征分, 总分; score.file is 档案分
//	level, point, county, …   one of the fixed sources
//	=43                       the same text for everybody
func (c Campaign) Source(from string) (Source, bool) {
	if text, ok := strings.CutPrefix(from, "="); ok {
		return Source{From: from, Zh: "固定值“" + text + "”", Bytes: columnWidth(text), Digit: text != "" && strings.Trim(text, "0123456789") == ""}, true
	}
	if f, ok := c.Form.Field(from); ok {
		return Source{From: from, Zh: f.Zh, Bytes: f.MaxBytes, Date: f.Kind == form.KindDate, Name: f.Kind == form.KindName,
			Digit: f.Kind == form.KindDigits || f.Kind == form.KindDate || f.Kind == form.KindDivision || f.Kind == form.KindPostCode}, true
	}
	if rest, ok := strings.CutPrefix(from, "choice."); ok {
		return c.choiceSource(from, rest)
	}
	if key, ok := strings.CutPrefix(from, "score."); ok {
		if i := slices.IndexFunc(c.Subjects, func(s Subject) bool { return s.Key == key }); i >= 0 {
			return Source{From: from, Zh: c.Subjects[i].Zh + "成绩", Bytes: 5, Digit: true}, true
		}
	}
	if i := slices.IndexFunc(fixedSources, func(s Source) bool { return s.From == from }); i >= 0 {
		return fixedSources[i], true
	}
	return Source{}, false
}

func (c Campaign) choiceSource(from, rest string) (Source, bool) {
	order, part, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(order)
	i := slices.IndexFunc(choiceParts, func(s Source) bool { return s.From == part })
	if err != nil || order != strconv.Itoa(n) || n < 1 || n > max(c.Form.MaxChoices, 1) || i < 0 {
		return Source{}, false
	}
	s := choiceParts[i]
	s.From, s.Zh = from, "第"+order+"志愿"+s.Zh
	for i := range c.Catalogue {
		s.Bytes = max(s.Bytes, columnWidth(c.Catalogue[i].part(part)))
	}
	return s, true
}

// part is what a choice of the programme has there.
func (p *Programme) part(name string) string {
	switch name {
	case "school":
		return p.School
	case "school_name":
		return p.SchoolName
	case "major":
		return p.Major
	case "major_name":
		return p.MajorName
	case "class":
		return p.Class
	case "form":
		return p.Form
	case "years":
		return p.Years
	}
	return ""
}

// Exchange finds an exchange by its key.
func (c Campaign) Exchange(key string) (Exchange, bool) {
	for _, e := range c.Exchanges {
		if e.Key == key {
			return e, true
		}
	}
	return Exchange{}, false
}

// columnWidth is how many bytes of a column a text takes: in GBK, or in GB
// 18030 what that lacks.
func columnWidth(s string) int {
	n, _ := gbk.Width(s)
	return n
}
