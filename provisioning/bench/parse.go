package bench

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Sample is what one line of a benchmark says: values by their unit.
type Sample struct {
	Name   string // without the "Benchmark" and the number of processors
	Runs   int64
	Values map[string]float64
	Units  []string // in the order of the line
}

// Parse reads the output of go test -bench.
func Parse(r io.Reader) ([]Sample, error) {
	var out []Sample
	for in := bufio.NewScanner(r); ; {
		if !in.Scan() {
			return out, in.Err()
		}
		f := strings.Fields(in.Text())
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		runs, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			continue // a line of a test's own output
		}
		name := strings.TrimPrefix(f[0], "Benchmark")
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			if _, err := strconv.Atoi(name[i+1:]); err == nil {
				name = name[:i]
			}
		}
		s := Sample{Name: name, Runs: runs, Values: map[string]float64{}}
		for i := 2; i+1 < len(f); i += 2 {
			v, err := strconv.ParseFloat(f[i], 64)
			if err != nil {
				break
			}
			s.Values[f[i+1]] = v
			s.Units = append(s.Units, f[i+1])
		}
		out = append(out, s)
	}
}

// Row is all samples of one benchmark and unit.
type Row struct {
	Name, Unit string
	Values     []float64 // in the order they were measured
}

// Rows gathers samples, keeping the order in which names and units came.
func Rows(samples []Sample) []Row {
	var rows []Row
	for _, s := range samples {
		for _, u := range s.Units {
			i := slices.IndexFunc(rows, func(r Row) bool { return r.Name == s.Name && r.Unit == u })
			if i < 0 {
				rows = append(rows, Row{Name: s.Name, Unit: u})
				i = len(rows) - 1
			}
			rows[i].Values = append(rows[i].Values, s.Values[u])
		}
	}
	return rows
}

// Median of the row's values; of an even number, the lower of the middle two.
func (r Row) Median() float64 {
	v := slices.Sorted(slices.Values(r.Values))
	return v[(len(v)-1)/2]
}
