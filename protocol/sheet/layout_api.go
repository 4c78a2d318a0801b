package sheet

import (
	"errors"
	"image"
	"io"

	"zhunkao/protocol/campaign"
)

// ErrSlip is given for a slip that a QR of 25 mm cannot carry.
var ErrSlip = errors.New("sheet: the slip is too long for its place")

// Layout sets the sheet on one page.
func (p ProcessSheet) Layout(f *Fonts, c campaign.Campaign) (*Document, error) { return nil, nil }

// PDF writes the document.
func (d *Document) PDF(w io.Writer) error { return nil }

// Raster gives the page band by band.
func (p *Page) Raster(dpi, bandRows int, each func(y int, rows *image.Gray) error) error { return nil }
