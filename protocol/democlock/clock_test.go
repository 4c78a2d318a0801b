package democlock_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/democlock"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

var (
	start  = time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)  // 09:00 at UTC+8
	closes = time.Date(2019, 9, 10, 9, 0, 0, 0, time.UTC) // 17:00
)

// serve runs a server until stop is called or the test ends.
func serve(t *testing.T, dir string) (socket string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	opts := democlock.Options{
		Socket: filepath.Join(dir, "clock.sock"), State: filepath.Join(dir, "clock.json"),
		Start: start, Closes: closes, Ready: func() { close(ready) },
	}
	go func() { done <- democlock.Serve(ctx, opts) }()
	select {
	case <-ready:
	case err := <-done:
		cancel()
		t.Fatalf("Serve: %v", err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	t.Cleanup(stop)
	return opts.Socket, stop
}

func dial(t *testing.T, socket string) *democlock.Clock {
	t.Helper()
	c, err := democlock.Dial(t.Context(), socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func within(t *testing.T, got, from time.Time, d time.Duration) {
	t.Helper()
	if got.Before(from) || got.After(from.Add(d)) {
		t.Errorf("clock shows %v, want %v … +%v", got, from, d)
	}
}

func TestClockBeginsAtStartAndRunsAtRealSpeed(t *testing.T) {
	socket, _ := serve(t, t.TempDir())
	c := dial(t, socket)
	within(t, c.Now(), start, 2*time.Minute)
	// Each reading lies between two of real time, however long somebody else had the processor.
	before, shown, after := time.Now(), c.Now(), time.Now()
	<-time.After(200 * time.Millisecond)
	least := time.Since(after)
	went, most := c.Now().Sub(shown), time.Since(before)
	if went < least-50*time.Millisecond || went > most+50*time.Millisecond {
		t.Errorf("in %v to %v of real time the clock went %v", least, most, went)
	}
	if mode := stat(t, socket).Mode().Perm(); mode != 0o600 {
		t.Errorf("socket mode %o, want 600", mode)
	}
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	i, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestMoveReachesEveryClient(t *testing.T) {
	socket, _ := serve(t, t.TempDir())
	a, b := dial(t, socket), dial(t, socket)
	changed := b.Changed()
	if err := a.Move(t.Context(), democlock.NextDay); err != nil {
		t.Fatal(err)
	}
	want := time.Date(2019, 9, 7, 0, 30, 0, 0, time.UTC)
	within(t, a.Now(), want, 2*time.Minute)
	select {
	case <-changed:
	case <-time.After(2 * time.Minute):
		t.Fatal("the other client never heard of the move")
	}
	within(t, b.Now(), want, 2*time.Minute)
	if m := b.Mono(); m < 23*time.Hour {
		t.Errorf("Mono is %v after a day's jump", m)
	}
}

func TestMoveIsRefused(t *testing.T) {
	socket, _ := serve(t, t.TempDir())
	c := dial(t, socket)
	if err := c.Move(t.Context(), "yesterday"); !errors.Is(err, democlock.ErrUnknownMove) {
		t.Errorf("unknown move: %v", err)
	}
	if err := c.Move(t.Context(), democlock.BeforeClose); err != nil {
		t.Fatal(err)
	}
	before := c.Now()
	if err := c.Move(t.Context(), democlock.BeforeClose); !errors.Is(err, democlock.ErrPast) {
		t.Errorf("second move to before the close: %v", err)
	}
	if c.Now().Before(before) {
		t.Error("the clock ran backwards")
	}
}

func TestTarget(t *testing.T) {
	local := time.FixedZone("UTC+8", 8*60*60)
	at := func(day, h, m int) time.Time { return time.Date(2019, 9, day, h, m, 0, 0, local) }
	moments := democlock.Options{Closes: closes, Sites: time.Date(2019, 9, 12, 8, 30, 0, 0, local), Numbering: time.Date(2019, 10, 11, 8, 30, 0, 0, local), Tickets: time.Date(2019, 10, 17, 8, 30, 0, 0, local), Results: time.Date(2019, 10, 28, 8, 30, 0, 0, local)}
	for name, c := range map[string]struct {
		now  time.Time
		move string
		want time.Time
		err  error
	}{
		"next day":                 {at(6, 9, 0), democlock.NextDay, at(7, 8, 30), nil},
		"next day after midnight":  {at(7, 0, 10), democlock.NextDay, at(8, 8, 30), nil},
		"next day over a month":    {at(30, 20, 0), democlock.NextDay, at(31, 8, 30), nil},
		"lunch today":              {at(6, 9, 0), democlock.Lunch, at(6, 12, 30), nil},
		"lunch tomorrow at lunch":  {at(6, 12, 30), democlock.Lunch, at(7, 12, 30), nil},
		"before the close":         {at(6, 9, 0), democlock.BeforeClose, at(10, 16, 59), nil},
		"before the close is past": {at(10, 16, 59), democlock.BeforeClose, time.Time{}, democlock.ErrPast},
		"sites":                    {at(6, 9, 0), democlock.Sites, time.Date(2019, 9, 12, 8, 30, 0, 0, local), nil},
		"numbering":                {at(6, 9, 0), democlock.Numbering, time.Date(2019, 10, 11, 8, 30, 0, 0, at(6, 9, 0).Location()), nil},
		"numbering is past":        {time.Date(2019, 10, 12, 9, 0, 0, 0, time.UTC), democlock.Numbering, time.Time{}, democlock.ErrPast},
		"tickets":                  {at(6, 9, 0), democlock.Tickets, time.Date(2019, 10, 17, 8, 30, 0, 0, at(6, 9, 0).Location()), nil},
		"results":                  {at(6, 9, 0), democlock.Results, time.Date(2019, 10, 28, 8, 30, 0, 0, at(6, 9, 0).Location()), nil},
		"unknown":                  {at(6, 9, 0), "", time.Time{}, democlock.ErrUnknownMove},
	} {
		got, err := democlock.Target(c.now, c.move, moments)
		if !got.Equal(c.want) || !errors.Is(err, c.err) {
			t.Errorf("%s: got %v, %v; want %v, %v", name, got, err, c.want, c.err)
		}
	}
}

func TestClockGoesOnAfterAnOrderlyStop(t *testing.T) {
	dir := t.TempDir()
	socket, stop := serve(t, dir)
	c := dial(t, socket)
	if err := c.Move(t.Context(), democlock.Lunch); err != nil {
		t.Fatal(err)
	}
	last := c.Now()
	stop()
	socket, _ = serve(t, dir)
	again := dial(t, socket)
	within(t, again.Now(), last, 2*time.Minute)
}

// A crash leaves the state file as it was written last: what a server told
// must still lie before where the next one begins.
func TestClockNeverRunsBackwardsOverACrash(t *testing.T) {
	dir := t.TempDir()
	socket, stop := serve(t, dir)
	c := dial(t, socket)
	if err := c.Move(t.Context(), democlock.Lunch); err != nil {
		t.Fatal(err)
	}
	crashed, err := os.ReadFile(filepath.Join(dir, "clock.json"))
	if err != nil {
		t.Fatal(err)
	}
	last := c.Now()
	stop()
	if err := os.WriteFile(filepath.Join(dir, "clock.json"), crashed, 0o600); err != nil {
		t.Fatal(err)
	}
	socket, _ = serve(t, dir)
	within(t, dial(t, socket).Now(), last, time.Minute)
}

func TestClientComesBackToARestartedServer(t *testing.T) {
	dir := t.TempDir()
	socket, stop := serve(t, dir)
	c := dial(t, socket)
	stop()
	before := c.Now()
	if err := c.Move(t.Context(), democlock.Lunch); err == nil {
		t.Error("a move without a server succeeded")
	}
	changed := c.Changed()
	serve(t, dir)
	mover := dial(t, socket)
	if err := mover.Move(t.Context(), democlock.Lunch); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	case <-time.After(2 * time.Minute):
		t.Fatal("the client did not come back")
	}
	if c.Now().Before(before) {
		t.Error("the clock ran backwards")
	}
}

func TestSecondServerIsRefused(t *testing.T) {
	dir := t.TempDir()
	socket, _ := serve(t, dir)
	err := democlock.Serve(t.Context(), democlock.Options{Socket: socket, State: filepath.Join(dir, "other.json"), Start: start})
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second server on the same socket: %v", err)
	}
}

func TestStaleSocketIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "clock.sock"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false) // as after a crash
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	socket, _ := serve(t, dir)
	dial(t, socket)
}

func TestSpoiledStateIsAnErrorNotANewBeginning(t *testing.T) {
	for _, content := range []string{"", "{}", "null", `{"next":"yesterday"}`, "\x00\x00"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "clock.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := democlock.Serve(t.Context(), democlock.Options{Socket: filepath.Join(dir, "s"), State: path, Start: start}); err == nil {
			t.Errorf("state %q was taken", content)
		}
	}
}

func TestNonsenseFromAClientEndsOnlyThatClient(t *testing.T) {
	socket, _ := serve(t, t.TempDir())
	for _, line := range []string{"\n", "{\n", "[]\n", strings.Repeat("x", 1<<16) + "\n"} {
		c, err := net.Dial("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte(line))
		d := json.NewDecoder(c)
		for {
			var s democlock.State
			if d.Decode(&s) != nil {
				break
			}
		}
		_ = c.Close()
	}
	within(t, dial(t, socket).Now(), start, 2*time.Minute)
}
