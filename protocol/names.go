package protocol

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// BoxID names one enrolled box: "b" and 10 characters of lower-case base32.
// The hub gives it at enrolment and never gives it twice. It is part of topic
// names, so nothing outside [a-z2-7] is valid.
type BoxID string

// Valid reports whether id has the form of a box id.
func (id BoxID) Valid() bool {
	if len(id) != 11 || id[0] != 'b' {
		return false
	}
	for _, c := range []byte(id[1:]) {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// NewBoxID draws an id at random (50 bits); the hub makes sure that it is new.
func NewBoxID() BoxID {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	id := make([]byte, 11)
	_, _ = rand.Read(id) // never returns an error (Go 1.24)
	for i := range id {
		id[i] = letters[id[i]&31]
	}
	id[0] = 'b'
	return BoxID(id)
}

// ID names one record for ever; the box draws it. To everyone else it is 16
// bytes without a meaning.
type ID [16]byte

// NewID draws an id: 6 bytes of the clock of the machine in milliseconds, which
// may be wrong, and 10 of the system's random source. With ids that rise as they
// are drawn the hub writes three pages of 4 KiB less for each record. They tell
// nothing that the evidence of time in the manifest does not.
func NewID() ID {
	var id ID
	_, _ = rand.Read(id[6:]) // crypto/rand.Read never returns an error (Go 1.24)
	ms := uint64(time.Now().UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id
}

// ParseID reads the 32 hexadecimal digits that String writes.
func ParseID(s string) (ID, error) {
	var id ID
	if b, err := hex.DecodeString(s); err != nil || len(b) != len(id) {
		return id, fmt.Errorf("%w: record id", ErrMalformed)
	} else {
		copy(id[:], b)
	}
	return id, nil
}

// String returns 32 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Hash is a SHA-256 value.
type Hash [sha256.Size]byte

// HashOf returns the SHA-256 of b.
func HashOf(b []byte) Hash { return sha256.Sum256(b) }

// ParseHash reads the 64 hexadecimal digits that String writes.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if b, err := hex.DecodeString(s); err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%w: hash", ErrMalformed)
	} else {
		copy(h[:], b)
	}
	return h, nil
}

// String returns 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether h is all zero, as the first record's Previous is.
func (h Hash) IsZero() bool { return h == Hash{} }

// Time is an instant in milliseconds since 1970-01-01T00:00:00Z; 0 means
// unknown. Local forms exist only on screens and paper.
type Time int64

// TimeOf converts t; the zero time gives 0.
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Time returns the instant in UTC, or the zero time for 0.
func (t Time) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// Kind is the last part of a topic: what a message is.
type Kind string

// What a box sends.
const (
	KindHello     Kind = "hello"     // Hello, signed by the device key
	KindHeartbeat Kind = "heartbeat" // Heartbeat, signed by the device key
	KindManifest  Kind = "manifest"  // Manifest, signed by the device key
	KindChunk     Kind = "chunk"     // Chunk, not signed
	KindDesk      Kind = "desk"      // DeskRequest, signed by the device key
	KindLacking   Kind = "lacking"   // Lacking, signed by the device key
)

// What the hub sends. All are signed by a signing key of the hub.
const (
	KindWelcome  Kind = "welcome"  // Welcome, the answer to Hello
	KindClock    Kind = "clock"    // Clock, the answer to Heartbeat
	KindReceipts Kind = "receipts" // Receipts
	KindWant     Kind = "want"     // Want
	KindRoster   Kind = "roster"   // Roster, personal part sealed to the box
	KindCampaign Kind = "campaign" // CampaignMessage
	KindStaff    Kind = "staff"    // Staff, personal part sealed to the box
	KindDeskCert Kind = "deskcert" // DeskCertificate, the answer to DeskRequest
	KindTickets  Kind = "tickets"  // AdmissionTickets, personal part sealed to the box
	KindPictures Kind = "pictures" // Pictures, the answer to Lacking, sealed to the box
)

// Kinds that never travel by MQTT.
const (
	KindEnrol      Kind = "enrol"      // EnrolRequest, signed by the new device key
	KindGrant      Kind = "grant"      // EnrolGrant
	KindCheckpoint Kind = "checkpoint" // Checkpoint of the hub's journal
	KindToken      Kind = "token"      // Token, signed by the device key
	KindSlip       Kind = "slip"       // Slip, signed by the device key
	KindRetirement Kind = "retirement" // Retirement, signed by the device key
)

// Root of every topic. The 1 is the version of the wire as a whole.
const topicRoot = "zhunkao/1/"

// UpTopic is where box publishes messages of kind: zhunkao/1/up/{box}/{kind}.
func UpTopic(box BoxID, kind Kind) string {
	return topicRoot + "up/" + string(box) + "/" + string(kind)
}

// DownTopic is where the hub publishes to box: zhunkao/1/down/{box}/{kind}.
func DownTopic(box BoxID, kind Kind) string {
	return topicRoot + "down/" + string(box) + "/" + string(kind)
}

// UpFilter is what the hub subscribes to: every message of every box.
func UpFilter() string { return topicRoot + "up/+/+" }

// DownFilter is what box subscribes to: all that the hub says to it.
func DownFilter(box BoxID) string { return topicRoot + "down/" + string(box) + "/+" }

// ParseUpTopic splits a topic made by UpTopic.
func ParseUpTopic(topic string) (BoxID, Kind, error) { return parseTopic(topic, "up/") }

// ParseDownTopic splits a topic made by DownTopic.
func ParseDownTopic(topic string) (BoxID, Kind, error) { return parseTopic(topic, "down/") }

func parseTopic(topic, way string) (BoxID, Kind, error) {
	rest, ok := strings.CutPrefix(topic, topicRoot+way)
	box, kind, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || !BoxID(box).Valid() || !Kind(kind).valid() {
		return "", "", fmt.Errorf("%w: topic", ErrMalformed)
	}
	return BoxID(box), Kind(kind), nil
}

// valid reports whether k has the form of a kind: 1 to 16 of a–z. Whether the
// kind is known is for its receiver to say.
func (k Kind) valid() bool {
	for _, c := range []byte(k) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return len(k) >= 1 && len(k) <= 16
}
