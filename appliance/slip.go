package appliance

import (
	"errors"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
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
	text, err := l.signSlip(sealedNow{record: p.Record, application: p.Paper.Application.ID, campaign: p.Campaign, fee: fee, at: at})
	if err != nil && !errors.Is(err, store.ErrNotFound) { // it has its receipt
		l.log.Error("a slip cannot be made", "visit", p.Visit, "record", p.Record.String(), "err", err)
	}
	return text
}

// payable is what the last screen shows of paying, where a confirmation opens the
// order and there is a channel that a telephone pays by (issue 8, "Kiosk and phone"):
// the fee, and the code of the slip, with and without a network. None of a training.
// Without a slip she is told how else to pay.
func (l *loop) payable(in sealing, record protocol.ID, at time.Time) (fee int64, slip string) {
	c := in.campaign
	fee, asks := c.Fee(in.Application.First().Level)
	if !asks || fee <= 0 || l.Training() || !c.Payment.ByPhone() {
		return 0, ""
	}
	slip, err := l.signSlip(sealedNow{record: record, application: in.Application.ID, campaign: *c, fee: fee, at: at})
	if err != nil { // also store.ErrNotFound: it has its receipt already
		if !errors.Is(err, store.ErrNotFound) {
			l.log.Error("a slip cannot be made", "visit", in.Visit, "record", record.String(), "err", err)
		}
		return 0, ""
	}
	return fee, slip
}

// sealedNow is the confirmation that a slip is about.
type sealedNow struct {
	record      protocol.ID
	application string
	campaign    campaign.Campaign
	fee         int64
	at          time.Time
}

func (l *loop) signSlip(s sealedNow) (string, error) {
	waits, err := l.store.WaitingOf(s.record)
	if err != nil {
		return "", err
	}
	id, err := l.store.Identity()
	if err != nil {
		return "", err
	}
	raw, err := protocol.SignMessage(protocol.KindSlip, protocol.Slip{Address: protocol.Address{Box: id.Box(), Epoch: id.Grant.Epoch},
		Sequence: waits.Sequence, Record: waits.ID, Envelope: waits.Hash, Application: s.application,
		Campaign: s.campaign.ID, Rules: s.campaign.Version, Fee: uint64(s.fee), At: protocol.TimeOf(s.at)}, l.signer)
	if err != nil {
		return "", err
	}
	if len(raw) > protocol.MaxSlip {
		return "", protocol.ErrTooLarge
	}
	return protocol.SlipLink(s.campaign.Portal.Address, raw), nil
}
