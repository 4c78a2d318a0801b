package appliance

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/visit"
	"zhunkao/hw/camera"
)

// The pace of what is said of a live picture, and of the preview: often enough
// to follow advice by, seldom enough for a small board.
const (
	livePace    = 250 * time.Millisecond
	previewPace = 80 * time.Millisecond
)

// live is the camera running for one visit.
type live struct {
	visit   uint64
	profile camera.Profile
	ctx     context.Context
	stop    context.CancelFunc
	taking  atomic.Bool // a picture is being taken and judged: the processor is for that
}

// cameraTold translates what the camera says.
func (l *loop) cameraTold(e camera.Event) {
	switch e := e.(type) {
	case camera.Ready:
		l.deviceNow(health.DeviceCamera, health.Ready, "")
		l.step(visit.CameraUp{})
	case camera.Lost:
		l.deviceNow(health.DeviceCamera, health.Absent, word(e.Err))
		l.step(visit.CameraDown{})
	case camera.Fault:
		l.deviceNow(health.DeviceCamera, health.Fault, word(e.Err))
		l.step(visit.CameraDown{})
	}
}

// cameraOn begins to say what the live picture lacks.
func (l *loop) cameraOn(f visit.CameraOn) {
	l.cameraOff()
	if l.camera == nil {
		return // the visit's own limit ends the step
	}
	l.filming.Store(true)
	v := &live{visit: f.Visit, profile: photoProfile(f.Profile)}
	v.ctx, v.stop = context.WithCancel(l.running)
	l.live = v
	go l.follow(v)
}

// photoProfile finds the measures that the campaign names; for a name that this
// program does not know, those of an ID card's photo.
func photoProfile(name string) camera.Profile {
	if p, ok := camera.ProfileNamed(name); ok {
		return p
	}
	p, _ := camera.ProfileNamed("ga461")
	return p
}

// follow looks at the picture again and again until the camera is switched off.
func (l *loop) follow(v *live) {
	tick := time.NewTicker(livePace)
	defer tick.Stop()
	for {
		if !v.taking.Load() {
			if r, err := l.camera.Look(v.ctx, v.profile); err == nil {
				l.answer(v.ctx, visit.PhotoLive{Visit: v.visit, Advice: photoAdvice(r.Advice())})
			} // an error is told by the camera's own events
		}
		select {
		case <-v.ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// answer brings what an effect found out to the loop, unless ctx ends before.
func (l *loop) answer(ctx context.Context, e visit.Event) bool {
	select {
	case l.results <- e:
		return true
	case <-ctx.Done():
	case <-l.over:
	}
	return false
}

// photoAdvice is an advice in the visit's words, which are the camera's with
// hyphens.
func photoAdvice(a camera.Advice) visit.PhotoAdvice {
	return visit.PhotoAdvice(strings.ReplaceAll(a.String(), " ", "-"))
}

// cameraOff ends what cameraOn began. No picture stays in the camera.
func (l *loop) cameraOff() {
	if l.live == nil {
		return
	}
	l.live.stop()
	l.live = nil
	l.camera.Forget()
	l.filming.Store(false)
}

// takePhoto takes one picture.
func (l *loop) takePhoto(f visit.TakePhoto) visit.Event {
	v := l.live
	if v == nil || v.visit != f.Visit {
		return visit.CameraDown{}
	}
	v.taking.Store(true)
	go func() {
		defer v.taking.Store(false)
		shot, err := l.camera.Take(v.ctx, v.profile)
		if v.ctx.Err() != nil {
			clear(shot.Frame)
			clear(shot.Photo)
			return
		}
		if err != nil {
			// A camera that is lost says so itself; this one is there and gave none.
			l.log.Warn("no photo", "visit", f.Visit, "fault", word(err))
			l.answer(v.ctx, visit.PhotoRefused{Visit: f.Visit, Try: f.Try, Photo: visit.Photo{Findings: []visit.PhotoAdvice{visit.PhotoAskClerk}}})
			return
		}
		p := visit.Photo{JPEG: shot.Photo, Original: shot.Frame, Width: v.profile.Width, Height: v.profile.Height}
		for _, k := range shot.Report.Findings {
			p.Findings = append(p.Findings, photoAdvice(k.Advice))
		}
		var e visit.Event = visit.PhotoTaken{Visit: f.Visit, Try: f.Try, Photo: p}
		if !shot.Report.OK() || len(p.JPEG) == 0 {
			e = visit.PhotoRefused{Visit: f.Visit, Try: f.Try, Photo: p}
		}
		if !l.answer(v.ctx, e) {
			clear(p.JPEG)
			clear(p.Original)
		}
	}()
	return nil
}

// keepPhoto notes the buffers of a picture for the end of its visit; one that
// comes after that is cleared at once.
func (l *loop) keepPhoto(e visit.Event) {
	var p visit.Photo
	var of uint64
	switch e := e.(type) {
	case visit.PhotoTaken:
		p, of = e.Photo, e.Visit
	case visit.PhotoRefused:
		p, of = e.Photo, e.Visit
	default:
		return
	}
	if of == l.state.Visit {
		l.private = append(l.private, p.JPEG, p.Original)
		return
	}
	clear(p.JPEG)
	clear(p.Original)
}

// preview gives the live pictures to one browser until ctx ends.
func (l *loop) preview(ctx context.Context) (<-chan []byte, error) {
	out := make(chan []byte)
	go func() {
		defer close(out)
		last := uint64(0)
		tick := time.NewTicker(previewPace)
		defer tick.Stop()
		for {
			f, err := l.camera.Next(ctx, last)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				last = f.Sequence
				if picture, err := f.JPEG(); err == nil { // a frame that cannot be shown is left out
					select {
					case out <- picture:
					case <-ctx.Done():
						return
					}
				}
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}
