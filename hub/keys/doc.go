// Package keys holds every secret of the hub, each by id and validity: the
// certification authority of the boxes (ECDSA P-256), the keys that sign what
// the hub says (Ed25519), the keys that records are sealed to (X25519, the old
// ones kept for ever), the keys that encrypt what lies at rest (AES-256-GCM),
// and the keys of the keyed hashes.
//
// The keys lie in one directory, a file each, mode 0600, every one wrapped
// under a master key that is a file of its own and may lie elsewhere. A file is
// made durable under another name and then linked: it is there whole or not at
// all, and is never overwritten.
//
// It signs no message and knows no wire: it hands out crypto.Signer and private
// keys to the packages that do. It is safe for concurrent use.
//
// How it fails: Open refuses a directory that others may read (ErrExposed),
// that is not finished (ErrIncomplete), or whose files do not open under the
// master key (ErrDamaged). Unseal fails with ErrSealed for every reason alike.
// No error holds a byte of a key.
package keys
