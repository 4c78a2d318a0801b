package sheet

import "io"

// NewShort is a workbook whose sheets hold few rows.
func NewShort(to io.Writer, about About, heads []string, rows int) (Writer, error) {
	w, err := newXLSX(to, about, heads)
	if err == nil {
		w.most = rows
	}
	return w, err
}
