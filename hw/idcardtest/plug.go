package idcardtest

import (
	"context"

	"zhunkao/hw/ptytest"
)

// Plug is a reader at the end of its cable.
type Plug = ptytest.Plug

// NewPlug makes a cable that is not plugged in. link must not exist, or be a
// symbolic link left by an earlier run. At each plugging the module starts with
// power just given.
func NewPlug(r *Reader, link string) *Plug {
	return ptytest.New(ptytest.Device{
		PowerOn: r.PowerCycle,
		Serve: func(ctx context.Context, line *ptytest.Line) error {
			return r.serve(ctx, line, line.HostBaud)
		},
		Changed: func() { r.change(func() {}) },
	}, link)
}
