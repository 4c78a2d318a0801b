package appliance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// The desk takes a confirmation back while a visit seals: each waits for the
// other, nobody is turned away, and the chain has no fork.
func TestTheDeskAndAVisitTakeTurns(t *testing.T) {
	p := newPeer(t, at(open))
	p.mute = true // this peer opens confirmations only
	b := newBox(t, p)
	b.desk = "127.0.0.1:0"
	b.start()
	people := p.plain()
	b.sees("idle")
	b.place(people[0].Chip)
	b.walk()
	b.sees("accepted")
	b.finish()

	v := desk.Voiding{Sequence: 1, Reason: "04", Note: "看错了", Clerk: store.DayAct{Account: "s-chen", At: 1}, Head: store.DayAct{Account: "s-tan", At: 1}}
	release := b.app.HoldTurn()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := b.app.Void(gone, v); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting, and nobody waits for it: %v", err)
	}
	began, done := time.Now(), make(chan error, 2)
	for range 2 { // pressed twice
		go func() { done <- b.app.Void(t.Context(), v) }()
	}
	b.place(people[1].Chip)
	b.walkTo("sealing")
	release()
	b.sees("accepted")
	first, second := <-done, <-done
	if first != nil {
		first, second = second, first
	}
	if first != nil || !errors.Is(second, desk.ErrVoidDone) {
		t.Errorf("two presses: %v and %v", first, second)
	}
	if o, err := b.app.Outbox(); err != nil || o.Waiting != 3 {
		t.Errorf("outbox %+v, %v", o, err)
	}
	for sent := 0; sent < 3; time.Sleep(10 * time.Millisecond) {
		p.with(func() { sent = len(p.envs) })
		if t.Context().Err() != nil || time.Since(began) > time.Minute {
			t.Fatalf("%d records were sent", sent)
		}
	}
	var kinds []protocol.RecordKind
	var before protocol.Hash
	for seq := uint64(1); seq <= 3; seq++ {
		var env []byte
		p.with(func() { env = p.envs[seq] })
		m, err := protocol.OpenEnvelope(env, p.device)
		if err != nil || m.Sequence != seq || m.Previous != before {
			t.Errorf("record %d: %v", seq, err)
		}
		before = protocol.HashOf(env)
		kinds = append(kinds, m.Kind)
	}
	voids := 0
	for _, k := range kinds {
		if k == protocol.RecordVoid {
			voids++
		}
	}
	if voids != 1 || kinds[0] != protocol.RecordConfirmation {
		t.Errorf("kinds %v", kinds)
	}

	b.stop()
	b.stop = nil
	if err := b.app.Void(t.Context(), v); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
