package arrangement_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/arrangement"
)

// changed makes a list as it is some days later: some are gone, some come, and of some
// something was corrected; now and then a rule or a catchment too.
func changed(r *rand.Rand, was *arrangement.Input) *arrangement.Input {
	other := small(r)
	in := *was
	in.Candidates = slices.DeleteFunc(slices.Clone(was.Candidates), func(arrangement.Candidate) bool { return r.IntN(8) == 0 })
	for i := range in.Candidates {
		c := &in.Candidates[i]
		switch r.IntN(25) {
		case 0:
			c.Category = c.Level + "1"
		case 1:
			c.Level, c.Category = "3", "32"
		case 2:
			c.Area = in.Areas[r.IntN(len(in.Areas))].Code
		case 3:
			c.Language = "ja"
		case 4:
			if c.Need = ""; len(in.Rules.Needs) > 0 {
				c.Need = in.Rules.Needs[r.IntN(len(in.Rules.Needs))].Key
			}
		}
	}
	for _, c := range other.Candidates[:r.IntN(len(other.Candidates)+1)/4] {
		c.Need, c.Area = "", ""
		in.Candidates = append(in.Candidates, c)
	}
	switch r.IntN(12) {
	case 0:
		in.Catchments = in.Catchments[:len(in.Catchments)/2]
	case 1:
		in.Rules.Size = max(in.Rules.MinTail+1, in.Rules.Size-1)
	case 2:
		in.Rules.Levels = []arrangement.Level{{Code: "1", Ends: "gq"}, {Code: "2", Ends: "later"}, {Code: "3", Ends: "zsb"}}
	}
	return &in
}

// TestReviseAgainstTheOracle: two revisions one after the other, with exception seats
// between, are as rule 9 says.
func TestReviseAgainstTheOracle(t *testing.T) {
	provinces := 2_000
	if testing.Short() {
		provinces = 200
	}
	whys, closed := map[arrangement.Why]int{}, 0
	for n := range uint64(provinces) {
		r := rand.New(rand.NewPCG(n, 38))
		in := small(r)
		stands, err := arrangement.Arrange(in, seeded(n))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			stands = withLate(t, r, in, seeded(n), stands)
			in = changed(r, in)
			out, err := arrangement.Revise(in, seeded(n), stands)
			if err != nil {
				t.Fatalf("province %d: %v", n, err)
			}
			if bad := judgeRevised(in, seeded(n), stands, out); len(bad) > 0 {
				t.Fatalf("province %d, rules %+v:\n%s", n, in.Rules, words(bad))
			}
			for _, c := range out.Changes {
				whys[c.Why]++
			}
			for _, x := range out.Rooms {
				if x.Seats == 0 {
					closed++
				}
			}
			stands = &out.Result
		}
	}
	for _, w := range []arrangement.Why{arrangement.OtherArea, arrangement.OtherNeed, arrangement.OtherGroup, arrangement.OtherEnds, arrangement.OtherNumber, arrangement.Fresh, arrangement.Gone, arrangement.Nowhere} {
		if whys[w] == 0 {
			t.Errorf("nobody lost her seat by %q: the generator is too kind", w)
		}
	}
	if closed == 0 {
		t.Error("no room was closed")
	}
}

// withLate gives some exception seats.
func withLate(t *testing.T, r *rand.Rand, in *arrangement.Input, seed arrangement.Seed, stands *arrangement.Result) *arrangement.Result {
	t.Helper()
	var late []arrangement.Token
	for range r.IntN(3) {
		c := arrangement.Candidate{Division: "430102", Level: "1", Category: "11", Language: "en", Area: in.Areas[0].Code}
		binary.BigEndian.PutUint64(c.Token[:], r.Uint64())
		in.Candidates, late = append(in.Candidates, c), append(late, c.Token)
	}
	added, err := arrangement.Add(in, seed, stands, late)
	if err != nil {
		t.Fatal(err)
	}
	out := &arrangement.Result{Seats: slices.Concat(stands.Seats, added.Seats), Rooms: slices.Clone(added.Rooms)}
	for _, x := range stands.Rooms {
		if !slices.ContainsFunc(added.Rooms, func(y arrangement.Room) bool { return y.Area == x.Area && y.Number == x.Number }) {
			out.Rooms = append(out.Rooms, x)
		}
	}
	return out
}

// TestReviseNothing: a list that is as it was gives every byte again, in any order of
// list, rooms and seats.
func TestReviseNothing(t *testing.T) {
	for n := range uint64(300) {
		r := rand.New(rand.NewPCG(n, 9))
		in := small(r)
		first, err := arrangement.Arrange(in, seeded(n))
		if err != nil {
			t.Fatal(err)
		}
		before := &arrangement.Result{Rooms: slices.Clone(first.Rooms), Seats: slices.Clone(first.Seats)}
		r.Shuffle(len(in.Candidates), func(i, j int) { in.Candidates[i], in.Candidates[j] = in.Candidates[j], in.Candidates[i] })
		slices.Reverse(before.Rooms)
		slices.Reverse(before.Seats)
		again, err := arrangement.Revise(in, seeded(n), before)
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Changes) > 0 || again.Kept() != len(first.Seats) || again.Tree().Root != first.Tree().Root || !slices.Equal(again.Seats, first.Seats) ||
			len(first.Rooms) > 0 && !reflect.DeepEqual(again.Rooms, first.Rooms) || !slices.Equal(again.Problems, first.Problems) {
			t.Fatalf("province %d: %d changes", n, len(again.Changes))
		}
	}
}

// TestReviseRefuses: what cannot have been before is refused.
func TestReviseRefuses(t *testing.T) {
	in := small(rand.New(rand.NewPCG(5, 5)))
	for what, spoil := range map[string]func(r *arrangement.Result){
		"a seat of no room":     func(r *arrangement.Result) { r.Seats[0].Room = 99 },
		"a seat twice":          func(r *arrangement.Result) { r.Seats[1].Seat, r.Seats[1].Room = r.Seats[0].Seat, r.Seats[0].Room },
		"somebody twice":        func(r *arrangement.Result) { r.Seats[1].Token = r.Seats[0].Token },
		"a number twice":        func(r *arrangement.Result) { r.Seats[1].Number = r.Seats[0].Number },
		"a room without number": func(r *arrangement.Result) { r.Rooms[0].Number = 7 },
		"more than sit":         func(r *arrangement.Result) { r.Rooms[0].Seats++ },
		"a room of thousands":   func(r *arrangement.Result) { r.Rooms[0].Last = 1 << 40 },
	} {
		before, err := arrangement.Arrange(in, seeded(5))
		if err != nil {
			t.Fatal(err)
		}
		spoil(before)
		if _, err := arrangement.Revise(in, seeded(5), before); !errors.Is(err, arrangement.ErrInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// revision publishes a revision of publish's arrangement, with exception seats between.
func revision(t testing.TB, n uint64) (was, now []byte) {
	t.Helper()
	r := rand.New(rand.NewPCG(n, 5))
	in := small(r)
	was = publish(t, in, n)
	first, err := arrangement.Verify(bytes.NewReader(was))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := arrangement.Draw(in.Digest(), first.Commitments, first.Shares)
	if err != nil {
		t.Fatal(err)
	}
	before := arrangement.Before{Digest: in.Digest(), Root: first.Root, Seats: first.Result.Seats}
	late := arrangement.Candidate{Token: arrangement.Token{1}, Division: "430102", Level: "1", Category: "11", Language: "en", Area: in.Areas[0].Code}
	all := *in
	all.Candidates = append(slices.Clone(in.Candidates), late)
	added, err := arrangement.Add(&all, seed, &first.Result, []arrangement.Token{late.Token})
	if err != nil {
		t.Fatal(err)
	}
	before.Late = added.Seats
	for _, x := range first.Result.Rooms {
		o := arrangement.OldRoom{Room: x, Drawn: x.Last}
		if a := added.Rooms[0]; a.Area == x.Area && a.Number == x.Number {
			o.Room = a
		}
		before.Rooms = append(before.Rooms, o)
	}
	if a := added.Rooms[0]; a.Seats == 1 {
		before.Rooms = append(before.Rooms, arrangement.OldRoom{Room: a})
	}
	stands := &arrangement.Result{Seats: slices.Concat(before.Seats, before.Late)}
	for _, x := range before.Rooms {
		stands.Rooms = append(stands.Rooms, x.Room)
	}
	list := changed(r, &all)
	out, err := arrangement.Revise(list, seed, stands)
	if err != nil {
		t.Fatal(err)
	}
	p := arrangement.Published{Input: *list, Commitments: first.Commitments, Shares: first.Shares, Result: out.Result, Root: out.Tree().Root, Before: &before}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return was, b.Bytes()
}

// TestVerifyRevision: the bundle of a revision verifies, follows the one before and no
// other, every seat has a proof, and no line can be changed, left out or told twice.
func TestVerifyRevision(t *testing.T) {
	was, whole := revision(t, 4)
	first, err := arrangement.Verify(bytes.NewReader(was))
	if err != nil {
		t.Fatal(err)
	}
	got, err := arrangement.Verify(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Follows(first); err != nil {
		t.Error(err)
	}
	_, other := revision(t, 5)
	if second, err := arrangement.Verify(bytes.NewReader(other)); err != nil || !errors.Is(second.Follows(first), arrangement.ErrProof) || !errors.Is(first.Follows(first), arrangement.ErrProof) {
		t.Errorf("a revision of another version follows: %v", err)
	}
	gaps := 0
	tree := got.Result.Tree()
	for _, x := range got.Result.Rooms {
		gaps += x.Last - x.Seats
	}
	for _, s := range got.Result.Seats {
		proof, ok := tree.Proof(s)
		if !ok || proof.Check(s, got.Root) != nil || proof.Index != s.Seat-1 {
			t.Fatalf("%s: her proof does not lead to the root", s.Token)
		}
		c, err := proof.Code("adult-2019", 2, s)
		if again, wrong := arrangement.ParseCode(c.String()); err != nil || wrong != nil || again.Check(proof, got.Root) != nil {
			t.Fatalf("%s: her code does not lead to the root: %v", s.Token, err)
		}
	}
	if gaps == 0 || len(got.Before.Late) == 0 {
		t.Fatal("no seat was left empty, or none was given late")
	}
	lines := strings.SplitAfter(string(whole), "\n")
	lines = lines[:len(lines)-1]
	for i, line := range lines {
		for what, text := range map[string][]string{
			"left out": slices.Concat(lines[:i], lines[i+1:]),
			"twice":    slices.Concat(lines[:i+1], lines[i:]),
			"changed":  slices.Concat(lines[:i], []string{turned(line)}, lines[i+1:]),
		} {
			if _, err := arrangement.Verify(strings.NewReader(strings.Join(text, ""))); err == nil {
				t.Errorf("line %d %s, and it verifies: %s", i+1, what, line)
			}
		}
	}
}

// FuzzVerify: whatever somebody hands us as a bundle is refused or verifies, and what
// verifies is written as it was read.
func FuzzVerify(f *testing.F) {
	f.Add(publish(f, small(rand.New(rand.NewPCG(5, 5))), 5))
	_, revised := revision(f, 4)
	f.Add(revised)
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := arrangement.Verify(bytes.NewReader(text)); err == nil {
			var b bytes.Buffer
			if err := p.Write(&b); err != nil {
				t.Fatal(err)
			}
			if _, err := arrangement.Verify(&b); err != nil {
				t.Errorf("verified, and not when written anew: %v", err)
			}
		}
	})
}
