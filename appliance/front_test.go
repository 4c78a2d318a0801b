package appliance_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSystemdIsTold: a unit of Type=notify waits for READY=1, and kills what
// does not say it.
func TestSystemdIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // after the box, which says that it stops
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "20000000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.watchdog = "systemd"
	b.start()
	b.sees("idle")
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	var said []string
	for !slices.Contains(said, "READY=1") {
		buf := make([]byte, 256)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("systemd heard %q and no READY=1: %v", said, err)
		}
		said = append(said, strings.TrimSpace(string(buf[:n])))
	}
	if !slices.Contains(said, "WATCHDOG=1") {
		t.Errorf("systemd heard %q", said)
	}
}
