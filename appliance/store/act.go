package store

import (
	"crypto"
	"fmt"

	"zhunkao/protocol"
)

// Act is a record that is no confirmation, before it is sealed: a void, a review,
// a verification, an incident. Body is whole and lists Blobs.
type Act struct {
	Kind        protocol.RecordKind
	Body        any // protocol.Void, …
	Application string
	Blobs       []protocol.BlobRef // durable already, see AddPart
	Time        protocol.TimeEvidence
	At          protocol.Time // when the box believes that it is sealed
	Campaign    string
	Version     uint32 // of the campaign
	Suite       protocol.Suite
	Device      crypto.Signer
}

// SealAct seals an act as the next record of the box's chain and commits it, as
// Commit does: from then on it waits in the outbox like any other. Of a void: she
// can confirm again at this box. Who calls it has made sure of who may; the hub
// judges that again, and if not the record is set aside there.
//
// Records of one box are sealed one at a time: the caller holds the turn that a
// visit's sealing takes. Errors: ErrHeadMoved when it did not, ErrFull,
// ErrBroken, and those of protocol.SealRecord.
func (s *Store) SealAct(a Act) (protocol.Record, error) {
	var none protocol.Record
	id, err := s.Identity()
	if err != nil {
		return none, err
	}
	hub, err := id.Opening()
	if err != nil {
		return none, err
	}
	seq, previous, err := s.Head()
	if err != nil {
		return none, err
	}
	head := protocol.Manifest{
		ID: protocol.NewID(), Kind: a.Kind, Box: id.Box(), Epoch: id.Grant.Epoch, Suite: a.Suite,
		Sequence: seq + 1, Previous: previous, Campaign: a.Campaign, CampaignVersion: a.Version, Time: a.Time,
	}
	rec, err := protocol.SealRecord(head, a.Body, a.Blobs, hub, a.Device)
	if err != nil {
		return none, fmt.Errorf("store: %s: %w", a.Kind, err)
	}
	return rec, s.commit(rec, copyMark{Application: a.Application, At: a.At, Of: a.of()}, nil)
}

// of is the confirmation that an act is about, if it changes how that stands.
func (a Act) of() *protocol.ID {
	switch b := a.Body.(type) {
	case protocol.Void:
		return &b.Record
	case protocol.Verification:
		return &b.Record
	}
	return nil
}
