package seating

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// ErrText says that what was written is no number that can be sealed.
var ErrText = errors.New("seating: too short for a share, or not digits")

// leastDigits is how many digits a number to be sealed has at least: 100 bits. With
// fewer, anybody could find the number from its seal by trying all there are.
const leastDigits = 30

// NewNumber draws a number to be sealed: 40 digits in groups of five. Whoever seals may
// change as many of them as she likes.
func NewNumber() string {
	var b strings.Builder
	for i := 0; i < 40; {
		var one [1]byte
		_, _ = rand.Read(one[:])
		if one[0] >= 250 {
			continue // so that every digit is as likely as another
		}
		if i > 0 && i%5 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte('0' + one[0]%10)
		i++
	}
	return b.String()
}

// Secret gives the share that a written number stands for: SHA-256 of "zhunkao number"
// and its digits, however they are grouped; or the share itself, if it is written as 64
// hexadecimal digits, as hubctl arrangement seal gives it. ErrText.
func Secret(text string) (secret [32]byte, err error) {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '　' || r == '\t':
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, strings.TrimSpace(text))
	if raw, err := hex.DecodeString(digits); err == nil && len(raw) == len(secret) {
		copy(secret[:], raw)
		return secret, nil
	}
	if len(digits) < leastDigits || len(digits) > 200 || strings.Trim(digits, "0123456789") != "" {
		return secret, ErrText
	}
	return sha256.Sum256([]byte("zhunkao number" + digits)), nil
}
