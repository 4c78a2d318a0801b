package protocol

import (
	"crypto/hmac"
	"crypto/sha256"
	"log/slog"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Address opens every message that concerns one box: whom it is from or for.
type Address struct {
	Box   BoxID  `cbor:"box"`
	Epoch uint32 `cbor:"epoch"`
}

// Marks says how far a box has come in what the hub sends it. The hub sends
// what lies beyond, again and again, until the marks say that it arrived.
type Marks struct {
	Roster     uint64     `cbor:"roster"`   // last roster version applied; 0 = none
	Campaign   uint32     `cbor:"campaign"` // campaign version in force at the box
	Checkpoint Checkpoint `cbor:"checkpoint"`
	Staff      uint64     `cbor:"staff,omitempty"` // Mark of the staff it holds; 0 = none

	// The admission tickets: the mark of the list held whole, that of a newer one on
	// its way, and how many of its pages are here, from the first without a gap. 0 =
	// none. Added later.
	Tickets    uint64 `cbor:"tickets,omitempty"`
	Coming     uint64 `cbor:"coming,omitempty"`
	ComingPage uint32 `cbor:"comingpage,omitempty"`
}

// Hello is a box's first word on a new connection.
type Hello struct {
	Address
	Nonce     []byte `cbor:"nonce"` // 16 random bytes, answered by Welcome
	Boot      uint32 `cbor:"boot"`
	Software  string `cbor:"software"` // version of kioskd
	KeyStore  string `cbor:"keystore"` // "tpm", "machine" or "file"
	Marks     Marks  `cbor:"marks"`
	Head      uint64 `cbor:"head"`      // last sequence sealed in this epoch
	HeadHash  Hash   `cbor:"headhash"`  // hash of that envelope
	Receipted uint64 `cbor:"receipted"` // every sequence up to here is receipted
	Waiting   uint64 `cbor:"waiting"`   // entries in the outbox

	// Where its desk is on the network of the point, for the other boxes there;
	// none and 0 when it has no desk there. Added later.
	Desk     []string `cbor:"desk,omitempty"`
	DeskPort uint16   `cbor:"deskport,omitempty"`
}

// Welcome answers Hello.
type Welcome struct {
	Address
	Nonce     []byte   `cbor:"nonce"`
	HubTime   Time     `cbor:"now"`
	State     BoxState `cbor:"state"`
	Receipted uint64   `cbor:"receipted"`        // the hub holds every sequence up to here
	Beyond    []uint64 `cbor:"beyond,omitempty"` // and these beyond it
	Campaign  uint32   `cbor:"campaign"`         // newest campaign version
	Roster    uint64   `cbor:"roster"`           // newest roster version of this box's point
}

// BoxState is whether the hub lets a box work.
type BoxState string

// The states. A frozen box drains its outbox and serves nobody until an
// operator has decided; a revoked box is not let in at all.
const (
	BoxActive  BoxState = "active"
	BoxFrozen  BoxState = "frozen"
	BoxRevoked BoxState = "revoked"
)

// Heartbeat is sent every HeartbeatEvery and after each applied change.
type Heartbeat struct {
	Address
	Nonce    []byte        `cbor:"nonce"`
	Marks    Marks         `cbor:"marks"`
	Head     uint64        `cbor:"head"`
	Waiting  uint64        `cbor:"waiting"` // entries in the outbox
	Oldest   Time          `cbor:"oldest"`  // when the oldest of them was sealed; 0 = none
	Time     TimeEvidence  `cbor:"time"`
	Screen   string        `cbor:"screen"`   // name of the visit's state; never whose
	FreeDisk uint64        `cbor:"freedisk"` // bytes
	Devices  []DeviceState `cbor:"devices"`
	Uptime   uint64        `cbor:"uptime"` // seconds

	// Why the box takes nobody new, a word for the operator, and since when by the
	// box's own time (demand X7); empty and 0 while it serves. Added later.
	Blocked      string `cbor:"blocked,omitempty"`
	BlockedSince Time   `cbor:"blockedsince,omitempty"`

	// Custody (design §2): of every record up to this sequence no readable copy is
	// left in this box; the keys of those there were are destroyed. Added later.
	Ended uint64 `cbor:"ended,omitempty"`

	// How far the stick lies behind the box's disk; nil of a box without a port for
	// one. Whether a stick is in, and what is wrong with it, the device "stick" says.
	// Added later.
	Stick *StickState `cbor:"stick,omitempty"`

	// Custody: how many sealed records the box holds, and the backup mark by which it
	// has let go of others. Added later.
	Kept   uint64 `cbor:"kept,omitempty"`
	Backup uint64 `cbor:"backup,omitempty"`
}

// StickState is how far a stick lies behind: what is durable in the box and not
// yet on it.
type StickState struct {
	Records uint64 `cbor:"records"`
	Bytes   uint64 `cbor:"bytes"`  // of these, all that belongs to them
	Behind  uint64 `cbor:"behind"` // milliseconds that the first of them has waited since it was sealed or the stick came; 0: none waits
}

// StickBehind is how far a stick may lie behind, in seconds; beyond it the box
// says "stick behind".
const StickBehind = 10

// HeartbeatEvery is the pace of heartbeats in seconds; a box is called silent
// after three of them.
const HeartbeatEvery = 15

// DeviceState is the health of one peripheral.
type DeviceState struct {
	Name  string `cbor:"name"`  // "idcard", …
	State string `cbor:"state"` // "ready", "absent", "fault"
	Fault string `cbor:"fault,omitempty"`
}

// A box whose board's clock has jumped says so by this device and this fault,
// until the answer to a heartbeat that said so has set it right. The hub
// journals each jump once.
const (
	DeviceClock = "clock"
	FaultJumped = "jumped"
)

// A box whose disk or store of records is 80 % full says so by this device and
// one of these faults, and serves all the same (S31). It stops taking people
// only at a rim of its own, further up.
const (
	DeviceStorage     = "storage"
	FaultDiskFilling  = "disk filling"
	FaultStoreFilling = "store filling"
)

// Clock answers Heartbeat.
type Clock struct {
	Address
	Nonce   []byte   `cbor:"nonce"`
	HubTime Time     `cbor:"now"`
	State   BoxState `cbor:"state"`
	// Custody: sequences of this epoch up to here are in a backup of the hub, as in
	// Receipts, which a box that seals nothing does not get. Added later.
	BackupMark uint64 `cbor:"backup,omitempty"`
}

// Roster carries what a box must know to work without the hub: versions
// (From, To] of its point's roster. A box applies it in one transaction when
// From equals its mark, ignores it when To is not beyond its mark, and else
// asks again by its next heartbeat. Entries are sealed: see SealForBox.
type Roster struct {
	Address
	Campaign string `cbor:"campaign"`
	From     uint64 `cbor:"from"`
	To       uint64 `cbor:"to"`
	Sealed   Sealed `cbor:"sealed"` // RosterPage
}

// RosterPage is the sealed part of Roster, in ascending order of Version.
type RosterPage struct {
	Entries []RosterEntry `cbor:"entries"`
	Places  []Place       `cbor:"places,omitempty"` // points that entries name, and points that changed; of each the newest counts
}

// Place is what a box says about another point: where to go.
type Place struct {
	Code     string `cbor:"code"`
	Name     string `cbor:"name"`
	Division string `cbor:"division"`
	Address  string `cbor:"address,omitempty"`
	Phone    string `cbor:"phone,omitempty"`
	Hours    string `cbor:"hours,omitempty"` // daily hours as shown; "" = the campaign's
	Takes    Takes  `cbor:"takes"`
	Closed   bool   `cbor:"closed,omitempty"` // it serves nobody
}

// Takes is whom a point serves beyond everybody (demand A33).
type Takes struct {
	Medical bool     `cbor:"medical,omitempty"` // medical candidates
	Minors  bool     `cbor:"minors,omitempty"`  // candidates under age
	Levels  []string `cbor:"levels,omitempty"`  // codes of levels; empty = all
}

// RosterEntry is one change. Exactly one of the pointers is set.
type RosterEntry struct {
	Version     uint64            `cbor:"v"`
	Application *form.Application `cbor:"application,omitempty"` // new or changed
	Gone        string            `cbor:"gone,omitempty"`        // id of an application that left this point
	Confirmed   *ConfirmedMark    `cbor:"confirmed,omitempty"`
	Elsewhere   *ElsewhereMark    `cbor:"elsewhere,omitempty"`
}

// ConfirmedMark says that an application is confirmed, here or elsewhere.
type ConfirmedMark struct {
	Application string `cbor:"application"`
	At          Time   `cbor:"at"`
	Point       string `cbor:"point"`
	Voided      bool   `cbor:"voided,omitempty"`

	// Provisional is the confirmation, while it is open who made it (Papers): her
	// card may be read after all (Verification). Again says that the office sent
	// her papers back: she may also be confirmed anew.
	Provisional *ID  `cbor:"provisional,omitempty"`
	Again       bool `cbor:"again,omitempty"`

	// Record is the confirmation that counts, if it is one. Knows are the records
	// about the application that the hub had taken when it said so: confirmations,
	// voids and verifications. A box knows by it which of its own are in this word
	// and which it must set over it. Both are absent from a hub that does not say.
	Record *ID  `cbor:"record,omitempty"`
	Knows  []ID `cbor:"knows,omitempty"`
}

// ElsewhereMark lets a box say "registered at another point" without holding
// that person's record: Key is made by RosterKey.Mark.
type ElsewhereMark struct {
	Key       []byte `cbor:"key"`
	Point     string `cbor:"point"`     // code
	PointName string `cbor:"pointname"` // as shown to her
	Gone      bool   `cbor:"gone,omitempty"`
}

// RosterKey is the key of ElsewhereMark, 32 bytes, one for each campaign.
type RosterKey struct {
	Key []byte `cbor:"key"`
}

// MarkSize is the length of ElsewhereMark.Key in bytes.
const MarkSize = 16

// Mark is the ElsewhereMark.Key of a number in its normalised form: the first
// MarkSize bytes of HMAC-SHA-256(Key, the number in ASCII).
func (k RosterKey) Mark(number identity.Number) []byte {
	h := hmac.New(sha256.New, k.Key)
	h.Write([]byte(number.Reveal()))
	return h.Sum(nil)[:MarkSize]
}

// LogValue keeps the key out of logs.
func (k RosterKey) LogValue() slog.Value { return slog.StringValue("roster key") }

// PointInfo is what a box says about where it stands.
type PointInfo struct {
	Code     string `cbor:"code"`
	Name     string `cbor:"name"`
	Division string `cbor:"division"`
	Address  string `cbor:"address"`
	Phone    string `cbor:"phone"`
	Unit     uint16 `cbor:"unit"` // number of the box at its point, from 1
}
