package camera_test

import (
	"net"
	"testing"
	"time"

	"zhunkao/hw/camera"
	"zhunkao/hw/cameratest"
	"zhunkao/hw/fault"
)

// Damage that a camera may do every day and a driver must mend or pass over.
func TestDamageIsMended(t *testing.T) {
	for name, k := range map[string]cameratest.Knobs{
		"no Huffman tables":      {NoHuffman: true},
		"no lengths":             {NoLength: true},
		"old bytes behind":       {Tail: 5000, NoHuffman: true},
		"every third torn":       {TearNth: 3},
		"torn, no lengths":       {TearNth: 3, NoLength: true},
		"every second noise":     {GarbageNth: 2},
		"hangs up now and then":  {DropAfter: 8},
		"two frames in a second": {FPS: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, plug := emulated(t)
			set(t, e, k)
			r := start(t, camera.Options{Source: plug.URL()})
			r.ready()
			last := uint64(0)
			for range 5 {
				f := r.next(last)
				last = f.Sequence
				img, err := f.Image()
				if err != nil || img.Bounds().Dx() != 640 {
					t.Fatalf("frame %d: %v", last, err)
				}
			}
			if k.DropAfter == 0 {
				return
			}
			r.lost(fault.Absent)
			r.ready()
			r.next(last)
		})
	}
}

// Faults that end the pictures: the word that is told, and that the camera is
// back when they end.
func TestFaultsAreTold(t *testing.T) {
	small := room()
	small.Width, small.Height = 320, 240
	black := room()
	black.Black = true
	cases := map[string]struct {
		knobs cameratest.Knobs
		scene cameratest.Scene
		lost  []*fault.Word // told as Lost
		fault *fault.Word   // told as Fault
	}{
		"silent after the head":   {knobs: cameratest.Knobs{Stall: true}, lost: []*fault.Word{fault.Timeout}},
		"a byte now and then":     {knobs: cameratest.Knobs{Trickle: true}, lost: []*fault.Word{fault.Timeout}},
		"every frame torn":        {knobs: cameratest.Knobs{TearNth: 1}, lost: []*fault.Word{fault.Line}},
		"only noise":              {knobs: cameratest.Knobs{GarbageNth: 1}, lost: []*fault.Word{fault.Line}},
		"not decodable":           {knobs: cameratest.Knobs{Undecodable: true, Stamped: true}, lost: []*fault.Word{fault.Line}},
		"a gigabyte":              {knobs: cameratest.Knobs{HugePart: true}, lost: []*fault.Word{fault.Line}},
		"a part without end":      {knobs: cameratest.Knobs{Endless: true}, lost: []*fault.Word{fault.Line}},
		"a page":                  {knobs: cameratest.Knobs{WrongType: true}, fault: fault.Unsupported},
		"sent elsewhere":          {knobs: cameratest.Knobs{Redirect: true}, fault: fault.Unsupported},
		"forbidden":               {knobs: cameratest.Knobs{Status: 403}, lost: []*fault.Word{fault.Denied}},
		"another looks already":   {knobs: cameratest.Knobs{Status: 503}, lost: []*fault.Word{fault.Busy}},
		"its own fault":           {knobs: cameratest.Knobs{Status: 500}, fault: fault.Device},
		"too small":               {scene: small, fault: fault.WrongSize},
		"black":                   {scene: black, fault: fault.Black},
		"frozen to the byte":      {knobs: cameratest.Knobs{Freeze: true}, fault: fault.Frozen},
		"frozen, its clock goes":  {knobs: cameratest.Knobs{Freeze: true, Stamped: true}, fault: fault.Frozen},
		"no noise at all, moving": {knobs: cameratest.Knobs{Stamped: true}, scene: cameratest.Scene{Width: 640, Height: 480, Noise: -1}, fault: fault.Frozen},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, plug := emulated(t)
			set(t, e, c.knobs)
			if c.scene.Width > 0 {
				e.Show(c.scene)
			}
			r := start(t, camera.Options{Source: plug.URL()})
			if c.fault != nil {
				r.fault(c.fault)
			} else {
				r.lost(c.lost...)
			}
			if _, ok := r.Latest(); ok {
				t.Error("latest frame in spite of it")
			}
			set(t, e, cameratest.Knobs{})
			e.Show(room())
			r.ready()
			r.next(0)
		})
	}
}

// A camera that was well and falls silent, or changes its size, in mid-stream.
func TestMidStream(t *testing.T) {
	t.Run("falls silent", func(t *testing.T) {
		t.Parallel()
		e, plug := emulated(t)
		r := start(t, camera.Options{Source: plug.URL()})
		r.ready()
		r.next(3)
		set(t, e, cameratest.Knobs{Stall: true})
		began := time.Now()
		r.lost(fault.Timeout)
		if d := time.Since(began); d > limit {
			t.Errorf("noticed after %v", d)
		}
		set(t, e, cameratest.Knobs{})
		r.ready()
	})
	t.Run("another size", func(t *testing.T) {
		t.Parallel()
		e, plug := emulated(t)
		r := start(t, camera.Options{Source: plug.URL()})
		last := r.ready()
		e.Show(cameratest.Scene{Width: 800, Height: 600})
		for last.Width != 800 {
			last = r.ready()
		}
		for {
			if f := r.next(0); f.Width == 800 && f.Height == 600 {
				break
			}
		}
	})
	t.Run("becomes too small", func(t *testing.T) {
		t.Parallel()
		e, plug := emulated(t)
		r := start(t, camera.Options{Source: plug.URL()})
		r.ready()
		e.Show(cameratest.Scene{Width: 320, Height: 240})
		r.fault(fault.WrongSize)
		e.Show(room())
		r.ready()
	})
}

// Nobody at the address, somebody who does not speak HTTP, no address.
func TestWrongAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String() + "/"
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	start(t, camera.Options{Source: address}).lost(fault.Absent)

	talker, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer talker.Close()
	go func() {
		for {
			conn, err := talker.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("SSH-2.0-nothing\r\n"))
			_ = conn.Close()
		}
	}()
	start(t, camera.Options{Source: "http://" + talker.Addr().String() + "/"}).lost(fault.Line, fault.Absent)

	for _, bad := range []string{"", "https://127.0.0.1/", "http://", "rtsp://127.0.0.1/", "http://%zz/"} {
		if _, err := camera.New(camera.Options{Source: bad}); err == nil {
			t.Errorf("source %q is taken", bad)
		}
	}
}
