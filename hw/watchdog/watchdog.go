package watchdog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// DefaultPath is the first watchdog of the machine.
	DefaultPath = "/dev/watchdog"
	// Systemd as Options.Path tells systemd instead of feeding a device.
	Systemd = "systemd"
	// DefaultTimeout is the time without food after which the machine is reset.
	DefaultTimeout = 60 * time.Second
	// FlashStall is how long a healthy write to flash may take. No limit of a
	// loop that writes to disk should be shorter than twice this.
	FlashStall = 10 * time.Second

	// maxPause bounds the time between two feedings, however long the timeout.
	maxPause = 5 * time.Second
)

// The errors a caller may test for, beside those of hw/fault.
var (
	// ErrOptions: the options cannot be meant so.
	ErrOptions = errors.New("watchdog: options")
	// ErrTwoFeeders: systemd watches this program already, and a device was
	// given as well.
	ErrTwoFeeders = errors.New("watchdog: systemd watches this program already; give it no device of its own")
	// ErrSystemd: systemd was asked for and does not watch this program.
	ErrSystemd = errors.New("watchdog: systemd does not watch this program: set Type=notify and WatchdogSec= in its unit")
)

// Options configure a Watchdog.
type Options struct {
	// Path is the device, or Systemd. Required.
	Path string
	// Timeout is asked of the device, in whole seconds; it may give another,
	// which Started tells. 0 is DefaultTimeout. systemd has its own.
	Timeout time.Duration
	// Loops names what is supervised, each with the longest time between two
	// reports. The time of the first begins with Run. Without one the program
	// would be watched for nothing: refused.
	Loops map[string]time.Duration
}

// Event is what a Watchdog tells: Started, Starving, Recovered or Failed.
type Event interface{ event() }

type (
	// Started: the watchdog is armed.
	Started struct {
		Identity string        // the device's name for itself, or "systemd"
		Timeout  time.Duration // what it really is
		Cause    Cause         // why the machine started last
	}
	// Starving: a loop has not reported within its limit; nothing is fed until
	// it does. Told once a loop.
	Starving struct {
		Loop   string
		Silent time.Duration // since its last report
	}
	// Recovered: a starving loop has reported again, in time.
	Recovered struct{ Loop string }
	// Failed: the watchdog could not be fed. It is tried again each time.
	Failed struct{ Err error }
)

func (Started) event()   {}
func (Starving) event()  {}
func (Recovered) event() {}
func (Failed) event()    {}

// feeder is what can be fed: the device or systemd.
type feeder interface {
	feed() error
	ready() error
	stop() error
}

// Watchdog is the one feeder. It is safe for concurrent use.
type Watchdog struct {
	feeder  feeder
	started Started
	pause   time.Duration
	events  chan Event
	now     func() time.Time

	mu     sync.Mutex // guards roll and closed
	roll   roll
	closed bool
}

// New opens and starts it: from now on it must be fed, by Run. Errors:
// ErrOptions, ErrTwoFeeders, ErrSystemd, fault.Absent, fault.Busy, fault.Denied.
func New(o Options) (*Watchdog, error) {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	switch {
	case o.Path == "":
		return nil, fmt.Errorf("%w: no device given, and not %q", ErrOptions, Systemd)
	case o.Timeout < time.Second:
		return nil, fmt.Errorf("%w: a timeout of %v", ErrOptions, o.Timeout)
	case len(o.Loops) == 0:
		return nil, fmt.Errorf("%w: no loop to supervise", ErrOptions)
	}
	for name, limit := range o.Loops {
		if limit <= 0 {
			return nil, fmt.Errorf("%w: loop %s has the limit %v", ErrOptions, name, limit)
		}
	}
	w := &Watchdog{events: make(chan Event, 32), now: time.Now, roll: newRoll(o.Loops)}
	var err error
	if o.Path == Systemd {
		w.feeder, w.started, err = openSystemd()
	} else {
		w.feeder, w.started, err = openDevice(o.Path, o.Timeout)
	}
	if err != nil {
		return nil, err
	}
	w.pause = min(w.started.Timeout/4, maxPause)
	w.tell(w.started)
	return w, nil
}

// Info is what Started told.
func (w *Watchdog) Info() Started { return w.started }

// Events delivers what happens. Who does not listen loses what does not fit:
// the feeder waits for nobody. It is never closed.
func (w *Watchdog) Events() <-chan Event { return w.events }

// Report says that the loop name is alive. A name that is not supervised is
// not noted.
func (w *Watchdog) Report(name string) {
	w.mu.Lock()
	recovered := w.roll.report(name, w.now())
	w.mu.Unlock()
	if recovered {
		w.tell(Recovered{Loop: name})
	}
}

// Ready tells systemd that the program works (READY=1). A device has no use
// for it.
func (w *Watchdog) Ready() error { return w.feeder.ready() }

// Run feeds until ctx ends, then once more, and returns ctx's error. It can be
// called again after it returned; every loop then has its whole limit anew.
func (w *Watchdog) Run(ctx context.Context) error {
	w.mu.Lock()
	w.roll.begin(w.now())
	w.mu.Unlock()
	ticker := time.NewTicker(w.pause)
	defer ticker.Stop()
	for {
		w.turn()
		select {
		case <-ticker.C:
		case <-ctx.Done():
			w.turn() // the whole timeout for what is left to stop
			return ctx.Err()
		}
	}
}

// turn feeds if nobody starves.
func (w *Watchdog) turn() {
	w.mu.Lock()
	hungry, fresh := w.roll.starving(w.now())
	w.mu.Unlock()
	for _, s := range fresh {
		w.tell(s)
	}
	if hungry {
		return
	}
	if err := w.feeder.feed(); err != nil {
		w.tell(Failed{Err: err})
	}
}

// Close stops the watchdog in order: nothing is reset any more. Call it as the
// last thing the program does.
func (w *Watchdog) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	return w.feeder.stop()
}

func (w *Watchdog) tell(e Event) {
	select {
	case w.events <- e:
	default:
	}
}
