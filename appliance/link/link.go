package link

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"errors"
	"fmt"
	"log/slog"
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
	// DeskPort is the port of that desk, for the other boxes of the point; nil: none
	// is told. Asked at each hello.
	DeskPort func() uint16

	// Window is how many records may be under way without a receipt, at most; 0
	// means 384. They are fewer at first, when receipts do not come at once or are
	// late, and when records are large: firstWindow, usualWindow, windowBytes.
	Window int
	// Resend is the pause before a record without a receipt is sent again; it
	// doubles up to five minutes. 0 means 5 s.
	Resend time.Duration
	// MaxPause bounds the pause between two attempts to connect, and the one
	// before a backlog begins to go. 0 means 45 s, or 2 s when the hub is on this
	// machine.
	MaxPause time.Duration
	// Spread draws a pause from [0, most]; nil draws evenly.
	Spread func(most time.Duration) time.Duration
	// After tells when a pause is over; nil is time.After.
	After func(time.Duration) <-chan time.Time
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
		opt.Window = mostWindow
	}
	if opt.Resend == 0 {
		opt.Resend = 5 * time.Second
	}
	if opt.Spread == nil {
		opt.Spread = evenly
	}
	if opt.After == nil {
		opt.After = time.After
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
		opt.MaxPause = maxPause
		if loopback(id.Grant.MQTT) {
			opt.MaxPause = nearPause
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

// Run keeps a session with the hub until ctx ends. It returns ctx's error, or
// store.ErrBroken.
func (l *Link) Run(ctx context.Context) error {
	away := pauses{most: l.opt.MaxPause, spread: l.opt.Spread}
	for {
		stood, err := l.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, store.ErrBroken) {
			return err
		}
		l.opt.Events(Unlinked{err})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.opt.After(away.after(stood)):
		}
	}
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
