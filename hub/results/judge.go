package results

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/exchange"
	"zhunkao/protocol/campaign"
)

// Kind is what a table holds.
type Kind string

// The kinds.
const (
	OfScores    Kind = "scores"
	OfAdmission Kind = "admission"
)

// Kinds are all kinds.
func Kinds() []Kind { return []Kind{OfScores, OfAdmission} }

// Person is whom a row is about, as far as judging it needs.
type Person struct {
	Application string
	Name        string
	Level       string
	Category    string
	Born        string // YYYYMMDD
	Claims      bool   // she claims a bonus that is not automatic
}

// Keys of columns that are no subject's.
const (
	colTicket    = "ZKZH"
	colCandidate = "KSH"
	colName      = "XM"
	colFeature   = "TZF"
	colTotal     = "ZF"
	colFile      = "DAF"

	colSchool     = "YXDM"
	colSchoolName = "YXMC"
	colMajor      = "ZYDM"
	colMajorName  = "ZYMC"
	colLevel      = "CCDM"
	colForm       = "XXXS"
	colDay        = "LQRQ"

	// Columns that stand for one of several subjects: the one that her category has.
	colMaths = "SX"
	colMixed = "ZH"
	colThird = "ZYK"
)

// whoColumns find a candidate.
var whoColumns = []exchange.Column{
	{Key: colTicket, Headings: []string{"准考证号", "准考证", "ZKZH"}},
	{Key: colCandidate, Headings: []string{"考生号", "KSH"}},
	{Key: colName, Headings: []string{"姓名", "XM"}},
}

// table is what a table of a kind may hold.
func table(c campaign.Campaign, kind Kind) (columns []exchange.Column, header func(has func(string) bool) bool) {
	columns = slices.Clone(whoColumns)
	if kind == OfAdmission {
		columns = append(columns, exchange.Column{Key: colSchool, Headings: []string{"院校代码", "院校代号", "录取院校代码", "YXDM", "YXDH"}}, exchange.Column{Key: colSchoolName, Headings: []string{"院校名称", "院校", "录取院校", "YXMC"}},
			exchange.Column{Key: colMajor, Headings: []string{"专业代码", "专业代号", "录取专业代码", "ZYDM", "ZYDH"}}, exchange.Column{Key: colMajorName, Headings: []string{"专业名称", "专业", "录取专业", "ZYMC"}},
			exchange.Column{Key: colLevel, Headings: []string{"层次", "层次代码", "录取层次", "CCDM"}}, exchange.Column{Key: colForm, Headings: []string{"学习形式", "学习形式代码", "XXXS"}},
			exchange.Column{Key: colDay, Headings: []string{"录取日期", "LQRQ"}})
		return columns, func(has func(string) bool) bool {
			return (has(colTicket) || has(colCandidate)) && has(colSchool) && has(colMajor)
		}
	}
	columns = append(columns, exchange.Column{Key: colFeature, Headings: []string{"特征分", "加分", "TZF"}}, exchange.Column{Key: colTotal, Headings: []string{"总分", "ZF"}}, exchange.Column{Key: colFile, Headings: []string{"档案分", "DAF"}},
		exchange.Column{Key: colMaths, Headings: []string{"数学", "SX"}}, exchange.Column{Key: colMixed, Headings: []string{"综合", "ZH"}}, exchange.Column{Key: colThird, Headings: []string{"专业基础课", "专业课", "ZYK"}})
	bear := map[string][]string{"数学": {colMaths}, "综合": {colMixed}} // a name
	for _, s := range c.Subjects {
		bear[withoutBrackets(s.Zh)] = append(bear[withoutBrackets(s.Zh)], s.Key)
	}
	for _, s := range c.Subjects {
		one := exchange.Column{Key: s.Key, Headings: []string{s.Key}}
		name := withoutBrackets(s.Zh)
		if !slices.ContainsFunc(bear[name], func(other string) bool { return other != s.Key && shared(other) != s.Key }) { // 高等数学 may be either paper
			one.Headings = append(one.Headings, name)
		}
		columns = append(columns, one)
	}
	return columns, func(has func(string) bool) bool {
		subject := slices.ContainsFunc(c.Subjects, func(s campaign.Subject) bool { return has(s.Key) }) || has(colMaths) || has(colMixed) || has(colThird)
		return (has(colTicket) || has(colCandidate)) && subject
	}
}

func withoutBrackets(s string) string {
	if i := strings.IndexAny(s, "(（"); i > 0 {
		return s[:i]
	}
	return s
}

// shared is the column that a subject may stand in beside others, "" if none. The papers
// of the vocational (DYW, DSX, DZY, DWY) stand where those of the others do: the tables of
// the gaokao have 语文, 数学, 综合 and 外语 (domain §1.7, §2).
func shared(subject string) string {
	switch {
	case strings.HasPrefix(subject, "SX"), subject == "DSX":
		return colMaths
	case slices.Contains([]string{"SD", "LH", "WZ", "LZ", "DZY"}, subject):
		return colMixed
	case subject == "DYW", subject == "DWY":
		return subject[1:]
	case slices.Contains([]string{"YW", "WY", "ZZ"}, subject):
		return ""
	}
	return colThird
}

// judge judges rows one by one.
type judge struct {
	c    campaign.Campaign
	kind Kind
	full map[string]int // marks, by subject
}

func newJudge(c campaign.Campaign, kind Kind) *judge {
	j := &judge{c: c, kind: kind, full: map[string]int{}}
	for _, s := range c.Subjects {
		j.full[s.Key] = s.FullMark
	}
	return j
}

// Codes of refusals of rows.
const (
	NobodyThere  = "nobody"      // no candidate has this number
	TwoPeople    = "two-people"  // ticket and candidate number are two people's
	OtherName    = "other-name"  // the number is somebody else's
	Twice        = "twice"       // the same candidate stands above
	NoMark       = "no-mark"     // a paper that she sat has no mark
	NotHers      = "not-hers"    // a mark in a paper that she did not sit
	BadMark      = "bad-mark"    // no mark, or more than the full mark
	BadSum       = "bad-sum"     // another total than ours
	NoProgramme  = "no-major"    // the catalogue does not have it
	OtherSchool  = "other-text"  // code and name are two things'
	BadDay       = "bad-day"     // no day
	NoCategories = "no-category" // her category sits no paper
)

// scores judges a row of marks.
func (j *judge) scores(c exchange.Cells, p Person) (Scores, []exchange.Refusal) {
	out := Scores{Marks: map[string]Mark{}}
	var refused []exchange.Refusal
	refuse := func(key, code, zh, en string) { refused = append(refused, c.Refuse(key, code, zh, en)) }
	k, known := j.c.Form.Category(p.Category)
	if !known || len(k.Subjects) == 0 {
		return out, []exchange.Refusal{c.Refuse("", NoCategories, "这名考生报考的科类没有考试科目，请核对号码。", "her category sits no paper: look at the number again")}
	}
	used := map[string]bool{}
	for _, s := range k.Subjects {
		column := s
		if !c.Has(s) || c.Get(s) == "" && c.Has(shared(s)) {
			column = shared(s)
		}
		text := c.Get(column)
		used[column] = true
		if text == "" {
			refuse(column, NoMark, fmt.Sprintf("没有%s的成绩；没有参加考试的，写“缺考”。", j.subject(s)), fmt.Sprintf("no mark in %s; write 缺考 for who was absent", s))
			continue
		}
		m, ok := ParseMark(text, j.full[s])
		if !ok {
			refuse(column, BadMark, fmt.Sprintf("%s的成绩应是0到%d的数，至多一位小数，或者“缺考”“违规”。", j.subject(s), j.full[s]), fmt.Sprintf("the mark in %s is a number up to %d with at most one place behind the point, or 缺考 or 违规", s, j.full[s]))
			continue
		}
		out.Marks[s] = m
	}
	for _, s := range j.c.Subjects {
		if !used[s.Key] && c.Get(s.Key) != "" && strings.Trim(c.Get(s.Key), "0.") != "" {
			refuse(s.Key, NotHers, fmt.Sprintf("这名考生不考%s，却有成绩，请核对号码。", s.Zh), fmt.Sprintf("she does not sit %s but has a mark in it: look at the number again", s.Key))
		}
	}
	out.Feature = j.automatic(p)
	if text := c.Get(colFeature); text != "" {
		m, ok := ParseMark(text, 300)
		if !ok || m < 0 {
			refuse(colFeature, BadMark, "特征分应是0到300的数，至多一位小数。", "the feature mark is a number up to 300 with at most one place behind the point")
		}
		out.Feature = m.Counts()
	}
	if len(refused) > 0 {
		return out, refused
	}
	out = out.Sum(j.c, k)
	for _, x := range []struct {
		column string
		ours   Mark
		zh, en string
	}{{colTotal, out.Total, "总分", "total"}, {colFile, out.File, "档案分", "file mark"}} {
		if text := c.Get(x.column); text != "" {
			if m, ok := ParseMark(text, 9999); !ok || m != x.ours && m.Counts() != x.ours.Counts() { // 0 and 缺考 say the same
				refuse(x.column, BadSum, fmt.Sprintf("%s按各科成绩算出来不是这个数，请核对各科成绩和特征分。", x.zh), fmt.Sprintf("the %s does not follow from the marks: look at them and at the feature mark", x.en))
			}
		}
	}
	return out, refused
}

func (j *judge) subject(key string) string { return subjectName(j.c, key) }

func subjectName(c campaign.Campaign, key string) string {
	for _, s := range c.Subjects {
		if s.Key == key {
			return s.Zh
		}
	}
	return key
}

// automatic is what a candidate gets without anybody's decision: the most of the
// bonuses that follow from her date of birth.
func (j *judge) automatic(p Person) (most Mark) {
	codes := j.c.AutomaticBonuses(p.Born)
	for _, b := range j.c.Bonuses {
		if slices.Contains(codes, b.Code) {
			most = max(most, Mark(b.Points*tenth))
		}
	}
	return most
}

// admission judges a row of who was admitted.
func (j *judge) admission(c exchange.Cells, p Person) (Admission, []exchange.Refusal) {
	var refused []exchange.Refusal
	refuse := func(key, code, zh, en string) { refused = append(refused, c.Refuse(key, code, zh, en)) }
	level := c.Get(colLevel)
	if level == "" {
		level = p.Level
	}
	for _, l := range j.c.Form.Levels {
		if l.Zh == level {
			level = l.Code
		}
	}
	var found []campaign.Programme
	for _, g := range j.c.Catalogue {
		if g.School == c.Get(colSchool) && g.Major == c.Get(colMajor) && g.Level == level && (c.Get(colForm) == "" || c.Get(colForm) == g.Form || c.Get(colForm) == j.c.Form.TableName("study_form", g.Form)) {
			found = append(found, g)
		}
	}
	if i := slices.IndexFunc(found, func(g campaign.Programme) bool { return g.Category == p.Category }); i > 0 {
		found[0] = found[i]
	}
	if len(found) == 0 {
		return Admission{}, []exchange.Refusal{c.Refuse(colMajor, NoProgramme, "招生专业目录里没有这所院校的这个专业（层次、学习形式），请核对代码。", "the catalogue has no such programme of this school at this level and form: look at the codes")}
	}
	g := found[0]
	if name := c.Get(colSchoolName); name != "" && name != g.SchoolName {
		refuse(colSchoolName, OtherSchool, "院校名称与院校代码不是同一所院校，请核对。", "the school's name is not that of its code: look at both")
	}
	if name := c.Get(colMajorName); name != "" && name != g.MajorName {
		refuse(colMajorName, OtherSchool, "专业名称与专业代码不是同一个专业，请核对。", "the major's name is not that of its code: look at both")
	}
	a := Admission{School: g.School, SchoolName: g.SchoolName, Major: g.Major, MajorName: g.MajorName, Level: g.Level, Form: g.Form, Years: g.Years}
	if text := c.Get(colDay); text != "" {
		day, ok := j.day(text)
		if !ok {
			refuse(colDay, BadDay, fmt.Sprintf("录取日期应是%d年或下一年的日期，例如%d-12-20。", j.c.Year, j.c.Year), fmt.Sprintf("the day is one of %d or the year after, such as %d-12-20", j.c.Year, j.c.Year))
		}
		a.Day = day
	}
	return a, refused
}

// day reads a day as tables write it.
func (j *judge) day(text string) (string, bool) {
	for _, layout := range []string{"20060102", time.DateOnly, "2006/1/2", "2006.1.2", "2006年1月2日"} {
		if d, err := time.Parse(layout, text); err == nil {
			return d.Format(time.DateOnly), d.Year() == j.c.Year || d.Year() == j.c.Year+1
		}
	}
	return "", false
}

// numbers are the tickets and candidate numbers of some rows, each once.
func numbers(rows []row) (tickets, candidates []string) {
	t, k := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		t[r.ticket], k[r.candidate] = true, true
	}
	delete(t, "")
	delete(k, "")
	return slices.Sorted(maps.Keys(t)), slices.Sorted(maps.Keys(k))
}
