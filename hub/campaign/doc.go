// Package campaign keeps the published versions of the examinations (方案版本).
//
// A version is the bundle that package protocol/campaign reads, byte for byte,
// and never changes once it is published; a correction is a higher version. A
// record names the version it was made under, so all of them stay.
//
// It does not decide who may publish and writes no journal: package flow does.
//
// How it fails: ErrNotFound, ErrVersion, ErrDamaged, ProblemError and what
// protocol/campaign says of a bundle it cannot read are refusals; all else is a
// fault of the database.
package campaign
