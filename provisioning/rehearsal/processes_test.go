package rehearsal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhunkao/provisioning/rehearsal"
)

// browserItself finds the browser itself, not the distribution's script around it.
func browserItself(t testing.TB) string {
	t.Helper()
	for _, path := range []string{"/usr/lib/chromium/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(path); err == nil {
			return p
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium on this machine, and CI must have one")
	}
	t.Skip("SKIPPED: no Chromium on this machine; what a visit leaves in a browser was NOT searched")
	return ""
}

// headless has the shipped browser run where there is no display, as root.
var headless = []string{"--argument=--headless", "--argument=--no-sandbox", "--argument=--disable-gpu"}

// parents are all processes with their parents.
func parents() map[int]int {
	out := map[int]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is sound
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		if err != nil || len(f) < 2 || f[0] == "Z" {
			continue
		}
		if parent, err := strconv.Atoi(f[1]); err == nil {
			out[pid] = parent
		}
	}
	return out
}

// below are a process's descendants; direct ones first.
func below(pid int) []int {
	all := parents()
	out := []int{pid}
	for i := 0; i < len(out); i++ {
		for child, parent := range all {
			if parent == out[i] {
				out = append(out, child)
			}
		}
	}
	return out[1:]
}

// browsers are the main processes of the browsers that a box keeps.
func browsers(box *rehearsal.Box) []int {
	all := parents()
	return slices.DeleteFunc(below(box.PID()), func(pid int) bool { return all[pid] != box.PID() })
}

// mentioning are the processes whose command line names path.
func mentioning(path string) (out []int) {
	for pid := range parents() {
		if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && bytes.Contains(b, []byte(path)) {
			out = append(out, pid)
		}
	}
	return out
}

// inMemory names those of markers that are in what a process may write to: its
// heap, its stacks, what it shares. None if the process ended.
func inMemory(pid int, markers []rehearsal.Marker) (found []string, err error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return found, nil
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if errors.Is(err, os.ErrNotExist) {
		return found, nil
	} else if err != nil {
		return nil, err
	}
	defer mem.Close()
	const overlap = 4096
	buf := make([]byte, 4<<20)
	for line := range strings.Lines(string(maps)) {
		f := strings.Fields(line)
		from, to, ok := strings.Cut(f[0], "-")
		begin, err1 := strconv.ParseInt(from, 16, 64)
		end, err2 := strconv.ParseInt(to, 16, 64)
		if !ok || err1 != nil || err2 != nil || !strings.HasPrefix(f[1], "rw") {
			continue
		}
		for at := begin; at < end; at += int64(len(buf) - overlap) {
			n, err := mem.ReadAt(buf[:min(int64(len(buf)), end-at)], at)
			if n == 0 && err != nil {
				break // given back meanwhile, or a device's
			}
			if bytes.Count(buf[:n], []byte{0}) == n {
				continue
			}
			for _, what := range rehearsal.FindAll(buf[:n], markers) {
				if !slices.Contains(found, what) {
					found = append(found, what)
				}
			}
			if err != nil && !errors.Is(err, io.EOF) {
				break
			}
		}
	}
	return found, nil
}

// written are the regular files, by path, that a process holds open to write.
func written(pid int) (out []string) {
	fds, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid)) // the pattern is sound
	for _, fd := range fds {
		path, err := os.Readlink(fd)
		if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/memfd:") {
			continue
		}
		if i, err := os.Stat(fd); err != nil || !i.Mode().IsRegular() {
			continue
		}
		info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%s", pid, filepath.Base(fd)))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(info)) {
			if v, ok := strings.CutPrefix(line, "flags:"); ok {
				if flags, err := strconv.ParseUint(strings.TrimSpace(v), 8, 64); err == nil && flags&uint64(os.O_WRONLY|os.O_RDWR) != 0 {
					out = append(out, path)
				}
			}
		}
	}
	return out
}
