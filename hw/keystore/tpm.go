package keystore

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	keyfile "github.com/foxboron/go-tpm-keyfiles"
	"github.com/google/go-tpm/tpm2"
)

const (
	pemTSS2 = "TSS2 PRIVATE KEY"
	// boardNote begins the description of a key file; the name of the storage
	// root key under which it was made follows. By it a foreign board is told
	// from a damaged file.
	boardNote = "zhunkao board "
)

// tpm is the guard that has the keys made in, or sealed to, a TPM 2.0. Key
// files are of the TSS2 format, under the storage root key that every TPM
// derives from its own seed, so a TPM that was cleared is another board.
//
// Objects are loaded for one command and flushed after it: without a resource
// manager a TPM has room for three, and a program that died would leave its own
// there. That costs a storage root key per command: on a discrete TPM a few
// tenths of a second for a signature [inferred; swtpm: 10 ms].
//
// No object has a password, and all are exempt from the dictionary-attack
// lockout: nobody can lock a box by guessing.
type tpm struct {
	mu   sync.Mutex // one command sequence at a time; guards link
	link *tpmLink
}

func newTPM(path string) (*tpm, error) {
	if path == "" {
		path = DefaultTPM
	}
	link, err := openTPMLink(path)
	if err != nil {
		return nil, err
	}
	t := &tpm{link: link}
	if err := t.do(func(root) error { return nil }); err != nil { // is there a TPM 2.0 at all?
		return nil, errors.Join(err, link.Close())
	}
	return t, nil
}

func (*tpm) kind() Kind { return KindTPM }

func (t *tpm) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.link.Close()
}

// root is the storage root key, loaded for one sequence.
type root struct {
	auth tpm2.AuthHandle
	pub  tpm2.TPMTPublic
}

// session encrypts what goes over the wires to a discrete TPM, against whoever
// listens there; it is no proof against one who answers in the TPM's place.
func (r root) session(encrypt tpm2.AuthOption) tpm2.Session {
	return tpm2.HMAC(tpm2.TPMAlgSHA256, 16, encrypt, tpm2.Salted(r.auth.Handle, r.pub))
}

func (r root) encryptIn() tpm2.Session {
	return r.session(tpm2.AESEncryption(128, tpm2.EncryptIn))
}

func (r root) encryptOut() tpm2.Session {
	return r.session(tpm2.AESEncryption(128, tpm2.EncryptOut))
}

// note is the description of key files made under r.
func (r root) note() string { return boardNote + hex.EncodeToString(r.auth.Name.Buffer) }

// do runs one sequence of commands under a fresh storage root key.
func (t *tpm) do(sequence func(root) error) (err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	made, err := tpm2.CreatePrimary{
		PrimaryHandle: tpm2.AuthHandle{Handle: tpm2.TPMRHOwner, Auth: tpm2.PasswordAuth(nil)},
		InPublic:      tpm2.New2B(keyfile.ECCSRK_H2_Template),
	}.Execute(t.link)
	if err != nil {
		return tpmError("storage root key", err)
	}
	defer func() { err = errors.Join(err, t.flush(made.ObjectHandle)) }()
	pub, err := made.OutPublic.Contents()
	if err != nil {
		return tpmError("storage root key", err)
	}
	return sequence(root{pub: *pub, auth: tpm2.AuthHandle{
		Handle: made.ObjectHandle, Name: made.Name, Auth: tpm2.PasswordAuth(nil)}})
}

func (t *tpm) flush(h tpm2.TPMHandle) error {
	if _, err := (tpm2.FlushContext{FlushHandle: h}).Execute(t.link); err != nil {
		return tpmError("flush", err)
	}
	return nil
}

// make makes a P-256 key that signs SHA-256 digests and can neither leave the
// TPM nor do anything else.
func (t *tpm) make(string) (text []byte, err error) {
	public := tpm2.TPMTPublic{
		Type: tpm2.TPMAlgECC, NameAlg: tpm2.TPMAlgSHA256,
		ObjectAttributes: tpm2.TPMAObject{
			FixedTPM: true, FixedParent: true, SensitiveDataOrigin: true, UserWithAuth: true, NoDA: true, SignEncrypt: true,
		},
		Parameters: tpm2.NewTPMUPublicParms(tpm2.TPMAlgECC, &tpm2.TPMSECCParms{
			CurveID: tpm2.TPMECCNistP256,
			Scheme: tpm2.TPMTECCScheme{Scheme: tpm2.TPMAlgECDSA,
				Details: tpm2.NewTPMUAsymScheme(tpm2.TPMAlgECDSA, &tpm2.TPMSSigSchemeECDSA{HashAlg: tpm2.TPMAlgSHA256})},
		}),
	}
	err = t.do(func(r root) error {
		made, err := tpm2.Create{ParentHandle: r.auth, InPublic: tpm2.New2B(public)}.Execute(t.link, r.encryptIn())
		if err != nil {
			return tpmError("make key", err)
		}
		text = encode(keyfile.NewTPMKey(keyfile.OIDLoadableKey, made.OutPublic, made.OutPrivate, keyfile.WithDescription(r.note())))
		return nil
	})
	return text, err
}

// signer loads the key once, so that a foreign board is told at the start and
// not at the first signature.
func (t *tpm) signer(file string, text []byte) (crypto.Signer, error) {
	key, err := decode(file, text, true)
	if err != nil {
		return nil, err
	}
	raw, err := key.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, file)
	}
	public, ok := raw.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: %s is no P-256 key", ErrDamaged, file)
	}
	err = t.do(func(r root) error {
		return t.with(r, file, key, func(tpm2.AuthHandle) error { return nil })
	})
	if err != nil {
		return nil, err
	}
	return &tpmSigner{tpm: t, file: file, key: key, public: public}, nil
}

// with loads key for the duration of do.
func (t *tpm) with(r root, file string, key *keyfile.TPMKey, do func(tpm2.AuthHandle) error) (err error) {
	if key.Description != r.note() {
		return fmt.Errorf("%w: %s", ErrOtherBoard, file)
	}
	loaded, err := tpm2.Load{ParentHandle: r.auth, InPrivate: key.Privkey, InPublic: key.Pubkey}.Execute(t.link)
	if err != nil {
		// Only an answer about what was sent (format one) speaks of the file: it was
		// made here, and its integrity value does not hold. No room, locked out, in
		// failure mode: that is the TPM, and the file may be as good as ever.
		if about := (tpm2.TPMFmt1Error{}); errors.As(err, &about) {
			return fmt.Errorf("%w: %s: %w", ErrDamaged, file, err)
		}
		return tpmError("load key", err)
	}
	defer func() { err = errors.Join(err, t.flush(loaded.ObjectHandle)) }()
	return do(tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name, Auth: tpm2.PasswordAuth(nil)})
}

// hide seals secret, with the file's name behind it, so that no file can be
// passed off as another.
func (t *tpm) hide(file string, secret []byte) (text []byte, err error) {
	public := tpm2.TPMTPublic{
		Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256,
		ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true, NoDA: true},
	}
	data := append(bytes.Clone(secret), file...)
	err = t.do(func(r root) error {
		made, err := tpm2.Create{
			ParentHandle: r.auth, InPublic: tpm2.New2B(public),
			InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
				Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: data})}},
		}.Execute(t.link, r.encryptIn())
		if err != nil {
			return tpmError("seal", err)
		}
		text = encode(keyfile.NewTPMKey(keyfile.OIDSealedKey, made.OutPublic, made.OutPrivate, keyfile.WithDescription(r.note())))
		return nil
	})
	return text, err
}

func (t *tpm) reveal(file string, text []byte) (secret []byte, err error) {
	key, err := decode(file, text, false)
	if err != nil {
		return nil, err
	}
	err = t.do(func(r root) error {
		return t.with(r, file, key, func(h tpm2.AuthHandle) error {
			opened, err := tpm2.Unseal{ItemHandle: h}.Execute(t.link, r.encryptOut())
			if err != nil {
				return tpmError("unseal", err)
			}
			data := opened.OutData.Buffer
			if len(data) < 32 || string(data[32:]) != file {
				return fmt.Errorf("%w: %s", ErrDamaged, file)
			}
			secret = data[:32]
			return nil
		})
	})
	return secret, err
}

func encode(key *keyfile.TPMKey) []byte {
	var b bytes.Buffer
	_ = keyfile.Encode(&b, key) // a buffer takes everything
	return b.Bytes()
}

// decode reads a key file. The library panics on a public part that does not
// parse, so that is tried first.
func decode(file string, text []byte, signing bool) (*keyfile.TPMKey, error) {
	damaged := fmt.Errorf("%w: %s", ErrDamaged, file)
	key, err := keyfile.Decode(text)
	if err != nil {
		return nil, damaged
	}
	public, err := key.Pubkey.Contents()
	if err != nil {
		return nil, damaged
	}
	want, oid := tpm2.TPMAlgKeyedHash, keyfile.OIDSealedKey
	if signing {
		want, oid = tpm2.TPMAlgECC, keyfile.OIDLoadableKey
	}
	// What the TPM does not vouch for must be as we write it.
	ours := key.EmptyAuth && key.Parent == tpm2.TPMRHOwner && len(key.Policy)+len(key.AuthPolicy) == 0 && strings.HasPrefix(key.Description, boardNote)
	if public.Type != want || !key.Keytype.Equal(oid) || !ours {
		return nil, damaged
	}
	return key, nil
}

// tpmError tells a TPM that refused from one that is gone.
func tpmError(op string, err error) error {
	if errors.Is(err, ErrTPM) {
		return fmt.Errorf("keystore: %s: %w", op, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrTPM, op, err)
}

// tpmSigner signs with a key of the TPM.
type tpmSigner struct {
	tpm    *tpm
	file   string
	key    *keyfile.TPMKey
	public *ecdsa.PublicKey
}

// Public gives the *ecdsa.PublicKey.
func (s *tpmSigner) Public() crypto.PublicKey { return s.public }

// Sign signs a SHA-256 digest; the TPM brings its own random numbers. The
// signature is ASN.1, as crypto.Signer wants it.
func (s *tpmSigner) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) (signature []byte, err error) {
	if opts != nil && opts.HashFunc() != 0 && opts.HashFunc() != crypto.SHA256 || len(digest) != crypto.SHA256.Size() {
		return nil, fmt.Errorf("keystore: %s signs SHA-256 digests only", s.file)
	}
	err = s.tpm.do(func(r root) error {
		return s.tpm.with(r, s.file, s.key, func(h tpm2.AuthHandle) error {
			signed, err := tpm2.Sign{
				KeyHandle: h, Digest: tpm2.TPM2BDigest{Buffer: digest},
				Validation: tpm2.TPMTTKHashCheck{Tag: tpm2.TPMSTHashCheck},
			}.Execute(s.tpm.link)
			if err != nil {
				return tpmError("sign", err)
			}
			signature, err = keyfile.EncodeSignatureASN1(&signed.Signature)
			return err
		})
	})
	return signature, err
}
