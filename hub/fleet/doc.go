// Package fleet keeps the boxes: their enrolment, what they are allowed, how
// they are, and the one-time codes that let a new one in.
//
// It knows neither records nor the wire's messages; package intake feeds it
// what boxes say, package flow takes the steps that need a journal entry. The
// last word of every box is held in memory and written to the database at a
// bounded pace, because five hundred boxes that say "still here" every fifteen
// seconds are no reason to write; a change of state is written at once, in the
// causing transaction.
//
// How it fails: ErrNotFound, ErrCode and ErrState are refusals and tell what
// to do; everything else is a fault and has changed nothing.
package fleet
