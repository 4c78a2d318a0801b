package camera

import (
	"image"
	"math"
)

// Measures of a head in distances between the pupils, from anthropometry
// (pupils 63 mm, face 138 mm wide, pupils to chin 115 mm, to the top of the hair
// 126 mm). Only the eyes are found; of the rest the hair is measured where the
// background lets us.
const (
	faceWidth = 2.18
	toChin    = 1.83
	toHair    = 2.0
)

// head is where a head's parts are, in pixels of the frame.
type head struct {
	middle     Point // between the eyes
	pupils     float64
	hair, chin float64
}

func headOf(f Face) head {
	h := head{middle: Point{f.Center.X, f.Center.Y - squareBelowEyes*f.Size}, pupils: f.Size / squarePerPupils}
	if f.HasEyes {
		h.middle = Point{(f.LeftEye.X + f.RightEye.X) / 2, (f.LeftEye.Y + f.RightEye.Y) / 2}
		h.pupils = f.EyeDistance()
	}
	h.hair, h.chin = f.HairTop, h.middle.Y+toChin*h.pupils
	if h.hair == 0 {
		h.hair = h.middle.Y - toHair*h.pupils
	}
	return h
}

// crop is the part of the frame that becomes the photo.
type crop struct {
	x, y, w, h float64
	scale      float64 // produced pixels for one of the frame
	outside    float64 // how far it sticks out of the frame, in parts of its own size
	fits       bool    // all measures of the profile are kept
}

// compose finds the part of the frame that keeps the profile's measures and,
// among those, the one that lies within the frame and near the middle of each
// range.
func compose(f Face, bounds image.Rectangle, p Profile) crop {
	h := headOf(f)
	width, height := float64(p.Width), float64(p.Height)
	sizes := Range{0, math.Inf(1)}
	add := func(r Range, whole, part float64) {
		if !r.any() && part > 0 {
			sizes = Range{max(sizes.Min, r.Min*whole/part), min(sizes.Max, r.Max*whole/part)}
		}
	}
	c := p.Composition
	if c.FaceWidth.any() && c.HeadHeight.any() && c.Pupils.any() {
		c.HeadHeight = Range{.6, .75}
	}
	add(c.FaceWidth, width, faceWidth*h.pupils)
	add(c.HeadHeight, height, h.chin-h.hair)
	add(c.Pupils, width, h.pupils)
	fits := sizes.Min <= sizes.Max
	if !fits {
		sizes = Range{sizes.mid(), sizes.mid()}
	}
	const steps = 8
	best, least := crop{}, math.Inf(1)
	for i := range steps + 1 {
		k := sizes.Min + (sizes.Max-sizes.Min)*float64(i)/steps
		tops, ok := topRange(c, h, k, height)
		for j := range steps + 1 {
			top := tops.Min + (tops.Max-tops.Min)*float64(j)/steps
			try := crop{x: h.middle.X - width/2/k, y: h.hair - top/k, w: width / k, h: height / k, scale: k, fits: fits && ok}
			try.outside = try.sticksOut(bounds)
			cost := try.outside*1000 + math.Abs(float64(i)/steps-.5) + math.Abs(float64(j)/steps-.5)
			if !try.fits {
				cost += 100
			}
			if cost < least {
				best, least = try, cost
			}
		}
	}
	return best
}

// topRange is how far from the top edge the hair may be, in produced pixels, at
// a scale. The eyes' rule wins where rules contradict.
func topRange(c Composition, h head, scale, height float64) (r Range, ok bool) {
	r, ok = Range{0, height}, true
	narrow := func(lo, hi float64) {
		n := Range{max(r.Min, lo), min(r.Max, hi)}
		if n.Min > n.Max {
			ok = false
			if lo > r.Max {
				n = Range{r.Max, r.Max}
			} else {
				n = Range{r.Min, r.Min}
			}
		}
		r = n
	}
	fromBottom := func(want Range, below float64) { // below: from the hair down
		if !want.any() {
			narrow(height-want.Max*height-scale*below, height-want.Min*height-scale*below)
		}
	}
	fromBottom(c.Eyes, h.middle.Y-h.hair)
	fromBottom(c.Chin, h.chin-h.hair)
	if c.HairTop.any() {
		c.HairTop = Range{.03, .15}
	}
	narrow(c.HairTop.Min*height, c.HairTop.Max*height)
	return r, ok
}

func (c crop) sticksOut(b image.Rectangle) float64 {
	over := func(v, whole float64) float64 { return max(0, v) / whole }
	return max(over(float64(b.Min.X)-c.x, c.w), over(c.x+c.w-float64(b.Max.X), c.w),
		over(float64(b.Min.Y)-c.y, c.h), over(c.y+c.h-float64(b.Max.Y), c.h))
}

// rect is the crop in whole pixels, moved and cut into the frame.
func (c crop) rect(b image.Rectangle) image.Rectangle {
	x, y, w, h := int(math.Round(c.x)), int(math.Round(c.y)), int(math.Round(c.w)), int(math.Round(c.h))
	x, y = max(b.Min.X, min(x, b.Max.X-w)), max(b.Min.Y, min(y, b.Max.Y-h))
	return image.Rect(x, y, x+w, y+h).Intersect(b)
}
