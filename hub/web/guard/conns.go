package guard

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// Conns bounds the connections of a listener: so many from one address, four
// times as many from its network, so many altogether (fault 45). When one more
// comes and there is no room, the one that has lain idle longest where room is
// lacking is closed for it; when none is idle, the new one is closed. Browsers
// open a connection that was closed while idle again without a word, so many
// honest people behind one address only lose what they do not use.
//
// How long a connection may take over its handshake, headers and body is the
// server's to bound; this bounds how many may take so long at once.
type Conns struct {
	address, total int

	mu   sync.Mutex // guards the rest, and what conns say of themselves
	open int
	from map[string]*origin // by address and by network
	idle list.List          // of *conn, the longest idle first
}

// The defaults: a thousand connections of one address, which is a school of 170
// with six each, or of a thousand with one; and eight thousand altogether, which
// with TLS take up to 400 MB.
const (
	addressConns = 1024
	totalConns   = 8192
	ofNetwork    = 4 // times those of an address
)

// NewConns takes the bounds; 0 is the default.
func NewConns(address, total int) *Conns {
	if address == 0 {
		address = addressConns
	}
	if total == 0 {
		total = totalConns
	}
	return &Conns{address: address, total: total, from: map[string]*origin{}}
}

// origin is an address or a network.
type origin struct {
	open int
	idle list.List // of *conn, the longest idle first
}

// conn is one counted connection.
type conn struct {
	net.Conn
	c    *Conns
	from source
	idle [3]*list.Element // where it stands among the idle: all, address, network; nil when it is not
	gone bool
}

// Listener counts what l accepts. It belongs beneath TLS.
func (c *Conns) Listener(l net.Listener) net.Listener { return counting{l, c} }

type counting struct {
	net.Listener
	c *Conns
}

// Accept gives the next connection for which there is room.
func (l counting) Accept() (net.Conn, error) {
	for {
		n, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if k := l.c.admit(n); k != nil {
			return k, nil
		}
		_ = n.Close() // nothing was said on it
	}
}

// admit counts a connection, or gives nil when there is no room.
func (c *Conns) admit(n net.Conn) *conn {
	k := &conn{Conn: n, c: c, from: sourceOf(n.RemoteAddr().String())}
	close, ok := c.count(k)
	for _, old := range close {
		_ = old.Close() // its server sees a connection that has ended
	}
	if !ok {
		return nil
	}
	return k
}

// count makes room for k and counts it. What is to be closed for it is given
// back, because closing must not hold the lock.
func (c *Conns) count(k *conn) (closing []*conn, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	room := func(open, most int, idle *list.List) bool {
		if open < most {
			return true
		}
		if e := idle.Front(); e != nil {
			old := e.Value.(*conn)
			closing = append(closing, old)
			c.forget(old)
			return true
		}
		return false
	}
	for o, most := range map[string]int{k.from.address: c.address, k.from.network: ofNetwork * c.address} {
		if f := c.from[o]; f != nil && !room(f.open, most, &f.idle) {
			return closing, false
		}
	}
	if !room(c.open, c.total, &c.idle) {
		return closing, false
	}
	c.open++
	for _, o := range []string{k.from.address, k.from.network} {
		if c.from[o] == nil {
			c.from[o] = &origin{}
		}
		c.from[o].open++
	}
	return closing, true
}

// forget counts a connection out. The lock is held.
func (c *Conns) forget(k *conn) {
	if k.gone {
		return
	}
	k.gone = true
	c.busy(k)
	c.open--
	for _, o := range []string{k.from.address, k.from.network} {
		if c.from[o].open--; c.from[o].open == 0 {
			delete(c.from, o)
		}
	}
}

// busy takes a connection from the idle. The lock is held.
func (c *Conns) busy(k *conn) {
	for i, l := range c.lists(k) {
		if k.idle[i] != nil {
			l.Remove(k.idle[i])
			k.idle[i] = nil
		}
	}
}

func (c *Conns) lists(k *conn) [3]*list.List {
	return [3]*list.List{&c.idle, &c.from[k.from.address].idle, &c.from[k.from.network].idle}
}

// State is told by the server what becomes of a connection (http.Server.ConnState).
func (c *Conns) State(n net.Conn, s http.ConnState) {
	if t, ok := n.(interface{ NetConn() net.Conn }); ok {
		n = t.NetConn() // beneath TLS
	}
	k, ok := n.(*conn)
	if !ok || s == http.StateNew || s == http.StateClosed || s == http.StateHijacked {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if k.gone {
		return
	}
	c.busy(k)
	if s == http.StateIdle {
		for i, l := range c.lists(k) {
			k.idle[i] = l.PushBack(k)
		}
	}
}

// Close closes the connection and counts it out.
func (k *conn) Close() error {
	k.c.mu.Lock()
	k.c.forget(k)
	k.c.mu.Unlock()
	return k.Conn.Close()
}

// Open is how many connections are open.
func (c *Conns) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open
}
