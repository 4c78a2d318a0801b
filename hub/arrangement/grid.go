package arrangement

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"
)

//go:embed grids.csv
var gridsCSV string // grid, n, seat_no, column_from_door, row_from_front

// Place is where a seat stands: column from the door, row from the front, from 1.
type Place struct{ Column, Row int }

// Grid is how the seats of a room stand (domain §1.10): seat 01 in front by the door,
// then down and up.
type Grid struct {
	Name  string
	Seats []Place // seat n is at n-1
	// near has, for each seat, those beside, before and behind it.
	near [][]int
}

// Front reports whether seat n, from 1, is in the front row.
func (g *Grid) Front(n int) bool { return g.Seats[n-1].Row == 1 }

// front counts the seats of the front row among the first n.
func (g *Grid) front(n int) (count int) {
	for _, p := range g.Seats[:n] {
		if p.Row == 1 {
			count++
		}
	}
	return count
}

var grids = sync.OnceValue(func() map[string]*Grid {
	rows, err := csv.NewReader(strings.NewReader(gridsCSV)).ReadAll()
	if err != nil {
		panic("arrangement: grids.csv: " + err.Error()) // ours, and tested
	}
	out := map[string]*Grid{}
	for _, r := range rows[1:] {
		g := out[r[0]]
		if g == nil {
			g = &Grid{Name: r[0]}
			out[r[0]] = g
		}
		column, _ := strconv.Atoi(r[3])
		row, _ := strconv.Atoi(r[4])
		g.Seats = append(g.Seats, Place{column, row})
	}
	for _, g := range out {
		at := map[Place]int{}
		for i, p := range g.Seats {
			at[p] = i
		}
		g.near = make([][]int, len(g.Seats))
		for i, p := range g.Seats {
			for _, d := range []Place{{0, 1}, {0, -1}, {1, 0}, {-1, 0}} {
				if j, ok := at[Place{p.Column + d.Column, p.Row + d.Row}]; ok {
					g.near[i] = append(g.near[i], j)
				}
			}
		}
	}
	return out
})

// GridOf finds a grid by name.
func GridOf(name string) (*Grid, bool) {
	g, ok := grids()[name]
	return g, ok
}
