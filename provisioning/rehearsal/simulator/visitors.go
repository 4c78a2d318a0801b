package simulator

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf16"

	"zhunkao/appliance"
	"zhunkao/hw/fault"
	"zhunkao/hw/idcard"
	"zhunkao/protocol/form"
	"zhunkao/provisioning/rehearsal"
)

// visitors are the people before one box, one after the other.
type visitors struct {
	crew   *crew
	order  boxOrder
	cards  chan<- idcard.Event
	box    *appliance.Appliance
	person rehearsal.Person

	changed chan struct{} // the screen shows something else; at most one word waits

	placement uint64
	lying     bool // a card lies on the reader
}

// They look at the screen when it changes, and again after lookAgain when it does
// not: for what a press did nothing to. askAgain is how often a box is asked
// whether something waits for the hub.
const (
	lookAgain = 150 * time.Millisecond
	askAgain  = 30 * time.Millisecond
)

// follow hears from the kiosk when its page changes, as the page's own script
// does, until ctx ends.
func (v *visitors) follow(ctx context.Context) {
	for ctx.Err() == nil {
		_ = v.listen(ctx) // the stream ended: that is no news, they look anyway
		_ = sleep(ctx, lookAgain)
	}
}

func (v *visitors) listen(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+v.person.Addr+"/events", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "data:") {
			continue
		}
		select {
		case v.changed <- struct{}{}:
		default:
		}
	}
	return lines.Err()
}

// see waits until the screen changes, or it is time to look again.
func (v *visitors) see(ctx context.Context) error {
	t := time.NewTimer(lookAgain)
	defer t.Stop()
	select {
	case <-v.changed:
		return nil
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// all has everybody come, and then waits until nothing is left for the hub.
func (v *visitors) all(ctx context.Context) error {
	if err := v.send(ctx, idcard.ReaderReady{}); err != nil {
		return err
	}
	for n := v.order.From; n < len(v.order.Visits); n++ {
		if err := v.visit(ctx, v.order.Visits[n]); err != nil {
			return fmt.Errorf("visit %d: %w", n, err)
		}
		if err := v.crew.say(saysOver, v.order.Name, n); err != nil {
			return err
		}
	}
	for {
		out, err := v.box.Outbox()
		if err != nil {
			return err
		}
		if out.Waiting == 0 {
			return v.crew.say(saysDrained, v.order.Name)
		}
		if err := sleep(ctx, askAgain); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *visitors) send(ctx context.Context, e idcard.Event) error {
	select {
	case v.cards <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *visitors) place(ctx context.Context, chip form.Chip) error {
	v.placement++
	v.lying = true
	if err := v.send(ctx, idcard.CardPlaced{Placement: v.placement}); err != nil {
		return err
	}
	return v.send(ctx, idcard.CardRead{Placement: v.placement, Card: cardOf(chip)})
}

func (v *visitors) lift(ctx context.Context) error {
	if !v.lying {
		return nil
	}
	v.lying = false
	return v.send(ctx, idcard.CardRemoved{Placement: v.placement})
}

// visit is one person from her card to the screen that waits for the next.
func (v *visitors) visit(ctx context.Context, o visitOrder) error {
	if err := v.idle(ctx); err != nil {
		return err
	}
	times := 1
	if o.Act == Again {
		times = 2
	}
	for range times {
		if o.Act == Misread {
			if err := v.misread(ctx); err != nil {
				return err
			}
		}
		if err := v.place(ctx, o.Chip); err != nil {
			return err
		}
		if err := v.walk(ctx, o); err != nil {
			return err
		}
		if err := v.idle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// misread is a card that does not answer, and is taken away.
func (v *visitors) misread(ctx context.Context) error {
	v.placement++
	for _, e := range []idcard.Event{idcard.CardPlaced{Placement: v.placement},
		idcard.CardUnreadable{Placement: v.placement, Err: fault.Replace, Advice: idcard.AdvicePlaceAgain}, idcard.CardRemoved{Placement: v.placement}} {
		if err := v.send(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// idle takes the card away and waits until the box is free, pressing what ends
// a screen that only tells something.
func (v *visitors) idle(ctx context.Context) error {
	if err := v.lift(ctx); err != nil {
		return err
	}
	for {
		s, err := v.person.Look(ctx)
		if err != nil {
			return err
		}
		switch s.Screen {
		case "idle":
			return nil
		case "blocked", "reader-fault", "take-card", "looking", "sealing":
		case "printing":
			err = v.press(ctx, s, "no-wait")
		default:
			err = v.press(ctx, s, s.Primary)
		}
		if err != nil {
			return err
		}
		if err := v.see(ctx); err != nil {
			return err
		}
	}
}

// press presses a button that the page offers. A press on a page that has gone
// meanwhile does nothing, as for a person.
func (v *visitors) press(ctx context.Context, s rehearsal.Seen, button string) error {
	switch {
	case s.Screen == "pledge":
		return v.person.Sign(ctx, s)
	case button == "":
		return nil
	}
	return v.person.Press(ctx, s, button)
}

// walk goes on until the visit is over for her, and says when she is accepted.
func (v *visitors) walk(ctx context.Context, o visitOrder) error {
	presses, accepted, troubled := 0, false, false
	for {
		s, err := v.person.Look(ctx)
		if err != nil {
			return err
		}
		switch s.Screen {
		case "accepted", "printing", "take-sheet", "sheet-failed":
			if !accepted {
				accepted = true
				if err := v.crew.say(saysAccepted, v.order.Name, o.Application); err != nil {
					return err
				}
			}
			return nil
		case "idle", "refused", "unreadable", "explained", "seal-failed", "take-card":
			return nil
		case "found", "settle", "photo-notice", "photo", "photo-check", "photo-advice", "read-through", "pledge", "still-there":
			if err := v.press(ctx, s, s.Primary); err != nil {
				return err
			}
			presses++
		}
		if presses >= o.After && !troubled && (o.Act == Leave || o.Act == ReaderOut) {
			troubled = true
			if err := v.trouble(ctx, o, s); err != nil {
				return err
			}
		}
		if err := v.see(ctx); err != nil {
			return err
		}
	}
}

// trouble is what happens in the middle of a visit.
func (v *visitors) trouble(ctx context.Context, o visitOrder, s rehearsal.Seen) error {
	if o.Act == Leave {
		return v.person.Escape(ctx, s)
	}
	v.lying = false
	for _, e := range []idcard.Event{idcard.ReaderLost{Err: fault.Absent}, idcard.CardRemoved{Placement: v.placement}, idcard.ReaderReady{}} {
		if err := v.send(ctx, e); err != nil {
			return err
		}
	}
	return v.place(ctx, o.Chip)
}

// cardOf is the card that a chip's data would be read from.
func cardOf(c form.Chip) *idcard.Card {
	out := &idcard.Card{
		Kind: idcard.Resident, Name: string(c.Name), Sex: c.Sex, Ethnic: c.Ethnic, Birth: c.Birth, Address: c.Address,
		Number: c.Number.Reveal(), Issuer: c.Issuer, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo,
		WLT: append([]byte{'W', 'L', 0x66, 0, 0x7E, 0}, make([]byte, 1018)...),
	}
	for i, u := range utf16.Encode([]rune(string(c.Name) + c.Number.Reveal())) {
		binary.LittleEndian.PutUint16(out.Text[2*i:], u)
	}
	return out
}
