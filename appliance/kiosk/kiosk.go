package kiosk

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/look"
)

// Options of a Kiosk.
type Options struct {
	// Listen is the address the handler is served on (host:port): requests for
	// another host or port are refused. Empty: any loopback name, any port.
	Listen string
	// Post hands an event to the loop. It returns when the loop has taken the
	// event and shown what came of it, or when ctx ends. Required.
	Post func(ctx context.Context, e visit.Event) error
	// Demo marks every page 演示 and shows the demo's clock with its buttons,
	// and serves the gallery at /gallery/.
	Demo bool
	// Preview gives the live pictures of the camera, each a whole JPEG, until
	// ctx ends or it closes the channel. It is called for each browser that
	// shows the photo step, only while that step of the present visit is on,
	// and ctx ends with the step. A picture handed over is not written into any
	// more; the Kiosk keeps none. nil: the step shows no picture.
	Preview func(ctx context.Context) (<-chan []byte, error)
	// Beat is the address of a script that every page loads, by which the
	// browser's keeper knows that pages are drawn; "" if there is no keeper.
	Beat string
	// MoveClock moves the demo's clock: "next-day", "lunch", "before-close".
	// Required with Demo.
	MoveClock func(ctx context.Context, move string) error
}

// Kiosk is the screen's server. It is safe for concurrent use.
type Kiosk struct {
	o      Options
	secret [32]byte // of the tokens in forms; made at start, never stored

	mu      sync.RWMutex // guards what follows; held while a page is drawn of view
	view    View
	shown   time.Time // when view was shown: what is counted down runs on from there
	serial  uint64    // counts views that differ
	changed chan struct{}
}

// New makes a Kiosk. Until Show is called it shows the idle screen of a box
// that knows nothing yet.
func New(o Options) *Kiosk {
	k := &Kiosk{o: o, changed: make(chan struct{}), shown: time.Now()}
	_, _ = rand.Read(k.secret[:]) // never fails (Go 1.24)
	k.view.State.Machine.Blocked = visit.BlockNoCampaign
	return k
}

// Show makes v the page and tells the browser to fetch it. It waits for no more
// than the drawing of a page: when it returns, nothing reads the last view any
// more, and the loop may clear what that referred to. The loop may call it as often as it likes; a view that makes the same page
// as the last tells nobody.
func (k *Kiosk) Show(v View) {
	k.mu.Lock()
	defer k.mu.Unlock()
	same := k.view.same(v)
	k.view, k.shown = v, time.Now()
	if same {
		return
	}
	k.serial++
	close(k.changed)
	k.changed = make(chan struct{})
}

// now gives the serial of the view, and a channel that is closed when it is
// replaced by another.
func (k *Kiosk) now() (serial uint64, changed <-chan struct{}) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.serial, k.changed
}

// Handler serves the screen.
func (k *Kiosk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", k.page)
	mux.HandleFunc("GET /events", k.events)
	mux.HandleFunc("POST /press", k.press)
	mux.HandleFunc("POST /sign", k.sign)
	mux.HandleFunc("POST /staff", k.staff)
	mux.HandleFunc("GET /camera/preview/{feed}", k.preview)
	mux.Handle("GET /static/", look.Serve(staticFiles))
	if k.o.Demo {
		mux.HandleFunc("POST /demo/clock", k.moveClock)
		mux.Handle("GET /gallery/", http.StripPrefix("/gallery", Gallery()))
	}
	return k.guard(mux)
}
