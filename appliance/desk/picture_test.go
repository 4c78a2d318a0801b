package desk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// paper is a picture whose upper left quarter is red, upper right green, lower
// left blue, lower right white.
func paper(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 255, 255, 255}
			switch {
			case y < h/2 && x < w/2:
				c = color.RGBA{255, 0, 0, 255}
			case y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x < w/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withExif puts an EXIF segment with an orientation and a place behind the start
// of a JPEG.
func withExif(raw []byte, turn uint16) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	tiff = binary.BigEndian.AppendUint16(tiff, turn)
	tiff = append(tiff, "\x00\x00\x00\x00\x00\x00GPS 28.2278 N"...)
	seg := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, raw[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(seg)+2))
	return append(append(out, seg...), raw[2:]...)
}

func colourAt(m image.Image, x, y int) string {
	r, g, b, _ := m.At(x, y).RGBA()
	switch {
	case r > 0xc000 && g > 0xc000 && b > 0xc000:
		return "white"
	case r > 0xa000 && g < 0x6000:
		return "red"
	case g > 0xa000 && r < 0x6000:
		return "green"
	case b > 0xa000 && r < 0x6000:
		return "blue"
	}
	return "?"
}

// What a camera writes beside the pixels is gone, and the picture is upright as
// EXIF says, for all eight ways.
func TestPicturesAreDeveloped(t *testing.T) {
	raw := asJPEG(t, paper(64, 32))
	// Which colours lie in the corners, row by row, after each turn.
	for turn, want := range map[uint16][4]string{
		1: {"red", "green", "blue", "white"}, 2: {"green", "red", "white", "blue"}, 3: {"white", "blue", "green", "red"}, 4: {"blue", "white", "red", "green"},
		5: {"red", "blue", "green", "white"}, 6: {"blue", "red", "white", "green"}, 7: {"white", "green", "blue", "red"}, 8: {"green", "white", "red", "blue"},
		9: {"red", "green", "blue", "white"},
	} {
		got, err := develop(withExif(raw, turn))
		if err != nil {
			t.Fatal(turn, err)
		}
		if bytes.Contains(got, []byte("Exif")) || bytes.Contains(got, []byte("GPS")) {
			t.Errorf("turn %d: what the camera wrote beside the picture is still there", turn)
		}
		m, err := jpeg.Decode(bytes.NewReader(got))
		if err != nil {
			t.Fatal(turn, err)
		}
		w, h := m.Bounds().Dx(), m.Bounds().Dy()
		if is := [4]string{colourAt(m, 4, 4), colourAt(m, w-5, 4), colourAt(m, 4, h-5), colourAt(m, w-5, h-5)}; is != want || (turn >= 5 && turn <= 8) != (w < h) {
			t.Errorf("turn %d: %v of %d × %d, want %v", turn, is, w, h, want)
		}
	}
}

func TestPicturesAreBounded(t *testing.T) {
	wide, err := develop(asPNG(t, paper(4100, 41)))
	if err != nil {
		t.Fatal(err)
	}
	if head, err := jpeg.DecodeConfig(bytes.NewReader(wide)); err != nil || max(head.Width, head.Height) > longSide {
		t.Error(head.Width, head.Height, err)
	}
	clear := image.NewRGBA(image.Rect(0, 0, 16, 16)) // wholly transparent: white paper
	got, err := develop(asPNG(t, clear))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := jpeg.Decode(bytes.NewReader(got)); err != nil || colourAt(m, 8, 8) != "white" {
		t.Error("what is transparent is not white", err)
	}
	huge := asPNG(t, image.NewGray(image.Rect(0, 0, 3000, 3000)))
	if _, err := develop(huge); !errors.Is(err, errPixels) {
		t.Error("9 million pixels of a PNG", err)
	}
	for name, raw := range map[string][]byte{"nothing": nil, "text": []byte("GIF89a or not"), "torn": asJPEG(t, paper(64, 64))[:300]} {
		if _, err := develop(raw); !errors.Is(err, errPicture) {
			t.Error(name, err)
		}
	}
}

// Whatever is brought: no panic, and what comes out is a JPEG.
func FuzzDevelop(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, paper(16, 8), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(withExif(b.Bytes(), 6))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := develop(raw)
		if err != nil {
			return
		}
		if _, err := jpeg.DecodeConfig(bytes.NewReader(out)); err != nil {
			t.Error(err)
		}
	})
}

// An album holds so many and no more, gives copies, and forgets.
func TestAlbum(t *testing.T) {
	var a album
	for range 8 {
		if !a.add([]byte{1, 2, 3}) {
			t.Fatal("not even eight")
		}
	}
	if a.add([]byte{1}) || !a.Full() {
		t.Error("a ninth")
	}
	mine := a.pictures()
	a.drop(3)
	if n := a.Numbers(); len(n) != 7 || n[2] != 4 {
		t.Error(n)
	}
	a.clear()
	if len(a.Numbers()) != 0 || mine[2][0] != 1 {
		t.Error("the album's end reached into what was taken out")
	}
	a.add([]byte{9})
	if n := a.Numbers(); n[0] != 9 {
		t.Error("a number was given twice", n)
	}
}
