package democlock

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"
)

// Options say what a clock serves.
type Options struct {
	Socket string    // path of the Unix socket; made with mode 0600
	State  string    // path of the state file, in a folder that exists
	Start  time.Time // the first time ever told; later runs go on from State
	Closes time.Time // close of the confirmation, for BeforeClose
	// Sites, Numbering, Tickets and Results are where the moves of these names lead; zero
	// leaves the move out.
	Sites, Numbering, Tickets, Results time.Time
	Ready                              func() // called once, when clients can dial; may be nil
}

// State is what the server tells.
type State struct {
	Now   time.Time `json:"now"`
	Moves uint64    `json:"moves"`           // grows with every move
	Did   string    `json:"did,omitempty"`   // the move of the request that this answers
	Error string    `json:"error,omitempty"` // why it was not done
}

type request struct {
	Move string `json:"move"`
}

// maxLine is the longest line taken from a client, in bytes.
const maxLine = 256

// maxClients bounds how many listen at once; a demonstration has three.
const maxClients = 32

type server struct {
	opts Options

	mu      sync.Mutex // guards what follows
	told    time.Time  // the demonstration's time at anchor
	anchor  time.Time  // real time with its monotonic reading
	moves   uint64
	limit   time.Time     // written down: nothing at or after it is told
	changed chan struct{} // closed at the next move
}

// Serve runs the clock until ctx ends, then writes down where it stopped. It
// is an error when another server holds the socket.
func Serve(ctx context.Context, opts Options) error {
	was, err := load(opts.State, opts.Start)
	if err != nil {
		return err
	}
	l, err := listen(ctx, opts.Socket)
	if err != nil {
		return err
	}
	s := &server{opts: opts, told: was.Next, anchor: time.Now(), moves: was.Moves, changed: make(chan struct{})}
	if err := s.reserve(); err != nil {
		return errors.Join(err, l.Close())
	}
	var clients sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	closed := context.AfterFunc(ctx, func() { _ = l.Close() }) // ends Accept; its error is of no use
	defer closed()
	clients.Go(func() { s.accept(ctx, l, &clients) })
	if opts.Ready != nil {
		opts.Ready()
	}
	err = s.keep(ctx)
	stop()
	clients.Wait()
	return errors.Join(err, s.settle())
}

// listen takes the socket. One left by a crash is removed; one that answers
// belongs to another clock.
func listen(ctx context.Context, path string) (net.Listener, error) {
	d := net.Dialer{Timeout: time.Second}
	if c, err := d.DialContext(ctx, "unix", path); err == nil {
		_ = c.Close()
		return nil, fmt.Errorf("democlock: %s is in use by another demonstration", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("democlock: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("democlock: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("democlock: %w", errors.Join(err, l.Close()))
	}
	return l, nil
}

// keep writes the reserved time down ahead of its need.
func (s *server) keep(ctx context.Context) error {
	tick := time.NewTicker(renew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := s.reserve(); err != nil {
				return err
			}
		}
	}
}

// now is the time to tell; mu is held. A disk that stands still stops the
// clock at the written limit rather than letting it promise more.
func (s *server) now() time.Time {
	t := s.told.Add(time.Since(s.anchor))
	if !s.limit.IsZero() && !t.Before(s.limit) {
		return s.limit.Add(-time.Nanosecond)
	}
	return t
}

func (s *server) reserve() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.told.Add(time.Since(s.anchor)).Add(ahead)
	if err := store(s.opts.State, saved{Next: next, Moves: s.moves}); err != nil {
		return err
	}
	s.limit = next
	return nil
}

// settle writes the exact end.
func (s *server) settle() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return store(s.opts.State, saved{Next: s.now().Add(time.Nanosecond), Moves: s.moves})
}

// move is durable before anybody sees it.
func (s *server) move(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	to, err := Target(s.now(), name, s.opts)
	if err != nil {
		return err
	}
	next := saved{Next: to.Add(ahead), Moves: s.moves + 1}
	if err := store(s.opts.State, next); err != nil {
		return err
	}
	s.told, s.anchor, s.moves, s.limit = to, time.Now(), next.Moves, next.Next
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

func (s *server) state() (State, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return State{Now: s.now().UTC(), Moves: s.moves}, s.changed
}

func (s *server) accept(ctx context.Context, l net.Listener, clients *sync.WaitGroup) {
	free := make(chan struct{}, maxClients)
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed: the only end of a Unix listener
		}
		select {
		case free <- struct{}{}:
			clients.Go(func() {
				s.client(ctx, c)
				<-free
			})
		default:
			_ = c.Close()
		}
	}
}

// client tells one client until it goes or ctx ends.
func (s *server) client(ctx context.Context, c net.Conn) {
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	requests := make(chan request)
	gone := make(chan struct{})
	done := make(chan struct{})
	defer func() { close(done); _ = c.Close(); <-gone }()
	go func() {
		defer close(gone)
		lines := bufio.NewScanner(c)
		lines.Buffer(nil, maxLine)
		for lines.Scan() {
			var r request
			if json.Unmarshal(lines.Bytes(), &r) != nil {
				return
			}
			select {
			case requests <- r:
			case <-done:
				return
			}
		}
	}()
	tell := json.NewEncoder(c)
	state, changed := s.state()
	for tell.Encode(state) == nil {
		select {
		case <-gone:
			return
		case <-changed:
			state, changed = s.state()
		case r := <-requests:
			err := s.move(r.Move)
			state, changed = s.state()
			if state.Did = r.Move; err != nil {
				state.Error = err.Error()
			}
		}
	}
}
