package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

func (b *box) void(of protocol.Record, application string) protocol.Record {
	b.Helper()
	signer, err := b.keys.Signer("box-1")
	if err != nil {
		b.Fatal(err)
	}
	const at = 1567731600000
	rec, err := b.SealAct(store.Act{Kind: protocol.RecordVoid, Application: application, At: at, Campaign: hubtest.Campaign, Version: 1, Suite: protocol.SuiteAES, Device: signer,
		Time: protocol.TimeEvidence{Earliest: at, Latest: at + 1, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen},
		Body: protocol.Void{Record: of.Manifest.ID, Application: application, Point: hubtest.Point, Reason: "04", Assents: []protocol.Assent{
			{Account: "clerk", Role: protocol.AssentClerk, How: protocol.HowCode, At: at}, {Account: "head", Role: protocol.AssentHead, How: protocol.HowCard, At: at}}, Blobs: []protocol.BlobRef{}}})
	if err != nil {
		b.Fatal(err)
	}
	return rec
}

// After a void she can be confirmed again at this box, and a store that is built
// anew from its copies remembers the last word of the chain.
func TestAVoidFreesTheApplication(t *testing.T) {
	b := newBox(t)
	first := b.commit("app-1")
	again := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "app-1"})
	if err := b.Commit(again, "app-1", 1567731600000); !errors.Is(err, store.ErrConfirmed) {
		t.Fatalf("confirmed twice: %v", err)
	}
	v := b.void(first, "app-1")
	if v.Manifest.Sequence != 2 || v.Manifest.Previous != first.Hash() || v.Manifest.Kind != protocol.RecordVoid {
		t.Errorf("void is %+v", v.Manifest)
	}
	lose := func() {
		t.Helper()
		b.close()
		if err := os.Remove(filepath.Join(b.dir, store.Boltfile)); err != nil {
			t.Fatal(err)
		}
		b.open()
	}
	lose()
	second := b.commit("app-1") // ErrConfirmed if the void were forgotten
	lose()
	third := b.hub.Seal(t, b.Store, b.keys, hubtest.Draft{Application: "app-1"})
	if err := b.Commit(third, "app-1", 1567731600000); !errors.Is(err, store.ErrConfirmed) {
		t.Fatalf("confirmed over the second: %v", err)
	}
	if w := b.again(); len(w.Records) != 3 || w.Waiting != 3 || w.Records[2].ID != second.Manifest.ID {
		t.Errorf("whole %+v", w)
	}
}
