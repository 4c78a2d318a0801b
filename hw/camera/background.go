package camera

import (
	"image"
	"image/color"
	"math"
)

// patch is the mean and the spread of each channel.
type patch struct {
	mean, deviation [3]float64
	n               float64
}

func (p patch) worst() float64 { return max(p.deviation[0], p.deviation[1], p.deviation[2]) }

// rgbAt gives a pixel of the two kinds of picture there are quickly, of others
// slowly. x and y count from the picture's corner.
func rgbAt(img image.Image, x, y int) (r, g, b byte) {
	o := img.Bounds().Min
	switch src := img.(type) {
	case *image.RGBA:
		p := src.Pix[src.PixOffset(o.X+x, o.Y+y):]
		return p[0], p[1], p[2]
	case *image.YCbCr:
		i, j := src.YOffset(o.X+x, o.Y+y), src.COffset(o.X+x, o.Y+y)
		return color.YCbCrToRGB(src.Y[i], src.Cb[j], src.Cr[j])
	default:
		r, g, b, _ := img.At(o.X+x, o.Y+y).RGBA()
		return byte(r >> 8), byte(g >> 8), byte(b >> 8)
	}
}

// behind is what lies beside and above a head: all of it, and each side.
type behind struct {
	patch
	sides [2]patch // left and right in the picture
}

// tally sums up points.
type tally struct{ n, sum, squares [3]float64 }

func (t *tally) add(r, g, b byte) {
	for i, v := range [3]byte{r, g, b} {
		t.n[i]++
		t.sum[i] += float64(v)
		t.squares[i] += float64(v) * float64(v)
	}
}

func (t *tally) patch() patch {
	p := patch{n: t.n[0]}
	for i := range 3 {
		if t.n[i] > 0 {
			p.mean[i] = t.sum[i] / t.n[i]
			p.deviation[i] = math.Sqrt(max(0, t.squares[i]/t.n[i]-p.mean[i]*p.mean[i]))
		}
	}
	return p
}

// surroundings measures the top corners and the strips at the head's sides,
// outside hair and shoulders.
func surroundings(img image.Image, h head) behind {
	b := img.Bounds()
	d := h.pupils
	left, right := h.middle.X-1.55*d, h.middle.X+1.55*d
	var all tally
	var sides [2]tally
	step := max(1, int(d/24))
	for y := max(0, int(h.middle.Y-2.15*d)); y < min(b.Dy(), int(h.middle.Y+.5*d)); y += step {
		for x := max(0, int(h.middle.X-1.9*d)); x < min(b.Dx(), int(h.middle.X+1.9*d)); x += step {
			if float64(x) > left && float64(x) < right && oblong(float64(x), float64(y), h) {
				continue
			}
			r, g, bl := rgbAt(img, x, y)
			all.add(r, g, bl)
			side := 0
			if float64(x) > h.middle.X {
				side = 1
			}
			sides[side].add(r, g, bl)
		}
	}
	return behind{all.patch(), [2]patch{sides[0].patch(), sides[1].patch()}}
}

// oblong says whether a point may belong to the head or its hair.
func oblong(x, y float64, h head) bool {
	if y > h.middle.Y {
		return true
	}
	dx, dy := (x-h.middle.X)/(1.55*h.pupils), (y-h.middle.Y)/(2.3*h.pupils)
	return dx*dx+dy*dy < 1
}

// hairTop looks down from above the head for the first row that is not
// background; 0 where there is none at a likely height.
func hairTop(img image.Image, h head, behind behind) float64 {
	d, b := h.pupils, img.Bounds()
	tolerance := 28 + 2*behind.worst()
	for y := max(0, int(h.middle.Y-2.7*d)); y < int(h.middle.Y-1.5*d) && y < b.Dy(); y++ {
		hits, n := 0, 0
		for x := int(h.middle.X - .35*d); x < int(h.middle.X+.35*d); x += 3 {
			if x < 0 || x >= b.Dx() {
				continue
			}
			n++
			r, g, bl := rgbAt(img, x, y)
			off := max(math.Abs(float64(r)-behind.mean[0]), math.Abs(float64(g)-behind.mean[1]), math.Abs(float64(bl)-behind.mean[2]))
			if off > tolerance {
				hits++
			}
		}
		if n > 0 && 2*hits > n {
			if float64(y) < h.middle.Y-2.5*d {
				return 0 // something is over the head
			}
			return float64(y)
		}
	}
	return 0
}

// background judges what is behind her by the profile. A white wall in little
// light is not white, and one lit from the side is not even; then it is the
// light that must change, not the wall.
func (r *Report) background(p behind, profile Profile, l Limits) {
	if p.n == 0 || profile.Background == 0 {
		return
	}
	if p.worst() > l.MaxUneven {
		advice := AdvicePlainBackground
		if max(p.sides[0].worst(), p.sides[1].worst()) <= l.MaxUneven {
			advice = AdviceEvenLight
		}
		r.add(AspectEvenness, advice, Refuse, p.worst(), 0, l.MaxUneven)
		return
	}
	low := min(p.mean[0], p.mean[1], p.mean[2])
	hue, strength := hueOf(p.mean)
	const neutral = .1
	want := profile.Background
	switch {
	case want&AnyColour != 0,
		want&White != 0 && low > l.MinWhite && strength < neutral,
		want&LightGrey != 0 && low > l.MinGrey && strength < neutral,
		want&LightBlue != 0 && l.Hue.Holds(hue) && l.Strength.Holds(strength):
		return
	case want&(White|LightGrey) != 0 && strength < neutral && low > 1.2*r.Brightness:
		r.add(AspectColour, AdviceMoreLight, Refuse, low, l.MinWhite, 255)
	case want&(White|LightGrey) != 0:
		r.add(AspectColour, AdviceBackgroundColour, Refuse, low, l.MinWhite, 255)
	default:
		r.add(AspectColour, AdviceBackgroundColour, Refuse, hue, l.Hue.Min, l.Hue.Max)
	}
}

// hueOf is HSV's hue in degrees, and its saturation.
func hueOf(c [3]float64) (hue, strength float64) {
	hi, lo := max(c[0], c[1], c[2]), min(c[0], c[1], c[2])
	if hi == 0 || hi == lo {
		return 0, 0
	}
	span := hi - lo
	switch hi {
	case c[0]:
		hue = math.Mod((c[1]-c[2])/span+6, 6)
	case c[1]:
		hue = (c[2]-c[0])/span + 2
	default:
		hue = (c[0]-c[1])/span + 4
	}
	return hue * 60, span / hi
}
