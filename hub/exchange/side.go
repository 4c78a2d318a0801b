package exchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrSide: what was given as a side file is none.
var ErrSide = errors.New("exchange: not a side file")

// Entry is one line of a side file, JSON in UTF-8: a value that the table does
// not hold exactly, or that could be taken for one that was replaced.
type Entry struct {
	Key     string `json:"key"`     // of the row: the candidate number
	Row     int64  `json:"row"`     // from 1, as in the table
	Column  string `json:"column"`  // its name in the table
	Value   string `json:"value"`   // the true value
	Written string `json:"written"` // what the table has instead
	Why     string `json:"why"`     // code of a dbf.Fault, or one of the Why constants
}

// Why an entry was made where the table's format refused nothing.
const (
	WhyBeyondGBK = "beyond-gbk" // stands in four bytes of GB 18030, which not every program reads
	WhyForm      = "form"       // another spelling of the same: a number such as 007 in a column of numbers, a name with a look-alike dot
	WhyAlike     = "alike"      // stands as it is, but looks replaced
	WhyNoPinyin  = "no-pinyin"  // beyond GBK, and one of its characters has no pinyin: ?? stands for it
)

// maxLine bounds a line of a side file: no cell that we write is longer than a
// few hundred bytes, but what a form holds may be.
const maxLine = 1 << 20

// sideReader gives entries row by row.
type sideReader struct {
	in   *bufio.Scanner
	next *Entry
	line int64
}

func openSide(in io.Reader) (*sideReader, error) {
	s := &sideReader{in: bufio.NewScanner(in)}
	s.in.Buffer(nil, maxLine)
	return s, s.read()
}

func (s *sideReader) read() error {
	last := s.next
	s.next = nil
	if !s.in.Scan() {
		if err := s.in.Err(); err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrSide, s.line+1, err)
		}
		return nil
	}
	s.line++
	var e Entry
	dec := json.NewDecoder(bytes.NewReader(s.in.Bytes()))
	dec.DisallowUnknownFields()
	if dec.Decode(&e) != nil || e.Row < 1 || e.Column == "" || last != nil && e.Row < last.Row {
		return fmt.Errorf("%w: line %d", ErrSide, s.line)
	}
	s.next = &e
	return nil
}

// of gives the entries of a row; rows are asked for in order.
func (s *sideReader) of(row int64) ([]Entry, error) {
	var out []Entry
	for s != nil && s.next != nil && s.next.Row == row {
		out = append(out, *s.next)
		if err := s.read(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
