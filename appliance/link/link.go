package link

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"zhunkao/appliance/clock"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// Options make a Link. Store, Keys and Clock are required.
type Options struct {
	Store *store.Store
	Keys  *keystore.Store
	Clock *clock.Clock

	// Events takes what happens; it is called from the session's goroutine, in
	// order, and must return soon. nil: nobody asks.
	Events func(Event)
	// Health fills the fields of a heartbeat that the link cannot know:
	// Screen, FreeDisk, Devices, Uptime. nil leaves them empty.
	Health func() protocol.Heartbeat
	// Software is the version of the program, for Hello.
	Software string

	// DeskNames are the names and addresses of the box's desk on the point's
	// network, for which it wants a certificate; empty: it has no desk there.
	DeskNames []string

	// Window is how many records may be under way without a receipt; 0 means 16.
	Window int
	// Resend is the pause before a record without a receipt is sent again; it
	// doubles up to five minutes. 0 means 5 s.
	Resend time.Duration
	// MaxPause bounds the pause between two attempts to connect. 0 means 45 s,
	// or 2 s when the hub is on this machine.
	MaxPause time.Duration
	// Build is when the program was built: time for certificates is not before
	// it. Zero if unknown.
	Build time.Time
	// Now is real time, by which certificates are judged; nil is time.Now.
	Now func() time.Time
	// Log is for what the technician may want to read; nil is slog.Default().
	Log *slog.Logger
}

// Link is one box's way to the hub.
type Link struct {
	opt     Options
	id      store.Identity
	device  crypto.Signer
	opening *ecdh.PrivateKey
	kick    chan struct{} // a record was committed
	beat    chan struct{} // a heartbeat is wanted at once
}

// New makes a Link for the store's identity. Errors: store.ErrNotEnrolled, and
// those of the keystore when the identity's keys are not there.
func New(opt Options) (*Link, error) {
	if opt.Store == nil || opt.Keys == nil || opt.Clock == nil {
		return nil, errors.New("link: store, keys and clock are required")
	}
	if opt.Window == 0 {
		opt.Window = 16
	}
	if opt.Resend == 0 {
		opt.Resend = 5 * time.Second
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Events == nil {
		opt.Events = func(Event) {}
	}
	id, err := opt.Store.Identity()
	if err != nil {
		return nil, err
	}
	if opt.MaxPause == 0 {
		opt.MaxPause = 45 * time.Second
		if loopback(id.Grant.MQTT) {
			opt.MaxPause = 2 * time.Second
		}
	}
	l := &Link{opt: opt, id: id, kick: make(chan struct{}, 1), beat: make(chan struct{}, 1)}
	if l.device, err = opt.Keys.Signer(id.KeyName); err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	if l.opening, err = openingKey(opt.Keys, id.KeyName); err != nil {
		return nil, err
	}
	return l, nil
}

// openingKey gives the box's opening key in the form the wire's functions take.
func openingKey(keys *keystore.Store, name string) (*ecdh.PrivateKey, error) {
	k, err := keys.Opener(name)
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	raw, err := k.Bytes()
	if err != nil {
		return nil, fmt.Errorf("link: opening key: %w", err)
	}
	defer clear(raw)
	return ecdh.X25519().NewPrivateKey(raw)
}

// Kick says that a record was committed. It never blocks.
func (l *Link) Kick() { poke(l.kick) }

// Beat asks for a heartbeat soon: something the operators watch has changed.
// It never blocks.
func (l *Link) Beat() { poke(l.beat) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// steady is how long a session must have stood for the next pause to begin
// small again.
const steady = 30 * time.Second

// Run keeps a session with the hub until ctx ends. It returns ctx's error, or
// store.ErrBroken.
func (l *Link) Run(ctx context.Context) error {
	pause := firstPause
	for {
		begin := time.Now()
		err := l.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, store.ErrBroken) {
			return err
		}
		l.opt.Events(Unlinked{err})
		if time.Since(begin) > steady {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(jitter(pause)):
		}
		pause = min(2*pause, l.opt.MaxPause)
	}
}

const firstPause = 250 * time.Millisecond

// jitter spreads d over half to one and a half of it, so that boxes that lost
// the hub together do not come back together.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d)
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
