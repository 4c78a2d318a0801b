// Package campaign is one examination as data: its form and code tables,
// levels and categories, subjects and sittings, fees, calendar, texts, policies,
// rules, numbers, documents, photos, reasons, who must agree to what, tables
// that travel as DBF, divisions, catalogue of programmes, and the list of what
// was assumed.
//
// A Campaign is a value. Shipped gives those that ship, read from the folders
// adult2019 and gaokao2014 by one loader (load.go); another examination is
// another folder. Encode and Decode carry one as a deterministic bundle;
// Validate refuses one that contradicts itself; Diff says in words what one
// version does otherwise than another; Checker makes the one check of
// applications that portal, box, hub and rehearsal share. Signing a bundle is
// the work of package protocol; storing versions, rehearsing and signing them
// is the work of hub/campaign.
//
// Problems, changes and assumptions name parts of a bundle by the same places:
// "form.fields XM.max_bytes", "windows confirm-others". What marks a fact as
// unsure ([R] commonly known, [D] our default) needs an Assumption that covers
// its place, so that whoever signs a campaign sees what she signs.
//
// Published versions stay for ever: tables that came later may be absent from a
// bundle, and testdata/old holds bundles as they were published, which must
// decode and pass. A key that nobody reads is refused: a rule that everybody
// believes in and nobody applies is worse than an error.
//
// It is not a store and has no clock; divisions and their changes since 2011
// are embedded, and nothing is read at run time. It fails in Decode, on bytes
// that are no bundle; in Validate, which reports at most 200 problems and takes
// bounded time on anything Decode lets through; in Checker, on a campaign that
// Validate would have refused; and in the number patterns, on numbers that are
// none. Errors and problems hold nothing of a person, for a bundle has nothing.
package campaign
