package picture_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/intake"
	"zhunkao/hub/keys"
	"zhunkao/hub/picture"
)

func ring(t *testing.T) *keys.Ring {
	t.Helper()
	r, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func store(t *testing.T) *blob.Store {
	t.Helper()
	s, err := blob.Open(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(t *testing.T, d *db.DB, k *keys.Ring, blobs *blob.Store, of picture.Claim, at int64) (picture.Picture, error) {
	t.Helper()
	c, err := clean(t, jpegOf(t, marked(220, 220)))
	if err != nil {
		t.Fatal(err)
	}
	p, ciphertext, err := picture.Seal(k, of, c, at)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(ciphertext, []byte("JFIF")) || bytes.Contains(ciphertext, c.JPEG[:64]) {
		t.Error("the ciphertext shows the picture")
	}
	if err := blobs.Put(map[blob.Hash][]byte{p.Hash(): ciphertext}); err != nil {
		t.Fatal(err)
	}
	return p, d.Write(t.Context(), func(tx *db.Tx) error { return picture.Add(t.Context(), tx, p) })
}

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, k, blobs := t.Context(), ring(t), store(t)
		hers := picture.Claim{Account: "a1", Campaign: "adult-2019", Kind: "bonus", Code: "B02"}
		other := hers
		other.Code = "B05"
		var ids []string
		for i := range picture.MaxOfClaim {
			p, err := put(t, d, k, blobs, hers, int64(i+1))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.ID)
		}
		if _, err := put(t, d, k, blobs, hers, 9); !errors.Is(err, picture.Many) {
			t.Errorf("one too many: %v", err)
		}
		if _, err := put(t, d, k, blobs, other, 9); err != nil {
			t.Errorf("another claim: %v", err)
		}
		stranger := hers
		stranger.Account = "a2"
		foreign, err := put(t, d, k, blobs, stranger, 9)
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			if err := picture.Remove(ctx, tx, "a1", foreign.ID); !errors.Is(err, picture.ErrNotFound) {
				t.Errorf("another's was removed: %v", err)
			}
			if _, err := picture.Get(ctx, tx, "a1", foreign.ID); !errors.Is(err, picture.ErrNotFound) {
				t.Errorf("another's was got: %v", err)
			}
			return picture.Remove(ctx, tx, "a1", ids[1])
		})
		var list []picture.Picture
		read(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = picture.List(ctx, tx, "a1", "adult-2019")
			return err
		})
		if len(list) != 3 || list[0].ID != ids[0] || list[1].ID != ids[2] || list[2].Code != "B05" {
			t.Fatalf("list: %v", list)
		}
		shown, err := picture.Open(k, blobs, list[0])
		if err != nil || !bytes.HasPrefix(shown, []byte{0xFF, 0xD8}) || int64(len(shown)) != list[0].Size {
			t.Errorf("open: %v", err)
		}
		if _, err := picture.Open(ring(t), blobs, list[0]); err == nil {
			t.Error("another hub's keys open it")
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return picture.RemoveClaim(ctx, tx, hers) })
		read(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = picture.List(ctx, tx, "a1", "adult-2019")
			return err
		})
		if len(list) != 1 || list[0].Code != "B05" {
			t.Errorf("after the claim was taken back: %v", list)
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return picture.Forget(ctx, tx, "a1") })
		read(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = picture.List(ctx, tx, "a1", "adult-2019")
			if err != nil || len(list) != 0 {
				t.Errorf("after she is forgotten: %v, %v", list, err)
			}
			_, err = picture.Get(ctx, tx, "a2", foreign.ID)
			return err
		})
		sweepFindsWhatNobodyNames(t, ctx, d, k, blobs)
	})
}

// sweepFindsWhatNobodyNames: a picture whose row was never committed goes, one
// that a row names stays, and neither is taken for a loss.
func sweepFindsWhatNobodyNames(t *testing.T, ctx context.Context, d *db.DB, k *keys.Ring, _ *blob.Store) {
	t.Helper()
	blobs := store(t)
	named, err := put(t, d, k, blobs, picture.Claim{Account: "a3", Campaign: "adult-2019", Kind: "bonus", Code: "B02"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	c, err := clean(t, jpegOf(t, marked(230, 230)))
	if err != nil {
		t.Fatal(err)
	}
	lost, ciphertext, err := picture.Seal(k, named.Claim, c, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := blobs.Put(map[blob.Hash][]byte{lost.Hash(): ciphertext}); err != nil {
		t.Fatal(err)
	}
	if n, err := intake.Sweep(ctx, d, blobs, time.Now().Add(time.Minute)); err != nil || n != 1 {
		t.Errorf("swept %d, %v; want the one", n, err)
	}
	if ok, err := blobs.Has(lost.Hash()); ok || err != nil {
		t.Errorf("what nobody names is there still: %v", err)
	}
	if _, err := picture.Open(k, blobs, named); err != nil {
		t.Errorf("what is named: %v", err)
	}
}

func write(t *testing.T, d *db.DB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, d *db.DB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}
