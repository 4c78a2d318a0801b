package simulator

import (
	"net"
	"sync"
	"time"
)

// wire is the line of a point to the hub: a TCP relay that can be told to fail.
type wire struct {
	l    net.Listener
	to   string
	done chan struct{} // closed when it accepts no more

	mu      sync.Mutex // guards what follows
	how     Trouble    // "" is well
	changed chan struct{}
	open    map[net.Conn]bool
	ended   bool
	relays  sync.WaitGroup
}

// newWire listens beside the address and relays to it: the hub's certificate names
// both.
func newWire(to string) (*wire, error) {
	host, _, err := net.SplitHostPort(to)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	w := &wire{l: l, to: to, done: make(chan struct{}), changed: make(chan struct{}), open: map[net.Conn]bool{}}
	go w.accept()
	return w, nil
}

func (w *wire) addr() string { return w.l.Addr().String() }

// set makes the line fail in one way, or well again with "". Cut ends what is
// open; the others keep it.
func (w *wire) set(how Trouble) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.how = how
	close(w.changed)
	w.changed = make(chan struct{})
	if how == Cut {
		w.drop()
	}
}

// drop resets every connection. The caller holds mu.
func (w *wire) drop() {
	for c := range w.open {
		_ = c.Close() // whoever relays notices
	}
}

func (w *wire) close() {
	w.mu.Lock()
	w.ended = true
	close(w.changed)
	w.changed = make(chan struct{})
	w.drop()
	w.mu.Unlock()
	_ = w.l.Close() // accept ends
	<-w.done
	w.relays.Wait()
}

func (w *wire) accept() {
	defer close(w.done)
	for {
		in, err := w.l.Accept()
		if err != nil {
			return
		}
		w.relays.Go(func() { w.relay(in) })
	}
}

// relay joins one connection with a new one to the hub. A hub that is away
// looks like a connection that ends at once.
func (w *wire) relay(in net.Conn) {
	defer in.Close()
	if !w.keep(in) {
		return
	}
	defer w.forget(in)
	out, err := net.DialTimeout("tcp", w.to, time.Second)
	if err != nil {
		return
	}
	defer out.Close()
	if !w.keep(out) {
		return
	}
	defer w.forget(out)
	var both sync.WaitGroup
	pass := func(to, from net.Conn) {
		defer to.Close()
		defer from.Close()
		w.pass(to, from)
	}
	both.Go(func() { pass(out, in) })
	both.Go(func() { pass(in, out) })
	both.Wait()
}

func (w *wire) keep(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.how == Cut {
		return false
	}
	w.open[c] = true
	return true
}

func (w *wire) forget(c net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, c)
}

// pass copies as the line allows.
func (w *wire) pass(to, from net.Conn) {
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			if !w.wait() {
				return
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// delay is what a slow line adds to each piece.
const delay = 15 * time.Millisecond

// wait lets a piece through when the line does; false when the line is gone.
func (w *wire) wait() bool {
	for {
		w.mu.Lock()
		how, changed, ended := w.how, w.changed, w.ended
		w.mu.Unlock()
		switch {
		case ended || how == Cut:
			return false
		case how == Slow:
			t := time.NewTimer(delay)
			defer t.Stop()
			select {
			case <-t.C:
				return true
			case <-changed:
			}
		case how == Hole:
			<-changed
		default:
			return true
		}
	}
}
