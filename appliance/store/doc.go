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
//	store.db        bbolt: roster, campaign, records, outbox and its count, marks
//	parts/ab/abcd…  sealed blobs, named by the SHA-256 of their bytes
//	records/….log   a copy of each sealed record, appended; frames with checksums
//	pictures/       pictures of admission tickets, sealed under the store key
//	readable/       readable copies of records without a receipt, each under its own key
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
// # The readable copy
//
// Until the hub's receipt the box can print the sheet of a record once more.
// What it needs for that lies in readable/, encrypted under a random key of its
// own; the key lies wrapped by hw/keystore in the database. The transaction
// that takes the record out of the outbox deletes the key, and the file goes
// after it; Open removes files that have no key. Nothing waits for this copy
// and no room is kept for it: what is lost of it costs a reprint.
//
// Deleted is not overwritten. bbolt writes the page without the key to another
// place, and the freed page keeps its bytes until it is used again or the store
// is compacted; a card or SSD may keep the sectors of page and file longer than
// that. This is why the key is never written but wrapped: whoever finds both
// still needs the keystore of this very machine, which a stolen disk does not
// bring (but for keystore.KindFile, the demonstration's). Who holds the running
// machine and digs up both remains can open a copy that has ended. Destroying
// the wrapping key itself at every receipt would close that and cost the other
// copies theirs.
//
// That the copy has ended is part of what a box signs: Hello.Receipted and
// Heartbeat.Waiting, under its device key, count the same entries, and an entry
// leaves by no other transaction. There is no statement about one record by
// name.
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
