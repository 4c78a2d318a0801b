package store

import (
	"bytes"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// SignIns is what keeps a one-time code from working twice and a PIN from being
// guessed, by account: it goes with the box into a training and back.
type SignIns struct {
	Steps map[string]int64  // newest step whose code was used
	Tries map[string]uint64 // wrong PINs beside her card; without an entry, none
}

// SignIns gives them.
func (s *Store) SignIns() (out SignIns, err error) {
	out = SignIns{map[string]int64{}, map[string]uint64{}}
	err = s.view(func(tx *bolt.Tx) error {
		return errors.Join(byAccount(tx, metaCode, out.Steps), byAccount(tx, metaTries, out.Tries))
	})
	return out, err
}

// byAccount reads the values of a kind into out.
func byAccount[T any](tx *bolt.Tx, kind string, out map[string]T) error {
	c := tx.Bucket(bucketMeta).Cursor()
	for k, _ := c.Seek([]byte(kind)); bytes.HasPrefix(k, []byte(kind)); k, _ = c.Next() {
		var v T
		if _, err := get(tx, bucketMeta, k, &v); err != nil {
			return fmt.Errorf("sign-ins: %w", err)
		}
		out[string(k[len(kind):])] = v
	}
	return nil
}

// SaveSignIns takes over, in one transaction, what was counted elsewhere meanwhile:
// a code that was used anywhere is used here, and of wrong PINs the count of there
// stands, which began with that of here. accounts are those it is about.
func (s *Store) SaveSignIns(of SignIns, accounts []string) error {
	return s.update(func(tx *bolt.Tx) error {
		for _, a := range accounts {
			if err := saveSignIn(tx, a, of.Steps[a], of.Tries[a]); err != nil {
				return err
			}
		}
		return nil
	})
}

func saveSignIn(tx *bolt.Tx, account string, step int64, tries uint64) error {
	var last int64
	code, pin := []byte(metaCode+account), []byte(metaTries+account)
	if _, err := get(tx, bucketMeta, code, &last); err != nil {
		return err
	}
	if step > last {
		if err := put(tx, bucketMeta, code, step); err != nil {
			return err
		}
	}
	if tries == 0 {
		return tx.Bucket(bucketMeta).Delete(pin)
	}
	return put(tx, bucketMeta, pin, tries)
}
