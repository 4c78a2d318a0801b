package idcard_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhunkao/hw/idcard"
	"zhunkao/hw/idcardtest"
	"zhunkao/provisioning/leak"
)

// TestMain lets many tests wait at the same time: they wait for timers, not for
// a processor.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "40"); err != nil {
		panic(err)
	}
	leak.Main(m)
}

// patience is how long a test waits for an event that must come. Generous: the
// machine may be busy.
const patience = 2 * time.Minute

// rig is a driver at one end of a pty and an emulated reader at the other.
type rig struct {
	t      *testing.T
	emu    *idcardtest.Reader
	plug   *idcardtest.Plug
	events <-chan idcard.Event
	log    *safeBuffer

	powerPause time.Duration // between two switchings; 0 for the usual one
}

type safeBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// prepare makes the emulated reader, not plugged in.
func prepare(t *testing.T, k idcardtest.Knobs) *rig {
	t.Helper()
	r := &rig{t: t, emu: idcardtest.New(), log: &safeBuffer{}}
	if err := r.emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	r.plug = idcardtest.NewPlug(r.emu, filepath.Join(t.TempDir(), "reader"))
	return r
}

// start runs the driver.
func (r *rig) start(opt idcard.Options) *rig {
	r.t.Helper()
	if opt.Port == "" {
		opt.Port = r.plug.Link()
	}
	opt.Log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	reader, err := idcard.New(opt)
	if err != nil {
		r.t.Fatal(err)
	}
	reader.Hurry()
	if r.powerPause != 0 {
		reader.HurryPower(r.powerPause)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- reader.Run(ctx) }()
	r.events = reader.Events()
	r.t.Cleanup(func() {
		cancel()
		if err := <-done; err == nil {
			r.t.Error("Run: got nil, want the context's error")
		}
		// It may be answering the driver's last word at this very moment.
		if err := r.plug.Unplug(); err != nil && !errors.Is(err, os.ErrClosed) {
			r.t.Error(err)
		}
		if r.t.Failed() {
			r.t.Logf("driver's log:\n%s", r.log)
		}
	})
	return r
}

// run is prepare, plug in, start.
func run(t *testing.T, k idcardtest.Knobs) *rig {
	t.Helper()
	r := prepare(t, k)
	if err := r.plug.Plug(); err != nil {
		t.Fatal(err)
	}
	return r.start(idcard.Options{})
}

func (r *rig) place(c idcardtest.Card) {
	r.t.Helper()
	if err := r.emu.Place(c); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) set(k idcardtest.Knobs) {
	r.t.Helper()
	if err := r.emu.SetKnobs(k); err != nil {
		r.t.Fatal(err)
	}
}

// next is the next event.
func (r *rig) next() idcard.Event {
	r.t.Helper()
	select {
	case e := <-r.events:
		return e
	case <-time.After(patience):
		r.t.Fatalf("no event in %v", patience)
		return nil
	}
}

// want is the next event, which must be a T.
func want[T idcard.Event](r *rig) T {
	r.t.Helper()
	e := r.next()
	got, ok := e.(T)
	var zero T
	if _, noise := e.(idcard.LineNoise); noise && !ok {
		return want[T](r) // may come at any time
	}
	if !ok {
		r.t.Fatalf("got %T %v, want %T", e, e, zero)
	}
	return got
}

// silent checks that no event comes for a while.
func (r *rig) silent(d time.Duration) {
	r.t.Helper()
	select {
	case e := <-r.events:
		r.t.Errorf("got %T, want nothing for %v", e, d)
	case <-time.After(d):
	}
}

// resident is a synthetic person.
func resident() idcardtest.Card {
	return idcardtest.Card{
		Type: idcardtest.Resident, Name: "张测试", Sex: "1", Ethnic: "01", Birth: "20050617",
		Address: "北京市朝阳区测试路1号", Number: "110105200506170015", Issuer: "测试市公安局测试分局",
		ValidFrom: "20230901", ValidTo: "20330901", Seed: 7,
	}
}
