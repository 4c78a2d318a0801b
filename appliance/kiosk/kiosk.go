package kiosk

import (
	"context"
	"net/http"
	"time"

	"zhunkao/appliance/visit"
)

// Options of a Kiosk.
type Options struct {
	// Listen is the address the handler is served on (host:port). Requests
	// for any other host are refused. Empty: any loopback name with any port.
	Listen string
	// Post hands an event to the loop. It returns when the loop has taken it
	// and shown what came of it, or when ctx ends. Required.
	Post func(ctx context.Context, e visit.Event) error
	// Demo marks every page 演示 and shows the demo's clock with its buttons.
	Demo bool
	// MoveClock moves the demo's clock: "next-day", "lunch", "before-close".
	// Required with Demo.
	MoveClock func(ctx context.Context, move string) error
	// Now gives the civil clock shown on the page. Nil: Status.Clock as it was
	// when shown.
	Now func() time.Time
}

// Kiosk is the screen's server.
type Kiosk struct{ o Options }

// New makes a Kiosk that shows an idle, blocked screen until Show is called.
func New(o Options) *Kiosk { return &Kiosk{o: o} }

// Handler serves the screen.
func (k *Kiosk) Handler() http.Handler { return http.NotFoundHandler() }

// Show makes v the page and tells the browser to fetch it. It never blocks.
func (k *Kiosk) Show(v View) { _ = v }

// Gallery serves every screen in every state from fixed, synthetic views.
func Gallery() http.Handler { return http.NotFoundHandler() }
