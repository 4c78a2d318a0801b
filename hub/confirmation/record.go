package confirmation

import (
	"fmt"
	"log/slog"

	"zhunkao/protocol/form"
)

// State is how a confirmation stands.
type State string

// The states.
const (
	// InForce: the one valid confirmation of its application.
	InForce State = "in-force"
	// Disputed (待裁): stands beside another one until the county has decided:
	// confirmed twice, or a later version names another point (design §2).
	Disputed State = "disputed"
	// TimePending (时间待核): the box could not tell whether the window was
	// open, and the campaign's rule could not decide it either.
	TimePending State = "time-pending"
	// Overruled (未采用): the county kept another one, or none; the record stays.
	Overruled State = "overruled"
	// Voided (已撤销): taken back by the point the same day, or by the county. The
	// record stays, linked with what took it back.
	Voided State = "voided"
	// Refused (审核不通过): the city refused the papers on which it was made. The
	// record stays; she confirms again, with a card.
	Refused State = "refused"
)

// Waits reports whether the county has to decide.
func (s State) Waits() bool { return s == Disputed || s == TimePending }

// Stands reports whether the record counts, or may come to count.
func (s State) Stands() bool { return s == InForce || s.Waits() }

// Record is one confirmation. It holds nothing personal but the masked number,
// so it may be listed; Content is read apart, by Open.
type Record struct {
	ID              string // 32 hexadecimal digits, drawn by the box
	Box             string // box id
	Epoch           uint32
	Sequence        uint64
	EnvelopeHash    string // SHA-256 of the envelope, 64 hexadecimal digits
	Previous        string // of the envelope before it; 64 zeros for the first
	Campaign        string
	CampaignVersion uint32 // by which the box checked
	Application     string // application id
	Version         uint32 // the version that was signed
	StartedFrom     uint32 // the version it was made from
	Point           string // where it was confirmed, code
	Division        string // of that point, six digits
	NumberMasked    string // 3 + 11 stars + 4
	NumberKey       []byte // keyed hash of the number; for finding only
	State           State
	StateReason     string // one of the Note… values, "" when in force without remark
	Proof           Proof  // how far it is sure who confirmed
	Received        int64  // hub's time when the last part came, ms since 1970
	Committed       int64  // hub's time of the receipt, ms since 1970
	Time            Time
	Checks          []Check // the box's, then the hub's
	Timeline        []Event
	Blobs           []Blob
	BodyHash        string // name of the sealed body in package blob
	BodySize        int64
	Envelope        []byte // COSE_Sign1 as received; only Get fills it
	OpenedWith      string // id of the opening key of the hub
	OutOfHours      bool   // outside the point's daily hours: a warning
	Forced          string // id in quarantine: a rule refused it, and two persons took it; "" of all others
}

// Time is the evidence of time that was sealed with the record. Instants are
// ms since 1970, 0 unknown. It orders nothing: the sequence does.
type Time struct {
	Earliest int64  `json:"earliest"`
	Latest   int64  `json:"latest"`
	Source   string `json:"source"` // "hub", "rtc" or "floor"
	HubTime  int64  `json:"hub"`
	SinceHub uint64 `json:"sincehub"` // ms of monotonic time
	Boot     uint32 `json:"boot"`
	Verdict  string `json:"verdict"` // the box's: "open" or "undecidable"
}

// Event is one step of the visit, or one at the hub.
type Event struct {
	Step string `json:"step"`
	At   int64  `json:"at"` // ms since 1970, by the clock of whoever did the step
	Hub  bool   `json:"hub,omitempty"`
}

// The hub's own steps in a timeline, after those of the visit.
const (
	StepReceived  = "received"  // all parts are here
	StepCommitted = "committed" // durable; receipted
)

// Check is one thing that was examined.
type Check struct {
	By     string `json:"by"`   // ByBox or ByHub
	Name   string `json:"name"` // a name of the wire, or one of the Check… values
	Result string `json:"result"`
	Note   string `json:"note,omitempty"` // one of the Note… values, or what the box noted
}

// Who made a check, and what came of it.
const (
	ByBox = "box"
	ByHub = "hub"
	Pass  = "pass"
	Warn  = "warn"
	Fail  = "fail"
)

// The checks the hub makes. A failed one never hides a record: those that
// refuse it lead to quarantine, the others are shown.
const (
	CheckSignature   = "hub.signature"   // envelope verifies under the key of the box
	CheckEpoch       = "hub.epoch"       // of the box's present enrolment
	CheckChain       = "hub.chain"       // follows the record before it
	CheckCampaign    = "hub.campaign"    // campaign and version are known
	CheckSeal        = "hub.seal"        // body opens and is bound to this record
	CheckParts       = "hub.parts"       // every blob has the hash the manifest names and opens
	CheckChip        = "hub.chip"        // the raw chip bytes are there, with the lengths of the standard
	CheckHand        = "hub.hand"        // the drawn signature is one
	CheckForm        = "hub.form"        // the application as signed passes the campaign's form
	CheckApplication = "hub.application" // the application exists
	CheckNumber      = "hub.number"      // number on the chip = number of the application, here and as signed; one typed from papers is nobody else's
	CheckOnce        = "hub.once"        // not confirmed before
	CheckVersion     = "hub.version"     // no later version at the portal
	CheckPoint       = "hub.point"       // confirmed at the point that the application names
	CheckWindow      = "hub.window"      // the window was open
	CheckBox         = "hub.box"         // the box was not frozen
	CheckSettled     = "hub.settled"     // of the differences that ask for a decision, none is left to a clerk
	CheckRegister    = "hub.register"    // of one first entered at the point: registration was open
	CheckToken       = "hub.token"       // the queue token she came with is her box's, of the day, unused
	CheckPapers      = "hub.papers"      // of one on papers: their copies are there and are pictures, and no chip besides
	CheckClerk       = "hub.clerk"       // who attended it works at the point
	CheckOverrides   = "hub.overrides"   // what the staff let pass, they may
	CheckGuardian    = "hub.guardian"    // of a child first entered at the point: her guardian consented
	CheckPhoto       = "hub.photo"       // there is the photo that record and campaign speak of
	CheckForced      = "hub.forced"      // no two persons had to take it against a rule
)

// Notes of hub checks and reasons of states. They are keys; the surfaces have
// the words.
const (
	NoteGap         = "gap"               // the record before it has not come
	NoteFirst       = "first"             // first of its epoch
	NoteSuperseded  = "superseded"        // later portal versions were superseded
	NoteEdited      = "edited-at-box"     // signed a new version made at the box
	NoteEntered     = "entered"           // first entered at the point: the application came with it
	NoteRegister    = "register-closed"   // entered when registration was closed, by the hub's judgement
	NotePointMoved  = "point-moved"       // a later version names another point
	NoteOtherPoint  = "other-point"       // confirmed where the application does not belong
	NoteTwice       = "twice"             // confirmed before at the same point
	NoteTwiceOther  = "twice-other-point" // confirmed before at another point
	NoteDifferences = "differences"       // application and chip differ in fields shown to her
	NoteByReceive   = "by-receive-time"   // decided by the time of receipt
	NotePending     = "time-pending"      // cannot be decided
	NoteClosed      = "closed"            // by the hub's judgement the window was closed
	NoteFrozen      = "frozen"            // drained from a frozen box
	NoteRevoked     = "box-revoked"       // carried in after its box was revoked
	NoteMissing     = "missing"
	NoteIncomplete  = "incomplete"
	NoteForClerk    = "for-clerk"    // differences were kept or left: a clerk must look
	NoteChosen      = "chosen"       // the county kept it
	NoteNotChosen   = "not-chosen"   // the county kept another one, or none
	NoteReopened    = "reopened"     // the one that was kept before it was taken back
	NoteVoided      = "voided"       // taken back
	NoteLeftAlone   = "left-alone"   // the one beside it was taken back
	NoteNotProven   = "not-proven"   // the city refused the papers
	NoteReplaced    = "replaced"     // its papers were returned, and she confirmed again
	NoteQueued      = "queued"       // after the close, by the token she had drawn before it
	NoteOtherPerson = "other-person" // the number was typed from papers, and somebody else is registered under it
	NoteNumberTyped = "number-typed" // the chip proves the number hers; it had been typed from somebody else's papers
)

// Notes of CheckToken.
const (
	NoteTokenForged  = "token-forged"  // no box of the fleet signed it
	NoteTokenPoint   = "token-point"   // of another point
	NoteTokenDay     = "token-day"     // of another day
	NoteTokenUsed    = "token-used"    // another record came with it
	NoteTokenOutside = "token-outside" // drawn when the window was closed
)

// Notes of CheckPapers, CheckClerk and CheckOverrides.
const (
	NotePapersUnsaid   = "papers-unsaid"   // tells of papers and brings a chip, or the other way round
	NotePapersReviewed = "papers-reviewed" // papers instead of a card that an office reviews too: only its decision ends it
	NoteCardReviewed   = "card-reviewed"   // the chip was read, an office reviews such cards, and their copies are there
	NoteCardUncopied   = "card-uncopied"   // … and there are no copies: the box knew no better
	NoteOverride       = "override"        // the staff let something pass
	NoteOverrideBeside = "override-beside" // … that the table of acts does not give them, or not to so few
	NoteStranger       = "stranger"        // somebody who does not work at the point, by its staff when the record came
)

// Notes of CheckGuardian.
const (
	NoteGuardianNone  = "guardian-none"  // nobody consented for a child
	NoteGuardianSheet = "guardian-sheet" // the sheet that was signed is not there, or is another
	NoteGuardianText  = "guardian-text"  // the sheet had another text than the campaign's
)

// Notes of CheckPhoto.
const (
	NotePhotoChip       = "photo-chip"       // the chip's portrait is the photo
	NotePhotoFindings   = "photo-findings"   // the box remarked something on it
	NotePhotoBroken     = "photo-broken"     // what is there is no JPEG
	NotePhotoSize       = "photo-size"       // its header tells another size than the record
	NotePhotoUnsaid     = "photo-unsaid"     // there is one, and the record says that there is none
	NotePhotoUnasked    = "photo-unasked"    // the campaign asks for none
	NotePhotoUnagreed   = "photo-unagreed"   // nothing says that she agreed to the notice
	NotePhotoNotCamera  = "photo-not-camera" // the campaign asks for the camera's, this is the chip's
	NotePhotoNoCamera   = "photo-no-camera"  // none: the box has no camera
	NotePhotoCameraDown = "photo-camera"     // none: the camera did not work
	NotePhotoTries      = "photo-tries"      // none: no picture was good enough
	NotePhotoDeclined   = "photo-declined"   // none: she did not agree
)

// Blob is one blob of a record. What opens it stands in Content.
type Blob struct {
	Role  string // "chip.text", "chip.wlt", "signature", "photo", "photo.original", "copy.1" …, "guardian"
	Media string
	Hash  string // its name in package blob
	Size  int64  // bytes of ciphertext
}

// Content is what the sealed body said of the person. It never leaves this
// package but by Open, and prints nothing.
type Content struct {
	Application form.Application  `cbor:"application"`
	Chip        form.Chip         `cbor:"chip"`
	Differences []form.Difference `cbor:"differences,omitempty"`
	Pledge      string            `cbor:"pledge"` // SHA-256 of the pledge text, 64 hexadecimal digits
	Keys        []BlobKey         `cbor:"keys"`   // in the order of Record.Blobs

	// Added later; a record of an older box has none of these.
	Settled  []Settlement `cbor:"settled,omitempty"`
	Portrait *Portrait    `cbor:"portrait,omitempty"`

	// Of a visit that a clerk attended.
	Papers    *Papers    `cbor:"papers,omitempty"` // what she showed instead of a chip
	Clerk     *Assent    `cbor:"clerk,omitempty"`
	Overrides []Override `cbor:"overrides,omitempty"`
	Guardian  *Guardian  `cbor:"guardian,omitempty"` // of a child who was entered there
}

// Settlement is what was decided at the box about one difference between
// application and chip.
type Settlement struct {
	Field    string `cbor:"field"`    // key of the form's field
	Decision string `cbor:"decision"` // one of the Settled… values
}

// The decisions about a difference.
const (
	SettledChip  = "chip"  // the chip's value was taken over
	SettledKept  = "kept"  // she keeps what she entered: a clerk must look
	SettledClerk = "clerk" // not hers to decide: a clerk must look
)

// ForClerk reports whether a clerk must look; what is not known is looked at.
func (s Settlement) ForClerk() bool { return s.Decision != SettledChip }

// ForClerk counts the differences that a clerk must look at.
func (c Content) ForClerk() (n int) {
	for _, s := range c.Settled {
		if s.ForClerk() {
			n++
		}
	}
	return n
}

// Portrait is how the photo came about; the pictures are blobs. Nothing here
// describes a face.
type Portrait struct {
	Source   string   `cbor:"source"`         // one of the Portrait… values
	Lack     string   `cbor:"lack,omitempty"` // PortraitNone: why, one of the Lack… values
	Profile  string   `cbor:"profile,omitempty"`
	Width    uint16   `cbor:"w,omitempty"` // pixels of the photo
	Height   uint16   `cbor:"h,omitempty"`
	Tries    uint16   `cbor:"tries,omitempty"`    // pictures taken until this one
	Notice   string   `cbor:"notice,omitempty"`   // SHA-256 of the notice she agreed to, 64 hexadecimal digits; "" if to none
	Findings []string `cbor:"findings,omitempty"` // what the box remarked on the picture she kept
}

// Where a photo comes from, and why there is none: the words of the wire.
const (
	PortraitCamera = "camera"
	PortraitChip   = "chip"
	PortraitNone   = "none"

	LackNoCamera = "no-camera" // the box has no camera
	LackCamera   = "camera"    // the camera did not work
	LackTries    = "tries"     // no picture was good enough
	LackDeclined = "declined"  // she did not agree
)

// BlobKey opens one blob. It prints as its hash.
type BlobKey struct {
	Hash  string `cbor:"hash"`
	Suite uint16 `cbor:"suite"`
	Key   []byte `cbor:"key"`
}

// Format keeps every value out of logs and errors.
func (c Content) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "content(sealed)") }

// LogValue keeps every value out of logs.
func (c Content) LogValue() slog.Value { return slog.StringValue("content(sealed)") }

// Format keeps the key out of logs and errors.
func (k BlobKey) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "blobkey(", k.Hash, ")") }

// Worst is the gravest result among the checks: Pass, Warn or Fail.
func (r Record) Worst() string {
	worst := Pass
	for _, c := range r.Checks {
		switch {
		case c.Result == Fail:
			return Fail
		case c.Result == Warn:
			worst = Warn
		}
	}
	return worst
}
