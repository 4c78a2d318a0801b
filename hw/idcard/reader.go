package idcard

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/hotplug"
)

// Options configure a Reader.
type Options struct {
	// Port is the device's path: /dev/serial/by-path/…, a pty's symbolic link,
	// /dev/hidraw… for a HID reader, tcp://host:port for a serial server.
	// Required.
	Port string
	// Baud fixes the speed. 0 tries 115200, 57600, 38400, 19200, 9600.
	Baud int
	// Append also reads the additional address (30 03) after a good read.
	Append bool
	// PowerCycle, when set, switches the device off and on: the last step of the
	// ladder, after the search for the speed has failed three times in a row;
	// then not again before ten minutes, and ever more seldom. It may be nil; for
	// a device on USB there is package usb. It returns when the device is on.
	PowerCycle func(context.Context) error
	// Log takes one line for each change of state; nil is slog.Default().
	Log *slog.Logger
}

const (
	idlePoll   = 300 * time.Millisecond // from one find to the next: makers ask for no less
	leastPause = 100 * time.Millisecond // after a find that took long
	// pauses between attempts to get a lost or broken reader back.
	firstPause = 200 * time.Millisecond
	lastPause  = 5 * time.Second
)

// Reader owns one ID reader. New, then Run in a goroutine of its own; receive
// from Events until the program ends, or the Reader waits.
type Reader struct {
	opt    Options
	log    *slog.Logger
	events chan Event

	resetWait time.Duration
	ladder    ladder

	// The rest belongs to Run.
	placements uint64    // placements so far
	failures   int       // unreadable placements in a row
	started    bool      // a connection was served before
	ready      bool      // ReaderReady was sent and nothing contrary since
	told       tellState // what was last told of a reader that does not work
	noise      noiseMeter
}

// tellState keeps one trouble from being told twice.
type tellState uint8

const (
	toldNothing tellState = iota
	toldLost
	toldFault
)

// New makes a Reader. It opens nothing yet.
func New(opt Options) (*Reader, error) {
	if opt.Port == "" {
		return nil, errors.New("idcard: no port configured")
	}
	log := opt.Log
	if log == nil {
		log = slog.Default()
	}
	return &Reader{opt: opt, log: log.With("worker", "idcard"), events: make(chan Event, 16), resetWait: resetWait, ladder: ladder{first: firstPower}}, nil
}

// Events delivers what happens, in order. It is never closed.
func (r *Reader) Events() <-chan Event { return r.events }

// Run drives the reader until ctx ends, through unplugging, faults and noise.
// It returns ctx's error. It can be called again after it returned, not twice
// at the same time.
func (r *Reader) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	plugs := r.plugs(ctx)
	defer func() {
		cancel()
		for range plugs { // until the watcher has ended
		}
	}()
	r.ready, r.told, r.started = false, toldNothing, false

	present := false
	pause := firstPause
	for {
		for !present {
			select {
			case e, ok := <-plugs:
				if !ok {
					return ctx.Err()
				}
				present, pause = e.Present, firstPause
				if !present {
					r.lost(ctx, fault.New(fault.Absent, "open "+r.opt.Port, "", nil))
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var err error
		wasReady := r.ready
		present, err = r.attend(ctx, plugs)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.ready || wasReady {
			pause = firstPause
		}
		r.report(ctx, err)
		if r.climb(ctx, err, r.ready || wasReady) {
			pause = firstPause
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if present {
			if present = r.rest(ctx, plugs, pause); ctx.Err() != nil {
				return ctx.Err()
			}
			pause = min(2*pause, lastPause)
		}
	}
}

// plugs watches the device's path. What has no path is always present.
func (r *Reader) plugs(ctx context.Context) <-chan hotplug.Event {
	if !strings.HasPrefix(r.opt.Port, tcpScheme) {
		return hotplug.Watch(ctx, r.opt.Port)
	}
	ch := make(chan hotplug.Event, 1)
	ch <- hotplug.Event{Present: true}
	context.AfterFunc(ctx, func() { close(ch) })
	return ch
}

// attend serves one connection and ends it as soon as the device goes. It
// returns whether the device is there now, and what ended the connection.
func (r *Reader) attend(ctx context.Context, plugs <-chan hotplug.Event) (present bool, err error) {
	conn, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- r.connection(conn) }()
	present = true
	for {
		select {
		case err = <-done:
			if cause := context.Cause(conn); errors.Is(cause, fault.Absent) {
				err = cause
			}
			return present, err
		case e, ok := <-plugs:
			if !ok {
				plugs = nil
				continue
			}
			present = e.Present
			if !present {
				cancel(fault.New(fault.Absent, "unplugged "+r.opt.Port, "", nil))
			}
		}
	}
}

// rest waits before the next attempt, or until the device comes anew.
func (r *Reader) rest(ctx context.Context, plugs <-chan hotplug.Event, pause time.Duration) (present bool) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	present = true
	for {
		select {
		case <-timer.C:
			return present
		case e, ok := <-plugs:
			if !ok {
				return present
			}
			present = e.Present
			return present
		case <-ctx.Done():
			return present
		}
	}
}

// report tells, once, why the reader does not work.
func (r *Reader) report(ctx context.Context, err error) {
	switch fault.ClassOf(err) {
	case fault.ClassNone: // cancelled, or our own Close
	case fault.ClassLine:
		r.lost(ctx, err)
	default:
		if r.told == toldFault {
			return
		}
		r.told, r.ready = toldFault, false
		permanent := errors.Is(err, fault.Unauthorised)
		r.log.Warn("ID reader is broken", "err", err, "permanent", permanent)
		r.emit(ctx, ReaderFault{Err: err, Permanent: permanent})
	}
}

func (r *Reader) lost(ctx context.Context, err error) {
	if r.told == toldLost {
		return
	}
	r.told, r.ready = toldLost, false
	r.log.Warn("ID reader is lost", "err", err)
	r.emit(ctx, ReaderLost{Err: err})
}

// emit delivers e. A connection that is being cancelled still delivers while
// there is room, so that a card's story is told to its end.
func (r *Reader) emit(ctx context.Context, e Event) {
	select {
	case r.events <- e:
		return
	default:
	}
	select {
	case r.events <- e:
	case <-ctx.Done():
	}
}
