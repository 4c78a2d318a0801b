package ptytest_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"zhunkao/hw/ptytest"
)

var errTorn = errors.New("torn")

// parrot answers each byte with the next one, and counts.
type parrot struct{ powered, changed int }

func (p *parrot) device() ptytest.Device {
	return ptytest.Device{
		PowerOn: func() { p.powered++ },
		Changed: func() { p.changed++ },
		Serve: func(ctx context.Context, line *ptytest.Line) error {
			defer context.AfterFunc(ctx, func() { _ = line.Close() })()
			for b := make([]byte, 1); ; {
				if _, err := line.Read(b); err != nil {
					return errTorn
				}
				b[0]++
				if _, err := line.Write(b); err != nil {
					return errTorn
				}
			}
		},
	}
}

func TestPluggedAndPulled(t *testing.T) {
	var bird parrot
	p := ptytest.New(bird.device(), filepath.Join(t.TempDir(), "sub", "port"))
	for round := 1; round <= 2; round++ {
		for range 2 { // the second does nothing
			if err := p.Plug(); err != nil {
				t.Fatal(err)
			}
		}
		if !p.In() || bird.powered != round || bird.changed != 2*round-1 {
			t.Fatalf("plugged in: In %v, powered %d times, told %d times", p.In(), bird.powered, bird.changed)
		}
		host, err := os.OpenFile(p.Link(), os.O_RDWR|unix.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		// 3 would end a program and 12 become 10 if the line were not raw.
		for _, b := range []byte{2, 12, 254} {
			if _, err := host.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, 1)
			if _, err := io.ReadFull(host, got); err != nil || got[0] != b+1 {
				t.Fatalf("%d came back as %d, %v", b, got[0], err)
			}
		}
		if err := p.Unplug(); !errors.Is(err, errTorn) {
			t.Errorf("Unplug does not tell how it ended: %v", err)
		}
		if err := p.Unplug(); err != nil {
			t.Errorf("pulled twice: %v", err)
		}
		if n, err := host.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("after pulling: read %d, %v", n, err)
		}
		if _, err := os.Lstat(p.Link()); !errors.Is(err, os.ErrNotExist) || p.In() || bird.changed != 2*round {
			t.Errorf("after pulling: link %v, In %v, told %d times", err, p.In(), bird.changed)
		}
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyALinkIsReplaced(t *testing.T) {
	dir := t.TempDir()
	file, stale := filepath.Join(dir, "file"), filepath.Join(dir, "stale")
	if err := os.WriteFile(file, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/pts/none", stale); err != nil {
		t.Fatal(err)
	}
	var bird parrot
	p := ptytest.New(bird.device(), file)
	if err := p.Plug(); err == nil || p.In() || bird.powered != 0 {
		t.Errorf("a file was taken for a link: %v", err)
	}
	if b, err := os.ReadFile(file); string(b) != "kept" {
		t.Errorf("the file: %q, %v", b, err)
	}
	q := ptytest.New(bird.device(), stale)
	if err := q.Plug(); err != nil {
		t.Errorf("a link left behind: %v", err)
	}
	if err := q.Unplug(); !errors.Is(err, errTorn) {
		t.Error(err)
	}
}

// TestHostBaud: the device hears the driver's speed, and a driver that was
// killed does not keep the next one out.
func TestHostBaud(t *testing.T) {
	lines := make(chan *ptytest.Line, 1)
	p := ptytest.New(ptytest.Device{PowerOn: func() {}, Changed: func() {},
		Serve: func(ctx context.Context, line *ptytest.Line) error {
			lines <- line
			<-ctx.Done()
			return line.Close()
		}}, filepath.Join(t.TempDir(), "port"))
	if err := p.Plug(); err != nil {
		t.Fatal(err)
	}
	line := <-lines
	for want, rate := range map[int]uint32{57600: unix.B57600, 9600: unix.B9600, 0: unix.B300} {
		host, err := os.OpenFile(p.Link(), os.O_RDWR|unix.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		fd := int(host.Fd())
		mode, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		mode.Cflag = mode.Cflag&^unix.CBAUD | rate
		if err := errors.Join(unix.IoctlSetTermios(fd, unix.TCSETS, mode), unix.IoctlSetInt(fd, unix.TIOCEXCL, 0)); err != nil {
			t.Fatal(err)
		}
		if got := line.HostBaud(); got != want {
			t.Errorf("HostBaud: %d, the driver has set %d", got, want)
		}
		if held, err := unix.IoctlGetInt(fd, unix.TIOCGEXCL); err != nil || held != 0 {
			t.Errorf("exclusive use: %d, %v", held, err)
		}
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := p.Unplug(); err != nil {
		t.Error(err)
	}
}
