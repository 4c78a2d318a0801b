package sheet

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
)

// ErrPicture is given for bytes that are no JPEG we can print.
var ErrPicture = errors.New("sheet: not a printable JPEG")

// maxPicture bounds a picture's width and height, in pixels.
const maxPicture = 4096

// Picture is a JPEG that was checked: it goes into a PDF as it is and can be
// drawn by the raster writer, which reads its pixels anew for a page: a site's
// papers hold thousands of pictures at once.
type Picture struct {
	jpeg          []byte
	width, height int
	grey          bool
}

// NewPicture reads a grey or colour JPEG of up to 4,096 pixels a side, whole,
// so that a torn one is found here and not at the printer.
func NewPicture(raw []byte) (*Picture, error) {
	head, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil || head.Width < 1 || head.Height < 1 || head.Width > maxPicture || head.Height > maxPicture {
		return nil, ErrPicture
	}
	grey := head.ColorModel == color.GrayModel
	if !grey && head.ColorModel != color.YCbCrModel {
		return nil, ErrPicture // CMYK and RGB in disguise: readers disagree about them
	}
	if _, err := jpeg.Decode(bytes.NewReader(raw)); err != nil {
		return nil, ErrPicture
	}
	return &Picture{jpeg: raw, width: head.Width, height: head.Height, grey: grey}, nil
}

// fill is where the whole picture lies if it fills a rectangle, centred, with
// the longer side cut equally on both ends.
func (p *Picture) fill(in Rect) Rect {
	w, h := MM(p.width), MM(p.height)
	scale := max(in.W/w, in.H/h)
	out := Rect{W: w * scale, H: h * scale}
	out.X, out.Y = in.X+(in.W-out.W)/2, in.Y+(in.H-out.H)/2
	return out
}

// pixels decodes a picture that was checked.
func (p *Picture) pixels() image.Image {
	img, err := jpeg.Decode(bytes.NewReader(p.jpeg))
	if err != nil {
		return image.NewGray(image.Rect(0, 0, p.width, p.height)) // it was read before: nobody changes it
	}
	return img
}

// luma is the grey of a pixel.
func luma(img image.Image, x, y int) uint8 {
	switch img := img.(type) {
	case *image.Gray:
		return img.Pix[img.PixOffset(x, y)]
	case *image.YCbCr:
		return img.Y[img.YOffset(x, y)]
	}
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
}
