package visit

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// State is all that the box knows of the person before it, and of itself as
// far as the screen needs. The zero State is idle, before the first visit, on
// a box whose reader works.
//
// When a visit ends the State becomes a new value that holds Visit, Now and
// Machine and nothing else.
//
// A State prints as the name of its screen only.
type State struct {
	Visit   uint64        // number of the present visit; goes up by one each time the screen returns to idle
	Turn    uint64        // counts what was shown in this visit: a press made on an earlier turn is ignored
	Now     time.Duration // monotonic, as of the last Ticked
	Machine Machine       // what outlives a visit; nothing personal

	Phase Phase // where the walk is
	Over  Over  // what lies over it

	Coming bool // OverHelp: a clerk has said that she comes

	Began   time.Duration // when the card was read: the hard limit counts from here
	Since   time.Duration // when Phase began
	IdleEnd time.Duration // when the visit ends if nobody touches the screen
	OverEnd time.Duration // when Over ends by itself

	Prefs Prefs // chosen by her, forgotten with the visit

	Advice  Advice  // PhaseUnreadable: what to do with the card
	Refusal Refusal // PhaseRefused: why
	Explain Explain // PhaseExplained: of what

	Card    Card   // what the reader read
	Read    bool   // Card has been read in this visit
	Kind    string // the type of its chip, which the screen still names when the card is forgotten
	Other   bool   // the card that lies there now was read and is not hers
	Unread  bool   // a card lies there again and has not been read yet
	Found   Looked
	Verdict window.Verdict // of the window, for this application
	Judged  bool           // Verdict is an answer for this visit
	Token   Token          // she was called by; zero if nobody was called
	Drawn   Drawn          // PhaseExplained: the number she drew
	Missing []string       // keys of form fields that the campaign asks for and the application lacks

	Unprintable []Unprintable // what the sheet's fonts lack

	Papers    protocol.Papers     // what she showed instead of a card, or what was copied of one that is reviewed; zero = neither
	Copies    [][]byte            // pictures of them, JPEG; the loop owns the buffers
	Clerk     protocol.Assent     // who attends the visit at the desk; zero = nobody
	Overrides []protocol.Override // what the staff let pass

	Child    bool              // entered at this point, and so young that a guardian consents
	Guardian protocol.Guardian // who consented; zero = nobody
	Alone    bool              // nobody did, and the last screen says so
	Consent  []byte            // picture of the sheet that was signed, JPEG; the loop owns the buffer

	Wanted []string // RefuseCopies: what is copied, Chinese
	Waits  bool     // RefuseConfirmed: an office has still to decide about her card

	Unsuited string // RefuseUnsuited: why, and where else
	Others   []Spot

	Differences []form.Difference     // application against chip, as shown to her
	Asking      int                   // 1…len(Asked()) in PhaseSettle
	For         Ask                   // PhaseStaff: what is asked
	Settled     []protocol.Settlement // what she decided so far

	Notice    protocol.Hash // SHA-256 of the notice she agreed to; zero = not agreed
	Live      PhotoAdvice   // PhasePhoto: what the live picture lacks
	CameraEnd time.Duration // PhasePhoto: when a camera that says nothing is taken for lost
	Tries     int           // pictures taken in this round
	Taken     int           // … and in the whole visit: names the picture under way
	Photo     Photo         // the last picture
	Kept      bool          // Photo is the one she keeps
	Lack      Lack          // PhaseNoPhoto: why
	Waived    bool          // she goes on without a photo

	Pages  []Page // of the read-through
	Page   int    // 1…len(Pages) in PhaseRead
	ReadTo int    // pages she has said are right, from the first without a gap

	Signature protocol.Signature
	Timeline  []Moment
	Attempt   int  // sealings begun in this visit
	Unsure    bool // PhaseSealFailed: sealing gave no answer in time; it may yet have happened

	Sealed    Sealed          // PhaseAccepted: the record
	Delivered bool            // the hub's receipt is here
	SetAside  protocol.Reason // the hub set the record aside; empty = it did not
	ForDesk   int             // differences left for the clerk: she must go to the desk
	Paper     Paper           // what the sheet is made of
	Sheet     Sheet

	Said   spoken        // the last voice prompt
	SaidAt time.Duration // when
}

// Machine is what the box knows of itself.
type Machine struct {
	CardOn     bool  // a card lies on the reader
	ReaderDown bool  // the reader does not work
	Permanent  bool  // … and will not without its maker
	Misread    int   // cards in a row that could not be read
	Blocked    Block // no visits: why; empty = visits
	Queue      bool  // numbers are drawn at the idle screen
	Called     Token // whose turn it is

	Camera  Camera
	Printer Printer
	Voice   bool // it can speak
}

// Card is what one reading brought.
type Card struct {
	Chip      form.Chip
	Text      []byte // the raw text block, 256 bytes
	WLT       []byte // the raw portrait, 1024 bytes, or nil
	Photo     []byte // decoded portrait, if a helper could decode it; nil = 芯片照片未解码
	PhotoType string // its media type, image/png or image/jpeg
}

// Prefs is how she wants the screen.
type Prefs struct {
	English  bool
	Large    bool
	Contrast bool
	Voice    bool // 听提示
}

// Moment is one step of the visit and when it happened, monotonic. The loop
// turns it into a protocol.Event when it seals.
type Moment struct {
	Step string // protocol.StepCardRead, …
	At   time.Duration
}

// String names the screen.
func (s State) String() string {
	return fmt.Sprintf("visit %d: %s", s.Visit, s.Screen())
}

// Format keeps what the visit knows out under every verb.
func (s State) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue is number and screen.
func (s State) LogValue() slog.Value {
	return slog.GroupValue(slog.Uint64("visit", s.Visit), slog.String("screen", string(s.Screen())))
}

// String names nothing personal.
func (c Card) String() string { return c.Chip.String() }

// Format keeps the card's values out under every verb.
func (c Card) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }
