package appliance

import (
	"errors"
	"fmt"
	"path/filepath"

	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
)

// KeysDir is where the keys of the store in data lie.
func KeysDir(data string) string { return filepath.Join(data, "keys") }

// openKeys opens the keys a box was enrolled with. A box without any has no
// identity either, and opening would make new ones.
func (c Config) openKeys() (*keystore.Store, error) {
	dir := KeysDir(c.Data)
	switch made, err := keystore.KindOf(dir); {
	case err != nil:
		return nil, err
	case made == "":
		return nil, ErrNotEnrolled
	}
	return keystore.Open(keystore.Options{Dir: dir, Kind: c.KeyStore, TPM: c.TPM})
}

// openKeys opens or makes the keys of a box that enrols. Which kind is a
// decision about the board, and only the demonstration has a default.
func (e Enrolment) openKeys() (*keystore.Store, error) {
	o := keystore.Options{Dir: KeysDir(e.Data), Kind: e.KeyStore, TPM: e.TPM}
	if o.Kind == "" {
		made, err := keystore.KindOf(o.Dir)
		if err != nil {
			return nil, err
		}
		demo, err := store.MadeForDemo(e.Data)
		if err != nil {
			return nil, err
		}
		switch {
		case made != "":
		case demo:
			o.Kind = keystore.KindFile
		default:
			return nil, fmt.Errorf("%w: nobody has said what guards the keys of this box", ErrKeyStore)
		}
	}
	return keystore.Open(o)
}

// ErrKeyStore: the kind of key store must be given.
var ErrKeyStore = errors.New("appliance: key store")
