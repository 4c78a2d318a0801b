package cameratest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const boundary = "zkframe"

// Serve answers HTTP on a listener until ctx ends: the stream on every path but
// /snapshot.jpg. It closes the listener and every connection.
func (c *Camera) Serve(ctx context.Context, l net.Listener) error {
	var all sync.WaitGroup
	open := connections{all: map[net.Conn]bool{}}
	stop := context.AfterFunc(ctx, func() {
		_ = l.Close()
		open.close()
	})
	defer stop()
	for {
		conn, err := l.Accept()
		if err != nil {
			open.close()
			all.Wait()
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if !open.add(conn) {
			continue
		}
		all.Go(func() {
			defer open.drop(conn)
			c.answer(ctx, conn)
		})
	}
}

// connections are those that are open, so that pulling the plug ends them.
type connections struct {
	mu     sync.Mutex // guards the rest
	all    map[net.Conn]bool
	closed bool
}

func (o *connections) add(conn net.Conn) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || len(o.all) >= 16 {
		_ = conn.Close()
		return false
	}
	o.all[conn] = true
	return true
}

func (o *connections) drop(conn net.Conn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.all, conn)
	_ = conn.Close()
}

func (o *connections) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	for conn := range o.all {
		_ = conn.Close()
	}
}

// answer serves one request and hangs up.
func (c *Camera) answer(ctx context.Context, conn net.Conn) {
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	k := c.Knobs()
	switch {
	case req.Method != http.MethodGet:
		write(conn, "HTTP/1.0 405 Method Not Allowed\r\nAllow: GET\r\n\r\n")
	case k.Status != 0:
		write(conn, fmt.Sprintf("HTTP/1.0 %d %s\r\nContent-Type: text/plain\r\n\r\nno\r\n", k.Status, http.StatusText(k.Status)))
	case k.Redirect:
		write(conn, "HTTP/1.0 302 Found\r\nLocation: /elsewhere\r\n\r\n")
	case k.WrongType:
		write(conn, "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>sign in first</p>\r\n")
	case req.URL.Path == "/snapshot.jpg":
		b := c.Picture()
		if write(conn, fmt.Sprintf("HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\nCache-Control: no-store\r\n\r\n", len(b))) {
			_, _ = conn.Write(b) // the viewer left
		}
	default:
		c.count(1)
		c.stream(ctx, conn)
		c.count(-1)
	}
}

func write(conn net.Conn, s string) bool {
	_ = conn.SetWriteDeadline(time.Now().Add(3 * time.Second))
	_, err := conn.Write([]byte(s))
	return err == nil
}

// stream sends frames until the viewer, a fault or ctx ends it.
func (c *Camera) stream(ctx context.Context, conn net.Conn) {
	if !write(conn, "HTTP/1.0 200 OK\r\nCache-Control: no-store\r\nContent-Type: multipart/x-mixed-replace;boundary="+boundary+"\r\n\r\n") {
		return
	}
	// A viewer that hangs up while nothing is sent is noticed by reading.
	gone, cancel := context.WithCancel(ctx)
	defer cancel()
	_ = conn.SetReadDeadline(time.Time{})
	go func() {
		defer cancel()
		_, _ = conn.Read(make([]byte, 1))
	}()
	tick := time.NewTimer(0)
	defer tick.Stop()
	for n := uint64(0); ; n++ {
		changed := c.Changed()
		k := c.Knobs()
		rate := k.FPS
		if rate == 0 {
			rate = 15
		}
		if k.Stall {
			select {
			case <-changed:
				n--
				continue
			case <-gone.Done():
				return
			}
		}
		select {
		case <-tick.C:
			tick.Reset(time.Second / time.Duration(rate))
		case <-gone.Done():
			return
		}
		if k.DropAfter > 0 && n >= uint64(k.DropAfter) {
			return
		}
		if !c.part(gone, conn, k, n) {
			return
		}
	}
}

// part sends one part with its head.
func (c *Camera) part(ctx context.Context, conn net.Conn, k Knobs, n uint64) bool {
	head := "--" + boundary + "\r\nContent-Type: image/jpeg\r\n"
	switch {
	case k.HugePart:
		return write(conn, head+"Content-Length: 1000000000\r\n\r\n") && write(conn, strings.Repeat("x", 1000))
	case k.Endless:
		ok := write(conn, head+"\r\n")
		for block := strings.Repeat("y", 64<<10); ok && ctx.Err() == nil; {
			ok = write(conn, block)
		}
		return false
	case k.Trickle:
		write(conn, head+"Content-Length: 100000\r\n\r\n")
		return trickle(ctx, conn)
	}
	body := c.next(n)
	if !k.NoLength {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if !write(conn, head+"\r\n") {
		return false
	}
	_ = conn.SetWriteDeadline(time.Now().Add(3 * time.Second))
	_, err := conn.Write(body)
	return err == nil && write(conn, "\r\n")
}

func trickle(ctx context.Context, conn net.Conn) bool {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if !write(conn, "z") {
				return false
			}
		case <-ctx.Done():
			return false
		}
	}
}

// Plug is the camera's cable: an address that answers or does not.
type Plug struct {
	camera  *Camera
	address string

	mu     sync.Mutex // guards the rest
	cancel context.CancelFunc
	done   chan error
}

// NewPlug makes a cable that is out. address is host:port; a port of 0 is
// settled at the first Plug.
func NewPlug(c *Camera, address string) *Plug { return &Plug{camera: c, address: address} }

// Plug puts the cable in: the address answers.
func (p *Plug) Plug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel != nil {
		return nil
	}
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		return err
	}
	p.address = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel, p.done = cancel, make(chan error, 1)
	go func(done chan<- error) { done <- p.camera.Serve(ctx, l) }(p.done)
	p.camera.count(0)
	return nil
}

// Unplug pulls it: the address refuses, and open connections end.
func (p *Plug) Unplug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel == nil {
		return nil
	}
	p.cancel()
	err := <-p.done
	p.cancel, p.done = nil, nil
	p.camera.count(0)
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// In says whether the cable is in.
func (p *Plug) In() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cancel != nil
}

// URL is where the camera is looked at; known after the first Plug.
func (p *Plug) URL() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return "http://" + p.address + "/stream"
}
