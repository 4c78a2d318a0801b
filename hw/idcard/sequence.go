package idcard

import (
	"bytes"
	"context"
	"errors"
	"time"

	"zhunkao/hw/fault"
)

// placement is what is known of one card on the reader, from its finding to its
// removal.
type placement struct {
	s        *session
	noBody   bool // 30 05 is not asked again about this card
	skipBody bool // 30 05 failed in the first sequence: the second does without
	hushed   bool // the first sequence ended in silence, patience included
	selected bool // a select went through, or may have: its answer was lost
	sn       []byte
	body     []byte
	text     [TextSize]byte // of the card that was read
	watch    watch
}

// sequences is how often a whole sequence is tried before the person is asked.
const sequences = 2

// read reads the card just found: find, select, card body, base; twice at most.
// The error is that of the last try, with fault.Removed put above it when the
// card is no longer there.
func (p *placement) read(ctx context.Context, withAddress bool) (*Card, error) {
	var err error
	for try := range sequences {
		if try > 0 {
			if err := p.refind(ctx); err != nil {
				return nil, err
			}
		}
		var card *Card
		card, err = p.sequence(ctx)
		if err == nil {
			p.noBody = p.noBody || p.skipBody // not for presence either
			return p.complete(ctx, card, withAddress)
		}
		switch fault.ClassOf(err) {
		case fault.ClassMedium, fault.ClassTransient:
		case fault.ClassLine:
			if errors.Is(err, fault.Absent) {
				return nil, err
			}
		default: // cancelled, broken or unable: once more would not help
			return nil, err
		}
		p.skipBody = p.body == nil
		p.hushed = errors.Is(err, fault.Timeout)
	}
	if fault.ClassOf(err) == fault.ClassMedium && !errors.Is(err, fault.WrongMedium) && p.body != nil {
		if _, gone := p.s.body(ctx); fault.ClassOf(gone) == fault.ClassMedium {
			return nil, fault.New(fault.Removed, "read", "", err)
		}
	}
	return nil, err
}

// refind starts a sequence over. Once a card was selected many modules answer
// 80 to find until it leaves the field; then a reset makes them look anew. That
// find may say 80 still is no error here: the read will tell.
func (p *placement) refind(ctx context.Context) error {
	err := p.s.find(ctx)
	if errors.Is(err, fault.NoMedium) && !p.s.mute {
		if err := p.s.reset(ctx); err != nil && !broken(err) {
			return err
		}
		err = p.s.find(ctx)
	}
	switch fault.ClassOf(err) {
	case fault.ClassMedium, fault.ClassTransient:
		return nil
	case fault.ClassLine:
		if !errors.Is(err, fault.Absent) {
			return nil
		}
	}
	return err
}

// sequence runs once through, the find being done. A failed select is not
// believed when the card may be selected already.
func (p *placement) sequence(ctx context.Context) (*Card, error) {
	sn, err := p.s.selectCard(ctx)
	switch {
	case err == nil:
		p.selected, p.sn = true, sn
	case fault.ClassOf(err) == fault.ClassLine && !errors.Is(err, fault.Absent):
		p.selected = true
		return nil, err
	case fault.ClassOf(err) == fault.ClassMedium && (p.selected || p.s.unsure):
	default:
		return nil, err
	}
	if err := p.readBody(ctx); err != nil {
		return nil, err
	}
	if p.hushed { // the reset was its chance: asking at length again keeps the person waiting
		return p.s.base(ctx, baseLimit, 0)
	}
	return p.s.base(ctx, baseLimit, 1)
}

// bodyless says whether asking 30 05 is of no use.
func (p *placement) bodyless() bool { return p.noBody || p.s.noBody }

// bodySilences in a row, card after card, make a module one without 30 05. One
// could be a card that was lifted; each costs the person seconds.
const bodySilences = 2

// readBody reads the card-body data, which one maker wants read before the
// base. It is worth having and nothing more: a module without it is remembered,
// and only what ends everything is returned. The second sequence does without
// when the first did not get it: a module might lose the card over it.
func (p *placement) readBody(ctx context.Context) error {
	if p.bodyless() || p.skipBody {
		return nil
	}
	body, err := p.s.body(ctx)
	if err == nil {
		p.body, p.s.bodySilences = body, 0
		return nil
	}
	switch fault.ClassOf(err) {
	case fault.ClassDevice, fault.ClassNone:
		return err
	case fault.ClassMedium: // about this card, at this moment
		return nil
	}
	switch {
	case errors.Is(err, fault.Absent):
		return err
	case errors.Is(err, fault.Unsupported):
		p.s.noBody = true
	case errors.Is(err, fault.Timeout):
		p.noBody = true
		p.s.bodySilences++
		p.s.noBody = p.s.bodySilences >= bodySilences
	}
	return nil
}

// complete adds what else the card says. Nothing of it is worth losing the read
// for, unless the reader itself is lost.
func (p *placement) complete(ctx context.Context, card *Card, withAddress bool) (*Card, error) {
	p.text = card.Text
	if p.body != nil {
		p.watch = watchBody
	}
	card.SN, card.Body = p.sn, p.body
	if card.SN == nil && len(p.body) >= 12 {
		card.SN = p.body[4:12] // the select's answer was lost; the body repeats it
	}
	if !withAddress {
		return card, nil
	}
	addr, err := p.s.newAddress(ctx)
	if fault.ClassOf(err) == fault.ClassNone && err != nil {
		return nil, err
	}
	card.NewAddress = addr
	return card, nil
}

// watch is the way to ask whether a card that was read is still there.
type watch uint8

const (
	watchUnknown watch = iota
	watchBody          // 30 05: the usual way
	watchAppend        // 30 03
	watchFind          // a module that finds the same card again
	watchBase          // reading it all again: slow, when nothing else works
)

// pause between two questions.
func (w watch) pause() time.Duration {
	if w == watchBase {
		return time.Second
	}
	return 200 * time.Millisecond
}

// present asks whether the card that was read is still there. A nil error with
// false means that the reader says no; an error, that the reader is in trouble.
// It settles on the first way that works.
func (p *placement) present(ctx context.Context) (bool, error) {
	ways := []watch{p.watch}
	if p.watch == watchUnknown {
		ways = []watch{watchAppend, watchFind, watchBase}
		if !p.bodyless() {
			ways = append([]watch{watchBody}, ways...)
		}
	}
	for _, w := range ways {
		err := p.ask(ctx, w)
		if err == nil {
			p.watch = w
			return true, nil
		}
		if errors.Is(err, fault.Removed) {
			return false, nil // another card lies there
		}
		switch fault.ClassOf(err) {
		case fault.ClassMedium, fault.ClassUnsupported, fault.ClassTransient:
		case fault.ClassLine:
			// A silent 30 05 or 30 03 is a reader that lacks it: the self test
			// answered, or do would have returned another word.
			if errors.Is(err, fault.Absent) || w == watchFind || p.watch != watchUnknown {
				return false, err
			}
		default:
			return false, err
		}
	}
	return false, nil
}

// ask asks in one way: nil when the card is there, fault.Removed when another.
func (p *placement) ask(ctx context.Context, w watch) error {
	other := fault.New(fault.Removed, "presence", "another card", nil)
	switch w {
	case watchBody:
		body, err := p.s.body(ctx)
		if err == nil && p.body != nil && !bytes.Equal(body, p.body) {
			return other
		}
		return err
	case watchAppend:
		_, err := p.s.newAddress(ctx)
		return err
	case watchFind:
		if err := p.s.find(ctx); err != nil {
			return err
		}
		sn, err := p.s.selectCard(ctx)
		if err == nil && p.sn != nil && !bytes.Equal(sn, p.sn) {
			return other
		}
		return nil // found is there, whatever the select thinks
	default:
		card, err := p.s.base(ctx, baseLimit, 1)
		if err == nil && card.Text != p.text {
			return other
		}
		return err
	}
}

// lies asks whether a card that could not be read is still there: it answers
// for its body, or is found. No select: it would hide the card from find.
func (p *placement) lies(ctx context.Context) (bool, error) {
	if !p.bodyless() {
		_, err := p.s.body(ctx)
		switch fault.ClassOf(err) {
		case fault.ClassNone, fault.ClassDevice:
			return err == nil, err
		case fault.ClassUnsupported:
			p.s.noBody = true
		case fault.ClassLine:
			if errors.Is(err, fault.Absent) {
				return false, err
			}
		}
	}
	err := p.s.find(ctx)
	switch fault.ClassOf(err) {
	case fault.ClassLine, fault.ClassDevice:
		return false, err
	case fault.ClassNone:
		return err == nil, err
	default:
		return !errors.Is(err, fault.NoMedium), nil
	}
}
