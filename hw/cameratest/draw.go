package cameratest

import "math"

// at gives the person's colour and coverage at a point in his own measure: the
// eyes at (∓½, 0), y downward. px is the size of a pixel in that measure.
func (p *person) at(x, y, px float64) (rgb, float32) {
	seam := math.Max(px, .012)
	var c rgb
	var cover float32
	over := func(with rgb, a float32) {
		if a <= 0 {
			return
		}
		c = c.mix(with, a)
		cover += (1 - cover) * a
	}
	lay := func(with rgb, a float32) { // the first layer must not mix with black
		if cover == 0 {
			c = with
		}
		over(with, a)
	}
	near := math.Abs(x) < 1.6 && y > -2.3 // beyond there is nothing of a head
	if near && y < 3 {
		p.back(x, y, seam, lay)
	}
	p.body(x, y, seam, lay)
	if !near || y > 2.6 {
		return c, cover
	}
	p.ears(x, y, seam, lay)
	if face := edge(p.headAt(x, y), seam); face > 0 {
		lay(p.faceAt(x, y, seam), face)
	}
	p.front(x, y, seam, lay)
	if p.glasses {
		p.frames(x, y, seam, lay)
	}
	return c, cover
}

func (p *person) headAt(x, y float64) float64 {
	if y < 0 {
		return oval(x, y, 0, 0, p.wide, 1.74, curve25)
	}
	return oval(x, y, 0, 0, p.wide, p.chin, p.jaw)
}

type layer func(with rgb, a float32)

// back is the hair behind the head.
func (p *person) back(x, y, seam float64, lay layer) {
	if !p.long {
		return
	}
	d := oval(x, y, 0, .1, p.wide+.3, p.crown+.1, curve24)
	if y > .1 {
		w := p.wide + .3 - .04*math.Max(0, y-1)
		d = math.Max(math.Abs(x)-w, y-2.45-.06*math.Sin(x*9+1)-.1*x*x)
	}
	lay(p.hair.times(float32(.8+.12*strand(x*2.1, y*.35))), edge(d, seam*2))
}

// body is neck, shoulders and clothes.
func (p *person) body(x, y, seam float64, lay layer) {
	if y < .8 {
		return
	}
	spread := math.Max(0, y-1.75)
	neck := math.Max(math.Abs(x)-p.neck-.3*spread*spread, math.Max(.8-y, y-3.4))
	round := math.Min(1, x*x/(p.neck*p.neck))
	skin := p.skin.times(float32(.94 - .13*round))
	skin = skin.mix(p.skin.times(.6).mix(rgb{110, 55, 40}, .2), .5*edge(y-(p.chin+.2-.3*x*x), .22))
	skin = skin.mix(p.skin.times(.7), .22*glow(math.Abs(x), y, .2, 2.45, .1, .5))
	lay(skin, edge(neck, seam))

	out := math.Abs(x) / p.shoulders * 2.2
	top := 2.2 + .2*math.Abs(x) + .1*out*out*out
	cloth := math.Max(top-y, math.Abs(x)-p.shoulders-.1*(y-3))
	cloth = math.Max(cloth, -oval(x, y, 0, 1.95, p.neck+.06, .58, circle)) // the neck's opening
	fold := 1 - .16*float32(math.Abs(x)/p.shoulders) - .1*glow(math.Abs(x), y, 1.5, 3.9, .35, 1.3) + .07*glow(math.Abs(x), y, 1, 2.9, .7, .5)
	switch p.collar {
	case 0: // a coat over a shirt
		lay(p.shirt.times(fold), edge(math.Max(cloth, -1), seam))
		open := (y-2.15)*.42 - .02
		lay(p.coat.times(fold), edge(math.Max(cloth+.02, open-math.Abs(x)+.2), seam))
		lapel := math.Abs(math.Abs(x) - open - .22)
		lay(p.coat.times(.7), edge(math.Max(cloth, lapel-.018), seam)*.8)
		lay(p.shirt.times(.86), edge(math.Max(math.Abs(oval(x, y, 0, 1.95, p.neck+.12, .66, circle))-.02, math.Abs(x)-.3), seam)*.7)
	case 1: // a round collar
		lay(p.coat.times(fold), edge(cloth, seam))
		rim := math.Abs(oval(x, y, 0, 1.95, p.neck+.12, .64, circle)) - .05
		lay(p.coat.times(.72), edge(math.Max(rim, cloth), seam))
	default: // a shirt's collar under a pullover
		lay(p.coat.times(fold), edge(cloth, seam))
		wing := math.Max(oval(x, y, 0, 2.08, p.neck+.34, .74, circle), y-2.9+.9*math.Abs(math.Abs(x)-.4))
		lay(p.shirt.times(1-.12*glow(x, y, 0, 2.5, .3, .5)), edge(math.Max(wing, math.Max(cloth, 2.05-y)), seam))
		lay(p.shirt.times(.7), edge(math.Max(math.Abs(wing)-.012, cloth), seam)*.5)
	}
}

func (p *person) ears(x, y, seam float64, lay layer) {
	if p.long {
		return
	}
	ax := math.Abs(x)
	lay(p.skin.times(.9), edge(oval(ax, y, p.wide, .22, .13, .34, circle), seam))
	lay(p.skin.times(.72), .5*glow(ax, y, p.wide+.03, .22, .07, .2))
}

// faceAt is skin with light on it, and the features.
func (p *person) faceAt(x, y, seam float64) rgb {
	ax := math.Abs(x)
	s := p.skin
	dark, warm := s.times(.62).mix(rgb{90, 40, 30}, .15), rgb{214, 110, 100}
	// The round of the head.
	rim := float32(math.Pow(ax/p.wide, 3))
	s = s.times(1 - .17*rim)
	s = s.mix(dark, .4*edge(p.chin-.02-y, .35)*.4)
	s = s.mix(rgb{255, 245, 232}, .2*glow(x, y, 0, -.75, .8, .6)+.16*glow(ax, y, .52, .5, .4, .32)+.12*glow(x, y, 0, p.chin-.28, .3, .22))
	s = s.mix(warm, (.08+p.blush)*glow(ax, y, .6, .62, .42, .34))
	s = s.mix(p.hair, p.stubble*glow(x, y, 0, 1.35, .8, .6))
	// Sockets, the side of the nose, below the lip, below the hair.
	s = s.mix(dark, .44*glow(ax, y, .46, -.07, .42, .32))
	s = s.mix(dark, .22*glow(ax, y, .2, .02, .14, .4))
	s = s.mix(dark, .2*glow(x, y, 0, p.mouthLow+.2, .3, .1))
	s = s.mix(dark, .2*edge(y+p.line-.14, .16))
	p.noseOn(x, y, &s, dark)
	p.mouthOn(x, y, seam, &s, dark)
	for _, side := range []float64{-1, 1} {
		p.eyeOn(side*x, y, seam, &s, dark)
	}
	return s
}

func (p *person) noseOn(x, y float64, s *rgb, dark rgb) {
	ax := math.Abs(x)
	*s = s.mix(rgb{255, 246, 236}, .3*glow(x, y, 0, .35, .1, .45)+.22*glow(x, y, 0, p.nose-.08, .12, .12))
	*s = s.mix(dark, .2*glow(ax, y, .15, p.nose*.6, .1, .4))
	*s = s.mix(dark, .42*glow(ax, y, p.noseWide+.03, p.nose+.02, .1, .12))
	*s = s.mix(dark.times(.45), .85*glow(ax, y, p.noseWide*.5, p.nose+.07, .085, .05))
	*s = s.mix(dark, .35*glow(x, y, 0, p.nose+.13, .24, .09))
	*s = s.mix(dark, .14*glow(ax, y, .46, p.nose+.2, .12, .3))
}

func (p *person) mouthOn(x, y, seam float64, s *rgb, dark rgb) {
	ax := math.Abs(x) / p.mouth
	if ax > 1.15 {
		return
	}
	mid := p.mouthLow - p.smile*ax*ax*2
	fall := math.Sqrt(math.Max(0, 1-ax*ax))
	up := mid - p.lip*fall*(1-.25*math.Exp(-40*x*x))
	down := mid + p.lip*1.45*fall
	*s = s.mix(p.lips.times(.9), edge(math.Max(up-y, y-mid), seam*2)*.9)
	*s = s.mix(p.lips, edge(math.Max(mid-y, y-down), seam*2.5)*.85)
	*s = s.mix(rgb{255, 225, 215}, .25*glow(x, y, 0, mid+p.lip*.8, p.mouth*.5, p.lip*.6))
	*s = s.mix(dark.times(.4), .85*edge(math.Max(math.Abs(y-mid)-.012, (ax-1.02)*p.mouth), seam*1.6))
	*s = s.mix(dark, .4*glow(ax, y, 1.02, mid, .15, .07))
}

// eyeOn draws the eye at (+½, 0).
func (p *person) eyeOn(x, y, seam float64, s *rgb, dark rgb) {
	if x < 0 || x > 1.1 || y < -.6 || y > .4 {
		return
	}
	u, v := x-.5, y+p.slant*(x-.5)*2
	t := u / p.eyeWide
	// Brow.
	bt := (u + .02) / (p.eyeWide * 1.35)
	arch := -p.browHigh + .07*bt*bt + .03*bt
	*s = s.mix(p.hair, .9*edge(math.Max(math.Abs(y-arch)-p.browThick*(1-.45*bt*math.Abs(bt)-.1*bt*bt), (math.Abs(bt)-1)*.3), .035))
	// Crease and socket line.
	*s = s.mix(dark, .5*edge(math.Max(math.Abs(v+p.eyeHigh*1.75*(1-.6*t*t))-.008, (math.Abs(t)-.95)*.2), .02))
	if math.Abs(t) > 1.25 {
		return
	}
	open := math.Max(0, 1-t*t)
	upper, lower := -p.eyeHigh*math.Pow(open, .6), p.eyeHigh*.8*math.Pow(open, .75)
	inside := edge(math.Max(math.Max(upper-v, v-lower), (math.Abs(t)-1)*p.eyeWide), seam*1.3)
	eye := rgb{240, 234, 228}.mix(dark, .35*glow(u, v, 0, upper, p.eyeWide*1.2, .09)+.2*edge(.8-math.Abs(t), .3))
	d := math.Hypot(u, v+.012)
	eye = eye.mix(p.iris.mix(rgb{70, 45, 30}, .5*glow(u, v, 0, .05, .1, .07)), edge(d-.122, seam*1.5))
	eye = eye.mix(rgb{8, 6, 6}, edge(d-.056, seam*1.5))
	eye = eye.mix(rgb{255, 255, 255}, .9*edge(math.Hypot(u+.035, v+.05)-.02, seam*1.2))
	*s = s.mix(eye, inside)
	lid := math.Max(math.Abs(v-upper)-.02, (math.Abs(t)-1.04)*p.eyeWide)
	*s = s.mix(rgb{26, 18, 16}, .92*edge(lid, seam*1.5))
	*s = s.mix(dark, .45*edge(math.Max(math.Abs(v-lower)-.008, (math.Abs(t)-.95)*p.eyeWide), seam*1.5))
	*s = s.mix(dark, .18*glow(u, v, 0, .2, .26, .07))
}

// front is the hair over forehead and temples.
func (p *person) front(x, y, seam float64, lay layer) {
	over := .14
	if p.long {
		over = .2
	}
	outer := oval(x, y, 0, 0, p.wide+over, p.crown, curve24)
	switch {
	case p.long && y > 0:
		outer = math.Max(math.Abs(x)-(p.wide+over)*(1-.02*y), y-2.45)
	case !p.long && y > -.75: // tapers off over the ears
		down := (y + .75) / .95
		outer = math.Max(oval(x, math.Min(y, 0), 0, 0, p.wide+over, p.crown, curve24), math.Max(math.Abs(x)-p.wide-over*(1-down*down), y-.2))
	}
	// The hairline: higher in the middle, down to the temples; a fringe hangs on
	// one side of the parting.
	t := x / p.wide
	line := -p.line + .55*math.Abs(t*t*t)
	if side := (x - p.part) / p.wide; side > -1.4 && p.fringe > .05 {
		line += p.fringe * math.Exp(-6*(side-.35)*(side-.35)) * .8
	}
	line += .02 * strand(x*2.2, 0)
	inner := y - line
	if math.Abs(t) > .8 && y > -.9 { // down beside the temple
		inner = math.Min(inner, (.94-.02*math.Sin(y*7)+.1*math.Max(0, y)*.3-math.Abs(t))*p.wide)
		if !p.long { // a sideburn that runs out to a point
			inner = math.Max(inner, y-.25+2.2*math.Max(0, .98*p.wide-math.Abs(x)))
		}
	}
	shine := float32(.8 + .22*strand(x*2.4+.3*math.Sin(y*2), y*.3))
	shine += .35 * glow(x, y, p.part*.6, -p.crown+.42, .95, .34)
	lay(p.hair.times(shine).mix(rgb{120, 112, 110}, .1*glow(x, y, -.3, -1.5, .8, .35)), edge(math.Max(outer, inner), seam*2.5))
}

// frames are glasses.
func (p *person) frames(x, y, seam float64, lay layer) {
	ax := math.Abs(x)
	rim := math.Abs(oval(ax, y, .52, .05, .4, .3, curve28)) - .018
	dark := rgb{38, 34, 36}
	lay(dark, edge(rim, seam)*.95)
	lay(dark, edge(math.Max(math.Abs(y+.06+.03*math.Cos(x*9))-.018, ax-.14), seam)*.95)
	lay(dark, edge(math.Max(math.Abs(y+.05)-.02, math.Max(.9-ax, ax-p.wide)), seam)*.9)
}

// strand is a cheap wavy pattern between −1 and 1.
func strand(x, y float64) float64 {
	return .6*math.Sin(x*17+y*5+3*math.Sin(x*3.1)) + .4*math.Sin(x*41-y*9)
}
