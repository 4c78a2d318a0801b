// Package keystore keeps the keys that make a box this box: its signing key
// (ECDSA P-256), its opening key (X25519, for HPKE) and one wrapping key for
// data at rest (AES-256-GCM).
//
// It is not a certificate store and knows no protocol: names are the caller's,
// and certificates lie where the caller puts them.
//
// The only kind so far keeps keys in files. Whoever copies the disk copies the
// box, so Kind says "file" and whatever shows the box's state must show that it
// is for the demo.
//
// How it fails: Open refuses a directory or file that group or others may read
// (ErrExposed), because a key that was readable must be thought of as known.
// A file is written under another name, synced, linked and the directory
// synced, so that a power cut leaves either no key or the whole key; a key once
// created is never overwritten. Unwrap fails with ErrSealed for every reason
// alike: other key, other label, altered bytes.
package keystore
