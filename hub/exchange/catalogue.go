package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"zhunkao/protocol/campaign"
)

// Refusal is one thing that keeps a catalogue from being taken. It names row
// and column as a person sees them and says what to do.
type Refusal struct {
	Sheet  string `json:"sheet,omitempty"` // "" in a DBF table
	Row    int    `json:"row"`             // of the sheet, or record of the table, from 1; 0: the file as a whole
	Column string `json:"column"`          // its heading; "" for the row as a whole
	Code   string `json:"code"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
}

// Codes of refusals. What dbf says of a cell comes with dbf's own code.
const (
	NoHeader        = "no-header"        // no row names the columns
	DoubleHeader    = "double-header"    // two columns mean the same
	NoRows          = "no-rows"          // a header and nothing below it
	CellMissing     = "missing"          // an empty cell that must not be
	UnknownLevel    = "unknown-level"    // no such level in the campaign
	UnknownCategory = "unknown-category" // no such category
	LevelCategory   = "level-category"   // the category belongs to another level
	UnknownForm     = "unknown-form"     // no such form of study
	UnknownYears    = "unknown-years"    // no such length of study
	Duplicate       = "duplicate"        // the same programme stands above
	TwoNames        = "two-names"        // a school's code stands above with another name
	TooLong         = "too-long"         // more bytes than the column of the exchange has
	BadCode         = "bad-code"         // a code holds something else than letters and digits
	BadText         = "bad-text"         // characters that cannot be seen, or an error of a formula
	LostZero        = "lost-zero"        // a number where other rows have a longer code: a zero in front is gone
)

// RefusedError says that a catalogue was not taken, and why: everything that is
// wrong with it, in the order of its rows.
type RefusedError struct{ Refusals []Refusal }

// Error tells the first refusal and how many there are.
func (e RefusedError) Error() string {
	f := e.Refusals[0]
	return fmt.Sprintf("exchange: catalogue refused, %d findings, first: row %d %s: %s", len(e.Refusals), f.Row, f.Column, f.En)
}

// Catalogue is what was read from a file.
type Catalogue struct {
	Programmes []campaign.Programme // in the order of the file
	Sheets     []string             // of a workbook: those that were read
	Skipped    []string             // hidden sheets, and those without a header
}

// ReadCatalogue reads a 招生专业目录 for a campaign from a workbook (.xlsx) or a
// DBF table; which of them it is the first bytes say. Columns stand in any
// order and are found by their headings; level, category, form and years are
// given by code or by name. It is all or nothing: RefusedError holds every
// refusal. Other errors: ErrSheet, a *dbf.Fault, and those of the file.
func ReadCatalogue(path string, c campaign.Campaign) (out Catalogue, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return Catalogue{}, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for who writes to it
		return Catalogue{}, fmt.Errorf("%w: a directory, a pipe or a device", ErrSheet)
	}
	f, err := os.Open(path)
	if err != nil {
		return Catalogue{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return ParseCatalogue(f, info.Size(), c)
}

// ParseCatalogue is ReadCatalogue of what is open already.
func ParseCatalogue(r io.ReaderAt, size int64, c campaign.Campaign) (Catalogue, error) {
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Catalogue{}, err
	}
	p := newParser(c)
	switch {
	case bytes.HasPrefix(head[:n], []byte("PK")):
		err = p.workbook(r, size)
	case bytes.HasPrefix(head[:n], []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return Catalogue{}, fmt.Errorf("%w: an old workbook (.xls) or one with a password; save it as .xlsx without one", ErrSheet)
	default:
		err = p.table(r, size)
	}
	if err != nil {
		return Catalogue{}, err
	}
	return p.result()
}

// workbook reads every sheet that is shown and has a header: catalogues come
// with one sheet for each level as often as with one for all.
func (p *parser) workbook(r io.ReaderAt, size int64) (err error) {
	b, err := openBook(r, size, small)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	shown, hidden, err := b.sheets()
	if err != nil {
		return err
	}
	p.out.Skipped = hidden
	for _, sheet := range shown {
		p.begin()
		if err := b.lines(sheet, p.line); err != nil {
			return err
		}
		if p.columns == nil {
			p.out.Skipped = append(p.out.Skipped, sheet)
			continue
		}
		p.out.Sheets = append(p.out.Sheets, sheet)
	}
	p.lostZeros(b)
	return nil
}

// table reads a DBF table: its fields' names are the header.
func (p *parser) table(in io.ReaderAt, size int64) error {
	p.begin()
	header := func(names []string) { p.header(line{cells: names}, names) }
	whole, err := dbfLines(in, size, header, func(l line) error {
		if p.columns == nil {
			return nil
		}
		if len(p.out.Programmes) > maxRows {
			return fmt.Errorf("%w: more than %d rows", ErrSheet, maxRows)
		}
		if f, bad := l.faults[wholeRow]; bad {
			p.refuse(l, "", f.code, f.zh, f.en)
		}
		return p.line(l)
	})
	for _, f := range whole {
		p.refuse(line{}, "", f.Code, f.Zh, f.En)
	}
	return err
}
