package guard

import (
	"crypto/hkdf"
	"crypto/sha256"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// What is the matter.
type What string

// The kinds of page.
const (
	Waiting What = "waiting" // she stands in the line
	Next    What = "next"    // it is her turn as soon as a hand is free
	Busy    What = "busy"    // she is signed in, and everything is busy for a moment
	Often   What = "often"   // she, or everybody behind her address, asks too often
)

// View is what the page tells. It refreshes by itself after Seconds, but for the
// page of a kept form: that holds a frame of LinePath and a button.
type View struct {
	Kind    What
	Ahead   int           // so many stand before her
	Length  int           // so many wait altogether
	Wait    time.Duration // measured; 0 is not known yet
	Absence time.Duration // so long she may be away and keep her place
	Refresh time.Duration
	Crowd   bool  // of Often: it is her address or network, not she
	Frame   bool  // only the place, for the frame
	Lost    bool  // what she sent could not be kept: she goes back and sends it again
	Form    *Form // what she typed; nil for none
}

// Form is one hidden field that holds what was typed, sealed.
type Form struct{ Action, Field, Value string }

// Seconds is Refresh in whole seconds, as headers and pages have it.
func (v View) Seconds() int { return max(1, int((v.Refresh+time.Second-1)/time.Second)) }

// Minutes is Wait in whole minutes, upwards; 0 when it is not known.
func (v View) Minutes() int { return int((v.Wait + time.Minute - 1) / time.Minute) }

// Away is Absence in whole minutes.
func (v View) Away() int { return int(v.Absence / time.Minute) }

// jitter keeps pages that came together from asking together: up to a fifth
// sooner or later.
func jitter(d time.Duration) time.Duration {
	return d*4/5 + rand.N(d*2/5+1)
}

// Counts are totals since the start.
type Counts struct {
	LetIn uint64 // places that became a turn
	Waits uint64 // pages that told to wait in the line
	Often uint64 // refused for asking too often
	Busy  uint64 // of people signed in, refused because everything was busy
}

// State is how the guard stands now.
type State struct {
	SignedIn, Guests         int           // requests in hand
	MostSignedIn, MostGuests int           // their bounds
	Waiting                  int           // places in the line
	PerMinute                float64       // how fast the line moves; 0 is not known
	Wait                     time.Duration // of who comes now; 0 when nobody waits, or not known
	Counts                   Counts
}

// State tells how the guard stands.
func (g *Guard) State() State {
	now := g.o.Now()
	s := State{MostSignedIn: g.limits.Hands, MostGuests: g.limits.Guests}
	s.SignedIn, s.Guests = g.hands.now()
	idle := g.hands.idle()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.line.waiting) > 0 {
		g.line.call(now, idle, g.served.perSecond(now)) // also when nobody asks any more the line empties
		s.Waiting = g.line.length()
		s.PerMinute = 60 * g.line.moved.perSecond(now)
		if s.Waiting > 0 {
			s.Wait = g.line.wait(s.Waiting, now)
		}
	}
	s.Counts = g.counts
	return s
}

// source is where a request comes from, as keys of buckets.
type source struct{ address, network string }

// sourceOf reads the address of a connection. Of IPv6 a /64 is one address: that
// is what one household gets, and anybody in it has as many as he likes.
func sourceOf(remote string) source {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return source{"a ?", "n ?"}
	}
	a = a.Unmap().WithZone("")
	one, many := 32, 24
	if a.Is6() {
		one, many = 64, 48
	}
	return source{"a " + prefix(a, one), "n " + prefix(a, many)}
}

func prefix(a netip.Addr, bits int) string {
	p, err := a.Prefix(bits)
	if err != nil {
		return "?"
	}
	return p.String()
}

// person is the key of whoever has this turn.
func (t turn) person() string { return "p " + string(t.kind) + strconv.FormatUint(t.id, 16) }

func derive(key []byte, purpose string) []byte {
	k, err := hkdf.Key(sha256.New, key, nil, "zhunkao/guard/1/"+purpose, 32)
	if err != nil {
		panic(err) // our own mistake: the length is a constant within the limit
	}
	return k
}
