package store_test

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
)

// rig is a disk whose power can be cut: nbdkit holds what was written and not
// flushed, ext4 lies on it, and kill -9 loses what nbdkit held.
type rig struct {
	*testing.T
	dir, img, mnt, loop string
	server, fuse        *exec.Cmd
}

func newRig(t *testing.T) *rig {
	t.Helper()
	for _, p := range []string{"nbdkit", "nbdfuse", "losetup", "mkfs.ext4", "mount", "umount", "fusermount3"} {
		need(t, p)
	}
	if os.Getuid() != 0 {
		without(t, "not root")
	}
	if _, err := os.Stat("/dev/fuse"); errors.Is(err, fs.ErrNotExist) {
		without(t, "no /dev/fuse")
	}
	dir := t.TempDir()
	r := &rig{T: t, dir: dir, img: filepath.Join(dir, "disk.img"), mnt: filepath.Join(dir, "mnt")}
	f, err := os.Create(r.img)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(128<<20), f.Close(), os.Mkdir(r.mnt, 0o700), os.WriteFile(filepath.Join(dir, "disk"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	r.must("mkfs.ext4", "-q", "-F", "-O", "^fast_commit", r.img)
	t.Cleanup(r.off)
	return r
}

func (r *rig) must(name string, args ...string) string {
	r.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		r.Fatalf("%s: %v\n%s", name, err, out)
	}
	return strings.TrimSpace(string(out))
}

// on brings the disk up and mounts it.
func (r *rig) on() {
	r.Helper()
	sock, disk := filepath.Join(r.dir, "sock"), filepath.Join(r.dir, "disk")
	_ = os.Remove(sock)
	r.server = exec.Command("nbdkit", "-f", "-U", sock, "--filter=cache", "file", r.img, "cache=writeback")
	if err := r.server.Start(); err != nil {
		r.Fatal(err)
	}
	// The socket is there a moment before it listens, and nbdfuse tries once.
	r.wait("nbdkit", func() bool {
		c, err := net.Dial("unix", sock)
		return err == nil && c.Close() == nil
	})
	r.fuse = exec.Command("nbdfuse", disk, "nbd+unix:///?socket="+sock)
	if err := r.fuse.Start(); err != nil {
		r.Fatal(err)
	}
	r.wait("nbdfuse", func() bool { fi, err := os.Stat(disk); return err == nil && fi.Size() > 0 })
	r.loop = r.must("losetup", "-f", "--show", disk)
	r.must("mount", "-o", "data=ordered", r.loop, r.mnt)
}

// wait polls: another process cannot tell us when it is ready.
func (r *rig) wait(what string, ok func() bool) {
	r.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.Fatalf("%s does not come up", what)
		}
	}
}

// cut is the power cut: what was not flushed is gone.
func (r *rig) cut() {
	if r.server != nil {
		_ = r.server.Process.Signal(syscall.SIGKILL)
		_ = r.server.Wait()
		r.server = nil
	}
}

// off takes down what is left; every step may find nothing to do.
func (r *rig) off() {
	r.cut()
	if r.loop != "" {
		_ = exec.Command("umount", "-l", r.mnt).Run()
		_ = exec.Command("losetup", "-d", r.loop).Run()
		r.loop = ""
	}
	if r.fuse != nil {
		_ = exec.Command("fusermount3", "-uz", filepath.Join(r.dir, "disk")).Run()
		_ = r.fuse.Process.Kill()
		_ = r.fuse.Wait()
		r.fuse = nil
	}
}

// commitUntilCut runs the submit path on the rig and cuts the power after so
// many acknowledgements. It gives the ids acknowledged before the cut.
func (r *rig) commitUntilCut(dir string, after int, env ...string) (acked []string) {
	r.Helper()
	self, err := os.Executable()
	if err != nil {
		r.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), helperDir+"="+dir, helperCount+"=100000"), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		r.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && len(acked) < after {
		acked = append(acked, lines.Text())
	}
	r.cut()
	// It may hang in a disk that is gone; a machine without power does not wait.
	_ = cmd.Process.Kill()
	r.off()
	_ = cmd.Wait()
	return acked
}

// round is one power cut. It says how many acknowledged records are gone, or
// that the store cannot be checked at all.
func (r *rig) round(from string, after int, env ...string) (acked, lost int, damage error) {
	r.Helper()
	dir := filepath.Join(r.mnt, "data")
	r.on()
	if err := os.RemoveAll(dir); err != nil {
		r.Fatal(err)
	}
	copyTree(r.T, from, dir)
	r.must("sync", "-f", r.mnt)
	ids := r.commitUntilCut(dir, after, env...)
	r.on()
	defer r.off()
	w, err := store.Check(dir)
	there := map[string]bool{}
	for _, s := range w.Records {
		there[s.ID.String()] = true
	}
	for _, id := range ids {
		if !there[id] {
			lost++
		}
	}
	if err == nil && lost == 0 {
		r.goesOn(dir)
	}
	return len(ids), lost, err
}

// goesOn opens the store that a power cut left.
func (r *rig) goesOn(dir string) {
	r.Helper()
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		r.Fatal(err)
	}
	s, err := store.Open(dir, keys, store.Options{Log: quiet(), Reserve: 1 << 16, MinFree: 1})
	if err != nil {
		r.Fatal(err)
	}
	if rep := s.Report(); rep.Lost || rep.Aside > 0 {
		r.Errorf("a power cut damaged the store: %+v", rep)
	}
	if err := s.Close(); err != nil {
		r.Fatal(err)
	}
}

// Power cuts lose nothing that was acknowledged; the same rig must catch a
// store that lies about its syncs, or it proves nothing.
func TestPowerCut(t *testing.T) {
	r := newRig(t)
	from := template(t)
	rounds := 2
	if long() {
		rounds = 12
	}
	for i := range rounds {
		acked, lost, damage := r.round(from, 15+11*i)
		if damage != nil {
			t.Fatalf("round %d: %v", i, damage)
		}
		if lost > 0 || acked == 0 {
			t.Fatalf("round %d: %d of %d acknowledged records are lost", i, lost, acked)
		}
		t.Logf("round %d: %d acknowledged, none lost", i, acked)
	}
	acked, lost, damage := r.round(from, 200, helperNoSync+"=1")
	if lost == 0 && damage == nil {
		t.Fatalf("the control without syncs kept all %d records: this rig detects nothing", acked)
	}
	t.Logf("control without syncs: %d of %d lost (%v)", lost, acked, damage)
}
