package password_test

import (
	"strings"
	"testing"

	"zhunkao/hub/password"
)

// TestDraw: what is drawn stands in groups, holds nothing that is taken for
// something else, comes once, and is the same however it is typed.
func TestDraw(t *testing.T) {
	seen, letters := map[string]bool{}, map[rune]bool{}
	for range 200 {
		p := password.Draw(10)
		if len(p) != 12 || p[4] != '-' || p[9] != '-' || strings.Trim(p, "ABCDEFGHJKMNPQRSTUVWXYZ23456789-") != "" || seen[p] {
			t.Fatalf("%q", p)
		}
		seen[p] = true
		for _, r := range p {
			letters[r] = true
		}
		bare := strings.ReplaceAll(p, "-", "")
		for _, typed := range []string{p, bare, strings.ToLower(p), p[:4] + " " + p[5:], bare[:5] + "　" + bare[5:]} {
			if password.Bare(typed) != bare {
				t.Errorf("typed %q, %q is another", typed, p)
			}
		}
	}
	if len(letters) != 32 {
		t.Errorf("%d different characters in 2,000, want 31 and the hyphen", len(letters))
	}
	if p := password.Draw(8); len(p) != 9 || p[4] != '-' {
		t.Errorf("of eight: %q", p)
	}
}
