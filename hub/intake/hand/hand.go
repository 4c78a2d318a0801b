// Package hand opens the signature of a confirmation so that a page can draw it.
//
// It is here because only what lies under hub/intake knows the wire's sealed
// blobs; the pages get strokes and no key. It writes nothing and journals
// nothing: who shows the signature has journalled the look.
//
// How it fails: ErrNone when there is no signature that can be drawn;
// everything else says that blob, key or suite is not the right one.
package hand

import (
	"errors"
	"fmt"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/protocol"
)

// ErrNone says that a record has no signature that can be drawn.
var ErrNone = errors.New("hand: no signature in this record")

// Open opens the signature of a confirmation, for a page: strokes of x0,y0,
// x1,y1,… in a box of width × height units, origin top left. Errors: ErrNone,
// blob.ErrNotFound, and protocol.ErrOpen when the ciphertext or its key is not
// the right one. Who shows it journals that.
func Open(blobs *blob.Store, r confirmation.Record, c confirmation.Content) (width, height uint16, strokes [][]uint16, err error) {
	for _, b := range r.Blobs {
		if b.Role != protocol.RoleSignature {
			continue
		}
		key, ok := c.Key(b.Hash)
		if !ok {
			return 0, 0, nil, ErrNone
		}
		name, err := protocol.ParseHash(b.Hash)
		if err != nil {
			return 0, 0, nil, fmt.Errorf("hand: signature of %s: %w", r.ID, err)
		}
		ct, err := blobs.Get(blob.Hash(name))
		if err != nil {
			return 0, 0, nil, fmt.Errorf("hand: signature of %s: %w", r.ID, err)
		}
		ref := protocol.BlobRef{Part: protocol.Part{Hash: name, Size: uint64(b.Size)}, Role: b.Role, Media: b.Media, Suite: protocol.Suite(key.Suite), Key: key.Key}
		plain, err := protocol.OpenBlob(ref, ct)
		if err != nil {
			return 0, 0, nil, fmt.Errorf("hand: signature of %s: %w", r.ID, err)
		}
		var s protocol.Signature
		if err := protocol.Decode(plain, &s); err != nil || !s.Valid() {
			return 0, 0, nil, ErrNone
		}
		return s.Width, s.Height, s.Strokes, nil
	}
	return 0, 0, nil, ErrNone
}
