// Package blob keeps ciphertext by its SHA-256, the sealed bodies and blobs of
// records, and beside it the parts that have not come whole. There are two
// stores, which one suite of tests holds to the same words: files, and the
// database, where several hubs share them; Locate opens the one that a database
// says is its own.
//
// In files the ciphertext lies in segments: files that are only appended to, whose
// frames say what they hold. A bbolt file is the index. Put syncs the segment
// and nothing else; the index follows every 16,000 blobs and at Close, and what
// it lacks is read from the segments by Open. A lost or damaged index may be
// removed: the next Open makes it anew. A backup copies the index first.
//
// It opens nothing and holds no key. A blob is there whole or not at all, and
// is durable when Put returns. Parts under way are not durable: after a power
// cut some of their bytes are asked for again.
//
// How it fails: ErrHash when bytes are not what their name says, ErrTooLarge
// beyond the limits, ErrNotFound when a blob is not there. After an error of
// Put nothing of that batch may be believed durable, and of files every further
// Put fails until the store is opened anew; ErrAway is the database's, which may
// be asked again.
package blob
