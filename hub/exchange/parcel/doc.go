// Package parcel packs data of candidates for an office that asked for it: the
// table of an exchange of the campaign, its side file and a note, in one ZIP.
//
// A parcel is asked for with a reason, waits for a second person where the
// campaign's table of acts asks for one, is packed in the background by any one
// hub, can be fetched for a day by who asked for it, once, and is then gone. What
// is packed is judged at one instant: the place is that of the asker, and every
// row is of one snapshot of the database. Until it is fetched it lies in the
// database in parts sealed under a data key; on its way through a hub it touches
// no file that could be read.
//
// It does not judge who may ask or agree, and writes no journal: package flow
// does both, in the transaction of the step.
//
// How it fails: refusals are ErrNotFound and ErrState. A parcel that could not be
// packed ends as Failed with a word that says why; what the fault was stands in
// the log, without a value. A hub that dies while it packs is noticed by its beat,
// and the parcel is packed again from the beginning.
package parcel
