package cameratest

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// The size of a picture whose Scene gives none.
const (
	DefaultWidth  = 1280
	DefaultHeight = 720
)

// Person is somebody before the camera.
type Person struct {
	Seed uint64  `json:"seed"`
	X    float64 `json:"x"`    // between the eyes, in pixels from the middle of the picture, positive to the right
	Y    float64 `json:"y"`    // from the middle, positive down
	Eyes float64 `json:"eyes"` // between the pupils, in pixels of a picture 720 high
	Roll float64 `json:"roll"` // degrees; positive leans the head to the right in the picture
}

// Scene is what a camera sees, and how well. The zero Scene is an empty, evenly
// lit room with a white wall.
type Scene struct {
	Width, Height int // pixels; 0 for the default
	People        []Person
	Wall          [3]uint8 // colour of the wall; zero is white
	Stripes       float64  // unevenness of the wall, in grey levels
	Light         float64  // 1 is good light; 0 counts as 1
	Black         bool     // the lens is covered
	Side          float64  // 0…1: how much less light one side gets
	Blur          float64  // standard deviation in pixels of a picture 720 high
	Noise         float64  // standard deviation of the sensor's noise, grey levels; below zero none, 0 is 1.5
}

// Portrait is one person as she should sit.
func Portrait(seed uint64) Scene {
	return Scene{People: []Person{{Seed: seed, Y: -40, Eyes: 112}}}
}

// Draw paints the scene. The frame number decides only the noise.
func Draw(s Scene, frame uint64) *image.RGBA {
	return render(paint(s), s, frame)
}

// canvas is a painting without noise.
type canvas struct {
	w, h int
	px   []rgb
}

func (s Scene) size() (w, h int) {
	if s.Width <= 0 || s.Height <= 0 {
		return DefaultWidth, DefaultHeight
	}
	return s.Width, s.Height
}

func paint(s Scene) *canvas {
	w, h := s.size()
	c := &canvas{w: w, h: h, px: make([]rgb, w*h)}
	if s.Black {
		return c
	}
	wall := rgb{236, 237, 238}
	if s.Wall != [3]uint8{} {
		wall = rgb{float32(s.Wall[0]), float32(s.Wall[1]), float32(s.Wall[2])}
	}
	scale := float64(h) / 720
	for y := range h {
		for x := range w {
			dx, dy := (float64(x)/float64(w) - .5), (float64(y)/float64(h) - .5)
			at := wall.times(float32(1 - .07*(dx*dx+dy*dy)))
			if s.Stripes > 0 {
				v := float32(s.Stripes * math.Copysign(1, math.Sin(float64(x)/scale/23)+.4*math.Sin(float64(y)/scale/31)))
				at = rgb{at[0] + v, at[1] + v, at[2] + v}
			}
			c.px[y*w+x] = at
		}
	}
	for _, p := range s.People {
		c.person(p, scale)
	}
	c.light(s)
	if s.Blur > 0 {
		c.blur(s.Blur * scale)
	}
	return c
}

// person paints somebody over what is there.
func (c *canvas) person(p Person, scale float64) {
	who := invent(p.Seed)
	d := p.Eyes * scale
	if d <= 2 {
		return
	}
	sin, cos := math.Sincos(p.Roll * math.Pi / 180)
	cx, cy := float64(c.w)/2+p.X*scale, float64(c.h)/2+p.Y*scale
	x0, x1 := max(0, int(cx-4.2*d)), min(c.w, int(cx+4.2*d))
	y0 := max(0, int(cy-2.9*d))
	rows(y0, c.h, func(y int) {
		for x := x0; x < x1; x++ {
			u, v := (float64(x)+.5-cx)/d, (float64(y)+.5-cy)/d
			hu, hv := lean(u, v, sin, cos)
			at, a := who.at(hu, hv, 1/d)
			if a > 0 {
				i := y*c.w + x
				c.px[i] = c.px[i].mix(at, a)
			}
		}
	})
}

// rows draws lines side by side on the processors there are.
func rows(from, to int, line func(y int)) {
	n := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for k := range n {
		all.Go(func() {
			for y := from + k; y < to; y += n {
				line(y)
			}
		})
	}
	all.Wait()
}

// lean turns a point back round the base of the neck, less and less towards
// the shoulders, so that these stay level.
func lean(u, v, sin, cos float64) (float64, float64) {
	if sin == 0 {
		return u, v
	}
	const pivot = 2.2
	t := 1.0
	if v > 1.7 {
		t = math.Max(0, 1-(v-1.7)/1.3)
	}
	dx, dy := u, v-pivot
	ru, rv := cos*dx+sin*dy, -sin*dx+cos*dy+pivot
	return u + (ru-u)*t, v + (rv-v)*t
}

func (c *canvas) light(s Scene) {
	gain := s.Light
	if gain == 0 {
		gain = 1
	}
	if gain == 1 && s.Side == 0 {
		return
	}
	middle := float64(c.w) / 2
	if len(s.People) > 0 {
		middle += s.People[0].X * float64(c.h) / 720
	}
	for y := range c.h {
		for x := range c.w {
			t := math.Tanh((float64(x) - middle) / (float64(c.h) / 9))
			f := float32(gain * (1 - s.Side*(.5+.5*t)))
			i := y*c.w + x
			c.px[i] = c.px[i].times(f)
		}
	}
}

// blur runs three box filters in each direction, which is nearly a Gaussian.
func (c *canvas) blur(sigma float64) {
	r := int(math.Round((math.Sqrt(4*sigma*sigma+1) - 1) / 2))
	if r < 1 {
		r = 1
	}
	line := make([]rgb, max(c.w, c.h))
	for range 3 {
		for y := range c.h {
			box(c.px[y*c.w:], 1, c.w, r, line)
		}
		for x := range c.w {
			box(c.px[x:], c.w, c.h, r, line)
		}
	}
}

func box(px []rgb, step, n, r int, line []rgb) {
	for i := range n {
		line[i] = px[i*step]
	}
	var sum rgb
	add := func(i int, f float32) {
		v := line[min(max(i, 0), n-1)]
		sum[0] += f * v[0]
		sum[1] += f * v[1]
		sum[2] += f * v[2]
	}
	for i := -r; i <= r; i++ {
		add(i, 1)
	}
	k := 1 / float32(2*r+1)
	for i := range n {
		px[i*step] = sum.times(k)
		add(i+r+1, 1)
		add(i-r, -1)
	}
}

// render adds the sensor's noise, which no two frames share.
func render(c *canvas, s Scene, frame uint64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
	noise := s.Noise
	switch {
	case noise == 0:
		noise = 1.5
	case noise < 0:
		noise = 0
	}
	r := random(frame*0x9E3779B9 + 77)
	f := float32(noise / 147) // of the sum of four bytes, standard deviation
	for i, p := range c.px {
		var n float32
		if noise > 0 {
			z := r.next()
			n = float32(int(z&255)+int(z>>8&255)+int(z>>16&255)+int(z>>24&255)-510) * f
		}
		o := img.Pix[4*i : 4*i+4 : 4*i+4]
		o[0], o[1], o[2], o[3] = level(p[0]+n), level(p[1]+n), level(p[2]+n), 255
	}
	return img
}

func level(v float32) byte {
	switch {
	case v <= 0:
		return 0
	case v >= 254.5:
		return 255
	}
	return byte(v + .5)
}
