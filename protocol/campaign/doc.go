// Package campaign is one examination as data: its form and code tables,
// levels and categories, fees, windows, texts, policies, divisions, catalogue
// of programmes and the list of what was assumed.
//
// A Campaign is a value. Adult2019 gives the one that ships; Encode and Decode
// carry one as a deterministic bundle; Validate refuses one that contradicts
// itself. Signing a bundle is the work of package protocol; storing versions,
// comparing them and rehearsing them is the work of the hub.
//
// It holds no rule of its own: what marks a fact as unsure ([R] commonly known,
// [D] our default) stands in Assumptions, so that whoever signs a campaign sees
// what she signs. Divisions and their changes since 2011 are embedded; nothing
// is read at run time.
//
// It fails only in Decode, on bytes that are no bundle, and in Validate.
package campaign
