package stick_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
	"zhunkao/hw/guest"
	"zhunkao/hw/stick"
)

// patient is how long a test waits for what must come.
const patient = 60 * time.Second

func event(t *testing.T, s *stick.Stick) stick.Event {
	t.Helper()
	select {
	case e := <-s.Events():
		return e
	case <-time.After(patient):
		t.Fatal("no event came")
	}
	return stick.Event{}
}

// image makes a disk image with a file system; without its maker it skips.
func image(t *testing.T, maker string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(maker)
	if err != nil {
		path, err = exec.LookPath(filepath.Join("/usr/sbin", maker))
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	img := filepath.Join(t.TempDir(), "stick.img")
	f, err := os.Create(img)
	if err == nil {
		err = errors.Join(f.Truncate(16<<20), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(path, append(args, img)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", maker, err, out)
	}
	return img
}

// loop makes a block device of an image, or skips: that takes root.
func loop(t *testing.T, img string) string {
	t.Helper()
	out, err := exec.Command("losetup", "-f", "--show", img).Output()
	if err != nil {
		t.Skipf("no loop device can be had (%v): sticks are tried in the guest alone", err)
	}
	dev := strings.TrimSpace(string(out))
	t.Cleanup(func() { _ = exec.Command("losetup", "-d", dev).Run() })
	return dev
}

func run(t *testing.T, o stick.Options) (s *stick.Stick, stop func()) {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	s, err := stick.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run ended with %v", err)
		}
	}
	t.Cleanup(stop)
	return s, stop
}

// mounted tells how dir is mounted, "" when it is not.
func mounted(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); f[1] == dir {
			return f[2] + " " + f[3]
		}
	}
	return ""
}

// A stick is a link that comes to lead to a disk, as udev makes it.
func TestLoop(t *testing.T) {
	img := image(t, "mke2fs", "-q", "-t", "ext4", "-F")
	dev := loop(t, img)
	dir := t.TempDir()
	port, at := filepath.Join(dir, "port"), filepath.Join(dir, "mnt")
	s, stop := run(t, stick.Options{Device: port, Mount: at})
	if e := event(t, s); e != (stick.Event{}) {
		t.Fatalf("without a stick: %+v", e)
	}
	plug := func(to string) stick.Event {
		t.Helper()
		if err := os.Symlink(to, port); err != nil {
			t.Fatal(err)
		}
		return event(t, s)
	}
	pull := func() {
		t.Helper()
		if err := os.Remove(port); err != nil {
			t.Fatal(err)
		}
		if e := event(t, s); e != (stick.Event{}) || mounted(t, at) != "" {
			t.Fatalf("pulled out: %+v, %q", e, mounted(t, at))
		}
	}
	e := plug(dev)
	if errors.Is(e.Fault, fault.Denied) {
		t.Skipf("not allowed to mount: %v", e.Fault)
	}
	if e.Dir != at || e.Fault != nil {
		t.Fatalf("plugged in: %+v", e)
	}
	for _, want := range []string{"ext4 ", "nosuid", "nodev", "noexec", "rw,"} {
		if how := mounted(t, at); !strings.Contains(how, want) {
			t.Errorf("mounted %q, without %q", how, want)
		}
	}
	kept, err := os.Create(filepath.Join(at, "kept"))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close() // who has it open keeps nobody out
	pull()
	if e := plug(dev); e.Dir != at {
		t.Fatalf("once more: %+v", e)
	}
	if _, err := os.Stat(filepath.Join(at, "kept")); err != nil {
		t.Error(err)
	}
	pull()

	// What is no stick.
	if e := plug(filepath.Join(dir, "mnt")); e.Dir != "" || e.Fault == nil {
		t.Errorf("a directory: %+v", e)
	}
	pull()
	if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	if e := plug(filepath.Join(dir, "fifo")); !errors.Is(e.Fault, fault.Unsupported) {
		t.Errorf("a pipe: %+v", e)
	}
	pull()
	if err := os.WriteFile(img, make([]byte, 16<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	bare := loop(t, img)
	if e := plug(bare); !errors.Is(e.Fault, fault.Unsupported) {
		t.Errorf("a stick without a file system: %+v", e)
	}
	pull()
	stop()
	if mounted(t, at) != "" {
		t.Error("still mounted at the end")
	}
}

// What was left mounted by a program that was killed is taken off, and a stick
// that is there from the beginning is mounted.
func TestLoopAfterAKill(t *testing.T) {
	dev := loop(t, image(t, "mke2fs", "-q", "-t", "ext4", "-F"))
	at := filepath.Join(t.TempDir(), "mnt")
	if err := os.Mkdir(at, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount(dev, at, "ext4", 0, ""); err != nil {
		t.Skipf("not allowed to mount: %v", err)
	}
	s, stop := run(t, stick.Options{Device: dev, Mount: at})
	if e := event(t, s); e.Dir != at || !strings.Contains(mounted(t, at), "noexec") {
		t.Errorf("found mounted: %+v, %q", e, mounted(t, at))
	}
	stop()
}

// The switch of the stick.
func TestLoopReadOnly(t *testing.T) {
	img := image(t, "mke2fs", "-q", "-t", "ext4", "-F")
	out, err := exec.Command("losetup", "-r", "-f", "--show", img).Output()
	if err != nil {
		t.Skipf("no loop device can be had: %v", err)
	}
	dev := strings.TrimSpace(string(out))
	defer func() { _ = exec.Command("losetup", "-d", dev).Run() }()
	s, stop := run(t, stick.Options{Device: dev, Mount: filepath.Join(t.TempDir(), "mnt")})
	if e := event(t, s); !errors.Is(e.Fault, stick.ErrReadOnly) && !errors.Is(e.Fault, fault.Denied) {
		t.Errorf("a stick that cannot be written to: %+v", e)
	}
	stop()
}

// The kernel's own USB storage: a gadget on dummy_hcd, vfat in a partition of it.
func TestKernelUSB(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	if os.Getenv("GUEST") == "1" {
		t.Skip("outside only")
	}
	ext := image(t, "mke2fs", "-q", "-t", "ext2", "-F")
	res := guest.Run(t, guest.Options{
		Modules: []string{"dummy_hcd", "usb_f_mass_storage", "libcomposite", "usb-storage", "sd_mod", "vfat", "nls_cp437", "nls_ascii", "nls_iso8859-1", "nls_utf8", "ext4", "crc32c_generic"},
		Binary:  guest.Build(t, "zhunkao/hw/stick"), Args: []string{"-test.v", "-test.run", "^TestInGuest$"},
		Files:   map[string]string{"/data/ext.img": ext},
		Timeout: 5 * time.Minute,
	})
	if res.Died || res.ExitCode != 0 {
		t.Errorf("died %v, code %d\n%s\n%s", res.Died, res.ExitCode, res.Output, res.Kernel)
	}
	t.Logf("took %v", res.Took)
}
