// Package spool is the one way to a box's printer: who wants to print waits for
// its turn, has the printer alone, and gives it back. A visit's sheet goes before
// the papers of the desk, for somebody stands there; among themselves they go in
// the order in which they came.
//
// It prints nothing and keeps nothing: what was promised on paper stays in the
// store, and what becomes of a job its holder finds out. It is there because the
// driver refuses a second document while one is under way (hw/printer), which is
// right for a driver and wrong for whoever pressed second.
//
// How it fails: a holder that never gives its turn back stops everybody behind
// it. Every job of the driver ends, so each holder gives it back at the end of
// its job and not before: two documents are never in the printer's hands at once.
package spool
