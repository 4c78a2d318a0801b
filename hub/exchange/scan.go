package exchange

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// scan looks through all parts of a workbook before the library does. That one
// ends a sheet silently where its XML breaks off, takes rows in any order, and
// shows the place of a text that is not in the table of texts as if it were
// the text; each would change a catalogue without a word.
func scan(z *zip.Reader, most bounds) error {
	if len(z.File) > maxParts {
		return fmt.Errorf("%w: %d parts", ErrSheet, len(z.File))
	}
	left, texts, highest := most.unzipped, 0, -1
	names := map[string]bool{}
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if names[name] {
			return fmt.Errorf("%w: a part stands in it twice", ErrSheet)
		}
		names[name] = true
		in, err := f.Open()
		if err != nil {
			return fmt.Errorf("%w: a part cannot be unpacked", ErrSheet)
		}
		p := part{limited: io.LimitedReader{R: in, N: left + 1}, rows: most.rows}
		if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
			err = p.walk()
		}
		if err == nil {
			_, err = io.Copy(io.Discard, &p.limited) // to its end: the checksum is looked at there
		}
		left = p.limited.N - 1
		if left < 0 {
			return fmt.Errorf("%w: more than %d MiB unpacked", ErrLarge, most.unzipped>>20)
		}
		if errors.Is(err, errRows) {
			return errors.Join(fmt.Errorf("%w: more than %d rows", ErrLarge, most.rows), in.Close())
		}
		if err = errors.Join(err, in.Close()); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrSheet, strconv.QuoteToASCII(f.Name), err)
		}
		texts, highest = texts+p.texts, max(highest, p.highest)
	}
	if highest >= texts {
		return fmt.Errorf("%w: a cell names text %d of %d", ErrSheet, highest, texts)
	}
	return nil
}

var errRows = errors.New("too many rows")

// part is one XML part being looked through.
type part struct {
	limited io.LimitedReader
	root    string // name of its first element
	texts   int    // entries, if it is the table of texts
	highest int    // the highest entry a cell names
	row     int    // of a sheet: the last one seen
	column  int
	shared  bool // within a cell that names an entry
	rows    int  // at most
}

func (p *part) walk() error {
	p.highest = -1
	d := xml.NewDecoder(&p.limited)
	inValue := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil { // also when an element is still open
			return errors.New("the XML is not whole")
		}
		switch t := token.(type) {
		case xml.StartElement:
			if p.root == "" {
				p.root = t.Name.Local
			}
			if err := p.start(t); err != nil {
				return err
			}
			inValue = t.Name.Local == "v"
		case xml.EndElement:
			inValue = false
		case xml.CharData:
			if inValue && p.shared {
				n, err := strconv.Atoi(strings.TrimSpace(string(t)))
				if err != nil || n < 0 {
					return errors.New("a cell names no text")
				}
				p.highest = max(p.highest, n)
			}
		case xml.Directive:
			return errors.New("a document type stands in it")
		}
	}
}

func (p *part) start(t xml.StartElement) error {
	switch {
	case p.root == "sst" && t.Name.Local == "si":
		p.texts++
	case p.root != "worksheet":
	case t.Name.Local == "row":
		p.column = 0
		n, err := number(t, "r", p.row+1)
		if err != nil || n <= p.row {
			return errors.New("rows are not in order")
		}
		if n > p.rows {
			return errRows
		}
		p.row = n
	case t.Name.Local == "c":
		p.shared = attribute(t, "t") == "s"
		column := p.column + 1
		if at := attribute(t, "r"); at != "" {
			c, r, err := excelize.CellNameToCoordinates(at)
			if err != nil || r != p.row || c < column {
				return errors.New("cells are not in order")
			}
			column = c
		}
		if column > maxColumns {
			return fmt.Errorf("more than %d columns", maxColumns)
		}
		p.column = column
	}
	return nil
}

func number(t xml.StartElement, name string, otherwise int) (int, error) {
	if s := attribute(t, name); s != "" {
		return strconv.Atoi(s)
	}
	return otherwise, nil
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
