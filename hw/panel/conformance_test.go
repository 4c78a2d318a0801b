package panel_test

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/panel"
)

// front is a box's front, however it hangs on the machine. All contacts are
// closed and no button is pressed at first; it is plugged in.
type front interface {
	Press(button string)
	Let(button string)
	Open(contact string)
	Shut(contact string)
	Lit(lamp string) bool
	Plug() error
	Unplug() error
}

// patience is how long a test waits for what must come. Generous: the machine
// may be busy, or a guest without acceleration.
const patience = 2 * time.Minute

// rig is a Panel on a front.
type rig struct {
	t *testing.T
	front
	*panel.Panel
	stop func()

	mu    sync.Mutex // guards what follows
	saved []panel.Latch
	fails error // Save answers this
	tried int   // times that it did
}

// start runs a Panel on f and waits until it is ready.
func start(t *testing.T, f front, w panel.Wiring, known ...panel.Latch) *rig {
	t.Helper()
	r := build(t, f, w, known...)
	r.run()
	return r
}

func build(t *testing.T, f front, w panel.Wiring, known ...panel.Latch) *rig {
	t.Helper()
	r := &rig{t: t, front: f}
	p, err := panel.New(panel.Options{Wiring: w, Known: known, Save: r.save, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := f.(*bank); ok {
		p.SetLines(b.find)
	}
	r.Panel = p
	return r
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	var once sync.Once
	r.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				r.t.Errorf("Run: %v", err)
			}
		})
	}
	r.t.Cleanup(r.stop)
}

func (r *rig) save(l panel.Latch) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails != nil {
		r.tried++
		return r.fails
	}
	r.saved = append(r.saved, l)
	return nil
}

func (r *rig) setFails(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fails = err
}

func (r *rig) hasTried() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tried > 0
}

// lastSaved is the newest latch saved.
func (r *rig) lastSaved() panel.Latch {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.saved) == 0 {
		return panel.Latch{}
	}
	return r.saved[len(r.saved)-1]
}

// next is the next event.
func (r *rig) next() panel.Event {
	r.t.Helper()
	select {
	case e := <-r.Events():
		return e
	case <-time.After(patience):
		r.t.Fatal("nothing told in time")
		return nil
	}
}

// expect takes the next event, which must be of E's kind.
func expect[E panel.Event](r *rig) E {
	r.t.Helper()
	e, ok := r.next().(E)
	if !ok {
		r.t.Fatalf("got %T %+v, want %v", e, e, reflect.TypeFor[E]())
	}
	return e
}

// quiet makes sure that nothing is told for a while.
func (r *rig) quiet(d time.Duration) {
	r.t.Helper()
	select {
	case e := <-r.Events():
		r.t.Fatalf("told %T %+v, want nothing", e, e)
	case <-time.After(d):
	}
}

// until waits for a state of the front.
func (r *rig) until(what string, is func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("never: %s", what)
		}
	}
}

// conform is what every board must do.
func conform(t *testing.T, plug func(t *testing.T) (front, panel.Wiring)) {
	t.Run("buttons", func(t *testing.T) {
		f, w := plug(t)
		r := start(t, f, w)
		if e := expect[panel.Ready](r); !reflect.DeepEqual(e.Open, map[panel.Contact]bool{"door": false, "tamper": false}) {
			t.Errorf("ready: %v", e.Open)
		}
		for range 3 {
			f.Press("help")
			if e := expect[panel.Pressed](r); e.Button != panel.ButtonHelp || time.Since(e.At) > patience {
				t.Errorf("got %+v", e)
			}
			f.Let("help")
			if e := expect[panel.Released](r); e.Button != panel.ButtonHelp || e.After <= 0 {
				t.Errorf("got %+v", e)
			}
		}
		f.Press("staff")
		expect[panel.Pressed](r)
		begun := time.Now()
		f.Press("help") // two at a time
		if e := expect[panel.Pressed](r); e.Button != panel.ButtonHelp {
			t.Errorf("got %+v", e)
		}
		f.Let("help")
		expect[panel.Released](r)
		if e := expect[panel.Held](r); e.Button != panel.ButtonStaff || time.Since(begun) < 2500*time.Millisecond {
			t.Errorf("got %+v after %v, want Held after 3 s", e, time.Since(begun))
		}
		f.Let("staff")
		if e := expect[panel.Released](r); e.After < 3*time.Second {
			t.Errorf("got %+v", e)
		}
		r.quiet(200 * time.Millisecond)
	})

	t.Run("lamps", func(t *testing.T) {
		f, w := plug(t)
		r := build(t, f, w)
		r.Set(panel.LampOK, panel.On) // before it runs
		r.run()
		expect[panel.Ready](r)
		r.until("ok is lit", func() bool { return f.Lit("ok") && !f.Lit("fault") && !f.Lit("reader") })
		r.Set(panel.LampReader, panel.Blink)
		r.Set(panel.LampFault, panel.Hurry)
		for range 2 {
			r.until("reader comes on", func() bool { return f.Lit("reader") })
			r.until("reader goes off", func() bool { return !f.Lit("reader") })
			r.until("fault comes on", func() bool { return f.Lit("fault") })
			r.until("fault goes off", func() bool { return !f.Lit("fault") })
		}
		r.Set(panel.LampReader, panel.Off)
		r.Set(panel.LampFault, panel.On)
		r.Set("disco", panel.On) // not wired
		r.until("reader is off and fault steady", func() bool { return !f.Lit("reader") && f.Lit("fault") })
		// Inputs and outputs do not disturb each other.
		f.Press("help")
		expect[panel.Pressed](r)
		f.Let("help")
		expect[panel.Released](r)
		if !f.Lit("ok") || !f.Lit("fault") {
			t.Error("a lamp went out when a button was pressed")
		}
		r.stop()
		if f.Lit("ok") || f.Lit("fault") {
			t.Error("lamps are lit after the end")
		}
	})

	t.Run("contacts", func(t *testing.T) {
		f, w := plug(t)
		r := start(t, f, w, panel.Latch{Contact: "door", Count: 4})
		expect[panel.Ready](r)
		f.Open("door")
		opened := expect[panel.Opened](r)
		if opened.Contact != "door" || !opened.Open || opened.Count != 5 || opened.AtStart || r.lastSaved() != opened.Latch {
			t.Errorf("got %+v, saved %+v; want it saved, count 5", opened, r.lastSaved())
		}
		f.Shut("door")
		if e := expect[panel.Closed](r); e.Count != 5 || e.Open || r.lastSaved() != e.Latch {
			t.Errorf("got %+v", e)
		}
		// What cannot be saved is not told; nor is it forgotten.
		r.setFails(errors.New("disk is full"))
		f.Open("tamper")
		r.until("it is to be saved", r.hasTried)
		r.quiet(300 * time.Millisecond)
		f.Shut("tamper")
		r.quiet(300 * time.Millisecond)
		r.setFails(nil)
		if e := expect[panel.Opened](r); e.Contact != "tamper" || e.Count != 1 {
			t.Errorf("got %+v", e)
		}
		if e := expect[panel.Closed](r); e.Contact != "tamper" || e.Count != 1 {
			t.Errorf("got %+v", e)
		}
		// Opened while the program was away: found at the start, once.
		r.stop()
		f.Open("door")
		r.run()
		if e := expect[panel.Opened](r); !e.AtStart || e.Count != 6 || e.Contact != "door" {
			t.Errorf("got %+v, want the opening found at the start", e)
		}
		if e := expect[panel.Ready](r); !e.Open["door"] || e.Open["tamper"] {
			t.Errorf("ready: %v", e.Open)
		}
		r.stop()
		again := start(t, f, w, r.lastSaved())
		if e := expect[panel.Ready](again); !e.Open["door"] {
			t.Errorf("ready: %v", e.Open)
		}
		again.quiet(300 * time.Millisecond)
	})

	t.Run("unplugged and plugged in again", func(t *testing.T) {
		f, w := plug(t)
		r := start(t, f, w)
		expect[panel.Ready](r)
		r.Set(panel.LampOK, panel.On)
		r.until("ok is lit", func() bool { return f.Lit("ok") })
		for range 2 {
			f.Press("help")
			expect[panel.Pressed](r)
			if err := f.Unplug(); err != nil {
				t.Fatal(err)
			}
			if e := expect[panel.Lost](r); !errors.Is(e.Err, fault.Absent) {
				t.Errorf("lost: %v, want Absent", e.Err)
			}
			f.Let("help")
			r.quiet(time.Second) // Lost is told once, and no contact opens by it
			f.Open("tamper")
			if err := f.Plug(); err != nil {
				t.Fatal(err)
			}
			if e := expect[panel.Opened](r); e.Contact != "tamper" || !e.AtStart {
				t.Errorf("got %+v, want what was opened meanwhile", e)
			}
			expect[panel.Ready](r)
			r.until("ok is lit again", func() bool { return f.Lit("ok") })
			f.Shut("tamper")
			expect[panel.Closed](r)
		}
	})

	t.Run("not there at the start", func(t *testing.T) {
		f, w := plug(t)
		if err := f.Unplug(); err != nil {
			t.Fatal(err)
		}
		r := start(t, f, w)
		if e := expect[panel.Lost](r); !errors.Is(e.Err, fault.Absent) {
			t.Errorf("lost: %v, want Absent", e.Err)
		}
		if err := f.Plug(); err != nil {
			t.Fatal(err)
		}
		expect[panel.Ready](r)
	})
}
