package password

import (
	"crypto/rand"
	"strings"
)

// Passwords that are drawn stand on paper: cards and slips. They are read off
// and typed, so nothing in them can be taken for another: no 0 O 1 I L.
const alphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// Draw draws n characters, five bits each, in groups of four for the eye:
// HK7W-P4XQ. Verifiers are made of Bare.
func Draw(n int) string {
	var out strings.Builder
	for i := 0; i < n; {
		var b [1]byte
		_, _ = rand.Read(b[:]) // never fails (Go 1.24)
		if int(b[0]) >= 256-256%len(alphabet) {
			continue // else the first letters would come more often
		}
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(alphabet[int(b[0])%len(alphabet)])
		i++
	}
	return out.String()
}

// Bare is a drawn password as somebody types it, without what is only for the
// eye.
func Bare(s string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "", "　", "").Replace(s))
}
