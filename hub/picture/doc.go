// Package picture takes the pictures that applicants hand in through the portal
// as evidence of a claimed bonus or exemption (证明材料), and keeps them.
//
// Nothing of a file is believed: Read stops at MaxFile bytes, what it is is told
// by its content, its size in pixels and its number of scans are known before
// anything is unpacked, one picture at a time is unpacked by each of a few
// slots, and what is kept is drawn anew: upright, on white, at most Edge pixels
// long, as JPEG, without a trace of the file it came from (fault S18). A PDF is
// refused: nothing here can draw it anew.
//
// A kept picture is sealed under a key of its own and lies among the blobs; its
// row names it and holds the key, sealed. Removing the row ends the key, so the
// ciphertext that a sweep may find later says nothing to anybody. A picture is
// put among the blobs before the transaction that names it: one that is then
// not named is swept when it is a day old.
//
// It does not know which claims there are, nor who may look: callers ask
// protocol/campaign and journal.
//
// How it fails: Refusal says what the person can do about her file; ErrNotFound
// that there is no such picture of hers; everything else is a fault.
package picture
