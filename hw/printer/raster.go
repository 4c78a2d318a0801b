package printer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"slices"
)

// pixelKind is one of the types of pwg-raster-document-type-supported that we
// can write.
type pixelKind struct {
	keyword string
	space   uint32 // PWG 5102.4 table 8: 3 black, 18 sGray, 19 sRGB
	bits    uint32 // of one colour
	colours uint32
	invert  bool // 0 is white
}

// pixelKinds in order of preference: grey keeps the edges of letters and the
// portrait; the printer's own screening is better than ours.
var pixelKinds = []pixelKind{
	{keyword: "sgray_8", space: 18, bits: 8, colours: 1},
	{keyword: "black_8", space: 3, bits: 8, colours: 1, invert: true},
	{keyword: "black_1", space: 3, bits: 1, colours: 1, invert: true},
	{keyword: "sgray_1", space: 18, bits: 1, colours: 1},
	{keyword: "srgb_8", space: 19, bits: 8, colours: 3},
}

// choosePixels takes the first of ours that the printer lists; a printer that
// lists nothing gets sgray_8, which PWG 5102.4 makes everyone take.
func choosePixels(list []string) (pixelKind, bool) {
	if len(list) == 0 {
		return pixelKinds[0], true
	}
	for _, k := range pixelKinds {
		if slices.Contains(list, k.keyword) {
			return k, true
		}
	}
	return pixelKind{}, false
}

// rasterWriter writes one PWG raster file, line by line: it holds three lines
// and no page.
type rasterWriter struct {
	w             *bufio.Writer
	kind          pixelKind
	dpi           int
	width, height int
	pages         int

	rows     int    // of the present page so far
	line     []byte // the last line, encoded in pixels, not yet written
	next     []byte
	repeats  int // of line beyond the first; line counts if lines > 0
	pending  bool
	grey     []uint8 // one line of grey, page wide
	err1     []int32 // error carried to this line, for one-bit pixels
	err2     []int32 // … and to the next
	leftward bool
	carried  bool // err1 is not all zero
}

// newRasterWriter begins a file of so many A4 pages.
func newRasterWriter(w io.Writer, kind pixelKind, dpi, pages int) (*rasterWriter, error) {
	r := &rasterWriter{w: bufio.NewWriterSize(w, 32<<10), kind: kind, dpi: dpi, pages: pages}
	r.width, r.height = PageSize(dpi)
	r.line, r.next = make([]byte, r.lineBytes()), make([]byte, r.lineBytes())
	r.grey = make([]uint8, r.width)
	r.err1, r.err2 = make([]int32, r.width+2), make([]int32, r.width+2)
	_, err := r.w.WriteString("RaS2")
	return r, err
}

func (r *rasterWriter) lineBytes() int {
	return (r.width*int(r.kind.bits*r.kind.colours) + 7) / 8
}

// startPage writes a page's header (PWG 5102.4 §4.3; all that is not named here
// is zero).
func (r *rasterWriter) startPage() error {
	h := make([]byte, 1796)
	put := func(at int, v uint32) { binary.BigEndian.PutUint32(h[at:], v) }
	copy(h, "PwgRaster")
	put(276, uint32(r.dpi))
	put(280, uint32(r.dpi))
	put(340, 1) // copies: the job's attribute says how many, not the file
	put(352, 595)
	put(356, 842)
	put(372, uint32(r.width))
	put(376, uint32(r.height))
	put(384, r.kind.bits)
	put(388, r.kind.bits*r.kind.colours)
	put(392, uint32(r.lineBytes()))
	put(400, r.kind.space)
	put(420, r.kind.colours)
	put(452, uint32(r.pages))
	put(456, 1)
	put(460, 1)
	put(472, uint32(r.width))  // image box: 0, 0,
	put(476, uint32(r.height)) // right, bottom
	put(480, 0x00ffffff)
	put(484, 4) // normal quality
	copy(h[1732:], "iso_a4_210x297mm")
	r.rows, r.repeats, r.pending = 0, 0, false
	clear(r.err1)
	clear(r.err2)
	r.leftward, r.carried = false, false
	_, err := r.w.Write(h)
	return err
}

// band takes the next rows of the page.
func (r *rasterWriter) band(rows *image.Gray) error {
	b := rows.Bounds()
	slack := r.dpi/25 + 1 // a millimetre
	if b.Dx() > r.width+slack || r.rows+b.Dy() > r.height+slack {
		return fmt.Errorf("printer: a band %d wide down to row %d does not fit an A4 page of %d × %d", b.Dx(), r.rows+b.Dy(), r.width, r.height)
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		if r.rows++; r.rows > r.height {
			continue
		}
		at := rows.PixOffset(b.Min.X, y)
		n := copy(r.grey, rows.Pix[at:at+b.Dx()])
		for i := n; i < r.width; i++ {
			r.grey[i] = 0xff
		}
		if err := r.put(); err != nil {
			return err
		}
	}
	return nil
}

// endPage fills the page with white and writes what is pending.
func (r *rasterWriter) endPage() error {
	for r.rows < r.height {
		r.rows++
		for i := range r.grey {
			r.grey[i] = 0xff
		}
		if err := r.put(); err != nil {
			return err
		}
	}
	return r.flushLine()
}

// put turns the grey line into pixels and writes the line before, unless both
// are the same.
func (r *rasterWriter) put() error {
	r.pixels()
	if r.pending && r.repeats < 255 && slices.Equal(r.line, r.next) {
		r.repeats++
		return nil
	}
	if err := r.flushLine(); err != nil {
		return err
	}
	r.line, r.next = r.next, r.line
	r.pending, r.repeats = true, 0
	return nil
}

func (r *rasterWriter) pixels() {
	switch {
	case r.kind.bits == 1:
		r.dither()
	case r.kind.colours == 3:
		for i, v := range r.grey {
			r.next[3*i], r.next[3*i+1], r.next[3*i+2] = v, v, v
		}
	default:
		copy(r.next, r.grey)
		if r.kind.invert {
			for i := range r.next {
				r.next[i] ^= 0xff
			}
		}
	}
}

// dither spreads the error of black and white over the neighbours (Floyd and
// Steinberg, in serpentine), one line at a time.
func (r *rasterWriter) dither() {
	clear(r.next)
	if !r.carried && blank(r.grey) { // most of a page
		if !r.kind.invert {
			for x := range r.width {
				r.next[x>>3] |= 0x80 >> (x & 7)
			}
		}
		return
	}
	step, x := 1, 0
	if r.leftward {
		step, x = -1, r.width-1
	}
	for range r.width {
		want := int32(r.grey[x]) + r.err1[x+1]/16
		white := want >= 128
		rest := want
		if white {
			rest -= 255
		}
		if white != r.kind.invert {
			r.next[x>>3] |= 0x80 >> (x & 7)
		}
		r.err1[x+1+step] += 7 * rest
		r.err2[x+1-step] += 3 * rest
		r.err2[x+1] += 5 * rest
		r.err2[x+1+step] += rest
		x += step
	}
	r.err1, r.err2 = r.err2, r.err1
	clear(r.err2)
	r.carried = !nothing(r.err1)
	r.leftward = !r.leftward
}

func blank(grey []uint8) bool {
	for _, v := range grey {
		if v != 255 {
			return false
		}
	}
	return true
}

func nothing(carried []int32) bool {
	for _, v := range carried {
		if v != 0 {
			return false
		}
	}
	return true
}

// flushLine writes the pending line: how often it repeats, then runs (PWG
// 5102.4 §4.2): 0…127 the next pixel n+1 times, 129…255 257−n pixels as they
// are. A pixel of one-bit lines is a byte of eight.
func (r *rasterWriter) flushLine() error {
	if !r.pending {
		return nil
	}
	r.pending = false
	size := 1
	if r.kind.bits == 8 {
		size = int(r.kind.colours)
	}
	if err := r.w.WriteByte(byte(r.repeats)); err != nil {
		return err
	}
	line := r.line
	for at := 0; at < len(line); {
		n := alike(line[at:], size)
		var err error
		if n > 1 {
			err = r.runOf(byte(n-1), line[at:at+size])
		} else if n = unlike(line[at:], size); n > 1 {
			err = r.runOf(byte(257-n), line[at:at+n*size])
		} else {
			err = r.runOf(0, line[at:at+size])
		}
		if err != nil {
			return err
		}
		at += n * size
	}
	return nil
}

// alike counts pixels equal to the first one, 1 to 128.
func alike(line []byte, size int) int {
	line = line[:min(len(line), 128*size)]
	if size == 1 {
		for i, b := range line {
			if b != line[0] {
				return i
			}
		}
		return len(line)
	}
	n := 1
	for (n+1)*size <= len(line) && bytes.Equal(line[n*size:(n+1)*size], line[:size]) {
		n++
	}
	return n
}

// unlike counts pixels up to where two alike follow each other, 1 to 128.
func unlike(line []byte, size int) int {
	line = line[:min(len(line), 129*size)]
	n := 1
	for ; n < 128 && n*size < len(line); n++ {
		here, next := line[n*size:(n+1)*size], line[(n+1)*size:]
		if len(next) >= size && bytes.Equal(here, next[:size]) {
			break
		}
	}
	return n
}

func (r *rasterWriter) runOf(code byte, pixels []byte) error {
	if err := r.w.WriteByte(code); err != nil {
		return err
	}
	_, err := r.w.Write(pixels)
	return err
}

// writeRaster draws d through w. An error of drawing comes back as it is.
func writeRaster(w io.Writer, d Document, p plan) error {
	out, err := newRasterWriter(w, p.kind, p.dpi, d.Pages)
	if err != nil {
		return err
	}
	for page := 1; page <= d.Pages; page++ {
		if err := out.startPage(); err != nil {
			return err
		}
		if err := d.Raster(page, p.dpi, out.band); err != nil {
			return fmt.Errorf("printer: page %d was not drawn: %w", page, err)
		}
		if err := out.endPage(); err != nil {
			return err
		}
	}
	return out.w.Flush()
}

func drawNothing(int, int, func(*image.Gray) error) error { return nil }
