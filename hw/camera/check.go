package camera

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Limits are the thresholds of the checks: data, to be calibrated for a camera.
type Limits struct {
	MinScore      float64 // of the detector, for a face
	MinPupils     float64 // pixels between the pupils in the frame (ICAO 9303: 90)
	MaxEnlarged   float64 // how much the photo may be an enlargement of the frame
	MaxOutside    float64 // how far the portrait may stick out of the frame, in parts of its size
	MaxRoll       float64 // degrees (ICAO 9303: 5)
	MinSharpness  float64 // variance of the Laplacian on the face, 128 pixels wide
	Luma          Range   // mean of the face, 0–255
	MaxBurnt      float64 // part of the face's pixels at 250 and above
	MaxSunk       float64 // part of the face's pixels at 10 and below
	MaxSides      float64 // difference of the halves in parts of the brighter
	MaxUneven     float64 // standard deviation of the background, the worst channel
	MaxGaze       float64 // the face's middle beside the middle of the eyes, in distances between the pupils
	MinWhite      float64 // every channel of a white background, at least
	MinGrey       float64 // every channel of a light grey one
	Hue, Strength Range   // of a light blue one: degrees, and HSV saturation
	DarkRoom      float64 // mean of a picture without a face, below which it may be for want of light
}

// DefaultLimits are the thresholds of the literature; those for sharpness and
// evenness were tried on drawn pictures and want calibration at a real camera.
func DefaultLimits() Limits {
	return Limits{MinScore: 8, MinPupils: 80, MaxEnlarged: 1.25, MaxOutside: .01, MaxRoll: 5, MinSharpness: 80, Luma: Range{90, 190},
		MaxBurnt: .01, MaxSunk: .05, MaxSides: .25, MaxUneven: 15, MaxGaze: .25, MinWhite: 200, MinGrey: 190,
		Hue: Range{190, 230}, Strength: Range{.15, .6}, DarkRoom: 50}
}

// Check judges a picture by a profile. It is pure but for the eye finder's
// random starts, which move a pupil by a pixel at most, and may be called from
// several goroutines. A nil lim is DefaultLimits.
//
// What keeps the rest from being judged stands alone: nobody, several people.
func Check(img image.Image, p Profile, lim *Limits) Report {
	l := DefaultLimits()
	if lim != nil {
		l = *lim
	}
	g := lumaOf(img)
	r := Report{Width: g.w, Height: g.h}
	if g.w < 64 || g.h < 64 {
		r.add(AspectFaces, AdviceAskClerk, Refuse, 0, 1, 1)
		return r
	}
	r.Faces = findFaces(g, l.MinScore)
	if len(r.Faces) != 1 {
		r.count(g, l)
		return r
	}
	f := &r.Faces[0]
	if f.HasEyes {
		r.rangeCheck(AspectRoll, math.Abs(f.Roll), Range{0, l.MaxRoll}, AdviceLevelHead, AdviceLevelHead)
	} else {
		r.add(AspectEyes, AdviceShowEyes, PleaseCheck, 0, 1, 1)
		if math.Abs(f.Roll) > l.MaxRoll { // found only in the turned picture
			r.add(AspectRoll, AdviceLevelHead, Refuse, math.Abs(f.Roll), 0, l.MaxRoll)
		}
	}
	r.light(g, headOf(*f), l)
	behind := surroundings(img, headOf(*f))
	if behind.worst() <= 2*l.MaxUneven {
		f.HairTop = hairTop(img, headOf(*f), behind)
	}
	r.framing(*f, image.Rect(0, 0, g.w, g.h), p, l)
	r.background(behind, p, l)
	if h := headOf(*f); f.HasEyes {
		if off := math.Abs(f.Center.X-h.middle.X) / h.pupils; off > l.MaxGaze {
			r.add(AspectGaze, AdviceLookStraight, PleaseCheck, off, 0, l.MaxGaze)
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(a.Weight, b.Weight) })
	return r
}

func (r *Report) add(a Aspect, what Advice, w Weight, value, lo, hi float64) {
	r.Findings = append(r.Findings, Finding{Aspect: a, Advice: what, Weight: w, Value: value, Min: lo, Max: hi})
}

// rangeCheck refuses a value outside its range.
func (r *Report) rangeCheck(a Aspect, v float64, allowed Range, below, above Advice) {
	switch {
	case v < allowed.Min:
		r.add(a, below, Refuse, v, allowed.Min, allowed.Max)
	case v > allowed.Max:
		r.add(a, above, Refuse, v, allowed.Min, allowed.Max)
	}
}

// count tells why there is not exactly one face.
func (r *Report) count(g *grey, l Limits) {
	n := float64(len(r.Faces))
	mean, deviation := moments(g.px)
	switch {
	case n > 1:
		r.add(AspectFaces, AdviceAlone, Refuse, n, 1, 1)
	case isBlack(mean, deviation):
		r.add(AspectBrightness, AdviceAskClerk, Refuse, mean, l.DarkRoom, 255)
	case mean < l.DarkRoom:
		r.add(AspectBrightness, AdviceMoreLight, Refuse, mean, l.DarkRoom, 255)
	default:
		r.add(AspectFaces, AdviceStepIn, Refuse, n, 1, 1)
	}
}

// isBlack tells a covered lens from a dark room: in a dark room something still
// shows.
func isBlack(mean, deviation float64) bool { return mean < 14 && deviation < 6 }

// light judges the face's own pixels: cheeks, nose, mouth and the lower
// forehead, not the hair.
func (r *Report) light(g *grey, h head, l Limits) {
	box := image.Rect(int(h.middle.X-.85*h.pupils), int(h.middle.Y-.55*h.pupils), int(h.middle.X+.85*h.pupils), int(h.middle.Y+1.45*h.pupils)).
		Intersect(image.Rect(0, 0, g.w, g.h))
	if box.Dx() < 8 || box.Dy() < 8 {
		return
	}
	var sum [2]float64
	var n [2]float64
	var burnt, sunk float64
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			v := g.px[y*g.w+x]
			half := 0
			if float64(x) > h.middle.X {
				half = 1
			}
			sum[half] += float64(v)
			n[half]++
			if v >= 250 {
				burnt++
			}
			if v <= 10 {
				sunk++
			}
		}
	}
	all := n[0] + n[1]
	mean := (sum[0] + sum[1]) / all
	r.Brightness = mean
	r.rangeCheck(AspectBrightness, mean, l.Luma, AdviceMoreLight, AdviceLessLight)
	if mean >= l.Luma.Min && mean <= l.Luma.Max {
		r.rangeCheck(AspectBurnt, burnt/all, Range{0, l.MaxBurnt}, 0, AdviceLessLight)
		r.rangeCheck(AspectSunk, sunk/all, Range{0, l.MaxSunk}, 0, AdviceMoreLight)
	}
	left, right := sum[0]/max(1, n[0]), sum[1]/max(1, n[1])
	if n[0] > 0 && n[1] > 0 {
		r.rangeCheck(AspectSides, math.Abs(left-right)/max(left, right, 1), Range{0, l.MaxSides}, 0, AdviceEvenLight)
	}
	r.Sharpness = sharpness(g, h)
	// A dark face has little of any edge: its light comes first.
	if mean >= l.Luma.Min {
		r.rangeCheck(AspectSharpness, r.Sharpness, Range{l.MinSharpness, math.Inf(1)}, AdviceHoldStill, 0)
	}
}

// sharpness is the variance of the Laplacian on the face, brought to one size so
// that near and far, big and small cameras compare.
func sharpness(g *grey, h head) float64 {
	const side = 128
	box := image.Rect(int(h.middle.X-1.0*h.pupils), int(h.middle.Y-.6*h.pupils), int(h.middle.X+1.0*h.pupils), int(h.middle.Y+1.4*h.pupils)).
		Intersect(image.Rect(0, 0, g.w, g.h))
	if box.Dx() < 32 || box.Dy() < 32 {
		return 0
	}
	face := &grey{side, side, make([]uint8, side*side)}
	g.scaleInto(face, box)
	var sum, squares, n float64
	for y := 1; y < side-1; y++ {
		for x := 1; x < side-1; x++ {
			i := y*side + x
			v := float64(4*int(face.px[i]) - int(face.px[i-1]) - int(face.px[i+1]) - int(face.px[i-side]) - int(face.px[i+side]))
			sum += v
			squares += v * v
			n++
		}
	}
	return squares/n - (sum/n)*(sum/n)
}

// framing judges size and place.
func (r *Report) framing(f Face, b image.Rectangle, p Profile, l Limits) {
	h := headOf(f)
	c := compose(f, b, p)
	switch {
	case h.pupils < l.MinPupils:
		r.add(AspectSize, AdviceCloser, Refuse, h.pupils, l.MinPupils, math.Inf(1))
		return
	case c.scale > l.MaxEnlarged:
		r.add(AspectSize, AdviceCloser, Refuse, h.pupils, h.pupils*c.scale/l.MaxEnlarged, math.Inf(1))
		return
	case c.h > float64(b.Dy())*(1+l.MaxOutside) || c.w > float64(b.Dx())*(1+l.MaxOutside):
		r.add(AspectSize, AdviceFurther, Refuse, h.pupils, l.MinPupils, h.pupils*min(float64(b.Dy())/c.h, float64(b.Dx())/c.w))
		return
	}
	if c.outside > l.MaxOutside {
		r.add(AspectPosition, c.away(b), Refuse, c.outside, 0, l.MaxOutside)
	}
	if !c.fits {
		r.add(AspectFit, AdviceAskClerk, PleaseCheck, 0, 1, 1)
	}
}

// away says where to go from the edge the portrait sticks out of most.
func (c crop) away(b image.Rectangle) Advice {
	worst, advice := 0.0, AdviceFurther
	for _, e := range []struct {
		over   float64
		advice Advice
	}{
		{float64(b.Min.X) - c.x, AdviceMoveLeft}, // at the picture's left: to its right, which is her left
		{c.x + c.w - float64(b.Max.X), AdviceMoveRight},
		{float64(b.Min.Y) - c.y, AdviceMoveDown},
		{c.y + c.h - float64(b.Max.Y), AdviceMoveUp},
	} {
		if e.over > worst {
			worst, advice = e.over, e.advice
		}
	}
	return advice
}

func moments(px []uint8) (mean, deviation float64) {
	var sum, squares float64
	for _, v := range px {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := max(1, float64(len(px)))
	mean = sum / n
	return mean, math.Sqrt(max(0, squares/n-mean*mean))
}
