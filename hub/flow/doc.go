// Package flow knows which step of the office leads to which, and is the only
// writer across domains: each step takes an open transaction, changes the
// domains it concerns and writes the journal entry in the same transaction.
//
// One note is not written in the transaction that causes it: that somebody
// searched the list of candidates, which shows masked numbers only. Searches
// queues it and commits at once what has gathered; while the journal cannot be
// written, a search waits for its entry or is refused. At most what was queued in
// the moment of a power cut is lost. Looks at a record, full numbers, photos,
// exports and denials wait for the disk.
//
// Its heart is Next, one pure function from what is known of a sealed record
// to what becomes of it, with one table test. It knows no HTTP, no MQTT and no
// bytes of the wire, and holds no state but that queue.
//
// How it fails: a refusal is returned as such by Next or as an error of the
// domain; every other error leaves the transaction to be rolled back, so that
// no step is ever half taken.
package flow
