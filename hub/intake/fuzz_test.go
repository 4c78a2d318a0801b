package intake_test

import (
	"context"
	"testing"

	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol"
)

// FuzzDeliver says anything to a running hub on a box's topics, and then
// something true: the hub must still take it.
func FuzzDeliver(f *testing.F) {
	r := newRig(f, dbtest.SQLite(f), 200)
	b := r.enrol(pointHere)
	s := b.sealAs(r.people[0], 7, protocol.HashOf(nil), making{})
	chunk, err := protocol.Encode(protocol.Chunks(s.Manifest.ID, s.parts, s.Manifest.Parts(), nil)[0])
	if err != nil {
		f.Fatal(err)
	}
	hello, err := protocol.SignMessage(protocol.KindHello, protocol.Hello{Address: b.id, Nonce: random(protocol.NonceSize), Head: 9, HeadHash: s.Hash()}, b.key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(protocol.KindManifest), s.Envelope)
	f.Add(string(protocol.KindChunk), chunk)
	f.Add(string(protocol.KindHello), hello)
	f.Add(string(protocol.KindHeartbeat), hello)
	f.Add(string(protocol.KindManifest), s.Envelope[:len(s.Envelope)-1])
	f.Add("unknown/kind", []byte{})
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		before := r.in.Counts()
		r.in.Deliver(context.Background(), "zhunkao/1/up/"+string(b.id.Box)+"/"+kind, payload)
		r.t = t
		b.beat(protocol.Heartbeat{Head: 9})
		var c protocol.Clock
		b.hears(protocol.KindClock, &c)
		if after := r.in.Counts(); after.Messages != before.Messages+2 {
			t.Errorf("%d messages, want 2 more than %d", after.Messages, before.Messages)
		}
		for ch := r.channel(protocol.DownTopic(b.id.Box, protocol.KindReceipts)); len(ch) > 0; {
			<-ch
		}
	})
}
