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
	noBody   bool // this reader has no 30 05, or it does not work with this card
	selected bool // a select went through, or may have: its answer was lost
	sn       []byte
	body     []byte
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
		var card *Card
		card, err = p.sequence(ctx, try > 0)
		if err == nil {
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
	}
	if fault.ClassOf(err) == fault.ClassMedium && !errors.Is(err, fault.WrongMedium) && !p.noBody {
		if _, gone := p.s.body(ctx); fault.ClassOf(gone) == fault.ClassMedium {
			return nil, fault.New(fault.Removed, "read", "", err)
		}
	}
	return nil, err
}

// sequence runs once through. The first time the find is already done; later it
// is repeated, and its "no card" is not believed: once a card was selected many
// modules answer 80 until it leaves the field. In the same way a failed select
// is not believed when the card may be selected already.
func (p *placement) sequence(ctx context.Context, refind bool) (*Card, error) {
	if refind {
		err := p.s.find(ctx)
		if err != nil && !errors.Is(err, fault.NoMedium) {
			return nil, err
		}
	}
	sn, err := p.s.selectCard(ctx)
	switch {
	case err == nil:
		p.selected, p.sn = true, sn
	case fault.ClassOf(err) == fault.ClassLine && !errors.Is(err, fault.Absent):
		p.selected = true // it may have been done and only the answer lost
		return nil, err
	case fault.ClassOf(err) == fault.ClassMedium && (p.selected || p.s.unsure):
	default:
		return nil, err
	}
	if err := p.readBody(ctx); err != nil {
		return nil, err
	}
	return p.s.base(ctx, baseLimit)
}

// readBody reads the card-body data, which one maker wants read before the
// base. It is worth having and nothing more: a reader without it is remembered,
// and only what ends everything is returned.
func (p *placement) readBody(ctx context.Context) error {
	if p.noBody {
		return nil
	}
	body, err := p.s.body(ctx)
	if err == nil {
		p.body = body
		return nil
	}
	p.noBody = true
	switch fault.ClassOf(err) {
	case fault.ClassDevice, fault.ClassNone:
		return err
	}
	if errors.Is(err, fault.Absent) {
		return err
	}
	return nil
}

// complete adds what else the card says. Nothing of it is worth losing the read
// for, unless the reader itself is lost.
func (p *placement) complete(ctx context.Context, card *Card, withAddress bool) (*Card, error) {
	card.SN, card.Body = p.sn, p.body
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

// present asks whether the card is still there. A nil error with false means
// that the reader says no; an error, that the reader is in trouble. After a
// read it settles on the first way that works; after a failed one (wasRead
// false) only the card body and a new find are asked.
func (p *placement) present(ctx context.Context, wasRead bool) (bool, error) {
	ways := []watch{p.watch}
	if p.watch == watchUnknown {
		ways = []watch{watchBody, watchAppend, watchFind, watchBase}
		if !wasRead {
			ways = []watch{watchBody, watchFind}
		}
	}
	for _, w := range ways {
		if w == watchBody && p.noBody {
			continue
		}
		there, err := p.ask(ctx, w)
		if there {
			p.watch = w
			return true, nil
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

// ask asks in one way.
func (p *placement) ask(ctx context.Context, w watch) (bool, error) {
	switch w {
	case watchBody:
		_, err := p.s.body(ctx)
		return err == nil, err
	case watchAppend:
		_, err := p.s.newAddress(ctx)
		return err == nil, err
	case watchFind:
		if err := p.s.find(ctx); err != nil {
			return false, err
		}
		sn, err := p.s.selectCard(ctx)
		if err == nil && p.sn != nil && !bytes.Equal(sn, p.sn) {
			return false, fault.New(fault.Removed, "presence", "another card", nil)
		}
		return true, nil
	default:
		_, err := p.s.base(ctx, baseLimit)
		return err == nil, err
	}
}
