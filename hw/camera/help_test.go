package camera_test

import (
	"context"
	"flag"
	"log/slog"
	"testing"
	"time"

	"zhunkao/hw/camera"
	"zhunkao/hw/cameratest"
	"zhunkao/hw/fault"
	"zhunkao/provisioning/leak"
)

// TestMain lets several tests wait at the same time: they wait for timers more
// than for a processor.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "10"); err != nil {
		panic(err)
	}
	leak.Main(m)
}

// limit is what an event may take that is only a matter of time; the machine
// may be busy.
const limit = 2 * time.Minute

// rig is a running camera and who listens to it.
type rig struct {
	t *testing.T
	*camera.Camera
	stop func()
}

func start(t *testing.T, o camera.Options) *rig {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	c, err := camera.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	r := &rig{t: t, Camera: c}
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			if err != context.Canceled {
				t.Errorf("Run ended with %v, want context.Canceled", err)
			}
		case <-time.After(limit):
			t.Error("Run does not end")
		}
	}
	t.Cleanup(r.stop)
	return r
}

// event waits for the next event.
func (r *rig) event() camera.Event {
	r.t.Helper()
	select {
	case e := <-r.Events():
		return e
	case <-time.After(limit):
		r.t.Fatal("no event in time")
		return nil
	}
}

// ready waits for Ready, passing over the troubles before it.
func (r *rig) ready() camera.Ready {
	r.t.Helper()
	for {
		if e, ok := r.event().(camera.Ready); ok {
			return e
		}
	}
}

// lost waits for Lost with one of these words.
func (r *rig) lost(words ...*fault.Word) {
	r.t.Helper()
	for {
		switch e := r.event().(type) {
		case camera.Lost:
			for _, w := range words {
				if fault.WordOf(e.Err) == w {
					return
				}
			}
			r.t.Fatalf("lost: got %v, want %v", e.Err, words)
		case camera.Fault:
			r.t.Fatalf("got a fault %v, want lost with %v", e.Err, words)
		}
	}
}

// fault waits for Fault with a word.
func (r *rig) fault(want *fault.Word) {
	r.t.Helper()
	for {
		switch e := r.event().(type) {
		case camera.Fault:
			if fault.WordOf(e.Err) != want {
				r.t.Fatalf("fault: got %v, want %v", e.Err, want)
			}
			return
		case camera.Lost:
			r.t.Fatalf("got lost %v, want a fault %v", e.Err, want)
		}
	}
}

// next waits for a frame later than after. A busy machine may lose the camera
// for a moment once more.
func (r *rig) next(after uint64) camera.Frame {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), limit)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		f, err := r.Next(ctx, after)
		if err == nil {
			return f
		}
		if fault.ClassOf(err) != fault.ClassLine {
			r.t.Fatalf("next frame: %v", err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			r.t.Fatalf("next frame: %v", err)
		}
	}
}

func profile(t testing.TB, name string) camera.Profile {
	t.Helper()
	p, ok := camera.ProfileNamed(name)
	if !ok {
		t.Fatalf("no profile %s", name)
	}
	return p
}

// emulated gives a plugged camera that looks at a small empty room.
func emulated(t *testing.T) (*cameratest.Camera, *cameratest.Plug) {
	t.Helper()
	e := cameratest.New() // looks at an empty room of 640 × 480
	p := cameratest.NewPlug(e, "127.0.0.1:0")
	if err := p.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Unplug(); err != nil {
			t.Error(err)
		}
	})
	return e, p
}

// room is quickly drawn.
func room() cameratest.Scene { return cameratest.Scene{Width: 640, Height: 480} }
