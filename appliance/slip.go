package appliance

import (
	"errors"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// slipOf signs the slip of a confirmation, as its code's text: by it she pays, and
// an office sees that she was here, before the record has arrived. "" while the
// hub answers, when it has the record, when there is nothing to pay, and of a
// training. A slip that cannot be made never keeps her from her sheet.
func (l *loop) slipOf(p *printing, at time.Time) string {
	fee, pays := p.Campaign.Fee(p.Paper.Application.First().Level)
	if !p.alone || !pays || fee <= 0 || l.Training() {
		return ""
	}
	text, err := l.signSlip(p, uint64(fee), at)
	if err != nil && !errors.Is(err, store.ErrNotFound) { // it has its receipt
		l.log.Error("a slip cannot be made", "visit", p.Visit, "record", p.Record.String(), "err", err)
	}
	return text
}

func (l *loop) signSlip(p *printing, fee uint64, at time.Time) (string, error) {
	waits, err := l.store.WaitingOf(p.Record)
	if err != nil {
		return "", err
	}
	id, err := l.store.Identity()
	if err != nil {
		return "", err
	}
	raw, err := protocol.SignMessage(protocol.KindSlip, protocol.Slip{Address: protocol.Address{Box: id.Box(), Epoch: id.Grant.Epoch},
		Sequence: waits.Sequence, Record: waits.ID, Envelope: waits.Hash, Application: p.Paper.Application.ID,
		Campaign: p.Campaign.ID, Rules: p.Campaign.Version, Fee: fee, At: protocol.TimeOf(at)}, l.signer)
	if err != nil {
		return "", err
	}
	if len(raw) > protocol.MaxSlip {
		return "", protocol.ErrTooLarge
	}
	return protocol.SlipText(raw), nil
}
