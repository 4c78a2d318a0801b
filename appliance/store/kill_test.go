package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/store"
)

// long asks for the whole of a test that is cut short by default.
func long() bool { return os.Getenv("ZHUNKAO_LONG") != "" }

// need finds a program, or skips the test visibly; under CI it fails.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	without(t, program+" is not installed")
	return ""
}

// without skips a proof that this machine cannot give, and says so; in CI it
// must be given.
func without(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s, and CI must give this proof", why)
	}
	t.Skipf("%s: this proof of durability was NOT run", why)
}

// helper runs the submit path in a process of its own, under the program and
// arguments of before, and gives the ids that were acknowledged.
func helper(t *testing.T, dir string, count int, env []string, before ...string) (acked []string, broken, done bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(before, self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), helperDir+"="+dir, helperCount+"="+strconv.Itoa(count), "GOMAXPROCS=2")
	cmd.Env = append(cmd.Env, env...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	gone(t, dir)
	for line := range strings.Lines(out.String()) {
		switch line = strings.TrimSpace(line); line {
		case "broken":
			broken = true
		case "done":
			done = true
		default:
			acked = append(acked, line)
		}
	}
	if exit != nil && exit.ExitCode() == 3 {
		t.Logf("helper ended: %s", complaint.String())
	}
	return acked, broken, done
}

// gone waits until a process that was killed has let go of the store: its end is
// told before the kernel has closed all its files.
func gone(t *testing.T, dir string) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Millisecond) {
		_, err := store.Check(dir)
		if !errors.Is(err, store.ErrHeld) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the helper still holds the store")
		}
	}
}

// goOn opens what is left, as the box does after it died, and commits one more
// record. It gives that record's id.
func goOn(t *testing.T, dir, after string) (acked []string) {
	t.Helper()
	done := false
	err := commitAll(t, dir, 1, func(said string) {
		if done = said == "done"; !done {
			acked = append(acked, said)
		}
	})
	if err != nil || !done {
		t.Fatalf("%s: the box does not go on: %v", after, err)
	}
	return acked
}

// whole checks the store and fails unless everything acknowledged is there.
func whole(t *testing.T, dir string, acked []string) []string {
	t.Helper()
	w, err := store.Check(dir)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	there := map[string]bool{}
	for _, r := range w.Records {
		there[r.ID.String()] = true
	}
	var lost []string
	for _, id := range acked {
		if !there[id] {
			lost = append(lost, id)
		}
	}
	return lost
}

// template is an enrolled store with a few records, to be copied for each
// round: making keys and certificates anew each time would be the slow part.
func template(t *testing.T) string {
	t.Helper()
	b := newBox(t)
	b.commit("a1")
	b.commit("a2")
	b.close()
	return b.dir
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), raw, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The submit path is killed at its n-th sync, rename and write in turn, until
// it survives. After each death the whole store is checked, nothing
// acknowledged may be missing, and the box must open and go on.
func TestKilledAtEveryWrite(t *testing.T) {
	t.Parallel()
	strace := need(t, "strace")
	from := template(t)
	for _, call := range []string{"fdatasync", "fsync", "renameat", "pwrite64", "write", "unlinkat"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			begin, step := time.Now(), 1
			for n, rounds := 1, 0; ; n += step {
				if rounds++; !long() && time.Since(begin) > time.Second {
					step = max(step, n/2) // short form: the first ones in turn, then with growing gaps
				}
				dir := filepath.Join(t.TempDir(), "data")
				copyTree(t, from, dir)
				acked, _, done := helper(t, dir, 2, nil, strace, "-f", "-qq", "-o", "/dev/null",
					"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n))
				if lost := whole(t, dir, acked); len(lost) > 0 {
					t.Fatalf("killed at %s %d: %d of %d acknowledged records are lost", call, n, len(lost), len(acked))
				}
				after := goOn(t, dir, fmt.Sprintf("killed at %s %d", call, n))
				if lost := whole(t, dir, append(acked, after...)); len(lost) > 0 {
					t.Fatalf("killed at %s %d: lost after going on", call, n)
				}
				if done {
					if rounds == 1 && (call == "fdatasync" || call == "pwrite64" || call == "fsync") {
						t.Fatalf("%s was never called: nothing was tried", call)
					}
					t.Logf("%s: survived the %d-th, %d rounds", call, n, rounds)
					return
				}
			}
		})
	}
}

// Building a lost database again is killed at every write in turn. It may be cut
// off as often as it likes: no copy goes before its record is in.
func TestKilledWhileRebuilding(t *testing.T) {
	t.Parallel()
	strace := need(t, "strace")
	from := template(t)
	before, err := store.Check(from)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range before.Records {
		ids = append(ids, r.ID.String())
	}
	if err := os.Remove(filepath.Join(from, store.Boltfile)); err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"fdatasync", "renameat", "unlinkat"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			step := 1
			for n := 1; ; n += step {
				if !long() && n >= 5 {
					step = 3 // short form
				}
				dir := filepath.Join(t.TempDir(), "data")
				copyTree(t, from, dir)
				_, _, done := helper(t, dir, 0, nil, strace, "-f", "-qq", "-o", "/dev/null",
					"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n))
				goOn(t, dir, fmt.Sprintf("killed at %s %d", call, n))
				if lost := whole(t, dir, ids); len(lost) > 0 {
					t.Fatalf("killed at %s %d: %d of %d acknowledged records are lost", call, n, len(lost), len(ids))
				}
				if done {
					t.Logf("%s: survived the %d-th", call, n)
					return
				}
			}
		})
	}
}

// A sync that fails once is final: the record is not acknowledged, the handle
// takes nothing more, and everything acknowledged before is there (fsyncgate).
func TestASyncThatFailsIsFinal(t *testing.T) {
	t.Parallel()
	strace := need(t, "strace")
	from := template(t)
	for _, call := range []string{"fdatasync", "fsync"} {
		broke := 0
		for n := 1; ; n++ {
			dir := filepath.Join(t.TempDir(), "data")
			copyTree(t, from, dir)
			acked, broken, done := helper(t, dir, 3, nil, strace, "-f", "-qq", "-o", "/dev/null",
				"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:error=EIO:when=%d", call, n))
			if lost := whole(t, dir, acked); len(lost) > 0 {
				t.Fatalf("%s %d failed: %d acknowledged records are lost", call, n, len(lost))
			}
			if broken {
				broke++
			}
			if done {
				break
			}
			if !long() && n >= 4 {
				n += n / 2 // short form: the first ones in turn, then with growing gaps
			}
		}
		if broke == 0 {
			t.Errorf("%s: no failed sync ever broke the store: the test proves nothing", call)
		}
	}
}

// For want of room nothing acknowledged is lost, and room makes it go on.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	strace := need(t, "strace")
	from := template(t)
	step := 7
	if long() {
		step = 1
	}
	for _, call := range []string{"pwrite64", "write"} {
		for n := 1; n <= 22; n += step {
			dir := filepath.Join(t.TempDir(), "data")
			copyTree(t, from, dir)
			acked, _, _ := helper(t, dir, 2, nil, strace, "-f", "-qq", "-o", "/dev/null",
				"-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:error=ENOSPC:when=%d", call, n))
			if lost := whole(t, dir, acked); len(lost) > 0 {
				t.Fatalf("%s %d found no room: %d acknowledged records are lost", call, n, len(lost))
			}
			goOn(t, dir, fmt.Sprintf("%s %d found no room", call, n))
		}
	}
}
