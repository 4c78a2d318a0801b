package main_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// kioskd is the program itself, built once.
var kioskd string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kioskd")
	if err != nil {
		panic(err)
	}
	kioskd = filepath.Join(dir, "kioskd")
	if out, err := exec.Command("go", "build", "-o", kioskd, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func run(t *testing.T, stdin string, args ...string) (code int, out, complaint string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, kioskd, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// enrolled makes an enrolled store and gives its directory.
func enrolled(t *testing.T, opt store.Options) (dir string, hub *hubtest.Hub) {
	t.Helper()
	dir, hub = filepath.Join(t.TempDir(), "data"), hubtest.New(t)
	opt.Log = slog.New(slog.DiscardHandler)
	if err := store.Create(dir, opt); err != nil {
		t.Fatal(err)
	}
	with(t, dir, func(s *store.Store, keys *keystore.Store) { hub.Enrol(t, s, keys, "127.0.0.1:1") })
	return dir, hub
}

func with(t *testing.T, dir string, fn func(*store.Store, *keystore.Store)) {
	t.Helper()
	keys, err := keystore.OpenFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(dir, keys, store.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fn(s, keys)
}

// Every refusal is one line that says what to do, with a code of its own.
func TestRefusals(t *testing.T) {
	dir, _ := enrolled(t, store.Options{})
	bare := filepath.Join(t.TempDir(), "bare")
	if err := store.Create(bare, store.Options{Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	open, _ := enrolled(t, store.Options{})
	if err := os.Chmod(filepath.Join(open, "keys"), 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ticket := protocol.Ticket{Address: "127.0.0.1:1", Fingerprint: protocol.HashOf(nil), Code: "code"}.String() + "\n"
	for name, c := range map[string]struct {
		stdin string
		args  []string
		code  int
		says  string
	}{
		"no command":           {"", nil, 2, ""},
		"unknown flag":         {"", []string{"run", "--nonsense"}, 2, ""},
		"no store":             {"", []string{"run", "--data", t.TempDir(), "--reader", "x"}, 4, "kioskd enrol"},
		"not enrolled":         {"", []string{"run", "--data", bare, "--reader", "x"}, 4, "kioskd enrol"},
		"port busy":            {"", []string{"run", "--data", dir, "--reader", "x", "--listen", l.Addr().String()}, 3, "--listen"},
		"open to all":          {"", []string{"run", "--data", dir, "--reader", "x", "--listen", "0.0.0.0:0"}, 2, "loopback"},
		"exposed keys":         {"", []string{"run", "--data", open, "--reader", "x", "--listen", "127.0.0.1:0"}, 6, "enrol"},
		"check nothing":        {"", []string{"check", "--data", t.TempDir()}, 4, ""},
		"bad ticket":           {"nonsense\n", []string{"enrol", "--data", filepath.Join(t.TempDir(), "d")}, 2, ""},
		"hub away":             {ticket, []string{"enrol", "--keystore", "file", "--data", filepath.Join(t.TempDir(), "d")}, 8, "again"},
		"no kind of keys":      {ticket, []string{"enrol", "--data", filepath.Join(t.TempDir(), "d")}, 2, "--keystore"},
		"no TPM":               {ticket, []string{"enrol", "--keystore", "tpm", "--tpm", filepath.Join(t.TempDir(), "none"), "--data", filepath.Join(t.TempDir(), "d")}, 6, "--tpm"},
		"another kind of keys": {"", []string{"run", "--data", dir, "--reader", "x", "--keystore", "machine", "--listen", "127.0.0.1:0"}, 6, "enrolled"},
		"enrolled twice":       {ticket, []string{"enrol", "--data", dir}, 2, "--again"},
	} {
		code, _, complaint := run(t, c.stdin, c.args...)
		lines := strings.Split(strings.TrimSpace(complaint), "\n")
		if last := lines[len(lines)-1]; code != c.code || !strings.Contains(last, c.says) {
			t.Errorf("%s: code %d, want %d; says %q", name, code, c.code, complaint)
		}
	}
}

func TestCheckSaysWholeOrNot(t *testing.T) {
	dir, hub := enrolled(t, store.Options{})
	var rec protocol.Record
	with(t, dir, func(s *store.Store, keys *keystore.Store) {
		rec = hub.Seal(t, s, keys, hubtest.Draft{Application: "a"})
		if err := s.Commit(rec, "a", 1); err != nil {
			t.Fatal(err)
		}
	})
	if code, out, _ := run(t, "", "check", "--data", dir, "--list"); code != 0 || !strings.Contains(out, "whole: 1 records, 1 waiting") || !strings.Contains(out, rec.Manifest.ID.String()) {
		t.Errorf("code %d, %q", code, out)
	}
	part := rec.Manifest.Blobs[0].Hash.String()
	if err := os.WriteFile(filepath.Join(dir, "parts", part[:2], part), []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, complaint := run(t, "", "check", "--data", dir); code != 1 || !strings.Contains(complaint, "record 1") {
		t.Errorf("code %d, %q", code, complaint)
	}
}

// The program prints its pid and address, holds the store alone, and ends when
// it is asked to.
func TestRunHoldsTheStoreAndEnds(t *testing.T) {
	dir, _ := enrolled(t, store.Options{})
	cmd := exec.Command(kioskd, "run", "--data", dir, "--reader", filepath.Join(t.TempDir(), "none"), "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 256)
	n, err := out.Read(line)
	if err != nil || !strings.Contains(string(line[:n]), "screen http://127.0.0.1:") {
		t.Fatalf("%q, %v", line[:n], err)
	}
	if code, _, complaint := run(t, "", "run", "--data", dir, "--reader", "x", "--listen", "127.0.0.1:0"); code != 7 {
		t.Errorf("a second one: code %d, %q", code, complaint)
	}
	if code, _, _ := run(t, "", "check", "--data", dir); code != 7 {
		t.Errorf("check of a running one: code %d", code)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("asked to end: %v", err)
		}
	case <-time.After(2 * time.Minute):
		_ = cmd.Process.Kill()
		t.Error("does not end when it is asked")
	}
}

func TestADemoClockIsRefusedOnARealStore(t *testing.T) {
	dir, _ := enrolled(t, store.Options{})
	socket := demoClock(t)
	code, _, complaint := run(t, "", "run", "--data", dir, "--reader", "x", "--listen", "127.0.0.1:0", "--demo-clock", socket)
	if code != 5 || !strings.Contains(complaint, "--demo-clock") {
		t.Errorf("code %d, %q", code, complaint)
	}
}
