// Package campaign keeps the versions of the examinations (方案版本): those in
// force, those that are drafts, and what a draft would do to the applications.
//
// A version is the bundle that package protocol/campaign reads, byte for byte,
// and never changes once it is published; a correction is a higher version. A
// record names the version it was made under, so all of them stay.
//
// On the way into force a version is a Draft, named by its digest; a rehearsal
// walks it over every application, beside the version in force and with the
// check that the portal, the boxes and the hub use, and says who becomes
// invalid or valid, who must choose again and whose fee changes; then the
// persons whom the table of acts asks for sign it, with that rehearsal's
// numbers before them. What a rehearsal keeps are ids, counts and codes.
//
// A rehearsal holds no lock while it reads: what is saved after it has begun is
// not in it, and is counted when the draft is signed (Standing.Changed). It
// compares on one day, with the points as they stood; a version that came into
// force since makes it worthless (ErrStale), changed points are said.
//
// It does not decide who may publish or sign and writes no journal: package
// flow does.
//
// How it fails: ErrNotFound, ErrVersion, ErrDamaged, ErrNoDraft, ErrOvertaken,
// ErrNoRehearsal, ErrStale, ErrSigned, ErrBusy, ProblemError and what
// protocol/campaign says of a bundle it cannot read are refusals; all else is a
// fault of the database. A rehearsal that is cut off leaves rows that nobody
// reads, and the next one clears them away.
package campaign
