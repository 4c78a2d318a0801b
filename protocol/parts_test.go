package protocol_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"zhunkao/protocol"
)

// Whatever the sizes, whatever the hub holds already: what it holds and what
// is sent make the whole, no chunk breaks a limit, and nothing is sent twice.
func TestChunksCarryExactlyWhatIsMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(0, 3*protocol.MaxPiece), 1, 8).Draw(t, "sizes")
		parts, skip := map[protocol.Hash][]byte{}, map[protocol.Hash]uint64{}
		var order []protocol.Part
		missing := 0
		for i, n := range sizes {
			b := make([]byte, n)
			for j := range b {
				b[j] = byte(j ^ i)
			}
			h := protocol.HashOf(append([]byte{byte(i)}, b...))
			parts[h], order = b, append(order, protocol.Part{Hash: h, Size: uint64(n)})
			skip[h] = uint64(rapid.IntRange(0, n+10).Draw(t, "skip"))
			missing += max(0, n-int(skip[h]))
		}
		held := map[protocol.Hash][]byte{}
		for h, b := range parts {
			held[h] = bytes.Clone(b[:min(skip[h], uint64(len(b)))])
		}
		sent := 0
		for _, c := range protocol.Chunks(goldenID, parts, order, func(h protocol.Hash) uint64 { return skip[h] }) {
			raw, err := protocol.Encode(c)
			if err != nil {
				t.Fatal(err)
			}
			if c, err = protocol.ParseChunk(raw); err != nil {
				t.Fatal(err)
			}
			for _, p := range c.Pieces {
				if uint64(len(held[p.Part])) != p.Offset {
					t.Fatalf("a piece begins at %d, the hub holds %d", p.Offset, len(held[p.Part]))
				}
				held[p.Part] = append(held[p.Part], p.Bytes...)
				sent += len(p.Bytes)
			}
		}
		for h, b := range parts {
			if !bytes.Equal(held[h], b) {
				t.Fatalf("a part of %d bytes arrived with %d", len(b), len(held[h]))
			}
		}
		if sent != missing {
			t.Fatalf("%d bytes sent, %d were missing", sent, missing)
		}
	})
}

func TestChunksWithoutSkipAndWithoutBytes(t *testing.T) {
	one := protocol.Part{Hash: protocol.Hash{1}, Size: 3}
	got := protocol.Chunks(goldenID, map[protocol.Hash][]byte{one.Hash: {1, 2, 3}}, []protocol.Part{one, {Hash: protocol.Hash{2}, Size: 5}}, nil)
	if len(got) != 1 || len(got[0].Pieces) != 1 || got[0].Record != goldenID {
		t.Errorf("got %v", got)
	}
}

// A campaign arrives whole from any order, with repeats, and past a newer one.
func TestCampaignPieces(t *testing.T) {
	p := goldenParties(t)
	cut := func(version uint32, bundle []byte) []protocol.CampaignMessage {
		t.Helper()
		sealed, err := protocol.SealForBox(protocol.SuiteAES, protocol.KindCampaign, goldenBox, p.boxOpen.PublicKey(), p.rosterKey)
		if err != nil {
			t.Fatal(err)
		}
		out, err := protocol.CutCampaign(protocol.CampaignMessage{Address: goldenBox, Campaign: "adult-2019", Version: version, Point: goldenPoint, RosterKey: sealed}, bundle)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	bundle := make([]byte, 1_500_000)
	for i := range bundle {
		bundle[i] = byte(i * 7)
	}
	messages := cut(2, bundle)
	if len(messages) < 9 {
		t.Fatalf("%d messages", len(messages))
	}
	for _, m := range messages {
		if _, err := protocol.SignMessage(protocol.KindCampaign, m, p.hub); err != nil {
			t.Fatal(err)
		}
	}
	var pieces protocol.CampaignPieces
	add := func(m protocol.CampaignMessage) ([]byte, bool) {
		t.Helper()
		b, whole, err := pieces.Add(m)
		if err != nil {
			t.Fatal(err)
		}
		return b, whole
	}
	if _, whole := add(cut(1, bundle[:200_000])[0]); whole {
		t.Error("half an older version was whole")
	}
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(messages))
	for _, i := range order[1:] {
		add(messages[i])
		if _, whole := add(messages[i]); whole {
			t.Fatal("whole without its last piece")
		}
	}
	got, whole := add(messages[order[0]])
	if !whole || !bytes.Equal(got, bundle) {
		t.Error("the bundle did not come together")
	}

	spoiled := cut(3, bundle[:100])[0]
	spoiled.Bundle = altered(spoiled.Bundle, 5)
	_, _, err := pieces.Add(spoiled)
	wantErr(t, "bundle of another hash", err, protocol.ErrHash)
	_, err = protocol.CutCampaign(protocol.CampaignMessage{}, make([]byte, protocol.MaxCampaign+1))
	wantErr(t, "bundle beyond the limit", err, protocol.ErrTooLarge)
}

func TestRosterMark(t *testing.T) {
	p := goldenParties(t)
	a := p.rosterKey.Mark("430102199001010029")
	if len(a) != protocol.MarkSize || bytes.Equal(a, p.rosterKey.Mark("430102199001010037")) {
		t.Error("marks of two numbers are equal")
	}
	other := protocol.RosterKey{Key: make([]byte, 32)}
	if bytes.Equal(a, other.Mark("430102199001010029")) {
		t.Error("the mark does not depend on the key")
	}
}
