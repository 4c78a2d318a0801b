package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/seating"
)

// TestArrangementSeal: the seal that is computed here is the one that the hub holds a
// reveal against, whether the number was typed or drawn.
func TestArrangementSeal(t *testing.T) {
	digest := sha256.Sum256([]byte("list"))
	lines := regexp.MustCompile(`number  (.*)\nseal    ([0-9a-f]{64})\n`)
	for _, typed := range []string{"12345 67890 12345 67890 12345 67890", ""} {
		r := call(t, typed+"\n", "--lang", "en", "arrangement", "seal", "--office", "信息处", "--digest", hex.EncodeToString(digest[:]))
		m := lines.FindStringSubmatch(r.out)
		if r.code != 0 || m == nil || typed != "" && m[1] != typed {
			t.Fatalf("status %d:\n%s%s", r.code, r.out, r.errs)
		}
		secret, err := seating.Secret(m[1])
		if want := (arrangement.Share{Office: "信息处", Secret: secret}).Commit(digest); err != nil || hex.EncodeToString(want.Hash[:]) != m[2] {
			t.Errorf("sealed %s, want %x: %v", m[2], want.Hash, err)
		}
	}
	for _, bad := range [][2]string{{"123", hex.EncodeToString(digest[:])}, {strings.Repeat("1", 30), "12"}} {
		if r := call(t, bad[0]+"\n", "--lang", "en", "arrangement", "seal", "--office", "信息处", "--digest", bad[1]); r.code == 0 {
			t.Errorf("%q sealed:\n%s", bad, r.out)
		}
	}
}

// TestArrangementVerify: the door is a contract with whoever checks the draw: it ends
// with 0 for what was published, with 2 for anything else, and needs no hub.
func TestArrangementVerify(t *testing.T) {
	in := arrangement.Input{Areas: []arrangement.Area{{Code: "0104"}}, Catchments: []arrangement.Catchment{{Division: "430104", Area: "0104"}},
		Rules: arrangement.Rules{Size: 2, Grid: "5x6S", Tail: arrangement.Pool, Levels: []arrangement.Level{{Code: "1", Ends: "a"}}, Year: 2019, Number: "{area4}{level1}{cat1}{room4}{seat2}"}}
	for i := range byte(5) {
		in.Candidates = append(in.Candidates, arrangement.Candidate{Token: arrangement.Token{i}, Division: "430104", Level: "1", Category: "11"})
	}
	p := arrangement.Published{Input: in, Shares: []arrangement.Share{{Office: "成招处", Secret: [32]byte{1}}, {Office: "信息处", Secret: [32]byte{2}}}}
	for _, s := range p.Shares {
		p.Commitments = append(p.Commitments, s.Commit(in.Digest()))
	}
	seed, err := arrangement.Draw(in.Digest(), p.Commitments, p.Shares)
	if err != nil {
		t.Fatal(err)
	}
	out, err := arrangement.Arrange(&in, seed)
	if err != nil {
		t.Fatal(err)
	}
	p.Result, p.Root = *out, out.Tree().Root
	var text strings.Builder
	if err := p.Write(&text); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bundle.txt")
	verify := func(s string) result {
		t.Helper()
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
		return call(t, "", "--lang", "en", "arrangement", "verify", file)
	}
	if r := verify(text.String()); r.code != 0 || !strings.Contains(r.out, "5 candidates, 1 areas, 3 rooms") || !strings.Contains(r.out, "信息处") {
		t.Errorf("status %d:\n%s%s", r.code, r.out, r.errs)
	}
	seat := out.Seats[2]
	proof, _ := out.Tree().Proof(seat)
	code, err := proof.Code("adult-2019", 1, seat)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(code string) result {
		return call(t, "", "--lang", "en", "arrangement", "verify", file, "--code", code)
	}
	if r := ask("https://x.example/KS/T/" + code.String()); r.code != 0 || !strings.Contains(r.out, "The seat of this ticket is in it: area 0104") {
		t.Errorf("a ticket: status %d:\n%s%s", r.code, r.out, r.errs)
	}
	code.Seat.Token[3] ^= 1
	if r := ask(code.String()); r.code != 2 || !strings.Contains(r.out, "no such seat") {
		t.Errorf("a false ticket: status %d:\n%s%s", r.code, r.out, r.errs)
	}
	if r := ask("ZK1"); r.code != 2 || !strings.Contains(r.out, "not the code of a ticket") {
		t.Errorf("no code: status %d:\n%s%s", r.code, r.out, r.errs)
	}
	again := p // corrected: the last candidate is gone
	again.Before = &arrangement.Before{Digest: in.Digest(), Root: p.Root, Seats: out.Seats}
	for _, room := range out.Rooms {
		again.Before.Rooms = append(again.Before.Rooms, arrangement.OldRoom{Room: room, Drawn: room.Last})
	}
	again.Input.Candidates = in.Candidates[:4]
	revised, err := arrangement.Revise(&again.Input, seed, out)
	if err != nil {
		t.Fatal(err)
	}
	again.Result, again.Root = revised.Result, revised.Tree().Root
	var corrected strings.Builder
	if err := again.Write(&corrected); err != nil {
		t.Fatal(err)
	}
	if r := verify(corrected.String()); r.code != 0 || !strings.Contains(r.out, "4 candidates") || !strings.Contains(r.out, "a corrected arrangement") {
		t.Errorf("corrected: status %d:\n%s%s", r.code, r.out, r.errs)
	}
	before := filepath.Join(t.TempDir(), "before.txt")
	for text, want := range map[string]int{text.String(): 0, corrected.String(): 2} {
		if err := os.WriteFile(before, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := call(t, "", "--lang", "en", "arrangement", "verify", file, "--before", before); r.code != want {
			t.Errorf("status %d, want %d:\n%s%s", r.code, want, r.out, r.errs)
		}
	}
	for what, spoilt := range map[string]string{
		"revealed is not":     strings.Replace(text.String(), "reveal\t信息处\t02", "reveal\t信息处\t03", 1),
		"not a whole bundle":  text.String()[:text.Len()/2],
		"not what was publis": strings.Replace(text.String(), "\t1\t2\t01041100010", "\t2\t1\t01041100010", 1),
		"contradict":          strings.Replace(text.String(), `"Size":2`, `"Size":99`, 1),
	} {
		if r := verify(spoilt); r.code != 2 || !strings.Contains(r.out, what) {
			t.Errorf("%s: status %d:\n%s%s", what, r.code, r.out, r.errs)
		}
	}
}
