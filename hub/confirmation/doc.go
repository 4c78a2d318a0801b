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
// How it fails: ErrNotFound when there is no such record; anything else is a
// fault of the database or of the keys, and nothing has been changed.
package confirmation
