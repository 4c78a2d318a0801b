package panel

import "context"

// board is what lines hang on. It belongs to one goroutine, but for pokes.
type board interface {
	// read gives the level of every input wired to it, in the order of its
	// inputs: true is High, or a fed input. Any error means the board is lost.
	read(ctx context.Context) ([]bool, error)
	// write sets its n-th lamp.
	write(ctx context.Context, n int, on bool) error
	// pokes has an element when an input may have changed; nil if the board
	// must be asked.
	pokes() <-chan struct{}
	close() error
}
