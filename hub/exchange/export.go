package exchange

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/gbk"
	"zhunkao/protocol/identity"
)

// Target is where an export goes and how.
type Target struct {
	Table   io.Writer // an io.WriteSeeker if Rows is dbf.CountLater
	Side    io.Writer // the side file; stays empty if the table holds everything
	Rows    int64     // how many there will be, or dbf.CountLater
	Updated time.Time // the day in the table's header
	// Cut writes of a text that is wider than its column what has room, whole
	// characters, and the whole text into the side file. Without it such a text
	// is refused.
	Cut bool
}

// Summary is what an export did.
type Summary struct {
	Rows     int64
	Beside   int64 // values that stand in the side file
	Cut      int64 // of these, such as were cut
	NoPinyin int64 // of these, such as have ?? because a pinyin is not known
}

// Refused says which values may not be written, by row and column: all of them
// up to maxRefused.
type Refused struct{ Faults []dbf.Fault }

const maxRefused = 1000

// Error counts them and names the first.
func (r *Refused) Error() string {
	return fmt.Sprintf("exchange: %d values cannot be written; the first: %v", len(r.Faults), &r.Faults[0])
}

// Export writes rows as the campaign's exchange of that key says. *Refused: what
// was written is to be thrown away. ErrMapping, an error of rows, of the writers,
// or of ctx.
func Export(ctx context.Context, rows iter.Seq2[Row, error], c campaign.Campaign, key string, to Target) (Summary, error) {
	m, err := compile(c, key)
	if err != nil {
		return Summary{}, err
	}
	layout := m.layout()
	layout.Updated = to.Updated
	table, err := dbf.NewWriter(to.Table, layout, to.Rows)
	if err != nil {
		return Summary{}, err
	}
	side := bufio.NewWriter(to.Side)
	x := &exporter{mapping: m, table: table, side: json.NewEncoder(side), cut: to.Cut}
	x.side.SetEscapeHTML(false)
	if err := x.all(ctx, rows); err != nil {
		return x.did, err
	}
	if err := table.Close(); err != nil {
		return x.did, err
	}
	if err := side.Flush(); err != nil {
		return x.did, err
	}
	if len(x.refused) > 0 {
		return x.did, &Refused{x.refused}
	}
	return x.did, nil
}

type exporter struct {
	mapping
	table   *dbf.Writer
	side    *json.Encoder
	cut     bool
	did     Summary
	refused []dbf.Fault
}

func (x *exporter) all(ctx context.Context, rows iter.Seq2[Row, error]) error {
	for r, err := range rows {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		for i := range x.columns {
			if err := x.cell(&r, i); err != nil {
				return err
			}
		}
		if err := x.table.Next(false); err != nil {
			return err
		}
		if x.did.Rows++; len(x.refused) >= maxRefused {
			return &Refused{x.refused}
		}
	}
	return nil
}

// cell writes one value. What cannot stand in the table as it is goes beside it;
// what may not, is kept as refused.
func (x *exporter) cell(r *Row, i int) error {
	c := &x.columns[i]
	value := c.get(r)
	text := c.spelt(value)
	err := x.table.Set(i, text)
	if err == nil {
		if value == "" {
			return nil
		}
		if text != value {
			return x.beside(r, c, value, x.readBack(text), WhyForm)
		}
		why, written := x.inexact(c, value)
		if why == "" {
			return nil
		}
		return x.beside(r, c, value, written, why)
	}
	var f *dbf.Fault
	if !errors.As(err, &f) {
		return err
	}
	if !utf8.ValidString(value) {
		x.refused = append(x.refused, *f)
		return nil
	}
	return x.instead(r, i, value, f)
}

// spelt is a value as it leaves: a name in its normal form, without blanks
// between Chinese characters and with the one dot that every system knows, the
// number of a document with X upper-case (domain rules 1.7).
func (c *mapped) spelt(value string) string {
	if c.From == form.DocumentNumber {
		if strings.Trim(value, "0123456789X") == "" { // as nearly all are
			return value
		}
		if n, _, err := identity.NormalizeNumber(value); err == nil {
			return n.Reveal()
		}
		return value
	}
	plain := func(r rune) bool { return r >= 0x4E00 && r <= 0x9FA5 } // nothing there is to be mended
	if !c.name || !strings.ContainsFunc(value, func(r rune) bool { return !plain(r) }) || !utf8.ValidString(value) {
		return value
	}
	if text := identity.NormalizeName(value).Reveal(); text != "" {
		return text
	}
	return value
}

// inexact tells why a value that was written does not read back as it is, and
// what reads back instead.
func (x *exporter) inexact(c *mapped, value string) (why, written string) {
	switch c.Type[0] {
	case 'N':
		if exact := canonical(value); exact != value {
			return WhyForm, exact
		}
	case 'C':
		if isASCII(value) {
			if suspect(value, x.policy(), c.name) {
				return WhyAlike, value
			}
			return "", ""
		}
		switch {
		case strings.ContainsFunc(value, isPrivate):
			if back := x.readBack(value); back != value {
				return WhyForm, back
			}
		case suspect(value, x.policy(), c.name):
			return WhyAlike, value
		}
		if x.charset() != gbk.Charset(x.Charset) {
			if _, fits := gbk.Width(value); !fits {
				return WhyBeyondGBK, value
			}
		}
	}
	return "", ""
}

// policy is what becomes of characters beyond the table's set; none is if it is
// GB 18030.
func (x *exporter) policy() string {
	if x.charset() == gbk.GB18030 {
		return ""
	}
	return x.Names
}

// isPrivate finds the private characters that some codes of the FE and A6 rows
// were once mapped to: their bytes read back as the character that has since
// been assigned.
func isPrivate(r rune) bool { return r >= 0xE000 && r <= 0xF8FF }

func (x *exporter) readBack(text string) string {
	b, err := gbk.Encode(x.charset(), text)
	if err != nil {
		return text
	}
	back, _ := gbk.Decode(gbk.GB18030, b)
	return back
}

// instead writes what comes nearest to a value the table refused, and the value
// beside it.
func (x *exporter) instead(r *Row, i int, value string, f *dbf.Fault) error {
	c := &x.columns[i]
	if c.Type[0] != 'C' {
		return x.beside(r, c, value, "", f.Code) // its cell stays empty
	}
	text, why, cut, written := c.spelt(value), f.Code, false, false
	for range 4 { // each step mends one thing: blanks, control characters, the set, the width
		switch f.Code {
		case dbf.Control:
			text = strings.Trim(strings.Map(blankControl, text), " ")
		case dbf.BlankEdge:
			text = strings.Trim(text, " ")
		case dbf.NotInSet:
			var unknown bool
			if text, unknown = replaced(text, x.Names, c.name); unknown {
				why = WhyNoPinyin
				x.did.NoPinyin++
			}
		case dbf.TooWide:
			if !x.cut {
				x.refused = append(x.refused, *f)
				return nil
			}
			text, cut = x.shorten(text, c.Length), true
		}
		err := x.table.Set(i, text)
		if written = err == nil; written {
			break
		}
		if !errors.As(err, &f) {
			return err
		}
	}
	if !written {
		x.refused = append(x.refused, *f)
		return nil
	}
	if cut {
		x.did.Cut++
	}
	return x.beside(r, c, value, x.readBack(text), why)
}

// FileName is the name, without an extension, of the files of an exchange: its
// pattern with the campaign's year, the division they are for and the day.
func FileName(c campaign.Campaign, e campaign.Exchange, division string, day time.Time) string {
	year := strconv.Itoa(c.Year)
	return strings.NewReplacer("{yyyy}", year, "{yy}", year[max(0, len(year)-2):], "{division6}", division,
		"{date8}", day.Format("20060102")).Replace(e.File)
}

func blankControl(r rune) rune {
	if r < ' ' || r == 0x7F {
		return ' '
	}
	return r
}

// shorten gives the whole characters that n bytes hold.
func (x *exporter) shorten(text string, n int) string {
	b, err := gbk.Encode(x.charset(), text)
	if err != nil {
		return ""
	}
	short, _ := gbk.Decode(gbk.GB18030, gbk.Cut(x.charset(), b, n))
	return strings.Trim(short, " ")
}

func (x *exporter) beside(r *Row, c *mapped, value, written, why string) error {
	x.did.Beside++
	return x.side.Encode(Entry{Key: r.Key, Row: x.table.Rows() + 1, Column: c.Name, Value: value, Written: written, Why: why})
}

// canonical is how a plain decimal number reads back: no plus, no zeros that say
// nothing.
func canonical(n string) string {
	digits, minus := strings.CutPrefix(n, "-")
	whole, frac, _ := strings.Cut(digits, ".")
	whole, frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		whole += "." + frac
	}
	if minus && whole != "0" {
		whole = "-" + whole
	}
	return whole
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
