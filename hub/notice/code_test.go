package notice

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// TestIsCode: what passes is what these two expressions say of it.
func TestIsCode(t *testing.T) {
	codeOnly := regexp.MustCompile(`^[A-Za-z0-9 .,:_/-]{0,200}$`)
	numbers := regexp.MustCompile(`(^|[^0-9a-fA-F])([0-9]{11}|[0-9]{14,18}[xX]?)($|[^0-9a-fA-F])`)
	rapid.Check(t, func(r *rapid.T) {
		v := rapid.OneOf(
			rapid.StringMatching(`([0-9]{9,20}|[a-fA-F]{1,2}|[xXgZ ,:/]){0,4}`),
			rapid.StringMatching(`[0-9A-Za-z \n考]{0,6}`),
			rapid.StringMatching(`[0-9a-z]{195,205}`),
		).Draw(r, "v")
		if got, want := isCode(v), codeOnly.MatchString(v) && !numbers.MatchString(v); got != want {
			r.Fatalf("%q: %v, want %v", v, got, want)
		}
	})
}
