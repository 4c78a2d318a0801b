package camera

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/hotplug"
)

// Options configure a Camera.
type Options struct {
	// Source is /dev/v4l/by-path/… (or by-id), or http://host:port/path of a
	// camera that sends multipart/x-mixed-replace. Required.
	Source string
	// Width and Height are asked for, in pixels; 0 asks for 1280 × 720. The
	// camera may give another size; less than 640 × 480 is fault.WrongSize.
	Width, Height int
	// Limits are the thresholds of the checks; nil is DefaultLimits.
	Limits *Limits
	// Log takes one line for each change of state; nil is slog.Default().
	Log *slog.Logger
}

const (
	defaultWidth, defaultHeight = 1280, 720
	minWidth, minHeight         = 640, 480

	// How long a camera may be silent: when it starts, and later.
	firstFrame = 8 * time.Second
	nextFrame  = 3 * time.Second
	// pauses between attempts to get a camera back. The last is short enough for
	// three seconds from the return to the picture.
	firstPause = 200 * time.Millisecond
	lastPause  = 1500 * time.Millisecond
	// fresh is how old the newest frame may be.
	fresh = 2 * time.Second
)

// Camera owns one camera. New, then Run in a goroutine of its own; receive from
// Events until the program ends, or the Camera waits. The other methods may be
// called from any goroutine.
type Camera struct {
	opt    Options
	log    *slog.Logger
	source source
	events chan Event

	newest newest
	looks  looks
	dark   atomic.Bool // the last look was black

	// The rest belongs to Run.
	told *tale
}

// New makes a Camera. It opens nothing yet.
func New(opt Options) (*Camera, error) {
	if opt.Width <= 0 || opt.Height <= 0 {
		opt.Width, opt.Height = defaultWidth, defaultHeight
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	c := &Camera{opt: opt, log: opt.Log.With("worker", "camera"), events: make(chan Event, 16)}
	switch {
	case opt.Source == "":
		return nil, errors.New("camera: no source configured")
	case strings.Contains(opt.Source, "://"):
		s, err := newHTTP(opt.Source)
		if err != nil {
			return nil, err
		}
		c.source = s
	default:
		c.source = &v4l2{path: opt.Source, width: opt.Width, height: opt.Height, log: c.log}
	}
	c.newest.wake = make(chan struct{})
	return c, nil
}

// Events delivers what happens, in order. It is never closed.
func (c *Camera) Events() <-chan Event { return c.events }

// Run drives the camera until ctx ends, through unplugging and faults. It
// returns ctx's error. It can be called again after it returned, not twice at
// the same time.
func (c *Camera) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	plugs := c.plugs(ctx)
	defer func() {
		cancel()
		for range plugs { // until the watcher has ended
		}
		c.newest.fail(fault.New(fault.Closed, "camera", "stopped", nil))
		c.Forget()
	}()
	c.told = &tale{c: c}
	c.newest.heal() // what an earlier Run ended with
	present, wait := false, firstPause
	for {
		for !present {
			select {
			case e, ok := <-plugs:
				if !ok {
					return ctx.Err()
				}
				present, wait = e.Present, firstPause
				if !present {
					c.told.trouble(ctx, fault.New(fault.Absent, "open camera", "", nil))
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var err error
		var worked bool
		present, worked, err = c.attend(ctx, plugs)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if worked {
			wait = firstPause
		}
		c.told.trouble(ctx, err)
		if present {
			if present = c.rest(ctx, plugs, wait); ctx.Err() != nil {
				return ctx.Err()
			}
			wait = min(2*wait, lastPause)
		}
	}
}

// plugs watches the device's path. What has no path is always present.
func (c *Camera) plugs(ctx context.Context) <-chan hotplug.Event {
	if _, device := c.source.(*v4l2); device {
		return hotplug.Watch(ctx, c.opt.Source)
	}
	ch := make(chan hotplug.Event, 1)
	ch <- hotplug.Event{Present: true}
	context.AfterFunc(ctx, func() { close(ch) })
	return ch
}

// rest waits before the next attempt, or until the device comes anew.
func (c *Camera) rest(ctx context.Context, plugs <-chan hotplug.Event, d time.Duration) (present bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case e, ok := <-plugs:
		return !ok || e.Present
	case <-ctx.Done():
		return true
	}
}

// attend serves one connection and ends it as soon as the device goes, falls
// silent, or sends nothing sound. It returns whether the device is there now,
// whether it gave a picture, and what ended it.
func (c *Camera) attend(ctx context.Context, plugs <-chan hotplug.Event) (present, worked bool, err error) {
	conn, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	in := &intake{c: c, ctx: conn, frames: make(chan struct{}, 1)}
	var all sync.WaitGroup
	done := make(chan error, 1)
	all.Go(func() { done <- c.source.run(conn, in.opened, in.put) })
	all.Go(func() { c.watch(conn, cancel) })
	defer all.Wait()
	silence := time.NewTimer(firstFrame)
	defer silence.Stop()
	present = true
	for {
		select {
		case err = <-done:
			if cause := context.Cause(conn); cause != nil && fault.WordOf(cause) != nil {
				err = cause
			}
			cancel(nil)
			return present, worked, err
		case <-in.frames:
			worked = true
			silence.Reset(nextFrame)
		case <-silence.C:
			cancel(in.silent())
		case e, ok := <-plugs:
			if !ok {
				plugs = nil
				continue
			}
			if present = e.Present; !present {
				cancel(fault.New(fault.Absent, "camera unplugged", "", nil))
			}
		}
	}
}

// Latest gives the newest sound frame, at most two seconds old; false when
// there is none, and while the camera is lost or at fault.
func (c *Camera) Latest() (Frame, bool) {
	f, err := c.newest.after(0)
	return f, err == nil && f.Sequence > 0 && time.Since(f.At) < fresh
}

// Next waits for a frame whose Sequence is above after and gives the newest:
// a subscription without backlog. While the camera is lost or at fault it
// returns that error at once; else ctx's.
func (c *Camera) Next(ctx context.Context, after uint64) (Frame, error) {
	for {
		wake := c.newest.signal()
		f, err := c.newest.after(after)
		if err != nil || f.Sequence > 0 {
			return f, err
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return Frame{}, ctx.Err()
		}
	}
}

// Forget lets go of every frame held here and wipes it, if it was not handed
// out: called when a visit ends. What was handed out is for those who have it.
func (c *Camera) Forget() {
	c.newest.forget()
	c.looks.forget()
}

func hypot(x, y float64) float64 { return math.Hypot(x, y) }
