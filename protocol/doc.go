// Package protocol is the wire between a box and the hub: topics, messages,
// the sealed envelope of a record, its parts, and the hub's receipts.
//
// It is all that both sides must agree on, byte for byte, and nothing else:
// it opens no connection, keeps no state and knows neither box nor hub. Read
// README.md beside this file to implement a box in another language; the
// golden messages in testdata are kept for ever.
//
// Three shapes travel:
//
//   - statements, signed with COSE_Sign1 (RFC 9052) by the device key of a box
//     or by a signing key of the hub. The kind of the statement is bound as
//     external data, so a heartbeat can never be replayed as a hello;
//   - records, a signed Manifest that names a sealed body and sealed blobs by
//     the SHA-256 of their ciphertext;
//   - chunks, pieces of that ciphertext, unsigned because the manifest's
//     hashes already bind them.
//
// Everything is CBOR in the core deterministic encoding (RFC 8949 §4.2.1) and
// in a narrow profile of it (profile.go), so that every message has one byte
// form: the hash of an envelope is its name, and whoever carries it cannot make
// a second one. Unknown map keys are ignored, so fields may be added; nothing
// is ever changed in meaning. Unknown kinds, versions, suites and keys are
// refused. A message that breaks its own promise (check.go) is refused where it
// is written and where it is read.
//
// Failures are values of Err…; test them with errors.Is. No error text holds
// a byte of the message it concerns.
package protocol
