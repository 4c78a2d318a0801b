package protocol_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zhunkao/protocol"
)

func TestManifestIsRefused(t *testing.T) {
	p := goldenParties(t)
	good, _, err := protocol.ParseEnvelope(golden(t, "record1.cose"))
	if err != nil {
		t.Fatal(err)
	}
	part := func(i int, f func(*protocol.Part)) func(*protocol.Manifest) {
		return func(m *protocol.Manifest) {
			m.Blobs = slices.Clone(m.Blobs)
			f(&m.Blobs[i])
		}
	}
	for name, c := range map[string]struct {
		change func(*protocol.Manifest)
		want   error
	}{
		"version 0":              {func(m *protocol.Manifest) { m.Version = 0 }, protocol.ErrUnknownVersion},
		"version 2":              {func(m *protocol.Manifest) { m.Version = 2 }, protocol.ErrUnknownVersion},
		"unknown kind":           {func(m *protocol.Manifest) { m.Kind = "payment" }, protocol.ErrUnknownVersion},
		"suite 0":                {func(m *protocol.Manifest) { m.Suite = 0 }, protocol.ErrUnknownSuite},
		"suite 3":                {func(m *protocol.Manifest) { m.Suite = 3 }, protocol.ErrUnknownSuite},
		"no id":                  {func(m *protocol.Manifest) { m.ID = protocol.ID{} }, protocol.ErrMalformed},
		"no box":                 {func(m *protocol.Manifest) { m.Box = "" }, protocol.ErrMalformed},
		"box with a wildcard":    {func(m *protocol.Manifest) { m.Box = "b+++++++++a" }, protocol.ErrMalformed},
		"epoch 0":                {func(m *protocol.Manifest) { m.Epoch = 0 }, protocol.ErrMalformed},
		"sequence 0":             {func(m *protocol.Manifest) { m.Sequence = 0 }, protocol.ErrMalformed},
		"first with previous":    {func(m *protocol.Manifest) { m.Previous = protocol.Hash{1} }, protocol.ErrMalformed},
		"second without":         {func(m *protocol.Manifest) { m.Sequence = 2 }, protocol.ErrMalformed},
		"no campaign":            {func(m *protocol.Manifest) { m.Campaign = "" }, protocol.ErrMalformed},
		"campaign with a line":   {func(m *protocol.Manifest) { m.Campaign = "a\nb" }, protocol.ErrMalformed},
		"campaign too long":      {func(m *protocol.Manifest) { m.Campaign = strings.Repeat("a", 65) }, protocol.ErrMalformed},
		"campaign version 0":     {func(m *protocol.Manifest) { m.CampaignVersion = 0 }, protocol.ErrMalformed},
		"latest before earliest": {func(m *protocol.Manifest) { m.Time.Latest = m.Time.Earliest - 1 }, protocol.ErrMalformed},
		"time before 1970":       {func(m *protocol.Manifest) { m.Time.Earliest = -1 }, protocol.ErrMalformed},
		"time beyond 9999":       {func(m *protocol.Manifest) { m.Time.Latest = 1 << 60 }, protocol.ErrMalformed},
		"unknown source":         {func(m *protocol.Manifest) { m.Time.Source = "ntp" }, protocol.ErrMalformed},
		"sealed while closed":    {func(m *protocol.Manifest) { m.Time.Verdict = "closed" }, protocol.ErrMalformed},
		"body of no size":        {func(m *protocol.Manifest) { m.Body.Size = 0 }, protocol.ErrMalformed},
		"body not padded":        {func(m *protocol.Manifest) { m.Body.Size++ }, protocol.ErrMalformed},
		"body without a hash":    {func(m *protocol.Manifest) { m.Body.Hash = protocol.Hash{} }, protocol.ErrMalformed},
		"body too large":         {func(m *protocol.Manifest) { m.Body.Size = protocol.MaxBody + 48 }, protocol.ErrTooLarge},
		"blob not padded":        {part(0, func(p *protocol.Part) { p.Size -= 16 }), protocol.ErrMalformed},
		"blob too large":         {part(0, func(p *protocol.Part) { p.Size = protocol.MaxPart + 16 }), protocol.ErrTooLarge},
		"blob of 2^64-1":         {part(0, func(p *protocol.Part) { p.Size = 1<<64 - 1 }), protocol.ErrTooLarge},
		"one part twice":         {part(0, func(p *protocol.Part) { p.Hash = good.Blobs[1].Hash }), protocol.ErrMalformed},
		"all blobs huge": {func(m *protocol.Manifest) {
			for i := range byte(5) {
				m.Blobs = append(m.Blobs[:4:4], m.Blobs[4:]...)
				m.Blobs = append(m.Blobs, protocol.Part{Hash: protocol.Hash{1, i}, Size: protocol.MaxPart - 2048 + 16})
			}
		}, protocol.ErrTooLarge},
		"too many blobs": {func(m *protocol.Manifest) {
			m.Blobs = nil
			for i := range byte(protocol.MaxBlobs + 1) {
				m.Blobs = append(m.Blobs, protocol.Part{Hash: protocol.Hash{1, i}, Size: 2048 + 16})
			}
		}, protocol.ErrMalformed},
	} {
		m := good
		c.change(&m)
		if _, err := protocol.Encode(m); !errors.Is(err, c.want) {
			t.Errorf("%s: Encode: got %v, want %v", name, err, c.want)
		}
		env, err := protocol.Sign(protocol.KindManifest, unchecked(t, m), p.device)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := protocol.ParseEnvelope(env)
		wantErr(t, name, err, c.want)
		if got.ID != m.ID {
			t.Errorf("%s: the refused manifest has lost its id", name)
		}
	}
}

// unchecked encodes what Encode refuses: a map keeps the wire's names and has no check.
func unchecked(t *testing.T, m protocol.Manifest) []byte {
	t.Helper()
	type bare protocol.Manifest
	b, err := protocol.Encode(bare(m))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Another box takes a body it overheard, puts its own name and signature on it.
func TestForeignBodyReSignedIsRefused(t *testing.T) {
	p := goldenParties(t)
	thief, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good, _, err := protocol.ParseEnvelope(golden(t, "record1.cose"))
	if err != nil {
		t.Fatal(err)
	}
	body := golden(t, "record1-body.bin")
	for name, change := range map[string]func(*protocol.Manifest){
		"box":      func(m *protocol.Manifest) { m.Box = "bthiefbox22" },
		"epoch":    func(m *protocol.Manifest) { m.Epoch++ },
		"sequence": func(m *protocol.Manifest) { m.Sequence, m.Previous = 7, protocol.Hash{1} },
		"id":       func(m *protocol.Manifest) { m.ID = protocol.NewID() },
		"campaign": func(m *protocol.Manifest) { m.Campaign = "adult-2020" },
		"suite":    func(m *protocol.Manifest) { m.Suite = protocol.SuiteChaCha },
	} {
		m := good
		change(&m)
		env, err := protocol.SignMessage(protocol.KindManifest, m, thief)
		if err != nil {
			t.Fatal(err)
		}
		if m, err = protocol.OpenEnvelope(env, &thief.PublicKey); err != nil {
			t.Fatal(err)
		}
		wantErr(t, "other "+name, protocol.OpenBody(m, body, p.hubOpen, &protocol.Confirmation{}), protocol.ErrOpen)
	}
	wantErr(t, "sealed to another hub key", protocol.OpenBody(good, body, p.boxOpen, &protocol.Confirmation{}), protocol.ErrUnknownKey)
	wantErr(t, "body altered", protocol.OpenBody(good, altered(body, 100), p.hubOpen, &protocol.Confirmation{}), protocol.ErrHash)
	wantErr(t, "body of another record", protocol.OpenBody(good, golden(t, "record2-body.bin"), p.hubOpen, &protocol.Confirmation{}), protocol.ErrHash)
}

// The box itself names other blobs than its body lists: stripped, swapped
// between two records, in another order.
func TestBlobsOfBodyAndManifestMustAgree(t *testing.T) {
	p := goldenParties(t)
	one, _, err := protocol.ParseEnvelope(golden(t, "record1.cose"))
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := protocol.ParseEnvelope(golden(t, "record2.cose"))
	if err != nil {
		t.Fatal(err)
	}
	body := golden(t, "record1-body.bin")
	for name, blobs := range map[string][]protocol.Part{
		"photo stripped":            one.Blobs[:3],
		"all stripped":              nil,
		"photo of the other record": {one.Blobs[0], one.Blobs[1], one.Blobs[2], two.Blobs[3]},
		"order":                     {one.Blobs[1], one.Blobs[0], one.Blobs[2], one.Blobs[3]},
		"one more":                  append(slices.Clone(one.Blobs), two.Blobs[3]),
	} {
		m := one
		m.Blobs = blobs
		wantErr(t, name, protocol.OpenBody(m, body, p.hubOpen, &protocol.Confirmation{}), protocol.ErrHash)
	}

	var c protocol.Confirmation
	if err := protocol.OpenBody(one, body, p.hubOpen, &c); err != nil {
		t.Fatal(err)
	}
	_, err = protocol.OpenBlob(c.Blobs[3], golden(t, "record2-photo.bin"))
	wantErr(t, "photo of the other record's bytes", err, protocol.ErrHash)
	foreign := golden(t, "record2-photo.bin")
	ref := c.Blobs[3]
	ref.Part = protocol.Part{Hash: protocol.HashOf(foreign), Size: uint64(len(foreign))}
	_, err = protocol.OpenBlob(ref, foreign)
	wantErr(t, "photo of the other record under this key", err, protocol.ErrOpen)
	ref = c.Blobs[2]
	ref.Role = protocol.RolePhoto
	_, err = protocol.OpenBlob(ref, golden(t, "record1-signature.bin"))
	wantErr(t, "signature passed off as photo", err, protocol.ErrOpen)
	ref = c.Blobs[3]
	ref.Suite = 9
	_, err = protocol.OpenBlob(ref, golden(t, "record1-photo.bin"))
	wantErr(t, "blob of an unknown suite", err, protocol.ErrUnknownSuite)
	ref.Suite, ref.Key = protocol.SuiteAES, ref.Key[:31]
	_, err = protocol.OpenBlob(ref, golden(t, "record1-photo.bin"))
	wantErr(t, "short key", err, protocol.ErrMalformed)

	refs := slices.Clone(c.Blobs)
	refs[1].Role = refs[0].Role
	wantErr(t, "one role twice", protocol.CheckBlobs(one, refs), protocol.ErrMalformed)
	_, err = protocol.SealRecord(goldenHead(1, protocol.Hash{}, protocol.SuiteAES), goldenConfirmation(c.Blobs), c.Blobs[:3], p.hubOpen.PublicKey(), p.device)
	wantErr(t, "sealing a body that lists more than the manifest", err, protocol.ErrHash)
}

// badSigner answers with a signature of something else, as a failing chip may.
type badSigner struct{ *ecdsa.PrivateKey }

func (b badSigner) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return b.PrivateKey.Sign(r, altered(digest, 3), o)
}

func TestSealRecordNoticesABadSignature(t *testing.T) {
	p := goldenParties(t)
	_, err := protocol.SealRecord(goldenHead(1, protocol.Hash{}, protocol.SuiteAES), goldenConfirmation([]protocol.BlobRef{}), nil, p.hubOpen.PublicKey(), badSigner{p.device})
	wantErr(t, "failing key store", err, protocol.ErrSignature)
}

// An agreement made ahead seals one record, which the hub opens like any other;
// its signature is checked by the time Proved answers.
func TestBodySealSealsOnce(t *testing.T) {
	p := goldenParties(t)
	for _, suite := range []protocol.Suite{protocol.SuiteAES, protocol.SuiteChaCha} {
		s, err := protocol.PrepareBody(suite, p.hubOpen.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		head := goldenHead(1, protocol.Hash{}, 0) // the suite is that of the agreement
		rec, err := s.Record(head, goldenConfirmation([]protocol.BlobRef{}), nil, p.device)
		if err != nil {
			t.Fatal(err)
		}
		if err := rec.Proved(); err != nil {
			t.Errorf("proof: %v", err)
		}
		var c protocol.Confirmation
		if m, err := protocol.OpenEnvelope(rec.Envelope, &p.device.PublicKey); err != nil || m.Suite != suite {
			t.Errorf("envelope: suite %d, %v", m.Suite, err)
		} else if err := protocol.OpenBody(m, rec.Body, p.hubOpen, &c); err != nil {
			t.Errorf("body: %v", err)
		}
		_, err = s.Record(head, goldenConfirmation([]protocol.BlobRef{}), nil, p.device)
		wantErr(t, "a second record", err, protocol.ErrUsed)
	}
	_, err := protocol.PrepareBody(9, p.hubOpen.PublicKey())
	wantErr(t, "suite", err, protocol.ErrUnknownSuite)
	s, err := protocol.PrepareBody(protocol.SuiteAES, p.hubOpen.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	rec, err := s.Record(goldenHead(1, protocol.Hash{}, 0), goldenConfirmation([]protocol.BlobRef{}), nil, badSigner{p.device})
	if err != nil {
		t.Fatal(err)
	}
	wantErr(t, "failing key store", rec.Proved(), protocol.ErrSignature)
}

func TestPaddingHidesSizesInSteps(t *testing.T) {
	for _, suite := range []protocol.Suite{protocol.SuiteAES, protocol.SuiteChaCha} {
		size := func(n int) int {
			b, err := protocol.SealBlob(suite, protocol.RolePhoto, "image/jpeg", make([]byte, n))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := protocol.OpenBlob(b.Ref, b.Ciphertext)
			if err != nil || len(plain) != n {
				t.Fatalf("%d bytes came back as %d: %v", n, len(plain), err)
			}
			return len(b.Ciphertext)
		}
		for _, c := range []struct{ plain, sealed int }{{0, 2064}, {1, 2064}, {2047, 2064}, {2048, 4112}, {40_000, 40_976}} {
			if got := size(c.plain); got != c.sealed {
				t.Errorf("suite %d: %d bytes sealed to %d, want %d", suite, c.plain, got, c.sealed)
			}
		}
	}
}

func TestSealBlobNeverRepeats(t *testing.T) {
	seen := make(map[string]bool)
	for range 1000 {
		b, err := protocol.SealBlob(protocol.SuiteAES, protocol.RolePhoto, "image/jpeg", []byte("same"))
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Ref.Key) != 32 || seen[string(b.Ref.Key)] || seen[b.Ref.Hash.String()] {
			t.Fatal("a key or a ciphertext came twice")
		}
		seen[string(b.Ref.Key)], seen[b.Ref.Hash.String()] = true, true
	}
	_, err := protocol.SealBlob(protocol.SuiteAES, protocol.RolePhoto, "image/jpeg", make([]byte, protocol.MaxPart))
	wantErr(t, "blob beyond the limit", err, protocol.ErrTooLarge)
	_, err = protocol.SealBlob(5, protocol.RolePhoto, "image/jpeg", nil)
	wantErr(t, "unknown suite", err, protocol.ErrUnknownSuite)
}

func TestLargestSignatureTravels(t *testing.T) {
	s := protocol.Signature{Width: 1000, Height: 1000, Strokes: [][]uint16{make([]uint16, 2*19_999), {1, 1}}}
	for i := range s.Strokes[0] {
		s.Strokes[0][i] = uint16(i % 1000)
	}
	b, err := protocol.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	var got protocol.Signature
	if err := protocol.Decode(b, &got); err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("20,000 points did not come back: %v", err)
	}
	s.Strokes = append(s.Strokes, []uint16{2, 2})
	_, err = protocol.Encode(s)
	wantErr(t, "20,001 points", err, protocol.ErrMalformed)
}

// What was added to a confirmation later is checked like the rest.
func TestConfirmationRefusesOddSettlements(t *testing.T) {
	good := goldenPhotoConfirmation()
	for name, spoil := range map[string]func(*protocol.Confirmation){
		"a decision nobody knows": func(c *protocol.Confirmation) { c.Settled[0].Decision = "perhaps" },
		"a field without end": func(c *protocol.Confirmation) {
			c.Settled = []protocol.Settlement{{Field: strings.Repeat("x", 5000), Decision: protocol.SettledKept}}
		},
		"too many": func(c *protocol.Confirmation) {
			c.Settled = make([]protocol.Settlement, 65)
			for i := range c.Settled {
				c.Settled[i] = protocol.Settlement{Field: "MZDM", Decision: protocol.SettledKept}
			}
		},
		"too many remarks":     func(c *protocol.Confirmation) { c.Portrait.Findings = make([]string, 65) },
		"a source without end": func(c *protocol.Confirmation) { c.Portrait.Source = strings.Repeat("x", 5000) },
	} {
		c := goldenPhotoConfirmation()
		spoil(&c)
		if _, err := protocol.Encode(c); !errors.Is(err, protocol.ErrMalformed) { // a decoder asks the same
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
	b, err := protocol.Encode(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.Decode(b, new(protocol.Confirmation)); err != nil {
		t.Errorf("a good one: %v", err)
	}
}

// A guardian is named in full, bound to a sheet, and never without the clerk who
// saw it; and prints nothing.
func TestConfirmationRefusesHalfAGuardian(t *testing.T) {
	for name, spoil := range map[string]func(*protocol.Confirmation){
		"nobody":      func(c *protocol.Confirmation) { c.Guardian.Name = "" },
		"no relation": func(c *protocol.Confirmation) { c.Guardian.Relation = "friend" },
		"no phone":    func(c *protocol.Confirmation) { c.Guardian.Phone = "" },
		"no text":     func(c *protocol.Confirmation) { c.Guardian.Text = protocol.Hash{} },
		"no sheet":    func(c *protocol.Confirmation) { c.Guardian.Sheet = protocol.Hash{} },
		"no clerk":    func(c *protocol.Confirmation) { c.Clerk, c.Papers = nil, nil },
	} {
		c := goldenChild()
		spoil(&c)
		if _, err := protocol.Encode(c); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
	g := *goldenChild().Guardian
	if text := fmt.Sprintf("%v %+v %#v %s", g, g, g, g); strings.Contains(text, "周") || strings.Contains(text, "138") {
		t.Error("a guardian prints")
	}
}
