package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"zhunkao/hw/camera"
	"zhunkao/hw/fault"
)

// What the exit codes of doc.go are called for a camera.
const (
	exitGood   = exitRead   // a good photo
	exitNobody = exitNoCard // nobody came in time; the camera works
	exitChange = exitAgain  // the picture is not acceptable: what to change is said
	exitCamera = exitReader // the camera is broken: black, frozen, too small
)

// cameraCmd is "hwcheck camera".
type cameraCmd struct {
	Source  string        `required:"" help:"Camera: /dev/v4l/by-path/…, or http://host:port/path of an MJPEG stream. 摄像头路径或地址。"`
	Profile string        `default:"ga461" help:"Photo rules: ga461, exit-entry, exit-entry-old, ncre, cet, one-inch, gaokao480, teacher. 照片规格。"`
	JSON    bool          `name:"json" help:"Print one JSON object. 输出一个 JSON 对象。"`
	Timeout time.Duration `default:"20s" help:"How long to wait for a good picture, from when the camera is ready. 摄像头就绪后等合格画面的时间。"`
	Save    string        `help:"Write the photo to this file; otherwise none is kept. 把照片存到这个文件，不给就不存。"`
	Size    string        `default:"1280x720" help:"Picture size to ask for. 要求的画面大小。"`
	Verbose bool          `short:"v" help:"Show changes of state on standard error. 显示状态变化。"`
}

// cameraOutput is the JSON object. Its names are a contract.
type cameraOutput struct {
	Source   string          `json:"source"`
	Device   string          `json:"device"` // what it calls itself; empty over HTTP
	Format   string          `json:"format"` // MJPG, YUYV; empty if it never gave a picture
	Width    int             `json:"width"`
	Height   int             `json:"height"`
	FPS      float64         `json:"fps"` // frames a second that came, once a second was seen
	Profile  string          `json:"profile"`
	OK       bool            `json:"ok"`
	Faces    int             `json:"faces"`
	Findings []findingOutput `json:"findings"` // worst first
	Photo    *photoOutput    `json:"photo"`    // null where none was made
	Saved    bool            `json:"saved"`
}

type findingOutput struct {
	Aspect string   `json:"aspect"`
	Advice string   `json:"advice"`
	Weight string   `json:"weight"` // refuse, please check
	Value  float64  `json:"value"`
	Min    *float64 `json:"min"` // null where there is none
	Max    *float64 `json:"max"`
}

type photoOutput struct {
	Width    int  `json:"width"`
	Height   int  `json:"height"`
	Bytes    int  `json:"bytes"`
	DPI      int  `json:"dpi"`
	Accepted bool `json:"accepted"` // it has the pixels, bytes and density of the profile
}

func (c *cameraCmd) run(ctx context.Context, out, errs io.Writer) int {
	profile, known := camera.ProfileNamed(c.Profile)
	var w, h int
	if _, err := fmt.Sscanf(c.Size, "%dx%d", &w, &h); err != nil || !known {
		say(errs, "camera usage", fmt.Errorf("--profile %s --size %s", c.Profile, c.Size))
		return exitUsage
	}
	cam, err := camera.New(camera.Options{Source: c.Source, Width: w, Height: h, Log: logTo(errs, c.Verbose)})
	if err != nil {
		say(errs, "camera absent", err)
		return exitLine
	}
	inner, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cam.Run(inner) // returns only ctx's error
	}()
	o := cameraOutput{Source: c.Source, Profile: c.Profile, Findings: []findingOutput{}}
	s := &sitting{cmd: c, cam: cam, profile: profile, out: &o, errs: errs}
	code := s.wait(inner)
	cancel()
	<-done
	if ctx.Err() != nil && code != exitGood {
		say(errs, "stopped", nil)
		return exitUsage
	}
	if err := showCamera(out, o, c.JSON); err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	return code
}

// sitting is one probe: until a good picture, a fault, or the end of the time.
type sitting struct {
	cmd     *cameraCmd
	cam     *camera.Camera
	profile camera.Profile
	out     *cameraOutput
	errs    io.Writer

	advised camera.Advice
	since   time.Time // of the first frame counted
	first   uint64
}

// look is how often the picture is judged.
const look = 400 * time.Millisecond

// wait follows the camera until there is a verdict.
func (s *sitting) wait(ctx context.Context) int {
	end := time.NewTimer(settle + 4*time.Second) // for a camera that does not show itself
	defer end.Stop()
	back := time.NewTimer(time.Hour)
	defer back.Stop()
	back.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	var trouble error
	ready := false
	for {
		select {
		case <-ctx.Done():
			return exitUsage
		case <-back.C:
			return s.failed(trouble)
		case <-end.C:
			switch {
			case !ready && trouble != nil:
				return s.failed(trouble)
			case !ready:
				return s.failed(fault.Timeout)
			}
			return s.last(ctx)
		case e := <-s.cam.Events():
			switch e := e.(type) {
			case camera.Ready:
				back.Stop()
				s.out.Device, s.out.Format, s.out.Width, s.out.Height = e.Name, e.Format.String(), e.Width, e.Height
				if !ready {
					end.Reset(s.cmd.Timeout)
					say(s.errs, "camera ready", nil)
				}
				ready, trouble = true, nil
			case camera.Lost:
				trouble = e.Err
				if !errors.Is(e.Err, fault.Absent) || !ready {
					return s.failed(e.Err)
				}
				back.Reset(replug)
			case camera.Fault:
				return s.failed(e.Err)
			}
		case <-tick.C:
			if ready && trouble == nil && s.good(ctx) {
				if code, done := s.take(ctx); done {
					return code
				}
			}
		}
	}
}

// good looks at the picture, says what to change when that changes, and counts
// frames.
func (s *sitting) good(ctx context.Context) bool {
	limit, cancel := context.WithTimeout(ctx, look)
	defer cancel()
	f, err := s.cam.Next(limit, 0)
	if err != nil {
		return false // an event tells
	}
	if s.since.IsZero() {
		s.since, s.first = f.At, f.Sequence
	} else if d := f.At.Sub(s.since); d >= time.Second {
		s.out.FPS = math.Round(10*float64(f.Sequence-s.first)/d.Seconds()) / 10
	}
	report, err := s.cam.Look(limit, s.profile)
	if err != nil {
		return false
	}
	s.fill(report)
	if a := report.Advice(); a != s.advised && !report.OK() {
		s.advised = a
		say(s.errs, "advice "+a.String(), nil)
	}
	return report.OK()
}

// take takes the photo; not done when the burst is not as good as the look was.
func (s *sitting) take(ctx context.Context) (code int, done bool) {
	shot, err := s.cam.Take(ctx, s.profile)
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return exitUsage, true
		}
		return s.failed(err), true
	}
	s.fill(shot.Report)
	if !shot.Report.OK() || shot.Photo == nil {
		return 0, false
	}
	info, err := camera.ReadPhoto(shot.Photo)
	if err != nil { // our own file
		return s.failed(err), true
	}
	s.out.Photo = &photoOutput{Width: info.Width, Height: info.Height, Bytes: info.Bytes, DPI: info.DPI, Accepted: s.profile.Accepts(info)}
	s.out.OK = true
	if s.cmd.Save != "" {
		if err := os.WriteFile(s.cmd.Save, shot.Photo, 0o600); err != nil {
			say(s.errs, "camera unsaved", err)
			return exitUsage, true
		}
		s.out.Saved = true
	}
	for _, f := range shot.Report.Findings { // please check
		say(s.errs, "advice "+f.Advice.String(), nil)
	}
	say(s.errs, "camera good", nil)
	return exitGood, true
}

// last is the verdict when the time is over.
func (s *sitting) last(ctx context.Context) int {
	shot, err := s.cam.Take(ctx, s.profile)
	if err != nil {
		return s.failed(err)
	}
	s.fill(shot.Report)
	if shot.Report.OK() { // it became good at the last moment
		if code, done := s.take(ctx); done {
			return code
		}
	}
	if shot.Report.Advice() == camera.AdviceStepIn {
		say(s.errs, "camera nobody", nil)
		return exitNobody
	}
	say(s.errs, "camera change", nil)
	for _, f := range shot.Report.Findings {
		say(s.errs, "advice "+f.Advice.String(), fmt.Errorf("%s %.3g, %.3g–%.3g", f.Aspect, f.Value, f.Min, f.Max))
	}
	return exitChange
}

func (s *sitting) fill(r camera.Report) {
	s.out.Faces, s.out.Findings = len(r.Faces), []findingOutput{}
	bound := func(v float64) *float64 {
		if math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	for _, f := range r.Findings {
		s.out.Findings = append(s.out.Findings, findingOutput{Aspect: string(f.Aspect), Advice: f.Advice.String(), Weight: f.Weight.String(),
			Value: f.Value, Min: bound(f.Min), Max: bound(f.Max)})
	}
}

// failed turns a fault into code and sentence.
func (s *sitting) failed(err error) int {
	key, code := "camera broken", exitCamera
	switch fault.WordOf(err) {
	case fault.Absent:
		key = "camera absent"
	case fault.Busy:
		key = "camera busy"
	case fault.Denied:
		key = "camera denied"
	case fault.Timeout:
		key = "camera silent"
	case fault.Line:
		key = "camera torn"
	case fault.Black:
		key = "camera black"
	case fault.Frozen:
		key = "camera frozen"
	case fault.WrongSize:
		key = "camera small"
	case fault.Unsupported:
		key = "camera unfit"
	}
	if fault.ClassOf(err) == fault.ClassLine {
		code = exitLine
	}
	say(s.errs, key, err)
	return code
}

func showCamera(w io.Writer, o cameraOutput, asJSON bool) error {
	if asJSON {
		return writeJSON(w, o)
	}
	lines := [][2]string{{"摄像头 device", o.Device}, {"画面 format", o.Format}}
	if o.Width > 0 {
		lines = append(lines, [2]string{"大小 size", fmt.Sprintf("%d×%d", o.Width, o.Height)}, [2]string{"帧率 fps", fmt.Sprint(o.FPS)})
	}
	for _, f := range o.Findings {
		lines = append(lines, [2]string{"要改 " + f.Aspect, sentence("advice " + f.Advice)[0]})
	}
	if p := o.Photo; p != nil {
		lines = append(lines, [2]string{"照片 photo", fmt.Sprintf("%s %d×%d %d B %d dpi", o.Profile, p.Width, p.Height, p.Bytes, p.DPI)})
	}
	return writeLines(w, lines)
}
