package idcardtest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"io"
	"math"
)

// The synthetic portrait block: the eleven constant bytes that every real block
// begins with, then, in place of the coded picture, our own mark, a seed and a
// checksum, then filler drawn from the seed. Nothing of the real coding is in
// it. It lets the whole path of a portrait be driven, from the chip to the
// page, without a picture of anybody.
const (
	// PortraitWidth and PortraitHeight are the chip portrait's size in pixels.
	PortraitWidth  = 102
	PortraitHeight = 126

	wltSize = 1024
)

var (
	wltHead = []byte{0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00, 0x32, 0x00, 0x00, 0xFF, 0x85}
	wltMark = []byte("ZKSYNTH1")
)

// ErrNotSynthetic: the block was not made here. A real one cannot be decoded.
var ErrNotSynthetic = errors.New("idcardtest: not a synthetic portrait")

// WLT makes the 1024-byte portrait block.
func (c Card) WLT() []byte {
	b := make([]byte, wltSize)
	if c.NoPortrait {
		return b
	}
	n := copy(b, wltHead)
	n += copy(b[n:], wltMark)
	binary.LittleEndian.PutUint64(b[n:], c.Seed)
	n += 8
	binary.LittleEndian.PutUint32(b[n:], crc32.ChecksumIEEE(b[:n]))
	n += 4
	r := random(c.Seed ^ 0x5DEECE66D)
	for ; n < wltSize; n++ {
		b[n] = byte(r.next() >> 32)
	}
	return b
}

// Portrait draws the portrait of a synthetic block. ErrNotSynthetic for any
// other.
func Portrait(wlt []byte) (image.Image, error) {
	n := len(wltHead) + len(wltMark)
	if len(wlt) != wltSize || !bytes.Equal(wlt[:len(wltHead)], wltHead) || !bytes.Equal(wlt[len(wltHead):n], wltMark) {
		return nil, ErrNotSynthetic
	}
	if binary.LittleEndian.Uint32(wlt[n+8:]) != crc32.ChecksumIEEE(wlt[:n+8]) {
		return nil, ErrNotSynthetic
	}
	return draw(binary.LittleEndian.Uint64(wlt[n:])), nil
}

// PortraitBMP writes the portrait as the vendors' decoders do: 102 × 126, 24
// bit, bottom up, 38,862 bytes.
func PortraitBMP(w io.Writer, wlt []byte) error {
	img, err := Portrait(wlt)
	if err != nil {
		return err
	}
	const row = (PortraitWidth*3 + 3) &^ 3
	const head = 54
	b := make([]byte, head+row*PortraitHeight)
	le := binary.LittleEndian
	copy(b, "BM")
	le.PutUint32(b[2:], uint32(len(b)))
	le.PutUint32(b[10:], head)
	le.PutUint32(b[14:], 40)
	le.PutUint32(b[18:], PortraitWidth)
	le.PutUint32(b[22:], PortraitHeight)
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], 24)
	le.PutUint32(b[34:], uint32(row*PortraitHeight))
	for y := range PortraitHeight {
		line := b[head+row*(PortraitHeight-1-y):]
		for x := range PortraitWidth {
			r, g, bl, _ := img.At(x, y).RGBA()
			line[3*x], line[3*x+1], line[3*x+2] = byte(bl>>8), byte(g>>8), byte(r>>8)
		}
	}
	_, err = w.Write(b)
	return err
}

// random is a small generator of our own: the drawing must not change with the
// Go release.
type random uint64

func (r *random) next() uint64 { // splitmix64
	*r += 0x9E3779B97F4A7C15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (r *random) between(lo, hi float64) float64 {
	return lo + (hi-lo)*float64(r.next()>>11)/(1<<53)
}

func (r *random) pick(from ...color.RGBA) color.RGBA { return from[r.next()%uint64(len(from))] }

// face is a drawn head: plainly a drawing, and plainly another one for another
// seed.
type face struct {
	skin, hair, coat, shirt color.RGBA
	cx, cy, rx, ry          float64 // head
	fringe, sides           float64 // hair
	eyes, brow, mouth, nose float64
	glasses                 bool
}

func draw(seed uint64) image.Image {
	r := random(seed)
	f := face{
		skin:  r.pick(color.RGBA{0xEF, 0xC9, 0xA8, 255}, color.RGBA{0xE5, 0xB9, 0x93, 255}, color.RGBA{0xF4, 0xD6, 0xBC, 255}, color.RGBA{0xD9, 0xA9, 0x82, 255}),
		hair:  r.pick(color.RGBA{0x1C, 0x19, 0x1B, 255}, color.RGBA{0x2E, 0x25, 0x22, 255}, color.RGBA{0x3A, 0x31, 0x2E, 255}),
		coat:  r.pick(color.RGBA{0x26, 0x35, 0x4E, 255}, color.RGBA{0x3B, 0x3F, 0x46, 255}, color.RGBA{0x5B, 0x2F, 0x35, 255}, color.RGBA{0x2F, 0x4C, 0x43, 255}),
		shirt: r.pick(color.RGBA{0xF2, 0xF0, 0xEA, 255}, color.RGBA{0xBF, 0xCB, 0xDB, 255}, color.RGBA{0xE6, 0xDC, 0xC8, 255}),
		cx:    51 + r.between(-1.5, 1.5), cy: 55, rx: r.between(21, 25), ry: r.between(27, 31),
		fringe: r.between(.38, .62), sides: r.between(0, 1),
		eyes: r.between(8.5, 10.5), brow: r.between(-.15, .15), mouth: r.between(5.5, 8.5), nose: r.between(7, 10),
		glasses: r.next()%4 == 0,
	}
	img := image.NewRGBA(image.Rect(0, 0, PortraitWidth, PortraitHeight))
	const sub = 3 // samples a side: drawn edges, not steps
	for y := range PortraitHeight {
		for x := range PortraitWidth {
			var sum [3]int
			for i := range sub * sub {
				c := f.at(float64(x)+(float64(i%sub)+.5)/sub, float64(y)+(float64(i/sub)+.5)/sub)
				sum[0] += int(c.R)
				sum[1] += int(c.G)
				sum[2] += int(c.B)
			}
			n := sub * sub
			img.SetRGBA(x, y, color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255})
		}
	}
	return img
}

// at gives the colour of one point, from front to back.
func (f face) at(x, y float64) color.RGBA {
	in := func(cx, cy, rx, ry float64) bool {
		dx, dy := (x-cx)/rx, (y-cy)/ry
		return dx*dx+dy*dy < 1
	}
	dark := color.RGBA{0x24, 0x1D, 0x1C, 255}
	for _, side := range []float64{-1, 1} {
		ex, ey := f.cx+side*f.eyes, f.cy
		if in(ex, ey, 1.9, 1.9) {
			return dark
		}
		if in(ex, ey, 3.6, 2) {
			return color.RGBA{0xFB, 0xFA, 0xF7, 255}
		}
		d := math.Hypot(x-ex, y-ey)
		if f.glasses && d > 6 && d < 7.2 {
			return dark
		}
		by := ey - 6.5 + f.brow*side*(x-ex)
		if math.Abs(x-ex) < 4.6 && math.Abs(y-by) < .9 {
			return f.hair
		}
	}
	if f.glasses && math.Abs(y-f.cy) < .6 && math.Abs(x-f.cx) < f.eyes-6 {
		return dark
	}
	my := f.cy + f.ry*.55
	if math.Abs(x-f.cx) < f.mouth && math.Abs(y-my-.04*(f.mouth*f.mouth/16-(x-f.cx)*(x-f.cx)/16)) < .9 {
		return color.RGBA{0xA6, 0x52, 0x4A, 255}
	}
	if math.Abs(x-f.cx-1.2) < .7 && y > f.cy+1 && y < f.cy+f.nose {
		return shade(f.skin, .86)
	}
	head := in(f.cx, f.cy, f.rx, f.ry)
	if in(f.cx, f.cy-6, f.rx+3, f.ry+1) && (y < f.cy-f.ry*f.fringe || !head && y < f.cy+f.ry*f.sides) {
		return f.hair
	}
	switch {
	case head:
		return shade(f.skin, 1-.10*math.Abs(x-f.cx)/f.rx)
	case in(f.cx-f.rx, f.cy+2, 3, 6) || in(f.cx+f.rx, f.cy+2, 3, 6):
		return shade(f.skin, .9)
	case math.Abs(x-f.cx) < 9 && y > f.cy && y < 98:
		return shade(f.skin, .88)
	case math.Abs(x-f.cx) < (y-88)*.55 && y < 118:
		return f.shirt
	case in(f.cx, 134, 48, 42):
		return f.coat
	default:
		return color.RGBA{0xFB, 0xFB, 0xFA, 255}
	}
}

func shade(c color.RGBA, by float64) color.RGBA {
	return color.RGBA{uint8(float64(c.R) * by), uint8(float64(c.G) * by), uint8(float64(c.B) * by), 255}
}
