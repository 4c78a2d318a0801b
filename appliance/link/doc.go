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
// # How it fails
//
// Run returns only when its context ends, or with store.ErrBroken when the disk
// failed. A hub that is away costs nothing but 待上传. A record whose parts
// cannot be read is told as Unsendable and passed over; a record that the hub
// sets aside leaves the outbox; neither blocks the next.
package link
