package exchange

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"zhunkao/hub/org"
)

// Codes of refusals of a list of offices, beside those of a catalogue.
const (
	UnknownOffice   = "unknown-office"   // no such office, or not one of theirs who sent the list
	DuplicateOffice = "duplicate-office" // the same office stands above
	BadPhone        = "bad-phone"        // no telephone number
	BadField        = "bad-field"        // too long, or characters that cannot be seen
)

// Offices is what was read from a list: who answers for which office, by id. A
// cell that is empty is an empty text.
type Offices struct {
	By     map[string]org.Officers
	Sheets []string // those that were read
}

// The columns of a list of offices, by the fields of org.
const fieldOffice = "office"

var officeHeadings = []struct {
	field string
	names []string
}{
	{fieldOffice, []string{"机构编号", "机构代码", "编号", "代码", "区划代码", "行政区划代码", "office", "code"}},
	{org.FieldHead, []string{"负责人", "责任人", "负责人姓名", "head"}},
	{org.FieldHeadPhone, []string{"负责人电话", "责任人电话", "负责人联系电话", "head phone"}},
	{org.FieldAdmin, []string{"信息管理员", "管理员", "信息管理员姓名", "information admin", "admin"}},
	{org.FieldAdminPhone, []string{"信息管理员电话", "管理员电话", "信息管理员联系电话", "information admin phone", "admin phone"}},
	{org.FieldAddress, []string{"地址", "办公地址", "通讯地址", "address"}},
}

// ParseOffices reads a list of offices from a workbook (.xlsx): the one that the
// hub exports, filled in. Columns stand in any order and are found by their
// headings; only the office's code must be there. mine says which offices the
// sender may write; all others are unknown to her. It is all or nothing:
// RefusedError holds every refusal. Other errors: ErrSheet, and those of r.
func ParseOffices(r io.ReaderAt, size int64, mine func(id string) bool) (out Offices, err error) {
	b, err := openBook(r, size, small)
	if err != nil {
		return Offices{}, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	shown, _, err := b.sheets()
	if err != nil {
		return Offices{}, err
	}
	p := officeParser{out: Offices{By: map[string]org.Officers{}}, mine: mine, seen: map[string]int{}}
	for _, sheet := range shown {
		p.columns = nil
		if err := b.lines(sheet, p.line); err != nil {
			return Offices{}, err
		}
		if p.columns != nil {
			p.out.Sheets = append(p.out.Sheets, sheet)
		}
	}
	return p.result()
}

type officeParser struct {
	out      Offices
	mine     func(string) bool
	seen     map[string]int // row by office
	refusals []Refusal
	columns  map[string]int // of the sheet at hand; nil before its header
	heads    []string
	rows     int
}

func (p *officeParser) refuse(l line, column, code, zh, en string) {
	p.refusals = append(p.refusals, Refusal{Sheet: l.sheet, Row: l.number, Column: column, Code: code, Zh: zh, En: en})
}

func (p *officeParser) line(l line) error {
	if p.columns == nil {
		if l.number <= headerWithin {
			p.header(l)
		}
		return nil
	}
	if p.rows++; p.rows > maxRows {
		return fmt.Errorf("%w: more than %d rows", ErrSheet, maxRows)
	}
	if isRemark(l.cells) {
		return nil
	}
	id := at(l.cells, p.columns[fieldOffice])
	head := p.heads[p.columns[fieldOffice]]
	above, twice := p.seen[id]
	switch {
	case id == "":
		p.refuse(l, head, CellMissing, "没有写机构编号。", "the office's code is missing")
		return nil
	case !p.mine(id):
		p.refuse(l, head, UnknownOffice, "没有这个编号的机构，或者不归您管。", "there is no office of this code, or it is not yours to write")
		return nil
	case twice:
		p.refuse(l, head, DuplicateOffice, fmt.Sprintf("和第 %d 行是同一个机构，请留一行。", above), fmt.Sprintf("the same office as in row %d: keep one of them", above))
		return nil
	}
	p.seen[id] = l.number
	p.office(l, id)
	return nil
}

// office takes what a row says of an office, field by field, so that every one
// that cannot be is told.
func (p *officeParser) office(l line, id string) {
	var whole org.Officers
	for _, h := range officeHeadings[1:] {
		i, there := p.columns[h.field]
		if !there {
			continue
		}
		var one org.Officers
		*field(&one, h.field) = at(l.cells, i)
		tidy, err := one.Tidy()
		var bad org.FieldError
		switch {
		case errors.As(err, &bad) && (bad.Field == org.FieldHeadPhone || bad.Field == org.FieldAdminPhone):
			p.refuse(l, p.heads[i], BadPhone, "不是电话号码。固定电话连区号一起写，格式设为文本，前面的 0 才不会丢。",
				"not a telephone number: write land lines with their area code, as text, so that the leading zero stays")
		case err != nil:
			p.refuse(l, p.heads[i], BadField, "太长，或者有看不见的字符，请重新输入。", "too long, or with characters that cannot be seen: type it again")
		default:
			*field(&whole, h.field) = *field(&tidy, h.field)
		}
	}
	p.out.By[id] = whole
}

func field(o *org.Officers, name string) *string {
	switch name {
	case org.FieldHead:
		return &o.Head
	case org.FieldHeadPhone:
		return &o.HeadPhone
	case org.FieldAdmin:
		return &o.Admin
	case org.FieldAdminPhone:
		return &o.AdminPhone
	}
	return &o.Address
}

// header takes a row as the header if one of its cells names the code and
// another one something that can be written.
func (p *officeParser) header(l line) {
	found, twice := map[string]int{}, []int(nil)
	for i, cell := range l.cells {
		for _, h := range officeHeadings {
			if !slices.ContainsFunc(h.names, func(n string) bool { return heading(n) == heading(cell) }) {
				continue
			}
			if _, there := found[h.field]; there {
				twice = append(twice, i)
			} else {
				found[h.field] = i
			}
		}
	}
	if _, there := found[fieldOffice]; !there || len(found) < 2 {
		return
	}
	p.columns, p.heads = found, l.cells
	for _, i := range twice {
		p.refuse(l, l.cells[i], DoubleHeader, "有两列都是这个含义，请删去或改名其中一列。", "two columns mean the same: remove or rename one")
	}
}

// isRemark: a row with one cell only stands below a list that the hub has
// written, and says who took it.
func isRemark(cells []string) bool {
	return len(cells) > 0 && len(strings.Join(cells[1:], "")) == 0 && len([]rune(cells[0])) > 12
}

func (p *officeParser) result() (Offices, error) {
	switch {
	case len(p.refusals) > 0:
	case len(p.out.Sheets) == 0:
		p.refuse(line{}, "", NoHeader, "没有找到表头：要有一列“机构编号”，再有负责人、负责人电话、信息管理员、信息管理员电话、地址中的一列以上。",
			"no header was found: it needs a column for the office's code and at least one of head, admin, their telephones and address")
	case len(p.out.By) == 0:
		p.refuse(line{}, "", NoRows, "表头之下没有机构。", "there is no office below the header")
	}
	if len(p.refusals) > 0 {
		return Offices{}, RefusedError{p.refusals}
	}
	return p.out, nil
}
