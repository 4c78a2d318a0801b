package cameratest

import (
	"bytes"
	"image/jpeg"
	"slices"
	"sync"
)

// variants is how many frames of a scene differ in their noise; they go round. A
// prime, so that whoever looks once a second does not always see the same one.
const variants = 7

// Camera is the emulated camera. Its methods may be called from any goroutine.
type Camera struct {
	mu      sync.Mutex // guards all below
	knobs   Knobs
	frames  [variants][]byte
	drawn   uint64 // frames sent to anybody
	viewers int
	change  chan struct{}
}

// New makes a camera that looks at an empty room.
func New() *Camera {
	return &Camera{frames: drawAll(Scene{Width: 640, Height: 480}), change: make(chan struct{})}
}

// Show puts a scene before the camera. It returns when the scene is drawn, some
// tenths of a second; until then the camera sees what it saw.
func (c *Camera) Show(s Scene) {
	frames := drawAll(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames = frames
	c.changed()
}

// drawAll draws the frames of a scene, side by side.
func drawAll(s Scene) (frames [variants][]byte) {
	drawn := paint(s)
	rows(0, variants, func(i int) { frames[i] = encode(drawn, s, uint64(i)) })
	return frames
}

func encode(drawn *canvas, s Scene, n uint64) []byte {
	var b bytes.Buffer
	// Encoding into memory cannot fail.
	_ = jpeg.Encode(&b, render(drawn, s, n), &jpeg.Options{Quality: 88})
	return b.Bytes()
}

// SetKnobs sets the faults; at once, for connections that are open too.
func (c *Camera) SetKnobs(k Knobs) error {
	if err := k.check(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.knobs = k
	c.changed()
	return nil
}

// Knobs gives the faults.
func (c *Camera) Knobs() Knobs {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.knobs
}

// Viewers is how many look at the camera now; Sent counts frames sent.
func (c *Camera) Viewers() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.viewers
}

// Sent counts the frames sent to anybody so far.
func (c *Camera) Sent() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drawn
}

// Changed is closed at the next change of scene, knobs or viewers.
func (c *Camera) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.change
}

func (c *Camera) changed() {
	close(c.change)
	c.change = make(chan struct{})
}

func (c *Camera) count(viewers int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.viewers += viewers
	c.changed()
}

// Picture gives a frame of what the camera sees, as a sound JPEG.
func (c *Camera) Picture() []byte { return c.frame(0) }

// frame gives the nth frame of the scene.
func (c *Camera) frame(n uint64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frames[n%variants]
}

// next gives the bytes of the next part with the faults in them.
func (c *Camera) next(n uint64) []byte {
	k := c.Knobs()
	if k.Freeze {
		n = 0
	}
	b := c.frame(n)
	c.mu.Lock()
	c.drawn++
	sent := c.drawn
	c.mu.Unlock()
	every := func(nth int) bool { return nth > 0 && sent%uint64(nth) == 0 }
	if k.Stamped {
		b = stamped(b, sent)
	}
	if k.NoHuffman {
		b = withoutHuffman(b)
	}
	if k.Undecodable {
		b = nonsense(b)
	}
	if k.Tail > 0 {
		old := c.frame(n + 1)
		b = slices.Concat(b, old[len(old)-min(len(old), k.Tail):])
	}
	if every(k.TearNth) {
		b = b[:len(b)*2/3]
	}
	if every(k.GarbageNth) {
		r := random(sent)
		g := make([]byte, len(b))
		for i := range g {
			g[i] = byte(r.next() >> 32)
		}
		b = g
	}
	return b
}

// segment finds a segment's beginning and end before the scan.
func segment(b []byte, marker byte) (from, to int) {
	for at := 2; at+4 <= len(b) && b[at] == 0xFF; {
		n := 2 + int(b[at+2])<<8 + int(b[at+3])
		if b[at+1] == marker {
			return at, at + n
		}
		if b[at+1] == 0xDA {
			break
		}
		at += n
	}
	return 0, 0
}

// withoutHuffman leaves the tables out, as many cameras do.
func withoutHuffman(b []byte) []byte {
	for {
		from, to := segment(b, 0xC4)
		if to == 0 {
			return b
		}
		b = slices.Concat(b[:from], b[to:])
	}
}

// stamped puts a counting comment behind SOI.
func stamped(b []byte, n uint64) []byte {
	return slices.Concat(b[:2], []byte{0xFF, 0xFE, 0, 6, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, b[2:])
}

// nonsense ends the coded data after its first bytes: a whole file to look at.
func nonsense(b []byte) []byte {
	_, to := segment(b, 0xDA)
	if to == 0 || to+40 > len(b) {
		return b
	}
	return slices.Concat(b[:to], bytes.Repeat([]byte{0x55}, 37), []byte{0xFF, 0xD9})
}
