package appliance

import (
	"context"
	"errors"
	"slices"

	"zhunkao/appliance/desk"
)

// picture takes one picture of a paper for the desk. While a visit has the
// camera there is none: what the camera sees then is hers, and she agreed to one
// use only. A visit that gets the camera meanwhile wins. The bytes are the
// caller's. Errors: desk.ErrCameraBusy, desk.ErrCameraLost, ctx's.
func (l *loop) picture(ctx context.Context) ([]byte, error) {
	if l.filming.Load() {
		return nil, desk.ErrCameraBusy
	}
	seen, _ := l.camera.Latest() // none: any frame is newer
	f, err := l.camera.Next(ctx, seen.Sequence)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(desk.ErrCameraLost, err)
	}
	jpeg, err := f.JPEG()
	if err != nil {
		return nil, errors.Join(desk.ErrCameraLost, err)
	}
	if l.filming.Load() {
		return nil, desk.ErrCameraBusy
	}
	l.camera.Forget()
	return slices.Clone(jpeg), nil // a frame's bytes are the driver's
}
