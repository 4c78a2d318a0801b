package camera

import (
	"sync"
	"time"

	"zhunkao/hw/fault"
)

// newest holds the newest frame and what keeps the camera from giving one. Two
// buffers go round; one that was handed out does not come back.
type newest struct {
	mu      sync.Mutex // guards all below
	frame   Frame
	given   bool // frame's bytes were handed out
	spare   []byte
	seq     uint64
	trouble error
	wake    chan struct{} // closed and replaced at each change
}

// buffer lends room for the next frame; publish or giveBack returns it.
func (n *newest) buffer() []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	b := n.spare
	n.spare = nil
	return b[:0]
}

func (n *newest) giveBack(b []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.spare = b[:0]
}

// publish makes f the newest frame.
func (n *newest) publish(f Frame) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.given {
		n.spare = n.frame.data[:0]
	}
	n.seq++
	f.Sequence = n.seq
	n.frame, n.given = f, false
	n.changed()
}

// same says whether data is the newest frame's, byte for byte.
func (n *newest) same(data []byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.frame.data) > 0 && string(n.frame.data) == string(data)
}

// touch says that the newest frame came again.
func (n *newest) touch(at time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.frame.At = at
}

// fail keeps frames from being handed out until heal.
func (n *newest) fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.trouble = err
	n.changed()
}

func (n *newest) heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.trouble = nil
	n.changed()
}

// after gives the newest frame if its sequence is above seq; the zero Frame if
// there is none yet; the trouble if there is one.
func (n *newest) after(seq uint64) (Frame, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.trouble != nil {
		return Frame{}, n.trouble
	}
	if n.frame.Sequence <= seq || len(n.frame.data) == 0 {
		return Frame{}, nil
	}
	n.given = true
	return n.frame, nil
}

// inside gives the newest frame to the camera's own watcher, trouble or not.
func (n *newest) inside() Frame {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.given = n.given || len(n.frame.data) > 0
	return n.frame
}

func (n *newest) signal() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.wake
}

func (n *newest) sequence() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.seq
}

func (n *newest) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.given {
		clear(n.frame.data[:cap(n.frame.data)])
	}
	clear(n.spare[:cap(n.spare)])
	n.frame.data, n.given = nil, false
}

func (n *newest) changed() {
	close(n.wake)
	n.wake = make(chan struct{})
}

// closedWord says whether err only tells that we ended it ourselves.
func closedWord(err error) bool { return err == nil || fault.ClassOf(err) == fault.ClassNone }
