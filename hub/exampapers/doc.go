// Package exampapers prints what a county prints for the sites of an examination (demands
// A25, A51; domain §1.11): it assembles the values of papers 04 to 11 and 22 to 25 from
// seats, sites, records and the campaign, and makes batches (打印批次) of them.
//
//	seating, site, ticket.Desk ─→ Desk.Site ─→ paper.ExamRoom … ─→ Maker ─→ sections ─→ one PDF
//	                                                                          └──────→ printer
//
// A batch is one site's papers in binding order, with a cover whose counts add up, made in
// the background by any one hub. It is cut into sections: one kind of paper for some rooms,
// a PDF of its own, small enough for a printer's memory. A section stands in the database
// when all of it does, sealed in parts; a hub that dies in the middle leaves the sections
// it finished, and the next goes on behind them. The cover comes first and is made last,
// when all is counted. What is given out is the sections bound together (sheet.Join).
//
//	queued ──→ making ──→ ready ──→ gone (its file is done away with after Kept)
//	              └─────→ failed: Fault says why
//
// Papers of the whole site count all its rooms, also where some rooms alone are printed.
// Whoever gets an exception seat later is on none that was printed: Behind says of which
// rooms they are to be printed again.
//
// It asks nobody's rights and writes no journal: package flow does. How it fails:
// ErrNotFound and ErrState are refusals; all else is a fault of the database, the keys or
// a layout. No error names a value.
package exampapers
