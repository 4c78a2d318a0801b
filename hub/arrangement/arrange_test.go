package arrangement_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/arrangement"
)

// template is the default of domain §1.9.
const template = "{area4}{level1}{cat1}{room4}{seat2}"

// small makes a small random province: everything that the rules speak of, in odd
// proportions.
func small(r *rand.Rand) *arrangement.Input {
	grids := []string{"5x6S", "6x5S", "7-8-8-7S", "8-7-7-8S", "7-7-8-8S", "5x5S(25)"}
	in := &arrangement.Input{Rules: arrangement.Rules{Grid: grids[r.IntN(len(grids))], Year: 2019, Number: template,
		Tail: []arrangement.Tail{arrangement.Keep, arrangement.Merge, arrangement.Pool, arrangement.Pool}[r.IntN(4)], Languages: r.IntN(2) == 0, Neighbour: r.IntN(2) == 0,
		Levels: []arrangement.Level{{Code: "1", Ends: "gq"}, {Code: "2", Ends: "gq"}, {Code: "3", Ends: "zsb"}}}}
	if in.Rules.Size = 1 + r.IntN(6); r.IntN(4) == 0 {
		in.Rules.Size = 25
	}
	in.Rules.MinTail = r.IntN(min(in.Rules.Size, 3))
	if r.IntN(2) == 0 {
		in.Rules.Needs = []arrangement.Need{{Key: "time", Apart: true}, {Key: "sight", Front: true}, {Key: "chair", Apart: true, Front: true}}[r.IntN(3):]
	}
	divisions := []string{"430102", "430103", "430104"}
	for i := range 1 + r.IntN(3) {
		in.Areas = append(in.Areas, arrangement.Area{Code: fmt.Sprintf("%04d", 101+i), Rooms: r.IntN(6)})
	}
	area := func() string { return in.Areas[r.IntN(len(in.Areas))].Code }
	for _, d := range divisions {
		if r.IntN(5) > 0 {
			in.Catchments = append(in.Catchments, arrangement.Catchment{Division: d, Area: area()})
		}
		if r.IntN(3) == 0 {
			in.Catchments = append(in.Catchments, arrangement.Catchment{Division: d, Level: "3", Area: area()})
		}
		if r.IntN(3) == 0 {
			in.Catchments = append(in.Catchments, arrangement.Catchment{Division: d, Level: "1", Category: "11", Area: area()})
		}
		if r.IntN(4) == 0 {
			in.Catchments = append(in.Catchments, arrangement.Catchment{Division: d, Level: "1", Category: "11", Language: "ja", Area: area()})
		}
	}
	for range r.IntN(80) {
		c := arrangement.Candidate{Division: divisions[r.IntN(len(divisions))], Language: []string{"en", "en", "en", "ja"}[r.IntN(4)], Origin: uint64(r.IntN(4))}
		c.Level = []string{"1", "2", "3"}[r.IntN(3)]
		c.Category = c.Level + []string{"1", "2"}[r.IntN(2)]
		if len(in.Rules.Needs) > 0 && r.IntN(6) == 0 {
			c.Need = in.Rules.Needs[r.IntN(len(in.Rules.Needs))].Key
		}
		if r.IntN(8) == 0 {
			c.Area = append(in.Areas, arrangement.Area{Code: "0199"})[r.IntN(len(in.Areas)+1)].Code // moved by hand, and mapped nowhere perhaps
		}
		binary.BigEndian.PutUint64(c.Token[:], r.Uint64())
		binary.BigEndian.PutUint64(c.Token[8:], r.Uint64())
		in.Candidates = append(in.Candidates, c)
	}
	return in
}

func seeded(n uint64) (s arrangement.Seed) {
	binary.BigEndian.PutUint64(s[:], n)
	return s
}

// TestArrangeAgainstTheOracle: ten thousand small provinces are as the rules say.
func TestArrangeAgainstTheOracle(t *testing.T) {
	provinces := 10_000
	if testing.Short() {
		provinces = 500
	}
	reasons := map[arrangement.Reason]int{}
	for n := range provinces {
		r := rand.New(rand.NewPCG(uint64(n), 2019))
		in, seed := small(r), seeded(uint64(n))
		out, err := arrangement.Arrange(in, seed)
		if err != nil {
			t.Fatalf("province %d: %v", n, err)
		}
		if bad := judge(in, seed, out); len(bad) > 0 {
			t.Fatalf("province %d, rules %+v:\n%s", n, in.Rules, words(bad))
		}
		for _, p := range out.Problems {
			reasons[p.Reason]++
		}
	}
	for _, r := range []arrangement.Reason{arrangement.Unmapped, arrangement.NoArea, arrangement.AreaFull, arrangement.Neighbour, arrangement.NoFront} {
		if reasons[r] == 0 {
			t.Errorf("no province had a problem %s: the generator is too kind", r)
		}
	}
}

// TestSameBytes: in any order of the input the same bytes, and with another seed others.
func TestSameBytes(t *testing.T) {
	for n := range uint64(60) {
		r := rand.New(rand.NewPCG(n, 7))
		in := small(r)
		one := publish(t, in, n)
		for _, s := range []func(){
			func() {
				r.Shuffle(len(in.Candidates), func(i, j int) { in.Candidates[i], in.Candidates[j] = in.Candidates[j], in.Candidates[i] })
			},
			func() {
				r.Shuffle(len(in.Areas), func(i, j int) { in.Areas[i], in.Areas[j] = in.Areas[j], in.Areas[i] })
			},
			func() { slices.Reverse(in.Catchments) },
		} {
			s()
		}
		if !bytes.Equal(one, publish(t, in, n)) {
			t.Fatalf("province %d: another order, another arrangement", n)
		}
		if len(in.Candidates) > 8 && bytes.Equal(one, publish(t, in, n+1)) {
			t.Fatalf("province %d: another seed changes nothing", n)
		}
	}
}

// publish draws, arranges and writes a bundle.
func publish(t testing.TB, in *arrangement.Input, n uint64) []byte {
	t.Helper()
	p := arrangement.Published{Input: *in}
	for _, office := range []string{"省教育考试院纪检", "省教育考试院成招处", "省教育考试院信息处"} {
		s := arrangement.Share{Office: office}
		binary.BigEndian.PutUint64(s.Secret[:], n+uint64(len(office)))
		p.Shares = append(p.Shares, s)
		p.Commitments = append(p.Commitments, s.Commit(in.Digest()))
	}
	seed, err := arrangement.Draw(in.Digest(), p.Commitments, p.Shares)
	if err != nil {
		t.Fatal(err)
	}
	out, err := arrangement.Arrange(in, seed)
	if err != nil {
		t.Fatal(err)
	}
	p.Result, p.Root = *out, out.Tree().Root
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestVerify: a bundle verifies, and not with any one line changed, left out, twice or
// elsewhere.
func TestVerify(t *testing.T) {
	whole := publish(t, small(rand.New(rand.NewPCG(5, 5))), 5)
	got, err := arrangement.Verify(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	tree := got.Result.Tree()
	for _, s := range got.Result.Seats {
		proof, ok := tree.Proof(s)
		if !ok || proof.Check(s, got.Root) != nil {
			t.Fatalf("%s: her proof does not lead to the root", s.Token)
		}
		s.Seat++
		if proof.Check(s, got.Root) == nil {
			t.Fatal("a proof of another seat")
		}
	}
	lines := strings.SplitAfter(string(whole), "\n")
	lines = lines[:len(lines)-1]
	for i, line := range lines {
		for what, changed := range map[string][]string{
			"left out": slices.Concat(lines[:i], lines[i+1:]),
			"twice":    slices.Concat(lines[:i+1], lines[i:]),
			"changed":  slices.Concat(lines[:i], []string{turned(line)}, lines[i+1:]),
		} {
			if _, err := arrangement.Verify(strings.NewReader(strings.Join(changed, ""))); err == nil {
				t.Errorf("line %d %s, and it verifies: %s", i+1, what, line)
			}
		}
	}
}

// turned changes the last letter or digit of a line.
func turned(line string) string {
	b := []byte(line)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] >= '0' && b[i] <= '8' || b[i] >= 'a' && b[i] <= 'e' {
			b[i]++
			return string(b)
		} else if b[i] == '9' || b[i] == 'f' {
			b[i]--
			return string(b)
		}
	}
	return string(b[1:])
}

// TestDraw: no seed without every share that was committed to.
func TestDraw(t *testing.T) {
	in := small(rand.New(rand.NewPCG(1, 1)))
	shares := []arrangement.Share{{Office: "a", Secret: [32]byte{1}}, {Office: "b", Secret: [32]byte{2}}}
	said := []arrangement.Commitment{shares[1].Commit(in.Digest()), shares[0].Commit(in.Digest())}
	seed, err := arrangement.Draw(in.Digest(), said, shares)
	if err != nil || seed == (arrangement.Seed{}) {
		t.Fatal(seed, err)
	}
	other := slices.Clone(shares)
	other[1].Secret[0]++
	late := *in
	late.Candidates = append(slices.Clone(in.Candidates), arrangement.Candidate{Division: "430102", Level: "1", Category: "11"})
	for what, try := range map[string]func() error{
		"another secret": func() error { _, err := arrangement.Draw(in.Digest(), said, other); return err },
		"a share less":   func() error { _, err := arrangement.Draw(in.Digest(), said, shares[:1]); return err },
		"one office":     func() error { _, err := arrangement.Draw(in.Digest(), said[:1], shares[1:]); return err },
		"the same twice": func() error {
			_, err := arrangement.Draw(in.Digest(), []arrangement.Commitment{said[0], said[0]}, []arrangement.Share{shares[1], shares[1]})
			return err
		},
		"a list mended":    func() error { _, err := arrangement.Draw(late.Digest(), said, shares); return err },
		"nobody committed": func() error { _, err := arrangement.Draw(in.Digest(), nil, nil); return err },
	} {
		if err := try(); !errors.Is(err, arrangement.ErrDraw) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestCheck: an input that contradicts itself is refused with what to mend.
func TestCheck(t *testing.T) {
	for what, spoil := range map[string]func(in *arrangement.Input){
		"a grid":   func(in *arrangement.Input) { in.Rules.Grid = "4x4" },
		"too many": func(in *arrangement.Input) { in.Rules.Size = 31 },
		"a tail":   func(in *arrangement.Input) { in.Rules.Tail = "lose" },
		"no seat":  func(in *arrangement.Input) { in.Rules.Number = "{area4}{room4}" },
		"an area":  func(in *arrangement.Input) { in.Catchments[0].Area = "9999" },
		"two areas": func(in *arrangement.Input) {
			in.Catchments = append(in.Catchments, arrangement.Catchment{Division: "430102", Area: "0102"})
		},
		"wide, narrow":  func(in *arrangement.Input) { in.Catchments[0].Category = "11" },
		"twice":         func(in *arrangement.Input) { in.Candidates[1].Token = in.Candidates[0].Token },
		"a level":       func(in *arrangement.Input) { in.Candidates[0].Level = "9" },
		"moved nowhere": func(in *arrangement.Input) { in.Candidates[0].Area = "99\t9" },
		"a need":        func(in *arrangement.Input) { in.Candidates[0].Need = "sofa" },
		"a tab":         func(in *arrangement.Input) { in.Candidates[0].Category = "1\t1" },
		"a need of air": func(in *arrangement.Input) { in.Rules.Needs = []arrangement.Need{{Key: "x"}} },
	} {
		in := &arrangement.Input{Areas: []arrangement.Area{{Code: "0101"}, {Code: "0102"}}, Catchments: []arrangement.Catchment{{Division: "430102", Area: "0101"}},
			Rules:      arrangement.Rules{Size: 30, Grid: "5x6S", Tail: arrangement.Pool, Levels: []arrangement.Level{{Code: "1", Ends: "x"}}, Number: template},
			Candidates: []arrangement.Candidate{{Token: arrangement.Token{1}, Division: "430102", Level: "1", Category: "11"}, {Token: arrangement.Token{2}, Division: "430102", Level: "1", Category: "11"}}}
		if err := in.Check(); err != nil {
			t.Fatal(err)
		}
		if spoil(in); !errors.Is(in.Check(), arrangement.ErrInput) {
			t.Errorf("%s: %v", what, in.Check())
		}
	}
}

// TestANumberThatDoesNotFit is listed, and she is seated all the same.
func TestANumberThatDoesNotFit(t *testing.T) {
	in := &arrangement.Input{Areas: []arrangement.Area{{Code: "0101"}}, Catchments: []arrangement.Catchment{{Division: "430102", Area: "0101"}},
		Rules: arrangement.Rules{Size: 1, Grid: "5x6S", Tail: arrangement.Keep, Levels: []arrangement.Level{{Code: "1", Ends: "x"}}, Number: "{area4}{cat1}{room2}{seat2}"}}
	for i := range 101 {
		in.Candidates = append(in.Candidates, arrangement.Candidate{Token: arrangement.Token{byte(i)}, Division: "430102", Level: "1", Category: "11"})
	}
	out, err := arrangement.Arrange(in, arrangement.Seed{})
	if err != nil || len(out.Seats) != 101 || len(out.Problems) != 2 || out.Problems[0].Reason != arrangement.NoNumber || out.Problems[0].Room != 100 {
		t.Fatalf("%v; %d seats, problems %+v", err, len(out.Seats), out.Problems)
	}
}
