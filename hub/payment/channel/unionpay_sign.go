package channel

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sign adds the signature (ACP 5.1.0, signMethod 01): RSA and SHA-256 over the hex
// digits of the SHA-256 of all parameters, sorted by name.
func (u *unionpay) sign(r map[string]string) error {
	digits := unionDigest(r)
	sum := sha256.Sum256([]byte(digits))
	sign, err := rsa.SignPKCS1v15(rand.Reader, u.o.Key, crypto.SHA256, sum[:])
	if err != nil {
		return fmt.Errorf("channel: unionpay: %w", err)
	}
	r["signature"] = base64.StdEncoding.EncodeToString(sign)
	return nil
}

func unionDigest(r map[string]string) string {
	var text strings.Builder
	for _, k := range slices.Sorted(maps.Keys(r)) {
		if k == "signature" {
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('&')
		}
		text.WriteString(k + "=" + r[k])
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:])
}

// verified reports whether the channel said it: by a certificate that comes along,
// leads to a root that we were given, is in its time, and names the channel.
func (u *unionpay) verified(got map[string]string) bool {
	block, _ := pem.Decode([]byte(got["signPubKeyCert"]))
	if block == nil {
		return false
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return false
	}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: u.o.Roots, Intermediates: u.o.Middles, CurrentTime: u.o.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		return false
	}
	// CFCA names a holder as …@…@holder@….
	if names := strings.Split(cert.Subject.CommonName, "@"); len(names) < 3 || names[2] != u.o.Peer {
		return false
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		return false
	}
	sign, err := base64.StdEncoding.DecodeString(got["signature"])
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(unionDigest(got)))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sign) == nil
}
