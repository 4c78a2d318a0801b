package retire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhunkao/appliance"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// Options say which box, and where its last word goes.
type Options struct {
	Data      string // folder of the box; kioskd must not run
	TPM       string // device or socket of its TPM; "" is the usual one
	Carry     string // folder for the records that are only here; "" refuses if there are any
	Statement string // file for the last word; must not exist
	Now       func() time.Time
}

// The refusals. Each says in words what to do; nothing was changed.
var (
	ErrDrafts    = errors.New("retire: drafts that nobody confirmed are on this box: confirm or discard them at its desk")
	ErrOnlyHere  = errors.New("retire: records are on this box that no backup of the hub has: say with --carry where they are to be written")
	ErrStatement = errors.New("retire: the file for the statement is there already")
)

// Done is what was found, and what is proved.
type Done struct {
	Box     protocol.BoxID
	Head    uint64 // records ever sealed in this epoch
	Carried int    // records written to File
	File    string // "" if nothing was carried
	Plain   bool   // the keys lay in plain files: destroy the medium
}

// Retire empties a box. Errors: the refusals; store.ErrHeld while kioskd runs;
// store.ErrDamaged, and then nothing was changed.
func Retire(ctx context.Context, o Options) (Done, error) {
	if _, err := os.Lstat(o.Statement); !errors.Is(err, fs.ErrNotExist) {
		return Done{}, errors.Join(ErrStatement, err)
	}
	if _, err := store.Check(o.Data); err != nil {
		return Done{}, fmt.Errorf("retire: %w", err)
	}
	keys, err := keystore.Open(keystore.Options{Dir: appliance.KeysDir(o.Data), TPM: o.TPM})
	if err != nil {
		return Done{}, fmt.Errorf("retire: %w", err)
	}
	defer keys.Close()
	box, err := store.Open(o.Data, keys, store.Options{})
	if err != nil {
		return Done{}, fmt.Errorf("retire: %w", err)
	}
	done, err := lastWord(ctx, o, keys, box)
	if err = errors.Join(err, box.Close()); err != nil {
		return Done{}, err
	}
	if err := keys.Erase(); err != nil {
		return done, err
	}
	return done, empty(o.Data)
}

// lastWord carries what is only here, and writes down what the box signs.
func lastWord(ctx context.Context, o Options, keys *keystore.Store, box *store.Store) (Done, error) {
	id, err := box.Identity()
	if err != nil {
		return Done{}, err
	}
	drafts, err := box.Drafts()
	if err != nil {
		return Done{}, err
	}
	for _, d := range drafts {
		if !d.Confirmed {
			return Done{}, ErrDrafts
		}
	}
	word := protocol.Retirement{Address: id.Address(), At: protocol.TimeOf(o.Now())}
	if word.Head, word.HeadHash, err = box.Head(); err != nil {
		return Done{}, err
	}
	done := Done{Box: id.Box(), Head: word.Head, Plain: keys.Kind() == keystore.KindFile}
	places, err := onlyHere(box)
	if err != nil {
		return Done{}, err
	}
	if len(places) > 0 {
		if o.Carry == "" {
			return Done{}, fmt.Errorf("%w (%d)", ErrOnlyHere, len(places))
		}
		if done.File, word.Carry, err = carry(ctx, o.Carry, id.Box(), box, places); err != nil {
			return Done{}, err
		}
		done.Carried, word.Carried = len(places), uint64(len(places))
	}
	signer, err := keys.Signer(id.KeyName)
	if err != nil {
		return Done{}, err
	}
	raw, err := protocol.SignMessage(protocol.KindRetirement, word, signer)
	if err != nil {
		return Done{}, err
	}
	return done, write(o.Statement, raw)
}

// onlyHere lists the records that no backup of the hub has, as far as the hub's
// backup mark told this box: those the box holds for its own day, or as the last of
// its chain, are in one and need nobody to carry them.
func onlyHere(box *store.Store) ([]store.Place, error) {
	places, err := box.Places()
	if err != nil {
		return nil, err
	}
	var out []store.Place
	for _, p := range places {
		backed, err := box.Backed(p)
		if err != nil {
			return nil, err
		}
		if !backed {
			out = append(out, p)
		}
	}
	return out, nil
}

// carry writes records as a stick's journal, reads the file back, and holds each
// against the store.
func carry(ctx context.Context, dir string, id protocol.BoxID, box *store.Store, places []store.Place) (string, protocol.Hash, error) {
	var none protocol.Hash
	path := filepath.Join(dir, protocol.StickDir)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", none, fmt.Errorf("retire: %w", err)
	}
	path = filepath.Join(path, fmt.Sprintf("%s-%08d%s", id, 99_000_000, protocol.StickExt))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return "", none, fmt.Errorf("retire: %w", err)
	}
	hash, err := carryTo(ctx, f, id, box, places)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", none, fmt.Errorf("retire: carry: %w", errors.Join(err, os.Remove(path)))
	}
	return path, hash, readBack(path, hash, box, places)
}

func carryTo(ctx context.Context, w io.Writer, id protocol.BoxID, box *store.Store, places []store.Place) (protocol.Hash, error) {
	sum := sha256.New()
	out := io.MultiWriter(w, sum)
	head, err := protocol.AppendStickFile(nil, protocol.StickFile{Box: id, File: 99_000_000})
	if err != nil {
		return protocol.Hash{}, err
	}
	if _, err := out.Write(head); err != nil {
		return protocol.Hash{}, err
	}
	for _, p := range places {
		if err := ctx.Err(); err != nil {
			return protocol.Hash{}, err
		}
		one, err := box.KeptAt(p)
		if err != nil {
			return protocol.Hash{}, err
		}
		frame, err := protocol.AppendStickRecord(nil, one.Record, one.Parts)
		if err != nil {
			return protocol.Hash{}, err
		}
		if _, err := out.Write(frame); err != nil {
			return protocol.Hash{}, err
		}
	}
	return protocol.Hash(sum.Sum(nil)), nil
}

// ErrCarry says that what was written does not read back as it should.
var ErrCarry = errors.New("retire: what was carried does not read back: use another medium")

func readBack(path string, want protocol.Hash, box *store.Store, places []store.Place) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("retire: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	r, err := protocol.NewStickReader(io.TeeReader(f, sum))
	if err != nil {
		return errors.Join(ErrCarry, err)
	}
	for _, p := range places {
		rec, err := r.Next()
		if err != nil || !rec.Whole {
			return errors.Join(ErrCarry, err)
		}
		hash, err := box.HashAt(p)
		if err != nil {
			return err
		}
		if protocol.HashOf(rec.Envelope) != hash {
			return ErrCarry
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) || r.Damaged() > 0 || !bytes.Equal(sum.Sum(nil), want[:]) {
		return ErrCarry
	}
	return nil
}

// write writes a small file durably, whole or not at all.
func write(path string, b []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("retire: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("retire: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("retire: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("retire: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// ErrLeft says that something is left in the folder of the box.
var ErrLeft = errors.New("retire: not everything could be removed")

// empty removes all that the folder holds, and looks that nothing is left.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("retire: %w", err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("%w: %w", ErrLeft, err)
		}
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		return errors.Join(ErrLeft, err)
	}
	return nil
}
