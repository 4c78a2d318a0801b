package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	"zhunkao/hub/storage"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/console"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/guard"
	"zhunkao/protocol/sheet"
)

// Options is all that the pages need. The first group must be given.
type Options struct {
	DB      *db.DB
	Blob    *blob.Store // signatures are opened from here
	Keys    *keys.Ring
	Journal *journal.Sealer // its head moves the live page
	Staff   *staff.Desk
	Flow    *flow.Flow // every step goes through it; its clock is the pages' clock

	// Errands does what outlives a request, such as a rehearsal; nil makes one
	// that never begins, and such work is refused.
	Errands *flow.Errands

	// Searches writes down who looked for whom; nil makes one that never begins,
	// and each search waits until its entry is durable.
	Searches *flow.Searches

	// Intake takes what a stick holds; nil leaves those pages out of use.
	Intake *intake.Intake

	// Campaign is the id of the campaign that is shown; "" is the first by id
	// that is published.
	Campaign string

	// TLS says that the handler is served over TLS. Without it the address must
	// be a loopback one: cookies are then not Secure, there is no HSTS, and
	// every Host but a loopback name is refused.
	TLS bool

	// Hosts are the host names, without port, under which the hub is reached;
	// any other is answered 421. Empty means: loopback names when TLS is off,
	// and every name when it is on, because the certificate has judged.
	Hosts []string

	// MoveClock moves the demo clock ("next-day", "lunch", "before-close", "numbering", "tickets", "results"). It
	// is used only in a database the demo made; nil leaves the buttons out.
	MoveClock func(ctx context.Context, move string) error

	// DemoAccounts are listed on the sign-in page of a database the demo made,
	// and nowhere else.
	DemoAccounts []console.Account

	// Fonts are those of the papers; nil is the small one inside the program.
	Fonts *sheet.Fonts

	// Storage gives the places of the hub that are filling up (S31); nil is none
	// ever. The province is told on its first page.
	Storage func() []storage.State

	// Line tells how the guard of the applicants' entrance stands; nil, or false,
	// is that there is none. The province is told when people wait.
	Line func() (guard.State, bool)

	// Ready tells which parts of the hub are ready, for /healthz; nil is the
	// database alone. Observe is told of every answer: the pattern of its route,
	// "" for none, its status and how long it took; nil is nobody.
	Ready   func(context.Context) []Part
	Observe func(method, route string, status int, took time.Duration)

	// Applicants answers everything below /ks, and is where / leads to; nil is a
	// hub without applicants' pages.
	Applicants Entrance

	// Notices answers what payment channels call to say, everything below /pay: not
	// through the applicants' guard. nil is a hub that no channel calls.
	Notices http.Handler

	// PayChannels are the payment channels that this hub is configured for, by name: a
	// day is not closed before their files have come.
	PayChannels []string

	// Accounts knows the accounts of applicants, for the copy of what is kept about
	// one; nil leaves them out.
	Accounts *applicant.Desk

	// Done ends live streams when closed, so that the server can stop; nil is
	// never.
	Done <-chan struct{}

	Log *slog.Logger // nil discards
}

// server is what the handlers share. Nothing in it changes after New but what
// campaigns and kept guard themselves.
type server struct {
	Options
	pages     *console.Console
	routes    []route
	mayBy     map[staff.Role]map[string]bool // see may
	finders   map[rule]finder
	cookies   door.Cookies
	origin    *http.CrossOriginProtection
	campaigns campaigns
	kept      kept
	streams   chan struct{} // one token for each open live stream
	uploads   chan struct{} // one token for each form with a file
	tables    chan struct{} // large tables and papers of a whole school: one at a time
	sticks    chan struct{} // one token for each stick that is being read
	callers   guard.Buckets // how often other systems call
	exports   chan struct{} // one token for each list that is being written as a file
	tickets   *ticket.Desk  // fills admission tickets
}

// maxStreams bounds the live streams of one hub; who comes later is told that
// the page does not update itself.
const maxStreams = 256

// New checks the options and the table of routes and builds the handler.
func New(o Options) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	s.hold(s.table())
	s.finders = map[rule]finder{}
	for _, p := range s.parts() {
		maps.Copy(s.finders, p.finders)
	}
	engine, err := s.engine(s.routes)
	if err != nil {
		return nil, err
	}
	return s.around(engine), nil
}

func newServer(o Options) (*server, error) {
	if o.DB == nil || o.Blob == nil || o.Keys == nil || o.Journal == nil || o.Staff == nil || o.Flow == nil {
		return nil, errors.New("web: an option that must be given is missing")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Errands == nil {
		o.Errands = flow.NoErrands()
	}
	if o.Searches == nil {
		o.Searches = flow.NewSearches(o.DB, o.Log)
	}
	if o.Fonts == nil {
		fonts, err := sheet.OpenFonts("")
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		o.Fonts = fonts
	}
	pages, err := console.New()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return &server{Options: o, pages: pages, origin: http.NewCrossOriginProtection(), streams: make(chan struct{}, maxStreams),
		uploads: make(chan struct{}, maxUploads), tables: make(chan struct{}, 1), sticks: make(chan struct{}, maxSticks), exports: make(chan struct{}, maxExports),
		tickets: &ticket.Desk{Candidates: o.Flow.Candidates, Keys: o.Keys, Blob: o.Blob, Log: o.Log},
		cookies: door.Cookies{Secure: o.TLS, Key: o.Keys.CookieKey("gl"), Guest: cookieGuest}}, nil
}

// engine registers the table and then compares what gin holds with it: a route
// that came in by another way, or without its entry, is refused.
func (s *server) engine(table []route) (*gin.Engine, error) {
	if err := checkTable(table, s.finders); err != nil {
		return nil, err
	}
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.RemoveExtraSlash = false
	e.ForwardedByClientIP = false // the source of a request is its connection
	if err := e.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	known := map[string]bool{}
	for _, r := range table {
		e.Handle(r.method, r.path, s.enter(r))
		known[r.method+" "+r.path] = true
	}
	for _, r := range e.Routes() {
		if !known[r.Method+" "+r.Path] {
			return nil, fmt.Errorf("web: route %s %s has no entry in the table", r.Method, r.Path)
		}
	}
	e.NoRoute(func(c *gin.Context) { s.nowhere(c, refusalNotFound, apiNotFound) })
	e.NoMethod(func(c *gin.Context) { s.nowhere(c, refusalMethod, apiMethod) })
	return e, nil
}
