package hand

import (
	"bytes"
	"image/jpeg"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/protocol"
)

// A copy of a paper is a picture of a page that must be read: larger than a
// photo, and not without bounds.
const (
	maxCopySize = 6 << 20 // bytes
	maxCopyEdge = 6000    // pixels
)

// Copy opens the n-th picture of a paper that a clerk took, from 1: a JPEG as it
// was sealed, and the size in pixels that its header tells. Errors as those of
// Open. Who shows it journals that.
func Copy(blobs *blob.Store, r confirmation.Record, c confirmation.Content, n int) (picture []byte, width, height int, err error) {
	return paper(blobs, r, c, protocol.RoleCopy(n))
}

// Guardian opens the picture of the sheet that a child's guardian signed, as Copy
// does. Who shows it journals that.
func Guardian(blobs *blob.Store, r confirmation.Record, c confirmation.Content) (picture []byte, width, height int, err error) {
	if c.Guardian == nil {
		return nil, 0, 0, ErrNone
	}
	picture, width, height, err = paper(blobs, r, c, protocol.RoleGuardian)
	if err == nil && protocol.HashOf(picture).String() != c.Guardian.Sheet {
		return nil, 0, 0, ErrNone
	}
	return picture, width, height, err
}

func paper(blobs *blob.Store, r confirmation.Record, c confirmation.Content, role string) (picture []byte, width, height int, err error) {
	plain, err := opened(blobs, r, c, role)
	if err != nil {
		return nil, 0, 0, err
	}
	head, err := jpeg.DecodeConfig(bytes.NewReader(plain))
	if err != nil || len(plain) > maxCopySize || head.Width > maxCopyEdge || head.Height > maxCopyEdge {
		return nil, 0, 0, ErrNone
	}
	return plain, head.Width, head.Height, nil
}
