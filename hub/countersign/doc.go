// Package countersign keeps the acts that the campaign's table gives to two
// persons and that one of them has asked for: what is to be done to what, why,
// and what the other said.
//
// It knows no act. Who may ask and who may agree, that the two are two persons,
// and what is then done, is known by package flow and by the pages; the journal
// is written there too.
//
// An act waits for the second person, and then for the one who asked to do it:
// once, within Kept of asking. How it fails: ErrNotFound and ErrState are
// refusals; all else is a fault of the database.
package countersign
