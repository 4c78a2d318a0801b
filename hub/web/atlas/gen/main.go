// Command gen makes the outlines of package atlas from GeoJSON:
//
//	go run ./gen COUNTY.geojson PREFECTURE.geojson > hunan.txt
//
// A line is kind (c county, p prefecture), code, label point and rings, ";"
// between rings: the first vertex and then the steps to the next ones, as pairs
// of whole numbers. Vertices lie on a grid of atlas.Grid units over the width.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

// grid is how many units the map is wide; package atlas draws by it.
const grid = 6000

type feature struct {
	ID         string
	Properties struct {
		Code string
		Cp   [2]float64
	}
	Geometry struct {
		Type        string
		Coordinates json.RawMessage
	}
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: gen COUNTY.geojson PREFECTURE.geojson > hunan.txt")
	}
	var all [2][]feature
	for i, path := range args {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var doc struct{ Features []feature }
		if err := json.Unmarshal(raw, &doc); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all[i] = doc.Features
	}
	v, err := viewOf(all[0])
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "size %d %d\n", grid, v.height)
	for i, kind := range []string{"c", "p"} {
		slices.SortFunc(all[i], func(a, b feature) int { return strings.Compare(a.Properties.Code, b.Properties.Code) })
		for _, f := range all[i] {
			rings, err := f.rings()
			if err != nil {
				return err
			}
			x, y := v.at(f.Properties.Cp)
			fmt.Fprintf(w, "%s %s %d %d ", kind, f.Properties.Code, x, y)
			n := 0
			for _, r := range rings {
				if s := v.ring(r); s != "" {
					if n++; n > 1 {
						w.WriteByte(';')
					}
					w.WriteString(s)
				}
			}
			w.WriteByte('\n')
		}
	}
	return w.Flush()
}

func (f feature) rings() (out [][][2]float64, err error) {
	many := make([][][][2]float64, 1)
	if f.Geometry.Type == "MultiPolygon" {
		err = json.Unmarshal(f.Geometry.Coordinates, &many)
	} else {
		err = json.Unmarshal(f.Geometry.Coordinates, &many[0])
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Properties.Code, err)
	}
	for _, p := range many {
		out = append(out, p...)
	}
	return out, nil
}

// view is an equirectangular projection at the middle latitude, north up: at
// the size of a province on a page its error is below a stroke.
type view struct {
	west, north, k, squeeze float64
	height                  int
}

func viewOf(all []feature) (view, error) {
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, f := range all {
		rings, err := f.rings()
		if err != nil {
			return view{}, err
		}
		for _, r := range rings {
			for _, p := range r {
				west, east = min(west, p[0]), max(east, p[0])
				south, north = min(south, p[1]), max(north, p[1])
			}
		}
	}
	squeeze := math.Cos((south + north) / 2 * math.Pi / 180)
	k := grid / ((east - west) * squeeze)
	return view{west, north, k, squeeze, int(math.Ceil((north - south) * k))}, nil
}

func (v view) at(p [2]float64) (x, y int) {
	return int(math.Round((p[0] - v.west) * v.squeeze * v.k)), int(math.Round((v.north - p[1]) * v.k))
}

// ring writes a ring; "" when nothing is left of it on the grid.
func (v view) ring(r [][2]float64) string {
	var b strings.Builder
	n, lx, ly := 0, 0, 0
	for i, p := range r {
		x, y := v.at(p)
		if i == len(r)-1 && n > 0 { // closes by itself
			break
		}
		if n > 0 && x == lx && y == ly {
			continue
		}
		if n > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d,%d", x-lx, y-ly)
		n, lx, ly = n+1, x, y
	}
	if n < 3 {
		return ""
	}
	return b.String()
}
