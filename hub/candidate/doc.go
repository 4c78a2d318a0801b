// Package candidate keeps the applications (报名信息): one row for each person
// in a campaign, and every version of what she filled in.
//
// What names a person is sealed under a data key of the hub; an application is
// found by a keyed hash of the document number. Versions are added, never
// changed; Save refuses one that does not follow the version at hand, so that
// two people's edits never silently overwrite each other (promise P6).
//
// It does not judge whether an application may be made, edited or confirmed,
// and writes no journal: package flow does both, in the same transaction.
//
// How it fails: refusals are ErrNotFound, ErrConflict and ErrTaken. Anything
// else is a fault of database or keys, and the transaction must end.
package candidate
