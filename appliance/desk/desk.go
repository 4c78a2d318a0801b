package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/stick"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/look"
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
	// Review seals a review as the next record of this box: durable when it returns
	// nil. Errors: ErrReviewStopped, those of the store. nil: none at this desk.
	Review func(ctx context.Context, v Reviewing) error
	// Present is the application of the visit whose call for help somebody attends,
	// "" while there is none; nil: the desk is not told.
	Present func() string
	// Papers begins a visit on papers; it returns when the screen shows it. Errors:
	// ErrPapersBusy, ErrPapersCamera, ErrPapersStopped. nil: not at this box.
	Papers func(ctx context.Context, e visit.Presented) error
	// Asking puts what a visit asks of the staff; see there.
	Asking Asking
	// Picture takes one picture by the box's camera, as it came: JPEG. Errors:
	// ErrCameraBusy, ErrCameraLost, ctx's. nil: the box has no camera.
	Picture func(ctx context.Context) ([]byte, error)
	// Report seals what a clerk reports upward: durable when it returns nil.
	// Errors: ErrReportStopped, protocol.ErrMalformed, those of the store.
	Report func(ctx context.Context, r Reporting) error
	// CaseLooked takes the word of two persons that an opened case is whole.
	// Errors: ErrCaseOpen, those of the store. nil: this box has no such contact.
	CaseLooked func(ctx context.Context, clerk, head store.DayAct) error
	// Train begins a training, EndTraining ends it; the box opens again either way.
	// Errors of Train: ErrTrainBusy, ErrTrainDay. Rehearse and Drills are of a box
	// in training, and nil of any other.
	Train, EndTraining func(ctx context.Context) error
	// Unsealed is how many exercises of a training are not sealed yet: the disk is
	// full, or no rules have come. nil: none.
	Unsealed func() int
	Rehearse func(ctx context.Context, p Practice) error
	Drills   func() Drills
	// OwnCard asks for a card of the staff on the box's reader and waits until one
	// was read, half a minute at most. Errors: ErrCardBusy, ErrCardNone. nil: the
	// box has no reader.
	OwnCard func(ctx context.Context) (OwnCard, error)
	// BindCard seals whose card it is, or that she has none, as the next record of
	// this box, and lets it work; the point is the box's to name. Errors:
	// ErrVoidStopped, those of the store.
	BindCard func(ctx context.Context, c protocol.OwnCard) error
	// Queueing is the queue; see there.
	Queueing Queueing
	// Neighbours are the other boxes of the point; nil: none are known.
	Neighbours func() []neighbour.Neighbour
	// ComingTo is Coming for whoever calls at another box of the point.
	ComingTo func(ctx context.Context, box protocol.BoxID) error
	// Lent gives what the chip of the card said that lies there, while the screen
	// says that its bearer is not registered; false otherwise. nil: never.
	Lent func() (form.Chip, bool)
	// Printing is the queue before the box's printer; see there.
	Printing Printing
	// Stick says how the stick in the box's port stands; nil: the box has none.
	Stick func() stick.State
	Fonts *sheet.Fonts // of the papers of the desk; nil: the small font
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
	Visit    uint64             // number of the visit that is there
	OnPapers bool               // … or is served on papers
	Ask      visit.Ask          // what it asks of the staff, never of whom
	AskVisit uint64             // the visit that asks
	Blocked  visit.Block
	Linked   bool
	Certain  bool // the time is known
	Devices  []protocol.DeviceState
	Help     bool          // somebody calls
	HelpAt   time.Time     // since when, civil
	Coming   bool          // somebody said that she comes
	Disk     int           // hundredths of the disk in use
	Since    time.Time     // since when it is blocked, civil; zero if it is not
	Alone    time.Duration // for how long the hub has not been heard, as well as is known
}

// Desk serves the pages. It is safe for concurrent use.
type Desk struct {
	o        Options
	sessions *sessions
	paces    *paces
	hash     chan struct{} // one password at a time: each takes 19 MiB
	darkroom chan struct{} // one picture at a time: each takes as much as its pixels

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	fonts   *sheet.Fonts
	checked *campaign.Campaign // that checker is of
	checker *campaign.Checker
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
	d := &Desk{o: o, hash: make(chan struct{}, 1), darkroom: make(chan struct{}, 1), changed: make(chan struct{}), fonts: o.Fonts}
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
	mux.Handle("GET /static/", look.Serve(staticFiles))
	mux.HandleFunc("GET /sign-in", d.signInPage)
	mux.HandleFunc("POST /sign-in", d.signIn)
	mux.HandleFunc("POST /sign-in/card", d.signInByCard)
	mux.HandleFunc("GET /ca.crt", d.authority)
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request, *session){
		"GET /{$}":              d.overview,
		"GET /part":             d.part,
		"GET /events":           d.events,
		"POST /coming/other":    d.comingTo,
		"POST /coming":          d.coming,
		"GET /unsent":           d.unsent,
		"GET /void":             d.voids,
		"POST /void/find":       d.findVoid,
		"GET /void/{sequence}":  d.voidPage,
		"POST /void/{sequence}": d.sealVoid,
		"GET /case":             d.caseForm,
		"POST /case":            d.lookedAt,
		"GET /queue":            d.withQueue(d.queue),
		"GET /queue/part":       d.withQueue(d.queuePart),
		"POST /queue/draw":      d.withQueue(d.drawNumber),
		"POST /queue/next":      d.withQueue(d.callNext),
		"POST /queue/number":    d.withQueue(d.turnNumber),
		"POST /queue/switch":    d.withQueue(d.switchQueue),
		"GET /incidents":        d.incidents,
		"GET /day":              d.day,
		"POST /day/open":        d.openDay,
		"POST /day/close":       d.closeDay,
		"GET /day/sheet":        d.daySheet,
		"POST /sign-out":        d.signOut,
		"POST /language":        d.language,
		"GET /training":         d.training,
		"POST /training":        d.train,
		"POST /training/do":     d.practise,
		"GET /card":             d.card,
		"POST /card":            d.bindCard,
		"POST /card/off":        d.dropCard,
		"GET /trust":            d.trust,
		"GET /trust/sheet":      d.trustSheet,
		"POST /trust":           d.printTrust,
	} {
		mux.HandleFunc(pattern, d.signed(h))
	}
	mux.HandleFunc("POST /incidents", d.signedUpTo(reportRoom, d.report))
	mux.HandleFunc("GET /drafts", d.signed(d.drafts))
	mux.HandleFunc("GET /drafts/sheet", d.signed(d.paperForm))
	mux.HandleFunc("GET /drafts/guardian", d.signed(d.guardianSheet))
	mux.HandleFunc("POST /drafts", d.signed(d.beginDraft))
	mux.HandleFunc("GET /drafts/{draft}", d.signed(d.openDraft))
	mux.HandleFunc("GET /drafts/{draft}/{step}", d.signed(d.draftPage))
	mux.HandleFunc("POST /drafts/{draft}/{step}", d.signed(d.saveDraft))
	mux.HandleFunc("POST /drafts/{draft}/discard", d.signed(d.discardDraft))
	mux.HandleFunc("GET /printing", d.signed(d.withPrinter(d.printing)))
	mux.HandleFunc("GET /printing/part", d.signed(d.withPrinter(d.printingPart)))
	mux.HandleFunc("POST /printing", d.signed(d.withPrinter(d.turnPrint)))
	mux.HandleFunc("POST /printing/ask", d.signed(d.withPrinter(d.askPrint)))
	mux.HandleFunc("GET /tickets", d.signed(d.tickets))
	mux.HandleFunc("POST /tickets/find", d.signed(d.findTicket))
	mux.HandleFunc("GET /tickets/{log}", d.signed(d.ticketPage))
	mux.HandleFunc("POST /tickets/{log}", d.signed(d.withPrinter(d.printTicket)))
	mux.HandleFunc("GET /reprint", d.signed(d.reprints))
	mux.HandleFunc("POST /reprint/find", d.signed(d.findReprint))
	mux.HandleFunc("GET /reprint/{sequence}", d.signed(d.reprintPage))
	mux.HandleFunc("POST /reprint/{sequence}", d.signed(d.withPrinter(d.reprint)))
	mux.HandleFunc("GET /asked", d.signed(d.askedPage))
	mux.HandleFunc("POST /asked", d.brings(d.decideAsked))
	mux.HandleFunc("GET /asked/picture/{picture}", d.signed(d.askedPicture))
	mux.HandleFunc("POST /asked/open", d.signed(d.openAsked))
	mux.HandleFunc("GET /papers", d.signed(d.papers))
	mux.HandleFunc("POST /papers", d.brings(d.workPapers))
	mux.HandleFunc("GET /papers/picture/{picture}", d.signed(d.papersPicture))
	mux.HandleFunc("GET /review", d.signed(d.reviews))
	mux.HandleFunc("POST /review/find", d.signed(d.findReview))
	mux.HandleFunc("GET /review/{application}", d.signed(d.reviewPage))
	mux.HandleFunc("POST /review/{application}", d.brings(d.review))
	mux.HandleFunc("GET /review/{application}/{work}/{album}/{picture}", d.signed(d.reviewPicture))
	return d.guard(mux)
}
