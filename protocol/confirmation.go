package protocol

import "zhunkao/protocol/form"

// Confirmation is the body of RecordConfirmation: the whole application as she
// read and signed it, and what the box saw (design §2, "What she signed wins").
type Confirmation struct {
	Application form.Application  `cbor:"application"`           // as signed; Version is the new version if edited at the box
	StartedFrom uint32            `cbor:"from"`                  // the application version it started from
	Point       string            `cbor:"point"`                 // code of the point where the box stands
	Chip        form.Chip         `cbor:"chip"`                  // as decoded by the box; the raw bytes are a blob
	Differences []form.Difference `cbor:"differences,omitempty"` // application against chip, as shown to her
	Pledge      Hash              `cbor:"pledge"`                // SHA-256 of the UTF-8 pledge text she saw
	Timeline    []Event           `cbor:"timeline"`              // what happened, in order
	Checks      []Check           `cbor:"checks"`                // what the box checked
	OutOfHours  bool              `cbor:"outofhours,omitempty"`  // outside the point's daily hours: a warning, no refusal
	Blobs       []BlobRef         `cbor:"blobs"`                 // in the manifest's order

	// Added later; a record of an older box has none of these.
	Settled  []Settlement `cbor:"settled,omitempty"`  // what was decided about each difference that asks for it
	Portrait *Portrait    `cbor:"portrait,omitempty"` // how the photo was taken, or why there is none

	// Of a visit that a clerk attended.
	Papers    *Papers    `cbor:"papers,omitempty"`    // what she showed instead of a chip
	Clerk     *Assent    `cbor:"clerk,omitempty"`     // who attended the visit at the desk
	Overrides []Override `cbor:"overrides,omitempty"` // what the staff let pass
	Token     []byte     `cbor:"token,omitempty"`     // the queue token she came with: a signed Token
	Entered   bool       `cbor:"entered,omitempty"`   // her application was first entered at this point: StartedFrom is 0

	// Of a child who was entered at this point; nil: there was nobody to consent.
	Guardian *Guardian `cbor:"guardian,omitempty"`
}

// Settlement is what she decided about one difference between application and
// chip.
type Settlement struct {
	Field    string `cbor:"field"`    // key of the form's field
	Decision string `cbor:"decision"` // one of the Settled… values
}

// The decisions about a difference.
const (
	SettledChip  = "chip"  // the chip's value was taken over: Application bears it, in a new version
	SettledKept  = "kept"  // she keeps what she entered; a clerk must look
	SettledClerk = "clerk" // not hers to decide: a clerk must look
)

// Portrait is how the photo came about. The pictures are blobs (RolePhoto,
// RolePhotoOriginal); nothing here describes a face.
type Portrait struct {
	Source   string   `cbor:"source"`             // one of the Portrait… values
	Lack     string   `cbor:"lack,omitempty"`     // PortraitNone: why, one of the Lack… values
	Profile  string   `cbor:"profile,omitempty"`  // PortraitCamera: the measures it was made to
	Width    uint16   `cbor:"w,omitempty"`        // pixels of RolePhoto
	Height   uint16   `cbor:"h,omitempty"`        //
	Tries    uint16   `cbor:"tries,omitempty"`    // pictures taken until this one
	Notice   Hash     `cbor:"notice"`             // SHA-256 of the UTF-8 notice she agreed to; zero if no camera was to run
	Findings []string `cbor:"findings,omitempty"` // what the box remarked on the picture she kept
}

// Where the photo comes from.
const (
	PortraitCamera = "camera" // taken by the box: RolePhoto
	PortraitChip   = "chip"   // the chip's, by the campaign's policy: RoleChipWLT
	PortraitNone   = "none"   // there is none: Lack says why
)

// Why there is no photo.
const (
	LackNoCamera = "no-camera" // the box has no camera
	LackCamera   = "camera"    // the camera did not work
	LackTries    = "tries"     // no picture was good enough
	LackDeclined = "declined"  // she did not agree
)

func (c Confirmation) blobs() []BlobRef { return c.Blobs }

func (c Confirmation) check() error {
	if c.Application.ID == "" || c.Application.Version == 0 || c.Pledge.IsZero() || !name(c.Point) || len(c.Blobs) > MaxBlobs {
		return malformed("confirmation")
	}
	if len(c.Settled) > 64 {
		return malformed("settled")
	}
	for _, s := range c.Settled {
		if !short(s.Field) || s.Decision != SettledChip && s.Decision != SettledKept && s.Decision != SettledClerk {
			return malformed("settled")
		}
	}
	if p := c.Portrait; p != nil && (!short(p.Source, p.Lack, p.Profile) || !short(p.Findings...) || len(p.Findings) > 64) {
		return malformed("portrait")
	}
	if err := happened(c.Timeline, c.Checks); err != nil {
		return err
	}
	return c.attended()
}

// Event is one step of a visit.
type Event struct {
	Step string `cbor:"step"` // one of the Step… values
	At   Time   `cbor:"at"`   // the box's best estimate; order is that of the list
}

// The steps of a visit that a confirmation records.
const (
	StepCardRead = "card-read"
	StepPapers   = "papers"  // a clerk began the visit on papers instead of a card
	StepOpened   = "opened"  // a clerk opened what the visit asks of her, and saw who it is
	StepAllowed  = "allowed" // the staff decided what the visit asked of them
	StepFound    = "found"
	StepSettled  = "settled" // the last difference was decided
	StepConsent  = "consent" // she agreed to be photographed
	StepPhoto    = "photo"   // she kept a picture
	StepRead     = "read-through"
	StepSigned   = "signed"
	StepSealed   = "sealed"
)

// Check is one thing that was examined.
type Check struct {
	Name   string `cbor:"name"`   // one of the Check… values
	Result string `cbor:"result"` // Pass, Warn or Fail
	Note   string `cbor:"note,omitempty"`
}

// Results of a check.
const (
	Pass = "pass"
	Warn = "warn"
	Fail = "fail"
)

// The checks a box makes.
const (
	CheckNumber = "number-digit"  // check digit of the ID number (GB 11643)
	CheckMatch  = "number-match"  // number on the chip equals the application's
	CheckName   = "name-match"    // name on the chip equals the application's
	CheckExpiry = "card-expiry"   // card valid at the time of the visit
	CheckForm   = "form-complete" // the campaign's form finds nothing missing
	CheckWindow = "window"        // the step was open by the box's evidence
	CheckHours  = "daily-hours"   // within the point's hours
	CheckPhoto  = "photo"         // there is a photo, as the campaign asks

	CheckGuardian = "guardian" // of a child who is entered at the point: her guardian consented
)

// Signature is what the finger drew: strokes of points in a box of Width ×
// Height units, origin top left. It is kept as drawn, not as a picture.
type Signature struct {
	Width   uint16     `cbor:"w"`
	Height  uint16     `cbor:"h"`
	Strokes [][]uint16 `cbor:"strokes"` // each x0,y0,x1,y1,…
}

// Valid reports whether the strokes lie inside and are enough to be a
// signature: at least 8 points in all, at most 20,000.
func (s Signature) Valid() bool {
	if s.Width == 0 || s.Height == 0 {
		return false
	}
	points := 0
	for _, k := range s.Strokes {
		if len(k)%2 != 0 {
			return false
		}
		for i := 0; i < len(k); i += 2 {
			if k[i] > s.Width || k[i+1] > s.Height {
				return false
			}
		}
		points += len(k) / 2
	}
	return points >= 8 && points <= 20000
}
