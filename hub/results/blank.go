package results

import (
	"slices"
	"strconv"

	"zhunkao/protocol/campaign"
)

// Example stands in the rows of a blank table: as a ticket number nobody bears it, so a
// row that is left in is refused and does no harm.
const (
	exampleTicket = "000000000000"
	exampleName   = "示例，填好后删掉这一行"
)

// Blank is an empty table to fill in: headings that Show finds, and an example row or
// two. Of subjects that only some candidates sit there is one column for all, as the
// tables of the offices have it (A6).
func Blank(c campaign.Campaign, kind Kind) (heads []string, rows [][]any) {
	heads = []string{"准考证号", "姓名"}
	if kind == OfAdmission {
		heads = append(heads, "院校代码", "院校名称", "专业代码", "专业名称", "层次", "学习形式", "录取日期")
		row := append([]any{exampleTicket, exampleName}, make([]any, len(heads)-2)...)
		row[2], row[4] = "10533", "0101"
		if len(c.Catalogue) > 0 {
			row[2], row[4] = c.Catalogue[0].School, c.Catalogue[0].Major
		}
		row[len(row)-1] = strconv.Itoa(c.Year) + "1220"
		return heads, [][]any{row}
	}
	in := map[string]int{} // column of a subject
	for _, s := range c.Subjects {
		name := withoutBrackets(s.Zh)
		switch column := shared(s.Key); column {
		case "":
		case colMaths:
			name = "数学"
		case colMixed:
			name = "综合"
		case colThird:
			name = "专业基础课"
		default: // another subject's
			name = withoutBrackets(subjectName(c, column))
		}
		at := slices.Index(heads, name)
		if at < 0 {
			at, heads = len(heads), append(heads, name)
		}
		in[s.Key] = at
	}
	for _, k := range c.Form.Categories { // one row of each set of papers that differs by its columns
		if len(k.Subjects) == 0 {
			continue
		}
		row := make([]any, len(heads))
		row[0], row[1] = exampleTicket, exampleName
		for i, s := range k.Subjects {
			if row[in[s]] = 96.5; i == 1 {
				row[in[s]] = "缺考"
			}
		}
		if !slices.ContainsFunc(rows, func(o []any) bool { return slices.Equal(o, row) }) {
			rows = append(rows, row)
		}
	}
	return heads, rows
}
