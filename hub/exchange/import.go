package exchange

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// ErrTable: the table is not of this exchange: a column is missing, twice
// there, or of another type.
var ErrTable = errors.New("exchange: not a table of this exchange")

// Codes of faults of rows, beside those of dbf.
const (
	Lost       = "lost"        // a character was replaced, and the side file does not have the true value
	SideOther  = "side-other"  // the side file is of another table
	Disagrees  = "disagrees"   // a column that follows from others says something else
	SideRest   = "side-rest"   // the side file has lines for rows that are not there
	NotInMap   = "not-mapped"  // the table has a column that the exchange does not
	SideColumn = "side-column" // the side file names a column that the exchange does not have
)

var importWords = map[string][2]string{
	Lost:       {"有字被替换过，附带文件中没有原文；请与附带文件一起导入，或改用原文", "a character was replaced and the side file does not have the true text: import with the side file of this table"},
	SideOther:  {"附带文件与此表不符，请确认两个文件来自同一次导出", "the side file does not belong to this table: take both from one export"},
	Disagrees:  {"与同一行其他字段推出的值不符，请核对代码与名称", "differs from what other columns of the row say: compare code and name"},
	SideRest:   {"附带文件中有此表没有的行，请确认两个文件来自同一次导出", "the side file has rows that the table does not: take both from one export"},
	NotInMap:   {"此表有方案中没有的字段，该列未导入", "the exchange does not have this column; it was not imported"},
	SideColumn: {"附带文件中有方案中没有的字段，请确认两个文件来自同一次导出", "the side file names a column the exchange does not have: take both from one export"},
}

func wrong(row int64, field, code string) dbf.Fault {
	w := importWords[code]
	return dbf.Fault{Row: row, Field: field, Code: code, Zh: w[0], En: w[1], Harmless: code == NotInMap}
}

// Imported is one row read back. It is to be refused if it has faults that are
// not Harmless; what could be read is given all the same, to be shown.
type Imported struct {
	Number int64 // of the row in the table, from 1, deleted rows counted
	Row
	Faults []dbf.Fault
}

// Importer reads a table of candidates by a campaign's exchange. Deleted rows
// are passed over. It is not safe for concurrent use.
type Importer struct {
	mapping
	table  *dbf.Reader
	side   *sideReader
	at     []int // place of each mapped column in the table
	record dbf.Row
	faults []dbf.Fault
	told   bool
}

// Import begins to read table, with its side file, which may be nil: a table
// without one holds everything, or is refused where it does not. ErrMapping,
// ErrTable, ErrSide.
func Import(table *dbf.Reader, side io.Reader, c campaign.Campaign, key string) (*Importer, error) {
	m, err := compile(c, key)
	if err != nil {
		return nil, err
	}
	im := &Importer{mapping: m, table: table}
	if side != nil {
		if im.side, err = openSide(side); err != nil {
			return nil, err
		}
	}
	fields := table.Header().Fields
	known := make([]bool, len(fields))
	for _, c := range m.columns {
		i := table.Header().Column(c.Name)
		if i < 0 || !sameType(fields[i].Type, c.Type) {
			return nil, fmt.Errorf("%w: column %s", ErrTable, c.Name)
		}
		known[i] = true
		im.at = append(im.at, i)
	}
	for i, f := range fields {
		if !known[i] {
			im.faults = append(im.faults, wrong(0, f.Name, NotInMap))
		}
	}
	return im, nil
}

// sameType: numbers are numbers whichever of the letters they have.
func sameType(have dbf.Type, want string) bool {
	return string(rune(have)) == want || have == dbf.Float && want == "N"
}

// Faults are those of the table as a whole; complete once Next returned io.EOF.
func (im *Importer) Faults() []dbf.Fault { return slices.Concat(im.table.Faults(), im.faults) }

// Next gives the next row that is not deleted, io.EOF after the last. ErrSide,
// or an error of what it reads from.
func (im *Importer) Next() (*Imported, error) {
	for {
		err := im.table.Read(&im.record)
		if errors.Is(err, io.EOF) && !im.told {
			im.told = true
			if im.side != nil && im.side.next != nil {
				im.faults = append(im.faults, wrong(0, "", SideRest))
			}
		}
		if err != nil {
			return nil, err
		}
		entries, err := im.side.of(im.record.Number)
		if err != nil {
			return nil, err
		}
		if !im.record.Deleted {
			return im.row(entries), nil
		}
	}
}

func (im *Importer) row(entries []Entry) *Imported {
	r := &im.record
	out := &Imported{Number: r.Number, Faults: slices.Clone(r.Faults)}
	out.Application.Fields = make(form.Fields, len(im.columns))
	out.Facts = make(map[string]string)
	texts := make([]string, len(im.columns))
	for i := range im.columns {
		c, v := &im.columns[i], r.Values[im.at[i]]
		text := v.Text
		if c.Type[0] == 'N' && text != "" {
			text = canonical(text)
		}
		j := slices.IndexFunc(entries, func(e Entry) bool { return e.Column == c.Name })
		switch {
		case v.Unread:
			continue
		case j >= 0 && entries[j].Written != text:
			out.Faults = append(out.Faults, wrong(r.Number, c.Name, SideOther))
			continue
		case j >= 0:
			text, out.Key = entries[j].Value, entries[j].Key
		case c.Type[0] == 'C' && suspect(text, im.lossy(), c.name):
			out.Faults = append(out.Faults, wrong(r.Number, c.Name, Lost))
			continue
		}
		if c.From == "=" { // of ours it is always empty, and others' values have no place
			im.unmapped(c.Name, text)
			continue
		}
		texts[i] = text
		if text != "" {
			c.put(&out.Row, text)
		}
	}
	for _, e := range entries {
		if !slices.ContainsFunc(im.columns, func(c mapped) bool { return c.Name == e.Column }) {
			out.Faults = append(out.Faults, wrong(r.Number, "", SideColumn))
		}
	}
	im.agree(out, texts)
	slices.SortFunc(out.Application.Choices, func(a, b form.Choice) int { return a.Order - b.Order })
	if out.Key == "" {
		out.Key = out.Application.Get(form.CandidateNumber)
	}
	return out
}

// unmapped reports once that a column has values that are not imported.
func (im *Importer) unmapped(name, text string) {
	if text != "" && !slices.ContainsFunc(im.faults, func(f dbf.Fault) bool { return f.Field == name }) {
		im.faults = append(im.faults, wrong(0, name, NotInMap))
	}
}

// lossy is the policy by which characters may have been replaced.
func (im *Importer) lossy() string {
	if im.Charset == campaign.CharsetGB18030 {
		return ""
	}
	return im.Names
}

// agree holds each column against what the row now says: a code and its name,
// the same thing in two columns, a fixed text.
func (im *Importer) agree(out *Imported, texts []string) {
	for i := range im.columns {
		c := &im.columns[i]
		if texts[i] != "" && c.get(&out.Row) != texts[i] && !slices.ContainsFunc(out.Faults, func(f dbf.Fault) bool { return strings.EqualFold(f.Field, c.Name) }) {
			out.Faults = append(out.Faults, wrong(out.Number, c.Name, Disagrees))
		}
	}
}
