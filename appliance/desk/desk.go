package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// Options of a Desk. Store, Status, Now and Real are required.
type Options struct {
	Store *store.Store
	// Hosts are the names and addresses it is called by, without port; requests
	// for others are refused. Loopback names are taken besides if Loopback is.
	Hosts    []string
	Port     string // as it stands in an address: ":8643"; empty for the usual one
	Loopback bool   // served by plain http on this machine only
	Demo     bool   // every page says 演示, and the sign-in page where its codes are
	// Status says how the box is now.
	Status func() Status
	// Coming tells whoever called for help that somebody comes. It returns when
	// the screen shows it, or when ctx ends.
	Coming func(ctx context.Context) error
	Now    func() time.Time // civil time, as well as the box knows it
	Real   func() time.Time // time for one-time codes, sessions and pauses
	Mono   func() time.Duration
	// Void seals a void as the next record of this box: durable when it returns
	// nil. Errors: those of Voidable, ErrVoidStopped, those of the store. nil:
	// nothing is taken back at this desk.
	Void func(ctx context.Context, v Voiding) error
	// Print prints a document of ours on the box's printer; nil: it has none.
	Print func(ctx context.Context, d *sheet.Document) error
	Fonts *sheet.Fonts // of Print and of the sheets offered as PDF; nil: the small font
	// CA and Certificate, DER, are what the sheet about trust names; nil without TLS.
	CA  []byte
	Log *slog.Logger
}

// Status is what the desk may know of its box: nothing of any person.
type Status struct {
	Box      protocol.BoxID
	Point    protocol.PointInfo
	Campaign string             // title
	Rules    *campaign.Campaign // in force, nil before the first; never changed
	Screen   visit.Screen       // what is shown, never whose
	Visiting bool               // somebody is past the reading of her card
	Blocked  visit.Block
	Linked   bool
	Certain  bool // the time is known
	Devices  []protocol.DeviceState
	Help     bool      // somebody calls
	HelpAt   time.Time // since when, civil
	Coming   bool      // somebody said that she comes
	Disk     int       // hundredths of the disk in use
}

// Desk serves the pages. It is safe for concurrent use.
type Desk struct {
	o        Options
	sessions *sessions
	paces    *paces
	hash     chan struct{} // one password at a time: each takes 19 MiB

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	fonts   *sheet.Fonts
}

// New makes a Desk.
func New(o Options) (*Desk, error) {
	if o.Store == nil || o.Status == nil || o.Now == nil || o.Real == nil {
		return nil, errors.New("desk: store, status and clocks are required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Mono == nil {
		began := time.Now()
		o.Mono = func() time.Duration { return time.Since(began) }
	}
	d := &Desk{o: o, hash: make(chan struct{}, 1), changed: make(chan struct{}), fonts: o.Fonts}
	if d.fonts == nil {
		var err error
		if d.fonts, err = sheet.OpenFonts(""); err != nil {
			return nil, err
		}
	}
	d.sessions = newSessions(d.o.Mono)
	d.paces = newPaces(d.o.Mono)
	return d, nil
}

// Changed tells open pages to look again. It never waits.
func (d *Desk) Changed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.changed)
	d.changed = make(chan struct{})
}

func (d *Desk) watch() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

// Handler serves the desk. Routes are listed here once: open ones, then those
// for whoever is signed in.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /static/", statics())
	mux.HandleFunc("GET /sign-in", d.signInPage)
	mux.HandleFunc("POST /sign-in", d.signIn)
	mux.HandleFunc("GET /ca.crt", d.authority)
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request, *session){
		"GET /{$}":              d.overview,
		"GET /part":             d.part,
		"GET /events":           d.events,
		"POST /coming":          d.coming,
		"GET /unsent":           d.unsent,
		"GET /void":             d.voids,
		"POST /void/find":       d.findVoid,
		"GET /void/{sequence}":  d.voidPage,
		"POST /void/{sequence}": d.sealVoid,
		"GET /day":              d.day,
		"POST /day/open":        d.openDay,
		"POST /day/close":       d.closeDay,
		"GET /day/sheet":        d.daySheet,
		"POST /sign-out":        d.signOut,
		"POST /language":        d.language,
		"GET /trust":            d.trust,
		"GET /trust/sheet":      d.trustSheet,
		"POST /trust":           d.printTrust,
	} {
		mux.HandleFunc(pattern, d.signed(h))
	}
	return d.guard(mux)
}
