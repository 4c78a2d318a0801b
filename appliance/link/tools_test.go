package link_test

import (
	"crypto/ecdh"
	"crypto/hpke"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/protocol"
)

// spoil flips a bit of a part on the disk.
func spoil(t *testing.T, dir string, h protocol.Hash) {
	t.Helper()
	path := filepath.Join(dir, "parts", h.String()[:2], h.String())
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[0] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func publicOf(t *testing.T, k hpke.PrivateKey) *ecdh.PublicKey {
	t.Helper()
	pub, err := ecdh.X25519().NewPublicKey(k.PublicKey().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return pub
}
