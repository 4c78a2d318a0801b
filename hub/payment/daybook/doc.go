// Package daybook keeps the book of each day and payment channel: the channel's
// daily file (对账单), what reconciliation found, what is left over (未了事项), and the
// closing of the day (日结; demands A42, I4, domain §4.5, faults 34 and 35).
//
//	file → lines, each with its own word ─┐
//	movements of the ledger ──────────────┼→ facts of a day → reconcile → residues
//	orders ───────────────────────────────┘                      │
//	                                            two persons close ┴→ sealed
//
// A file is taken whole or refused whole. It is kept as it came, compressed and
// sealed; its lines become durable in batches and count only when all of them are
// there, in one transaction with the journal's row. A file that stopped half way
// counts for nothing and is read anew when it comes again. The same file again
// changes nothing. Of two words about one movement the first counts, until two
// persons decide for the other; nothing is lost by that.
//
// Which day a movement belongs to is asked of the facts and never of an earlier run:
// that of its line; without a line that on which it moved; and when that day is
// closed, the first that is open. So a run may be repeated at any time, and a power
// cut takes nothing from it.
//
// Days are closed in their order. A closed day keeps the facts that it was closed
// with, so that Verify can do it again, byte for byte, and hold every one of them
// against ledger and files. What is left over stands in the book of the next day.
//
// A payment that only a file has is asked about at its channel, whatever it is to its
// order, and booked by the file's word when the channel says the same: what pays no
// order lies in suspense, where people act on it. The keeper runs a book when something
// moved in it, and each every ten minutes; a file that cannot be taken in stops no other.
//
// It moves no money and writes no journal: package flow does both. How it fails:
// ErrNotFound, ErrState, ErrRefused and *NotYetError are refusals; all else is a fault
// of the database.
package daybook
