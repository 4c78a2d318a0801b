package desk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // what a tablet's screenshot or a scanner gives
)

// Bounds of a picture of a paper. A page of A4 with 2,000 pixels on its long
// side is read without effort, also its small print.
const (
	mostPixels      = 13 << 20 // of what is brought: a telephone's picture
	mostProgressive = 4 << 20  // … of a progressive JPEG or a PNG, which takes four times the memory
	longSide        = 2000     // of what is kept
	paperQuality    = 82       // of JPEG
)

// errPixels: more pixels than the box has memory for; errPicture: no picture.
var (
	errPixels  = errors.New("desk: the picture is too large")
	errPicture = errors.New("desk: no JPEG or PNG that can be read")
)

// develop makes of a JPEG or PNG a JPEG of its pixels alone: upright, no larger
// than longSide, without what cameras write beside (place, time, maker). Errors:
// errPixels, errPicture.
func develop(raw []byte) ([]byte, error) {
	head, kind, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || head.Width < 1 || head.Height < 1 {
		return nil, errPicture
	}
	turn, progressive := scan(raw)
	most := mostPixels
	if kind != "jpeg" || progressive {
		most = mostProgressive
	}
	if head.Width > most || head.Height > most || head.Width*head.Height > most {
		return nil, errPixels
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, errPicture
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(img, turn), &jpeg.Options{Quality: paperQuality}); err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	return out.Bytes(), nil
}

// upright shrinks by averaging whole squares of pixels, and turns as EXIF asks:
// 1 to 8, of which 5 to 8 exchange the sides.
func upright(img image.Image, turn int) *image.RGBA {
	b := img.Bounds()
	k := (max(b.Dx(), b.Dy()) + longSide - 1) / longSide
	w, h := max(1, b.Dx()/k), max(1, b.Dy()/k)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	at := sampler(img)
	for y := range h {
		for x := range w {
			var r, g, bl, n int
			for dy := range min(k, b.Dy()) {
				for dx := range min(k, b.Dx()) {
					c := at(b.Min.X+min(x*k+dx, b.Dx()-1), b.Min.Y+min(y*k+dy, b.Dy()-1))
					r, g, bl, n = r+int(c.R), g+int(c.G), bl+int(c.B), n+1
				}
			}
			tx, ty := turned(x, y, w, h, turn)
			out.SetRGBA(tx, ty, color.RGBA{uint8(r / n), uint8(g / n), uint8(bl / n), 255})
		}
	}
	return out
}

// turned is where a pixel lies after the turn (TIFF 6.0, Orientation).
func turned(x, y, w, h, turn int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// sampler reads pixels; what is transparent lies on white.
func sampler(img image.Image) func(x, y int) color.RGBA {
	if m, ok := img.(*image.YCbCr); ok {
		return func(x, y int) color.RGBA {
			c := m.COffset(x, y)
			r, g, b := color.YCbCrToRGB(m.Y[m.YOffset(x, y)], m.Cb[c], m.Cr[c])
			return color.RGBA{r, g, b, 255}
		}
	}
	return func(x, y int) color.RGBA {
		r, g, b, a := img.At(x, y).RGBA()
		white := 0xffff - a
		return color.RGBA{uint8((r + white) >> 8), uint8((g + white) >> 8), uint8((b + white) >> 8), 255}
	}
}

// scan walks the segments of a JPEG up to its picture: how it is to be turned
// (1: not at all), and whether it is progressive.
func scan(raw []byte) (turn int, progressive bool) {
	turn = 1
	for i := 2; i+4 <= len(raw) && raw[i] == 0xff; {
		marker, size := raw[i+1], int(binary.BigEndian.Uint16(raw[i+2:]))
		if marker == 0xff { // filling
			i++
			continue
		}
		if marker == 0xda || size < 2 || i+2+size > len(raw) {
			break
		}
		body := raw[i+4 : i+2+size]
		switch {
		case marker == 0xc2 || marker == 0xc6 || marker == 0xca || marker == 0xce:
			progressive = true
		case marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			turn = orientation(body[6:])
		}
		i += 2 + size
	}
	return turn, progressive
}

// orientation reads the one tag of EXIF that says which side is up; 1 for
// anything that is not in its form.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 1
	}
	n := int(order.Uint16(tiff[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > len(tiff) {
			return 1
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			if v := int(order.Uint16(tiff[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
