package picture

import (
	"bytes"
	"encoding/binary"
)

// Markers of a JPEG (ITU-T T.81, table B.1).
const (
	markerTEM  = 0x01
	markerRST0 = 0xD0
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP1 = 0xE1
)

// walkJPEG goes over the segments of a JPEG without unpacking any: how many
// scans there are, for each may go over the whole picture once more and cost a
// few bytes of file, and how the camera was held. It stops at the end of the
// first picture, and at anything that is no segment.
func walkJPEG(b []byte) (scans, orientation int) {
	orientation = 1
	for i := 2; i+1 < len(b); {
		if b[i] != 0xFF {
			return scans, orientation
		}
		marker := b[i+1]
		if marker == 0xFF { // fill byte
			i++
			continue
		}
		i += 2
		switch {
		case marker == markerEOI:
			return scans, orientation
		case marker == markerTEM, marker >= markerRST0 && marker <= markerSOI:
			continue
		}
		if i+2 > len(b) {
			return scans, orientation
		}
		end := i + int(binary.BigEndian.Uint16(b[i:]))
		if end < i+2 || end > len(b) {
			return scans, orientation
		}
		segment := b[i+2 : end]
		i = end
		switch marker {
		case markerAPP1:
			if tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok {
				orientation = exifOrientation(tiff)
			}
		case markerSOS:
			scans++
			i = afterScan(b, i)
		}
	}
	return scans, orientation
}

// afterScan is where the entropy coded bytes from i on end: at the next marker
// that is neither a stuffed byte nor a restart.
func afterScan(b []byte, i int) int {
	for {
		n := bytes.IndexByte(b[i:], 0xFF)
		if n < 0 || i+n+1 >= len(b) {
			return len(b)
		}
		i += n
		if m := b[i+1]; m != 0 && m != 0xFF && (m < markerRST0 || m >= markerSOI) {
			return i
		}
		i++
	}
}

// walkPNG finds how the camera was held in the eXIf chunk of a PNG.
func walkPNG(b []byte) (orientation int) {
	for i := 8; i+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[i:]))
		kind := string(b[i+4 : i+8])
		if n < 0 || n > len(b)-i-12 || kind == "IDAT" || kind == "IEND" {
			return 1
		}
		if kind == "eXIf" {
			return exifOrientation(b[i+8 : i+8+n])
		}
		i += 12 + n
	}
	return 1
}

// exifOrientation reads tag 0x0112 of the first directory of a TIFF header (EXIF
// 2.3, 4.6.4); 1, upright, for all that is none.
func exifOrientation(b []byte) int {
	const upright, tag, short, entry = 1, 0x0112, 3, 12
	if len(b) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(b[:2]) {
	case "II":
	case "MM":
		order = binary.BigEndian
	default:
		return upright
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return upright
	}
	count := int(order.Uint16(b[at:]))
	b = b[at+2:]
	for ; count > 0 && len(b) >= entry; count, b = count-1, b[entry:] {
		if order.Uint16(b) != tag {
			continue
		}
		if v := int(order.Uint16(b[8:])); order.Uint16(b[2:]) == short && v >= 1 && v <= 8 {
			return v
		}
		return upright
	}
	return upright
}
