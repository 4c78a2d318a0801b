package fleet

import (
	"errors"
	"time"

	"zhunkao/protocol"
)

// State is whether the hub lets a box work. The words are those of the wire.
type State string

// The states.
const (
	Active  State = "active"
	Frozen  State = "frozen"  // drains its outbox, serves nobody, until an operator has decided
	Revoked State = "revoked" // never let in again; a new enrolment starts a new epoch
)

// Refusals.
var (
	// ErrNotFound: no such box.
	ErrNotFound = errors.New("fleet: no such box")
	// ErrCode: the enrolment code is wrong, used or expired: issue a new ticket.
	ErrCode = errors.New("fleet: enrolment code is wrong, used or expired")
	// ErrState: the box is not in a state that allows this step.
	ErrState = errors.New("fleet: not possible in this state of the box")
	// ErrTooMany: too many wrong codes; wait a minute.
	ErrTooMany = errors.New("fleet: too many attempts, wait a minute")
)

// SilentAfter is how long a box may say nothing before it is called silent:
// three heartbeats of fifteen seconds.
const SilentAfter = 45 * time.Second

// Box is one enrolled box, as stored and as last heard.
type Box struct {
	ID          string // "b" and ten characters
	Point       string // code
	Unit        uint16 // number of the box at its point, from 1
	State       State
	StateReason string // why frozen or revoked: a key of Freeze…, or what the operator wrote
	StateAt     int64  // ms since 1970
	Epoch       uint32 // counts enrolments
	DeviceKey   []byte // SubjectPublicKeyInfo, DER, ECDSA P-256
	Opening     []byte // X25519 public key, 32 bytes
	Certificate []byte // DER
	KeyStore    string // "tpm", "machine" or "file"; but for "tpm" the console warns (S22)
	EnrolledAt  int64  // ms since 1970
	Marks       Marks
	Head        uint64 // last sequence it says it sealed
	Held        uint64 // the hub holds every sequence up to here
	Live        Live
}

// Marks says how far a box has come in what the hub sends it.
type Marks struct {
	Roster     uint64
	Campaign   uint32
	Checkpoint uint64
}

// Gone reports whether the box is at no point any more: it was emptied and said so itself.
func (b Box) Gone() bool { return b.State == Revoked && b.StateReason == Retired }

// Live is the last a box said of itself. It may be up to a minute older in the
// database than in memory.
type Live struct {
	Seen       int64     // hub's time of its last word, ms since 1970; 0 = never
	Heard      time.Time // the same in real time, so that a demo clock's jump makes nobody silent; of whichever hub heard it
	Silent     bool      // nothing heard for SilentAfter of real time, or not at all; not taken from the database
	Boot       uint32
	Software   string
	Waiting    uint64 // entries in its outbox
	Oldest     int64  // when the oldest of them was sealed, ms since 1970; 0 = none
	Earliest   int64  // its interval of now, ms since 1970
	Latest     int64  // 0 = unknown
	TimeSource string // "hub", "rtc" or "floor"
	Screen     string // name of the visit's state; never whose
	FreeDisk   uint64 // bytes
	Uptime     uint64 // seconds
	Devices    []Device

	Blocked      string // why it takes nobody new, one of the box's words; "" while it serves
	BlockedSince int64  // by its own time, ms since 1970

	Desk     []string // names and addresses of its desk on the point's network; none: it has none there
	DeskPort uint16   // of it

	Ended uint64 // of every record up to here it holds no readable copy, by its signed word

	Stick  *Stick // nil of a box without a port for one, or of an older one
	Kept   uint64 // sealed records that it holds
	Backup uint64 // the greatest backup mark that it has taken
}

// Stick is how far the stick in a box lies behind the box, as the box says.
type Stick struct {
	Records uint64        // durable in the box and not on the stick
	Bytes   uint64        // of these
	Behind  time.Duration // how long the first of them has waited; 0: none does
}

// The words of a box's heartbeat about its stick.
const (
	DeviceStick = "stick"
	StickAbsent = "absent" // the device's state while none is in
)

// StickIn reports whether a stick is in the box's port, by its last word.
func (b Box) StickIn() bool {
	for _, d := range b.Live.Devices {
		if d.Name == DeviceStick {
			return d.State != StickAbsent
		}
	}
	return false
}

// StickWell reports whether the stick that is in is written to in time.
func (b Box) StickWell() bool {
	for _, d := range b.Live.Devices {
		if d.Name == DeviceStick {
			return d.Fault == "" && b.Live.Stick != nil && b.Live.Stick.Behind <= MaxBehind
		}
	}
	return false
}

// MaxBehind is how far a stick may lie behind.
const MaxBehind = protocol.StickBehind * time.Second

// How far a box goes on when it does not hear the hub, and with how much unsent:
// what protocol says both sides go by.
const (
	OfflineLimit = protocol.OfflineLimit
	OfflineWarn  = protocol.OfflineWarn
	UnsentLimit  = protocol.UnsentLimit
)

// StopsAt is when a box that is not heard will take nobody new: OfflineLimit after
// it last heard the hub, by the hub's time in ms. 0 of one that never spoke.
func (b Box) StopsAt() int64 {
	if b.Live.Seen == 0 {
		return 0
	}
	return b.Live.Seen + OfflineLimit.Milliseconds()
}

// Device is the health of one peripheral.
type Device struct {
	Name  string `json:"name"`
	State string `json:"state"` // "ready", "absent" or "fault"
	Fault string `json:"fault,omitempty"`
}

// Reasons of freezing that the hub itself finds.
const (
	FreezeFork     = "fork"     // two records with one sequence
	FreezeRollback = "rollback" // the box says a lower head than the hub holds
	FreezeHead     = "head"     // the box's head is another record than the hub holds
)

// Retired is why a box is revoked that was emptied and said so itself.
const Retired = "retired"

// Gap is a run of sequences that the hub lacks although it holds a later one.
type Gap struct{ From, To uint64 }
