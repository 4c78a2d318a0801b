// Package store is what a box remembers: the roster of its point, the campaign,
// every sealed record with its place in the outbox, and the few marks that say
// how far box and hub have come with each other.
//
// It is the only importer of bbolt in the box, knows no network and no screen,
// and cannot read what it keeps for the hub: a record is ciphertext before it
// gets here. What it must read itself (roster, campaign keys) lies encrypted
// under a store key that hw/keystore wraps, and is found by HMAC of the number.
//
// # What lies on the disk
//
//	store.cbor      birth certificate: layout version, demo mark; written last
//	identity.cbor   the hub's grant and which keys belong to it
//	store.db        bbolt: roster, campaign, records, outbox, marks
//	parts/ab/abcd…  sealed blobs, named by the SHA-256 of their bytes
//	records/….log   a copy of each sealed record, appended; frames with checksums
//	damaged/        whatever failed a check, moved there and never read again
//	reserve         room kept for the visit in flight when the disk is full
//	lock            held by the one process that has the store open
//
// # The promise
//
// When Commit returns nil, pulling the plug changes nothing: one bbolt
// transaction holds envelope and body, the outbox entry, the new head of the
// chain and the confirmed mark; every blob it names was durable before; and the
// copy under records/ is durable too. The copy is written beside the
// transaction, not before it, so it costs no time of its own. It exists because
// SD cards damage neighbouring pages: a database that fails its check is moved
// to damaged/ and a new one is built from the copies, so that nothing
// acknowledged is lost; the roster is asked of the hub again (its mark is then
// 0). A record whose transaction did not happen may leave a copy behind; Open
// removes it, and a copy that is missing is written again. When damage leaves
// it unsure where the chain ends (a hole, a torn end), Unsure says so and
// nothing may be sealed before the hub has been asked: a second record with one
// sequence would be a fork. The newest record is therefore never pruned.
//
// # How it fails
//
// Open reads the whole file by pread and checks pages, checksums, chain and
// hashes before bbolt maps it, because bbolt panics, in goroutines of its own,
// on a damaged page, and a page that cannot be read kills a process that has it
// mapped. A failed sync is final for the handle: every later call gives
// ErrBroken, Broken is closed, and the program must close and open again
// (fsyncgate: after EIO the page cache may hold what the disk does not, so Open
// drops the cache first). A full disk refuses new visits (ErrFull from Admit)
// while the visit in flight gets the reserve. ErrHeadMoved and ErrConfirmed say
// that another commit came first.
package store
