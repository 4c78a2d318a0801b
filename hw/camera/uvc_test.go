package camera_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/blackjack/webcam"

	"zhunkao/hw/camera"
	"zhunkao/hw/cameratest"
	"zhunkao/hw/fault"
	"zhunkao/hw/guest"
)

// TestUVC runs TestUVCInGuest in a machine whose kernel drives a USB webcam of
// ours with its own driver: MJPG through uvcvideo, as a box receives it.
func TestUVC(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	if inGuest() {
		t.Skip("outside only")
	}
	t.Parallel()
	files := map[string]string{"/bin/hwcheck": guest.BuildProgram(t, "zhunkao/hw/cmd/hwcheck")}
	dir := t.TempDir()
	// Drawn here, where it is quick.
	near := cameratest.Portrait(31)
	near.Width, near.Height, near.People[0].Eyes = 640, 480, 128
	for name, s := range map[string]cameratest.Scene{"room": room(), "covered": {Width: 640, Height: 480, Black: true}, "portrait": near, "wide": {}} {
		for i := range shots {
			var b bytes.Buffer
			if err := jpeg.Encode(&b, cameratest.Draw(s, uint64(i)), &jpeg.Options{Quality: 85}); err != nil {
				t.Fatal(err)
			}
			file := fmt.Sprintf("%s%d.jpg", name, i)
			files["/data/"+file] = filepath.Join(dir, file)
			if err := os.WriteFile(filepath.Join(dir, file), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	res := guest.Run(t, guest.Options{
		Modules: []string{"vhci-hcd", "uvcvideo"},
		Binary:  guest.Build(t, "zhunkao/hw/camera"),
		Args:    []string{"-test.v", "-test.run", "^TestUVCInGuest$"},
		Files:   files,
		Timeout: 5 * time.Minute,
	})
	if res.ExitCode != 0 {
		t.Fatalf("code %d, died %v\n%s\n%s", res.ExitCode, res.Died, res.Output, res.Kernel[max(0, len(res.Kernel)-4000):])
	}
	t.Logf("%v\n%s", res.Took, res.Output)
}

// shots is how many pictures of a scene differ in their noise. No divisor of
// fifteen: who looks once a second would always see the same one, and call the
// camera frozen.
const shots = 7

// film gives the pictures of a scene.
func film(t *testing.T, name string) (all [][]byte) {
	t.Helper()
	for i := range shots {
		b, err := os.ReadFile(fmt.Sprintf("/data/%s%d.jpg", name, i))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// plain leaves the Huffman tables out of pictures, as most webcams do.
func plain(pictures [][]byte) (all [][]byte) {
	for _, b := range pictures {
		// Go's encoder writes one segment with all tables, the last before the scan.
		from, to := bytes.Index(b, []byte{0xFF, 0xC4}), bytes.Index(b, []byte{0xFF, 0xDA})
		all = append(all, slices.Concat(b[:from], b[to:]))
	}
	return all
}

// torn gives only the first part of a picture.
func torn(b []byte) []byte { return b[:len(b)*2/3] }

// socket is where the camera is plugged in, and what udev does there.
type socket struct {
	t       *testing.T
	dev     *usbCamera
	cable   *cable
	capture string // a link, as in /dev/v4l/by-path
	meta    string
}

// nodes finds the camera's nodes.
func (s *socket) nodes() (capture, meta string) {
	s.t.Helper()
	const class = "/sys/class/video4linux"
	list, err := os.ReadDir(class)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range list {
		index, err := os.ReadFile(filepath.Join(class, e.Name(), "index"))
		dev := filepath.Join("/dev", e.Name())
		if _, none := os.Stat(dev); err != nil || none != nil {
			continue // it goes just now
		}
		if strings.TrimSpace(string(index)) == "0" {
			capture = dev
		} else {
			meta = dev
		}
	}
	return capture, meta
}

func (s *socket) plug() {
	s.t.Helper()
	s.cable = plugIn(s.t, s.dev)
	await(s.t, "the kernel has the camera", func() bool {
		c, m := s.nodes()
		return c != "" && m != ""
	})
	c, m := s.nodes()
	for link, to := range map[string]string{s.capture: c, s.meta: m} {
		if err := os.Symlink(to, link+".new"); err != nil {
			s.t.Fatal(err)
		}
		if err := os.Rename(link+".new", link); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *socket) unplug() {
	s.t.Helper()
	if err := s.cable.pull(); err != nil {
		s.t.Errorf("while it was plugged in: %v", err)
	}
	await(s.t, "the kernel misses the camera", func() bool {
		c, m := s.nodes()
		return c == "" && m == ""
	})
	for _, link := range []string{s.capture, s.meta} {
		if err := os.Remove(link); err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestUVCInGuest is what the driver does with a USB webcam.
func TestUVCInGuest(t *testing.T) {
	if !inGuest() {
		t.Skip("runs inside the guest, by TestUVC")
	}
	back = 8 * time.Second // a tenth of a machine, which looks at a new device first
	dir := t.TempDir()
	s := &socket{t: t, dev: &usbCamera{}, capture: filepath.Join(dir, "by-path-index0"), meta: filepath.Join(dir, "by-path-index1")}
	pictures, covered := film(t, "room"), film(t, "covered")
	bare := plain(pictures)
	s.plug()
	defer func() { s.t = t; s.unplug() }()
	step := func(name string, f func(*testing.T)) {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.dev.show(t, bare...)
			f(t)
		})
	}
	open := func(t *testing.T, o camera.Options) *rig {
		if o.Source == "" {
			o.Source = s.capture
		}
		if o.Width == 0 {
			o.Width, o.Height = 640, 480
		}
		return start(t, o)
	}
	step("conform", func(t *testing.T) {
		conform(t, peer{source: s.capture, width: 640, height: 480, format: camera.FormatJPEG,
			live: func() { s.dev.show(t, bare...) }, black: func() { s.dev.show(t, plain(covered)...) },
			freeze: func() { s.dev.show(t, bare[0]) }, unplug: s.unplug, plug: s.plug})
	})
	step("what was agreed on", func(t *testing.T) {
		if e := open(t, camera.Options{}).ready(); e.Name != deviceName {
			t.Errorf("name: got %q, want %q", e.Name, deviceName)
		}
		// YUYV of this size comes first in the camera's list.
		got, lamps, _ := s.dev.state()
		if want := (agreement{format: formatMJPG, frame: vga, interval: fps15}); got != want || lamps != 1 {
			t.Errorf("got %+v and lamps %d, want %+v and lamps 1, 50 Hz", got, lamps, want)
		}
	})
	step("with Huffman tables", func(t *testing.T) {
		r := open(t, camera.Options{})
		s.dev.show(t, pictures...)
		r.ready()
		whole(t, r)
	})
	step("every other frame torn", func(t *testing.T) {
		s.dev.show(t, bare[0], torn(bare[1]), bare[2], torn(pictures[3]), bare[4], pictures[1][:700])
		r := open(t, camera.Options{})
		r.ready()
		whole(t, r)
	})
	step("nothing but torn frames", func(t *testing.T) {
		r := open(t, camera.Options{})
		r.ready()
		s.dev.show(t, torn(bare[0]), torn(bare[1]))
		r.lost(fault.Line)
		if _, err := r.Take(t.Context(), profile(t, "ga461")); fault.ClassOf(err) != fault.ClassLine {
			t.Errorf("take: got %v, want a fault of the line", err)
		}
		s.dev.show(t, bare...)
		r.ready()
		whole(t, r)
	})
	step("nothing but frames marked as damaged", func(t *testing.T) {
		r := open(t, camera.Options{})
		r.ready()
		s.dev.see(t, view{data: bare[0], damaged: true}, view{data: bare[1], damaged: true})
		r.lost(fault.Timeout) // the kernel keeps them back
		s.dev.show(t, bare...)
		r.ready()
	})
	step("the size is the camera's", func(t *testing.T) {
		s.dev.show(t, plain(film(t, "wide"))...)
		// Its largest, and raw it has only a smaller one.
		if e := open(t, camera.Options{Width: 1920, Height: 1080}).ready(); e.Width != 1280 || e.Height != 720 || e.Format != camera.FormatJPEG {
			t.Errorf("got %v %d × %d", e.Format, e.Width, e.Height)
		}
	})
	step("the metadata node is passed by", func(t *testing.T) {
		r := open(t, camera.Options{Source: s.meta})
		r.ready()
		r.next(0)
	})
	step("plugged in again before anybody looked", func(t *testing.T) {
		r := open(t, camera.Options{})
		r.ready()
		s.unplug()
		s.plug()
		r.lost(fault.Absent)
		r.ready()
		whole(t, r)
	})
	step("held by another", func(t *testing.T) {
		other, err := webcam.Open(s.capture)
		if err != nil {
			t.Fatal(err)
		}
		if err := other.StartStreaming(); err != nil {
			t.Fatal(err)
		}
		r := open(t, camera.Options{})
		r.lost(fault.Busy)
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		r.ready()
	})
	step("hwcheck takes a portrait", func(t *testing.T) {
		s.dev.show(t, plain(film(t, "portrait"))...)
		cmd := exec.CommandContext(t.Context(), "/bin/hwcheck", "camera", "--source", s.capture, "--size", "640x480", "--json", "--timeout", "60s")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s\n%s", err, errs.String(), out)
		}
		var got struct {
			Device, Format       string
			Width, Height, Faces int
			OK                   bool
			Photo                *struct{ Accepted bool }
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		if got.Device != deviceName || got.Format != "MJPG" || got.Width != 640 || got.Height != 480 || got.Faces != 1 || !got.OK || got.Photo == nil || !got.Photo.Accepted {
			t.Errorf("got %s", out)
		}
	})
}

// whole takes some frames, each of which must be a sound picture.
func whole(t *testing.T, r *rig) {
	t.Helper()
	last := uint64(0)
	for range 6 {
		f := r.next(last)
		last = f.Sequence
		b, err := f.JPEG()
		if err != nil {
			t.Fatal(err)
		}
		if img, err := jpeg.Decode(bytes.NewReader(b)); err != nil || img.Bounds().Dx() != 640 || img.Bounds().Dy() != 480 {
			t.Fatalf("frame %d: %v", f.Sequence, err)
		}
	}
}
