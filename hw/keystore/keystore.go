package keystore

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// Kind says what guards the keys.
type Kind string

// The kinds; doc.go says what each is worth.
const (
	// KindFile: plain files of mode 0600. For the demo; screens must say so.
	KindFile Kind = "file"
	// KindMachine: files encrypted under the board's own serial number.
	KindMachine Kind = "machine"
	// KindTPM: made in, or sealed to, a TPM 2.0.
	KindTPM Kind = "tpm"
)

// The errors a caller may test for.
var (
	ErrNotFound = errors.New("keystore: no such key")
	ErrExists   = errors.New("keystore: key exists already")
	ErrName     = errors.New("keystore: name must be 1 to 40 of a-z 0-9 - _")
	ErrExposed  = errors.New("keystore: readable by group or others")
	ErrDamaged  = errors.New("keystore: key file is damaged")
	ErrSealed   = errors.New("keystore: cannot be opened with this key and label")

	// ErrKind: the directory's keys are of another kind than asked for, or no
	// kind was given for a directory without keys.
	ErrKind = errors.New("keystore: kind of key store")
	// ErrOtherBoard: the keys are whole, and this board cannot use them.
	ErrOtherBoard = errors.New("keystore: this board's key store was made by another board: enrol again")
	// ErrTPM: there is no TPM at the path, or it does not work.
	ErrTPM = errors.New("keystore: TPM")
	// ErrNoSerial: the board has no serial number of its own, so nothing could
	// be bound to it that a copy of the disk would not carry along.
	ErrNoSerial = errors.New("keystore: this board has no serial number of its own")
)

// File name endings. They are part of the layout on disk: changing one loses
// the box's identity at the next start.
const (
	signingExt = ".sign.pem"
	openingExt = ".open.pem"
	wrapFile   = "wrap.pem"
	pemPKCS8   = "PRIVATE KEY"
	pemWrap    = "ZHUNKAO WRAP KEY"
)

// guard is what keeps the keys of one kind. A guard turns a key into the PEM
// text that goes on disk and back; file is the name it lies under, which a
// guard may bind it to.
type guard interface {
	kind() Kind
	// make makes a signing key and gives its text.
	make(file string) ([]byte, error)
	// signer gives the signing key of a text.
	signer(file string, text []byte) (crypto.Signer, error)
	// hide gives the text of a secret of 32 bytes: an opening or wrapping key.
	hide(file string, secret []byte) ([]byte, error)
	// reveal gives the secret of a text.
	reveal(file string, text []byte) ([]byte, error)
	close() error
}

// Store is one box's keys. It is safe for concurrent use.
type Store struct {
	dir   string
	guard guard
	mu    sync.Mutex // guards creation and destruction of files in dir
	wrap  cipher.AEAD
}

// Options say where the keys lie and what guards them.
type Options struct {
	// Dir is made with mode 0700 if needed. Required.
	Dir string
	// Kind is what guards the keys. "" takes the kind Dir was made with.
	Kind Kind
	// TPM is the device or the unix socket of KindTPM; "" is DefaultTPM.
	TPM string
	// Root is where KindMachine looks for the board's names; "" is "/".
	Root string
}

// OpenFile opens the store of plain files in dir.
func OpenFile(dir string) (*Store, error) { return Open(Options{Dir: dir, Kind: KindFile}) }

// OpenMachine opens the store in dir that is bound to the board whose names are
// found below root; "" is "/".
func OpenMachine(dir, root string) (*Store, error) {
	return Open(Options{Dir: dir, Kind: KindMachine, Root: root})
}

// OpenTPM opens the store in dir that is guarded by the TPM at path, a device
// or a unix socket; "" is DefaultTPM.
func OpenTPM(dir, path string) (*Store, error) {
	return Open(Options{Dir: dir, Kind: KindTPM, TPM: path})
}

// Open opens the store in o.Dir, which it creates if needed, and makes the
// wrapping key on first use. Errors: ErrExposed, ErrDamaged, ErrKind,
// ErrOtherBoard, ErrTPM, ErrNoSerial. After an error nothing is held.
func Open(o Options) (_ *Store, err error) {
	made, err := KindOf(o.Dir)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Kind == "" && made == "":
		return nil, fmt.Errorf("%w: none given, and no keys in %s yet", ErrKind, o.Dir)
	case o.Kind == "":
		o.Kind = made
	case made != "" && made != o.Kind:
		return nil, fmt.Errorf("%w: the keys in %s are of kind %s, not %s", ErrKind, o.Dir, made, o.Kind)
	}
	g, err := o.newGuard()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	if err := makeDir(o.Dir); err != nil {
		return nil, err
	}
	if err := sweep(o.Dir); err != nil {
		return nil, err
	}
	key, err := wrapKey(o.Dir, g)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return &Store{dir: o.Dir, guard: g, wrap: aead}, nil
}

func (o Options) newGuard() (guard, error) {
	switch o.Kind {
	case KindFile:
		return plain{}, nil
	case KindMachine:
		return newMachine(o.Root)
	case KindTPM:
		return newTPM(o.TPM)
	}
	return nil, fmt.Errorf("%w: %q is none of file, machine, tpm", ErrKind, o.Kind)
}

// KindOf says what kind of keys lie in dir; "" if there are none. It needs
// neither TPM nor board. Errors: ErrExposed, ErrDamaged.
func KindOf(dir string) (Kind, error) {
	fi, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err == nil && !fi.IsDir() {
		return "", fmt.Errorf("keystore: %s is no directory", dir)
	}
	text, err := readPrivate(filepath.Join(dir, wrapFile))
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(text)
	switch {
	case block == nil:
	case block.Type == pemWrap:
		return KindFile, nil
	case block.Type == pemMachine:
		return KindMachine, nil
	case block.Type == pemTSS2:
		return KindTPM, nil
	}
	return "", fmt.Errorf("%w: %s", ErrDamaged, wrapFile)
}

// Kind says what guards the keys, for telemetry and for the screen.
func (s *Store) Kind() Kind { return s.guard.kind() }

// Close gives up the TPM. Signers and openers of the store must not be used
// after it.
func (s *Store) Close() error { return s.guard.close() }

// LogValue keeps a Store out of logs but for its kind.
func (s *Store) LogValue() slog.Value { return slog.StringValue("keystore(" + string(s.Kind()) + ")") }

// String is like LogValue, for %v.
func (s *Store) String() string { return "keystore(" + string(s.Kind()) + ")" }

// Create makes an ECDSA P-256 signing key under name. When it returns nil the
// key survives a power cut. ErrExists if there is one already.
func (s *Store) Create(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	file := name + signingExt
	if err := s.absent(file); err != nil {
		return err // before a TPM takes its seconds
	}
	text, err := s.guard.make(file)
	if err != nil {
		return err
	}
	return s.put(file, text)
}

// Signer gives the signing key name, for x509, tls and COSE. ErrNotFound if it
// was never created. A TPM's signer signs SHA-256 digests only, one at a time.
func (s *Store) Signer(name string) (crypto.Signer, error) {
	text, err := s.get(name, signingExt)
	if err != nil {
		return nil, err
	}
	return s.guard.signer(name+signingExt, text)
}

// CreateOpener makes an X25519 opening key under name. ErrExists if there is
// one already.
func (s *Store) CreateOpener(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	file := name + openingExt
	if err := s.absent(file); err != nil {
		return err
	}
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	text, err := s.guard.hide(file, key.Bytes())
	if err != nil {
		return err
	}
	return s.put(file, text)
}

// Opener gives the opening key name as an HPKE private key
// (DHKEM X25519, HKDF-SHA256). ErrNotFound if it was never created.
func (s *Store) Opener(name string) (hpke.PrivateKey, error) {
	text, err := s.get(name, openingExt)
	if err != nil {
		return nil, err
	}
	secret, err := s.guard.reveal(name+openingExt, text)
	if err != nil {
		return nil, err
	}
	dh, err := ecdh.X25519().NewPrivateKey(secret)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is no X25519 key", ErrDamaged, name)
	}
	opener, err := hpke.NewDHKEMPrivateKey(dh)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return opener, nil
}

// Destroy forgets both keys of name. The bytes may survive on flash until
// overwritten; kept apart from board or TPM, those of kinds machine and tpm are
// of no use. ErrNotFound if there
// is neither.
func (s *Store) Destroy(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return removeAll(s.dir, name+signingExt, name+openingExt)
}

// Erase forgets every key, the wrapping key last: what was wrapped under it is
// nobody's any more. The store is of no use afterwards. What Destroy says of
// flash holds here, too: the files are written over, which a card may do in
// another place.
func (s *Store) Erase() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	var files []string
	for _, e := range entries {
		if e.Name() != wrapFile {
			files = append(files, e.Name())
		}
	}
	for _, name := range append(files, wrapFile) {
		if err := overwrite(filepath.Join(s.dir, name)); err != nil {
			return err
		}
		if err := removeAll(s.dir, name); err != nil {
			return err
		}
	}
	return nil
}

// Wrap seals plain under the store's wrapping key, bound to label: the result
// opens only with the same label. Layout: 12 bytes nonce, ciphertext, 16 bytes
// tag.
func (s *Store) Wrap(label string, plain []byte) ([]byte, error) {
	return s.wrap.Seal(nil, nil, plain, []byte(label)), nil
}

// Unwrap opens what Wrap sealed. Every failure is ErrSealed.
func (s *Store) Unwrap(label string, sealed []byte) ([]byte, error) {
	plain, err := s.wrap.Open(nil, nil, sealed, []byte(label))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// absent fails with ErrExists if file is there.
func (s *Store) absent(file string) error {
	_, err := os.Lstat(filepath.Join(s.dir, file))
	switch {
	case err == nil:
		return fmt.Errorf("%w: %s", ErrExists, file)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return fmt.Errorf("keystore: %w", err)
}

func (s *Store) put(file string, text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return writeNew(filepath.Join(s.dir, file), text)
}

func (s *Store) get(name, ext string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	return readPrivate(filepath.Join(s.dir, name+ext))
}

// wrapKey reads the wrapping key, or makes it when there is none.
func wrapKey(dir string, g guard) ([]byte, error) {
	path := filepath.Join(dir, wrapFile)
	text, err := readPrivate(path)
	if errors.Is(err, ErrNotFound) {
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("keystore: %w", err)
		}
		text, err = g.hide(wrapFile, key)
		if err != nil {
			return nil, err
		}
		err := writeNew(path, text)
		if err == nil {
			return key, nil
		}
		if !errors.Is(err, ErrExists) {
			return nil, err
		}
		// Another process made it between our two steps: use that one.
		text, err = readPrivate(path)
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	return g.reveal(wrapFile, text)
}

func checkName(name string) error {
	if len(name) < 1 || len(name) > 40 {
		return ErrName
	}
	for _, c := range []byte(name) {
		ok := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
		if !ok {
			return ErrName
		}
	}
	return nil
}
