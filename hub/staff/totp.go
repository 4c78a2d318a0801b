package staff

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator speaks it; an HMAC asks for no collision resistance
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// One-time codes by RFC 6238 as the authenticators on telephones make them:
// HMAC-SHA-1, six digits, steps of 30 s from 1970 on.
const (
	codeStep   = 30 // seconds
	codeDigits = 6
	codeSkew   = 1  // steps that a telephone's clock may be off, either way
	secretSize = 20 // bytes, the size of the hash (RFC 4226 §4, R6)
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret draws the secret of an authenticator: 160 bits, in base 32 without
// padding, as a person can type it.
func NewSecret() string {
	var b [secretSize]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return base32Plain.EncodeToString(b[:])
}

// parseSecret reads a secret as it is typed or stored: blanks, hyphens, padding
// and small letters do no harm.
func parseSecret(s string) ([]byte, bool) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "=", "").Replace(s))
	b, err := base32Plain.DecodeString(s)
	return b, err == nil && len(b) >= 10 && len(b) <= 64
}

func stepOf(t time.Time) int64 { return t.Unix() / codeStep }

// Code is the one-time code of a secret at a time, "" if the secret is none.
func Code(secret string, at time.Time) string {
	key, ok := parseSecret(secret)
	if !ok {
		return ""
	}
	return codeAt(key, stepOf(at))
}

func codeAt(key []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	m := hmac.New(sha1.New, key)
	m.Write(counter[:]) // a hash never fails
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 15
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", codeDigits, n%1_000_000)
}

// acceptedStep finds the step whose code was typed: the one of now, the one
// before and the one after, but none up to the last one that was used. Every
// step is compared, so that the time tells nothing.
func acceptedStep(key []byte, typed string, now time.Time, last int64) (step int64, ok bool) {
	typed = strings.NewReplacer(" ", "", "　", "").Replace(typed)
	for s := stepOf(now) - codeSkew; s <= stepOf(now)+codeSkew; s++ {
		if subtle.ConstantTimeCompare([]byte(codeAt(key, s)), []byte(typed)) == 1 && s > last {
			step, ok = s, true
		}
	}
	return step, ok
}

// Matches reports whether a code is that of a secret at a time, or a step off.
func Matches(secret, code string, at time.Time) bool {
	key, ok := parseSecret(secret)
	if !ok {
		return false
	}
	_, ok = acceptedStep(key, code, at, 0)
	return ok
}

// issuer is what an authenticator shows beside the account.
const issuer = "Zhunkao"

// URI is what the QR code of an authenticator holds (Google's Key URI format,
// which all of them read). It is as secret as the secret.
func URI(name, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+name) + "?" + q.Encode()
}
