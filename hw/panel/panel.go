package panel

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Lamp is one lamp of the front.
type Lamp string

// The lamps.
const (
	LampReader Lamp = "reader" // beside the ID reader: place the card here
	LampOK     Lamp = "ok"     // the box is working
	LampFault  Lamp = "fault"  // somebody must look at it
	LampHelp   Lamp = "help"   // beside the help button: help was called
)

// Button is one button.
type Button string

// The buttons.
const (
	ButtonHelp  Button = "help"  // the applicant calls the staff
	ButtonStaff Button = "staff" // behind the door: out of any stuck screen
)

// Contact is one contact of a normally closed loop.
type Contact string

// The contacts.
const (
	ContactDoor   Contact = "door"   // the service door
	ContactTamper Contact = "tamper" // the case
)

// Pattern is what a lamp does.
type Pattern uint8

// The patterns. None is quicker than three flashes a second (WCAG 2.3.1).
const (
	Off   Pattern = iota
	On            // steady
	Blink         // half a second on, half a second off
	Hurry         // a fifth of a second on, a fifth off
)

// String gives the pattern's word for a log line.
func (p Pattern) String() string {
	switch p {
	case On:
		return "on"
	case Blink:
		return "blink"
	case Hurry:
		return "hurry"
	default:
		return "off"
	}
}

// Event is what a Panel tells. Its kinds are Ready, Lost, Pressed, Held,
// Released, Opened and Closed.
type Event interface{ event() }

type (
	// Ready: every wired line was found; again after each Lost.
	Ready struct {
		// Open tells each wired contact.
		Open map[Contact]bool
	}
	// Lost: the board cannot be used. Told once; the Panel goes on trying.
	Lost struct{ Err error }
	// Pressed: a button went down. It is told after the bouncing, 25 ms later.
	Pressed struct {
		Button Button
		At     time.Time
	}
	// Held: a button has been down for three seconds. Pressed came before it.
	Held struct {
		Button Button
		At     time.Time
	}
	// Released: a button came up again.
	Released struct {
		Button Button
		After  time.Duration // since Pressed
	}
	// Opened: a contact opened. Options.Save has returned nil for it.
	Opened struct{ Latch }
	// Closed: a contact closed again. Options.Save has returned nil for it.
	Closed struct{ Latch }
)

func (Ready) event()    {}
func (Lost) event()     {}
func (Pressed) event()  {}
func (Held) event()     {}
func (Released) event() {}
func (Opened) event()   {}
func (Closed) event()   {}

// Latch is what is known for ever about a contact: what its owner keeps on disk.
type Latch struct {
	Contact Contact
	Open    bool
	Count   uint64    // openings so far, 1 for the first; never goes back
	At      time.Time // of the last change, by the board's clock
	// AtStart: the change was found at the first reading of this program, so it
	// happened at some time before At.
	AtStart bool
}

// Options configure a Panel.
type Options struct {
	// Wiring says what hangs where. A wiring with no line makes a Panel that
	// does nothing.
	Wiring Wiring
	// Known is the last latch saved of each contact. A contact without one is
	// taken to have been closed and never opened.
	Known []Latch
	// Save makes a latch durable before it is told. It is called from Run; while
	// it fails the change is not told, and is tried again each 100 ms. nil keeps
	// nothing.
	Save func(Latch) error
	// Now is the clock of Latch.At and Pressed.At; nil is time.Now. Debouncing
	// and blinking keep real time.
	Now func() time.Time
	// Log takes one line for each change of state; nil is slog.Default().
	Log *slog.Logger
}

// Panel owns the lines of one box. New, then Run in a goroutine of its own;
// receive from Events until the program ends, or the Panel waits.
type Panel struct {
	opt    Options
	log    *slog.Logger
	lines  lines
	events chan Event

	mu    sync.Mutex // guards want and opt.Known
	want  map[Lamp]Pattern
	asked chan struct{} // has one element when want changed

	host host // where lines and LEDs are found
}

// New makes a Panel. It opens nothing yet. Errors: ErrWiring.
func New(opt Options) (*Panel, error) {
	ls, err := opt.Wiring.lines()
	if err != nil {
		return nil, err
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	opt.Known = slices.Clone(opt.Known)
	if opt.Save == nil {
		opt.Save = func(Latch) error { return nil }
	}
	p := &Panel{
		opt: opt, log: opt.Log.With("worker", "panel"), lines: ls, events: make(chan Event, 64),
		want: map[Lamp]Pattern{}, asked: make(chan struct{}, 1), host: newHost(),
	}
	return p, nil
}

// ErrWiring: the wiring cannot be meant so.
var ErrWiring = errors.New("panel: wiring")

// Events delivers what happens, in order. It is never closed.
func (p *Panel) Events() <-chan Event { return p.events }

// Set gives a lamp its pattern and returns at once; the last pattern set holds,
// through unplugging too. A lamp that is not wired is no error: boxes differ.
func (p *Panel) Set(lamp Lamp, pattern Pattern) {
	p.mu.Lock()
	p.want[lamp] = pattern
	p.mu.Unlock()
	select {
	case p.asked <- struct{}{}:
	default: // one is waiting already
	}
}

// Has says whether a lamp is wired.
func (p *Panel) Has(lamp Lamp) bool {
	for _, l := range p.lines.lamps {
		if l.name == string(lamp) {
			return true
		}
	}
	return false
}

func wiringError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrWiring, fmt.Sprintf(format, args...))
}
