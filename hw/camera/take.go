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
	frames, err := c.burst(ctx)
	if err != nil {
		return Shot{}, err
	}
	// Judged after the burst: a slow processor must not make a camera look slow.
	var (
		best    Shot
		picture image.Image
		found   bool
		good    int
		black   = true
	)
	for _, f := range frames {
		if ctx.Err() != nil {
			return Shot{}, ctx.Err()
		}
		img, decodeErr := f.Image()
		if decodeErr != nil { // the next may be whole
			err = decodeErr
			continue
		}
		mean, deviation := moments(sample(img))
		black = black && isBlack(mean, deviation)
		report := Check(img, p, c.opt.Limits)
		if !found || better(report, best.Report) {
			original, err := f.JPEG()
			if err != nil {
				return Shot{}, err
			}
			best, picture, found = Shot{Frame: original, Report: report, At: f.At}, img, true
		}
		if report.OK() {
			if good++; good >= burstEnough {
				break
			}
		}
	}
	switch {
	case !found:
		return Shot{}, err
	case black:
		return Shot{}, fault.New(fault.Black, "take photo", "", nil)
	}
	if face, ok := best.Report.Face(); ok {
		// That a portrait does not fit is a finding already.
		if photo, err := Produce(picture, face, p); err == nil {
			best.Photo = photo
		}
	}
	best.Frame = bytes.Clone(best.Frame) // not a camera's buffer
	return best, nil
}

// burst collects new frames. One picture and no other in all that time is a
// frozen one.
func (c *Camera) burst(ctx context.Context) ([]Frame, error) {
	limit, cancel := context.WithTimeout(ctx, burstLimit)
	defer cancel()
	after := c.newest.sequence()
	frames := make([]Frame, 0, burstFrames)
	for len(frames) < burstFrames {
		f, err := c.Next(limit, after)
		if fault.WordOf(err) != nil {
			return nil, err // gone, or at fault, in mid-burst too
		}
		if err != nil {
			break
		}
		after = f.Sequence
		frames = append(frames, f)
		if pause(limit, burstApart) != nil {
			break
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(frames) == 0:
		return nil, fault.New(fault.Timeout, "take photo", "no new frame", nil)
	case len(frames) == 1:
		return nil, fault.New(fault.Frozen, "take photo", "no second picture", nil)
	}
	return frames, nil
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
