package usb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"zhunkao/hw/fault"
)

// Port is a device node whose USB device can be switched. Sys is the root of
// sysfs, "/sys" when empty.
type Port struct {
	Path string // of the node, or of a link that leads to it
	Sys  string
}

const (
	offTime = 1500 * time.Millisecond // a module forgets its state in one
	backIn  = 3 * time.Second         // how long the kernel is asked to take it back
	askPast = 100 * time.Millisecond
)

// deviceName is a device's name in sysfs: bus, then ports from hub to hub. A
// root hub is called usb1, an interface 1-2:1.0.
var deviceName = regexp.MustCompile(`^[0-9]+-[0-9]+(\.[0-9]+)*$`)

func (p Port) sys(name ...string) string {
	root := p.Sys
	if root == "" {
		root = "/sys"
	}
	return filepath.Join(append([]string{root}, name...)...)
}

// Device finds the directory of the USB device that the node belongs to, and
// may be called only while the node is there. Errors: fault.Absent,
// fault.Unsupported.
func (p Port) Device() (string, error) {
	op := "find the USB device of " + p.Path
	node, err := filepath.EvalSymlinks(p.Path)
	if err != nil {
		return "", fault.New(fault.Absent, op, "", err)
	}
	found, err := filepath.Glob(p.sys("class", "*", filepath.Base(node)))
	if err != nil || len(found) == 0 {
		return "", fault.New(fault.Unsupported, op, "no class of devices knows it", err)
	}
	root, err := filepath.EvalSymlinks(p.sys("devices"))
	if err != nil {
		return "", fault.New(fault.Unsupported, op, "no sysfs", err)
	}
	for _, f := range found {
		dir, err := filepath.EvalSymlinks(f)
		if err != nil {
			continue // gone meanwhile
		}
		for ; strings.HasPrefix(dir, root+string(filepath.Separator)); dir = filepath.Dir(dir) {
			if !deviceName.MatchString(filepath.Base(dir)) {
				continue
			}
			if _, err := os.Stat(filepath.Join(dir, "idVendor")); err == nil {
				return dir, nil
			}
		}
	}
	return "", fault.New(fault.Unsupported, op, "it is not on USB", nil)
}

// Cycle takes the device off the bus and puts it back. It takes some two
// seconds and returns before the node is there again. Errors: those of Device,
// fault.Denied, fault.Timeout, or ctx's, with the device put back.
func (p Port) Cycle(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir, err := p.Device()
	if err != nil {
		return err
	}
	name := filepath.Base(dir)
	driver := p.sys("bus", "usb", "drivers", "usb")
	off := func() error { return tell(filepath.Join(driver, "unbind"), name) }
	on := func() error { return tell(filepath.Join(driver, "bind"), name) }
	if err := off(); err != nil {
		// The other door: the device's own switch.
		unbind := err
		off = func() error { return tell(filepath.Join(dir, "authorized"), "0") }
		on = func() error { return tell(filepath.Join(dir, "authorized"), "1") }
		if err := off(); err != nil {
			return switched("switch off "+name, fmt.Errorf("%w; %w", unbind, err))
		}
	}
	wait(ctx, offTime)
	// From here on the caller's end no longer counts: it must be on again.
	again, cancel := context.WithTimeout(context.WithoutCancel(ctx), backIn)
	defer cancel()
	for err = on(); err != nil && again.Err() == nil; err = on() {
		if errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Absent, "switch on "+name, "it was unplugged meanwhile", err)
		}
		wait(again, askPast)
	}
	if err != nil {
		return fault.New(fault.Timeout, "switch on "+name, "it stays off until it is plugged in again", err)
	}
	return ctx.Err()
}

// tell writes a word into a file of sysfs, which must be there already.
func tell(file, word string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(word)
	if errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.EALREADY) {
		err = nil // it is in that state
	}
	if end := f.Close(); err == nil {
		err = end
	}
	return err
}

func switched(op string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Denied, op, "", err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENODEV):
		return fault.New(fault.Absent, op, "", err)
	}
	return fault.New(fault.Unsupported, op, "", err)
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
