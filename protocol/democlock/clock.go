package democlock

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Clock follows a served clock. It is safe for concurrent use.
type Clock struct {
	socket string
	stop   context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex // guards what follows
	told    time.Time  // the demonstration's time at anchor
	anchor  time.Time
	last    time.Time // the latest answer of Now
	first   time.Time // the first, for Mono
	moves   uint64
	changed chan struct{} // closed at the next move
}

// patience is how long Dial tries, for a server that is starting beside it.
const patience = 5 * time.Second

// Dial begins to follow the clock at socket and returns when its time is
// known. It follows until ctx ends or Close; a lost server is tried again with
// growing pauses while the clock runs on at real speed.
func Dial(ctx context.Context, socket string) (*Clock, error) {
	c := &Clock{socket: socket, done: make(chan struct{}), changed: make(chan struct{})}
	try, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var conn *conn
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		var err error
		if conn, err = open(try, socket); err == nil {
			break
		}
		select {
		case <-try.Done():
			return nil, fmt.Errorf("democlock: no clock answers at %s: %w", socket, err)
		case <-time.After(pause):
		}
	}
	c.take(conn.first)
	c.first = c.Now()
	ctx, c.stop = context.WithCancel(ctx)
	go c.follow(ctx, conn)
	return c, nil
}

// Close stops following. The clock still answers, at real speed.
func (c *Clock) Close() error {
	c.stop()
	<-c.done
	return nil
}

// Now is the demonstration's time in UTC. It never runs backwards: ahead of a
// server that has stood still for a while, it waits.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.told.Add(time.Since(c.anchor)); t.After(c.last) {
		c.last = t
	}
	return c.last
}

// Mono is the time that has gone by since Dial, moves included: what a
// monotonic clock would show if the demonstration's days had really passed.
func (c *Clock) Mono() time.Duration { return c.Now().Sub(c.first) }

// Changed is closed at the next move. Take it before reading Now, so that no
// move falls between the two.
func (c *Clock) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// Move asks for a move and returns when this clock shows it. Errors: ErrPast,
// ErrUnknownMove, or that the server is away.
func (c *Clock) Move(ctx context.Context, move string) error {
	conn, err := open(ctx, c.socket)
	if err != nil {
		return fmt.Errorf("democlock: %w", err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := json.NewEncoder(conn).Encode(request{Move: move}); err != nil {
		return fmt.Errorf("democlock: %w", err)
	}
	for {
		s, err := conn.next()
		if err != nil {
			return fmt.Errorf("democlock: %w", errors.Join(err, ctx.Err()))
		}
		c.take(s)
		if s.Did != move {
			continue // somebody else's
		}
		switch {
		case s.Error == ErrPast.Error():
			return ErrPast
		case s.Error == ErrUnknownMove.Error():
			return ErrUnknownMove
		case s.Error != "":
			return errors.New(s.Error)
		}
		return nil
	}
}

// take sets the clock by what the server said.
func (c *Clock) take(s State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.Moves < c.moves {
		return // overtaken by the answer on another connection
	}
	c.told, c.anchor = s.Now, time.Now()
	if s.Moves > c.moves {
		c.moves = s.Moves
		close(c.changed)
		c.changed = make(chan struct{})
	}
}

func (c *Clock) follow(ctx context.Context, conn *conn) {
	defer close(c.done)
	for pause := 50 * time.Millisecond; ; {
		if conn != nil {
			pause = 50 * time.Millisecond
			c.read(ctx, conn)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
		var err error
		if conn, err = open(ctx, c.socket); err != nil {
			conn = nil
			continue
		}
		c.take(conn.first)
	}
}

// read takes what conn says until it ends.
func (c *Clock) read(ctx context.Context, conn *conn) {
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	for {
		s, err := conn.next()
		if err != nil {
			return
		}
		c.take(s)
	}
}

// conn is a connection on which the server has said its first State.
type conn struct {
	net.Conn
	lines *bufio.Scanner
	first State
}

func open(ctx context.Context, socket string) (*conn, error) {
	var d net.Dialer
	raw, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = raw.Close() })()
	c := &conn{Conn: raw, lines: bufio.NewScanner(raw)}
	c.lines.Buffer(nil, 4096)
	if c.first, err = c.next(); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return c, nil
}

func (c *conn) next() (State, error) {
	if !c.lines.Scan() {
		return State{}, errors.Join(errors.New("the clock is away"), c.lines.Err())
	}
	var s State
	if err := json.Unmarshal(c.lines.Bytes(), &s); err != nil {
		return State{}, errors.New("the clock speaks nonsense")
	}
	return s, nil
}
