package store

import (
	"crypto"
	"fmt"

	"zhunkao/protocol"
)

// Voiding is what sealing a void needs beside what the store holds itself.
type Voiding struct {
	Void     protocol.Void // whole; Blobs must be empty
	Time     protocol.TimeEvidence
	At       protocol.Time // when the box believes that it is sealed
	Campaign string
	Version  uint32 // of the campaign
	Suite    protocol.Suite
	Device   crypto.Signer
}

// SealVoid seals a void (撤销确认) as the next record of the box's chain and
// commits it, as Commit does: from then on she can confirm again at this box,
// and the record waits in the outbox like any other. Who calls it has made sure
// of clerk and head; the hub judges whether they may, and if not the record is
// set aside there and the roster brings the confirmed mark back.
//
// Records of one box are sealed one at a time: the caller holds the turn that a
// visit's sealing takes. Errors: ErrHeadMoved when it did not, ErrFull,
// ErrBroken, and those of protocol.BodySeal.Record.
func (s *Store) SealVoid(v Voiding) (protocol.Record, error) {
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
	if v.Void.Blobs == nil {
		v.Void.Blobs = []protocol.BlobRef{}
	}
	head := protocol.Manifest{
		ID: protocol.NewID(), Kind: protocol.RecordVoid, Box: id.Box(), Epoch: id.Grant.Epoch, Suite: v.Suite,
		Sequence: seq + 1, Previous: previous, Campaign: v.Campaign, CampaignVersion: v.Version, Time: v.Time,
	}
	rec, err := protocol.SealRecord(head, v.Void, v.Void.Blobs, hub, v.Device)
	if err != nil {
		return none, fmt.Errorf("store: void: %w", err)
	}
	return rec, s.Commit(rec, v.Void.Application, v.At)
}
