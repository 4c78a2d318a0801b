package appliance

import (
	"errors"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

// The readable copy of a record, from its sealing to its receipt: for a sheet
// that is printed once more when its visit is over.

// keepReadable has the store keep what the sheet of a sealed record is made of.
// It runs beside everything: nobody waits for it, and a copy that is lost costs
// a reprint. A box that prints no sheets keeps none.
func (l *loop) keepReadable(in sealing, s visit.Sealed) {
	defer clear(in.Photo.JPEG)
	if l.printer == nil || !in.campaign.Policy.Reprint {
		return
	}
	err := l.store.KeepReadable(s.Sequence, store.Readable{
		Application: in.Application, Settled: in.Settled, Undecidable: in.Verdict.State == window.Undecidable,
		Photo: in.Photo.JPEG, Campaign: in.campaign.ID, Version: in.campaign.Version, At: protocol.TimeOf(s.At),
	})
	if err != nil && !errors.Is(err, store.ErrBroken) {
		l.log.Warn("this box cannot print the sheet of a record again", "record", s.Record.String(), "err", err)
	}
}

// mayReprint offers the sheet of an earlier visit once more: while the readable
// copy is here, and as long as the campaign's wording is still the one she
// signed under, so that every copy is one version of the document.
func (l *loop) mayReprint(out *visit.Looked, h *store.Held) {
	if h == nil || l.printer == nil || h.Campaign != l.campaign.ID || h.Version != l.campaign.Version {
		return
	}
	out.Reprint, out.Record, out.Sequence, out.Copies, out.Campaign = true, h.Record, h.Sequence, h.Copies, *l.campaign
}

// recall fills in what the sheet of an earlier visit is made of. Errors:
// store.ErrNotFound when the receipt has ended the readable copy.
func (l *loop) recall(p *printing) error {
	r, err := l.store.Readable(p.Record)
	if err != nil {
		return err
	}
	p.Paper.Application, p.Paper.Settled, p.Paper.Undecidable = r.Application, r.Settled, r.Undecidable
	p.Paper.Photo.JPEG, p.At = r.Photo, r.At.Time()
	return nil
}
