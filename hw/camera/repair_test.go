package camera_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"zhunkao/hw/camera"
)

// photo is a small JPEG of our own.
func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.SetRGBA(i%w, i/w, color.RGBA{uint8(i * 7), uint8(i * 13 >> 3), uint8(i >> 2), 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// without leaves out every segment of a marker.
func without(b []byte, marker byte) []byte {
	out := slices.Clone(b[:2])
	at := 2
	for b[at+1] != 0xDA {
		n := 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		if b[at+1] != marker {
			out = append(out, b[at:at+n]...)
		}
		at += n
	}
	return append(out, b[at:]...)
}

func TestRepair(t *testing.T) {
	good := photo(t, 96, 64)
	bare := without(good, 0xC4)
	if _, err := jpeg.Decode(bytes.NewReader(bare)); err == nil {
		t.Fatal("image/jpeg takes a frame without Huffman tables now; this repair can go")
	}
	filled := slices.Concat(good[:2], []byte{0xFF, 0xFF, 0xFF}, good[2:])
	thumbnail := slices.Concat(good[:2], []byte{0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(2+len(good))), good, good[2:])
	cases := map[string]struct {
		in   []byte
		torn bool
	}{
		"good":                      {good, false},
		"no tables":                 {bare, false},
		"no tables, fill bytes":     {without(good, 0xC4), false},
		"fill bytes":                {filled, false},
		"something before":          {slices.Concat([]byte("\r\n\x00\xFF"), good), false},
		"an old end behind":         {slices.Concat(bare, good[len(good)/2:]), false},
		"a whole one behind":        {slices.Concat(good, photo(t, 32, 32)), false},
		"an end inside a thumbnail": {thumbnail, false},
		"empty":                     {nil, true},
		"no beginning":              {good[2:], true},
		"cut in the scan":           {good[:len(good)*2/3], true},
		"cut in the head":           {good[:100], true},
		"cut before the last byte":  {good[:len(good)-1], true},
		"two glued in the middle":   {slices.Concat(good[:len(good)/2+200], good), true},
		"nothing but marks":         {[]byte{0xFF, 0xD8, 0xFF, 0xD9}, true},
		"a length beyond":           {[]byte{0xFF, 0xD8, 0xFF, 0xDB, 0xFF, 0xFF, 0xFF, 0xD9}, true},
		"65,535 pixels a side":      {huge(good), true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, w, h, err := camera.Repair(nil, c.in)
			if c.torn {
				if !errors.Is(err, camera.ErrTorn) || len(out) != 0 {
					t.Fatalf("got %d bytes, %v, want torn", len(out), err)
				}
				return
			}
			if err != nil || w != 96 || h != 64 {
				t.Fatalf("got %d × %d, %v", w, h, err)
			}
			got, err := jpeg.Decode(bytes.NewReader(out))
			if err != nil {
				t.Fatalf("the repaired frame: %v", err)
			}
			want, _ := jpeg.Decode(bytes.NewReader(good))
			if !bytes.Equal(got.(*image.YCbCr).Y, want.(*image.YCbCr).Y) {
				t.Error("the picture is another")
			}
		})
	}
}

func huge(b []byte) []byte {
	b = slices.Clone(b)
	i := bytes.Index(b, []byte{0xFF, 0xC0})
	copy(b[i+5:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	return b
}

func FuzzRepair(f *testing.F) {
	good := photo(f, 40, 24)
	f.Add(good)
	f.Add(without(good, 0xC4))
	f.Add(good[:len(good)/2])
	f.Add(slices.Concat(good, good[50:]))
	f.Add(huge(good))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0xFF, 0xD9})
	f.Fuzz(func(t *testing.T, in []byte) {
		kept := slices.Clone(in)
		out, w, h, err := camera.Repair(nil, in)
		if !bytes.Equal(kept, in) {
			t.Fatal("the raw frame was changed")
		}
		if err != nil {
			if !errors.Is(err, camera.ErrTorn) || len(out) != 0 {
				t.Fatalf("got %d bytes and %v", len(out), err)
			}
			return
		}
		if w <= 0 || h <= 0 || w > 4096 || h > 4096 || len(out) > len(in)+420 ||
			!bytes.HasPrefix(out, []byte{0xFF, 0xD8}) || !bytes.HasSuffix(out, []byte{0xFF, 0xD9}) {
			t.Fatalf("%d × %d, %d bytes of %d", w, h, len(out), len(in))
		}
		again, w2, h2, err := camera.Repair(nil, out)
		if err != nil || !bytes.Equal(again, out) || w2 != w || h2 != h {
			t.Fatalf("repaired again: %d bytes, %d × %d, %v", len(again), w2, h2, err)
		}
		if w*h <= 1<<16 { // the decoder must not panic; that it refuses is right
			_, _ = jpeg.Decode(bytes.NewReader(out))
		}
	})
}

// stream writes parts the way a camera does.
func stream(lines string, bodies ...string) string {
	var b strings.Builder
	for _, body := range bodies {
		b.WriteString(strings.ReplaceAll(lines, "LEN", fmt.Sprint(len(body))))
		b.WriteString(body)
		b.WriteString("\r\n")
	}
	return b.String()
}

func TestParts(t *testing.T) {
	const limit = 4096
	one, two := "first\r\n--xx\nsecond line", "\xFF\xD8 two \n--x\r\n"
	cases := map[string]struct {
		boundary, in string
		want         []string
		err          error
	}{
		"with lengths":           {"x", stream("--x\r\nContent-Type: image/jpeg\r\nContent-Length: LEN\r\n\r\n", one, two), []string{one, two}, io.ErrUnexpectedEOF},
		"closed":                 {"x", stream("--x\r\ncontent-length:LEN\r\n\r\n", one) + "--x--\r\n", []string{one}, io.EOF},
		"without lengths":        {"x", stream("--x\r\nContent-Type: image/jpeg\r\n\r\n", one, "2") + "--x--\r\n", []string{one, "2"}, io.EOF},
		"LF alone":               {"x", "--x\nContent-Length: 3\n\nabc\n--x\nContent-Length: 3\n\ndef\n--x--\n", []string{"abc", "def"}, io.EOF},
		"dashes in the name":     {"--x", stream("--x\r\nContent-Length: LEN\r\n\r\n", one), []string{one}, io.ErrUnexpectedEOF},
		"a preamble":             {"x", "hello\r\n\r\n" + stream("--x\r\nContent-Length: LEN\r\n\r\n", "1"), []string{"1"}, io.ErrUnexpectedEOF},
		"another kind passed by": {"x", stream("--x\r\nContent-Type: text/plain\r\nContent-Length: LEN\r\n\r\n", one) + stream("--x\r\nContent-Length: LEN\r\n\r\n", "1"), []string{"1"}, io.ErrUnexpectedEOF},
		"a length too short":     {"x", stream("--x\r\nContent-Length: 2\r\n\r\n", "12345", "67890"), []string{"12", "67"}, io.ErrUnexpectedEOF},
		"broken off":             {"x", "--x\r\nContent-Length: 30\r\n\r\nabc", nil, io.ErrUnexpectedEOF},
		"nothing":                {"x", "", nil, io.ErrUnexpectedEOF},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, slow := range []bool{false, true} {
				var in io.Reader = strings.NewReader(c.in)
				if slow {
					in = iotest.OneByteReader(in)
				}
				all, err := camera.Parts(in, c.boundary, limit)
				if !errors.Is(err, c.err) {
					t.Errorf("ended with %v, want %v", err, c.err)
				}
				var got []string
				for _, p := range all {
					got = append(got, string(p))
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
		})
	}
	for name, in := range map[string]string{
		"a length beyond the limit": "--x\r\nContent-Length: 4097\r\n\r\n",
		"a length that is none":     "--x\r\nContent-Length: -1\r\n\r\n",
		"endless":                   "--x\r\n\r\n" + strings.Repeat("z", 5000),
		"endless lines":             "--x\r\n\r\n" + strings.Repeat("z\n", 5000),
		"endless preamble":          strings.Repeat("z\n", 5000),
		"endless header":            "--x\r\n" + strings.Repeat("A: b\r\n", 100),
		"a header of a mile":        "--x\r\nA: " + strings.Repeat("b", 2000) + "\r\n\r\n",
		"no header":                 "--x\r\nnonsense\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			sizes, err := camera.AllParts(strings.NewReader(in), "x", limit)
			if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || len(sizes) > 0 {
				t.Errorf("got %v and %v, want a refusal", sizes, err)
			}
		})
	}
}

func FuzzParts(f *testing.F) {
	f.Add("x", stream("--x\r\nContent-Type: image/jpeg\r\nContent-Length: LEN\r\n\r\n", "one", "two")+"--x--")
	f.Add("--x", stream("--x\r\n\r\n", "one\n--", "two"))
	f.Add("frame", "--frame\nContent-Length: 99999999999\n\n")
	f.Add("", "--\r\n\r\n--\r\n\r\n----\r\n")
	f.Fuzz(func(t *testing.T, boundary, in string) {
		const limit = 1 << 12
		sizes, err := camera.AllParts(strings.NewReader(in), boundary, limit)
		if err == nil {
			t.Fatal("no end")
		}
		sum := 0
		for _, n := range sizes {
			sum += n
			if n > limit {
				t.Fatalf("a part of %d", n)
			}
		}
		if sum > len(in) {
			t.Fatalf("%d bytes out of %d", sum, len(in))
		}
		if again, err2 := camera.AllParts(iotest.OneByteReader(strings.NewReader(in)), boundary, limit); !slices.Equal(again, sizes) || fmt.Sprint(err2) != fmt.Sprint(err) {
			t.Fatalf("byte by byte: %v %v, at once: %v %v", again, err2, sizes, err)
		}
	})
}
