// Package hand hands a page what somebody left of herself in a confirmation:
// the signature she drew, and the photo that was taken of her.
//
// It is here because only what lies under hub/intake knows the wire's sealed
// blobs; the pages get strokes and a picture, and no key. It writes nothing and
// journals nothing: who shows them has journalled the look.
//
// How it fails: ErrNone when there is no signature that can be drawn, or no
// photo that can be shown; everything else says that blob, key or suite is not
// the right one.
package hand

import (
	"bytes"
	"errors"
	"fmt"
	"image/jpeg"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/protocol"
)

// ErrNone says that a record has no signature that can be drawn, or no photo
// that can be shown.
var ErrNone = errors.New("hand: nothing in this record that can be shown")

// A page shows no photo beyond these: an honest one is 358 × 441 pixels in some
// 30 KB, and a browser must not be made to unpack anything that a box sends.
const (
	maxPhotoSize = 1 << 20 // bytes
	maxPhotoEdge = 2048    // pixels
)

// Open opens the signature of a confirmation, for a page: strokes of x0,y0,
// x1,y1,… in a box of width × height units, origin top left. Errors: ErrNone,
// blob.ErrNotFound, and protocol.ErrOpen when the ciphertext or its key is not
// the right one. Who shows it journals that.
func Open(blobs *blob.Store, r confirmation.Record, c confirmation.Content) (width, height uint16, strokes [][]uint16, err error) {
	plain, err := opened(blobs, r, c, protocol.RoleSignature)
	if err != nil {
		return 0, 0, nil, err
	}
	var s protocol.Signature
	if err := protocol.Decode(plain, &s); err != nil || !s.Valid() {
		return 0, 0, nil, ErrNone
	}
	return s.Width, s.Height, s.Strokes, nil
}

// Photo opens the photo that a box has taken: a JPEG as it was sealed, and the
// size in pixels that its header tells. A picture that the record does not own
// up to is not given out. Errors as those of Open. Who shows it journals that.
func Photo(blobs *blob.Store, r confirmation.Record, c confirmation.Content) (picture []byte, width, height int, err error) {
	if c.Portrait == nil || c.Portrait.Source != confirmation.PortraitCamera {
		return nil, 0, 0, ErrNone
	}
	plain, err := opened(blobs, r, c, protocol.RolePhoto)
	if err != nil {
		return nil, 0, 0, err
	}
	head, err := jpeg.DecodeConfig(bytes.NewReader(plain))
	if err != nil || len(plain) > maxPhotoSize || head.Width > maxPhotoEdge || head.Height > maxPhotoEdge {
		return nil, 0, 0, ErrNone
	}
	return plain, head.Width, head.Height, nil
}

// opened decrypts the blob of one role.
func opened(blobs *blob.Store, r confirmation.Record, c confirmation.Content, role string) ([]byte, error) {
	for _, b := range r.Blobs {
		if b.Role != role {
			continue
		}
		key, ok := c.Key(b.Hash)
		if !ok {
			return nil, ErrNone
		}
		name, err := protocol.ParseHash(b.Hash)
		if err != nil {
			return nil, fmt.Errorf("hand: %s of %s: %w", role, r.ID, err)
		}
		ct, err := blobs.Get(blob.Hash(name))
		if err != nil {
			return nil, fmt.Errorf("hand: %s of %s: %w", role, r.ID, err)
		}
		ref := protocol.BlobRef{Part: protocol.Part{Hash: name, Size: uint64(b.Size)}, Role: b.Role, Media: b.Media, Suite: protocol.Suite(key.Suite), Key: key.Key}
		plain, err := protocol.OpenBlob(ref, ct)
		if err != nil {
			return nil, fmt.Errorf("hand: %s of %s: %w", role, r.ID, err)
		}
		return plain, nil
	}
	return nil, ErrNone
}
