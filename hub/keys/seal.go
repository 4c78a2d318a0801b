package keys

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
)

const sealVersion = 1

// Seal encrypts plain under the newest data key, bound to a label (what it is:
// "application") and an id (whose it is). The result names its data key.
func (r *Ring) Seal(label, id string, plain []byte) ([]byte, error) {
	r.mu.RLock()
	k := r.data[len(r.data)-1]
	r.mu.RUnlock()
	n := k.aead.NonceSize()
	head := 1 + len(k.id)
	out := make([]byte, head+n, head+n+len(plain)+k.aead.Overhead())
	out[0] = sealVersion
	copy(out[1:], k.id[:])
	_, _ = rand.Read(out[head:])
	return k.aead.Seal(out, out[head:], plain, sealAAD(label, id)), nil
}

// Unseal decrypts what Seal made with the same label and id. Any failure is
// ErrSealed, but a data key this hub does not have is ErrUnknown.
func (r *Ring) Unseal(label, id string, sealed []byte) ([]byte, error) {
	const head = 1 + len(ID{})
	if len(sealed) < head || sealed[0] != sealVersion {
		return nil, ErrSealed
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.data {
		if k.id != ID(sealed[1:head]) {
			continue
		}
		n := k.aead.NonceSize()
		if len(sealed) < head+n {
			return nil, ErrSealed
		}
		plain, err := k.aead.Open(nil, sealed[head:head+n], sealed[head+n:], sealAAD(label, id))
		if err != nil {
			return nil, ErrSealed
		}
		return plain, nil
	}
	return nil, ErrUnknown
}

func sealAAD(label, id string) []byte {
	return []byte("zhunkao/rest/1\x00" + label + "\x00" + id)
}

// NumberKey is the keyed hash of a document number in normal form, 32 bytes:
// what a number is looked up by where the number itself is sealed.
func (r *Ring) NumberKey(number string) []byte { return r.hash("number", number) }

// LookupKey is the keyed hash under which candidates of a campaign are looked up
// by one kind of thing (a name, a telephone number). Other campaigns and other
// kinds have other hashes of the same value. 16 bytes: one of two hundred million
// rows meets another by chance once in 10^22.
func (r *Ring) LookupKey(campaign, kind, value string) []byte {
	return r.hash("lookup/"+kind, campaign+"\x00"+value)[:16]
}

// ContentMark is the keyed hash of the digest of a content that is sealed at
// rest: whether another content is the same can be told by it without opening
// either. 32 bytes.
func (r *Ring) ContentMark(digest [32]byte) []byte { return r.hash("content", string(digest[:])) }

// JournalHash is a keyed hash of a value, for a journal entry that must tell
// whether a value changed without telling the value. 32 bytes.
func (r *Ring) JournalHash(value string) []byte { return r.hash("journal-value", value) }

// JournalSeal is the keyed hash under which the sealer of the journal stamps a
// row. 32 bytes.
func (r *Ring) JournalSeal(row []byte) []byte { return r.hash("journal-row", string(row)) }

// SignInKey is the keyed hash under which failures to sign in are counted, so
// that what was typed does not lie in a table. 32 bytes.
func (r *Ring) SignInKey(subject string) []byte { return r.hash("sign-in", subject) }

// RosterKey is the key, 32 bytes, of a campaign's marks of persons registered
// elsewhere. Every box of the campaign is given it.
func (r *Ring) RosterKey(campaign string) []byte { return r.derive("roster/" + campaign) }

// CookieKey is a key, 32 bytes, for a surface to authenticate what it gives a
// browser; each surface names its own.
func (r *Ring) CookieKey(surface string) []byte { return r.derive("cookie/" + surface) }

func (r *Ring) hash(purpose, value string) []byte {
	key, ok := r.derived.Load(purpose)
	if !ok {
		key, _ = r.derived.LoadOrStore(purpose, r.derive(purpose))
	}
	m := hmac.New(sha256.New, key.([]byte))
	m.Write([]byte(value)) // a hash never fails
	return m.Sum(nil)
}

func (r *Ring) derive(purpose string) []byte {
	k, err := hkdf.Key(sha256.New, r.secret, nil, "zhunkao/hash/1/"+purpose, keySize)
	if err != nil {
		panic(err) // our own mistake: the length is a constant within the limit
	}
	return k
}
