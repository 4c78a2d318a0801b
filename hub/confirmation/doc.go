// Package confirmation keeps what boxes sealed and the hub opened: one row for
// each record that is in, with the envelope as received, the checks of box and
// hub, and its state.
//
// It answers what was confirmed, when, where and by which box. It does not
// know the wire, does not decide what a record leads to (package flow does),
// and holds no readable personal value: number and name lie in a content that
// is sealed under a data key of the hub, and are found by keyed hash only. The
// ciphertexts of the blobs stay in package blob as they were received; the
// keys that open them stand in the sealed content.
//
// A confirmation on papers is provisional (Proof) until the city has decided
// about their copies. That is decided here and in package flow, as a case of two
// confirmations is, and not by the engine of package approval: a case of that
// engine is a form that somebody submits and offices pass on from tier to tier,
// whereas here nobody submits anything, the evidence is the sealed record
// itself, and what ends it may be a card that a box reads, a void, or a decision
// of the county. A second copy of her papers as attachments, and a case that has
// to follow every move of its record, would have been the price of a deadline
// that the campaign gives anyway (Policy.PapersDays).
//
// How it fails: ErrNotFound when there is no such record; anything else is a
// fault of the database or of the keys, and nothing has been changed.
package confirmation
