package camera

import (
	"cmp"
	_ "embed"
	"image"
	"math"
	"slices"
	"sync"

	pigo "github.com/esimov/pigo/core"
)

// The cascades are those of github.com/esimov/pigo v1.4.6 (MIT, see
// data/LICENSE.pigo), which has them from nenadmarkus/pico (MIT).
var (
	//go:embed data/facefinder
	facefinder []byte
	//go:embed data/puploc
	puploc []byte
)

// detector is the unpacked cascades; they never change and are safe to share.
type detector struct {
	faces *pigo.Pigo
	eyes  *pigo.PuplocCascade
}

// cascades are unpacked once, 10 ms. They are part of the program: a fault in
// them is ours.
var cascades = sync.OnceValue(func() detector {
	faces, err := pigo.NewPigo().Unpack(facefinder)
	if err != nil {
		panic(err)
	}
	eyes, err := pigo.NewPuplocCascade().UnpackCascade(puploc)
	if err != nil {
		panic(err)
	}
	return detector{faces, eyes}
})

const (
	// searchWidth is the width of the grey picture the face is looked for in.
	searchWidth = 640
	// perturbs must be 63: the library sorts all 63 places of a pooled array,
	// stale ones included, whatever number is asked for.
	perturbs = 63
	// The detector's square is about this many distances between the pupils, and
	// its middle lies this part of its side below the eyes.
	squarePerPupils = 2.85
	squareBelowEyes = .06
)

// grey is a luma picture.
type grey struct {
	w, h int
	px   []uint8
}

func (g *grey) params() pigo.ImageParams {
	return pigo.ImageParams{Pixels: g.px, Rows: g.h, Cols: g.w, Dim: g.w}
}

// findFaces looks for upright faces, and if there are none for tilted ones.
func findFaces(luma *grey, minScore float64) []Face {
	small, factor := luma, 1.0
	if luma.w > searchWidth {
		factor = float64(luma.w) / searchWidth
		small = luma.scaled(searchWidth, max(1, int(math.Round(float64(luma.h)/factor))))
	}
	found := search(small, minScore)
	turned := 0.0
	// The detector itself can turn its window, but clamps columns to the number
	// of rows and so goes wrong on pictures wider than high: we turn the picture.
	for _, by := range []float64{28, -28} {
		if len(found) > 0 {
			break
		}
		if found = search(small.turned(by), minScore); len(found) > 0 {
			turned = by
		}
	}
	faces := make([]Face, 0, len(found))
	for _, d := range found {
		c := turnPoint(Point{float64(d.Col), float64(d.Row)}, small, -turned)
		f := Face{Center: Point{c.X * factor, c.Y * factor}, Size: float64(d.Scale) * factor, Score: float64(d.Q), Roll: -turned}
		f.findEyes(luma, turned)
		faces = append(faces, f)
	}
	slices.SortFunc(faces, func(a, b Face) int { return cmp.Compare(b.Size, a.Size) })
	return faces
}

func search(g *grey, minScore float64) []pigo.Detection {
	side := min(g.w, g.h)
	if side < 64 {
		return nil
	}
	d := cascades().faces
	all := d.RunCascade(pigo.CascadeParams{MinSize: 44, MaxSize: side, ShiftFactor: .1, ScaleFactor: 1.12, ImageParams: g.params()}, 0)
	all = merged(d.ClusterDetections(all, .2))
	largest := 0
	for _, f := range all {
		if float64(f.Q) >= minScore {
			largest = max(largest, f.Scale)
		}
	}
	// Another face counts when it is near the size of the first: somebody far
	// behind is the background's matter, and small squares are often no faces.
	return slices.DeleteFunc(all, func(f pigo.Detection) bool { return float64(f.Q) < minScore || f.Scale*5 < largest*2 })
}

// merged leaves the surest of squares that lie on one another: the library's
// clusters can be two for one face.
func merged(all []pigo.Detection) []pigo.Detection {
	slices.SortFunc(all, func(a, b pigo.Detection) int { return cmp.Compare(b.Q, a.Q) })
	kept := all[:0]
	for _, d := range all {
		if !slices.ContainsFunc(kept, func(k pigo.Detection) bool {
			return 2*max(abs(d.Row-k.Row), abs(d.Col-k.Col)) < max(d.Scale, k.Scale)
		}) {
			kept = append(kept, d)
		}
	}
	return kept
}

func abs(v int) int { return max(v, -v) }

// findEyes sets the pupils, found in the whole picture, if they are where eyes
// can be.
func (f *Face) findEyes(luma *grey, turned float64) {
	g, c := luma, f.Center
	if turned != 0 {
		g = luma.turned(turned)
		c = turnPoint(c, luma, turned)
	}
	eye := func(side float64) Point {
		at := cascades().eyes.RunDetector(pigo.Puploc{Row: int(c.Y - .085*f.Size), Col: int(c.X + side*.185*f.Size), Scale: float32(.4 * f.Size), Perturbs: perturbs}, g.params(), 0, false)
		return Point{float64(at.Col), float64(at.Row)}
	}
	right, left := eye(-1), eye(1) // in the picture her right eye is at the left
	apart := hypot(left.X-right.X, left.Y-right.Y)
	if apart < .25*f.Size || apart > .65*f.Size || left.X <= right.X {
		return
	}
	f.HasEyes = true
	f.LeftEye, f.RightEye = turnPoint(left, luma, -turned), turnPoint(right, luma, -turned)
	f.Roll = math.Atan2(f.LeftEye.Y-f.RightEye.Y, f.LeftEye.X-f.RightEye.X) * 180 / math.Pi
}

// turned gives the picture turned by degrees (clockwise as seen) about its
// middle, same size, edges repeated.
func (g *grey) turned(degrees float64) *grey {
	out := &grey{g.w, g.h, make([]uint8, len(g.px))}
	for y := range g.h {
		for x := range g.w {
			p := turnPoint(Point{float64(x), float64(y)}, g, -degrees)
			out.px[y*g.w+x] = g.px[clampInt(int(p.Y+.5), g.h)*g.w+clampInt(int(p.X+.5), g.w)]
		}
	}
	return out
}

// turnPoint gives where a point of g is after turned(degrees).
func turnPoint(p Point, g *grey, degrees float64) Point {
	if degrees == 0 {
		return p
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(g.w)/2, float64(g.h)/2
	dx, dy := p.X-cx, p.Y-cy
	return Point{cx + cos*dx - sin*dy, cy + sin*dx + cos*dy}
}

func clampInt(v, n int) int { return min(max(v, 0), n-1) }

// scaled is an area average: what it makes has less noise, not more edges.
func (g *grey) scaled(w, h int) *grey {
	out := &grey{w, h, make([]uint8, w*h)}
	g.scaleInto(out, image.Rect(0, 0, g.w, g.h))
	return out
}

// scaleInto fills out with the part r of g, which must lie within it.
func (g *grey) scaleInto(out *grey, r image.Rectangle) {
	for y := range out.h {
		y0 := r.Min.Y + y*r.Dy()/out.h
		y1 := max(y0+1, r.Min.Y+(y+1)*r.Dy()/out.h)
		for x := range out.w {
			x0 := r.Min.X + x*r.Dx()/out.w
			x1 := max(x0+1, r.Min.X+(x+1)*r.Dx()/out.w)
			sum := 0
			for yy := y0; yy < y1; yy++ {
				for _, v := range g.px[yy*g.w+x0 : yy*g.w+x1] {
					sum += int(v)
				}
			}
			out.px[y*out.w+x] = uint8(sum / ((y1 - y0) * (x1 - x0)))
		}
	}
}

// lumaOf takes the brightness of a picture; of a camera's own it is a copy of
// the plane that is there.
func lumaOf(img image.Image) *grey {
	b := img.Bounds()
	g := &grey{b.Dx(), b.Dy(), make([]uint8, b.Dx()*b.Dy())}
	switch src := img.(type) {
	case *image.YCbCr:
		for y := range g.h {
			o := src.YOffset(b.Min.X, b.Min.Y+y)
			copy(g.px[y*g.w:(y+1)*g.w], src.Y[o:])
		}
	case *image.RGBA:
		for y := range g.h {
			o := src.PixOffset(b.Min.X, b.Min.Y+y)
			for x := range g.w {
				p := src.Pix[o+4*x : o+4*x+3 : o+4*x+3]
				g.px[y*g.w+x] = luma(p[0], p[1], p[2])
			}
		}
	default:
		for y := range g.h {
			for x := range g.w {
				r, gr, bl, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
				g.px[y*g.w+x] = luma(byte(r>>8), byte(gr>>8), byte(bl>>8))
			}
		}
	}
	return g
}

func luma(r, g, b byte) byte {
	return byte((19595*int(r) + 38470*int(g) + 7471*int(b) + 1<<15) >> 16)
}
