package camera_test

import (
	"bytes"
	"log/slog"
	"testing"

	"zhunkao/hw/camera"
	"zhunkao/hw/cameratest"
)

// What a frame costs that nobody looks at: nothing may be allocated.
func BenchmarkFrame(b *testing.B) {
	c, err := camera.New(camera.Options{Source: "http://127.0.0.1:1/", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	put := c.Fed(func(camera.Event) {})
	frames := twoFrames(b)
	b.SetBytes(int64(len(frames[0])))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		put(frames[i&1])
	}
}

func twoFrames(t testing.TB) [2][]byte {
	t.Helper()
	e := cameratest.New()
	e.Show(cameratest.Portrait(3))
	one := e.Picture()
	two := bytes.Clone(one)
	two[len(two)-30] ^= 1 // another frame of the same size
	return [2][]byte{without(one, 0xC4), without(two, 0xC4)}
}

// A frame that nobody was given costs no memory: its buffer goes round.
func TestFramesReuseTheirBuffers(t *testing.T) {
	c, err := camera.New(camera.Options{Source: "http://127.0.0.1:1/", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	put := c.Fed(func(camera.Event) {})
	frames := twoFrames(t)
	i := 0
	for range 10 {
		put(frames[i&1])
		i++
	}
	n := testing.AllocsPerRun(200, func() {
		put(frames[i&1])
		i++
	})
	if n > 1 { // the channel that wakes who waits
		t.Errorf("%.1f allocations a frame, want one", n)
	}
	// One that was given stays as it was.
	f, ok := c.Latest()
	if !ok {
		t.Fatal("no frame")
	}
	was, _ := f.JPEG()
	kept := bytes.Clone(was)
	for range 6 {
		put(frames[i&1])
		i++
	}
	c.Forget()
	if !bytes.Equal(was, kept) {
		t.Error("a frame that was handed out has changed")
	}
}

// Forget leaves nothing of a frame in the buffers that go round.
func TestForget(t *testing.T) {
	c, err := camera.New(camera.Options{Source: "http://127.0.0.1:1/", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	put := c.Fed(func(camera.Event) {})
	frames := twoFrames(t)
	for i := range 7 {
		put(frames[i&1])
	}
	held := c.Buffers()
	if len(held) != 2 || bytes.Count(held[0], []byte{0}) == len(held[0]) {
		t.Fatalf("%d buffers before", len(held))
	}
	c.Forget()
	for i, b := range held {
		if bytes.Count(b, []byte{0}) != len(b) {
			t.Errorf("buffer %d holds something yet", i)
		}
	}
	if _, ok := c.Latest(); ok {
		t.Error("a frame is there after Forget")
	}
}

func BenchmarkCheck(b *testing.B) {
	img := seen(b, cameratest.Portrait(3))
	p := profile(b, "ga461")
	b.ReportAllocs()
	for b.Loop() {
		if !camera.Check(img, p, nil).OK() {
			b.Fatal("the portrait is refused")
		}
	}
}

func BenchmarkProduce(b *testing.B) {
	img := seen(b, cameratest.Portrait(3))
	p := profile(b, "ga461")
	face, _ := camera.Check(img, p, nil).Face()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := camera.Produce(img, face, p); err != nil {
			b.Fatal(err)
		}
	}
}
