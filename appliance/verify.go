package appliance

import (
	"errors"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// anew: the office sent her papers back, or the copies of a card that it reviews,
// and she has come with them once more.
func (l *loop) anew(f visit.Lookup, found store.Found) bool {
	if found.Application == nil || !found.Confirmed.Again {
		return false
	}
	_, reviewed := l.campaign.ReviewedCard(*found.Application, f.Chip)
	return f.Chip.Type == form.ChipPapers || reviewed
}

// mayVerify says of somebody who is confirmed that it is open who she is, and how
// the card stands that she has put down.
func (l *loop) mayVerify(out *visit.Looked, f visit.Lookup, found store.Found) {
	if found.Confirmed.Provisional == nil || found.Application == nil || l.campaign == nil {
		return
	}
	now := l.clock.Interval()
	out.Provisional, out.Application, out.Campaign = *found.Confirmed.Provisional, *found.Application, *l.campaign
	out.Validity = form.Expired(f.Chip, now.Earliest, now.Latest)
}

// beginVerify seals a card that was read after a confirmation on papers, as
// beginSeal seals a confirmation: in a goroutine of its own, one at a time, from
// copies of its own.
func (l *loop) beginVerify(f visit.Verify) visit.Event {
	select {
	case l.sealing <- struct{}{}:
	default:
		l.log.Error("a sealing before this one has given no answer yet", "visit", f.Visit)
		return visit.VerifyFailed{Visit: f.Visit}
	}
	f.Card.Text = append([]byte(nil), f.Card.Text...)
	f.Card.WLT = append([]byte(nil), f.Card.WLT...)
	body := protocol.Verification{Record: f.Record, Application: f.Application, Point: l.point.Code, Chip: f.Card.Chip, Differences: f.Differences}
	for _, m := range f.Timeline {
		body.Timeline = append(body.Timeline, protocol.Event{Step: m.Step, At: l.timeOf(m.At)})
	}
	act := store.Act{Kind: protocol.RecordVerification, Application: f.Application}
	if l.campaign != nil {
		act.Campaign, act.Version = l.campaign.ID, l.campaign.Version
	}
	go func() {
		e := l.verify(f, body, act)
		clear(f.Card.Text)
		clear(f.Card.WLT)
		<-l.sealing
		if e == nil {
			return // the store is broken, and the loop knows
		}
		select {
		case l.results <- e:
		case <-l.over:
		}
	}()
	return nil
}

// verify makes one durable record: the raw chip first, then what names it. nil:
// the disk failed, and nobody knows what is on it.
func (l *loop) verify(f visit.Verify, body protocol.Verification, act store.Act) visit.Event {
	refs, err := l.putChip(f.Card)
	if err == nil {
		l.turn <- struct{}{}
		defer l.giveTurn()
		now := l.clock.Now()
		body.Blobs = refs
		body.Timeline = append(body.Timeline, protocol.Event{Step: protocol.StepSealed, At: protocol.TimeOf(now)})
		act.Body, act.Blobs = body, refs
		_, err = l.store.SealAct(l.act(act, now))
	}
	for _, r := range refs {
		clear(r.Key) // from here on only the hub can open them
	}
	switch {
	case err == nil:
		l.log.Info("a card is verified", "visit", f.Visit)
		l.sealed()
		return visit.Verified{Visit: f.Visit}
	case errors.Is(err, store.ErrBroken):
		return nil
	}
	l.log.Error("verification failed", "visit", f.Visit, "err", err)
	return visit.VerifyFailed{Visit: f.Visit}
}

// putChip makes the raw bytes of a chip durable.
func (l *loop) putChip(c visit.Card) ([]protocol.BlobRef, error) {
	var refs []protocol.BlobRef
	for _, p := range []struct {
		role string
		data []byte
	}{{protocol.RoleChipText, c.Text}, {protocol.RoleChipWLT, c.WLT}} {
		if len(p.data) == 0 {
			continue
		}
		b, err := protocol.SealBlob(preferredSuite(), p.role, "application/octet-stream", p.data)
		if err != nil {
			return refs, err
		}
		refs = append(refs, b.Ref)
		if _, err := l.store.PutBlob(b.Ciphertext); err != nil {
			return refs, err
		}
	}
	return refs, nil
}
