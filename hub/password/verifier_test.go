package password

import (
	"strings"
	"testing"
)

func TestVerifierKeepsItsOwnCost(t *testing.T) {
	ctx := t.Context()
	full, cheap := NewHasher(Full()), NewHasher(Cost{64, 1, 1})
	old, err := cheap.Hash(ctx, "three slow herons")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"three slow herons": true, "three slow heron": false, "": false} {
		if got, err := full.Verify(ctx, password, old); got != want || err != nil {
			t.Errorf("verify(%q) = %v, %v; want %v", password, got, err, want)
		}
	}
	fresh, err := full.Hash(ctx, "x")
	if err != nil || !strings.HasPrefix(fresh, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("new verifier begins with %.40q, %v", fresh, err)
	}
	if again, _ := full.Hash(ctx, "x"); again == fresh {
		t.Error("two verifiers of one password are alike")
	}
	for name, bad := range map[string]string{
		"nothing": "", "words": "no verifier", "too dear": strings.Replace(old, "m=64", "m=4000000", 1),
		"free": strings.Replace(old, "t=1", "t=0", 1), "another kind": strings.Replace(old, "argon2id", "argon2i", 1),
		"another version": strings.Replace(old, "v=19", "v=16", 1), "cut": old[:len(old)-3], "no sum": old[:strings.LastIndex(old, "$")+1],
	} {
		if ok, err := cheap.Verify(ctx, "three slow herons", bad); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func FuzzParseVerifier(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$$$$$")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if _, sum, c, ok := parseVerifier(s); ok && (len(sum) != argonHash || c.Memory > maxCost.Memory || c.Passes > maxCost.Passes) {
			t.Errorf("taken with cost %+v", c)
		}
	})
}
