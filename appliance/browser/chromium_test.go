package browser_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhunkao/appliance/browser"
)

// chromium finds Debian's browser; the test skips without one, and fails in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, path := range []string{"/usr/lib/chromium/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(path); err == nil {
			return p
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium on this machine, and CI must have one")
	}
	t.Skip("SKIPPED: no Chromium on this machine; the screen was not tried with a real one")
	return ""
}

// processes lists the browser's processes whose command line has all of words.
func processes(t *testing.T, words ...string) []int {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var out []int
next:
	for _, path := range lines {
		line, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		for _, w := range words {
			if !bytes.Contains(line, []byte(w)) {
				continue next
			}
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, pid)
	}
	return out
}

func signal(t *testing.T, pids []int, s syscall.Signal) {
	t.Helper()
	if len(pids) == 0 {
		t.Fatal("no such process of the browser")
	}
	for _, pid := range pids {
		if err := syscall.Kill(pid, s); err != nil {
			t.Fatal(err)
		}
	}
}

// TestChromiumComesBack: faults, row 28: killed, stopped, its page dead; and a
// visit's traces go with its profile.
func TestChromiumComesBack(t *testing.T) {
	program := chromium(t)
	o := browser.Options{Program: program, Args: []string{"--headless", "--no-sandbox", "--disable-gpu"}}
	r := begin(t, o)
	r.want(t, browser.EventUp)
	page := func() string { return "--user-data-dir=" + filepath.Join(r.screens(t)[0], "profile") }
	for _, c := range []struct {
		name   string
		strike func()
	}{
		{"killed", func() { signal(t, processes(t, page(), "--headless", "--app="), syscall.SIGKILL) }},
		{"stopped", func() { signal(t, processes(t, page(), "--headless", "--app="), syscall.SIGSTOP) }},
		{"the page's process dead", func() { signal(t, renderers(t, r.profiles), syscall.SIGSEGV) }},
		{"the page's process stopped", func() { signal(t, renderers(t, r.profiles), syscall.SIGSTOP) }},
	} {
		c.strike()
		begin := time.Now()
		r.want(t, browser.EventDown)
		r.want(t, browser.EventUp)
		t.Logf("%s: back after %s", c.name, time.Since(begin).Round(time.Millisecond))
	}
	first := r.screens(t)[0]
	r.Fresh()
	until(t, "a fresh profile", r.one(t, first))
	if left := grep(t, r.profiles, []byte("by a person")); len(left) > 0 {
		t.Errorf("traces of the visit before: %v", left)
	}
	if p := processes(t, first); len(p) > 0 {
		t.Errorf("%d processes of the former screen live on", len(p))
	}
}

// renderers are the processes that draw our page: children of the browsers
// under dir.
func renderers(t *testing.T, dir string) []int {
	t.Helper()
	var out []int
	for _, pid := range processes(t, "--type=renderer") {
		for p := pid; p > 1; p = parent(p) {
			if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p)); err == nil && bytes.Contains(line, []byte(dir)) {
				out = append(out, pid)
				break
			}
		}
	}
	return out
}

func parent(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	p, err := strconv.Atoi(f[1])
	if err != nil {
		return 0
	}
	return p
}

// grep lists files under dir that hold mark, in UTF-8 or UTF-16.
func grep(t *testing.T, dir string, mark []byte) []string {
	t.Helper()
	var wide []byte
	for _, b := range mark {
		wide = append(wide, b, 0)
	}
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // it went meanwhile
		}
		if b, err := os.ReadFile(path); err == nil && (bytes.Contains(b, mark) || bytes.Contains(b, wide)) {
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
