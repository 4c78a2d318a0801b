// Package link speaks with the hub: MQTT both ways, and once in a box's life
// the enrolment over HTTPS. It is the only importer of paho in the box.
//
// It drains the outbox of appliance/store in order, with a window of records
// that have no receipt yet, and takes what the hub sends down: receipts,
// wants, the roster, the campaign, the time. It decides nothing about a visit
// and holds nothing that matters: whatever it knows can be asked again.
//
// # Why a session and not a reconnecting client
//
// paho can reconnect by itself, but then tokens complete without an
// acknowledgement, a stuck publish is never repeated, and a client that was
// disconnected must not be used again. So one session is one client: fresh
// random id, clean session, memory store, no reconnecting of its own. It ends
// with its connection; after a pause that grows and is jittered the next one
// begins with a hello. Handlers only push to a buffered channel; one goroutine
// owns the session, another sends.
//
// # What it believes
//
// A PUBACK only paces the sender: an entry leaves the outbox when a receipt,
// signed by a key pinned at enrolment, names sequence, id and envelope hash.
// What does not verify, is addressed to another box or an ended epoch, or
// answers no nonce of ours is counted, told as Refused, and has no effect.
//
// # Many boxes, and a backlog
//
// When the hub comes back after an hour, two thousand boxes do. Each draws its
// pause before it connects from [0, 15 s] after a session that stood 30 s, and
// from twice that, 45 s at most, after each attempt in vain. This is full jitter:
// of 2,000 boxes no second sees more than some 150, and none waits longer. A box that has more than one
// window of records to say, 192 records or 8 MiB, draws once more from [0, 45 s]
// before the first of them goes; hello, heartbeats, roster and campaign do not
// wait for that. With a hub on this machine 45 s are 2 s.
//
// Records go in the order of the chain, manifest first and parts behind it, in
// chunks of 96 KiB at most, each read from the disk while the one before it goes,
// so that two are in memory; a later one overtakes an earlier only when that
// cannot be read, or its receipt did not come and it is said again. At most 192
// of them, or 8 MiB, have no receipt, or twice as many where receipts come within
// 400 ms; 16 when a session begins, and half as many as before whenever a receipt
// is late. A record without one is announced again after 5 s, and sent whole after
// pauses that double up to five minutes.
//
// Small messages wait for none of it. Of records at most 256 KiB (inFlight) are
// on the way to the broker without its PUBACK, wherever they lie, and up to 2 MiB
// as long as each PUBACK comes within 100 ms; a heartbeat, a hello or a request of
// the desk needs no such room and goes before the next chunk, while a record is
// read from the disk too. Downwards nothing of a record goes but receipts.
//
// # How it fails
//
// Run returns only when its context ends, or with store.ErrBroken when the disk
// failed. A hub that is away costs nothing but 待上传. A record whose parts
// cannot be read is told as Unsendable and passed over; a record that the hub
// sets aside leaves the outbox; neither blocks the next.
package link
