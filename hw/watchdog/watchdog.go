package watchdog

import (
	"context"
	"errors"
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
)

// Options configure a Watchdog.
type Options struct {
	// Path is the device, or Systemd. Required.
	Path string
	// Timeout is asked of the device, in whole seconds; it may give another,
	// which Started tells. 0 is DefaultTimeout. systemd has its own.
	Timeout time.Duration
	// Loops names what is supervised, each with the longest time between two
	// reports. Without one the program is watched for nothing: refused.
	Loops map[string]time.Duration
}

// Watchdog is the one feeder.
type Watchdog struct{}

// New opens and starts it.
func New(Options) (*Watchdog, error) { return &Watchdog{}, errors.ErrUnsupported }

// Report says that a loop is alive.
func (w *Watchdog) Report(string) {}

// Run feeds until ctx ends.
func (w *Watchdog) Run(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// Close stops the watchdog in order.
func (w *Watchdog) Close() error { return nil }
