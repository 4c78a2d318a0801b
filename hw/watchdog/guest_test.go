package watchdog_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/guest"
	"zhunkao/hw/watchdog"
)

// These run against the kernel's own watchdogs in a guest: an orderly stop
// leaves the machine running, a loop that falls silent resets it, and the start
// after that knows why.

// The marks the outside looks for.
const (
	markOrderly = "MARK alive after an orderly stop"
	markHungry  = "MARK the loop is silent now"
	markCause   = "MARK started by a reset of the watchdog"
)

func TestKernelWatchdogs(t *testing.T) {
	if testing.Short() {
		t.Skip("in a guest the race detector sees nothing: left out beside it")
	}
	if os.Getenv("GUEST") == "1" {
		t.Skip("outside only")
	}
	bin := guest.Build(t, "zhunkao/hw/watchdog")
	t.Run("softdog", func(t *testing.T) {
		res := guest.Run(t, guest.Options{Modules: []string{"softdog"}, Binary: bin, Args: []string{"-test.v", "-test.run", "^TestInGuest$"}})
		if !strings.Contains(res.Output, markOrderly) || !strings.Contains(res.Output, markHungry) {
			t.Fatalf("it did not come so far\n%s\n%s", res.Output, res.Kernel)
		}
		if !res.Died || !strings.Contains(res.Kernel, "Initiating system reboot") {
			t.Errorf("died %v, code %d, want a reset by softdog\n%s\n%s", res.Died, res.ExitCode, res.Output, res.Kernel)
		}
	})
	t.Run("i6300esb, which remembers", func(t *testing.T) {
		res := guest.Run(t, guest.Options{Modules: []string{"i6300esb"}, Binary: bin, Args: []string{"-test.v", "-test.run", "^TestInGuest$"},
			Devices: []string{"-device", "i6300esb", "-action", "reboot=reset", "-action", "watchdog=reset"}})
		if strings.Count(res.Output, markHungry) != 1 || !strings.Contains(res.Output, markCause) || res.Died || res.ExitCode != 0 {
			t.Errorf("died %v, code %d, want one reset and a start that knows why\n%s\n%s", res.Died, res.ExitCode, res.Output, res.Kernel)
		}
	})
}

func TestInGuest(t *testing.T) {
	if os.Getenv("GUEST") != "1" {
		t.Skip("runs inside the guest, by TestKernelWatchdogs")
	}
	if before, err := watchdog.ReadState(""); err == nil { // without arming it
		if before.Active || before.Identity == "" {
			t.Errorf("before anybody opened it: %+v", before)
		}
		if before.Cause&watchdog.CauseWatchdog != 0 {
			t.Log(markCause)
			return
		}
	} else if !errors.Is(err, fault.Unsupported) {
		t.Error(err)
	}
	options := watchdog.Options{Path: watchdog.DefaultPath, Timeout: 3 * time.Second, Loops: map[string]time.Duration{"reader": 2 * time.Second}}

	w := start(t, options)
	if _, err := watchdog.New(options); !errors.Is(err, fault.Busy) {
		t.Errorf("a second feeder: got %v, want Busy", err)
	}
	feed(t, w, 4*time.Second) // longer than its timeout
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	<-time.After(4 * time.Second)
	t.Log(markOrderly)

	w = start(t, options)
	feed(t, w, time.Second)
	t.Log(markHungry)
	go func() { _ = w.Run(context.Background()) }()
	for e := range w.Events() {
		t.Logf("%T %v", e, e)
	}
}

func start(t *testing.T, o watchdog.Options) *watchdog.Watchdog {
	t.Helper()
	w, err := watchdog.New(o)
	if err != nil {
		t.Fatal(err)
	}
	info := w.Info()
	if info.Identity == "" || info.Timeout != o.Timeout {
		t.Errorf("got %+v, want a name and %v", info, o.Timeout)
	}
	if info.Cause&watchdog.CauseWatchdog != 0 {
		t.Error("the watchdog is to blame for a first start")
	}
	return w
}

// feed has the loop report for so long.
func feed(t *testing.T, w *watchdog.Watchdog, long time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.Run(ctx)
	}()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		w.Report("reader")
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	<-done
}
