package appliance_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/protocol"
)

// The desk asks for a clerk's card: the next one that is put down is hers and
// begins no visit; nothing of it stays, and nobody who is served is disturbed.
func TestACardForTheDesk(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.desk = "127.0.0.1:0"
	b.start()
	b.sees("idle")
	person := p.plain()[0]
	c := cardOf(person.Chip)
	want := protocol.CardDigest("resident", append([]byte(nil), c.Text[:]...), append([]byte(nil), c.WLT...))

	type answer struct {
		card desk.OwnCard
		err  error
	}
	ask := func(ctx context.Context) <-chan answer {
		done := make(chan answer, 1)
		go func() { card, err := b.app.OwnCard(ctx); done <- answer{card, err} }()
		return done
	}
	first := ask(t.Context())
	text := b.sees("own-card")
	if !strings.Contains(text, "请工作人员放自己的证件") {
		t.Error("the screen does not say whose card is meant")
	}
	if _, err := b.app.OwnCard(t.Context()); !errors.Is(err, desk.ErrCardBusy) {
		t.Errorf("two at once: %v", err)
	}
	b.place(person.Chip)
	a := <-first
	if a.err != nil || a.card.Digest != want || a.card.Number != person.Chip.Number {
		t.Errorf("the card is not the one that lay there: %v", a.err)
	}
	b.sees("take-card")
	if n := b.app.Kept(t); n != 0 {
		t.Errorf("%d buffers of her card are kept", n)
	}
	if strings.Contains(b.log.String(), `"what":"looking"`) {
		t.Error("a clerk's card was looked up")
	}
	b.lift()
	b.sees("idle")

	ctx, leave := context.WithCancel(t.Context())
	gone := ask(ctx)
	b.sees("own-card")
	leave() // she closed the page
	if a := <-gone; !errors.Is(a.err, context.Canceled) {
		t.Errorf("she left: %v", a.err)
	}
	b.sees("idle")

	b.place(person.Chip)
	b.sees("found")
	if _, err := b.app.OwnCard(t.Context()); !errors.Is(err, desk.ErrCardBusy) {
		t.Errorf("while somebody is served: %v", err)
	}
	b.walk()
	b.sees("accepted")
}

// Whoever leaves the desk ends her own waiting and nobody else's: by the time her
// word is heard the next one may be asked for her card.
func TestALateWordEndsNobodyElsesWaiting(t *testing.T) {
	p := newPeer(t, at(open))
	b := newBox(t, p)
	b.desk = "127.0.0.1:0"
	b.start()
	b.sees("idle")
	for range 6 { // which of two words the loop hears first is open
		ctx, leave := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { _, err := b.app.OwnCard(ctx); first <- err }()
		b.sees("own-card")
		second := make(chan error, 1)
		var got desk.OwnCard
		b.app.WhileBusy(t, func(ended func()) { // the loop hears nobody
			leave() // … her word waits
			ended() // … and the screen's time was up
			go func() { var err error; got, err = b.app.OwnCard(t.Context()); second <- err }()
		})
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Fatalf("who left: %v", err)
		}
		b.sees("own-card")
		b.place(p.plain()[0].Chip)
		if err := <-second; err != nil || got.Number != p.plain()[0].Chip.Number {
			t.Fatalf("the next one's card: %v", err)
		}
		b.sees("take-card")
		b.lift()
		b.sees("idle")
	}
}
