package camera

import (
	"bytes"
	"context"
	"image"
	"sync"
	"time"

	"zhunkao/hw/fault"
)

const (
	// A burst is so many different frames, so far apart, within so long.
	burstFrames = 5
	burstApart  = 120 * time.Millisecond
	burstLimit  = 4 * time.Second
	// Enough good frames, and the rest are not judged.
	burstEnough = 3
	// lookPause keeps the preview's checks from taking the processor.
	lookPause = 250 * time.Millisecond
)

// Shot is one photo taken.
type Shot struct {
	Frame  []byte `json:"-"` // the original frame as JPEG, as the camera gave it
	Photo  []byte `json:"-"` // made by the profile; nil where none can be made of this frame
	Report Report // of the frame; the photo is good when Report.OK
	At     time.Time
}

// Take takes a short burst of new frames and gives the best: a good one before
// others, the sharpest of these. Findings are no errors. An error carries a
// hw/fault word (lost, frozen, black) or is ctx's; then there is no Shot.
func (c *Camera) Take(ctx context.Context, p Profile) (Shot, error) {
	// Judged beside the burst: a slow processor must not make a camera look
	// slow, and a fast one need not make a person wait.
	frames := make(chan Frame, burstFrames)
	judging, stop := context.WithCancel(ctx)
	defer stop()
	var j jury
	done := make(chan struct{})
	go func() {
		defer close(done)
		j.sit(judging, frames, p, c.opt.Limits)
	}()
	err := c.burst(ctx, frames)
	if err != nil {
		stop()
	}
	close(frames)
	<-done
	switch {
	case err != nil:
		return Shot{}, err
	case ctx.Err() != nil:
		return Shot{}, ctx.Err()
	case !j.found:
		return Shot{}, j.err
	case j.black:
		return Shot{}, fault.New(fault.Black, "take photo", "", nil)
	}
	j.best.Frame = bytes.Clone(j.best.Frame) // not a camera's buffer
	return j.best, nil
}

// jury finds the best of a burst's frames.
type jury struct {
	best    Shot
	picture image.Image
	found   bool
	made    bool  // best.Photo was made, or cannot be
	black   bool  // all were
	err     error // of the last that could not be judged
}

// sit judges frames until there are no more. The photo is made as soon as there
// is nothing to judge: a later frame seldom is better.
func (j *jury) sit(ctx context.Context, frames <-chan Frame, p Profile, limits *Limits) {
	j.black = true
	for good := 0; ; {
		if len(frames) == 0 {
			j.make(p)
		}
		f, more := <-frames
		switch {
		case !more:
			j.make(p)
			return
		case ctx.Err() != nil, good >= burstEnough:
		case j.judge(f, p, limits):
			good++
		}
	}
}

// judge looks at one frame and says whether it is good.
func (j *jury) judge(f Frame, p Profile, limits *Limits) bool {
	img, err := f.Image()
	if err != nil { // the next may be whole
		j.err = err
		return false
	}
	mean, deviation := moments(sample(img))
	j.black = j.black && isBlack(mean, deviation)
	report := Check(img, p, limits)
	if !j.found || better(report, j.best.Report) {
		original, err := f.JPEG()
		if err != nil {
			j.err = err
			return false
		}
		clear(j.best.Photo)
		j.best, j.picture, j.found, j.made = Shot{Frame: original, Report: report, At: f.At}, img, true, false
	}
	return report.OK()
}

// make makes the photo of the best frame, if there is one and it was not made.
func (j *jury) make(p Profile) {
	if !j.found || j.made {
		return
	}
	j.made = true
	if face, ok := j.best.Report.Face(); ok {
		// That a portrait does not fit is a finding already.
		if photo, err := Produce(j.picture, face, p); err == nil {
			j.best.Photo = photo
		}
	}
}

// burst collects new frames. One picture and no other in all that time is a
// frozen one.
func (c *Camera) burst(ctx context.Context, out chan<- Frame) error {
	limit, cancel := context.WithTimeout(ctx, burstLimit)
	defer cancel()
	after := c.newest.sequence()
	got := 0
	for {
		f, err := c.Next(limit, after)
		if fault.WordOf(err) != nil {
			return err // gone, or at fault, in mid-burst too
		}
		if err != nil {
			break
		}
		after = f.Sequence
		out <- f // there is room for the whole burst
		if got++; got == burstFrames || pause(limit, burstApart) != nil {
			break
		}
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case got == 0:
		return fault.New(fault.Timeout, "take photo", "no new frame", nil)
	case got == 1:
		return fault.New(fault.Frozen, "take photo", "no second picture", nil)
	}
	return nil
}

// better orders the frames of a burst.
func better(a, b Report) bool {
	if a.OK() != b.OK() {
		return a.OK()
	}
	if len(a.Findings) != len(b.Findings) {
		return len(a.Findings) < len(b.Findings)
	}
	return a.Sharpness > b.Sharpness
}

// looks is the last report for a preview.
type looks struct {
	checking sync.Mutex // one look at a time; held through a check

	mu      sync.Mutex // guards the rest; never held for long: Forget waits for it
	at      time.Time
	profile string
	report  Report
}

// Look checks the newest frame for a preview, at most four times a second for
// all callers together: asked more often it gives the last report again. An
// error as from Next.
func (c *Camera) Look(ctx context.Context, p Profile) (Report, error) {
	c.looks.checking.Lock()
	defer c.looks.checking.Unlock()
	if report, ok := c.looks.recent(p.Name); ok {
		if _, err := c.newest.after(0); err != nil {
			return Report{}, err
		}
		return report, nil
	}
	f, err := c.Next(ctx, 0)
	if err != nil {
		return Report{}, err
	}
	img, err := f.Image()
	if err != nil {
		return Report{}, err
	}
	report := Check(img, p, c.opt.Limits)
	c.looks.keep(p.Name, report)
	return report, nil
}

// recent is the last report, if it is one of this profile and not old.
func (l *looks) recent(profile string) (Report, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.report, l.profile == profile && time.Since(l.at) < lookPause
}

func (l *looks) keep(profile string, r Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.profile, l.report = time.Now(), profile, r
}

func (l *looks) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.report = time.Time{}, Report{}
}
