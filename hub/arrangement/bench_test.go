package arrangement_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/arrangement"
)

// province makes n candidates of 122 counties as Hunan's adult examination has them:
// three levels, thirteen categories, some schools and workplaces in every county.
func province(n int) *arrangement.Input {
	r := rand.New(rand.NewPCG(43, 2019))
	in := &arrangement.Input{Rules: arrangement.Rules{Size: 30, Grid: "5x6S", Tail: arrangement.Pool, Languages: true, Neighbour: true, Year: 2019, Number: template,
		Levels: []arrangement.Level{{Code: "1", Ends: "gq"}, {Code: "2", Ends: "gq"}, {Code: "3", Ends: "zsb"}},
		Needs:  []arrangement.Need{{Key: "time", Apart: true}, {Key: "sight", Front: true}}}}
	categories := map[string]int{"1": 4, "2": 3, "3": 8}
	for i := range 122 {
		d, a := fmt.Sprintf("43%04d", 101+i), fmt.Sprintf("%04d", 101+i)
		in.Areas = append(in.Areas, arrangement.Area{Code: a})
		in.Catchments = append(in.Catchments, arrangement.Catchment{Division: d, Area: a})
	}
	in.Candidates = make([]arrangement.Candidate, n)
	for i := range in.Candidates {
		c := &in.Candidates[i]
		c.Division = in.Catchments[r.IntN(122)].Division
		c.Level = []string{"1", "2", "2", "3", "3", "3", "3"}[r.IntN(7)]
		c.Category = c.Level + string(rune('1'+r.IntN(categories[c.Level])))
		c.Language = "en"
		switch r.IntN(200) {
		case 0:
			c.Language = "ja"
		case 1:
			c.Language = "ru"
		case 2:
			c.Need = []string{"time", "sight"}[r.IntN(2)]
		}
		if r.IntN(3) > 0 {
			c.Origin = 1 + r.Uint64N(40) // a point, a school, a workplace of that county
		}
		binary.BigEndian.PutUint64(c.Token[:], r.Uint64())
		binary.BigEndian.PutUint64(c.Token[8:], uint64(i))
	}
	return in
}

const benchCandidates = 400_000

// BenchmarkArrange seats 400,000 candidates of 122 counties by all rules, with the
// proof, in turns with sorting the same records by the same keys: "of-sorting" is the
// ratio of the two (aim 10 or less). Reported beside it: the most memory that was in
// use (aim 1024 MiB), rooms beside the least there can be (aim 1.005), and neighbours of
// one origin beside those of the order of lots alone.
func BenchmarkArrange(b *testing.B) {
	in := province(benchCandidates)
	type record struct {
		area, level, category, language string
		lot                             [sha256.Size]byte
	}
	var ours, sorting time.Duration
	var most uint64
	var out *arrangement.Result
	for b.Loop() {
		records := make([]record, len(in.Candidates))
		seed := seeded(1)
		for i, c := range in.Candidates {
			records[i] = record{c.Division, c.Level, c.Category, c.Language, sha256.Sum256(slices.Concat(seed[:], c.Token[:]))}
		}
		runtime.GC()
		began := time.Now()
		slices.SortFunc(records, func(x, y record) int {
			return cmp.Or(cmp.Compare(x.area, y.area), cmp.Compare(x.level, y.level), cmp.Compare(x.category, y.category), cmp.Compare(x.language, y.language),
				slices.Compare(x.lot[:], y.lot[:]))
		})
		sorting += time.Since(began)
		records = nil
		runtime.GC()
		began = time.Now()
		var err error
		if out, err = arrangement.Arrange(in, seed); err != nil {
			b.Fatal(err)
		}
		tree := out.Tree()
		ours += time.Since(began)
		most = max(most, inUse())
		runtime.KeepAlive(tree)
	}
	b.ReportMetric(ours.Seconds()/sorting.Seconds(), "of-sorting")
	b.ReportMetric(float64(most)/(1<<20), "MiB-arranging")
	b.ReportMetric(float64(len(out.Rooms))/float64(leastRooms(in)), "of-least-rooms")
	alone := *in
	alone.Rules.Neighbour = false
	random, err := arrangement.Arrange(&alone, seeded(1))
	if err != nil {
		b.Fatal(err)
	}
	pairs := sideBySide(in, out)
	b.ReportMetric(float64(pairs), "neighbours")
	b.ReportMetric(float64(pairs)/float64(sideBySide(in, random)), "of-random-neighbours")
}

// inUse is what the program holds of the machine's memory, unreturned and unswept too.
func inUse() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// leastRooms sums ⌈n/30⌉ over those who may share a room.
func leastRooms(in *arrangement.Input) (least int) {
	pools := map[string]int{}
	for _, c := range in.Candidates {
		ends, need := "gq", ""
		if c.Level == "3" {
			ends = "zsb"
		}
		if c.Need == "time" {
			need = c.Need
		}
		pools[c.Division+ends+need]++
	}
	for _, n := range pools {
		least += (n + in.Rules.Size - 1) / in.Rules.Size
	}
	return least
}

// sideBySide counts neighbours of one origin.
func sideBySide(in *arrangement.Input, out *arrangement.Result) (pairs int) {
	origin := map[arrangement.Token]uint64{}
	for _, c := range in.Candidates {
		origin[c.Token] = c.Origin
	}
	grid, _ := arrangement.GridOf(in.Rules.Grid)
	begin := 0
	for _, r := range out.Rooms {
		seats := out.Seats[begin : begin+r.Seats]
		begin += r.Seats
		for i := range seats {
			for j := range i {
				d := abs(grid.Seats[i].Column-grid.Seats[j].Column) + abs(grid.Seats[i].Row-grid.Seats[j].Row)
				if o := origin[seats[i].Token]; d == 1 && o != 0 && o == origin[seats[j].Token] {
					pairs++
				}
			}
		}
	}
	return pairs
}

// BenchmarkRevise corrects a province of which one in a hundred is gone.
func BenchmarkRevise(b *testing.B) {
	in := province(400_000)
	before, err := arrangement.Arrange(in, arrangement.Seed{1})
	if err != nil {
		b.Fatal(err)
	}
	list := *in
	list.Candidates = in.Candidates[len(in.Candidates)/100:]
	for b.Loop() {
		r, err := arrangement.Revise(&list, arrangement.Seed{1}, before)
		if err != nil || r.Kept() != len(list.Candidates) {
			b.Fatal(r.Kept(), err)
		}
		_ = r.Tree()
	}
}
