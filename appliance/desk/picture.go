package desk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhunkao/protocol"
)

// Pictures of papers, taken by the box's camera or brought by the clerk's own
// machine. They are held in memory until they are sealed, and never on a disk:
// an album belongs to a session and goes with it.

// Why the box's camera gives no picture now.
var (
	// ErrCameraBusy: a visit has the camera; what it sees is hers.
	ErrCameraBusy = errors.New("desk: a visit has the camera")
	// ErrCameraLost: it does not work.
	ErrCameraLost = errors.New("desk: the camera does not work")
)

const (
	mostUpload  = 8 << 20             // bytes of one file that is brought
	uploadRoom  = mostUpload + 64<<10 // … with the rest of its form
	uploadLimit = 2 * time.Minute     // for a slow network to bring it
	takeLimit   = 10 * time.Second    // for the box's camera
)

// picture is one picture of an album: JPEG without anything beside the pixels.
type picture struct {
	N    int // names it in its album: never given twice
	JPEG []byte
}

// album holds the pictures for one piece of work, at most protocol.MaxCopies. It
// is safe for concurrent use.
type album struct {
	mu   sync.Mutex // guards what follows
	all  []picture
	last int
}

// add keeps a picture. It reports false when the album is full.
func (a *album) add(jpeg []byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.all) >= protocol.MaxCopies {
		return false
	}
	a.last++
	a.all = append(a.all, picture{a.last, jpeg})
	return true
}

// drop forgets one picture: it is to be taken again.
func (a *album) drop(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = slices.DeleteFunc(a.all, func(p picture) bool {
		if p.N == n {
			clear(p.JPEG)
		}
		return p.N == n
	})
}

// clear forgets all of them.
func (a *album) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.all {
		clear(p.JPEG)
	}
	a.all = nil
}

// pictures are the pictures in their order, each with bytes of its own: what
// becomes of the album does not touch them.
func (a *album) pictures() [][]byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([][]byte, 0, len(a.all))
	for _, p := range a.all {
		out = append(out, slices.Clone(p.JPEG))
	}
	return out
}

// Numbers name the pictures in their order, for a page.
func (a *album) Numbers() []int {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []int
	for _, p := range a.all {
		out = append(out, p.N)
	}
	return out
}

// Full reports that no further picture fits.
func (a *album) Full() bool { return len(a.Numbers()) >= protocol.MaxCopies }

// serve answers with the picture that the address names by its number.
func (a *album) serve(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("picture"))
	var jpeg []byte
	a.mu.Lock()
	for _, p := range a.all {
		if err == nil && p.N == n {
			jpeg = slices.Clone(p.JPEG)
		}
	}
	a.mu.Unlock()
	if jpeg == nil {
		http.NotFound(w, r)
		return
	}
	defer clear(jpeg)
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(jpeg) // the browser went away
}

// albums are those of one session.
type albums struct {
	mu  sync.Mutex // guards all
	all map[string]*album
}

// of gives the album for a piece of work, and makes it.
func (a *albums) of(work string) *album {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[string]*album{}
	}
	if a.all[work] == nil {
		a.all[work] = &album{}
	}
	return a.all[work]
}

// only is of, for work of which there is one at a time: the pictures for any other
// of its kind are forgotten.
func (a *albums) only(kind, work string) *album {
	a.mu.Lock()
	for k, other := range a.all {
		if strings.HasPrefix(k, kind) && k != kind+work {
			other.clear()
			delete(a.all, k)
		}
	}
	a.mu.Unlock()
	return a.of(kind + work)
}

func (a *albums) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, one := range a.all {
		one.clear()
	}
	a.all = nil
}

// take adds a picture by the box's camera. why is the key of what is wrong.
func (d *Desk) take(ctx context.Context, a *album) (why string) {
	if d.o.Picture == nil {
		return "picture-none"
	}
	if a.Full() {
		return "picture-full"
	}
	ctx, stop := context.WithTimeout(ctx, takeLimit)
	defer stop()
	raw, err := d.o.Picture(ctx)
	switch {
	case errors.Is(err, ErrCameraBusy):
		return "picture-busy"
	case err != nil:
		return "picture-lost"
	}
	defer clear(raw)
	return d.keep(ctx, a, raw)
}

// bring adds the picture that a form brings in field. why is the key of what is
// wrong; nothing brought is picture-nothing.
func (d *Desk) bring(r *http.Request, field string, a *album) (why string) {
	if a.Full() {
		return "picture-full"
	}
	f, head, err := r.FormFile(field)
	if err != nil || head.Size == 0 {
		return "picture-nothing"
	}
	defer f.Close()
	if head.Size > mostUpload {
		return "picture-large"
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		return "picture-broken"
	}
	defer clear(raw)
	return d.keep(r.Context(), a, raw)
}

// keep puts what is left of a picture when only its pixels are taken into the
// album. One is worked on at a time: each takes as much memory as its pixels.
func (d *Desk) keep(ctx context.Context, a *album, raw []byte) (why string) {
	select {
	case d.darkroom <- struct{}{}:
	case <-ctx.Done():
		return "picture-busy"
	}
	defer func() { <-d.darkroom }()
	jpeg, err := develop(raw)
	switch {
	case errors.Is(err, errPixels):
		return "picture-large"
	case err != nil:
		return "picture-broken"
	case !a.add(jpeg):
		return "picture-full"
	}
	return ""
}

// brings lets a form bring a picture: more bytes, and more time for them.
func (d *Desk) brings(h func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	inner := d.signedUpTo(uploadRoom, h)
	return func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadLimit)) // none is supported by a recorder in a test
		inner(w, r)
	}
}

// CanTake reports whether the box has a camera for papers.
func (p *page) CanTake() bool { return p.d.o.Picture != nil }
