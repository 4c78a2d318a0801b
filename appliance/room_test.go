package appliance_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/protocol"
)

// A disk that is 80 % full is told to the hub and logged once, while the box
// serves as before; when there is room again, that is told too (S31).
func TestAFillingDiskIsTold(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	mnt := tmpfs(t, size)
	p := newPeer(t, at(open))
	b := newBoxIn(t, p, mnt)
	b.start()
	b.sees("idle")
	said := func() (out []string) { // without repetitions
		p.with(func() {
			for _, h := range p.beats {
				for _, d := range h.Devices {
					if d.Name == protocol.DeviceStorage && (len(out) == 0 || out[len(out)-1] != d.State+" "+d.Fault) {
						out = append(out, d.State+" "+d.Fault)
					}
				}
			}
		})
		return out
	}
	waitFor := func(want ...string) {
		t.Helper()
		for end := time.Now().Add(2 * time.Minute); !slices.Equal(said(), want); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the hub heard %q, want %q", said(), want)
			}
		}
	}
	waitFor("ready ")
	var st unix.Statfs_t
	if err := unix.Statfs(mnt, &st); err != nil {
		t.Fatal(err)
	}
	used := int(st.Blocks-st.Bfree) * int(st.Bsize)
	ballast := filepath.Join(mnt, "ballast")
	if err := os.WriteFile(ballast, make([]byte, size*81/100-used), 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor("ready ", "fault disk filling")
	b.sees("idle") // it serves all the same
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	waitFor("ready ", "fault disk filling", "ready ")
	b.halt()
	if log := b.log.String(); strings.Count(log, "a place is filling up") != 1 || strings.Count(log, "there is room again") != 1 {
		t.Errorf("the log does not say it once each: %s", log)
	}
}

// tmpfs mounts a file system of a given size.
func tmpfs(t *testing.T, size int) string {
	t.Helper()
	without := func(why string) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s, and CI must give this proof", why)
		}
		t.Skipf("%s: a box on a disk that fills was NOT tried", why)
	}
	if os.Getuid() != 0 {
		without("not root, so no file system of a given size can be mounted")
	}
	mnt := t.TempDir()
	if err := unix.Mount("tmpfs", mnt, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", size)); err != nil {
		without("tmpfs cannot be mounted: " + err.Error())
	}
	t.Cleanup(func() { _ = unix.Unmount(mnt, unix.MNT_DETACH) })
	return mnt
}
