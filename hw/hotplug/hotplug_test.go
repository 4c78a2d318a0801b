package hotplug_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"

	"zhunkao/hw/hotplug"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func next(t *testing.T, ch <-chan hotplug.Event) hotplug.Event {
	t.Helper()
	select {
	case e, ok := <-ch:
		if !ok {
			t.Fatal("channel closed, want an event")
		}
		return e
	case <-time.After(2 * time.Minute):
		t.Fatal("no event")
	}
	return hotplug.Event{}
}

func plug(t *testing.T, link string) (unplug func()) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(slave.Name(), link); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(link); err != nil {
			t.Error(err)
		}
		_ = slave.Close()
		_ = master.Close()
	}
}

func TestComesGoesAndIsReplaced(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	link := filepath.Join(t.TempDir(), "reader")
	ch := hotplug.Watch(ctx, link)
	if e := next(t, ch); e.Present {
		t.Fatalf("at the start: got %+v, want absent", e)
	}
	unplug := plug(t, link)
	if e := next(t, ch); !e.Present || e.Device == link {
		t.Fatalf("plugged: got %+v, want the resolved device", e)
	}
	unplug()
	if e := next(t, ch); e.Present {
		t.Fatalf("unplugged: got %+v", e)
	}
	unplug = plug(t, link)
	if e := next(t, ch); !e.Present {
		t.Fatalf("plugged again: got %+v", e)
	}
	// Out and in at once: the same name, perhaps the same number.
	unplug()
	unplug = plug(t, link)
	defer unplug()
	if e := next(t, ch); e.Present {
		t.Fatalf("replaced: got %+v, want gone first", e)
	}
	if e := next(t, ch); !e.Present {
		t.Fatalf("replaced: got %+v, want come second", e)
	}
	cancel()
	for range ch {
	}
}

func TestDirectoryThatComesLater(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := filepath.Join(t.TempDir(), "by-path")
	link := filepath.Join(dir, "reader")
	ch := hotplug.Watch(ctx, link)
	if e := next(t, ch); e.Present {
		t.Fatalf("got %+v, want absent", e)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	defer plug(t, link)()
	if e := next(t, ch); !e.Present {
		t.Fatalf("got %+v, want present", e)
	}
	cancel()
	for range ch {
	}
}
