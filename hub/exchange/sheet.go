package exchange

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook. A catalogue of a province has some five thousand lines
// in a file of a few hundred kilobytes.
const (
	maxFile     = 16 << 20 // bytes, as it lies on disk
	maxUnzipped = 64 << 20 // bytes, all parts together
	maxParts    = 1000
	maxRows     = 20_000
	maxColumns  = 64
	maxCell     = 4096 // bytes of one cell
)

// bounds are the limits of a workbook, which is held in memory: what it holds is nobody
// else's to read, and no part of it goes to a file.
type bounds struct {
	file, unzipped int64 // bytes
	rows           int   // of a sheet
}

// small is a catalogue or a list of offices; large a table of a city's candidates.
var (
	small = bounds{maxFile, maxUnzipped, maxRows}
	large = bounds{48 << 20, 384 << 20, 100_000}
)

// ErrSheet is wrapped by what is said of a file that cannot be read as a table
// at all. Nothing of it has been used.
var ErrSheet = errors.New("exchange: not a table that can be read")

// ErrLarge is an ErrSheet: the file is larger than is read.
var ErrLarge = fmt.Errorf("%w: too large", ErrSheet)

// line is one row of a table, as a person sees it.
type line struct {
	sheet  string // "" in a DBF table
	number int    // as the person counts: rows of the sheet, records of the table
	cells  []string
	faults map[int]fault // by column, of cells that cannot be read
}

// fault says in two languages what is wrong with a cell.
type fault struct{ code, zh, en string }

// book is an open workbook.
type book struct{ file *excelize.File }

// openBook reads a workbook. What stands in a cell is what a person sees there:
// numbers as they are shown (with leading zeros if their format has them),
// texts as they are, formulas as they were last computed: none is evaluated.
func openBook(r io.ReaderAt, size int64, most bounds) (*book, error) {
	if size > most.file {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrLarge, size, most.file)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: not a workbook of the kind .xlsx", ErrSheet)
	}
	if err := scan(z, most); err != nil {
		return nil, err
	}
	b := &book{}
	err = guarded(func() (err error) {
		// With both limits alike nothing is unpacked into files.
		b.file, err = excelize.OpenReader(io.NewSectionReader(r, 0, size), excelize.Options{UnzipSizeLimit: most.unzipped, UnzipXMLSizeLimit: most.unzipped})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSheet, err)
	}
	return b, nil
}

func (b *book) close() error { return b.file.Close() }

// sheets gives the names of the sheets, the hidden ones apart.
func (b *book) sheets() (shown, hidden []string, err error) {
	err = guarded(func() error {
		for _, name := range b.file.GetSheetList() {
			visible, err := b.file.GetSheetVisible(name)
			switch {
			case err != nil:
				return err
			case visible:
				shown = append(shown, name)
			default:
				hidden = append(hidden, name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrSheet, err)
	}
	return shown, hidden, nil
}

// lines calls f for every row of a sheet that has anything in it.
func (b *book) lines(sheet string, f func(line) error) error {
	var rows *excelize.Rows
	if err := guarded(func() (err error) {
		rows, err = b.file.Rows(sheet)
		return err
	}); err != nil {
		return fmt.Errorf("%w: sheet %s: %w", ErrSheet, sheet, err)
	}
	for number := 1; ; number++ {
		var cells []string
		more := false
		err := guarded(func() (err error) {
			if more = rows.Next(); more {
				cells, err = rows.Columns()
			}
			return err
		})
		if err != nil {
			return errors.Join(fmt.Errorf("%w: sheet %s row %d: %w", ErrSheet, sheet, number, err), rows.Close())
		}
		if !more {
			return rows.Close()
		}
		for i := range cells {
			cells[i] = trim(cells[i])
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		if err := f(line{sheet: sheet, number: number, cells: cells}); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
}

// isNumber reports whether a cell holds a number, not a text: then a leading
// zero is nowhere in the file.
func (b *book) isNumber(sheet string, column, row int) bool {
	number := false
	err := guarded(func() error {
		name, err := excelize.CoordinatesToCellName(column+1, row)
		if err != nil {
			return err
		}
		kind, err := b.file.GetCellType(sheet, name)
		number = kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset
		return err
	})
	return err == nil && number
}

// guarded runs a call of the library. It reads what anybody may send, and a
// panic of it would be a fault of the file and not of ours: the file is refused.
func guarded(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("its parts contradict each other")
		}
	}()
	return call()
}

// trim takes away what nobody sees around a value.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		switch r {
		case ' ', '\t', '\n', '\r', '\u00a0', '\u3000', '\u200b', '\ufeff':
			return true
		}
		return false
	})
}
