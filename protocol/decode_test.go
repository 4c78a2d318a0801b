package protocol_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"runtime"
	"strings"
	"testing"

	"zhunkao/protocol"
)

// outsideProfile is CBOR, or nearly, that no message of the wire may contain.
// The fuzz targets begin with it too.
var outsideProfile = map[string]string{
	"nothing":                     "",
	"two values":                  "a0a0",
	"trailing byte":               "a000",
	"cut map":                     "a16162",
	"cut head":                    "19",
	"null":                        "f6",
	"undefined":                   "f7",
	"null field":                  "a16178f6",
	"simple value":                "a16178f820",
	"half float":                  "a16178f93c00",
	"NaN":                         "a16178f97e00",
	"infinity":                    "a16178fb7ff0000000000000",
	"tag":                         "a16178c100",
	"bignum":                      "a16178c249010000000000000000",
	"long form of 1":              "a161781801",
	"long form of 255":            "a161781900ff",
	"long form of a length":       "a16178580100",
	"reserved length":             "a161781c",
	"indefinite array":            "a161789fff",
	"indefinite map":              "bfff",
	"indefinite text":             "a161787f6161ff",
	"break":                       "ff",
	"duplicate keys":              "a2617800617801",
	"keys out of order":           "a2617900617800",
	"integer keys":                "a10000",
	"byte string key":             "a1417800",
	"invalid UTF-8":               "a1617861ff",
	"surrogate in UTF-8":          "a1617863eda080",
	"array of 2^32 of nothing":    "a161789affffffff",
	"bytes of 2^63":               "a161785b8000000000000000",
	"map of 2^64-1 pairs":         "bbffffffffffffffff",
	"17 arrays in each other":     "a16178" + strings.Repeat("81", 16) + "00",
	"10,000 arrays in each other": strings.Repeat("81", 10_000) + "00",
	"an array where a map is due": "80",
	"a text where a map is due":   "6161",
}

// Bytes outside the profile are refused in known and in unknown fields alike.
func TestDecodeRefusesWhatIsOutsideTheProfile(t *testing.T) {
	for name, h := range outsideProfile {
		b, err := hex.DecodeString(h)
		if err != nil {
			t.Fatal(name, err)
		}
		var v struct {
			Known uint64 `cbor:"known"`
		}
		wantErr(t, name, protocol.Decode(b, &v), protocol.ErrMalformed)
	}
}

func TestDecodeOfKnownFields(t *testing.T) {
	type target struct {
		Hash protocol.Hash `cbor:"hash"`
		N    uint32        `cbor:"n"`
	}
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":                   {"a0", nil},
		"unknown field":           {"a16178a1617a820102", nil},
		"hash":                    {"a16468617368" + "5820" + strings.Repeat("11", 32), nil},
		"short hash":              {"a16468617368" + "581f" + strings.Repeat("11", 31), protocol.ErrMalformed},
		"long hash":               {"a16468617368" + "5821" + strings.Repeat("11", 33), protocol.ErrMalformed},
		"hash as array":           {"a16468617368" + "9820" + strings.Repeat("11", 32), protocol.ErrMalformed},
		"hash as text":            {"a16468617368" + "7820" + strings.Repeat("41", 32), protocol.ErrMalformed},
		"2^32 in 32 bits":         {"a1616e1b0000000100000000", protocol.ErrMalformed},
		"negative in an unsigned": {"a1616e20", protocol.ErrMalformed},
		"text in a number":        {"a1616e6131", protocol.ErrMalformed},
		"other case":              {"a1614e00", nil}, // an unknown key, not n
	} {
		b, err := hex.DecodeString(c.in)
		if err != nil {
			t.Fatal(name, err)
		}
		v := target{N: 7}
		err = protocol.Decode(b, &v)
		if (err == nil) != (c.want == nil) || !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if v.N != 7 {
			t.Errorf("%s: n became %d", name, v.N)
		}
	}
}

func TestErrorsQuoteNothing(t *testing.T) {
	// {"x": "430102199001010029"} into a number
	b := append([]byte{0xa1, 0x61, 'n', 0x72}, "430102199001010029"...)
	var v struct {
		N int `cbor:"n"`
	}
	err := protocol.Decode(b, &v)
	if err == nil || strings.Contains(err.Error(), "4301") {
		t.Errorf("error text: %v", err)
	}
}

// A message full of the smallest items must not take memory out of proportion.
func TestDecodeIsBoundedInMemory(t *testing.T) {
	flood := func(key string, n int, item byte) []byte {
		b := append([]byte{0xa1, 0x60 | byte(len(key))}, key...)
		b = append(b, 0x9a, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		return append(b, bytes.Repeat([]byte{item}, n)...)
	}
	for name, c := range map[string]struct {
		in []byte
		v  any
	}{
		"empty differences":    {flood("differences", 8<<20, 0xa0), new(protocol.Confirmation)},
		"empty entries":        {flood("entries", 1<<17, 0xa0), new(protocol.RosterPage)},
		"empty strokes":        {flood("strokes", 1<<17, 0x80), new(protocol.Signature)},
		"just below the limit": {flood("differences", protocol.MaxItems-8, 0xa0), new(protocol.Confirmation)},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := protocol.Decode(c.in, c.v)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s was taken", name)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
			t.Errorf("%s took %d MiB", name, used>>20)
		}
	}
}

func TestEncodeRefusesWhatDecodeWould(t *testing.T) {
	for name, v := range map[string]any{
		"float": map[string]float64{"x": 1.5},
		"null":  map[string]any{"x": nil},
		"text":  map[string]string{"x": "\xff"},
		"hello": protocol.Hello{},
		"nonce": protocol.Clock{Address: goldenBox, Nonce: []byte{1}, State: protocol.BoxActive},
	} {
		_, err := protocol.Encode(v)
		if err == nil {
			t.Errorf("%s was encoded", name)
		}
	}
}

// A message that breaks its own promise is refused on both sides.
func TestMessagesBreakingTheirPromise(t *testing.T) {
	p := goldenParties(t)
	app := goldenApplication()
	accepted := protocol.Receipt{Record: goldenID, Envelope: protocol.Hash{1}, Sequence: 1, Outcome: protocol.Accepted, At: goldenTime}
	quarantined := protocol.Receipt{Envelope: protocol.Hash{1}, Outcome: protocol.Quarantined, Reason: protocol.ReasonMalformed, At: goldenTime}
	receipts := func(r protocol.Receipt) protocol.Receipts {
		return protocol.Receipts{Address: goldenBox, Entries: []protocol.Receipt{r}}
	}
	with := func(r protocol.Receipt, f func(*protocol.Receipt)) protocol.Receipts { f(&r); return receipts(r) }
	for name, c := range map[string]struct {
		v    any
		want error
	}{
		"receipt accepted":                  {receipts(accepted), nil},
		"receipt of an unreadable envelope": {receipts(quarantined), nil},
		"accepted with a reason":            {with(accepted, func(r *protocol.Receipt) { r.Reason = "x" }), protocol.ErrMalformed},
		"accepted without a record":         {with(accepted, func(r *protocol.Receipt) { r.Record = protocol.ID{} }), protocol.ErrMalformed},
		"accepted without a hash":           {with(accepted, func(r *protocol.Receipt) { r.Envelope = protocol.Hash{} }), protocol.ErrMalformed},
		"quarantined without a reason":      {with(quarantined, func(r *protocol.Receipt) { r.Reason = "" }), protocol.ErrMalformed},
		"unknown outcome":                   {with(accepted, func(r *protocol.Receipt) { r.Outcome = "maybe" }), protocol.ErrUnknownVersion},
		"unknown state":                     {protocol.Clock{Address: goldenBox, Nonce: nonce, State: "asleep"}, protocol.ErrUnknownVersion},
		"roster backwards":                  {protocol.Roster{Address: goldenBox, Campaign: "c", From: 2, To: 2}, protocol.ErrMalformed},
		"entry of two things":               {protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1, Application: &app, Gone: "x"}}}, protocol.ErrMalformed},
		"entry of nothing":                  {protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 1}}}, protocol.ErrMalformed},
		"entries out of order":              {protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 2, Gone: "x"}, {Version: 1, Gone: "y"}}}, protocol.ErrMalformed},
		"mark too short":                    {protocol.RosterPage{Entries: []protocol.RosterEntry{{Version: 2, Elsewhere: &protocol.ElsewhereMark{Key: []byte{1}}}}}, protocol.ErrMalformed},
		"key too short":                     {protocol.RosterKey{Key: []byte{1}}, protocol.ErrMalformed},
		"head without its hash":             {protocol.Hello{Address: goldenBox, Nonce: nonce, Head: 1}, protocol.ErrMalformed},
		"receipted beyond the head":         {protocol.Hello{Address: goldenBox, Nonce: nonce, Receipted: 1}, protocol.ErrMalformed},
		"software with a new line":          {protocol.Hello{Address: goldenBox, Nonce: nonce, Software: "x\nlevel=error"}, protocol.ErrMalformed},
		"screen with a colour":              {protocol.Heartbeat{Address: goldenBox, Nonce: nonce, Screen: "\x1b[31m"}, protocol.ErrMalformed},
		"want beyond a part":                {protocol.Want{Address: goldenBox, Parts: []protocol.WantPart{{Record: goldenID, Part: protocol.Hash{1}, From: protocol.MaxPart}}}, protocol.ErrMalformed},
		"chunk of nothing":                  {protocol.Chunk{Record: goldenID}, protocol.ErrMalformed},
		"piece of nothing":                  {protocol.Chunk{Record: goldenID, Pieces: []protocol.Piece{{Part: protocol.Hash{1}}}}, protocol.ErrMalformed},
		"piece behind the limit":            {protocol.Chunk{Record: goldenID, Pieces: []protocol.Piece{{Part: protocol.Hash{1}, Offset: protocol.MaxPart - 1, Bytes: []byte{1, 2}}}}, protocol.ErrTooLarge},
		"piece at 2^64-1":                   {protocol.Chunk{Record: goldenID, Pieces: []protocol.Piece{{Part: protocol.Hash{1}, Offset: 1<<64 - 1, Bytes: []byte{1, 2}}}}, protocol.ErrTooLarge},
		"chunk over its limit":              {protocol.Chunk{Record: goldenID, Pieces: []protocol.Piece{{Part: protocol.Hash{1}, Bytes: make([]byte, protocol.MaxPiece+1)}}}, protocol.ErrTooLarge},
		"confirmation of nothing":           {protocol.Confirmation{}, protocol.ErrMalformed},
		"signature of a dot":                {protocol.Signature{Width: 1, Height: 1, Strokes: [][]uint16{{0, 0}}}, protocol.ErrMalformed},
		"grant of nothing":                  {protocol.EnrolGrant{Address: goldenBox}, protocol.ErrMalformed},
		"enrolment without a code":          {protocol.EnrolRequest{Opening: p.boxOpen.PublicKey().Bytes()}, protocol.ErrMalformed},
	} {
		_, err := protocol.Encode(c.v)
		if (err == nil) != (c.want == nil) || !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	// "null for all", and an empty map, in place of each message
	for _, m := range goldenMessages(p) {
		for _, b := range [][]byte{{0xf6}, {0xa0}} {
			if err := protocol.Decode(b, m.empty()); err == nil && m.kind != protocol.KindCheckpoint && m.name != "rosterpage-plain" {
				t.Errorf("%x was taken for %s", b, m.name)
			}
		}
	}
}
