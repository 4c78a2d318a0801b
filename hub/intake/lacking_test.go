package intake_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/protocol"
)

// The picture of a ticket is that of the confirmation: named as its blob is, opened, and
// sealed to a box of the point and to no other.
func TestPictureOfATicket(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 2)
		b, other := r.enrol(pointHere), r.enrol(pointThere)
		var picture bytes.Buffer
		if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 358, 441)), nil); err != nil {
			t.Fatal(err)
		}
		s := b.seal(r.people[0], making{big: 1, blob: func(role string, data []byte) []byte {
			if role == protocol.RolePhoto {
				return picture.Bytes()
			}
			return data
		}, body: func(c *protocol.Confirmation) {
			c.Portrait = &protocol.Portrait{Source: protocol.PortraitCamera, Width: 358, Height: 441, Tries: 1}
		}})
		if got := b.receipt(s); got.Outcome != protocol.Accepted {
			t.Fatalf("%s: %s", got.Outcome, got.Reason)
		}
		var name protocol.Hash
		for _, x := range r.record(s.Manifest.ID).Blobs {
			if x.Role == protocol.RolePhoto {
				name, _ = protocol.ParseHash(x.Hash)
			}
		}
		ask := func(b *box, name protocol.Hash) []byte {
			t.Helper()
			b.say(protocol.KindLacking, b.signed(protocol.KindLacking, protocol.Lacking{Address: b.id, Mark: 1,
				Pictures: []protocol.LackingPicture{{Application: r.people[0].Application.ID, Picture: name}}}))
			var m protocol.Pictures
			b.hears(protocol.KindPictures, &m)
			var page protocol.PicturePage
			if err := protocol.OpenAtBox(m.Sealed, protocol.KindPictures, b.id, b.opening, &page); err != nil {
				t.Fatal(err)
			}
			if len(page.Pictures) != 1 || page.Pictures[0].Picture != name {
				t.Fatalf("%d pictures", len(page.Pictures))
			}
			return page.Pictures[0].JPEG
		}
		if got := ask(b, name); !bytes.Equal(got, picture.Bytes()) {
			t.Errorf("a picture of %d bytes, want %d", len(got), picture.Len())
		}
		if got := ask(b, protocol.Hash{1}); got != nil {
			t.Error("a picture by another name")
		}
		if got := ask(other, name); got != nil {
			t.Error("a box of another point has the picture")
		}
		if err := r.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE application SET point = $1 WHERE id = $2`, pointThere, r.people[0].Application.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := ask(b, name); got != nil {
			t.Error("whoever has moved to another point is still shown to the old one")
		}
	})
}
