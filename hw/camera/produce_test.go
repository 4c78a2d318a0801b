package camera_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/hw/camera"
	"zhunkao/hw/cameratest"
)

// Every profile's photo has exactly its pixels, bytes and density, and its
// measures are found again in the file.
func TestProduce(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	for _, seed := range []uint64{2, 21} {
		img := seen(t, cameratest.Portrait(seed))
		for _, p := range camera.Profiles() {
			t.Run(p.Name, func(t *testing.T) {
				anyWall := p
				anyWall.Background = camera.AnyColour
				r := camera.Check(img, anyWall, nil)
				face, ok := r.Face()
				if !ok || !r.OK() {
					t.Fatalf("the portrait: %v", r.Findings)
				}
				file, err := camera.Produce(img, face, p)
				if err != nil {
					t.Fatal(err)
				}
				info, err := camera.ReadPhoto(file)
				if err != nil {
					t.Fatal(err)
				}
				if !p.Accepts(info) {
					t.Errorf("%+v is not what %s asks", info, p.Name)
				}
				if info.Width != p.Width || info.Height != p.Height || info.DPI != p.DPI || info.EXIF || !info.Colour ||
					info.Bytes != len(file) || len(file) < p.MinBytes || p.MaxBytes > 0 && len(file) > p.MaxBytes {
					t.Errorf("got %+v", info)
				}
				if dir := os.Getenv("ZHUNKAO_PHOTOS"); dir != "" { // to be looked at
					if err := os.WriteFile(filepath.Join(dir, p.Name+".jpg"), file, 0o600); err != nil {
						t.Error(err)
					}
				}
				measures(t, file, p)
			})
		}
	}
}

// measures finds the face in a produced file and holds it against the profile.
func measures(t *testing.T, file []byte, p camera.Profile) {
	t.Helper()
	if p.Height < 300 {
		return // too small for the finder to be a judge
	}
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	loose := p
	loose.Background = camera.AnyColour
	r := camera.Check(img, loose, nil)
	face, ok := r.Face()
	if !ok || !face.HasEyes {
		t.Fatalf("no face in the photo: %v", r.Findings)
	}
	w, h := float64(p.Width), float64(p.Height)
	d := face.EyeDistance()
	eyes := (face.LeftEye.Y + face.RightEye.Y) / 2
	// A pixel or two of what the finder can be off.
	near := func(name string, want camera.Range, got, slack float64) {
		if want != (camera.Range{}) && (got < want.Min-slack || got > want.Max+slack) {
			t.Errorf("%s: got %.3f, want %.3f–%.3f", name, got, want.Min, want.Max)
		}
	}
	near("face's width", p.Composition.FaceWidth, 2.18*d/w, .02)
	near("pupils", p.Composition.Pupils, d/w, .01)
	near("eyes from the bottom", p.Composition.Eyes, (h-eyes)/h, .01)
	near("hair from the top", p.Composition.HairTop, face.HairTop/h, .012)
	near("head's height", p.Composition.HeadHeight, (eyes+1.83*d-face.HairTop)/h, .02)
	near("chin from the bottom", p.Composition.Chin, (h-eyes-1.83*d)/h, .01)
	if off := math.Abs((face.LeftEye.X+face.RightEye.X)/2 - w/2); off > 3 {
		t.Errorf("the face is %.0f pixels beside the middle", off)
	}
}

// restless is a picture that no coding makes small.
func restless(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	v := uint32(1)
	for i := range w * h {
		v = v*1664525 + 1013904223
		img.SetRGBA(i%w, i/w, color.RGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), 255})
	}
	return img
}

var middleFace = camera.Face{Center: camera.Point{X: 400, Y: 318}, Size: 285, HasEyes: true,
	LeftEye: camera.Point{X: 450, Y: 300}, RightEye: camera.Point{X: 350, Y: 300}}

func TestProduceBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	p := profile(t, "one-inch")
	p.MaxBytes = 4 << 10
	if _, err := camera.Produce(restless(800, 700), middleFace, p); !errors.Is(err, camera.ErrBytes) {
		t.Errorf("noise in 4 KB: got %v, want ErrBytes", err)
	}
	// The quality falls no further than it must.
	p.MaxBytes = 70 << 10
	big, err := camera.Produce(restless(800, 700), middleFace, p)
	if err != nil || len(big) > p.MaxBytes || len(big) < p.MaxBytes*3/4 {
		t.Errorf("noise in 70 KB: got %d bytes, %v, want most of them", len(big), err)
	}
	// Two hundred kilobytes of a grey field.
	p.MinBytes, p.MaxBytes = 200<<10, 200<<10
	full, err := camera.Produce(image.NewGray(image.Rect(0, 0, 800, 700)), middleFace, p)
	if err != nil || len(full) < 200<<10 {
		t.Fatalf("a grey field: got %d bytes, %v", len(full), err)
	}
	if len(full) > 200<<10+3 { // a comment has four bytes at least
		t.Errorf("filled to %d", len(full))
	}
	if _, err := jpeg.Decode(bytes.NewReader(full)); err != nil {
		t.Errorf("the filled file: %v", err)
	}
}

func TestProduceNoRoom(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	aside := middleFace
	aside.Center.X, aside.LeftEye.X, aside.RightEye.X = 30, 80, -20
	for name, f := range map[string]camera.Face{"at the edge": aside, "no face": {}} {
		if _, err := camera.Produce(restless(800, 700), f, profile(t, "ga461")); !errors.Is(err, camera.ErrNoRoom) {
			t.Errorf("%s: got %v, want ErrNoRoom", name, err)
		}
	}
}

func TestReadPhoto(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	if _, err := camera.ReadPhoto([]byte("GIF89a")); err == nil {
		t.Error("a GIF is taken")
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 358, 441)), nil); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	exif := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, 10, 'E', 'x', 'i', 'f', 0, 0, 1, 2}, raw[2:]...)
	info, err := camera.ReadPhoto(exif)
	if err != nil || !info.EXIF || info.Colour || info.DPI != 0 {
		t.Errorf("got %+v, %v, want EXIF, grey, no density", info, err)
	}
	if profile(t, "ga461").Accepts(info) {
		t.Error("a grey file with EXIF is accepted")
	}
}

func FuzzReadPhoto(f *testing.F) {
	f.Add(photo(f, 16, 16))
	f.Add([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 16})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 1<<14 {
			return
		}
		if cfg, err := jpeg.DecodeConfig(bytes.NewReader(in)); err == nil && cfg.Width*cfg.Height > 1<<16 {
			return // time, not fault
		}
		_, _ = camera.ReadPhoto(in)
	})
}
