package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"zhunkao/protocol/window"
)

// csvWriter writes RFC 4180: CRLF, quotation marks where they are needed, and a
// byte order mark in front, without which Excel in China reads UTF-8 as GBK.
type csvWriter struct {
	out   *bufio.Writer
	width int
}

func newCSV(to io.Writer, heads []string) (*csvWriter, error) {
	w := &csvWriter{out: bufio.NewWriterSize(to, 32<<10), width: len(heads)}
	if _, err := w.out.WriteString("\ufeff"); err != nil {
		return nil, err
	}
	row := make([]any, len(heads))
	for i, h := range heads {
		row[i] = h
	}
	return w, w.Row(row...)
}

func (w *csvWriter) Row(cells ...any) error {
	if len(cells) != w.width {
		return fmt.Errorf("sheet: a row of %d cells in a list of %d", len(cells), w.width)
	}
	return w.line(cells)
}

func (w *csvWriter) line(cells []any) error {
	for i, v := range cells {
		c, err := cellOf(v)
		if err != nil {
			return err
		}
		text := c.text
		switch {
		case c.at:
			text = v.(time.Time).In(window.Zone()).Format(day)
		case !c.number:
			text = Guarded(strings.ToValidUTF8(text, "\ufffd"), false)
		}
		if i > 0 {
			if err := w.out.WriteByte(','); err != nil {
				return err
			}
		}
		if err := w.field(text); err != nil {
			return err
		}
	}
	_, err := w.out.WriteString("\r\n")
	return err
}

func (w *csvWriter) field(text string) error {
	if strings.ContainsAny(text, ",;\t\r\n\" '") {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	_, err := w.out.WriteString(text)
	return err
}

func (w *csvWriter) Close(below ...string) error {
	for _, text := range below {
		if err := w.line([]any{text}); err != nil {
			return err
		}
	}
	return w.out.Flush()
}
