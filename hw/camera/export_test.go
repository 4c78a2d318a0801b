package camera

import (
	"context"
	"io"

	"github.com/blackjack/webcam"
)

// Repair and parts for the fuzzers; the rest for the benchmarks.
var (
	Repair  = repair
	ErrTorn = errTorn
)

// AllParts reads a multipart stream to its end and gives the parts' lengths.
func AllParts(r io.Reader, boundary string, limit int) (sizes []int, err error) {
	p := newParts(r, boundary, limit)
	var buf []byte
	for {
		if buf, err = p.next(buf); err != nil {
			return sizes, err
		}
		sizes = append(sizes, len(buf))
	}
}

// Parts reads them with their contents.
func Parts(r io.Reader, boundary string, limit int) (all [][]byte, err error) {
	p := newParts(r, boundary, limit)
	for {
		b, err := p.next(nil)
		if err != nil {
			return all, err
		}
		all = append(all, b)
	}
}

// LibraryAsKnown uses every name of the library's that is read by reflection.
func LibraryAsKnown() int {
	cam := &webcam.Webcam{}
	releaseMaps(cam)
	return descriptor(cam)
}

// Fed gives a function that puts JPEG frames into a camera as its source would.
func (c *Camera) Fed(sink func(Event)) func([]byte) {
	c.told = &tale{c: c}
	in := &intake{c: c, ctx: context.Background(), frames: make(chan struct{}, 1)}
	return func(b []byte) {
		in.put(raw{format: FormatJPEG, data: b})
		for len(c.events) > 0 {
			sink(<-c.events)
		}
	}
}

// Buffers gives the two buffers that go round, whole.
func (c *Camera) Buffers() (all [][]byte) {
	for _, b := range [][]byte{c.newest.frame.data, c.newest.spare} {
		if cap(b) > 0 {
			all = append(all, b[:cap(b)])
		}
	}
	return all
}
