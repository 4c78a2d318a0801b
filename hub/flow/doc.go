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
// # Orders
//
// Records come late and in any order; what becomes of them must not hang on it.
// Three rules of the office decide where the order itself is the question:
//
//   - What she signed wins (design §2). A void takes back the one confirmation that
//     it names and nothing else: what stood beside it, or what it had replaced, stands
//     again. So the void of a confirmation by which she answered the city, when her
//     papers were sent back, leaves her confirmed by the papers that were sent back,
//     and asked to come again, as before. Left unconfirmed she would lose by a
//     clerk's mistake what she signed and nobody took back.
//   - An answer comes after its question. A confirmation that was certainly sealed
//     before her papers were sent back takes no place without a word of the county,
//     however late it comes; where the evidence cannot tell it is believed.
//   - A card that was read counts as long as its confirmation may: read while that
//     did not stand, it is judged again when it does.
//
// How it fails: a refusal is returned as such by Next or as an error of the
// domain; every other error leaves the transaction to be rolled back, so that
// no step is ever half taken.
package flow
