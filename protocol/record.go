package protocol

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"fmt"
	"log/slog"
)

// RecordKind says what a sealed record is.
type RecordKind string

// The kinds of record.
const (
	// RecordConfirmation seals a Confirmation: a person confirmed her application.
	RecordConfirmation RecordKind = "confirmation"
	// RecordVoid seals a Void: a confirmation is taken back.
	RecordVoid RecordKind = "void"
	// RecordReview seals a Review: a clerk looked at somebody's qualification and claims.
	RecordReview RecordKind = "review"
	// RecordVerification seals a Verification: a card is read after all.
	RecordVerification RecordKind = "verification"
	// RecordIncident seals an Incident: a point reports something.
	RecordIncident RecordKind = "incident"
	// RecordTraining seals a Training: somebody did exercises.
	RecordTraining RecordKind = "training"
	// RecordOwnCard seals an OwnCard: somebody bound her card to her account.
	RecordOwnCard RecordKind = "own-card"
)

// Known reports whether k is a kind of this version of the wire.
func (k RecordKind) Known() bool {
	switch k {
	case RecordConfirmation, RecordVoid, RecordReview, RecordVerification, RecordIncident, RecordTraining, RecordOwnCard:
		return true
	}
	return false
}

// RecordVersion is the version of every body that this package writes.
const RecordVersion = 1

// Part names a piece of ciphertext: a sealed body or a sealed blob.
type Part struct {
	Hash Hash   `cbor:"hash"` // SHA-256 of the ciphertext; also its name
	Size uint64 `cbor:"size"` // bytes of ciphertext, padding included
}

// Matches reports whether ct is the part.
func (p Part) Matches(ct []byte) bool {
	return uint64(len(ct)) == p.Size && HashOf(ct) == p.Hash
}

// BlobRef is what a body says of one blob: where it is and how it opens.
// It never travels outside a sealed body; in a log it shows its role only.
type BlobRef struct {
	Part
	Role  string `cbor:"role"`  // one of the Role… values
	Media string `cbor:"media"` // media type of the plain bytes
	Suite Suite  `cbor:"suite"`
	Key   []byte `cbor:"key"` // 32 bytes, used for this blob only
}

// String names the role only: the key opens somebody's picture.
func (r BlobRef) String() string { return "blob " + r.Role }

// GoString is String.
func (r BlobRef) GoString() string { return r.String() }

// LogValue is String.
func (r BlobRef) LogValue() slog.Value { return slog.StringValue(r.String()) }

// CheckBlobs holds what an opened body says of its blobs against the manifest:
// the same parts in the same order, each role once, each key whole. A record
// whose photo was stripped or exchanged ends here. Errors: ErrHash,
// ErrMalformed, ErrUnknownSuite.
func CheckBlobs(m Manifest, refs []BlobRef) error {
	if len(refs) != len(m.Blobs) {
		return fmt.Errorf("%w: blobs listed and named differ", ErrHash)
	}
	roles := make(map[string]bool, len(refs))
	for i, r := range refs {
		if r.Part != m.Blobs[i] {
			return fmt.Errorf("%w: blobs listed and named differ", ErrHash)
		}
		if !r.Suite.Known() {
			return ErrUnknownSuite
		}
		if len(r.Key) != blobKeySize || r.Role == "" || roles[r.Role] || !short(r.Role, r.Media) {
			return malformed("blob")
		}
		roles[r.Role] = true
	}
	return nil
}

// The roles of blobs in a confirmation.
const (
	RoleChipText  = "chip.text" // the card's 256 bytes as read
	RoleChipWLT   = "chip.wlt"  // the card's compressed portrait as read, 1024 bytes
	RoleSignature = "signature" // Signature in CBOR
	RolePhoto     = "photo"     // camera portrait, image/jpeg, as the campaign's profile asks

	RolePhotoOriginal = "photo.original" // the picture it was cut from, as the camera gave it
)

// Manifest is the small signed face of a record. It names no person. A record
// is not in until all that its manifest names is (design §2, demand X1).
type Manifest struct {
	Version         uint16       `cbor:"v"` // of the body; RecordVersion
	ID              ID           `cbor:"id"`
	Kind            RecordKind   `cbor:"kind"`
	Box             BoxID        `cbor:"box"`
	Epoch           uint32       `cbor:"epoch"` // counts enrolments of the box; a new epoch is a new chain
	Sequence        uint64       `cbor:"seq"`   // 1, 2, 3 … within the epoch
	Previous        Hash         `cbor:"prev"`  // SHA-256 of the previous record's envelope; zero for sequence 1
	Suite           Suite        `cbor:"suite"`
	HubKey          KeyID        `cbor:"hubkey"` // the opening key that the body is sealed to
	Campaign        string       `cbor:"campaign"`
	CampaignVersion uint32       `cbor:"campaignv"`
	Time            TimeEvidence `cbor:"time"`
	Body            Part         `cbor:"body"`
	Blobs           []Part       `cbor:"blobs"`
}

// TimeEvidence is what the box knew of the time when it sealed. Ordering is by
// sequence, never by this (demand X9; fault 8).
type TimeEvidence struct {
	Earliest Time   `cbor:"earliest"`           // now was not before this
	Latest   Time   `cbor:"latest"`             // nor after this; 0 = unknown
	Source   string `cbor:"source"`             // one of the Source… values: what the interval rests on
	HubTime  Time   `cbor:"hub,omitempty"`      // last hub-signed time that answered this box's nonce
	SinceHub uint64 `cbor:"sincehub,omitempty"` // milliseconds of monotonic time since then
	Boot     uint32 `cbor:"boot"`               // counts starts of the box's program or board
	Verdict  string `cbor:"verdict"`            // one of the Verdict… values, as the window was judged
}

// What an interval of time rests on, from firm to weak.
const (
	SourceHub   = "hub"   // hub-signed time that answered this box's nonce, since this start
	SourceRTC   = "rtc"   // a battery clock that has agreed with the hub before
	SourceFloor = "floor" // only a lower end: the newest hub time ever seen, or the build
)

// How the box judged the window. A closed window seals nothing.
const (
	VerdictOpen        = "open"
	VerdictUndecidable = "undecidable" // served, marked, decided at the hub
)

// Parts lists the body and the blobs: all that must arrive.
func (m Manifest) Parts() []Part { return append([]Part{m.Body}, m.Blobs...) }

// bodyAAD binds a body to the record it belongs to, so that nobody can put
// their own signature under another's body: the CBOR array
// [campaign, id, box, epoch, seq, kind].
func (m Manifest) bodyAAD() ([]byte, error) {
	return Encode([]any{m.Campaign, m.ID[:], string(m.Box), m.Epoch, m.Sequence, string(m.Kind)})
}

// Record is one sealed record as a box keeps it: nobody but the hub can read it.
type Record struct {
	Manifest Manifest
	Envelope []byte // COSE_Sign1 over the manifest; what KindManifest carries
	Body     []byte // ciphertext

	proof func() error // nil for a record that was not sealed just now
}

// Proved waits until the signature of a record that was sealed just now has
// been checked, and says what that found: nil, or ErrSignature. Nothing may be
// made of the record before. For one that was read from somewhere it is nil:
// see OpenEnvelope.
func (r Record) Proved() error {
	if r.proof == nil {
		return nil
	}
	return r.proof()
}

// Hash is the SHA-256 of the envelope: what the next record and the receipt name.
func (r Record) Hash() Hash { return HashOf(r.Envelope) }

const bodyInfo = topicRoot + "body"

// BodySeal is what sealing one body needs and no record is needed for: a fresh
// agreement on a key with the hub. It is half of the arithmetic of SealRecord,
// so a box makes it while the blobs are still on their way to the disk. It
// seals one record and no second.
type BodySeal struct {
	suite  Suite
	hub    KeyID
	sender *hpkeSender
}

// PrepareBody makes a BodySeal for the hub's opening key. Errors:
// ErrUnknownSuite, ErrUnknownKey.
func PrepareBody(suite Suite, hub *ecdh.PublicKey) (*BodySeal, error) {
	sender, err := newSender(suite, hub, bodyInfo)
	if err != nil {
		return nil, err
	}
	return &BodySeal{suite: suite, hub: OpeningKeyID(hub), sender: sender}, nil
}

// SealRecord prepares and seals in one: see PrepareBody and BodySeal.Record.
func SealRecord(head Manifest, body any, refs []BlobRef, hub *ecdh.PublicKey, device crypto.Signer) (Record, error) {
	s, err := PrepareBody(head.Suite, hub)
	if err != nil {
		return Record{}, err
	}
	rec, err := s.Record(head, body, refs, device)
	if err == nil {
		err = rec.Proved()
	}
	if err != nil {
		return Record{}, err
	}
	return rec, nil
}

// Record seals body to the hub and signs the manifest with the device key. The
// caller fills every field of head but Version, Suite, HubKey, Body and Blobs;
// refs are the blobs sealed before, in the order the body lists them. body must
// encode to a CBOR map with the refs inside; a Confirmation is held against
// them. The new signature is checked, because after this the person goes home
// and nobody but the hub will look again; that goes on while the caller writes
// the record into a transaction, which it must not commit before Proved is nil.
// Errors: ErrUsed the second time, ErrHash, ErrMalformed, ErrTooLarge.
func (s *BodySeal) Record(head Manifest, body any, refs []BlobRef, device crypto.Signer) (Record, error) {
	m := head
	m.Version, m.Suite, m.HubKey = RecordVersion, s.suite, s.hub
	m.Blobs = make([]Part, len(refs))
	for i, r := range refs {
		m.Blobs[i] = r.Part
	}
	if b, ok := body.(interface{ blobs() []BlobRef }); ok {
		if err := CheckBlobs(m, b.blobs()); err != nil {
			return Record{}, fmt.Errorf("protocol: seal: %w", err)
		}
	}
	aad, err := m.bodyAAD()
	if err != nil {
		return Record{}, err
	}
	plain, err := Encode(body)
	if err != nil {
		return Record{}, err
	}
	sealed, err := s.sender.seal(aad, pad(plain))
	if err != nil {
		return Record{}, err
	}
	m.Body = Part{Hash: HashOf(sealed), Size: uint64(len(sealed))}
	env, err := SignMessage(KindManifest, m, device)
	if err != nil {
		return Record{}, err
	}
	return Record{Manifest: m, Envelope: env, Body: sealed, proof: prove(env, device.Public())}, nil
}

// prove begins to check a new signature and gives what waits for the answer.
func prove(env []byte, device crypto.PublicKey) func() error {
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		var st Statement
		if st, err = ParseStatement(KindManifest, env); err == nil {
			err = st.Verify(device)
		}
		if err != nil {
			err = fmt.Errorf("protocol: seal: the device key signs badly: %w", err)
		}
	}()
	return func() error {
		<-done
		return err
	}
}

// ParseEnvelope reads the manifest of an envelope and refuses one that no box
// of this version makes. The signature is not checked: see Statement.Verify.
// Manifest and statement are returned beside a refusal as far as they could be
// read, so that it can be signed for by id.
func ParseEnvelope(env []byte) (Manifest, Statement, error) {
	s, err := ParseStatement(KindManifest, env)
	if err != nil {
		return Manifest{}, Statement{}, err
	}
	var m Manifest
	err = Decode(s.Payload, &m)
	return m, s, err
}

// OpenEnvelope is ParseEnvelope and the signature check in one.
func OpenEnvelope(env []byte, device *ecdsa.PublicKey) (Manifest, error) {
	m, s, err := ParseEnvelope(env)
	if err != nil {
		return m, err
	}
	return m, s.Verify(device)
}

// OpenBody checks that sealed is the body that m names, opens it with the
// hub's key and decodes it into body. Errors: ErrHash, ErrUnknownKey,
// ErrOpen, ErrMalformed. A Confirmation is also held against the manifest's
// blobs: see CheckBlobs.
func OpenBody(m Manifest, sealed []byte, hub *ecdh.PrivateKey, body any) error {
	if !m.Body.Matches(sealed) {
		return ErrHash
	}
	if OpeningKeyID(hub.PublicKey()) != m.HubKey {
		return ErrUnknownKey
	}
	aad, err := m.bodyAAD()
	if err != nil {
		return err
	}
	padded, err := openHPKE(m.Suite, hub, bodyInfo, aad, sealed)
	if err != nil {
		return err
	}
	plain, err := unpad(padded)
	if err != nil {
		return err
	}
	if err := Decode(plain, body); err != nil {
		return err
	}
	if b, ok := body.(interface{ blobs() []BlobRef }); ok {
		return CheckBlobs(m, b.blobs())
	}
	return nil
}
