// Package payment keeps what somebody shall pay, what moved, and where it stands in
// the books (domain §4, demands A20, A41–A43, A59, B11).
//
//	order ─────────┐
//	               ├→ Judge: pure ─→ standing, postings ─→ ledger
//	movement ──────┘
//
// Three facts that are never confused. An order (缴费单) is ours: one candidate, one
// fee. A movement is a channel's word to us: a verified notice, an answered query, a
// clerk's cash, a transfer that two persons entered. A line of a statement is the
// channel's word to everybody; it is not kept here but in package statement and held
// against the others by package reconcile.
//
// Money is never refused and never forgotten. Whatever a channel says moved is booked,
// once, by its number: what pays its order in the fund of fees, all else in
// suspense (暂收待查) with the reason as its standing. Movements and postings are only
// ever added: no statement of this package updates or deletes one. What is decided
// later about a movement is a step of its own, with its own postings.
//
// The ledger is double entry: the postings of an entry add up to nothing. A fund is a
// channel's, or one of Fees, Suspense and Returning; the sum of a channel's fund is what
// it still owes us, and that of all funds is zero, always (I4).
//
// Which step opens an order, until when it may be paid, and what becomes of a
// registration that is not paid is data of the campaign, and known to package flow,
// which also writes the journal. How it fails: ErrOpen, ErrState, ErrConflict and
// ErrNotFound are refusals; all else is a fault of the database.
package payment
