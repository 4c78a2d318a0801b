package stick

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
	"zhunkao/hw/hotplug"
)

// ErrReadOnly says that a stick takes no writing.
var ErrReadOnly = errors.New("stick: it cannot be written to")

// Options say where sticks come and where they are mounted.
type Options struct {
	// Device is the path of the port's disk. Required.
	Device string
	// Mount is the directory to mount in; it is made, 0700, with what lies above.
	// Required, and of nobody else: what is still mounted there is taken off.
	Mount string
	Log   *slog.Logger // nil is slog.Default()
	// Sys is the root of sysfs, "" for /sys.
	Sys string
}

// Event is one stick's coming or going. The zero Event: there is none.
type Event struct {
	Dir   string // where it is mounted; "" when it is not
	Fault error  // why it is here and not mounted
}

// Stick is one port. Make it with New; Run works.
type Stick struct {
	opt    Options
	events chan Event
}

// New makes a port; nothing is touched before Run.
func New(o Options) (*Stick, error) {
	if !filepath.IsAbs(o.Device) || !filepath.IsAbs(o.Mount) {
		return nil, errors.New("stick: device and mount must be absolute paths")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Sys == "" {
		o.Sys = "/sys"
	}
	return &Stick{opt: o, events: make(chan Event)}, nil
}

// Events tells of every coming and going, the state at the beginning of Run
// first. It must be read while Run runs.
func (s *Stick) Events() <-chan Event { return s.events }

// Run mounts and unmounts until ctx ends; then nothing is mounted any more. It
// may be called again after it returned.
func (s *Stick) Run(ctx context.Context) error {
	if err := os.MkdirAll(s.opt.Mount, 0o700); err != nil {
		return fmt.Errorf("stick: %w", err)
	}
	s.unmount() // a program that was killed leaves its stick mounted
	defer s.unmount()
	for e := range hotplug.Watch(ctx, s.opt.Device) {
		var told Event
		if e.Present {
			if told = s.arrived(ctx, e.Device); told.Fault != nil {
				s.opt.Log.Warn("a stick that cannot be used", "err", told.Fault)
			} else {
				s.opt.Log.Info("stick mounted", "device", e.Device)
			}
		} else {
			s.unmount()
		}
		select {
		case s.events <- told:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// The kernel shows a disk before it answers, and before its partitions are read:
// they are looked for again so often, so long apart.
const (
	tries = 20
	pause = 250 * time.Millisecond
)

// arrived mounts what came.
func (s *Stick) arrived(ctx context.Context, device string) Event {
	s.unmount()
	var last error
	for range tries {
		e, soon := s.look(device)
		if !soon {
			return e
		}
		last = e.Fault
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return Event{}
		}
	}
	return Event{Fault: last}
}

// look mounts the first file system there is; soon: what is lacking may be there
// in a moment.
func (s *Stick) look(device string) (e Event, soon bool) {
	nodes := s.nodes(device)
	var found []string
	for _, node := range nodes {
		kind, err := fileSystem(node)
		if err != nil {
			return Event{Fault: err}, errors.Is(err, fault.Absent)
		}
		if kind == "vfat" || kind == "ext4" {
			if err := s.mount(node, kind); err != nil {
				return Event{Fault: err}, false
			}
			return Event{Dir: s.opt.Mount}, false
		}
		found = append(found, kind)
	}
	return Event{Fault: fault.New(fault.Unsupported, "mount the stick", "found "+strings.Join(found, ", "), nil)},
		len(nodes) == 1 && found[0] == partitions
}

// nodes lists the disk and its partitions, in their order.
func (s *Stick) nodes(device string) []string {
	out := []string{device}
	name := filepath.Base(device)
	parts, _ := filepath.Glob(filepath.Join(s.opt.Sys, "class", "block", name, name+"*", "partition")) // the pattern is sound
	slices.SortFunc(parts, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b) // sda2 before sda10
		}
		return strings.Compare(a, b)
	})
	for _, p := range parts {
		out = append(out, filepath.Join(filepath.Dir(device), filepath.Base(filepath.Dir(p))))
	}
	return out
}

// partitions is the kind of a disk that has a table of them.
const partitions = "partitions"

// fileSystem reads the kind of file system from the first bytes of a device:
// "vfat", "ext4" (of ext2 to ext4), or a word for the technician.
func fileSystem(node string) (kind string, err error) {
	// A device node and nothing else; without O_NONBLOCK a fifo would hold us.
	f, err := os.OpenFile(node, os.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", opened(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeDevice == 0 || st.Mode()&os.ModeCharDevice != 0 {
		return "", fault.New(fault.Unsupported, "open the stick", "no disk", err)
	}
	head := make([]byte, 2048)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", fault.New(fault.Device, "read the stick", "", err)
	}
	if n < len(head) {
		return "nothing", nil
	}
	boot := head[510] == 0x55 && head[511] == 0xAA
	switch {
	case head[1080] == 0x53 && head[1081] == 0xEF:
		return "ext4", nil
	case boot && (string(head[82:87]) == "FAT32" || string(head[54:57]) == "FAT"):
		return "vfat", nil
	case string(head[3:11]) == "EXFAT   ":
		return "exFAT", nil
	case string(head[3:11]) == "NTFS    ":
		return "NTFS", nil
	case boot:
		return partitions, nil
	}
	return "no file system", nil
}

func opened(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENOMEDIUM):
		return fault.New(fault.Absent, "open the stick", "", err)
	case errors.Is(err, os.ErrPermission):
		return fault.New(fault.Denied, "open the stick", "", err)
	}
	return fault.New(fault.Device, "open the stick", "", err)
}

// mount mounts a node. Every write is followed by the caller's sync; "flush"
// has vfat write its tables soon after as well.
func (s *Stick) mount(node, kind string) error {
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME
	data := "errors=remount-ro"
	if kind == "vfat" {
		data = fmt.Sprintf("uid=%d,gid=%d,umask=0077,flush,errors=remount-ro", os.Getuid(), os.Getgid())
	}
	err := unix.Mount(node, s.opt.Mount, kind, flags, data)
	switch {
	case err == nil:
		return s.writable()
	case errors.Is(err, unix.EROFS), errors.Is(err, unix.EACCES):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case errors.Is(err, unix.EPERM):
		return fault.New(fault.Denied, "mount the stick", "", err)
	case errors.Is(err, unix.ENODEV):
		return fault.New(fault.Unsupported, "mount the stick", "the kernel has no "+kind, err)
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EUCLEAN):
		return fault.New(fault.Unsupported, "mount the stick", "damaged "+kind, err)
	}
	return fault.New(fault.Device, "mount the stick", "", err)
}

// writable finds what the kernel mounted for reading although it was not asked to.
func (s *Stick) writable() error {
	var st unix.Statfs_t
	if err := unix.Statfs(s.opt.Mount, &st); err == nil && st.Flags&unix.ST_RDONLY == 0 {
		return nil
	}
	s.unmount()
	return ErrReadOnly
}

// unmount takes off all that is mounted. Lazily: a device that is gone cannot be
// written to, and who has a file open must not keep the next stick out.
func (s *Stick) unmount() {
	for unix.Unmount(s.opt.Mount, unix.MNT_DETACH) == nil {
		s.opt.Log.Debug("stick unmounted")
	}
}
