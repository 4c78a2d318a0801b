package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync/atomic"
	"time"

	"zhunkao/hw/fault"
)

const (
	// sizeHolds frames in a row of another size make it the camera's size; fewer
	// are damage.
	sizeHolds = 10
	// A picture that stays the same to the byte so long is frozen.
	frozenFrames = 12
	frozenAfter  = 2500 * time.Millisecond
	// lookEach is the pause between two looks at the picture itself.
	lookEach = time.Second
	// lookSoon is the same while something is wrong, to see it mended.
	lookSoon = 250 * time.Millisecond
	// blackLooks, frozenLooks, badLooks in a row make a fault.
	blackLooks, frozenLooks, badLooks = 2, 4, 3
	// noiseFloor is the part of the sampled points that must differ between two
	// looks: a sensor's noise moves most of them.
	noiseFloor = .01
)

// intake takes the raw frames of one connection. All but the channel belongs to
// the source's goroutine.
type intake struct {
	c      *Camera
	ctx    context.Context
	frames chan struct{} // a sign of life for each frame that was sound
	name   string

	width, height  int // agreed
	otherW, otherH int // of frames of another size,
	odd            int // and how many in a row
	same           int // frames like the one before
	sameSince      time.Time
	small, still   bool
	ready          bool

	broken atomic.Int64 // since the last sound frame; read by another goroutine
}

func (in *intake) opened(name string) { in.name = name }

// put makes a sound frame of a raw one, or drops it.
func (in *intake) put(r raw) {
	n := &in.c.newest
	buf := n.buffer()
	f := Frame{At: time.Now(), Format: r.format, Width: r.width, Height: r.height}
	var err error
	switch {
	case r.format == FormatJPEG:
		buf, f.Width, f.Height, err = repair(buf, r.data)
	case len(r.data) == 0:
		err = errTorn
	default:
		buf = append(buf, r.data...)
	}
	if err != nil || !in.sizeHolds(f) {
		in.broken.Add(1)
		n.giveBack(buf)
		return
	}
	if f.Width < minWidth || f.Height < minHeight {
		n.giveBack(buf)
		in.alive()
		if !in.small {
			in.small = true
			in.c.told.trouble(in.ctx, fault.New(fault.WrongSize, "camera", fmt.Sprintf("%d × %d", f.Width, f.Height), nil))
		}
		return
	}
	in.small = false
	in.alive()
	if n.same(buf) {
		in.repeated(buf, f)
		return
	}
	f.data = buf
	n.publish(f)
	in.broken.Store(0)
	switch {
	case !in.ready:
		in.ready = true
		in.c.told.ready(in.ctx, Ready{Name: in.name, Format: f.Format, Width: f.Width, Height: f.Height})
	case in.still:
		in.c.told.mended(in.ctx, fault.Frozen)
	default:
		in.c.told.mended(in.ctx, fault.WrongSize)
	}
	in.same, in.still = 0, false
}

// repeated counts a frame that is the last one again. It is not published: what
// waits for the next frame waits for another picture.
func (in *intake) repeated(buf []byte, f Frame) {
	in.c.newest.giveBack(buf)
	in.c.newest.touch(f.At)
	if in.same == 0 {
		in.sameSince = f.At
	}
	in.same++
	// Black may be the same to the byte; then black is what is told.
	if !in.c.dark.Load() && in.same >= frozenFrames && f.At.Sub(in.sameSince) >= frozenAfter {
		in.still = true
		in.c.told.trouble(in.ctx, fault.New(fault.Frozen, "camera", "same picture", nil))
	}
}

// sizeHolds says whether a frame has the agreed size. Ten in a row of another
// agree on that.
func (in *intake) sizeHolds(f Frame) bool {
	if f.Width == in.width && f.Height == in.height {
		in.odd = 0
		return true
	}
	if in.width == 0 {
		in.width, in.height = f.Width, f.Height
		return true
	}
	if f.Width != in.otherW || f.Height != in.otherH {
		in.otherW, in.otherH, in.odd = f.Width, f.Height, 0
	}
	if in.odd++; in.odd < sizeHolds {
		return false
	}
	in.width, in.height, in.odd, in.ready = f.Width, f.Height, 0, false
	return true
}

func (in *intake) alive() {
	select {
	case in.frames <- struct{}{}:
	default:
	}
}

// silent is why no sound frame came.
func (in *intake) silent() error {
	if n := in.broken.Load(); n > 0 {
		return fault.New(fault.Line, "camera", fmt.Sprintf("%d broken frames and no sound one", n), nil)
	}
	return fault.New(fault.Timeout, "camera", "no sound frame in time", nil)
}

// watch looks at the picture itself now and then: decodes it, and tells black,
// undecodable and still ones. It ends a connection that gives nothing decodable.
func (c *Camera) watch(ctx context.Context, end context.CancelCauseFunc) {
	tick := time.NewTicker(lookSoon)
	defer tick.Stop()
	var (
		last, seenAt      time.Time
		seen              uint64
		before            []uint8
		black, still, bad int
		frozen            bool
	)
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if time.Since(last) < lookEach && !c.told.wrong(fault.Black, fault.Frozen) {
			continue
		}
		f := c.newest.inside()
		if f.Sequence == seen && f.At.Equal(seenAt) || len(f.data) == 0 {
			continue
		}
		again := f.Sequence == seen
		last, seen, seenAt = time.Now(), f.Sequence, f.At
		img, err := f.Image()
		if err != nil {
			if bad++; bad >= badLooks {
				end(fault.New(fault.Line, "camera", "frames cannot be decoded", errors.Unwrap(err)))
				return
			}
			continue
		}
		bad = 0
		points := sample(img)
		mean, deviation := moments(points)
		dark := isBlack(mean, deviation)
		c.dark.Store(dark)
		if dark {
			if black++; black >= blackLooks {
				c.told.trouble(ctx, fault.New(fault.Black, "camera", fmt.Sprintf("mean %.0f", mean), nil))
			}
			before, still = points, 0
			continue
		}
		black = 0
		c.told.mended(ctx, fault.Black)
		if again {
			continue // the intake counts what is the same to the byte
		}
		if moved(before, points) {
			still = 0
			if frozen {
				frozen = false
				c.told.mended(ctx, fault.Frozen)
			}
		} else if still++; still >= frozenLooks {
			frozen = true
			c.told.trouble(ctx, fault.New(fault.Frozen, "camera", "nothing moves, not even noise", nil))
		}
		before = points
	}
}

// sample takes the brightness at the points of a grid; points, not means: noise
// must show.
func sample(img image.Image) []uint8 {
	const nx, ny = 64, 36
	b := img.Bounds()
	out := make([]uint8, 0, nx*ny)
	for j := range ny {
		for i := range nx {
			r, g, bl := rgbAt(img, (2*i+1)*b.Dx()/(2*nx), (2*j+1)*b.Dy()/(2*ny))
			out = append(out, luma(r, g, bl))
		}
	}
	return out
}

func moved(before, now []uint8) bool {
	if len(before) != len(now) {
		return true
	}
	n := 0
	for i, v := range now {
		if v != before[i] {
			n++
		}
	}
	return float64(n) > noiseFloor*float64(len(now))
}
