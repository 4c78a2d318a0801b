package intake_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// box is a box as the protocol describes it, written here anew: it shares
// nothing with ours but package protocol.
type box struct {
	r       *rig
	id      protocol.Address
	point   string
	key     *ecdsa.PrivateKey
	opening *ecdh.PrivateKey
	seq     uint64
	prev    protocol.Hash
	say     func(kind protocol.Kind, payload []byte)
}

func (r *rig) enrol(point string) *box {
	r.t.Helper()
	b := &box{r: r, point: point}
	b.fresh()
	code := r.ticket(point, "")
	b.take(code)
	return b
}

func (r *rig) ticket(point, again string) string {
	r.t.Helper()
	var code string
	if err := r.write(func(ctx context.Context, tx *db.Tx) (err error) {
		code, _, err = r.flow.IssueTicket(ctx, tx, point, again, flow.Operator())
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return code
}

func (b *box) fresh() {
	var err error
	if b.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		b.r.t.Fatal(err)
	}
	if b.opening, err = ecdh.X25519().GenerateKey(rand.Reader); err != nil {
		b.r.t.Fatal(err)
	}
	b.seq, b.prev = 0, protocol.Hash{}
}

func (b *box) take(code string) {
	b.r.t.Helper()
	pub, err := x509.MarshalPKIXPublicKey(b.key.Public())
	if err != nil {
		b.r.t.Fatal(err)
	}
	var got fleet.Box
	if err := b.r.write(func(ctx context.Context, tx *db.Tx) (err error) {
		got, err = b.r.flow.Enrol(ctx, tx, fleet.Request{Code: code, DeviceKey: pub, Opening: b.opening.PublicKey().Bytes(), KeyStore: "file",
			Certify: func(string) ([]byte, error) { return []byte("certificate"), nil }}, "127.0.0.1")
		return err
	}); err != nil {
		b.r.t.Fatal(err)
	}
	b.id = protocol.Address{Box: protocol.BoxID(got.ID), Epoch: got.Epoch}
	b.say = func(kind protocol.Kind, payload []byte) {
		b.r.in.Deliver(context.Background(), protocol.UpTopic(b.id.Box, kind), payload)
	}
}

// sealed is a record with all its parts.
type sealed struct {
	protocol.Record
	parts map[protocol.Hash][]byte
}

// making lets a test change what a box seals.
type making struct {
	head func(*protocol.Manifest)
	body func(*protocol.Confirmation)
	blob func(role string, data []byte) []byte
	big  int      // bytes of a camera photo, 0 for none
	more [][]byte // pictures of papers

	sheet []byte // picture of what a guardian signed
}

// seal makes the next record of the box.
func (b *box) seal(p synthetic.Person, m making) sealed {
	b.r.t.Helper()
	b.seq++
	out := b.sealAs(p, b.seq, b.prev, m)
	b.prev = out.Hash()
	return out
}

func (b *box) sealAs(p synthetic.Person, seq uint64, prev protocol.Hash, m making) sealed {
	b.r.t.Helper()
	now := protocol.TimeOf(b.r.clock.Now())
	out := sealed{parts: map[protocol.Hash][]byte{}}
	var refs []protocol.BlobRef
	hand, err := protocol.Encode(protocol.Signature{Width: 800, Height: 300, Strokes: [][]uint16{{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9}}})
	if err != nil {
		b.r.t.Fatal(err)
	}
	plain := []struct {
		role, media string
		data        []byte
	}{
		{protocol.RoleChipText, "application/octet-stream", bytes.Repeat([]byte{0x20, 0x00}, 128)},
		{protocol.RoleChipWLT, "application/octet-stream", random(1024)},
		{protocol.RoleSignature, "application/cbor", hand},
		{protocol.RolePhoto, "image/jpeg", random(m.big)},
		{protocol.RoleGuardian, "image/jpeg", m.sheet},
	}
	for i, c := range m.more {
		plain = append(plain, struct {
			role, media string
			data        []byte
		}{protocol.RoleCopy(i + 1), "image/jpeg", c})
	}
	for _, x := range plain {
		if m.blob != nil {
			x.data = m.blob(x.role, x.data)
		}
		if len(x.data) == 0 {
			continue
		}
		s, err := protocol.SealBlob(protocol.SuiteAES, x.role, x.media, x.data)
		if err != nil {
			b.r.t.Fatal(err)
		}
		refs = append(refs, s.Ref)
		out.parts[s.Ref.Hash] = s.Ciphertext
	}
	body := protocol.Confirmation{Application: p.Application, StartedFrom: p.Application.Version, Point: b.point, Chip: p.Chip,
		Differences: form.Compare(p.Application, p.Chip), Pledge: protocol.HashOf([]byte("pledge")),
		Timeline: []protocol.Event{{Step: protocol.StepCardRead, At: now}, {Step: protocol.StepSealed, At: now}},
		Checks:   []protocol.Check{{Name: protocol.CheckMatch, Result: protocol.Pass}}, Blobs: refs}
	if m.body != nil {
		m.body(&body)
	}
	head := protocol.Manifest{ID: protocol.NewID(), Kind: protocol.RecordConfirmation, Box: b.id.Box, Epoch: b.id.Epoch,
		Sequence: seq, Previous: prev, Suite: protocol.SuiteAES, Campaign: b.r.campaign.ID, CampaignVersion: b.r.campaign.Version,
		Time: protocol.TimeEvidence{Earliest: now, Latest: now, Source: protocol.SourceHub, HubTime: now, Boot: 1, Verdict: protocol.VerdictOpen}}
	if m.head != nil {
		m.head(&head)
	}
	if out.Record, err = protocol.SealRecord(head, body, refs, b.r.ring.OpeningKey(), b.key); err != nil {
		b.r.t.Fatal(err)
	}
	out.parts[out.Manifest.Body.Hash] = out.Body
	return out
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// send announces a record and sends its parts.
func (b *box) send(s sealed) {
	b.r.t.Helper()
	b.say(protocol.KindManifest, s.Envelope)
	b.chunks(s)
}

func (b *box) chunks(s sealed) {
	b.r.t.Helper()
	for _, raw := range s.chunks(b.r.t) {
		b.say(protocol.KindChunk, raw)
	}
}

// chunks are the messages that carry the parts.
func (s sealed) chunks(t testing.TB) (out [][]byte) {
	t.Helper()
	for _, c := range protocol.Chunks(s.Manifest.ID, s.parts, s.Manifest.Parts(), nil) {
		raw, err := protocol.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}

// hears waits for the next message of a kind and opens it.
func (b *box) hears(kind protocol.Kind, v any) {
	b.r.t.Helper()
	select {
	case raw := <-b.r.channel(protocol.DownTopic(b.id.Box, kind)):
		if err := protocol.OpenStatement(kind, raw, b.r.hubKeys, v); err != nil {
			b.r.t.Fatalf("%s of the hub: %v", kind, err)
		}
	case <-time.After(patient):
		b.r.t.Fatalf("no %s came; log: %s", kind, b.r.log)
	}
}

// receipts waits until every given record has its receipt.
func (b *box) receipts(of ...sealed) map[protocol.Hash]protocol.Receipt {
	b.r.t.Helper()
	got := map[protocol.Hash]protocol.Receipt{}
	lacking := make(map[protocol.Hash]bool, len(of))
	for _, s := range of {
		lacking[s.Hash()] = true
	}
	for len(lacking) > 0 {
		var m protocol.Receipts
		b.hears(protocol.KindReceipts, &m)
		for _, e := range m.Entries {
			got[e.Envelope] = e
			delete(lacking, e.Envelope)
		}
	}
	return got
}

// receipt sends a record and waits for its receipt.
func (b *box) receipt(s sealed) protocol.Receipt {
	b.r.t.Helper()
	b.send(s)
	return b.receipts(s)[s.Hash()]
}
