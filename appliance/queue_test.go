package appliance_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// The close comes while people wait: who drew a number before it is served when
// it is called, also after a restart, and her record holds the signed number;
// nobody else is.
func TestTheCloseComesWhilePeopleWait(t *testing.T) {
	var skip atomic.Int64
	began := time.Now()
	passed := func() time.Duration { return time.Since(began) + time.Duration(skip.Load()) }
	p := newPeer(t, func() time.Time { return open.Add(passed()) })
	b := newBox(t, p)
	b.desk, b.mono = "127.0.0.1:0", passed
	b.start()
	b.sees("idle")
	people := p.plain()
	v := campaign.Adult2019().Judge(window.Confirm, people[0].Application, "430104", window.At(open))
	if v.State != window.Open {
		t.Fatalf("%+v", v)
	}
	skip.Store(int64(v.Until.Sub(open) - 30*time.Minute))
	queue := b.app.Queueing()
	var drawn []store.Queued
	for range 3 {
		q, err := queue.Draw(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		drawn = append(drawn, q)
	}
	skip.Add(int64(40 * time.Minute))
	if _, err := queue.Draw(t.Context()); !errors.Is(err, desk.ErrQueueOver) {
		t.Errorf("a number is drawn after the close: %v", err)
	}
	b.place(people[0].Chip)
	b.sees("refused")
	b.lift()
	call := func(q store.Queued) {
		t.Helper()
		if err := queue.Call(t.Context(), q.QueueKey, b.app.Box()); err != nil {
			t.Fatal(err)
		}
	}
	call(drawn[0])
	b.place(people[0].Chip)
	if text := b.sees("found"); !strings.Contains(text, drawn[0].Label()) {
		t.Error("the page does not say by which number she is served")
	}
	b.walk()
	b.sees("accepted")
	b.finish()
	if q, err := b.app.Token(drawn[0].QueueKey); err != nil || q.State != store.QueueServed || q.Record == (protocol.ID{}) {
		t.Errorf("served, and the queue says %+v (%v)", q, err)
	}
	b.place(people[1].Chip) // without being called
	b.sees("refused")
	b.lift()
	call(drawn[1])
	b.stop()
	b.stop = nil
	b.start() // a power cut between the call and the card
	queue = b.app.Queueing()
	b.sees("idle")
	b.place(people[1].Chip)
	b.walk()
	b.sees("accepted")
	b.finish()
	// Passed over: not served. A day later her number is worth nothing.
	call(drawn[2])
	if err := queue.End(t.Context(), drawn[2].QueueKey, store.QueuePassed); err != nil {
		t.Fatal(err)
	}
	b.place(people[2].Chip)
	b.sees("refused")
	b.lift()
	for n := 0; n < 2; time.Sleep(10 * time.Millisecond) { // the peer says nothing when it has opened one
		p.with(func() { n = len(p.opened) })
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("%d records are at the hub", n)
		}
	}
	for seq, q := range drawn[:2] {
		var c protocol.Confirmation
		p.with(func() { c = p.opened[uint64(seq+1)] })
		token, err := protocol.OpenToken(c.Token, p.device)
		if err != nil || token.Number != q.Number || token.Box != b.app.Box() || token.Drawn.Verdict != protocol.VerdictOpen || token.Point == "" {
			t.Errorf("record %d came with %+v: %v", seq+1, token, err)
		}
	}
}
