package sticktest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// The sticks that there are.
const (
	Whole   = "whole"   // in order, and empty when it is new
	Other   = "other"   // another one in order
	Locked  = "locked"  // its switch forbids writing
	Small   = "small"   // so small that it is full with a record or two
	Foreign = "foreign" // with a file system that no box knows
)

// Names are all of them, in the order of the panel.
func Names() []string { return []string{Whole, Other, Small, Locked, Foreign} }

var (
	// ErrNoStick says that there is no such stick.
	ErrNoStick = errors.New("sticktest: no such stick 没有这个 U 盘")
	// ErrHeld says that it is in the port, or mounted still.
	ErrHeld = errors.New("sticktest: the box has not let go of it 终端还没有放开这个 U 盘")
)

// letGo is how long is waited for whoever mounted a stick that was pulled.
const letGo = 10 * time.Second

// Port is the port with its sticks. Make it with New.
type Port struct {
	link, dir string

	mu      sync.Mutex // guards the rest; held while a stick goes in or comes out
	in, dev string     // what is in, and its device
	changed chan struct{}
}

// Able says why this machine cannot play sticks; nil when it can.
func Able() error {
	if os.Geteuid() != 0 {
		return errors.New("it takes root 要用 root 运行")
	}
	for _, name := range []string{"losetup", "mke2fs", "debugfs"} {
		if _, err := tool(name); err != nil {
			return err
		}
	}
	f, err := os.Open("/dev/loop-control")
	if err != nil {
		return err
	}
	return f.Close()
}

// tool finds a program of the system, which may lie where only root's path leads.
func tool(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath(filepath.Join("/usr/sbin", name))
	}
	return path, err
}

func run(ctx context.Context, name string, args ...string) (string, error) {
	path, err := tool(name)
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("sticktest: %s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return strings.TrimSpace(string(out)), nil
}

// New makes the port that link leads to, with the sticks of dir. What an earlier
// program left in it is pulled out.
func New(ctx context.Context, link, dir string) (*Port, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if st, err := os.Lstat(link); err == nil && st.Mode().Type() != fs.ModeSymlink {
		return nil, fmt.Errorf("%s is there and is no link", link)
	}
	p := &Port{link: link, dir: dir, changed: make(chan struct{})}
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, name := range Names() {
		all, err := p.devices(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, dev := range all {
			if _, err := run(ctx, "losetup", "-d", dev); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

func (p *Port) image(name string) string { return filepath.Join(p.dir, name+".img") }

// devices are the loop devices that a stick is on.
func (p *Port) devices(ctx context.Context, name string) ([]string, error) {
	if _, err := os.Stat(p.image(name)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	out, err := run(ctx, "losetup", "-j", p.image(name), "-n", "-O", "NAME")
	return strings.Fields(out), err
}

// free waits until nobody has a stick any more.
func (p *Port) free(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, letGo)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		all, err := p.devices(ctx, name)
		if err == nil && len(all) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ErrHeld
		case <-tick.C:
		}
	}
}

// made makes a stick that there is none of yet.
func (p *Port) made(ctx context.Context, name string) error {
	img := p.image(name)
	if _, err := os.Stat(img); err == nil {
		return nil
	}
	size := int64(64 << 20)
	if name == Small {
		size = 128 << 10
	}
	f, err := os.OpenFile(img, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = f.Truncate(size)
	if name == Foreign {
		_, say := f.WriteAt([]byte("\xeb\x76\x90EXFAT   "), 0)
		_, end := f.WriteAt([]byte{0x55, 0xaa}, 510)
		err = errors.Join(err, say, end)
	}
	if err = errors.Join(err, f.Close()); err == nil && name != Foreign {
		_, err = run(ctx, "mke2fs", "-q", "-F", "-t", map[bool]string{true: "ext2", false: "ext4"}[name == Small], img)
	}
	if err != nil {
		return errors.Join(err, os.Remove(img))
	}
	return nil
}

// Put puts a stick in; what is in comes out first. The end of ctx does not break it
// off: a device would be left that nobody knows. ErrNoStick, ErrHeld.
func (p *Port) Put(ctx context.Context, name string) error {
	if !slices.Contains(Names(), name) {
		return ErrNoStick
	}
	ctx = context.WithoutCancel(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := errors.Join(p.pull(ctx), p.free(ctx, name), p.made(ctx, name)); err != nil {
		return err
	}
	args := []string{"-f", "--show"}
	if name == Locked {
		args = append(args, "-r")
	}
	dev, err := run(ctx, "losetup", append(args, p.image(name))...)
	if err != nil {
		return err
	}
	p.in, p.dev = name, dev
	if err := os.Symlink(dev, p.link); err != nil {
		return errors.Join(err, p.pull(ctx))
	}
	p.tell()
	return nil
}

// Pull pulls out what is in, if anything, also when ctx has ended.
func (p *Port) Pull(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pull(context.WithoutCancel(ctx))
}

func (p *Port) pull(ctx context.Context) error {
	if p.in == "" {
		return nil
	}
	if err := os.Remove(p.link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := run(ctx, "losetup", "-d", p.dev) // goes with the last who has it mounted
	p.in, p.dev = "", ""
	p.tell()
	return err
}

func (p *Port) tell() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// In is what is in, "" for nothing.
func (p *Port) In() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.in
}

// Link is what the box opens.
func (p *Port) Link() string { return p.link }

// Changed is closed when a stick goes in or comes out.
func (p *Port) Changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// Wipe makes a new stick of one. ErrNoStick, ErrHeld.
func (p *Port) Wipe(ctx context.Context, name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.mayOpen(ctx, name); err != nil {
		return err
	}
	if err := os.Remove(p.image(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p.tell()
	return nil
}

// mayOpen reports whether a stick can be opened here: it is not in the port.
func (p *Port) mayOpen(ctx context.Context, name string) error {
	switch {
	case !slices.Contains(Names(), name):
		return ErrNoStick
	case p.in == name:
		return ErrHeld
	}
	return p.free(ctx, name)
}

// File is one file on a stick.
type File struct {
	Name string // with its directories
	Data []byte
}

// Files opens a stick that is not in, as another computer would. ErrNoStick, ErrHeld.
func (p *Port) Files(ctx context.Context, name string) (out []File, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.mayOpen(ctx, name); err != nil || name == Foreign {
		return nil, err
	}
	if err := p.made(ctx, name); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(p.dir, "open-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if _, err := run(ctx, "debugfs", "-R", `rdump / "`+dir+`"`, p.image(name)); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir) // no name on a stick leads out of it
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return out, fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := root.ReadFile(path)
		out = append(out, File{path, data})
		return err
	})
}
