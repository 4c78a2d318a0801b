package camera_test

import (
	"testing"
	"time"

	"zhunkao/hw/camera"
	"zhunkao/hw/cameratest"
	"zhunkao/hw/fault"
)

// peer is a camera the suite can act on: the emulated one, or the kernel's.
type peer struct {
	source        string
	width, height int
	format        camera.Format
	live          func() // shows something with a sensor's noise
	black         func() // the lens is covered
	freeze        func() // the same picture for ever
	unplug        func()
	plug          func()
}

// conform is what every transport must do. The emulator runs it over HTTP, the
// guest's vivid over V4L2.
func conform(t *testing.T, p peer) {
	p.live()
	r := start(t, camera.Options{Source: p.source, Width: p.width, Height: p.height})
	e := r.ready()
	if e.Format != p.format || e.Width != p.width || e.Height != p.height {
		t.Errorf("ready: got %v %d × %d, want %v %d × %d", e.Format, e.Width, e.Height, p.format, p.width, p.height)
	}
	t.Run("frames", func(t *testing.T) { r.t = t; frames(t, r, p) })
	t.Run("take", func(t *testing.T) { r.t = t; takeEmpty(t, r) })
	t.Run("unplugged", func(t *testing.T) { r.t = t; unplugged(t, r, p) })
	t.Run("black", func(t *testing.T) { r.t = t; covered(t, r, p) })
	t.Run("frozen", func(t *testing.T) { r.t = t; frozen(t, r, p) })
	r.t = t
	began := time.Now()
	r.stop()
	if d := time.Since(began); d > limit {
		t.Errorf("Run took %v to end", d)
	}
	if _, ok := r.Latest(); ok {
		t.Error("a frame after the end")
	}
}

func frames(t *testing.T, r *rig, p peer) {
	last := uint64(0)
	for range 10 {
		f := r.next(last)
		if f.Sequence <= last || f.Width != p.width || f.Height != p.height || f.Format != p.format {
			t.Fatalf("frame %d %v %d × %d after %d", f.Sequence, f.Format, f.Width, f.Height, last)
		}
		last = f.Sequence
	}
	// No backlog: who comes late gets the newest.
	missed := r.next(last + 5)
	if f := r.next(last); f.Sequence < missed.Sequence {
		t.Errorf("got frame %d, want the newest, %d or later", f.Sequence, missed.Sequence)
	}
	f, ok := r.Latest()
	if !ok || time.Since(f.At) > limit {
		t.Fatalf("latest: %v, from %v", ok, f.At)
	}
	img, err := f.Image()
	if err != nil {
		t.Fatalf("decoded: %v", err)
	}
	if size := img.Bounds().Size(); size.X != p.width || size.Y != p.height {
		t.Fatalf("decoded: %v, want %d × %d", size, p.width, p.height)
	}
	b, err := f.JPEG()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := camera.ReadPhoto(b); err != nil || info.Width != p.width || info.Height != p.height {
		t.Errorf("as JPEG: %+v, %v", info, err)
	}
	r.Forget()
	r.next(f.Sequence) // and goes on
}

func takeEmpty(t *testing.T, r *rig) {
	s, err := r.Take(t.Context(), profile(t, "ga461"))
	if err != nil || s.Report.OK() || s.Report.Advice() != camera.AdviceStepIn || len(s.Frame) == 0 || s.Photo != nil {
		t.Errorf("nobody there: got %v, advice %v, frame of %d bytes, photo of %d", err, s.Report.Advice(), len(s.Frame), len(s.Photo))
	}
	report, err := r.Look(t.Context(), profile(t, "ga461"))
	if err != nil || report.Advice() != camera.AdviceStepIn {
		t.Errorf("look: got %v, %v", report.Advice(), err)
	}
}

func unplugged(t *testing.T, r *rig, p peer) {
	last := r.next(0).Sequence
	p.unplug()
	r.lost(fault.Absent)
	if _, ok := r.Latest(); ok {
		t.Error("latest frame of an unplugged camera")
	}
	if _, err := r.Next(t.Context(), 0); fault.ClassOf(err) != fault.ClassLine {
		t.Errorf("next: got %v, want a fault of the line", err)
	}
	if _, err := r.Take(t.Context(), profile(t, "ga461")); fault.ClassOf(err) != fault.ClassLine {
		t.Errorf("take: got %v, want a fault of the line", err)
	}
	began := time.Now()
	p.plug()
	r.ready()
	if d := time.Since(began); d > back {
		t.Errorf("back after %v, want %v", d, back)
	}
	r.next(last)
}

// back is how long after its return a camera may take; the guest has no more
// than a tenth of a machine.
var back = 3 * time.Second

func covered(t *testing.T, r *rig, p peer) {
	p.black()
	r.fault(fault.Black)
	if _, ok := r.Latest(); ok {
		t.Error("latest frame while black")
	}
	if _, err := r.Take(t.Context(), profile(t, "ga461")); fault.WordOf(err) != fault.Black {
		t.Errorf("take: got %v, want black", err)
	}
	p.live()
	r.ready()
	r.next(0)
}

func frozen(t *testing.T, r *rig, p peer) {
	p.freeze()
	// A photo asked for before anybody has noticed is not taken either.
	if s, err := r.Take(t.Context(), profile(t, "ga461")); fault.WordOf(err) != fault.Frozen {
		// The frame that stands may have come as the first after the request.
		t.Errorf("take: got %v and %d bytes, want frozen", err, len(s.Frame))
	}
	r.fault(fault.Frozen)
	p.live()
	r.ready()
	r.next(0)
}

func TestConformHTTP(t *testing.T) {
	e, plug := emulated(t)
	conform(t, peer{
		source: plug.URL(), width: 640, height: 480, format: camera.FormatJPEG,
		live: func() {
			e.Show(room())
			set(t, e, cameratest.Knobs{})
		},
		black: func() {
			s := room()
			s.Black = true
			e.Show(s)
		},
		freeze: func() { set(t, e, cameratest.Knobs{Freeze: true}) },
		unplug: func() {
			if err := plug.Unplug(); err != nil {
				t.Error(err)
			}
		},
		plug: func() {
			if err := plug.Plug(); err != nil {
				t.Error(err)
			}
		},
	})
}

func set(t *testing.T, e *cameratest.Camera, k cameratest.Knobs) {
	t.Helper()
	if err := e.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
}

// The preview asks as often as it likes; the picture is judged four times a
// second, so of many reports most are the same one.
func TestLookIsThrottled(t *testing.T) {
	_, plug := emulated(t)
	r := start(t, camera.Options{Source: plug.URL()})
	r.ready()
	p := profile(t, "ga461")
	began := time.Now()
	seen := map[float64]bool{}
	const asked = 200
	for range asked {
		report, err := r.Look(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		seen[report.Sharpness] = true // noise makes every frame's its own
	}
	if most := int(time.Since(began)/(250*time.Millisecond)) + 1; len(seen) > most {
		t.Errorf("%d pictures were judged in %v, want at most %d", len(seen), time.Since(began), most)
	}
}
