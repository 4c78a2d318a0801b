package protocol_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
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
			if same, err := protocol.AppendChunk([]byte("before"), c); err != nil || string(same) != "before"+string(raw) {
				t.Fatalf("a chunk of %d pieces is appended otherwise than it is encoded: %v", len(c.Pieces), err)
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

// A chunk beyond a limit is not made.
func TestAppendChunkRefuses(t *testing.T) {
	for name, c := range map[string]protocol.Chunk{
		"no piece":  {Record: goldenID},
		"no record": {Pieces: []protocol.Piece{{Part: protocol.Hash{1}, Bytes: []byte{1}}}},
		"no bytes":  {Record: goldenID, Pieces: []protocol.Piece{{Part: protocol.Hash{1}}}},
		"too much":  {Record: goldenID, Pieces: []protocol.Piece{{Part: protocol.Hash{1}, Bytes: make([]byte, protocol.MaxPiece+1)}}},
	} {
		if _, err := protocol.AppendChunk(nil, c); err == nil {
			t.Errorf("%s: it was encoded", name)
		}
	}
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

// TestParseChunkAsTheLibrary: each byte of a chunk changed in turn to each of a
// set, left out or doubled, with fields that no version knows, and values of every
// other kind: taken and refused as the decoder of everything else does.
func TestParseChunkAsTheLibrary(t *testing.T) {
	kinds := []any{uint64(0), uint64(1 << 40), -1, []byte{}, []byte("12345678901234567890123456789012"), "text", []any{}, []any{1}, map[string]any{}, true}
	record, part := protocol.NewID(), protocol.HashOf([]byte("part"))
	piece := func(set map[string]any) map[string]any {
		p := map[string]any{"part": part[:], "off": uint64(7), "bytes": []byte("ciphertext")}
		maps.Copy(p, set)
		return p
	}
	chunk := func(set map[string]any, pieces ...any) map[string]any {
		c := map[string]any{"record": record[:], "pieces": pieces}
		maps.Copy(c, set)
		return c
	}
	var samples []any
	for _, v := range kinds {
		for _, key := range []string{"record", "pieces", "later", "a", ""} {
			samples = append(samples, chunk(map[string]any{key: v}, piece(nil)))
		}
		for _, key := range []string{"part", "off", "bytes", "later", "a"} {
			samples = append(samples, chunk(nil, piece(nil), piece(map[string]any{key: v})))
		}
		samples = append(samples, chunk(nil, piece(nil), v), v)
	}
	for n := range 3 * protocol.MaxBlobs {
		samples = append(samples, chunk(nil, slices.Repeat([]any{piece(nil)}, n)...))
	}
	taken := 0
	try := func(raw []byte) {
		t.Helper()
		c, err := protocol.ParseChunk(raw)
		asTheLibrary(t, raw, c, err)
		if err == nil {
			taken++
		}
	}
	for _, v := range samples {
		raw, err := protocol.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		try(raw)
	}
	if taken < protocol.MaxBlobs {
		t.Errorf("%d samples were taken", taken)
	}
	raw, err := protocol.Encode(chunk(map[string]any{"later": []any{1, "x"}}, piece(nil), piece(map[string]any{"a": true})))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for _, b := range []byte{0, 1, 0x17, 0x18, 0x1b, 0x20, 0x40, 0x5f, 0x60, 0x80, 0x82, 0x9f, 0xa0, 0xa3, 0xc0, 0xf4, 0xf6, 0xff, raw[i] ^ 1, raw[i] + 1} {
			bent := bytes.Clone(raw)
			bent[i] = b
			try(bent)
		}
		try(slices.Delete(bytes.Clone(raw), i, i+1))
		try(slices.Insert(bytes.Clone(raw), i, raw[i]))
		try(raw[:i])
	}
}
