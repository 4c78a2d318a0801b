package panel

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/gpio"

	"zhunkao/hw/fault"
)

const (
	// edgeWait bounds one wait for an edge. Never 0 and never -1: the library
	// and its contract mean opposite things by them.
	edgeWait = 500 * time.Millisecond
	// edgeRest keeps a line whose wait fails at once from taking a core.
	edgeRest = 100 * time.Millisecond
)

// gpioBoard is the machine's own lines and LEDs.
type gpioBoard struct {
	pins    []gpio.PinIO      // inputs
	places  []int             // of pins among the panel's inputs
	outs    map[int]gpioOut   // by place among the panel's lamps
	shadow  map[int]bool      // as last written
	nodes   map[string]nodeID // of the chips, as they were opened
	edgeOff bool              // some input gives no edges
	poke    chan struct{}
	stop    context.CancelFunc
	waiting sync.WaitGroup // the goroutines that wait for edges
}

// gpioOut is an output: a GPIO line or an LED.
type gpioOut interface{ Out(gpio.Level) error }

func openGPIO(_ context.Context, r *runner) (board, error) {
	if !r.has(onGPIO, onLED) {
		return nil, nil
	}
	b := &gpioBoard{outs: map[int]gpioOut{}, shadow: map[int]bool{}, nodes: map[string]nodeID{}, poke: make(chan struct{}, 1)}
	err := b.find(r)
	if err != nil && r.host.refresh() {
		b.release()
		b.nodes = map[string]nodeID{}
		b.pins, b.places, b.edgeOff = nil, nil, false
		clear(b.outs)
		err = b.find(r)
	}
	if err != nil {
		b.release()
		return nil, err
	}
	var ctx context.Context
	ctx, b.stop = context.WithCancel(context.Background()) // ended by close
	for _, pin := range b.pins {
		b.waiting.Add(1)
		go func() {
			defer b.waiting.Done()
			b.wait(ctx, pin)
		}()
	}
	return b, nil
}

// find finds and sets up every line.
func (b *gpioBoard) find(r *runner) error {
	for i, in := range r.inputs {
		if in.kind != onGPIO {
			continue
		}
		what := "the button " + in.name
		pull := gpio.PullUp // it closes to ground
		if in.contact {
			what = "the contact " + in.name
		}
		if in.contact || in.invert {
			pull = gpio.PullDown // it feeds the line
		}
		pin, node, err := r.host.line(in.at)
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if err := b.input(pin, pull); err != nil {
			return fmt.Errorf("%s: %w", what, lineFault(in.at, err))
		}
		b.pins, b.places = append(b.pins, pin), append(b.places, i)
		if err := b.mark(node); err != nil {
			return err
		}
	}
	for i, g := range r.lamps {
		var out gpioOut
		var node string
		var err error
		switch g.kind {
		case onGPIO:
			out, node, err = r.host.line(g.at)
		case onLED:
			out, err = r.host.led(g.at)
		default:
			continue
		}
		if err == nil {
			err = b.mark(node)
		}
		if err == nil {
			b.outs[i] = out
			err = lineFault(g.at, out.Out(gpio.Level(g.invert))) // off
		}
		if err != nil {
			return fmt.Errorf("the lamp %s: %w", g.name, err)
		}
	}
	return nil
}

// input makes pin an input that tells edges, or one that does not if its chip
// has no interrupts.
func (b *gpioBoard) input(pin gpio.PinIO, pull gpio.Pull) error {
	err := pin.In(pull, gpio.BothEdges)
	if err == nil {
		return nil
	}
	if again := pin.In(pull, gpio.NoEdge); again != nil {
		return errors.Join(err, again)
	}
	b.edgeOff = true
	return nil
}

// mark remembers the node of a chip, to see it go.
func (b *gpioBoard) mark(node string) error {
	if node == "" {
		return nil
	}
	if _, known := b.nodes[node]; known {
		return nil
	}
	id, err := lookAt(node)
	if err != nil {
		return missing(node, "", err)
	}
	b.nodes[node] = id
	return nil
}

// wait pokes at each edge until ctx ends.
func (b *gpioBoard) wait(ctx context.Context, pin gpio.PinIO) {
	for ctx.Err() == nil {
		start := time.Now()
		if pin.WaitForEdge(edgeWait) {
			select {
			case b.poke <- struct{}{}:
			default:
			}
			continue
		}
		if time.Since(start) < edgeWait/2 { // no edges here, or the line is gone
			if rest(ctx, edgeRest) != nil {
				return
			}
		}
	}
}

func (b *gpioBoard) pokes() (<-chan struct{}, bool) { return b.poke, b.edgeOff }

func (b *gpioBoard) read(_ context.Context, levels []bool) error {
	for i, pin := range b.pins {
		levels[b.places[i]] = bool(pin.Read())
	}
	// A line that is gone reads Low, without an error.
	for node, id := range b.nodes {
		if now, err := lookAt(node); err != nil || now != id {
			return missing(node, "the chip is gone", err)
		}
	}
	return nil
}

func (b *gpioBoard) write(_ context.Context, n int, on bool) error {
	out, here := b.outs[n]
	if !here {
		return nil
	}
	if err := out.Out(gpio.Level(on)); err != nil {
		return lineFault("a lamp", err)
	}
	b.shadow[n] = on
	return nil
}

// check writes every output anew: it must not be read.
func (b *gpioBoard) check(ctx context.Context) error {
	for n, on := range b.shadow {
		if err := b.write(ctx, n, on); err != nil {
			return err
		}
	}
	return nil
}

// close waits for the goroutines, at most edgeWait: a line must not be closed
// under one that waits for its edge.
func (b *gpioBoard) close() error {
	b.stop()
	b.waiting.Wait()
	b.release()
	return nil
}

// release gives the lines up, so that they can be asked for again.
func (b *gpioBoard) release() {
	give := func(line any) {
		if c, ok := line.(interface{ Close() }); ok {
			c.Close()
		}
	}
	for _, pin := range b.pins {
		give(pin)
	}
	for _, out := range b.outs {
		give(out)
	}
}

// nodeID tells a device node from its successor of the same name.
type nodeID struct {
	rdev, ino uint64
	sec, nsec int64
}

func lookAt(path string) (nodeID, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return nodeID{}, err
	}
	return nodeID{rdev: uint64(st.Rdev), ino: st.Ino, sec: int64(st.Ctim.Sec), nsec: int64(st.Ctim.Nsec)}, nil
}

// lineFault gives an error of a line its word; nil for nil.
func lineFault(name string, err error) error {
	word := fault.Line
	switch {
	case err == nil:
		return nil
	case fault.WordOf(err) != nil:
		return err
	case says(err, unix.EBUSY):
		word = fault.Busy
	case says(err, unix.EACCES, unix.EPERM):
		word = fault.Denied
	case says(err, unix.ENODEV, unix.ENXIO, unix.EBADF, unix.ENOENT):
		word = fault.Absent
	}
	return fault.New(word, "line "+name, "", err)
}

// says looks for error numbers. gpioioctl makes new errors of their texts, so
// the text must do where the number is lost.
func says(err error, numbers ...syscall.Errno) bool {
	for _, n := range numbers {
		if errors.Is(err, n) || strings.HasSuffix(err.Error(), n.Error()) {
			return true
		}
	}
	return false
}

// splitChip reads CHIP/N.
func splitChip(at string) (chip string, n int, ok bool) {
	chip, number, found := strings.Cut(at, "/")
	if !found {
		return "", 0, false
	}
	n, err := strconv.Atoi(number)
	return filepath.Base(chip), n, err == nil && n >= 0 && chip != ""
}
