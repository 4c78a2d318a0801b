package intake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/fips140"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"zhunkao/protocol"
)

// TestSigner: the key of a box that sends much is prepared, within what a lane
// may keep, and given back when it falls silent or gets another key; it takes and
// refuses the same before and after.
func TestSigner(t *testing.T) {
	if fips140.Enabled() {
		t.Skip("nothing is prepared")
	}
	l, at := &lane{}, time.Now()
	type sender struct {
		signer
		pub       *ecdsa.PublicKey
		good, bad protocol.Statement
	}
	made := func() *sender {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		s := &sender{pub: &key.PublicKey}
		raw, err := protocol.Sign(protocol.KindManifest, []byte("payload"), key)
		if err == nil {
			s.good, err = protocol.ParseStatement(protocol.KindManifest, raw)
		}
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)-1] ^= 1
		if s.bad, err = protocol.ParseStatement(protocol.KindManifest, append([]byte(nil), raw...)); err != nil {
			t.Fatal(err)
		}
		raw[len(raw)-1] ^= 1
		return s
	}
	says := func(s *sender, times int) {
		t.Helper()
		for range times {
			if err := l.verify(&s.signer, s.good, s.pub, at); err != nil {
				t.Fatal(err)
			}
			if err := l.verify(&s.signer, s.bad, s.pub, at); !errors.Is(err, protocol.ErrSignature) {
				t.Fatalf("a changed signature: %v", err)
			}
		}
	}
	a := made()
	for range 3 { // little at a time
		says(a, prepareAfter/2-1)
		at = at.Add(prepareWithin)
		l.rest(&a.signer, at)
	}
	if a.prepared || l.prepared != 0 {
		t.Fatal("prepared for little")
	}
	says(a, prepareAfter)
	if !a.prepared || l.prepared != 1 {
		t.Fatalf("not prepared for much: %d", l.prepared)
	}
	at = at.Add(prepareWithin - 1)
	l.rest(&a.signer, at)
	if !a.prepared {
		t.Error("given back too early")
	}
	at = at.Add(1)
	l.rest(&a.signer, at)
	if a.prepared || l.prepared != 0 {
		t.Error("not given back")
	}
	says(a, prepareAfter)
	b := made()
	a.pub, a.good, a.bad = b.pub, b.good, b.bad // enrolled anew
	says(a, 1)
	if a.prepared || l.prepared != 0 {
		t.Error("another key goes on with the multiples of the one before")
	}
	l.prepared = preparedMost
	says(b, 2*prepareAfter)
	if b.prepared {
		t.Error("more keys are prepared than a lane may keep")
	}
}
