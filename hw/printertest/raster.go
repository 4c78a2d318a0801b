package printertest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
)

// Page is one page as it would lie on the tray.
type Page struct {
	Width, Height int // pixels of the document
	DPI           int
	Type          string // raster type, e.g. sgray_8
	PNG           []byte // grey picture; finer documents are brought down to about 300 dpi
}

const maxPages = 100

// DecodeRaster reads PWG raster (PWG 5102.4) to its end and gives its pages. Of a
// file that is broken it gives the pages before the break, and an error.
func DecodeRaster(r io.Reader) ([]Page, error) {
	in := bufio.NewReader(r)
	var sync [4]byte
	if _, err := io.ReadFull(in, sync[:]); err != nil || string(sync[:]) != "RaS2" {
		return nil, errors.New("no PWG raster: the first four bytes are not RaS2")
	}
	var pages []Page
	for {
		var head [1796]byte
		_, err := io.ReadFull(in, head[:])
		if err == io.EOF {
			break
		}
		if err != nil {
			return pages, fmt.Errorf("page %d: cut off in its header", len(pages)+1)
		}
		if len(pages) == maxPages {
			return pages, errors.New("too many pages")
		}
		page, err := rasterPage(in, head[:])
		if err != nil {
			return pages, fmt.Errorf("page %d: %w", len(pages)+1, err)
		}
		pages = append(pages, page)
	}
	if len(pages) == 0 {
		return nil, errors.New("no page")
	}
	return pages, nil
}

// sheet is a page header's numbers.
type sheet struct {
	dpi, width, height    int
	bits, pixel, line     int // bits of a colour, bits of a pixel, bytes of a line
	space, colours, pages int
	kind                  string
}

func readSheet(head []byte) (sheet, error) {
	at := func(offset int) int { return int(binary.BigEndian.Uint32(head[offset : offset+4])) }
	s := sheet{dpi: at(276), width: at(372), height: at(376), bits: at(384), pixel: at(388), line: at(392), space: at(400), colours: at(420), pages: at(452)}
	if !bytes.HasPrefix(head, []byte("PwgRaster\x00")) {
		return s, errors.New("the header does not begin with PwgRaster")
	}
	switch {
	case s.dpi != at(280) || s.dpi < 1 || s.dpi > 2400:
		return s, errors.New("resolution")
	case s.width < 1 || s.height < 1 || s.width > 24_000 || s.height > 36_000:
		return s, errors.New("size in pixels")
	case at(396) != 0:
		return s, errors.New("colour order is not chunky")
	case s.pixel != s.bits*s.colours || s.line != (s.width*s.pixel+7)/8:
		return s, errors.New("bits and bytes of a line do not agree")
	case at(456) != 1 || at(460) != 1:
		return s, errors.New("feed transforms")
	case at(472) > s.width || at(476) > s.height:
		return s, errors.New("image box")
	}
	name := map[int]string{3: "black", 18: "sgray", 19: "srgb"}[s.space]
	want := map[string]int{"black": 1, "sgray": 1, "srgb": 3}[name]
	if name == "" || want != s.colours || s.bits != 1 && s.bits != 8 || s.bits == 1 && s.colours != 1 {
		return s, fmt.Errorf("colour space %d with %d bits", s.space, s.bits)
	}
	s.kind = fmt.Sprintf("%s_%d", name, s.bits)
	return s, nil
}

func rasterPage(in *bufio.Reader, head []byte) (Page, error) {
	s, err := readSheet(head)
	if err != nil {
		return Page{}, err
	}
	shrink := (s.dpi + 299) / 300
	small := newReducer(s, shrink)
	line := make([]byte, s.line)
	grey := make([]uint8, s.width)
	for y := 0; y < s.height; {
		times, err := in.ReadByte()
		if err != nil {
			return Page{}, fmt.Errorf("row %d: cut off", y)
		}
		if y+int(times)+1 > s.height {
			return Page{}, fmt.Errorf("row %d: repeated beyond the page", y)
		}
		if err := unpack(in, line, s); err != nil {
			return Page{}, fmt.Errorf("row %d: %w", y, err)
		}
		s.grey(line, grey)
		for range int(times) + 1 {
			small.add(grey)
			y++
		}
	}
	var out bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&out, small.image()); err != nil {
		return Page{}, err
	}
	return Page{Width: s.width, Height: s.height, DPI: s.dpi, Type: s.kind, PNG: out.Bytes()}, nil
}

// unpack reads one line of runs.
func unpack(in *bufio.Reader, line []byte, s sheet) error {
	unit := max(s.pixel/8, 1)
	for done := 0; done < len(line); {
		code, err := in.ReadByte()
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		switch {
		case code == 128: // the rest is white
			white := byte(0xff)
			if s.space == 3 {
				white = 0
			}
			for ; done < len(line); done++ {
				line[done] = white
			}
		case code < 128:
			n := (int(code) + 1) * unit
			if done+n > len(line) {
				return errors.New("a run beyond the line")
			}
			if _, err := io.ReadFull(in, line[done:done+unit]); err != nil {
				return io.ErrUnexpectedEOF
			}
			for i := unit; i < n; i++ {
				line[done+i] = line[done+i-unit]
			}
			done += n
		default:
			n := (257 - int(code)) * unit
			if done+n > len(line) {
				return errors.New("pixels beyond the line")
			}
			if _, err := io.ReadFull(in, line[done:done+n]); err != nil {
				return io.ErrUnexpectedEOF
			}
			done += n
		}
	}
	return nil
}

// grey turns a line into grey values, 0 black.
func (s sheet) grey(line []byte, out []uint8) {
	for x := range out {
		var v uint8
		switch s.kind {
		case "sgray_8":
			v = line[x]
		case "black_8":
			v = 255 - line[x]
		case "srgb_8":
			r, g, b := int(line[3*x]), int(line[3*x+1]), int(line[3*x+2])
			v = uint8((299*r + 587*g + 114*b) / 1000)
		default: // one bit
			set := line[x/8]>>(7-x%8)&1 == 1
			if set == (s.space == 18) {
				v = 255
			}
		}
		out[x] = v
	}
}

// reducer brings rows down by a whole factor, averaging.
type reducer struct {
	img    *image.Gray
	by     int
	sum    []int
	rows   int
	width  int
	height int
}

func newReducer(s sheet, by int) *reducer {
	return &reducer{img: image.NewGray(image.Rect(0, 0, (s.width+by-1)/by, (s.height+by-1)/by)), by: by, sum: make([]int, (s.width+by-1)/by),
		width: s.width, height: s.height}
}

func (r *reducer) add(row []uint8) {
	if r.by == 1 {
		copy(r.img.Pix[r.rows*r.img.Stride:], row)
		r.rows++
		return
	}
	for x, v := range row {
		r.sum[x/r.by] += int(v)
	}
	r.rows++
	if r.rows%r.by != 0 && r.rows != r.height {
		return
	}
	deep := (r.rows-1)%r.by + 1
	y := (r.rows - 1) / r.by
	for x, v := range r.sum {
		wide := min(r.by, r.width-x*r.by)
		r.img.Pix[y*r.img.Stride+x] = uint8(v / (wide * deep))
	}
	clear(r.sum)
}

func (r *reducer) image() image.Image { return r.img }
