package camera

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"

	scale "golang.org/x/image/draw"
)

// ErrNoRoom: the portrait does not fit into the frame as the profile asks.
var ErrNoRoom = errors.New("camera: the portrait sticks out of the frame")

// ErrBytes: no quality the profile allows gives a file as small as it asks.
var ErrBytes = errors.New("camera: the file cannot be made as small as asked")

// Produce makes the file a profile asks for of a face in a picture: exact
// pixels, bytes within the range, density written, no EXIF. The picture is cut
// and scaled, never retouched.
//
// The quality falls from 95 to 60 until the file is small enough. A file that is
// too small even at 100 (some rules ask for more bytes than so few pixels hold)
// is filled up with a comment segment.
func Produce(img image.Image, face Face, p Profile) ([]byte, error) {
	b := img.Bounds()
	local := image.Rect(0, 0, b.Dx(), b.Dy())
	c := compose(face, local, p)
	if c.outside > DefaultLimits().MaxOutside*1.5 {
		return nil, ErrNoRoom
	}
	from := c.rect(local).Add(b.Min)
	if from.Empty() || p.Width <= 0 || p.Height <= 0 {
		return nil, ErrNoRoom
	}
	photo := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	scale.CatmullRom.Scale(photo, photo.Bounds(), img, from, draw.Src, nil)
	return squeeze(photo, p)
}

// squeeze finds the best quality whose file is within the profile's bytes.
func squeeze(photo image.Image, p Profile) ([]byte, error) {
	best, least := p.MaxQuality, p.Quality
	if best == 0 {
		best = 95
	}
	if least == 0 {
		least = 60
	}
	var buf bytes.Buffer
	encode := func(quality int) ([]byte, error) {
		buf.Reset()
		if err := jpeg.Encode(&buf, photo, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		return withDensity(buf.Bytes(), p.DPI), nil
	}
	file, err := encode(best)
	if err != nil {
		return nil, err
	}
	if len(file) < p.MinBytes && best < 100 {
		// Small for so good a quality: finer still before it is filled up.
		finer, err := encode(100)
		if err != nil {
			return nil, err
		}
		if p.MaxBytes == 0 || len(finer) <= p.MaxBytes {
			file = finer
		}
	}
	for lo, hi := least, best; p.MaxBytes > 0 && len(file) > p.MaxBytes; {
		if lo > hi {
			return nil, ErrBytes
		}
		// The highest quality that is small enough.
		var found []byte
		for lo <= hi {
			mid := (lo + hi) / 2
			try, err := encode(mid)
			if err != nil {
				return nil, err
			}
			if len(try) <= p.MaxBytes {
				found, lo = try, mid+1
			} else {
				hi = mid - 1
			}
		}
		if found == nil {
			return nil, ErrBytes
		}
		file = found
	}
	return filled(file, p.MinBytes), nil
}

// withDensity puts JFIF's APP0 behind SOI: image/jpeg writes none. 0 dpi says
// only that pixels are square.
func withDensity(file []byte, dpi int) []byte {
	unit, density := byte(1), uint16(dpi)
	if dpi <= 0 {
		unit, density = 0, 1
	}
	out := make([]byte, 0, len(file)+18)
	out = append(out, file[:2]...)
	out = append(out, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, unit)
	out = binary.BigEndian.AppendUint16(out, density)
	out = binary.BigEndian.AppendUint16(out, density)
	out = append(out, 0, 0) // no thumbnail
	return append(out, file[2:]...)
}

// filled brings a file to at least so many bytes with comments behind APP0,
// where every reader passes over them.
func filled(file []byte, least int) []byte {
	const head, app0 = 4, 2 + 18
	for len(file) < least {
		n := min(max(least-len(file), head), 2+65533)
		comment := make([]byte, n)
		for i := range comment {
			comment[i] = ' '
		}
		comment[0], comment[1] = 0xFF, 0xFE
		binary.BigEndian.PutUint16(comment[2:], uint16(n-2))
		file = append(file[:app0:app0], append(comment, file[app0:]...)...)
	}
	return file
}

// PhotoInfo is what a photo file says of itself.
type PhotoInfo struct {
	Width, Height int
	Bytes         int
	DPI           int  // 0 when it states none
	EXIF          bool // it carries an EXIF block
	Colour        bool // three components of eight bits
}

// ReadPhoto reads a file back, all of it. An error for what is no whole JPEG.
func ReadPhoto(file []byte) (PhotoInfo, error) {
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return PhotoInfo{}, err
	}
	info := PhotoInfo{Width: img.Bounds().Dx(), Height: img.Bounds().Dy(), Bytes: len(file)}
	_, info.Colour = img.(*image.YCbCr)
	for at := 2; at+4 <= len(file) && file[at] == 0xFF && file[at+1] != 0xDA; {
		n := int(binary.BigEndian.Uint16(file[at+2:]))
		if n < 2 || at+2+n > len(file) {
			break
		}
		body := file[at+4 : at+2+n]
		switch {
		case file[at+1] == 0xE0 && len(body) >= 12 && bytes.HasPrefix(body, []byte("JFIF\x00")):
			density := int(binary.BigEndian.Uint16(body[8:]))
			switch body[7] {
			case 1:
				info.DPI = density
			case 2: // per centimetre
				info.DPI = (density*254 + 50) / 100
			}
		case file[at+1] == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00")):
			info.EXIF = true
		}
		at += 2 + n
	}
	return info, nil
}

// Accepts says whether a file keeps the profile's numbers: pixels, bytes,
// density, colour, no EXIF. What is in the picture is Check's matter.
func (p Profile) Accepts(i PhotoInfo) bool {
	exactly := func(r Range, v int) Range {
		if r.any() {
			return Range{float64(v), float64(v)}
		}
		return r
	}
	density := p.AllowDPI
	if density.any() && p.DPI > 0 {
		density = exactly(density, p.DPI)
	}
	return exactly(p.AllowW, p.Width).Holds(float64(i.Width)) && exactly(p.AllowH, p.Height).Holds(float64(i.Height)) &&
		i.Bytes >= p.MinBytes && (p.MaxBytes == 0 || i.Bytes <= p.MaxBytes) && density.Holds(float64(i.DPI)) && i.Colour && !i.EXIF
}
