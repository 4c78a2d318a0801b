package exchange

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// column is what a column of a catalogue holds.
type column int

const (
	school column = iota
	schoolName
	major
	majorName
	level
	category
	class
	studyForm
	years
	remark
	columnCount
)

// headings are the names under which columns come: what offices write above
// them, the fields of admission tables (YXDM, ZYDM, …), and our own keys. Blanks,
// line breaks, marks and what stands in brackets do not count.
var headings = map[column][]string{
	school:     {"院校代码", "院校代号", "院校编号", "学校代码", "学校代号", "学校编号", "招生院校代码", "招生学校代码", "报考学校代码", "YXDM", "YXDH", "XXDM", "school"},
	schoolName: {"院校名称", "院校", "学校名称", "学校", "招生院校", "招生学校", "招生院校名称", "报考学校", "报考院校", "YXMC", "XXMC", "school_name"},
	major:      {"专业代码", "专业代号", "专业编号", "招生专业代码", "报考专业代码", "ZYDM", "ZYDH", "major"},
	majorName:  {"专业名称", "专业", "招生专业", "招生专业名称", "报考专业", "ZYMC", "major_name"},
	level:      {"层次", "层次代码", "层次名称", "报考层次", "招生层次", "培养层次", "学历层次", "CC", "CCDM", "CCMC", "PYCC", "BKCC", "level"},
	category:   {"科类", "科类代码", "科类名称", "招生科类", "报考科类", "KL", "KLDM", "KLMC", "category"},
	class:      {"专业类", "专业类别", "招生专业类", "招生专业类别", "专业大类", "ZYL", "ZYLB", "ZYLMC", "class"},
	studyForm:  {"学习形式", "学习形式代码", "学习方式", "学习形式名称", "XXXS", "XXXSDM", "XXXSMC", "form"},
	years:      {"学制", "学制代码", "学习年限", "修业年限", "年限", "XZ", "XZDM", "XZNX", "years"},
	remark:     {"备注", "说明", "专业备注", "BZ", "remark"},
}

// Every catalogue has these columns. The class of majors may be left out: it is
// the category then.
var required = []column{school, schoolName, major, majorName, level, category, studyForm, years}

var byHeading = func() map[string]column {
	m := map[string]column{}
	for c, names := range headings {
		for _, n := range names {
			m[heading(n)] = c
		}
	}
	return m
}()

// heading is a heading as it is looked up.
func heading(s string) string {
	s = norm.NFKC.String(s)
	if i := strings.IndexByte(s, '('); i > 0 {
		s = s[:i]
	}
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r <= ' ' || strings.ContainsRune("*:：、,.·\u3000\u200b", r) {
			return -1
		}
		return r
	}, s))
}

// coded columns come as a code, as a name, or as both beside each other.
var coded = []column{level, category, studyForm, years}

// isCode reports whether a heading says that codes stand below it.
func isCode(head string) bool {
	return strings.HasSuffix(heading(head), "代码") || strings.HasSuffix(heading(head), "DM")
}

// find gives the places of the columns in a row of headings; twice are those
// that stand in it twice, nil places mean that it is no header. Of code and
// name beside each other the code is taken.
func find(cells []string) (places []int, twice []int) {
	places = make([]int, columnCount)
	for i := range places {
		places[i] = -1
	}
	for i, cell := range cells {
		c, ok := byHeading[heading(cell)]
		switch {
		case !ok:
		case places[c] >= 0 && slices.Contains(coded, c) && isCode(cell) != isCode(cells[places[c]]):
			if isCode(cell) {
				places[c] = i
			}
		case places[c] >= 0:
			twice = append(twice, i)
		default:
			places[c] = i
		}
	}
	for _, c := range required {
		if places[c] < 0 {
			return nil, nil
		}
	}
	return places, twice
}

// joined puts the upper row of a header of two rows above the lower: a merged
// heading stands in its first cell and holds for the empty ones after it that
// have something below ("院校" above "代码" and "名称").
func joined(upper, lower []string) []string {
	out := make([]string, max(len(upper), len(lower)))
	above := ""
	for i := range out {
		up, low := at(upper, i), at(lower, i)
		if up != "" {
			above = up
		} else if low == "" {
			above = ""
		}
		switch {
		case low == "":
			out[i] = up
		case above == "":
			out[i] = low
		default:
			out[i] = above + low
		}
	}
	return out
}

func at(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}
