package panel

import (
	"context"
	"errors"

	"zhunkao/hw/fault"
)

// board is what lines hang on: a Modbus board, or the machine's GPIO and LEDs.
// It belongs to one goroutine. Any error means that it is lost.
type board interface {
	// read puts the level of each input that hangs here in its place: true is
	// High, or a fed input.
	read(ctx context.Context, levels []bool) error
	// write sets the n-th lamp, if it hangs here.
	write(ctx context.Context, n int, on bool) error
	// check makes sure that the outputs are what was last written.
	check(ctx context.Context) error
	// pokes has an element when an input may have changed; nil if none does.
	// polled says that some input must be asked.
	pokes() (ch <-chan struct{}, polled bool)
	close() error
}

// openAll opens what the wiring needs.
func (r *runner) openAll(ctx context.Context) ([]board, error) {
	var boards []board
	for _, open := range []func(context.Context, *runner) (board, error){openGPIO, openModbus} {
		b, err := open(ctx, r)
		if err != nil {
			for _, b := range boards {
				err = errors.Join(err, b.close())
			}
			return nil, err
		}
		if b != nil {
			boards = append(boards, b)
		}
	}
	return boards, nil
}

// has says whether any wired line is of one of the kinds.
func (r *runner) has(kinds ...kind) bool {
	for _, k := range kinds {
		for _, in := range r.inputs {
			if in.kind == k {
				return true
			}
		}
		for _, g := range r.lamps {
			if g.kind == k {
				return true
			}
		}
	}
	return false
}

func missing(what, detail string, err error) error {
	return fault.New(fault.Absent, "open "+what, detail, err)
}
