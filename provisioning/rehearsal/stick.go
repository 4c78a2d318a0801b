package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/provisioning/enrol"
)

// stick is the USB stick of a box: an image behind a loop device, and the link by
// which udev would name the port.
type stick struct{ device, port, mount string }

// GiveStick makes a stick for a stopped box and tells the box its port; it is not
// plugged in. It needs the right to make loop devices and to mount.
func (p *Province) GiveStick(ctx context.Context, name string) error {
	b, ok := p.boxes[name]
	if !ok {
		return fmt.Errorf("no box %s", name)
	}
	img := p.in("stick-" + name + ".img")
	f, err := os.Create(img)
	if err == nil {
		err = errors.Join(f.Truncate(512<<20), f.Close())
	}
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "mke2fs", "-q", "-t", "ext4", "-F", img).CombinedOutput(); err != nil {
		return fmt.Errorf("mke2fs: %w\n%s", err, out)
	}
	out, err := exec.CommandContext(ctx, "losetup", "-f", "--show", img).Output()
	if err != nil {
		return fmt.Errorf("losetup: %w", err)
	}
	b.stick = &stick{device: strings.TrimSpace(string(out)), port: p.in("port-" + name), mount: p.in("stick-" + name)}
	b.run.args = append([]string{"run", "--stick", b.stick.port, "--stick-mount", b.stick.mount}, b.run.args[1:]...)
	return nil
}

// Plug puts the stick in.
func (b *Box) Plug() error { return os.Symlink(b.stick.device, b.stick.port) }

// Pull pulls it out. A box that was killed leaves it mounted; one that works
// takes it off by itself.
func (b *Box) Pull() error {
	err := os.Remove(b.stick.port)
	for unix.Unmount(b.stick.mount, unix.MNT_DETACH) == nil {
		continue
	}
	return err
}

// HasOnStick waits until the stick that is in holds n whole records.
func (b *Box) HasOnStick(ctx context.Context, n int) error {
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for {
		got, err := recordsIn(filepath.Join(b.stick.mount, protocol.StickDir))
		if err == nil && got == n {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the stick of box %s holds %d records, want %d: %w", b.Name, got, n, errors.Join(err, ctx.Err()))
		case <-t.C:
		}
	}
}

func recordsIn(dir string) (n int, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s, err := protocol.NewStickReader(bytes.NewReader(raw))
		for err == nil {
			var r protocol.StickRecord
			if r, err = s.Next(); err == nil && r.Whole {
				n++
			}
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return err
	})
	return n, err
}

// Import has hubctl read the stick that was pulled out, mounted as an office
// would, for reading.
func (p *Province) Import(ctx context.Context, name string) (out string, err error) {
	b, ok := p.boxes[name]
	if !ok || b.stick == nil {
		return "", fmt.Errorf("no stick of box %s", name)
	}
	at := p.in("office-" + name)
	if err := os.MkdirAll(at, 0o700); err != nil {
		return "", err
	}
	// The box lets go of a stick a moment after it was pulled out; an office is
	// further away than that.
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for {
		err := unix.Mount(b.stick.device, at, "ext4", unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EBUSY) {
			return "", fmt.Errorf("mount the stick at the office: %w", err)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("the box does not let go of the stick: %w", ctx.Err())
		case <-t.C:
		}
	}
	defer func() { err = errors.Join(err, unix.Unmount(at, 0)) }()
	cmd := exec.CommandContext(ctx, filepath.Join(p.Bin, "hubctl"), "--data", p.asked().data, "--lang", "en", "import-stick", at)
	cmd.Env = append(os.Environ(), p.Env()...)
	said, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("import-stick: %w\n%s", err, said)
	}
	return string(said), nil
}

// LoseDisk is the death of the stopped box's disk: nothing of it is left.
func (b *Box) LoseDisk() error {
	if b.run.running() {
		return fmt.Errorf("stop box %s before its disk dies", b.Name)
	}
	return os.RemoveAll(b.Data)
}

// NewDisk gives a box whose disk died an empty one, and enrols it again as id.
func (p *Province) NewDisk(ctx context.Context, name, id string) error {
	b, ok := p.boxes[name]
	if !ok {
		return fmt.Errorf("no box %s", name)
	}
	if err := store.Create(b.Data, store.Options{Demo: true}); err != nil {
		return err
	}
	o := p.enrolment(b.Data, b.point)
	o.Box = id
	return enrol.Drive(ctx, o)
}

// close takes the stick off for good.
func (s *stick) close() error {
	if s == nil {
		return nil
	}
	for unix.Unmount(s.mount, unix.MNT_DETACH) == nil {
		continue
	}
	return exec.Command("losetup", "-d", s.device).Run()
}
