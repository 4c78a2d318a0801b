package blob

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// readers is how many of a hub's connections to PostgreSQL read.
const readers = db.Connections * 3 / 7

// TestGetInATransaction: as many as there are connections hold one each and get a blob by
// it, all at once: nobody waits for another connection.
func TestGetInATransaction(t *testing.T) {
	d := dbtest.Postgres(t)
	s := OpenIn(d)
	b := content(500, 1)
	if err := s.Put(batchOf(b)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), rowsPatience)
	defer cancel()
	var hold, done sync.WaitGroup
	hold.Add(readers)
	for range readers {
		done.Go(func() {
			first := sync.OnceFunc(func() { hold.Done(); hold.Wait() })
			err := d.Read(ctx, func(tx *db.Tx) error {
				first()
				got, err := s.In(ctx, tx).Get(HashOf(b))
				if err == nil && !bytes.Equal(got, b) {
					err = errors.New("another blob")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
}

// TestStoreInATransaction: it says what the store says, of damage too.
func TestStoreInATransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := OpenIn(d)
		good, bad := content(500, 1), HashOf(content(500, 3))
		if err := s.Put(map[Hash][]byte{HashOf(good): good, bad: content(500, 2)}); err != nil {
			t.Fatal(err)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			in := s.In(t.Context(), tx)
			if got, err := in.Get(HashOf(good)); err != nil || !bytes.Equal(got, good) || !in.Shared() {
				t.Errorf("Get = %d bytes, %v", len(got), err)
			}
			if _, err := in.Get(bad); !errors.Is(err, ErrHash) {
				t.Errorf("Get of damage = %v", err)
			}
			if _, err := in.Get(Hash{1}); !errors.Is(err, ErrNotFound) {
				t.Errorf("Get of nothing = %v", err)
			}
			if has, err := in.Has(bad); !has || err != nil {
				t.Errorf("Has = %v, %v", has, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
