package watchdog

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hw/fault"
)

// The rule: who reported when, and is the watchdog fed? All in made time.
func TestOnlyThePunctualAreFed(t *testing.T) {
	t0 := time.Date(2019, 10, 9, 8, 0, 0, 0, time.UTC)
	loops := map[string]time.Duration{"reader": 10 * time.Second, "screen": 20 * time.Second, "disk": 30 * time.Second}
	type at struct {
		second int
		report string // a loop that reports then; "" asks for a verdict
		hungry bool
		fresh  []string // newly told
		heals  bool     // the report is a recovery
	}
	cases := map[string][]at{
		"nobody has reported yet, all in time": {{second: 10}},
		"nobody ever reports": {{second: 11, hungry: true, fresh: []string{"reader"}}, {second: 12, hungry: true},
			{second: 21, hungry: true, fresh: []string{"screen"}}, {second: 31, hungry: true, fresh: []string{"disk"}}},
		"all punctual":                {{second: 9, report: "reader"}, {second: 19, report: "screen"}, {second: 19, report: "reader"}, {second: 29}},
		"one late starves all":        {{second: 9, report: "reader"}, {second: 9, report: "disk"}, {second: 21, hungry: true, fresh: []string{"reader", "screen"}}},
		"exactly at the limit":        {{second: 10}, {second: 10, report: "reader"}, {second: 20}},
		"comes back before the reset": {{second: 15, hungry: true, fresh: []string{"reader"}}, {second: 16, report: "reader", heals: true}, {second: 17}, {second: 20}},
		"told again after a recovery": {{second: 15, hungry: true, fresh: []string{"reader"}}, {second: 16, report: "reader", heals: true}, {second: 18, report: "screen"},
			{second: 27, hungry: true, fresh: []string{"reader"}}},
		"a stranger's report counts nothing":     {{second: 9, report: "painter"}, {second: 11, hungry: true, fresh: []string{"reader"}}},
		"one that reports often covers no other": {{second: 5, report: "screen"}, {second: 10, report: "screen"}, {second: 11, hungry: true, fresh: []string{"reader"}}},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRoll(loops)
			r.begin(t0)
			for _, s := range steps {
				now := t0.Add(time.Duration(s.second) * time.Second)
				if s.report != "" {
					if got := r.report(s.report, now); got != s.heals {
						t.Errorf("second %d, report of %s: recovered %v, want %v", s.second, s.report, got, s.heals)
					}
					continue
				}
				hungry, fresh := r.starving(now)
				var names []string
				for _, f := range fresh {
					names = append(names, f.Loop)
				}
				if hungry != s.hungry || !reflect.DeepEqual(names, s.fresh) {
					t.Errorf("second %d: hungry %v, newly told %v; want %v, %v", s.second, hungry, names, s.hungry, s.fresh)
				}
			}
		})
	}
}

// manager listens as systemd does and sets the environment as it does.
func manager(t *testing.T, timeout time.Duration) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", strconv.FormatInt(timeout.Microseconds(), 10))
	t.Setenv("WATCHDOG_PID", ownPID())
	return conn
}

// hear gives the next message, "" if there is none within d.
func hear(t *testing.T, conn *net.UnixConn, d time.Duration) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 256)
	n, err := conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestSystemdIsToldWhileAllLoopsReport(t *testing.T) {
	conn := manager(t, 800*time.Millisecond)
	w, err := New(Options{Path: Systemd, Loops: map[string]time.Duration{"reader": 600 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.Info(); got.Identity != Systemd || got.Timeout != 800*time.Millisecond {
		t.Errorf("got %+v", got)
	}
	if got := hear(t, conn, 2*time.Minute); got != "WATCHDOG=1" {
		t.Fatalf("at the start: got %q", got)
	}
	if err := w.Ready(); err != nil {
		t.Fatal(err)
	}
	if got := hear(t, conn, 2*time.Minute); got != "READY=1" {
		t.Fatalf("got %q, want READY=1", got)
	}
	var gone atomic.Int64 // in made time: nobody starves because the machine is busy
	begun := time.Now()
	w.now = func() time.Time { return begun.Add(time.Duration(gone.Load())) }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	for range 10 { // five seconds, more than three limits
		gone.Add(int64(500 * time.Millisecond))
		w.Report("reader")
		if got := hear(t, conn, 2*time.Minute); got != "WATCHDOG=1" {
			t.Fatalf("while reporting: got %q", got)
		}
	}
	// It falls silent: after its limit nothing is told any more.
	gone.Add(int64(700 * time.Millisecond))
	if e := <-w.Events(); reflect.TypeOf(e) != reflect.TypeFor[Started]() {
		t.Errorf("told %v, want Started", e)
	}
	if e, ok := (<-w.Events()).(Starving); !ok || e.Loop != "reader" {
		t.Errorf("told %v, want Starving", e)
	}
	for range 20 { // what was said before
		if hear(t, conn, 100*time.Millisecond) == "" {
			break
		}
	}
	if got := hear(t, conn, 600*time.Millisecond); got != "" {
		t.Errorf("systemd is still told %q after the loop went silent", got)
	}
	w.Report("reader")
	if e := <-w.Events(); e != (Recovered{Loop: "reader"}) {
		t.Errorf("told %v, want Recovered", e)
	}
	if got := hear(t, conn, 2*time.Minute); got != "WATCHDOG=1" {
		t.Errorf("after the recovery: got %q", got)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run: %v", err)
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	last := ""
	for m := hear(t, conn, 100*time.Millisecond); m != ""; m = hear(t, conn, 100*time.Millisecond) {
		last = m
	}
	if last != "STOPPING=1" {
		t.Errorf("the last message is %q, want STOPPING=1, once", last)
	}
}

func TestOneFeederOnly(t *testing.T) {
	loops := map[string]time.Duration{"reader": time.Second}
	if _, err := New(Options{Path: Systemd, Loops: loops}); !errors.Is(err, ErrSystemd) {
		t.Errorf("no systemd: got %v, want ErrSystemd", err)
	}
	manager(t, time.Minute)
	if _, err := New(Options{Path: DefaultPath, Loops: loops}); !errors.Is(err, ErrTwoFeeders) {
		t.Errorf("device beside systemd: got %v, want ErrTwoFeeders", err)
	}
	t.Setenv("WATCHDOG_PID", "1") // it is another program that systemd watches
	if _, err := New(Options{Path: Systemd, Loops: loops}); !errors.Is(err, ErrSystemd) {
		t.Errorf("watched is another: got %v, want ErrSystemd", err)
	}
}

func TestRefusals(t *testing.T) {
	good := map[string]time.Duration{"reader": time.Second}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		o    Options
		want error
	}{
		"no path":         {Options{Loops: good}, ErrOptions},
		"no loops":        {Options{Path: Systemd}, ErrOptions},
		"limit of 0":      {Options{Path: Systemd, Loops: map[string]time.Duration{"x": 0}}, ErrOptions},
		"timeout too low": {Options{Path: Systemd, Timeout: time.Millisecond, Loops: good}, ErrOptions},
		"no device":       {Options{Path: filepath.Join(t.TempDir(), "watchdog"), Loops: good}, fault.Absent},
		"no watchdog":     {Options{Path: file, Loops: good}, fault.Absent},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := New(c.o); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestReadState(t *testing.T) {
	class := t.TempDir()
	if _, err := readState(class, ""); !errors.Is(err, fault.Absent) {
		t.Errorf("none: got %v, want Absent", err)
	}
	dir := filepath.Join(class, "watchdog0")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := readState(class, "/dev/watchdog"); !errors.Is(err, fault.Unsupported) {
		t.Errorf("empty: got %v, want Unsupported", err)
	}
	for file, text := range map[string]string{"identity": "i6300ESB timer\n", "state": "active\n", "timeout": "30\n", "nowayout": "1\n", "bootstatus": "32\n"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := State{Name: "watchdog0", Identity: "i6300ESB timer", Active: true, Timeout: 30 * time.Second, NoWayOut: true, Cause: CauseWatchdog}
	if got, err := readState(class, "/dev/watchdog"); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if got := (CauseWatchdog | CauseFan).String(); got != "watchdog" {
		t.Errorf("got %q", got)
	}
}
