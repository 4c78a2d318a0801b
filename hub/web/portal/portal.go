package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/keys"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/picture"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/sheet"
)

// Options is all that the portal needs. The first group must be given.
type Options struct {
	DB       *db.DB
	Blob     *blob.Store
	Keys     *keys.Ring
	Accounts *applicant.Desk
	Drafts   *draft.Store
	Flow     *flow.Flow // every step goes through it; its clock is the pages' clock

	// Campaign is the id of the campaign that is shown; "" is the first by id
	// that is published.
	Campaign string

	// TLS says that the handler is served over TLS: cookies are then Secure.
	TLS bool

	// MoveClock moves the demo clock, by the buttons of the strip (package democlock). It
	// is used only in a database the demo made; nil leaves the buttons out.
	MoveClock func(ctx context.Context, move string) error

	// DemoAccounts are listed on the sign-in page of a database the demo made,
	// and nowhere else.
	DemoAccounts []pages.Account

	// Fonts are those of the papers; nil is the small one inside the program.
	Fonts *sheet.Fonts

	// Limits are the figures of the guard that stands before every handler; nil
	// is no guard: everybody is let in at once.
	Limits *guard.Limits

	// Teller asks the channels for ways to pay; nil takes no payments. Slips judges
	// payment slips; nil takes none.
	Teller *teller.Teller
	Slips  *intake.Intake

	// Tickets are those that were made before their hour; nil makes each when it is
	// asked for.
	Tickets *ticket.Made

	// Bundles are the public files of arrangements; nil gives none out.
	Bundles *ticket.Bundles

	// Texts is the outbox of text messages; a demonstration shows what is in it.
	// nil shows none.
	Texts *notice.Outbox

	Log *slog.Logger // nil discards
}

// Portal answers everything below /ks.
type Portal struct {
	handler http.Handler
	server  *server
	guard   *guard.Guard
}

// server is what the handlers share. Nothing in it changes after New but what
// campaigns, judges and kept guard themselves.
type server struct {
	Options
	pages     *pages.Pages
	routes    []route
	cookies   door.Cookies
	origin    *http.CrossOriginProtection
	campaigns campaigns
	kept      kept
	judges    judges
	asks      *pace         // of asking the channels about an order
	offers    *pace         // of asking them for ways to pay it
	uploads   chan struct{} // one token for each form with a file
	cleaner   *picture.Cleaner
	tickets   *ticket.Desk
}

// New checks the options and the table of routes and builds the portal.
func New(o Options) (*Portal, error) {
	if o.DB == nil || o.Blob == nil || o.Keys == nil || o.Accounts == nil || o.Drafts == nil || o.Flow == nil {
		return nil, errors.New("portal: an option that must be given is missing")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Fonts == nil {
		fonts, err := sheet.OpenFonts("")
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		o.Fonts = fonts
	}
	drawn, err := pages.New()
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	s := &server{Options: o, pages: drawn, origin: http.NewCrossOriginProtection(), asks: newPace(1, 15*time.Second), offers: newPace(8, time.Minute), uploads: make(chan struct{}, maxUploads), cleaner: picture.NewCleaner(maxPictures),
		cookies: door.Cookies{Secure: o.TLS, Key: o.Keys.CookieKey("ks"), Guest: cookieGuest}}
	s.campaigns.takes = s.takes
	s.tickets = &ticket.Desk{Candidates: o.Flow.Candidates, Keys: o.Keys, Blob: o.Blob, Log: o.Log}
	for _, p := range s.parts() {
		s.routes = append(s.routes, p...)
	}
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	p := &Portal{handler: engine, server: s}
	if o.Limits != nil {
		if p.guard, err = s.newGuard(*o.Limits); err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		p.handler = p.guard.Around(engine)
	}
	return p, nil
}

// ServeHTTP answers one request.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// Refuse draws what the door refuses in the portal's words.
func (p *Portal) Refuse(w http.ResponseWriter, _ *http.Request, why door.Refusal, ref string) {
	p.server.plainly(w, why, ref)
}

// Paths lists every route as method and pattern, for whoever walks them all.
func (p *Portal) Paths() []string {
	var out []string
	for _, r := range p.server.routes {
		out = append(out, r.method+" "+r.path)
	}
	return out
}

// Open lists those of Paths that answer somebody who is not signed in.
func (p *Portal) Open() []string {
	var out []string
	for _, r := range p.server.routes {
		if r.open {
			out = append(out, r.method+" "+r.path)
		}
	}
	return out
}

// engine registers the table and then compares what gin holds with it.
func (s *server) engine() (*gin.Engine, error) {
	if err := checkTable(s.routes); err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.RemoveExtraSlash = false
	e.ForwardedByClientIP = false // the source of a request is its connection
	if err := e.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	for _, r := range s.routes {
		e.Handle(r.method, r.path, s.enter(r))
	}
	if len(e.Routes()) != len(s.routes) {
		return nil, errors.New("portal: a route has no entry in the table")
	}
	e.NoRoute(func(c *gin.Context) { s.refuse(c, nil, door.NotFound) })
	e.NoMethod(func(c *gin.Context) { s.refuse(c, nil, door.Method) })
	return e, nil
}

// now is the civil time: what windows are judged by, and what pages say.
func (s *server) now() time.Time { return s.Flow.Now() }
