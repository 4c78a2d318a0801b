package cameratest_test

import (
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/cameratest"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// The emulator must not learn from the driver, or both would be wrong in the
// same way.
func TestDoesNotImportTheDriver(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			if path, _ := strconv.Unquote(imp.Path.Value); path == "zhunkao/hw/camera" {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

func little(seed uint64) cameratest.Scene {
	s := cameratest.Portrait(seed)
	s.Width, s.Height = 320, 180
	return s
}

// One seed is one person, another seed another one; only noise differs between
// frames.
func TestDrawing(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	a, again, later, other := cameratest.Draw(little(1), 1), cameratest.Draw(little(1), 1), cameratest.Draw(little(1), 2), cameratest.Draw(little(2), 1)
	if !bytes.Equal(a.Pix, again.Pix) {
		t.Error("the same seed drew another picture")
	}
	if bytes.Equal(a.Pix, later.Pix) {
		t.Error("two frames have the same noise")
	}
	far := func(b *image.RGBA) (n int) {
		for i := range a.Pix {
			if d := int(a.Pix[i]) - int(b.Pix[i]); d > 24 || d < -24 {
				n++
			}
		}
		return n
	}
	if n := far(later); n > 0 {
		t.Errorf("noise moved %d values far", n)
	}
	if n := far(other); n < 3000 {
		t.Errorf("another person differs in %d values only", n)
	}
	for _, word := range cameratest.Poses() {
		s, ok := cameratest.Pose(word, 3)
		if !ok {
			t.Fatalf("pose %s is not known", word)
		}
		s.Width, s.Height = 320, 180
		if word != "portrait" && bytes.Equal(cameratest.Draw(s, 1).Pix, cameratest.Draw(little(3), 1).Pix) {
			t.Errorf("pose %s looks like the portrait", word)
		}
	}
	if _, ok := cameratest.Pose("asleep", 1); ok {
		t.Error("a pose nobody knows")
	}
}

// A sheet of faces to look at: CAMERATEST_SHEET names the file.
func TestSheet(t *testing.T) {
	file := os.Getenv("CAMERATEST_SHEET")
	if file == "" {
		t.Skip("draws only for eyes: set CAMERATEST_SHEET=sheet.png")
	}
	const nx, ny, w, h = 6, 4, 300, 360
	sheet := image.NewRGBA(image.Rect(0, 0, nx*w, ny*h))
	for i := range nx * ny {
		s := cameratest.Portrait(uint64(i + 1))
		s.Width, s.Height = 640, h
		at := image.Pt(i%nx*w, i/nx*h)
		draw.Draw(sheet, image.Rectangle{at, at.Add(image.Pt(w, h))}, cameratest.Draw(s, 1), image.Pt(320-w/2, 0), draw.Src)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, sheet); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func plugged(t *testing.T, k cameratest.Knobs) (*cameratest.Camera, *cameratest.Plug) {
	t.Helper()
	c := cameratest.New()
	c.Show(little(4))
	if err := c.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	p := cameratest.NewPlug(c, "127.0.0.1:0")
	if err := p.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Unplug(); err != nil {
			t.Error(err)
		}
	})
	return c, p
}

// parts reads n parts of the stream the plain way.
func parts(t *testing.T, url string, n int) (all [][]byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if kind := res.Header.Get("Content-Type"); kind != "multipart/x-mixed-replace;boundary=zkframe" {
		t.Fatalf("content type %q", kind)
	}
	var b bytes.Buffer
	for bytes.Count(b.Bytes(), []byte("--zkframe\r\n")) <= n {
		if _, err := io.CopyN(&b, res.Body, 512); err != nil {
			t.Fatalf("after %d bytes: %v", b.Len(), err)
		}
	}
	for _, p := range bytes.Split(b.Bytes(), []byte("--zkframe\r\n"))[1 : n+1] {
		head, body, _ := bytes.Cut(p, []byte("\r\n\r\n"))
		if !strings.Contains(string(head), "image/jpeg") {
			t.Errorf("part with head %q", head)
		}
		all = append(all, bytes.TrimSuffix(body, []byte("\r\n")))
	}
	return all
}

func TestStream(t *testing.T) {
	_, p := plugged(t, cameratest.Knobs{})
	two := parts(t, p.URL(), 2)
	for i, b := range two {
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil || img.Bounds().Dx() != 320 {
			t.Errorf("frame %d: %v", i, err)
		}
	}
	if bytes.Equal(two[0], two[1]) {
		t.Error("two frames are the same")
	}
}

// Each fault is what its name says, at the bytes.
func TestFaults(t *testing.T) {
	decodes := func(b []byte) bool {
		_, err := jpeg.Decode(bytes.NewReader(b))
		return err == nil
	}
	cases := map[string]struct {
		knobs cameratest.Knobs
		right func(b [][]byte) bool
	}{
		"no Huffman tables": {cameratest.Knobs{NoHuffman: true}, func(b [][]byte) bool { return !bytes.Contains(b[0][:400], []byte{0xFF, 0xC4}) && !decodes(b[0]) }},
		"torn":              {cameratest.Knobs{TearNth: 1}, func(b [][]byte) bool { return !decodes(b[0]) && !bytes.HasSuffix(b[0], []byte{0xFF, 0xD9}) }},
		"noise":             {cameratest.Knobs{GarbageNth: 1}, func(b [][]byte) bool { return !bytes.HasPrefix(b[0], []byte{0xFF, 0xD8}) }},
		"frozen":            {cameratest.Knobs{Freeze: true}, func(b [][]byte) bool { return bytes.Equal(b[0], b[1]) }},
		"frozen, stamped":   {cameratest.Knobs{Freeze: true, Stamped: true}, func(b [][]byte) bool { return !bytes.Equal(b[0], b[1]) && len(b[0]) == len(b[1]) && decodes(b[0]) }},
		"old bytes behind":  {cameratest.Knobs{Tail: 700}, func(b [][]byte) bool { return bytes.Count(b[0], []byte{0xFF, 0xD9}) >= 2 }},
		"not decodable":     {cameratest.Knobs{Undecodable: true}, func(b [][]byte) bool { return !decodes(b[0]) && bytes.HasSuffix(b[0], []byte{0xFF, 0xD9}) }},
		"without lengths":   {cameratest.Knobs{NoLength: true}, func(b [][]byte) bool { return decodes(b[0]) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, p := plugged(t, c.knobs)
			if b := parts(t, p.URL(), 2); !c.right(b) {
				t.Errorf("got frames of %d and %d bytes, not as told", len(b[0]), len(b[1]))
			}
		})
	}
	c := cameratest.New()
	for _, k := range []cameratest.Knobs{{FPS: -1}, {FPS: 61}, {Status: 99}, {Tail: 2 << 20}, {TearNth: -1}} {
		if c.SetKnobs(k) == nil {
			t.Errorf("%+v is taken", k)
		}
	}
}

// Pulling the plug ends what is open and refuses what comes; the address stays.
func TestPlug(t *testing.T) {
	c, p := plugged(t, cameratest.Knobs{})
	address := strings.TrimSuffix(strings.TrimPrefix(p.URL(), "http://"), "/stream")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET / HTTP/1.0\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 2000)); err != nil {
		t.Fatal(err)
	}
	if c.Viewers() != 1 || c.Sent() == 0 {
		t.Errorf("%d viewers, %d frames", c.Viewers(), c.Sent())
	}
	if err := p.Unplug(); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Minute))
	if _, err := io.Copy(io.Discard, conn); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the open connection: %v", err)
	}
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("an unplugged camera answers")
	}
	if c.Viewers() != 0 || p.In() {
		t.Errorf("%d viewers, plugged in %v", c.Viewers(), p.In())
	}
	if err := p.Plug(); err != nil {
		t.Fatal(err)
	}
	parts(t, "http://"+address+"/", 1)
}
