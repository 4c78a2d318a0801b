package sticktest_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/stick"
	"zhunkao/hw/sticktest"
)

// The driver mounts the sticks as it does real ones: what it writes on one is there
// when it was pulled, and one that cannot be used is said to be so.
func TestDriverBeforeThePort(t *testing.T) {
	if err := sticktest.Able(); err != nil {
		t.Skipf("no sticks here (%v): sticks are tried in the guest alone", err)
	}
	dir, ctx := t.TempDir(), t.Context()
	link, mount := filepath.Join(dir, "port"), filepath.Join(dir, "mnt")
	port, err := sticktest.New(ctx, link, filepath.Join(dir, "sticks"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Pull(ctx) }) // which has ended
	driver, err := stick.New(stick.Options{Device: link, Mount: mount, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	runs, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- driver.Run(runs) }()
	defer func() { stop(); <-ended }()
	next := func() stick.Event {
		t.Helper()
		select {
		case e := <-driver.Events():
			return e
		case <-time.After(2 * time.Minute):
			t.Fatal("the driver says nothing")
		}
		return stick.Event{}
	}
	if e := next(); e != (stick.Event{}) {
		t.Fatalf("without a stick: %+v", e)
	}
	gone, leave := context.WithCancel(ctx) // whoever asks has gone before it is done
	leave()
	for _, x := range []struct {
		name string
		is   error
	}{{sticktest.Whole, nil}, {sticktest.Locked, stick.ErrReadOnly}, {sticktest.Foreign, fault.Unsupported}, {sticktest.Small, nil}} {
		if err := port.Put(gone, x.name); err != nil {
			if x.name == sticktest.Whole {
				t.Skipf("no loop device can be had (%v): sticks are tried in the guest alone", err)
			}
			t.Fatal(err)
		}
		e := next()
		if !errors.Is(e.Fault, x.is) || (e.Dir == mount) != (x.is == nil) {
			t.Fatalf("%s: %+v, want %v", x.name, e, x.is)
		}
		if x.name == sticktest.Whole {
			if err := errors.Join(os.Mkdir(filepath.Join(mount, "D"), 0o700), os.WriteFile(filepath.Join(mount, "D", "a.zkj"), []byte("sealed"), 0o600)); err != nil {
				t.Fatal(err)
			}
			if _, err := port.Files(ctx, x.name); !errors.Is(err, sticktest.ErrHeld) {
				t.Errorf("opened while it is in: %v", err)
			}
		}
		if x.name == sticktest.Small {
			if err := os.WriteFile(filepath.Join(mount, "b"), make([]byte, 512<<10), 0o600); err == nil {
				t.Error("the small stick takes everything")
			}
		}
		if err := port.Pull(gone); err != nil {
			t.Fatal(err)
		}
		if e := next(); e != (stick.Event{}) {
			t.Fatalf("%s pulled out: %+v", x.name, e)
		}
	}
	all, err := port.Files(ctx, sticktest.Whole)
	if err != nil || len(all) != 1 || all[0].Name != "D/a.zkj" || string(all[0].Data) != "sealed" {
		t.Fatalf("on the stick: %+v, %v", all, err)
	}
	if err := port.Wipe(ctx, sticktest.Whole); err != nil {
		t.Fatal(err)
	}
	if all, err := port.Files(ctx, sticktest.Whole); err != nil || len(all) != 0 {
		t.Errorf("a new one: %+v, %v", all, err)
	}
	if err := port.Put(ctx, "none"); !errors.Is(err, sticktest.ErrNoStick) {
		t.Errorf("a stick that is none: %v", err)
	}
}
