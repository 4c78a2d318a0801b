package serial_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"

	"zhunkao/hw/fault"
	"zhunkao/hw/serial"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// pair opens a pty and the port on its slave.
func pair(t *testing.T) (*os.File, string, *serial.Port) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = master.Close() })
	path := slave.Name()
	p, err := serial.Open(t.Context(), serial.Options{Path: path, LockDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	_ = slave.Close()
	return master, path, p
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestBytesPassUnchangedBothWays(t *testing.T) {
	master, _, p := pair(t)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	if err := p.Write(within(t, time.Minute), all); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 256)
	if _, err := io.ReadFull(master, got); err != nil || !bytes.Equal(got, all) {
		t.Fatalf("to the device: got % X, %v", got, err)
	}
	if _, err := master.Write(all); err != nil {
		t.Fatal(err)
	}
	var back []byte
	for len(back) < 256 {
		buf := make([]byte, 100)
		n, err := p.Read(within(t, time.Minute), buf)
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, buf[:n]...)
	}
	if !bytes.Equal(back, all) {
		t.Errorf("from the device: got % X", back)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	_, _, p := pair(t)
	start := time.Now()
	if _, err := p.Read(within(t, 120*time.Millisecond), make([]byte, 8)); !errors.Is(err, fault.Timeout) {
		t.Errorf("at the deadline: got %v, want fault.Timeout", err)
	}
	if d := time.Since(start); d < 100*time.Millisecond {
		t.Errorf("returned after %v, want the whole deadline", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Read(ctx, make([]byte, 8)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want context.Canceled", err)
	}
}

func TestFlushDropsWhatArrived(t *testing.T) {
	master, _, p := pair(t)
	if _, err := master.Write([]byte("old")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1)
	if _, err := p.Read(within(t, time.Minute), b); err != nil { // it has arrived
		t.Fatal(err)
	}
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Read(within(t, 60*time.Millisecond), b); !errors.Is(err, fault.Timeout) {
		t.Errorf("got %d bytes, %v; want fault.Timeout", n, err)
	}
}

func TestUnplugIsAbsentAndOwnCloseIsClosed(t *testing.T) {
	master, _, p := pair(t)
	if err := master.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Read(within(t, time.Minute), make([]byte, 8)); !errors.Is(err, fault.Absent) {
		t.Errorf("read: got %v, want fault.Absent", err)
	}
	if err := p.Write(within(t, time.Minute), []byte("x")); !errors.Is(err, fault.Absent) {
		t.Errorf("write: got %v, want fault.Absent", err)
	}

	_, _, q := pair(t)
	errs := make(chan error)
	go func() {
		_, err := q.Read(context.Background(), make([]byte, 8))
		errs <- err
	}()
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; !errors.Is(err, fault.Closed) {
		t.Errorf("read: got %v, want fault.Closed", err)
	}
	if err := q.Write(within(t, time.Minute), []byte("x")); !errors.Is(err, fault.Closed) {
		t.Errorf("write after Close: got %v, want fault.Closed", err)
	}
	if err := errors.Join(q.Close(), q.Close()); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

func TestABlockedWriteIsGivenUp(t *testing.T) {
	master, _, p := pair(t)
	ctx := within(t, 300*time.Millisecond)
	var err error
	for range 1000 { // nobody reads the master: its buffer fills
		if err = p.Write(ctx, bytes.Repeat([]byte{'x'}, 512)); err != nil {
			break
		}
	}
	if !errors.Is(err, fault.Timeout) && !errors.Is(err, fault.Line) {
		t.Fatalf("got %v, want fault.Timeout or fault.Line", err)
	}
	start := time.Now()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("Close took %v behind a blocked write", d)
	}
	_ = master.Close() // lets the blocked write go, so that no goroutine is left
}

func TestOneDeviceTwoNamesOneHolder(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	dir := t.TempDir()
	link := filepath.Join(dir, "reader")
	if err := os.Symlink(slave.Name(), link); err != nil {
		t.Fatal(err)
	}
	first, err := serial.Open(t.Context(), serial.Options{Path: slave.Name(), LockDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, err = serial.Open(t.Context(), serial.Options{Path: link, LockDir: dir})
	if !errors.Is(err, fault.Busy) {
		t.Fatalf("second: got %v, want fault.Busy", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := serial.Open(t.Context(), serial.Options{Path: link, LockDir: dir})
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	_ = again.Close()
}

// A port that is given up a moment after it is wanted is waited for.
func TestAPortIsHandedOver(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first, err := serial.Open(t.Context(), serial.Options{Path: slave.Name(), LockDir: dir, Settle: -1})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(100*time.Millisecond, func() { _ = first.Close() })
		second, err := serial.Open(t.Context(), serial.Options{Path: slave.Name(), LockDir: dir, Settle: -1})
		if err != nil {
			t.Fatal(err)
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dangling := filepath.Join(dir, "dangling")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), dangling); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		path string
		want error
	}{
		{filepath.Join(dir, "none"), fault.Absent},
		{dangling, fault.Absent},
		{plain, fault.Absent},
		{filepath.Dir(plain), fault.Absent},
	}
	for _, c := range cases {
		_, err := serial.Open(t.Context(), serial.Options{Path: c.path, LockDir: dir})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", filepath.Base(c.path), err, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: error %q does not name the path", filepath.Base(c.path), err)
		}
	}
}
