package sheet

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"zhunkao/protocol/window"
)

// Kinds of files.
const (
	KindXLSX = "xlsx"
	KindCSV  = "csv"
)

// Writer writes one list. Rows have the width of the heads. A cell is a string
// (a text), an int, int64, uint64 or float64 (a number), a bool, a time.Time (an
// instant, shown at UTC+8; the zero time is an empty cell) or nil.
type Writer interface {
	Row(cells ...any) error
	// Close ends the list with lines that stand below it, in the first column,
	// and does not close what it was written to.
	Close(below ...string) error
}

// About says what a file is; it stands in the properties of a workbook.
type About struct {
	Title  string
	Author string
	At     time.Time
}

// New makes a writer of a kind, its heads written.
func New(kind string, to io.Writer, about About, heads []string) (Writer, error) {
	switch kind {
	case KindXLSX:
		return newXLSX(to, about, heads)
	case KindCSV:
		return newCSV(to, heads)
	}
	return nil, fmt.Errorf("sheet: no kind of file %q", kind)
}

// MediaType is the media type of a kind, "" if there is no such kind.
func MediaType(kind string) string {
	switch kind {
	case KindXLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case KindCSV:
		return "text/csv; charset=utf-8"
	}
	return ""
}

// day is how an instant is written where a cell has no type.
const day = "2006-01-02 15:04:05"

// cell is one value: a text, or a number as it is written.
type cell struct {
	text   string
	number bool
	at     bool // number is an instant, in days
}

// epoch is the day 0 of spreadsheets.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// exact is the greatest integer that spreadsheets hold exactly, which keep
// fifteen digits.
const exact = 999_999_999_999_999

func cellOf(v any) (cell, error) {
	integer := func(n int64) cell {
		return cell{text: strconv.FormatInt(n, 10), number: n <= exact && n >= -exact}
	}
	switch x := v.(type) {
	case nil:
		return cell{}, nil
	case string:
		return cell{text: x}, nil
	case int:
		return integer(int64(x)), nil
	case int64:
		return integer(x), nil
	case uint64:
		return cell{text: strconv.FormatUint(x, 10), number: x <= exact}, nil
	case float64:
		return cell{text: strconv.FormatFloat(x, 'f', -1, 64), number: x-x == 0}, nil // neither infinite nor no number
	case bool:
		if x {
			return cell{text: "1", number: true}, nil
		}
		return cell{text: "0", number: true}, nil
	case time.Time:
		if x.IsZero() {
			return cell{}, nil
		}
		civil := x.In(window.Zone())
		_, offset := civil.Zone()
		days := civil.Add(time.Duration(offset)*time.Second).UTC().Sub(epoch).Seconds() / 86400
		return cell{text: strconv.FormatFloat(days, 'f', 8, 64), number: true, at: true}, nil
	}
	return cell{}, fmt.Errorf("sheet: a cell cannot be %T", v)
}
