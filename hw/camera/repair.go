package camera

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
)

// huffman is the segment of the standard tables (ITU-T T.81 annex K.3), which
// many cameras leave out of MJPEG frames and image/jpeg insists on.
//
//go:embed data/dht.bin
var huffman []byte

// errTorn: the frame is not one whole JPEG; the next one may be.
var errTorn = errors.New("torn frame")

// JPEG markers.
const (
	mSOI = 0xD8
	mEOI = 0xD9
	mSOS = 0xDA
	mDHT = 0xC4
	mDAC = 0xCC
)

// repair copies one JPEG from src into dst and gives it with its size in pixels:
// what comes before SOI and after EOI is cut off, missing Huffman tables are put
// in before the first scan. errTorn for what cannot be whole: no end, a second
// beginning inside, segments that overlap the end.
//
// The end is the first EOI behind a scan, not the last in the buffer: within a
// scan FF is always stuffed, and cameras leave pieces of older frames behind the
// end.
func repair(dst, src []byte) (out []byte, width, height int, err error) {
	start := bytes.Index(src, []byte{0xFF, mSOI})
	if start < 0 {
		return dst[:0], 0, 0, errTorn
	}
	src = src[start:]
	tables, insert := false, 0
	for at := 2; ; {
		// Between segments: FF, any number of fill bytes, a marker.
		if at >= len(src) || src[at] != 0xFF {
			return dst[:0], 0, 0, errTorn
		}
		for at < len(src) && src[at] == 0xFF {
			at++
		}
		if at >= len(src) {
			return dst[:0], 0, 0, errTorn
		}
		marker := src[at]
		at++
		if marker == mEOI {
			if insert == 0 || width == 0 || height == 0 {
				return dst[:0], 0, 0, errTorn
			}
			return whole(dst, src[:at], insert, tables), width, height, nil
		}
		if marker == mSOI || marker == 0 || marker >= 0xD0 && marker <= 0xD7 || marker == 1 {
			return dst[:0], 0, 0, errTorn
		}
		if at+2 > len(src) {
			return dst[:0], 0, 0, errTorn
		}
		n := int(binary.BigEndian.Uint16(src[at:]))
		if n < 2 || at+n > len(src) {
			return dst[:0], 0, 0, errTorn
		}
		body := src[at+2 : at+n]
		switch {
		case marker == mDHT:
			tables = true
		case marker >= 0xC0 && marker <= 0xCF && marker != 0xC8 && marker != mDAC:
			if len(body) < 6 {
				return dst[:0], 0, 0, errTorn
			}
			height, width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
			if width > maxSide || height > maxSide {
				return dst[:0], 0, 0, errTorn
			}
		case marker == mSOS && insert == 0:
			// Back over the marker and its FF (and fill bytes, which may stand
			// behind the tables as well).
			insert = at - 2
		}
		at += n
		if marker == mSOS {
			if at = scanEnd(src, at); at < 0 {
				return dst[:0], 0, 0, errTorn
			}
		}
	}
}

// maxSide bounds what is decoded: a header may claim 65,535 × 65,535 pixels.
const maxSide = 4096

// scanEnd gives where the marker behind the coded data begins, or -1.
func scanEnd(src []byte, at int) int {
	for {
		i := bytes.IndexByte(src[at:], 0xFF)
		if i < 0 || at+i+1 >= len(src) {
			return -1
		}
		at += i
		switch m := src[at+1]; {
		case m == 0, m >= 0xD0 && m <= 0xD7:
			at += 2
		case m == 0xFF:
			at++
		default:
			return at
		}
	}
}

func whole(dst, src []byte, insert int, tables bool) []byte {
	dst = dst[:0]
	if tables {
		return append(dst, src...)
	}
	dst = append(dst, src[:insert]...)
	dst = append(dst, huffman...)
	return append(dst, src[insert:]...)
}
