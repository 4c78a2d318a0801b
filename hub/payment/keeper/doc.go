// Package keeper follows the journal and keeps orders (缴费单) as they should be: a
// confirmation that stands has one, what was withdrawn or taken back has none to pay
// (A41–A43).
//
//	journal (by chain number) ─→ which applications ─→ flow.KeepOrder ─→ position
//	a new version of a campaign ─→ all its applications, some at a time
//
// Nothing of this stands in the transaction that takes a record in: that one is not
// slower for it, and an order opens a moment later. It decides nothing; that is
// flow.NextOrder. Of all hubs on a database one keeps orders. Entries are followed in
// the order of the chain, and the position moves in the transaction that did the
// steps; following an entry again does nothing.
//
// How it fails: a fault of the database is logged, and all is tried again after a
// growing pause. An application whose order cannot be kept, while others can, is set
// aside with its reason, tried again with growing pauses, and listed by Asides.
package keeper
