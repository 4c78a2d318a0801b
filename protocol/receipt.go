package protocol

// Outcome is what the hub decided about an envelope.
type Outcome string

// The outcomes.
const (
	// Accepted: durable at the hub; the outbox entry may go.
	Accepted Outcome = "accepted"
	// Quarantined: kept aside at the hub with its reason and shown to the
	// operators; the outbox entry is set aside too and blocks nothing.
	Quarantined Outcome = "quarantined"
)

// Reason says why an envelope was quarantined.
type Reason string

// The reasons.
const (
	ReasonMalformed Reason = "malformed"        // not an envelope, or a body that cannot be read
	ReasonSignature Reason = "signature"        // does not verify under this box's key
	ReasonBox       Reason = "wrong-box"        // names another box or an ended epoch
	ReasonVersion   Reason = "unknown-version"  // kind, version or suite unknown here
	ReasonKey       Reason = "unknown-key"      // sealed to a key that the hub does not hold
	ReasonOpen      Reason = "does-not-open"    // body or blob altered, or sealed for another record
	ReasonConflict  Reason = "id-conflict"      // this id came before with other content
	ReasonFork      Reason = "fork"             // this sequence came before with another record: the box is frozen
	ReasonCampaign  Reason = "unknown-campaign" // campaign or version unknown here
	ReasonUnknown   Reason = "no-application"   // names an application that does not exist
	ReasonAssent    Reason = "assent"           // a void that two persons of the point may not, or not any more that day
	ReasonContent   Reason = "content"          // opened, but breaks a rule that no honest box breaks
	ReasonRefused   Reason = "refused"          // two persons of an office looked at it and refused it for good
)

// Receipt is the hub's word on one envelope, given after its durable commit.
// The same envelope gets the same receipt however often it comes, but that two
// persons of an office may change a Quarantined once, for good: into Accepted, or
// into Quarantined with ReasonRefused.
type Receipt struct {
	Record   ID      `cbor:"record"`
	Envelope Hash    `cbor:"envelope"` // SHA-256 of the COSE_Sign1 bytes
	Sequence uint64  `cbor:"seq"`
	Outcome  Outcome `cbor:"outcome"`
	Reason   Reason  `cbor:"reason,omitempty"`
	At       Time    `cbor:"at"` // the hub's time of the commit
}

// Receipts carries receipts in a batch under one signature.
type Receipts struct {
	Address
	Entries    []Receipt  `cbor:"entries"`
	Checkpoint Checkpoint `cbor:"checkpoint"` // newest sealed number of the hub's journal
	BackupMark uint64     `cbor:"backup"`     // sequences up to here are in a backup of the hub
}

// Checkpoint pins the hub's journal: entry Number has the chain hash Hash.
// Boxes remember the newest they saw, so that a cut-off tail shows (S31).
type Checkpoint struct {
	Number uint64 `cbor:"number"`
	Hash   Hash   `cbor:"hash"`
	At     Time   `cbor:"at"`
}
