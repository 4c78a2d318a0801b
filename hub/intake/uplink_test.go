package intake_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/dispatch"
	"zhunkao/hub/intake"
)

// sulky is a broker that lets everybody in and refuses to subscribe them as
// often as it is told, each time in one of the ways that brokers have.
type sulky struct {
	net.Listener
	mu       sync.Mutex // guards refusals
	refusals []byte     // return codes of the next SUBACKs; 0 hangs up instead
	filters  chan string
}

func newSulky(t *testing.T, refusals ...byte) *sulky {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sulky{Listener: l, refusals: refusals, filters: make(chan string, 16)}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { s.serve(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); open.Wait() })
	return s
}

func (s *sulky) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	for {
		kind, err := r.ReadByte()
		if err != nil {
			return
		}
		size, err := r.ReadByte() // all that is said here is short
		if err != nil {
			return
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		var answer []byte
		switch kind >> 4 {
		case 1:
			answer = []byte{0x20, 2, 0, 0}
		case 8:
			code := byte(0)
			s.mu.Lock()
			refuse := len(s.refusals) > 0
			if refuse {
				code, s.refusals = s.refusals[0], s.refusals[1:]
			}
			s.mu.Unlock()
			if refuse && code == 0 {
				return
			}
			answer = []byte{0x90, 3, body[0], body[1], code}
			if !refuse {
				s.filters <- string(body[4 : len(body)-1])
			}
		case 14:
			return
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// A broker may refuse the subscription (its rights are not read yet, it is
// restarting): the hub tries again until it listens, instead of staying deaf on
// a connection that looks healthy.
func TestListensInTheEnd(t *testing.T) {
	s := newSulky(t, 0x80, 0, 0x80)
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}, 8), make(chan error, 1)
	in := intake.New(intake.Options{})
	go func() {
		ended <- in.Listen(ctx, intake.Uplink{Link: dispatch.Link{URL: "tcp://" + s.Addr().String()}, Shared: "hub"}, func() { ready <- struct{}{} })
	}()
	var err error
	select {
	case <-ready:
	case <-time.After(patient):
		err = errors.New("it never listens")
	}
	select {
	case f := <-s.filters:
		if !strings.HasPrefix(f, "$share/hub/") {
			t.Errorf("it subscribed to %q", f)
		}
	default:
		err = errors.Join(err, errors.New("it says that it listens, and does not"))
	}
	cancel()
	if err := errors.Join(err, <-ended); err != nil {
		t.Error(err)
	}
}
