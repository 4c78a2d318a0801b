package exchange

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/gbk"
)

// headerWithin is how far down a sheet its header may stand, below titles.
const headerWithin = 30

// widths are the most bytes that a column takes, in GBK: those of the admission
// tables where they are known (YXMC C40, ZYMC C30 [V]) with room for the longer
// names of today, and of a DBF column otherwise.
var widths = [columnCount]int{school: 8, schoolName: 80, major: 12, majorName: 100, level: 40, category: 40, class: 60, studyForm: 20, years: 20, remark: 254}

// parser turns lines into programmes and gathers refusals.
type parser struct {
	c        campaign.Campaign
	out      Catalogue
	refusals []Refusal
	seen     map[string]line   // by key of the programme
	names    map[string]string // of schools, by code
	digits   [columnCount]int  // the longest code of digits, in all sheets
	codes    []placed          // codes of digits in sheets, to be held against it

	// of the sheet at hand
	columns []int    // places by column; nil before the header
	heads   []string // headings as they stand in the file
	before  []string // the row before, while there is no header
}

// placed is a code of digits and where it stands.
type placed struct {
	line   line
	column column
	at     int    // place of the column
	head   string // its heading
	length int
}

func newParser(c campaign.Campaign) *parser {
	return &parser{c: c, seen: map[string]line{}, names: map[string]string{}}
}

// begin starts a sheet.
func (p *parser) begin() { p.columns, p.heads, p.before = nil, nil, nil }

func (p *parser) refuse(l line, column, code, zh, en string) {
	p.refusals = append(p.refusals, Refusal{Sheet: l.sheet, Row: l.number, Column: column, Code: code, Zh: zh, En: en})
}

// line takes one row: of the title, of the header, or a programme.
func (p *parser) line(l line) error {
	if p.columns == nil {
		if l.number <= headerWithin && !p.header(l, l.cells) && p.before != nil {
			p.header(l, joined(p.before, l.cells))
		}
		p.before = l.cells
		return nil
	}
	if places, _ := find(l.cells); places != nil && slices.Equal(places, p.columns) {
		return nil // the header again, as at the top of each printed page
	}
	p.programme(l)
	return nil
}

// header takes a row as the header if it is one.
func (p *parser) header(l line, cells []string) bool {
	places, twice := find(cells)
	if places == nil {
		return false
	}
	p.columns, p.heads = places, cells
	for _, i := range twice {
		p.refuse(l, cells[i], DoubleHeader, "有两列都是这个含义，请删去或改名其中一列。", "two columns mean the same: remove or rename one")
	}
	return true
}

// value gives the cell of a column; ok is false when it cannot be used, which
// has been said then.
func (p *parser) value(l line, c column, must bool) (string, bool) {
	i := p.columns[c]
	if f, bad := l.faults[i]; bad && i >= 0 {
		p.refuse(l, p.heads[i], f.code, f.zh, f.en)
		return "", false
	}
	v := at(l.cells, i)
	switch {
	case v == "" && must:
		p.refuse(l, p.heads[i], CellMissing, "此格为空，请填写；合并的单元格请取消合并并逐行填写。", "the cell is empty: fill it in; take merged cells apart and fill in each row")
		return "", false
	case v == "":
		return "", true
	case strings.ContainsFunc(v, hidden) || isError(v):
		p.refuse(l, p.heads[i], BadText, "单元格中有换行、看不见的字符或公式错误，请重新输入。", "the cell holds a line break, characters that cannot be seen, or an error of a formula: type it again")
		return "", false
	case len(v) > maxCell || width(v) > widths[c]:
		p.refuse(l, p.heads[i], TooLong, fmt.Sprintf("过长：最多%d个汉字，请缩短。", widths[c]/2), fmt.Sprintf("too long: at most %d bytes in GBK; shorten it", widths[c]))
		return "", false
	}
	return v, true
}

func width(s string) int { n, _ := gbk.Width(s); return n }

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == unicode.ReplacementChar || r == 0x2028 || r == 0x2029
}

// isError reports whether a formula came to nothing.
func isError(v string) bool {
	return strings.HasPrefix(v, "#") && slices.Contains([]string{"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}, v)
}

// programme takes one row of the catalogue. It goes on after a refusal, so that
// the person sees all of them at once.
func (p *parser) programme(l line) {
	var r campaign.Programme
	sound := true
	set := func(to *string, v string, ok bool) { *to, sound = v, sound && ok }
	text := func(to *string, c column, must bool) { v, ok := p.value(l, c, must); set(to, v, ok) }
	v, ok := p.code(l, school)
	set(&r.School, v, ok)
	text(&r.SchoolName, schoolName, true)
	v, ok = p.code(l, major)
	set(&r.Major, v, ok)
	text(&r.MajorName, majorName, true)
	v, ok = p.level(l)
	set(&r.Level, v, ok)
	k, ok := p.category(l, r.Level, ok)
	set(&r.Category, k.Code, ok)
	v, ok = p.coded(l, studyForm, "study_form", UnknownForm, "没有这种学习形式")
	set(&r.Form, v, ok)
	v, ok = p.coded(l, years, "years", UnknownYears, "没有这种学制")
	set(&r.Years, v, ok)
	text(&r.Class, class, false)
	text(&r.Remark, remark, false)
	if r.Class == "" {
		r.Class = k.Zh // as assumption class-is-category says
	}
	if !p.named(l, r) || !sound {
		return
	}
	key := keyOf(r)
	if first, twice := p.seen[key]; twice {
		zh, en := fmt.Sprintf("与第%d行是同一专业，请删去一行。", first.number), fmt.Sprintf("is the programme of row %d: remove one", first.number)
		if first.sheet != l.sheet {
			zh, en = fmt.Sprintf("与工作表“%s”第%d行是同一专业，请删去一行。", first.sheet, first.number), fmt.Sprintf("is the programme of sheet %s row %d: remove one", first.sheet, first.number)
		}
		p.refuse(l, p.heads[p.columns[major]], Duplicate, zh, en)
		return
	}
	p.seen[key] = line{sheet: l.sheet, number: l.number}
	p.out.Programmes = append(p.out.Programmes, r)
}

// keyOf is what makes a programme the same one.
func keyOf(r campaign.Programme) string {
	return strings.Join([]string{r.School, r.Major, r.Level, r.Category, r.Form}, "/")
}

// code reads a code of a school or a major: letters and digits of one width, as
// a text.
func (p *parser) code(l line, c column) (string, bool) {
	v, ok := p.value(l, c, true)
	if !ok {
		return "", false
	}
	v = strings.ToUpper(norm.NFKC.String(v)) // full-width digits
	if strings.ContainsFunc(v, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }) {
		p.refuse(l, p.heads[p.columns[c]], BadCode, "代码只能由数字和字母组成；请把该列设为文本格式后重新填写。", "a code has digits and letters only: format the column as text and fill it in again")
		return "", false
	}
	digits := strings.IndexFunc(v, func(r rune) bool { return r > '9' })
	whole := digits < 0
	if whole {
		digits = len(v)
	}
	p.digits[c] = max(p.digits[c], digits)
	if whole && l.sheet != "" {
		i := p.columns[c]
		p.codes = append(p.codes, placed{line{sheet: l.sheet, number: l.number}, c, i, p.heads[i], digits})
	}
	return v, true
}

// lostZeros looks for codes that stand as numbers in a workbook and are shorter
// than others of the file: 050101 has become 50101.
func (p *parser) lostZeros(b *book) {
	for _, s := range p.codes {
		if longest := p.digits[s.column]; s.length < longest && b.isNumber(s.line.sheet, s.at, s.line.number) {
			p.refuse(s.line, s.head, LostZero, fmt.Sprintf("这是数字格式，只有%d位，其他行有%d位：前面的0可能丢了。请把该列设为文本格式后重新填写。", s.length, longest),
				fmt.Sprintf("a number of %d digits where other rows have %d: a leading zero may be lost. Format the column as text and fill it in again", s.length, longest))
		}
	}
}

// plain is a name as names are compared: brackets of any width, no blanks.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

func (p *parser) level(l line) (string, bool) {
	v, ok := p.value(l, level, true)
	if !ok {
		return "", false
	}
	for _, k := range p.c.Form.Levels {
		if w := plain(v); w == k.Code || w == plain(k.Zh) || w == plain(k.Full) {
			return k.Code, true
		}
	}
	p.refuse(l, p.heads[p.columns[level]], UnknownLevel, "没有这个层次，应为："+names(p.c.Form.Levels, func(k form.Level) string { return k.Zh })+"。",
		"no such level; the campaign has "+names(p.c.Form.Levels, func(k form.Level) string { return k.Code + " " + k.Zh }))
	return "", false
}

// category finds a category by code or name, in the level of the row if that is
// known: several levels have a 文史类.
func (p *parser) category(l line, inLevel string, known bool) (form.Category, bool) {
	v, ok := p.value(l, category, true)
	if !ok {
		return form.Category{}, false
	}
	var other bool
	for _, k := range p.c.Form.Categories {
		if w := plain(v); w != k.Code && w != plain(k.Zh) {
			continue
		}
		if !known || k.Level == inLevel {
			return k, true
		}
		other = true
	}
	if other {
		p.refuse(l, p.heads[p.columns[category]], LevelCategory, "这个科类不属于本行的层次，请核对两者。", "the category belongs to another level than the row's: check both")
		return form.Category{}, false
	}
	p.refuse(l, p.heads[p.columns[category]], UnknownCategory, "没有这个科类，请按方案中的科类代码或名称填写。", "no such category: give code or name as the campaign has it")
	return form.Category{}, false
}

func (p *parser) coded(l line, c column, table, code, zh string) (string, bool) {
	v, ok := p.value(l, c, true)
	if !ok {
		return "", false
	}
	t, _ := p.c.Form.Table(table)
	w := plain(v)
	for _, e := range t.Entries {
		if !e.Group && (w == e.Code || w == plain(e.Zh)) {
			return e.Code, true
		}
	}
	p.refuse(l, p.heads[p.columns[c]], code, zh+"，应为："+names(t.Entries, func(e form.Entry) string { return e.Zh })+"。",
		"not in the campaign's table, which has "+names(t.Entries, func(e form.Entry) string { return e.Code + " " + e.Zh }))
	return "", false
}

// names lists what may be written, as far as a sentence bears.
func names[T any](all []T, name func(T) string) string {
	const most = 12
	var out []string
	for _, x := range all[:min(len(all), most)] {
		out = append(out, name(x))
	}
	return strings.Join(out, "、")
}

// named holds a school's name against the one its code had above.
func (p *parser) named(l line, r campaign.Programme) bool {
	if r.School == "" || r.SchoolName == "" {
		return true
	}
	first, known := p.names[r.School]
	if !known {
		p.names[r.School] = r.SchoolName
		return true
	}
	if first != r.SchoolName {
		p.refuse(l, p.heads[p.columns[schoolName]], TwoNames, "同一院校代码在上面用的是另一个名称，请统一。", "this school code stands above with another name: make them alike")
		return false
	}
	return true
}

// result gives the catalogue, or all that is wrong with it.
func (p *parser) result() (Catalogue, error) {
	switch {
	case len(p.refusals) > 0:
	case len(p.names) == 0 && len(p.out.Sheets) == 0 && p.columns == nil:
		p.refuse(line{}, "", NoHeader, "没有找到表头：需要院校代码、院校名称、专业代码、专业名称、层次、科类、学习形式、学制各一列。",
			"no header was found: it needs columns for code and name of school and major, level, category, form of study and years")
	case len(p.out.Programmes) == 0:
		p.refuse(line{}, "", NoRows, "表头之下没有任何专业。", "there is no programme below the header")
	}
	if len(p.refusals) > 0 {
		order := slices.Clone(p.out.Sheets)
		slices.SortStableFunc(p.refusals, func(a, b Refusal) int {
			if x, y := slices.Index(order, a.Sheet), slices.Index(order, b.Sheet); x != y {
				return x - y
			}
			return a.Row - b.Row
		})
		return Catalogue{}, RefusedError{p.refusals}
	}
	return p.out, nil
}
