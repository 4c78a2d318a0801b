package protocol_test

import (
	"bytes"
	"crypto/hpke"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol"
)

// Every decoder of the wire is fuzzed from the golden samples and from the
// files in testdata/fuzz. What must hold: no panic, an error that is one of
// ours, and whatever is taken encodes to bytes that are taken as the same.

// seed adds every golden sample of the given endings.
func seed(f *testing.F, endings ...string) {
	f.Helper()
	entries, err := os.ReadDir(goldenDir)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		for _, end := range endings {
			if strings.HasSuffix(e.Name(), end) {
				b, err := os.ReadFile(filepath.Join(goldenDir, e.Name()))
				if err != nil {
					f.Fatal(err)
				}
				f.Add(b)
			}
		}
	}
}

var ourErrors = []error{
	protocol.ErrMalformed, protocol.ErrTooLarge, protocol.ErrUnknownVersion, protocol.ErrUnknownSuite, protocol.ErrUnknownKey,
	protocol.ErrSignature, protocol.ErrOpen, protocol.ErrHash, protocol.ErrWrongBox,
}

func mustBeOurs(t *testing.T, err error) {
	t.Helper()
	for _, e := range ourErrors {
		if errors.Is(err, e) {
			return
		}
	}
	t.Fatalf("not an error of the wire: %v", err)
}

// stable holds what was decoded into v against its own encoding.
func stable(t *testing.T, v any) {
	t.Helper()
	one, err := protocol.Encode(reflect.ValueOf(v).Elem().Interface())
	if err != nil {
		t.Fatalf("what was decoded does not encode: %v", err)
	}
	again := reflect.New(reflect.TypeOf(v).Elem()).Interface()
	if err := protocol.Decode(one, again); err != nil {
		t.Fatalf("what was encoded does not decode: %v", err)
	}
	two, err := protocol.Encode(reflect.ValueOf(again).Elem().Interface())
	if err != nil || !bytes.Equal(one, two) {
		t.Fatalf("not stable: %v\n%x\n%x", err, one, two)
	}
}

func FuzzParseStatement(f *testing.F) {
	seed(f, ".cose")
	p := goldenParties(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := protocol.ParseStatement(protocol.KindHello, raw)
		if err != nil {
			mustBeOurs(t, err)
			return
		}
		if pub := p.keys(s.Key); pub != nil {
			if err := s.Verify(pub); err != nil {
				mustBeOurs(t, err)
			}
		}
	})
}

func FuzzParseEnvelope(f *testing.F) {
	seed(f, ".cose")
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, _, err := protocol.ParseEnvelope(raw)
		if err != nil {
			mustBeOurs(t, err)
			return
		}
		stable(t, &m)
	})
}

// FuzzDecode gives the same bytes to the decoder of every message.
func FuzzDecode(f *testing.F) {
	seed(f, ".cbor")
	p := goldenParties(f)
	for _, m := range goldenMessages(p) {
		b, err := protocol.Encode(m.value)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, h := range outsideProfile {
		b, err := hex.DecodeString(h)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, name := range []string{"record1.cose", "roster.cose", "campaign.cose", "enrol.cose", "staff.cose", "desk.cose", "tickets.cose", "pictures.cose"} {
		s, err := protocol.ParseStatement("", golden(f, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(s.Payload)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, v := range []any{
			new(protocol.Hello), new(protocol.Welcome), new(protocol.Heartbeat), new(protocol.Clock), new(protocol.Receipts),
			new(protocol.Want), new(protocol.Roster), new(protocol.RosterPage), new(protocol.RosterKey), new(protocol.CampaignMessage),
			new(protocol.Manifest), new(protocol.Chunk), new(protocol.Confirmation), new(protocol.Signature), new(protocol.Checkpoint),
			new(protocol.EnrolRequest), new(protocol.EnrolGrant), new(protocol.Void),
			new(protocol.Review), new(protocol.Verification), new(protocol.Incident), new(protocol.Training), new(protocol.Token), new(protocol.Slip), new(protocol.Retirement),
			new(protocol.Staff), new(protocol.StaffPage), new(protocol.DeskRequest), new(protocol.DeskCertificate),
			new(protocol.AdmissionTickets), new(protocol.AdmissionPage), new(protocol.Lacking), new(protocol.Pictures), new(protocol.PicturePage),
		} {
			if err := protocol.Decode(raw, v); err != nil {
				mustBeOurs(t, err)
				continue
			}
			stable(t, v)
		}
	})
}

func FuzzParseChunk(f *testing.F) {
	f.Add(golden(f, "chunk.cbor"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := protocol.ParseChunk(raw)
		asTheLibrary(t, raw, c, err)
		if err != nil {
			mustBeOurs(t, err)
			return
		}
		stable(t, &c)
	})
}

// asTheLibrary holds what ParseChunk made of a message against what the decoder
// of everything else makes of it.
func asTheLibrary(t *testing.T, raw []byte, got protocol.Chunk, gotErr error) {
	t.Helper()
	if len(raw) > protocol.MaxMessage {
		return
	}
	var read struct {
		Record protocol.ID `cbor:"record"`
		Pieces []struct {
			Part   protocol.Hash `cbor:"part"`
			Offset uint64        `cbor:"off"`
			Bytes  byteString    `cbor:"bytes"`
		} `cbor:"pieces"`
	}
	err := protocol.Decode(raw, &read)
	want := protocol.Chunk{Record: read.Record}
	for _, p := range read.Pieces {
		want.Pieces = append(want.Pieces, protocol.Piece{Part: p.Part, Offset: p.Offset, Bytes: p.Bytes})
	}
	if err == nil {
		_, err = protocol.Encode(want) // refuses what breaks the rules of a chunk
	}
	for _, e := range []error{protocol.ErrMalformed, protocol.ErrTooLarge} {
		if errors.Is(gotErr, e) != errors.Is(err, e) {
			t.Fatalf("%x: got %v, want %v", raw, gotErr, err)
		}
	}
	if err == nil && !reflect.DeepEqual(got, want) {
		t.Fatalf("%x: got %+v, want %+v", raw, got, want)
	}
}

// byteString takes a byte string, and not also an array of small numbers as the
// library does.
type byteString []byte

func (s *byteString) UnmarshalCBOR(b []byte) error {
	if len(b) == 0 || b[0]>>5 != 2 {
		return protocol.ErrMalformed
	}
	return cbor.Unmarshal(b, (*[]byte)(s))
}

// FuzzOpenBody seals the input as a body properly, so that it gets past the
// seal, and also takes it as the ciphertext itself.
func FuzzOpenBody(f *testing.F) {
	p := goldenParties(f)
	m, _, err := protocol.ParseEnvelope(golden(f, "record1.cose"))
	if err != nil {
		f.Fatal(err)
	}
	aad, err := protocol.Encode([]any{m.Campaign, m.ID[:], string(m.Box), m.Epoch, m.Sequence, string(m.Kind)})
	if err != nil {
		f.Fatal(err)
	}
	pub, err := hpke.NewDHKEMPublicKey(p.hubOpen.PublicKey())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden(f, "record1-body.bin"))
	plain := golden(f, "confirmation-plain.cbor")
	f.Add(append(append(plain, 0x80), make([]byte, 2048-1-len(plain)%2048)...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		enc, sender, err := hpke.NewSender(pub, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("zhunkao/1/body"))
		if err != nil {
			t.Fatal(err)
		}
		ct, err := sender.Seal(aad, raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, sealed := range [][]byte{raw, append(enc, ct...)} {
			m := m
			m.Body = protocol.Part{Hash: protocol.HashOf(sealed), Size: uint64(len(sealed))}
			m.Blobs = nil
			var c protocol.Confirmation
			if err := protocol.OpenBody(m, sealed, p.hubOpen, &c); err != nil {
				mustBeOurs(t, err)
				continue
			}
			stable(t, &c)
		}
	})
}

func FuzzOpenBlob(f *testing.F) {
	p := goldenParties(f)
	m, _, err := protocol.ParseEnvelope(golden(f, "record1.cose"))
	if err != nil {
		f.Fatal(err)
	}
	var c protocol.Confirmation
	if err := protocol.OpenBody(m, golden(f, "record1-body.bin"), p.hubOpen, &c); err != nil {
		f.Fatal(err)
	}
	for _, ref := range c.Blobs {
		f.Add(golden(f, "record1-"+ref.Role+".bin"), ref.Key, uint16(ref.Suite), ref.Role)
	}
	f.Fuzz(func(t *testing.T, ct, key []byte, suite uint16, role string) {
		ref := protocol.BlobRef{Part: protocol.Part{Hash: protocol.HashOf(ct), Size: uint64(len(ct))}, Role: role, Suite: protocol.Suite(suite), Key: key}
		if _, err := protocol.OpenBlob(ref, ct); err != nil {
			mustBeOurs(t, err)
		}
	})
}

func FuzzOpenAtBox(f *testing.F) {
	p := goldenParties(f)
	var r protocol.Roster
	if err := protocol.OpenAddressed(protocol.KindRoster, golden(f, "roster.cose"), p.keys, goldenBox, &r); err != nil {
		f.Fatal(err)
	}
	f.Add(r.Sealed.Cipher, r.Sealed.Key[:], uint16(r.Sealed.Suite))
	f.Fuzz(func(t *testing.T, ct, key []byte, suite uint16) {
		var id protocol.KeyID
		copy(id[:], key)
		var page protocol.RosterPage
		s := protocol.Sealed{Key: id, Suite: protocol.Suite(suite), Cipher: ct}
		if err := protocol.OpenAtBox(s, protocol.KindRoster, goldenBox, p.boxOpen, &page); err != nil {
			mustBeOurs(t, err)
			return
		}
		stable(t, &page)
	})
}

// FuzzOpenEnrol signs the input as an enrolment, and takes it as one.
func FuzzOpenEnrol(f *testing.F) {
	p := goldenParties(f)
	raw := golden(f, "enrol.cose")
	s, err := protocol.ParseStatement(protocol.KindEnrol, raw)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(s.Payload)
	f.Fuzz(func(t *testing.T, b []byte) {
		signed, err := protocol.Sign(protocol.KindEnrol, b, p.device)
		if err != nil {
			mustBeOurs(t, err)
			signed = b
		}
		for _, raw := range [][]byte{b, signed} {
			if _, _, _, err := protocol.OpenEnrol(raw); err != nil {
				mustBeOurs(t, err)
			}
		}
	})
}

func FuzzParseTicket(f *testing.F) {
	f.Add(string(golden(f, "ticket.txt")))
	f.Add("zk1:[::1]:1:" + strings.Repeat("0", 64) + ":x")
	f.Fuzz(func(t *testing.T, s string) {
		k, err := protocol.ParseTicket(s)
		if err != nil {
			mustBeOurs(t, err)
			return
		}
		if again, err := protocol.ParseTicket(k.String()); err != nil || again != k {
			t.Fatalf("%q became %q: %v", s, k.String(), err)
		}
	})
}

func FuzzParseUpTopic(f *testing.F) {
	f.Add(protocol.UpTopic(goldenBox.Box, protocol.KindHello))
	f.Add(protocol.UpFilter())
	f.Add("$SYS/broker/clients")
	f.Fuzz(func(t *testing.T, s string) {
		box, kind, err := protocol.ParseUpTopic(s)
		if err != nil {
			mustBeOurs(t, err)
			return
		}
		if protocol.UpTopic(box, kind) != s {
			t.Fatalf("%q became %q", s, protocol.UpTopic(box, kind))
		}
	})
}

func FuzzCampaignPieces(f *testing.F) {
	p := goldenParties(f)
	s, err := protocol.ParseStatement(protocol.KindCampaign, golden(f, "campaign.cose"))
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Verify(p.hub.Public()); err != nil {
		f.Fatal(err)
	}
	f.Add(s.Payload, s.Payload)
	f.Fuzz(func(t *testing.T, one, two []byte) {
		var pieces protocol.CampaignPieces
		for _, b := range [][]byte{one, two} {
			var m protocol.CampaignMessage
			if protocol.Decode(b, &m) != nil {
				return
			}
			bundle, whole, err := pieces.Add(m)
			if err != nil {
				mustBeOurs(t, err)
			}
			if whole && protocol.HashOf(bundle) != m.Hash {
				t.Fatal("a bundle of another hash was taken")
			}
		}
	})
}
