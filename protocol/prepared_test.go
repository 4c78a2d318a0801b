package protocol

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/fips140"
	"crypto/rand"
	"math/big"
	"testing"

	"filippo.io/nistec"
)

// keyWith is the P-256 key whose secret is d.
func keyWith(t *testing.T, d *big.Int) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d.FillBytes(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func prepared(t *testing.T, pub *ecdsa.PublicKey) Key {
	t.Helper()
	k, err := KeyOf(pub)
	if err != nil {
		t.Fatal(err)
	}
	k, err = k.Prepared()
	if err != nil {
		t.Fatal(err)
	}
	if k.multiples == nil && !fips140.Enabled() {
		t.Fatal("a P-256 key has no multiples")
	}
	return k
}

// TestPreparedAsTheLibrary: a prepared key takes and refuses what the library
// does, for honest signatures, for each with one bit changed, and for numbers at
// the edges, under a key drawn at random and under the generator itself and its
// inverse, where sums meet their summands and the point at infinity.
func TestPreparedAsTheLibrary(t *testing.T) {
	if fips140.Enabled() {
		t.Skip("nothing is prepared")
	}
	n := elliptic.P256().Params().N
	one := big.NewInt(1)
	drawn, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := drawn.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	secrets := []*big.Int{new(big.Int).SetBytes(secret), one, big.NewInt(2), new(big.Int).Sub(n, one)}
	taken := 0
	for _, d := range secrets {
		key := keyWith(t, d)
		m := prepared(t, &key.PublicKey).multiples
		same := func(what string, digest, sig []byte) {
			t.Helper()
			want := ecdsa.VerifyASN1(&key.PublicKey, digest, asn1Signature(sig))
			if got := m.verify(digest, sig); got != want {
				t.Errorf("secret %v, %s: %v, the library %v (digest %x, signature %x)", d.BitLen(), what, got, want, digest, sig)
			}
			if want {
				taken++
			}
		}
		for range 8 {
			digest := make([]byte, 32)
			_, _ = rand.Read(digest)
			r, s, err := ecdsa.Sign(rand.Reader, key, digest)
			if err != nil {
				t.Fatal(err)
			}
			sig := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
			same("honest", digest, sig)
			for i := range 8 * len(sig) {
				bent := bytes.Clone(sig)
				bent[i/8] ^= 1 << (i % 8)
				if i%7 == 0 {
					same("a bit of it changed", digest, bent)
				}
			}
			bent := bytes.Clone(digest)
			bent[0] ^= 1
			same("another digest", bent, sig)
			// u1·G + u2·Q is the point at infinity: e = -r·d.
			e := new(big.Int).Mul(r, d)
			same("the point at infinity", e.Mod(e.Neg(e), n).FillBytes(make([]byte, 32)), sig)
			// u1 = u2·d: both summands are the same point.
			e = new(big.Int).Mul(r, d)
			same("a point twice", e.Mod(e, n).FillBytes(make([]byte, 32)), sig)
		}
		edges := []*big.Int{new(big.Int), one, big.NewInt(2), new(big.Int).Sub(n, one), n, new(big.Int).Add(n, one),
			new(big.Int).Sub(new(big.Int).Lsh(one, 256), one), elliptic.P256().Params().Gx}
		for _, r := range edges {
			for _, s := range edges {
				for _, e := range edges {
					sig := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
					same("at the edges", e.FillBytes(make([]byte, 32)), sig)
				}
			}
		}
	}
	if taken < 8*len(secrets) {
		t.Errorf("%d signatures were taken", taken)
	}
}

// TestMultiples: a sum of windows is the product, whatever the digits.
func TestMultiples(t *testing.T) {
	if fips140.Enabled() {
		t.Skip("nothing is prepared")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m := prepared(t, &key.PublicKey).multiples
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	q, err := nistec.NewP256Point().SetBytes(point)
	if err != nil {
		t.Fatal(err)
	}
	one := big.NewInt(1)
	var scalars []*big.Int
	for bit := range uint(256) {
		x := new(big.Int).Lsh(one, bit)
		scalars = append(scalars, x, new(big.Int).Sub(x, one))
	}
	scalars = append(scalars, new(big.Int).Sub(new(big.Int).Lsh(one, 256), one), elliptic.P256().Params().N)
	for range 20 {
		x, err := rand.Int(rand.Reader, elliptic.P256().Params().N)
		if err != nil {
			t.Fatal(err)
		}
		scalars = append(scalars, x)
	}
	for _, x := range scalars {
		b := x.FillBytes(make([]byte, 32))
		got := nistec.NewP256Point()
		m.times(got, b)
		want, err := nistec.NewP256Point().ScalarMult(q, b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%x times the key is another point", b)
		}
	}
}

// TestPreparedStatement: through the door, and for keys that are none of a box.
func TestPreparedStatement(t *testing.T) {
	device, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := Sign(KindManifest, []byte("payload"), device)
	if err != nil {
		t.Fatal(err)
	}
	st, err := ParseStatement(KindManifest, raw)
	if err != nil {
		t.Fatal(err)
	}
	k := prepared(t, &device.PublicKey)
	if err := st.VerifyBy(k); err != nil {
		t.Error(err)
	}
	st.signature = bytes.Clone(st.signature)
	st.signature[5] ^= 1
	if err := st.VerifyBy(k); err == nil {
		t.Error("a changed signature verifies")
	}
	if k.Plain().multiples != nil {
		t.Error("a plain key has multiples")
	}
	pub, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hub, err := KeyOf(pub)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := hub.Prepared(); err != nil || same.multiples != nil {
		t.Errorf("an Ed25519 key: %v", err)
	}
}

// BenchmarkPrepared is a verification under a prepared key, beside the same
// under a plain one.
func BenchmarkPrepared(b *testing.B) {
	device, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	raw, err := Sign(KindManifest, make([]byte, 500), device)
	if err != nil {
		b.Fatal(err)
	}
	st, err := ParseStatement(KindManifest, raw)
	if err != nil {
		b.Fatal(err)
	}
	plain, err := KeyOf(&device.PublicKey)
	if err != nil {
		b.Fatal(err)
	}
	ready, err := plain.Prepared()
	if err != nil {
		b.Fatal(err)
	}
	for name, k := range map[string]Key{"plain": plain, "prepared": ready} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := st.VerifyBy(k); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			if _, err := plain.Prepared(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
