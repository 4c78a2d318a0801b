package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/picture"
)

// marked is a picture of a size, grey but for a red block in its upper left
// quarter.
func marked(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 200, 200, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{220, 20, 20, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// secret stands in the EXIF of the pictures: it must not come out again.
const secret = "GPS 28.2N 112.9E of a home"

// tiff is an EXIF block with an orientation and a secret.
func tiff(orientation uint16, order binary.ByteOrder) []byte {
	b := []byte("II")
	if order == binary.BigEndian {
		b = []byte("MM")
	}
	u16 := func(v uint16) { b = append(b, 0, 0); order.PutUint16(b[len(b)-2:], v) }
	u32 := func(v uint32) { b = append(b, 0, 0, 0, 0); order.PutUint32(b[len(b)-4:], v) }
	u16(42)
	u32(8)
	u16(1)
	u16(0x0112)
	u16(3)
	u32(1)
	u16(orientation)
	u16(0)
	u32(0)
	return append(b, secret...)
}

// withExif puts an EXIF block behind the start of a JPEG.
func withExif(j, exif []byte) []byte {
	seg := append([]byte("Exif\x00\x00"), exif...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, byte((len(seg)+2)>>8), byte(len(seg)+2))
	return append(append(out, seg...), j[2:]...)
}

// chunk is one of a PNG.
func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func clean(t testing.TB, file []byte) (picture.Clean, error) {
	t.Helper()
	return picture.NewCleaner(1).Clean(t.Context(), file)
}

func TestOrientationIsAppliedAndEXIFStripped(t *testing.T) {
	// Where the red quarter comes to lie when a camera was held so.
	for orientation, at := range map[uint16][2]bool{ // right, low
		1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true},
		5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true},
		0: {false, false}, 9: {false, false},
	} {
		for name, file := range map[string][]byte{
			"jpeg, little": withExif(jpegOf(t, marked(400, 240)), tiff(orientation, binary.LittleEndian)),
			"jpeg, big":    withExif(jpegOf(t, marked(400, 240)), tiff(orientation, binary.BigEndian)),
			"png": func() []byte {
				p := pngOf(t, marked(400, 240))
				return append(append(bytes.Clone(p[:33]), chunk("eXIf", tiff(orientation, binary.BigEndian))...), p[33:]...)
			}(),
		} {
			c, err := clean(t, file)
			if err != nil {
				t.Fatalf("%s %d: %v", name, orientation, err)
			}
			w, h := 400, 240
			if orientation >= 5 && orientation <= 8 {
				w, h = h, w
			}
			img, err := jpeg.Decode(bytes.NewReader(c.JPEG))
			if err != nil || img.Bounds().Dx() != w || img.Bounds().Dy() != h || c.Width != w || c.Height != h {
				t.Fatalf("%s %d: %v, %v, said %d × %d, want %d × %d", name, orientation, err, img.Bounds(), c.Width, c.Height, w, h)
			}
			red := func(x, y int) bool { r, g, _, _ := img.At(x, y).RGBA(); return r > 2*g }
			for _, right := range []bool{false, true} {
				for _, low := range []bool{false, true} {
					x, y := w/4, h/4
					if right {
						x = 3 * w / 4
					}
					if low {
						y = 3 * h / 4
					}
					if got, want := red(x, y), at == [2]bool{right, low}; got != want {
						t.Errorf("%s %d: red at right %v low %v: %v, want %v", name, orientation, right, low, got, want)
					}
				}
			}
			if bytes.Contains(c.JPEG, []byte("Exif")) || bytes.Contains(c.JPEG, []byte("GPS")) {
				t.Errorf("%s %d: EXIF came through", name, orientation)
			}
		}
	}
}

func TestNothingBehindTheEndStays(t *testing.T) {
	file := append(jpegOf(t, marked(300, 300)), "<script>alert(1)</script>PK\x03\x04"...)
	c, err := clean(t, file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(c.JPEG, []byte("script")) || bytes.Contains(c.JPEG, []byte("PK\x03\x04")) {
		t.Error("what stood behind the picture came through")
	}
}

func TestLargePictureIsKeptReadable(t *testing.T) {
	c, err := clean(t, jpegOf(t, marked(4096, 3000)))
	if err != nil {
		t.Fatal(err)
	}
	if c.Width != picture.Edge || c.Height != 3000*picture.Edge/4096 && c.Height != 3000*picture.Edge/4096+1 {
		t.Errorf("kept as %d × %d", c.Width, c.Height)
	}
	// Still in its four quarters, and as bright as before.
	img, err := jpeg.Decode(bytes.NewReader(c.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range [][3]int{{100, 100, 220}, {c.Width/2 - 20, c.Height/2 - 20, 220}, {c.Width/2 + 20, 100, 200}, {c.Width - 1, c.Height - 1, 200}} {
		if r, _, _, _ := img.At(at[0], at[1]).RGBA(); int(r>>8) < at[2]-8 || int(r>>8) > at[2]+8 {
			t.Errorf("red at %d %d is %d, want %d", at[0], at[1], r>>8, at[2])
		}
	}
	// Transparent is white, not black.
	c, err = clean(t, pngOf(t, image.NewNRGBA(image.Rect(0, 0, 300, 300))))
	if err != nil {
		t.Fatal(err)
	}
	img, err = jpeg.Decode(bytes.NewReader(c.JPEG))
	if r, _, _, _ := img.At(150, 150).RGBA(); err != nil || r < 0xF000 {
		t.Errorf("transparent became %v, %v", img.At(150, 150), err)
	}
}

// bombs is the corpus of files that must cost next to nothing (S18).
func bombs(t testing.TB) map[string]struct {
	file []byte
	want picture.Refusal
} {
	t.Helper()
	good := jpegOf(t, marked(300, 300))
	// PNG headers that promise a lot.
	ihdr := func(w, h uint32, depth byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, w)
		b = binary.BigEndian.AppendUint32(b, h)
		return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(b, depth, 6, 0, 0, 0))...)
	}
	// A JPEG whose header tells another size.
	resized := func(w, h uint16) []byte {
		b := bytes.Clone(good)
		i := bytes.Index(b, []byte{0xFF, 0xC0})
		binary.BigEndian.PutUint16(b[i+5:], h)
		binary.BigEndian.PutUint16(b[i+7:], w)
		return b
	}
	// A progressive JPEG at the cap, each scan of which goes over every block of
	// it and costs some twenty bytes.
	scans := func() []byte {
		b := []byte{0xFF, 0xD8}
		seg := func(marker byte, body ...byte) {
			b = append(b, 0xFF, marker, byte((len(body)+2)>>8), byte(len(body)+2))
			b = append(b, body...)
		}
		seg(0xDB, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
		seg(0xC2, 8, 0x10, 0, 0x10, 0, 1, 1, 0x11, 0)
		table := append([]byte{0x10}, make([]byte, 16)...)
		table[1] = 1
		seg(0xC4, append(table, 0xE0)...) // one code: an end of band over 2^14 blocks
		for range 50_000 {
			seg(0xDA, 1, 1, 0, 1, 63, 0)
			b = append(b, bytes.Repeat([]byte{0}, 33)...)
		}
		return append(b, 0xFF, 0xD9)
	}
	type bomb = struct {
		file []byte
		want picture.Refusal
	}
	return map[string]bomb{
		"nothing":                 {nil, picture.Empty},
		"too many bytes":          {append(bytes.Clone(good), make([]byte, picture.MaxFile)...), picture.Large},
		"png of 65535²":           {append(ihdr(65535, 65535, 8), chunk("IDAT", []byte{0x78, 0x9c})...), picture.Pixels},
		"png of 2³¹-1 wide":       {ihdr(1<<31-1, 1, 8), picture.Pixels},
		"png one over the cap":    {ihdr(4097, 300, 16), picture.Pixels},
		"png that ends":           {ihdr(4096, 4096, 16), picture.Broken},
		"jpeg of 65535²":          {resized(65535, 65535), picture.Pixels},
		"jpeg that promises more": {resized(4000, 4000), picture.Broken},
		"jpeg of many scans":      {scans(), picture.Broken},
		"jpeg cut off":            {good[:len(good)/2], picture.Broken},
		"jpeg, start only":        {[]byte{0xFF, 0xD8, 0xFF}, picture.Broken},
		"too small to read":       {jpegOf(t, marked(199, 300)), picture.Small},
		"pdf":                     {[]byte("%PDF-1.7\n%%EOF"), picture.PDF},
		"heic":                    {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), picture.HEIC},
		"gif":                     {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), picture.Type},
		"svg":                     {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), picture.Type},
		"zip":                     {[]byte("PK\x03\x04 42.zip"), picture.Type},
		"html named .jpg":         {[]byte("<!doctype html><script>alert(1)</script>"), picture.Type},
	}
}

func TestBombs(t *testing.T) {
	for name, b := range bombs(t) {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			began := time.Now()
			_, err := picture.NewCleaner(1).Clean(ctx, b.file)
			if got, ok := picture.Refused(err); !ok || got != b.want {
				t.Errorf("got %v, want %v", err, b.want)
			}
			if took := time.Since(began); took > 2*time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestReadStopsAtTheCap(t *testing.T) {
	endless := &counted{}
	if _, err := picture.Read(endless); !errors.Is(err, picture.Large) {
		t.Errorf("got %v", err)
	}
	if endless.n > picture.MaxFile+1<<20 {
		t.Errorf("%d bytes were read", endless.n)
	}
	if _, err := picture.Read(strings.NewReader("")); !errors.Is(err, picture.Empty) {
		t.Errorf("got %v", err)
	}
	fault := errors.New("line cut")
	if _, err := picture.Read(io.MultiReader(strings.NewReader("x"), failing{fault})); !errors.Is(err, fault) {
		t.Errorf("got %v", err)
	}
}

type counted struct{ n int }

func (c *counted) Read(p []byte) (int, error) { c.n += len(p); return len(p), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestCleanWaitsForItsTurnAndNoLonger(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := picture.NewCleaner(1)
	done := make(chan struct{})
	file := jpegOf(t, marked(1400, 1400))
	go func() {
		defer close(done)
		for range 3 {
			_, _ = c.Clean(t.Context(), file)
		}
	}()
	var gaveUp bool
	for !gaveUp {
		select {
		case <-done:
			t.Fatal("nobody ever waited")
		default:
		}
		_, err := c.Clean(ctx, file)
		gaveUp = errors.Is(err, context.Canceled)
	}
	<-done
}

func FuzzClean(f *testing.F) {
	for _, b := range bombs(f) {
		if len(b.file) < 64<<10 {
			f.Add(b.file)
		}
	}
	f.Add(withExif(jpegOf(f, marked(200, 200)), tiff(6, binary.LittleEndian)))
	f.Add(pngOf(f, marked(200, 200)))
	c := picture.NewCleaner(1)
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := c.Clean(t.Context(), file)
		if err != nil {
			if _, ok := picture.Refused(err); !ok {
				t.Fatalf("no refusal: %v", err)
			}
			return
		}
		img, err := jpeg.DecodeConfig(bytes.NewReader(got.JPEG))
		if err != nil || img.Width != got.Width || img.Height != got.Height || max(img.Width, img.Height) > picture.Edge {
			t.Fatalf("kept %v, %v", img, err)
		}
	})
}
