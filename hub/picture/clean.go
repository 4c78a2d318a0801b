package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
)

// Limits of what is taken and of what is kept.
const (
	MaxFile  = 8 << 20 // bytes of a file
	MaxEdge  = 4096    // pixels of an edge as it comes (S18)
	MinEdge  = 200     // less cannot be read by anybody
	Edge     = 2400    // pixels of the longest edge as it is kept: an A4 page at 200 dpi
	maxScans = 64      // of a JPEG: an honest progressive one has ten
	maxKept  = 1 << 20 // bytes as it is kept, but for the lowest quality
)

// Refusal says why a file is not taken. Its text is its code: pages have the
// words.
type Refusal string

// The refusals.
const (
	Empty  Refusal = "empty"  // no file, or nothing in it
	Large  Refusal = "large"  // more than MaxFile bytes
	PDF    Refusal = "pdf"    // a PDF: a photo of the page will do
	HEIC   Refusal = "heic"   // the format of some telephones: save it as JPEG
	Type   Refusal = "type"   // neither JPEG nor PNG by its content
	Broken Refusal = "broken" // does not open, or not to its end
	Pixels Refusal = "pixels" // an edge longer than MaxEdge
	Small  Refusal = "small"  // an edge shorter than MinEdge
	Many   Refusal = "many"   // the claim, or the person, has as many as are kept
)

func (r Refusal) Error() string { return "picture: " + string(r) }

// Read reads a file and never more than it may have. Refusal Large or Empty;
// any other error is the reader's.
func Read(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("picture: read: %w", err)
	case len(b) > MaxFile:
		return nil, Large
	case len(b) == 0:
		return nil, Empty
	}
	return b, nil
}

// Clean is a picture drawn anew.
type Clean struct {
	JPEG          []byte
	Width, Height int
}

// Cleaner draws pictures anew, a few at a time: an unpacked one takes up to 200
// MB. The zero value does not work; see NewCleaner.
type Cleaner struct{ slots chan struct{} }

// NewCleaner makes a cleaner that unpacks so many pictures at a time.
func NewCleaner(slots int) *Cleaner { return &Cleaner{make(chan struct{}, max(1, slots))} }

// Clean judges a file by what it contains and gives it as it is kept. It waits
// for its turn. Refusal, or the context's error.
func (c *Cleaner) Clean(ctx context.Context, file []byte) (Clean, error) {
	head, err := look(file)
	if err != nil {
		return Clean{}, err
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return Clean{}, fmt.Errorf("picture: waiting for its turn: %w", ctx.Err())
	}
	decode := jpeg.Decode
	if head.png {
		decode = png.Decode
	}
	img, err := decode(bytes.NewReader(file))
	if err != nil {
		return Clean{}, Broken
	}
	if b := img.Bounds(); b.Dx() != head.width || b.Dy() != head.height {
		return Clean{}, Broken // it says one thing and is another
	}
	return encode(upright(fitted(img), head.orientation))
}

// head is what is known of a file before it is unpacked.
type head struct {
	png           bool
	width, height int
	orientation   int // of EXIF, 1 to 8
}

// look judges a file by its first bytes and its headers.
func look(file []byte) (head, error) {
	h := head{orientation: 1}
	var config image.Config
	var err error
	switch {
	case len(file) == 0:
		return h, Empty
	case len(file) > MaxFile:
		return h, Large
	case bytes.HasPrefix(file, []byte{0xFF, 0xD8, 0xFF}):
		config, err = jpeg.DecodeConfig(bytes.NewReader(file))
		var scans int
		if scans, h.orientation = walkJPEG(file); err == nil && (scans == 0 || scans > maxScans) {
			err = Broken
		}
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		h.png = true
		config, err = png.DecodeConfig(bytes.NewReader(file))
		h.orientation = walkPNG(file)
	case bytes.HasPrefix(file, []byte("%PDF-")):
		return h, PDF
	case heic(file):
		return h, HEIC
	default:
		return h, Type
	}
	if err != nil {
		return h, Broken
	}
	h.width, h.height = config.Width, config.Height
	switch {
	case h.width > MaxEdge || h.height > MaxEdge:
		return h, Pixels
	case h.width < MinEdge || h.height < MinEdge:
		return h, Small
	}
	return h, nil
}

// heic tells the container of HEIF and AVIF by the brand that comes first.
func heic(file []byte) bool {
	if len(file) < 12 || string(file[4:8]) != "ftyp" {
		return false
	}
	switch string(file[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}

// fitted draws a picture on white with no edge longer than Edge.
func fitted(img image.Image) *image.RGBA {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, b.Min, draw.Over)
	w, h := b.Dx(), b.Dy()
	long := max(w, h)
	if long <= Edge {
		return out
	}
	return shrink(out, max(1, (w*Edge+long/2)/long), max(1, (h*Edge+long/2)/long))
}

// upright turns a picture as its camera said it was held (EXIF 2.3, tag 0x0112).
func upright(in *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return in
	}
	w, h := in.Rect.Dx(), in.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			u, v := x, y
			switch orientation {
			case 2:
				u = w - 1 - x
			case 3:
				u, v = w-1-x, h-1-y
			case 4:
				v = h - 1 - y
			case 5:
				u, v = y, x
			case 6:
				u, v = h-1-y, x
			case 7:
				u, v = h-1-y, w-1-x
			case 8:
				u, v = y, w-1-x
			}
			copy(out.Pix[out.PixOffset(u, v):][:4], in.Pix[in.PixOffset(x, y):][:4])
		}
	}
	return out
}

// encode writes a picture at the best quality that keeps it within maxKept.
func encode(img *image.RGBA) (Clean, error) {
	var b bytes.Buffer
	for _, quality := range []int{85, 72, 55} {
		b.Reset()
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
			return Clean{}, fmt.Errorf("picture: draw anew: %w", err)
		}
		if b.Len() <= maxKept {
			break
		}
	}
	return Clean{b.Bytes(), img.Rect.Dx(), img.Rect.Dy()}, nil
}

// Refused gives the refusal in an error, if it is one.
func Refused(err error) (Refusal, bool) {
	var r Refusal
	return r, errors.As(err, &r)
}
