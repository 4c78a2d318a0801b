package hotplug

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// interval is the pause between two looks when inotify says nothing.
const interval = 500 * time.Millisecond

// Event is one coming or going.
type Event struct {
	Present bool
	Device  string // what the path leads to, when present
}

// Watch tells the state of path now and then each change, until ctx ends and
// the channel is closed. A receiver that is late gets every event, in order;
// between two looks a device that went and came back unchanged is not seen.
func Watch(ctx context.Context, path string) <-chan Event {
	out := make(chan Event)
	go watch(ctx, path, out)
	return out
}

// identity tells one device apart from its successor.
type identity struct {
	device     string
	rdev, ino  uint64
	sec, nsec  int64
	exists     bool
	linkTarget string
}

func watch(ctx context.Context, path string, out chan<- Event) {
	defer close(out)
	ctx, cancel := context.WithCancel(ctx)
	wake, stopped := notifications(ctx, path)
	defer func() { cancel(); <-stopped }()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()

	send := func(e Event) bool {
		select {
		case out <- e:
			return true
		case <-ctx.Done():
			return false
		}
	}
	last := look(path)
	if !send(Event{Present: last.exists, Device: last.device}) {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-wake:
		}
		now := look(path)
		if now == last {
			continue
		}
		if last.exists && !send(Event{Device: last.device}) {
			return
		}
		if now.exists && !send(Event{Present: true, Device: now.device}) {
			return
		}
		last = now
	}
}

// look resolves path. The change time is not part of a node's identity (every
// write moves it); the link's own inode and time are.
func look(path string) identity {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return identity{}
	}
	id := identity{exists: true, rdev: st.Rdev, ino: st.Ino, device: path}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		id.device = resolved
	}
	var ln unix.Stat_t
	if err := unix.Lstat(path, &ln); err == nil && ln.Mode&unix.S_IFMT == unix.S_IFLNK {
		id.sec, id.nsec = int64(ln.Ctim.Sec), int64(ln.Ctim.Nsec)
		if target, err := os.Readlink(path); err == nil {
			id.linkTarget = target
		}
	}
	return id
}

// notifications wakes the watcher when anything changes in the directories of
// path and of what it leads to. stopped closes when its goroutine has ended.
func notifications(ctx context.Context, path string) (wake <-chan struct{}, stopped <-chan struct{}) {
	done := make(chan struct{})
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		close(done)
		return nil, done // the ticker carries it alone
	}
	const mask = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO | unix.IN_ATTRIB
	dirs := []string{filepath.Dir(path)}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		dirs = append(dirs, filepath.Dir(target))
	}
	for _, d := range dirs {
		// A directory that is not there (by-path without any device) is left to
		// the ticker.
		_, _ = unix.InotifyAddWatch(fd, d, mask)
	}
	file := os.NewFile(uintptr(fd), "inotify")
	ch := make(chan struct{}, 1)
	unhook := context.AfterFunc(ctx, func() { _ = file.Close() })
	go func() {
		defer close(done)
		defer unhook()
		defer file.Close()
		buf := make([]byte, 4096)
		for {
			if _, err := file.Read(buf); err != nil {
				return
			}
			select {
			case ch <- struct{}{}:
			default:
			}
		}
	}()
	return ch, done
}
