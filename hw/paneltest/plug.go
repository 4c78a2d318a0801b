package paneltest

import (
	"context"

	"zhunkao/hw/ptytest"
)

// Plug is the board at the end of its cable.
type Plug = ptytest.Plug

// NewPlug makes a cable that is not plugged in. link must not exist, or be a
// symbolic link left by an earlier run. At each plugging the board was just
// switched on.
func NewPlug(b *Board, link string) *Plug {
	return ptytest.New(ptytest.Device{
		PowerOn: b.PowerCycle,
		Serve: func(ctx context.Context, line *ptytest.Line) error {
			b.Serve(ctx, line)
			return nil
		},
		Changed: func() { b.change(func() {}) },
	}, link)
}
