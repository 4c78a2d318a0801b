package usb_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/usb"
)

// tree is a made sysfs with a reader at 1-1.2 behind a hub at 1-1, a serial
// port of the board, and a node of each.
type tree struct {
	t        *testing.T
	sys, dev string
	reader   string // its directory
	port     usb.Port
}

func grow(t *testing.T) *tree {
	t.Helper()
	root := t.TempDir()
	x := &tree{t: t, sys: filepath.Join(root, "sys"), dev: filepath.Join(root, "dev")}
	hub := filepath.Join(x.sys, "devices/platform/soc/usb1/1-1")
	x.reader = filepath.Join(hub, "1-1.2")
	for _, f := range []string{"devices/platform/soc/usb1/idVendor", "devices/platform/soc/usb1/1-1/idVendor",
		"devices/platform/soc/usb1/1-1/1-1.2/idVendor", "devices/platform/soc/usb1/1-1/1-1.2/authorized",
		"devices/platform/soc/usb1/1-1/1-1.2/1-1.2:1.0/ttyUSB0/tty/ttyUSB0/dev",
		"devices/platform/soc/serial/tty/ttyS1/dev", "bus/usb/drivers/usb/bind", "bus/usb/drivers/usb/unbind"} {
		x.write(filepath.Join(x.sys, f), "")
	}
	x.link("../../devices/platform/soc/usb1/1-1/1-1.2/1-1.2:1.0/ttyUSB0/tty/ttyUSB0", filepath.Join(x.sys, "class/tty/ttyUSB0"))
	x.link("../../devices/platform/soc/serial/tty/ttyS1", filepath.Join(x.sys, "class/tty/ttyS1"))
	x.write(filepath.Join(x.dev, "ttyUSB0"), "")
	x.write(filepath.Join(x.dev, "ttyS1"), "")
	x.link("../../ttyUSB0", filepath.Join(x.dev, "serial/by-path/platform-soc-usb-0:1.2:1.0-port0"))
	x.port = usb.Port{Path: filepath.Join(x.dev, "serial/by-path/platform-soc-usb-0:1.2:1.0-port0"), Sys: x.sys}
	return x
}

func (x *tree) write(path, what string) {
	x.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(what), 0o644)); err != nil {
		x.t.Fatal(err)
	}
}

func (x *tree) link(to, from string) {
	x.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(from), 0o755), os.Symlink(to, from)); err != nil {
		x.t.Fatal(err)
	}
}

func (x *tree) says(file string) string {
	x.t.Helper()
	b, err := os.ReadFile(filepath.Join(x.sys, file))
	if err != nil {
		x.t.Fatal(err)
	}
	return string(b)
}

func (x *tree) remove(file string) {
	x.t.Helper()
	if err := os.RemoveAll(filepath.Join(x.sys, file)); err != nil {
		x.t.Fatal(err)
	}
}

func TestCycle(t *testing.T) {
	t.Parallel()
	x := grow(t)
	if dir, err := x.port.Device(); err != nil || dir != x.reader {
		t.Fatalf("device %s, %v; want %s", dir, err, x.reader)
	}
	began := time.Now()
	if err := x.port.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("it was off for %s only", took)
	}
	if got := x.says("bus/usb/drivers/usb/unbind") + " " + x.says("bus/usb/drivers/usb/bind"); got != "1-1.2 1-1.2" {
		t.Errorf("unbind and bind were told %q", got)
	}
	if got := x.says("devices/platform/soc/usb1/1-1/1-1.2/authorized"); got != "" {
		t.Errorf("authorized was told %q as well", got)
	}
}

// Without the driver's door the device's own switch does.
func TestCycleByAuthorized(t *testing.T) {
	t.Parallel()
	x := grow(t)
	x.remove("bus/usb/drivers/usb/unbind")
	switched := make(chan string, 1)
	go func() {
		file := filepath.Join(x.reader, "authorized")
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if b, err := os.ReadFile(file); err == nil && string(b) == "0" {
				switched <- "0"
				return
			}
		}
		switched <- "never"
	}()
	if err := x.port.Cycle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-switched + x.says("devices/platform/soc/usb1/1-1/1-1.2/authorized"); got != "01" {
		t.Errorf("authorized was told %q, want 0 and then 1", got)
	}
}

// Whoever ends the program in between leaves the reader on.
func TestCycleIsFinished(t *testing.T) {
	t.Parallel()
	x := grow(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := x.port.Cycle(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
	if x.says("bus/usb/drivers/usb/bind") != "1-1.2" {
		t.Error("the reader was left off")
	}
	cancel()
	x.write(filepath.Join(x.sys, "bus/usb/drivers/usb/unbind"), "")
	if err := x.port.Cycle(ctx); err == nil || x.says("bus/usb/drivers/usb/unbind") != "" {
		t.Errorf("begun after the end: %v", err)
	}
}

func TestCycleRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(x *tree)
		want  *fault.Word
	}{
		"a serial port of the board": {func(x *tree) { x.port.Path = filepath.Join(x.dev, "ttyS1") }, fault.Unsupported},
		"a pseudo-terminal":          {func(x *tree) { x.write(filepath.Join(x.dev, "pts/4"), ""); x.port.Path = filepath.Join(x.dev, "pts/4") }, fault.Unsupported},
		"no node":                    {func(x *tree) { x.port.Path = filepath.Join(x.dev, "ttyUSB7") }, fault.Absent},
		"only the root hub": {func(x *tree) {
			x.remove("devices/platform/soc/usb1/1-1/1-1.2/idVendor")
			x.remove("devices/platform/soc/usb1/1-1/idVendor")
		}, fault.Unsupported},
		"no switch": {func(x *tree) {
			x.remove("bus/usb/drivers/usb/unbind")
			x.remove("devices/platform/soc/usb1/1-1/1-1.2/authorized")
		}, fault.Absent},
		"unplugged while it is off": {func(x *tree) { x.remove("bus/usb/drivers/usb/bind") }, fault.Absent},
		"the kernel does not take it back": {func(x *tree) {
			x.remove("bus/usb/drivers/usb/bind")
			if err := os.Mkdir(filepath.Join(x.sys, "bus/usb/drivers/usb/bind"), 0o755); err != nil {
				x.t.Fatal(err)
			}
		}, fault.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := grow(t)
			tc.spoil(x)
			err := x.port.Cycle(t.Context())
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than one line", err)
			}
		})
	}
}

// Root is denied nothing in a made tree, so the words are asked by themselves.
func TestWords(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want *fault.Word
	}{
		{&os.PathError{Op: "open", Path: "unbind", Err: syscall.EACCES}, fault.Denied},
		{fmt.Errorf("%w; %w", &os.PathError{Err: syscall.ENOENT}, &os.PathError{Err: syscall.EPERM}), fault.Denied},
		{&os.PathError{Err: syscall.EROFS}, fault.Denied},
		{&os.PathError{Err: syscall.ENODEV}, fault.Absent},
		{&os.PathError{Err: syscall.EIO}, fault.Unsupported},
	} {
		if got := usb.Switched(tc.err); !errors.Is(got, tc.want) || !errors.Is(got, tc.err) {
			t.Errorf("%v: got %v, want %v", tc.err, got, tc.want)
		}
	}
}
