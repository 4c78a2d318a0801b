// Package blob keeps ciphertext by its SHA-256: the sealed bodies and blobs of
// records, in one bbolt file, and beside it the parts that have not come whole.
//
// It opens nothing and holds no key. A blob is there whole or not at all, and
// is durable when Put returns. Parts under way are not durable: after a power
// cut some of their bytes are asked for again.
//
// How it fails: ErrHash when bytes are not what their name says, ErrTooLarge
// beyond the limits, ErrNotFound when a blob is not there. After any error of
// Put nothing of that batch may be believed durable.
package blob
