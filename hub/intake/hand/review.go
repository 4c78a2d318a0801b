package hand

import (
	"bytes"
	"fmt"
	"image/jpeg"

	"zhunkao/hub/blob"
	"zhunkao/hub/review"
	"zhunkao/protocol"
)

// Reviewed opens a picture of a review by its role, RolePledge or RoleCopy(n): a
// JPEG as it was sealed, and the size in pixels that its header tells. Errors as
// those of Open. Who shows it journals that.
func Reviewed(blobs *blob.Store, r review.Review, c review.Content, role string) (picture []byte, width, height int, err error) {
	for _, b := range r.Blobs {
		if b.Role != role {
			continue
		}
		plain, err := reviewed(blobs, r, c, b)
		if err != nil {
			return nil, 0, 0, err
		}
		head, err := jpeg.DecodeConfig(bytes.NewReader(plain))
		if err != nil || len(plain) > maxCopySize || head.Width > maxCopyEdge || head.Height > maxCopyEdge {
			return nil, 0, 0, ErrNone
		}
		return plain, head.Width, head.Height, nil
	}
	return nil, 0, 0, ErrNone
}

func reviewed(blobs *blob.Store, r review.Review, c review.Content, b review.Blob) ([]byte, error) {
	name, err := protocol.ParseHash(b.Hash)
	if err != nil {
		return nil, fmt.Errorf("hand: %s of %s: %w", b.Role, r.ID, err)
	}
	for _, key := range c.Keys {
		if key.Hash != b.Hash {
			continue
		}
		ct, err := blobs.Get(blob.Hash(name))
		if err != nil {
			return nil, fmt.Errorf("hand: %s of %s: %w", b.Role, r.ID, err)
		}
		ref := protocol.BlobRef{Part: protocol.Part{Hash: name, Size: uint64(b.Size)}, Role: b.Role, Media: b.Media, Suite: protocol.Suite(key.Suite), Key: key.Key}
		plain, err := protocol.OpenBlob(ref, ct)
		if err != nil {
			return nil, fmt.Errorf("hand: %s of %s: %w", b.Role, r.ID, err)
		}
		return plain, nil
	}
	return nil, ErrNone
}
