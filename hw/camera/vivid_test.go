package camera_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"zhunkao/hw/camera"
	"zhunkao/hw/fault"
	"zhunkao/hw/guest"
)

// TestVivid runs TestInGuest in a machine whose kernel has vivid cameras.
func TestVivid(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	if inGuest() {
		t.Skip("outside only")
	}
	t.Parallel()
	res := guest.Run(t, guest.Options{
		// One device with a node that captures and one for metadata.
		Modules: []string{"vivid n_devs=1 node_types=0x20001"},
		Binary:  guest.Build(t, "zhunkao/hw/camera"),
		Args:    []string{"-test.v", "-test.run", "^TestInGuest$"},
		Timeout: 5 * time.Minute,
	})
	if res.ExitCode != 0 {
		t.Fatalf("code %d, died %v\n%s\n%s", res.ExitCode, res.Died, res.Output, res.Kernel[max(0, len(res.Kernel)-2000):])
	}
	t.Logf("%v\n%s", res.Took, res.Output)
}

func inGuest() bool { return os.Getenv("GUEST") == "1" }

const (
	node     = "/dev/video0"
	metaNode = "/dev/video1"
)

// vivid acts on the kernel's camera by its controls.
type vivid struct {
	t   *testing.T
	ids map[string]uint32
}

type queryControl struct {
	ID, Type            uint32
	Name                [32]byte
	Min, Max, Step, Def int32
	Flags               uint32
	_                   [2]uint32
}

func (v *vivid) handle(do func(fd int)) {
	v.t.Helper()
	fd, err := unix.Open(node, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		v.t.Fatal(err)
	}
	defer unix.Close(fd)
	do(fd)
}

// learn asks for the controls by name: the numbers are the driver's own.
func (v *vivid) learn() {
	v.ids = map[string]uint32{}
	v.handle(func(fd int) {
		var q queryControl
		for {
			q.ID |= 0x80000000
			if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), 3<<30|unsafe.Sizeof(q)<<16|'V'<<8|36, uintptr(unsafe.Pointer(&q))); e != 0 {
				return
			}
			v.ids[strings.ToLower(string(bytes.TrimRight(q.Name[:], "\x00")))] = q.ID
		}
	})
}

func (v *vivid) set(name string, value int32) {
	v.t.Helper()
	id, ok := v.ids[strings.ToLower(name)]
	if !ok {
		v.t.Fatalf("vivid has no control %q; it has %v", name, v.ids)
	}
	v.handle(func(fd int) {
		c := struct {
			id    uint32
			value int32
		}{id, value}
		if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), 3<<30|unsafe.Sizeof(c)<<16|'V'<<8|28, uintptr(unsafe.Pointer(&c))); e != 0 {
			v.t.Fatalf("control %s: %v", name, e)
		}
	})
}

func (v *vivid) pattern(n int32) {
	v.t.Helper()
	v.set("OSD Text Mode", 2)
	v.set("Test Pattern", n)
}

func (v *vivid) live() { v.pattern(21) } // noise
func (v *vivid) bind(what string) {
	v.t.Helper()
	if err := os.WriteFile("/sys/bus/platform/drivers/vivid/"+what, []byte("vivid.0"), 0); err != nil {
		v.t.Fatal(err)
	}
}

// TestInGuest is what the driver does with a camera of the kernel's.
func TestInGuest(t *testing.T) {
	if !inGuest() {
		t.Skip("runs inside the guest, by TestVivid")
	}
	back = 6 * time.Second // a tenth of a machine
	v := &vivid{t: t}
	v.learn()
	link := filepath.Join(t.TempDir(), "by-path")
	if err := os.Symlink(node, link); err != nil {
		t.Fatal(err)
	}
	step := func(name string, f func(*testing.T)) {
		t.Run(name, func(t *testing.T) {
			v.t = t
			defer func() { v.t = nil }()
			f(t)
		})
	}
	step("conform", func(t *testing.T) {
		conform(t, peer{source: link, width: 640, height: 480, format: camera.FormatYUYV,
			live: v.live, black: func() { v.pattern(5) }, freeze: func() { v.pattern(0) },
			unplug: func() { v.bind("unbind") }, plug: func() { v.bind("bind"); v.live() }})
	})
	open := func(t *testing.T, o camera.Options) *rig {
		v.live()
		if o.Source == "" {
			o.Source = link
		}
		if o.Width == 0 {
			o.Width, o.Height = 640, 480
		}
		return start(t, o)
	}
	step("the metadata node is passed by", func(t *testing.T) {
		r := open(t, camera.Options{Source: metaNode})
		r.ready()
		r.next(0)
	})
	step("the size is the driver's", func(t *testing.T) {
		e := open(t, camera.Options{Width: 1250, Height: 700}).ready()
		if e.Width == 1250 || e.Height == 700 || e.Width < 640 {
			t.Errorf("got %d × %d, want a size vivid has", e.Width, e.Height)
		}
		if e.Name != "vivid" {
			t.Errorf("name: got %q", e.Name)
		}
	})
	step("too small", func(t *testing.T) {
		open(t, camera.Options{Width: 320, Height: 180}).fault(fault.WrongSize)
	})
	step("disconnected by its own control", func(t *testing.T) {
		r := open(t, camera.Options{})
		r.ready()
		v.set("Disconnect", 1)
		r.lost(fault.Absent)
		r.ready() // closing the last descriptor connects it again
		r.next(0)
	})
	step("no frames in time", func(t *testing.T) {
		r := open(t, camera.Options{})
		r.ready()
		v.set("Percentage of Dropped Buffers", 100)
		r.lost(fault.Timeout)
		v.set("Percentage of Dropped Buffers", 0)
		r.ready()
	})
	step("its queue breaks", func(t *testing.T) {
		r := open(t, camera.Options{})
		r.ready()
		v.set("Inject Fatal Streaming Error", 1)
		for {
			switch e := r.event().(type) {
			case camera.Lost, camera.Fault:
				r.ready()
				r.next(0)
				return
			default:
				t.Fatalf("got %T", e)
			}
		}
	})
	step("does not start", func(t *testing.T) {
		v.live()
		v.set("Inject VIDIOC_STREAMON Error", 1)
		r := start(t, camera.Options{Source: link, Width: 640, Height: 480})
		r.fault(fault.Device)
		if n := mapped(t); n > 0 {
			t.Errorf("%d of its buffers are still mapped", n)
		}
		r.ready()
	})
	step("held by another", func(t *testing.T) {
		v.live()
		other, err := webcam.Open(node)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.StartStreaming(); err != nil {
			t.Fatal(err)
		}
		r := start(t, camera.Options{Source: link, Width: 640, Height: 480})
		r.lost(fault.Busy)
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		r.ready()
	})
	step("not left to programs we start", func(t *testing.T) {
		open(t, camera.Options{}).ready()
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, fd := range fds {
			if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); to != node {
				continue
			}
			found = true
			info, err := os.ReadFile("/proc/self/fdinfo/" + fd.Name())
			if err != nil || !strings.Contains(string(info), "flags:\t02") {
				t.Errorf("descriptor without close-on-exec: %v\n%s", err, info)
			}
		}
		if !found {
			t.Error("the camera is not among the open descriptors")
		}
	})
}

// mapped counts the camera's buffers in our memory.
func mapped(t *testing.T) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(maps), node)
}
