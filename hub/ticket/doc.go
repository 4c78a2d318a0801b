// Package ticket fills the admission ticket (准考证, paper 02; demands A25, A52, A60)
// from what the hub holds: the seat and its proof (hub/seating), the site (hub/site),
// what she filled in, her picture, and the campaign's sittings and subjects.
//
//	seating, site, candidate, confirmation ─→ Desk.Of ─→ sheet.Ticket ─→ portal, console,
//	                                                                     box, batches of a site
//
// The code on the ticket is the text of arrangement.Code, which its comment describes;
// where the campaign has an address, that stands before it, so that a telephone's camera
// opens the page that checks it (/ks/t).
//
// It decides nothing: whether she may print now is the window's word and the caller's to
// ask, and who prints journals it. It does not keep what it filled.
//
// How it fails: ErrNone for who has no seat in a published arrangement. A seat whose room
// has no site yet is filled and says so (Filled.Ready). Everything else is a fault of
// database or keys; no error names a value.
package ticket
