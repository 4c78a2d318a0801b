package camera

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"strings"
	"time"

	"zhunkao/hw/fault"
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

// Camera owns one camera. New, then Run in a goroutine of its own; receive from
// Events. The other methods may be called from any goroutine.
type Camera struct {
	opt    Options
	log    *slog.Logger
	events chan Event
}

// New makes a Camera. It opens nothing yet.
func New(opt Options) (*Camera, error) {
	if opt.Source == "" {
		return nil, errors.New("camera: no source configured")
	}
	if strings.HasPrefix(opt.Source, "https:") {
		return nil, errors.New("camera: https is not spoken; give http or a device")
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Camera{opt: opt, log: opt.Log.With("worker", "camera"), events: make(chan Event, 16)}, nil
}

// Events delivers what happens, in order. It is never closed.
func (c *Camera) Events() <-chan Event { return c.events }

// Run drives the camera until ctx ends, through unplugging and faults. It
// returns ctx's error. It can be called again after it returned, not twice at
// the same time.
func (c *Camera) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Latest gives the newest sound frame, at most two seconds old; false when
// there is none.
func (c *Camera) Latest() (Frame, bool) { return Frame{}, false }

// Next waits for a frame whose Sequence is above after and gives the newest:
// a subscription without backlog. While the camera is lost or at fault it
// returns that error at once.
func (c *Camera) Next(ctx context.Context, after uint64) (Frame, error) {
	<-ctx.Done()
	return Frame{}, ctx.Err()
}

// Look checks the newest frame for a preview, at most four times a second for
// all callers together: asked more often it gives the last report again.
func (c *Camera) Look(ctx context.Context, p Profile) (Report, error) {
	return Report{}, fault.New(fault.Absent, "look", "", nil)
}

// Shot is one photo taken.
type Shot struct {
	Frame  []byte // the original frame as JPEG, as the camera gave it
	Photo  []byte // produced by the profile; nil when nothing could be produced
	Report Report // of the frame; Photo may be used when Report.OK
	At     time.Time
}

// Take takes a short burst and gives the best of it. Findings are no errors; an
// error carries a hw/fault word or is ctx's.
func (c *Camera) Take(ctx context.Context, p Profile) (Shot, error) {
	return Shot{}, fault.New(fault.Absent, "take", "", nil)
}

// Forget lets go of every frame held, and wipes what nobody else was given:
// called when a visit ends.
func (c *Camera) Forget() {}

func hypot(x, y float64) float64 { return math.Hypot(x, y) }
