package stick_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/stick"
	hw "zhunkao/hw/stick"
	"zhunkao/protocol"
)

const patient = 2 * time.Minute

// rig is a store with a keeper.
type rig struct {
	*box
	t      *testing.T
	sticks chan hw.Event
	keeper *stick.Keeper
	stop   func()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{box: newBox(t), t: t, sticks: make(chan hw.Event)}
	r.start()
	return r
}

func (r *rig) start() {
	r.keeper = stick.New(stick.Options{Store: r.Store, Box: r.id.Box, Sticks: r.sticks, Tidy: time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.keeper.Run(ctx) }()
	ended := false
	r.stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			r.t.Errorf("keeper ended with %v", err)
		}
	}
	r.t.Cleanup(r.stop)
}

// plug puts a stick in; "" pulls it out.
func (r *rig) plug(dir string) { r.sticks <- hw.Event{Dir: dir} }

// sealed makes a record and tells the keeper.
func (r *rig) sealed() protocol.Hash {
	r.t.Helper()
	rec := r.commit()
	r.keeper.Sealed()
	return rec.Hash()
}

func (r *rig) until(what string, ok func(stick.State) bool) {
	r.t.Helper()
	for end := time.Now().Add(patient); ; {
		s := r.keeper.State()
		if ok(s) {
			return
		}
		if time.Now().After(end) {
			r.t.Fatalf("not %s: %+v", what, s)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// out pulls the stick out and waits until that is known.
func (r *rig) out() {
	r.t.Helper()
	r.plug("")
	r.until("out", func(s stick.State) bool { return s.Trouble == stick.NoStick })
}

func (r *rig) kept() {
	r.t.Helper()
	r.until("kept", func(s stick.State) bool { return s == stick.State{} })
}

// on reads what a stick holds whole, in the order of its files.
func on(t *testing.T, dir string) (out []protocol.Hash) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, protocol.StickDir, "*"+protocol.StickExt))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if fi, err := os.Lstat(name); err != nil || !fi.Mode().IsRegular() {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := protocol.NewStickReader(bytes.NewReader(raw))
		if err != nil {
			continue
		}
		for {
			rec, err := s.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if rec.Whole {
				out = append(out, protocol.HashOf(rec.Envelope))
			}
		}
	}
	return out
}

func holds(t *testing.T, dir string, want ...protocol.Hash) {
	t.Helper()
	got := on(t, dir)
	if len(got) != len(want) {
		t.Fatalf("the stick holds %d records, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("record %d on the stick is another", i+1)
		}
	}
}

func TestStickFollows(t *testing.T) {
	r := newRig(t)
	first := r.sealed() // before there is a stick
	r.until("lacking", func(s stick.State) bool {
		return s.Trouble == stick.NoStick && s.Lacking == 1 && s.Bytes > 0 && s.Behind > 0
	})
	a := t.TempDir()
	r.plug(a)
	r.kept()
	holds(t, a, first)
	second := r.sealed()
	r.kept()
	holds(t, a, first, second)

	// Nothing readable: neither what was sealed nor a key.
	for _, word := range [][]byte{[]byte(secret), []byte("application")} {
		for _, name := range glob(t, a) {
			if raw, err := os.ReadFile(name); err != nil || bytes.Contains(raw, word) {
				t.Errorf("%s: %v, holds %q", filepath.Base(name), err, word)
			}
		}
	}
	// Another stick in turn has all of it too, and then the first again.
	b := t.TempDir()
	r.plug("")
	third := r.sealed()
	r.until("without", func(s stick.State) bool { return s.Trouble == stick.NoStick && s.Lacking > 0 })
	r.plug(b)
	r.kept()
	holds(t, b, first, second, third)
	r.out()
	r.plug(a)
	r.kept()
	holds(t, a, first, second, third)
	if n := len(glob(t, a)); n != 2 {
		t.Errorf("%d files: a stick that was out begins a new one, and nothing is written twice", n)
	}
}

func glob(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, protocol.StickDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// What the store has let go of leaves the stick, by whole files.
func TestStickForgets(t *testing.T) {
	r := newRig(t)
	a := t.TempDir()
	r.plug(a)
	first := r.commit()
	r.keeper.Sealed()
	r.kept()
	r.out()
	r.plug(a) // the next record begins another file
	second := r.sealed()
	r.kept()
	holds(t, a, first.Hash(), second)
	r.receipt(first)
	if n, err := r.Store.PruneTo(1, later); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	r.keeper.Sealed()
	r.until("tidied", func(stick.State) bool { return len(glob(t, a)) == 1 })
	holds(t, a, second)
}

// The disk died, and the box works on with an empty one before anybody has read
// the stick: what is on it stays.
func TestStickOfADeadDiskStays(t *testing.T) {
	dead := newRig(t)
	a := t.TempDir()
	dead.plug(a)
	lost := dead.sealed()
	dead.kept()
	dead.stop()

	r := newRig(t)
	r.stop()
	r.id.Box = dead.id.Box // its new store; whose grant it is matters not here
	r.start()
	r.plug(a)
	first := r.commit()
	r.keeper.Sealed()
	r.kept()
	r.receipt(first)
	r.sealed()
	r.kept()
	if n, err := r.Store.PruneTo(1, later); err != nil || n != 1 {
		t.Fatalf("pruned %d, %v", n, err)
	}
	r.keeper.Sealed()
	r.kept()
	got := on(t, a)
	if len(got) != 3 || got[0] != lost {
		t.Errorf("%d records on the stick, the lost one among them: %v", len(got), len(got) > 0 && got[0] == lost)
	}
}

// A torn end is never written behind, and what it tore is written again.
func TestStickTorn(t *testing.T) {
	r := newRig(t)
	a := t.TempDir()
	r.plug(a)
	first, second := r.sealed(), r.sealed()
	r.kept()
	r.out()
	name := glob(t, a)[0]
	fi, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, fi.Size()-100); err != nil {
		t.Fatal(err)
	}
	r.plug(a)
	r.kept()
	holds(t, a, first, second)
	if len(glob(t, a)) != 2 {
		t.Error("the torn file was written on")
	}
}

// Whatever lies on the stick under our names, nothing of it is followed, waited
// for or believed.
func TestStickOfAStranger(t *testing.T) {
	r := newRig(t)
	a := t.TempDir()
	dir := filepath.Join(a, protocol.StickDir)
	victim := filepath.Join(t.TempDir(), "victim")
	name := func(n string) string { return filepath.Join(dir, string(r.id.Box)+"-"+n+protocol.StickExt) }
	for _, err := range []error{
		os.Mkdir(dir, 0o700), os.WriteFile(victim, []byte("mine"), 0o600),
		os.Symlink(victim, name("00000001")), unix.Mkfifo(name("00000002"), 0o600), os.Mkdir(name("00000003"), 0o700),
		os.WriteFile(name("00000004"), bytes.Repeat([]byte("ZKfr"), 9000), 0o600),
		os.WriteFile(filepath.Join(dir, "autorun.inf\n"+strings.Repeat("x", 200)), nil, 0o600),
		os.WriteFile(filepath.Join(dir, string(r.id.Box)+"-99999999999"+protocol.StickExt), nil, 0o600),
		os.Symlink("/etc", filepath.Join(dir, "link")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r.plug(a)
	first := r.sealed()
	r.kept()
	holds(t, a, first)
	if b, err := os.ReadFile(victim); string(b) != "mine" || err != nil {
		t.Errorf("what a link leads to: %q, %v", b, err)
	}
	// A folder that is a link leads nowhere.
	b := t.TempDir()
	out := t.TempDir()
	if err := os.Symlink(out, filepath.Join(b, protocol.StickDir)); err != nil {
		t.Fatal(err)
	}
	r.plug(b)
	r.until("refused", func(s stick.State) bool { return s.Trouble == stick.Failing && s.Lacking > 0 })
	if left, _ := os.ReadDir(out); len(left) != 0 {
		t.Error("written outside the stick")
	}
}

// A full stick says so, loses nothing that is on it, leaves no litter, and goes
// on when there is room.
func TestStickFull(t *testing.T) {
	a := t.TempDir()
	if err := unix.Mount("tmpfs", a, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no disk can be mounted (%v): a full stick is NOT tried", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(a, unix.MNT_DETACH) })
	r := newRig(t)
	first := r.sealed()
	r.plug(a)
	r.kept()
	ballast := filepath.Join(a, "ballast")
	f, err := os.Create(ballast)
	for err == nil {
		_, err = f.Write(make([]byte, 1024))
	}
	_ = f.Close()
	second := r.sealed()
	r.until("full", func(s stick.State) bool { return s.Trouble == stick.Full && s.Lacking == 1 })
	holds(t, a, first)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	third := r.sealed()
	r.kept()
	holds(t, a, first, second, third)
}

func TestStickSaysWhatIsWrong(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		fault error
		want  stick.Trouble
	}{{hw.ErrReadOnly, stick.ReadOnly}, {errors.New("no right"), stick.Unusable}, {nil, stick.NoStick}} {
		r.sticks <- hw.Event{Fault: c.fault}
		r.until(string(c.want), func(s stick.State) bool { return s.Trouble == c.want })
	}
}
